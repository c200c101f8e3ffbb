//! Signals end a run cleanly and soon; the second one ends it at once.

use super::kill_points::Numbered;
use crate::support::{Held, Play, Side};
use masque::point::Point;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How long a person waits for Ctrl-C.
const PROMPT: Duration = Duration::from_secs(5);

#[test]
fn a_signal_at_any_point_ends_the_run_within_seconds_and_drops_its_build() {
    let mut numbered = Numbered::apart();
    for (point, name, code) in [
        (Point::Locked, "INT", 130),
        (Point::LanesAdmitted, "TERM", 143),
        (Point::SchemaDumped, "HUP", 143),
        (Point::FirstRows, "INT", 130),
        (Point::PostDataMade, "TERM", 143),
        (Point::CarriedOver, "INT", 130),
    ] {
        let before = numbered.before();
        numbered.advance();
        let run = numbered.start(Some(point), &[]);
        run.signal(name);
        run.end_within(PROMPT).assert_code(code).assert_says(&["nothing was published", "run again"]);
        assert_eq!(numbered.play.builds(), Vec::<String>::new(), "{point:?}");
        numbered.assert_serves_old(&before);
        numbered.assert_source_is_let_go();
        numbered.assert_recovers();
    }
}

#[test]
fn a_rename_that_waits_is_taken_back_by_a_signal() {
    let mut numbered = Numbered::apart();
    let before = numbered.before();
    numbered.advance();
    let guest = Held::new(&numbered.play.target.url(), "select 1");
    let run = numbered.start(Some(Point::RenameSent), &[]);
    run.signal("INT");
    run.end_within(PROMPT).assert_code(130).assert_says(&["nothing was published"]);
    drop(guest);
    // Had the statement been left to itself, it would go through now.
    std::thread::sleep(Duration::from_millis(500));
    numbered.assert_serves_old(&before);
    numbered.assert_recovers();
}

#[test]
fn a_signal_after_the_rename_says_that_the_new_data_is_there() {
    let mut numbered = Numbered::apart();
    numbered.advance();
    let run = numbered.start(Some(Point::Renamed), &[]);
    run.signal("TERM");
    let output = run.end_within(PROMPT);
    output.assert_code(143).assert_says(&["published already"]).assert_silent_about("nothing was published");
    numbered.assert_serves_new();
    numbered.assert_recovers();
}

#[test]
fn the_second_signal_ends_the_run_at_once() {
    let play = Play::small("canary");
    play.read_slowly();
    let run = play.start(&[]);
    play.wait_for(Side::Production, "COPY (SELECT", &run);
    // Whoever queues for the run lock gets it when the run is over, and the clean end waits for it.
    let key = format!("hashtextextended('masque:{}', 0)", play.target.name());
    let waiting = std::thread::spawn(move || {
        let held = Held::new(&Side::Staging.url("postgres"), &format!("select pg_advisory_xact_lock({key})"));
        std::thread::sleep(Duration::from_secs(3));
        drop(held);
    });
    std::thread::sleep(Duration::from_millis(200));
    run.signal("INT");
    std::thread::sleep(Duration::from_millis(800));
    let began = Instant::now();
    run.signal("INT");
    run.end_within(Duration::from_secs(1)).assert_code(130).assert_silent_about("nothing was published");
    assert!(began.elapsed() < Duration::from_secs(1));
    waiting.join().unwrap();
    play.read_fast();
    play.refresh().assert_code(0);
    assert_eq!(play.builds(), Vec::<String>::new());
}

#[test]
fn a_run_under_nohup_outlives_its_terminal() {
    let numbered = Numbered::new();
    let (source, target, rules) =
        (numbered.play.source.url(), numbered.play.target.url(), numbered.play.rules());
    let script = format!(
        "trap '' HUP; \"$0\" refresh --source '{source}' --target '{target}' --rules '{rules}' >/dev/null 2>&1 & \
         sleep 0.3; kill -s HUP $!; wait $!"
    );
    let status =
        Command::new("/bin/sh").args(["-c", &script, env!("CARGO_BIN_EXE_masque")]).status().unwrap();
    assert_eq!(status.code(), Some(0));
}

#[test]
fn a_reader_that_goes_away_is_no_crash() {
    for command in [&["transformers"][..], &["schema"], &["--help"], &["completions", "bash"]] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_masque"))
            .args(command)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{command:?}");
        assert_eq!(output.status.code(), Some(0), "{command:?}");
    }
}

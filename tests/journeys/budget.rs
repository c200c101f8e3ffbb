//! What production grants a run: a rate, patience, an end; and what the run says it took.

use super::kill_points::Numbered;
use super::production::{as_role, create_role};
use crate::support::{Database, Fixture, Play, Side, execute, query, value, wait_until};
use masque::point::Point;
use std::time::{Duration, Instant};

/// A play with two tables of 15 MB each.
fn heavy() -> Play {
    let source = Database::from(Fixture::Empty);
    for name in ["one", "two"] {
        let make = format!("create table {name} (id integer primary key, note text, email text)");
        let fill = format!(
            "insert into {name} select n, repeat(md5(n::text), 30), 'canary.' || n || '@example.com' from generate_series(1, 15000) n"
        );
        execute(&source.url(), &[&make, &fill]);
    }
    let rule = "id = \"keep\"\nnote = \"keep\"\nemail = \"email\"\n";
    Play::new(source, &format!("masque = 1\n[table.one]\n{rule}[table.two]\n{rule}"))
}

/// Sessions of ours on the source that hold back vacuum.
fn holders(play: &Play) -> String {
    let sql = format!(
        "select count(*) from pg_stat_activity where datname = '{}' and backend_xmin is not null and application_name like 'masque %'",
        play.source.name()
    );
    value(&Side::Production.url("postgres"), &sql)
}

#[test]
fn all_lanes_together_read_no_faster_than_the_throttle() {
    let play = heavy();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    play.refresh_with(&["--throttle", "10", "--jobs", "2", "--report", path]).assert_code(0);
    let report = std::fs::read_to_string(folder.path().join("report.json")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    let bytes = report["cost"]["bytes"].as_f64().unwrap();
    let streaming = report["phases"].as_array().unwrap().iter().find(|phase| phase["name"] == "stream");
    let seconds = streaming.unwrap()["seconds"].as_f64().unwrap();
    let rate = bytes / seconds / 1e6;
    assert!(bytes > 29e6, "{bytes} bytes");
    // Slower is a busy machine's fault.
    assert!(rate < 10.5, "{bytes} bytes in {seconds} s are {rate} MB/s");
}

#[test]
fn the_report_says_what_the_run_cost_production() {
    let play = Play::small("canary");
    play.read_slowly();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let run = play.start(&["--max-blocked", "20s", "--report", path]);
    play.wait_for(Side::Production, "COPY (SELECT", &run);
    let url = play.source.url();
    for _ in 0..50 {
        query(&url, "select txid_current()");
    }
    // Somebody waits, and gives up before the run must.
    execute(
        &url,
        &["do $$ begin set local lock_timeout = '1500ms'; execute 'alter table people add x integer'; \
           exception when lock_not_available then null; end $$"],
    );
    let output = run.end_within(Duration::from_mins(2));
    output.assert_code(0);
    assert!(output.stdout.contains("1 session waited on its locks"), "{}", output.stdout);
    let report = std::fs::read_to_string(folder.path().join("report.json")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    let cost = &report["cost"];
    assert_eq!(cost["sessions_blocked"], 1);
    let waited = cost["longest_block_seconds"].as_f64().unwrap();
    assert!((0.3..10.0).contains(&waited), "{waited} s");
    assert!(cost["snapshot_transactions"].as_u64().unwrap() >= 50, "{cost}");
    // The watcher, two for the snapshot, a lane at least, whenever it was that the watcher looked.
    assert!((4..40).contains(&cost["connections"].as_u64().unwrap()), "{cost}");
    assert!(cost["snapshot_seconds"].as_f64().unwrap() > 10.0, "{cost}");
    assert!(cost["bytes"].as_u64().unwrap() > 5000, "{cost}");
}

#[test]
fn nobody_waited_is_said_too() {
    let play = Play::small("canary");
    let output = play.refresh();
    output.assert_code(0);
    assert!(output.stdout.contains("nobody waited on its locks"), "{}", output.stdout);
    assert_eq!(play.report()["cost"]["sessions_blocked"], 0);
}

#[test]
fn a_run_killed_with_bytes_on_their_way_lets_the_source_go() {
    let play = heavy();
    let run = play.start(&["--throttle", "1", "--jobs", "2"]);
    play.wait_for(Side::Production, "COPY (SELECT", &run);
    // So long that sockets are full, and the server's processes wait for us to read.
    std::thread::sleep(Duration::from_secs(1));
    assert_ne!(holders(&play), "0");
    run.kill();
    wait_until("vacuum is free again", Duration::from_secs(10), || holders(&play) == "0");
    wait_until("no session is left on the source", Duration::from_secs(10), || play.sessions() == 0);
}

#[test]
fn a_snapshot_older_than_its_budget_is_given_back_at_once() {
    let play = heavy();
    let began = Instant::now();
    let run = play.start(&["--throttle", "1", "--max-snapshot-age", "5s"]);
    run.end_within(Duration::from_secs(30)).assert_code(6).assert_says(&["--max-snapshot-age"]);
    assert!(began.elapsed() > Duration::from_secs(4));
    wait_until("vacuum is free again", Duration::from_secs(10), || holders(&play) == "0");
    assert_eq!(play.target.generations(), Vec::<String>::new());
}

#[test]
fn check_warns_of_a_role_that_could_write_and_shows_how_to_make_one_that_can_t() {
    let play = Play::small("canary");
    let url = play.source.url();
    for (role, attributes) in [
        ("only_reader", "in role pg_read_all_data"),
        ("all_writer", "in role pg_read_all_data, pg_write_all_data"),
        ("one_writer", "in role pg_read_all_data"),
    ] {
        create_role(Side::Production, role, attributes);
    }
    execute(&url, &["grant update (note) on people to one_writer"]);
    let check = |url: &str| crate::support::run(&["check", "--source", url, "--rules", &play.rules()]);
    check(&as_role(&url, "only_reader")).assert_code(0).assert_silent_about("could write");
    for (url, why) in [
        (as_role(&url, "all_writer"), "pg_write_all_data"),
        (as_role(&url, "one_writer"), "may change rows of 1 table"),
        (url.clone(), "superuser"),
    ] {
        let output = check(&url);
        output.assert_code(0).assert_says(&["could write", why, "GRANT pg_read_all_data TO masque_reader"]);
        assert_eq!(output.stderr.matches("could write").count(), 1, "{}", output.stderr);
    }
    // The next test copies no rights of roles that only this one made.
    execute(&url, &["revoke update (note) on people from one_writer"]);
}

#[test]
fn a_build_that_is_just_being_made_goes_with_its_run() {
    let numbered = Numbered::new();
    let run = numbered.start(Some(Point::BuildCreated), &["--max-snapshot-age", "2s"]);
    run.end_within(Duration::from_mins(1)).assert_code(6).assert_says(&["--max-snapshot-age"]);
    assert_eq!(numbered.play.builds(), Vec::<String>::new());
}

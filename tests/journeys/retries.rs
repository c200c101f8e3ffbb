//! What passes is tried again: a server that starts late, a wire that was cut once. What does not is told at once.

use crate::support::{
    Fault, Output, Play, Proxy, Side, Started, Way, count, execute, query, start, wait_until,
};
use std::time::{Duration, Instant};

/// Much longer than any of these runs takes.
const LONG: Duration = Duration::from_mins(1);

/// The bytes that a source gives a run before its rows begin are fewer than this, and its rows are more.
const AMONG_THE_ROWS: u64 = 2_000_000;

/// A source whose rows outweigh all else that is said.
fn heavy() -> Play {
    let play = Play::small("canary");
    execute(&play.source.url(), &["update people set note = repeat(id || ' note ', 2000)"]);
    play
}

fn between(play: &Play, source: &str, more: &[&str]) -> Output {
    play.refresh_between(source, &play.target.url(), more)
}

/// What a run said beside its progress.
fn again(output: &Output) -> usize {
    output.stderr.matches("trying again").count()
}

#[test]
fn a_source_that_starts_late_is_waited_for() {
    let server = start("late", &[]);
    let source = server.url_with_password("postgres");
    let table = "create table people (id integer primary key, note text, email text not null)";
    let rows = "insert into people select n, 'note', 'canary.' || n || '@example.com' from generate_series(1, 300) n";
    execute(&source, &[table, rows]);
    let play = Play::small("unused");
    server.halt().unwrap();
    let output = between(&play, &source, &["--connect-wait", "0s"]);
    output.assert_code(6).assert_says(&["refused"]);
    assert_eq!(again(&output), 0, "{}", output.stderr);

    let run = play.start_between(&source, &play.target.url(), &[]);
    wait_until("the run waits", LONG, || run.said().contains("trying again for 30 s"));
    std::thread::sleep(Duration::from_secs(2));
    server.resume().unwrap();
    run.end_within(LONG).assert_code(0).assert_silent_about("canary");
    assert_eq!(count(&play.target.url(), "people"), 300);
}

#[test]
fn waiting_for_a_server_is_bounded_and_ends_at_once_by_a_signal() {
    let play = Play::small("canary");
    // Nothing listens there.
    let nowhere = "postgres://postgres:none@127.0.0.1:1/postgres";
    let began = Instant::now();
    let output = between(&play, nowhere, &["--connect-wait", "2s"]);
    output.assert_code(6).assert_says(&["refused", "trying again for 2 s"]);
    assert!(began.elapsed() >= Duration::from_secs(2), "{:?}", began.elapsed());
    assert_eq!(again(&output), 1, "one reason is told once: {}", output.stderr);

    let output = play.refresh_between(&play.source.url(), nowhere, &["--connect-wait", "1s"]);
    output.assert_code(7).assert_says(&["trying again"]);

    let run = play.start_between(nowhere, &play.target.url(), &["--connect-wait", "10m"]);
    wait_until("the run waits", LONG, || run.said().contains("trying again"));
    run.signal("INT");
    run.end_within(Duration::from_secs(5)).assert_code(130);
}

#[test]
fn a_login_that_is_refused_and_a_target_that_is_no_staging_are_told_at_once() {
    let play = Play::small("canary");
    let wrong = play.source.url().replacen("://", "://x", 1);
    let output = between(&play, &wrong, &[]);
    output.assert_code(6);
    assert_eq!(again(&output), 0, "{}", output.stderr);
    // A database that nobody has adopted.
    query(&Side::Staging.url("postgres"), &format!("create database {}", play.target.name()));
    execute(&play.target.url(), &["create table own (id integer)"]);
    let output = play.refresh_with(&["--retries", "5"]);
    output.assert_code(8);
    assert_eq!(again(&output), 0, "{}", output.stderr);
}

#[test]
fn a_source_that_is_cut_once_among_its_rows_is_read_anew() {
    let play = heavy();
    let proxy = Proxy::before(&play.source.url());
    let source = proxy.through(&play.source.url());
    for fault in [Fault::Fin, Fault::Rst] {
        proxy.arm(Way::ToClient, AMONG_THE_ROWS, fault);
        let output = between(&play, &source, &["--retries", "0"]);
        assert!(proxy.fired(), "{fault:?}");
        output.assert_code(6).assert_silent_about("canary");
        assert_eq!(again(&output), 0, "{}", output.stderr);
        assert_eq!(play.target.generations(), Vec::<String>::new());
    }
    proxy.arm(Way::ToClient, AMONG_THE_ROWS, Fault::Rst);
    let output = between(&play, &source, &["--retries", "1", "--json"]);
    assert!(proxy.fired());
    output
        .assert_code(0)
        .assert_says(&["attempt 1 of 2 ended in stream", "trying again with a new snapshot"]);
    output.assert_silent_about("canary");
    assert_eq!(count(&play.target.url(), "people"), 300);
    assert_eq!(play.builds(), Vec::<String>::new());
    let report: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    let before = report["attempts_before"].as_array().unwrap();
    assert_eq!(before.len(), 1, "{report}");
    assert_eq!((&before[0]["number"], &before[0]["phase"]), (&1.into(), &"stream".into()));
    assert!(before[0]["error"].as_str().unwrap().contains("connection"), "{report}");
}

#[test]
fn a_target_that_crashes_is_waited_for_and_filled_anew_under_a_new_lock() {
    let server = start("crashing", &[]);
    let target = server.url_with_password("served");
    let play = Play::small("canary");
    play.write_rules(
        "masque = 1\n[table.people]\nid = \"keep\"\nnote = \"keep\"\nemail = { with = \"email\", by = \"id\" }\n\
         [rows]\npeople = { where = \"pg_sleep(0.01)::text is not null\" }\n",
    );
    let run: Started = play.start_between(&play.source.url(), &target, &[]);
    play.wait_for(Side::Production, "COPY (SELECT", &run);
    server.restart_immediate().unwrap();
    let output = run.end_within(LONG);
    output.assert_code(0).assert_says(&["attempt 1 of 4"]).assert_silent_about("canary");
    assert_eq!(count(&target, "people"), 300);
    let lies_about = "select datname from pg_database where datname like 'served\\_%'";
    assert!(query(&server.url_with_password("postgres"), lies_about).is_empty());
}

#[test]
fn a_fault_that_comes_back_ends_the_run_and_leaves_nothing() {
    let play = heavy();
    let proxy = Proxy::before(&play.source.url());
    let source = proxy.through(&play.source.url());
    proxy.arm(Way::ToClient, AMONG_THE_ROWS, Fault::Rst);
    let run = play.start_between(&source, &play.target.url(), &["--retries", "1"]);
    wait_until("the first attempt ends", LONG, || run.said().contains("attempt 1 of 2"));
    proxy.arm(Way::ToClient, AMONG_THE_ROWS, Fault::Rst);
    let output = run.end_within(LONG);
    assert!(proxy.fired());
    output.assert_code(6).assert_says(&["attempt 2: "]).assert_silent_about("canary");
    assert_eq!(play.target.generations(), Vec::<String>::new());

    // Between two attempts a signal is heard as ever.
    proxy.arm(Way::ToClient, AMONG_THE_ROWS, Fault::Rst);
    let run = play.start_between(&source, &play.target.url(), &["--retries", "9"]);
    wait_until("the first attempt ends", LONG, || run.said().contains("attempt 1 of 10"));
    run.signal("TERM");
    run.end_within(Duration::from_secs(5)).assert_code(143);
    assert_eq!(play.target.generations(), Vec::<String>::new());
}

//! What an operator is told about a target.

use crate::support::{Output, Play, Side, query, run};
use std::time::Duration;

fn status(play: &Play, more: &[&str]) -> Output {
    let url = play.target.url();
    let mut args = vec!["status", "--target", &url];
    args.extend(more);
    run(&args)
}

fn told(play: &Play) -> serde_json::Value {
    serde_json::from_str(&status(play, &["--json"]).assert_code(0).stdout).unwrap()
}

#[test]
fn status_tells_what_is_published_from_which_snapshot_and_by_which_rules() {
    let play = Play::small("canary");
    let before = told(&play);
    assert_eq!(before["state"], "absent");
    assert_eq!((before.get("published"), before.get("lock")), (None, None));
    play.refresh().assert_code(0);
    let first = play.report();
    play.refresh().assert_code(0);
    let (report, now) = (play.report(), told(&play));
    assert_eq!(now["state"], "published");
    let published = &now["published"];
    assert_eq!(published["database"], play.target.name());
    assert_eq!(published["run"], report["run"]);
    assert_eq!(published["snapshot"], report["snapshot"]["taken_at"]);
    assert_eq!((&published["rules"], &published["secret"]), (&report["rules"], &report["secret"]));
    assert_eq!((&published["expires"], &published["is_expired"]), (&serde_json::Value::Null, &false.into()));
    assert_eq!(now["kept"].as_array().unwrap().len(), 1);
    assert_eq!(now["kept"][0]["database"], report["published"]["kept"]);
    assert_eq!(now["kept"][0]["run"], first["run"]);
    assert!(published["since"].as_str() >= now["kept"][0]["since"].as_str());
    let shown = status(&play, &[]).stdout;
    for word in ["is published", report["run"].as_str().unwrap(), "is kept", "no run is at work"] {
        assert!(shown.contains(word), "{word}: {shown}");
    }
}

#[test]
fn a_build_is_told_from_one_that_a_killed_run_left_behind() {
    let play = Play::small("canary");
    play.read_slowly();
    let working = play.start(&[]);
    play.wait_for(Side::Production, "COPY (SELECT", &working);
    let build = play.builds();
    let now = told(&play);
    assert_eq!(now["unfinished"][0]["database"], build[0]);
    assert_eq!(now["unfinished"][0]["is_at_work"], true);
    let id = now["unfinished"][0]["run"].as_str().unwrap();
    assert_eq!(now["lock"]["session"], format!("masque {id}"));
    assert!(now["lock"]["since"].is_string(), "{now}");
    assert!(status(&play, &[]).stdout.contains("a run is at work on it"));
    working.kill();
    crate::support::wait_until("the lock is free", Duration::from_secs(20), || {
        told(&play).get("lock").is_none()
    });
    assert_eq!(told(&play)["unfinished"][0]["is_at_work"], false);
    assert!(status(&play, &[]).stdout.contains("its run is gone"));
}

#[test]
fn a_copy_s_time_is_stamped_and_told_when_it_is_over() {
    let play = Play::small("canary");
    play.refresh_with(&["--expires", "14d"]).assert_code(0);
    let now = told(&play);
    let at = |key: &str| now["published"][key].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    let days = at("expires").duration_since(at("since")).as_secs_f64() / 86_400.0;
    assert!((days - 14.0).abs() < 0.001, "{days}");
    assert_eq!(now["published"]["is_expired"], false);
    play.refresh_with(&["--expires", "0s"]).assert_code(0);
    let now = told(&play);
    assert_eq!(
        (&now["published"]["is_expired"], &now["kept"][0]["is_expired"]),
        (&true.into(), &false.into())
    );
    assert!(status(&play, &[]).stdout.contains("that time is over"));
}

#[test]
fn an_unmarked_and_a_wrongly_marked_database_are_told_apart() {
    let play = Play::small("canary");
    let maintenance = Side::Staging.url("postgres");
    query(&maintenance, &format!("create database {} template template0", play.target.name()));
    assert_eq!(told(&play)["state"], "unmarked");
    let marker = r#"{"masque":1,"state":"published","target":"x","run":"r","identity":"1:2","at":"2026-01-01T00:00:00Z"}"#;
    query(&maintenance, &format!("comment on database {} is '{marker}'", play.target.name()));
    assert_eq!(told(&play)["state"], "stray");
    assert!(status(&play, &[]).stdout.contains("adopt it again"));
}

//! What may be replaced, and by whom.

use crate::support::{Database, Fixture, Play, Side, count, execute, query, run};
use std::time::Duration;

/// A database of the staging server that holds something and carries no marker.
fn somebody_elses() -> Database {
    let database = Database::on(Side::Staging, Fixture::Empty);
    execute(&database.url(), &["create table precious (id integer)", "insert into precious values (1)"]);
    database
}

fn adopt(database: &Database, more: &[&str]) -> crate::support::Output {
    let url = database.url();
    let mut args = vec!["adopt", "--target", &url];
    args.extend(more);
    run(&args)
}

#[test]
fn another_database_of_the_source_s_server_needs_a_word() {
    let play = Play::small("canary");
    let beside = Database::absent(Side::Production, "beside");
    let (source, target) = (play.source.url(), beside.url());
    play.refresh_between(&source, &target, &[]).assert_code(8).assert_says(&["--same-server"]);
    assert_eq!(beside.generations(), Vec::<String>::new());
    play.refresh_between(&source, &target, &["--same-server"]).assert_code(0);
    assert_eq!(count(&target, "people"), 300);
    // The same database is never a target, whatever is said.
    for url in [source.clone(), source.replace("@127.0.0.1:", "@localhost:")] {
        play.refresh_between(&source, &url, &["--same-server", "--source-is-copy"]).assert_code(8);
    }
    assert_eq!(count(&source, "people"), 300);
}

#[test]
fn swapped_urls_are_refused_because_the_copy_carries_a_marker() {
    let play = Play::small("canary");
    play.refresh().assert_code(0);
    let (source, target) = (play.source.url(), play.target.url());
    let output = play.refresh_between(&target, &source, &[]);
    output.assert_code(8).assert_says(&["a copy that masque made", "swapped"]);
    assert_eq!(play.source.generations(), [play.source.name()]);
    // A copy of a copy goes elsewhere and needs a word, too.
    let third = Database::absent(Side::Production, "third");
    play.refresh_between(&target, &third.url(), &[]).assert_code(8);
    play.refresh_between(&target, &third.url(), &["--source-is-copy"]).assert_code(0);
}

#[test]
fn a_target_that_holds_something_must_be_adopted_by_name() {
    let play = Play::small("canary");
    let target = somebody_elses();
    let refresh = || play.refresh_between(&play.source.url(), &target.url(), &[]);
    refresh().assert_code(8).assert_says(&["masque adopt", target.name()]);
    adopt(&target, &[]).assert_code(2).assert_says(&["--yes"]);
    adopt(&target, &["--yes", "another"]).assert_code(8);
    refresh().assert_code(8);
    assert_eq!(count(&target.url(), "precious"), 1);
    adopt(&target, &["--yes", target.name()]).assert_code(0);
    assert_eq!(count(&target.url(), "precious"), 1, "adopting alone replaces nothing");
    refresh().assert_code(0);
    assert_eq!(count(&target.url(), "people"), 300);
}

#[test]
fn a_comment_that_was_copied_from_a_marked_database_marks_nothing() {
    let play = Play::small("canary");
    play.refresh().assert_code(0);
    let maintenance = Side::Staging.url("postgres");
    let comment = "select shobj_description(oid, 'pg_database') from pg_database where datname = ";
    let marker = crate::support::value(&maintenance, &format!("{comment}'{}'", play.target.name()));
    let other = somebody_elses();
    query(&maintenance, &format!("comment on database {} is '{marker}'", other.name()));
    play.refresh_between(&play.source.url(), &other.url(), &[]).assert_code(8);
    assert_eq!(count(&other.url(), "precious"), 1);
}

#[test]
fn a_second_run_on_a_busy_target_is_refused_and_names_the_first() {
    let play = Play::small("canary");
    play.read_slowly();
    let first = play.start(&[]);
    play.wait_for(Side::Production, "COPY (SELECT", &first);
    let build = play.builds();
    assert_eq!(build.len(), 1);
    let id = build[0].rsplit('_').next().unwrap();
    play.refresh_with(&[]).assert_code(8).assert_says(&["busy", &format!("masque {id}")]);
    assert_eq!(play.builds(), build, "the second run touched the first one's build");
    // A build is nobody's target.
    let target = play.target.url().replace(play.target.name(), &build[0]);
    play.refresh_between(&play.source.url(), &target, &[]).assert_code(8).assert_says(&["unfinished build"]);
    assert_eq!(play.builds(), build);
    first.signal("INT");
    first.end_within(Duration::from_secs(5)).assert_code(130);
}

#[test]
fn a_run_can_wait_for_another() {
    let play = Play::small("canary");
    play.read_slowly();
    let first = play.start(&[]);
    play.wait_for(Side::Production, "COPY (SELECT", &first);
    play.read_fast();
    let second = play.start(&["--lock-wait", "20s"]);
    std::thread::sleep(Duration::from_millis(300));
    first.signal("INT");
    first.end_within(Duration::from_secs(5)).assert_code(130);
    second.end_within(Duration::from_secs(30)).assert_code(0);
    assert_eq!(count(&play.target.url(), "people"), 300);
}

#[test]
fn a_database_that_only_looks_like_a_build_is_never_dropped() {
    let play = Play::small("canary");
    let maintenance = Side::Staging.url("postgres");
    let [build, old] = ["masque", "old"].map(|word| format!("{}__{word}_deadbeef", play.target.name()));
    for name in [&build, &old] {
        query(&maintenance, &format!("create database {name} template template0"));
    }
    for _ in 0..3 {
        play.refresh_with(&["--keep", "0"]).assert_code(0);
    }
    assert_eq!(play.target.generations(), [play.target.name().to_owned(), build, old]);
}

#[test]
fn as_many_generations_stay_as_are_asked_for() {
    let play = Play::small("canary");
    let mut seen = Vec::new();
    for keep in ["2", "2", "2", "2", "0"] {
        play.refresh_with(&["--keep", keep]).assert_code(0);
        seen.push(play.target.generations().len() - 1);
    }
    assert_eq!(seen, [0, 1, 2, 2, 0]);
}

#[test]
fn a_name_the_server_would_cut_and_a_template_are_no_targets() {
    let play = Play::small("canary");
    let with_name = |name: &str| play.target.url().replace(play.target.name(), name);
    let (long, template) = (with_name(&"z".repeat(64)), with_name("template1"));
    play.refresh_between(&play.source.url(), &long, &[]).assert_code(2).assert_says(&["63 bytes"]);
    play.refresh_between(&play.source.url(), &template, &[]).assert_code(8).assert_says(&["template"]);
    assert_eq!(play.target.generations(), Vec::<String>::new());
}

//! What stays of earlier refreshes: going back to it, and cleaning it up.

use crate::support::{Held, Output, Play, Side, execute, query, run, value, wait_until};
use std::time::{Duration, Instant};

fn ask(play: &Play, command: &str, more: &[&str]) -> Output {
    let url = play.target.url();
    let mut args = vec![command, "--target", &url];
    args.extend(more);
    run(&args)
}

fn status(play: &Play) -> serde_json::Value {
    serde_json::from_str(&ask(play, "status", &["--json"]).assert_code(0).stdout).unwrap()
}

/// The names of the kept generations, the one that served last first.
fn kept(play: &Play) -> Vec<String> {
    let status = status(play);
    let kept = status["kept"].as_array().unwrap().iter();
    kept.map(|one| one["database"].as_str().unwrap().to_owned()).collect()
}

/// Publishes a refresh whose first note is `note`.
fn publish(play: &Play, note: &str, more: &[&str]) {
    execute(&play.source.url(), &[&format!("update people set note = '{note}' where id = 1")]);
    play.refresh_with(more).assert_code(0);
}

/// The first note of what is served.
fn served(play: &Play) -> String {
    value(&play.target.url(), "select note from people where id = 1")
}

/// Owner, privileges, settings and connection limit of a database.
fn properties(name: &str) -> String {
    let sql = format!(
        "select concat_ws(' ', pg_get_userbyid(datdba), datconnlimit, \
         (select string_agg(concat_ws(':', a.grantee, a.privilege_type, a.is_grantable), ',' order by 1) \
          from (select a.grantee, a.privilege_type, a.is_grantable from aclexplode(coalesce(datacl, acldefault('d', datdba))) a order by 1, 2) a), \
         (select string_agg(concat_ws(':', setrole, setconfig), ',' order by setrole) from pg_db_role_setting where setdatabase = d.oid)) \
         from pg_database d where datname = '{name}'"
    );
    value(&Side::Staging.url("postgres"), &sql)
}

#[test]
fn rollback_serves_the_generation_before_and_a_second_one_undoes_it() {
    let play = Play::small("canary");
    for note in ["one", "two", "three"] {
        publish(&play, note, &["--keep", "2"]);
    }
    let last = status(&play)["published"]["run"].clone();
    let began = Instant::now();
    ask(&play, "rollback", &[]).assert_code(0);
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    assert_eq!(served(&play), "two");
    let now = status(&play);
    assert_eq!((now["state"].as_str(), now["kept"].as_array().unwrap().len()), (Some("published"), 2));
    assert_eq!(now["kept"][0]["run"], last);
    ask(&play, "rollback", &[]).assert_code(0);
    assert_eq!(served(&play), "three");
    assert_eq!(status(&play)["published"]["run"], last);
    let oldest = kept(&play).pop().unwrap();
    ask(&play, "rollback", &["--to", &oldest]).assert_code(0);
    assert_eq!(served(&play), "one");
    // And a refresh goes on from there: what it replaces is the newest that is kept.
    publish(&play, "four", &["--keep", "1"]);
    ask(&play, "rollback", &[]).assert_code(0);
    assert_eq!(served(&play), "one");
    assert_eq!(play.target.generations().len(), 2);
}

#[test]
fn rollback_is_refused_where_nothing_is_kept_and_names_what_is() {
    let play = Play::small("canary");
    ask(&play, "rollback", &[]).assert_code(8).assert_says(&["no generation", "--keep"]);
    publish(&play, "one", &[]);
    ask(&play, "rollback", &[]).assert_code(8).assert_says(&["no generation"]);
    publish(&play, "two", &[]);
    ask(&play, "rollback", &["--to", "another"]).assert_code(8).assert_says(&["`another`", &kept(&play)[0]]);
    assert_eq!(served(&play), "two");
    // A look-alike is no generation, and a target of somebody else's is not replaced.
    let maintenance = Side::Staging.url("postgres");
    query(&maintenance, &format!("comment on database {} is null", play.target.name()));
    ask(&play, "rollback", &[]).assert_code(8).assert_says(&["not marked"]);
    query(&maintenance, &format!("comment on database {} is null", kept(&play)[0]));
    assert_eq!(kept(&play), Vec::<String>::new());
    ask(&play, "rollback", &[]).assert_code(8);
    assert_eq!(served(&play), "two");
}

#[test]
fn what_belongs_to_the_database_stays_with_its_name() {
    let play = Play::small("canary");
    let (name, maintenance) = (play.target.name(), Side::Staging.url("postgres"));
    let [owner, reader] = ["owner", "reader"].map(|role| format!("{name}_{role}"));
    for role in [&owner, &reader] {
        query(&maintenance, &format!("create role {role}"));
    }
    publish(&play, "one", &[]);
    for sql in [
        format!("alter database {name} set work_mem = '5MB'"),
        format!("alter role {reader} in database {name} set search_path = a, \"B c\""),
        format!("grant create on database {name} to {reader}"),
    ] {
        query(&maintenance, &sql);
    }
    publish(&play, "two", &[]);
    for sql in [
        format!("alter database {name} reset work_mem"),
        format!("alter database {name} set statement_timeout = '7min'"),
        format!("alter role {reader} in database {name} reset all"),
        format!("alter role {owner} in database {name} set search_path = z"),
        format!("revoke all on database {name} from public, {reader}"),
        format!("grant connect on database {name} to {reader} with grant option"),
        format!("alter database {name} connection limit 17"),
        format!("alter database {name} owner to {owner}"),
    ] {
        query(&maintenance, &sql);
    }
    let before = properties(name);
    assert!(before.contains("17") && before.contains("7min"), "{before}");
    ask(&play, "rollback", &[]).assert_code(0);
    assert_eq!(served(&play), "one");
    assert_eq!(properties(name), before);
    publish(&play, "three", &[]);
    assert_eq!(properties(name), before);
    drop(play);
    for role in [owner, reader] {
        query(&maintenance, &format!("drop role {role}"));
    }
}

#[test]
fn rollback_ends_the_sessions_that_are_in_its_way_and_a_run_is_in_its_way() {
    let play = Play::small("canary");
    publish(&play, "one", &[]);
    publish(&play, "two", &[]);
    let reader = Held::new(&play.target.url(), "select count(*) from people");
    ask(&play, "rollback", &[]).assert_code(0);
    assert_eq!(served(&play), "one");
    drop(reader);
    play.read_slowly();
    let working = play.start(&[]);
    play.wait_for(Side::Production, "COPY (SELECT", &working);
    for command in ["rollback", "clean"] {
        ask(&play, command, &[]).assert_code(8).assert_says(&["busy with the run `masque "]);
    }
    assert_eq!(play.builds().len(), 1);
    assert_eq!(served(&play), "one");
}

#[test]
fn a_loader_that_is_no_superuser_goes_back_too() {
    let play = Play::small("canary");
    let maintenance = Side::Staging.url("postgres");
    let role = format!("{}_loader", play.target.name());
    query(&maintenance, &format!("create role {role} login password 'of.no.worth' createdb"));
    let (_, place) = play.target.url().split_once('@').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let url = format!("postgres://{role}:of.no.worth@{place}");
    for _ in 0..2 {
        let output = play.refresh_between(&play.source.url(), &url, &["--no-owner", "--no-privileges"]);
        output.assert_code(0);
    }
    // A generation that somebody took over stays, and is no reason to call the refresh failed.
    let taken = kept(&play).remove(0);
    query(&maintenance, &format!("alter database {taken} owner to current_user"));
    let output =
        play.refresh_between(&play.source.url(), &url, &["--no-owner", "--no-privileges", "--keep", "0"]);
    output.assert_code(0).assert_says(&["is published, but an older generation could not be dropped"]);
    assert!(kept(&play).contains(&taken));
    query(&maintenance, &format!("alter database {taken} owner to {role}"));
    let run_status = |command: &str| run(&[command, "--target", &url]);
    let before = kept(&play);
    run_status("rollback").assert_code(0);
    assert_ne!(kept(&play), before);
    run_status("status").assert_code(0);
    let run_clean = run(&["clean", "--keep", "0", "--target", &url]);
    run_clean.assert_code(0);
    assert_eq!(play.target.generations(), [play.target.name()]);
    drop(play);
    query(&maintenance, &format!("drop role {role}"));
}

#[test]
fn clean_drops_by_marker_only_and_only_what_was_asked_for() {
    let play = Play::small("canary");
    for note in ["one", "two", "three"] {
        publish(&play, note, &["--keep", "9"]);
    }
    let maintenance = Side::Staging.url("postgres");
    let alike = ["masque", "old"].map(|word| format!("{}__{word}_deadbeef", play.target.name()));
    for name in &alike {
        query(&maintenance, &format!("create database {name} template template0"));
    }
    play.read_slowly();
    let killed = play.start(&[]);
    play.wait_for(Side::Production, "COPY (SELECT", &killed);
    let build = play.builds().into_iter().find(|name| !alike.contains(name)).unwrap();
    killed.kill();
    wait_until("the lock is free", Duration::from_secs(20), || status(&play).get("lock").is_none());
    // What a crash leaves that falls between making a build and marking it.
    let unborn = format!("{}__masque_0badcafe", play.target.name());
    query(&maintenance, &format!("create database {unborn} template template0 connection limit 1957301841"));
    let before = play.target.generations();
    let output = ask(&play, "clean", &["--dry-run", "--keep", "1"]);
    output.assert_code(0);
    let oldest = kept(&play).pop().unwrap();
    for name in [&build, &unborn, &oldest] {
        assert!(output.stdout.contains(&format!("would drop `{name}`")), "{name}: {}", output.stdout);
    }
    assert_eq!(play.target.generations(), before);
    ask(&play, "clean", &[]).assert_code(0);
    let gone = |name: &String| !play.target.generations().contains(name);
    assert!(gone(&build) && gone(&unborn) && !gone(&oldest));
    assert_eq!(kept(&play).len(), 2);
    ask(&play, "clean", &["--keep", "1"]).assert_code(0);
    assert!(gone(&oldest) && kept(&play).len() == 1);
    assert!(alike.iter().all(|name| !gone(name)), "a look-alike was dropped");
    assert!(ask(&play, "clean", &["--keep", "1"]).stdout.contains("nothing to drop"));
    assert_eq!(served(&play), "three");
}

#[test]
fn a_generation_whose_time_is_over_is_dropped_on_request_and_never_served_by_itself() {
    let play = Play::small("canary");
    publish(&play, "one", &["--expires", "0s"]);
    let output = ask(&play, "clean", &["--expired"]);
    output.assert_code(0).assert_says(&["is over", "a refresh replaces it"]);
    assert_eq!(served(&play), "one");
    publish(&play, "two", &[]);
    ask(&play, "clean", &[]).assert_code(0).assert_says(&["is over", "--expired"]);
    ask(&play, "rollback", &[]).assert_code(8).assert_says(&["should be gone", "--to"]);
    assert_eq!(served(&play), "two");
    ask(&play, "rollback", &["--to", &kept(&play)[0]]).assert_code(0);
    assert_eq!(served(&play), "one");
    ask(&play, "rollback", &[]).assert_code(0);
    ask(&play, "clean", &["--expired"]).assert_code(0);
    assert_eq!(play.target.generations(), [play.target.name()]);
    assert_eq!(served(&play), "two");
}

#[test]
fn a_run_that_waited_keeps_what_the_other_published() {
    let play = Play::small("canary");
    play.read_slowly();
    let first = play.start(&[]);
    play.wait_for(Side::Production, "COPY (SELECT", &first);
    play.read_fast();
    let second = play.start(&["--lock-wait", "60s"]);
    first.end_within(Duration::from_mins(1)).assert_code(0);
    second.end_within(Duration::from_mins(1)).assert_code(0);
    assert_eq!(kept(&play).len(), 1);
    assert_eq!(status(&play)["state"], "published");
}

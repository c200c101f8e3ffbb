//! A refresh that is only forecast: nothing is written, nothing is refused otherwise, and what it says
//! comes true.

use super::production::{as_role, create_role};
use crate::house::read;
use crate::support::{
    Database, Fixture, Held, Output, Play, Side, execute, query, run_with, value, wait_until,
};
use masque::point::Point;
use serde_json::Value;
use std::ffi::OsString;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

/// The forecast of a refresh with these arguments.
#[track_caller]
fn forecast(play: &Play, more: &[&str]) -> Value {
    let output = play.refresh_with(&[&["--dry-run", "--json"], more].concat());
    serde_json::from_str(&output.assert_code(0).stdout).unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

/// The shop, with statistics.
fn shop() -> Play {
    let play = Play::new(Database::from(Fixture::Shop), &read("rules/shop.toml"));
    execute(&play.source.url(), &["analyze"]);
    play
}

/// All that both servers know of databases and roles of this play.
fn catalogs(play: &Play) -> Vec<Vec<Vec<Option<String>>>> {
    let mut all = Vec::new();
    for (side, name) in [(Side::Production, play.source.name()), (Side::Staging, play.target.name())] {
        let maintenance = side.url("postgres");
        all.push(query(
            &maintenance,
            &format!(
                "select oid, datname, datconnlimit, datacl, shobj_description(oid, 'pg_database') from pg_database \
                 where starts_with(datname, '{name}') order by 1"
            ),
        ));
        all.push(query(
            &maintenance,
            &format!(
                "select oid, rolname, rolcanlogin, shobj_description(oid, 'pg_authid') from pg_roles \
                 where starts_with(rolname, '{}') order by 1",
                play.source.name()
            ),
        ));
    }
    all
}

#[test]
fn a_dry_run_changes_nothing_and_leaves_nobody_behind() {
    let play = Play::small("canary");
    // A refresh would make this role on the target.
    let role = format!("{}_owner", play.source.name());
    create_role(Side::Production, &role, "");
    execute(&play.source.url(), &[&format!("alter table people owner to {role}")]);
    let before = catalogs(&play);
    let told = forecast(&play, &[]);
    assert_eq!(catalogs(&play), before);
    assert_eq!(told["roles"], serde_json::json!([role]));
    // A server that takes no writes does not mind.
    let target = format!("{}?options=-c%20default_transaction_read_only%3Don", play.target.url());
    play.refresh_between(&play.source.url(), &target, &["--dry-run"]).assert_code(0);
    play.refresh_between(&play.source.url(), &target, &[]).assert_code(7);
    for (side, database) in [(Side::Production, &play.source), (Side::Staging, &play.target)] {
        let sql = format!(
            "select count(*) from pg_locks l join pg_database d on d.oid = l.database where starts_with(d.datname, '{}')",
            database.name()
        );
        wait_until("every lock is gone", Duration::from_secs(5), || {
            value(&side.url("postgres"), &sql) == "0"
        });
    }
    wait_until("every session is gone", Duration::from_secs(5), || play.sessions() == 0);
    play.refresh().assert_code(0);
    // What is published stays as it is, too, and so does what lies beside it.
    play.refresh().assert_code(0);
    let (before, served) = (catalogs(&play), play.served());
    let told = forecast(&play, &["--keep", "0"]);
    assert_eq!((catalogs(&play), play.served()), (before, served));
    let now = told["disk"]["now"].as_array().unwrap();
    assert_eq!(now.len(), 2, "{told}");
    assert!(now.iter().all(|database| database["is_dropped"] == true));
    let told = forecast(&play, &["--keep", "5"]);
    assert_eq!(told["disk"]["dropped_bytes"], 0);
    query(&Side::Staging.url("postgres"), &format!("drop database {}", now[1]["database"].as_str().unwrap()));
}

#[test]
fn what_is_said_of_the_shop_comes_true() {
    let play = shop();
    let told = forecast(&play, &[]);
    play.refresh().assert_code(0);
    let report = play.report();
    let reported = report["tables"].as_array().unwrap();
    let rows = |tables: &[Value]| tables.iter().map(|table| number(&table["rows"])).sum::<f64>();
    let near = |said: f64, is: f64, by: f64| said <= is * by && said >= is / by;
    let tables = told["tables"].as_array().unwrap();
    assert_eq!(tables.len(), reported.len());
    assert!((number(&told["rows"]) - rows(tables)).abs() < 0.5);
    assert!(near(rows(tables), rows(reported), 1.1), "{} for {}", rows(tables), rows(reported));
    for table in tables {
        let is = reported.iter().find(|one| one["name"] == table["name"]).unwrap();
        let (said, is) = (number(&table["rows"]), number(&is["rows"]));
        // Where all rows travel, statistics that are fresh know them.
        if table["travel"] == "all" {
            assert!((said - is).abs() <= is * 0.1, "{table}: {is}");
        }
    }
    let (said, is) = (number(&told["wire_bytes"]), number(&report["snapshot"]["bytes"]));
    assert!(near(said, is, 1.3), "{said} bytes for {is}");
    let sql = format!("select pg_database_size('{}')", play.target.name());
    let size: f64 = value(&Side::Staging.url("postgres"), &sql).parse().unwrap();
    assert!(near(number(&told["disk"]["build_bytes"]), size, 1.5), "{} for {size}", told["disk"]);
    let of = |name: &str| tables.iter().find(|table| table["name"] == name).unwrap();
    let log = of("public.audit_log");
    assert_eq!(
        (&log["travel"], &log["rows"], &log["rows_from"]),
        (&"none".into(), &0.into(), &"none".into())
    );
    let events: Vec<&Value> =
        tables.iter().filter(|table| table["name"].as_str().unwrap().starts_with("public.events_")).collect();
    assert!(!events.is_empty() && events.iter().all(|table| table["travel"] == "where"), "{events:?}");
    assert!(events.iter().any(|table| table["rows_from"] == "planner" && number(&table["rows"]) > 0.0));
    let all =
        number(&value(&play.source.url(), "select count(*) from events").parse::<u64>().unwrap().into());
    assert!(events.iter().map(|table| number(&table["rows"])).sum::<f64>() < all);
    // The run has written down how long it took, and the next forecast goes by that.
    assert_eq!(told["time"]["is_corrected"], false);
    let again = forecast(&play, &[]);
    assert_eq!(again["time"]["is_corrected"], true);
    // The same again takes as long as it took, up to the publishing itself, where that is written down.
    let phases = report["phases"].as_array().unwrap();
    let publish = phases.iter().find(|phase| phase["name"] == "publish").unwrap();
    let (said, took) =
        (number(&again["time"]["seconds"]), number(&report["seconds"]) - number(&publish["seconds"]));
    assert!((said - took).abs() <= took * 0.1, "{said} for {took}");
}

#[test]
fn the_forecast_has_its_keys_and_a_time_that_can_be() {
    let play = shop();
    let told = forecast(&play, &["--jobs", "3"]);
    let keys = [
        "masque",
        "source",
        "target",
        "dry_run",
        "in_place",
        "rules",
        "lanes",
        "rows",
        "wire_bytes",
        "masked_values",
        "disk",
        "source_load",
        "target_load",
        "time",
        "tables",
        "not_read",
        "roles",
        "notices",
    ];
    let object = told.as_object().unwrap();
    for key in keys {
        assert!(object.contains_key(key), "{key}");
    }
    assert_eq!(
        (&told["dry_run"], &told["in_place"], &told["lanes"]),
        (&true.into(), &false.into(), &3.into())
    );
    assert_eq!(
        (&told["source_load"]["connections"], &told["target_load"]["connections"]),
        (&7.into(), &8.into())
    );
    assert!(number(&told["source_load"]["locks"]) > 50.0);
    assert!(number(&told["masked_values"]) > 1000.0);
    let disk = &told["disk"];
    let parts = ["table_bytes", "index_bytes", "base_bytes"].map(|key| number(&disk[key]));
    assert!(
        parts.iter().all(|part| *part > 0.0)
            && (number(&disk["build_bytes"]) - parts.iter().sum::<f64>()).abs() < 0.5
    );
    assert!(number(&disk["free_bytes"]) > 0.0, "the test's server is on this machine");
    let time = &told["time"];
    let [low, mid, high] = ["low_seconds", "seconds", "high_seconds"].map(|key| number(&time[key]));
    assert!(0.0 < low && low <= mid && mid <= high, "{time}");
    assert!(number(&time["snapshot_seconds"]) <= mid);
    let phases = time["phases"].as_array().unwrap();
    assert!((phases.iter().map(|phase| number(&phase["seconds"])).sum::<f64>() - mid).abs() < 1e-6);
    let shown = play.refresh_with(&["--dry-run"]).stdout;
    for words in
        ["nothing was written", "public.customers", "not read", "disk", "about", "between", "rests on"]
    {
        assert!(shown.contains(words), "{words}: {shown}");
    }
}

#[test]
fn rows_of_a_table_that_was_never_analyzed_are_said_to_be_guessed() {
    let play = Play::small("canary");
    execute(&play.source.url(), &["alter table people set (autovacuum_enabled = off)"]);
    let told = forecast(&play, &[]);
    assert_eq!(told["tables"][0]["rows_from"], "size");
    assert!(play.refresh_with(&["--dry-run"]).stdout.contains("1 table was never analyzed"));
    execute(&play.source.url(), &["analyze people"]);
    let told = forecast(&play, &[]);
    assert_eq!((&told["tables"][0]["rows_from"], &told["rows"]), (&"statistics".into(), &300.into()));
    assert_eq!(told["masked_values"], 300);
}

#[test]
fn no_value_of_a_row_or_of_a_condition_is_shown() {
    let play = Play::small("canary");
    execute(&play.source.url(), &["analyze"]);
    let rules = std::fs::read_to_string(play.rules()).unwrap();
    play.write_rules(&format!("{rules}[rows]\npeople = {{ where = \"email < 'canary.2'\" }}\n"));
    for more in [&["--dry-run"][..], &["--dry-run", "--json"]] {
        play.refresh_with(more).assert_code(0).assert_silent_about("canary");
    }
    let told = forecast(&play, &[]);
    let rows = number(&told["rows"]);
    assert_eq!(told["tables"][0]["rows_from"], "planner");
    let is = number(
        &value(&play.source.url(), "select count(*) from people where email < 'canary.2'")
            .parse::<u64>()
            .unwrap()
            .into(),
    );
    assert!(is > 50.0 && (rows - is).abs() < is * 0.3, "{rows} for {is}");
}

/// What both say, from the first word of the error on.
#[track_caller]
fn assert_refused_alike(code: i32, refresh: impl Fn(&[&str]) -> Output) {
    let (dry, wet) = (refresh(&["--dry-run"]), refresh(&[]));
    dry.assert_code(code);
    wet.assert_code(code);
    let error =
        |output: &Output| output.stderr.lines().find(|line| line.starts_with("error")).unwrap().to_owned();
    assert_eq!(error(&dry), error(&wet));
    assert_eq!(dry.stdout, "");
}

#[test]
fn what_a_refresh_refuses_a_dry_run_refuses_alike() {
    let play = Play::small("canary");
    let between = |source: &str, target: &str| {
        let (source, target) = (source.to_owned(), target.to_owned());
        move |play: &Play, more: &[&str]| play.refresh_between(&source, &target, more)
    };
    // A target that is nobody's to replace; one that is the source; one that is not there in place.
    let somebody_s = Database::on(Side::Staging, Fixture::Empty);
    execute(&somebody_s.url(), &["create table precious (id integer)"]);
    for target in [somebody_s.url(), play.source.url()] {
        let refresh = between(&play.source.url(), &target);
        assert_refused_alike(8, |more| refresh(&play, more));
    }
    assert_refused_alike(8, |more| play.refresh_with(&[more, &["--publish", "in-place"]].concat()));
    // A role that may not read, and one that may not load.
    let (reader, loader) = (format!("{}_r", play.source.name()), format!("{}_l", play.target.name()));
    create_role(Side::Production, &reader, "");
    create_role(Side::Staging, &loader, "");
    let refresh = between(&as_role(&play.source.url(), &reader), &play.target.url());
    for more in [&["--dry-run"][..], &[]] {
        refresh(&play, more).assert_code(6);
    }
    let refresh = between(&play.source.url(), &as_role(&play.target.url(), &loader));
    let code = refresh(&play, &[]).code;
    assert!(code == 7 || code == 8, "{code}");
    assert_refused_alike(code, |more| refresh(&play, more));
    // Tools that are too old.
    let folder = tempfile::tempdir().unwrap();
    for tool in ["pg_dump", "pg_restore"] {
        let path = folder.path().join(tool);
        std::fs::write(&path, format!("#!/bin/sh\necho '{tool} (PostgreSQL) 9.6.24'\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let variables = [("MASQUE_PG_BINDIR", OsString::from(folder.path()))];
    assert_refused_alike(2, |more| {
        let (rules, source, target) = (play.rules(), play.source.url(), play.target.url());
        let args = ["refresh", "--source", &source, "--target", &target, "--rules", &rules];
        run_with(&[&args, more].concat(), &variables)
    });
    // Rules: a column that nobody decided on, a condition that is none, a warning that is taken for an error.
    let rules = std::fs::read_to_string(play.rules()).unwrap();
    execute(&play.source.url(), &["alter table people add column fresh text"]);
    assert_refused_alike(3, |more| play.refresh_with(more));
    play.write_rules(&format!("{rules}fresh = \"keep\"\n[rows]\npeople = {{ where = \"nothing = 1\" }}\n"));
    assert_refused_alike(3, |more| play.refresh_with(more));
    // What a dump can't carry, and rows that are hidden.
    play.write_rules(&format!("{rules}fresh = \"keep\"\n"));
    execute(&play.source.url(), &["create schema extra", "create table extra.t (id integer)"]);
    assert_refused_alike(3, |more| play.refresh_with(more));
    assert_eq!(play.target.generations(), Vec::<String>::new());
}

#[test]
fn a_folder_for_the_report_is_asked_about_and_not_made() {
    let play = Play::small("canary");
    let folder = tempfile::tempdir().unwrap();
    let (inside, file) = (folder.path().join("a/b"), folder.path().join("file"));
    play.refresh_with(&["--dry-run", "--report", inside.to_str().unwrap()]).assert_code(0);
    assert!(!folder.path().join("a").exists());
    std::fs::write(&file, "").unwrap();
    let under = file.join("x");
    assert_refused_alike(2, |more| {
        play.refresh_with(&[more, &["--report", under.to_str().unwrap()]].concat())
    });
}

#[test]
fn what_stands_in_a_refresh_s_way_is_said() {
    let play = Play::small("canary");
    let (rules, source, target) = (play.rules(), play.source.url(), play.target.url());
    let args = ["refresh", "--source", &source, "--target", &target, "--rules", &rules];
    let mut run =
        crate::support::Started::with(&args, &[("MASQUE_PAUSE_AT", Point::SchemaDumped.word().into())]);
    run.wait_for_pause(Point::SchemaDumped.word());
    let builds = play.builds();
    assert_eq!(builds.len(), 1);
    let output = play.refresh_with(&["--dry-run"]);
    output.assert_code(0).assert_says(&["is busy with the run"]);
    run.kill();
    // It is left where it lies.
    wait_until("the build is nobody's", Duration::from_secs(20), || {
        let output = play.refresh_with(&["--dry-run"]);
        output.assert_code(0);
        output.stderr.contains(&format!("a refresh would first drop `{}`", builds[0]))
    });
    assert_eq!(play.builds(), builds);
    let told = forecast(&play, &[]);
    assert!(number(&told["disk"]["swept_bytes"]) > 0.0);
    // A table that somebody holds is waited for as long as a refresh waits, and no longer.
    let _held = Held::new(&play.source.url(), "lock table people in access exclusive mode");
    let output = play.refresh_with(&["--dry-run", "--retries", "0", "--max-blocked", "1s"]);
    output.assert_code(6).assert_says(&["a refresh would wait behind him"]);
    play.refresh_with(&["--retries", "0", "--max-blocked", "1s"]).assert_code(6);
}

#[test]
fn a_condition_that_names_what_somebody_holds_is_not_a_wrong_one() {
    let play = Play::small("canary");
    let rules = std::fs::read_to_string(play.rules()).unwrap();
    // Of the catalog, because tables of the database's own are waited for before any condition is read.
    play.write_rules(&format!(
        "{rules}[rows]\npeople = {{ where = \"not exists (select from pg_catalog.pg_transform)\" }}\n"
    ));
    play.refresh_with(&["--dry-run"]).assert_code(0);
    let _held = Held::new(&play.source.url(), "lock table pg_catalog.pg_transform in access exclusive mode");
    let output = play.refresh_with(&["--dry-run", "--retries", "0", "--max-blocked", "1s"]);
    output.assert_code(6).assert_says(&["the condition in `[rows]`", "a lock was not available in time"]);
    output.assert_silent_about("it must be a condition");
    // What only the moment is to blame for is tried again.
    let output = play.refresh_with(&["--dry-run", "--retries", "1", "--max-blocked", "300ms"]);
    output.assert_code(6).assert_says(&["attempt 2"]);
}

#[test]
fn in_place_old_and_new_lie_together_for_a_while() {
    let play = Play::small("canary");
    query(
        &Side::Staging.url("postgres"),
        &format!("create database {} template template0", play.target.name()),
    );
    let told = forecast(&play, &["--publish", "in-place"]);
    assert_eq!(
        (&told["in_place"], &told["lanes"], &told["disk"]["base_bytes"]),
        (&true.into(), &1.into(), &0.into())
    );
    assert_eq!(told["disk"]["now"][0]["is_dropped"], true);
    assert_eq!(value(&play.target.url(), "select count(*) from pg_class where relname = 'people'"), "0");
    play.refresh_with(&["--publish", "in-place"]).assert_code(0);
    assert_eq!(forecast(&play, &["--publish", "in-place"])["time"]["is_corrected"], true);
    assert_eq!(forecast(&play, &[])["time"]["is_corrected"], false, "the other way takes another time");
}

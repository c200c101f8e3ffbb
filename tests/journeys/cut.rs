//! A server that crashes under a run: the run ends, staging stands, the next run goes well.

use crate::support::{Started, count, execute, query, run, start, value, wait_until};
use std::time::Duration;

/// Waits until rows are on their way.
fn wait_for_rows(source: &str, run: &Started) {
    let sql =
        "select count(*) from pg_stat_activity where state = 'active' and starts_with(query, 'COPY (SELECT')";
    wait_until(&format!("rows move: {}", run.said()), Duration::from_secs(30), || value(source, sql) != "0");
}

#[test]
fn a_server_that_crashes_under_a_run_ends_the_run_and_nothing_else() {
    // Their own servers, because all databases of a server crash with it.
    let (production, staging) = (start("cutsource", &[]), start("cuttarget", &[]));
    let (source, target) = (production.url_with_password("postgres"), staging.url_with_password("served"));
    let maintenance = staging.url_with_password("postgres");
    execute(
        &source,
        &[
            "create table people (id integer primary key, email text not null)",
            "insert into people select n, n || '@canary.example' from generate_series(1, 300) n",
        ],
    );
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, more: &str| {
        let path = folder.path().join(name);
        let rules = "masque = 1\n[table.people]\nid = \"keep\"\nemail = { with = \"email\", by = \"id\" }\n";
        std::fs::write(&path, format!("{rules}{more}")).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let slow = file("slow.toml", "[rows]\npeople = { where = \"pg_sleep(0.05)::text is not null\" }\n");
    let fast = file("fast.toml", "");
    let args = |rules| {
        ["refresh", "--source", &source, "--target", &target, "--rules", rules, "--retries", "0"]
            .map(str::to_owned)
    };
    let refresh = |rules| run(&args(rules).each_ref().map(String::as_str));
    let begin = |rules| Started::new(&args(rules).each_ref().map(String::as_str));
    let served = || value(&target, "select md5(string_agg(email, ',' order by id)) from people");

    refresh(&fast).assert_code(0);
    let before = served();
    for (server, code) in [(&production, 6), (&staging, 7)] {
        let run = begin(&slow);
        wait_for_rows(&source, &run);
        server.restart_immediate().unwrap();
        run.end_within(Duration::from_secs(10)).assert_code(code).assert_silent_about("canary");
        assert!(served() == before, "the target is not what it was after exit {code}");
    }
    refresh(&fast).assert_code(0);
    assert_eq!(count(&target, "people"), 300);
    assert!(served() != before, "the last run published nothing");
    let builds =
        query(&maintenance, "select datname from pg_database where datname like '%\\_\\_masque\\_%'");
    assert!(builds.is_empty(), "{builds:?}");
}

//! A session that an administrator ends, and a server without a connection left: told, and cleaned up.

use crate::support::{Database, Fixture, Play, Side, execute, query, start, value, wait_until};
use std::time::Duration;

/// How long a run takes to see that it lost a session: the slow query behind it must end, too.
const SOON: Duration = Duration::from_secs(20);

#[test]
fn a_session_that_is_ended_ends_the_run_by_its_side() {
    let play = Play::small("canary").apart();
    play.refresh().assert_code(0);
    play.read_slowly();
    // A lane's reader, the one who watches, the one who exports the snapshot; a lane's writer, the run lock.
    let lost = [
        (Side::Production, "query like 'COPY (SELECT%'", 6),
        (Side::Production, "query like 'WITH ours AS%'", 6),
        (Side::Apart, "query like 'COPY %FROM STDIN%'", 7),
        (Side::Apart, "query in ('BEGIN', 'SELECT 1') or query like '%pg_try_advisory_xact_lock%'", 7),
    ];
    for (side, which, code) in lost {
        let served = play.served();
        let run = play.start(&["--retries", "0", "--stall-timeout", "4s"]);
        play.wait_for(Side::Production, "COPY (SELECT", &run);
        play.wait_for(Side::Apart, "COPY ", &run);
        let ours = if side == Side::Production {
            format!("datname = '{}'", play.source.name())
        } else {
            // The lock's session is in the maintenance database, where other tests' are, too.
            let build = play.builds().pop().unwrap();
            format!(
                "application_name like 'masque {}%' and (datname = '{build}' or datname = 'postgres')",
                build.rsplit_once('_').unwrap().1
            )
        };
        let sql = format!(
            "select pg_terminate_backend(pid) from pg_stat_activity where {ours} and ({which}) and pid <> pg_backend_pid()"
        );
        wait_until(which, Duration::from_secs(5), || !query(&side.url("postgres"), &sql).is_empty());
        let output = run.end_within(SOON);
        output.assert_code(code).assert_says(&["ended"]).assert_silent_about("canary");
        assert_eq!(play.served(), served, "{which}");
        assert_eq!(play.builds(), Vec::<String>::new(), "{which}: {}", output.stderr);
    }
    play.read_fast();
    play.refresh().assert_code(0);
    assert_eq!(play.builds(), Vec::<String>::new());
}

#[test]
fn a_server_without_a_connection_left_says_so() {
    let few = &[("max_connections", "9"), ("superuser_reserved_connections", "0"), ("max_wal_senders", "0")];
    let server = start("few", few);
    let table = "create table people (id integer primary key, note text, email text not null)";
    let rows = "insert into people select n, 'note', 'canary.' || n || '@example.com' from generate_series(1, 300) n";
    // On production.
    let play = Play::small("canary");
    execute(&server.url_with_password("postgres"), &[table, rows]);
    let more = ["--jobs", "12", "--retries", "0", "--connect-wait", "0s"];
    let output = play.refresh_between(&server.url_with_password("postgres"), &play.target.url(), &more);
    output.assert_code(6).assert_says(&["no connection left", "--jobs"]).assert_silent_about("canary");
    assert_eq!(play.target.generations(), Vec::<String>::new());
    // On staging: every table has a lane of its own.
    let source = Database::from(Fixture::Empty);
    let tables: Vec<_> = (0..12)
        .map(|n| format!("create table t{n} as select n as id from generate_series(1, 200) n"))
        .collect();
    execute(&source.url(), &tables.iter().map(String::as_str).collect::<Vec<_>>());
    let rules: String = (0..12)
        .map(|n| format!("[table.t{n}]\nid = \"keep\"\n"))
        .chain(["[rows]\n".to_owned()])
        .chain((0..12).map(|n| format!("t{n} = {{ where = \"pg_sleep(0.02)::text is not null\" }}\n")))
        .collect();
    let play = Play::new(source, &format!("masque = 1\n{rules}"));
    let output = play.refresh_between(&play.source.url(), &server.url_with_password("served"), &more);
    output.assert_code(7).assert_says(&["no connection left", "--jobs"]);
    let left = "select count(*) from pg_database where datname like 'served%'";
    assert_eq!(value(&server.url_with_password("postgres"), left), "0", "{}", output.stderr);
}

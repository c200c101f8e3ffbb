//! A server that falls silent with its connection open: the run ends in bounded time.

use crate::support::{Fault, Play, Proxy, Way, execute, value};
use std::time::Duration;

/// What a run is given to notice and to be gone: the stall, a look whether the server works, and ten
/// seconds in which a silent target could still have dropped the build.
const PROMPT: Duration = Duration::from_secs(30);

/// A play with something published and with rows enough to stall between them.
fn published(play: Play) -> (Play, String) {
    execute(
        &play.source.url(),
        &[
            "insert into people select n, repeat('note', 100), n || '@example.com' from generate_series(1000, 9000) n",
        ],
    );
    play.refresh().assert_code(0);
    let served = play.served();
    (play, served)
}

const STALL: &[&str] = &["--stall-timeout", "2s", "--jobs", "1", "--retries", "0"];

#[test]
fn a_source_that_falls_silent_ends_the_run_in_time() {
    let (play, served) = published(Play::small("canary").apart());
    let proxy = Proxy::before(&play.source.url());
    let url = proxy.through(&play.source.url());
    play.refresh_between(&url, &play.target.url(), &["--jobs", "1"]).assert_code(0);
    let served_now = play.served();
    assert_eq!(served.len(), served_now.len());
    let all = proxy.carried(Way::ToClient);
    // At the login, in the catalog or the schema, and among the rows.
    for share in [0, 12, 60] {
        proxy.arm(Way::ToClient, all * share / 100, Fault::Stall);
        let run = play.start_between(&url, &play.target.url(), STALL);
        let output = run.end_within(PROMPT);
        output.assert_code(6).assert_says(&["--stall-timeout"]).assert_silent_about("canary");
        assert!(proxy.fired(), "{share}: {}", output.stderr);
        if share > 50 {
            // Whoever notices first: the lane, or the session that watches over production.
            let who = ["reading `public.people`: no row moved", "watching over the source"];
            assert!(who.iter().any(|words| output.stderr.contains(words)), "{}", output.stderr);
        }
        proxy.mend();
        assert_eq!(play.served(), served_now);
        assert_eq!(play.builds(), Vec::<String>::new(), "{share}: {}", output.stderr);
    }
}

#[test]
fn a_target_that_falls_silent_ends_the_run_in_time() {
    let (play, served) = published(Play::small("canary"));
    let proxy = Proxy::before(&play.target.url());
    let url = proxy.through(&play.target.url());
    play.refresh_between(&play.source.url(), &url, &["--jobs", "1"]).assert_code(0);
    let all = proxy.carried(Way::ToServer);
    for share in [0, 3, 60] {
        let served = play.served();
        proxy.arm(Way::ToServer, all * share / 100, Fault::Stall);
        let output = play.start_between(&play.source.url(), &url, STALL).end_within(PROMPT);
        output.assert_code(7).assert_says(&["--stall-timeout"]).assert_silent_about("canary");
        assert!(proxy.fired(), "{share}: {}", output.stderr);
        proxy.mend();
        assert_eq!(play.served(), served);
    }
    // A build could not be dropped through a silent wire: the next run does it.
    play.refresh().assert_code(0);
    assert_eq!(play.builds(), Vec::<String>::new());
    assert_eq!(play.served().len(), served.len());
}

#[test]
fn a_slow_wire_and_a_slow_query_are_no_stall() {
    let (play, _) = published(Play::small("canary"));
    let proxy = Proxy::before(&play.source.url());
    proxy.throttle(600_000);
    let url = proxy.through(&play.source.url());
    let stall = ["--stall-timeout", "3s", "--jobs", "1", "--retries", "0"];
    play.refresh_between(&url, &play.target.url(), &stall).assert_code(0);
    // No row for seven seconds, as where a condition finds few.
    play.write_rules(
        "masque = 1\n[table.people]\nid = \"keep\"\nnote = \"keep\"\nemail = { with = \"email\", by = \"id\" }\n\
         [rows]\npeople = { where = \"id < 2 and pg_sleep(7)::text is not null\" }\n",
    );
    play.refresh_with(&stall).assert_code(0);
    assert_eq!(value(&play.target.url(), "select count(*) from people"), "1");
}

//! How much memory a run takes, whatever the target does.

use crate::support::{Database, Fault, Fixture, Play, Proxy, Way, execute, wait_until};
use masque::pipeline::{BATCH, PERMITS};
use std::time::Duration;

/// What a run takes that carries next to nothing: the program, the words, the plan.
const EMPTY: u64 = 36;

#[test]
fn a_target_that_takes_nothing_does_not_make_rows_pile_up() {
    let source = Database::from(Fixture::Empty);
    let tables = ["one", "two"].map(|name| {
        format!("create table {name} (id integer primary key, note text, email text); \
                 insert into {name} select n, repeat(md5(n::text), 30), n || '@example.com' from generate_series(1, 80000) n")
    });
    execute(&source.url(), &tables.each_ref().map(String::as_str));
    let rule = "id = \"keep\"\nnote = \"keep\"\nemail = \"email\"\n";
    let play = Play::new(source, &format!("masque = 1\n[table.one]\n{rule}[table.two]\n{rule}"));
    let proxy = Proxy::before(&play.target.url());
    proxy.arm(Way::ToServer, 12_000_000, Fault::Stall);
    let url = proxy.through(&play.target.url());
    let run = play.start_between(&play.source.url(), &url, &["--jobs", "2"]);
    wait_until("the target to take no more", Duration::from_mins(1), || proxy.fired());
    // Production gives all it has within this time; no longer, because a backend that stands still in
    // COPY keeps others from dropping databases.
    std::thread::sleep(Duration::from_secs(3));
    let peak = run.peak();
    run.kill();
    assert!(peak > 0 || !cfg!(target_os = "linux"));
    // The formula of the pipeline's page, with what a connection keeps beside it, twice a batch.
    let lanes = 2 * PERMITS as u64 * 2 * BATCH as u64 / 1_000_000 + 2;
    eprintln!("two lanes before a target that takes nothing: {peak} MB");
    assert!(peak < EMPTY + lanes, "{peak} MB, where {} are all that may be", EMPTY + lanes);
}

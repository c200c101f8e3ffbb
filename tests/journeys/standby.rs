//! Production is spared altogether: the source is a hot standby.

use crate::support::{Balancer, Pair, Play, count, execute, value, wait_until};
use std::time::Duration;

/// The rows of a small play, read in about three seconds instead of at once.
const SLOWLY: &str = "masque = 1\n[table.people]\nid = \"keep\"\nnote = \"keep\"\nemail = { with = \"email\", by = \"id\" }\n\
    [rows]\npeople = { where = \"pg_sleep(0.01)::text is not null\" }\n";

const PEOPLE: [&str; 2] = [
    "create table people (id integer primary key, note text, email text not null)",
    "insert into people select n, 'note ' || n, 'canary.' || n || '@example.com' from generate_series(1, 300) n",
];

/// The servers, with a small table in a database of this name.
fn pair(database: &str) -> &'static Pair {
    let pair = Pair::shared();
    pair.fill(database, &PEOPLE);
    pair
}

/// Waits until a lane reads from the standby.
fn wait_for_reading(pair: &Pair, database: &str) {
    let sql = format!(
        "select count(*) from pg_stat_activity where datname = '{database}' and state = 'active' and query like 'COPY (SELECT%'"
    );
    wait_until("a lane reads", Duration::from_secs(30), || value(&pair.standby("postgres"), &sql) != "0");
}

/// Removes on the primary what the snapshot on the standby still sees.
fn vacuum(pair: &Pair, database: &str) {
    let url = pair.primary(database);
    execute(&url, &["update people set note = note where id < 100"]);
    execute(&url, &["vacuum people"]);
}

#[test]
fn a_standby_serves_as_the_source() {
    let pair = pair("served");
    let play = Play::small("unused");
    assert_eq!(value(&pair.standby("served"), "select pg_is_in_recovery()"), "t");
    for _ in 0..2 {
        play.refresh_between(&pair.standby("served"), &play.target.url(), &["--jobs", "2"]).assert_code(0);
    }
    assert_eq!(count(&play.target.url(), "people"), 300);
    let leaks = "select count(*) from people where email like 'canary.%'";
    assert_eq!(value(&play.target.url(), leaks), "0");
}

#[test]
fn a_target_on_the_standby_s_own_primary_is_refused() {
    let pair = pair("family");
    let play = Play::small("unused");
    let output = play.refresh_between(&pair.standby("family"), &pair.primary("staging"), &[]);
    output.assert_code(8).assert_says(&["a standby of the target's server", "--same-server"]);
    let named = "select count(*) from pg_database where datname like 'staging%'";
    assert_eq!(value(&pair.primary("postgres"), named), "0");
}

#[test]
fn a_conflict_with_the_replay_is_tried_again_with_a_new_snapshot() {
    let pair = pair("again");
    let play = Play::small("unused");
    play.write_rules(SLOWLY);
    let run = play.start_between(&pair.standby("again"), &play.target.url(), &[]);
    wait_for_reading(pair, "again");
    vacuum(pair, "again");
    wait_until("the run tries again", Duration::from_secs(20), || run.said().contains("trying again"));
    run.end_within(Duration::from_secs(60)).assert_code(0).assert_says(&["conflict with recovery"]);
    assert_eq!(count(&play.target.url(), "people"), 300);
    assert_eq!(play.builds(), Vec::<String>::new());
}

#[test]
fn a_lock_that_the_primary_takes_is_such_a_conflict_too() {
    let pair = pair("locked");
    let play = Play::small("unused");
    play.write_rules(SLOWLY);
    let run = play.start_between(&pair.standby("locked"), &play.target.url(), &[]);
    wait_for_reading(pair, "locked");
    execute(&pair.primary("locked"), &["begin; lock table people in access exclusive mode; commit"]);
    let output = run.end_within(Duration::from_secs(60));
    output.assert_code(0).assert_says(&["trying again"]);
    assert_eq!(count(&play.target.url(), "people"), 300);
}

#[test]
fn a_conflict_that_comes_back_ends_the_run_with_three_remedies() {
    let pair = pair("ended");
    let play = Play::small("unused");
    play.write_rules(SLOWLY);
    let run = play.start_between(&pair.standby("ended"), &play.target.url(), &["--retries", "0"]);
    wait_for_reading(pair, "ended");
    vacuum(pair, "ended");
    let output = run.end_within(Duration::from_secs(30));
    output.assert_code(6).assert_says(&[
        "standby's replay",
        "hot_standby_feedback = on",
        "max_standby_streaming_delay",
        "a standby of its own",
    ]);
    assert_eq!(play.target.generations(), Vec::<String>::new());
}

#[test]
fn an_address_that_leads_to_two_servers_is_refused_in_a_sentence() {
    let pair = pair("balanced");
    let play = Play::small("unused");
    let [one, two] = pair.ports();
    let through = |balancer: &Balancer| {
        pair.primary("balanced").replacen(&format!(":{one}/"), &format!(":{}/", balancer.port()), 1)
    };
    let balancer = Balancer::start(&[one, two]);
    let output = play.refresh_between(&through(&balancer), &play.target.url(), &["--jobs", "2"]);
    output.assert_code(6).assert_says(&["more than one server", "address of one server"]);
    assert!(balancer.served() > 1);
    assert_eq!(play.target.generations(), Vec::<String>::new());
    // The same front before one server is no obstacle.
    let front = Balancer::start(&[one]);
    play.refresh_between(&through(&front), &play.target.url(), &["--jobs", "2"]).assert_code(0);
    assert!(front.served() > 4);
}

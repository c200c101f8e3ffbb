//! Production keeps its peace: least privilege, locks, row security, names that move.

use crate::support::{Database, Fixture, Held, Play, Side, count, execute, query, value, wait_until};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// The same URL for another role.
pub(super) fn as_role(url: &str, role: &str) -> String {
    let (_, place) = url.rsplit_once('@').unwrap();
    format!("postgres://{role}:of.no.worth@{place}")
}

pub(super) fn create_role(side: Side, role: &str, attributes: &str) {
    let sql = format!("create role {role} login password 'of.no.worth' {attributes}");
    query(&side.url("postgres"), &sql);
}

#[test]
fn a_role_that_may_only_read_and_one_that_may_only_create_databases_are_enough() {
    create_role(Side::Production, "plain_reader", "in role pg_read_all_data");
    create_role(Side::Staging, "plain_loader", "createdb");
    let source = Database::from(Fixture::Shop);
    let play =
        Play::new(source, &std::fs::read_to_string(crate::house::top().join("rules/shop.toml")).unwrap());
    let source = as_role(&play.source.url(), "plain_reader");
    let target = as_role(&play.target.url(), "plain_loader");
    // Production's objects belong to a superuser, and this role can't make them so.
    let output = play.refresh_between(&source, &target, &[]);
    output.assert_code(7).assert_says(&["may not act for the role `postgres`", "--no-owner"]);
    for _ in 0..2 {
        play.refresh_between(&source, &target, &["--no-owner", "--no-privileges"]).assert_code(0);
    }
    assert_eq!(count(&target, "customers"), count(&play.source.url(), "customers"));
    let rights = "select rolsuper or rolreplication or rolbypassrls or rolcreaterole from pg_roles where rolname = current_user";
    assert_eq!([value(&source, rights), value(&target, rights)], ["f", "f"]);
}

#[test]
fn a_source_role_that_may_not_read_a_table_is_told_which_and_what_to_grant() {
    create_role(Side::Production, "blind_reader", "");
    let play = Play::small("canary");
    let output = play.refresh_between(&as_role(&play.source.url(), "blind_reader"), &play.target.url(), &[]);
    output.assert_code(6).assert_says(&["pg_read_all_data"]);
    assert_eq!(play.target.generations(), Vec::<String>::new());
}

#[test]
fn an_alter_table_behind_the_run_ends_the_run_and_goes_through() {
    let play = Play::small("canary");
    play.read_slowly();
    let run = play.start(&["--max-blocked", "1s"]);
    play.wait_for(Side::Production, "COPY (SELECT", &run);
    let began = Instant::now();
    let url = play.source.url();
    let altering = std::thread::spawn(move || {
        execute(&url, &["alter table people add column added integer"]);
        began.elapsed()
    });
    run.end_within(Duration::from_secs(4)).assert_code(6).assert_says(&["--max-blocked"]);
    let waited = altering.join().unwrap();
    assert!(waited > Duration::from_millis(900), "nobody was in the way: {waited:?}");
    assert!(waited < Duration::from_secs(3), "the run did not give way: {waited:?}");
    assert_eq!(play.target.generations(), Vec::<String>::new());
}

#[test]
fn a_snapshot_may_not_grow_older_than_its_budget() {
    let play = Play::small("canary");
    play.read_slowly();
    let run = play.start(&["--max-snapshot-age", "1s"]);
    run.end_within(Duration::from_secs(10)).assert_code(6).assert_says(&["--max-snapshot-age"]);
    assert_eq!(play.target.generations(), Vec::<String>::new());
    wait_until("the source is let go", Duration::from_secs(4), || play.sessions() == 0);
}

const LOCK: &str = "lock table people in access exclusive mode";

#[test]
fn a_table_that_is_locked_at_first_is_waited_for() {
    let play = Play::small("canary");
    let held = Held::new(&play.source.url(), LOCK);
    let run = play.start(&["--max-blocked", "300ms", "--retries", "100"]);
    wait_until("the run tries again", Duration::from_mins(1), || run.said().contains("trying again"));
    drop(held);
    run.end_within(Duration::from_mins(2)).assert_code(0);
    assert_eq!(count(&play.target.url(), "people"), 300);
}

#[test]
fn a_table_that_stays_locked_ends_the_run() {
    let play = Play::small("canary");
    let held = Held::new(&play.source.url(), LOCK);
    let output = play.refresh_with(&["--max-blocked", "200ms", "--retries", "0"]);
    drop(held);
    output.assert_code(6).assert_says(&["lock"]);
    assert_eq!(play.target.generations(), Vec::<String>::new());
}

/// Two columns swap names and values in one transaction, so that whoever sees one moment
/// always finds the addresses under `email`. Rows of one moment by names of another would
/// put them under `note`, which is kept.
const SWAP: &str = "alter table people rename column email to between; \
    alter table people rename column note to email; \
    alter table people rename column between to note; \
    update people set email = note, note = email";

/// How many values of the masked column the target shows.
fn leaks(play: &Play) -> String {
    let sql = "select count(*) from people where email like 'canary.%' or note like 'canary.%'";
    value(&play.target.url(), sql)
}

#[test]
fn columns_that_swap_names_while_the_run_waits_for_its_locks_are_not_mixed_up() {
    let play = Play::small("canary");
    execute(&play.source.url(), &["alter table people alter column note set not null"]);
    let until_awaited = "do $$ begin while not exists (select from pg_locks where not granted and relation = 'people'::regclass) \
        loop perform pg_sleep(0.02); end loop; perform pg_sleep(0.2); end $$";
    let (url, swap) = (play.source.url(), format!("begin; {SWAP}; {until_awaited}; commit"));
    let swapping = std::thread::spawn(move || execute(&url, &[&swap]));
    play.wait_for_lock();
    play.refresh_with(&["--retries", "0"]).assert_code(0);
    swapping.join().unwrap();
    assert_eq!(leaks(&play), "0", "values of the masked column reached the target");
    assert_eq!(count(&play.target.url(), "people"), 300);
}

#[test]
fn columns_that_swap_names_all_the_time_never_put_a_masked_value_into_a_kept_column() {
    let play = Play::small("canary");
    execute(&play.source.url(), &["alter table people alter column note set not null"]);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let swapping = scope.spawn(|| {
            let (url, mut swaps) = (play.source.url(), 0);
            while !done.load(Ordering::Relaxed) {
                execute(&url, &[&format!("begin; {SWAP}; commit")]);
                swaps += 1;
                std::thread::sleep(Duration::from_millis(swaps * 37 % 250));
            }
            swaps
        });
        let output = play.refresh_with(&["--max-blocked", "30s", "--retries", "2"]);
        done.store(true, Ordering::Relaxed);
        assert!(swapping.join().unwrap() > 1);
        // That no moment was quiet breaks no promise.
        if output.code != 6 {
            output.assert_code(0);
            assert_eq!(leaks(&play), "0", "values of the masked column reached the target");
        }
    });
}

#[test]
fn rows_hidden_by_row_security_are_never_left_out_in_silence() {
    create_role(Side::Production, "secured_reader", "in role pg_read_all_data");
    let play = Play::small("canary");
    execute(
        &play.source.url(),
        &["alter table people enable row level security", "create policy few on people using (id < 10)"],
    );
    let source = as_role(&play.source.url(), "secured_reader");
    let output = play.refresh_between(&source, &play.target.url(), &[]);
    output.assert_code(6).assert_says(&["people", "BYPASSRLS"]);
    assert_eq!(play.target.generations(), Vec::<String>::new());
    query(&Side::Production.url("postgres"), "alter role secured_reader bypassrls");
    play.refresh_between(&source, &play.target.url(), &[]).assert_code(0);
    assert_eq!(count(&play.target.url(), "people"), 300);
}

//! One run at a time for each target, and a dead one is in nobody's way.

use super::kill_points::Numbered;
use crate::support::{Held, Side, query, run_with, value, wait_until};
use masque::point::Point;
use std::time::Duration;

/// The runs that hold this target's lock, and the state of their sessions.
fn holders(numbered: &Numbered) -> Vec<Vec<Option<String>>> {
    let sql = format!(
        "select a.application_name, a.state from pg_locks l join pg_stat_activity a on a.pid = l.pid, \
         hashtextextended('masque:{}', 0) k where l.locktype = 'advisory' and l.granted \
         and (l.classid::bigint << 32 | l.objid::bigint) = k",
        numbered.play.target.name()
    );
    query(&Side::Staging.url("postgres"), &sql)
}

#[test]
fn the_run_lock_is_held_by_an_open_transaction_which_a_pooler_leaves_alone() {
    let numbered = Numbered::new();
    let run = numbered.start(Some(Point::SchemaDumped), &[]);
    // A pooler gives a server's session to another client as soon as no transaction is open.
    let held = holders(&numbered);
    assert_eq!(held.len(), 1);
    assert_eq!(held[0][1].as_deref(), Some("idle in transaction"));
    // Another session of the same database, as a pooler would give one to a second run, sees the lock.
    let take = format!(
        "select pg_try_advisory_xact_lock(hashtextextended('masque:{}', 0))",
        numbered.play.target.name()
    );
    assert_eq!(value(&Side::Staging.url("postgres"), &take), "f");
    let second = numbered.play.refresh_with(&[]);
    second.assert_code(8).assert_says(&["is busy with the run", held[0][0].as_deref().unwrap()]);
    run.kill();
    // Without waiting for anything: the lock died with the run.
    numbered.assert_recovers();
}

#[test]
fn a_run_from_another_maintenance_database_finds_the_target_busy() {
    let numbered = Numbered::new();
    let (staging, elsewhere) =
        (Side::Staging.url("postgres"), format!("{}__elsewhere", numbered.play.target.name()));
    query(&staging, &format!("create database {elsewhere} template template0"));
    let mut run = numbered.start(Some(Point::SchemaDumped), &[]);
    let builds = numbered.play.builds();
    let holder = holders(&numbered)[0][0].clone().unwrap();
    let second = numbered.play.refresh_with(&["--maintenance-db", &elsewhere]);
    second.assert_code(8).assert_says(&["is busy with the run", &holder]);
    // Whoever gives up gives his own lock back, and has touched nothing.
    assert_eq!(holders(&numbered).len(), 1);
    assert_eq!(numbered.play.builds(), builds);
    let url = numbered.play.target.url();
    let status = run_with(&["status", "--target", &url, "--maintenance-db", &elsewhere], &[]);
    assert!(status.assert_code(0).stdout.contains(&holder), "{}", status.stdout);
    assert!(run.is_running());
    run.kill();
    query(&staging, &format!("drop database {elsewhere}"));
    numbered.assert_recovers();
}

#[test]
fn a_run_that_waits_in_another_maintenance_database_is_never_taken_for_the_one_at_work() {
    let numbered = Numbered::new();
    let (staging, elsewhere) =
        (Side::Staging.url("postgres"), format!("{}__elsewhere", numbered.play.target.name()));
    query(&staging, &format!("create database {elsewhere} template template0"));
    let run = numbered.start(Some(Point::SchemaDumped), &[]);
    let waiter = numbered.start(None, &["--maintenance-db", &elsewhere, "--lock-wait", "2m"]);
    let waits = format!(
        "select count(*) from pg_stat_activity where datname = '{elsewhere}' and state = 'idle in transaction'"
    );
    wait_until("the second run waits", Duration::from_mins(1), || value(&staging, &waits) != "0");
    // It looks several times in this while; whoever looks at the locks meanwhile sees one holder.
    let watch = format!(
        "do $$ declare holders bigint; until timestamptz := clock_timestamp() + '3 s'; begin \
           while clock_timestamp() < until loop \
             select count(*) into holders from pg_locks l, hashtextextended('masque:{}', 0) k where l.locktype = 'advisory' \
               and l.granted and (l.classid::bigint << 32 | l.objid::bigint) = k; \
             if holders <> 1 then raise '% hold the lock', holders; end if; \
             perform pg_sleep(0.0003); \
           end loop; end $$",
        numbered.play.target.name()
    );
    query(&staging, &watch);
    run.kill();
    // Then it is its turn.
    waiter.end_within(Duration::from_mins(1)).assert_code(0);
    query(&staging, &format!("drop database {elsewhere}"));
    numbered.assert_recovers();
}

#[test]
fn a_target_that_another_run_replaced_meanwhile_is_kept_as_that_run_left_it() {
    let mut numbered = Numbered::new();
    // The first run has the lock, and waits for a table.
    let held = Held::new(&numbered.play.source.url(), "lock table people in access exclusive mode");
    let first = numbered.start(None, &["--max-blocked", "300ms", "--retries", "100"]);
    wait_until("the first run waits", Duration::from_mins(1), || first.said().contains("trying again"));
    let second = numbered.start(None, &["--lock-wait", "2m"]);
    let waiting = format!(
        "select count(*) from pg_stat_activity where datname = 'postgres' and state = 'idle in transaction' \
         and query = 'SELECT pg_backend_pid()' and application_name <> '{}'",
        holders(&numbered)[0][0].as_deref().unwrap()
    );
    wait_until("the second run waits", Duration::from_mins(1), || {
        value(&Side::Staging.url("postgres"), &waiting) != "0"
    });
    drop(held);
    first.end_within(Duration::from_mins(2)).assert_code(0);
    second.end_within(Duration::from_mins(2)).assert_code(0);
    numbered.advance();
    // Of what the first published nothing is left but a generation that later runs know and drop.
    numbered.assert_recovers();
}

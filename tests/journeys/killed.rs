//! A run that ends too early leaves staging as it was, and the next one clears up.

use crate::support::{Play, Side, execute, wait_until};
use std::time::Duration;

/// How long a person waits for Ctrl-C.
const PROMPT: Duration = Duration::from_secs(5);

/// A play with something published, so that there is something to lose.
fn published() -> (Play, String) {
    let play = Play::small("canary");
    play.refresh().assert_code(0);
    let served = play.served();
    (play, served)
}

/// Makes every build spend seconds on an index; the source itself is not slowed.
fn index_slowly(play: &Play) {
    execute(
        &play.source.url(),
        &[
            "create function slowly(id integer) returns integer language plpgsql immutable as $$ begin \
         if current_database() like '%\\_\\_masque\\_%' then perform pg_sleep(0.05); end if; return id; end $$",
            "create index people_slowly_idx on people (public.slowly(id))",
        ],
    );
}

#[track_caller]
fn assert_recovers(play: &Play, served: &str) {
    assert_eq!(play.served(), served, "the target is not what it was");
    // The server looks every second whether its client still lives.
    wait_until("no session is left on the source", Duration::from_secs(4), || play.sessions() == 0);
}

#[track_caller]
fn assert_next_run_clears_up(play: &Play) {
    execute(
        &play.source.url(),
        &["drop index if exists people_slowly_idx", "update people set note = 'new' where id = 1"],
    );
    play.read_fast();
    play.refresh().assert_code(0);
    assert_eq!(play.builds(), Vec::<String>::new());
    assert_eq!(play.target.generations().len(), 2, "the target and the generation before it");
}

#[test]
fn a_run_killed_while_rows_move_leaves_staging_as_it_was() {
    let (play, served) = published();
    play.read_slowly();
    let run = play.start(&[]);
    play.wait_for(Side::Production, "COPY (SELECT", &run);
    run.kill();
    assert_eq!(play.builds().len(), 1, "the test came too late: nothing was left behind");
    assert_recovers(&play, &served);
    assert_next_run_clears_up(&play);
}

#[test]
fn a_run_killed_while_indexes_are_built_leaves_staging_as_it_was() {
    let (play, served) = published();
    index_slowly(&play);
    let run = play.start(&[]);
    play.wait_for(Side::Staging, "CREATE INDEX", &run);
    wait_until("the source is let go", Duration::from_secs(2), || play.sessions() == 0);
    run.kill();
    assert_eq!(play.builds().len(), 1, "the test came too late: nothing was left behind");
    assert_recovers(&play, &served);
    assert_next_run_clears_up(&play);
}

#[test]
fn ctrl_c_while_rows_move_ends_the_run_and_drops_its_build() {
    let (play, served) = published();
    play.read_slowly();
    let run = play.start(&[]);
    play.wait_for(Side::Production, "COPY (SELECT", &run);
    assert_eq!(play.builds().len(), 1);
    run.signal("INT");
    run.end_within(PROMPT).assert_code(130).assert_says(&["nothing was published"]);
    assert_eq!(play.builds(), Vec::<String>::new());
    assert_recovers(&play, &served);
}

#[test]
fn sigterm_while_indexes_are_built_ends_the_run_and_drops_its_build() {
    let (play, served) = published();
    index_slowly(&play);
    let run = play.start(&[]);
    play.wait_for(Side::Staging, "CREATE INDEX", &run);
    run.signal("TERM");
    run.end_within(PROMPT).assert_code(143).assert_says(&["nothing was published"]);
    assert_eq!(play.builds(), Vec::<String>::new());
    assert_recovers(&play, &served);
}

//! A name is not a database: what takes the target's name while a run is at work is left alone.

use crate::support::{Held, Play, Side, query, value};
use std::time::Duration;

const WORTH: &str = "select count(*) from worth";

/// A target that was published, and a database of somebody's that masque knows nothing of.
struct Neighbours {
    play: Play,
    important: String,
}

impl Neighbours {
    fn new() -> Self {
        let play = Play::small("canary");
        play.refresh().assert_code(0);
        // It begins as builds do, so that it goes with the play.
        let important = format!("{}__important", play.target.name());
        let staging = Side::Staging.url("postgres");
        query(&staging, &format!("create database {important} template template0"));
        query(&Side::Staging.url(&important), "create table worth as select generate_series(1, 7) as id");
        Self { play, important }
    }

    /// Refreshes, and has the important database take the target's name after the guard has looked.
    fn refuse(&self, way: &str) {
        let target = self.play.target.name();
        let (served, aside) = (self.play.served(), format!("{target}__aside"));
        let held = Held::new(&self.play.source.url(), "lock table people in access exclusive mode");
        let run = self.play.start(&["--publish", way, "--max-blocked", "1m"]);
        self.play.wait_for(Side::Production, "LOCK TABLE", &run);
        rename([[target, &aside], [&self.important, target]]);
        // Nobody's session on it is ended either.
        let guest = Held::new(&self.play.target.url(), "select 1");
        drop(held);
        let output = run.end_within(Duration::from_mins(1));
        assert_eq!(value(&self.play.target.url(), WORTH), "7", "{way}: {}", output.stderr);
        output.assert_code(8).assert_says(&["is no longer the database that was looked at", "renamed"]);
        drop(guest);
        let marks = format!(
            "select count(*) from pg_database where datname = '{target}' and shobj_description(oid, 'pg_database') is not null"
        );
        assert_eq!(value(&Side::Staging.url("postgres"), &marks), "0", "{way}");
        assert!(self.play.builds().is_empty(), "{way}: {:?}", self.play.builds());
        rename([[target, &self.important], [&aside, target]]);
        assert_eq!(self.play.served(), served, "{way}");
    }
}

fn rename(names: [[&str; 2]; 2]) {
    for [from, to] in names {
        query(&Side::Staging.url("postgres"), &format!("alter database {from} rename to {to}"));
    }
}

#[test]
fn a_database_that_took_the_targets_name_is_not_refreshed_in_place() {
    let neighbours = Neighbours::new();
    neighbours.refuse("in-place");
    neighbours.play.refresh_with(&["--publish", "in-place"]).assert_code(0);
}

#[test]
fn a_database_that_took_the_targets_name_is_not_renamed_away() {
    let neighbours = Neighbours::new();
    neighbours.refuse("swap");
    neighbours.play.refresh().assert_code(0);
}

#[test]
fn a_target_that_lost_its_marker_meanwhile_is_not_refreshed_in_place() {
    let play = Play::small("canary");
    play.refresh().assert_code(0);
    let served = play.served();
    let held = Held::new(&play.source.url(), "lock table people in access exclusive mode");
    let run = play.start(&["--publish", "in-place", "--max-blocked", "1m"]);
    play.wait_for(Side::Production, "LOCK TABLE", &run);
    query(&Side::Staging.url("postgres"), &format!("comment on database {} is null", play.target.name()));
    drop(held);
    run.end_within(Duration::from_mins(1)).assert_code(8).assert_says(&["is no longer the database"]);
    assert_eq!(play.served(), served);
}

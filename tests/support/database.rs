//! A database of one test, dropped at its end with all that a refresh put beside it.

use super::query;
use super::{Fixture, Side};
use std::sync::atomic::{AtomicU32, Ordering};

/// A name on a server that only one test uses.
#[derive(Debug)]
pub(crate) struct Database {
    side: Side,
    name: String,
}

impl Database {
    /// A copy of a fixture on the production server.
    pub(crate) fn from(fixture: Fixture) -> Self {
        Self::on(Side::Production, fixture)
    }

    /// A copy of a fixture.
    pub(crate) fn on(side: Side, fixture: Fixture) -> Self {
        let template = fixture.template(side);
        let database = Self::absent(side, fixture.name());
        let statement = format!("create database {} template {template}", database.name);
        query(&side.url("postgres"), &statement);
        database
    }

    /// A name that nothing has yet: for a target that a refresh will make.
    pub(crate) fn absent(side: Side, stem: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        // The number ends with a letter, so that no name is the beginning of another.
        Self { side, name: format!("test_{stem}_{number}x") }
    }

    /// The name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Its server.
    pub(crate) fn side(&self) -> Side {
        self.side
    }

    /// Where it is, with its password.
    pub(crate) fn url(&self) -> String {
        self.side.url(&self.name)
    }

    /// The databases of this name and of builds and generations beside it, in order.
    pub(crate) fn generations(&self) -> Vec<String> {
        let sql = format!(
            "select datname from pg_database where datname = '{0}' or starts_with(datname, '{0}__') order by 1",
            self.name
        );
        query(&self.side.url("postgres"), &sql).into_iter().flatten().flatten().collect()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // A test that failed may have left the server in any state: its own message must stay the one shown.
        let _ = std::panic::catch_unwind(|| {
            for name in self.generations() {
                query(
                    &self.side.url("postgres"),
                    &format!("drop database if exists \"{name}\" with (force)"),
                );
            }
        });
    }
}

/// A copy of a set that `MASQUE_DATASETS` brings; without it says so, and the test has nothing to do.
pub(crate) fn dataset(fixture: Fixture) -> Option<Database> {
    if fixture.file().is_none() {
        eprintln!("skipped: MASQUE_DATASETS is not set, so {} is not there", fixture.name());
        return None;
    }
    Some(Database::from(fixture))
}

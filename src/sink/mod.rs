//! Where rows go: a lane's writer into the build, and what the build needs around them.

mod finish;
mod marked;
mod remake;

pub use finish::{analyze, refresh_views, set_sequences};
pub use marked::make_room;
pub use remake::{loosen, remake};

use crate::error::{Error, Kind, Result, is_of_a_function};
use crate::format::{Wire, binary};
use crate::plan::{Route, TablePlan};
use crate::postgres::patience::Patience;
use crate::postgres::session::Session;
use crate::schema::quote;
use bytes::Bytes;
use futures_util::SinkExt;
use std::pin::Pin;
use tokio_postgres::error::DbError;

/// A server that refuses masked rows for their values is not at fault: the copy broke a promise.
fn broken_by_rows(error: Error) -> Error {
    match error.sqlstate() {
        Some("22P05") => error.with_kind(Kind::Rules).help(
            "a mask of the table writes letters that the database's encoding lacks: give it another one",
        ),
        Some(state) if matches!(state.get(..2), Some("22" | "23")) => {
            error.with_kind(Kind::Verify).help("give the column a rule whose values fit it")
        }
        _ => error,
    }
}

/// What the server refuses while rows come in. Only values of `reg*` types and access lists name objects.
fn refused_row(error: Error) -> Error {
    match error.sqlstate() {
        Some("42P01" | "42704" | "42883" | "42725" | "3F000") => error.with_kind(Kind::Rules).help(
            "a value names a table, role or other object that the build does not have when its rows arrive: \
             write `\"null\"` for the column",
        ),
        _ => broken_by_rows(error),
    }
}

/// The most bytes sent at once. A server takes no message of 1 GB, and a batch with a row of that size is one.
const MESSAGE: usize = 1024 * 1024;

/// A row that fits no partition is told from one that a check refuses by having no constraint to name.
fn finds_no_partition(error: &DbError) -> bool {
    error.code().code() == "23514"
        && error.constraint().is_none()
        && error.table().is_some()
        && !error.routine().is_some_and(is_of_a_function)
}

/// The partition tree has no place for a masked row: the rule is wrong, or the tree lacks a DEFAULT.
fn no_partition(table: &str, route: &Route, level: Option<&str>) -> Error {
    let names: Vec<_> = route.by.iter().map(|name| format!("`{}`", quote(name))).collect();
    let level = level.filter(|level| *level != route.root.name.as_str());
    let below = level.map(|level| format!(" (below `{}`)", quote(level))).unwrap_or_default();
    // Without a mask it is the server that hashes an enum in another way than the source's.
    let why = if names.is_empty() {
        String::from("by its hash here")
    } else {
        format!("as {} is masked", names.join(", "))
    };
    Error::new(
        Kind::Rules,
        format!("no partition of `{}`{below} takes a row of `{table}` {why}", route.root),
    )
    .help("keep the partition key, give it a mask that stays within the partitions' bounds, or add a DEFAULT partition")
}

/// One chunk's way into its table: one `COPY` statement.
pub struct Writer<'a> {
    session: &'a Session,
    sink: Pin<Box<tokio_postgres::CopyInSink<Bytes>>>,
    wire: Wire,
    table: &'a str,
    route: Option<&'a Route>,
    patience: &'a Patience,
}

impl<'a> Writer<'a> {
    /// Starts the writing statement; `masked` is what the rows were read with, and `frozen` says that
    /// the table was made in the session's open transaction: who began to read before its end is
    /// to see all rows or no such table.
    ///
    /// # Errors
    /// Target, naming the table.
    pub async fn open(
        session: &'a Session,
        plan: &'a TablePlan,
        [masked, frozen]: [bool; 2],
        table: &'a str,
        patience: &'a Patience,
    ) -> Result<Self> {
        let doing = format!("writing `{table}`");
        let begun = async {
            let prepared = session.prepare_rows(&doing, &plan.copy_in(frozen), masked).await?;
            session.client().copy_in(&prepared).await.map_err(|e| session.error(&doing, &e))
        };
        let sink = patience.wait(&doing, begun).await??;
        let route = plan.route.as_ref();
        let mut this = Self { session, sink: Box::pin(sink), wire: plan.wire, table, route, patience };
        if plan.wire == Wire::Binary {
            this.write(Bytes::from_static(binary::HEADER)).await?;
        }
        Ok(this)
    }

    /// Sends rows.
    ///
    /// # Errors
    /// Target, where the server refuses a row or the connection fails.
    pub async fn write(&mut self, mut rows: Bytes) -> Result<()> {
        // A message may end within a row: a large one must not lie in the connection's buffer once more.
        while !rows.is_empty() {
            let message = rows.split_to(rows.len().min(MESSAGE));
            let doing = format!("writing `{}`", self.table);
            let sent = self.patience.wait(&doing, self.sink.feed(message)).await?;
            sent.map_err(|e| self.refused(&e))?;
        }
        Ok(())
    }

    /// Ends the statement and gives the number of rows the server took.
    ///
    /// # Errors
    /// Target, where the server refuses.
    pub async fn finish(mut self) -> Result<u64> {
        if self.wire == Wire::Binary {
            self.write(Bytes::from_static(&binary::TRAILER)).await?;
        }
        let doing = format!("writing `{}`", self.table);
        let done = self.patience.wait(&doing, self.sink.as_mut().finish()).await?;
        done.map_err(|e| self.refused(&e))
    }

    fn refused(&self, error: &tokio_postgres::Error) -> Error {
        let db = error.as_db_error();
        match self.route.filter(|_| db.is_some_and(finds_no_partition)) {
            Some(route) => no_partition(self.table, route, db.and_then(DbError::table)),
            None => refused_row(self.session.error(&format!("writing `{}`", self.table), error)),
        }
    }
}

//! Where rows go: a lane's writer into the build, and what the build needs around them.

mod finish;

pub use finish::{analyze, loosen, refresh_views, remake, set_sequences};

use crate::error::{Error, Kind, Result};
use crate::format::{Wire, binary};
use crate::postgres::session::Session;
use bytes::Bytes;
use futures_util::SinkExt;
use std::pin::Pin;

/// A server that refuses masked rows for their values is not at fault: the copy broke a promise.
fn broken_by_rows(error: Error) -> Error {
    match error.sqlstate() {
        Some("22P05") => error
            .with_kind(Kind::Rules)
            .help("a mask of the table writes letters that the database's encoding lacks: give it another one"),
        // Only values of `reg*` types and access lists name objects: other values hold none.
        Some("42P01" | "42704" | "42883" | "42725" | "3F000" | "42601" | "42602") => error
            .with_kind(Kind::Rules)
            .help("a value names a table, role or other object that the build does not have when its rows arrive, such as an index or a role of the source's server: write `\"null\"` for the column"),
        Some(state) if matches!(state.get(..2), Some("22" | "23")) => {
            error.with_kind(Kind::Verify).help("give the column a rule whose values fit it")
        }
        _ => error,
    }
}

/// One chunk's way into its table: one `COPY` statement.
pub struct Writer<'a> {
    session: &'a Session,
    sink: Pin<Box<tokio_postgres::CopyInSink<Bytes>>>,
    wire: Wire,
    table: &'a str,
}

impl<'a> Writer<'a> {
    /// Starts the writing statement; `masked` is what the rows were read with.
    ///
    /// # Errors
    /// Target, naming the table.
    pub async fn open(
        session: &'a Session,
        statement: &str,
        wire: Wire,
        masked: bool,
        table: &'a str,
    ) -> Result<Self> {
        let doing = format!("writing `{table}`");
        let prepared = session.prepare_rows(&doing, statement, masked).await?;
        let sink = session.client().copy_in(&prepared).await.map_err(|e| session.error(&doing, &e))?;
        let mut this = Self { session, sink: Box::pin(sink), wire, table };
        if wire == Wire::Binary {
            this.write(Bytes::from_static(binary::HEADER)).await?;
        }
        Ok(this)
    }

    /// Sends rows.
    ///
    /// # Errors
    /// Target, where the server refuses a row or the connection fails.
    pub async fn write(&mut self, rows: Bytes) -> Result<()> {
        let sent = self.sink.feed(rows).await;
        sent.map_err(|e| self.refused(&e))
    }

    /// Ends the statement and gives the number of rows the server took.
    ///
    /// # Errors
    /// Target, where the server refuses.
    pub async fn finish(mut self) -> Result<u64> {
        if self.wire == Wire::Binary {
            self.write(Bytes::from_static(&binary::TRAILER)).await?;
        }
        let done = self.sink.as_mut().finish().await;
        done.map_err(|e| self.refused(&e))
    }

    fn refused(&self, error: &tokio_postgres::Error) -> Error {
        broken_by_rows(self.session.error(&format!("writing `{}`", self.table), error))
    }
}

//! Where rows come from: a lane's reader inside the snapshot.

mod decision;
mod encoding;
mod named;
mod throttle;

pub use decision::{Purpose, decide};
pub use encoding::check_letters;
pub use throttle::Throttle;

use crate::error::{Error, Kind, Result};
use crate::format::{Wire, binary};
use crate::plan::Plan;
use crate::postgres::connect::Ending;
use crate::postgres::patience::Patience;
use crate::postgres::session::Session;
use crate::postgres::snapshot::of_rules;
use crate::rules::Rows as Condition;
use bytes::Bytes;
use encoding::check_exact;
use futures_util::{FutureExt, StreamExt};
use named::check_named;
use std::pin::Pin;
use std::sync::Arc;

/// Lets the server read the conditions of `[rows]` before anything is made: it
/// runs nothing of them.
///
/// # Errors
/// Rules, naming the table, where a condition is no SQL or names what is not there; source, where the
/// server could not look at it.
async fn check_conditions(session: &Session, plan: &Plan) -> Result<()> {
    for table in &plan.tables {
        if let Condition::Where(condition) = &table.rows {
            let sql = format!("SELECT FROM ONLY {} WHERE ({condition}\n)", table.name.sql());
            session.client().prepare(&sql).await.map_err(|e| {
                let doing = format!("the condition in `[rows]` for `{}`", table.name);
                let error = of_rules(session.error(&doing, &e));
                if error.kind() != Kind::Rules {
                    return error;
                }
                error.help(
                    "it must be a condition on the table's columns; name other tables with their schema",
                )
            })?;
        }
    }
    Ok(())
}

/// One chunk's rows, a message a row, header and trailer removed.
pub struct Rows {
    stream: Pin<Box<tokio_postgres::CopyOutStream>>,
    wire: Wire,
    table: String,
    begun: bool,
    ended: bool,
    throttle: Option<Arc<Throttle>>,
    patience: Option<Patience>,
    ending: Ending,
    unpaid: u64,
}

impl Rows {
    /// Starts the reading statement; `masked` says whether anything looks into the rows.
    ///
    /// # Errors
    /// Source, naming the table.
    pub async fn read(
        session: &Session,
        statement: &str,
        wire: Wire,
        masked: bool,
        table: &str,
    ) -> Result<Self> {
        let doing = format!("reading `{table}`");
        let prepared = session.prepare_rows(&doing, statement, masked).await?;
        let stream = session.client().copy_out(&prepared).await.map_err(|e| session.error(&doing, &e))?;
        Ok(Self {
            stream: Box::pin(stream),
            wire,
            table: table.to_owned(),
            begun: false,
            ended: false,
            throttle: None,
            patience: None,
            ending: session.connection().ending(),
            unpaid: 0,
        })
    }

    /// The same rows, no faster than the throttle lets them through.
    #[must_use]
    pub fn throttled(self, throttle: Option<Arc<Throttle>>) -> Self {
        Self { throttle, ..self }
    }

    /// The same rows; a server that stalls is waited for no longer than this.
    #[must_use]
    pub fn patient(self, patience: Patience) -> Self {
        Self { patience: Some(patience), ..self }
    }

    /// The next row, or `None` after the last one.
    ///
    /// # Errors
    /// Source, where the server or the connection fails, or the stream ends
    /// without its trailer.
    pub async fn next(&mut self) -> Result<Option<Bytes>> {
        let row = self.take().await?;
        if let Some(throttle) = &self.throttle {
            self.unpaid += row.as_ref().map_or(0, |row| row.len() as u64);
            if self.unpaid >= throttle::AT_ONCE || row.is_none() {
                throttle.pay(std::mem::take(&mut self.unpaid)).await;
            }
        }
        Ok(row)
    }

    async fn take(&mut self) -> Result<Option<Bytes>> {
        loop {
            let Some(message) = self.message().await? else {
                if self.wire == Wire::Binary && !self.ended {
                    return Err(self.broken("the stream ended before its trailer"));
                }
                return Ok(None);
            };
            let mut message = message.map_err(|e| self.refused(&e))?;
            if self.wire == Wire::Text {
                return Ok(Some(message));
            }
            if self.ended {
                return Err(self.broken("rows follow the trailer"));
            }
            if !self.begun {
                self.begun = true;
                let rest = binary::strip_header(&message).map(<[u8]>::len);
                let rest = rest.ok_or_else(|| self.broken("unknown header of binary COPY"))?;
                message = message.slice(message.len() - rest..);
            }
            if binary::is_trailer(&message) {
                self.ended = true;
            } else if !message.is_empty() {
                return Ok(Some(message));
            }
        }
    }

    async fn message(&mut self) -> Result<Option<Result<Bytes, tokio_postgres::Error>>> {
        // A clock for every row would cost more than many a mask.
        match (self.stream.next().now_or_never(), &self.patience) {
            (Some(message), _) => Ok(message),
            (None, None) => Ok(self.stream.next().await),
            (None, Some(patience)) => {
                patience.wait(&format!("reading `{}`", self.table), self.stream.next()).await
            }
        }
    }

    fn refused(&self, error: &tokio_postgres::Error) -> Error {
        let error = self.ending.explain(Kind::Source, &format!("reading `{}`", self.table), error);
        match error.sqlstate() {
            Some("22P05" | "22021") => error.with_kind(Kind::Rules).help(
                "masks read UTF-8, and a text of the table is none and can't become it: repair the text, or keep the whole table",
            ),
            // `COPY` sends a row as one message. Servers call one that is too large an internal error.
            Some("54000" | "53200" | "XX000") => error.help(
                "where the server's log speaks of memory, a row is larger than the 1 GB that a server sends at once, in the form it \
                 travels in (as text a bytea has twice its bytes): leave the row out with `[rows]`, or write `\"null\"` for the column; \
                 else the table may be damaged",
            ),
            _ => error,
        }
    }

    fn broken(&self, why: &str) -> Error {
        Error::new(Kind::Source, format!("reading `{}`: {why}", self.table))
    }
}

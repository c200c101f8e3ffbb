//! The settings every session of ours starts with.
//!
//! Values must print the same whatever the role or database is set to, names
//! must not depend on a search path, rows must never vanish behind row security, questions of
//! the catalog must not be compiled (that takes longer than answering them),
//! and the server must not end us before we are done or keep us after we died.
//!
//! What we ask comes as UTF-8. Rows that nobody looks into come in the database's own
//! encoding ([`Session::prepare_rows`]), because converting is not always exact: five bytes
//! of WIN1252 have no counterpart, and 23 characters of `EUC_JP` come back as others.

use super::connect::Connection;
use super::place;
use crate::error::{Error, Kind, Result};
use std::sync::atomic::{AtomicBool, Ordering};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Row, Statement};

/// Which side a session is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Production: every transaction is read only.
    Source,
    /// Staging.
    Target,
}

impl Side {
    /// The kind of an error of this side.
    #[must_use]
    pub fn kind(self) -> Kind {
        match self {
            Self::Source => Kind::Source,
            Self::Target => Kind::Target,
        }
    }
}

/// A connection with our settings and value-free errors.
pub struct Session {
    connection: Connection,
    side: Side,
    encoding: String,
    is_in_transaction: AtomicBool,
}

const SETTINGS: &str = "\
SET search_path = ''; SET row_security = off; SET client_min_messages = error; \
SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres'; SET TimeZone = 'UTC'; \
SET extra_float_digits = 3; SET bytea_output = 'hex'; SET xmloption = 'content'; SET array_nulls = on; SET lc_monetary = 'C'; \
SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET jit = off; \
SET synchronize_seqscans = off; SET quote_all_identifiers = off; SET standard_conforming_strings = on;";

/// What lets the source notice within a minute that its client was unplugged, and give
/// back snapshot and locks. A silent connection is probed; one whose bytes nobody takes ends
/// by `tcp_user_timeout`, where the server or the URL set none of their own. A target that
/// takes nothing for so long ends the run by it, too: then nothing is gained by holding on.
const VANISHED: &str = "SELECT pg_catalog.set_config('tcp_user_timeout', '50s', false) \
    WHERE pg_catalog.current_setting('tcp_user_timeout') = '0'";

/// Probes after 10 s of silence, and ends after three without an answer. Also what
/// `pg_dump` gets.
const PROBES: [(&str, &str); 3] =
    [("tcp_keepalives_idle", "10"), ("tcp_keepalives_interval", "5"), ("tcp_keepalives_count", "3")];

/// The settings above as a connection string's `options`.
#[must_use]
pub fn probing() -> String {
    PROBES.map(|(name, value)| format!("-c {name}={value}")).join(" ")
}

impl Session {
    /// Puts our settings on a fresh connection.
    ///
    /// # Errors
    /// Source or target, where the server refuses.
    pub async fn open(connection: Connection, side: Side) -> Result<Self> {
        let is_in_transaction = AtomicBool::new(false);
        let mut this = Self { connection, side, encoding: String::new(), is_in_transaction };
        this.run("preparing the session", SETTINGS).await?;
        if side == Side::Source {
            this.run("preparing the session", "SET default_transaction_read_only = on").await?;
            let probes = PROBES.map(|(name, value)| format!("SET {name} = {value}")).join("; ");
            // Not every server's system knows these; the run goes on without.
            this.run("preparing the session", &format!("{probes}; {VANISHED}")).await.ok();
        }
        // A statement that sends nothing for long must not keep its locks after we gave way (PostgreSQL 14).
        this.run("preparing the session", "SET client_connection_check_interval = '1s'").await.ok();
        this.encoding = this.one("reading the encoding", "SHOW server_encoding", &[]).await?.get(0);
        Ok(this)
    }

    /// The encoding of the database, as the server names it.
    #[must_use]
    pub fn encoding(&self) -> &str {
        &self.encoding
    }

    /// Whether masks write UTF-8 into it as it is: other encodings have fewer letters.
    #[must_use]
    pub fn takes_any_letter(&self) -> bool {
        matches!(self.encoding.as_str(), "UTF8" | "SQL_ASCII")
    }

    /// Prepares a `COPY`, whose rows come as UTF-8 where they are `masked`, else byte for byte.
    /// The statement itself is UTF-8, so the encoding of its rows is settled after it was read.
    ///
    /// # Errors
    /// Source or target, where the server refuses.
    pub async fn prepare_rows(&self, doing: &str, sql: &str, masked: bool) -> Result<Statement> {
        self.answers_come().await?;
        let prepared = self.client().prepare(sql).await.map_err(|e| self.error(doing, &e))?;
        self.rows_come(masked).await?;
        Ok(prepared)
    }

    /// Settles how the next rows are encoded. The bytes of `SQL_ASCII` are of no known
    /// encoding and never converted.
    ///
    /// # Errors
    /// Source or target, where the server refuses.
    pub async fn rows_come(&self, masked: bool) -> Result<()> {
        if self.encoding == "UTF8" {
            return Ok(());
        }
        let own = !masked || self.encoding == "SQL_ASCII";
        self.encode_as(if own { &self.encoding } else { "UTF8" }).await
    }

    /// Settles that answers come as UTF-8, as they do at first.
    ///
    /// # Errors
    /// Source or target, where the server refuses.
    pub async fn answers_come(&self) -> Result<()> {
        if self.encoding == "UTF8" { Ok(()) } else { self.encode_as("UTF8").await }
    }

    async fn encode_as(&self, encoding: &str) -> Result<()> {
        self.run("setting the encoding", &format!("SET client_encoding = '{encoding}'")).await
    }

    /// The client, for `COPY`.
    #[must_use]
    pub fn client(&self) -> &tokio_postgres::Client {
        &self.connection.client
    }

    /// The connection.
    #[must_use]
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Which side it is on.
    #[must_use]
    pub fn side(&self) -> Side {
        self.side
    }

    /// Turns a server's error into ours.
    #[must_use]
    pub fn error(&self, doing: &str, error: &tokio_postgres::Error) -> Error {
        let error = self.connection.ending().explain(self.side.kind(), doing, error);
        match (error.sqlstate(), self.side) {
            // Only where another's session answers is a statement known, or unknown, that is ours alone.
            (Some("26000" | "42P05"), Side::Source) => place::pooled(),
            (Some("22021"), Side::Source) => {
                error.help("a name or value of the database, which has no encoding of its own, is no UTF-8: repair it")
            }
            (Some("42501"), Side::Source) => error.help("`GRANT pg_read_all_data TO <the reading role>`"),
            (Some("42501"), Side::Target) => {
                error.help("the loading role must own the target and have CREATEDB: `ALTER DATABASE … OWNER TO …`, `ALTER ROLE … CREATEDB`")
            }
            (Some("53200"), _) => error.help(
                "if the server is not short of memory its lock table is full: raise `max_locks_per_transaction`",
            ),
            _ => error,
        }
    }

    /// Runs statements without parameters; `doing` names the work in an error.
    ///
    /// # Errors
    /// Source or target, where the server refuses.
    pub async fn run(&self, doing: &str, sql: &str) -> Result<()> {
        self.client().batch_execute(sql).await.map_err(|e| self.error(doing, &e))
    }

    /// Begins a transaction that all later work of the session lies in.
    ///
    /// # Errors
    /// Source or target, where the server refuses.
    pub async fn begin(&self, doing: &str) -> Result<()> {
        self.run(doing, "BEGIN").await?;
        self.is_in_transaction.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Runs statements of which nothing stays where one is refused, and the session goes on.
    ///
    /// # Errors
    /// Source or target, where the server refuses.
    pub async fn run_whole(&self, doing: &str, sql: &str) -> Result<()> {
        if !self.is_in_transaction.load(Ordering::Relaxed) {
            return self.run(doing, sql).await;
        }
        self.run(doing, "SAVEPOINT masque").await?;
        let done = self.run(doing, sql).await;
        if done.is_err() {
            self.run(doing, "ROLLBACK TO SAVEPOINT masque").await?;
        }
        self.run(doing, "RELEASE SAVEPOINT masque").await?;
        done
    }

    /// Runs a query.
    ///
    /// # Errors
    /// Source or target, where the server refuses.
    pub async fn query(&self, doing: &str, sql: &str, with: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>> {
        self.client().query(sql, with).await.map_err(|e| self.error(doing, &e))
    }

    /// Runs a query that gives one row.
    ///
    /// # Errors
    /// Source or target, where the server refuses or gives another number of rows.
    pub async fn one(&self, doing: &str, sql: &str, with: &[&(dyn ToSql + Sync)]) -> Result<Row> {
        self.client().query_one(sql, with).await.map_err(|e| self.error(doing, &e))
    }

    /// The server's major version.
    ///
    /// # Errors
    /// Source or target, where the server refuses.
    pub async fn major(&self) -> Result<u32> {
        let sql = "SELECT current_setting('server_version_num')::int / 10000";
        let row = self.one("reading the version", sql, &[]).await?;
        Ok(u32::try_from(row.get::<_, i32>(0)).unwrap_or(0))
    }

    /// The server's process for this session.
    ///
    /// # Errors
    /// Source or target, where the server refuses.
    pub async fn pid(&self) -> Result<i32> {
        Ok(self.one("reading the session's number", "SELECT pg_backend_pid()", &[]).await?.get(0))
    }
}

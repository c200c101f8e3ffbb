//! One moment of production, held for every reader.
//!
//! A snapshot pins rows, not names: between a snapshot and a later lock a
//! TRUNCATE gives no rows, and two columns that swap names give the masked one in
//! clear, both without an error. So the locks come first: one READ COMMITTED
//! transaction takes ACCESS SHARE on every table, lists again until nothing
//! changes, and keeps the locks; only then is the snapshot exported. The
//! catalog's fingerprint must be the same inside and outside the snapshot.

use super::catalog;
use super::lock_table::Locking;
use super::place::Place;
use super::session::{Session, Side};
use super::standby;
use super::url::Url;
use crate::error::{Error, Kind, Result};
use crate::point::{Point, reach};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// How many names one `LOCK` statement holds: its text must stay small.
const AT_ONCE: usize = 1000;

/// The exported snapshot, and the locks behind it.
///
/// Dropping it does not harm readers that have imported it already; new ones
/// fail. It holds back vacuum on the source, so its age has a budget.
pub struct Snapshot {
    locks: Session,
    exporter: Session,
    id: String,
    fingerprint: String,
    tables: Vec<String>,
    place: Place,
    taken: Instant,
    taken_at: String,
}

impl Snapshot {
    /// Locks every table, then exports a snapshot. `lock_wait` bounds how long one
    /// lock may be waited for: behind us queue others.
    ///
    /// # Errors
    /// Source; with SQLSTATE 55P03 where a table was locked by someone else, and
    /// without one where the catalog moved: [`is_passing`] knows both, and they may be tried again.
    pub async fn take(url: &Url, lock_wait: Duration) -> Result<Self> {
        let locks = Session::open(url.connect(Kind::Source).await?, Side::Source).await?;
        let exporter = Session::open(url.connect(Kind::Source).await?, Side::Source).await?;
        let place = Place::of(&exporter).await?;
        place.beside(&Place::of(&locks).await?)?;
        let wait = format!("SET lock_timeout = {}", lock_wait.as_millis().max(1));
        locks.run("setting the lock timeout", &wait).await?;
        locks.run("opening the locks' transaction", "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY").await?;
        let tables = lock_all(&locks).await?;
        reach(Point::TablesLocked).await;
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        exporter.run("opening the snapshot's transaction", begin).await?;
        let row = exporter
            .one("exporting the snapshot", "SELECT pg_export_snapshot(), now()::text", &[])
            .await
            .map_err(|e| {
                e.help("a connection pooler or a load-balanced address can't hold a snapshot: give the server's own address")
            })?;
        let fingerprint = catalog::fingerprint(&exporter).await?;
        let this = Self {
            locks,
            exporter,
            id: row.get(0),
            fingerprint,
            tables,
            place,
            taken: Instant::now(),
            taken_at: row.get(1),
        };
        this.check_unchanged().await?;
        Ok(this)
    }

    /// The session inside the snapshot that the catalog is read with.
    #[must_use]
    pub fn session(&self) -> &Session {
        &self.exporter
    }

    /// The name by which others import it.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// How old it is.
    #[must_use]
    pub fn age(&self) -> Duration {
        self.taken.elapsed()
    }

    /// The source's time when it was taken.
    #[must_use]
    pub fn taken_at(&self) -> &str {
        &self.taken_at
    }

    /// Where it lives.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Why the server ended it, where it did. What the readers say then is only what followed from that.
    #[must_use]
    pub fn ended(&self) -> Option<Error> {
        let of = |session: &Session| session.connection().why_closed(Kind::Source);
        of(&self.exporter).or_else(|| of(&self.locks))
    }

    /// What a reader must do to read in this snapshot.
    #[must_use]
    pub fn ticket(&self, locking: Locking) -> Ticket {
        let tables = match locking {
            Locking::UpFront => self.tables.clone(),
            Locking::WhenRead => Vec::new(),
        };
        Ticket { id: self.id.clone(), place: self.place.clone(), tables }
    }

    /// Makes sure that the snapshot and its locks lasted until now.
    ///
    /// # Errors
    /// Source, where a session of the snapshot is gone.
    pub async fn check_held(&self) -> Result<()> {
        for session in [&self.exporter, &self.locks] {
            session.run("checking that the snapshot and its locks lasted", "SELECT 1").await?;
        }
        Ok(())
    }

    /// Compares the catalog as it is now with the one inside the snapshot.
    ///
    /// # Errors
    /// Source, known by [`is_passing`], where they differ.
    pub async fn check_unchanged(&self) -> Result<()> {
        if catalog::fingerprint(&self.locks).await? == self.fingerprint {
            return Ok(());
        }
        Err(Error::new(Kind::Source, CHANGED)
            .help("run again when no migration is running on the source, or raise `--retries`"))
    }
}

/// What is said where `pg_dump` gave up a lock.
pub(crate) const TAKEN: &str = "a table was locked by another session";

const CHANGED: &str = "the source's tables changed while the snapshot was being taken";

/// Whether an error only says that the moment was a bad one: a lock was not free,
/// the catalog moved, or a standby's replay needed what we held. A new snapshot may go well.
#[must_use]
pub fn is_passing(error: &Error) -> bool {
    matches!(error.sqlstate(), Some("55P03" | "40P01"))
        || error.to_string().ends_with(CHANGED)
        || error.to_string().ends_with(TAKEN)
        || standby::is_conflict(error)
}

/// What a condition of the rules met at the server: a problem of the rules, unless the wire or the moment is to
/// blame.
#[must_use]
pub fn of_rules(error: Error) -> Error {
    if error.is_cut_off() || is_passing(&error) { error } else { error.with_kind(Kind::Rules) }
}

/// Lets a reader into the snapshot.
#[derive(Clone, Debug)]
pub struct Ticket {
    id: String,
    place: Place,
    tables: Vec<String>,
}

impl Ticket {
    /// Opens a transaction in the snapshot and takes every lock the lane may need,
    /// without waiting: an ALTER queued behind our locks would block a later
    /// request of our own, a deadlock no server sees. Where the lock table has no room
    /// for that ([`Locking::WhenRead`]), reading takes them.
    ///
    /// # Errors
    /// Source; 55P03 where a lock is not free.
    pub async fn admit(&self, session: &Session) -> Result<()> {
        self.place.beside(&Place::of(session).await?)?;
        session
            .run("opening a reader's transaction", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            .await?;
        let import = format!("SET TRANSACTION SNAPSHOT '{}'", self.id.replace('\'', "''"));
        session.run("importing the snapshot", &import).await.map_err(|e| {
            e.help("a connection pooler or a load-balanced address can't share a snapshot: give the server's own address")
        })?;
        for group in self.tables.chunks(AT_ONCE) {
            let lock = format!("LOCK TABLE ONLY {} IN ACCESS SHARE MODE NOWAIT", group.join(", ONLY "));
            session.run("locking the tables", &lock).await?;
        }
        session.run("opening a reader's transaction", "SAVEPOINT reading").await
    }
}

/// Gives back what reading has locked beside the tables, such as their indexes: the locks
/// of thousands of tables read in one transaction would add up.
///
/// # Errors
/// Source, where the reader's transaction has failed.
pub async fn let_go(session: &Session) -> Result<()> {
    session.run("giving back locks", "ROLLBACK TO SAVEPOINT reading").await
}

/// Locks and lists until a listing brings nothing new. Gives the tables' SQL names.
async fn lock_all(session: &Session) -> Result<Vec<String>> {
    let mut locked: BTreeSet<String> = BTreeSet::new();
    loop {
        let listed = list(session).await?;
        let new: Vec<&String> = listed.iter().filter(|name| !locked.contains(*name)).collect();
        if new.is_empty() {
            return Ok(listed.into_iter().collect());
        }
        for group in new.chunks(AT_ONCE) {
            let names: Vec<&str> = group.iter().map(|name| name.as_str()).collect();
            let lock = format!("LOCK TABLE ONLY {} IN ACCESS SHARE MODE", names.join(", ONLY "));
            session.run("locking the tables", &lock).await.map_err(explain)?;
        }
        locked = listed;
    }
}

fn explain(error: Error) -> Error {
    match error.sqlstate() {
        // It was dropped or renamed after it was listed.
        Some("42P01" | "3F000") => Error::new(Kind::Source, CHANGED),
        Some("42501") => error.help(
            "the reading role needs SELECT on every table: `GRANT pg_read_all_data TO <role>` (PostgreSQL 14 and newer)",
        ),
        Some("55P03") => error.help("another session holds a table: run again when it is done"),
        _ => error,
    }
}

async fn list(session: &Session) -> Result<BTreeSet<String>> {
    let sql = format!(
        "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND {}",
        catalog::USER_SCHEMAS
    );
    Ok(session.query("listing the tables", &sql, &[]).await?.iter().map(|row| row.get(0)).collect())
}

//! A server's lock table, which all its sessions share, and our share of it.
//!
//! Every table is locked while it is copied, and a server has room for about
//! `max_locks_per_transaction` locks for each connection it allows. A run that
//! fills it makes other people's statements fail ("out of shared memory"), so it
//! never takes more than three quarters, and is refused before its first lock
//! where that is not enough.

use super::catalog::USER_SCHEMAS;
use super::session::Session;
use crate::error::{Error, Kind, Result};

/// When lanes lock the tables they read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Locking {
    /// All of them before anything else is done, so that nobody can come between.
    UpFront,
    /// Each when it is read. The snapshot's own session holds all of them meanwhile, so
    /// nothing changes; but a lane may have to wait behind someone who waits for us,
    /// until the watcher ends that.
    WhenRead,
}

/// How a run locks the tables, and how many locks it has at a time, at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Locks {
    /// When lanes lock.
    pub locking: Locking,
    /// Of the lanes, the snapshot's own session and `pg_dump` together.
    pub most: u64,
}

/// What a server has room for, and what is asked of it.
#[derive(Clone, Copy, Debug)]
struct Room {
    per_transaction: u64,
    transactions: u64,
    held: u64,
    tables: u64,
}

impl Room {
    /// Of a row that begins as [`ROOM`] says.
    fn of(row: &tokio_postgres::Row) -> Self {
        let count = |place: usize| u64::try_from(row.get::<_, i64>(place)).unwrap_or(0);
        Self { per_transaction: count(0), transactions: count(1), held: count(2), tables: count(3) }
    }

    /// How many different things may be locked with a quarter to spare. A table of
    /// holders beside it has twice the room, because several may hold one lock.
    fn ours(&self) -> u64 {
        (self.per_transaction * self.transactions / 4 * 3).saturating_sub(self.held)
    }

    fn locks(&self, lanes: u64) -> Option<Locks> {
        if self.tables > self.ours() {
            return None;
        }
        // The lanes, the snapshot's own session and `pg_dump`.
        let holders = self.tables.saturating_mul(lanes + 2);
        Some(if holders <= self.ours().saturating_mul(2) {
            Locks { locking: Locking::UpFront, most: holders }
        } else {
            // Of the lanes each has the one that it reads.
            Locks { locking: Locking::WhenRead, most: self.tables * 2 + lanes }
        })
    }

    /// The setting that gives room enough.
    fn needed(&self) -> u64 {
        let locks = (self.tables + self.held) * 4 / 3 + 4;
        locks.div_ceil(self.transactions.max(1)).next_multiple_of(16)
    }
}

/// What a server has room for, and what is taken of it. Locks on the fast path take no room;
/// `pg_locks` shows both.
const ROOM: &str = "SELECT current_setting('max_locks_per_transaction')::int8, \
    current_setting('max_connections')::int8 + current_setting('max_prepared_transactions')::int8, \
    (SELECT count(*) FROM (SELECT DISTINCT locktype, database, relation, page, tuple, virtualxid, transactionid, \
                                  classid, objid, objsubid FROM pg_locks WHERE NOT fastpath) l)";

/// Looks whether all tables can be locked at once, and how lanes should lock.
///
/// # Errors
/// Source, with the number to set, where the lock table is too small.
pub async fn look(session: &Session, lanes: usize) -> Result<Locks> {
    let sql = format!(
        "{ROOM}, (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
                 WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND {USER_SCHEMAS})"
    );
    let row = session.one("looking at the lock table", &sql, &[]).await?;
    let room = Room::of(&row);
    room.locks(lanes as u64).ok_or_else(|| {
        Error::new(
            Kind::Source,
            format!(
                "the source's lock table is too small to lock its {} tables at once: `max_locks_per_transaction` is {}",
                room.tables, room.per_transaction
            ),
        )
        .help(format!(
            "set `max_locks_per_transaction = {}` on the source (it needs a restart), or more",
            room.needed()
        ))
    })
}

/// What a relation of a schema is, with what lies in the shadow of its table.
const RELATIONS: &str = "(SELECT count(*) + 2 * count(*) FILTER (WHERE c.reltoastrelid <> 0) FROM pg_class c \
    JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relpersistence <> 't' AND {schemas})";

/// What else is locked while a schema is dropped.
const PARTS: &[(&str, &str)] = &[
    ("pg_type", "typnamespace"),
    ("pg_proc", "pronamespace"),
    ("pg_constraint", "connamespace"),
    ("pg_operator", "oprnamespace"),
];

/// Looks whether the target has room for one transaction that makes all that the source has and
/// drops all that it has itself.
///
/// # Errors
/// Target, with the number to set, where its lock table is too small; source or target where a query fails.
pub async fn look_for_replacing(source: &Session, target: &Session) -> Result<()> {
    let relations = RELATIONS.replace("{schemas}", USER_SCHEMAS);
    let doing = "looking at the lock table";
    let made: i64 = source.one(doing, &format!("SELECT {relations}"), &[]).await?.get(0);
    let parts: Vec<String> = PARTS
        .iter()
        .map(|(catalog, schema)| {
            format!("(SELECT count(*) FROM {catalog} p JOIN pg_namespace n ON n.oid = p.{schema} WHERE {USER_SCHEMAS})")
        })
        .collect();
    let sql = format!("{ROOM}, {relations} + {}", parts.join(" + "));
    let row = target.one(doing, &sql, &[]).await?;
    let room = Room::of(&row);
    let room = Room { tables: room.tables + u64::try_from(made).unwrap_or(0), ..room };
    if room.tables <= room.ours() {
        return Ok(());
    }
    Err(Error::new(
        Kind::Target,
        format!(
            "the target's lock table is too small to replace everything in one transaction, which takes about {} locks: \
             `max_locks_per_transaction` is {}",
            room.tables, room.per_transaction
        ),
    )
    .help(format!(
        "set `max_locks_per_transaction = {}` on the target (it needs a restart), or more; or use `--publish swap`",
        room.needed()
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_default_server_locks_few_tables_in_every_lane_many_in_one_session_and_too_many_never() {
        let room = |tables| Room { per_transaction: 64, transactions: 100, held: 0, tables };
        let locks = |locking, most| Some(Locks { locking, most });
        assert_eq!(room(1600).locks(4), locks(Locking::UpFront, 9600));
        assert_eq!(room(1601).locks(4), locks(Locking::WhenRead, 3206));
        assert_eq!(room(4800).locks(4), locks(Locking::WhenRead, 9604));
        assert_eq!(room(4801).locks(1), None);
        let enough = |tables| Room { per_transaction: room(tables).needed(), ..room(tables) };
        for tables in [4801, 10_000, 123_457] {
            assert!(enough(tables).locks(1).is_some(), "{tables}");
        }
        assert_eq!(Room { held: 4000, ..room(1000) }.locks(1), None, "others have their locks, too");
    }
}

//! The source's lock table, which all its sessions share, and our share of it.
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

/// What a server has room for, and what is asked of it.
#[derive(Clone, Copy, Debug)]
struct Room {
    per_transaction: u64,
    transactions: u64,
    held: u64,
    tables: u64,
}

impl Room {
    /// How many different things may be locked with a quarter to spare. A table of
    /// holders beside it has twice the room, because several may hold one lock.
    fn ours(&self) -> u64 {
        (self.per_transaction * self.transactions / 4 * 3).saturating_sub(self.held)
    }

    fn locking(&self, lanes: u64) -> Option<Locking> {
        if self.tables > self.ours() {
            return None;
        }
        // The lanes, the snapshot's own session and `pg_dump`.
        let holders = self.tables.saturating_mul(lanes + 2);
        Some(if holders <= self.ours().saturating_mul(2) { Locking::UpFront } else { Locking::WhenRead })
    }

    /// The setting that gives room enough.
    fn needed(&self) -> u64 {
        let locks = (self.tables + self.held) * 4 / 3 + 4;
        locks.div_ceil(self.transactions.max(1)).next_multiple_of(16)
    }
}

/// Looks whether all tables can be locked at once, and how lanes should lock.
///
/// # Errors
/// Source, with the number to set, where the lock table is too small.
pub async fn look(session: &Session, lanes: usize) -> Result<Locking> {
    // Locks on the fast path take no room; `pg_locks` shows both.
    let sql = format!(
        "SELECT current_setting('max_locks_per_transaction')::int8, \
                current_setting('max_connections')::int8 + current_setting('max_prepared_transactions')::int8, \
                (SELECT count(*) FROM (SELECT DISTINCT locktype, database, relation, page, tuple, virtualxid, transactionid, \
                                              classid, objid, objsubid FROM pg_locks WHERE NOT fastpath) l), \
                (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
                 WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND {USER_SCHEMAS})"
    );
    let row = session.one("looking at the lock table", &sql, &[]).await?;
    let count = |place: usize| u64::try_from(row.get::<_, i64>(place)).unwrap_or(0);
    let room = Room { per_transaction: count(0), transactions: count(1), held: count(2), tables: count(3) };
    room.locking(lanes as u64).ok_or_else(|| {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_default_server_locks_few_tables_in_every_lane_many_in_one_session_and_too_many_never() {
        let room = |tables| Room { per_transaction: 64, transactions: 100, held: 0, tables };
        assert_eq!(room(1600).locking(4), Some(Locking::UpFront));
        assert_eq!(room(1601).locking(4), Some(Locking::WhenRead));
        assert_eq!(room(4800).locking(4), Some(Locking::WhenRead));
        assert_eq!(room(4801).locking(1), None);
        let enough = |tables| Room { per_transaction: room(tables).needed(), ..room(tables) };
        for tables in [4801, 10_000, 123_457] {
            assert!(enough(tables).locking(1).is_some(), "{tables}");
        }
        assert_eq!(Room { held: 4000, ..room(1000) }.locking(1), None, "others have their locks, too");
    }
}

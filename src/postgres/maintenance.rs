//! How much memory and how many workers the making of an index may take on the target.
//!
//! A server's own settings are for a server at work; a build is made beside others, but in
//! haste. `shared_buffers` is about a quarter of a machine given to PostgreSQL, so half of it
//! shared by all lanes is an eighth of the machine. The processes that the server lets queries
//! have at once are shared in the same way. What the server was set to is never made less.

use super::session::Session;
use crate::error::Result;

/// What one session that makes indexes is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Maintenance {
    /// `maintenance_work_mem`, in kB.
    memory: u64,
    /// `max_parallel_maintenance_workers`.
    workers: u64,
}

/// More memory makes a sort of an index no faster (PostgreSQL 14 to 18).
const MOST_MEMORY: u64 = 1 << 20;

impl Maintenance {
    /// Chooses by the settings of the server, for so many sessions at once.
    ///
    /// # Errors
    /// Target, where the server does not answer.
    pub async fn choose(session: &Session, lanes: usize) -> Result<Self> {
        let sql = "SELECT pg_size_bytes(current_setting('maintenance_work_mem')) / 1024, pg_size_bytes(current_setting('shared_buffers')) / 1024, \
                   current_setting('max_parallel_maintenance_workers')::bigint, \
                   least(current_setting('max_parallel_workers')::bigint, current_setting('max_worker_processes')::bigint)";
        let row = session.one("reading the settings for indexes", sql, &[]).await?;
        let of = |place: usize| u64::try_from(row.get::<_, i64>(place)).unwrap_or(0);
        Ok(Self::of(of(0), of(1), of(2), of(3), lanes))
    }

    fn of(memory: u64, shared: u64, workers: u64, processes: u64, lanes: usize) -> Self {
        let lanes = u64::try_from(lanes.max(1)).unwrap_or(1);
        Self {
            memory: memory.max((shared / 2 / lanes).min(MOST_MEMORY)),
            workers: workers.max(processes / lanes),
        }
    }

    /// As a connection string's `options`.
    #[must_use]
    pub fn options(self) -> String {
        let Self { memory, workers } = self;
        format!("-c maintenance_work_mem={memory} -c max_parallel_maintenance_workers={workers}")
    }

    /// As statements, for a session that stands.
    #[must_use]
    pub fn statements(self) -> String {
        let Self { memory, workers } = self;
        format!("SET maintenance_work_mem = {memory}; SET max_parallel_maintenance_workers = {workers}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::postgres::archive::MOST_ADDED;

    #[test]
    fn what_is_granted_is_no_longer_than_the_archive_s_check_makes_room_for() {
        // The highest that a server can be set to.
        let most = Maintenance { memory: 2_147_483_647, workers: 1024 };
        assert!(most.options().len() < MOST_ADDED);
    }

    #[test]
    fn lanes_share_an_eighth_of_the_machine_and_nobody_gets_less_than_the_server_gives() {
        let of = |shared_mb: u64, lanes| Maintenance::of(64 << 10, shared_mb << 10, 2, 8, lanes);
        assert_eq!(of(128, 2), Maintenance { memory: 64 << 10, workers: 4 });
        assert_eq!(of(4096, 4), Maintenance { memory: 512 << 10, workers: 2 });
        assert_eq!(of(65536, 4), Maintenance { memory: MOST_MEMORY, workers: 2 });
        assert_eq!(
            of(8192, 16).options(),
            "-c maintenance_work_mem=262144 -c max_parallel_maintenance_workers=2"
        );
    }
}

//! Production's patience: who waits on our locks, and how old the snapshot is.

use super::patience::answers;
use super::session::Session;
use crate::error::{Error, Kind, Result};
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often the watcher looks.
const EVERY: Duration = Duration::from_millis(500);

/// The longest it looks away, however much a look costs.
const MOST_APART: Duration = Duration::from_secs(3);

/// What production grants a run.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// The longest anybody may wait on a lock of ours.
    pub max_blocked: Duration,
    /// The oldest the snapshot may grow; it holds back vacuum.
    pub max_snapshot_age: Duration,
    /// The longest the source may be silent where it should answer.
    pub stall: Duration,
}

/// What a run has cost production so far, as far as the watcher saw.
#[derive(Debug, Default)]
pub struct Toll(Mutex<Seen>);

/// The watcher's figures.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// The longest anybody but us has been waiting on a lock of ours.
    pub longest_wait: Duration,
    /// Who waited, by process and begin of the wait.
    pub waits: BTreeSet<(i32, i64)>,
    /// The most transactions the source began while vacuum was held back by us.
    pub transactions: u64,
    /// The most connections we had at once.
    pub connections: u64,
}

impl Toll {
    /// The figures so far.
    #[must_use]
    pub fn seen(&self) -> Seen {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn add(&self, look: Seen) -> Duration {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = look.longest_wait;
        seen.longest_wait = seen.longest_wait.max(wait);
        seen.waits.extend(look.waits);
        seen.transactions = seen.transactions.max(look.transactions);
        seen.connections = seen.connections.max(look.connections);
        wait
    }
}

/// Looks until the budget is broken; runs beside the work and ends it by its error.
/// `application` is the name all our sessions on the source carry.
///
/// # Errors
/// Always: source, with what was broken, or with the loss of its own connection.
pub async fn watch(session: &Session, application: &str, budget: Budget, toll: &Toll) -> Error {
    let started = Instant::now();
    loop {
        if started.elapsed() > budget.max_snapshot_age {
            return Error::new(
                Kind::Source,
                format!("the snapshot grew older than {} s", budget.max_snapshot_age.as_secs()),
            )
            .help("raise `--max-snapshot-age`, or give the run more lanes with `--jobs`");
        }
        let asked = Instant::now();
        let looked =
            answers(Kind::Source, "looking for waiting sessions", budget.stall, look(session, application));
        match looked.await.map(|seen| toll.add(seen)) {
            Err(error) => return error.context("watching over the source"),
            Ok(wait) if wait > budget.max_blocked => {
                return Error::new(
                    Kind::Source,
                    format!(
                        "another session waited longer than {} s on a lock of this run",
                        budget.max_blocked.as_secs_f32()
                    ),
                )
                .help("the run gave way to it; run again later, or raise `--max-blocked`");
            }
            // Reading a long list of locks costs the source something: never more than a tenth of a core.
            Ok(_) => tokio::time::sleep(EVERY.max(asked.elapsed() * 9).min(MOST_APART)).await,
        }
    }
}

/// Who waits on us, and what we hold.
async fn look(session: &Session, application: &str) -> Result<Seen> {
    // A reader behind a queued ALTER waits on that ALTER, which has waited on us longer.
    let sql = "WITH ours AS (SELECT array_agg(pid) AS pids, count(*) AS connections, max(age(backend_xmin))::int8 AS age \
                             FROM pg_stat_activity WHERE application_name = $1), \
               waits AS (SELECT l.pid, l.waitstart FROM pg_locks l, ours \
                         WHERE NOT l.granted AND l.waitstart IS NOT NULL AND l.pid <> ALL (ours.pids) \
                           AND pg_blocking_pids(l.pid) && ours.pids) \
               SELECT coalesce((SELECT max(extract(epoch FROM clock_timestamp() - waitstart))::float8 FROM waits), 0), \
                      ARRAY(SELECT pid FROM waits ORDER BY pid, waitstart), \
                      ARRAY(SELECT (extract(epoch FROM waitstart) * 1000000)::int8 FROM waits ORDER BY pid, waitstart), \
                      coalesce(age, 0), connections FROM ours";
    let row = session.one("looking for waiting sessions", sql, &[&application]).await?;
    let count = |place: usize| u64::try_from(row.get::<_, i64>(place)).unwrap_or(0);
    Ok(Seen {
        longest_wait: Duration::try_from_secs_f64(row.get(0)).unwrap_or_default(),
        waits: row.get::<_, Vec<i32>>(1).into_iter().zip(row.get::<_, Vec<i64>>(2)).collect(),
        transactions: count(3),
        connections: count(4),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_toll_keeps_the_worst_of_each_and_counts_a_wait_once() {
        let toll = Toll::default();
        let look = |seconds, waits: &[(i32, i64)], transactions, connections| Seen {
            longest_wait: Duration::from_secs(seconds),
            waits: waits.iter().copied().collect(),
            transactions,
            connections,
        };
        assert_eq!(toll.add(look(2, &[(7, 100)], 5, 9)), Duration::from_secs(2));
        assert_eq!(toll.add(look(1, &[(7, 100), (8, 200)], 9, 4)), Duration::from_secs(1));
        let seen = toll.seen();
        assert_eq!((seen.longest_wait.as_secs(), seen.waits.len()), (2, 2));
        assert_eq!((seen.transactions, seen.connections), (9, 9));
    }
}

//! Production's patience: who waits on our locks, and how old the snapshot is.

use super::session::Session;
use crate::error::{Error, Kind, Result};
use std::time::{Duration, Instant};

/// How often the watcher looks.
const EVERY: Duration = Duration::from_millis(500);

/// What production grants a run.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// The longest anybody may wait on a lock of ours.
    pub max_blocked: Duration,
    /// The oldest the snapshot may grow; it holds back vacuum.
    pub max_snapshot_age: Duration,
}

/// Looks until the budget is broken; runs beside the work and ends it by its error.
/// `application` is the name all our sessions on the source carry.
///
/// # Errors
/// Always: source, with what was broken, or with the loss of its own connection.
pub async fn watch(session: &Session, application: &str, budget: Budget) -> Error {
    let started = Instant::now();
    loop {
        if started.elapsed() > budget.max_snapshot_age {
            return Error::new(
                Kind::Source,
                format!("the snapshot grew older than {} s", budget.max_snapshot_age.as_secs()),
            )
            .help("raise `--max-snapshot-age`, or give the run more lanes with `--jobs`");
        }
        match longest_wait(session, application).await {
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
            Ok(_) => tokio::time::sleep(EVERY).await,
        }
    }
}

/// The longest anybody but us has been waiting on a lock of ours.
async fn longest_wait(session: &Session, application: &str) -> Result<Duration> {
    // A reader behind a queued ALTER waits on that ALTER, which has waited on us longer.
    let sql = "WITH ours AS (SELECT array_agg(pid) AS pids FROM pg_stat_activity WHERE application_name = $1) \
               SELECT coalesce(max(extract(epoch FROM clock_timestamp() - l.waitstart))::float8, 0) \
               FROM pg_locks l, ours \
               WHERE NOT l.granted AND l.waitstart IS NOT NULL AND l.pid <> ALL (ours.pids) \
                 AND pg_blocking_pids(l.pid) && ours.pids";
    let seconds: f64 = session.one("looking for waiting sessions", sql, &[&application]).await?.get(0);
    Ok(Duration::from_secs_f64(seconds.max(0.0)))
}

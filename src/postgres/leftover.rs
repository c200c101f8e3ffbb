//! Sessions that outlive their run.
//!
//! A server notices within moments that a run's own connections are gone. But
//! `pg_dump` and `pg_restore` are processes of their own: where masque is killed
//! they go on, with their locks. All sessions of a run carry its name, so the
//! next run ends them.

use super::session::Session;
use crate::error::Result;
use std::time::{Duration, Instant};

/// What every session of a run is called.
#[must_use]
pub fn application(run: &str) -> String {
    format!("masque {run}")
}

/// Ends the sessions of all other runs in this session's own database, and gives those runs.
/// The run lock says that they are dead.
///
/// # Errors
/// Target, where the server refuses.
pub async fn end_others(session: &Session, run: &str) -> Result<Vec<String>> {
    let sql = "SELECT DISTINCT substr(application_name, 8) FROM pg_stat_activity WHERE datname = current_database() \
               AND usename = current_user AND application_name ~ '^masque [0-9a-f]{8}$' AND application_name <> $1";
    let found = session.query("looking for dead runs", sql, &[&application(run)]).await?;
    let runs: Vec<String> = found.iter().map(|row| row.get(0)).collect();
    for run in &runs {
        end(session, run).await?;
    }
    Ok(runs)
}

/// How long the server may take to end what it was told to end.
const PATIENCE: Duration = Duration::from_secs(3);

/// Ends the sessions of a run on this server and waits until they are gone. Gives how
/// many there were. Only those of this session's own role are seen.
///
/// # Errors
/// Source or target, where the server refuses.
pub async fn end(session: &Session, run: &str) -> Result<usize> {
    let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
               WHERE application_name = $1 AND usename = current_user AND pid <> pg_backend_pid()";
    let began = Instant::now();
    let mut most = 0;
    loop {
        let found =
            session.query("ending the sessions of a dead run", sql, &[&application(run)]).await?.len();
        most = most.max(found);
        if found == 0 || began.elapsed() > PATIENCE {
            return Ok(most);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

//! One run at a time for each target.

use crate::error::{Error, Kind, Result};
use crate::postgres::patience::pulse;
use crate::postgres::session::Session;
use serde::Serialize;
use std::fmt;
use std::time::{Duration, Instant};

/// The run lock: an advisory lock in the target's maintenance database, held in an
/// open transaction so that it also holds through a transaction pooler. The
/// server frees it when the run ends, however it ends.
///
/// Such a lock belongs to one database, and another run may have been given another for maintenance. So
/// who takes it looks whether somebody has its like elsewhere; of two that take it at once both give way.
pub struct RunLock {
    session: Session,
}

impl RunLock {
    /// Takes the lock for a target, waiting at most `wait` for another run.
    ///
    /// # Errors
    /// Guard, naming the other run and since when it is on; target where the server fails.
    pub async fn take(session: Session, target: &str, wait: Duration) -> Result<Self> {
        session.run("opening the run lock's transaction", "BEGIN").await?;
        let name = lock_name(target);
        let began = Instant::now();
        loop {
            // Whoever waits takes nothing while somebody has it, so that nobody takes him for the holder.
            let mut other = Holder::of(&session, target).await?;
            if other.is_none() {
                let sql = "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0))";
                let taken: bool = session.one("taking the run lock", sql, &[&name]).await?.get(0);
                other = Holder::of(&session, target).await?;
                if taken && other.is_none() {
                    return Ok(Self { session });
                }
                if taken {
                    session.run("giving the run lock back", "ROLLBACK; BEGIN").await?;
                }
            }
            if began.elapsed() >= wait {
                return Err(busy(target, other));
            }
            // Who gave way to each other shall not come back at one moment.
            let spread = session.pid().await?.unsigned_abs() % 256;
            tokio::time::sleep(Duration::from_millis(500 + u64::from(spread))).await;
        }
    }

    /// Makes sure that the lock is still ours, before anything final.
    ///
    /// # Errors
    /// Target, where its session is gone.
    pub async fn check_held(&self) -> Result<()> {
        self.session.run("checking the run lock", "SELECT 1").await
    }

    /// Checks it again and again, beside the work; `stall` is the longest an answer may take.
    ///
    /// # Errors
    /// Always: target, when the lock is lost or the server fell silent.
    pub async fn watch(&self, stall: Duration) -> Error {
        pulse(&self.session, "checking the run lock", stall).await
    }
}

/// Who holds the run lock of a target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Holder {
    /// What its session calls itself: `masque <run>`.
    pub session: String,
    /// Since when, in UTC; unknown where the loading role may not see another's sessions.
    pub since: Option<String>,
}

impl Holder {
    /// Asks the server, whose databases all show their locks; what the session itself holds does not count.
    /// Of several, who are about to give way to each other, the one that has waited longest.
    ///
    /// # Errors
    /// Target, where the query fails.
    pub(super) async fn of(session: &Session, target: &str) -> Result<Option<Self>> {
        let sql = "SELECT a.application_name, to_char(a.xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') \
                   FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid, \
                        (SELECT hashtextextended($1, 0) AS key) k \
                   WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.pid <> pg_backend_pid() \
                     AND (l.classid::bigint << 32 | l.objid::bigint) = k.key \
                   ORDER BY a.xact_start, a.pid LIMIT 1";
        let found = session.query("asking who holds the run lock", sql, &[&lock_name(target)]).await?;
        Ok(found.first().map(|row| Self { session: row.get(0), since: row.get(1) }))
    }

    /// Whether it is the run of this id.
    pub(super) fn is_run(&self, run: &str) -> bool {
        self.session.strip_prefix("masque ") == Some(run)
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the run `{}`", self.session)?;
        self.since.as_ref().map_or(Ok(()), |since| write!(f, " since {since} UTC"))
    }
}

fn lock_name(target: &str) -> String {
    format!("masque:{target}")
}

fn busy(target: &str, who: Option<Holder>) -> Error {
    let who = who.map_or_else(|| String::from("another run"), |holder| holder.to_string());
    Error::new(Kind::Guard, format!("the target `{target}` is busy with {who}"))
        .help("wait for it, or give `--lock-wait`")
}

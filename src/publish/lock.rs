//! One run at a time for each target.

use crate::error::{Error, Kind, Result};
use crate::postgres::patience::pulse;
use crate::postgres::session::Session;
use std::time::{Duration, Instant};

/// The run lock: an advisory lock in the target's maintenance database, held in an
/// open transaction so that it also holds through a transaction pooler. The
/// server frees it when the run ends, however it ends.
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
        let name = format!("masque:{target}");
        let began = Instant::now();
        loop {
            let sql = "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0))";
            let taken: bool = session.one("taking the run lock", sql, &[&name]).await?.get(0);
            if taken {
                return Ok(Self { session });
            }
            if began.elapsed() >= wait {
                return Err(busy(&session, target, &name).await?);
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
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

async fn busy(session: &Session, target: &str, name: &str) -> Result<Error> {
    let sql = "SELECT a.application_name, to_char(a.xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') \
               FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid, \
                    (SELECT hashtextextended($1, 0) AS key) k \
               WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 \
                 AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
                 AND (l.classid::bigint << 32 | l.objid::bigint) = k.key LIMIT 1";
    let found = session.query("asking who holds the run lock", sql, &[&name]).await?;
    let who = found.first().map_or_else(
        || String::from("another run"),
        |row| {
            let since: Option<String> = row.get(1);
            let since = since.map(|since| format!(" since {since} UTC")).unwrap_or_default();
            format!("the run `{}`{since}", row.get::<_, String>(0))
        },
    );
    Ok(Error::new(Kind::Guard, format!("the target `{target}` is busy with {who}"))
        .help("wait for it, or give `--lock-wait`"))
}

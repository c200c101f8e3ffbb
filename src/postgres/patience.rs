//! How long a server may be silent where it should speak.
//!
//! A network that loses everything is not seen by keepalives while something on the
//! way answers them. So where rows should move and none does, the server is asked on a
//! new connection whether it is at work on them: a long search for the first row is no
//! stall, a server that waits for us while we wait for it is. Elsewhere a session that
//! has nothing else to do is asked now and then to answer at all.

use super::session::{Session, Side};
use super::url::Url;
use crate::error::{Error, Kind, Result};
use std::future::Future;
use std::pin::pin;
use std::time::Duration;
use tokio::time::timeout;

/// Asks a session again and again whether it still answers; `limit` is the longest an answer may take.
/// Runs beside the work and ends it by its error.
///
/// # Errors
/// Always: of the session's side, when it did not answer in time or its connection ended.
pub async fn pulse(session: &Session, doing: &str, limit: Duration) -> Error {
    loop {
        tokio::time::sleep((limit / 4).min(Duration::from_secs(10))).await;
        match answers(session.side().kind(), doing, limit, session.run(doing, "SELECT 1")).await {
            Ok(()) => {}
            Err(error) => return error,
        }
    }
}

/// Work that one answer ends; `limit` is the longest it may take.
///
/// # Errors
/// Of `kind`, when it took longer; else its own.
pub async fn answers<T>(
    kind: Kind,
    doing: &str,
    limit: Duration,
    work: impl Future<Output = Result<T>>,
) -> Result<T> {
    match timeout(limit, work).await {
        Ok(done) => done,
        Err(_) => Err(silent(kind, doing, "the server did not answer", limit)),
    }
}

fn silent(kind: Kind, doing: &str, what: &str, limit: Duration) -> Error {
    Error::new(kind, format!("{doing}: {what} for {} s", limit.as_secs_f32())).help(
        "look at the network between masque and the server; where it is only slow, raise `--stall-timeout`",
    )
}

/// The patience of one session that moves rows.
#[derive(Clone, Debug)]
pub struct Patience {
    limit: Duration,
    url: Url,
    side: Side,
    process: i32,
}

impl Patience {
    /// With a session on the server at `url`.
    ///
    /// # Errors
    /// Of the session's side, where the server refuses.
    pub async fn with(session: &Session, url: &Url, limit: Duration) -> Result<Self> {
        Ok(Self { limit, url: url.clone(), side: session.side(), process: session.pid().await? })
    }

    /// Waits for `work` on the session as long as the server is at work, too.
    ///
    /// # Errors
    /// Of the session's side, when it stalled.
    pub async fn wait<T>(&self, doing: &str, work: impl Future<Output = T>) -> Result<T> {
        let mut work = pin!(work);
        loop {
            if let Ok(done) = timeout(self.limit, work.as_mut()).await {
                return Ok(done);
            }
            // It may move while we ask.
            tokio::select! {
                biased;
                done = work.as_mut() => return Ok(done),
                works = self.is_at_work() => if !works {
                    return Err(silent(self.side.kind(), doing, "no row moved", self.limit));
                },
            }
        }
    }

    /// Whether the server's process does something else than wait for us.
    async fn is_at_work(&self) -> bool {
        let asked = timeout(self.limit, async {
            let session = Session::open(self.url.connect(self.side.kind()).await?, self.side).await?;
            let sql = "SELECT count(*) FROM pg_stat_activity WHERE pid = $1 AND state = 'active' \
                       AND wait_event_type IS DISTINCT FROM 'Client'";
            let row = session.one("asking whether the server is at work", sql, &[&self.process]).await?;
            Ok::<_, Error>(row.get::<_, i64>(0) > 0)
        });
        match asked.await {
            Ok(Ok(works)) => works,
            // It speaks, so the wire is whole; what its process does is not known.
            Ok(Err(error)) => error.sqlstate() == Some("53300"),
            Err(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_that_ends_in_time_is_done_and_other_work_is_a_stall_of_its_side() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let limit = Duration::from_millis(20);
        let quick = runtime.block_on(answers(Kind::Target, "asking", limit, async { Ok(7) }));
        assert_eq!(quick.unwrap(), 7);
        let never = std::future::pending::<Result<()>>();
        let error = runtime.block_on(answers(Kind::Source, "asking", limit, never)).unwrap_err();
        assert_eq!(error.kind(), Kind::Source);
        assert_eq!(error.to_string(), "asking: the server did not answer for 0.02 s");
        assert!(error.help_text().unwrap().contains("--stall-timeout"));
    }
}

//! The clean end after a signal.

use super::Options;
use crate::error::{Error, Kind};
use crate::postgres::leftover;
use crate::postgres::session::{Session, Side};
use crate::publish::{self, Build, RunLock};
use std::time::Duration;

/// How long a person waits. What is left then, the next run clears up.
const PATIENCE: Duration = Duration::from_secs(4);

/// Drops the run's build, and says whether the run had published before the signal came.
/// Its own sessions are gone with it, so this opens new ones.
pub(super) async fn clear(options: &Options, run: &str) -> bool {
    let maintenance = options.target.with_database(&options.maintenance_database);
    let target = options.target.database();
    let work = async {
        let admin = Session::open(maintenance.connect(Kind::Target).await?, Side::Target).await?;
        // Giving up a connection does not take back what was sent: a rename that waits could still publish.
        leftover::end(&admin, run).await?;
        let holder = Session::open(maintenance.connect(Kind::Target).await?, Side::Target).await?;
        let _lock = RunLock::take(holder, target, Duration::from_secs(3)).await?;
        Build::sweep(&admin, target).await?;
        let serving = publish::find(&admin, target).await?;
        Ok::<bool, Error>(
            serving.and_then(|database| database.marker).is_some_and(|marker| marker.is_published_by(run)),
        )
    };
    matches!(tokio::time::timeout(PATIENCE, work).await, Ok(Ok(true)))
}

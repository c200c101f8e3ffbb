//! The end of a build that will not be published.

use super::Stage;
use crate::error::Kind;
use crate::postgres::leftover;
use crate::postgres::patience::answers;
use crate::postgres::session::{Session, Side};
use crate::publish::Build;
use std::time::Duration;

const DOING: &str = "dropping the build";

/// Drops the build of a run that failed, by its name: perhaps the server is still making it.
/// Where even that fails, the next attempt or run does it. Says whether it is gone.
pub(super) async fn discard(stage: &Stage<'_>, build: &str) -> bool {
    // A server that fell silent must not hold the end of the run back.
    let limit = stage.options.budget.stall.clamp(Duration::from_secs(10), Duration::from_mins(1));
    let mut dropped =
        Box::pin(answers(Kind::Target, DOING, limit, Build::discard(&stage.admin, build))).await;
    if dropped.is_err() && stage.admin.connection().is_closed() {
        // What ended the run may have ended this session only.
        let again = async {
            let url = stage.options.target.with_database(&stage.options.maintenance_database);
            let admin = Session::open(url.connect(Kind::Target).await?, Side::Target).await?;
            // The server may still be at the last thing that the lost session asked for.
            leftover::end(&admin, &stage.run).await?;
            Build::discard(&admin, build).await
        };
        dropped = Box::pin(answers(Kind::Target, DOING, limit, again)).await;
    }
    dropped
        .map_err(|error| {
            stage.observer.notice(&format!("{error}; the next run drops the build `{build}`"));
        })
        .is_ok()
}

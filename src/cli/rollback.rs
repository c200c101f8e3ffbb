//! `masque rollback`

use super::connection::Served;
use super::duration::duration;
use super::{Failure, block_on, output};
use crate::publish::{self, RunLock, rollback};
use clap::Args;
use std::time::Duration;

/// Go back to the generation that was served before, at once
///
/// What is served now is kept in its place, whatever `--keep` said, so that a second rollback
/// undoes the first. To go further back, name the generation: `masque status` shows them.
#[derive(Debug, Args)]
pub(super) struct Rollback {
    #[command(flatten)]
    served: Served,
    /// The kept generation to go back to [default: the one that was served last]
    #[arg(long, value_name = "NAME")]
    to: Option<String>,
    /// Wait this long for a run on the same target
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = duration)]
    lock_wait: Duration,
}

impl Rollback {
    pub(super) fn run(self) -> Result<(), Failure> {
        let target = self.served.url()?;
        let name = target.database();
        let done = block_on(async {
            let run = publish::new_run()?;
            let open = || self.served.administer(&target, "masque rollback");
            let (holder, renamer, admin) = (open().await?, open().await?, open().await?);
            let lock = RunLock::take(holder, name, self.lock_wait).await?;
            Ok(rollback(&lock, [&renamer, &admin], name, self.to.as_deref(), &run).await?)
        })?;
        let from = done.to.snapshot.map_or_else(
            || String::from("what was there before the first refresh"),
            |snapshot| format!("the snapshot of {snapshot}"),
        );
        let kept = done.kept.map(|kept| format!("; the one before is kept as `{kept}`")).unwrap_or_default();
        output::print(&format!("`{name}` serves {from} again, after {} ms{kept}", done.took.as_millis()));
        Ok(())
    }
}

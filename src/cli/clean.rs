//! `masque clean`

use super::connection::Served;
use super::duration::duration;
use super::{Failure, block_on, output};
use crate::publish::{Chore, RunLock, clean};
use clap::Args;
use std::time::Duration;

/// Drop what crashed runs left beside a target and, where asked, old generations
///
/// Only what carries masque's marker is ever dropped, whatever it is called, and never what
/// is served.
#[derive(Debug, Args)]
pub(super) struct Clean {
    #[command(flatten)]
    served: Served,
    /// Drop older generations until so many are left [default: all stay]
    #[arg(long, value_name = "N")]
    keep: Option<usize>,
    /// Drop generations whose time, given by `masque refresh --expires`, is over
    #[arg(long)]
    expired: bool,
    /// Only say what would be dropped
    #[arg(long)]
    dry_run: bool,
    /// Wait this long for a run on the same target
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = duration)]
    lock_wait: Duration,
}

impl Clean {
    pub(super) fn run(self) -> Result<(), Failure> {
        let target = self.served.url()?;
        let chore = Chore { keep: self.keep, expired: self.expired, dry_run: self.dry_run };
        let cleaned = block_on(async {
            let open = || self.served.administer(&target, "masque clean");
            let (holder, admin) = (open().await?, open().await?);
            let lock = RunLock::take(holder, target.database(), self.lock_wait).await?;
            Ok(clean(&lock, &admin, target.database(), chore).await?)
        })?;
        let did = if self.dry_run { "would drop" } else { "dropped" };
        for (name, why) in &cleaned.dropped {
            output::print(&format!("{did} `{name}`: {why}"));
        }
        if cleaned.dropped.is_empty() {
            output::print("nothing to drop");
        }
        for name in &cleaned.expired {
            let what =
                if name == target.database() { "a refresh replaces it" } else { "`--expired` drops it" };
            output::say(&format!("note: the time of `{name}` is over: {what}"));
        }
        Ok(())
    }
}

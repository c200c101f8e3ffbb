//! `masque status`

use super::connection::Served;
use super::{Failure, block_on, output};
use crate::error::Error;
use crate::publish::{self, Generation, Standing};
use clap::Args;
use std::fmt::Write;

/// Tell what is published, what is kept, and whether a run is at work; writes nothing
///
/// Exits 0 whatever is found.
#[derive(Debug, Args)]
pub(super) struct Status {
    #[command(flatten)]
    served: Served,
    /// Print JSON: `target`, `state`, `published`, `kept`, `unfinished`, `lock`
    #[arg(long)]
    json: bool,
}

impl Status {
    pub(super) fn run(self) -> Result<(), Failure> {
        let target = self.served.url()?;
        let status = block_on(async {
            let admin = self.served.administer(&target, "masque status").await?;
            Ok(publish::Status::read(&admin, target.database()).await?)
        })?;
        output::print(&if self.json {
            serde_json::to_string_pretty(&status)
                .map_err(|e| Error::internal("the status has no JSON form").because(e))?
        } else {
            render(&status)
        });
        Ok(())
    }
}

fn render(status: &publish::Status) -> String {
    let target = &status.target;
    let mut text = match status.state {
        Standing::Absent => format!("there is no database `{target}` yet: a refresh makes it\n"),
        Standing::Unmarked => format!("`{target}` is not marked as masque's\n"),
        Standing::Stray => format!(
            "the marker of `{target}` was written for another database or server: after a restore or an upgrade, adopt it again\n"
        ),
        Standing::Building => format!("`{target}` is a build, which nobody is served from\n"),
        Standing::Kept => format!("`{target}` is a kept generation of another target\n"),
        Standing::Adopted => format!("`{target}` is adopted: the next refresh replaces it\n"),
        Standing::Published => format!("`{target}` is published\n"),
    };
    if let Some(published) = &status.published {
        let _ = writeln!(text, "  since     {}", published.since);
        describe(&mut text, published);
    }
    for kept in &status.kept {
        let _ = writeln!(text, "`{}` is kept: `masque rollback` can go back to it", kept.database);
        let _ = writeln!(text, "  since     {}", kept.since);
        describe(&mut text, kept);
    }
    for build in &status.unfinished {
        let what = if build.is_at_work {
            "a run is at work on it"
        } else {
            "its run is gone: `masque clean` drops it"
        };
        let _ = writeln!(text, "`{}` is unfinished: {what}", build.database);
    }
    match &status.lock {
        Some(holder) => {
            let _ = writeln!(text, "busy with {holder}");
        }
        None => text.push_str("no run is at work\n"),
    }
    text
}

fn describe(text: &mut String, generation: &Generation) {
    let Generation { run, snapshot, rules, secret, expires, is_expired, in_place, .. } = generation;
    if let Some(snapshot) = snapshot {
        let _ = writeln!(text, "  snapshot  {snapshot}");
        let how = if *in_place { ", published in place" } else { "" };
        let _ = writeln!(text, "  run       {run}{how}");
    } else {
        text.push_str("  filled by no run of masque\n");
    }
    for (what, value) in [("rules   ", rules), ("secret  ", secret)] {
        if let Some(value) = value {
            let _ = writeln!(text, "  {what}  {value}");
        }
    }
    if let Some(expires) = expires {
        let over = if *is_expired { ": that time is over" } else { "" };
        let _ = writeln!(text, "  expires   {expires}{over}");
    }
}

//! Going back to a generation that was kept.
//!
//! The same two renames as publishing, the other way round: what was served is kept, too,
//! so that a second rollback undoes the first. Older generations are named.

use super::marker::{self, Marker, State};
use super::rename::swap;
use super::status::Generation;
use super::{RunLock, refuse};
use crate::error::Result;
use crate::postgres::session::Session;
use std::time::Duration;

/// How long sessions on the target are ended again and again.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a rollback did.
#[derive(Clone, Debug)]
pub struct RolledBack {
    /// What is served now, by the name it was kept under.
    pub to: Generation,
    /// The name that what was served before is kept under; none where the target was gone.
    pub kept: Option<String>,
    /// How long the transaction took.
    pub took: Duration,
}

/// Serves the generation of the name `to` again or, without a name, the one that served last.
/// `run` is what the name of the other will end with.
///
/// # Errors
/// Guard, where there is no such generation, where its time is over and it was not named, or
/// where the target is not masque's; target where the server fails.
pub async fn rollback(
    lock: &RunLock,
    [renamer, admin]: [&Session; 2],
    target: &str,
    to: Option<&str>,
    run: &str,
) -> Result<RolledBack> {
    let served = marker::databases(admin).await?.into_iter().find(|database| database.name == target);
    if served.as_ref().is_some_and(|database| {
        !database.marker.as_ref().is_some_and(|m| matches!(m.state, State::Published | State::Adopted))
    }) {
        return Err(refuse(format!("`{target}` is not marked as what masque serves"))
            .help("`masque status` shows what it is"));
    }
    let kept = marker::generations(admin, target).await?;
    let names: Vec<_> = kept.iter().map(|(name, _)| format!("`{name}`")).collect();
    let found = kept.into_iter().find(|(name, _)| to.is_none_or(|to| to == name));
    let Some((name, marker)) = found else {
        return Err(match to {
            Some(to) if !names.is_empty() => refuse(format!("no generation of `{target}` is kept as `{to}`"))
                .help(format!("kept are {}", names.join(", "))),
            _ if served
                .as_ref()
                .and_then(|served| served.marker.as_ref())
                .is_some_and(|marker| marker.in_place) =>
            {
                refuse(format!("`{target}` was published in place, which keeps no generation to go back to"))
                    .help("refresh again, from a source that is as it was then")
            }
            _ => refuse(format!("no generation of `{target}` is kept to go back to"))
                .help("a refresh keeps the one before, or as many as `--keep` says"),
        });
    };
    if let (None, true, Some(expires)) = (to, marker.is_expired(), &marker.expires) {
        return Err(refuse(format!("the generation kept as `{name}` should be gone since {expires}"))
            .help(format!("`--to {name}` serves it all the same")));
    }
    lock.check_held().await?;
    let copied_disks =
        served.as_ref().and_then(|s| s.marker.as_ref()).map_or(marker.copied_disks, |m| m.copied_disks);
    let again = Marker { state: State::Published, copied_disks, ..marker.clone() };
    let (kept, took) = swap(renamer, admin, &name, served.as_ref(), run, &again, PATIENCE).await?;
    Ok(RolledBack { to: Generation::of(name, marker), kept, took })
}

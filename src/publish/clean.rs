//! Dropping what nobody needs, and never anything that carries no marker.

use super::RunLock;
use super::build::{drop_database, is_build};
use super::marker::{self, State};
use crate::error::Result;
use crate::postgres::session::Session;

/// What of a target may be dropped besides builds that crashed runs left behind.
#[derive(Clone, Copy, Debug, Default)]
pub struct Chore {
    /// Generations beyond so many; all stay where it is not said.
    pub keep: Option<usize>,
    /// Generations whose time is over.
    pub expired: bool,
    /// Only say what would be dropped.
    pub dry_run: bool,
}

/// What was dropped, or would be.
#[derive(Clone, Debug, Default)]
pub struct Cleaned {
    /// Names, each with the reason.
    pub dropped: Vec<(String, &'static str)>,
    /// What stays though its time is over. What is served is never dropped.
    pub expired: Vec<String>,
}

/// Cleans up beside a target. The run lock says that no run is at work, so that every
/// unfinished build is one that was left behind.
///
/// # Errors
/// Target, where the server fails; what was dropped before stays dropped.
pub async fn clean(lock: &RunLock, admin: &Session, target: &str, chore: Chore) -> Result<Cleaned> {
    let mut cleaned = Cleaned::default();
    for database in marker::databases(admin).await? {
        if is_build(&database, target) {
            cleaned.dropped.push((database.name, "no run finished it"));
        } else if database.name == target
            && database.marker.is_some_and(|m| m.state == State::Published && m.is_expired())
        {
            cleaned.expired.push(database.name);
        }
    }
    for (place, (name, marker)) in marker::generations(admin, target).await?.into_iter().enumerate() {
        if chore.keep.is_some_and(|keep| place >= keep) {
            cleaned.dropped.push((name, "newer generations are kept"));
        } else if marker.is_expired() && chore.expired {
            cleaned.dropped.push((name, "its time is over"));
        } else if marker.is_expired() {
            cleaned.expired.push(name);
        }
    }
    if !chore.dry_run {
        for (name, _) in &cleaned.dropped {
            lock.check_held().await?;
            drop_database(admin, name).await?;
        }
    }
    Ok(cleaned)
}

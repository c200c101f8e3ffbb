//! What a target's server tells of masque: read from its catalog, nothing is written.

use super::build::is_build;
use super::lock::Holder;
use super::marker::{self, Database, Marker, State};
use crate::error::Result;
use crate::postgres::session::Session;
use serde::Serialize;

/// What the target's database is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// There is none of that name.
    Absent,
    /// It carries no marker.
    Unmarked,
    /// It carries a marker that was written for another database or server.
    Stray,
    /// A person gave it to masque; nothing was loaded yet.
    Adopted,
    /// An unfinished build: nobody's target.
    Building,
    /// A generation kept of another target.
    Kept,
    /// A refresh or a rollback made it what is served.
    Published,
}

/// The state of a target and of all that lies beside it.
#[derive(Clone, Debug, Serialize)]
pub struct Status {
    /// The name of the target's database.
    pub target: String,
    /// What that database is.
    pub state: Standing,
    /// What it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<Generation>,
    /// What may be gone back to, the one that served last first.
    pub kept: Vec<Generation>,
    /// What no run finished, or not yet.
    pub unfinished: Vec<Unfinished>,
    /// The run that is at work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lock: Option<Holder>,
}

/// A database that is, was or may become the target, by its marker.
#[derive(Clone, Debug, Serialize)]
pub struct Generation {
    /// Its name now.
    pub database: String,
    /// The run that filled it; `adopt` where none did.
    pub run: String,
    /// Since when it is what it is: served, or kept.
    pub since: String,
    /// When the snapshot was taken that it shows.
    pub snapshot: Option<String>,
    /// The digest of the rules that masked it.
    pub rules: Option<String>,
    /// The short id of their secret.
    pub secret: Option<String>,
    /// When it should be gone.
    pub expires: Option<String>,
    /// Whether that time is over.
    pub is_expired: bool,
    /// Whether it was published in place, with no generation kept of what was there before.
    pub in_place: bool,
}

/// A build.
#[derive(Clone, Debug, Serialize)]
pub struct Unfinished {
    /// Its name.
    pub database: String,
    /// The run that made it; unknown where a crash fell before it was marked.
    pub run: Option<String>,
    /// Since when it is there.
    pub since: Option<String>,
    /// Whether that run is at work now. Otherwise the next run, or `masque clean`, drops it.
    pub is_at_work: bool,
}

impl Generation {
    pub(super) fn of(database: String, marker: Marker) -> Self {
        let is_expired = marker.is_expired();
        Self {
            database,
            run: marker.run,
            since: marker.at,
            snapshot: marker.snapshot,
            rules: marker.rules,
            secret: marker.secret,
            expires: marker.expires,
            is_expired,
            in_place: marker.in_place,
        }
    }
}

impl Status {
    /// Reads it. `admin` is a session in the target's maintenance database.
    ///
    /// # Errors
    /// Target, where the server fails.
    pub async fn read(admin: &Session, target: &str) -> Result<Self> {
        // The lock first: a build that is made meanwhile is then not taken for one left behind.
        let lock = Holder::of(admin, target).await?;
        let databases = marker::databases(admin).await?;
        let of_target = databases.iter().find(|database| database.name == target);
        let state = standing(of_target);
        let is_its_own = matches!(state, Standing::Published | Standing::Adopted);
        let published = of_target
            .filter(|_| is_its_own)
            .and_then(|database| Some(Generation::of(database.name.clone(), database.marker.clone()?)));
        let kept = marker::generations(admin, target).await?;
        let mut unfinished: Vec<_> = databases.iter().filter_map(|one| build(one, target)).collect();
        let after = Holder::of(admin, target).await?;
        for one in &mut unfinished {
            let runs = |holder: &Holder| one.run.as_deref().is_none_or(|run| holder.is_run(run));
            one.is_at_work = lock.as_ref().is_some_and(runs) || after.as_ref().is_some_and(runs);
        }
        Ok(Self {
            target: target.to_owned(),
            state,
            published,
            kept: kept.into_iter().map(|(name, marker)| Generation::of(name, marker)).collect(),
            unfinished,
            lock: after,
        })
    }
}

fn standing(database: Option<&Database>) -> Standing {
    let Some(database) = database else { return Standing::Absent };
    match (&database.marker, &database.stray) {
        (Some(marker), _) => match marker.state {
            State::Building => Standing::Building,
            State::Published => Standing::Published,
            State::Kept => Standing::Kept,
            State::Adopted => Standing::Adopted,
        },
        (None, Some(_)) => Standing::Stray,
        (None, None) => Standing::Unmarked,
    }
}

/// The database as a build for `target`, where it is one.
fn build(database: &Database, target: &str) -> Option<Unfinished> {
    if !is_build(database, target) {
        return None;
    }
    let marker = database.marker.as_ref();
    let (run, since) = (marker.map(|marker| marker.run.clone()), marker.map(|marker| marker.at.clone()));
    Some(Unfinished { database: database.name.clone(), run, since, is_at_work: false })
}

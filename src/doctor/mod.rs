//! What each side grants and lacks, found out before a refresh, with what to do.
//!
//! [`examine`] asks what a refresh would ask, of whichever sides it is given, and goes on
//! where a refresh would stop: one line for everything that was looked at. Nothing is
//! written on either side; sessions on the target are read-only, too.

mod line;
mod pair;
mod source;
mod target;
mod tools;

pub use line::{Line, Verdict, Visit};

use crate::error::{Kind, Result};
use crate::postgres::connections;
use crate::postgres::session::{Session, Side};
use crate::postgres::url::Url;
use crate::publish::Guard;
use crate::rules::RuleFile;
use std::collections::BTreeMap;

/// What is examined.
#[derive(Debug)]
pub struct Patient {
    /// Production, where it was given.
    pub source: Option<Url>,
    /// Staging, where it was given.
    pub target: Option<Url>,
    /// The rules, where they were given.
    pub rules: Option<RuleFile>,
    /// How many lanes a run would have.
    pub jobs: usize,
    /// What the guard is told to allow.
    pub guard: Guard,
    /// Whether objects get the source's owners.
    pub owners: bool,
    /// Whether objects get the source's privileges.
    pub privileges: bool,
    /// The database on the target's server to connect to.
    pub maintenance_database: String,
    /// The database a build is made from.
    pub template: Option<String>,
}

impl Patient {
    /// The rules' other names for roles.
    fn roles(&self) -> BTreeMap<String, String> {
        self.rules.as_ref().map(RuleFile::roles).unwrap_or_default()
    }
}

/// What sessions call themselves: one of ours is no sign of production.
const APPLICATION: &str = "masque doctor";

/// Examines both sides, as far as they are given and answer, and adds to a visit that began with what
/// the command line brought.
pub async fn examine(patient: &Patient, mut visit: Visit) -> Visit {
    let reader = match &patient.source {
        Some(url) => source::examine(&mut visit, patient, url).await,
        None => None,
    };
    tools::examine(&mut visit, reader.as_ref(), patient.source.is_some()).await;
    let admin = match &patient.target {
        Some(url) => target::examine(&mut visit, patient, url, reader.as_ref()).await,
        None => None,
    };
    if let (Some(reader), Some(admin), Some(target)) = (&reader, &admin, &patient.target) {
        pair::examine(&mut visit, patient, reader, admin, target).await;
    }
    visit
}

/// A session that can't write, known by our name.
async fn open(url: &Url, side: Side) -> Result<Session> {
    let url = url.with_application_name(APPLICATION);
    let session = Session::open(url.connect(side.kind()).await?, side).await?;
    session.run("preparing the session", "SET default_transaction_read_only = on").await?;
    Ok(session)
}

/// The version, the way into the server and the connections left: the same questions for both sides.
async fn vitals(visit: &mut Visit, session: &Session, url: &Url, side: Side, lanes: usize) {
    let needed = connections::of_a_run(side, lanes);
    let place = line::Place::of(side);
    let version = line::version(session, side).await;
    visit.add(place, "version", side.kind(), version);
    visit.add(place, "tls", side.kind(), line::tls(session, url).await);
    visit.add(place, "connections", side.kind(), line::connections(session, needed).await);
}

/// The kind of what the command line brought.
const USAGE: Kind = Kind::Usage;

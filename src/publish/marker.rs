//! What says that a database is ours: a JSON object in its own comment.
//!
//! It is shared-catalog data: it survives a rename, is read without opening the
//! database, and puts no object into staging's schema. It is bound to the server
//! and the database it was written for, so that a copied comment marks nothing.

use super::{literal, refuse};
use crate::error::{Error, Result};
use crate::postgres::session::Session;
use crate::schema::identifier;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What a marked database is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Being filled. Left behind by a crash, the next run drops it.
    Building,
    /// Serving.
    Published,
    /// The generation before, kept for going back.
    Kept,
    /// Given to masque by a person; nothing was loaded yet.
    Adopted,
}

/// A database's marker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marker {
    /// Version of this format.
    pub masque: u32,
    /// What the database is.
    pub state: State,
    /// The database this one serves as, or was built to become.
    pub target: String,
    /// The run that wrote it.
    pub run: String,
    /// System identifier and database number it is bound to.
    pub identity: String,
    /// When the source's snapshot was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<String>,
    /// The digest of the rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<String>,
    /// The short id of the secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// When the copy should be gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    /// Whether a person said that its server was restored from a copy of production's disks.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub copied_disks: bool,
    /// Whether it was loaded in one transaction in the database itself.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub in_place: bool,
    /// How long the run took.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub took: Option<Took>,
    /// When it became what it is.
    pub at: String,
}

/// How long a run took, beside what was expected of it: the next run's time is estimated by that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Took {
    /// From the snapshot's beginning to the publishing.
    pub milliseconds: u64,
    /// The same, as it was expected.
    pub expected: u64,
    /// By which version of the model.
    pub model: u32,
}

/// A database of the target server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Database {
    /// Its name.
    pub name: String,
    /// System identifier and database number.
    pub identity: String,
    /// Its marker, where it has one that is bound to it.
    pub marker: Option<Marker>,
    /// A marker that was written for another database or server.
    pub stray: Option<Marker>,
    /// Whether it was made by us and not marked yet: a crash fell between the two.
    pub is_unborn: bool,
}

/// The connection limit a build is made with. A comment can't be part of CREATE
/// DATABASE, so this number stands for the marker until that is written: nobody
/// allows so many connections, and it is there from the first moment.
pub(super) const UNBORN: i32 = 1_957_301_841;

/// A database of the server by its name.
///
/// # Errors
/// Target, where the query fails.
pub async fn find(session: &Session, name: &str) -> Result<Option<Database>> {
    Ok(databases(session).await?.into_iter().find(|database| database.name == name))
}

/// Every database of the server with its marker.
///
/// # Errors
/// Target, where the query fails.
pub(super) async fn databases(session: &Session) -> Result<Vec<Database>> {
    read(session, "NOT d.datistemplate").await
}

impl Database {
    /// Makes sure that `session` is in this very database, as it was looked at. From then on it stays
    /// so: a database can't be renamed while somebody else is in it.
    ///
    /// # Errors
    /// Guard, where another one has its name, or its marker has changed; target where the query fails.
    pub async fn check_entered(&self, session: &Session) -> Result<()> {
        let found = read(session, "d.datname = current_database()").await?;
        if found.first() == Some(self) { Ok(()) } else { Err(another(&self.name)) }
    }
}

/// Makes sure that each of these names is the database of that identity, or of none.
///
/// # Errors
/// Guard, where one is another's, which is said of `target`; target where the query fails.
pub(super) async fn check_identities(
    session: &Session,
    target: &str,
    expected: &[(&str, Option<&str>)],
) -> Result<()> {
    let found = databases(session).await?;
    let identity = |name: &str| found.iter().find(|one| one.name == name).map(|one| one.identity.as_str());
    let are_those = expected.iter().all(|(name, expected)| identity(name) == *expected);
    if are_those { Ok(()) } else { Err(another(target)) }
}

fn another(target: &str) -> Error {
    refuse(format!("the target `{target}` is no longer the database that was looked at")).help(
        "somebody renamed databases, made one anew or changed its marker meanwhile: look at them, then run again",
    )
}

async fn read(session: &Session, which: &str) -> Result<Vec<Database>> {
    let sql = format!(
        "SELECT d.datname::text, (SELECT system_identifier FROM pg_control_system())::text || ':' || d.oid, \
                shobj_description(d.oid, 'pg_database'), d.datconnlimit \
         FROM pg_database d WHERE {which} ORDER BY d.oid"
    );
    let rows = session.query("reading the databases' markers", &sql, &[]).await?;
    Ok(rows
        .iter()
        .map(|row| {
            let identity: String = row.get(1);
            let comment: Option<String> = row.get(2);
            let is_unborn = comment.is_none() && row.get::<_, i32>(3) == UNBORN;
            let written = comment.and_then(|text| serde_json::from_str::<Marker>(&text).ok());
            let (marker, stray) = match written {
                Some(marker) if marker.identity == identity => (Some(marker), None),
                written => (None, written),
            };
            Database { name: row.get(0), identity, marker, stray, is_unborn }
        })
        .collect())
}

/// The generations kept of a target with their markers, the one that served last first.
///
/// # Errors
/// Target, where the query fails.
pub(super) async fn generations(session: &Session, target: &str) -> Result<Vec<(String, Marker)>> {
    let mut kept: Vec<(String, Marker)> = databases(session)
        .await?
        .into_iter()
        .filter_map(|database| Some((database.name, database.marker?)))
        .filter(|(_, marker)| marker.state == State::Kept && marker.target == target)
        .collect();
    kept.sort_by(|a, b| (&b.1.at, &b.0).cmp(&(&a.1.at, &a.0)));
    Ok(kept)
}

impl Marker {
    /// The marker of a database that no run has filled.
    pub(super) fn empty(state: State, target: &str, run: &str, identity: String) -> Self {
        Self {
            masque: 1,
            state,
            target: target.to_owned(),
            run: run.to_owned(),
            identity,
            snapshot: None,
            rules: None,
            secret: None,
            expires: None,
            copied_disks: false,
            in_place: false,
            took: None,
            at: now(),
        }
    }

    /// Whether the time is over that the copy was given.
    #[must_use]
    pub fn is_expired(&self) -> bool {
        let until = self.expires.as_deref().and_then(|text| text.parse::<jiff::Timestamp>().ok());
        until.is_some_and(|until| until <= jiff::Timestamp::now())
    }

    /// Whether it says that this run published the database.
    #[must_use]
    pub fn is_published_by(&self, run: &str) -> bool {
        self.state == State::Published && self.run == run
    }

    /// The statement that writes it to the database of that name.
    pub(super) fn statement(&self, database: &str) -> String {
        let text = serde_json::to_string(self).unwrap_or_default();
        format!("COMMENT ON DATABASE {} IS {}", identifier(database), literal(&text))
    }
}

/// The time as markers write it: UTC, finer than seconds, because they put generations in order.
#[must_use]
pub(super) fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// The time at which a copy that is published now and lives so long should be gone.
#[must_use]
pub fn expiry(life: Duration) -> Option<String> {
    let life = i64::try_from(life.as_secs()).ok()?;
    let until = jiff::Timestamp::from_second(jiff::Timestamp::now().as_second().checked_add(life)?).ok()?;
    Some(until.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_expires_when_its_time_is_over_and_one_without_a_time_never() {
        let of = |life: Option<u64>| {
            let marker = Marker::empty(State::Published, "staging", "ab", String::from("1:2"));
            Marker { expires: life.and_then(|life| expiry(Duration::from_secs(life))), ..marker }
        };
        assert!(of(Some(0)).is_expired());
        assert!(!of(Some(60)).is_expired());
        assert!(!of(None).is_expired());
        assert_eq!(expiry(Duration::MAX), None);
    }

    #[test]
    fn a_marker_of_an_earlier_version_is_read() {
        let text = r#"{"masque":1,"state":"kept","target":"t","run":"r","identity":"1:2","at":"2026-01-01T00:00:00Z"}"#;
        let marker: Marker = serde_json::from_str(text).unwrap();
        assert_eq!((marker.expires, marker.took), (None, None));
    }
}

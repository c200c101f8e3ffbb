//! What says that a database is ours: a JSON object in its own comment.
//!
//! It is shared-catalog data: it survives a rename, is read without opening the
//! database, and puts no object into staging's schema. It is bound to the server
//! and the database it was written for, so that a copied comment marks nothing.

use super::literal;
use crate::error::Result;
use crate::postgres::session::Session;
use crate::schema::identifier;
use serde::{Deserialize, Serialize};

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
    /// When it was written.
    pub at: String,
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
    let sql = "SELECT d.datname::text, (SELECT system_identifier FROM pg_control_system())::text || ':' || d.oid, \
                      shobj_description(d.oid, 'pg_database'), d.datconnlimit \
               FROM pg_database d WHERE NOT d.datistemplate ORDER BY d.oid";
    let rows = session.query("reading the databases' markers", sql, &[]).await?;
    Ok(rows
        .iter()
        .map(|row| {
            let identity: String = row.get(1);
            let comment: Option<String> = row.get(2);
            let is_unborn = comment.is_none() && row.get::<_, i32>(3) == UNBORN;
            let marker = comment
                .and_then(|text| serde_json::from_str::<Marker>(&text).ok())
                .filter(|marker| marker.identity == identity);
            Database { name: row.get(0), identity, marker, is_unborn }
        })
        .collect())
}

impl Marker {
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

/// The time as markers and reports write it: UTC, to the second.
#[must_use]
pub(super) fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

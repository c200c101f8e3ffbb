//! Which pairs of URLs masque refuses.
//!
//! Not the same server, decided by a handshake: a random advisory lock taken
//! through the target and looked for through the source, where `pg_locks` shows
//! those of the whole server. Nothing is written on the source for it. Then the
//! marker: masque only replaces what is empty, absent, its own, or adopted.

use super::marker::{self, Database, Marker, State};
use super::refuse;
use crate::error::{Error, Kind, Result};
use crate::postgres::session::{Session, Side};
use crate::postgres::url::Url;
use crate::schema::identifier;

/// What a person allowed on the command line.
#[derive(Clone, Copy, Debug, Default)]
pub struct Guard {
    /// Source and target may be databases of one server.
    pub same_server: bool,
    /// The source may itself be a copy that masque made.
    pub source_is_copy: bool,
}

impl Guard {
    /// Climbs the ladder. `admin` is a session in the target's maintenance
    /// database. Gives the target as it stands, if it exists.
    ///
    /// # Errors
    /// Guard, each refusal with its own sentence; source or target where a server fails.
    pub async fn check(self, source: &Session, admin: &Session, target: &Url) -> Result<Option<Database>> {
        let source_database: String =
            source.one("reading the source's name", "SELECT current_database()::text", &[]).await?.get(0);
        if is_one_server(source, admin).await? {
            if source_database == target.database() {
                return Err(refuse(format!(
                    "source and target are the same database, `{source_database}` of one server"
                ))
                .help("give `--target` the URL of staging"));
            }
            if !self.same_server {
                return Err(refuse("source and target are databases of one server")
                    .help("loading would slow production; `--same-server` allows it all the same"));
            }
        }
        // A standby shows its own locks only, so that the handshake says nothing about its primary.
        if !self.same_server && follows(source, admin).await? {
            return Err(refuse("the source is a standby of the target's server").help(
                "loading would slow production; `--same-server` allows it all the same, also where the target's server \
                 was restored from a copy of production's disks",
            ));
        }
        if !self.source_is_copy && carries_marker(source).await? {
            return Err(refuse(format!("the source `{source_database}` is itself a copy that masque made"))
                .help("are the URLs swapped? `--source-is-copy` allows a copy of a copy"));
        }
        let found = marker::databases(admin).await?.into_iter().find(|d| d.name == target.database());
        let Some(found) = found else { return Ok(None) };
        match &found.marker {
            Some(marker) if marker.state == State::Building => {
                Err(refuse(format!("the target `{}` is an unfinished build of another run", found.name))
                    .help(format!(
                        "give `--target` the URL of `{}`; the next run drops the build",
                        marker.target
                    )))
            }
            Some(_) => Ok(Some(found)),
            None if is_empty(target).await? => Ok(Some(found)),
            None => {
                Err(refuse(format!("the target `{}` holds tables and is not marked as masque's", found.name))
                    .help(format!("if it may be replaced, say so once: `masque adopt --target '{target}'`")))
            }
        }
    }
}

/// Whether a lock taken through one session shows in the other's server.
async fn is_one_server(source: &Session, admin: &Session) -> Result<bool> {
    let mut bytes = [0_u8; 8];
    getrandom::fill(&mut bytes).map_err(|_| Error::internal("the operating system gave no random bytes"))?;
    let (high, low) = bytes.split_at(4);
    let number = |part: &[u8]| part.iter().fold(0_u32, |n, b| n << 8 | u32::from(*b));
    let (high, low) = (number(high), number(low));
    let key = (i64::from(high) << 32) | i64::from(low);
    admin.one("taking the handshake's lock", "SELECT pg_advisory_lock($1)::text", &[&key]).await?;
    let sql =
        "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = $1 AND objid = $2)";
    let seen = source.one("looking for the handshake's lock", sql, &[&high, &low]).await;
    admin.one("giving back the handshake's lock", "SELECT pg_advisory_unlock($1)", &[&key]).await?;
    Ok(seen?.get(0))
}

/// Whether the source replays what a server with the target's system identifier does.
async fn follows(source: &Session, admin: &Session) -> Result<bool> {
    let in_recovery = "SELECT pg_is_in_recovery()";
    if !source.one("looking whether the source is a standby", in_recovery, &[]).await?.get::<_, bool>(0) {
        return Ok(false);
    }
    let identity = "SELECT system_identifier FROM pg_control_system()";
    let own: i64 = source.one("reading the source's identity", identity, &[]).await?.get(0);
    let other: i64 = admin.one("reading the target's identity", identity, &[]).await?.get(0);
    Ok(own == other)
}

async fn carries_marker(source: &Session) -> Result<bool> {
    let sql =
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()";
    let comment: Option<String> = source.one("reading the source's comment", sql, &[]).await?.get(0);
    // A storage snapshot of staging carries the comment too, so its binding is not asked for.
    Ok(comment.is_some_and(|text| serde_json::from_str::<Marker>(&text).is_ok()))
}

/// Whether a database holds no table, view or sequence of a person's.
async fn is_empty(target: &Url) -> Result<bool> {
    let session = Session::open(target.connect(Kind::Target).await?, Side::Target).await?;
    let sql = "SELECT NOT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
               WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' AND NOT EXISTS \
               (SELECT FROM pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'))";
    Ok(session.one("looking whether the target is empty", sql, &[]).await?.get(0))
}

/// Finds out before anything is read whether the loading role may publish at all.
///
/// # Errors
/// Target, with the statement that helps.
pub async fn check_rights(admin: &Session, old: Option<&Database>) -> Result<()> {
    let sql = "SELECT rolname::text, rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user";
    let row = admin.one("reading the loading role", sql, &[]).await?;
    let role: String = row.get(0);
    if !row.get::<_, bool>(1) {
        return Err(Error::new(Kind::Target, format!("the loading role `{role}` may not make databases"))
            .help(format!("`ALTER ROLE {} CREATEDB`", identifier(&role))));
    }
    let Some(old) = old else { return Ok(()) };
    let sql = "SELECT pg_has_role(datdba, 'MEMBER') FROM pg_database WHERE datname = $1";
    let is_owner: bool = admin.one("reading the target's owner", sql, &[&old.name]).await?.get(0);
    if is_owner {
        return Ok(());
    }
    Err(Error::new(Kind::Target, format!("the loading role `{role}` does not own the target `{}`", old.name))
        .help(format!("`ALTER DATABASE {} OWNER TO {}`", identifier(&old.name), identifier(&role))))
}

/// Marks a database as one that masque may replace.
///
/// # Errors
/// Guard, where it does not exist or is a build; target where the server fails.
pub async fn adopt(admin: &Session, target: &Url) -> Result<Marker> {
    let name = target.database();
    let found = marker::databases(admin).await?.into_iter().find(|d| d.name == name);
    let Some(found) = found else {
        return Err(refuse(format!("the target has no database `{name}`"))
            .help("an absent database needs no adoption: `masque refresh` makes it"));
    };
    if let Some(marker) = found.marker {
        return Ok(marker);
    }
    check_rights(admin, Some(&found)).await?;
    let marker = Marker::empty(State::Adopted, name, "adopt", found.identity);
    admin.run("writing the marker", &marker.statement(name)).await?;
    Ok(marker)
}

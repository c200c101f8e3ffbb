//! Which pairs of URLs masque refuses.
//!
//! A ladder, climbed before anything is written: the servers are two, and neither is the
//! other's copy; the source is no copy of ours; the target carries our marker, or holds
//! nothing and does not look like production.

use super::kinship::{Kinship, is_in_recovery};
use super::marker::{self, Database, Marker, State};
use super::refuse;
use super::sign::{self, Sign};
use crate::error::{Error, Kind, Result};
use crate::postgres::session::{Session, Side};
use crate::postgres::url::Url;
use crate::schema::identifier;

/// What a person allowed on the command line.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    /// Source and target may be databases of one server.
    pub same_server: bool,
    /// The source may itself be a copy that masque made.
    pub source_is_copy: bool,
    /// Signs of production that an unmarked target may show.
    pub allow: Vec<Sign>,
}

impl Guard {
    /// Climbs the ladder. `admin` is a session in the target's maintenance
    /// database. Gives the target as it stands, if it exists.
    ///
    /// # Errors
    /// Guard, each refusal with its own sentence; source or target where a server fails.
    pub async fn check(&self, source: &Session, admin: &Session, target: &Url) -> Result<Option<Database>> {
        let found = marker::databases(admin).await?.into_iter().find(|d| d.name == target.database());
        self.check_servers(source, admin, target, found.as_ref()).await?;
        if !self.source_is_copy
            && let Some(name) = marked(source).await?
        {
            return Err(refuse(format!("the source `{name}` is itself a copy that masque made"))
                .help("are the URLs swapped? `--source-is-copy` allows a copy of a copy"));
        }
        self.check_standing(admin, target, found.as_ref()).await?;
        Ok(found)
    }

    /// The rungs about the target alone: `found` is the database as it stands.
    ///
    /// # Errors
    /// As [`Guard::check`].
    pub async fn check_standing(
        &self,
        admin: &Session,
        target: &Url,
        found: Option<&Database>,
    ) -> Result<()> {
        if let Some(marker) = found.and_then(|database| database.marker.as_ref()) {
            return check_marker(marker, target.database());
        }
        if let Some(found) = found {
            if found.stray.is_some() {
                return Err(stray(target));
            }
            if !is_empty(target).await? {
                return Err(refuse(format!(
                    "the target `{}` holds tables and is not marked as masque's",
                    found.name
                ))
                .help(format!("if it may be replaced, say so once: `masque adopt --target '{target}'`")));
            }
        }
        sign::ask(admin, target, &self.allow).await
    }

    /// The rungs about the servers.
    async fn check_servers(
        &self,
        source: &Session,
        admin: &Session,
        target: &Url,
        found: Option<&Database>,
    ) -> Result<()> {
        let kinship = Kinship::of(source, admin).await?;
        if kinship == Kinship::Same {
            let sql = "SELECT current_database()::text";
            let database: String = source.one("reading the source's name", sql, &[]).await?.get(0);
            if database == target.database() {
                return Err(refuse(format!(
                    "source and target are the same database, `{database}` of one server"
                ))
                .help("give `--target` the URL of staging"));
            }
        }
        if is_in_recovery(admin).await? {
            return Err(standby());
        }
        if self.same_server {
            return Ok(());
        }
        let marker = found.and_then(|found| found.marker.as_ref()).filter(|marker| marker.copied_disks);
        match kinship {
            Kinship::Strangers => Ok(()),
            Kinship::Same => Err(refuse("source and target are databases of one server")
                .help("loading would slow production; `--same-server` allows it all the same")),
            // A standby of the target would show its marker.
            Kinship::SourceFollows if marker.is_some() && !shows(source, target, marker).await? => Ok(()),
            Kinship::SourceFollows => Err(refuse("the source is a standby of the target's server").help(
                "loading would slow production; where the target's server was restored from a copy of production's \
                 disks, say so once with `masque adopt --copied-disks`; `--same-server` allows either",
            )),
            Kinship::Copied if marker.is_some() => Ok(()),
            Kinship::Copied => Err(refuse(
                "the servers of source and target have one system identifier: one was made from the other's disks",
            )
            .help(
                "after a failover one of them may be production still; where the target is staging, say so once with \
                 `masque adopt --copied-disks`",
            )),
        }
    }
}

fn check_marker(marker: &Marker, target: &str) -> Result<()> {
    match marker.state {
        State::Building => Err(refuse(format!(
            "the target `{target}` is an unfinished build of another run"
        ))
        .help(format!("give `--target` the URL of `{}`; the next run drops the build", marker.target))),
        State::Kept => {
            Err(refuse(format!("the target `{target}` is a generation kept of `{}`", marker.target)).help(
                format!("give `--target` the URL of `{}`; `masque rollback` serves it again", marker.target),
            ))
        }
        State::Published | State::Adopted if marker.target != target => {
            Err(refuse(format!("the target `{target}` was `{}` when masque marked it", marker.target)).help(
                "somebody renamed it since; if it may be replaced under this name, `masque adopt` it again",
            ))
        }
        State::Published | State::Adopted => Ok(()),
    }
}

fn stray(target: &Url) -> Error {
    let name = target.database();
    refuse(format!("the marker of the target `{name}` was written for another database or server")).help(format!(
        "after a restore, an upgrade or a failover to another server, adopt it again: `masque adopt --target '{target}'`"
    ))
}

fn standby() -> Error {
    refuse("the target's server is a standby, where nothing can be written")
        .help("give `--target` the URL of staging's own primary")
}

/// Whether the source's server has the target's very marker: it then replays the target's.
async fn shows(source: &Session, target: &Url, marker: Option<&Marker>) -> Result<bool> {
    let found = marker::databases(source).await?.into_iter().find(|d| d.name == target.database());
    Ok(found.is_some_and(|found| found.marker.as_ref() == marker))
}

/// The source's name, where it carries a marker.
async fn marked(source: &Session) -> Result<Option<String>> {
    let sql = "SELECT datname::text, shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()";
    let row = source.one("reading the source's comment", sql, &[]).await?;
    let comment: Option<String> = row.get(1);
    // A storage snapshot of staging carries the comment too, so its binding is not asked for.
    let is_marked = comment.is_some_and(|text| serde_json::from_str::<Marker>(&text).is_ok());
    Ok(is_marked.then(|| row.get(0)))
}

/// Whether a database holds no table, view or sequence of a person's.
async fn is_empty(target: &Url) -> Result<bool> {
    let session = Session::open(target.connect(Kind::Target).await?, Side::Target).await?;
    let sql = "SELECT NOT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
               WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' AND NOT EXISTS \
               (SELECT FROM pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'))";
    Ok(session.one("looking whether the target is empty", sql, &[]).await?.get(0))
}

/// Refuses names that no target can have.
///
/// # Errors
/// Guard, for a database that the server needs itself; usage for a name that is too long.
pub fn check_name(target: &str, maintenance: Option<&str>) -> Result<()> {
    if maintenance == Some(target) {
        return Err(refuse("the target is its server's maintenance database")
            .help("give `--target` another database, or name another one with `--maintenance-db`"));
    }
    if target.len() > 63 {
        return Err(Error::usage("the target's name is longer than the 63 bytes PostgreSQL keeps of a name"));
    }
    if matches!(target, "template0" | "template1") {
        return Err(
            refuse("the target is a template of its server").help("give `--target` the URL of staging")
        );
    }
    Ok(())
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
        let statement = format!("ALTER ROLE {} CREATEDB", identifier(&role));
        return Err(Error::new(Kind::Target, format!("the loading role `{role}` may not make databases"))
            .help(format!(
                "a build is made beside the target, so that staging is never half-new, and that needs the right to: \
                 `{statement}`, said by a superuser or a role with CREATEDB and CREATEROLE; where nobody may give it, \
                 `--publish in-place` needs no other database"
            ))
            .remedy(vec![statement]));
    }
    match old {
        Some(old) => check_owner(admin, old).await,
        None => Ok(()),
    }
}

/// Finds out whether the loading role may mark the target at all.
///
/// # Errors
/// Target, with the statement that helps.
pub async fn check_owner(admin: &Session, old: &Database) -> Result<()> {
    let role: String = admin.one("reading the loading role", "SELECT current_user::text", &[]).await?.get(0);
    let sql = "SELECT pg_has_role(datdba, 'MEMBER') FROM pg_database WHERE datname = $1";
    let is_owner: bool = admin.one("reading the target's owner", sql, &[&old.name]).await?.get(0);
    if is_owner {
        return Ok(());
    }
    let statement = format!("ALTER DATABASE {} OWNER TO {}", identifier(&old.name), identifier(&role));
    Err(Error::new(Kind::Target, format!("the loading role `{role}` does not own the target `{}`", old.name))
        .help(format!("`{statement}`"))
        .remedy(vec![statement]))
}

/// What a person says when giving a database to masque.
#[derive(Clone, Debug, Default)]
pub struct Adoption {
    /// Signs of production it may show.
    pub allow: Vec<Sign>,
    /// Its server was restored from a copy of production's disks.
    pub copied_disks: bool,
}

/// Marks a database as one that masque may replace.
///
/// # Errors
/// Guard, where it does not exist, is a build or a kept generation, or looks like
/// production; target where the server fails.
pub async fn adopt(admin: &Session, target: &Url, said: &Adoption) -> Result<Marker> {
    let name = target.database();
    let found = marker::databases(admin).await?.into_iter().find(|d| d.name == name);
    let Some(found) = found else {
        return Err(refuse(format!("the target has no database `{name}`"))
            .help("an absent database needs no adoption: `masque refresh` makes it"));
    };
    if is_in_recovery(admin).await? {
        return Err(standby());
    }
    check_owner(admin, &found).await?;
    let marker = match &found.marker {
        Some(marker) if matches!(marker.state, State::Building | State::Kept) => {
            check_marker(marker, name)?;
            marker.clone()
        }
        Some(marker) if marker.target == name => {
            Marker { copied_disks: said.copied_disks || marker.copied_disks, ..marker.clone() }
        }
        _ => {
            sign::ask(admin, target, &said.allow).await?;
            let marker = Marker::empty(State::Adopted, name, "adopt", found.identity);
            Marker { copied_disks: said.copied_disks, ..marker }
        }
    };
    if found.marker.as_ref() != Some(&marker) {
        admin.run("writing the marker", &marker.statement(name)).await?;
    }
    Ok(marker)
}

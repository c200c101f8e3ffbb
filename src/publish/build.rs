//! The database being filled, before it is published.

use super::marker::{self, Database, Marker, State, UNBORN};
use super::{beside, literal};
use crate::error::{Error, Kind, Result};
use crate::point::{Point, reach};
use crate::postgres::leftover;
use crate::postgres::session::Session;
use crate::schema::identifier;
use std::fmt::Write;

/// A build: a database beside the target, known by its marker.
#[derive(Clone, Debug)]
pub struct Build {
    /// Its name.
    pub name: String,
    /// What its marker says.
    pub marker: Marker,
}

impl Build {
    /// Drops what crashed runs for this target left behind. Gives their names.
    ///
    /// # Errors
    /// Target, where the server refuses.
    pub async fn sweep(admin: &Session, target: &str) -> Result<Vec<String>> {
        let mut dropped = Vec::new();
        for database in marker::databases(admin).await? {
            if is_build(&database, target) {
                // A restore may still fill it, and a rename that was sent may still wait.
                let run = database.marker.as_ref().map_or(run_of(&database.name), |marker| &marker.run);
                leftover::end(admin, run).await?;
                drop_database(admin, &database.name).await?;
                dropped.push(database.name);
            }
        }
        Ok(dropped)
    }

    /// The name that a run's build for a target gets.
    #[must_use]
    pub fn name_of(target: &str, run: &str) -> String {
        beside(target, "masque", run)
    }

    /// Makes an empty build for `target` with the source's encoding and collation.
    ///
    /// # Errors
    /// Target, where the role lacks CREATEDB or the server lacks the locale.
    pub async fn create(
        admin: &Session,
        source: &Session,
        target: &str,
        run: &str,
        template: Option<&str>,
    ) -> Result<Self> {
        let name = Self::name_of(target, run);
        let locale = locale_clauses(source, admin).await?;
        let made_from = template.unwrap_or("template0");
        let sql = format!(
            "CREATE DATABASE {} TEMPLATE {}{locale} CONNECTION LIMIT {UNBORN}",
            identifier(&name),
            identifier(made_from)
        );
        admin.run("making the build database", &sql).await.map_err(|e| match e.sqlstate() {
            Some("42501") if template.is_some() => e.help(
                "the loading role must own the database of `--template`, or that one be a template: `ALTER DATABASE … IS_TEMPLATE true`",
            ),
            Some("42501") => e.help("the loading role needs CREATEDB: `ALTER ROLE <role> CREATEDB`"),
            Some("55006") => e.help("somebody is connected to the database of `--template`: it must be left alone"),
            Some("42809" | "22023" | "42704" | "0A000") => no_such_locale(&locale),
            _ => e,
        })?;
        reach(Point::BuildCreated).await;
        let row = admin
            .one(
                "reading the build's identity",
                "SELECT (SELECT system_identifier FROM pg_control_system())::text || ':' || oid FROM pg_database WHERE datname = $1",
                &[&name],
            )
            .await?;
        let marker = Marker::empty(State::Building, target, run, row.get(0));
        admin.run("marking the build", &marker.statement(&name)).await?;
        let limit = format!("ALTER DATABASE {} CONNECTION LIMIT -1", identifier(&name));
        admin.run("marking the build", &limit).await?;
        reach(Point::BuildMarked).await;
        Ok(Self { name, marker })
    }

    /// Drops the build and ends whoever is connected to it.
    ///
    /// # Errors
    /// Target, where the server refuses; the next run drops it then.
    pub async fn discard(admin: &Session, name: &str) -> Result<()> {
        drop_database(admin, name).await
    }
}

/// What it means when the server refuses the source's way to sort and write text.
fn no_such_locale(clauses: &str) -> Error {
    Error::new(Kind::Target, format!("the target's server can't make a database with the source's locale:{clauses}"))
        .help(
            "install that locale on the target's system (Debian: add it to `/etc/locale.gen`, then `locale-gen`) and restart \
             its server; an ICU locale needs a server built with ICU, and `--template` a database with this very locale",
        )
}

/// Whether a database is a build for `target`, marked or not yet marked. Under the run lock
/// it is one that a crashed run left behind.
pub(super) fn is_build(database: &Database, target: &str) -> bool {
    match &database.marker {
        Some(marker) => marker.state == State::Building && marker.target == target,
        None => database.is_unborn && is_build_name(&database.name, target),
    }
}

/// The run that a build's name ends with.
#[must_use]
pub fn run_of(name: &str) -> &str {
    name.rsplit_once('_').map_or("", |(_, run)| run)
}

/// Whether a name is one that a build for `target` would get.
fn is_build_name(name: &str, target: &str) -> bool {
    name.rsplit_once('_').is_some_and(|(_, run)| beside(target, "masque", run) == name)
}

pub(super) async fn drop_database(admin: &Session, name: &str) -> Result<()> {
    admin
        .run(
            "dropping an unfinished build or an old generation",
            &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", identifier(name)),
        )
        .await
}

/// `ENCODING … LC_COLLATE …` as the source's own database has them. The locale
/// columns changed their names between versions, so they are read through JSON.
async fn locale_clauses(source: &Session, admin: &Session) -> Result<String> {
    let sql = "SELECT pg_encoding_to_char(encoding)::text, datcollate::text, datctype::text, \
                      coalesce(to_jsonb(d) ->> 'datlocprovider', 'c'), \
                      coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale'), \
                      to_jsonb(d) ->> 'daticurules' \
               FROM pg_database d WHERE datname = current_database()";
    let row = source.one("reading the source's locale", sql, &[]).await?;
    let text = |column: usize| row.get::<_, Option<String>>(column).unwrap_or_default();
    let mut clauses = format!(
        " ENCODING {} LC_COLLATE {} LC_CTYPE {}",
        literal(&text(0)),
        literal(&text(1)),
        literal(&text(2))
    );
    let (provider, locale) = (text(3), text(4));
    if admin.major().await? >= 15 {
        match provider.as_str() {
            "i" => {
                let _ = write!(clauses, " LOCALE_PROVIDER icu ICU_LOCALE {}", literal(&locale));
                if !text(5).is_empty() {
                    let _ = write!(clauses, " ICU_RULES {}", literal(&text(5)));
                }
            }
            "b" => {
                let _ = write!(clauses, " LOCALE_PROVIDER builtin BUILTIN_LOCALE {}", literal(&locale));
            }
            _ => clauses.push_str(" LOCALE_PROVIDER libc"),
        }
    }
    Ok(clauses)
}

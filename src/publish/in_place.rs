//! Publishing for a role that may make no database: everything in one transaction, in the
//! target's own database.
//!
//! The old schemas are renamed aside, which takes no lock on what lies in them, so that
//! whoever reads goes on with the old data. The new ones are made and filled. Last of all the
//! old ones are dropped and the transaction is committed: from the first of these locks
//! readers wait, and then they see the new data by the old names. A run that dies leaves nothing,
//! because the server takes back a transaction whose session is gone.
//!
//! The old tables are dropped before the commit, and not after it, so that a statement that reads two
//! tables can't find one old and one new. Rows are written frozen: a transaction of REPEATABLE READ that
//! began before the commit and comes to a new table after it would find that empty. It still does
//! where a root distributes the rows, and finds remade columns as they were before they were set.

mod obstacle;

use super::marker::{self, Database, Marker, State};
use super::rename::Published;
use super::{Build, refuse};
use crate::error::{Error, Kind, Result};
use crate::point::{Point, reach};
use crate::postgres::access;
use crate::postgres::session::Session;
use crate::postgres::spaces::{self, Space};
use crate::schema::identifier;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// What a refresh in place replaces, and what it leaves alone. Only [`Replaced::look`] makes it.
#[derive(Clone, Debug)]
pub struct Replaced {
    run: String,
    /// Kind and name of what is set aside.
    old: Vec<(&'static str, String)>,
    /// Schemas that stay: they hold nothing but extensions.
    kept: BTreeSet<String>,
    /// Schemas of others, which the source does not have.
    pub left: Vec<String>,
    /// Whether the source has a schema `public`; no dump makes that one.
    needs_public: bool,
    /// The owner of the old `public`.
    public_owner: Option<String>,
}

/// The longest wait for one lock, shorter than the second after which the server looks for a deadlock.
const LOCK: &str = "400ms";

/// The longest that all locks together may take, while others wait for those that are held already.
const LOCKS: &str = "1s";

impl Replaced {
    /// Looks at both sides. `target` is a session in the target's own database.
    ///
    /// # Errors
    /// Guard, where it can't be replaced in one transaction, naming what is in the way; source or
    /// target where a server fails.
    pub async fn look(source: &Session, target: &Session, run: &str) -> Result<Self> {
        let (wanted, held) = (spaces::read(source).await?, spaces::read(target).await?);
        let role: String =
            target.one("reading the loading role", "SELECT current_user::text", &[]).await?.get(0);
        let is_wanted = |space: &Space| wanted.iter().any(|one| one.name == space.name);
        obstacle::of_extensions(&wanted.iter().collect::<Vec<_>>(), "source")?;
        let (kept, rest): (Vec<&Space>, Vec<&Space>) =
            held.iter().partition(|space| !space.is_used && !space.extensions.is_empty());
        let (left, old): (Vec<&Space>, Vec<&Space>) =
            rest.into_iter().partition(|space| !space.is_ours && !is_wanted(space));
        obstacle::of_owner(&old, &role)?;
        obstacle::of_extensions(&old, "target")?;
        if let Some(space) =
            kept.iter().find(|space| wanted.iter().any(|w| w.name == space.name && w.is_used))
        {
            return Err(refuse(format!(
                "the target can't be refreshed in place: its schema `{}` holds extensions, and on the source it holds more",
                space.name
            ))
            .help("give extensions the schema that they have on the source, or use `--publish swap`"));
        }
        obstacle::of_database(target).await?;
        let names: Vec<&str> = old.iter().map(|space| space.name.as_str()).collect();
        obstacle::of_dependents(target, &names).await?;
        let mut things: Vec<_> = names.iter().map(|name| ("SCHEMA", (*name).to_owned())).collect();
        things.extend(foreign(target).await?);
        let owner = |space: &&&Space| space.name == "public";
        Ok(Self {
            run: run.to_owned(),
            public_owner: old.iter().find(owner).map(|space| space.owner.clone()),
            old: things,
            needs_public: wanted.iter().any(|space| space.name == "public")
                && !kept.iter().any(|space| space.name == "public"),
            kept: kept.into_iter().map(|space| space.name.clone()).collect(),
            left: left.into_iter().map(|space| space.name.clone()).collect(),
        })
    }

    /// The schemas that no statement of a dump shall make.
    #[must_use]
    pub fn kept(&self) -> &BTreeSet<String> {
        &self.kept
    }

    /// Begins the transaction, renames the old schemas, and makes `public` as every database has it.
    ///
    /// # Errors
    /// Target, where the server refuses.
    pub async fn set_aside(&self, session: &Session) -> Result<()> {
        const DOING: &str = "setting the old schemas aside";
        session.begin(DOING).await?;
        session.run(DOING, "SET LOCAL lock_timeout = '20s'").await?;
        for (place, (kind, name)) in self.old.iter().enumerate() {
            let (from, to) = (identifier(name), identifier(&self.aside(place)));
            session
                .run(&format!("setting `{name}` aside"), &format!("ALTER {kind} {from} RENAME TO {to}"))
                .await?;
        }
        access::clear_defaults(session).await?;
        if self.needs_public {
            self.make_public(session).await?;
        }
        session.run(DOING, "SET LOCAL lock_timeout = 0").await
    }

    /// What a thing is called until it is dropped: short enough whatever it was called.
    fn aside(&self, place: usize) -> String {
        format!("masque_old_{}_{place}", self.run)
    }

    async fn make_public(&self, session: &Session) -> Result<()> {
        const DOING: &str = "making the schema `public`";
        let is_closed = session.major().await? >= 15;
        let (rights, owner) = if is_closed {
            ("USAGE", Some("pg_database_owner"))
        } else {
            ("CREATE, USAGE", self.public_owner.as_deref())
        };
        let mut sql = format!(
            "CREATE SCHEMA public; COMMENT ON SCHEMA public IS 'standard public schema'; GRANT {rights} ON SCHEMA public TO PUBLIC"
        );
        if let Some(owner) = owner {
            sql = format!("{sql}; ALTER SCHEMA public OWNER TO {}", identifier(owner));
        }
        session.run(DOING, &sql).await
    }

    /// Drops the old schemas and commits, with `finished` as the database's marker. `admin` is another
    /// session on the server. Whoever has the old tables open is waited for again and again for as
    /// long as `wait`, and others wait behind us for about a second at most, each time.
    ///
    /// # Errors
    /// Target, where somebody held on or the server refuses: then nothing has changed. Guard, where
    /// something new depends on what would be dropped.
    pub async fn publish(
        &self,
        session: &Session,
        admin: &Session,
        finished: &Marker,
        wait: Duration,
    ) -> Result<Published> {
        const DOING: &str = "dropping the old schemas";
        let aside: Vec<String> = (0..self.old.len()).map(|place| self.aside(place)).collect();
        let schemas: Vec<&str> = aside.iter().map(String::as_str).collect();
        let tables = tables(session, &schemas).await?;
        let marked = Marker { at: marker::now(), ..finished.clone() }.statement(&finished.target);
        session.run(DOING, &format!("{marked}; SAVEPOINT masque_old")).await?;
        let asked = Instant::now();
        let took = loop {
            let began = Instant::now();
            match self.drop_all(session, &schemas, &tables).await {
                Ok(()) => break began,
                Err(error) => {
                    session.run(DOING, "ROLLBACK TO SAVEPOINT masque_old").await?;
                    // A lock, all the locks, a deadlock: somebody is at work on the old tables.
                    if !matches!(error.sqlstate(), Some("55P03" | "57014" | "40P01")) {
                        return Err(error);
                    }
                    if asked.elapsed() >= wait {
                        return Err(held(session, admin, &tables).await);
                    }
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
            }
        };
        reach(Point::RenameSent).await;
        if let Err(error) = session.run("committing the new data", "COMMIT").await {
            // Perhaps only the answer is lost.
            let found = marker::find(admin, &finished.target).await?;
            if !found.and_then(|found| found.marker).is_some_and(|m| m.is_published_by(&finished.run)) {
                return Err(error);
            }
        }
        let took = took.elapsed();
        reach(Point::Renamed).await;
        Ok(Published { kept: None, dropped: Vec::new(), left: None, took })
    }

    async fn drop_all(&self, session: &Session, schemas: &[&str], tables: &[Table]) -> Result<()> {
        const DOING: &str = "dropping the old schemas";
        // While the new data was loaded somebody may have made an extension in an old schema.
        let mut held = spaces::read(session).await?;
        for space in &mut held {
            let place = schemas.iter().position(|name| *name == space.name);
            let Some((_, name)) = place.and_then(|place| self.old.get(place)) else { continue };
            name.clone_into(&mut space.name);
            space.is_used = true;
            obstacle::of_extensions(&[&*space], "target")?;
        }
        let limit = format!("SET LOCAL lock_timeout = '{LOCK}'; SET LOCAL statement_timeout = '{LOCKS}'");
        session.run(DOING, &limit).await?;
        // What others made in our schema we may drop with it, but not lock by name.
        let names: Vec<&str> =
            tables.iter().filter(|table| table.is_ours).map(|table| table.name.as_str()).collect();
        if !names.is_empty() {
            let lock = format!("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", names.join(", "));
            session.run("locking the old tables", &lock).await?;
        }
        session.run(DOING, "SET LOCAL statement_timeout = 0").await?;
        // Nobody can make a view of them any more; one elsewhere may have been made while we loaded.
        obstacle::of_dependents(session, schemas).await?;
        for (place, (kind, _)) in self.old.iter().enumerate() {
            let name = identifier(&self.aside(place));
            session.run(DOING, &format!("DROP {kind} {name} CASCADE")).await?;
        }
        session.run(DOING, "SET LOCAL lock_timeout = 0").await
    }
}

impl Build {
    /// The build of a run that loads into the target itself.
    #[must_use]
    pub fn within(target: &Database, run: &str) -> Self {
        let marker = Marker::empty(State::Building, &target.name, run, target.identity.clone());
        Self { name: target.name.clone(), marker: Marker { in_place: true, ..marker } }
    }
}

/// Foreign servers and wrappers that people made: they belong to no schema, and the dump makes them anew.
async fn foreign(target: &Session) -> Result<Vec<(&'static str, String)>> {
    let mut found = Vec::new();
    for (kind, catalog, column) in [
        ("SERVER", "pg_foreign_server", "srvname"),
        ("FOREIGN DATA WRAPPER", "pg_foreign_data_wrapper", "fdwname"),
    ] {
        let sql = format!(
            "SELECT f.{column}::text FROM {catalog} f WHERE NOT EXISTS (SELECT FROM pg_depend d \
             WHERE d.classid = '{catalog}'::regclass AND d.objid = f.oid AND d.deptype = 'e') ORDER BY 1"
        );
        let rows = target.query("reading the foreign servers", &sql, &[]).await?;
        found.extend(rows.iter().map(|row| (kind, row.get(0))));
    }
    Ok(found)
}

/// A table that will be dropped.
struct Table {
    number: u32,
    /// As SQL writes it.
    name: String,
    /// Whether the loading role may lock it.
    is_ours: bool,
}

async fn tables(session: &Session, schemas: &[&str]) -> Result<Vec<Table>> {
    let sql = "SELECT c.oid, format('%I.%I', n.nspname, c.relname), pg_has_role(c.relowner, 'USAGE') FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
               WHERE c.relkind IN ('r', 'p') AND n.nspname = ANY ($1) ORDER BY c.oid";
    let rows = session.query("reading the old tables", sql, &[&schemas]).await?;
    Ok(rows.iter().map(|row| Table { number: row.get(0), name: row.get(1), is_ours: row.get(2) }).collect())
}

/// Says who did not let go of the old tables.
async fn held(session: &Session, admin: &Session, tables: &[Table]) -> Error {
    let ours = session.pid().await.unwrap_or_default();
    let numbers: Vec<u32> = tables.iter().map(|table| table.number).collect();
    let sql = "SELECT DISTINCT r.rolname::text FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid JOIN pg_roles r ON r.oid = a.usesysid \
               WHERE l.relation = ANY ($1) AND l.granted AND l.pid <> $2 ORDER BY 1";
    let rows =
        admin.query("asking who is at the old tables", sql, &[&numbers, &ours]).await.unwrap_or_default();
    let whose: Vec<String> = rows.iter().map(|row| format!("`{}`", row.get::<_, String>(0))).collect();
    let whose = if whose.is_empty() { String::new() } else { format!(" of {}", whose.join(", ")) };
    Error::new(
        Kind::Target,
        format!(
            "publishing: sessions{whose} had the old tables open all the time, so they could not be dropped"
        ),
    )
    .help("nothing has changed; end those transactions, or give a longer `--publish-wait`")
}

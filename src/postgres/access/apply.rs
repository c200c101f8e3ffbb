//! The last step on a build: row security, comments, owners, privileges.
//!
//! The order is what makes it possible for a role that is no superuser. Comments
//! need ownership, so they come before owners. An owner must be able to create in
//! the schema that it is given an object in, and whoever grants must be able to use
//! it: so schemas are opened to them first, and get their own owner and privileges
//! when all else is done.

use super::object::{Object, Scope};
use super::statement::{self, Statement};
use super::{Access, object, policy};
use crate::error::{Error, Kind, Result};
use crate::postgres::session::Session;
use std::collections::{BTreeMap, BTreeSet};

/// How many statements are sent together: so many locks are held at a time.
const AT_ONCE: usize = 200;

type Held<'a> = BTreeMap<(&'a str, &'a str, Option<&'a str>), &'a Object>;

/// Statements with the objects they are about.
type About<'a> = Vec<(&'a Object, Statement)>;

fn by_key(objects: &[Object]) -> Held<'_> {
    objects.iter().map(|object| (object.key(), object)).collect()
}

impl Access {
    /// Sets row security on the build. Comes before [`Access::close`]; comments on
    /// policies and whatever else needs the loading role to own everything fit between.
    ///
    /// # Errors
    /// Target, naming what was refused.
    pub async fn secure(&self, build: &Session) -> Result<()> {
        let (held, secured) = (policy::read(build).await?, policy::read_secured(build).await?);
        let new = self.policies.iter().filter(|policy| !held.iter().any(|held| held.is_named_as(policy)));
        let mut statements: Vec<Statement> = new.map(policy::Policy::statement).collect();
        for table in self.secured.difference(&secured) {
            let sql = format!("ALTER TABLE ONLY {table} ENABLE ROW LEVEL SECURITY");
            statements.push(Statement { actor: None, sql, about: format!("the row security of `{table}`") });
        }
        run(build, &statements).await
    }

    /// Gives everything on the build its owner and privileges, and compares. Nothing
    /// may be done on the build after it that only an owner may do.
    ///
    /// # Errors
    /// Target, naming what was refused; verify, where the build's access is another
    /// than it should be.
    pub async fn close(mut self, build: &Session) -> Result<usize> {
        let sql = "SELECT rolname::text, current_user::text FROM pg_roles WHERE oid = 10";
        let row = build.one("reading who made the system's objects", sql, &[]).await?;
        let (first, loader): (String, String) = (row.get(0), row.get(1));
        self.objects.iter_mut().for_each(|object| object.settle_owner(&first, &loader));
        let held = object::read(build, Scope::Whole).await?;
        let held = by_key(&held);
        let (schemas, others): (Vec<&Object>, Vec<&Object>) =
            self.objects.iter().partition(|object| object.kind == "SCHEMA");
        let (owners, grants) = self.statements(&others, &held);
        let shutting = self.open_schemas(build, &owners, &grants).await?;
        let defaults = self.defaults.iter().flat_map(super::default::DefaultGrant::statements);
        let statements: Vec<Statement> =
            owners.into_iter().chain(grants).map(|(_, statement)| statement).chain(defaults).collect();
        run(build, &statements).await?;
        run(build, &shutting).await?;
        if !schemas.iter().any(|schema| schema.name == "public") {
            drop_public(build).await?;
        }
        let held = object::read(build, Scope::Schemas).await?;
        let (owners, grants) = self.statements(&schemas, &by_key(&held));
        let statements: Vec<Statement> =
            owners.into_iter().chain(grants).map(|(_, statement)| statement).collect();
        run(build, &statements).await?;
        self.compare(&Self::read(build).await?)
    }

    /// What sets owners, and what sets privileges, each with its object.
    fn statements<'a>(&self, wanted: &[&'a Object], held: &Held<'_>) -> (About<'a>, About<'a>) {
        let (mut owners, mut grants) = (Vec::new(), Vec::new());
        for &object in wanted {
            let held = held.get(&object.key()).copied();
            if let (true, Some(held)) = (self.owners, held) {
                owners.extend(statement::give(object, held).map(|statement| (object, statement)));
            }
            if self.privileges {
                let statements = statement::grant(object, held, self.owners);
                grants.extend(statements.into_iter().map(|statement| (object, statement)));
            }
        }
        (owners, grants)
    }

    /// Lets owners and whoever grants into the schemas of what they will own or grant.
    /// Gives what shuts the schemas again.
    async fn open_schemas(
        &self,
        build: &Session,
        owners: &[(&Object, Statement)],
        grants: &[(&Object, Statement)],
    ) -> Result<Vec<Statement>> {
        let mut pairs: BTreeSet<(&str, &str)> = BTreeSet::new();
        let own = owners.iter().map(|(object, _)| (*object, object.owner.as_str()));
        let act =
            grants.iter().filter_map(|(object, statement)| Some((*object, statement.actor.as_deref()?)));
        for (object, role) in own.chain(act) {
            if let Some(schema) = object.schema.as_deref() {
                pairs.insert((schema, role));
            }
        }
        let (schemas, roles): (Vec<&str>, Vec<&str>) = pairs.into_iter().unzip();
        let sql = "SELECT format('CREATE, USAGE ON SCHEMA %s', s), quote_ident(r), format('the schema `%s`', s), \
                          (SELECT rolname::text FROM pg_roles WHERE oid = n.nspowner AND rolname = 'pg_database_owner') \
                   FROM unnest($1::text[], $2::text[]) p (s, r) JOIN pg_namespace n ON quote_ident(n.nspname) = s \
                   WHERE NOT (has_schema_privilege(r, n.oid, 'CREATE') AND has_schema_privilege(r, n.oid, 'USAGE'))";
        let rows = build.query("reading who may use the schemas", sql, &[&schemas, &roles]).await?;
        let (mut opening, mut shutting) = (Vec::new(), Vec::new());
        for row in rows {
            let (what, role, about): (String, String, String) = (row.get(0), row.get(1), row.get(2));
            let say = |sql| Statement { actor: row.get(3), sql, about: about.clone() };
            opening.push(say(format!("GRANT {what} TO {role}")));
            shutting.push(say(format!("REVOKE {what} FROM {role}")));
        }
        run(build, &opening).await?;
        Ok(shutting)
    }

    /// Compares the build's access, as `held`, with what it should be.
    fn compare(&self, held: &Self) -> Result<usize> {
        let objects = by_key(&held.objects);
        let mut wrong = Vec::new();
        for object in &self.objects {
            let held = objects.get(&object.key()).copied();
            if self.owners && held.is_some_and(|held| object.follows_owner() && held.owner != object.owner) {
                wrong.push(format!("the owner of {object}"));
            } else if held.is_none() && !object.is_given() && object.column.is_none() {
                wrong.push(format!("{object} is missing"));
            } else if self.privileges
                && !object.is_given()
                && !statement::grant(object, held, self.owners).is_empty()
            {
                wrong.push(format!("the privileges on {object}"));
            }
        }
        let defaults =
            self.defaults.iter().filter(|wanted| !held.defaults.iter().any(|held| wanted.is_as(held)));
        wrong.extend(defaults.map(super::default::DefaultGrant::about));
        let policies =
            self.policies.iter().filter(|wanted| !held.policies.iter().any(|held| wanted.is_as(held)));
        wrong.extend(policies.map(policy::Policy::about));
        if wrong.is_empty() {
            return Ok(self.objects.len() + self.defaults.len() + self.policies.len());
        }
        let more = wrong.len().saturating_sub(10);
        wrong.truncate(10);
        let more = if more > 0 { format!("; and {more} more") } else { String::new() };
        Err(Error::new(
            Kind::Verify,
            format!("the build's access is not as on the source: {}{more}", wrong.join("; ")),
        ))
    }
}

/// Every database is made with a schema `public`; a source may have dropped its own.
async fn drop_public(build: &Session) -> Result<()> {
    match build.run_whole("dropping the schema `public`", "DROP SCHEMA IF EXISTS public RESTRICT").await {
        // `--template` put something there.
        Err(error) if error.sqlstate() == Some("2BP01") => Ok(()),
        done => done,
    }
}

/// Runs statements in groups; of a group that is refused, one by one, so that an
/// error names what it is about.
pub(super) async fn run(build: &Session, statements: &[Statement]) -> Result<()> {
    for group in statements.chunks(AT_ONCE) {
        if build.run_whole("setting owners and privileges", &statement::script(group)).await.is_ok() {
            continue;
        }
        build.run("giving back the role", "RESET ROLE").await?;
        for one in group {
            let doing = format!("setting {}", one.about);
            build.run(&doing, &statement::script(std::slice::from_ref(one))).await.map_err(|error| {
                error.help("the loading role lacks a right for it: load as a superuser, or leave access out with `--no-owner` and `--no-privileges`")
            })?;
        }
    }
    Ok(())
}

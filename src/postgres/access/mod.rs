//! Who owns what and who may do what: owners, privileges, default privileges and
//! row security, carried from the source to the build.
//!
//! A migration that fails in production for want of a privilege must fail in
//! staging too. But who loads must own what it loads: so the schema is made without
//! owners and privileges, and everything of this room is done last, when rows,
//! indexes, views and counts are finished: [`Access::close`].
//!
//! The catalogs of both sides are read by the same query, and statements are made
//! for what differs. An object of the system or of an extension carries only what a
//! person changed since it was made. Roles are named as the target will have them
//! from [`Access::for_target`] on; before rows move, [`Loader::prepare`] finds out
//! which of them are missing and whether the loading role can act for them.

mod apply;
mod default;
mod grant;
mod loader;
mod object;
mod policy;
mod statement;

pub use loader::Loader;

use super::session::Session;
use crate::error::Result;
use crate::schema::quote;
use default::DefaultGrant;
use object::{Object, Scope};
use policy::Policy;
use std::collections::{BTreeMap, BTreeSet};

/// The names of all roles of a server.
///
/// # Errors
/// Source or target, where the query fails.
pub async fn roles(session: &Session) -> Result<Vec<String>> {
    let rows =
        session.query("reading the roles", "SELECT rolname::text FROM pg_roles ORDER BY 1", &[]).await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// Takes back the default privileges that hold in the whole database: those of a schema go with it.
///
/// # Errors
/// Target, naming whose.
pub async fn clear_defaults(session: &Session) -> Result<()> {
    let found = default::read(session).await?;
    let statements: Vec<_> = found.iter().flat_map(DefaultGrant::undoing).collect();
    apply::run(session, &statements).await
}

/// What of a source's access a copy gets.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Whether objects get their owners.
    pub owners: bool,
    /// Whether they get their privileges.
    pub privileges: bool,
    /// The target's role for a role of the source; one that is not here keeps its name.
    pub roles: BTreeMap<String, String>,
}

/// Owners, privileges and row security of a database.
#[derive(Clone, Debug)]
pub struct Access {
    objects: Vec<Object>,
    defaults: Vec<DefaultGrant>,
    policies: Vec<Policy>,
    /// Tables with row security switched on, as SQL writes them.
    secured: BTreeSet<String>,
    /// Roles that settings of functions name.
    assumed: BTreeSet<String>,
    owners: bool,
    privileges: bool,
}

impl Access {
    /// Reads it in the session's current transaction, with five queries.
    ///
    /// # Errors
    /// Source or target, where a query fails.
    pub async fn read(session: &Session) -> Result<Self> {
        let doing = "reading the roles that functions assume";
        let sql = "SELECT DISTINCT btrim(split_part(s, '=', 2), '\"') FROM pg_proc, unnest(proconfig) s \
                   WHERE oid >= 16384 AND s LIKE 'role=%'";
        let assumed = session.query(doing, sql, &[]).await?;
        Ok(Self {
            objects: object::read(session, Scope::Whole).await?,
            defaults: default::read(session).await?,
            policies: policy::read(session).await?,
            secured: policy::read_secured(session).await?,
            assumed: assumed.iter().map(|row| row.get(0)).filter(|role| role != "none").collect(),
            owners: true,
            privileges: true,
        })
    }

    /// The access that the copy shall have, with the target's names of roles.
    #[must_use]
    pub fn for_target(mut self, wish: &Wish) -> Self {
        let name = |role: &mut String| {
            if let Some(to) = wish.roles.get(role) {
                role.clone_from(to);
            }
        };
        (self.owners, self.privileges) = (wish.owners, wish.privileges);
        if !wish.privileges {
            self.objects.iter_mut().for_each(Object::forget_grants);
            self.defaults.clear();
        }
        self.objects.iter_mut().for_each(|object| object.rename_roles(&name));
        self.defaults.iter_mut().for_each(|default| default.rename_roles(&name));
        self.policies.iter_mut().for_each(|policy| policy.rename_roles(&name));
        self
    }

    /// Leaves schemas as they are: they stood before, and others look after them.
    #[must_use]
    pub fn without_schemas(mut self, names: &BTreeSet<String>) -> Self {
        let stays =
            |object: &Object| object.kind == "SCHEMA" && names.iter().any(|name| quote(name) == object.name);
        self.objects.retain(|object| !stays(object));
        self
    }

    /// The roles that the loading role must be able to act for: owners, those who
    /// granted what is not theirs, and those with default privileges.
    fn actors(&self) -> BTreeSet<&str> {
        let owners = self.objects.iter().filter(|object| self.owners && object.can_move());
        let owners = owners.map(|object| object.owner.as_str());
        let grantors = self.objects.iter().flat_map(Object::grantors);
        let defaults = self.defaults.iter().map(|default| default.role.as_str());
        owners.chain(grantors).chain(defaults).filter(|role| *role != statement::DATABASE_OWNER).collect()
    }

    /// Every role that is named.
    #[must_use]
    pub fn roles(&self) -> BTreeSet<&str> {
        let mut roles = self.actors();
        roles.extend(self.objects.iter().flat_map(Object::grantees));
        roles.extend(self.defaults.iter().flat_map(DefaultGrant::grantees));
        roles.extend(self.policies.iter().flat_map(|policy| policy.roles.iter().map(String::as_str)));
        roles.extend(self.assumed.iter().map(String::as_str));
        roles
    }

    /// What only a superuser may change: privileges of what the system or an extension
    /// made (the objects of a trusted extension are a superuser's), and those of the
    /// schema `public` where no role of the database owns it.
    fn for_superusers(&self, major: i32) -> Option<&Object> {
        let is_out_of_reach = |object: &&Object| {
            object.is_given() && object.is_changed()
                || major < 15 && self.privileges && object.is_altered_public()
        };
        self.objects.iter().find(is_out_of_reach)
    }
}

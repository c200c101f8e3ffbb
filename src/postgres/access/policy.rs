//! Row security: policies, and the tables they are switched on for.
//!
//! Made last, because a table's rows are hidden from its loader as soon as both
//! `ENABLE` and `FORCE` are set, and because a policy names roles.

use super::statement::Statement;
use crate::error::Result;
use crate::postgres::catalog::USER_SCHEMAS;
use crate::postgres::session::Session;
use crate::schema::identifier;
use std::collections::BTreeSet;

/// A policy of a table.
#[derive(Clone, Debug)]
pub(super) struct Policy {
    table: String,
    name: String,
    command: String,
    permissive: bool,
    /// Empty for everybody.
    pub(super) roles: Vec<String>,
    using: Option<String>,
    check: Option<String>,
}

pub(super) async fn read(session: &Session) -> Result<Vec<Policy>> {
    let sql = format!(
        "SELECT format('%I.%I', n.nspname, c.relname), p.polname::text, \
                CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END, \
                p.polpermissive, ARRAY(SELECT r.rolname::text FROM pg_roles r WHERE r.oid = ANY (p.polroles) ORDER BY 1), \
                pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid) \
         FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {USER_SCHEMAS} ORDER BY 1, 2"
    );
    let rows = session.query("reading the policies", &sql, &[]).await?;
    let policy = |row: &tokio_postgres::Row| Policy {
        table: row.get(0),
        name: row.get(1),
        command: row.get(2),
        permissive: row.get(3),
        roles: row.get(4),
        using: row.get(5),
        check: row.get(6),
    };
    Ok(rows.iter().map(policy).collect())
}

/// The tables whose row security is switched on.
pub(super) async fn read_secured(session: &Session) -> Result<BTreeSet<String>> {
    let sql = format!(
        "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE c.relrowsecurity AND {USER_SCHEMAS}"
    );
    Ok(session
        .query("reading which tables have row security", &sql, &[])
        .await?
        .iter()
        .map(|row| row.get(0))
        .collect())
}

impl Policy {
    pub(super) fn rename_roles(&mut self, name: &dyn Fn(&mut String)) {
        self.roles.iter_mut().for_each(name);
        self.roles.sort();
        self.roles.dedup();
    }

    /// Whether `other` is the same for the same roles. Expressions are not compared:
    /// servers of two versions print them differently.
    pub(super) fn is_as(&self, other: &Self) -> bool {
        self.is_named_as(other)
            && (&self.command, self.permissive, &self.roles)
                == (&other.command, other.permissive, &other.roles)
    }

    pub(super) fn is_named_as(&self, other: &Self) -> bool {
        (&self.table, &self.name) == (&other.table, &other.name)
    }

    pub(super) fn about(&self) -> String {
        format!("the policy `{}` of `{}`", self.name, self.table)
    }

    pub(super) fn statement(&self) -> Statement {
        let kind = if self.permissive { "PERMISSIVE" } else { "RESTRICTIVE" };
        let roles: Vec<String> = self.roles.iter().map(|role| identifier(role)).collect();
        let roles = if roles.is_empty() { String::from("PUBLIC") } else { roles.join(", ") };
        let clause = |word: &str, expression: &Option<String>| {
            expression.as_ref().map(|expression| format!(" {word} ({expression})")).unwrap_or_default()
        };
        let sql = format!(
            "CREATE POLICY {} ON {} AS {kind} FOR {} TO {roles}{}{}",
            identifier(&self.name),
            self.table,
            self.command,
            clause("USING", &self.using),
            clause("WITH CHECK", &self.check)
        );
        Statement { actor: None, sql, about: self.about() }
    }
}

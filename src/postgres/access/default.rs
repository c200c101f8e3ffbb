//! Default privileges: what a role's future objects will be given.

use super::grant::{self, Grant, Whom};
use super::statement::Statement;
use crate::error::Result;
use crate::postgres::session::Session;
use crate::schema::identifier;

/// The default privileges of a role for one kind of object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DefaultGrant {
    pub(super) role: String,
    /// Only in this schema, and then beside what holds everywhere.
    schema: Option<String>,
    /// `TABLES`, `SEQUENCES` …
    kind: String,
    grants: Vec<Grant>,
}

pub(super) async fn read(session: &Session) -> Result<Vec<DefaultGrant>> {
    let sql = "SELECT o.rolname::text, n.nspname::text, \
                      CASE d.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'ROUTINES' WHEN 'T' THEN 'TYPES' \
                           WHEN 'n' THEN 'SCHEMAS' ELSE 'LARGE OBJECTS' END, \
                      (SELECT jsonb_agg(jsonb_build_array('o', whom, CASE WHEN count = f.privileges THEN '[\"ALL\"]'::jsonb ELSE what END, option) ORDER BY place)::text \
                         FROM (SELECT CASE e.grantee WHEN 0 THEN 'p' WHEN d.defaclrole THEN 'o' ELSE 'r' || w.rolname END AS whom, \
                                      jsonb_agg(e.privilege_type ORDER BY e.privilege_type) AS what, count(*), e.is_grantable AS option, min(e.ordinality) AS place \
                                 FROM aclexplode(d.defaclacl) WITH ORDINALITY e LEFT JOIN pg_roles w ON w.oid = e.grantee \
                                WHERE w.oid IS NOT NULL OR e.grantee = 0 GROUP BY e.grantee, w.rolname, e.is_grantable) x) \
                 FROM pg_default_acl d JOIN pg_roles o ON o.oid = d.defaclrole LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace \
                 CROSS JOIN LATERAL (SELECT count(*) AS privileges FROM aclexplode(acldefault( \
                      CASE d.defaclobjtype WHEN 'S' THEN 's' ELSE d.defaclobjtype END::\"char\", d.defaclrole)) p WHERE p.grantee = d.defaclrole) f \
                 ORDER BY 1, 2, 3";
    let rows = session.query("reading the default privileges", sql, &[]).await?;
    rows.iter()
        .map(|row| {
            let grants = grant::read(row.get(3))?.unwrap_or_default();
            Ok(DefaultGrant { role: row.get(0), schema: row.get(1), kind: row.get(2), grants })
        })
        .collect()
}

impl DefaultGrant {
    pub(super) fn rename_roles(&mut self, name: &dyn Fn(&mut String)) {
        name(&mut self.role);
        grant::rename_roles(&mut self.grants, &self.role, name);
    }

    pub(super) fn grantees(&self) -> impl Iterator<Item = &str> {
        self.grants.iter().filter_map(|grant| grant.to.role())
    }

    /// Whether `other` says the same.
    pub(super) fn is_as(&self, other: &Self) -> bool {
        (&self.role, &self.schema, &self.kind) == (&other.role, &other.schema, &other.kind)
            && grant::sum(&self.grants) == grant::sum(&other.grants)
    }

    pub(super) fn about(&self) -> String {
        format!("the default privileges of `{}` for {}", self.role, self.kind.to_lowercase())
    }

    /// What takes it back, where it holds in the whole database.
    pub(super) fn undoing(&self) -> Vec<Statement> {
        if self.schema.is_some() {
            return Vec::new();
        }
        let head = "ALTER DEFAULT PRIVILEGES";
        let given = self.grants.iter().map(|grant| &grant.to);
        let mut all: Vec<String> = given
            .map(|whom| format!("{head} REVOKE ALL ON {} FROM {}", self.kind, whom.sql(&self.role)))
            .collect();
        // What nobody set is not written down, so that the last of these removes the entry.
        for grant in grant::of_nobody(self.kind.trim_end_matches('S')) {
            all.push(format!("{head} GRANT ALL ON {} TO {}", self.kind, grant.to.sql(&self.role)));
        }
        let statement = |sql| Statement { actor: Some(self.role.clone()), sql, about: self.about() };
        all.into_iter().map(statement).collect()
    }

    /// What sets it where nothing is set.
    pub(super) fn statements(&self) -> Vec<Statement> {
        let place = self.schema.as_deref().map(|schema| format!(" IN SCHEMA {}", identifier(schema)));
        let head = format!("ALTER DEFAULT PRIVILEGES{}", place.unwrap_or_default());
        let mut all = Vec::new();
        if self.schema.is_none() {
            let public = Whom::Public;
            let given =
                [Some(&Whom::Owner), ["ROUTINES", "TYPES"].contains(&self.kind.as_str()).then_some(&public)];
            for whom in given.into_iter().flatten() {
                all.push(format!("{head} REVOKE ALL ON {} FROM {}", self.kind, whom.sql(&self.role)));
            }
        }
        for grant in &self.grants {
            let option = if grant.option { " WITH GRANT OPTION" } else { "" };
            let to = grant.to.sql(&self.role);
            all.push(format!("{head} GRANT {} ON {} TO {to}{option}", grant.what.join(", "), self.kind));
        }
        let statement = |sql| Statement { actor: Some(self.role.clone()), sql, about: self.about() };
        all.into_iter().map(statement).collect()
    }
}

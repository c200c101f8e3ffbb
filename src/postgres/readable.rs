//! What a role lacks for reading a whole database, and the statements that grant it.
//!
//! Every table is locked while it is copied, whatever the rules leave out, and a lock
//! needs the right to read. One predefined role covers schemas, tables, sequences and
//! large objects; row security is waived by an attribute alone.

use super::catalog::USER_SCHEMAS;
use super::session::Session;
use crate::error::{Error, Kind, Result};
use crate::schema::identifier;

/// What the statement of [`Lack::grant`] is for.
pub const READ_EVERYTHING: &str = "let it read everything, and nothing else";

/// What stands between a role and the rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lack {
    /// The role.
    pub role: String,
    /// Schemas it may not look into.
    pub schemas: Vec<String>,
    /// Tables it may not read.
    pub tables: Vec<String>,
    /// Sequences it may not read.
    pub sequences: Vec<String>,
    /// Whether there are large objects and it may not read them.
    pub large_objects: bool,
    /// Tables whose row security would hide rows from it, by number and name.
    pub hidden: Vec<(u32, String)>,
}

/// Looks through the catalog.
///
/// # Errors
/// Of the session's side, where a query fails.
pub async fn look(session: &Session) -> Result<Lack> {
    let doing = "reading what the role may read";
    let listed = |which: &str, what: &str| {
        format!(
            "coalesce((SELECT array_agg({which} ORDER BY n.nspname, c.relname) \
             FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
             WHERE {USER_SCHEMAS} AND c.relpersistence <> 't' AND {what}), '{{}}')"
        )
    };
    let all = |what: &str| listed("format('%I.%I', n.nspname, c.relname)", what);
    let hidden = "c.relkind IN ('r', 'p') AND c.relrowsecurity AND row_security_active(c.oid)";
    let sql = format!(
        "SELECT current_user::text, \
                coalesce((SELECT array_agg(n.nspname::text ORDER BY 1) FROM pg_namespace n \
                          WHERE {USER_SCHEMAS} AND NOT has_schema_privilege(n.oid, 'USAGE') \
                            AND EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = n.oid)), '{{}}'), \
                {}, {}, EXISTS (SELECT FROM pg_largeobject_metadata) \
                        AND NOT has_table_privilege('pg_catalog.pg_largeobject', 'SELECT'), {}, {}",
        all("c.relkind IN ('r', 'p') AND NOT has_table_privilege(c.oid, 'SELECT')"),
        all("CASE WHEN c.relkind = 'S' THEN NOT has_sequence_privilege(c.oid, 'SELECT') END"),
        all(hidden),
        listed("c.oid", hidden),
    );
    let row = session.one(doing, &sql, &[]).await?;
    let (names, numbers): (Vec<String>, Vec<u32>) = (row.get(5), row.get(6));
    Ok(Lack {
        role: row.get(0),
        schemas: row.get(1),
        tables: row.get(2),
        sequences: row.get(3),
        large_objects: row.get(4),
        hidden: numbers.into_iter().zip(names).collect(),
    })
}

impl Lack {
    /// Sentences about what can't be read.
    #[must_use]
    pub fn sentences(&self) -> Vec<String> {
        let mut said = Vec::new();
        for (names, one, many) in [
            (&self.schemas, "schema", "schemas"),
            (&self.tables, "table", "tables"),
            (&self.sequences, "sequence", "sequences"),
        ] {
            if !names.is_empty() {
                said.push(format!(
                    "the reading role `{}` may not read {}",
                    self.role,
                    counted(names, one, many)
                ));
            }
        }
        said
    }

    /// The sentence about large objects.
    #[must_use]
    pub fn large_objects(&self) -> Option<String> {
        self.large_objects.then(|| format!("the reading role `{}` may not read large objects", self.role))
    }

    /// Refuses, where anything is `said`.
    ///
    /// # Errors
    /// Source, with the statement that grants it.
    pub fn refuse(&self, said: &[String]) -> Result<()> {
        if said.is_empty() {
            return Ok(());
        }
        let grant = self.grant();
        Err(Error::new(Kind::Source, said.join("; "))
            .help(format!("{READ_EVERYTHING}: `{grant}`"))
            .remedy(vec![grant]))
    }

    /// What lets it read everything, large objects too.
    #[must_use]
    pub fn grant(&self) -> String {
        format!("GRANT pg_read_all_data TO {}", identifier(&self.role))
    }

    /// A sentence about rows that are hidden, and what shows them.
    #[must_use]
    pub fn row_security(&self) -> Option<(String, Vec<String>)> {
        let names: Vec<_> = self.hidden.iter().map(|(_, name)| name.clone()).collect();
        let sentence = format!(
            "row security hides rows of {} from the reading role `{}`",
            counted(&names, "table", "tables"),
            self.role
        );
        let statement = format!("ALTER ROLE {} BYPASSRLS", identifier(&self.role));
        (!self.hidden.is_empty()).then(|| (sentence, vec![statement]))
    }
}

/// `1 table, "s"."t"`; of many the first three.
fn counted(names: &[String], one: &str, many: &str) -> String {
    let word = if names.len() == 1 { one } else { many };
    let shown: Vec<_> = names.iter().take(3).map(|name| format!("`{name}`")).collect();
    let more = if names.len() > 3 { ", …" } else { "" };
    format!("{} {word} ({}{more})", names.len(), shown.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_names_are_counted_and_three_are_shown() {
        let names = |n: usize| (1..=n).map(|n| format!("s.t{n}")).collect::<Vec<_>>();
        let lack = Lack {
            role: "Reader".into(),
            tables: names(5),
            hidden: vec![(1, "s.t1".into())],
            ..Lack::default()
        };
        assert_eq!(
            lack.sentences(),
            ["the reading role `Reader` may not read 5 tables (`s.t1`, `s.t2`, `s.t3`, …)"]
        );
        assert_eq!(lack.grant(), "GRANT pg_read_all_data TO \"Reader\"");
        let (said, statements) = lack.row_security().unwrap();
        assert!(said.contains("1 table (`s.t1`)"), "{said}");
        assert_eq!(statements, ["ALTER ROLE \"Reader\" BYPASSRLS"]);
        assert_eq!(Lack::default().sentences(), Vec::<String>::new());
    }
}

//! What stands in the way of replacing everything in one transaction, found out before
//! anything is written.

use super::super::refuse;
use crate::error::{Error, Result};
use crate::postgres::session::Session;
use crate::postgres::spaces::Space;
use crate::schema::identifier;

/// A kind of thing that belongs to the database, not to a schema, and why it can't stay or go.
struct Kind {
    word: &'static str,
    sql: &'static str,
    why: &'static str,
    help: &'static str,
}

const SWAP: &str = "or use `--publish swap`, which makes another database";

const KINDS: &[Kind] = &[
    Kind {
        word: "event trigger",
        sql: "SELECT evtname::text FROM pg_event_trigger WHERE evtenabled <> 'D' ORDER BY 1",
        why: "would fire while the new schema is made",
        help: "drop or disable it on the target",
    },
    Kind {
        word: "publication",
        sql: "SELECT pubname::text FROM pg_publication ORDER BY 1",
        why: "would lose the tables that are replaced, or send the new ones on",
        help: "drop it on the target",
    },
    Kind {
        word: "subscription",
        sql: "SELECT subname::text FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid \
              WHERE d.datname = current_database() ORDER BY 1",
        why: "writes into tables that are replaced",
        help: "drop it on the target",
    },
    Kind {
        word: "large object",
        sql: "SELECT oid::text FROM pg_largeobject_metadata ORDER BY oid LIMIT 20",
        why: "belongs to the database and not to a schema, so it can't be set aside",
        help: "unlink it on the target (`SELECT lo_unlink(oid) FROM pg_largeobject_metadata`)",
    },
    Kind {
        word: "language",
        sql: "SELECT lanname::text FROM pg_language l WHERE l.oid >= 16384 AND NOT EXISTS \
              (SELECT FROM pg_depend d WHERE d.classid = 'pg_language'::regclass AND d.objid = l.oid AND d.deptype = 'e') ORDER BY 1",
        why: "belongs to the database and not to a schema, so it can't be set aside",
        help: "drop it on the target",
    },
    Kind {
        word: "cast",
        sql: "SELECT format('%s AS %s', format_type(c.castsource, NULL), format_type(c.casttarget, NULL)) FROM pg_cast c \
              WHERE c.oid >= 16384 AND NOT EXISTS \
              (SELECT FROM pg_depend d WHERE d.classid = 'pg_cast'::regclass AND d.objid = c.oid AND (d.deptype = 'e' OR d.refclassid = 'pg_type'::regclass)) ORDER BY 1",
        why: "belongs to the database and not to a schema, so it can't be set aside",
        help: "drop it on the target",
    },
    Kind {
        word: "transform",
        sql: "SELECT format('FOR %s LANGUAGE %I', format_type(t.trftype, NULL), l.lanname) FROM pg_transform t \
              JOIN pg_language l ON l.oid = t.trflang WHERE NOT EXISTS \
              (SELECT FROM pg_depend d WHERE d.classid = 'pg_transform'::regclass AND d.objid = t.oid AND (d.deptype = 'e' OR d.refclassid = 'pg_type'::regclass)) ORDER BY 1",
        why: "belongs to the database and not to a schema, so it can't be set aside",
        help: "drop it on the target",
    },
    Kind {
        word: "access method",
        sql: "SELECT amname::text FROM pg_am a WHERE a.oid >= 16384 AND NOT EXISTS \
              (SELECT FROM pg_depend d WHERE d.classid = 'pg_am'::regclass AND d.objid = a.oid AND d.deptype = 'e') ORDER BY 1",
        why: "belongs to the database and not to a schema, so it can't be set aside",
        help: "drop it on the target",
    },
    Kind {
        word: "default privilege of the role",
        sql: "SELECT DISTINCT r.rolname::text FROM pg_default_acl d JOIN pg_roles r ON r.oid = d.defaclrole \
              WHERE d.defaclnamespace = 0 AND NOT pg_has_role(d.defaclrole, 'MEMBER') ORDER BY 1",
        why: "would be left, and the loading role may not act for it",
        help: "take it back on the target with `ALTER DEFAULT PRIVILEGES FOR ROLE … REVOKE …`",
    },
    Kind {
        word: "foreign server",
        sql: "SELECT srvname::text FROM pg_foreign_server WHERE NOT pg_has_role(srvowner, 'USAGE') ORDER BY 1",
        why: "can't be replaced, because it does not belong to the loading role",
        help: "`ALTER SERVER … OWNER TO <the loading role>`",
    },
    Kind {
        word: "foreign-data wrapper",
        sql: "SELECT fdwname::text FROM pg_foreign_data_wrapper w WHERE NOT pg_has_role(fdwowner, 'USAGE') AND NOT EXISTS \
              (SELECT FROM pg_depend d WHERE d.classid = 'pg_foreign_data_wrapper'::regclass AND d.objid = w.oid AND d.deptype = 'e') ORDER BY 1",
        why: "can't be replaced, because it does not belong to the loading role",
        help: "`ALTER FOREIGN DATA WRAPPER … OWNER TO <the loading role>`",
    },
];

/// `` `a`, `b` ``, and how many more.
fn listed(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(10).map(|name| format!("`{name}`")).collect();
    match names.len().saturating_sub(10) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Refuses what belongs to the database as such.
pub(super) async fn of_database(target: &Session) -> Result<()> {
    for kind in KINDS {
        let rows = target.query("looking for what can't be replaced", kind.sql, &[]).await?;
        let names: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        if !names.is_empty() {
            return Err(refuse(format!(
                "the target can't be refreshed in place: its {} {} {}",
                kind.word,
                listed(&names),
                kind.why
            ))
            .help(format!("{}, {SWAP}", kind.help)));
        }
    }
    Ok(())
}

/// Refuses schemas that are not ours to replace: the source has them too, and they belong to another.
pub(super) fn of_owner(spaces: &[&Space], role: &str) -> Result<()> {
    let foreign: Vec<&&Space> = spaces.iter().filter(|space| !space.is_ours).collect();
    let Some(first) = foreign.first() else { return Ok(()) };
    let names: Vec<String> = foreign.iter().map(|space| space.name.clone()).collect();
    let statements: Vec<String> = foreign
        .iter()
        .map(|space| format!("ALTER SCHEMA {} OWNER TO {}", identifier(&space.name), identifier(role)))
        .collect();
    Err(refuse(format!(
        "the target can't be refreshed in place: the schema {} belongs to `{}`, not to the loading role `{role}`",
        listed(&names),
        first.owner
    ))
    .help(format!("`{}`, {SWAP}", statements.join("; "))))
}

/// Refuses schemas in which extensions lie beside what is replaced: they would be dropped with it,
/// and who is no superuser can't move them.
pub(super) fn of_extensions(spaces: &[&Space], side: &str) -> Result<()> {
    let mixed = spaces.iter().find(|space| space.is_used && !space.extensions.is_empty());
    let Some(space) = mixed else { return Ok(()) };
    let extensions = listed(&space.extensions);
    let statements: Vec<String> = space
        .extensions
        .iter()
        .map(|extension| format!("ALTER EXTENSION {} SET SCHEMA extensions", identifier(extension)))
        .collect();
    Err(refuse(format!(
        "the target can't be refreshed in place: on the {side} the schema `{}` holds the objects of {extensions} beside others, \
         and replacing it would drop them",
        space.name
    ))
    .help(format!(
        "give extensions a schema of their own on both sides, `CREATE SCHEMA extensions; {}`, {SWAP}",
        statements.join("; ")
    )))
}

/// Refuses what lies in other schemas and needs what is in these.
///
/// # Errors
/// Guard, naming it.
pub(super) async fn of_dependents(target: &Session, schemas: &[&str]) -> Result<()> {
    let sql = include_str!("dependents.sql");
    let rows = target.query("looking for what depends on the old data", sql, &[&schemas]).await?;
    let names: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    if names.is_empty() {
        return Ok(());
    }
    let error: Error = refuse(format!(
        "the target can't be refreshed in place: {} in other schemas would be dropped with what it depends on",
        listed(&names)
    ));
    Err(error.help(format!("drop it, or move it into a schema that is replaced, {SWAP}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn space(name: &str, is_ours: bool, is_used: bool, extensions: &[&str]) -> Space {
        let extensions = extensions.iter().map(|name| (*name).to_owned()).collect();
        Space { name: name.to_owned(), owner: String::from("boss"), is_ours, is_used, extensions }
    }

    #[test]
    fn a_schema_of_another_is_refused_with_the_statement_that_helps() {
        let (own, foreign) = (space("a", true, true, &[]), space("B", false, true, &[]));
        assert!(of_owner(&[&own], "loader").is_ok());
        let error = of_owner(&[&own, &foreign], "loader").unwrap_err();
        assert!(error.to_string().contains("`B` belongs to `boss`"), "{error}");
        assert!(error.help_text().unwrap().contains("ALTER SCHEMA \"B\" OWNER TO \"loader\""));
    }

    #[test]
    fn an_extension_may_lie_in_a_schema_of_its_own_and_not_beside_tables() {
        let (alone, beside) =
            (space("x", true, false, &["hstore"]), space("public", true, true, &["citext"]));
        assert!(of_extensions(&[&alone], "target").is_ok());
        let error = of_extensions(&[&alone, &beside], "target").unwrap_err();
        assert!(error.to_string().contains("`public` holds the objects of `citext`"), "{error}");
    }

    #[test]
    fn a_long_list_is_cut() {
        let names: Vec<String> = (0..12).map(|number| number.to_string()).collect();
        assert!(listed(&names).ends_with("`9` and 2 more"));
    }
}

//! The schemas of a database: whose they are, and what lies in them.

use super::catalog::USER_SCHEMAS;
use super::session::Session;
use crate::error::Result;

/// A schema that no extension made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Space {
    /// Its name.
    pub name: String,
    /// Its owner.
    pub owner: String,
    /// Whether the session's role may do what its owner may.
    pub is_ours: bool,
    /// Whether it holds anything that belongs to no extension.
    pub is_used: bool,
    /// Extensions with objects in it.
    pub extensions: Vec<String>,
}

/// Reads them.
///
/// # Errors
/// Source or target, where the query fails.
pub async fn read(session: &Session) -> Result<Vec<Space>> {
    let sql = format!(
        "WITH member AS (SELECT classid, objid, refobjid AS extension FROM pg_depend WHERE deptype = 'e') \
         SELECT n.nspname::text, o.rolname::text, pg_has_role(n.nspowner, 'USAGE'), \
                EXISTS (SELECT FROM pg_depend d WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = n.oid \
                        AND d.classid NOT IN ('pg_extension'::regclass, 'pg_default_acl'::regclass) \
                        AND NOT EXISTS (SELECT FROM member m WHERE m.classid = d.classid AND m.objid = d.objid)), \
                ARRAY(SELECT e.extname::text FROM pg_extension e WHERE e.extnamespace = n.oid OR e.oid IN \
                      (SELECT m.extension FROM member m JOIN pg_depend d ON d.classid = m.classid AND d.objid = m.objid \
                       WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = n.oid) ORDER BY 1) \
         FROM pg_namespace n JOIN pg_roles o ON o.oid = n.nspowner \
         WHERE {USER_SCHEMAS} AND NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_namespace'::regclass AND m.objid = n.oid) \
         ORDER BY 1"
    );
    let rows = session.query("reading the schemas", &sql, &[]).await?;
    let space = |row: &tokio_postgres::Row| Space {
        name: row.get(0),
        owner: row.get(1),
        is_ours: row.get(2),
        is_used: row.get(3),
        extensions: row.get(4),
    };
    Ok(rows.iter().map(space).collect())
}

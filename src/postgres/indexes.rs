//! The indexes of the source's tables: which table each belongs to, how large it is, and what a dump calls it.

use super::session::Session;
use crate::error::Result;

/// An entry of a dump's table of contents: the number of a system catalog, and of a row in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Entry {
    /// The catalog, such as `pg_class`.
    pub catalog: u32,
    /// The object.
    pub object: u32,
}

/// `pg_class` and `pg_constraint`, whose numbers never change.
const CLASS: u32 = 1259;
const CONSTRAINT: u32 = 2606;

/// One index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Index {
    /// The number of its table.
    pub table: u32,
    /// What a dump has for it: its constraint where it has one.
    pub entry: Entry,
    /// Bytes on the source's disk.
    pub bytes: u64,
    /// Whether it is made of rows by somebody's function, which may look at other tables.
    pub asks_function: bool,
}

impl Index {
    /// Whether it is made with a constraint, which nobody else may be at work on the table for.
    #[must_use]
    pub fn is_constraint(&self) -> bool {
        self.entry.catalog == CONSTRAINT
    }
}

/// Reads the indexes of these tables. Functions of PostgreSQL itself are pinned: nothing depends on them.
///
/// # Errors
/// Source, where the query fails.
pub async fn read(session: &Session, tables: &[u32]) -> Result<Vec<Index>> {
    let sql = "SELECT i.indrelid, i.indexrelid, c.oid, coalesce(pg_relation_size(i.indexrelid), 0), EXISTS (\
                   SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = i.indexrelid \
                   AND d.refclassid IN ('pg_catalog.pg_proc'::regclass, 'pg_catalog.pg_operator'::regclass)) \
               FROM pg_catalog.pg_index i LEFT JOIN pg_catalog.pg_constraint c ON c.conindid = i.indexrelid AND c.conrelid = i.indrelid \
               AND c.contype IN ('p', 'u', 'x') WHERE i.indrelid = ANY ($1)";
    let rows = session.query("reading the indexes", sql, &[&tables]).await?;
    let index = |row: &tokio_postgres::Row| {
        let entry = match row.get::<_, Option<u32>>(2) {
            Some(object) => Entry { catalog: CONSTRAINT, object },
            None => Entry { catalog: CLASS, object: row.get(1) },
        };
        Index {
            table: row.get(0),
            entry,
            bytes: u64::try_from(row.get::<_, i64>(3)).unwrap_or(0),
            asks_function: row.get(4),
        }
    };
    Ok(rows.iter().map(index).collect())
}

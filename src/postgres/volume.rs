//! How much disk the tables of a copy take.

use super::catalog::USER_SCHEMAS;
use super::session::Session;
use crate::error::Result;

/// Bytes on the source's disk; the build takes about as many, less what bloat is left behind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Volume {
    /// Rows, with what is stored out of line.
    pub tables: u64,
    /// Indexes.
    pub indexes: u64,
}

/// Measures tables by their object numbers.
///
/// # Errors
/// Source, where the query fails.
async fn measure(session: &Session, tables: &[u32]) -> Result<Volume> {
    // A table that is dropped meanwhile has no size, and is no error here.
    let sql = "SELECT coalesce(sum(pg_table_size(t)), 0)::bigint, coalesce(sum(pg_indexes_size(t)), 0)::bigint \
               FROM unnest($1::oid[]) t";
    let row = session.one("measuring the tables", sql, &[&tables]).await?;
    let of = |column| u64::try_from(row.get::<_, i64>(column)).unwrap_or(0);
    Ok(Volume { tables: of(0), indexes: of(1) })
}

/// Measures every table of the database.
///
/// # Errors
/// Source, where the query fails.
pub async fn measure_all(session: &Session) -> Result<Volume> {
    let sql = format!(
        "SELECT coalesce(array_agg(c.oid), '{{}}') FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't' AND {USER_SCHEMAS}"
    );
    let tables: Vec<u32> = session.one("listing the tables", &sql, &[]).await?.get(0);
    measure(session, &tables).await
}

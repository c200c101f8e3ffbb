//! Whether the catalog is still the one we read.
//!
//! A snapshot pins rows, not names. The fingerprint covers what a copy depends
//! on: tables with their files, columns with their names, types and order, and
//! what is a partition of what. Taken inside the snapshot, outside it, and again
//! after the schema dump, the three must be equal.

use super::USER_SCHEMAS;
use crate::error::Result;
use crate::postgres::session::Session;

/// A digest of the catalog as the session's current transaction sees it.
///
/// # Errors
/// Source, where the query fails.
pub async fn fingerprint(session: &Session) -> Result<String> {
    let sql = format!(
        "WITH t AS (SELECT c.oid, n.nspname, c.relname, c.relkind, c.relfilenode, c.relispartition, c.relhassubclass \
                    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
                    WHERE c.relkind IN ('r', 'p', 'f') AND c.relpersistence <> 't' AND {USER_SCHEMAS}), \
         lines AS ( \
           SELECT 1 AS part, t.oid, 0 AS sub, concat_ws(',', t.nspname, t.relname, t.relkind, t.relfilenode, t.relispartition) AS line FROM t \
           UNION ALL \
           SELECT 2, a.attrelid, a.attnum, concat_ws(',', a.attname, a.atttypid, a.atttypmod, a.attisdropped, a.attgenerated, a.attnotnull) \
           FROM pg_attribute a JOIN t ON t.oid = a.attrelid WHERE a.attnum > 0 \
           UNION ALL \
           SELECT 3, i.inhrelid, i.inhseqno, i.inhparent::text FROM pg_inherits i JOIN t ON t.oid = i.inhrelid) \
         SELECT encode(sha256(convert_to(coalesce(string_agg(concat_ws(',', part, oid, sub, line), ';' ORDER BY part, oid, sub), ''), \
                       'UTF8')), 'hex') FROM lines"
    );
    Ok(session.one("reading the catalog's fingerprint", &sql, &[]).await?.get(0))
}

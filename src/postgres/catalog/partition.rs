//! Partition keys, and which rows find a partition.

use super::table::Places;
use crate::error::Result;
use crate::postgres::session::Session;
use crate::schema::{Partitioning, Schema, Strategy};

pub(super) async fn read(session: &Session, schema: &mut Schema, places: &Places) -> Result<()> {
    // Columns inside key expressions are known by their dependencies only, which say
    // that the column hangs on the table. A list's NULL is told from a string that
    // says so by taking the strings out.
    let sql = "SELECT p.partrelid, p.partattrs::int2[], \
                      ARRAY(SELECT d.objsubid::int2 FROM pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass \
                            AND d.objid = p.partrelid AND d.objsubid > 0 AND d.refclassid = 'pg_catalog.pg_class'::regclass \
                            AND d.refobjid = p.partrelid AND d.refobjsubid = 0 AND d.deptype = 'i'), \
                      p.partstrat, p.partdefid <> 0, coalesce(b.hashed, 0), coalesce(b.nulls, false) \
               FROM pg_partitioned_table p LEFT JOIN LATERAL ( \
                      SELECT sum(1 / substring(b.bound from 'modulus (\\d+)')::float8) FILTER (WHERE p.partstrat = 'h') AS hashed, \
                             bool_or(p.partstrat = 'l' AND regexp_replace(b.bound, '''(''''|[^''])*''', '', 'g') ~ '\\mNULL\\M') AS nulls \
                      FROM (SELECT pg_get_expr(c.relpartbound, c.oid) AS bound FROM pg_inherits i \
                            JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = p.partrelid AND p.partstrat <> 'r') b) b ON true";
    for row in session.query("reading the partition keys", sql, &[]).await? {
        let relation: u32 = row.get(0);
        let mut numbers: Vec<i16> = row.get(1);
        numbers.extend(row.get::<_, Vec<i16>>(2));
        let mut columns = places.columns(relation, &numbers);
        columns.sort_unstable();
        columns.dedup();
        let Some(place) = places.table(relation) else { continue };
        let Some(table) = schema.tables.get_mut(place) else { continue };
        table.partition_key = columns;
        let strategy = match u8::try_from(row.get::<_, i8>(3)).unwrap_or(0) {
            b'h' => Strategy::Hash,
            b'l' => Strategy::List,
            _ => Strategy::Range,
        };
        let (default, hashed): (bool, f64) = (row.get(4), row.get(5));
        // Remainders that are all taken sum up to one, but for what a float loses.
        let takes_all = default || hashed > 0.999_999;
        let takes_null = default || row.get(6) || strategy == Strategy::Hash;
        schema.partitionings.push(Partitioning { table: place, strategy, takes_all, takes_null });
    }
    schema.partitionings.sort_by_key(|level| level.table);
    Ok(())
}

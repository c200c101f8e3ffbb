//! Tables and their columns.

use super::USER_SCHEMAS;
use super::data_type::Types;
use super::partition;
use crate::error::Result;
use crate::postgres::session::Session;
use crate::schema::{Column, Name, Schema, Table, TableKind};
use std::collections::HashMap;

/// Where each table and column stands in the schema, by the source's numbers.
pub(super) struct Places {
    tables: HashMap<u32, usize>,
    columns: HashMap<(u32, i16), usize>,
}

impl Places {
    pub(super) fn table(&self, oid: u32) -> Option<usize> {
        self.tables.get(&oid).copied()
    }

    pub(super) fn column(&self, table: u32, number: i16) -> Option<usize> {
        self.columns.get(&(table, number)).copied()
    }

    pub(super) fn columns(&self, table: u32, numbers: &[i16]) -> Vec<usize> {
        numbers.iter().filter_map(|number| self.column(table, *number)).collect()
    }
}

pub(super) async fn read(session: &Session, types: &Types, schema: &mut Schema) -> Result<Places> {
    let parents = read_tables(session, schema).await?;
    let tables: HashMap<u32, usize> = schema.tables.iter().enumerate().map(|(i, t)| (t.oid, i)).collect();
    let mut places = Places { tables, columns: HashMap::new() };
    for (child, parent, is_partition) in parents {
        let (Some(child), Some(parent)) = (places.table(child), places.table(parent)) else { continue };
        if let Some(table) = schema.tables.get_mut(child) {
            if is_partition {
                table.parent = Some(parent);
            } else {
                table.inherits.push(parent);
            }
        }
    }
    read_columns(session, types, schema, &mut places).await?;
    partition::read(session, schema, &places).await?;
    Ok(places)
}

/// A table that was never analysed, or has grown since, is taken by its size: what is
/// said of the odds that keys collide must not come from an empty table of yesterday.
async fn read_tables(session: &Session, schema: &mut Schema) -> Result<Vec<(u32, u32, bool)>> {
    let sql = format!(
        "SELECT c.oid, n.nspname::text, c.relname::text, c.relkind, \
                CASE WHEN c.relkind <> 'r' THEN c.reltuples ELSE ceil(pg_relation_size(c.oid) / current_setting('block_size')::float8 \
                  * CASE WHEN c.relpages > 0 AND c.reltuples >= 0 THEN c.reltuples / c.relpages \
                         ELSE (SELECT (current_setting('block_size')::float8 - 24) \
                                      / (28 + coalesce(sum(CASE WHEN a.attlen > 0 THEN a.attlen ELSE 4 END), 0)) FROM pg_attribute a \
                               WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) END) END::float8, c.relpages, \
                CASE WHEN c.relkind = 'r' THEN pg_table_size(c.oid) ELSE 0 END, \
                row_security_active(c.oid), e.extname::text, \
                CASE WHEN c.relkind = 'r' THEN pg_relation_size(c.oid) / current_setting('block_size')::bigint ELSE 0 END \
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         LEFT JOIN pg_depend d ON d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e' \
         LEFT JOIN pg_extension e ON e.oid = d.refobjid \
         WHERE c.relkind IN ('r', 'p', 'f') AND c.relpersistence <> 't' AND {USER_SCHEMAS} \
         ORDER BY n.nspname::text COLLATE \"C\", c.relname::text COLLATE \"C\""
    );
    for row in session.query("reading the tables", &sql, &[]).await? {
        let kind = match u8::try_from(row.get::<_, i8>(3)).unwrap_or(0) {
            b'p' => TableKind::Partitioned,
            b'f' => TableKind::Foreign,
            _ => TableKind::Ordinary,
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "an estimate, -1 when unknown"
        )]
        let estimated_rows = row.get::<_, f64>(4).max(0.0) as u64;
        schema.tables.push(Table {
            oid: row.get(0),
            name: Name::new(row.get::<_, String>(1), row.get::<_, String>(2)),
            kind,
            columns: Vec::new(),
            keys: Vec::new(),
            parent: None,
            partition_key: Vec::new(),
            inherits: Vec::new(),
            extension: row.get(8),
            estimated_rows,
            pages: u32::try_from(row.get::<_, i64>(9)).unwrap_or(0),
            bytes: u64::try_from(row.get::<_, i64>(6)).unwrap_or(0),
            row_security: row.get(7),
        });
    }
    let sql = "SELECT i.inhrelid, i.inhparent, c.relispartition FROM pg_inherits i \
               JOIN pg_class c ON c.oid = i.inhrelid WHERE c.relkind IN ('r', 'p', 'f') \
               ORDER BY i.inhrelid, i.inhseqno";
    let rows = session.query("reading the partitions", sql, &[]).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect())
}

async fn read_columns(
    session: &Session,
    types: &Types,
    schema: &mut Schema,
    places: &mut Places,
) -> Result<()> {
    let sql = format!(
        "SELECT a.attrelid, a.attnum, a.attname::text, a.atttypid, a.atttypmod, \
                format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attgenerated::text <> '', s.stadistinct::float8 \
         FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
         LEFT JOIN (SELECT schemaname, tablename, attname, max(n_distinct) AS stadistinct FROM pg_stats GROUP BY 1, 2, 3) s \
           ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname = a.attname \
         WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'f') AND {USER_SCHEMAS} \
         ORDER BY a.attrelid, a.attnum"
    );
    for row in session.query("reading the columns", &sql, &[]).await? {
        let (relation, number): (u32, i16) = (row.get(0), row.get(1));
        let Some(place) = places.table(relation) else { continue };
        let Some(table) = schema.tables.get_mut(place) else { continue };
        let type_number: u32 = row.get(3);
        places.columns.insert((relation, number), table.columns.len());
        let distinct = row.get::<_, Option<f64>>(8).map(|n| estimate_distinct(n, table.estimated_rows));
        table.columns.push(Column {
            name: row.get(2),
            data_type: types.column(type_number, row.get(4), row.get(5)),
            not_null: row.get::<_, bool>(6) || types.refuses_null(type_number),
            generated: row.get(7),
            sequence: None,
            estimated_distinct: distinct,
        });
    }
    Ok(())
}

/// `n_distinct` is a count, or a negative share of the rows.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "an estimate"
)]
fn estimate_distinct(n_distinct: f64, rows: u64) -> u64 {
    if n_distinct < 0.0 { (-n_distinct * rows as f64) as u64 } else { n_distinct as u64 }
}

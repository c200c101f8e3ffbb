//! Unique and foreign keys.

use super::table::Places;
use crate::error::Result;
use crate::postgres::session::Session;
use crate::schema::{ForeignKey, KeyKind, Schema, UniqueKey};

pub(super) async fn read(session: &Session, places: &Places, schema: &mut Schema) -> Result<()> {
    read_unique(session, places, schema).await?;
    read_foreign(session, places, schema).await
}

async fn read_unique(session: &Session, places: &Places, schema: &mut Schema) -> Result<()> {
    // `indnullsnotdistinct` came with PostgreSQL 15; through JSON it may be missing.
    let sql = "SELECT i.indrelid, c.relname::text, i.indisprimary, i.indisexclusion, i.indkey::int2[], \
                      ARRAY(SELECT d.refobjsubid::int2 FROM pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass \
                            AND d.objid = i.indexrelid AND d.refobjid = i.indrelid AND d.refobjsubid > 0), \
                      CASE WHEN i.indexprs IS NOT NULL OR i.indpred IS NOT NULL THEN pg_get_indexdef(i.indexrelid) END, \
                      coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::bool, false), i.indnkeyatts \
               FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid \
               WHERE (i.indisunique OR i.indisexclusion) AND i.indrelid >= 16384 \
               ORDER BY i.indrelid, NOT i.indisprimary, c.relname::text COLLATE \"C\"";
    for row in session.query("reading the unique keys", sql, &[]).await? {
        let relation: u32 = row.get(0);
        let Some(table) = places.table(relation).and_then(|place| schema.tables.get_mut(place)) else {
            continue;
        };
        let mut numbers: Vec<i16> = row.get(4);
        // Columns after the key ones are only INCLUDEd.
        numbers.truncate(usize::try_from(row.get::<_, i16>(8)).unwrap_or(0));
        let expression: Option<String> = row.get(6);
        if expression.is_some() {
            numbers.extend(row.get::<_, Vec<i16>>(5));
        }
        let mut columns = Vec::new();
        for column in places.columns(relation, &numbers) {
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        let kind = match (row.get(2), row.get(3)) {
            (true, _) => KeyKind::Primary,
            (_, true) => KeyKind::Exclusion,
            _ => KeyKind::Unique,
        };
        table.keys.push(UniqueKey {
            name: row.get(1),
            kind,
            columns,
            expression,
            nulls_not_distinct: row.get(7),
        });
    }
    Ok(())
}

async fn read_foreign(session: &Session, places: &Places, schema: &mut Schema) -> Result<()> {
    let sql = "SELECT conname::text, conrelid, conkey, confrelid, confkey, convalidated FROM pg_constraint \
               WHERE contype = 'f' ORDER BY conrelid, conname::text COLLATE \"C\"";
    for row in session.query("reading the foreign keys", sql, &[]).await? {
        let (from, to): (u32, u32) = (row.get(1), row.get(3));
        let (Some(from_place), Some(to_place)) = (places.table(from), places.table(to)) else { continue };
        schema.foreign_keys.push(ForeignKey {
            name: row.get(0),
            from: from_place,
            columns: places.columns(from, &row.get::<_, Vec<i16>>(2)),
            to: to_place,
            to_columns: places.columns(to, &row.get::<_, Vec<i16>>(4)),
            validated: row.get(5),
            declared: true,
        });
    }
    Ok(())
}

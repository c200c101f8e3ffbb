//! Unique and foreign keys, CHECK constraints, and what generated columns are made of.

use super::table::Places;
use crate::error::Result;
use crate::postgres::session::Session;
use crate::schema::{Check, ColumnId, ForeignKey, Generated, KeyKind, KeyPart, Schema, UniqueKey};

pub(super) async fn read(session: &Session, places: &Places, schema: &mut Schema) -> Result<()> {
    read_unique(session, places, schema).await?;
    read_foreign(session, places, schema).await?;
    read_checks(session, places, schema).await?;
    read_generated(session, places, schema).await
}

/// Which server records whether the column or its default as what depends on the
/// columns read differs by version: both are looked at.
async fn read_generated(session: &Session, places: &Places, schema: &mut Schema) -> Result<()> {
    let sql = "SELECT a.attrelid, a.attnum, pg_get_expr(f.adbin, f.adrelid), \
                      ARRAY(SELECT DISTINCT d.refobjsubid::int2 FROM pg_depend d \
                            WHERE d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = a.attrelid \
                              AND d.refobjsubid > 0 AND d.refobjsubid <> a.attnum \
                              AND (d.classid = 'pg_catalog.pg_attrdef'::regclass AND d.objid = f.oid \
                                OR d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = a.attrelid AND d.objsubid = a.attnum)) \
               FROM pg_attribute a JOIN pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum \
               WHERE a.attgenerated::text <> '' AND NOT a.attisdropped AND a.attrelid >= 16384 \
               ORDER BY a.attrelid, a.attnum";
    for row in session.query("reading the generated columns", sql, &[]).await? {
        let (relation, number): (u32, i16) = (row.get(0), row.get(1));
        let (Some(table), Some(column)) = (places.table(relation), places.column(relation, number)) else {
            continue;
        };
        schema.generated.push(Generated {
            column: ColumnId { table, column },
            expression: row.get::<_, Option<String>>(2).unwrap_or_default(),
            reads: places.columns(relation, &row.get::<_, Vec<i16>>(3)),
        });
    }
    schema.generated.sort_unstable_by_key(|generated| generated.column);
    Ok(())
}

async fn read_unique(session: &Session, places: &Places, schema: &mut Schema) -> Result<()> {
    // `indnullsnotdistinct` came with PostgreSQL 15; through JSON it may be missing.
    // A collation that is not deterministic takes different texts for equal, so its column is an expression to us.
    let sql = "SELECT i.indrelid, c.relname::text, i.indisprimary, i.indisexclusion, i.indkey::int2[], \
                      ARRAY(SELECT d.refobjsubid::int2 FROM pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass \
                            AND d.objid = i.indexrelid AND d.refobjid = i.indrelid AND d.refobjsubid > 0), \
                      ARRAY(SELECT CASE WHEN l.collisdeterministic IS NOT FALSE THEN pg_get_indexdef(i.indexrelid, n, false) \
                                        ELSE concat('(', pg_get_indexdef(i.indexrelid, n, false), ' COLLATE ', quote_ident(l.collname), ')') END \
                            FROM generate_series(1, i.indnkeyatts) n \
                            LEFT JOIN pg_collation l ON l.oid = (i.indcollation::oid[])[n - 1] ORDER BY n), \
                      ARRAY(SELECT coalesce(l.collisdeterministic, true) FROM generate_series(1, i.indnkeyatts) n \
                            LEFT JOIN pg_collation l ON l.oid = (i.indcollation::oid[])[n - 1] ORDER BY n), \
                      i.indexprs IS NOT NULL OR i.indpred IS NOT NULL, pg_get_expr(i.indpred, i.indrelid), \
                      ARRAY(SELECT o.oprname::text FROM pg_constraint x, unnest(x.conexclop) WITH ORDINALITY u(op, n), pg_operator o \
                            WHERE x.conrelid = i.indrelid AND x.conindid = i.indexrelid AND x.contype = 'x' AND o.oid = u.op ORDER BY u.n), \
                      coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::bool, false) \
               FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid \
               WHERE (i.indisunique OR i.indisexclusion) AND i.indrelid >= 16384 \
               ORDER BY i.indrelid, NOT i.indisprimary, c.relname::text COLLATE \"C\"";
    for row in session.query("reading the unique keys", sql, &[]).await? {
        let relation: u32 = row.get(0);
        let Some(table) = places.table(relation).and_then(|place| schema.tables.get_mut(place)) else {
            continue;
        };
        let mut numbers: Vec<i16> = row.get(4);
        let (written, plain) = (row.get::<_, Vec<String>>(6), row.get::<_, Vec<bool>>(7));
        // Columns after the key ones are only INCLUDEd.
        numbers.truncate(written.len());
        let part = |((number, written), plain): ((&i16, String), bool)| {
            let column = places.column(relation, *number).filter(|_| plain);
            column.map_or(KeyPart::Expression(written), KeyPart::Column)
        };
        let parts = numbers.iter().zip(written).zip(plain).map(part).collect();
        if row.get(8) {
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
            parts,
            predicate: row.get(9),
            operators: row.get(10),
            nulls_not_distinct: row.get(11),
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

/// Those of partitions are their roots', and read with them.
async fn read_checks(session: &Session, places: &Places, schema: &mut Schema) -> Result<()> {
    let sql = "WITH RECURSIVE of (relation, number, domain) AS ( \
                 SELECT a.attrelid, a.attnum, t.oid FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid \
                 WHERE t.typtype = 'd' AND a.attnum > 0 AND NOT a.attisdropped AND a.attrelid >= 16384 \
                 UNION ALL \
                 SELECT o.relation, o.number, b.oid FROM of o JOIN pg_type t ON t.oid = o.domain \
                 JOIN pg_type b ON b.oid = t.typbasetype WHERE b.typtype = 'd') \
               SELECT c.conrelid, c.conkey, c.conname::text, pg_get_expr(c.conbin, c.conrelid), false FROM pg_constraint c \
               WHERE c.contype = 'c' AND c.conrelid >= 16384 AND c.conkey IS NOT NULL AND c.coninhcount = 0 \
               UNION ALL \
               SELECT o.relation, ARRAY[o.number], c.conname::text, pg_get_expr(c.conbin, 0), true \
               FROM of o JOIN pg_constraint c ON c.contypid = o.domain WHERE c.contype = 'c' \
               ORDER BY 1, 3, 2";
    for row in session.query("reading the CHECK constraints", sql, &[]).await? {
        let relation: u32 = row.get(0);
        let Some(table) = places.table(relation) else { continue };
        schema.checks.push(Check {
            name: row.get(2),
            table,
            columns: places.columns(relation, &row.get::<_, Vec<i16>>(1)),
            condition: row.get::<_, Option<String>>(3).unwrap_or_default(),
            of_domain: row.get(4),
        });
    }
    Ok(())
}

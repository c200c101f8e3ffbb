//! Sequences and where they stand.

use super::USER_SCHEMAS;
use super::table::Places;
use crate::error::Result;
use crate::postgres::session::Session;
use crate::schema::{ColumnId, Name, Schema, Sequence};
use std::collections::HashMap;

pub(super) async fn read(session: &Session, places: &Places, schema: &mut Schema) -> Result<()> {
    let sql = format!(
        "SELECT c.oid, n.nspname::text, c.relname::text, s.seqincrement, s.seqmax, s.seqmin, s.seqstart, d.refobjid, \
                d.refobjsubid::int2 \
         FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
         LEFT JOIN pg_depend d ON d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid \
              AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0 \
         LEFT JOIN pg_depend x ON x.classid = 'pg_catalog.pg_class'::regclass AND x.objid = c.oid AND x.deptype = 'e' \
         WHERE c.relpersistence <> 't' AND {USER_SCHEMAS} AND (x.objid IS NULL OR d.refobjid IS NOT NULL \
              AND EXISTS (SELECT FROM pg_extension e WHERE e.oid = x.refobjid AND c.oid = ANY (e.extconfig))) \
         ORDER BY n.nspname::text COLLATE \"C\", c.relname::text COLLATE \"C\""
    );
    let mut numbers = HashMap::new();
    for row in session.query("reading the sequences", &sql, &[]).await? {
        let column = row.get::<_, Option<u32>>(7).and_then(|relation| {
            let column = places.column(relation, row.get::<_, Option<i16>>(8)?)?;
            Some((places.table(relation)?, column))
        });
        let place = schema.sequences.len();
        numbers.insert(row.get(0), place);
        schema.sequences.push(Sequence {
            name: Name::new(row.get::<_, String>(1), row.get::<_, String>(2)),
            column,
            shared: Vec::new(),
            last_value: row.get(6),
            is_called: false,
            increment: row.get(3),
            max_value: row.get(4),
            min_value: row.get(5),
        });
    }
    read_defaults(session, places, schema, &numbers).await?;
    for (place, sequence) in schema.sequences.iter().enumerate() {
        for (table, column) in sequence.column.iter().chain(&sequence.shared) {
            if let Some(column) = schema.tables.get_mut(*table).and_then(|t| t.columns.get_mut(*column)) {
                column.sequence.get_or_insert(place);
            }
        }
    }
    Ok(())
}

/// A sequence that nobody owns numbers the column whose default asks it.
async fn read_defaults(
    session: &Session,
    places: &Places,
    schema: &mut Schema,
    numbers: &HashMap<u32, usize>,
) -> Result<()> {
    let sql = "SELECT d.refobjid, a.adrelid, a.adnum FROM pg_attrdef a \
               JOIN pg_depend d ON d.classid = 'pg_catalog.pg_attrdef'::regclass AND d.objid = a.oid \
                    AND d.refclassid = 'pg_catalog.pg_class'::regclass \
               JOIN pg_sequence s ON s.seqrelid = d.refobjid ORDER BY a.adrelid, a.adnum";
    for row in session.query("reading which defaults ask sequences", sql, &[]).await? {
        let relation: u32 = row.get(1);
        let found = places.table(relation).zip(places.column(relation, row.get(2)));
        let Some((table, column)) = found else { continue };
        // A partition has its root's defaults; the numbers are the root's.
        let id = ColumnId { table, column };
        let id = schema.parent_column(id).unwrap_or(id);
        let sequence = numbers.get(&row.get::<_, u32>(0)).and_then(|n| schema.sequences.get_mut(*n));
        let Some(sequence) = sequence else { continue };
        let place = (id.table, id.column);
        match sequence.column {
            None => sequence.column = Some(place),
            Some(known) if known == place || sequence.shared.contains(&place) => {}
            Some(_) => sequence.shared.push(place),
        }
    }
    Ok(())
}

/// How many sequences one query reads: its plan grows with each.
const AT_ONCE: usize = 500;

pub(super) async fn read_values(session: &Session, schema: &mut Schema) -> Result<()> {
    for (group, sequences) in schema.sequences.chunks_mut(AT_ONCE).enumerate() {
        let parts: Vec<String> = sequences
            .iter()
            .enumerate()
            .map(|(index, s)| format!("SELECT {index}::int4, last_value, is_called FROM {}", s.name.sql()))
            .collect();
        let doing = format!("reading the sequences' values, group {}", group + 1);
        session.run(&doing, "SAVEPOINT sequences").await?;
        for row in session.query(&doing, &parts.join(" UNION ALL "), &[]).await? {
            let index = usize::try_from(row.get::<_, i32>(0)).unwrap_or(usize::MAX);
            if let Some(sequence) = sequences.get_mut(index) {
                sequence.last_value = row.get(1);
                sequence.is_called = row.get(2);
            }
        }
        // Gives back the locks on them, which in thousands would crowd the lock table.
        session.run(&doing, "ROLLBACK TO SAVEPOINT sequences; RELEASE SAVEPOINT sequences").await?;
    }
    Ok(())
}

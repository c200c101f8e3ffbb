//! Sequences and where they stand.

use super::USER_SCHEMAS;
use super::table::Places;
use crate::error::Result;
use crate::postgres::session::Session;
use crate::schema::{Name, Schema, Sequence};

pub(super) async fn read(session: &Session, places: &Places, schema: &mut Schema) -> Result<()> {
    let sql = format!(
        "SELECT c.oid, n.nspname::text, c.relname::text, s.seqincrement, s.seqmax, s.seqmin, s.seqstart, d.refobjid, \
                d.refobjsubid::int2 \
         FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
         LEFT JOIN pg_depend d ON d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid \
              AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0 \
         LEFT JOIN pg_depend x ON x.classid = 'pg_catalog.pg_class'::regclass AND x.objid = c.oid AND x.deptype = 'e' \
         WHERE c.relpersistence <> 't' AND x.objid IS NULL AND {USER_SCHEMAS} \
         ORDER BY n.nspname::text COLLATE \"C\", c.relname::text COLLATE \"C\""
    );
    for row in session.query("reading the sequences", &sql, &[]).await? {
        let owner = row.get::<_, Option<u32>>(7).and_then(|relation| {
            let column = places.column(relation, row.get::<_, Option<i16>>(8)?)?;
            Some((places.table(relation)?, column))
        });
        let place = schema.sequences.len();
        if let Some((table, column)) = owner
            && let Some(column) = schema.tables.get_mut(table).and_then(|t| t.columns.get_mut(column))
        {
            column.sequence = Some(place);
        }
        schema.sequences.push(Sequence {
            name: Name::new(row.get::<_, String>(1), row.get::<_, String>(2)),
            owner,
            last_value: row.get(6),
            is_called: false,
            increment: row.get(3),
            max_value: row.get(4),
            min_value: row.get(5),
        });
    }
    read_values(session, schema).await
}

/// How many sequences one query reads: its plan grows with each.
const AT_ONCE: usize = 500;

async fn read_values(session: &Session, schema: &mut Schema) -> Result<()> {
    for (group, sequences) in schema.sequences.chunks_mut(AT_ONCE).enumerate() {
        let parts: Vec<String> = sequences
            .iter()
            .enumerate()
            .map(|(index, s)| format!("SELECT {index}::int4, last_value, is_called FROM {}", s.name.sql()))
            .collect();
        let doing = format!("reading the sequences' values, group {}", group + 1);
        for row in session.query(&doing, &parts.join(" UNION ALL "), &[]).await? {
            let index = usize::try_from(row.get::<_, i32>(0)).unwrap_or(usize::MAX);
            if let Some(sequence) = sequences.get_mut(index) {
                sequence.last_value = row.get(1);
                sequence.is_called = row.get(2);
            }
        }
    }
    Ok(())
}

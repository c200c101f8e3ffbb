//! The values that the server's own statistics hold of a column: common ones and the
//! bounds of its histogram. Nothing but the catalog is read.

use super::session::Session;
use crate::error::Result;
use crate::schema::{ColumnId, Schema};
use std::collections::BTreeMap;
use tokio_postgres::types::{FromSql, Type};

/// Some values of each column, in text form; none of one that was never analyzed.
/// They are for judging only, never for showing.
///
/// # Errors
/// Source.
pub async fn sample(
    session: &Session,
    schema: &Schema,
    wanted: &[ColumnId],
) -> Result<BTreeMap<ColumnId, Vec<String>>> {
    let mut samples = BTreeMap::new();
    if wanted.is_empty() {
        return Ok(samples);
    }
    let doing = "reading statistics";
    let names = |id: &ColumnId| {
        let (table, column) = (schema.table(id.table)?, schema.column(*id)?);
        Some((table.name.schema.clone(), table.name.name.clone(), column.name.clone()))
    };
    let names: Vec<_> = wanted.iter().map(|id| names(id).unwrap_or_default()).collect();
    let schemas: Vec<_> = names.iter().map(|(schema, ..)| schema.as_str()).collect();
    let tables: Vec<_> = names.iter().map(|(_, table, _)| table.as_str()).collect();
    let columns: Vec<_> = names.iter().map(|(.., column)| column.as_str()).collect();
    // A partitioned table has statistics of its own and none without its partitions.
    let sql = "SELECT w.place, s.most_common_vals::pg_catalog.text::pg_catalog.text[], \
               s.histogram_bounds::pg_catalog.text::pg_catalog.text[] \
               FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.text[]), pg_catalog.unnest($2::pg_catalog.text[]), \
               pg_catalog.unnest($3::pg_catalog.text[])) WITH ORDINALITY AS w (s, t, c, place) \
               JOIN pg_catalog.pg_stats AS s ON s.schemaname = w.s AND s.tablename = w.t AND s.attname = w.c";
    // A database without an encoding may hold any bytes: what is no text is judged as far as it is one.
    session.rows_come(true).await?;
    let rows = session.client().query(sql, &[&schemas, &tables, &columns]).await;
    session.answers_come().await?;
    for row in rows.map_err(|e| session.error(doing, &e))? {
        let place: i64 = row.try_get(0).map_err(|e| session.error(doing, &e))?;
        let Some(id) = usize::try_from(place - 1).ok().and_then(|place| wanted.get(place)) else { continue };
        for list in [1, 2] {
            let values: Option<Vec<Option<Lossy>>> =
                row.try_get(list).map_err(|e| session.error(doing, &e))?;
            let values = values.into_iter().flatten().flatten().map(|Lossy(text)| text);
            samples.entry(*id).or_insert_with(Vec::new).extend(values);
        }
    }
    Ok(samples)
}

/// A text whose bytes may be of any encoding.
pub(super) struct Lossy(pub(super) String);

impl FromSql<'_> for Lossy {
    fn from_sql(_: &Type, raw: &[u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(String::from_utf8_lossy(raw).into_owned()))
    }

    fn accepts(data_type: &Type) -> bool {
        *data_type == Type::TEXT
    }
}

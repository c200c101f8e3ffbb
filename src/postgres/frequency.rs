//! The common values of columns, counted inside the snapshot.

use super::session::Session;
use crate::error::{Error, Kind, Result};
use crate::schema::{ColumnId, Schema, TableKind, identifier};
use crate::transform::Frequencies;
use std::collections::BTreeMap;

/// How many different values a rule draws from at most.
const MOST: u32 = 10_000;

/// Counts, for each column, the values that at least so many rows have.
///
/// # Errors
/// Rules, where a column has values and none of them is common enough.
pub async fn read(
    session: &Session,
    schema: &Schema,
    wanted: &BTreeMap<ColumnId, u32>,
) -> Result<Frequencies> {
    let mut frequencies = Frequencies::default();
    for (id, least) in wanted {
        let (Some(table), Some(column)) = (schema.table(id.table), schema.column(*id)) else { continue };
        let name = schema.describe(*id);
        let doing = format!("counting the values of `{name}`");
        let only = if table.kind == TableKind::Partitioned { "" } else { "ONLY " };
        let (from, column) = (format!("{only}{}", table.name.sql()), identifier(&column.name));
        let sql = format!(
            "SELECT v, n FROM (SELECT {column}::pg_catalog.text AS v, pg_catalog.count(*) AS n FROM {from} \
             WHERE {column} IS NOT NULL GROUP BY 1) AS counted WHERE n >= {least} ORDER BY n DESC, v LIMIT {MOST}"
        );
        let rows = session.client().query(&sql, &[]).await.map_err(|e| session.error(&doing, &e))?;
        let mut values: Vec<(String, u64)> = Vec::with_capacity(rows.len());
        for row in rows {
            let count: i64 = row.try_get(1).map_err(|e| session.error(&doing, &e))?;
            let value = row.try_get(0).map_err(|e| session.error(&doing, &e))?;
            values.push((value, u64::try_from(count).unwrap_or(0)));
        }
        if values.is_empty() {
            let sql = format!("SELECT EXISTS (SELECT FROM {from} WHERE {column} IS NOT NULL)");
            let row = session.client().query_one(&sql, &[]).await.map_err(|e| session.error(&doing, &e))?;
            if row.try_get(0).map_err(|e| session.error(&doing, &e))? {
                let problem =
                    format!("no value of `{name}` is in {least} rows: there is nothing to draw from");
                return Err(Error::new(Kind::Rules, problem)
                    .help("use `choose` with values of your own, or a smaller `min_count`"));
            }
        }
        frequencies.insert(*id, values);
    }
    Ok(frequencies)
}

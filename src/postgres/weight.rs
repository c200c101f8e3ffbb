//! How much there is to copy, as the catalog and its statistics say: no row is read for it.

use super::catalog::USER_SCHEMAS;
use super::session::Session;
use crate::error::{Error, Kind, Result};
use std::collections::{BTreeMap, HashMap};

/// One table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Weight {
    /// Whether it has been analyzed or vacuumed, so that its rows are estimated and not guessed from its size.
    pub is_counted: bool,
    /// Bytes of its rows, with what is stored out of line.
    pub table: u64,
    /// Of these, the bytes that are stored out of line.
    pub aside: u64,
    /// Bytes of its indexes.
    pub indexes: u64,
    /// Bytes of the largest of them.
    pub largest_index: u64,
    /// Bytes that its indexes take, and what stores values out of line, when there is no row.
    pub empty: u64,
    /// Of each column that was analyzed, the mean bytes in a row, where NULL takes none.
    pub widths: BTreeMap<String, f64>,
}

/// A page of an index that has no row yet.
const PAGE: u64 = 8192;

/// Weighs tables by their object numbers.
///
/// # Errors
/// Of the session's side, where a query fails.
pub async fn weigh(session: &Session, tables: &[u32]) -> Result<BTreeMap<u32, Weight>> {
    // A table that is dropped meanwhile has no size, and is no error here.
    let sql = "SELECT c.oid, c.reltuples >= 0 AND (c.relpages > 0 OR c.reltuples > 0) OR coalesce(pg_relation_size(c.oid), 0) = 0, \
                      coalesce(pg_table_size(c.oid), 0), \
                      CASE WHEN c.reltoastrelid = 0 THEN 0 ELSE coalesce(pg_relation_size(c.reltoastrelid), 0) END, \
                      coalesce(pg_indexes_size(c.oid), 0), \
                      coalesce((SELECT max(pg_relation_size(i.indexrelid)) FROM pg_index i WHERE i.indrelid = c.oid), 0), \
                      (SELECT count(*) FROM pg_index i WHERE i.indrelid = c.oid) + (c.reltoastrelid <> 0)::int, \
                      n.nspname::text, c.relname::text \
               FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = ANY ($1)";
    let (mut weights, mut numbers) = (BTreeMap::new(), HashMap::new());
    for row in session.query("weighing the tables", sql, &[&tables]).await? {
        let of = |column| u64::try_from(row.get::<_, i64>(column)).unwrap_or(0);
        let weight = Weight {
            is_counted: row.get(1),
            table: of(2),
            aside: of(3),
            indexes: of(4),
            largest_index: of(5),
            empty: of(6) * PAGE,
            widths: BTreeMap::new(),
        };
        let number: u32 = row.get(0);
        weights.insert(number, weight);
        numbers.insert((row.get::<_, String>(7), row.get::<_, String>(8)), number);
    }
    // The view is not joined to what it is made of: the names are compared here.
    let sql = format!(
        "SELECT nspname::text, tablename::text, attname::text, (avg_width * (1 - null_frac))::float8 \
         FROM pg_stats n (nspname, tablename, attname, inherited, null_frac, avg_width) WHERE NOT inherited AND {USER_SCHEMAS}"
    );
    for row in session.query("reading the widths of columns", &sql, &[]).await? {
        let number = numbers.get(&(row.get(0), row.get(1)));
        if let Some(weight) = number.and_then(|number| weights.get_mut(number)) {
            weight.widths.insert(row.get(2), row.get(3));
        }
    }
    Ok(weights)
}

/// How many rows the planner expects of a condition on a table; nothing runs. `table` is as SQL writes it.
///
/// # Errors
/// Source, where the server can't plan it, or its answer has no number.
pub async fn planned_rows(session: &Session, table: &str, condition: &str) -> Result<u64> {
    // The lines after the first quote the condition, so nothing but a number is taken of the answer.
    let sql = format!("EXPLAIN SELECT FROM ONLY {table} WHERE ({condition}\n)");
    let doing = format!("asking how many rows of `{table}` travel");
    let rows = session.client().query(&sql, &[]).await.map_err(|e| session.error(&doing, &e))?;
    let first: Option<String> = rows.first().and_then(|row| row.try_get(0).ok());
    first
        .as_deref()
        .and_then(rows_of)
        .ok_or_else(|| Error::new(Kind::Source, format!("{doing}: the answer has no number")))
}

/// The rows that a plan's first line speaks of: `… (cost=0.00..35.50 rows=850 width=0)`. Before it may
/// stand a name that somebody chose.
fn rows_of(line: &str) -> Option<u64> {
    let (_, costs) = line.rsplit_once("(cost=")?;
    let (_, rows) = costs.split_once(" rows=")?;
    rows.split(' ').next()?.parse().ok()
}

/// What beside the tables takes room on a copy: populated materialized views with their indexes, and
/// large objects.
///
/// # Errors
/// Of the session's side, where a query fails.
pub async fn beside(session: &Session) -> Result<(u64, u64)> {
    let sql = format!(
        "SELECT (SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class c \
                 JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'm' AND c.relispopulated AND {USER_SCHEMAS}), \
                pg_total_relation_size('pg_catalog.pg_largeobject') + pg_total_relation_size('pg_catalog.pg_largeobject_metadata')"
    );
    let row = session.one("weighing the views and large objects", &sql, &[]).await?;
    let of = |column| u64::try_from(row.get::<_, i64>(column)).unwrap_or(0);
    Ok((of(0), of(1)))
}

/// The size of each of these databases, where the role may ask; and that of an empty one, or of `template`.
///
/// # Errors
/// Of the session's side, where a query fails.
pub async fn databases(
    session: &Session,
    names: &[&str],
    template: Option<&str>,
) -> Result<(BTreeMap<String, u64>, Option<u64>)> {
    let sql = "SELECT datname::text, CASE WHEN has_database_privilege(oid, 'CONNECT') OR pg_has_role('pg_read_all_stats', 'USAGE') \
                      THEN pg_database_size(oid) END FROM pg_database WHERE datname = ANY ($1) OR datname = $2";
    let template = template.unwrap_or("template0");
    let rows = session.query("measuring the databases", sql, &[&names, &template]).await?;
    let mut sizes: BTreeMap<String, u64> = BTreeMap::new();
    for row in rows {
        if let Some(size) = row.get::<_, Option<i64>>(1).and_then(|size| u64::try_from(size).ok()) {
            sizes.insert(row.get(0), size);
        }
    }
    let empty = sizes.get(template).copied();
    sizes.retain(|name, _| names.contains(&name.as_str()));
    Ok((sizes, empty))
}

#[cfg(test)]
mod tests {
    use super::rows_of;

    #[test]
    fn the_planner_s_number_is_read_whatever_the_table_is_called() {
        assert_eq!(rows_of("Seq Scan on t  (cost=0.00..35.50 rows=850 width=0)"), Some(850));
        assert_eq!(
            rows_of("Seq Scan on \"(cost=1 rows=7 width=0)\"  (cost=0.00..1.50 rows=3 width=0)"),
            Some(3)
        );
        assert_eq!(rows_of("Seq Scan on t"), None);
    }
}

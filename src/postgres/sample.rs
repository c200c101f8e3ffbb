//! Some rows of a table, for judging what its columns hold; what people wrote about
//! columns; and which tables the reading role may read.
//!
//! Bounded in rows, in bytes and in time: a few random blocks of a large table, all
//! of a small one, under a statement timeout. The values are never shown.

use super::session::Session;
use super::statistics::Lossy;
use crate::error::Result;
use crate::schema::{Form, Scalar, Schema, Table, identifier};
use std::collections::BTreeMap;
use std::time::Duration;

/// Blocks that are read whole where a table has no more.
const FEW: u32 = 200;

/// The longest text that is looked at, in characters, and the largest document, in bytes.
const LONGEST: u32 = 4000;
const LARGEST: u32 = 20_000;

/// The values of a column, in text form; `None` for NULL and for what is not looked at.
pub type Values = Vec<Option<String>>;

/// Up to `rows` rows of a table's own, column by column in the order of `columns`.
///
/// # Errors
/// Source. The transaction can go on.
pub async fn rows(
    session: &Session,
    table: &Table,
    columns: &[usize],
    rows: u32,
    patience: Duration,
) -> Result<Vec<Values>> {
    let doing = format!("sampling `{}`", table.name);
    session.run(&doing, "SAVEPOINT sampling").await?;
    let read = read(session, &doing, table, columns, rows, patience).await;
    let end = if read.is_ok() { "RELEASE SAVEPOINT sampling" } else { "ROLLBACK TO SAVEPOINT sampling" };
    session.run(&doing, end).await?;
    read
}

async fn read(
    session: &Session,
    doing: &str,
    table: &Table,
    columns: &[usize],
    rows: u32,
    patience: Duration,
) -> Result<Vec<Values>> {
    session.run(doing, &format!("SET LOCAL statement_timeout = {}", patience.as_millis().max(1))).await?;
    let sql = statement(table, columns, rows);
    session.rows_come(true).await?;
    let read = session.client().query(&sql, &[]).await;
    // A failed statement leaves the transaction unable to answer until it is rolled back.
    if read.is_ok() {
        session.answers_come().await?;
        session.run(doing, "SET LOCAL statement_timeout = 0").await?;
    }
    let read = read.map_err(|e| session.error(doing, &e))?;
    let mut values = vec![Values::with_capacity(read.len()); columns.len()];
    for row in read {
        for (place, column) in values.iter_mut().enumerate() {
            let value: Option<Lossy> = row.try_get(place).map_err(|e| session.error(doing, &e))?;
            column.push(value.map(|Lossy(text)| text));
        }
    }
    Ok(values)
}

fn statement(table: &Table, columns: &[usize], rows: u32) -> String {
    let columns: Vec<_> = columns.iter().filter_map(|place| table.columns.get(*place)).collect();
    let read: Vec<_> = columns
        .iter()
        .map(|column| {
            let name = identifier(&column.name);
            match (&column.data_type.base().form, column.data_type.scalar()) {
                (Form::Scalar(Scalar::Other) | Form::Composite(_), _) => {
                    format!("CASE WHEN {name} IS NOT NULL THEN '' END")
                }
                (_, Some(Scalar::Bytea)) => format!(
                    "CASE WHEN pg_column_size({name}) < {LARGEST} THEN encode(substring({name} FOR {LONGEST}), 'hex') \
                     WHEN {name} IS NOT NULL THEN '' END"
                ),
                (Form::Array(_), _) => small(&name, &format!("array_to_json({name})::text")),
                (_, Some(Scalar::Json | Scalar::Jsonb | Scalar::Hstore | Scalar::Xml)) => {
                    small(&name, &format!("{name}::text"))
                }
                _ => format!("\"left\"({name}::text, {LONGEST})"),
            }
        })
        .collect();
    let from = match share(table, rows) {
        Some(percent) => format!(" TABLESAMPLE SYSTEM ({percent:.6}) REPEATABLE (1)"),
        None => String::new(),
    };
    format!("SELECT {} FROM ONLY {}{from} LIMIT {rows}", read.join(", "), table.name.sql())
}

/// A text that is not long, neither as it is stored, which is asked first, nor as it is written.
fn small(name: &str, text: &str) -> String {
    format!(
        "CASE WHEN pg_column_size({name}) < {LARGEST} THEN CASE WHEN octet_length({text}) < {LARGEST} THEN {text} END END"
    )
}

/// The percentage of a table's blocks that has about twice the rows wanted; `None` for
/// all of a small one. Twice, because the rows at its front are the oldest.
fn share(table: &Table, rows: u32) -> Option<f64> {
    if table.pages <= FEW {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    let dense = (table.estimated_rows as f64 / f64::from(table.pages)).max(1.0);
    let blocks = (f64::from(rows) * 2.0 / dense).max(40.0);
    Some((blocks * 100.0 / f64::from(table.pages)).min(100.0))
}

/// What people wrote about columns, by table and column number of the source.
///
/// # Errors
/// Source.
pub async fn comments(session: &Session, schema: &Schema) -> Result<BTreeMap<(u32, String), String>> {
    let oids: Vec<u32> = schema.tables.iter().map(|table| table.oid).collect();
    let sql = "SELECT d.objoid, a.attname::text, d.description FROM pg_description d \
               JOIN pg_attribute a ON a.attrelid = d.objoid AND a.attnum = d.objsubid \
               WHERE d.classoid = 'pg_catalog.pg_class'::regclass AND d.objsubid > 0 AND d.objoid = ANY ($1)";
    let rows = session.query("reading comments", sql, &[&oids]).await?;
    Ok(rows.iter().map(|row| ((row.get(0), row.get(1)), row.get(2))).collect())
}

/// The object numbers of tables that the reading role can't read whole, with the reason.
///
/// # Errors
/// Source.
pub async fn closed(session: &Session, schema: &Schema) -> Result<BTreeMap<u32, &'static str>> {
    let oids: Vec<u32> = schema.tables.iter().map(|table| table.oid).collect();
    let sql = "SELECT c.oid, has_table_privilege(c.oid, 'SELECT') \
               AND has_schema_privilege(c.relnamespace, 'USAGE'), row_security_active(c.oid) \
               FROM pg_class c WHERE c.oid = ANY ($1)";
    let rows = session.query("reading privileges", sql, &[&oids]).await?;
    let why = |row: &tokio_postgres::Row| {
        if !row.get::<_, bool>(1) {
            Some("the reading role has no SELECT on it")
        } else if row.get(2) {
            Some("row security hides rows of it from the reading role")
        } else {
            None
        }
    };
    Ok(rows.iter().filter_map(|row| Some((row.get(0), why(row)?))).collect())
}

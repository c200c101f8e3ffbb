//! Whether masked values hold the CHECK constraints of their columns: the server is asked, with what the
//! masks gave for the first rows. Only pseudonyms are sent: the source may log what it is asked with, and a
//! column that is kept, or a mask that leaves something as it was, would put values of rows there.

use crate::error::Result;
use crate::format::Place;
use crate::format::text;
use crate::pipeline::Batch;
use crate::plan::TablePlan;
use crate::postgres::session::Session;
use crate::schema::{Check, Schema, identifier};
use std::fmt::Write as _;

/// Fewer rows say nothing.
const ENOUGH: usize = 20;

/// Masks that leave nothing of a value; `digits` does where a text has no letters.
const WHOLE: [&str; 10] =
    ["letters", "digits", "email", "national_id", "phone", "postcode", "token", "username", "uuid", "vat"];

/// The columns of a table whose constraints all hold for these masked rows, by place.
pub(super) async fn columns(
    session: &Session,
    schema: &Schema,
    plan: &TablePlan,
    rows: &Batch,
) -> Vec<usize> {
    let root = schema.partition_root(plan.table);
    let (mut held, mut broken) = (Vec::new(), Vec::new());
    for check in schema.checks.iter().filter(|check| check.table == plan.table || check.table == root) {
        // A partition may have its columns in another order.
        let names = check.columns.iter().filter_map(|column| schema.table(check.table)?.columns.get(*column));
        let places: Vec<usize> =
            names.filter_map(|column| schema.table(plan.table)?.find(&column.name)).collect();
        if places.iter().any(|place| plan.masked.contains(place)) {
            let holds = holds(session, plan, check, &places, rows).await.unwrap_or(false);
            (if holds { &mut held } else { &mut broken }).extend(places);
        }
    }
    held.retain(|place| !broken.contains(place));
    held
}

/// Whether the rows hold one constraint.
async fn holds(
    session: &Session,
    plan: &TablePlan,
    check: &Check,
    places: &[usize],
    rows: &Batch,
) -> Result<bool> {
    let mask = |place: &usize| plan.transformers.get(*place).copied().flatten();
    // What a column had, it had under its constraint.
    if let [Some("shuffle")] = places.iter().map(mask).collect::<Vec<_>>().as_slice() {
        return Ok(true);
    }
    if !places.iter().all(|place| mask(place).is_some_and(|mask| WHOLE.contains(&mask))) {
        return Ok(false);
    }
    let Some(sql) = statement(plan, check, places) else { return Ok(false) };
    let Some(values) = values(plan, places, rows) else { return Ok(false) };
    let lettered = |column: &Vec<Option<String>>| {
        column.iter().flatten().any(|value| value.contains(char::is_alphabetic))
    };
    if places.iter().zip(&values).any(|(place, column)| mask(place) == Some("digits") && lettered(column)) {
        return Ok(false);
    }
    let most = values.iter().map(|column| column.iter().flatten().count()).max().unwrap_or(0);
    if most < ENOUGH {
        return Ok(false);
    }
    let doing = "trying a CHECK";
    session.run(doing, "SAVEPOINT checking; SET LOCAL statement_timeout = '10s'").await?;
    let with: Vec<&(dyn tokio_postgres::types::ToSql + Sync)> =
        values.iter().map(|column| column as &(dyn tokio_postgres::types::ToSql + Sync)).collect();
    let read = session.query(doing, &sql, &with).await;
    session.run(doing, "ROLLBACK TO SAVEPOINT checking; RELEASE SAVEPOINT checking").await?;
    Ok(read?.first().is_some_and(|row| row.get::<_, i64>(0) == 0))
}

/// Counts the rows that do not hold it.
fn statement(plan: &TablePlan, check: &Check, places: &[usize]) -> Option<String> {
    let (mut read, mut from, mut called) = (String::new(), String::new(), String::new());
    for (number, place) in (1..).zip(places) {
        let column = plan.columns.get(*place)?;
        let (data_type, name) = if check.of_domain {
            (&column.data_type.base().name, identifier("value"))
        } else {
            (&column.data_type.name, identifier(&column.name))
        };
        let comma = if number == 1 { "" } else { ", " };
        let _ = write!(read, "{comma}v.c{number}::{data_type} AS {name}");
        let _ = write!(from, "{comma}${number}::text[]");
        let _ = write!(called, "{comma}c{number}");
    }
    let condition = &check.condition;
    Some(format!(
        "SELECT count(*) FROM (SELECT {read} FROM unnest({from}) AS v ({called})) AS t WHERE NOT ({condition})"
    ))
}

/// The masked values of some columns, as texts.
fn values(plan: &TablePlan, places: &[usize], rows: &Batch) -> Option<Vec<Vec<Option<String>>>> {
    let mut spots = vec![Place::Null; plan.columns.len()];
    let mut values = vec![Vec::with_capacity(rows.ends.len()); places.len()];
    let mut start = 0;
    for end in &rows.ends {
        let mut scratch = Vec::new();
        text::find_fields(&rows.bytes, start, *end, &plan.selected, &mut spots, &mut scratch)?;
        for (column, place) in values.iter_mut().zip(places) {
            let bytes = match spots.get(*place)? {
                Place::Batch(from, to) => Some(rows.bytes.get(*from..*to)?),
                Place::Scratch(from, to) => Some(scratch.get(*from..*to)?),
                Place::Null => None,
            };
            column.push(match bytes {
                Some(bytes) => Some(std::str::from_utf8(bytes).ok()?.to_owned()),
                None => None,
            });
        }
        start = *end;
    }
    Some(values)
}

//! Whether masked values hold the CHECK constraints of their columns: the server is asked, with what the
//! masks gave for the first rows under many secrets, so that what a condition refuses now and then is found
//! before a refresh draws it; of the numbers of one column it is asked about the ends of each length that could come.
//!
//! Only pseudonyms are sent: the source may log what it is asked with, and a column that is kept, or a mask
//! that leaves something as it was, would put values of rows there. The secrets are drawn anew for each run.

use crate::error::Result;
use crate::format::Place;
use crate::format::text;
use crate::pipeline::Batch;
use crate::plan::TablePlan;
use crate::postgres::session::Session;
use crate::rules::Edges;
use crate::schema::{Check, Schema, identifier};
use std::fmt::Write as _;

/// Fewer rows say nothing.
const ENOUGH: usize = 20;

/// A column's values, as texts.
type Values = Vec<Option<String>>;

/// Masks that leave nothing of a value; `digits` does where a text has no letters.
const WHOLE: [&str; 10] =
    ["letters", "digits", "email", "national_id", "phone", "postcode", "token", "username", "uuid", "vat"];

/// What was read of a table, masked under one secret after the other.
pub(super) struct Tried<'a> {
    pub(super) plan: &'a TablePlan,
    pub(super) masked: Vec<Batch>,
}

/// The CHECK constraints of a table that a mask of its own may break.
fn asked<'s>(schema: &'s Schema, plan: &TablePlan) -> Vec<(&'s Check, Vec<usize>)> {
    let root = schema.partition_root(plan.table);
    let own = schema.checks.iter().filter(|check| check.table == plan.table || check.table == root);
    let places = own.map(|check| {
        // A partition may have its columns in another order.
        let names = check.columns.iter().filter_map(|column| schema.table(check.table)?.columns.get(*column));
        (check, names.filter_map(|column| schema.table(plan.table)?.find(&column.name)).collect::<Vec<_>>())
    });
    places.filter(|(_, places)| places.iter().any(|place| plan.masked.contains(place))).collect()
}

/// The columns of a table whose constraints all hold for these masked rows, by place.
pub(super) async fn columns(session: &Session, schema: &Schema, tried: &Tried<'_>) -> Vec<usize> {
    let (mut held, mut broken) = (Vec::new(), Vec::new());
    for (check, places) in asked(schema, tried.plan) {
        let holds = tried.hold(session, check, &places).await.unwrap_or(false);
        (if holds { &mut held } else { &mut broken }).extend(places);
    }
    held.retain(|place| !broken.contains(place));
    held
}

impl Tried<'_> {
    /// Whether the rows hold one constraint, and all that could come of others.
    async fn hold(&self, session: &Session, check: &Check, places: &[usize]) -> Result<bool> {
        let mask = |place: &usize| self.plan.transformers.get(*place).copied().flatten();
        // What a column had, it had under its constraint.
        if let [Some("shuffle")] = places.iter().map(mask).collect::<Vec<_>>().as_slice() {
            return Ok(true);
        }
        if !places.iter().all(|place| mask(place).is_some_and(|mask| WHOLE.contains(&mask))) {
            return Ok(false);
        }
        let Some(values) = self.values(places) else { return Ok(false) };
        let lettered =
            |column: &Values| column.iter().flatten().any(|value| value.contains(char::is_alphabetic));
        let is_digits = |place| mask(place) == Some("digits");
        if places.iter().zip(&values).any(|(place, column)| is_digits(place) && lettered(column)) {
            return Ok(false);
        }
        let most = values.iter().map(|column| column.iter().flatten().count()).max().unwrap_or(0);
        if most < ENOUGH * self.masked.len() {
            return Ok(false);
        }
        let answers = self.answers(session, check, places, &values).await?;
        if !answers.into_iter().all(|holds| holds) {
            return Ok(false);
        }
        let ([place], [values]) = (places, values.as_slice()) else { return Ok(true) };
        let seen = || values.iter().flatten().map(String::as_str);
        let column = self.plan.columns.get(*place).filter(|_| is_digits(place));
        let Some(edges) = column.and_then(|column| Edges::of(&column.data_type, seen())) else {
            return Ok(true);
        };
        let numbers = [edges.numbers.iter().cloned().map(Some).collect()];
        Ok(edges.hold(&self.answers(session, check, places, &numbers).await?, seen()))
    }

    /// Whether each row of values holds the constraint, as far as the server knows.
    async fn answers(
        &self,
        session: &Session,
        check: &Check,
        places: &[usize],
        values: &[Values],
    ) -> Result<Vec<bool>> {
        let Some(sql) = statement(self.plan, check, places) else { return Ok(vec![false]) };
        let doing = "trying a CHECK";
        session.run(doing, "SAVEPOINT checking; SET LOCAL statement_timeout = '10s'").await?;
        let with: Vec<&(dyn tokio_postgres::types::ToSql + Sync)> =
            values.iter().map(|column| column as &(dyn tokio_postgres::types::ToSql + Sync)).collect();
        let read = session.query(doing, &sql, &with).await;
        session.run(doing, "ROLLBACK TO SAVEPOINT checking; RELEASE SAVEPOINT checking").await?;
        Ok(read?.iter().map(|row| row.get(0)).collect())
    }

    /// The masked values of some columns, as texts.
    fn values(&self, places: &[usize]) -> Option<Vec<Values>> {
        let mut values = vec![Vec::new(); places.len()];
        for rows in &self.masked {
            read(self.plan, places, rows, &mut values)?;
        }
        Some(values)
    }
}

/// Tells of each row whether it holds it, in their order. A CHECK holds where it is NULL.
fn statement(plan: &TablePlan, check: &Check, places: &[usize]) -> Option<String> {
    const ORDER: &str = "\"the row\"";
    let (mut read, mut from, mut called) = (String::new(), String::new(), String::new());
    for (number, place) in (1..).zip(places) {
        let column = plan.columns.get(*place)?;
        // Of a domain the type below: what a domain refuses would end the question.
        let data_type = &column.data_type.base().name;
        let name = if check.of_domain { identifier("value") } else { identifier(&column.name) };
        let _ = write!(read, "v.c{number}::{data_type} AS {name}, ");
        let _ = write!(from, "{}${number}::text[]", if number == 1 { "" } else { ", " });
        let _ = write!(called, "c{number}, ");
    }
    let condition = &check.condition;
    Some(format!(
        "SELECT ({condition}) IS NOT FALSE FROM (SELECT {read}v.{ORDER} FROM \
         unnest({from}) WITH ORDINALITY AS v ({called}{ORDER})) AS t ORDER BY t.{ORDER}"
    ))
}

/// Adds the values that some columns have in these rows.
fn read(plan: &TablePlan, places: &[usize], rows: &Batch, values: &mut [Values]) -> Option<()> {
    let mut spots = vec![Place::Null; plan.columns.len()];
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
    Some(())
}

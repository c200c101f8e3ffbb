//! What a plan would copy, by the catalog and its statistics.

use super::model::{Load, VIEW_INDEXES};
use crate::error::Result;
use crate::plan::{LargeObjects, Plan, TablePlan, Treatment};
use crate::postgres::session::Session;
use crate::postgres::snapshot::of_rules;
use crate::postgres::volume::Volume;
use crate::postgres::weight::{self, Weight};
use crate::refresh::{Options, Verify};
use crate::report::{Estimate, Rows};
use crate::rules;
use std::collections::HashMap;

/// All of it.
pub(in crate::refresh) struct Gathered {
    /// The tables of the plan, largest first.
    pub(super) tables: Vec<Estimate>,
    /// Bytes of materialized views, and of large objects where they travel.
    pub(super) views: u64,
    pub(super) objects: u64,
    pub(in crate::refresh) load: Load,
    /// What the tables take on the source's disk whose rows travel, as if all of them did.
    pub(in crate::refresh) volume: Volume,
}

/// Gathers it, in the session's current transaction. Nothing of it reads a row.
///
/// # Errors
/// Source, where a query fails; rules, where the server can't plan a condition of `[rows]`.
pub(in crate::refresh) async fn gather(
    session: &Session,
    options: &Options,
    plan: &Plan,
) -> Result<Gathered> {
    let number = |table: &TablePlan| plan.schema.table(table.table).map_or(0, |table| table.oid);
    let numbers: Vec<u32> = plan.tables.iter().map(|table| number(table)).collect();
    let weights = weight::weigh(session, &numbers).await?;
    let (views, objects) = weight::beside(session).await?;
    let objects = if matches!(plan.large_objects, LargeObjects::None) { 0 } else { objects };
    let mut load = Load {
        lanes: options.lanes(),
        tables: float(plan.schema.tables.len() as u64),
        bytes: float(objects),
        counts: options.verify == Verify::Full,
        throttle: options.throttle,
        ..Load::default()
    };
    let nothing = Weight::default();
    let mut rows_of: HashMap<usize, u64> = HashMap::new();
    let mut tables = Vec::with_capacity(plan.tables.len());
    let mut volume = Volume::default();
    for table in &plan.tables {
        let weight = weights.get(&number(table)).unwrap_or(&nothing);
        let (rows, rows_from) = rows(session, table, weight).await?;
        let estimate = estimate(table, weight, rows, rows_from);
        add(&mut load, table, weight, &estimate);
        if !table.is_empty() {
            volume.tables += weight.table;
            volume.indexes += weight.indexes;
        }
        rows_of.insert(table.table, rows);
        tables.push(estimate);
    }
    let keys = plan.schema.foreign_keys.iter().filter(|key| key.declared && key.validated);
    load.key_rows = keys.filter_map(|key| rows_of.get(&key.from)).map(|rows| float(*rows)).sum();
    load.index_bytes += float(views) * VIEW_INDEXES;
    tables.sort_by(|a, b| {
        (b.table_bytes + b.index_bytes, &a.name).cmp(&(a.table_bytes + a.index_bytes, &b.name))
    });
    Ok(Gathered { tables, views, objects, load, volume })
}

/// How many rows travel.
async fn rows(session: &Session, table: &TablePlan, weight: &Weight) -> Result<(u64, Rows)> {
    let name = table.name.sql();
    let planned = match (&table.rows, &table.users) {
        (rules::Rows::None, _) => return Ok((0, Rows::None)),
        (rules::Rows::Where(condition), _) => {
            weight::planned_rows(session, &name, condition).await.map_err(of_rules)?
        }
        (rules::Rows::All, Some(users)) => weight::planned_rows(session, &name, users).await?,
        (rules::Rows::All, None) => {
            return Ok((table.estimated_rows, if weight.is_counted { Rows::Statistics } else { Rows::Size }));
        }
    };
    // The planner never expects none.
    let rows = if weight.table == 0 { 0 } else { planned };
    Ok((rows, if weight.is_counted { Rows::Planner } else { Rows::Size }))
}

fn estimate(table: &TablePlan, weight: &Weight, rows: u64, rows_from: Rows) -> Estimate {
    let count = |wanted: fn(&Treatment) -> bool| table.treatments.iter().filter(|t| wanted(t)).count();
    let share = share(table, rows);
    let part = |bytes: u64| whole(float(bytes) * share);
    Estimate {
        name: table.name.to_string(),
        travel: match table.rows {
            rules::Rows::None => "none",
            rules::Rows::Where(_) => "where",
            rules::Rows::All => "all",
        },
        rows,
        rows_from,
        wire_bytes: wire(table, weight, rows),
        table_bytes: part(weight.table),
        index_bytes: part(weight.indexes).max(weight.empty),
        masked: count(|t| matches!(t, Treatment::Mask(_))),
        null: count(|t| matches!(t, Treatment::Null)),
        kept: count(|t| matches!(t, Treatment::Keep)),
    }
}

/// What share of the table's rows travels.
fn share(table: &TablePlan, rows: u64) -> f64 {
    if table.is_empty() || rows == 0 {
        return 0.0;
    }
    (float(rows) / float(table.estimated_rows.max(1))).min(1.0)
}

/// In the binary form a row has two bytes for its columns' number, and each column four for its length.
/// What is stored out of line is not in the widths that statistics have.
fn wire(table: &TablePlan, weight: &Weight, rows: u64) -> u64 {
    let share = share(table, rows);
    if weight.widths.is_empty() {
        return whole(float(weight.table) * share);
    }
    let width = |place: &usize| match (table.columns.get(*place), table.treatments.get(*place)) {
        (Some(_), Some(Treatment::Null)) | (None, _) => 4.0,
        (Some(column), _) => 4.0 + weight.widths.get(&column.name).unwrap_or(&0.0),
    };
    let row = 2.0 + table.selected.iter().map(width).sum::<f64>();
    whole(float(rows) * row + float(weight.aside) * share)
}

fn add(load: &mut Load, table: &TablePlan, weight: &Weight, estimate: &Estimate) {
    let (rows, bytes) = (float(estimate.rows), float(estimate.wire_bytes));
    let masked = table.columns.iter().zip(&table.treatments);
    let masked = masked.filter(|(_, treatment)| matches!(treatment, Treatment::Mask(_)));
    let width: f64 = masked.filter_map(|(column, _)| weight.widths.get(&column.name)).sum();
    load.rows += rows;
    load.bytes += bytes;
    load.values += rows * float(estimate.masked as u64);
    load.value_bytes += rows * width;
    load.index_bytes += float(estimate.index_bytes);
    load.largest_index = load.largest_index.max(float(weight.largest_index) * share(table, estimate.rows));
    load.sample(rows, float(table.columns.len() as u64), bytes);
}

#[expect(clippy::cast_precision_loss, reason = "an estimate")]
pub(super) fn float(number: u64) -> f64 {
    number as f64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an estimate, never negative")]
pub(super) fn whole(number: f64) -> u64 {
    number as u64
}

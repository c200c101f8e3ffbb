//! Columns that are loaded empty and set by an expression on the build.

use crate::error::Result;
use crate::plan::{Plan, TablePlan, Treatment};
use crate::postgres::session::Session;
use crate::schema::{Name, Schema, identifier};
use std::collections::BTreeSet;

/// The columns that an expression sets on the build, with it.
fn remade(plan: &TablePlan) -> impl Iterator<Item = (&str, &str)> {
    plan.columns.iter().zip(&plan.treatments).filter_map(|(column, treatment)| match treatment {
        Treatment::Remake(expression) => Some((column.name.as_str(), expression.as_str())),
        _ => None,
    })
}

/// The remade columns that are NOT NULL, each with its table and what that is a
/// partition or child of; what stands above comes first, because a part can't be
/// looser than the whole.
fn strict(plan: &Plan) -> Vec<(&Name, &str)> {
    let schema = &plan.schema;
    let mut found = BTreeSet::new();
    for table in &plan.tables {
        for (column, _) in remade(table) {
            let mut waiting = vec![table.table];
            while let Some(place) = waiting.pop() {
                let Some(here) = schema.table(place) else { continue };
                let Some(known) = here.find(column).and_then(|c| here.columns.get(c)) else { continue };
                waiting.extend(here.inherits.iter().copied().chain(here.parent));
                if known.not_null {
                    found.insert((depth(schema, place), &here.name, column));
                }
            }
        }
    }
    found.into_iter().map(|(_, table, column)| (table, column)).collect()
}

/// How many levels stand above a table.
fn depth(schema: &Schema, table: usize) -> usize {
    let mut level = vec![table];
    // Inheritance knows no rings, but a schema made by hand might.
    for depth in 0..=schema.tables.len() {
        let tables = level.iter().filter_map(|place| schema.table(*place));
        level = tables.flat_map(|table| table.inherits.iter().copied().chain(table.parent)).collect();
        if level.is_empty() {
            return depth;
        }
    }
    0
}

/// Lets columns that are remade be empty while the rows come in.
///
/// # Errors
/// Target, where the server refuses.
pub async fn loosen(build: &Session, plan: &Plan) -> Result<()> {
    for (table, column) in strict(plan) {
        let sql = format!("ALTER TABLE {} ALTER COLUMN {} DROP NOT NULL", table.sql(), identifier(column));
        build.run("loosening a remade column", &sql).await?;
    }
    Ok(())
}

/// Sets the remade columns, before there are indexes and triggers.
///
/// # Errors
/// Verify, where what an expression makes does not fit; target, where it fails. The
/// table is named.
pub async fn remake(build: &Session, plan: &Plan) -> Result<()> {
    for table in &plan.tables {
        let sets: Vec<String> = remade(table)
            .map(|(column, expression)| format!("{} = ({expression}\n)", identifier(column)))
            .collect();
        if sets.is_empty() {
            continue;
        }
        let doing = format!("remaking columns of `{}`", table.name);
        let sql = format!("UPDATE ONLY {} SET {}", table.name.sql(), sets.join(", "));
        build.run(&doing, &sql).await.map_err(super::broken_by_rows)?;
    }
    for (table, column) in strict(plan).into_iter().rev() {
        let sql = format!("ALTER TABLE {} ALTER COLUMN {} SET NOT NULL", table.sql(), identifier(column));
        build.run(&format!("remaking columns of `{table}`"), &sql).await.map_err(super::broken_by_rows)?;
    }
    Ok(())
}

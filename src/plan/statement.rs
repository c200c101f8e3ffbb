//! The two `COPY` statements of a table. Both always name their columns.

use super::relatives::ROW;
use super::table::TablePlan;
use super::treatment::Treatment;
use crate::format::Wire;
use crate::rules::Rows;
use crate::schema::{Name, identifier};
use std::collections::BTreeSet;
use std::fmt::Write;

fn format_name(wire: Wire) -> &'static str {
    match wire {
        Wire::Binary => "binary",
        Wire::Text => "text",
    }
}

pub(super) fn copy_out(plan: &TablePlan, blocks: Option<(u32, Option<u32>)>, limit: Option<u64>) -> String {
    let is_read = |place: &usize| {
        !matches!(plan.treatments.get(*place), Some(Treatment::Null)) || plan.read.contains(place)
    };
    let name = |place: &usize| plan.columns.get(*place).map(|column| identifier(&column.name));
    let select = |row: &str| -> Vec<String> {
        let columns = plan.selected.iter();
        columns
            .filter_map(|place| {
                let name = name(place)?;
                Some(if is_read(place) { format!("{row}{name}") } else { "NULL".to_owned() })
            })
            .collect()
    };
    let mut own_columns = select("");
    if remade_for_all(plan).is_some() {
        own_columns.push("NULL".to_owned());
    }
    let mut conditions = Vec::new();
    if let Some((from, to)) = blocks {
        conditions.push(format!("ctid >= '({from},0)'::pg_catalog.tid"));
        if let Some(to) = to {
            conditions.push(format!("ctid < '({to},0)'::pg_catalog.tid"));
        }
    }
    match &plan.rows {
        Rows::All => {}
        Rows::None => conditions.push("false".to_owned()),
        Rows::Where(condition) => conditions.push(format!("({condition}\n)")),
    }
    let mut rest = format!(" FROM ONLY {}", plan.name.sql());
    if !conditions.is_empty() {
        let _ = write!(rest, " WHERE {}", conditions.join(" AND "));
    }
    if let Some(limit) = limit {
        let _ = write!(rest, " LIMIT {limit}");
    }
    let query = if plan.joined.columns.is_empty() {
        format!("SELECT {}{rest}", own_columns.join(", "))
    } else {
        // The table's own columns stand in a subquery, so that a condition of `[rows]`
        // sees no other table's.
        let mut own: BTreeSet<usize> = plan.selected.iter().copied().filter(is_read).collect();
        own.extend(&plan.joined.by);
        let own: Vec<_> = own.iter().filter_map(name).collect();
        let columns = [select(&format!("{ROW}.")), plan.joined.columns.clone()].concat();
        let joins = &plan.joined.joins;
        format!("SELECT {} FROM (SELECT {}{rest}) AS {ROW}{joins}", columns.join(", "), own.join(", "))
    };
    format!("COPY ({query}) TO STDOUT (FORMAT {})", format_name(plan.wire))
}

/// The column that goes as NULL where every column is remade: without a list `COPY` would
/// expect them all, and an empty list is no SQL.
fn remade_for_all(plan: &TablePlan) -> Option<usize> {
    let remade = plan.treatments.iter().position(|treatment| matches!(treatment, Treatment::Remake(_)));
    remade.filter(|_| plan.selected.is_empty())
}

pub(super) fn copy_in(plan: &TablePlan, frozen: bool) -> String {
    let places = plan.selected.iter().copied().chain(remade_for_all(plan));
    let columns: Vec<String> =
        places.filter_map(|place| Some(identifier(&plan.columns.get(place)?.name))).collect();
    // A table without columns takes no list.
    let list = if columns.is_empty() { String::new() } else { format!(" ({})", columns.join(", ")) };
    let table = plan.route.as_ref().map_or(&plan.name, |route| &route.root);
    let frozen = if frozen { ", FREEZE" } else { "" };
    format!("COPY {}{list} FROM STDIN (FORMAT {}{frozen})", Name::sql(table), format_name(plan.wire))
}

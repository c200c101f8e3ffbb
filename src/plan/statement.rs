//! The two `COPY` statements of a table. Both always name their columns.

use super::table::TablePlan;
use super::treatment::Treatment;
use crate::format::Wire;
use crate::rules::Rows;
use crate::schema::{Name, identifier};
use std::fmt::Write;

fn format_name(wire: Wire) -> &'static str {
    match wire {
        Wire::Binary => "binary",
        Wire::Text => "text",
    }
}

pub(super) fn copy_out(plan: &TablePlan, blocks: Option<(u32, Option<u32>)>, limit: Option<u64>) -> String {
    let columns: Vec<String> = plan
        .selected
        .iter()
        .filter_map(|place| {
            let name = identifier(&plan.columns.get(*place)?.name);
            let unread =
                matches!(plan.treatments.get(*place), Some(Treatment::Null)) && !plan.read.contains(place);
            Some(if unread { "NULL".to_owned() } else { name })
        })
        .collect();
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
    let mut sql = format!("COPY (SELECT {} FROM ONLY {}", columns.join(", "), plan.name.sql());
    if !conditions.is_empty() {
        let _ = write!(sql, " WHERE {}", conditions.join(" AND "));
    }
    if let Some(limit) = limit {
        let _ = write!(sql, " LIMIT {limit}");
    }
    let _ = write!(sql, ") TO STDOUT (FORMAT {})", format_name(plan.wire));
    sql
}

pub(super) fn copy_in(plan: &TablePlan) -> String {
    let columns: Vec<String> =
        plan.selected.iter().filter_map(|place| Some(identifier(&plan.columns.get(*place)?.name))).collect();
    // A table without columns takes no list; an empty one is no SQL.
    let list = if columns.is_empty() { String::new() } else { format!(" ({})", columns.join(", ")) };
    format!("COPY {}{list} FROM STDIN (FORMAT {})", Name::sql(&plan.name), format_name(plan.wire))
}

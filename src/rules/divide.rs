//! Partition keys over columns that do not stay as they are: whether each masked
//! row can find a partition.
//!
//! Rows of such a tree are written through its root and the server places them. A
//! value that no partition takes ends the run; where that is known, or likely,
//! before a row is read, it is said here.

use super::check::Decided;
use super::decide::Verdicts;
use super::follow::needs_decisions;
use super::rows::{RowVerdict, Rows};
use crate::diagnostic::Diagnostic;
use crate::schema::{ColumnId, Partitioning, Schema, TableKind};

/// Reports partition keys that masking breaks or may break, once for each column.
pub(super) fn check_keys(
    schema: &Schema,
    verdicts: &Verdicts<'_>,
    rows: &[RowVerdict<'_>],
    problems: &mut Vec<Diagnostic>,
) {
    for (root, table) in schema.tables.iter().enumerate() {
        let travels = rows.get(root).is_some_and(|rows| rows.rows != Rows::None);
        if table.kind != TableKind::Partitioned
            || table.parent.is_some()
            || !needs_decisions(table)
            || !travels
        {
            continue;
        }
        let dividing = schema.dividing(root);
        for column in 0..table.columns.len() {
            let levels: Vec<_> =
                dividing.iter().filter(|(place, _)| *place == column).map(|(_, level)| *level).collect();
            let id = ColumnId { table: root, column };
            let Some(verdict) = verdicts.get(id).filter(|_| !levels.is_empty()) else { continue };
            if let Some(problem) = verdict.decided.as_ref().and_then(|d| problem(schema, id, d, &levels)) {
                problems.push(verdict.place(problem));
            }
        }
    }
}

fn problem(schema: &Schema, id: ColumnId, decided: &Decided, levels: &[&Partitioning]) -> Option<Diagnostic> {
    let name = schema.describe(id);
    let part = format!("`{name}` is part of the partition key");
    let table = |level: &Partitioning| schema.table(level.table).map(|table| table.name.to_string());
    match decided {
        Decided::Keep | Decided::Omit => None,
        Decided::Remake(_) => {
            let message = format!("{part}: rows need it before an expression could set it");
            Some(Diagnostic::error(message).help("write `\"keep\"` or a transformer"))
        }
        _ if schema.reaching_other_servers().contains(&id.table) => {
            let message =
                format!("{part}, and a partition lies on another server: masked rows could go there");
            Some(Diagnostic::error(message).help("write `\"keep\"`"))
        }
        Decided::Null => {
            let level = levels.iter().find(|level| !level.takes_null)?;
            let message = format!("{part}, and no partition of `{}` takes NULL", table(level)?);
            let help = "write `\"keep\"` or a transformer, or give the table a DEFAULT partition";
            Some(Diagnostic::error(message).help(help))
        }
        Decided::Mask(_) => {
            let level = levels.iter().find(|level| !level.takes_all)?;
            let message = format!(
                "{part}: a masked value that no partition of `{}` takes will end the run",
                table(level)?
            );
            let help = "write `\"keep\"` or a mask that stays within the partitions' bounds, or give the table a DEFAULT partition";
            Some(Diagnostic::warning(message).help(help))
        }
    }
}

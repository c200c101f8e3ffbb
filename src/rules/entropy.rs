//! Consistent masks on columns of few values: equal stays equal, so whoever knows
//! how often each value occurs knows which is which.

use super::check::Decided;
use super::decide::Verdicts;
use super::distinct::{self, Comparison};
use super::follow::{deciding, every_column, needs_decisions};
use super::rows::{RowVerdict, Rows};
use crate::diagnostic::Diagnostic;
use crate::schema::{DataType, KeyKind, KeyPart, Schema};
use crate::transform::{Capacity, Rule};

/// Fewer distinct values than this, in more rows than that.
const FEW: u64 = 50;
const MANY: u64 = 1000;

/// Masks that give one value for many, or that look inside the value.
const EXEMPT: &[&str] = &["constant", "redact", "round", "scrub", "json", "each", "xml", "template"];

/// Says where equality leaks.
pub(super) fn check_few(
    schema: &Schema,
    verdicts: &Verdicts<'_>,
    rows: &[RowVerdict<'_>],
    problems: &mut Vec<Diagnostic>,
) {
    for id in every_column(schema) {
        let travels = schema.table(id.table).is_some_and(needs_decisions)
            && rows.get(id.table).is_some_and(|rows| rows.rows != Rows::None);
        let (Some(verdict), Some(column)) = (verdicts.get(id), schema.column(id)) else { continue };
        let said_why = verdict.entry.is_some_and(|entry| entry.reason);
        // Keys and what follows them must stay equal.
        if !travels || said_why || deciding(schema, id) != id || schema.is_key(id) {
            continue;
        }
        let Some(Decided::Mask(rule)) = &verdict.decided else { continue };
        let few = column.estimated_distinct.filter(|distinct| (2..FEW).contains(distinct));
        let (Some(few), rows) = (few, schema.rows_of(id.table)) else { continue };
        let by_value = follows_value(rule, &column.data_type);
        let told_apart = !rule.by.is_empty() && !by_value;
        if rows <= MANY
            || told_apart
            || !rule.with.promises().consistent
            || EXEMPT.contains(&rule.with.name())
        {
            continue;
        }
        let name = schema.describe(id);
        let message = format!(
            "`{name}` has about {few} distinct values in {rows} rows, and `{}` gives equal values for equal \
             values: how often each occurs tells which it was",
            rule.with.name()
        );
        let own = primary(schema, id.table).map_or("id", |column| column);
        let help =
            format!("let each row decide with `by = \"{own}\"`, or say why it may leak: `reason = \"…\"`");
        problems.push(verdict.place(Diagnostic::warning(message)).help(help));
    }
}

/// Whether the value decides the output, whatever `by` says: a permutation knows no rows.
fn follows_value(rule: &Rule, data_type: &DataType) -> bool {
    let capacity = distinct::of_transformer(rule.with, data_type, &rule.params, Comparison::Exact);
    capacity == Some(Capacity::Injective) || !rule.with.follows_by()
}

/// The table's key, where it is one column.
fn primary(schema: &Schema, table: usize) -> Option<&str> {
    let table = schema.table(table)?;
    let key = table.keys.iter().find(|key| key.kind == KeyKind::Primary)?;
    match key.parts.as_slice() {
        [KeyPart::Column(column)] => table.columns.get(*column).map(|column| column.name.as_str()),
        _ => None,
    }
}

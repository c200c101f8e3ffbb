//! Which columns take another column's decision, and whether they can.

use super::check::Decided;
use super::decide::{Verdict, Verdicts};
use super::rule_file::Said;
use super::select::Picks;
use super::spelling;
use crate::diagnostic::Diagnostic;
use crate::schema::{ColumnId, Schema, Table, TableKind};
use crate::transform::{Decision, ParamValue, Rule};
use std::collections::HashSet;

/// Whether rules decide on a table: its rows, or its partitions' rows, travel.
#[must_use]
pub fn needs_decisions(table: &Table) -> bool {
    table.extension.is_none() && table.kind != TableKind::Foreign
}

/// The root of a partition, `None` for any other table.
pub(super) fn partition_of(schema: &Schema, table: usize) -> Option<usize> {
    let root = schema.partition_root(table);
    (root != table).then_some(root)
}

/// Whether a rule can decide on a column: it travels, and the database does not make it.
fn decidable(schema: &Schema, id: ColumnId) -> bool {
    schema.table(id.table).is_some_and(needs_decisions) && schema.column(id).is_some_and(|c| !c.generated)
}

/// The column that decides for `id`. Generated columns and those of extensions'
/// and foreign tables have no rules, so a column that points there decides for itself.
pub(super) fn deciding(schema: &Schema, id: ColumnId) -> ColumnId {
    let decides = |id: ColumnId| decidable(schema, id);
    let root = schema.root(id);
    if decides(root) {
        return root;
    }
    let mut at = id;
    let mut steps = 0;
    while let Some(next) = schema.step(at).filter(|next| decides(*next) && steps <= schema.tables.len()) {
        at = next;
        steps += 1;
    }
    at
}

/// Whether a rule file needs a line for a column: it travels, follows no other, and the
/// database does not make it.
#[must_use]
pub fn decides(schema: &Schema, id: ColumnId) -> bool {
    decidable(schema, id) && deciding(schema, id) == id
}

/// Every column of the schema.
pub(super) fn every_column(schema: &Schema) -> impl Iterator<Item = ColumnId> + '_ {
    let columns = |(table, columns)| (0..columns).map(move |column| ColumnId { table, column });
    (0..).zip(schema.tables.iter().map(|table| table.columns.len())).flat_map(columns)
}

/// Reports rules written on columns that follow another one, where they differ.
pub(super) fn check_written(
    schema: &Schema,
    picks: &Picks<'_>,
    verdicts: &Verdicts<'_>,
    problems: &mut Vec<Diagnostic>,
) {
    let mut patterns: Vec<(&crate::diagnostic::Span, Vec<String>)> = Vec::new();
    for id in every_column(schema) {
        let root = deciding(schema, id);
        let Some(pick) = picks.get(id.table).and_then(|columns| columns.get(id.column).copied().flatten())
        else {
            continue;
        };
        let (Said::Rule(written), true) = (&pick.entry.said, root != id) else { continue };
        if partition_of(schema, id.table).is_some() || schema.column(id).is_some_and(|c| c.generated) {
            continue;
        }
        let (child, parent) = (schema.describe(id), schema.describe(root));
        let verdict = verdicts.get(root);
        let Some(decided) = verdict.and_then(|verdict| verdict.decided.as_ref()) else {
            if pick.named && verdict.is_some_and(|verdict| verdict.missing) {
                let message = format!("`{child}` takes the rule of `{parent}`, which has none");
                let help = format!("write this rule for `{parent}` instead");
                problems.push(Diagnostic::error(message).at(&pick.entry.span, "").help(help));
            }
            continue;
        };
        let there = decided.spelling();
        if there == spelling::decision(written) {
            continue;
        }
        if pick.named {
            let why = if schema.parent_column(id).is_some() { "inherits from" } else { "points at" };
            let message = format!("`{child}` {why} `{parent}` and must have its rule");
            let problem = Diagnostic::error(message).at(&pick.entry.span, "a different rule");
            problems.push(problem.help(format!("write `{there}`, or leave the line out")));
        } else if schema.parent_column(id).is_none()
            && matches!(decided, Decided::Keep)
            && !matches!(written, Decision::Keep)
        {
            match patterns.iter_mut().find(|(span, _)| *span == &pick.entry.name_span) {
                Some((_, columns)) => columns.push(child),
                None => patterns.push((&pick.entry.name_span, vec![child])),
            }
        }
    }
    // A pattern that means to mask and silently does not would be a leak.
    for (span, columns) in patterns {
        let names: Vec<_> = columns.iter().map(String::as_str).collect();
        let message = format!(
            "this pattern can't mask {}: the key pointed at is kept",
            super::reference::listed(&names)
        );
        let help = "mask the key itself, or write `\"keep\"` for the column under its `[table.…]`";
        problems.push(Diagnostic::error(message).at(span, "").help(help));
    }
}

/// Reports keys whose rule the columns pointing at them could not follow, and
/// columns that follow two keys decided differently.
pub(super) fn check_keys(schema: &Schema, verdicts: &Verdicts<'_>, problems: &mut Vec<Diagnostic>) {
    let mut seen: HashSet<ColumnId> = HashSet::new();
    for key in &schema.foreign_keys {
        for (from, to) in key.columns.iter().zip(&key.to_columns) {
            let from = ColumnId { table: key.from, column: *from };
            let to = ColumnId { table: key.to, column: *to };
            if from == to {
                continue;
            }
            if let Some(problem) = doubt_of_generated(schema, verdicts, &key.name, [from, to]) {
                problems.push(problem);
            }
            if !decidable(schema, to) {
                check_outside(schema, verdicts, from, to, problems);
                continue;
            }
            let (root, other) = (deciding(schema, to), deciding(schema, from));
            if seen.insert(root)
                && let Some(problem) = unfollowable(schema, verdicts, root, from)
            {
                problems.push(problem);
            }
            if root != other {
                check_agreement(schema, verdicts, from, root, other, problems);
            }
        }
    }
}

/// The database makes a generated column again, of masked values: only it can say
/// whether what comes out still points somewhere.
fn doubt_of_generated(
    schema: &Schema,
    verdicts: &Verdicts<'_>,
    key: &str,
    ends: [ColumnId; 2],
) -> Option<Diagnostic> {
    ends.into_iter().find_map(|end| {
        let masked = schema.generated(end)?.reads.iter().find_map(|read| {
            let verdict = verdicts.get(ColumnId { table: end.table, column: *read })?;
            let kept = matches!(verdict.decided, None | Some(Decided::Keep | Decided::Omit));
            (!kept).then_some(verdict)
        })?;
        let message = format!(
            "the foreign key `{key}` is checked on the build: `{}` is made of a masked column",
            schema.describe(end)
        );
        Some(masked.place(Diagnostic::warning(message)).help("write `\"keep\"` for what it is made of"))
    })
}

/// A column that points at a generated one, or at rows an extension or another server holds.
fn check_outside(
    schema: &Schema,
    verdicts: &Verdicts<'_>,
    from: ColumnId,
    to: ColumnId,
    problems: &mut Vec<Diagnostic>,
) {
    let Some(verdict) = verdicts.get(deciding(schema, from)) else { return };
    if matches!(verdict.decided, Some(Decided::Mask(_) | Decided::Remake(_))) {
        let message = format!(
            "`{}` points at `{}`, which masque does not mask",
            schema.describe(from),
            schema.describe(to)
        );
        problems.push(verdict.place(Diagnostic::error(message)).help("write `\"keep\"`"));
    }
}

fn check_agreement(
    schema: &Schema,
    verdicts: &Verdicts<'_>,
    from: ColumnId,
    root: ColumnId,
    other: ColumnId,
    problems: &mut Vec<Diagnostic>,
) {
    let (Some(one), Some(two)) = (verdicts.get(other), verdicts.get(root)) else { return };
    let (Some(first), Some(second)) = (&one.decided, &two.decided) else { return };
    if first.spelling() == second.spelling() {
        return;
    }
    let (a, b) = (schema.describe(other), schema.describe(root));
    let message =
        format!("`{}` points at both `{a}` and `{b}`, which are decided differently", schema.describe(from));
    let problem = Diagnostic::error(message).help(format!("give `{a}` and `{b}` the same rule"));
    let later = if two.entry.is_some() { two } else { one };
    problems.push(later.place(problem));
}

fn unfollowable(
    schema: &Schema,
    verdicts: &Verdicts<'_>,
    root: ColumnId,
    child: ColumnId,
) -> Option<Diagnostic> {
    // Where nothing travels, nothing follows.
    let verdict: &Verdict<'_> = verdicts.get(root).filter(|verdict| !verdict.needless)?;
    let (parent, child) = (schema.describe(root), schema.describe(child));
    let (why, help) = match verdict.decided.as_ref()? {
        Decided::Keep | Decided::Omit => return None,
        Decided::Null => {
            ("`null` leaves it nothing to point at", "write `\"keep\"` or a transformer that is consistent")
        }
        Decided::Remake(_) => {
            ("it can't follow `remake`", "write `\"keep\"` or a transformer that is consistent")
        }
        Decided::Mask(rule) => obstacle(rule)?,
    };
    let message = format!("`{child}` points at `{parent}`, and {why}");
    Some(verdict.place(Diagnostic::error(message)).help(help))
}

/// Why equal values would not stay equal in another table, if so.
fn obstacle(rule: &Rule) -> Option<(&'static str, &'static str)> {
    if !rule.by.is_empty() {
        return Some(("`by` takes the mask from a row it is not in", "take `by` out"));
    }
    if rule.when.as_ref().is_some_and(|when| !when.columns().is_empty()) {
        return Some((
            "`when` tests a column it does not have",
            "test the value itself: leave `column` out of `when`",
        ));
    }
    if !rule.with.promises().consistent {
        let help =
            "write `\"keep\"` or a transformer that is consistent, such as `integer`, `uuid` or `email`";
        return Some(("this mask does not give equal values for equal values", help));
    }
    let inner = rule.params.iter().flat_map(|(_, value)| inner_rules(value)).chain(rule.otherwise.as_deref());
    let mut masks = inner.filter_map(|decision| match decision {
        Decision::Mask(rule) => Some(rule),
        _ => None,
    });
    if matches!(rule.otherwise.as_deref(), Some(Decision::Null)) {
        return Some(("`null` leaves it nothing to point at", "write another rule in `otherwise`"));
    }
    masks.find_map(|rule| obstacle(rule))
}

/// The rules inside a parameter.
pub(super) fn inner_rules(value: &ParamValue) -> Vec<&Decision> {
    match value {
        ParamValue::Rule(decision) => vec![decision],
        ParamValue::RuleMap(rules) => rules.iter().map(|(_, _, decision)| decision).collect(),
        _ => Vec::new(),
    }
}

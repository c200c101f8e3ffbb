//! `[rows]`: which rows travel, and whether what points at the others can.

use super::follow::{needs_decisions, partition_of};
use super::rule_file::{RowRule, RuleFile};
use super::select::{ambiguous, unknown_table};
use super::spelling;
use crate::diagnostic::Diagnostic;
use crate::schema::Schema;

/// Which rows of a table travel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rows {
    /// All of them.
    All,
    /// None of them.
    None,
    /// Those an SQL condition holds for.
    Where(String),
}

/// What was decided on a table's rows, and by which line.
pub(super) struct RowVerdict<'f> {
    pub(super) rows: Rows,
    rule: Option<&'f RowRule>,
}

/// Decides on each table's rows, in the order of the schema.
pub(super) fn settle<'f>(
    file: &'f RuleFile,
    schema: &Schema,
    problems: &mut Vec<Diagnostic>,
) -> Vec<RowVerdict<'f>> {
    let mut winners: Vec<Option<&RowRule>> = vec![None; schema.tables.len()];
    for rule in &file.rows {
        for table in matching(rule, schema, problems) {
            let Some(slot) = winners.get_mut(table) else { continue };
            let rank = |rule: &RowRule| (rule.depth, rule.key.exactness());
            match slot {
                Some(known) if rank(known) < rank(rule) => {}
                Some(known) if rank(known) == rank(rule) => problems.push(tie(schema, table, known, rule)),
                slot => *slot = Some(rule),
            }
        }
    }
    let rows: Vec<_> = (0..schema.tables.len()).map(|table| verdict(schema, &winners, table)).collect();
    check_children(schema, &rows, problems);
    rows
}

fn tie(schema: &Schema, table: usize, first: &RowRule, second: &RowRule) -> Diagnostic {
    let name = schema.table(table).map(|table| table.name.to_string()).unwrap_or_default();
    let (line, _) = first.name_span.line_column();
    Diagnostic::error(format!("two rules of equal exactness decide on the rows of `{name}`"))
        .at(&second.name_span, "the second")
        .help(format!("the other is at {}:{line}; take one out", first.name_span.file.name))
}

/// The tables a line means, with what is wrong about it.
fn matching(rule: &RowRule, schema: &Schema, problems: &mut Vec<Diagnostic>) -> Vec<usize> {
    let tables: Vec<usize> = (0..)
        .zip(&schema.tables)
        .filter(|(_, table)| rule.key.matches(&table.name))
        .map(|(index, _)| index)
        .collect();
    if !rule.key.is_literal() {
        let own = |table: &usize| schema.table(*table).is_some_and(needs_decisions);
        let mut found = tables;
        found.retain(|table| own(table) && partition_of(schema, *table).is_none());
        if found.is_empty() {
            let problem = Diagnostic::error(format!("no table is named like `{}`", rule.written));
            problems.push(
                problem.at(&rule.name_span, "matches nothing").help("correct the pattern or take it out"),
            );
        }
        return found;
    }
    let problem = match tables.as_slice() {
        [] => unknown_table(&rule.written, schema).at(&rule.name_span, "no such table"),
        [table] => {
            match (schema.table(*table), partition_of(schema, *table).and_then(|root| schema.table(root))) {
                (Some(found), Some(root)) => {
                    let message = format!("`{}` is a partition of `{}`", found.name, root.name);
                    let key = spelling::key(&root.name.written());
                    Diagnostic::error(message)
                        .at(&rule.name_span, "a partition")
                        .help(format!("decide on the rows of the whole table: `{key} = …`"))
                }
                (Some(found), None) if !needs_decisions(found) => {
                    Diagnostic::warning(format!("rows of `{}` never travel", found.name))
                        .at(&rule.name_span, "this line does nothing")
                        .help("take it out")
                }
                _ => return tables,
            }
        }
        many => ambiguous(&rule.written, &rule.name_span, many, schema),
    };
    problems.push(problem);
    Vec::new()
}

/// A partition has its root's rows; an inheritance child its parent's, unless a line names it.
fn verdict<'f>(schema: &Schema, winners: &[Option<&'f RowRule>], table: usize) -> RowVerdict<'f> {
    if !schema.table(table).is_some_and(needs_decisions) {
        return RowVerdict { rows: Rows::None, rule: None };
    }
    let mut at = schema.partition_root(table);
    for _ in 0..schema.tables.len() {
        if let Some(rule) = winners.get(at).copied().flatten() {
            // A broken line was reported; `all` asks for the most decisions.
            return RowVerdict { rows: rule.rows.clone().unwrap_or(Rows::All), rule: Some(rule) };
        }
        match schema.table(at).and_then(|t| t.inherits.first()) {
            Some(parent) => at = *parent,
            None => break,
        }
    }
    RowVerdict { rows: Rows::All, rule: None }
}

fn check_children(schema: &Schema, rows: &[RowVerdict<'_>], problems: &mut Vec<Diagnostic>) {
    let mut seen = Vec::new();
    for key in &schema.foreign_keys {
        let (child, parent) = (schema.partition_root(key.from), schema.partition_root(key.to));
        let (Some(of_child), Some(of_parent)) = (rows.get(child), rows.get(parent)) else { continue };
        let (Some(rule), Some(from), Some(to)) = (of_parent.rule, schema.table(child), schema.table(parent))
        else {
            continue;
        };
        if of_parent.rows == Rows::All || of_child.rows == Rows::None || seen.contains(&(child, parent)) {
            continue;
        }
        seen.push((child, parent));
        let left_out = match &of_parent.rows {
            Rows::None => "no rows",
            _ => "only some rows",
        };
        let message = format!("{left_out} of `{}` travel, and `{}` points at it", to.name, from.name);
        let problem = if child == parent || of_child.rows != Rows::All {
            Diagnostic::warning(format!("{message}: its foreign key is checked on the build"))
        } else {
            Diagnostic::error(format!("{message} with all its rows"))
        };
        let key = spelling::key(&from.name.written());
        let help = match (&of_parent.rows, child == parent) {
            (_, true) => "make sure that the condition keeps every row that a kept row points at".to_owned(),
            (Rows::None, _) => format!("add `{key} = \"none\"` under `[rows]`"),
            (Rows::Where(condition), _) => format!(
                "leave out the same rows of the child: `{key} = {{ where = \"… in (select … from {} where {})\" }}`",
                to.name,
                condition.replace('\n', " ")
            ),
            (Rows::All, _) => continue,
        };
        problems.push(problem.at(&rule.span, "").help(help));
    }
}

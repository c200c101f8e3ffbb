//! Columns nobody decided on: one diagnostic for each table, ready to paste.

use super::check::Decided;
use super::decide::Verdicts;
use super::default_mask::DefaultMasks;
use super::reference::listed;
use super::rows::{RowVerdict, Rows};
use super::rule_file::{RuleFile, Unlisted};
use super::spelling;
use crate::diagnostic::Diagnostic;
use crate::schema::{Column, ColumnId, Schema, Table};

/// Reports undecided columns. They have no place: no line mentions them.
pub(super) fn report(
    file: &RuleFile,
    schema: &Schema,
    verdicts: &Verdicts<'_>,
    rows: &[RowVerdict<'_>],
    problems: &mut Vec<Diagnostic>,
) {
    let masks = DefaultMasks::new(file.registry);
    let missing = |id| verdicts.get(id).is_some_and(|verdict| verdict.missing);
    for (index, table) in schema.tables.iter().enumerate() {
        let is_missing = |column: usize| missing(ColumnId { table: index, column });
        let columns: Vec<(usize, &Column)> =
            table.columns.iter().enumerate().filter(|(column, _)| is_missing(*column)).collect();
        if columns.is_empty() {
            continue;
        }
        // Rows left out already can have others pointing at them.
        let travels = rows.get(index).is_some_and(|rows| rows.rows != Rows::None);
        let whole = travels
            && (0..table.columns.len()).all(|column| {
                let id = ColumnId { table: index, column };
                missing(id)
                    || verdicts
                        .get(id)
                        .is_some_and(|v| v.entry.is_none() || matches!(v.decided, Some(Decided::Omit)))
            });
        let names: Vec<_> = columns.iter().map(|(_, column)| column.name.as_str()).collect();
        let message = sentence(file.unlisted, table, &names, whole);
        let lines: Vec<_> =
            columns.iter().map(|(place, column)| line(&masks, table, *place, column)).collect();
        problems.push(Diagnostic::error(message).help(paste(file, schema, index, &lines, whole)));
    }
}

fn sentence(unlisted: Unlisted, table: &Table, names: &[&str], whole: bool) -> String {
    let noun = if names.len() == 1 { "column" } else { "columns" };
    let names = listed(names);
    match (unlisted, whole) {
        (Unlisted::Refuse, true) => format!("no rule decides on the table `{}`: {noun} {names}", table.name),
        (Unlisted::Refuse, false) => format!("no rule decides on {noun} {names} of `{}`", table.name),
        (Unlisted::Null, _) => {
            format!("`unlisted = \"null\"` can't empty {noun} {names} of `{}`: NOT NULL", table.name)
        }
        (Unlisted::Mask, _) => {
            format!("`unlisted = \"mask\"` has no mask for the type of {noun} {names} of `{}`", table.name)
        }
    }
}

fn line(masks: &DefaultMasks, table: &Table, place: usize, column: &Column) -> String {
    let name = spelling::key(&column.name);
    let key = table.keys.iter().any(|key| key.columns.contains(&place));
    let surrogate = column.sequence.is_some() && key || table.partition_key.contains(&place);
    let written = masks.written(&column.data_type);
    let rule = match written.as_deref() {
        _ if surrogate => "\"keep\"",
        Some(rule) => rule,
        None if column.not_null => without_words(column).unwrap_or("\"keep\""),
        None => "\"null\"",
    };
    format!("{name} = {rule}  # {}", column.data_type.name.replace(['\n', '\r'], " "))
}

/// The rule that leaves a search column without its words; `None` for any other column.
#[must_use]
pub fn without_words(column: &Column) -> Option<&'static str> {
    let rule = if column.not_null { "{ remake = \"''\" }" } else { "\"null\"" };
    (column.data_type.base().name == "tsvector").then_some(rule)
}

fn paste(file: &RuleFile, schema: &Schema, table: usize, lines: &[String], whole: bool) -> String {
    let Some(found) = schema.table(table) else { return String::new() };
    let key = spelling::table_key(schema, table);
    let section = file.sections.iter().find(|section| {
        section.depth == 0 && section.key.literal().is_some() && section.key.matches(&found.name)
    });
    let body = lines.join("\n");
    match section {
        Some(section) => {
            let (line, _) = section.span.line_column();
            let name = &section.span.file.name;
            format!(
                "look at each and add it to `[table.{}]` ({name}:{line}):\n{body}",
                spelling::key(&section.written)
            )
        }
        None if whole => {
            let none = spelling::key(&found.name.written());
            format!(
                "leave its rows out with `{none} = \"none\"` under `[rows]`, or look at each and add:\n[table.{key}]\n{body}"
            )
        }
        None => format!("look at each and add:\n[table.{key}]\n{body}"),
    }
}

//! Tables of extensions that hold rows of their users: they travel where a rule names them.
//!
//! The extension makes such a table on the target, with rows of its own where it has
//! some; only those that it marks as its users' are read and written.

use super::check::Decided;
use super::decide::Verdicts;
use super::printed;
use super::rows::{RowVerdict, Rows};
use super::rule_file::RuleFile;
use crate::diagnostic::Diagnostic;
use crate::schema::{ColumnId, Schema};

/// Takes the tables that the file names out of their extensions' hands.
pub(super) fn claim(file: &RuleFile, schema: &mut Schema) {
    let named =
        file.sections.iter().map(|section| &section.key).chain(file.rows.iter().map(|rule| &rule.key));
    let named: Vec<_> = named.filter(|key| key.is_literal()).collect();
    for marked in &schema.configurations {
        let Some(table) = schema.tables.get_mut(marked.table) else { continue };
        if named.iter().any(|key| key.matches(&table.name)) {
            table.extension = None;
        }
    }
}

/// Leaves out the rows that are the extensions' own.
pub(super) fn narrow(schema: &Schema, rows: &mut [RowVerdict<'_>]) {
    for marked in &schema.configurations {
        let (Some(own), Some(verdict)) = (&marked.condition, rows.get_mut(marked.table)) else { continue };
        verdict.rows = match &verdict.rows {
            Rows::None => continue,
            Rows::All => Rows::Where(own.clone()),
            Rows::Where(asked) => Rows::Where(format!("({own}\n) AND ({asked}\n)")),
        };
    }
}

/// Reports masks on what tells the users' rows from the extension's.
pub(super) fn check_conditions(
    schema: &Schema,
    verdicts: &Verdicts<'_>,
    rows: &[RowVerdict<'_>],
    problems: &mut Vec<Diagnostic>,
) {
    for marked in &schema.configurations {
        let travels = rows.get(marked.table).is_some_and(|rows| rows.rows != Rows::None);
        let (Some(condition), Some(table), true) = (&marked.condition, schema.table(marked.table), travels)
        else {
            continue;
        };
        // Written by hand: what is not quoted may stand in any case.
        let names = printed::names(condition);
        let found =
            names.iter().filter_map(|name| table.find(name).or_else(|| table.find(&name.to_lowercase())));
        for column in found {
            let id = ColumnId { table: marked.table, column };
            let Some(verdict) = verdicts.get(id) else { continue };
            if matches!(verdict.decided, None | Some(Decided::Keep | Decided::Omit)) {
                continue;
            }
            let message = format!("`{}` tells an extension's own rows from yours", schema.describe(id));
            problems.push(verdict.place(Diagnostic::error(message)).help("write `\"keep\"`"));
        }
    }
}

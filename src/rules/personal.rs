//! Kept columns that look personal by their names, in the languages of
//! `rules/detect.toml`. Where a person says why (`reason = "…"`), nobody asks again.

use super::check::Decided;
use super::content::KeptText;
use super::decide::Verdicts;
use super::detect::Detector;
use super::follow::{deciding, every_column, needs_decisions};
use super::kind::Kind;
use super::reference::listed;
use super::rows::{RowVerdict, Rows};
use super::rule_file::Entry;
use super::spelling;
use crate::diagnostic::Diagnostic;
use crate::schema::{Column, Scalar, Schema};
/// Asks about columns that are kept without a reason and look personal. Gives the
/// text columns whose names say nothing.
pub(super) fn check_kept(
    schema: &Schema,
    verdicts: &Verdicts<'_>,
    rows: &[RowVerdict<'_>],
    problems: &mut Vec<Diagnostic>,
) -> Vec<KeptText> {
    let mut silent = Vec::new();
    // One question for each line, however many columns it keeps.
    let mut asked: Vec<(&Entry, Vec<String>, &Column, &Kind)> = Vec::new();
    for id in every_column(schema) {
        let travels = schema.table(id.table).is_some_and(needs_decisions)
            && rows.get(id.table).is_some_and(|rows| rows.rows != Rows::None);
        let (Some(verdict), Some(column)) = (verdicts.get(id), schema.column(id)) else { continue };
        let Some(entry) = verdict.entry.filter(|entry| !entry.reason) else { continue };
        if !travels || deciding(schema, id) != id || !matches!(verdict.decided, Some(Decided::Keep)) {
            continue;
        }
        let Some(kind) = Detector::own().kind_of(column).filter(|kind| !kind.quiet) else {
            if column.data_type.is_text() || column.data_type.scalar() == Some(Scalar::Jsonb) {
                silent.push(KeptText { column: id, span: entry.span.clone() });
            }
            continue;
        };
        match asked.iter_mut().find(|(known, ..)| known.span == entry.span) {
            Some((_, names, ..)) => names.push(schema.describe(id)),
            None => asked.push((entry, vec![schema.describe(id)], column, kind)),
        }
    }
    for (entry, names, column, kind) in asked {
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        let message = match names.as_slice() {
            [name] => format!("`{name}` is kept, and by its name it holds a {}", kind.name),
            many => format!("columns are kept that look personal by their names: {}", listed(many)),
        };
        let key = spelling::key(if names.len() == 1 { &column.name } else { &entry.name });
        let help = format!(
            "mask it, as in `{} = \"{}\"`, or say why it stays: `{key} = {{ with = \"keep\", reason = \"…\" }}`",
            spelling::key(&column.name),
            kind.mask
        );
        problems.push(Diagnostic::warning(message).at(&entry.span, "kept").help(help));
    }
    silent
}

//! Search columns: a `tsvector` holds the words of the columns it was made of.
//!
//! Which those are, nobody can say: a trigger may have filled it. Kept beside text
//! that is masked, it would carry the real words to staging.

use super::check::Decided;
use super::decide::Verdicts;
use super::follow::needs_decisions;
use super::rows::{RowVerdict, Rows};
use crate::diagnostic::Diagnostic;
use crate::schema::{ColumnId, Schema, Table};

/// Reports search columns that are kept beside masked text.
pub(super) fn check_kept(
    schema: &Schema,
    verdicts: &Verdicts<'_>,
    rows: &[RowVerdict<'_>],
    problems: &mut Vec<Diagnostic>,
) {
    for (index, table) in schema.tables.iter().enumerate().filter(|(_, table)| needs_decisions(table)) {
        if rows.get(index).is_some_and(|rows| rows.rows == Rows::None) {
            continue;
        }
        let decided = |column| verdicts.get(ColumnId { table: index, column });
        let hides_text = hidden_text(table, |column| decided(column).and_then(|v| v.decided.as_ref()));
        let Some(hidden) = hides_text else { continue };
        for (place, column) in table.columns.iter().enumerate() {
            let Some(verdict) = decided(place) else { continue };
            if column.data_type.base().name == "tsvector" && matches!(verdict.decided, Some(Decided::Keep)) {
                let name = schema.describe(ColumnId { table: index, column: place });
                let message = format!(
                    "`{name}` would keep words of columns beside it, such as `{hidden}`, that are not kept"
                );
                problems.push(verdict.place(Diagnostic::error(message)).help(
                    "write `\"null\"`, or `{ remake = \"to_tsvector('english', …)\" }` with the columns it is made of",
                ));
            }
        }
    }
}

/// The first text column of the table that does not stay as it is.
fn hidden_text<'a, 'd>(table: &'a Table, decided: impl Fn(usize) -> Option<&'d Decided>) -> Option<&'a str> {
    let mut columns = table.columns.iter().enumerate();
    let found = columns.find(|(place, column)| {
        column.data_type.is_text() && matches!(decided(*place), Some(Decided::Mask(_) | Decided::Null))
    });
    found.map(|(_, column)| column.name.as_str())
}

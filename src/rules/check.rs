//! Rules against a schema: every column gets its decision, or the run stops.

use super::decide::{Verdict, Verdicts, decide};
use super::follow::needs_decisions;
use super::rows::{RowVerdict, Rows};
use super::rule_file::RuleFile;
use super::select::Picks;
use super::{borrow, fit, follow, reference, rows, search, select, spelling, undecided, unique};
use crate::diagnostic::{Diagnostic, Severity, SourceFile};
use crate::schema::{ColumnId, Schema};
use crate::transform::Rule;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Rules that decide on every column of one schema. Only [`check()`] makes them.
#[derive(Debug)]
pub struct CheckedRules {
    tables: Vec<TableRules>,
    locale: String,
    warnings: Vec<Diagnostic>,
    allow: Vec<String>,
    digest: String,
}

impl CheckedRules {
    /// The rules of each table, in the order of the schema.
    #[must_use]
    pub fn tables(&self) -> &[TableRules] {
        &self.tables
    }

    /// The locale of invented names and places, such as `en_US`.
    #[must_use]
    pub fn locale(&self) -> &str {
        &self.locale
    }

    /// What was found and does not stop the run.
    #[must_use]
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// What `[schema] allow` lists.
    #[must_use]
    pub fn allow(&self) -> &[String] {
        &self.allow
    }

    /// SHA-256 of all the files' texts, in hex.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }
}

/// The rules of one table.
#[derive(Clone, Debug)]
pub struct TableRules {
    /// Which rows travel.
    pub rows: Rows,
    /// The decision for each column, in the table's order.
    pub columns: Vec<Decided>,
}

/// The decision for one column.
#[derive(Clone, Debug)]
pub enum Decided {
    /// The value travels as it is.
    Keep,
    /// NULL in its place.
    Null,
    /// Generated: the database makes it again.
    Omit,
    /// Loaded empty and set by an expression on the build.
    Remake(String),
    /// Masked.
    Mask(Rule),
}

impl Decided {
    /// As it would stand in a rule file; equal spelling is equal meaning.
    #[must_use]
    pub fn spelling(&self) -> String {
        match self {
            Self::Keep => "\"keep\"".to_owned(),
            Self::Null => "\"null\"".to_owned(),
            Self::Omit => "generated".to_owned(),
            Self::Remake(expression) => format!("{{ remake = {} }}", spelling::text(expression)),
            Self::Mask(rule) => spelling::rule(rule),
        }
    }
}

/// Checks the rules and settles each column of `schema`, which the file's
/// `[[reference]]`s are added to.
///
/// # Errors
/// Every problem of the file and of its rules, warnings too, by place.
pub fn check(file: &RuleFile, schema: &mut Schema) -> Result<CheckedRules, Vec<Diagnostic>> {
    let mut problems = file.problems.clone();
    reference::add(file, schema, &mut problems);
    let schema = &*schema;
    let picks = select::pick(file, schema, &mut problems);
    let rows = rows::settle(file, schema, &mut problems);
    let verdicts = decide(file, schema, &picks, &rows, &mut problems);
    report(file, schema, &picks, &rows, &verdicts, &mut problems);
    let is_error = |problem: &Diagnostic| problem.severity == Severity::Error;
    let tables = settle(schema, rows, verdicts, problems.iter().any(is_error), &mut problems);
    sort(&mut problems, &file.files);
    if problems.iter().any(is_error) {
        return Err(problems);
    }
    Ok(CheckedRules {
        tables,
        locale: file.locale.clone(),
        warnings: problems,
        allow: file.allow.clone(),
        digest: digest(&file.files),
    })
}

fn report(
    file: &RuleFile,
    schema: &Schema,
    picks: &Picks<'_>,
    rows: &[RowVerdict<'_>],
    verdicts: &Verdicts<'_>,
    problems: &mut Vec<Diagnostic>,
) {
    follow::check_written(schema, picks, verdicts, problems);
    follow::check_keys(schema, verdicts, problems);
    fit::check_columns(file.registry, schema, verdicts, rows, problems);
    unique::check_keys(file.registry, schema, verdicts, rows, problems);
    borrow::check_locales(file, schema, verdicts, rows, problems);
    search::check_kept(schema, verdicts, rows, problems);
    undecided::report(file, schema, verdicts, rows, problems);
}

/// Turns verdicts into rules. A column without one is an error, whatever led here.
fn settle(
    schema: &Schema,
    rows: Vec<RowVerdict<'_>>,
    verdicts: Verdicts<'_>,
    failed: bool,
    problems: &mut Vec<Diagnostic>,
) -> Vec<TableRules> {
    let mut tables = Vec::new();
    for (index, (rows, columns)) in rows.into_iter().zip(verdicts.into_tables()).enumerate() {
        let travels = rows.rows != Rows::None && schema.table(index).is_some_and(needs_decisions);
        let mut decisions = Vec::new();
        for (column, verdict) in columns.into_iter().enumerate() {
            let Verdict { decided, needless, .. } = verdict;
            match decided.filter(|_| !(travels && needless)) {
                Some(decided) => decisions.push(decided),
                None if failed => {}
                None => {
                    let name = schema.describe(ColumnId { table: index, column });
                    let problem = Diagnostic::error(format!("no rule decides on `{name}`"));
                    problems.push(problem.help("write a rule for it, or for the key it points at"));
                }
            }
        }
        tables.push(TableRules { rows: rows.rows, columns: decisions });
    }
    tables
}

/// Sorts by file, then place; what has no place comes last, in the order found.
pub(super) fn sort(problems: &mut [Diagnostic], files: &[Arc<SourceFile>]) {
    let place = |problem: &Diagnostic| {
        problem.span.as_ref().map_or((usize::MAX, 0), |span| {
            let file = files.iter().position(|file| Arc::ptr_eq(file, &span.file));
            (file.unwrap_or(usize::MAX - 1), span.range.start)
        })
    };
    problems.sort_by_key(place);
}

fn digest(files: &[Arc<SourceFile>]) -> String {
    let mut hash = Sha256::new();
    for file in files {
        // The length keeps two files apart from one that is both.
        hash.update((file.text.len() as u64).to_be_bytes());
        hash.update(file.text.as_bytes());
    }
    data_encoding::HEXLOWER.encode(&hash.finalize())
}

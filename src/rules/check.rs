//! Rules against a schema: every column gets its decision, or the run stops.

use super::content::KeptText;
use super::decide::{Verdict, Verdicts, decide};
use super::follow::needs_decisions;
use super::key::KeyVerdict;
use super::large_objects::LargeObjects;
use super::rows::{RowVerdict, Rows};
use super::rule_file::RuleFile;
use super::select::Picks;
use super::{
    borrow, configuration, constraint, divide, entropy, fit, follow, literals, personal, reference, rows,
    search, select, spelling, undecided, unique,
};
use crate::diagnostic::{Diagnostic, Severity, SourceFile};
use crate::schema::{ColumnId, Schema, Table};
use crate::transform::{Decision, Rule};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Rules that decide on every column of one schema. Only [`check()`] makes them.
#[derive(Debug)]
pub struct CheckedRules {
    tables: Vec<TableRules>,
    locale: String,
    warnings: Vec<Diagnostic>,
    keys: Vec<KeyVerdict>,
    kept: Vec<KeptText>,
    large_objects: LargeObjects,
    digest: String,
}

impl CheckedRules {
    /// The rules of each table, in the order of the schema.
    #[must_use]
    pub fn tables(&self) -> &[TableRules] {
        &self.tables
    }

    /// The decision for a column as another column's mask sees it; `None` where the
    /// database makes its values.
    #[must_use]
    pub fn decision(&self, id: ColumnId) -> Option<Decision> {
        Some(match self.tables.get(id.table)?.columns.get(id.column)? {
            Decided::Keep => Decision::Keep,
            Decided::Null => Decision::Null,
            Decided::Omit => return None,
            Decided::Remake(expression) => Decision::Remake(expression.clone()),
            Decided::Mask(rule) => Decision::Mask(Box::new(rule.clone())),
        })
    }

    /// The columns whose rules draw from their common values, and how many rows must
    /// have a value before it is common.
    #[must_use]
    pub fn sampled(&self, schema: &Schema) -> BTreeMap<ColumnId, u32> {
        let mut wanted = BTreeMap::new();
        for (table, rules) in self.tables.iter().enumerate() {
            if rules.rows == Rows::None || !schema.table(table).is_some_and(Table::is_streamed) {
                continue;
            }
            for (column, decided) in rules.columns.iter().enumerate() {
                let Decided::Mask(rule) = decided else { continue };
                let halves = [Some(rule), rule.otherwise.as_deref().and_then(Decision::rule)];
                for least in halves.into_iter().flatten().filter_map(Rule::least_common) {
                    let root = schema.root(ColumnId { table, column });
                    wanted
                        .entry(root)
                        .and_modify(|known: &mut u32| *known = least.min(*known))
                        .or_insert(least);
                }
            }
        }
        wanted
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

    /// What becomes of each unique key over masked columns, in the order of the schema.
    #[must_use]
    pub fn keys(&self) -> &[KeyVerdict] {
        &self.keys
    }

    /// The text columns that are kept without a reason, for [`CheckedRules::look_at`].
    #[must_use]
    pub fn kept(&self) -> &[KeptText] {
        &self.kept
    }

    pub(super) fn warn(&mut self, warning: Diagnostic) {
        self.warnings.push(warning);
    }

    /// What becomes of the large objects.
    #[must_use]
    pub fn large_objects(&self) -> &LargeObjects {
        &self.large_objects
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

/// What a file says of a schema, before anything is proved of it.
pub(super) struct Judged<'f> {
    pub(super) picks: Picks<'f>,
    pub(super) rows: Vec<RowVerdict<'f>>,
    pub(super) verdicts: Verdicts<'f>,
}

/// Decides on each column of `schema`, to which the file's references and configuration tables are added.
pub(super) fn judge<'f>(
    file: &'f RuleFile,
    schema: &mut Schema,
    problems: &mut Vec<Diagnostic>,
) -> Judged<'f> {
    configuration::claim(file, schema);
    reference::add(file, schema, problems);
    let picks = select::pick(file, schema, problems);
    let mut rows = rows::settle(file, schema, problems);
    configuration::narrow(schema, &mut rows);
    let verdicts = decide(file, schema, &picks, &rows, problems);
    Judged { picks, rows, verdicts }
}

/// Checks the rules and settles each column of `schema`, which the file's
/// `[[reference]]`s are added to; tables that an extension marks as its users' and the
/// file names are its users' from then on.
///
/// # Errors
/// Every problem of the file and of its rules, warnings too, by place.
pub fn check(file: &RuleFile, schema: &mut Schema) -> Result<CheckedRules, Vec<Diagnostic>> {
    let mut problems = file.problems.clone();
    let Judged { picks, rows, verdicts } = judge(file, schema, &mut problems);
    let schema = &*schema;
    let (keys, kept) = report(file, schema, &picks, &rows, &verdicts, &mut problems);
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
        keys,
        kept,
        large_objects: file.large_objects.clone(),
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
) -> (Vec<KeyVerdict>, Vec<KeptText>) {
    follow::check_written(schema, picks, verdicts, problems);
    follow::check_keys(schema, verdicts, problems);
    fit::check_columns(file.registry, schema, verdicts, rows, problems);
    configuration::check_conditions(schema, verdicts, rows, problems);
    divide::check_keys(schema, verdicts, rows, problems);
    file.large_objects.check(file.registry, problems);
    let keys = unique::check_keys(file.registry, schema, verdicts, rows, problems);
    constraint::check_conditions(schema, verdicts, rows, problems);
    entropy::check_few(schema, verdicts, rows, problems);
    let kept = personal::check_kept(schema, verdicts, rows, problems);
    borrow::check_locales(file, schema, verdicts, rows, problems);
    search::check_kept(schema, verdicts, rows, problems);
    undecided::report(file, schema, verdicts, rows, problems);
    literals::check(file, schema, problems);
    (keys, kept)
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

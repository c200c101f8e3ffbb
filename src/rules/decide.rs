//! The decision for each column: the winner's, the key's, or the default's.

use super::check::Decided;
use super::default_mask::DefaultMasks;
use super::follow::{deciding, every_column, needs_decisions};
use super::rows::{RowVerdict, Rows};
use super::rule_file::{Entry, RuleFile, Said, Unlisted};
use super::select::Picks;
use crate::diagnostic::Diagnostic;
use crate::schema::{ColumnId, Schema};
use crate::transform::Decision;

/// What was decided for a column, and by which line.
#[derive(Clone, Debug)]
pub(super) struct Verdict<'f> {
    /// `None` where a problem was, or will be, reported.
    pub(super) decided: Option<Decided>,
    /// The line that says so; `None` for defaults.
    pub(super) entry: Option<&'f Entry>,
    /// Whether nobody decided.
    pub(super) missing: bool,
    /// Whether nothing that travels needs it.
    pub(super) needless: bool,
}

impl Verdict<'_> {
    const NONE: Self = Self { decided: None, entry: None, missing: false, needless: false };

    fn plain(decided: Decided) -> Self {
        Self { decided: Some(decided), ..Self::NONE }
    }

    /// Points a problem at the line that decided.
    pub(super) fn place(&self, problem: Diagnostic) -> Diagnostic {
        match self.entry {
            Some(entry) => problem.or_at(&entry.span),
            None => problem,
        }
    }
}

/// One verdict for each column of each table.
pub(super) struct Verdicts<'f>(Vec<Vec<Verdict<'f>>>);

impl<'f> Verdicts<'f> {
    pub(super) fn get(&self, id: ColumnId) -> Option<&Verdict<'f>> {
        self.0.get(id.table)?.get(id.column)
    }

    pub(super) fn into_tables(self) -> Vec<Vec<Verdict<'f>>> {
        self.0
    }
}

/// Decides on every column.
pub(super) fn decide<'f>(
    file: &RuleFile,
    schema: &Schema,
    picks: &Picks<'f>,
    rows: &[RowVerdict<'_>],
    problems: &mut Vec<Diagnostic>,
) -> Verdicts<'f> {
    let masks = DefaultMasks::new(file.registry);
    let travels = |table: usize| {
        schema.table(table).is_some_and(needs_decisions)
            && rows.get(table).is_some_and(|verdict| verdict.rows != Rows::None)
    };
    // A column decides if it, or anything that follows it, travels.
    let mut needed: Vec<Vec<bool>> = schema.tables.iter().map(|t| vec![false; t.columns.len()]).collect();
    for id in every_column(schema).filter(|id| travels(id.table)) {
        let root = deciding(schema, id);
        let from_another = root.table != id.table && schema.parent_column(id).is_none();
        // A whole table that points at rows left out is reported by `[rows]`, not here too.
        let whole = rows.get(id.table).is_some_and(|verdict| verdict.rows == Rows::All);
        let counts = !from_another || travels(root.table) || !whole;
        if let Some(slot) = needed.get_mut(root.table).and_then(|columns| columns.get_mut(root.column)) {
            *slot |= counts;
        }
    }
    let mut verdicts = Verdicts(schema.tables.iter().map(|t| vec![Verdict::NONE; t.columns.len()]).collect());
    for id in every_column(schema) {
        let Some(column) = schema.column(id) else { continue };
        let pick = picks.get(id.table).and_then(|columns| columns.get(id.column).copied().flatten());
        let verdict = if column.generated {
            if let Some(pick) = pick.filter(|pick| pick.named) {
                let message = format!("`{}` is generated: the database makes it again", schema.describe(id));
                let problem = Diagnostic::error(message).at(&pick.entry.span, "");
                problems.push(problem.help("take the line out"));
            }
            Verdict::plain(Decided::Omit)
        } else if !schema.table(id.table).is_some_and(needs_decisions) {
            Verdict::plain(Decided::Null)
        } else if deciding(schema, id) != id {
            continue;
        } else if let Some(pick) = pick {
            let decided = match &pick.entry.said {
                Said::Rule(decision) => decided(decision),
                Said::Unnamed(_) | Said::Broken => None,
            };
            Verdict { decided, entry: Some(pick.entry), ..Verdict::NONE }
        } else if !needed.get(id.table).and_then(|t| t.get(id.column)).is_some_and(|needed| *needed) {
            Verdict { needless: true, ..Verdict::plain(Decided::Null) }
        } else {
            let decided = match file.unlisted {
                Unlisted::Refuse => None,
                Unlisted::Null => (!column.not_null).then_some(Decided::Null),
                Unlisted::Mask => masks.of(schema, id).map(Decided::Mask),
            };
            Verdict { missing: decided.is_none(), decided, ..Verdict::NONE }
        };
        set(&mut verdicts, id, verdict);
    }
    for id in every_column(schema) {
        let root = deciding(schema, id);
        if root == id || schema.column(id).is_none_or(|column| column.generated) {
            continue;
        }
        if let Some(verdict) = verdicts.get(root).cloned() {
            // The root is the one that is called undecided.
            set(&mut verdicts, id, Verdict { missing: false, ..verdict });
        }
    }
    verdicts
}

fn set<'f>(verdicts: &mut Verdicts<'f>, id: ColumnId, verdict: Verdict<'f>) {
    if let Some(slot) = verdicts.0.get_mut(id.table).and_then(|columns| columns.get_mut(id.column)) {
        *slot = verdict;
    }
}

fn decided(decision: &Decision) -> Option<Decided> {
    match decision {
        Decision::Keep => Some(Decided::Keep),
        Decision::Null => Some(Decided::Null),
        Decision::Remake(expression) => Some(Decided::Remake(expression.clone())),
        Decision::Mask(rule) => Some(Decided::Mask((**rule).clone())),
        // Never read for a whole column; if it were, the column is undecided.
        Decision::Refuse => None,
    }
}

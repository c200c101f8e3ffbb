//! Which rule wins for each column.
//!
//! The nearest file first, then `[table]` before `[columns]`, then the most exact
//! name. Two that are equal in all three are a diagnostic: their order in a file
//! must not decide what leaks.

use super::fit::takes;
use super::follow::{needs_decisions, partition_of};
use super::pattern::Exactness;
use super::reference::unknown_column;
use super::rule_file::{Entry, RuleFile, Said, Section};
use super::spelling;
use crate::diagnostic::{Diagnostic, Span, nearest};
use crate::schema::{Name, Schema, Table};
use crate::transform::Decision;

/// The winning rule of a column.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pick<'f> {
    pub(super) entry: &'f Entry,
    /// Whether it stands under `[table]`, not `[columns]`.
    pub(super) named: bool,
    rank: (usize, bool, Exactness),
}

/// One pick for each column of each table.
pub(super) type Picks<'f> = Vec<Vec<Option<Pick<'f>>>>;

/// Finds the winners and reports rules that match nothing or each other.
pub(super) fn pick<'f>(file: &'f RuleFile, schema: &Schema, problems: &mut Vec<Diagnostic>) -> Picks<'f> {
    let mut desk = Desk {
        schema,
        picks: schema.tables.iter().map(|table| vec![None; table.columns.len()]).collect(),
        ties: Vec::new(),
        problems,
    };
    for section in &file.sections {
        desk.section(section);
    }
    for rule in &file.columns {
        let rank = (rule.depth, true, rule.pattern.exactness());
        let mut matched = false;
        for (index, table) in schema.tables.iter().enumerate().filter(|(_, table)| needs_decisions(table)) {
            for (column, _) in table.columns.iter().enumerate().filter(|(_, c)| rule.pattern.matches(&c.name))
            {
                matched = true;
                if is_for(&rule.entry, table, column) {
                    desk.offer(index, column, Pick { entry: &rule.entry, named: false, rank });
                }
            }
        }
        if !matched && !rule.entry.optional {
            let problem = Diagnostic::error(format!("no column is named like `{}`", rule.entry.name));
            let help = "correct the pattern, or say that it may match nothing: `optional = true`";
            desk.problems.push(problem.at(&rule.entry.name_span, "matches nothing").help(help));
        }
    }
    desk.report_ties();
    desk.picks
}

/// Whether a pattern is meant for a column: one that may match nothing is not meant
/// for types its mask can't take, which leaves them undecided.
fn is_for(entry: &Entry, table: &Table, column: usize) -> bool {
    let Said::Rule(Decision::Mask(rule)) = &entry.said else { return true };
    !entry.optional || table.columns.get(column).is_none_or(|column| takes(rule.with, &column.data_type))
}

struct Desk<'f, 'a> {
    schema: &'a Schema,
    picks: Picks<'f>,
    /// Where two rules of one rank met, and the column.
    ties: Vec<(usize, usize, Pick<'f>)>,
    problems: &'a mut Vec<Diagnostic>,
}

impl<'f> Desk<'f, '_> {
    fn section(&mut self, section: &'f Section) {
        let literal = section.key.is_literal();
        let tables: Vec<usize> = (0..)
            .zip(&self.schema.tables)
            .filter(|(index, table)| {
                section.key.matches(&table.name)
                    && (literal || (needs_decisions(table) && partition_of(self.schema, *index).is_none()))
            })
            .map(|(index, _)| index)
            .collect();
        if literal && tables.len() > 1 {
            self.problems.push(ambiguous(&section.written, &section.span, &tables, self.schema));
            for table in tables {
                self.break_columns(section, table, |name| section.entries.iter().any(|e| e.name == name));
            }
            return;
        }
        if tables.is_empty() {
            return self.unknown_section(section);
        }
        if let [table] = tables.as_slice()
            && literal
            && self.needless(section, *table)
        {
            return;
        }
        for entry in &section.entries {
            if let Said::Unnamed(problem) = &entry.said {
                self.problems.push(problem.clone());
            }
            let rank = (section.depth, false, section.key.exactness());
            let mut matched = false;
            for table in &tables {
                let Some(column) = self.schema.table(*table).and_then(|t| t.find(&entry.name)) else {
                    continue;
                };
                matched = true;
                self.offer(*table, column, Pick { entry, named: true, rank });
            }
            if !matched && !entry.optional {
                self.unknown_entry(section, entry, &tables);
            }
        }
    }

    fn offer(&mut self, table: usize, column: usize, pick: Pick<'f>) {
        let Some(slot) = self.picks.get_mut(table).and_then(|columns| columns.get_mut(column)) else {
            return;
        };
        match slot {
            Some(known) if known.rank < pick.rank => {}
            Some(known) if known.rank == pick.rank => self.ties.push((table, column, pick)),
            slot => *slot = Some(pick),
        }
    }

    /// Ties between rules that a better one beat do not matter.
    fn report_ties(&mut self) {
        let mut said: Vec<(&Span, &Span)> = Vec::new();
        for (table, column, second) in &self.ties {
            let first = self.picks.get(*table).and_then(|columns| columns.get(*column).copied().flatten());
            let Some(first) = first.filter(|first| first.rank == second.rank) else { continue };
            // Two that say the same are one.
            if let (Said::Rule(one), Said::Rule(two)) = (&first.entry.said, &second.entry.said)
                && spelling::decision(one) == spelling::decision(two)
            {
                continue;
            }
            let pair = (&first.entry.name_span, &second.entry.name_span);
            if said.contains(&pair) {
                continue;
            }
            said.push(pair);
            let id = crate::schema::ColumnId { table: *table, column: *column };
            let (line, _) = pair.0.line_column();
            let message = format!("two rules of equal exactness decide on `{}`", self.schema.describe(id));
            let help = format!(
                "the other is at {}:{line}; take one out, or name the table and the column exactly",
                pair.0.file.name
            );
            self.problems.push(Diagnostic::error(message).at(pair.1, "the second").help(help));
        }
    }

    /// Marks what a broken section means to decide, so that it is not also called undecided.
    fn break_columns(&mut self, section: &Section, table: usize, named: impl Fn(&str) -> bool) {
        let Some(found) = self.schema.table(table) else { return };
        let rank = (section.depth, false, section.key.exactness());
        for (column, slot) in found.columns.iter().zip(self.picks.get_mut(table).into_iter().flatten()) {
            if named(&column.name) {
                slot.get_or_insert(Pick { entry: &BROKEN, named: true, rank });
            }
        }
    }

    /// Reports rules for a table that takes none; true where they end there.
    fn needless(&mut self, section: &Section, table: usize) -> bool {
        let Some(found) = self.schema.table(table) else { return true };
        if let Some(root) = partition_of(self.schema, table).and_then(|root| self.schema.table(root)) {
            let message = format!("`{}` is a partition and takes the rules of `{}`", found.name, root.name);
            let help = format!("write them under `[table.{}]`", spelling::key(&root.name.written()));
            self.problems.push(Diagnostic::error(message).at(&section.span, "a partition").help(help));
            return true;
        }
        if !needs_decisions(found) {
            let why = match &found.extension {
                Some(extension) => format!("belongs to the extension `{extension}`"),
                None => "is a foreign table".to_owned(),
            };
            let message = format!("`{}` {why}: its rows never travel", found.name);
            let problem = Diagnostic::warning(message).at(&section.span, "these rules do nothing");
            self.problems.push(problem.help("take them out"));
            return true;
        }
        false
    }

    fn unknown_section(&mut self, section: &Section) {
        let mut split = false;
        for entry in &section.entries {
            let name = Name::new(section.written.as_str(), entry.name.as_str());
            if let Some(table) = self.schema.find(&name) {
                split = true;
                self.break_columns(section, table, |_| true);
                let message = format!("this says column `{}` of table `{}`", entry.name, section.written);
                let problem = Diagnostic::error(message).at(&entry.name_span, "a table, it seems");
                let help = format!(
                    "write the table's name as one key: `[table.{}]`",
                    spelling::key(&name.written())
                );
                self.problems.push(problem.help(help));
            } else if let Said::Unnamed(problem) = &entry.said {
                self.problems.push(problem.clone());
            }
        }
        let optional = !section.entries.is_empty() && section.entries.iter().all(|entry| entry.optional);
        if split || optional {
            return;
        }
        let problem = if section.key.is_literal() {
            unknown_table(&section.written, self.schema)
        } else {
            let problem = Diagnostic::error(format!("no table is named like `{}`", section.written));
            problem.help("correct the pattern, or say `optional = true` in each of its rules")
        };
        self.problems.push(problem.at(&section.span, "matches nothing"));
    }

    fn unknown_entry(&mut self, section: &Section, entry: &Entry, tables: &[usize]) {
        let mut columns: Vec<&str> = Vec::new();
        for table in tables.iter().filter_map(|table| self.schema.table(*table)) {
            columns.extend(table.columns.iter().map(|column| column.name.as_str()));
        }
        let name = match tables {
            [table] => self.schema.table(*table).map(|table| table.name.to_string()).unwrap_or_default(),
            _ => section.written.clone(),
        };
        let mut problem = unknown_column(&name, &entry.name, &columns);
        if entry.name.contains('*') {
            problem = problem
                .help(format!("patterns stand under `[columns]`: `{} = …`", spelling::key(&entry.name)));
        }
        self.problems.push(problem.at(&entry.name_span, "no such column"));
    }
}

/// Stands for a rule whose problem was reported.
static BROKEN: std::sync::LazyLock<Entry> = std::sync::LazyLock::new(|| {
    let file =
        std::sync::Arc::new(crate::diagnostic::SourceFile { name: String::new(), text: String::new() });
    let span = Span { file, range: 0..0 };
    Entry {
        name: String::new(),
        name_span: span.clone(),
        span,
        said: Said::Broken,
        optional: false,
        reason: true,
    }
});

/// The problem of a name that several schemas have.
pub(super) fn ambiguous(written: &str, span: &Span, tables: &[usize], schema: &Schema) -> Diagnostic {
    let names: Vec<_> = tables
        .iter()
        .filter_map(|table| schema.table(*table))
        .map(|table| format!("`{}`", spelling::key(&table.name.written())))
        .collect();
    Diagnostic::error(format!("`{written}` is a table of several schemas"))
        .at(span, "which one?")
        .help(format!("write one of {}", names.join(", ")))
}

/// The problem of a table that is not there.
pub(super) fn unknown_table(written: &str, schema: &Schema) -> Diagnostic {
    let full: Vec<_> = schema.tables.iter().map(|table| table.name.to_string()).collect();
    let short = schema.tables.iter().map(|table: &Table| table.name.name.as_str());
    let near = if written.contains('.') {
        nearest(written, full.iter().map(String::as_str))
    } else {
        nearest(written, short)
    };
    let problem = Diagnostic::error(format!("there is no table `{written}`"));
    if let Some(near) = near {
        return problem.help(format!("did you mean `{}`?", spelling::key(near)));
    }
    let names: Vec<_> = full.iter().map(String::as_str).collect();
    problem.help(format!("the tables are {}", super::reference::listed(&names)))
}

//! Whether the proposal works: it is checked as a rule file is, and every mask is
//! tried on the first rows of its table. A rule that fails gives way to the next, and so
//! does one whose values break a CHECK.

use super::holds::{self, Tried};
use super::proposal::Proposal;
use crate::diagnostic::{Diagnostic, Severity};
use crate::error::{Error, Result};
use crate::format::Wire;
use crate::pipeline::{Batch, mask};
use crate::plan::{Plan, TablePlan};
use crate::postgres::session::Session;
use crate::rules::{self, CheckedRules, RuleFile};
use crate::schema::{ColumnId, Schema};
use crate::secret::Secret;
use crate::source::{Rows, check_letters};
use crate::transform::Frequencies;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// A column has fewer rules than this.
const ROUNDS: usize = 40;

/// Rows a mask is tried on.
const TRIED: u64 = 500;

/// Rows that a CHECK is asked about, so many times are those masked.
const DRAWN: usize = 4_000;

/// Under no more secrets than this.
const SECRETS: usize = 32;

/// So many bytes of them; a row that goes beyond is left out.
const LARGEST: usize = 8 << 20;

/// What the proposal is called among the files that are checked; presets have names of their own.
const NAME: &str = "proposal";

/// Lets rules that do not fit give way until the proposal passes.
pub(super) async fn prove(session: &Session, schema: &Schema, proposal: &mut Proposal) -> Result<()> {
    let secret = Secret::random()?;
    let leaves = leaves(schema);
    let rest = rest(schema, proposal);
    let mut tried: BTreeMap<usize, String> = BTreeMap::new();
    // Of each section that was tried the columns whose masked values hold what is checked.
    let mut held: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    // Tables with a line that nothing mends; the others are tried without them.
    let mut stuck: BTreeSet<usize> = BTreeSet::new();
    for _ in 0..ROUNDS {
        let (mut text, places) = kept(proposal, &stuck).written();
        text.push_str(&rest);
        match plan(session, schema, &text, &secret).await? {
            Err(problems) => {
                let mut steps = BTreeSet::new();
                for problem in problems.iter().filter(|problem| problem.severity == Severity::Error) {
                    steps.extend(place_of(problem, &places));
                }
                let known = stuck.len();
                if !step(schema, proposal, &steps) {
                    stuck.extend(steps.iter().map(|(table, _)| *table));
                    // What no line is to blame for stays for `check` to say.
                    if stuck.len() == known {
                        return Ok(());
                    }
                }
            }
            Ok((plan, checked)) => {
                let mut steps = BTreeSet::new();
                let doubts: Vec<_> = checked
                    .warnings()
                    .iter()
                    .filter(|problem| problem.message.starts_with("masked values may break"))
                    .filter_map(|problem| place_of(problem, &places))
                    .collect();
                for table in plan.tables.iter().filter(|table| leaves.contains(&table.table)) {
                    let root = schema.partition_root(table.table);
                    let section = proposal
                        .tables
                        .iter()
                        .position(|section| section.lines.first().is_some_and(|line| line.id.table == root));
                    let Some(section) = section else { continue };
                    let now = proposal.tables.get(section).map(super::Section::text).unwrap_or_default();
                    if tried.get(&section) == Some(&now) {
                        continue;
                    }
                    tried.insert(section, now);
                    held.remove(&section);
                    let Some(rows) = attempt(session, table).await else { continue };
                    match mask(table, rows.clone()) {
                        Err(problem) => steps.extend(blame(schema, proposal, section, table, &problem)),
                        Ok(masked) if doubts.iter().any(|(table, _)| *table == section) => {
                            let masked = again(&plan, &checked, table, &rows, masked)?;
                            let places = holds::columns(session, schema, &masked).await;
                            let names = places.into_iter().filter_map(|place| table.columns.get(place));
                            held.insert(section, names.map(|column| column.name.clone()).collect());
                        }
                        Ok(_) => {}
                    }
                }
                let moved = step(schema, proposal, &steps);
                let mut avoided = false;
                for (table, line) in doubts.into_iter().filter(|place| !steps.contains(place)) {
                    let holds = held.get(&table);
                    let line = proposal.tables.get_mut(table).and_then(|table| table.lines.get_mut(line));
                    avoided |= line.is_some_and(|line| {
                        let holds = holds.is_some_and(|names| names.contains(&line.column));
                        if holds { line.hold() } else { line.avoid_check() }
                    });
                }
                if !moved && !avoided {
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}

/// The proposal with every column of some tables kept: beside what is kept, nothing is refused.
fn kept<'p>(proposal: &'p Proposal, tables: &BTreeSet<usize>) -> Cow<'p, Proposal> {
    let mut kept = Cow::Borrowed(proposal);
    for table in tables {
        let section = kept.to_mut().tables.get_mut(*table);
        section.into_iter().flat_map(|section| &mut section.lines).for_each(|line| line.choice.rules.clear());
    }
    kept
}

/// Lines that keep what the proposal is not about, so that the rest of it can be checked.
fn rest(schema: &Schema, proposal: &Proposal) -> String {
    let known: BTreeSet<&str> = proposal.tables.iter().map(|section| section.key.as_str()).collect();
    let mut text = String::new();
    for (table, found) in schema.tables.iter().enumerate() {
        let key = rules::table_key(schema, table);
        if known.contains(key.as_str()) || schema.partition_root(table) != table {
            continue;
        }
        let mut columns = (0..found.columns.len())
            .filter(|column| rules::decides(schema, ColumnId { table, column: *column }))
            .filter_map(|column| found.columns.get(column))
            .peekable();
        if columns.peek().is_some() {
            let _ = write!(text, "\n[table.{key}]\n");
        }
        for column in columns {
            let _ = writeln!(text, "{} = \"keep\"", rules::written_key(&column.name));
        }
    }
    text
}

/// The table and line that a problem points at.
fn place_of(problem: &Diagnostic, places: &[Option<(usize, usize)>]) -> Option<(usize, usize)> {
    let span = problem.span.as_ref().filter(|span| span.file.name == NAME)?;
    let (line, _) = span.line_column();
    places.get(line.checked_sub(1)?).copied().flatten()
}

/// Takes the next rule of each line, and doubts one that can't be kept; false where nothing changed.
fn step(schema: &Schema, proposal: &mut Proposal, steps: &BTreeSet<(usize, usize)>) -> bool {
    let mut stepped = false;
    for (table, line) in steps {
        let line = proposal.tables.get_mut(*table).and_then(|table| table.lines.get_mut(*line));
        let Some(line) = line else { continue };
        if line.is_masked() {
            line.go_on();
            stepped = true;
        } else {
            stepped |= line.refuse(schema.column(line.id).and_then(rules::without_words));
        }
    }
    stepped
}

async fn plan(
    session: &Session,
    schema: &Schema,
    text: &str,
    secret: &Secret,
) -> Result<Result<(Plan, CheckedRules), Vec<Diagnostic>>> {
    // What is written in the schema itself is no line's, and for `check` to say.
    let mut schema = Schema { passages: Vec::new(), ..schema.clone() };
    let outcome = RuleFile::parse(NAME, text).and_then(|file| rules::check(&file, &mut schema));
    let checked = match outcome {
        Ok(checked) => checked,
        Err(problems) => return Ok(Err(problems)),
    };
    // Nothing proposed draws from the column's own values.
    let planned = Plan::new(schema, &checked, secret, &Frequencies::default(), Some(Wire::Text));
    let plan = match planned {
        Ok(plan) => plan,
        Err(problems) => return Ok(Err(problems)),
    };
    let problems = check_letters(session, &plan).await?;
    Ok(if problems.is_empty() { Ok((plan, checked)) } else { Err(problems) })
}

/// Of each partitioned table the largest partition, and every other table.
fn leaves(schema: &Schema) -> BTreeSet<usize> {
    let mut largest: BTreeMap<usize, usize> = BTreeMap::new();
    let pages = |table: usize| schema.table(table).map_or(0, |table| table.pages);
    for (place, _) in schema.tables.iter().enumerate().filter(|(_, table)| table.is_streamed()) {
        let leaf = largest.entry(schema.partition_root(place)).or_insert(place);
        if pages(place) > pages(*leaf) {
            *leaf = place;
        }
    }
    largest.into_values().collect()
}

/// The first rows of a table. What the server refuses is no mask's fault.
async fn attempt(session: &Session, plan: &TablePlan) -> Option<Batch> {
    if plan.masked.is_empty() {
        return None;
    }
    session.run("trying the masks", "SAVEPOINT trial").await.ok()?;
    let read = read(session, plan).await;
    session.run("trying the masks", "ROLLBACK TO SAVEPOINT trial; RELEASE SAVEPOINT trial").await.ok()?;
    session.answers_come().await.ok()?;
    read.ok()
}

/// Masks rows that were masked once under more secrets.
fn again<'p>(
    plan: &Plan,
    checked: &CheckedRules,
    table: &'p TablePlan,
    rows: &Batch,
    masked: Batch,
) -> Result<Tried<'p>> {
    let draws = (DRAWN / rows.ends.len().max(1)).min(4 * LARGEST / rows.bytes.len().max(1));
    let mut tried = Tried { plan: table, masked: vec![masked] };
    for _ in 1..draws.min(SECRETS) {
        let under = plan.under(&Secret::random()?, checked, table.table);
        tried.masked.extend(under.and_then(|under| mask(&under, rows.clone()).ok()));
    }
    Ok(tried)
}

async fn read(session: &Session, plan: &TablePlan) -> Result<Batch> {
    session.run("trying the masks", "SET LOCAL statement_timeout = '10s'").await?;
    let name = plan.name.to_string();
    let mut rows = Rows::read(session, &plan.copy_out(None, Some(TRIED)), Wire::Text, true, &name).await?;
    let mut batch = Batch::starting_at(0);
    while let Some(row) = rows.next().await? {
        if batch.bytes.len() + row.len() <= LARGEST {
            batch.push(&row);
        }
    }
    Ok(batch)
}

/// The line whose column an error names.
fn blame(
    schema: &Schema,
    proposal: &Proposal,
    section: usize,
    table: &TablePlan,
    problem: &Error,
) -> Option<(usize, usize)> {
    let said = problem.to_string();
    let column = (0..table.columns.len())
        .filter(|column| {
            said.contains(&format!("`{}`", schema.describe(ColumnId { table: table.table, column: *column })))
        })
        .find_map(|column| table.columns.get(column))?;
    let lines = &proposal.tables.get(section)?.lines;
    Some((section, lines.iter().position(|line| line.column == column.name)?))
}

#[cfg(test)]
mod tests {
    use super::super::choice::Choice;
    use super::super::proposal::{Line, Section};
    use super::*;

    fn proposal(rules: &[&str]) -> Proposal {
        let rules: Vec<_> = rules.iter().map(|rule| (*rule).to_owned()).collect();
        let choice = Choice::of(rules, "why");
        let id = ColumnId { table: 0, column: 0 };
        let line = Line {
            column: "a".to_owned(),
            id,
            choice,
            tried: 0,
            doubted: None,
            accepted: false,
            likelihood: 0.0,
        };
        let section = Section {
            name: "public.t".to_owned(),
            schema: "public".to_owned(),
            key: "t".to_owned(),
            closed: None,
            lines: vec![line],
        };
        Proposal { tables: vec![section], ..Proposal::default() }
    }

    #[test]
    fn a_rule_that_fails_gives_way_and_the_last_is_a_decision() {
        let mut proposal = proposal(&["\"email\"", "\"letters\""]);
        let steps = BTreeSet::from([(0, 0)]);
        let rules: Vec<_> = (0..4)
            .map(|_| {
                let rule = proposal.tables[0].lines[0].rule().to_owned();
                (rule, step(&Schema::default(), &mut proposal, &steps))
            })
            .collect();
        let rules: Vec<_> = rules.iter().map(|(rule, moved)| (rule.as_str(), *moved)).collect();
        assert_eq!(
            rules,
            [("\"email\"", true), ("\"letters\"", true), ("\"keep\"", false), ("\"keep\"", false)]
        );
        assert_eq!(proposal.tables[0].lines[0].doubt(), Some("no mask fits this column (why)"));
        assert_eq!(proposal.decisions(), 1);
    }

    #[test]
    fn each_line_of_the_text_knows_its_column() {
        let (text, places) = proposal(&["\"email\""]).written();
        let at = text.lines().position(|line| line.starts_with("a = ")).unwrap();
        assert_eq!(places[at], Some((0, 0)));
        assert_eq!(places.iter().flatten().count(), 1);
    }
}

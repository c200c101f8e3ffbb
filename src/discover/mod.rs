//! Proposes a rule file: what the catalog says of each column, what a bounded sample
//! of its values looks like, and a rule for it.
//!
//! Values are looked at and forgotten; what comes out names tables and columns and
//! counts. The proposal has been checked against the schema and tried on rows.

mod called;
mod choice;
mod contradict;
mod copy;
mod desk;
mod document;
mod evidence;
mod firm;
mod holds;
mod implied;
mod kin;
pub mod learned;
mod listing;
mod mention;
mod mobile;
mod namesake;
mod nation;
mod neighbour;
mod person;
mod plate;
mod proposal;
mod prove;
mod record;
mod remainder;
mod rest;
mod ruled;
mod settings;
mod sight;
mod sketch;
mod surrogate;
mod unglued;
mod update;
mod vocabulary;
mod writing;

pub use implied::Reference;
pub use proposal::{Line, Proposal, Section};
pub use update::{Update, update};

use crate::error::Result;
use crate::postgres::sample::{self, Values};
use crate::postgres::session::Session;
use crate::rules::{self, Detector, Kind, RuleFile, family, words};
use crate::schema::{Column, ColumnId, Schema, Table};
use called::Names;
use desk::Desk;
use document::Around;
use evidence::Evidence;
use person::Seen;
use rayon::prelude::*;
use sight::Sight;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::Duration;

/// How to look.
#[derive(Clone, Debug)]
pub struct Look {
    /// How many rows of each table are sampled.
    pub rows: u32,
    /// How long one table's sample may take.
    pub patience: Duration,
    /// Whether to mask what is in doubt, and what may describe somebody.
    pub strict: bool,
    /// The presets that the proposal includes, by name.
    pub presets: Vec<String>,
    /// Which tables, by place; all where there is none.
    pub only: Option<BTreeSet<usize>>,
    /// Whether the proposal keeps what was seen of each column, to learn from it.
    pub observe: bool,
    /// Which columns may get a foreign key; all of those tables where there is none.
    pub new: Option<BTreeSet<ColumnId>>,
}

/// Proposes rules for every column that needs one. `seen` is told of each table, by
/// its place and the number of all. The session must be in a transaction.
///
/// # Errors
/// Source. A table that can't be read is no error: the proposal names it.
pub async fn propose(
    session: &Session,
    schema: &Schema,
    detector: &Detector,
    look: &Look,
    seen: &dyn Fn(usize, usize),
) -> Result<Proposal> {
    let comments = sample::comments(session, schema).await?;
    let closed = sample::closed(session, schema).await?;
    let mut proposal = Proposal { presets: look.presets.clone(), ..Proposal::default() };
    let mut sights: BTreeMap<usize, Looked> = BTreeMap::new();
    let names = names(schema);
    let all = schema.tables.len();
    for (place, table) in schema.tables.iter().enumerate() {
        seen(place, all);
        let columns: Vec<usize> = (0..table.columns.len())
            .filter(|column| rules::decides(schema, ColumnId { table: place, column: *column }))
            .collect();
        let is_root = schema.partition_root(place) == place;
        let wanted = look.only.as_ref().is_none_or(|only| only.contains(&place));
        if !is_root || !wanted || !rules::needs_decisions(table) {
            continue;
        }
        let leaf = leaf(schema, table, place);
        let sampled = match closed.get(&leaf.oid) {
            Some(why) => Err((*why).to_owned()),
            None => values(session, leaf, table, &columns, look).await?,
        };
        let closed = sampled.as_ref().err().cloned();
        let sampled: Vec<(usize, Values)> = sampled.unwrap_or_default().into_iter().collect();
        let around = Around { detector, table: detector.spelled(&words(&table.name.name)), names: &names };
        let seen = sights_of(&around, table, &sampled);
        sights.insert(place, Looked { columns, closed, sights: seen });
    }
    let names = Names::of(detector, schema);
    let tables = schema.tables.iter().enumerate();
    let kinds: Vec<Vec<Option<&Kind>>> =
        tables.map(|(place, table)| named(detector, table, names.table(place))).collect();
    let seen_in: Vec<Seen> = (0..schema.tables.len())
        .map(|place| {
            let seen = sights.get(&place).map(|looked| looked.seen(detector, names.table(place)));
            // A sole trader may be among firms.
            let doubted = |seen| if look.strict { Seen { firms: 0, titled: false, ..seen } } else { seen };
            seen.map(doubted).unwrap_or_default()
        })
        .collect();
    let mut about = person::tables(detector, schema, &names, &kinds, &seen_in);
    let mut schema = schema.clone();
    proposal.references = implied::find(session, &mut schema, detector, &about, look).await?;
    let preset = preset(&look.presets, &schema);
    let schema = &schema;
    if !proposal.references.is_empty() {
        about = person::tables(detector, schema, &names, &kinds, &seen_in);
    }
    // What is found first says which tables are about people, and that finds more.
    let first = about.clone();
    let desk_of = |about| Desk::new(detector, schema, (&names, &kinds), about, &preset, look.strict);
    let desk = desk_of(&first);
    let lines_of = |desk: &Desk<'_>| -> Vec<Vec<Line>> {
        sights.iter().map(|(place, looked)| desk.lines(*place, looked, &comments)).collect()
    };
    let mut lines = lines_of(&desk);
    let told: Vec<_> =
        sights.iter().zip(&lines).map(|((place, looked), lines)| looked.told(*place, lines)).collect();
    person::learn(detector, schema, &names, &kinds, &told, &mut about);
    let desk = desk_of(&about);
    if about != first {
        lines = lines_of(&desk);
    }
    for ((place, looked), lines) in sights.iter().zip(lines) {
        let Some(table) = schema.table(*place) else { continue };
        if let Some(why) = &looked.closed {
            proposal.closed.push((table.name.to_string(), why.clone()));
        }
        proposal.tables.push(Section {
            name: table.name.to_string(),
            schema: table.name.schema.clone(),
            key: rules::table_key(schema, *place),
            closed: looked.closed.clone(),
            lines,
        });
    }
    neighbour::find(&desk, &sights, &mut proposal);
    copy::find(&desk, &sights, &mut proposal);
    mention::find(&desk, &sights, &mut proposal);
    namesake::find(&desk, &sights, &mut proposal);
    settings::find(&desk, &sights, &mut proposal);
    remainder::find(&desk, &sights, &mut proposal);
    learned::find(&desk, &sights, &comments, &mut proposal, look.observe);
    nation::find(&sights, &mut proposal);
    prove::prove(session, schema, &mut proposal).await?;
    Ok(proposal)
}

/// What the sampled values of a table's columns say, by the column's place.
fn sights_of(around: &Around<'_>, table: &Table, sampled: &[(usize, Values)]) -> BTreeMap<usize, Sight> {
    let sight = |(column, values): &(usize, Values)| {
        let data_type = &table.columns.get(*column)?.data_type;
        Some((*column, Sight::of(around, data_type, values)))
    };
    let mut sights: BTreeMap<usize, Sight> = sampled.par_iter().filter_map(sight).collect();
    // A place has two numbers side by side.
    let places: BTreeSet<usize> =
        sights.iter().filter(|(_, sight)| sight.degrees.is_some()).map(|(column, _)| *column).collect();
    for (column, sight) in &mut sights {
        let beside = [column.checked_sub(1), Some(column + 1)];
        if !beside.into_iter().flatten().any(|other| places.contains(&other)) {
            sight.degrees = None;
        }
    }
    let known = sights
        .iter()
        .filter(|(_, sight)| sight.evidence.is_of_people(true) && sight.evidence.writing.streets < 30);
    let known = known.map(|(column, _)| *column).collect();
    let is_text = |column: &usize| {
        let column = table.columns.get(*column);
        matches!(column.and_then(|column| family(&column.data_type)), Some("text" | "enum"))
    };
    let texts = sights.keys().copied().filter(is_text).collect();
    for (column, share) in kin::shares(sampled, &known, &texts) {
        if let Some(sight) = sights.get_mut(&column) {
            sight.kin = share;
        }
    }
    sights
}

/// The words of the names of all tables and columns.
fn names(schema: &Schema) -> HashSet<String> {
    let of = |table: &Table| {
        let columns = table.columns.iter().flat_map(|column| words(&column.name));
        words(&table.name.name).into_iter().chain(columns).collect::<Vec<_>>()
    };
    schema.tables.iter().flat_map(of).collect()
}

/// What presets decide, by the names of columns.
fn preset(names: &[String], schema: &Schema) -> BTreeMap<ColumnId, String> {
    if names.is_empty() {
        return BTreeMap::new();
    }
    let text = format!("masque = 1\n{}", proposal::include(names));
    let file = RuleFile::parse("presets", &text).ok();
    file.map(|file| rules::decided(&file, &mut schema.clone())).unwrap_or_default()
}

/// A table that was looked into.
struct Looked {
    /// Those that a rule decides on.
    columns: Vec<usize>,
    /// Why it was not sampled.
    closed: Option<String>,
    sights: BTreeMap<usize, Sight>,
}

impl Desk<'_> {
    /// A line for each column of a table that a rule decides on.
    fn lines(&self, table: usize, looked: &Looked, comments: &BTreeMap<(u32, String), String>) -> Vec<Line> {
        let Some(found) = self.schema.table(table) else { return Vec::new() };
        let unseen = Sight::default();
        let line = |column: &usize| {
            let id = ColumnId { table, column: *column };
            let name = found.columns.get(*column).map(|column| column.name.clone()).unwrap_or_default();
            let comment = comments.get(&(found.oid, name)).map(String::as_str);
            let sight = looked.sights.get(column).unwrap_or(&unseen);
            Line::new(self.schema, id, self.choose(id, comment, sight))
        };
        let decides = |column: &&usize| rules::decides(self.schema, ColumnId { table, column: **column });
        looked.columns.par_iter().filter(decides).map(line).collect()
    }
}

impl Looked {
    /// The table, how many of its columns are masked as only people's are, and how many
    /// values the fullest has.
    fn told(&self, table: usize, lines: &[Line]) -> (usize, usize, u64) {
        const PEOPLE: [&str; 8] =
            ["email", "phone", "full_name", "first_name", "last_name", "national_id", "iban", "card"];
        let masks = |line: &&Line| {
            let plain = |rule: &String| PEOPLE.contains(&rule.trim_matches('"'));
            line.is_masked() && line.choice.rules.iter().any(plain)
        };
        let values = self.sights.values().map(|sight| sight.evidence.values).max();
        (table, lines.iter().filter(masks).count(), values.unwrap_or(0))
    }

    /// What the values of the columns are, which are called so.
    fn seen(&self, detector: &Detector, names: &[Vec<String>]) -> Seen {
        let most = |is: fn(&Sight) -> bool| self.sights.values().any(is);
        let rows = self.sights.values().map(|sight| sight.values).max().unwrap_or(0);
        let differs = |evidence: &Evidence| evidence.distinct >= 4 && evidence.distinct * 10 >= rows * 6;
        let firms = |sight: &Sight| {
            let evidence = &sight.evidence;
            let own = evidence.values * 5 >= rows * 4 && differs(evidence);
            if own { evidence.writing.firms } else { 0 }
        };
        let titles = |column: &usize, sight: &Sight| {
            let kind = detector.kind("name").zip(names.get(*column));
            let evidence = &sight.evidence;
            kind.is_some_and(|(kind, name)| detector.is_called(kind, name))
                && differs(evidence)
                && evidence.writing.named < 20
                && sight.kin < 20
        };
        Seen {
            first: most(|sight| sight.evidence.first >= 60),
            last: most(|sight| sight.evidence.last >= 60),
            whole: most(|sight| sight.evidence.writing.are_people(false) || sight.kin >= 60),
            people: most(|sight| sight.evidence.is_of_people(false)),
            births: most(|sight| sight.births || sight.evidence.writing.are_births()),
            firms: self.sights.values().map(firms).max().unwrap_or(0),
            titled: self.sights.iter().any(|(column, sight)| titles(column, sight)),
            rows,
        }
    }
}

fn named<'d>(detector: &'d Detector, table: &Table, names: &[Vec<String>]) -> Vec<Option<&'d Kind>> {
    let kind = |(column, name): (&Column, &Vec<String>)| detector.named(name, family(&column.data_type)?);
    table.columns.iter().zip(names).map(kind).collect()
}

/// The values of the columns that can be judged, by the column's place in `table`; the
/// reason, where the server refuses them.
async fn values(
    session: &Session,
    leaf: &Table,
    table: &Table,
    columns: &[usize],
    look: &Look,
) -> Result<Result<BTreeMap<usize, Values>, String>> {
    let judged =
        |column: &&usize| table.columns.get(**column).is_some_and(|column| Sight::is_of(&column.data_type));
    let columns: Vec<usize> = columns.iter().filter(judged).copied().collect();
    // A partition may have its columns in another order.
    let own = |column: &usize| leaf.find(&table.columns.get(*column)?.name);
    let places: Vec<usize> = columns.iter().filter_map(own).collect();
    if places.is_empty() || places.len() != columns.len() || !leaf.is_streamed() {
        return Ok(Ok(BTreeMap::new()));
    }
    match sample::rows(session, leaf, &places, look.rows, look.patience).await {
        Ok(values) => Ok(Ok(columns.into_iter().zip(values).collect())),
        Err(error) if error.sqlstate().is_some() => Ok(Err(error.to_string())),
        Err(error) => Err(error),
    }
}

/// The partition with the most blocks, or the table itself.
fn leaf<'s>(schema: &'s Schema, table: &'s Table, place: usize) -> &'s Table {
    let leaves = schema
        .tables
        .iter()
        .enumerate()
        .filter(|(own, leaf)| leaf.is_streamed() && schema.partition_root(*own) == place);
    let largest = leaves.max_by_key(|(_, leaf)| leaf.pages).map(|(_, leaf)| leaf);
    largest.unwrap_or(table)
}

/// The tables that a pattern names; `*` stands for any letters.
#[must_use]
pub fn matching(schema: &Schema, pattern: &str) -> BTreeSet<usize> {
    let tables = schema.tables.iter().enumerate();
    tables.filter(|(_, table)| fits(pattern, table)).map(|(place, _)| place).collect()
}

/// Whether a table's name, with or without its schema, is one of the pattern's.
fn fits(pattern: &str, table: &Table) -> bool {
    let name = format!("{}.{}", table.name.schema, table.name.name);
    matches(pattern, &name) || matches(pattern, &table.name.name)
}

fn matches(pattern: &str, name: &str) -> bool {
    let Some((front, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(left) = name.strip_prefix(front) else { return false };
    (0..=left.len()).filter_map(|at| left.get(at..)).any(|left| matches(rest, left))
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_stands_for_any_letters() {
        assert!(matches("sales.*", "sales.users") && matches("*user*", "sales.users") && matches("a", "a"));
        assert!(!matches("user", "users") && !matches("*x", "users"));
    }
}

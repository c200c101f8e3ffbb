//! Columns without a value to look at: what another table has by the same name and type
//! says what they will hold.

use super::Looked;
use super::desk::Desk;
use super::proposal::{Line, Proposal};
use crate::schema::{Column, ColumnId, Schema};
use std::collections::{BTreeMap, HashMap};

/// What the columns of one name are given, where they are given one thing.
struct Namesake {
    of: ColumnId,
    rule: String,
    by: bool,
}

/// Gives the empty columns that are kept what their namesakes with values are given.
pub(super) fn find(desk: &Desk<'_>, sights: &BTreeMap<usize, Looked>, proposal: &mut Proposal) {
    let values = |line: &Line| {
        let sight = sights.get(&line.id.table)?.sights.get(&line.id.column)?;
        Some(sight.evidence.values)
    };
    let mut known: HashMap<&str, Option<Namesake>> = HashMap::new();
    for line in proposal.tables.iter().flat_map(|section| &section.lines) {
        if values(line).unwrap_or(0) == 0 {
            continue;
        }
        let plain = line.choice.rules.iter().find(|rule| rule.starts_with('"')).filter(|_| line.is_masked());
        let found =
            plain.map(|rule| Namesake { of: line.id, rule: rule.clone(), by: line.rule().contains("by = ") });
        // Where one of the name is kept, the name says nothing.
        known
            .entry(&line.column)
            .and_modify(|known| *known = known.take().filter(|_| found.is_some()))
            .or_insert(found);
    }
    let mut given = Vec::new();
    for line in proposal.tables.iter().flat_map(|section| &section.lines) {
        if line.is_masked() || values(line) != Some(0) || line.column.len() < 3 {
            continue;
        }
        let Some(Some(namesake)) = known.get(line.column.as_str()) else { continue };
        // A place that is called as somebody's is nobody's, and a name is one wherever it is.
        let about = desk.about.get(line.id.table).copied().unwrap_or_default();
        let place = ["street", "postcode", "city", "region", "country", "letters"]
            .contains(&namesake.rule.trim_matches('"'));
        if about.thing || place && !about.is_near(3) {
            continue;
        }
        if same_type(desk.schema, line.id, namesake.of) {
            let why = format!("named as `{}` is, and without a value", desk.schema.describe(namesake.of));
            given.push((line.id, desk.copy(line.id, &namesake.rule, namesake.by, why)));
        }
    }
    proposal.take(given);
}

fn same_type(schema: &Schema, one: ColumnId, other: ColumnId) -> bool {
    let is_text = |column: Option<&Column>| column.is_some_and(|column| column.data_type.is_text());
    is_text(schema.column(one)) && is_text(schema.column(other))
}

//! Tables of settings: a name and a value in each row, and some of the names are those of
//! secrets. Their values are masked by the name that stands beside them; of the others, what is
//! somebody's.

use super::Looked;
use super::choice::Choice;
use super::desk::Desk;
use super::proposal::{Line, Proposal, Section};
use crate::rules::{family, written_text};
use crate::schema::{ColumnId, visible};
use std::collections::BTreeMap;

/// What the name of a secret ends with, for the rule; `$` is the end of the name.
const SECRETS: &str = "(?i)(password|passwd|passphrase|pwd|pass|secret|token|credential|credentials|pin|salt|key|clave|contrasena|mdp|cle|passwort|kennwort|senha)$";

/// Gives the values of settings a mask, where the names beside them are those of secrets.
pub(super) fn find(desk: &Desk<'_>, sights: &BTreeMap<usize, Looked>, proposal: &mut Proposal) {
    for section in &mut proposal.tables {
        let Some((value, choice)) = choose(desk, sights, section) else { continue };
        if let Some(line) = section.lines.get_mut(value) {
            line.choice = choice;
        }
    }
}

fn choose(desk: &Desk<'_>, sights: &BTreeMap<usize, Looked>, section: &Section) -> Option<(usize, Choice)> {
    let table = section.lines.first()?.id.table;
    let looked = sights.get(&table)?;
    // Its name may be the key that says which row it is, and have no secret in it.
    let secrets = |column: usize| looked.sights.get(&column).map_or(0, |sight| sight.evidence.secrets);
    let columns = &desk.schema.table(table)?.columns;
    let key = (0..columns.len()).find(|column| secrets(*column) > 0)?;
    let is_value = |line: &&Line| {
        let column = desk.schema.column(ColumnId { table, column: line.id.column });
        line.id.column != key
            && desk.names.get(line.id).last().is_some_and(|word| desk.detector.has("values", word))
            && column.is_some_and(|column| family(&column.data_type) == Some("text"))
    };
    let (place, line) = section.lines.iter().enumerate().find(|(_, line)| is_value(line))?;
    if line.is_masked() || masked(section, key) {
        return None;
    }
    let name = columns.get(key).map(|column| column.name.clone())?;
    let rule = format!(
        "{{ with = \"token\", when = {{ column = {}, matches = {} }}, otherwise = \"scrub\" }}",
        written_text(&name),
        written_text(SECRETS)
    );
    let why = format!("values of settings, and `{}` names secrets", visible(&name));
    Some((place, Choice::of([rule, "\"letters\"".to_owned()], why)))
}

/// Whether the column that names the settings is masked itself.
fn masked(section: &Section, column: usize) -> bool {
    section.lines.iter().any(|line| line.id.column == column && line.is_masked())
}

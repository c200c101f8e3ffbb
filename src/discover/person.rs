//! Which tables are about people, and which column says which person a row is about.

use crate::rules::{Detector, Kind, words};
use crate::schema::{ColumnId, KeyKind, KeyPart, Schema};

/// What a table is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct About {
    /// Whether it has personal columns or a word for people in its name.
    pub(super) people: bool,
    /// Whether a row of it *is* a person.
    pub(super) root: bool,
    /// Whether it is of people whose names are public.
    pub(super) public: bool,
}

/// What each table is about; `kinds` are the kinds that its columns' names suggest.
pub(super) fn tables(detector: &Detector, schema: &Schema, kinds: &[Vec<Option<&Kind>>]) -> Vec<About> {
    let about = |(place, table): (usize, &crate::schema::Table)| {
        let name = words(&table.name.name);
        let kinds = kinds.get(place).map(Vec::as_slice).unwrap_or_default();
        let has = |wanted: &str| kinds.iter().flatten().any(|kind| kind.name == wanted);
        let last = name.last().map(String::as_str).unwrap_or_default();
        let public = detector.is_public(last) || detector.is_public(&single(last));
        let named = name.iter().any(|word| detector.is_people(word) || detector.is_people(&single(word)));
        let both = has("first name") && has("last name");
        let root = !public && (both || detector.is_people(last) || detector.is_people(&single(last)));
        About {
            people: !public && (named || root || kinds.iter().flatten().any(|kind| kind.person)),
            root,
            public,
        }
    };
    schema.tables.iter().enumerate().map(about).collect()
}

/// `companies` as `company`.
fn single(word: &str) -> String {
    word.strip_suffix("ies").map_or_else(|| word.to_owned(), |stem| format!("{stem}y"))
}

/// The column that tells which person a row is about: the key of a table of people,
/// else the first foreign key to one.
pub(super) fn identity(schema: &Schema, about: &[About], table: usize) -> Option<usize> {
    let own = about.get(table).copied().unwrap_or_default();
    if own.root {
        return primary(schema, table);
    }
    let found = schema.table(table)?;
    let mut keys: Vec<usize> = (0..found.columns.len())
        .filter(|column| {
            let to = schema.referenced(ColumnId { table, column: *column });
            to.is_some_and(|to| {
                about.get(to.table).is_some_and(|about| about.root) && is_single(schema, table, *column)
            })
        })
        .collect();
    // A row is about whom it can't be without.
    keys.sort_by_key(|column| !found.columns.get(*column).is_some_and(|column| column.not_null));
    keys.first().copied()
}

fn is_single(schema: &Schema, table: usize, column: usize) -> bool {
    schema.foreign_keys.from_table(table).any(|(_, key)| key.columns == [column])
}

/// The table's primary key, where it is one column.
pub(super) fn primary(schema: &Schema, table: usize) -> Option<usize> {
    let key = schema.table(table)?.keys.iter().find(|key| key.kind == KeyKind::Primary)?;
    match key.parts.as_slice() {
        [KeyPart::Column(column)] => Some(*column),
        _ => None,
    }
}

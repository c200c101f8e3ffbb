//! The copy's schema is the source's: compared as `pg_dump` prints both, with owners and privileges.

use crate::support::{Database, Fixture, Play, dataset, schema_entries};

/// What a copy never has.
const NEVER: &[&str] =
    &["COMMENT", "PUBLICATION", "PUBLICATION TABLE", "SUBSCRIPTION", "EVENT TRIGGER", "USER MAPPING"];

/// Asserts that each entry of the source's dump is in the target's and the other way round.
#[track_caller]
pub(super) fn assert_double(play: &Play) {
    let (source, target) = (schema_entries(&play.source.url()), schema_entries(&play.target.url()));
    assert!(source.len() > 5, "{source:?}");
    let wanted = |(kind, _): &(String, String)| !NEVER.contains(&kind.as_str());
    for (head, entry) in source.iter().filter(|(_, entry)| wanted(entry)) {
        match target.get(head) {
            None => panic!("the target lacks {head}\n{}", entry.1),
            Some(found) => assert_eq!(entry.1, found.1, "{head}"),
        }
    }
    for (head, entry) in &target {
        assert!(wanted(entry), "the target has {head}\n{}", entry.1);
        assert!(source.contains_key(head), "only the target has {head}\n{}", entry.1);
    }
}

const KEEP: &str = "masque = 1\n[columns]\n\"*\" = \"keep\"\n";

fn refresh_kept(source: Database) {
    let play = Play::new(source, KEEP);
    play.refresh().assert_code(0);
    assert_double(&play);
}

#[test]
fn the_schema_of_the_regression_database_is_the_same() {
    if let Some(source) = dataset(Fixture::Regression) {
        refresh_kept(source);
    }
}

#[test]
fn the_schemas_of_real_databases_are_the_same() {
    for fixture in [Fixture::Pagila, Fixture::Chinook, Fixture::Northwind] {
        if let Some(source) = dataset(fixture) {
            refresh_kept(source);
        }
    }
}

#[test]
fn the_schema_of_hard_tables_is_the_same() {
    refresh_kept(Database::from(Fixture::Types));
}

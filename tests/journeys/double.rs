//! The copy's schema is the source's: compared as `pg_dump` prints both, with owners and privileges.

use crate::support::{Database, Fixture, Play, dataset, execute, query, schema_entries};

/// What a copy never has.
const NEVER: &[&str] =
    &["COMMENT", "PUBLICATION", "PUBLICATION TABLE", "SUBSCRIPTION", "EVENT TRIGGER", "USER MAPPING"];

/// Asserts that each entry of the source's dump is in the target's and the other way round.
#[track_caller]
pub(super) fn assert_double(play: &Play) {
    let (source, target) = (schema_entries(&play.source.url()), schema_entries(&play.target.url()));
    assert!(source.len() > 1, "{source:?}");
    let wanted = |(kind, _): &(String, String)| !NEVER.contains(&kind.as_str());
    for (head, entry) in source.iter().filter(|(_, entry)| wanted(entry)) {
        match target.get(head) {
            None => panic!("the target lacks {head}\n{}", entry.1),
            Some(found) => assert_eq!(entry.1, found.1, "{head}"),
        }
    }
    // An extension brings its own comment.
    for (head, entry) in target.iter().filter(|(head, _)| !head.starts_with("EXTENSION ")) {
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

#[test]
fn every_kind_of_object_arrives_with_its_parameters() {
    let source = Database::from(Fixture::Empty);
    execute(&source.url(), &[include_str!("../fixtures/objects.sql")]);
    refresh_kept(source);
}

#[test]
fn a_source_without_the_schema_public_has_a_copy_without_it() {
    let source = Database::from(Fixture::Empty);
    execute(
        &source.url(),
        &["create schema own create table things (id integer primary key); drop schema public"],
    );
    let play = Play::new(source, KEEP);
    play.refresh().assert_code(0);
    let schemas = "select nspname from pg_namespace where nspname !~ '^pg_' order by 1";
    assert_eq!(query(&play.source.url(), schemas), query(&play.target.url(), schemas));
}

#[test]
fn a_table_that_inherited_late_is_copied_and_the_other_order_of_its_columns_is_said() {
    let source = Database::from(Fixture::Empty);
    let tables = "create table parent (a integer, b text); create table late (own integer, b text, a integer); \
        alter table late inherit parent; insert into late values (1, 'b', 2)";
    execute(&source.url(), &[tables]);
    let play = Play::new(source, KEEP);
    play.refresh().assert_code(0).assert_says(&["`public.late` inherits columns after it had its own"]);
    let row = "select own, b, a from late";
    assert_eq!(query(&play.source.url(), row), query(&play.target.url(), row));
}

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

/// What PostgreSQL prints otherwise once it has read its own print: a source that was made by its DDL, and not
/// from a dump, has the first form and its copy the second.
const PRINTED_OTHERWISE: &str = r"
create domain size as varchar(2) check (value in ('S', 'M', 'L'));
create table orders (
    id integer generated always as identity primary key,
    state varchar(12) not null default 'new' check (state in ('new', 'it''s, (ARRAY[', 'done')),
    kind char(3) check (kind not in ('a', 'b')),
    size size,
    amount numeric(8, 2) check (amount in (1, 2.5, 3)),
    stars smallint check (stars in (1, 2, 3)),
    big bigint check (big = any (array[1, 2]::bigint[])),
    note varchar(40) check (note like any (array['a%', 'b%']) and note is distinct from 'x'),
    tags varchar(5)[] check (tags <@ array['p', 'q']::varchar[]),
    day date check (day between '2020-01-01' and '2030-01-01' and extract(year from day) <> 2021),
    constraint whole check (case when state = 'done' then amount is not null else kind in ('c', upper('d'), left(state, 3)) end)
);
create index on orders (amount) where state in ('new', 'done');
create unique index on orders (lower(state), (coalesce(note, kind))) where state not in ('new') and kind in ('c', 'd');
create index on orders ((state in ('new', 'done')), day desc nulls last);
create view open_orders as select * from orders where state in ('new', 'done');
create function is_open(o orders) returns boolean language sql begin atomic select o.state in ('new', 'done'); end;
create policy open on orders using (state in ('new', 'done'));
create function stay() returns trigger language plpgsql as 'begin return new; end';
create trigger stay before update on orders for each row when (new.state in ('new', 'done')) execute function stay();
insert into orders (state, kind, size, amount, stars, big, note, tags, day)
    values ('done', 'c', 'M', 2.5, 2, 1, 'abc', '{p}', '2024-02-29');
";

#[test]
fn what_is_printed_otherwise_once_it_was_read_is_the_same() {
    let source = Database::from(Fixture::Empty);
    execute(&source.url(), &[PRINTED_OTHERWISE]);
    let play = Play::new(source, KEEP);
    play.refresh().assert_code(0);
    // Else this would show nothing.
    let printed = "select pg_get_constraintdef(oid) from pg_constraint where conname = 'orders_state_check'";
    assert_ne!(query(&play.source.url(), printed), query(&play.target.url(), printed));
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

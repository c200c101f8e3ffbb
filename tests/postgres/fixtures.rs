//! The ground that other tests stand on: fixtures load, copies are apart, and nothing stays.

use crate::support::{Database, Fixture, Side, count, dataset, query, value};

#[test]
fn two_copies_of_the_shop_are_apart_and_go_with_their_test() {
    let (first, second) = (Database::from(Fixture::Shop), Database::from(Fixture::Shop));
    assert!(count(&first.url(), "customers") > 100);
    query(&first.url(), "truncate customers cascade");
    assert_eq!(count(&first.url(), "customers"), 0);
    assert!(count(&second.url(), "customers") > 100);
    let names = [first.name().to_owned(), second.name().to_owned()];
    // A build beside it goes with it, a neighbour whose name begins alike does not.
    let neighbour = Database::on(Side::Production, Fixture::Empty);
    query(&Side::Production.url("postgres"), &format!("create database {}__masque_1", names[0]));
    assert_eq!(first.generations().len(), 2);
    drop((first, second));
    let left = query(&Side::Production.url("postgres"), "select datname from pg_database");
    let left: Vec<_> = left.into_iter().flatten().flatten().collect();
    assert!(!left.iter().any(|name| names.iter().any(|gone| name.starts_with(gone))), "{left:?}");
    assert!(left.iter().any(|name| name == neighbour.name()), "{left:?}");
}

#[test]
fn the_fixture_of_types_loads() {
    let database = Database::from(Fixture::Types);
    assert_eq!(count(&database.url(), "scalars"), 4);
}

#[test]
fn the_two_servers_are_two() {
    let identifier = "select system_identifier from pg_control_system()";
    let [one, two] = [Side::Production, Side::Staging].map(|side| value(&side.url("postgres"), identifier));
    assert_ne!(one, two);
}

#[test]
fn every_set_loads_with_rows() {
    for (fixture, table) in [
        (Fixture::Pagila, "public.rental"),
        (Fixture::Chinook, "public.track"),
        (Fixture::Northwind, "public.order_details"),
        (Fixture::Regression, "public.tenk1"),
    ] {
        let Some(database) = dataset(fixture) else { return };
        assert!(count(&database.url(), table) > 1000, "{table}");
    }
}

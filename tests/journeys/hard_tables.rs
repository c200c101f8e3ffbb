//! Tables that are hard to copy, kept byte for byte and masked beside what is kept.

use crate::house::read;
use crate::support::{Database, Fixture, Play, digests, query, tables, value};

const SEQUENCES: &str = "select sequencename, start_value, increment_by, max_value, min_value, cycle, last_value from pg_sequences order by 1";

/// The sequences with what `pg_sequences` leaves out: whether the last value was given out yet.
fn sequences(url: &str) -> Vec<Vec<Option<String>>> {
    let names = query(url, "select format('%I.%I', schemaname, sequencename) from pg_sequences order by 1");
    let states = names.into_iter().flatten().flatten();
    let sql: Vec<String> =
        states.map(|name| format!("select '{name}', last_value, is_called from {name}")).collect();
    assert!(sql.len() > 5);
    query(url, &sql.join("; "))
}

/// The values of columns as text, each column in order by itself, in one session.
fn columns(url: &str, wanted: &[(String, String)]) -> Vec<Vec<Option<String>>> {
    let one = |(at, (table, column)): (usize, &(String, String))| {
        format!("select {at}, t.{column}::text from only {table} t order by 2")
    };
    let sql: Vec<String> = wanted.iter().enumerate().map(one).collect();
    let mut found = vec![Vec::new(); wanted.len()];
    for mut row in query(url, &sql.join(";\n")) {
        let at: usize = row[0].take().unwrap().parse().unwrap();
        found[at].push(row[1].take());
    }
    found
}

#[test]
fn every_type_arrives_byte_for_byte_when_all_is_kept() {
    let play = Play::new(Database::from(Fixture::Types), "masque = 1\n[columns]\n\"*\" = \"keep\"\n");
    play.refresh().assert_code(0);
    let (source, target) = (play.source.url(), play.target.url());
    let all = tables(&source);
    assert!(all.len() > 25, "{all:?}");
    assert_eq!(all, tables(&target));
    let pairs = digests(&source, &all).into_iter().zip(digests(&target, &all));
    let other: Vec<_> = pairs.filter(|(one, two)| one != two).map(|(one, _)| one.0).collect();
    assert_eq!(other, Vec::<String>::new(), "tables with other rows");
    assert_eq!(query(&source, SEQUENCES), query(&target, SEQUENCES));
    assert_eq!(sequences(&source), sequences(&target));
}

#[test]
fn masked_columns_change_and_kept_ones_beside_them_do_not() {
    let play = Play::new(Database::from(Fixture::Types), &read("tests/fixtures/types.toml"));
    for _ in 0..2 {
        play.refresh().assert_code(0);
    }
    let (source, target) = (play.source.url(), play.target.url());
    let report = play.report();
    let (mut wanted, mut treatments) = (Vec::new(), Vec::new());
    for table in report["tables"].as_array().unwrap() {
        // A line break in a name is shown as an escape.
        let name = table["name"].as_str().unwrap().replace("\\n", "\n");
        for column in table["columns"].as_array().unwrap() {
            let quoted = column["name"].as_str().unwrap().replace('"', "\"\"");
            wanted.push((name.clone(), format!("\"{quoted}\"")));
            treatments.push(column["treatment"].as_str().unwrap());
        }
    }
    let (before, after) = (columns(&source, &wanted), columns(&target, &wanted));
    let mut masked = 0;
    for (((name, treatment), before), after) in wanted.iter().zip(treatments).zip(before).zip(after) {
        assert_eq!(before.len(), after.len(), "{name:?}");
        match treatment {
            "keep" => assert!(before == after, "{name:?} was kept and differs"),
            "mask" if before.iter().flatten().any(|value| !value.is_empty()) => {
                assert!(before != after, "{name:?} was masked and is the same");
                masked += 1;
            }
            "null" => assert!(after.iter().all(Option::is_none), "{name:?}"),
            _ => {}
        }
    }
    assert!(masked > 20 && wanted.len() > 100, "{masked} of {}", wanted.len());
    let nulls = |url: &str| {
        let sql = "select count(*) - count(name), count(*) - count(email), count(*) - count(zip), count(*) - count(phones), \
            count(*) - count(born), count(*) - count(last_ip), count(*) - count(extra_b), count(*) - count(secret_note) from people";
        query(url, sql)
    };
    assert_eq!(nulls(&source), nulls(&target), "a NULL was filled or a value was lost");
}

#[test]
fn what_hangs_on_the_tables_is_as_it_was_and_nothing_fired() {
    let play = Play::new(Database::from(Fixture::Types), &read("tests/fixtures/types.toml"));
    play.refresh().assert_code(0);
    let (source, target) = (play.source.url(), play.target.url());
    assert_eq!(query(&target, "select what from side_effects"), [[Some(String::from("written by hand"))]]);
    for sql in [
        "select conrelid::regclass::text, conname, convalidated, condeferrable, condeferred, pg_get_constraintdef(oid) from pg_constraint \
         where contype <> 'n' and connamespace = 'public'::regnamespace order by 1, 2",
        "select tgrelid::regclass::text, tgname, tgenabled from pg_trigger where not tgisinternal and tgparentid = 0 order by 1, 2",
        "select matviewname, ispopulated from pg_matviews order by 1",
        "select relname, relpersistence from pg_class where relname in ('scratch', 'wide') order by 1",
    ] {
        let found = query(&target, sql);
        assert!(found.len() > 1, "{sql}");
        assert!(query(&source, sql) == found, "differs: {sql}");
    }
    let unchecked = "select count(*) from pg_constraint where not convalidated and contype = 'f'";
    assert_eq!(value(&target, unchecked), "1");
    assert_eq!(value(&target, "select ispopulated from pg_matviews where matviewname = 'never_filled'"), "f");
    assert_eq!(value(&target, "select sum(n) from moods_seen"), value(&target, "select n from moods_total"));
    // Kept keys leave their sequences where they were; `logins.id` is kept although its table's reference is masked.
    assert_eq!(sequences(&source), sequences(&target));
    // Keys that point at a masked one were masked with it, and orphans of the unchecked key stay orphans.
    for (children, key) in [("logins", "account_id"), ("accounts", "parent_id")] {
        let sql = format!("select count(*) from {children} c join accounts p on p.id = c.{key}");
        assert_eq!(value(&target, &sql), value(&source, &sql), "{children}");
    }
    let orphans = "select count(*), count(distinct account_id) from old_logins o where account_id is not null \
        and not exists (select from accounts a where a.id = o.account_id)";
    assert_eq!(query(&target, orphans), query(&source, orphans));
    assert_eq!(query(&target, orphans), [[Some(String::from("3")), Some(String::from("2"))]]);
}

#[test]
fn tables_without_a_binary_form_travel_as_text() {
    let play = Play::new(Database::from(Fixture::Types), &read("tests/fixtures/types.toml"));
    play.refresh().assert_code(0);
    let report = play.report();
    let wire = |wanted: &str| -> Vec<String> {
        let tables = report["tables"].as_array().unwrap().iter().filter(|table| table["wire"] == wanted);
        tables.map(|table| table["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(wire("text"), ["public.grants", "public.pointers"]);
    assert!(wire("binary").len() > 20);
}

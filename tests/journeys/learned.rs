//! What `discover` has learned from labelled databases: it decides where no rule tells, says how likely it was, and
//! what rules know better stands against it.

use crate::support::{Database, Fixture, Play, execute, run};
use serde_json::Value;
use std::collections::BTreeMap;

/// Names that no list has, and some that lists have; the rest stands in such tables everywhere.
const TABLES: &str = "
    create table mitarbeiter (id integer primary key, vorname text, nachname text, email text, entgeltgruppe text,
        wochenstunden numeric(4,1), telefon text, status text, eingetragen timestamptz);
    insert into mitarbeiter select n, 'Qazimir', 'Vandrizzel' || n, 'q' || n || '@zandrel.example', 'Z' || n % 9, 20 + n % 20,
        null, 'aktiv', now() from generate_series(1, 200) n;
    create table cif_addr (id integer primary key, cif_id integer references mitarbeiter, addr_ln1 text, city_nm text, cntry_cd char(2),
        crt_ts timestamptz);
    insert into cif_addr select n, n, 'Zandrel Road ' || n, 'Qx' || n % 30, 'DE', now() from generate_series(1, 200) n;";

fn proposal(source: &Database, more: &[&str]) -> Value {
    let url = source.url();
    let output = run(&[&["discover", "--json", "--source", url.as_str()], more].concat());
    output.assert_code(0).assert_silent_about("Vandrizzel");
    output.assert_silent_about("Zandrel");
    serde_json::from_str(&output.stdout).unwrap()
}

fn lines(proposal: &Value, table: &str) -> BTreeMap<String, Value> {
    let tables = proposal["tables"].as_array().unwrap();
    let table = tables.iter().find(|own| own["table"] == table).unwrap();
    let columns = table["columns"].as_array().unwrap();
    columns.iter().map(|line| (line["column"].as_str().unwrap().to_owned(), line.clone())).collect()
}

#[test]
fn where_no_rule_tells_a_column_is_masked_as_most_such_columns_of_labelled_databases_were() {
    let source = Database::from(Fixture::Empty);
    execute(&source.url(), &[TABLES]);
    let staff = lines(&proposal(&source, &[]), "public.mitarbeiter");
    for column in ["entgeltgruppe", "wochenstunden"] {
        let line = &staff[column];
        let likelihood = line["likelihood"].as_f64().unwrap();
        let why = format!("{:.0} of 100 such columns of labelled databases are personal", likelihood * 100.0);
        assert!(likelihood > 0.55 && line["masked"] == true && line["why"] == why, "{line}");
    }
    for column in ["id", "status", "eingetragen"] {
        let line = &staff[column];
        assert!(line["likelihood"].as_f64().unwrap() < 0.2 && line["masked"] == false, "{line}");
    }
    // What rules know is masked and said as before.
    assert_eq!(staff["nachname"]["why"], "name: last name");
    let text = run(&["discover", "--source", &source.url()]).assert_code(0).stdout.clone();
    Play::new(source, &text).refresh().assert_code(0);
}

#[test]
fn a_mask_that_a_name_alone_speaks_for_is_left_where_next_to_no_such_column_was_personal() {
    let source = Database::from(Fixture::Empty);
    execute(&source.url(), &[TABLES]);
    let addresses = lines(&proposal(&source, &[]), "public.cif_addr");
    let line = &addresses["cntry_cd"];
    assert_eq!(line["rule"], "\"keep\"", "{line}");
    assert_eq!(line["why"], "0 of 100 such columns of labelled databases are personal");
    assert_eq!(addresses["addr_ln1"]["masked"], true);
    // With `--strict` nothing is kept for that.
    let line = &lines(&proposal(&source, &["--strict"]), "public.cif_addr")["cntry_cd"];
    assert_eq!(line["masked"], true, "{line}");
}

#[test]
fn what_rules_know_better_stands_against_what_was_learned() {
    let source = Database::from(Fixture::Empty);
    let more = "
        alter table mitarbeiter add wochenstunden_version numeric(4,1), add wochenstunden_alt numeric(4,1);
        update mitarbeiter set wochenstunden_version = 20 + id % 20;";
    execute(&source.url(), &[TABLES, more]);
    let staff = lines(&proposal(&source, &[]), "public.mitarbeiter");
    // A word for what is nobody's, and a column without a value.
    for column in ["wochenstunden_version", "wochenstunden_alt"] {
        let line = &staff[column];
        assert!(line["masked"] == false && line["likelihood"].as_f64().unwrap() > 0.55, "{line}");
    }
}

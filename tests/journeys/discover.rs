//! A rule file that writes itself: measured against the ones that people wrote.

use crate::house::top;
use crate::support::{Database, Fixture, Output, Play, dataset, execute, run};
use serde_json::Value;
use std::collections::BTreeSet;

/// Personal columns by a person's rule file: those that it does not keep.
fn labels(name: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let text = std::fs::read_to_string(top().join(format!("rules/{name}.toml"))).unwrap();
    let document: toml_edit::DocumentMut = text.parse().unwrap();
    let (mut personal, mut kept) = (BTreeSet::new(), BTreeSet::new());
    for (table, section) in document["table"].as_table().unwrap() {
        for (column, rule) in section.as_table().unwrap() {
            let with = rule.as_str().or_else(|| rule.get("with").and_then(|with| with.as_str())).unwrap();
            let table = if table.contains('.') { table.to_owned() } else { format!("public.{table}") };
            let set = if with == "keep" { &mut kept } else { &mut personal };
            set.insert(format!("{table}.{column}"));
        }
    }
    (personal, kept)
}

fn discover(source: &Database, more: &[&str]) -> Output {
    let url = source.url();
    let mut args = vec!["discover", "--source", &url];
    args.extend(more);
    run(&args)
}

/// Proposes, measures, and refreshes by the proposal as it is.
fn journey(source: Database, name: &str) {
    let (personal, kept) = labels(name);
    let output = discover(&source, &["--json"]);
    assert!([0, 3].contains(&output.code), "{}", output.stderr);
    let read: Value = serde_json::from_str(&output.stdout).unwrap();
    let mut masked = BTreeSet::new();
    for table in read["tables"].as_array().unwrap() {
        for line in table["columns"].as_array().unwrap() {
            let column = format!("{}.{}", table["table"].as_str().unwrap(), line["column"].as_str().unwrap());
            assert!(personal.contains(&column) || kept.contains(&column), "{column} has no label");
            if line["masked"].as_bool().unwrap() {
                masked.insert(column);
            }
        }
    }
    let right = masked.intersection(&personal).count() as f64;
    let (recall, precision) = (right / personal.len() as f64, right / masked.len() as f64);
    let missed: Vec<_> = personal.difference(&masked).collect();
    let extra: Vec<_> = masked.difference(&personal).collect();
    eprintln!("{name}: recall {recall:.3}, precision {precision:.3}, {} decisions", read["decisions"]);
    eprintln!("  missed {missed:?}\n  masked without need {extra:?}");
    assert!(recall >= 0.98, "{name}: missed {missed:?}");
    assert!(precision >= 0.90, "{name}: masked without need {extra:?}");

    let text = discover(&source, &[]);
    assert_eq!(u64::from(text.code == 3), read["decisions"].as_u64().unwrap().min(1));
    let play = Play::new(source, &text.stdout);
    play.check().assert_code(0);
    play.refresh().assert_code(0);
}

#[test]
fn the_shop_is_masked_as_a_person_would_and_refreshes() {
    journey(Database::from(Fixture::Shop), "shop");
}

#[test]
fn pagila_is_masked_as_a_person_would_and_refreshes() {
    let Some(source) = dataset(Fixture::Pagila) else { return };
    journey(source, "pagila");
}

#[test]
fn chinook_is_masked_as_a_person_would_and_refreshes() {
    let Some(source) = dataset(Fixture::Chinook) else { return };
    journey(source, "chinook");
}

#[test]
fn northwind_is_masked_as_a_person_would_and_refreshes() {
    let Some(source) = dataset(Fixture::Northwind) else { return };
    journey(source, "northwind");
}

//! What `discover` masks of databases whose personal columns were named beforehand.
//!
//! The labels lie beside each schema: a line for each table, with its personal columns;
//! a column with `?` is one that people would not agree on, and counts on neither side.

use crate::house::top;
use crate::support::{Database, Fixture, Play, execute, run};
use serde_json::Value;
use std::collections::BTreeSet;

struct Labels {
    personal: BTreeSet<String>,
    open: BTreeSet<String>,
}

fn labels(text: &str) -> Labels {
    let mut labels = Labels { personal: BTreeSet::new(), open: BTreeSet::new() };
    for (table, columns) in text.lines().filter_map(|line| line.split_once(':')) {
        let table = if table.contains('.') { table.to_owned() } else { format!("public.{table}") };
        for column in columns.split_whitespace() {
            let name = format!("{table}.{}", column.trim_end_matches('?'));
            if column.ends_with('?') {
                labels.open.insert(name)
            } else {
                labels.personal.insert(name)
            };
        }
    }
    labels
}

/// Loads the schema, proposes, measures, and has the proposal checked and refreshed by.
fn measured(name: &str) {
    let read =
        |file: &str| std::fs::read_to_string(top().join("tests/fixtures/discover").join(file)).unwrap();
    let source = Database::from(Fixture::Empty);
    execute(&source.url(), &[&read("draw.sql"), &read(&format!("{name}.sql"))]);
    let Labels { personal, open } = labels(&read(&format!("{name}.txt")));
    let output = run(&["discover", "--json", "--source", &source.url()]);
    assert!([0, 3].contains(&output.code), "{}", output.stderr);
    let proposal: Value = serde_json::from_str(&output.stdout).unwrap();
    let (mut masked, mut known) = (BTreeSet::new(), BTreeSet::new());
    let mut told = Vec::new();
    for table in proposal["tables"].as_array().unwrap() {
        for line in table["columns"].as_array().unwrap() {
            let text = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
            let column = format!("{}.{}", table["table"].as_str().unwrap(), text("column"));
            known.insert(column.clone());
            let is_masked = line["masked"].as_bool().unwrap();
            if is_masked && !open.contains(&column) {
                masked.insert(column.clone());
            }
            if is_masked || !text("decide").is_empty() {
                told.push(format!("  {column} = {}   # {}{}", text("rule"), text("why"), text("decide")));
            }
        }
    }
    let unknown: Vec<_> = personal.iter().filter(|column| !known.contains(*column)).collect();
    assert!(unknown.is_empty(), "labels of what no line is about: {unknown:?}");
    let share = |part: usize, of: usize| {
        f64::from(u32::try_from(part).unwrap()) / f64::from(u32::try_from(of).unwrap())
    };
    let right = masked.intersection(&personal).count();
    let (recall, precision) = (share(right, personal.len()), share(right, masked.len()));
    let missed: Vec<_> = personal.difference(&masked).collect();
    let extra: Vec<_> = masked.difference(&personal).collect();
    eprintln!("{name}: recall {recall:.3}, precision {precision:.3}, {} decisions", proposal["decisions"]);
    eprintln!("  missed {missed:?}\n  masked without need {extra:?}");
    if std::env::var_os("MASQUE_TOLD").is_some() {
        eprintln!("{}", told.join("\n"));
    }
    assert!(recall >= 0.98, "{name}: missed {missed:?}");
    assert!(precision >= 0.90, "{name}: masked without need {extra:?}");
    let rules = run(&["discover", "--source", &source.url()]).stdout;
    let play = Play::new(source, &rules);
    play.check().assert_code(0);
    play.refresh().assert_code(0);
}

#[test]
fn a_german_clinic_is_masked_as_its_labels_say() {
    measured("klinik");
}

#[test]
fn a_spanish_payroll_is_masked_as_its_labels_say() {
    measured("nominas");
}

#[test]
fn a_polish_telecom_is_masked_as_its_labels_say() {
    measured("operator");
}

#[test]
fn a_service_for_teams_is_masked_as_its_labels_say() {
    measured("workspace");
}

#[test]
fn a_dutch_shop_with_italian_and_portuguese_tables_is_masked_as_its_labels_say() {
    measured("klanten");
}

#[test]
fn an_insurer_with_old_short_names_is_masked_as_its_labels_say() {
    measured("insurer");
}

#[test]
fn a_mainframe_s_payroll_and_meters_are_masked_as_their_labels_say() {
    measured("mainframe");
}

#[test]
fn a_mexican_university_is_masked_as_its_labels_say() {
    measured("universidad");
}

#[test]
fn a_french_mutual_insurance_is_masked_as_its_labels_say() {
    measured("mutuelle");
}

//! What `discover` masks of databases whose personal columns were named beforehand.
//!
//! The labels lie beside each schema: a line for each table, with its personal columns;
//! a column with `?` is one that people would not agree on, and counts on neither side.

use crate::house::top;
use crate::support::{Database, Fixture, Play, execute, load_script, run};
use serde_json::Value;
use std::collections::BTreeSet;

pub(super) struct Labels {
    personal: BTreeSet<String>,
    open: BTreeSet<String>,
}

impl Labels {
    /// Whether a column is somebody's; `None` where people would not agree.
    pub(super) fn of(&self, table: &str, column: &str) -> Option<bool> {
        let name = format!("{table}.{column}");
        (!self.open.contains(&name)).then(|| self.personal.contains(&name))
    }
}

pub(super) fn labels(text: &str) -> Labels {
    let mut labels = Labels { personal: BTreeSet::new(), open: BTreeSet::new() };
    for (table, columns) in text.lines().filter_map(|line| line.split_once(':')) {
        let table = table.replace('"', "");
        let table = if table.contains('.') { table } else { format!("public.{table}") };
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

/// What is masked of a database, beside what its labels say.
struct Measured {
    personal: usize,
    masked: usize,
    missed: Vec<String>,
    extra: Vec<String>,
}

impl Measured {
    fn of(source: &Database, name: &str, text: &str) -> Self {
        let Labels { personal, open } = labels(text);
        let output = run(&["discover", "--json", "--source", &source.url()]);
        assert!([0, 3].contains(&output.code), "{}", output.stderr);
        let proposal: Value = serde_json::from_str(&output.stdout).unwrap();
        let (mut masked, mut known) = (BTreeSet::new(), BTreeSet::new());
        let mut told = Vec::new();
        for table in proposal["tables"].as_array().unwrap() {
            for line in table["columns"].as_array().unwrap() {
                let text = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
                let table = table["table"].as_str().unwrap().replace('"', "");
                let column = format!("{table}.{}", text("column"));
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
        assert!(unknown.is_empty(), "{name}: labels of what no line is about: {unknown:?}");
        if std::env::var_os("MASQUE_TOLD").is_some() {
            eprintln!("{}", told.join("\n"));
        }
        let measured = Self {
            personal: personal.len(),
            masked: masked.len(),
            missed: personal.difference(&masked).cloned().collect(),
            extra: masked.difference(&personal).cloned().collect(),
        };
        let (recall, precision) = (measured.recall(), measured.precision());
        eprintln!(
            "{name}: recall {recall:.3}, precision {precision:.3}, {} decisions",
            proposal["decisions"]
        );
        eprintln!("  missed {:?}\n  masked without need {:?}", measured.missed, measured.extra);
        measured
    }

    fn recall(&self) -> f64 {
        share(self.personal - self.missed.len(), self.personal)
    }

    fn precision(&self) -> f64 {
        share(self.masked - self.extra.len(), self.masked)
    }
}

fn share(part: usize, of: usize) -> f64 {
    f64::from(u32::try_from(part).unwrap()) / f64::from(u32::try_from(of).unwrap())
}

/// Loads the schema, proposes, measures, and has the proposal checked and refreshed by.
fn measured(name: &str) {
    let read =
        |file: &str| std::fs::read_to_string(top().join("tests/fixtures/discover").join(file)).unwrap();
    let source = Database::from(Fixture::Empty);
    execute(&source.url(), &[&read("draw.sql"), &read(&format!("{name}.sql"))]);
    let found = Measured::of(&source, name, &read(&format!("{name}.txt")));
    assert!(found.recall() >= 0.98, "{name}: missed {:?}", found.missed);
    assert!(found.precision() >= 0.90, "{name}: masked without need {:?}", found.extra);
    let rules = run(&["discover", "--source", &source.url()]).stdout;
    let play = Play::new(source, &rules);
    play.check().assert_code(0);
    play.refresh().assert_code(0);
}

/// Of each database whose name begins with these letters the name, the schema with its rows, and the labels.
pub(super) fn databases(letters: std::ops::RangeInclusive<char>) -> Vec<(String, String, String)> {
    let folder = top().join("tests/fixtures/labelled");
    let mut paths: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| {
        let begins = path.file_name().unwrap().to_string_lossy().starts_with(|c| letters.contains(&c));
        begins && path.extension().is_some_and(|end| end == "sql")
    });
    paths.sort();
    let read = |path: &std::path::Path| std::fs::read_to_string(path).unwrap();
    let name = |path: &std::path::Path| path.file_stem().unwrap().to_string_lossy().into_owned();
    paths.iter().map(|path| (name(path), read(path), read(&path.with_extension("txt")))).collect()
}

/// Loads one, with the same rows each time.
pub(super) fn load(name: &str, schema: &str) -> Database {
    let source = Database::from(Fixture::Empty);
    load_script(&source.url(), format!("SELECT setseed(0.25);\n{schema}").as_bytes(), name);
    source
}

/// Databases that were written and labelled without knowing `discover`, those whose names begin with these letters.
/// When its rules first met them they masked 94 to 98 of 100 personal columns. What they taught is in it now, so that
/// this keeps what was reached, and is no measure of what it finds in others.
fn unseen(letters: std::ops::RangeInclusive<char>) {
    let databases = databases(letters);
    let (mut personal, mut missed, mut masked, mut extra) = (0, 0, 0, 0);
    for (name, schema, text) in &databases {
        let found = Measured::of(&load(name, schema), name, text);
        assert!(
            found.recall() >= 0.95 && found.precision() >= 0.80,
            "{name}: {:?} {:?}",
            found.missed,
            found.extra
        );
        personal += found.personal;
        missed += found.missed.len();
        masked += found.masked;
        extra += found.extra.len();
    }
    let (recall, precision) = (share(personal - missed, personal), share(masked - extra, masked));
    eprintln!("{} databases: recall {recall:.3}, precision {precision:.3}", databases.len());
    assert!(databases.len() >= 10 && recall >= 0.98 && precision >= 0.90, "{recall} {precision}");
}

#[test]
fn databases_that_were_labelled_unseen_are_masked_as_their_labels_say() {
    unseen('a'..='e');
}

#[test]
fn more_databases_that_were_labelled_unseen_are_masked_as_their_labels_say() {
    unseen('f'..='j');
}

#[test]
fn the_last_databases_that_were_labelled_unseen_are_masked_as_their_labels_say() {
    unseen('p'..='z');
}

#[test]
fn still_more_databases_that_were_labelled_unseen_are_masked_as_their_labels_say() {
    unseen('k'..='o');
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

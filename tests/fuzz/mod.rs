//! What must hold of bytes that somebody else wrote, tried on stable with mutations of what can be read.
//!
//! [`hunt`] says what must hold, and is shared with the targets of `cargo fuzz`, which go on where
//! this stops: `cargo +nightly fuzz run --fuzz-dir tests/fuzz text_value`. Inputs that broke a promise
//! once lie in `corpus`, a folder for each hunt, and are tried first.

mod deep;
mod hunt;
mod mutation;
mod round_trip;

use hunt::{HUNTS, Hunt};
use mutation::mutated;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// How many mutations each hunt tries; `MASQUE_HUNTS=100000` for an hour of them.
fn tries() -> u32 {
    std::env::var("MASQUE_HUNTS").ok().map_or(400, |number| number.parse().unwrap())
}

fn hunt(name: &str) -> &'static Hunt {
    HUNTS.iter().find(|hunt| hunt.name == name).unwrap()
}

/// Looks at the corpus, at every seed, and at mutations of them.
fn hunted(name: &str) {
    let hunt = hunt(name);
    for input in corpus(name) {
        hunt::look(name, &input);
    }
    let seeds = (hunt.seeds)();
    for seed in &seeds {
        (hunt.look)(seed);
    }
    // A row or value is read in a moment, and there are a thousand pairs of a mask and a type.
    let cases = if name.ends_with("_row") || name.ends_with("_value") { 10 * tries() } else { tries() };
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let found = runner.run(&mutated(seeds, hunt.tokens), |input| {
        // The panic names its place; the input is what is wanted beside it.
        catch_unwind(AssertUnwindSafe(|| (hunt.look)(&input)))
            .map_err(|_| TestCaseError::fail(format!("{:?}", String::from_utf8_lossy(&input))))
    });
    if let Err(problem) = found {
        panic!("{name}: {problem}");
    }
}

/// What the folder of a hunt holds.
fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus").join(name);
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    entries.flatten().map(|entry| std::fs::read(entry.path()).unwrap()).collect()
}

#[test]
fn no_binary_row_breaks_a_promise() {
    hunted("binary_row");
}

#[test]
fn no_row_of_text_breaks_a_promise() {
    hunted("text_row");
}

#[test]
fn no_binary_value_breaks_a_promise() {
    hunted("binary_value");
}

#[test]
fn no_value_in_text_form_breaks_a_promise() {
    hunted("text_value");
}

#[test]
fn no_rule_file_breaks_a_promise() {
    hunted("rule_file");
}

#[test]
fn no_connection_string_breaks_a_promise() {
    hunted("connection");
}

#[test]
fn no_path_breaks_a_promise() {
    hunted("json_path");
    hunted("xml_path");
}

#[test]
fn no_prose_breaks_a_promise() {
    hunted("scrub");
}

#[test]
fn no_sql_breaks_a_promise() {
    hunted("sql_text");
}

#[test]
fn no_name_of_a_column_breaks_a_promise() {
    hunted("detect");
}

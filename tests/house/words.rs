//! Names that exclude something, a first line that says what a module is for, and no silenced lint.

use super::code::only_code;
use super::{Text, assert_none, rust_files};

/// Names under which anything could lie.
const BANNED: &[&str] = &["util", "utils", "common", "helper", "helpers", "types", "core", "manager", "imp"];

fn badly_named(files: &[Text]) -> Vec<String> {
    let mut offences = Vec::new();
    for file in files {
        let path = file.path.trim_end_matches(".rs");
        let code = only_code(&file.text);
        let inline =
            code.lines().filter_map(|line| line.trim_start().trim_start_matches("pub ").strip_prefix("mod "));
        for name in path.split('/').chain(inline) {
            let name = name.trim_end_matches(['{', '}', ';', ' ']);
            if name.split('_').any(|part| BANNED.contains(&part)) {
                offences.push(format!("{}: `{name}` excludes nothing; name what it is", file.path));
            }
        }
    }
    offences
}

fn without_purpose(files: &[Text]) -> Vec<String> {
    files
        .iter()
        .filter(|file| {
            file.text.lines().next().is_none_or(|line| {
                line.trim_start_matches("//!").trim().is_empty() || !line.starts_with("//! ")
            })
        })
        .map(|file| format!("{} does not begin with `//!` and what it is for", file.path))
        .collect()
}

fn silenced(files: &[Text]) -> Vec<String> {
    let mut offences = Vec::new();
    for file in files {
        for (at, line) in only_code(&file.text).lines().enumerate() {
            let plain = line.contains("#[allow(") || line.contains("#![allow(");
            if plain || line.contains("cfg_attr(") && line.contains("allow(") {
                offences.push(format!("{}:{}: `allow`; say `expect` and the reason", file.path, at + 1));
            }
        }
    }
    offences
}

fn everything() -> Vec<Text> {
    rust_files(&["src", "tests", "benches"])
}

#[test]
fn names_exclude_something() {
    assert_none(&badly_named(&everything()));
}

#[test]
fn every_module_says_what_it_is_for() {
    assert_none(&without_purpose(&everything()));
}

#[test]
fn no_lint_is_silenced() {
    assert_none(&silenced(&everything()));
}

#[test]
fn a_name_for_anything_is_found() {
    let found = badly_named(&[
        Text::example("src/core/score.rs", ""),
        Text::example("src/plan/plan_helpers.rs", ""),
        Text::example("src/a.rs", "pub mod imp {\n}\nmod simple;"),
    ]);
    assert_eq!(found.len(), 3, "{found:?}");
}

#[test]
fn a_module_without_its_first_line_and_a_silenced_lint_are_found() {
    let files = [
        Text::example("src/a.rs", "use std::fs;\n"),
        Text::example("src/b.rs", "//!\n"),
        Text::example(
            "src/c.rs",
            "//! C.\n#[allow(dead_code)]\n#![cfg_attr(test, allow(unused))]\n// #[allow(x)]\n",
        ),
    ];
    assert_eq!(without_purpose(&files).len(), 2);
    let found = silenced(&files);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].starts_with("src/c.rs:2"));
}

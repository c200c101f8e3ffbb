//! No file is forgotten: each one is reached from a root by `mod` lines, else it is never compiled.

use super::code::only_code;
use super::{Text, assert_none, read, rust_files};
use std::collections::BTreeSet;

/// The names of the `mod name;` lines in a file.
fn mods(text: &str) -> Vec<String> {
    let code = only_code(text);
    code.lines()
        .filter_map(|line| {
            let line = line.trim();
            let name = line.strip_suffix(';')?.rsplit_once("mod ")?;
            let before = name.0.trim();
            (before.is_empty() || before.starts_with("pub") || before.ends_with(']'))
                .then(|| name.1.trim().to_owned())
        })
        .collect()
}

/// Where the modules of a file lie.
fn folder_of_modules(path: &str) -> String {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    match file {
        "main.rs" | "lib.rs" | "mod.rs" => folder.to_owned(),
        _ => path.trim_end_matches(".rs").to_owned(),
    }
}

/// Files that no chain of `mod` lines reaches from `roots`.
fn forgotten(files: &[Text], roots: &[String]) -> Vec<String> {
    let mut reached = BTreeSet::new();
    let mut waiting: Vec<String> = roots.to_vec();
    while let Some(path) = waiting.pop() {
        let Some(file) = files.iter().find(|file| file.path == path) else { continue };
        if reached.insert(path.clone()) {
            let folder = folder_of_modules(&path);
            for name in mods(&file.text) {
                waiting.push(format!("{folder}/{name}.rs"));
                waiting.push(format!("{folder}/{name}/mod.rs"));
            }
        }
    }
    files
        .iter()
        .filter(|file| !reached.contains(&file.path))
        .map(|file| format!("{} is reached by no `mod` line", file.path))
        .collect()
}

/// The roots of tests and benches: what `Cargo.toml` says, or where Cargo looks when it only names them.
fn named_roots(manifest: &str) -> Vec<String> {
    let value = |line: &str, key: &str| Some(line.strip_prefix(key)?.strip_suffix('"')?.to_owned());
    let mut roots = Vec::new();
    let mut folder = None;
    for line in manifest.lines() {
        match line {
            "[[test]]" => folder = Some("tests"),
            "[[bench]]" => folder = Some("benches"),
            "[[bin]]" => folder = Some("targets"),
            _ if line.starts_with('[') => folder = None,
            _ => {}
        }
        if let (Some(folder), Some(name)) = (folder, value(line, "name = \"")) {
            roots.push(format!("{folder}/{name}.rs"));
            roots.push(format!("{folder}/{name}/main.rs"));
        }
        roots.extend(folder.and(value(line, "path = \"")));
    }
    roots
}

#[test]
fn every_file_is_compiled() {
    let mut roots = named_roots(&read("Cargo.toml"));
    assert!(roots.iter().any(|root| root == "tests/main.rs"), "{roots:?}");
    roots.extend(["src/lib.rs".to_owned(), "src/main.rs".to_owned()]);
    let targets = named_roots(&read("tests/fuzz/Cargo.toml"));
    roots.extend(targets.iter().map(|path| format!("tests/fuzz/{path}")));
    assert_none(&forgotten(&rust_files(&["src", "tests", "benches"]), &roots));
}

#[test]
fn a_forgotten_file_is_found_at_any_depth() {
    let files = [
        Text::example("tests/main.rs", "mod cli;\n#[cfg(unix)] mod unix;\n// mod old;\n"),
        Text::example("tests/cli/mod.rs", "pub(crate) mod run;"),
        Text::example("tests/cli/run.rs", "mod inner;\nmod inline {}"),
        Text::example("tests/cli/run/inner.rs", ""),
        Text::example("tests/cli/lost.rs", ""),
        Text::example("tests/unix.rs", ""),
        Text::example("tests/old.rs", ""),
    ];
    let found = forgotten(&files, &["tests/main.rs".to_owned()]);
    let lost =
        ["tests/cli/lost.rs", "tests/old.rs"].map(|path| format!("{path} is reached by no `mod` line"));
    assert_eq!(found, lost);
}

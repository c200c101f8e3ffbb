//! The rules of the house, read from its files.
//!
//! Each rule is a plain function from texts to offences, so that beside the test
//! that holds the project to it another one shows that it can fail.

mod children;
mod code;
mod exit_codes;
mod forgotten;
mod generated;
mod layers;
mod mentions;
mod readme;
mod sizes;
mod words;

use std::fs;
use std::path::{Path, PathBuf};

/// A file of the project.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    /// The path from the top, with slashes.
    pub(crate) path: String,
    /// What it holds.
    pub(crate) text: String,
}

impl Text {
    /// A file that only an example has.
    pub(crate) fn example(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }
}

/// The top folder of the project.
pub(crate) fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// One file by its path from the top.
pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(top().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every file with Rust code in some folders of the top, in order.
pub(crate) fn rust_files(folders: &[&str]) -> Vec<Text> {
    let mut found = Vec::new();
    for folder in folders {
        walk(&top().join(folder), &|name| name != "target", &mut found);
    }
    found
        .into_iter()
        .filter(|path| path.extension().is_some_and(|ending| ending == "rs"))
        .map(|path| text_at(&path))
        .collect()
}

/// Every file of text in the project, without what is built and what tools keep.
pub(crate) fn all_files() -> Vec<Text> {
    let mut found = Vec::new();
    let ours = |name: &str| name != "target" && (!name.starts_with('.') || name == ".ci");
    walk(top(), &ours, &mut found);
    found.iter().filter(|path| fs::read_to_string(path).is_ok()).map(|path| text_at(path)).collect()
}

fn text_at(path: &Path) -> Text {
    let short = path.strip_prefix(top()).unwrap().to_string_lossy().replace('\\', "/");
    Text { text: read(&short), path: short }
}

fn walk(folder: &Path, enters: &dyn Fn(&str) -> bool, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() && enters(name) {
            walk(&path, enters, found);
        } else if path.is_file() && name != ".git" {
            found.push(path);
        }
    }
}

/// Fails with every offence on a line of its own.
pub(crate) fn assert_none(offences: &[String]) {
    assert!(offences.is_empty(), "the house is not in order:\n  {}", offences.join("\n  "));
}

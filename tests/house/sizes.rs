//! Files stay small: none above the ceiling, and most far below it.

use super::{Text, assert_none, rust_files};

const CEILING: usize = 600;
const MEDIAN: usize = 150;

fn too_long(files: &[Text]) -> Vec<String> {
    files
        .iter()
        .map(|file| (file, file.text.lines().count()))
        .filter(|(_, lines)| *lines > CEILING)
        .map(|(file, lines)| format!("{} has {lines} lines; the ceiling is {CEILING}", file.path))
        .collect()
}

fn median(files: &[Text]) -> usize {
    let mut lines: Vec<_> = files.iter().map(|file| file.text.lines().count()).collect();
    lines.sort_unstable();
    lines.get(lines.len() / 2).copied().unwrap_or_default()
}

#[test]
fn no_file_is_above_the_ceiling() {
    assert_none(&too_long(&rust_files(&["src", "tests", "benches"])));
}

#[test]
fn most_files_are_short() {
    let median = median(&rust_files(&["src"]));
    assert!(
        median < MEDIAN,
        "half of the files in src have {median} lines or more; under {MEDIAN} is the aim"
    );
}

#[test]
fn a_long_file_and_a_house_of_long_files_are_found() {
    let of = |lines: usize| Text::example("src/a.rs", &"x\n".repeat(lines));
    assert!(too_long(&[of(CEILING)]).is_empty());
    assert_eq!(too_long(&[of(CEILING + 1), of(3)]), ["src/a.rs has 601 lines; the ceiling is 600"]);
    assert_eq!(median(&[of(1), of(500), of(200)]), 200);
}

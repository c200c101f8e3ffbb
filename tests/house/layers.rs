//! Imports point down the ladder, and rooms of one floor don't import each other, except on the ground.

use super::code::only_code;
use super::{Text, assert_none, rust_files};

/// Room and floor. A folder or file of `src` that is not here is an offence: give it a floor first.
const FLOORS: &[(&str, u8)] = &[
    ("error", 0),
    ("diagnostic", 0),
    ("finding", 0),
    ("schema", 0),
    ("secret", 0),
    ("format", 0),
    ("point", 0),
    ("transform", 1),
    ("rules", 2),
    ("postgres", 2),
    ("plan", 3),
    ("source", 4),
    ("sink", 4),
    ("archive", 4),
    ("pipeline", 5),
    ("verify", 6),
    ("report", 6),
    ("publish", 6),
    ("parity", 6),
    ("discover", 6),
    ("rehearse", 6),
    ("refresh", 7),
    ("doctor", 7),
    ("demo", 8),
    ("cli", 9),
    ("main", 9),
];

fn floor(room: &str) -> Option<u8> {
    FLOORS.iter().find(|(name, _)| *name == room).map(|(_, floor)| *floor)
}

/// The room a file of `src` lies in; `None` for the map, `lib.rs`.
fn room(path: &str) -> Option<&str> {
    let inside = path.strip_prefix("src/")?;
    let first = inside.split('/').next()?;
    let name = first.strip_suffix(".rs").unwrap_or(first);
    (name != "lib").then_some(name)
}

/// The first names of all paths that begin at the crate, each with its line.
fn imported(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let line = code[..at].matches('\n').count() + 1;
        let rest = code[at + "crate::".len()..].trim_start();
        if let Some(group) = rest.strip_prefix('{') {
            found.extend(first_names(group).into_iter().map(|name| (line, name)));
        } else {
            found.push((line, name_at(rest)));
        }
    }
    found
}

/// The first name of each branch of a group `a, b::{c, d}}`, up to its closing brace.
fn first_names(group: &str) -> Vec<String> {
    let (mut depth, mut begins, mut names) = (0_usize, true, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '}' if depth == 0 => break,
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => begins = true,
            c if begins && !c.is_whitespace() => {
                names.push(name_at(&group[at..]));
                begins = false;
            }
            _ => {}
        }
    }
    names
}

fn name_at(text: &str) -> String {
    let text = text.strip_prefix("r#").unwrap_or(text);
    text.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '*')).collect()
}

/// Lines on which a chain of `super` climbs out of the room: the ladder does not see where it lands.
fn climbs(path: &str, code: &str) -> Vec<usize> {
    let inside = path.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    let depth = inside.split('/').count();
    let tests = code.find("#[cfg(test)]").unwrap_or(code.len());
    let mut lines = Vec::new();
    let mut at = 0;
    while let Some(found) = code[at..].find("super::") {
        let from = at + found;
        let mut to = from;
        while code[to..].starts_with("super::") {
            to += "super::".len();
        }
        let steps = (to - from) / "super::".len();
        // The tests of a file are a module inside it, one step deeper.
        if steps >= depth + usize::from(from > tests) {
            lines.push(code[..from].matches('\n').count() + 1);
        }
        at = to;
    }
    lines
}

fn offences(files: &[Text]) -> Vec<String> {
    let mut offences = Vec::new();
    for file in files {
        let Some(own) = room(&file.path) else { continue };
        let Some(own_floor) = floor(own) else {
            offences.push(format!("{}: the room `{own}` has no floor", file.path));
            continue;
        };
        let code = only_code(&file.text);
        for line in climbs(&file.path, &code) {
            offences.push(format!("{}:{line}: `super` leaves the room; say `crate::`", file.path));
        }
        for (line, other) in imported(&code) {
            let problem = match floor(&other) {
                None => format!("`crate::{other}` is no room"),
                Some(_) if other == own => continue,
                Some(0) if own_floor == 0 => continue,
                Some(up) if up > own_floor => {
                    format!("`{own}` (floor {own_floor}) looks up to `{other}` ({up})")
                }
                Some(same) if same == own_floor => format!("`{own}` looks aside to `{other}` (floor {same})"),
                Some(_) => continue,
            };
            offences.push(format!("{}:{line}: {problem}", file.path));
        }
    }
    offences
}

#[test]
fn imports_point_down_the_ladder() {
    let files = rust_files(&["src"]);
    assert!(files.len() > 20, "only {} files were read", files.len());
    assert_none(&offences(&files));
}

#[test]
fn an_import_that_looks_up_or_aside_is_found_in_every_form() {
    let bad = "use crate::{error::Error, plan::{Plan, Split}, format};\nuse crate::rules;\nfn f() { crate::cli::run() }\nuse crate::Plan;\n";
    let found = offences(&[Text::example("src/postgres/session.rs", bad)]);
    assert_eq!(found.len(), 4, "{found:?}");
    assert!(found[0].contains(":1: `postgres` (floor 2) looks up to `plan` (3)"), "{found:?}");
    assert!(found[1].contains(":2: `postgres` looks aside to `rules`"), "{found:?}");
    assert!(found[2].contains(":3:") && found[2].contains("`cli`"), "{found:?}");
    assert!(found[3].contains("`crate::Plan` is no room"), "{found:?}");
}

#[test]
fn a_super_that_leaves_its_room_and_a_room_without_a_floor_are_found() {
    let climbing =
        "use super::super::plan;\nuse super::own;\n#[cfg(test)]\nmod tests { use super::super::own; }\n";
    let found = offences(&[Text::example("src/sink/postgres.rs", climbing)]);
    assert_eq!(found, ["src/sink/postgres.rs:1: `super` leaves the room; say `crate::`"]);
    assert_eq!(offences(&[Text::example("src/attic.rs", "")]).len(), 1);
}

#[test]
fn what_the_ladder_permits_is_no_offence() {
    let good = "//! See crate::cli.\nuse crate::error::Error;\nuse crate::sink::Sink; // crate::demo\nconst A: &str = \"crate::cli\";\n";
    assert_none(&offences(&[
        Text::example("src/sink/mod.rs", good),
        Text::example("src/format/text.rs", "use crate::{schema, error};"),
        Text::example("src/lib.rs", "pub use crate::cli;"),
    ]));
}

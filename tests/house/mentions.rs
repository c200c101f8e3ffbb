//! No file of the project names a machine it was written on, or the host of a registry.

use super::{Text, all_files, assert_none};

/// Written in two halves, so that this file is not its own first offence.
const BANNED: &[(&str, &str)] = &[
    ("/wo", "rk/"),
    ("/ro", "ot/"),
    ("/Us", "ers/"),
    ("index.cr", "ates.io"),
    ("static.cr", "ates.io"),
    ("registry.np", "mjs.org"),
    ("files.python", "hosted.org"),
    ("py", "pi.org"),
    ("proxy.go", "lang.org"),
];

fn offences(files: &[Text]) -> Vec<String> {
    let mut offences = Vec::new();
    for file in files {
        for (at, line) in file.text.lines().enumerate() {
            for (first, second) in BANNED {
                let word = format!("{first}{second}");
                // `network/` and the like: only a path that begins here counts.
                let begins = |start: usize| !line[..start].ends_with(|c: char| c.is_alphanumeric());
                if line.match_indices(&word).any(|(start, _)| begins(start)) {
                    offences.push(format!("{}:{}: mentions `{word}`", file.path, at + 1));
                }
            }
        }
    }
    offences
}

#[test]
fn no_file_names_a_machine_or_a_registry() {
    let files = all_files();
    for expected in ["Cargo.lock", ".ci/run", "rules/shop.toml", "src/lib.rs"] {
        assert!(files.iter().any(|file| file.path == expected), "{expected} was not read");
    }
    assert_none(&offences(&files));
}

#[test]
fn a_machine_s_path_is_found() {
    let text = format!("a\nsee {}{}notes\n", "/wo", "rk/");
    assert_eq!(offences(&[Text::example("README.md", &text)]).len(), 1);
    assert!(offences(&[Text::example("README.md", "artwork/a, homework/b")]).is_empty());
}

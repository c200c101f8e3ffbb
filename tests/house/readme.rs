//! Every command the README shows is one that the program knows, with all its flags.

use super::{assert_none, read};
use crate::support::run;
use std::collections::BTreeMap;

/// The words after `masque` in each command of the README's `sh` blocks.
fn commands(readme: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut inside = false;
    let mut open = String::new();
    for line in readme.lines() {
        if let Some(tag) = line.trim_start().strip_prefix("```") {
            inside = !inside && matches!(tag.trim(), "sh" | "bash" | "console");
            continue;
        }
        if !inside {
            continue;
        }
        if let Some(begun) = line.trim_end().strip_suffix('\\') {
            open.push_str(begun);
            open.push(' ');
            continue;
        }
        open.push_str(line);
        found.extend(open.split(" && ").filter_map(arguments));
        open.clear();
    }
    found
}

/// The arguments of masque in one simple command; `None` when another program is called.
fn arguments(command: &str) -> Option<Vec<String>> {
    let command = command.trim().trim_start_matches("$ ");
    let mut words = command.split_whitespace().take_while(|word| !word.starts_with('#')).peekable();
    let is_variable = |word: &&str| word.split_once('=').is_some_and(|(name, _)| !name.starts_with('-'));
    while words.next_if(is_variable).is_some() {}
    match words.next()? {
        "masque" => {}
        "cargo" if words.next() == Some("run") => {
            words.find(|word| *word == "--")?;
        }
        _ => return None,
    }
    // What follows another `--`, a pipe or a redirection is not masque's.
    let own = |word: &&str| !matches!(*word, "--" | "|" | ";" | ">" | ">>" | "<" | "2>" | "||" | "&");
    Some(words.take_while(own).map(|word| word.trim_matches(['\'', '"']).to_owned()).collect())
}

/// What is wrong with `commands`; `help` gives the help of a sub-command, or of masque itself for "".
fn offences(commands: &[Vec<String>], help: &mut dyn FnMut(&str) -> Option<String>) -> Vec<String> {
    let mut offences = Vec::new();
    for words in commands {
        let first =
            words.first().map(String::as_str).filter(|word| !word.starts_with('-')).unwrap_or_default();
        let Some(text) = help(first) else {
            offences.push(format!("`masque {first}`: no such command"));
            continue;
        };
        for word in words.iter().filter(|word| word.starts_with("--")) {
            let flag = word.split('=').next().unwrap_or(word);
            let known = text.split(|c: char| !c.is_alphanumeric() && c != '-').any(|known| known == flag);
            if !known {
                offences.push(format!("`masque {first}` has no `{flag}`"));
            }
        }
    }
    offences
}

#[test]
fn every_command_of_the_readme_exists_with_its_flags() {
    let commands = commands(&read("README.md"));
    assert!(commands.iter().any(|words| words.first().is_some_and(|word| word == "refresh")), "{commands:?}");
    let mut known = BTreeMap::new();
    let mut help = |command: &str| {
        let ask = || {
            let words: Vec<_> = [command, "--help"].into_iter().filter(|word| !word.is_empty()).collect();
            let output = run(&words);
            (output.code == 0).then_some(output.stdout)
        };
        known.entry(command.to_owned()).or_insert_with(ask).clone()
    };
    assert_none(&offences(&commands, &mut help));
}

#[test]
fn an_unknown_command_and_an_unknown_flag_are_found() {
    let readme = "```sh\n$ MASQUE_SECRET=x masque refresh --source A \\\n  --targets=B\ncargo run --release -- demo --rows 5 # --no\n\
        cd x && masque vanish\npsql --nothing\n```\n```toml\nmasque = 1\n```\n";
    let commands = commands(readme);
    assert_eq!(commands.len(), 3, "{commands:?}");
    let mut help = |command: &str| match command {
        "refresh" => Some("  --source <URL>\n  --target <URL>".to_owned()),
        "demo" => Some("[--rows N]".to_owned()),
        _ => None,
    };
    let found = offences(&commands, &mut help);
    assert_eq!(found, ["`masque refresh` has no `--targets`", "`masque vanish`: no such command"]);
}

//! No program that masque starts is told a password or the secret by its environment.

use super::code::only_code;
use super::{Text, assert_none, rust_files};

/// What takes them out; `dress` is the cluster's, which calls the other.
const HIDING: [&str; 2] = ["hide_secrets(", "dress("];

/// A file's functions, without its tests: each with its name and the line it begins on.
fn functions(code: &str) -> Vec<(usize, String, &str)> {
    let code = &code[..code.find("#[cfg(test)]").unwrap_or(code.len())];
    let starts: Vec<usize> = code
        .match_indices("fn ")
        .filter(|(at, _)| !code[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
        .map(|(at, _)| at)
        .collect();
    let ends = starts.iter().skip(1).copied().chain([code.len()]);
    let named = |from: usize, to: usize| {
        let name = code[from + 3..to].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        (code[..from].matches('\n').count() + 1, name, &code[from..to])
    };
    starts.iter().zip(ends).map(|(from, to)| named(*from, to)).collect()
}

/// The names under which a file knows the type that starts programs.
fn names(code: &str) -> Vec<String> {
    if !code.contains("process::") {
        return Vec::new();
    }
    let renamed = code.split("Command as ").skip(1);
    let renamed = renamed.map(|rest| rest.chars().take_while(|c| c.is_alphanumeric()).collect::<String>());
    let mut names: Vec<_> = renamed.collect();
    if names.is_empty() {
        names.push("Command".to_owned());
    }
    names
}

fn offences(files: &[Text]) -> Vec<String> {
    let mut offences = Vec::new();
    for file in files {
        let code = only_code(&file.text);
        let functions = functions(&code);
        let hides = |body: &str| HIDING.iter().any(|call| body.contains(call));
        let hiding: Vec<String> = functions
            .iter()
            .filter(|(_, _, body)| hides(body))
            .map(|(_, name, _)| format!("{name}("))
            .collect();
        for (line, name, body) in &functions {
            let starts = names(&code).iter().any(|known| {
                let call = format!("{known}::new(");
                body.match_indices(&call)
                    .any(|(at, _)| !body[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
            });
            let passed = || hiding.iter().any(|call| body.contains(call.as_str()));
            if starts && !hides(body) && !passed() {
                offences
                    .push(format!("{}:{line}: `{name}` starts a program without `hide_secrets`", file.path));
            }
        }
    }
    offences
}

#[test]
fn every_program_is_started_without_the_secrets() {
    let files = rust_files(&["src"]);
    let starting = files
        .iter()
        .filter(|file| functions(&only_code(&file.text)).iter().any(|(_, _, body)| body.contains("spawn(")));
    assert!(starting.count() > 1);
    assert_none(&offences(&files));
}

#[test]
fn a_program_that_is_told_everything_is_found() {
    let of = |text: &str| offences(&[Text::example("src/a.rs", text)]);
    let bare =
        "use std::process::{Child, Command as Process};\nfn a() {}\nfn start() { Process::new(b).spawn() }\n";
    assert_eq!(of(bare), ["src/a.rs:3: `start` starts a program without `hide_secrets`"]);
    assert_eq!(of("fn f() { std::process::Command::new(b); }").len(), 1);
    assert_none(&of("use std::process::Command;\nfn f() { hide_secrets(&mut Command::new(a)); }"));
    assert_none(&of(
        "use std::process::Command;\nfn run(c: Command) { hide_secrets(c); }\nfn f() { run(Command::new(a)) }",
    ));
    assert_none(&of("use std::process::Command;\n#[cfg(test)]\nmod tests { fn f() { Command::new(a); } }"));
}

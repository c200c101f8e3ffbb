//! What was typed is not said again where it may be a password.

use crate::support::run;

/// A password in the forms it stands in on a command line.
const PASSWORD: &str = "opensesame";

/// Arguments in a place where masque has no use for them.
const STRAY: &[&str] = &[
    "postgres://u:opensesame@h/d",
    "password=opensesame",
    "host=h password=opensesame dbname=d",
    "--password=opensesame",
    "--postgres://u:opensesame@h/d",
    "-popensesame",
    "--json=opensesame",
    "opensesame",
];

/// Every command, and the flags of its that take a value.
fn commands() -> Vec<(String, Vec<String>)> {
    let help = run(&["--help"]).assert_code(0).stdout.clone();
    let listed = help.lines().skip_while(|line| !line.starts_with("Commands:")).skip(1);
    let names = listed.take_while(|line| line.starts_with("  ")).filter_map(|line| {
        line.strip_prefix("  ").filter(|line| !line.starts_with(' '))?.split_whitespace().next()
    });
    let flags = |name: &str| {
        let help = run(&[name, "--help"]).stdout.clone();
        let lines = help.lines().map(str::trim_start).filter(|line| line.starts_with("--"));
        lines
            .filter(|line| line.contains('<'))
            .filter_map(|line| line.split_whitespace().next().map(str::to_owned))
            .collect()
    };
    names.filter(|name| *name != "help").map(|name| (name.to_owned(), flags(name))).collect()
}

#[test]
fn no_complaint_about_arguments_repeats_them() {
    let commands = commands();
    assert!(commands.len() > 10 && commands.iter().any(|(_, flags)| flags.len() > 10), "{commands:?}");
    let mut asked = Vec::new();
    for stray in STRAY {
        asked.push(vec![*stray]);
        asked.push(vec!["help", stray]);
        for (name, _) in &commands {
            // It takes a word, and says which it does not know: no one can tell that this is a password.
            if name == "transformers" && *stray == PASSWORD {
                continue;
            }
            asked.push(vec![name, stray]);
            asked.push(vec![name, "extra", stray]);
            asked.push(vec![name, "--source", "host=h", stray]);
        }
    }
    for args in asked {
        let output = run(&args);
        output.assert_code(2);
        output.assert_silent_about(PASSWORD);
    }
}

#[test]
fn no_flag_repeats_a_password_it_was_given() {
    for (name, flags) in commands() {
        // It would start two servers.
        if name == "demo" {
            continue;
        }
        for flag in &flags {
            for value in ["postgres://u:opensesame@h/d", "host=127.0.0.1 port=1 password=opensesame"] {
                run(&[&name, flag, value]).assert_silent_about(PASSWORD);
                // Asked for in full, so that the value is looked at.
                let mut args = vec![name.as_str(), flag.as_str(), value];
                for (other, given) in [
                    ("--source", "host=127.0.0.1 port=1"),
                    ("--target", "host=127.0.0.1 port=1 dbname=d"),
                    ("--rules", "none.toml"),
                ] {
                    if flags.iter().any(|flag| flag == other) && flag != other {
                        args.extend([other, given]);
                    }
                }
                run(&args).assert_silent_about(PASSWORD);
            }
        }
    }
}

#[test]
fn a_complaint_about_arguments_says_what_is_ours() {
    let says = |args: &[&str], words: &[&str]| {
        let output = run(args);
        output.assert_code(2).assert_says(words);
    };
    says(
        &["check", "--soruce", "host=h", "--rules", "r"],
        &["argument 2", "`masque check`", "did you mean `--source`?", "Usage: masque check"],
    );
    says(&["check", "--source", "host=h", "password=opensesame"], &["argument 4", "quotes"]);
    says(&["chekc"], &["no such command", "did you mean `check`?"]);
    says(&["check"], &["`--rules <FILE>` is missing"]);
    says(&["check", "--rules"], &["`--rules <FILE>`"]);
    says(&["check", "--rules", "a", "--rules", "b"], &["`--rules <FILE>` is given more than once"]);
    says(&["check", "--strict=yes"], &["`--strict`"]);
    says(&["refresh", "--verify", "all"], &["`--verify <VERIFY>`", "full, off"]);
    says(&["refresh", "--jobs", "300"], &["`--jobs <N>`", "1..=256"]);
    says(&["refresh", "--jobs", "many"], &["`--jobs <N>`", "whole number"]);
    says(&["refresh", "--max-blocked", "soon"], &["`--max-blocked <TIME>`", "500ms, 5s"]);
    says(&["refresh", "--allow", "all"], &["`--allow <SIGNS>`", "sessions"]);
    says(&["discover", "--update", "a", "--json"], &["`--json`", "cannot be used with", "`--update <FILE>`"]);
    says(&["completions", "shell"], &["zsh"]);
}

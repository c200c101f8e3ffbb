//! What others on the machine can read of a run: neither passwords nor the secret, and no core file.

use crate::support::{Play, Side, Started};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Duration;

/// What an operator may set for every session.
const OPTION: &str = "Xqvander77411";

const SECRET: &str = "77a0b1c2d3e4f50617283940a1b2c3d4e9a0b1c2d3e4f50617283940a1b2c3d4";

/// The password of a URL.
fn password(url: &str) -> &str {
    url.split_once("://").unwrap().1.split_once('@').unwrap().0.split_once(':').unwrap().1
}

/// The processes below one, with what the system shows of each: name, arguments, environment.
fn children(of: u32) -> Vec<(String, Vec<u8>, Vec<u8>)> {
    let mut found = Vec::new();
    let mut waiting = vec![of];
    while let Some(parent) = waiting.pop() {
        for task in fs::read_dir(format!("/proc/{parent}/task")).into_iter().flatten().flatten() {
            let list = fs::read_to_string(task.path().join("children")).unwrap_or_default();
            for child in list.split_whitespace().filter_map(|pid| pid.parse::<u32>().ok()) {
                let read = |name: &str| fs::read(format!("/proc/{child}/{name}")).unwrap_or_default();
                let name = String::from_utf8_lossy(&read("comm")).trim().to_owned();
                found.push((name, read("cmdline"), read("environ")));
                waiting.push(child);
            }
        }
    }
    found
}

fn holds(bytes: &[u8], word: &str) -> bool {
    memchr::memmem::find(bytes, word.as_bytes()).is_some()
}

#[test]
fn no_child_of_a_run_knows_a_password_or_the_secret() {
    if !fs::exists("/proc/self/environ").unwrap() || !fs::exists("/proc/self/task").unwrap() {
        eprintln!("skipped: this system has no /proc");
        return;
    }
    let play = Play::small("canary");
    let (source, target, rules) = (play.source.url(), play.target.url(), play.rules());
    let words = [SECRET, OPTION, password(&source), password(&target)];
    assert!(words.iter().all(|word| word.len() > 8));
    let variables = [("MASQUE_SOURCE", &source), ("MASQUE_TARGET", &target), ("PGPASSWORD", &source)]
        .map(|(name, value)| (name, OsString::from(value)));
    let mut variables = variables.to_vec();
    variables.push(("MASQUE_SECRET", SECRET.into()));
    variables.push(("PGOPTIONS", format!("-c my.secret={OPTION}").into()));
    let mut run = Started::with(&["refresh", "--rules", &rules], &variables);
    let pid = run.pid();
    let (mut seen, mut files) = (BTreeSet::new(), BTreeSet::<PathBuf>::new());
    while run.is_running() {
        assert!(
            words
                .iter()
                .all(|word| !holds(&fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default(), word))
        );
        for (name, arguments, environment) in children(pid) {
            // Between fork and exec a child is still a copy of its parent.
            if name == "masque" || !holds(&arguments, "pg_") {
                continue;
            }
            for word in words {
                assert!(!holds(&arguments, word), "{name} has a password or the secret in its arguments");
                assert!(!holds(&environment, word), "{name} has a password or the secret in its environment");
            }
            // Nobody is there to be asked for one.
            assert!(!holds(&arguments, "--dbname") || holds(&arguments, "--no-password"), "{name}");
            let variables = String::from_utf8_lossy(&environment).into_owned();
            let named = |line: &str| {
                ["PGPASSFILE=", "PGSERVICEFILE="]
                    .iter()
                    .find_map(|name| line.strip_prefix(name).map(str::to_owned))
            };
            for path in &variables.split('\0').filter_map(named).collect::<Vec<_>>() {
                if let Ok(meta) = fs::metadata(path) {
                    assert_eq!(meta.permissions().mode() & 0o777, 0o600, "{path}");
                    let folder = fs::metadata(PathBuf::from(path).parent().unwrap()).unwrap();
                    assert_eq!(folder.permissions().mode() & 0o777, 0o700, "{path}");
                }
                files.insert(path.into());
            }
            seen.insert(name);
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    run.end_within(Duration::from_mins(1)).assert_code(0).assert_silent_about(SECRET);
    assert!(seen.contains("pg_dump") && seen.contains("pg_restore"), "{seen:?}");
    let of = |name: &str| {
        files.iter().any(|file| file.file_name().is_some_and(|is| is.to_string_lossy().starts_with(name)))
    };
    assert!(of("pass") && of("service"), "{files:?}");
    assert!(!files.is_empty() && files.iter().all(|file| !file.exists()), "{files:?}");
}

#[test]
fn a_run_leaves_no_core_file() {
    let play = Play::small("canary");
    play.read_slowly();
    let run = play.start(&[]);
    play.wait_for(Side::Production, "COPY (SELECT", &run);
    let Ok(limits) = fs::read_to_string(format!("/proc/{}/limits", run.pid())) else {
        eprintln!("skipped: this system has no /proc");
        return;
    };
    let line = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    let values: Vec<_> = line.split_whitespace().skip(4).take(2).collect();
    // Where cores go to a program's pipe, none is as good as unlimited, and one byte is not.
    assert_eq!(values, ["1", "1"], "{line}");
}

//! Where the secret comes from, and what a run says of it.

use crate::support::{Output, Play, run_with};
use masque::secret::Secret;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

const SECRET: &str = "9a0b1c2d3e4f50617283940a1b2c3d4e9a0b1c2d3e4f50617283940a1b2c3d4e";

fn refresh(play: &Play, more: &[&str], variables: &[(&str, OsString)]) -> Output {
    let (source, target, rules) = (play.source.url(), play.target.url(), play.rules());
    let mut args = vec!["refresh", "--source", &source, "--target", &target, "--rules", &rules, "--json"];
    args.extend(more);
    run_with(&args, variables)
}

/// The short id in the report of a run that ended well.
fn id(output: &Output) -> String {
    output.assert_code(0).assert_silent_about(SECRET);
    let report: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    report["secret"].as_str().unwrap().to_owned()
}

fn write(path: &Path, mode: u32) {
    fs::write(path, format!("{SECRET}\n")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn variable_file_and_command_give_the_same_secret_and_the_report_its_short_id() {
    let play = Play::small("secret");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    write(&file, 0o600);
    let file = file.to_str().unwrap();
    let expected = Secret::parse(SECRET).unwrap().id();
    assert_eq!(id(&refresh(&play, &[], &[("MASQUE_SECRET", SECRET.into())])), expected);
    let served = play.served();
    // A file or a command goes before the variable.
    let other = ("MASQUE_SECRET", OsString::from("00".repeat(32)));
    for more in [["--secret-file", file], ["--secret-command", &format!("cat {file}")]] {
        assert_eq!(id(&refresh(&play, &more, std::slice::from_ref(&other))), expected, "{}", more[0]);
        assert_eq!(play.served(), served, "{}", more[0]);
    }
    assert_ne!(id(&refresh(&play, &[], &[other])), expected);
    assert_ne!(play.served(), served);
}

#[test]
fn a_secret_that_others_can_read_or_that_is_none_is_refused_before_anything_else() {
    let folder = tempfile::tempdir().unwrap();
    let rules = folder.path().join("rules.toml");
    fs::write(&rules, "masque = 1\n").unwrap();
    let file = folder.path().join("secret");
    let (shown, rules) = (file.to_str().unwrap(), rules.to_str().unwrap());
    // Nothing listens there: a run that got so far would say that.
    let url = "postgres://nobody@127.0.0.1:1/none";
    let refused = |more: &[&str], variables: &[(&str, OsString)], words: &[&str]| {
        let mut args = vec!["refresh", "--source", url, "--target", url, "--rules", rules];
        args.extend(more);
        run_with(&args, variables).assert_code(2).assert_says(words).assert_silent_about(SECRET);
    };
    for mode in [0o640, 0o604, 0o644, 0o660] {
        write(&file, mode);
        refused(&["--secret-file", shown], &[], &["can be read by others", "chmod 600"]);
    }
    // The secret itself, where the name of what holds it belongs.
    let words = data_encoding::BASE64.encode(&data_encoding::HEXLOWER.decode(SECRET.as_bytes()).unwrap());
    for secret in [SECRET, &words, words.trim_end_matches('='), &SECRET[1..]] {
        for given in [secret.to_owned(), format!("{secret} --more")] {
            for flag in ["--secret-file", "--secret-command"] {
                let args = ["refresh", "--source", url, "--target", url, "--rules", rules, flag, &given];
                run_with(&args, &[]).assert_code(2).assert_silent_about(secret);
            }
        }
    }
    refused(&["--secret-file", "/nowhere/secret"], &[], &["can't read the secret file"]);
    refused(&[], &[("MASQUE_SECRET", "too short".into())], &["MASQUE_SECRET", "not 32 bytes"]);
    refused(&["--secret-command", "false"], &[], &["`false` failed"]);
    refused(&["--secret-command", "/nowhere/program"], &[], &["can't run the secret command"]);
    // No shell: what follows is an argument, and nothing runs it.
    let made = folder.path().join("made");
    let command = format!("echo {SECRET}; touch {}", made.display());
    refused(&["--secret-command", &command], &[], &["`echo`"]);
    assert!(!made.exists());
    refused(&["--secret-file", shown, "--secret-command", "true"], &[], &["cannot be used with"]);
}

//! Bad input: each mistake has its exit code and a sentence that says what to mend.

use crate::support::{Database, Fixture, Output, Side, execute, run, run_with};
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const RULES: &str = r#"masque = 1

[table.people]
id    = "keep"
email = { with = "email", by = "id" }
born  = { with = "date_shift", within = "30 days" }
"#;

/// A value of the source that nothing may ever show.
const CANARY: &str = "canary.7f3a";

/// A source with one table, a target that is not there yet, and a file of rules.
struct Scene {
    source: Database,
    target: Database,
    folder: TempDir,
}

impl Scene {
    fn new(rules: &str) -> Self {
        let source = Database::from(Fixture::Empty);
        let table = "create table people (id integer primary key, email text not null, born date)";
        let row = format!("insert into people values (1, '{CANARY}@example.com', '1980-02-29')");
        execute(&source.url(), &[table, &row]);
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("rules.toml"), rules).unwrap();
        Self { source, target: Database::absent(Side::Staging, "target"), folder }
    }

    fn rules(&self) -> PathBuf {
        self.folder.path().join("rules.toml")
    }

    fn check(&self) -> Output {
        run(&["check", "--source", &self.source.url(), "--rules", self.rules().to_str().unwrap()])
    }

    fn refresh(&self) -> Output {
        refresh(&self.source.url(), &self.target.url(), &self.rules(), &[])
    }

    /// What every refusal has in common: nothing was made, and no row was shown.
    #[track_caller]
    fn assert_untouched(&self, output: &Output) {
        output.assert_silent_about(CANARY);
        assert_eq!(self.target.generations(), Vec::<String>::new());
    }

    /// `check` and `refresh` both refuse the rules, in the same words.
    #[track_caller]
    fn assert_refused(&self, code: i32, words: &[&str]) {
        for output in [self.check(), self.refresh()] {
            output.assert_code(code).assert_says(words);
            self.assert_untouched(&output);
        }
    }
}

fn refresh(source: &str, target: &str, rules: &Path, variables: &[(&str, OsString)]) -> Output {
    run_with(
        &["refresh", "--source", source, "--target", target, "--rules", rules.to_str().unwrap()],
        variables,
    )
}

/// The same URL with another password.
fn with_password(url: &str, password: &str) -> String {
    let (before, place) = url.rsplit_once('@').unwrap();
    let (login, _) = before.rsplit_once(':').unwrap();
    format!("{login}:{password}@{place}")
}

/// A folder with client tools that are only two lines of shell.
fn tools(script: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["pg_dump", "pg_restore"] {
        let path = folder.path().join(name);
        fs::write(&path, format!("#!/bin/sh\n{}\n", script.replace("NAME", name))).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    folder
}

#[test]
fn the_rules_of_these_tests_are_good_as_they_stand() {
    let scene = Scene::new(RULES);
    scene.check().assert_code(0).assert_silent_about(CANARY);
}

#[test]
fn a_host_that_does_not_exist_is_the_fault_of_its_side() {
    let scene = Scene::new(RULES);
    let nowhere = "postgres://someone@no-such-host.invalid:5432/shop";
    let output = refresh(nowhere, &scene.target.url(), &scene.rules(), &[]);
    output.assert_code(6).assert_says(&["no-such-host.invalid"]);
    let output = refresh(&scene.source.url(), nowhere, &scene.rules(), &[]);
    output.assert_code(7).assert_says(&["no-such-host.invalid"]);
    let output = run(&["check", "--source", nowhere, "--rules", scene.rules().to_str().unwrap()]);
    output.assert_code(6);
    scene.assert_untouched(&output);
}

#[test]
fn a_wrong_password_is_the_fault_of_its_side_and_is_not_shown() {
    let scene = Scene::new(RULES);
    let source = with_password(&scene.source.url(), "ill-chosen");
    let output = refresh(&source, &scene.target.url(), &scene.rules(), &[]);
    output.assert_code(6).assert_silent_about("ill-chosen");
    let target = with_password(&scene.target.url(), "ill-chosen");
    let output = refresh(&scene.source.url(), &target, &scene.rules(), &[]);
    output.assert_code(7).assert_silent_about("ill-chosen");
    scene.assert_untouched(&output);
}

#[test]
fn a_source_database_that_does_not_exist_is_named() {
    let scene = Scene::new(RULES);
    let missing = Database::absent(Side::Production, "missing");
    let output = refresh(&missing.url(), &scene.target.url(), &scene.rules(), &[]);
    output.assert_code(6).assert_says(&["does not exist"]);
    scene.assert_untouched(&output);
}

#[test]
fn a_rule_file_that_does_not_exist_is_named() {
    let scene = Scene::new(RULES);
    let output = refresh(&scene.source.url(), &scene.target.url(), Path::new("no-such-rules.toml"), &[]);
    output.assert_code(2).assert_says(&["no-such-rules.toml"]);
    scene.assert_untouched(&output);
}

#[test]
fn a_mistake_of_syntax_is_shown_where_it_is() {
    Scene::new(&RULES.replace("id    = \"keep\"", "id    = \"keep")).assert_refused(2, &["rules.toml:4"]);
}

#[test]
fn an_unknown_key_is_shown_with_its_neighbour() {
    let rules = RULES.replace("masque = 1", "masque = 1\nunlistet = \"refuse\"");
    Scene::new(&rules).assert_refused(3, &["rules.toml:2", "unlistet", "unlisted"]);
}

#[test]
fn an_unknown_column_is_shown_with_its_neighbour() {
    let rules = RULES.replace("email = ", "emial = ");
    Scene::new(&rules).assert_refused(3, &["rules.toml:5", "emial", "email"]);
}

#[test]
fn a_transformer_that_does_not_fit_the_type_is_refused_before_any_row() {
    let rules = RULES.replace("{ with = \"date_shift\", within = \"30 days\" }", "\"email\"");
    Scene::new(&rules).assert_refused(3, &["rules.toml:6", "born", "date"]);
}

#[test]
fn all_problems_are_told_at_once() {
    let rules = RULES.replace("email = ", "emial = ").replace("born  =", "burn  =");
    Scene::new(&rules).assert_refused(3, &["rules.toml:5", "rules.toml:6"]);
}

#[test]
fn a_column_added_after_the_rules_were_written_stops_the_run() {
    let scene = Scene::new(RULES);
    execute(&scene.source.url(), &["alter table people add column shoe_size text"]);
    scene.assert_refused(3, &["people", "shoe_size"]);
}

#[test]
fn a_target_on_the_source_s_server_is_refused_however_it_is_spelled() {
    let scene = Scene::new(RULES);
    let source = scene.source.url();
    let beside = Database::absent(Side::Production, "beside");
    let alias = source.replace("@127.0.0.1:", "@localhost:");
    assert_ne!(alias, source);
    for target in [source.clone(), alias, beside.url()] {
        let output = refresh(&source, &target, &scene.rules(), &[]);
        output.assert_code(8);
        scene.assert_untouched(&output);
    }
    assert_eq!(beside.generations(), Vec::<String>::new());
    assert_eq!(scene.source.generations(), [scene.source.name()]);
}

#[test]
fn client_tools_that_do_not_run_are_not_client_tools() {
    let scene = Scene::new(RULES);
    let folder = tools("exit 127");
    // A folder that is named is the only one that is looked into, so the machine's own tools don't help.
    let variables = [("MASQUE_PG_BINDIR", folder.path().into()), ("PATH", OsString::new())];
    let output = refresh(&scene.source.url(), &scene.target.url(), &scene.rules(), &variables);
    output.assert_code(2).assert_says(&["pg_dump", "postgresql-client"]);
    scene.assert_untouched(&output);
}

#[test]
fn client_tools_older_than_the_server_are_refused() {
    let scene = Scene::new(RULES);
    let folder = tools("echo 'NAME (PostgreSQL) 9.6.24'");
    let variables = [("MASQUE_PG_BINDIR", folder.path().into())];
    let output = refresh(&scene.source.url(), &scene.target.url(), &scene.rules(), &variables);
    output.assert_code(2).assert_says(&["older than the server", "pg_dump"]);
    scene.assert_untouched(&output);
}

//! Where staging is not production: told by `masque parity`, and refused before data moves.

use crate::support::{Database, Fixture, Output, Play, Side, count, execute, query, run};
use serde_json::Value;

/// An extension under a name and a version of its own. A server has only those whose files it has,
/// so a real one is given another's name.
fn extension(database: &Database, real: &str, name: &str, version: &str) {
    let sql = format!(
        "update pg_extension set extname = '{name}', extversion = '{version}' where extname = '{real}'"
    );
    execute(&database.url(), &[&format!("create extension {real}"), &sql]);
}

fn parity(source: &str, target: &str, more: &[&str]) -> Output {
    let mut args = vec!["parity", "--source", source, "--target", target];
    args.extend(more);
    run(&args)
}

/// The differences of one topic, by name.
fn of(printed: &Value, topic: &str) -> Vec<(String, String)> {
    let all = printed["differences"].as_array().unwrap().iter().filter(|one| one["topic"] == topic);
    let text = |one: &Value, key: &str| one[key].as_str().unwrap().to_owned();
    all.map(|one| (text(one, "name"), text(one, "effect"))).collect()
}

#[test]
fn every_difference_says_what_it_does_and_what_to_do() {
    let play = Play::small("canary");
    let (source, target) = (&play.source, &play.target);
    query(&Side::Production.url("postgres"), "create role parity_auditor");
    execute(
        &source.url(),
        &[
            &format!("alter database {} set random_page_cost = 1.1", source.name()),
            &format!("alter database {} set app.token = 'opensesame'", source.name()),
            &format!("alter role parity_auditor in database {} set jit = off", source.name()),
            "create policy few on people to parity_auditor using (true)",
        ],
    );
    extension(source, "citext", "postgis", "3.4.2");
    extension(source, "hstore", "hstore", "0.9");
    let output = parity(&source.url(), &target.url(), &["--json"]);
    output.assert_code(0).assert_says(&["there is no database"]).assert_silent_about("opensesame");
    let printed: Value = serde_json::from_str(&output.stdout).unwrap();
    let pair = |name: &str, effect: &str| (name.to_owned(), effect.to_owned());
    assert_eq!(of(&printed, "extension"), [pair("postgis", "blocks"), pair("hstore", "changes")]);
    assert_eq!(of(&printed, "role"), [pair("parity_auditor", "hint")]);
    assert!(of(&printed, "setting").contains(&pair("random_page_cost", "changes")), "{printed}");
    let overrides = of(&printed, "override");
    assert!(overrides.contains(&pair("database: app.token", "hint")), "{overrides:?}");
    assert!(
        overrides.contains(&pair("role parity_auditor in the database: jit", "changes")),
        "{overrides:?}"
    );
    assert_eq!(printed["blocks"], 1);
    for one in printed["differences"].as_array().unwrap() {
        for key in ["name", "source", "target", "why", "advice"] {
            assert!(one[key].as_str().is_some_and(|text| !text.is_empty()), "{one}");
        }
    }
    let output = parity(&source.url(), &target.url(), &[]);
    output.assert_code(0);
    for words in ["postgis", "random_page_cost", "1 block a refresh"] {
        assert!(output.stdout.contains(words), "{}", output.stdout);
    }
    parity(&source.url(), &target.url(), &["--strict"]).assert_code(7);
}

#[test]
fn a_role_that_may_only_connect_is_enough_and_equal_sides_are_calm() {
    let source = Database::from(Fixture::Empty);
    query(&Side::Production.url("postgres"), "create role parity_reader login password 'of.no.worth'");
    let url = source.url();
    let (_, place) = url.rsplit_once('@').unwrap();
    let url = format!("postgres://parity_reader:of.no.worth@{place}");
    let same = Database::from(Fixture::Empty);
    let output = parity(&url, &same.url(), &["--json", "--strict"]);
    output.assert_code(0);
    let printed: Value = serde_json::from_str(&output.stdout).unwrap();
    // Only what the role is not shown.
    assert_eq!(of(&printed, "setting"), [("shared_preload_libraries".to_owned(), "hint".to_owned())]);
    assert_eq!(printed["differences"].as_array().unwrap().len(), 1, "{printed}");
}

#[test]
fn extensions_that_the_target_cannot_make_are_refused_before_anything_is_read() {
    let play = Play::small("canary");
    extension(&play.source, "citext", "postgis", "3.4.2");
    extension(&play.source, "hstore", "homemade", "1.0");
    // A rule that decides on nothing would be told first, if the catalog had been read.
    play.write_rules("masque = 1\n");
    let output = play.refresh();
    output.assert_code(7).assert_says(&["`homemade`, `postgis`", "-postgis-3`", "--template"]);
    assert_eq!(play.target.generations(), Vec::<String>::new());
}

#[test]
fn a_template_brings_what_the_target_cannot_make() {
    let play = Play::small("canary");
    extension(&play.source, "citext", "postgis", "3.4.2");
    execute(&play.source.url(), &["alter table people alter column note type citext"]);
    let template = Database::on(Side::Staging, Fixture::Empty);
    extension(&template, "citext", "postgis", "3.4.2");
    play.refresh_with(&["--template", template.name()]).assert_code(0);
    assert_eq!(count(&play.target.url(), "people where note = 'NOTE 7'"), 1);
}

#[test]
fn a_template_of_another_encoding_is_refused_before_anything_is_read() {
    let play = Play::small("canary");
    let template = Database::absent(Side::Staging, "ascii");
    let create =
        format!("create database {} template template0 encoding 'SQL_ASCII' locale 'C'", template.name());
    query(&Side::Staging.url("postgres"), &create);
    let output = play.refresh_with(&["--template", template.name()]);
    output.assert_code(7).assert_says(&["SQL_ASCII", "--template"]);
    assert_eq!(play.target.generations(), Vec::<String>::new());
}

#[test]
fn an_extension_that_would_be_of_another_version_is_a_notice_of_the_report() {
    let play = Play::small("canary");
    extension(&play.source, "hstore", "hstore", "0.9");
    play.refresh().assert_code(0).assert_says(&["extension `hstore` is 0.9 on the source"]);
    let notices = play.report()["notices"].to_string();
    assert!(notices.contains("extension `hstore` is 0.9"), "{notices}");
}

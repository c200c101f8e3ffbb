//! The commands that only look: what they print and how they end.

use crate::house::top;
use crate::support::{Database, Fixture, run};

fn shop_rules() -> String {
    top().join("rules/shop.toml").to_str().unwrap().to_owned()
}

#[test]
fn check_counts_the_decisions_and_writes_nothing() {
    let source = Database::from(Fixture::Shop);
    let output = run(&["check", "--source", &source.url(), "--rules", &shop_rules()]);
    output.assert_code(0);
    assert!(
        output.stdout.contains("every column of") && output.stdout.contains("masked"),
        "{}",
        output.stdout
    );
    let output = run(&["check", "--json", "--strict", "--source", &source.url(), "--rules", &shop_rules()]);
    output.assert_code(0);
    let read: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(read["problems"], serde_json::json!([]));
    let of = |key: &str| {
        read["keys"].as_array().unwrap().iter().find(|verdict| verdict["key"] == key).unwrap().clone()
    };
    assert_eq!(of("customers_public_id_key")["outcome"], "preserved");
    assert!(of("customers_email_key")["odds"].as_f64().unwrap() < 1e-6, "{read}");
    assert_eq!(source.generations(), [source.name()]);
}

#[test]
fn check_gives_its_problems_to_machines() {
    let source = Database::from(Fixture::Shop);
    crate::support::execute(&source.url(), &["alter table customers add column shoe_size text"]);
    let output = run(&["check", "--json", "--source", &source.url(), "--rules", &shop_rules()]);
    output.assert_code(3);
    let problems: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    let problems = &problems["problems"];
    assert_eq!(problems[0]["severity"], "error");
    assert!(problems[0]["message"].as_str().unwrap().contains("shoe_size"), "{problems}");
}

#[test]
fn preview_shows_rows_before_and_after() {
    let source = Database::from(Fixture::Shop);
    let url = source.url();
    let preview = |more: &[&str]| {
        let rules = shop_rules();
        let mut args = vec!["preview", "--source", &url, "--rules", &rules, "--rows", "2"];
        args.extend(more);
        run(&args)
    };
    let email = crate::support::value(&url, "select email from customers order by id limit 1");
    let output = preview(&["--table", "customers"]);
    output.assert_code(0);
    let line = output.stdout.lines().find(|line| line.contains(&email)).unwrap_or_default();
    assert!(line.trim_start().starts_with("email"), "{}", output.stdout);
    assert_eq!(line.matches('@').count(), 2, "{line}");
    assert!(!output.stdout.contains("created_at"), "kept columns are only shown on request");
    assert!(preview(&["--table", "customers", "--all"]).stdout.contains("created_at"));
    assert!(preview(&[]).stdout.contains("hr.employees"));
    assert_eq!(preview(&["--table", "stores"]).assert_code(0).stdout.matches("(kept)").count(), 0);
    preview(&["--table", "custommers"]).assert_code(2).assert_says(&["custommers", "customers"]);
    assert_eq!(source.generations(), [source.name()]);
}

#[test]
fn transformers_are_listed_and_explained() {
    let list = run(&["transformers"]);
    list.assert_code(0);
    for name in masque::transform::ALL.iter().map(|transformer| transformer.name()) {
        assert!(list.stdout.lines().any(|line| line.trim_start().starts_with(name)), "{name} is not listed");
        let one = run(&["transformers", name]);
        one.assert_code(0);
        assert!(one.stdout.starts_with(name) && one.stdout.contains("consistent"), "{}", one.stdout);
    }
    let one = run(&["transformers", "url", "--locales"]);
    one.assert_code(2);
    assert!(run(&["transformers", "url"]).stdout.contains("  after   https://"));
    run(&["transformers", "emial"]).assert_code(2).assert_says(&["emial", "email"]);
}

#[test]
fn locales_are_listed_with_what_each_lacks() {
    let list = run(&["transformers", "--locales"]);
    list.assert_code(0);
    for locale in masque::transform::LOCALES.iter() {
        let line = list.stdout.lines().find(|line| line.trim_start().starts_with(locale.code)).unwrap();
        let borrowed = locale.lacks.iter().filter(|list| **list != "gender").count();
        assert_eq!(line.matches("English").count(), borrowed, "{line}");
    }
}

#[test]
fn the_schema_is_json_and_knows_every_transformer() {
    let output = run(&["schema"]);
    output.assert_code(0);
    let schema: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    assert!(schema["$schema"].as_str().unwrap().contains("json-schema.org"), "{schema}");
    for name in masque::transform::ALL.iter().map(|transformer| transformer.name()) {
        assert!(output.stdout.contains(&format!("\"{name}\"")), "{name}");
    }
}

#[test]
fn completions_are_for_known_shells_only() {
    for shell in ["bash", "zsh", "fish"] {
        let output = run(&["completions", shell]);
        output.assert_code(0);
        assert!(output.stdout.contains("refresh") && output.stdout.contains("max-blocked"), "{shell}");
    }
    run(&["completions", "tcsh"]).assert_code(2);
}

#[test]
fn help_and_version_are_no_mistakes_and_nothing_at_all_is_one() {
    let version = run(&["--version"]);
    version.assert_code(0);
    assert_eq!(version.stdout.trim(), format!("masque {}", env!("CARGO_PKG_VERSION")));
    let commands = ["demo", "check", "preview", "refresh", "adopt", "status", "rollback", "clean"];
    for command in commands.into_iter().chain(["transformers", "schema", "completions"]) {
        assert!(run(&["--help"]).stdout.contains(command), "{command}");
        run(&[command, "--help"]).assert_code(0);
    }
    for args in [&[][..], &["refersh"], &["refresh", "--jobs", "0"], &["refresh", "--max-blocked", "soon"]] {
        run(args).assert_code(2);
    }
}

#[test]
fn the_demo_refreshes_one_throw_away_server_from_another() {
    let output = run(&["demo", "--rows", "2000"]);
    output.assert_code(0);
    assert!(output.stdout.contains("published  shop_staging"), "{}", output.stdout);
}

//! Tables of extensions that hold rows of their users.

use crate::support::{Database, Fixture, Play, Side, execute, query, value};
use std::path::PathBuf;

const CONTROL: &str =
    "comment = 'for a test'\ndefault_version = '1.0'\nrelocatable = false\nschema = public\n";

/// Rows that come with it are `built_in`; the log is all its users'; the rest is its own.
const SCRIPT: &str = "
    create table knobs (name text primary key, setting text, built_in boolean not null default false);
    insert into knobs values ('speed', 'fast', true), ('colour', 'red', true);
    create table journal (id serial primary key, entry text);
    insert into journal (entry) values ('made with the extension');
    create table inner_works (id integer);
    insert into inner_works values (1);
    select pg_catalog.pg_extension_config_dump('knobs', 'WHERE NOT built_in');
    select pg_catalog.pg_extension_config_dump('journal', '');
    select pg_catalog.pg_extension_config_dump('journal_id_seq', '');";

/// The files of an extension, for as long as a test runs.
struct Extension {
    name: String,
    files: Vec<PathBuf>,
}

impl Extension {
    /// `None`, with words, where the server's folder can't be written to.
    fn make(suffix: &str, script: &str) -> Option<Self> {
        let folder =
            value(&Side::Production.url("postgres"), "select setting from pg_config where name = 'SHAREDIR'");
        let name = format!("masque_test_{suffix}_{}", std::process::id());
        let path = |ending: &str| PathBuf::from(format!("{folder}/extension/{name}{ending}"));
        let mut made = Self { name: name.clone(), files: Vec::new() };
        for (path, text) in [(path(".control"), CONTROL), (path("--1.0.sql"), script)] {
            made.files.push(path.clone());
            if let Err(error) = std::fs::write(&path, text) {
                eprintln!("skipped: {} can't be written: {error}", path.display());
                return None;
            }
        }
        Some(made)
    }
}

impl Drop for Extension {
    fn drop(&mut self) {
        for file in &self.files {
            let _ = std::fs::remove_file(file);
        }
    }
}

fn play(extension: &Extension, rules: &str) -> Play {
    let source = Database::from(Fixture::Empty);
    let sql = format!("create extension {}", extension.name);
    let mine = "
        insert into knobs values ('volume', 'canary 11'), ('bass', 'canary 7');
        update knobs set setting = 'slow' where name = 'speed';
        delete from journal;
        insert into journal (entry) select 'canary ' || n from generate_series(1, 20) n;
        insert into inner_works values (2);
        create table plain (id integer);";
    execute(&source.url(), &[&sql, mine]);
    Play::new(source, rules)
}

const RULES: &str = "masque = 1\n[columns]\n\"*\" = \"keep\"\n";

const KNOBS: &str = "select name, setting, built_in from knobs order by 1";

#[test]
fn without_a_rule_an_extension_s_tables_are_as_the_extension_makes_them_and_the_report_says_so() {
    let Some(extension) = Extension::make("unruled", SCRIPT) else { return };
    let play = play(&extension, RULES);
    play.refresh().assert_code(0);
    let target = play.target.url();
    assert_eq!(value(&target, "select string_agg(setting, ' ' order by name) from knobs"), "red fast");
    assert_eq!(value(&target, "select entry from journal"), "made with the extension");
    assert_eq!(value(&target, "select nextval('journal_id_seq')"), "2");
    let not_read = play.report()["not_read"].to_string();
    for (table, why) in [
        ("knobs", "belongs to an extension, and no rule names it"),
        ("journal", "belongs to an extension, and no rule names it"),
        ("inner_works", "belongs to an extension"),
    ] {
        let line = format!("{{\"table\":\"public.{table}\",\"why\":\"{why}\"}}");
        assert!(not_read.contains(&line), "{not_read}");
    }
}

#[test]
fn with_a_rule_the_users_rows_travel_and_the_extension_s_own_do_not() {
    let Some(extension) = Extension::make("ruled", SCRIPT) else { return };
    let rules = format!(
        "{RULES}[table.knobs]\nname = \"keep\"\nsetting = {{ with = \"constant\", value = \"masked\" }}\nbuilt_in = \"keep\"\n\
         [table.journal]\nid = \"keep\"\nentry = \"sentence\"\n[rows]\njournal = {{ where = \"id <> 4\" }}\n"
    );
    let play = play(&extension, &rules);
    for _ in 0..2 {
        play.refresh().assert_code(0);
        let target = play.target.url();
        let text = |value: &str| Some(value.to_owned());
        assert_eq!(
            query(&target, KNOBS),
            [
                [text("bass"), text("masked"), text("f")],
                [text("colour"), text("red"), text("t")],
                [text("speed"), text("fast"), text("t")],
                [text("volume"), text("masked"), text("f")],
            ]
        );
        assert_eq!(
            value(&target, "select count(*) || ' ' || min(id) || ' ' || max(id) from journal"),
            "19 2 21"
        );
        assert_eq!(value(&target, "select count(*) from journal where entry ~ 'canary|made'"), "0");
        assert_eq!(value(&target, "select nextval('journal_id_seq')"), "22");
        assert_eq!(value(&target, "select count(*) from inner_works"), "1");
        assert_eq!(
            value(
                &target,
                &format!("select count(*) from pg_extension where extname = '{}'", extension.name)
            ),
            "1"
        );
    }
    let report = play.report();
    let knobs =
        report["tables"].as_array().unwrap().iter().find(|table| table["name"] == "public.knobs").unwrap();
    assert_eq!(knobs["rows"], 2);
}

#[test]
fn a_rule_for_an_extension_s_table_must_hold_like_any_other() {
    let Some(extension) = Extension::make("wrong", SCRIPT) else { return };
    let play = play(
        &extension,
        &format!("{RULES}[table.knobs]\nbuilt_in = {{ with = \"constant\", value = false }}\n"),
    );
    play.check()
        .assert_code(3)
        .assert_says(&["`public.knobs.built_in` tells an extension's own rows from yours"]);
    play.write_rules("masque = 1\nunlisted = \"refuse\"\n[table.plain]\nid = \"keep\"\n[table.knobs]\nname = \"keep\"\nbuilt_in = \"keep\"\n");
    play.check().assert_code(3).assert_says(&["no rule decides on column `setting` of `public.knobs`"]);
    play.write_rules(&format!("{RULES}[table.inner_works]\nid = \"keep\"\n"));
    play.check().assert_code(0).assert_says(&["its rows never travel"]);
    play.write_rules(&format!("{RULES}[rows]\nknobs = \"all\"\n"));
    execute(
        &play.source.url(),
        &[
            "create function spill() returns trigger language plpgsql as $$ begin raise exception 'fired'; end $$",
            "create trigger spilling before insert on knobs for each row execute function spill()",
        ],
    );
    // Made by its user, not by the extension: it is made after the rows.
    play.refresh().assert_code(0);
    assert_eq!(value(&play.target.url(), "select count(*) from knobs"), "4");
}

#[test]
fn triggers_that_the_extension_itself_makes_never_fire() {
    let triggered = "
        create table knobs (name text primary key, setting text, built_in boolean);
        create table journal (id serial primary key, entry text);
        create table inner_works (id integer);
        create function spill() returns trigger language plpgsql as $$ begin insert into inner_works values (3); return new; end $$;
        create trigger spilling before insert on knobs for each row execute function spill();
        select pg_catalog.pg_extension_config_dump('knobs', '');";
    let Some(extension) = Extension::make("triggered", triggered) else { return };
    let play = play(&extension, &format!("{RULES}[rows]\nknobs = \"all\"\n"));
    play.refresh().assert_code(7).assert_says(&["the extension gives `public.knobs` triggers"]);
    assert!(play.builds().is_empty());
}

//! The schema is data: what a dump of it would print is looked at before a row is read.

use crate::support::{Play, execute, programs, run, start};
use std::fmt::Write as _;
use std::process::Command;
use std::time::{Duration, Instant};

/// Somebody's address, card and password, each in its plainest form.
const CANARIES: [(&str, &str); 3] = [
    ("zoe.quarles@corp-mail.com", "an e-mail address"),
    ("4539148803436467", "a card number"),
    ("Zq7fQ2xL7vB4mN8kR1sT6w", "a password or token"),
];

/// What holds the canary `{c}` in a schema `{s}`, what masque calls it, and its name.
const PLACES: &[(&str, &str, &str)] = &[
    ("create table {s}.t (a text default '{c}')", "default of the column", "{s}.t.a"),
    (
        "create table {s}.t (a text, b text generated always as (a || '{c}') stored)",
        "expression of the generated column",
        "{s}.t.b",
    ),
    ("create table {s}.t (a text, constraint k check (a <> '{c}'))", "check", "{s}.t.k"),
    ("create domain {s}.d as text default '{c}'", "default of the type", "{s}.d"),
    ("create domain {s}.d as text constraint k check (value <> '{c}')", "check of the domain", "{s}.d.k"),
    ("create type {s}.\"E\" as enum ('plain', '{c}')", "label of the enum", "{s}.\"E\""),
    (
        "create table {s}.t (a text) partition by list (a); create table {s}.t1 partition of {s}.t for values in ('{c}')",
        "bounds of the partition",
        "{s}.t1",
    ),
    (
        "create table {s}.t (a text) partition by range (a); create table {s}.t1 partition of {s}.t for values from (minvalue) to ('{c}')",
        "bounds of the partition",
        "{s}.t1",
    ),
    ("create table {s}.t (a text) partition by list ((a || '{c}'))", "partition key", "{s}.t"),
    ("create view {s}.v as select id from people where note = '{c}'", "view", "{s}.v"),
    ("create materialized view {s}.v as select 1 as x where 'a' = '{c}'", "materialized view", "{s}.v"),
    (
        "create function {s}.f() returns text language sql as $f$ select 'a'::text || '{c}' $f$",
        "function",
        "{s}.f",
    ),
    (
        "create function {s}.f() returns text language plpgsql as $f$ begin /* of\n{c} */ return $$ $$; end $f$",
        "function",
        "{s}.f",
    ),
    (
        "create function {s}.f() returns text language plpgsql as $f$ begin execute 'select ''{c}'''; return ''; end $f$",
        "function",
        "{s}.f",
    ),
    ("create function {s}.f() returns text return 'a'::text || '{c}'", "function", "{s}.f"),
    ("create procedure {s}.f() language sql as $f$ select $x${c}$x$ $f$", "procedure", "{s}.f"),
    (
        "create function {s}.f(a text default '{c}') returns text language sql as $f$ select a $f$",
        "default of a parameter of the function",
        "{s}.f",
    ),
    (
        "create function {s}.f() returns int language sql set my.note = '{c}' as $f$ select 1 $f$",
        "setting of the function",
        "{s}.f",
    ),
    (
        "create aggregate {s}.g(text) (sfunc = textcat, stype = text, initcond = '{c}')",
        "initial value of the aggregate",
        "{s}.g",
    ),
    (
        "create table {s}.t (a text); create rule r as on update to {s}.t do also select '{c}'::text",
        "rule",
        "{s}.t.r",
    ),
    (
        "create table {s}.t (a text); create trigger g before insert on {s}.t for each row execute function note_nothing('{c}')",
        "trigger",
        "{s}.t.g",
    ),
    (
        "create table {s}.t (a text); create trigger g before insert on {s}.t for each row when (new.a = '{c}') execute function note_nothing()",
        "trigger",
        "{s}.t.g",
    ),
    ("create table {s}.t (a text); create policy p on {s}.t using (a = '{c}')", "policy", "{s}.t.p"),
    ("create table {s}.t (a text); create policy p on {s}.t with check (a = '{c}')", "policy", "{s}.t.p"),
    ("create table {s}.t (a text); create index i on {s}.t (a) where a <> '{c}'", "index", "{s}.i"),
    ("create table {s}.t (a text); create index i on {s}.t ((a || '{c}'))", "index", "{s}.i"),
    (
        "create table {s}.t (a text); create statistics {s}.x on (a || '{c}') from {s}.t",
        "expression of the statistics",
        "{s}.x",
    ),
    ("create foreign data wrapper {s}_w options (note '{c}')", "option of the foreign-data wrapper", "{s}_w"),
    (
        "create foreign data wrapper {s}_w; create server {s}_r foreign data wrapper {s}_w options (note '{c}')",
        "option of the foreign server",
        "{s}_r",
    ),
    (
        "create foreign data wrapper {s}_w; create server {s}_r version '{c}' foreign data wrapper {s}_w",
        "type or version of the foreign server",
        "{s}_r",
    ),
    (
        "create foreign data wrapper {s}_w; create server {s}_r foreign data wrapper {s}_w; create foreign table {s}.t (a text) server {s}_r options (note '{c}')",
        "option of the foreign table",
        "{s}.t",
    ),
    (
        "create foreign data wrapper {s}_w; create server {s}_r foreign data wrapper {s}_w; create foreign table {s}.t (a text options (note '{c}')) server {s}_r",
        "option of the column",
        "{s}.t.a",
    ),
];

const RULES: &str =
    "masque = 1\n[columns]\n\"*\" = \"keep\"\n[table.people]\nemail = { with = \"email\", by = \"id\" }\n";

fn filled(text: &str, schema: &str, canary: &str) -> String {
    text.replace("{s}", schema).replace("{c}", canary)
}

fn small() -> Play {
    let play = Play::small("person");
    play.write_rules(RULES);
    execute(
        &play.source.url(),
        &["create function note_nothing() returns trigger language plpgsql as 'begin return new; end'"],
    );
    play
}

/// The schema of a database as it would travel, with what is the database's own.
fn dump(url: &str) -> String {
    let output = Command::new(programs().join("pg_dump")).args(["-C", "-d", url]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_canary_in_any_place_of_the_schema_stops_the_run_before_a_row_is_read() {
    let play = small();
    play.refresh().assert_code(0);
    let published = (play.builds(), play.served());
    // A server of its own, whose log tells every statement.
    let server = start("literals", &[("log_statement", "all")]);
    let source = server.url_with_password("postgres");
    execute(
        &source,
        &[
            "create table people (id integer primary key, note text, email text not null)",
            "create function note_nothing() returns trigger language plpgsql as 'begin return new; end'",
        ],
    );
    let before = std::fs::read_to_string(server.log_path()).unwrap().len();
    for (nth, (plant, what, name)) in PLACES.iter().enumerate() {
        let (mut messages, mut clear) = (Vec::new(), Vec::new());
        for (which, (canary, kind)) in CANARIES.into_iter().enumerate() {
            let schema = format!("s{nth}_{which}");
            execute(&source, &[&format!("create schema {schema}; {}", filled(plant, &schema, canary))]);
            messages.push(format!("the {what} `{}` has {kind} in it", filled(name, &schema, "")));
            clear.push(format!(
                "drop schema {schema} cascade; drop foreign data wrapper if exists {schema}_w cascade"
            ));
        }
        let mut said: Vec<&str> = messages.iter().map(String::as_str).collect();
        said.extend(["[schema]", "allow = [", "3 errors"]);
        let rules = play.rules();
        let mut outputs = vec![play.refresh_between(&source, &play.target.url(), &[])];
        if nth % 8 == 0 {
            outputs.push(run(&["check", "--source", &source, "--rules", &rules]));
        }
        for output in outputs {
            output.assert_code(3).assert_says(&said);
            for (canary, _) in CANARIES {
                output.assert_silent_about(canary);
            }
        }
        execute(&source, &clear.iter().map(String::as_str).collect::<Vec<_>>());
    }
    let log = std::fs::read_to_string(server.log_path()).unwrap();
    assert!(log[before..].contains("reltuples"), "the log ends too early");
    assert!(!log[before..].contains("COPY"), "rows were read");
    assert_eq!((play.builds(), play.served()), published, "the target was touched");
}

#[test]
fn what_is_allowed_travels() {
    let play = small();
    let (mut plants, mut allow, mut objects) = (Vec::new(), String::new(), Vec::new());
    for (nth, (plant, _, name)) in PLACES.iter().enumerate() {
        let schema = format!("s{nth}");
        let (canary, _) = CANARIES[nth % CANARIES.len()];
        plants.push(format!("create schema {schema}; {}", filled(plant, &schema, canary)));
        objects.push(filled(name, &schema, ""));
        let _ = writeln!(allow, "  '{}',", objects[nth]);
    }
    execute(&play.source.url(), &plants.iter().map(String::as_str).collect::<Vec<_>>());
    play.check().assert_code(3).assert_says(&objects.iter().map(String::as_str).collect::<Vec<_>>());
    play.write_rules(&format!("{RULES}[schema]\nallow = [\n{allow}]\n"));
    play.check().assert_code(0);
    play.refresh().assert_code(0);
    assert!(CANARIES.iter().all(|(canary, _)| dump(&play.target.url()).contains(canary)));
    let report = play.report_text();
    assert!(!report.is_empty() && CANARIES.iter().all(|(canary, _)| !report.contains(canary)));
    // A pattern stands for many objects; one that stands for none is a mistake.
    play.write_rules(&format!(
        "{RULES}[schema]\nallow = [\"s*.*.*\", \"s*.*\", \"s*_?\", \"s*_w\", \"s*_r\"]\n"
    ));
    play.check().assert_code(3).assert_says(&["`s*_?`", "matches nothing"]);
    play.write_rules(&format!("{RULES}[schema]\nallow = [\"s*.*.*\", \"s*.*\", \"s*_w\", \"s*_r\"]\n"));
    play.refresh().assert_code(0);
}

#[test]
fn what_never_travels_refuses_nothing_and_is_not_in_the_copy() {
    let play = small();
    let (source, name) = (play.source.url(), play.source.name());
    let [(mail, _), (card, _), (token, _)] = CANARIES;
    execute(
        &source,
        &[
            "create foreign data wrapper w; create server r foreign data wrapper w",
            &format!(
                "create user mapping for current_user server r options (user '{mail}', password '{token}')"
            ),
            &format!("comment on database {name} is 'of {mail}, {card}'"),
            &format!("alter database {name} set my.note = '{mail} {token}'"),
            &format!("alter role current_user in database {name} set my.other = '{card}'"),
            &format!("create publication p for table people where (note <> '{card}')"),
            &format!(
                "create subscription {name}_s connection 'host=nowhere password={token}' publication p with (connect = false, slot_name = none)"
            ),
            "create function look() returns event_trigger language plpgsql as 'begin end'",
            "create event trigger e on ddl_command_end execute function look()",
            &format!("comment on event trigger e is '{mail}'"),
            &format!("comment on table people is '{mail}'"),
        ],
    );
    let outputs = [play.check(), play.refresh()];
    // A database with a subscription can't be dropped.
    execute(&source, &[&format!("drop subscription {name}_s")]);
    for output in outputs {
        output.assert_code(0);
        for (canary, _) in CANARIES {
            output.assert_silent_about(canary);
        }
    }
    let (real, copy) = (dump(&source), dump(&play.target.url()));
    for (canary, _) in CANARIES {
        assert!(real.contains(canary), "the source does not show {canary}, so it proves nothing");
        assert!(!copy.contains(canary) && !play.report_text().contains(canary), "{canary} travelled");
    }
}

#[test]
fn comments_are_looked_at_where_they_travel() {
    let play = small();
    let [(mail, _), ..] = CANARIES;
    execute(
        &play.source.url(),
        &[
            &format!("comment on table people is 'ask {mail}'"),
            "comment on column people.note is 'as Jennifer Miller wrote it'",
            &format!("comment on constraint people_pkey on people is 'of {mail}'"),
        ],
    );
    let rules = |allow: &str| format!("{RULES}[schema]\ncomments = \"keep\"\n{allow}");
    play.write_rules(&rules(""));
    let output = play.refresh();
    output.assert_code(3).assert_silent_about(mail).assert_silent_about("Miller").assert_says(&[
        "the comment on `public.people` has an e-mail address in it",
        "the comment on `public.people.note` has the name of a person in it",
        "the comment on `public.people.people_pkey` has an e-mail address in it",
    ]);
    play.write_rules(&rules("allow = [\"public.people\", \"public.people.*\"]\n"));
    play.refresh().assert_code(0);
    assert!(dump(&play.target.url()).contains(mail));
}

#[test]
fn a_secret_is_known_by_its_name_and_a_person_by_a_full_name() {
    let play = small();
    execute(
        &play.source.url(),
        &[
            "create foreign data wrapper w; create server r foreign data wrapper w options (host '81.2.69.142', password 'x')",
            "create table logins (owner text default 'Jennifer Miller', password text default 'Welcome2024!')",
            "create function f() returns void language plpgsql as $f$ begin \
             create role clerk password 'letmein'; exception when others then null; end $f$",
            "create type team as enum ('Ann', 'Robert Brown')",
            "alter table people add check (note <> '127.0.0.1' and note <> 'ann@example.com' and note <> '999-99-9999')",
        ],
    );
    let output = play.check();
    output.assert_code(3).assert_says(&[
        "option of the foreign server `r` has a password or token in it",
        "user mapping",
        "default of the column `public.logins.owner` has the name of a person in it",
        "default of the column `public.logins.password` has a password or token in it",
        "function `public.f` has a password or token in it",
        "label of the enum `public.team` has the name of a person in it",
        "5 errors",
    ]);
    for word in ["Welcome", "letmein", "Miller", "Brown", "81.2"] {
        output.assert_silent_about(word);
    }
}

#[test]
fn ten_thousand_objects_cost_little() {
    let play = small();
    let make = "do $$ begin for n in 1..2500 loop \
        execute format('create table t%s (a int default 7 check (a > 1))', n); \
        execute format('create function f%s() returns text language plpgsql as $f$ begin -- a remark of %s\n return ''text'' || ''more text''; end $f$', n, n); \
        end loop; end $$";
    execute(&play.source.url(), &[make, "analyze"]);
    let started = Instant::now();
    play.check().assert_code(0);
    // It takes a second or two; what grows with the square of the objects takes minutes.
    assert!(started.elapsed() < Duration::from_secs(30), "{:?}", started.elapsed());
}

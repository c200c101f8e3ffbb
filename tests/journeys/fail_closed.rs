//! A column that nobody decided on stops everything before a row moves.

use crate::support::{Play, Side, execute, query, start};

/// Databases of the staging server with their comments, as far as they are this test's.
fn catalog(play: &Play) -> Vec<Vec<Option<String>>> {
    let sql = format!(
        "select datname, shobj_description(oid, 'pg_database'), oid::text from pg_database where starts_with(datname, '{}') order by 1",
        play.target.name()
    );
    query(&Side::Staging.url("postgres"), &sql)
}

#[test]
fn an_undecided_column_stops_the_run_before_a_row_is_read() {
    let play = Play::small("canary");
    play.refresh().assert_code(0);
    let before = catalog(&play);
    // A server of its own, whose log tells every statement.
    let server = start("logged", &[("log_statement", "all")]);
    let source = server.url_with_password("postgres");
    execute(&source, &["create table people (id integer primary key, note text, email text not null)"]);
    play.refresh_between(&source, &play.target.url(), &["--keep", "0"]).assert_code(0);
    let statements = || std::fs::read_to_string(server.log_path()).unwrap();
    assert!(statements().contains("COPY (SELECT"), "the log shows no reading, so it proves nothing below");
    let (length, published) = (statements().len(), catalog(&play));
    assert_ne!(published, before);

    execute(
        &source,
        &["alter table people add column shoe_size text", "insert into people values (1, '', '', 'canary')"],
    );
    let outputs = [
        crate::support::run(&["check", "--source", &source, "--rules", &play.rules()]),
        play.refresh_between(&source, &play.target.url(), &[]),
    ];
    for output in outputs {
        output.assert_code(3).assert_says(&["people", "shoe_size"]).assert_silent_about("canary");
    }
    let after = statements();
    let lines: Vec<&str> = after[length..].lines().filter(|line| line.contains("statement:")).collect();
    assert!(lines.len() > 10, "the log ends too early");
    assert!(
        !lines.iter().any(|line| line.contains("COPY")),
        "rows were read although a column was undecided"
    );
    assert_eq!(catalog(&play), published, "the target's server was touched");
}

#[test]
fn a_table_added_after_the_rules_were_written_stops_the_run() {
    let play = Play::small("canary");
    execute(&play.source.url(), &["create table added (secret text)", "insert into added values ('canary')"]);
    for output in [play.check(), play.refresh()] {
        output.assert_code(3).assert_says(&["added", "secret"]).assert_silent_about("canary");
    }
    assert_eq!(catalog(&play), Vec::<Vec<Option<String>>>::new());
}

#[test]
fn a_column_that_was_renamed_or_changed_its_type_stops_the_run() {
    for (change, words) in [
        ("alter table people rename email to mail", ["people", "mail"]),
        ("alter table people alter email type integer using 1", ["people", "email"]),
    ] {
        let play = Play::small("canary");
        execute(&play.source.url(), &[change]);
        for output in [play.check(), play.refresh()] {
            output.assert_code(3).assert_says(&words).assert_silent_about("canary");
        }
        assert_eq!(catalog(&play), Vec::<Vec<Option<String>>>::new());
    }
}

#[test]
fn words_kept_in_a_search_column_beside_masked_text_stop_the_run() {
    let play = Play::small("canary");
    execute(&play.source.url(), &["alter table people add column words tsvector"]);
    let rules = |words: &str| {
        format!(
            "masque = 1\n[columns]\n\"*\" = \"keep\"\n[table.people]\nnote = \"letters\"\nwords = {words}\n"
        )
    };
    play.write_rules(&rules("\"keep\""));
    play.refresh().assert_code(3).assert_says(&["people.words", "remake"]);
    play.write_rules(&rules("{ remake = \"to_tsvector('simple', note)\" }"));
    play.refresh().assert_code(0);
    let differ = "select count(*) from people where words is distinct from to_tsvector('simple', note)";
    assert_eq!(crate::support::value(&play.target.url(), differ), "0");
}

//! What goes wrong with rows is told by names and numbers, never by a value.

use crate::support::{Database, Fixture, Output, Play, execute};

/// Stands in many values of each source below; nothing may ever show it.
const CANARY: &str = "canary7f3a";

/// A table `people` made by `table`, three rows of values, and its rules.
fn play(table: &str, rows: &str, rules: &str) -> Play {
    let source = Database::from(Fixture::Empty);
    let insert = format!("insert into people values {}", rows.replace("CANARY", CANARY));
    execute(&source.url(), &[&format!("create table people ({table})"), &insert]);
    Play::new(source, &format!("masque = 1\n[table.people]\nid = \"keep\"\n{rules}"))
}

/// Runs it, looks that no value was shown and nothing was made.
#[track_caller]
fn refused(play: &Play, code: i32, words: &[&str]) -> Output {
    let output = play.refresh();
    output.assert_code(code).assert_says(words).assert_silent_about(CANARY);
    assert_eq!(play.target.generations(), Vec::<String>::new());
    let report = play.report_text();
    assert!(!report.contains(CANARY), "the report shows a value");
    output
}

#[test]
fn a_unique_key_that_the_copy_breaks_is_named_without_its_values() {
    let play = play(
        "id integer primary key, note text, code text unique",
        "(1, 'CANARY', 'a'), (2, 'CANARY', 'b')",
        "note = \"keep\"\ncode = { remake = \"note\" }\n",
    );
    refused(&play, 4, &["people_code_key"]);
}

#[test]
fn a_unique_expression_that_the_copy_breaks_is_named_without_its_values() {
    let play = play(
        "id integer primary key, code text",
        "(1, 'CANARY a'), (2, 'CANARY b')",
        "code = { with = \"constant\", value = \"CONSTANT1\" }\n",
    );
    execute(&play.source.url(), &["create unique index people_lower_idx on people (lower(code))"]);
    let output = play.refresh();
    // Refused before a row moved, or when the index was built; never published.
    assert!([3, 4].contains(&output.code), "{}", output.stderr);
    output.assert_says(&["people"]).assert_silent_about(CANARY).assert_silent_about("constant1");
    assert_eq!(play.target.generations(), Vec::<String>::new());
}

#[test]
fn a_check_that_a_mask_breaks_is_named_without_the_row() {
    let play = play(
        "id integer primary key, note text, code text constraint starts_well check (code like 'canary%')",
        "(1, 'CANARY', 'CANARY'), (2, 'CANARY', 'CANARY')",
        "note = \"keep\"\ncode = \"letters\"\n",
    );
    refused(&play, 4, &["people", "starts_well"]);
    // A constant that breaks it is known before a row moves.
    play.write_rules(
        "masque = 1\n[table.people]\nid = \"keep\"\nnote = \"keep\"\ncode = { with = \"constant\", value = \"other\" }\n",
    );
    refused(&play, 3, &["people", "starts_well"]);
}

#[test]
fn a_not_null_that_the_copy_breaks_is_named_without_the_row() {
    let play = play(
        "id integer primary key, note text, code text not null",
        "(1, 'CANARY', 'CANARY'), (2, 'CANARY', 'CANARY')",
        "note = \"keep\"\ncode = { remake = \"nullif(note, note)\" }\n",
    );
    refused(&play, 4, &["people", "code"]);
}

#[test]
fn a_value_that_becomes_too_long_is_not_shown() {
    let play = play(
        "id integer primary key, note text, code varchar(12)",
        "(1, 'CANARY CANARY', 'CANARY')",
        "note = \"keep\"\ncode = { remake = \"note\" }\n",
    );
    refused(&play, 4, &["people", "22001"]);
}

#[test]
fn a_value_that_no_expression_can_read_is_not_shown() {
    let play = play(
        "id integer primary key, note text, code integer",
        "(1, 'CANARY', 1)",
        "note = \"keep\"\ncode = { remake = \"note::integer\" }\n",
    );
    refused(&play, 4, &["people", "22P02"]);
}

#[test]
fn a_value_that_its_mask_cannot_read_is_placed_and_not_shown() {
    let play = play(
        "id integer primary key, document text",
        "(1, '{\"email\": \"CANARY@example.com\"}'), (2, null), (3, '{\"CANARY\": CANARY')",
        "document = { with = \"json\", default = \"keep\", paths = { \"$.email\" = \"email\" } }\n",
    );
    refused(&play, 3, &["people.document", "row 3"]);
}

#[test]
fn a_path_that_nobody_decided_on_stops_the_run_without_its_value() {
    let play = play(
        "id integer primary key, document jsonb",
        "(1, '{\"email\": \"CANARY@example.com\"}'), (2, '{\"email\": \"a@example.com\", \"iban\": \"CANARY\"}')",
        "document = { with = \"json\", default = \"refuse\", paths = { \"$.email\" = \"email\" } }\n",
    );
    refused(&play, 3, &["people.document", "row 2"]);
}

#[test]
fn a_mistake_in_a_condition_on_rows_is_told_without_a_value() {
    // What the server can tell from the condition is a mistake of the rules; the rest shows while reading.
    for (condition, code, words) in
        [("no_such_column = 1", 3, ["people", "42703"]), ("code::integer > 1", 6, ["people", "22P02"])]
    {
        let rules = format!("code = \"letters\"\n[rows]\npeople = {{ where = \"{condition}\" }}\n");
        let play = play("id integer primary key, code text", "(1, 'CANARY')", &rules);
        let output = play.refresh();
        output.assert_code(code).assert_says(&words).assert_silent_about(CANARY);
        assert_eq!(play.target.generations(), Vec::<String>::new());
    }
}

#[test]
fn a_value_in_a_default_of_the_schema_is_not_shown_when_the_schema_fails() {
    let play = play("id integer primary key, code text", "(1, 'CANARY')", "code = \"letters\"\n");
    // On the build the function does not find its table yet, and says so with the values it was given.
    execute(
        &play.source.url(),
        &[
            "create function tells(text) returns text language plpgsql immutable as $$ begin \
         if current_database() like '%\\_\\_masque\\_%' then raise exception 'bad value %', $1; end if; return $1; end $$",
            "alter table people add constraint told check (public.tells('canary7f3a' || code) is not null)",
        ],
    );
    let output = play.refresh();
    assert!([4, 7].contains(&output.code), "{}", output.stderr);
    output.assert_says(&["people"]).assert_silent_about(CANARY);
    assert_eq!(play.target.generations(), Vec::<String>::new());
}

#[test]
fn a_foreign_key_that_the_copy_breaks_is_named_without_its_values() {
    let source = Database::from(Fixture::Empty);
    execute(
        &source.url(),
        &[
            "create table people (id integer primary key, code text unique)",
            "create table visits (id integer primary key, code text constraint of_somebody references people (code))",
            &format!("insert into people values (1, '{CANARY} 1'), (2, '{CANARY} 2')"),
            &format!("insert into visits values (1, '{CANARY} 1')"),
        ],
    );
    let rules = |visits: &str| {
        format!(
            "masque = 1\n[table.people]\nid = \"keep\"\ncode = \"letters\"\n[table.visits]\nid = \"keep\"\ncode = {visits}\n"
        )
    };
    let play = Play::new(source, &rules("\"keep\""));
    let output = play.refresh();
    // Refused by the rules before a row moved, or by the key.
    assert!([3, 4].contains(&output.code), "{}", output.stderr);
    output.assert_says(&["visits"]).assert_silent_about(CANARY);
    assert_eq!(play.target.generations(), Vec::<String>::new());
    // What only shows on the build.
    play.write_rules(&rules("{ remake = \"left(md5(id::text), 5)\" }"));
    let output = play.refresh();
    assert!([3, 4].contains(&output.code), "{}", output.stderr);
    output.assert_says(&["visits"]).assert_silent_about(CANARY).assert_silent_about("c4ca4");
    assert_eq!(play.target.generations(), Vec::<String>::new());
}

#[test]
fn an_exclusion_that_the_copy_breaks_is_named_without_its_values() {
    let play = play(
        "id integer primary key, note text, code text, constraint one_each exclude using btree (code with =)",
        "(1, 'CANARY', 'a'), (2, 'CANARY', 'b')",
        "note = \"keep\"\ncode = { remake = \"note\" }\n",
    );
    refused(&play, 4, &["one_each"]);
}

#[test]
fn a_row_that_no_index_can_hold_is_not_shown() {
    // Letters that no compression makes smaller; with 40 of them the index takes the row.
    let play = play(
        "id integer primary key, note text, code text",
        "(1, 'CANARY' || (select string_agg(md5(n::text), '') from generate_series(1, 300) n), 'CANARY')",
        "note = \"keep\"\ncode = { remake = \"note\" }\n",
    );
    execute(&play.source.url(), &["create index people_code_idx on people (code)"]);
    let output = play.refresh();
    assert!([4, 7].contains(&output.code), "{}", output.stderr);
    output.assert_says(&["people_code_idx"]).assert_silent_about(CANARY);
    assert_eq!(play.target.generations(), Vec::<String>::new());
}

#[test]
fn a_number_out_of_range_is_not_shown() {
    let play = play(
        "id integer primary key, note bigint, code smallint",
        "(1, 7310077310077, 1)",
        "note = \"keep\"\ncode = { remake = \"note::smallint\" }\n",
    );
    refused(&play, 4, &["people", "22003"]).assert_silent_about("7310077310077");
}

#[test]
fn a_row_that_no_partition_takes_is_not_shown() {
    let source = Database::from(Fixture::Empty);
    execute(
        &source.url(),
        &[
            "create table people (id integer, code text) partition by list (code)",
            &format!("create table people_1 partition of people for values in ('{CANARY}')"),
            &format!("insert into people values (1, '{CANARY}')"),
        ],
    );
    let play = Play::new(source, "masque = 1\n[table.people]\nid = \"keep\"\ncode = \"letters\"\n");
    let output = play.refresh();
    assert_eq!(output.code, 3, "{}", output.stderr);
    output.assert_says(&["people"]);
    // The bound itself is part of the schema: warned of, and the rules' to decide; the error has no row.
    let error = output.stderr.lines().filter(|line| line.starts_with("error")).collect::<String>();
    assert!(!error.contains(CANARY), "{error}");
    assert_eq!(play.target.generations(), Vec::<String>::new());
}

#[test]
fn names_that_a_function_of_the_database_made_up_are_not_shown() {
    let source = Database::from(Fixture::Empty);
    // Only what is masked breaks it, so that the source may hold the rows.
    let function = |code: &str| {
        format!(
            "create or replace function public.holds(code text) returns boolean language plpgsql as $$ begin
                 if code not like '{CANARY}%' then
                     raise 'no' using {code}
                         constraint = '{CANARY}', table = '{CANARY}', column = '{CANARY}',
                         schema = '{CANARY}', datatype = '{CANARY}';
                 end if;
                 return true;
             end $$"
        )
    };
    execute(
        &source.url(),
        &[
            &function(""),
            "create table people (id integer primary key, code text constraint starts_well check (holds(code)))",
            &format!("insert into people values (1, '{CANARY}')"),
        ],
    );
    let rules =
        "masque = 1\n[table.people]\nid = \"keep\"\ncode = { with = \"constant\", value = \"other\" }\n";
    let play = Play::new(source, rules);
    for code in ["", "errcode = '23514',", "errcode = '23505',", "errcode = 'XX000',"] {
        execute(&play.source.url(), &[&function(code)]);
        let output = play.refresh();
        assert!([4, 7].contains(&output.code), "{}", output.stderr);
        output.assert_says(&["people"]).assert_silent_about(CANARY);
        assert_eq!(play.target.generations(), Vec::<String>::new());
    }
}

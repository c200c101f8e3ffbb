//! Values of many megabytes, kept and masked, in both forms, and how much memory they take.
//!
//! `cargo test --release -- --ignored --nocapture huge_values` for those near 1 GB: it needs about 6 GB of memory.

use crate::support::{Database, Fixture, Play, execute, query, value};
use std::time::Duration;

/// Tables whose text and bytes are of so many megabytes; `forced` makes one travel as text.
fn source(text: usize, bytes: usize, masked: usize) -> Database {
    let source = Database::from(Fixture::Empty);
    let filled = |size: usize| format!("repeat('sixteen bytes, \n', {size} * 65536)");
    let tables = [
        String::from("create table kept (id int4 primary key, t text, b bytea)"),
        format!(
            "insert into kept values (1, {}, null), (2, null, convert_to(repeat(E'\\x01\\\\b\\n', {bytes} * 262144), 'UTF8')), (3, 'small', '\\x00')",
            filled(text)
        ),
        String::from("create table beside (id int4 primary key, note text, t text, forced aclitem)"),
        format!(
            "insert into beside select n, 'note', case when n % 2 = 0 then {} end from generate_series(1, 3) n",
            filled(masked)
        ),
        String::from("create table redacted (id int4 primary key, t text)"),
        format!("insert into redacted values (1, {}), (2, 'ann@example.com')", filled(masked)),
        String::from("create table scrubbed (id int4 primary key, t text)"),
        format!(
            "insert into scrubbed values (1, {} || 'ann@example.com'), (2, 'ann@example.com')",
            filled(masked)
        ),
    ];
    execute(&source.url(), &tables.each_ref().map(String::as_str));
    source
}

const RULES: &str = r#"
masque = 1
[columns]
"*" = "keep"
[table.beside]
note = "redact"
[table.redacted]
t = "redact"
[table.scrubbed]
t = "scrub"
"#;

/// Refreshes, compares, and gives the most memory the run held, in megabytes.
fn refresh(play: &Play) -> u64 {
    let (output, peak) = play.start(&["--jobs", "1"]).end_with_peak(Duration::from_mins(20));
    output.assert_code(0);
    let (source, target) = (play.source.url(), play.target.url());
    for sql in [
        "select id, length(t), md5(t), length(b), md5(b) from kept order by 1",
        "select id, length(t), md5(t) from beside order by 1",
        "select id, length(t) from redacted order by 1",
    ] {
        assert_eq!(query(&source, sql), query(&target, sql), "{sql}");
    }
    assert_eq!(value(&target, "select count(*) from redacted where position('bytes' in t) > 0"), "0");
    assert_eq!(value(&target, "select count(*) from scrubbed where position('ann@' in t) > 0"), "0");
    assert_eq!(value(&target, "select count(*) from scrubbed where position('@' in t) > 0"), "2");
    peak
}

#[test]
fn values_of_64_megabytes_arrive_and_take_a_few_times_their_size() {
    let play = Play::new(source(64, 64, 64), RULES);
    let peak = refresh(&play);
    eprintln!("values of 64 MB: {peak} MB of memory");
    // As received (the connection's buffer doubles), in the batch, unescaped, masked, in the masked row.
    assert!(peak < 64 * 8, "{peak} MB");
}

#[test]
fn huge_values_in_many_rows_do_not_pile_up() {
    let source = Database::from(Fixture::Empty);
    let tables = [
        "create table many (id int4 primary key, note text, t text)",
        "insert into many select n, 'note', repeat('sixteen bytes, \n', 16 * 65536) from generate_series(1, 20) n",
    ];
    execute(&source.url(), &tables);
    let play =
        Play::new(source, "masque = 1\n[table.many]\nid = \"keep\"\nt = \"keep\"\nnote = \"redact\"\n");
    let (output, peak) = play.start(&["--jobs", "1"]).end_with_peak(Duration::from_mins(5));
    output.assert_code(0);
    let sql = "select count(*), sum(length(t)), count(distinct md5(t)) from many";
    assert_eq!(query(&play.source.url(), sql), query(&play.target.url(), sql));
    eprintln!("20 values of 16 MB: {peak} MB of memory");
    assert!(peak < 16 * 20, "{peak} MB");
}

#[test]
#[ignore = "needs gigabytes of memory and minutes"]
fn values_near_a_gigabyte_arrive() {
    let play = Play::new(source(900, 900, 300), RULES);
    let peak = refresh(&play);
    eprintln!("values of 900 MB: {peak} MB of memory");
    assert!(peak < 900 * 5, "{peak} MB");
}

#[test]
#[ignore = "needs gigabytes of memory and minutes"]
fn bytes_that_do_not_fit_into_their_text_form_end_the_run_by_a_sentence() {
    let source = Database::from(Fixture::Empty);
    let tables = [
        "create table forms (id int4 primary key, b bytea, forced aclitem)",
        "insert into forms values (1, convert_to(repeat(E'\\x01\\\\b\\n', 600 * 262144), 'UTF8'), null)",
        "create table rows (id int4 primary key, one text, two text)",
        "insert into rows values (1, repeat('sixteen bytes, \n', 600 * 65536), null)",
        "update rows set two = one",
    ];
    execute(&source.url(), &tables);
    let keep = "masque = 1\n[columns]\n\"*\" = \"keep\"\n[rows]\n";
    let play = Play::new(source, &format!("{keep}rows = \"none\"\n"));
    play.refresh()
        .assert_code(6)
        .assert_says(&["`public.forms`", "1 GB", "[rows]"])
        .assert_silent_about("015c620a");
    play.write_rules(&format!("{keep}forms = \"none\"\n"));
    play.refresh()
        .assert_code(6)
        .assert_says(&["`public.rows`", "1 GB", "[rows]"])
        .assert_silent_about("sixteen");
    assert!(play.target.generations().is_empty());
}

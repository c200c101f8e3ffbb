//! What is done while rows still come, as the report tells it.

use crate::support::{Database, Fixture, Play, execute, value};
use serde_json::Value;

/// A table of many small rows with large indexes, and one of few large rows that takes longer.
fn uneven() -> Play {
    let source = Database::from(Fixture::Empty);
    let narrow = "create table narrow (id integer, other integer)";
    let fill = "insert into narrow select n, n from generate_series(1, 450000) n";
    let keyed = "alter table narrow add primary key (id); create index narrow_other on narrow (other); \
                 create function shaky(integer) returns integer language sql immutable as 'select $1'; \
                 create index narrow_shaky on narrow (shaky(other))";
    let wide = "create table wide (id integer primary key, note text, email text)";
    let rows = "insert into wide select n, repeat(md5(n::text), 30), 'canary.' || n || '@example.com' from generate_series(1, 22000) n";
    execute(&source.url(), &[narrow, fill, keyed, wide, rows]);
    let rules = "masque = 1\n[table.narrow]\nid = \"keep\"\nother = \"keep\"\n[table.wide]\nid = \"keep\"\nnote = \"keep\"\nemail = \"email\"\n";
    Play::new(source, rules)
}

/// Begin and end of what was done to a table.
fn spans(report: &Value, phase: &str, table: &str) -> Vec<(f64, f64)> {
    let all = report["timeline"].as_array().unwrap().iter();
    let named =
        all.filter(|span| span["phase"] == phase && span["object"].as_str().unwrap_or_default() == table);
    named.map(|span| (span["from"].as_f64().unwrap(), span["to"].as_f64().unwrap())).collect()
}

#[test]
fn large_indexes_of_a_table_begin_while_rows_of_another_still_come() {
    let play = uneven();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    play.refresh_with(&["--jobs", "2", "--throttle", "5", "--report", path]).assert_code(0);
    let report = std::fs::read_to_string(folder.path().join("report.json")).unwrap();
    let report: Value = serde_json::from_str(&report).unwrap();
    let wide = spans(&report, "stream", "public.wide")[0];
    let narrow = spans(&report, "stream", "public.narrow")[0];
    let made = spans(&report, "index", "public.narrow");
    assert_eq!(made.len(), 2, "the key, then the index: {made:?}");
    assert!(narrow.1 <= made[0].0 && made[0].0 < wide.1, "{narrow:?} {made:?} {wide:?}");
    assert!(made[0].1 <= made[1].0, "nobody may be at work on a table while its key is made: {made:?}");
    // What a function is asked for waits for all rows, with the small ones.
    let others = spans(&report, "index", "")[0];
    assert!(wide.1 <= others.0, "{wide:?} {others:?}");
    let indexes = "select string_agg(indexrelid::regclass::text, ' ' order by 1) from pg_index i join pg_class c on c.oid = i.indrelid where relname in ('narrow', 'wide') and indisvalid";
    let mut there: Vec<String> = value(&play.target.url(), indexes).split(' ').map(str::to_owned).collect();
    there.sort();
    assert_eq!(there, ["narrow_other", "narrow_pkey", "narrow_shaky", "wide_pkey"]);
}

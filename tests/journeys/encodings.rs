//! Databases of other encodings than UTF-8: kept bytes stay as they are, masked texts are letters of that encoding.

use crate::support::{Database, Play, Side, copied, execute, query, value};

/// A source of an encoding with the tables `"kept größe"` (in Greek where there is no ß) and `beside`. Each row holds one text, given by its
/// bytes as hexadecimal digits, in a column, in an array and in a composite, and a note that rules mask in `beside`.
fn source(encoding: &str, texts: &[&str]) -> Database {
    let database = Database::absent(Side::Production, &encoding.to_lowercase());
    let sql = format!(
        "create database {} template template0 encoding '{encoding}' lc_collate 'C' lc_ctype 'C'",
        database.name()
    );
    query(&Side::Production.url("postgres"), &sql);
    let rows: Vec<_> = (1..)
        .zip(texts)
        .map(|(id, hex)| {
            let text = format!("convert_from('\\x{hex}', '{encoding}')");
            format!("({id}, {text}, array[{text}, null, '\"'], row({text}, {id})::pair, 'note of {id}')")
        })
        .collect();
    let mut sql = String::from("create type pair as (label text, n int4);");
    for table in [if encoding == "EUC_JP" { "kept λογος" } else { "kept größe" }, "beside"] {
        sql.push_str(&format!(
            "create table \"{table}\" (id int4 primary key, t text, more text[], p pair, note text); insert into \"{table}\" values {};",
            rows.join(", ")
        ));
    }
    execute(&database.url(), &[&sql]);
    database
}

const KEPT: &str = "masque = 1\n[columns]\n\"*\" = \"keep\"\n";
const MASKED: &str = "masque = 1\n[columns]\n\"*\" = \"keep\"\n[table.beside]\nnote = ";

fn masked(rule: &str) -> String {
    format!("{MASKED}{rule}\n")
}

/// Fails unless both tables' kept columns are the same bytes on both sides, in a build of the same encoding.
#[track_caller]
fn assert_same_bytes(play: &Play, encoding: &str) {
    let (source, target) = (play.source.url(), play.target.url());
    assert_eq!(value(&target, "show server_encoding"), encoding);
    let names = "select format('(select id, t, more, p from public.%I order by id)', relname) from pg_class \
        where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1";
    let tables: Vec<String> = query(&source, names).into_iter().flatten().flatten().collect();
    assert_eq!(tables.len(), 2);
    let (before, after) = (copied(&source, &tables), copied(&target, &tables));
    assert!(before.iter().all(|bytes| bytes.len() > 20));
    assert!(before == after, "other bytes in {encoding}");
}

const LATIN: &[&str] = &["67726fdf65", "e9e0ff", "4d69786564", "a0", "5c4e", ""];

#[test]
fn single_byte_encodings_keep_every_byte_and_take_masks_in_their_letters() {
    let every: String = (1..=255).map(|byte| format!("{byte:02x}")).collect();
    let mut texts = LATIN.to_vec();
    texts.push(&every);
    let play = Play::new(source("LATIN1", &texts), &masked("\"full_name\""));
    play.check().assert_code(0);
    play.refresh().assert_code(0);
    assert_same_bytes(&play, "LATIN1");
    play.write_rules(&masked("{ with = \"full_name\", locale = \"fr_FR\" }"));
    play.refresh().assert_code(0);
    assert_same_bytes(&play, "LATIN1");
    let accents = "select count(*) > 0 from beside where note ~ '^[A-Za-z \u{e0}-\u{ff}\u{c0}-\u{df}''-]+$'";
    assert_eq!(value(&play.target.url(), accents), "t");
    let notes = "select count(*) from beside where note like 'note of %'";
    assert_eq!(value(&play.target.url(), notes), "0");
}

#[test]
fn a_mask_whose_letters_the_encoding_lacks_is_refused_before_anything_is_made() {
    let play = Play::new(source("LATIN1", LATIN), &masked("{ with = \"full_name\", locale = \"ja_JP\" }"));
    let words = ["`public.beside.note`", "encoding LATIN1", "`locale`"];
    play.check().assert_code(3).assert_says(&words);
    play.refresh().assert_code(3).assert_says(&words);
    assert!(play.builds().is_empty() && play.target.generations().is_empty());
    play.write_rules(&masked("{ with = \"constant\", value = \"Łódź\" }"));
    play.check().assert_code(3).assert_says(&["`public.beside.note`"]);
    play.write_rules(&masked("{ with = \"constant\", value = \"Lodz\" }"));
    play.check().assert_code(0);
}

#[test]
fn letters_that_come_of_the_values_end_the_run_by_a_sentence() {
    // A mask of letters may give each accent another one of its script, which LATIN1 need not have.
    let accents = "e9e0fce8f9eaf4".repeat(40);
    let play = Play::new(
        source("LATIN1", &[&accents]),
        "masque = 1\n[columns]\n\"*\" = \"keep\"\n[table.beside]\nt = \"letters\"\n",
    );
    let output = play.refresh();
    if output.code != 0 {
        output.assert_code(3).assert_says(&["`public.beside`", "no counterpart", "22P05"]);
        assert!(play.target.generations().is_empty());
    }
}

#[test]
fn bytes_without_a_counterpart_are_kept_where_nothing_is_masked_and_refused_where_something_is() {
    let play = Play::new(source("WIN1252", &["81", "808e9f", "8d8f909d"]), KEPT);
    play.refresh().assert_code(0);
    assert_same_bytes(&play, "WIN1252");
    play.write_rules(&masked("\"redact\""));
    play.refresh().assert_code(3).assert_says(&["`public.beside`", "no counterpart", "keep the whole table"]);
    assert_same_bytes(&play, "WIN1252");
}

#[test]
fn characters_that_conversion_would_change_are_kept_or_refused_but_never_changed() {
    // Both stand for the numeral one of UTF-8.
    let play = Play::new(source("EUC_JP", &["8ff3fd", "adb5", "c5c4c3e6", "8eb1"]), KEPT);
    play.refresh().assert_code(0);
    assert_same_bytes(&play, "EUC_JP");
    play.write_rules(&masked("\"redact\""));
    play.refresh().assert_code(6).assert_says(&["`public.beside`", "EUC_JP to UTF-8 and back"]);
    execute(&play.source.url(), &["delete from beside where id = 1"]);
    play.write_rules(&masked("{ with = \"full_name\", locale = \"ja_JP\" }"));
    play.refresh().assert_code(0);
    assert_same_bytes(&play, "EUC_JP");
}

#[test]
fn bytes_of_no_encoding_are_kept_and_never_guessed_at() {
    let every: String = (1..=255).map(|byte| format!("{byte:02x}")).collect();
    let play =
        Play::new(source("SQL_ASCII", &["67726fdf65", "ff", "c328", "e7", &every]), &masked("\"full_name\""));
    execute(&play.source.url(), &["analyze"]);
    play.check().assert_code(0);
    play.refresh().assert_code(0);
    assert_same_bytes(&play, "SQL_ASCII");
    // Two texts that are no UTF-8 must not become one by replacing what is not understood.
    let mask = "masque = 1\n[columns]\n\"*\" = \"keep\"\n[table.beside]\nt = \"token\"\n";
    for (rule, word) in [("\"letters\"", "t"), ("\"redact\"", "t"), ("\"scrub\"", "t"), ("\"token\"", "t")] {
        play.write_rules(&mask.replace("\"token\"", rule));
        let output = play.refresh();
        if output.code == 0 {
            let sql = "select count(distinct t) from beside";
            assert_eq!(value(&play.target.url(), sql), value(&play.source.url(), sql), "{rule}");
        } else {
            output.assert_code(3).assert_says(&["not valid UTF-8", &format!("`public.beside.{word}`")]);
        }
    }
}

#[test]
fn names_that_are_no_utf8_are_refused_and_do_not_end_in_a_panic() {
    let play = Play::new(source("SQL_ASCII", &["41"]), KEPT);
    execute(
        &play.source.url(),
        &[
            "do $$ begin execute format('create table %I (id int4)', convert_from('\\x67ff', 'SQL_ASCII')); end $$",
        ],
    );
    play.check().assert_code(6).assert_says(&["22021"]);
    play.refresh().assert_code(6).assert_says(&["22021"]).assert_silent_about("panicked");
}

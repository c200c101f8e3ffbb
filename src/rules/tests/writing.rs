//! Mistakes that show without a schema.

use super::shop::*;
use crate::schema::Schema;

/// The mistakes of one rule for the only column of a table.
fn of_rule(rule: &str) -> String {
    let mut schema = Schema::default();
    schema.tables.push(table("t", &["a:text"]));
    mistakes(&format!("[table.t]\na = {rule}\n"), &mut schema)
}

#[test]
fn a_syntax_error_has_its_exact_place() {
    let problems = load("masque = 1\n[table.t]\na = email\n").unwrap_err();
    assert!(problems[0].syntax);
    insta::assert_snapshot!(said(&problems), @r#"
    3:5 [email] this is not TOML: string values must be quoted, expected literal string
      help: a rule stands in quotes or braces: `email = "email"`, `email = { with = "email", by = "id" }`
    "#);
}

#[test]
fn a_file_of_another_format_is_no_rule_file() {
    let problems = load("masque = 2\n").unwrap_err();
    assert!(problems[0].syntax);
    insta::assert_snapshot!(said(&problems), @r#"
    1:10 [2] this file is written in format 2
      help: this version of masque reads format 1: write `masque = 1`
    "#);
    insta::assert_snapshot!(said(&load("[table.t]\n").unwrap_err()), @r#"
    1:1 [] `masque = 1` is missing
      help: write `masque = 1`, the version of this format, as the first line
    "#);
}

#[test]
fn unknown_top_level_keys_are_named() {
    insta::assert_snapshot!(
        mistakes("unlistd = \"null\"\n[customers]\nid = \"keep\"\n[tables.x]\n", &mut Schema::default()),
        @r#"
    2:1 [unlistd] a rule file has no `unlistd`
      help: did you mean `unlisted`?
    3:2 [customers] a rule file has no `customers`
      help: rules for a table stand under `[table.customers]`
    5:2 [tables] a rule file has no `tables`
      help: did you mean `table`?
    "#
    );
}

#[test]
fn unlisted_can_never_be_keep() {
    insta::assert_snapshot!(mistakes("unlisted = \"keep\"\n", &mut Schema::default()), @r#"
    2:12 ["keep"] `unlisted` can't be `keep`
      help: a new column must never travel by default: write `"refuse"`
    "#);
}

#[test]
fn a_word_that_is_no_transformer_is_corrected() {
    insta::assert_snapshot!(of_rule("\"emial\""), @r#"
    3:5 ["emial"] there is no transformer `emial`
      help: did you mean `email`?
    "#);
    insta::assert_snapshot!(of_rule("{ with = \"zzzzzzz\" }"), @r#"
    3:14 ["zzzzzzz"] there is no transformer `zzzzzzz`
      help: `masque transformers` lists them all
    "#);
    insta::assert_snapshot!(of_rule("\"refuse\""), @r#"
    3:5 ["refuse"] `refuse` decides nothing here
      help: leave the line out: a column nobody decided on stops the run; or write `"null"`
    "#);
    insta::assert_snapshot!(of_rule("\"remake\""), @r#"
    3:5 ["remake"] `remake` needs its expression
      help: write `{ remake = "an SQL expression" }`
    "#);
    insta::assert_snapshot!(of_rule("true"), @r#"
    3:5 [true] a rule is a string or a table, not true or false
      help: write `"keep"`, `"null"`, a transformer's name, or `{ with = "…", … }`
    "#);
}

#[test]
fn parameters_are_checked_against_their_kinds() {
    insta::assert_snapshot!(of_rule("{ with = \"email\", hots = \"x\" }"), @r#"
    3:23 [hots] `email` has no `hots`
      help: did you mean `host`?
    "#);
    insta::assert_snapshot!(of_rule("{ with = \"email\", host = 7 }"), @r#"
    3:30 [7] `host` is a string or a list of strings, not a whole number
      help: write `host = ["…", "…"]`: the host to invent
    "#);
    insta::assert_snapshot!(of_rule("\"constant\""), @r#"
    3:5 ["constant"] `constant` needs `value`
      help: write `{ with = "constant", value = "…" }`
    "#);
    insta::assert_snapshot!(of_rule("{ with = \"date_shift\", within = \"30 dyas\" }"), @r#"
    3:37 ["30 dyas"] `within` is no duration
      help: `dyas` is no unit; the units are milliseconds, seconds, minutes, hours, days, weeks
    "#);
    insta::assert_snapshot!(of_rule("{ with = \"integer\", min = \"1\", max = 1.5 }"), @r#"
    3:31 ["1"] `min` is a whole number, not a string
      help: write `min = 1`: the least value
    3:42 [1.5] `max` is a whole number, not a number with a fraction
      help: write `max = 1`: the greatest value
    "#);
    insta::assert_snapshot!(of_rule("{ with = \"json\", on_invalid = \"nul\", paths = { \"$.a\" = \"emial\" } }"), @r#"
    3:35 ["nul"] `on_invalid` can't be `nul`
      help: did you mean `null`?
    3:60 ["emial"] there is no transformer `emial`
      help: did you mean `email`?
    "#);
}

#[test]
fn a_table_needs_with() {
    insta::assert_snapshot!(of_rule("{ wiht = \"email\" }"), @r#"
    3:5 [{ wiht = "email" }] this rule has no `with`
      help: `wiht`: did you mean `with`?
    "#);
    insta::assert_snapshot!(of_rule("{ with = \"keep\", by = \"id\" }"), @r#"
    3:22 [by] a `keep` rule has no `by`
      help: write one of `reason`, `optional`
    "#);
    insta::assert_snapshot!(of_rule("{ remake = \"\", by = \"id\" }"), @r#"
    3:16 [""] `remake` is empty
      help: write an SQL expression over the row's columns, such as `"lower(email)"`
    3:20 [by] a `remake` rule has no `by`
      help: write one of `reason`, `optional`
    "#);
}

#[test]
fn conditions_have_two_halves_and_one_test() {
    insta::assert_snapshot!(of_rule("{ with = \"email\", when = { is = \"x\" } }"), @r#"
    3:5 [{ with = "email", when = { is = "x" } }] `when` without `otherwise` leaves the other rows undecided
      help: add `otherwise = "null"`, `otherwise = "keep"` or a rule
    "#);
    insta::assert_snapshot!(of_rule("{ with = \"email\", otherwise = \"null\" }"), @r#"
    3:5 [{ with = "email", otherwise = "null" }] `otherwise` without `when` never holds
      help: add `when = { column = "…", is = "…" }`, or take `otherwise` out
    "#);
    insta::assert_snapshot!(of_rule("{ with = \"email\", when = { is = \"x\", matches = \"y\" }, otherwise = \"null\" }"), @r#"
    3:30 [{ is = "x", matches = "y" }] a condition makes one test
      help: combine tests with `all = [{ … }, { … }]` or `any = [{ … }, { … }]`
    "#);
    insta::assert_snapshot!(of_rule("{ with = \"email\", when = { colum = \"a\", is = \"x\" }, otherwise = \"null\" }"), @r#"
    3:32 [colum] a condition has no `colum`
      help: did you mean `column`?
    "#);
    insta::assert_snapshot!(of_rule("{ with = \"email\", when = { matches = \"(\" }, otherwise = \"null\" }"), @r#"
    3:42 ["("] `matches` is no regular expression
      help: write it in single quotes, where a backslash means itself: `'^\d+$'`; look-around and back-references are not known
    "#);
    insta::assert_snapshot!(of_rule("{ with = \"email\", when = { column = \"a\", any = [] }, otherwise = { remake = \"1\" } }"), @r#"
    3:32 [column] `column` can't stand beside `any`
      help: write it inside: `any = { column = "…", is = "…" }`
    3:70 [{ remake = "1" }] `remake` sets a whole column and can't stand inside a rule
      help: write `"null"`, `"keep"` or a transformer
    "#);
    insta::assert_snapshot!(of_rule("{ with = \"keep\", when = { is = \"x\" }, otherwise = \"email\" }"), @r#"
    3:22 [when] `keep` takes no `when`
      help: let the transformer come first and `keep` last: `{ with = "email", when = { not = … }, otherwise = "keep" }`
    3:43 [otherwise] `keep` takes no `otherwise`
      help: let the transformer come first and `keep` last: `{ with = "email", when = { not = … }, otherwise = "keep" }`
    "#);
}

#[test]
fn includes_that_are_not_there_or_go_round_are_said() {
    let own = "masque = 1\ninclude = [\"a.toml\", \"no.toml\", \"masque:gdpr\"]\n";
    let problems = load_with(own, &[("dir/a.toml", "masque = 1\ninclude = \"./rules.toml\"\n")]).unwrap_err();
    insta::assert_snapshot!(said(&problems), @r#"
    2:22 ["no.toml"] can't read the included file `dir/no.toml`: entity not found
      help: paths start at the folder of the file that includes
    2:33 ["masque:gdpr"] there is no preset `masque:gdpr`
      help: the presets are `masque:gdpr-contact`, `masque:hipaa-safe-harbor`, `masque:pci`
    2:11 ["./rules.toml"] this file includes itself
      help: take one of the includes in the circle out
    "#);
}

#[test]
fn rows_and_references_are_read_strictly() {
    let mut schema = shop();
    let text = format!(
        "{CUSTOMERS}{ORDERS}{REPS}[rows]\norders = \"some\"\ncustomers = {{ were = \"1\" }}\n\"a.b.c\" = \"none\"\n\
         [[reference]]\nfrom = \"orders\"\nto = \"customers.id\"\n[[reference]]\nfrom = \"orders.id\"\n"
    );
    insta::assert_snapshot!(mistakes(&text, &mut schema), @r#"
    15:10 ["some"] `some` does not say which rows travel
      help: write `"all"`, `"none"` or `{ where = "created_at > now() - interval '90 days'" }`
    16:15 [were] a rule for rows has no `were`
      help: did you mean `where`?
    17:1 ["a.b.c"] `a.b.c` is no table name
      help: write it as SQL quotes it: `customers`, `"sales.customers"`, `'sales."Weird.Name"'`
    19:8 ["orders"] `orders` is no column's name
      help: write `"table.column"` or `"schema.table.column"`
    21:1 [[[reference]]] this reference has no `to`
      help: write `[[reference]]`, `from = "comments.author_id"`, `to = "users.id"`
    "#);
}

#[test]
fn a_file_cut_anywhere_is_answered_with_places_inside_it_and_with_help() {
    let text = format!(
        "masque = 1\nunlisted = \"null\"\nlocale = \"de\"\n{CUSTOMERS}{ORDERS}[table.reps.code]\nwith = \"json\"\n\
         when = {{ any = [{{ column = \"é\", in = [1] }}] }}\notherwise = \"email\"\n[columns]\n\"*x*\" = \"email\"\n\
         [rows]\norders = {{ where = \"1\" }}\n[[reference]]\nfrom = [\"orders.id\"]\nto = \"reps.id\"\n[schema]\nallow = 1\n"
    );
    for cut in (0..text.len()).filter(|cut| text.is_char_boundary(*cut)) {
        let text = &text[..cut];
        let found = load(text).and_then(|file| crate::rules::check(&file, &mut shop()));
        let found = found.map_or_else(|problems| problems, |rules| rules.warnings().to_vec());
        for problem in found {
            assert!(problem.help.is_some(), "{}", problem.message);
            let inside = |span: &crate::diagnostic::Span| span.file.text.get(span.range.clone()).is_some();
            assert!(problem.span.as_ref().is_none_or(inside), "{}", problem.message);
        }
    }
}

//! Warnings that ask: kept columns that look personal, and equality that leaks.

use super::shop::*;
use crate::schema::{KeyKind, Schema};

fn of(columns: &[&str], rules: &str) -> String {
    let mut schema = Schema { tables: vec![table("t", columns)], ..Schema::default() };
    schema.tables[0].keys.push(unique("t_pkey", KeyKind::Primary, &[0]));
    schema.tables[0].columns.last_mut().unwrap().estimated_distinct = Some(4);
    mistakes(&format!("[table.t]\n{rules}"), &mut schema)
}

#[test]
fn a_kept_column_with_a_personal_name_is_asked_about() {
    let columns = ["id:int!", "home_phone:text", "phone_type:text"];
    insta::assert_snapshot!(of(&columns, "id = \"keep\"\nhome_phone = \"keep\"\nphone_type = \"keep\"\n"), @r#"
    accepted
    4:14 ["keep"] warning: `public.t.home_phone` is kept, and by its name it holds a telephone number
      help: mask it, as in `home_phone = "phone"`, or say why it stays: `home_phone = { with = "keep", reason = "…" }`
    "#);
    let why = "id = \"keep\"\nhome_phone = { with = \"keep\", reason = \"it is on the door\" }\nphone_type = \"keep\"\n";
    assert_eq!(of(&columns, why), "accepted\n");
}

#[test]
fn a_pattern_that_keeps_many_is_asked_about_once() {
    let mut schema =
        Schema { tables: vec![table("t", &["email:text", "vorname:text", "n:int"])], ..Schema::default() };
    insta::assert_snapshot!(mistakes("[columns]\n\"*\" = \"keep\"\n", &mut schema), @r#"
    accepted
    3:7 ["keep"] warning: columns are kept that look personal by their names: `public.t.email`, `public.t.vorname`
      help: mask it, as in `email = "email"`, or say why it stays: `"*" = { with = "keep", reason = "…" }`
    "#);
}

#[test]
fn few_values_under_a_consistent_mask_leak_by_their_frequency() {
    let columns = ["id:int!", "plan:text"];
    insta::assert_snapshot!(of(&columns, "id = \"keep\"\nplan = \"letters\"\n"), @r#"
    accepted
    4:8 ["letters"] warning: `public.t.plan` has about 4 distinct values in 1000000 rows, and `letters` gives equal values for equal values: how often each occurs tells which it was
      help: let each row decide with `by = "id"`, or say why it may leak: `reason = "…"`
    "#);
    assert!(of(&columns, "id = \"keep\"\nplan = \"first_name\"\n").contains("with `by = \"id\"`"));
    let permuted = "id = \"keep\"\nplan = { with = \"letters\", by = \"id\" }\n";
    assert!(of(&columns, permuted).contains("equal values"), "a permutation knows no rows");
    for rule in [
        "{ with = \"first_name\", by = \"id\" }",
        "{ with = \"letters\", reason = \"no secret\" }",
        "{ with = \"constant\", value = \"x\" }",
        "\"shuffle\"",
    ] {
        assert_eq!(of(&columns, &format!("id = \"keep\"\nplan = {rule}\n")), "accepted\n", "{rule}");
    }
}

#[test]
fn null_inside_a_document_column_that_must_have_one_is_refused() {
    let rule = "a = { with = \"json\", default = \"keep\", on_invalid = \"null\" }\n";
    let mut schema = Schema { tables: vec![table("t", &["a:jsonb!"])], ..Schema::default() };
    insta::assert_snapshot!(mistakes(&format!("[table.t]\n{rule}"), &mut schema), @r#"
    3:5 [{ with = "json", default = "keep", on_invalid = "null" }] `public.t.a` is NOT NULL: `on_invalid` can't empty it
      help: write `on_invalid = "refuse"`, or `constant` with a value
    "#);
}

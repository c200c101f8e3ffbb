//! CHECK constraints under masks: broken, in doubt, or held.

use super::shop::*;
use crate::schema::{Check, Schema};

fn said_of(columns: &[&str], condition: &str, rules: &str) -> String {
    let mut schema = Schema { tables: vec![table("t", columns)], ..Schema::default() };
    schema.checks.push(Check {
        name: "t_check".to_owned(),
        table: 0,
        columns: (0..columns.len()).collect(),
        condition: condition.to_owned(),
        of_domain: condition.contains("VALUE"),
    });
    mistakes(&format!("[table.t]\n{rules}"), &mut schema)
}

#[test]
fn a_constant_that_breaks_a_check_is_refused() {
    let list = "((a)::text = ANY ((ARRAY['open'::character varying, 'closed'::character varying])::text[]))";
    insta::assert_snapshot!(said_of(&["a:text"], list, "a = { with = \"constant\", value = \"opne\" }\n"), @r#"
    3:5 [{ with = "constant", value = "opne" }] `opne` breaks the CHECK `t_check` of `public.t.a`
      help: write what holds it: `((a)::text = ANY ((ARRAY['…'::character varying, '…'::character varying])::text[]))`
    "#);
    insta::assert_snapshot!(said_of(&["a:int"], "((a >= 0) AND (a < 10))", "a = { with = \"constant\", value = 10 }\n"), @r#"
    3:5 [{ with = "constant", value = 10 }] `10` breaks the CHECK `t_check` of `public.t.a`
      help: write what holds it: `((a >= 0) AND (a < 10))`
    "#);
    insta::assert_snapshot!(said_of(&["a:text"], "(char_length(VALUE) = 3)", "a = { with = \"constant\", value = \"no\" }\n"), @r#"
    3:5 [{ with = "constant", value = "no" }] `no` breaks its domain's CHECK `t_check` of `public.t.a`
      help: write what holds it: `(char_length(VALUE) = 3)`
    "#);
    insta::assert_snapshot!(said_of(&["a:text", "b:text"], "((a IS NOT NULL) AND (b <> a))", "a = \"null\"\nb = \"keep\"\n"), @r#"
    3:5 ["null"] NULL breaks the CHECK `t_check` of `public.t.a`
      help: write what holds it: `((a IS NOT NULL) AND (b <> a))`
    "#);
    assert_eq!(said_of(&["a:text"], list, "a = { with = \"constant\", value = \"open\" }\n"), "accepted\n");
}

#[test]
fn a_condition_around_a_constant_is_looked_into() {
    let rule = "a = { with = \"letters\", when = { is = \"x\" }, otherwise = { with = \"constant\", value = \"x\" } }\n";
    assert!(said_of(&["a:text"], "(a <> 'x'::text)", rule).contains("`x` breaks the CHECK `t_check`"));
}

#[test]
fn a_mask_that_may_break_a_check_is_a_warning_that_names_it() {
    insta::assert_snapshot!(said_of(&["a:text"], "(a ~ '^X'::text)", "a = \"letters\"\n"), @r#"
    accepted
    3:5 ["letters"] warning: masked values may break the CHECK `t_check` of `public.t.a`: the database checks it on the build
      help: see to it that masked values hold it: `(a ~ '…'::text)`
    "#);
    insta::assert_snapshot!(said_of(&["a:text", "b:text"], "(a < b)", "a = \"letters\"\nb = \"letters\"\n"), @r#"
    accepted
    3:5 ["letters"] warning: masked values may break the CHECK `t_check` of `public.t.a`: the database checks it on the build
      help: see to it that masked values hold it: `(a < b)`
    "#);
    assert!(said_of(&["a:text"], "own_function(a)", "a = \"letters\"\n").contains("may break"));
}

#[test]
fn what_holds_is_not_mentioned() {
    for (condition, rules) in [
        ("(a ~~ '%@%'::text)", "a = \"letters\"\n"),
        ("((a IS NULL) OR (a <> ''::text))", "a = \"email\"\n"),
        ("((kind = 'x'::text) = (a IS NOT NULL))", "a = \"email\"\n"),
        ("(length(a) > 0)", "a = \"keep\"\n"),
        ("(length(a) > 0)", "a = \"null\"\n"),
    ] {
        assert_eq!(said_of(&["a:text"], condition, rules), "accepted\n", "{condition}");
    }
    let dates = "a = { with = \"date_shift\", within = \"9 days\", by = \"id\" }\nb = { with = \"date_shift\", within = \"9 days\", by = \"id\" }\nid = \"keep\"\n";
    let mut schema =
        Schema { tables: vec![table("t", &["a:date", "b:date", "id:int"])], ..Schema::default() };
    let check = |condition: &str| Check {
        name: "c".into(),
        table: 0,
        columns: vec![0, 1],
        condition: condition.into(),
        of_domain: false,
    };
    schema.checks = vec![check("((a IS NULL) OR (a >= b))")];
    assert_eq!(mistakes(&format!("[table.t]\n{dates}"), &mut schema), "accepted\n");
    schema.checks = vec![check("(a >= (b + 5))")];
    assert!(mistakes(&format!("[table.t]\n{dates}"), &mut schema).contains("may break"));
}

#[test]
fn a_condition_is_shown_without_texts_and_long_numbers() {
    let help = |columns: &[&str], condition: &str, rules: &str| {
        let said = said_of(columns, condition, rules);
        said.split_once("hold it").map(|(_, shown)| shown.trim().to_owned()).unwrap_or(said)
    };
    let numbers =
        help(&["a:int"], "(a <> ALL (ARRAY[123456789, 987654321, 1234, 12345.5]))", "a = \"integer\"\n");
    assert_eq!(numbers, ": `(a <> ALL (ARRAY[…, …, 1234, …]))`");
    let name =
        help(&["o'clock:text"], "(\"o'clock\" ~ 'ann@corp.example'::text)", "\"o'clock\" = \"letters\"\n");
    assert_eq!(name, ": `(\"o'clock\" ~ '…'::text)`");
    let escaped = help(&["a:text"], "(a ~ E'\\\\'ann@corp.example'::text)", "a = \"letters\"\n");
    assert!(!escaped.contains("corp.example"), "{escaped}");
    for strange in ["a ; 'ann@corp.example'", "(a = 'ann@corp.example)"] {
        assert_eq!(help(&["a:text"], strange, "a = \"letters\"\n"), "", "{strange}");
    }
}

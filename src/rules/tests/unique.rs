//! What becomes of unique keys: preserved, safe, refused, or left to the database.

use super::shop::*;
use crate::rules::Uniqueness;
use crate::schema::{ColumnId, Generated, KeyKind, KeyPart, Schema, UniqueKey};

/// A table with a key of one part, 100 000 rows, and the rules of its columns.
fn verdict_of(columns: &[&str], key: UniqueKey, rules: &str) -> String {
    let mut schema = Schema { tables: vec![table("t", columns)], ..Schema::default() };
    schema.tables[0].estimated_rows = 100_000;
    schema.tables[0].keys.push(key);
    match check_text(&format!("[table.t]\n{rules}"), &mut schema) {
        Ok(rules) => {
            let mut lines = Vec::new();
            for key in rules.keys() {
                lines.push(match &key.outcome {
                    Uniqueness::Preserved => format!("{} ({}): preserved", key.key, key.parts),
                    Uniqueness::Safe { odds } => format!("{} ({}): safe, {odds:.1e}", key.key, key.parts),
                    Uniqueness::Unproved { why } => format!("{} ({}): unproved: {why}", key.key, key.parts),
                });
            }
            lines.join("\n") + "\n" + &said(rules.warnings())
        }
        Err(problems) => said(&problems),
    }
}

fn of_expression(sql: &str, columns: &[usize]) -> UniqueKey {
    let parts = vec![KeyPart::Expression(sql.to_owned())];
    UniqueKey { parts, ..unique("k", KeyKind::Unique, columns) }
}

#[test]
fn a_permutation_preserves_and_a_token_is_safe_with_its_odds() {
    let key = || unique("k", KeyKind::Primary, &[0]);
    assert_eq!(verdict_of(&["a:text"], key(), "a = \"letters\"\n"), "k (a): preserved\n");
    assert_eq!(verdict_of(&["a:text"], key(), "a = \"email\"\n"), "k (a): safe, 4.1e-15\n");
    assert_eq!(verdict_of(&["a:text"], key(), "a = \"keep\"\n"), "\n", "nothing to prove");
}

#[test]
fn a_short_column_is_refused_with_masks_that_fit() {
    let key = || unique("k", KeyKind::Unique, &[0]);
    insta::assert_snapshot!(verdict_of(&["a:char2"], key(), "a = \"email\"\n"), @r#"
    3:5 ["email"] the unique key `k` of `public.t` (a) would not stay unique: there are too few outputs
      help: for `public.t.a` these have enough outputs: `letters`, `shuffle`
    "#);
    insta::assert_snapshot!(verdict_of(&["a:text"], key(), "a = \"first_name\"\n"), @r#"
    3:5 ["first_name"] the unique key `k` of `public.t` (a) would not stay unique: there are too few outputs
      help: for `public.t.a` these have enough outputs: `email`, `letters`, `base62`, `shuffle`
    "#);
}

#[test]
fn a_key_that_folds_case_needs_masks_that_do() {
    for sql in ["lower(a)", "lower((a)::text)", "md5(lower(a))", "('x'::text || upper(a))"] {
        let of = |rule: &str| verdict_of(&["a:text"], of_expression(sql, &[0]), &format!("a = \"{rule}\"\n"));
        let sql = sql.replace("'x'", "'…'");
        assert_eq!(of("email"), format!("k ({sql}): safe, 4.1e-15\n"));
        assert_eq!(of("letters"), format!("k ({sql}): preserved\n"));
        assert!(
            of("base62").contains("would not stay unique: there are too few outputs"),
            "{}",
            of("base62")
        );
    }
    let plain = unique("k", KeyKind::Unique, &[0]);
    assert!(verdict_of(&["a:citext"], plain.clone(), "a = \"base62\"\n").contains("would not stay unique"));
    assert!(verdict_of(&["a:text"], plain, "a = \"base62\"\n").contains("safe"));
}

#[test]
fn an_expression_that_only_the_database_can_judge_is_a_warning() {
    let key = || of_expression("COALESCE(a, b)", &[0, 1]);
    insta::assert_snapshot!(verdict_of(&["a:text", "b:text"], key(), "a = \"letters\"\nb = \"keep\"\n"), @r#"
    k (COALESCE(a, b)): unproved: `COALESCE(a, b)` may give one value for two masked ones
    3:5 ["letters"] warning: the unique key `k` of `public.t` (COALESCE(a, b)) is checked on the build: `COALESCE(a, b)` may give one value for two masked ones
      help: write `"keep"` for its columns, or see to it that no two rows can become equal
    "#);
    assert_eq!(verdict_of(&["a:text", "b:text"], key(), "a = \"keep\"\nb = \"keep\"\n"), "\n");
}

#[test]
fn an_expression_of_kept_columns_beside_a_masked_one_is_no_doubt() {
    let mut key = of_expression("date_trunc('day'::text, b)", &[0, 1]);
    key.parts.push(KeyPart::Column(0));
    let said = verdict_of(&["a:text", "b:date"], key, "a = \"letters\"\nb = \"keep\"\n");
    assert_eq!(said, "k (date_trunc('…'::text, b), a): preserved\n");
}

#[test]
fn a_partial_key_is_as_safe_as_a_whole_one_unless_its_condition_is_masked() {
    let key = |predicate: &str| UniqueKey {
        columns: vec![0, 1],
        predicate: Some(predicate.to_owned()),
        ..unique("k", KeyKind::Unique, &[0])
    };
    let of = |predicate: &str, b: &str| {
        verdict_of(&["a:text", "b:text"], key(predicate), &format!("a = \"letters\"\nb = \"{b}\"\n"))
    };
    assert_eq!(of("(b = 'x'::text)", "keep"), "k (a): preserved\n");
    assert_eq!(of("((b IS NULL) AND (a <> ''::text))", "letters"), "k (a): preserved\n");
    insta::assert_snapshot!(of("(b = 'x'::text)", "letters"), @r#"
    k (a): unproved: its condition asks for `b`, which is masked: other rows may fall under it
    3:5 ["letters"] warning: the unique key `k` of `public.t` (a) is checked on the build: its condition asks for `b`, which is masked: other rows may fall under it
      help: write `"keep"` for its columns, or see to it that no two rows can become equal
    "#);
    assert!(of("(b IS NULL)", "null").contains("its condition asks for `b`"));
}

#[test]
fn null_that_counts_as_a_value_is_refused() {
    let key = || UniqueKey { nulls_not_distinct: true, ..unique("k", KeyKind::Unique, &[0]) };
    insta::assert_snapshot!(verdict_of(&["a:text"], key(), "a = \"null\"\n"), @r#"
    3:5 ["null"] the unique key `k` of `public.t` (a) would not stay unique: every NULL counts as the same value
      help: for `public.t.a` these have enough outputs: `email`, `letters`, `base62`, `shuffle`
    "#);
    let half = "a = { with = \"letters\", when = { is = \"x\" }, otherwise = \"null\" }\n";
    assert!(verdict_of(&["a:text"], key(), half).contains("every NULL counts as the same value"));
    assert_eq!(
        verdict_of(&["a:text"], unique("k", KeyKind::Unique, &[0]), "a = \"null\"\n"),
        "k (a): preserved\n"
    );
}

#[test]
fn an_exclusion_by_equality_is_proved_and_another_is_not() {
    let key = |operators: [&str; 2]| UniqueKey {
        operators: operators.map(str::to_owned).to_vec(),
        ..unique("k", KeyKind::Exclusion, &[0, 1])
    };
    let of = |operators, rules: &str| verdict_of(&["a:text", "b:date"], key(operators), rules);
    assert_eq!(of(["=", "&&"], "a = \"letters\"\nb = \"keep\"\n"), "k (a, b): preserved\n");
    let shifted = "a = \"letters\"\nb = { with = \"date_shift\", within = \"9 days\" }\n";
    insta::assert_snapshot!(of(["=", "&&"], shifted), @r#"
    k (a, b): unproved: it compares masked columns by `&&`
    3:5 ["letters"] warning: the exclusion constraint `k` of `public.t` (a, b) is checked on the build: it compares masked columns by `&&`
      help: write `"keep"` for its columns, or see to it that no two rows can become equal
    "#);
}

#[test]
fn by_that_many_rows_share_gives_them_one_token() {
    let mut schema = shop();
    schema.tables[0].keys.push(unique("k", KeyKind::Unique, &[1]));
    let text = |by: &str| {
        let customers =
            CUSTOMERS.replace("\"first_name\"", &format!("{{ with = \"base62\", by = \"{by}\" }}"));
        format!("{customers}{ORDERS}{REPS}")
    };
    accept(&text("id"), &mut schema);
    insta::assert_snapshot!(mistakes(&text("born"), &mut schema), @r#"
    4:8 [{ with = "base62", by = "born" }] the unique key `k` of `public.customers` (name) would not stay unique: `by` gives all values of one `born` the same mask
      help: for `public.customers.name` these have enough outputs: `email`, `letters`, `base62`, `shuffle`
    "#);
}

#[test]
fn a_generated_column_is_as_unique_as_what_it_is_made_of() {
    let verdict = |expression: &str, rule: &str| {
        let mut schema = Schema { tables: vec![table("t", &["a:text", "g:text="])], ..Schema::default() };
        schema.tables[0].estimated_rows = 100_000;
        schema.tables[0].keys.push(unique("k", KeyKind::Unique, &[1]));
        let column = ColumnId { table: 0, column: 1 };
        schema.generated.push(Generated { column, expression: expression.into(), reads: vec![0] });
        match check_text(&format!("[table.t]\na = \"{rule}\"\n"), &mut schema) {
            Ok(rules) => {
                rules.keys().iter().map(|key| format!("{:?}", key.outcome)).collect::<Vec<_>>().join(" ")
            }
            Err(problems) => said(&problems),
        }
    };
    assert_eq!(verdict("lower(a)", "letters"), "Preserved");
    assert_eq!(verdict("lower(a)", "keep"), "");
    assert!(verdict("lower(a)", "first_name").contains("`k` of `public.t` (g) would not stay unique"));
    assert!(verdict("\"left\"(a, 2)", "letters").contains("Unproved"));
}

#[test]
fn a_shuffle_keeps_a_key_only_where_it_moves_within_the_rest_of_it() {
    let of = |within: &str| {
        let key = unique("k", KeyKind::Unique, &[0, 1]);
        let rules = format!("a = \"keep\"\nb = {{ with = \"shuffle\"{within} }}\n");
        verdict_of(&["a:text", "b:text"], key, &rules)
    };
    assert_eq!(of(", within = \"a\""), "k (a, b): preserved\n");
    assert!(of("").contains("`shuffle` moves values away from what else the key says of their rows"));
    let alone = verdict_of(&["a:text"], unique("k", KeyKind::Unique, &[0]), "a = \"shuffle\"\n");
    assert_eq!(alone, "k (a): preserved\n");
}

#[test]
fn an_expression_is_shown_without_its_literals() {
    let sql = "CASE\n WHEN (a = 'ann@corp.example'::text) THEN 'x'::text\n ELSE a END";
    let said = verdict_of(&["a:text"], of_expression(sql, &[0]), "a = \"email\"\n");
    assert!(!said.contains("corp.example"), "{said}");
    let shown = "CASE WHEN (a = '…'::text) THEN '…'::text ELSE a END";
    assert!(said.starts_with(&format!("k ({shown}): unproved: `{shown}` may")), "{said}");
    let refused = verdict_of(
        &["a:text"],
        of_expression("(a || 'ann@corp.example'::text)", &[0]),
        "a = { with = \"constant\", value = \"x\" }\n",
    );
    assert!(refused.contains("((a || '…'::text))") && !refused.contains("corp.example"), "{refused}");
    let strange = verdict_of(&["a:text"], of_expression("a ; 'ann@corp.example'", &[0]), "a = \"email\"\n");
    assert!(strange.starts_with("k (…)") && !strange.contains("corp.example"), "{strange}");
}

//! Mistakes about keys: who follows whom, what stays unique, which rows are left out.

use super::shop::*;
use crate::schema::{KeyKind, Schema};

#[test]
fn a_different_rule_on_a_foreign_key_is_refused() {
    let text = format!("{CUSTOMERS}{ORDERS}customer_id = \"integer\"\n{REPS}boss_id = \"null\"\n");
    insta::assert_snapshot!(mistakes(&text, &mut shop()), @r#"
    11:15 ["integer"] `public.orders.customer_id` points at `public.customers.id` and must have its rule
      help: write `"keep"`, or leave the line out
    15:11 ["null"] `sales.reps.boss_id` points at `sales.reps.id` and must have its rule
      help: write `"keep"`, or leave the line out
    "#);
}

#[test]
fn a_rule_on_a_foreign_key_does_not_decide_for_the_key() {
    let text = format!("{}{ORDERS}customer_id = \"keep\"\n{REPS}", CUSTOMERS.replace("id = \"keep\"\n", ""));
    insta::assert_snapshot!(mistakes(&text, &mut shop()), @r#"
    10:15 ["keep"] `public.orders.customer_id` takes the rule of `public.customers.id`, which has none
      help: write this rule for `public.customers.id` instead
    no rule decides on column `id` of `public.customers`
      help: look at each and add it to `[table.customers]` (dir/rules.toml:2):
            id = "integer"  # int
    "#);
}

#[test]
fn a_pattern_that_means_to_mask_a_foreign_key_to_a_kept_key_is_refused() {
    let text = format!("{CUSTOMERS}{ORDERS}{REPS}[columns]\n\"*r_id\" = \"integer\"\n");
    insta::assert_snapshot!(mistakes(&text, &mut shop()), @r#"
    15:1 ["*r_id"] this pattern can't mask `public.orders.customer_id`: the key pointed at is kept
      help: mask the key itself, or write `"keep"` for the column under its `[table.…]`
    "#);
}

#[test]
fn a_key_others_point_at_needs_a_mask_they_can_follow() {
    let mut schema = Schema::default();
    for name in ["a", "b", "c", "d"] {
        schema.tables.push(table(name, &["id:text", "x:text"]));
        schema.tables.push(table(&format!("child_of_{name}"), &["at:text"]));
    }
    for parent in [0, 2, 4, 6] {
        schema.foreign_keys.push(foreign(parent + 1, &[0], parent, &[0]));
    }
    let text = "[table.a]\nid = { with = \"email\", by = \"x\" }\nx = \"keep\"\n\
                [table.b]\nid = { with = \"email\", when = { column = \"x\", is = \"1\" }, otherwise = \"keep\" }\nx = \"keep\"\n\
                [table.c]\nid = \"null\"\nx = \"keep\"\n[table.d]\nid = \"shuffle\"\nx = \"keep\"\n";
    insta::assert_snapshot!(mistakes(text, &mut schema), @r#"
    3:6 [{ with = "email", by = "x" }] `public.child_of_a.at` points at `public.a.id`, and `by` takes the mask from a row it is not in
      help: take `by` out
    6:6 [{ with = "email", when = { column = "x", is = "1" }, otherwise = "keep" }] `public.child_of_b.at` points at `public.b.id`, and `when` tests a column it does not have
      help: test the value itself: leave `column` out of `when`
    9:6 ["null"] `public.child_of_c.at` points at `public.c.id`, and `null` leaves it nothing to point at
      help: write `"keep"` or a transformer that is consistent
    12:6 ["shuffle"] `public.child_of_d.at` points at `public.d.id`, and this mask does not give equal values for equal values
      help: write `"keep"` or a transformer that is consistent, such as `integer`, `uuid` or `email`
    "#);
}

#[test]
fn a_column_that_points_at_two_keys_needs_them_decided_alike() {
    let mut schema = Schema {
        tables: vec![table("a", &["id:int"]), table("b", &["id:int"]), table("c", &["id:int"])],
        foreign_keys: vec![foreign(2, &[0], 0, &[0]), foreign(2, &[0], 1, &[0])].into(),
        ..Schema::default()
    };
    insta::assert_snapshot!(mistakes("[table.a]\nid = \"keep\"\n[table.b]\nid = \"integer\"\n", &mut schema), @r#"
    5:6 ["integer"] `public.c.id` points at both `public.a.id` and `public.b.id`, which are decided differently
      help: give `public.a.id` and `public.b.id` the same rule
    "#);
    accept("[table.a]\nid = \"keep\"\n[table.b]\nid = \"keep\"\n", &mut schema);
}

#[test]
fn a_unique_key_needs_enough_outputs() {
    let mut schema = shop();
    schema.tables[2].keys.push(crate::schema::UniqueKey {
        nulls_not_distinct: true,
        ..unique("reps_code_key", KeyKind::Unique, &[2])
    });
    let text = format!(
        "{}{ORDERS}{}",
        CUSTOMERS.replace("\"email\"\n", "\"first_name\"\n"),
        REPS.replace("\"letters\"", "\"email\"")
    );
    insta::assert_snapshot!(mistakes(&text, &mut schema), @r#"
    5:9 ["first_name"] the unique key `customers_email_key` of `public.customers` (email) would not stay unique: there are too few outputs
      help: for `public.customers.email` these have enough outputs: `email`, `letters`, `base62`, `shuffle`
    13:8 ["email"] the unique key `reps_code_key` of `sales.reps` (code) would not stay unique: there are too few outputs
      help: for `sales.reps.code` these have enough outputs: `letters`, `shuffle`
    "#);
}

#[test]
fn a_condition_around_a_permutation_can_collide_with_what_is_kept() {
    let text = format!(
        "{}{ORDERS}{REPS}",
        CUSTOMERS
            .replace("\"email\"\n", "{ with = \"letters\", when = { is = \"x\" }, otherwise = \"keep\" }\n")
    );
    insta::assert_snapshot!(mistakes(&text, &mut shop()), @r#"
    5:9 [{ with = "letters", when = { is = "x" }, otherwise = "keep" }] the unique key `customers_email_key` of `public.customers` (email) would not stay unique: there are too few outputs
      help: for `public.customers.email` these have enough outputs: `email`, `letters`, `base62`, `shuffle`
    "#);
}

#[test]
fn a_smaller_safe_key_keeps_the_rows_of_a_larger_one_apart() {
    let mut schema = shop();
    schema.tables[0].keys.push(unique("customers_id_name_key", KeyKind::Unique, &[0, 1]));
    accept(&format!("{CUSTOMERS}{ORDERS}{REPS}"), &mut schema);
}

#[test]
fn a_composite_key_is_as_safe_as_its_least_safe_column() {
    let mut schema = shop();
    schema.tables[0].keys.push(unique("customers_born_name_key", KeyKind::Unique, &[3, 1]));
    let text = format!(
        "{}{ORDERS}{REPS}",
        CUSTOMERS.replace("born = \"null\"", "born = { with = \"keep\", reason = \"asked for\" }")
    );
    insta::assert_snapshot!(mistakes(&text, &mut schema), @r#"
    4:8 ["first_name"] the unique key `customers_born_name_key` of `public.customers` (born, name) would not stay unique: there are too few outputs
      help: for `public.customers.name` these have enough outputs: `email`, `letters`, `base62`, `shuffle`
    "#);
}

#[test]
fn an_exclusion_constraint_over_masked_columns_is_a_warning() {
    let mut schema = shop();
    schema.tables[0].keys.push(unique("no_overlap", KeyKind::Exclusion, &[1]));
    insta::assert_snapshot!(mistakes(&format!("{CUSTOMERS}{ORDERS}{REPS}"), &mut schema), @r#"
    accepted
    4:8 ["first_name"] warning: the exclusion constraint `no_overlap` of `public.customers` (name) is checked on the build: it compares masked columns by `&&`
      help: write `"keep"` for its columns, or see to it that no two rows can become equal
    "#);
}

#[test]
fn rows_that_leave_out_a_parent_name_the_child() {
    let all = format!("{CUSTOMERS}{ORDERS}{REPS}");
    insta::assert_snapshot!(mistakes(&format!("{all}[rows]\ncustomers = \"none\"\n"), &mut shop()), @r#"
    15:13 ["none"] no rows of `public.customers` travel, and `public.orders` points at it with all its rows
      help: add `"public.orders" = "none"` under `[rows]`
    "#);
    insta::assert_snapshot!(mistakes(&format!("{all}[rows]\ncustomers = {{ where = \"id < 9\" }}\n"), &mut shop()), @r#"
    15:13 [{ where = "id < 9" }] only some rows of `public.customers` travel, and `public.orders` points at it with all its rows
      help: leave out the same rows of the child: `"public.orders" = { where = "… in (select … from public.customers where id < 9)" }`
    "#);
    let both = "[rows]\ncustomers = { where = \"id < 9\" }\norders = { where = \"customer_id < 9\" }\n";
    insta::assert_snapshot!(mistakes(&format!("{all}{both}"), &mut shop()), @r#"
    accepted
    15:13 [{ where = "id < 9" }] warning: only some rows of `public.customers` travel, and `public.orders` points at it: its foreign key is checked on the build
      help: leave out the same rows of the child: `"public.orders" = { where = "… in (select … from public.customers where id < 9)" }`
    "#);
    accept(&format!("{all}[rows]\ncustomers = {{ where = \"id < 9\" }}\norders = \"none\"\n"), &mut shop());
    insta::assert_snapshot!(mistakes(&format!("{all}[rows]\n\"sales.reps\" = {{ where = \"id < 9\" }}\n"), &mut shop()), @r#"
    accepted
    15:16 [{ where = "id < 9" }] warning: only some rows of `sales.reps` travel, and `sales.reps` points at it: its foreign key is checked on the build
      help: make sure that the condition keeps every row that a kept row points at
    "#);
}

#[test]
fn references_are_checked_against_the_schema() {
    let text = format!(
        "{CUSTOMERS}{ORDERS}{REPS}\
         [[reference]]\nfrom = \"orders.ide\"\nto = \"customers.id\"\n\
         [[reference]]\nfrom = \"order.id\"\nto = \"customers.id\"\n\
         [[reference]]\nfrom = [\"orders.id\", \"reps.id\"]\nto = [\"customers.id\", \"customers.id\"]\n\
         [[reference]]\nfrom = [\"orders.id\", \"orders.note\"]\nto = \"customers.id\"\n\
         [[reference]]\nfrom = \"orders.customer_id\"\nto = \"customers.id\"\n"
    );
    insta::assert_snapshot!(mistakes(&text, &mut shop()), @r#"
    15:8 ["orders.ide"] `public.orders` has no column `ide`
      help: did you mean `id`?
    18:8 ["order.id"] there is no table `order`
      help: did you mean `orders`?
    21:22 ["reps.id"] one side of a reference names columns of two tables
      help: write one `[[reference]]` for each table
    23:1 [[[reference]]] `from` and `to` name different numbers of columns
      help: write the columns of both sides in the same order
    26:1 [[[reference]]] warning: the database declares this reference as `fk`
      help: take it out
    "#);
}

#[test]
fn every_column_of_a_ring_takes_one_rule() {
    let mut schema = Schema {
        tables: vec![table("a", &["id:int"]), table("b", &["id:int"])],
        foreign_keys: vec![foreign(0, &[0], 1, &[0]), foreign(1, &[0], 0, &[0])].into(),
        ..Schema::default()
    };
    let rules = accept("[table.a]\nid = \"integer\"\n", &mut schema);
    assert_eq!(decided(&rules, &schema, "public.b", "id"), "\"integer\"");
}

#[test]
fn a_key_whose_rows_stay_home_is_still_decided_for_the_rows_that_follow_it() {
    let text = format!(
        "{ORDERS}{REPS}[rows]\ncustomers = \"none\"\norders = {{ where = \"customer_id is null\" }}\n"
    );
    insta::assert_snapshot!(mistakes(&text, &mut shop()), @r#"
    10:13 ["none"] warning: no rows of `public.customers` travel, and `public.orders` points at it: its foreign key is checked on the build
      help: add `"public.orders" = "none"` under `[rows]`
    no rule decides on column `id` of `public.customers`
      help: look at each and add:
            [table.customers]
            id = "integer"  # int
    "#);
}

#[test]
fn a_column_that_points_into_an_extension_decides_for_itself_and_is_kept() {
    let mut schema = Schema {
        tables: vec![table("places", &["srid:int"]), table("spatial_ref_sys", &["srid:int!"])],
        ..Schema::default()
    };
    schema.tables[1].extension = Some("postgis".to_owned());
    schema.foreign_keys = vec![foreign(0, &[0], 1, &[0])].into();
    insta::assert_snapshot!(mistakes("[table.places]\nsrid = \"integer\"\n", &mut schema), @r#"
    3:8 ["integer"] `public.places.srid` points at `public.spatial_ref_sys.srid`, which masque does not mask
      help: write `"keep"`
    "#);
    accept("[table.places]\nsrid = \"keep\"\n", &mut schema);
}

#[test]
fn the_rows_of_a_partitioned_table_are_its_partitions() {
    let mut schema = Schema {
        tables: vec![
            table("events", &["at:date!", "code:token"]),
            table("events_1", &["at:date!", "code:token"]),
        ],
        ..Schema::default()
    };
    schema.tables[0].kind = crate::schema::TableKind::Partitioned;
    schema.tables[0].partition_key = vec![0];
    schema.tables[0].estimated_rows = 0;
    schema.tables[1].estimated_rows = 1_000_000_000_000;
    schema.tables[1].parent = Some(0);
    schema.tables[0].keys = vec![unique("events_key", KeyKind::Unique, &[0, 1])];
    schema.tables[1].keys = vec![unique("events_1_key", KeyKind::Unique, &[0, 1])];
    insta::assert_snapshot!(mistakes("[table.events]\nat = \"keep\"\ncode = \"email\"\n", &mut schema), @r#"
    4:8 ["email"] the unique key `events_key` of `public.events` (at, code) would not stay unique: the odds that two rows collide are about 41 %
      help: for `public.events.code` these have enough outputs: `letters`, `shuffle`
    "#);
}

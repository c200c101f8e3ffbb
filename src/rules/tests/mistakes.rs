//! Mistakes that show against a schema.

use super::shop::*;
use crate::schema::{Partitioning, Schema, Strategy, TableKind};

fn schema_of(tables: &[(&str, &[&str])]) -> Schema {
    let tables = tables.iter().map(|(name, columns)| table(name, columns)).collect();
    Schema { tables, ..Schema::default() }
}

#[test]
fn undecided_columns_come_as_lines_to_paste_one_block_a_table() {
    let mut schema = shop();
    let name = schema.tables[0].columns[1].clone();
    schema.tables[1].columns.push(name);
    insta::assert_snapshot!(mistakes(&format!("{CUSTOMERS}{ORDERS}"), &mut schema), @r#"
    no rule decides on column `name` of `public.orders`
      help: look at each and add it to `[table.orders]` (dir/rules.toml:7):
            name = "letters"  # text
    no rule decides on the table `sales.reps`: columns `id`, `code`
      help: leave its rows out with `"sales.reps" = "none"` under `[rows]`, or look at each and add:
            [table.reps]
            id = "integer"  # int
            code = "letters"  # char2
    "#);
}

#[test]
fn what_is_pasted_from_the_help_is_accepted() {
    let mut schema = shop();
    let problems = check_text("", &mut schema).unwrap_err();
    let mut text = String::new();
    for problem in &problems {
        let help = problem.help.clone().unwrap();
        text.push_str(help.split_once('\n').unwrap().1);
        text.push('\n');
    }
    accept(&text, &mut schema);
}

#[test]
fn unknown_names_are_corrected() {
    let text = format!(
        "{CUSTOMERS}emial = \"email\"\n{ORDERS}{REPS}[table.custmers]\nid = \"keep\"\n[table.\"sale.reps\"]\nid = \"keep\"\n[table.qqqqqqqq]\n"
    );
    insta::assert_snapshot!(mistakes(&text, &mut shop()), @r#"
    7:1 [emial] `public.customers` has no column `emial`
      help: did you mean `email`?
    15:8 [custmers] there is no table `custmers`
      help: did you mean `customers`?
    17:8 ["sale.reps"] there is no table `sale.reps`
      help: did you mean `"sales.reps"`?
    19:8 [qqqqqqqq] there is no table `qqqqqqqq`
      help: the tables are `public.customers`, `public.orders`, `sales.reps`
    "#);
}

#[test]
fn a_name_split_over_two_keys_is_put_together() {
    let text = format!("{CUSTOMERS}{ORDERS}[table.sales.reps]\nid = \"keep\"\ncode = \"letters\"\n");
    insta::assert_snapshot!(mistakes(&text, &mut shop()), @r#"
    11:14 [reps] this says column `reps` of table `sales`
      help: write the table's name as one key: `[table."sales.reps"]`
    "#);
}

#[test]
fn a_name_of_two_schemas_is_ambiguous() {
    let mut schema = schema_of(&[("a.users", &["x:text"]), ("b.users", &["x:text"])]);
    insta::assert_snapshot!(mistakes("[table.users]\nx = \"letters\"\n", &mut schema), @r#"
    2:8 [users] `users` is a table of several schemas
      help: write one of `"a.users"`, `"b.users"`
    "#);
}

#[test]
fn patterns_that_match_nothing_are_said_unless_optional() {
    let mut schema = schema_of(&[("users", &["x:text"])]);
    let text = "[table.users]\nx = \"null\"\n\"*x\" = \"null\"\n[table.\"tenant_*.users\"]\nx = \"null\"\n\
                [columns]\n\"*mail*\" = \"email\"\n\"*fax*\" = { with = \"letters\", optional = true }\n";
    insta::assert_snapshot!(mistakes(text, &mut schema), @r#"
    4:1 ["*x"] `public.users` has no column `*x`
      help: patterns stand under `[columns]`: `"*x" = …`
    5:8 ["tenant_*.users"] no table is named like `tenant_*.users`
      help: correct the pattern, or say `optional = true` in each of its rules
    8:1 ["*mail*"] no column is named like `*mail*`
      help: correct the pattern, or say that it may match nothing: `optional = true`
    "#);
}

#[test]
fn two_rules_of_equal_exactness_are_refused() {
    let mut schema = schema_of(&[("users", &["a_b:text", "c:text"])]);
    let text = "[table.users]\nc = \"keep\"\n[table.\"public.users\"]\nc = \"null\"\n\
                [columns]\n\"a*\" = \"letters\"\n\"*b\" = \"email\"\n[rows]\nusers = \"none\"\n\"public.users\" = \"all\"\n";
    insta::assert_snapshot!(mistakes(text, &mut schema), @r#"
    5:1 [c] two rules of equal exactness decide on `public.users.c`
      help: the other is at dir/rules.toml:3; take one out, or name the table and the column exactly
    8:1 ["*b"] two rules of equal exactness decide on `public.users.a_b`
      help: the other is at dir/rules.toml:7; take one out, or name the table and the column exactly
    11:1 ["public.users"] two rules of equal exactness decide on the rows of `public.users`
      help: the other is at dir/rules.toml:10; take one out
    "#);
}

#[test]
fn a_transformer_for_another_type_names_those_for_this_one() {
    let mut schema = schema_of(&[("users", &["born:date", "place:point!", "tags:text[]"])]);
    let text = "[table.users]\nborn = \"email\"\nplace = \"null\"\n\
                tags = { with = \"email\", when = { is_null = false }, otherwise = \"integer\" }\n";
    insta::assert_snapshot!(mistakes(text, &mut schema), @r#"
    3:8 ["email"] `email` can't mask `public.users.born`, which is of type `date`
      help: transformers for this type: `constant`, `date_shift`
    4:9 ["null"] `public.users.place` is NOT NULL and can't be emptied
      help: write a transformer, or `constant` with a value
    5:66 ["integer"] `integer` can't mask `public.users.tags`, which is of type `text[]`
      help: transformers for this type: `first_name`, `email`, `letters`, `constant`, `base62`, `shuffle`
    "#);
}

#[test]
fn columns_that_by_and_when_name_must_be_there() {
    let mut schema = schema_of(&[("users", &["id:int", "email:text"])]);
    let text = "[table.users]\nid = \"keep\"\nemail = { with = \"email\", by = \"idd\", when = { column = \"country\", is = \"DE\" }, otherwise = \"null\" }\n";
    insta::assert_snapshot!(mistakes(text, &mut schema), @r#"
    4:9 [{ with = "email", by = "idd", when = { column = "country", is = "DE" }, otherwise = "null" }] `public.users` has no column `idd`
      help: did you mean `id`?
    4:9 [{ with = "email", by = "idd", when = { column = "country", is = "DE" }, otherwise = "null" }] `public.users` has no column `country`
      help: its columns are `id`, `email`
    "#);
}

#[test]
fn a_generated_column_takes_no_rule() {
    insta::assert_snapshot!(mistakes(&format!("{CUSTOMERS}search = \"letters\"\n{ORDERS}{REPS}"), &mut shop()), @r#"
    7:10 ["letters"] `public.customers.search` is generated: the database makes it again
      help: take the line out
    "#);
}

#[test]
fn partitions_have_no_rules_of_their_own() {
    let mut schema =
        schema_of(&[("events", &["at:date!", "who:text"]), ("events_1", &["at:date!", "who:text"])]);
    schema.tables[0].kind = TableKind::Partitioned;
    schema.tables[0].partition_key = vec![0];
    schema.tables[1].parent = Some(0);
    let text = "[table.events]\nat = { with = \"date_shift\", within = \"3 days\" }\nwho = \"letters\"\n\
                [table.events_1]\nwho = \"keep\"\n[rows]\nevents_1 = \"none\"\n";
    insta::assert_snapshot!(mistakes(text, &mut schema), @r#"
    5:8 [events_1] `public.events_1` is a partition and takes the rules of `public.events`
      help: write them under `[table."public.events"]`
    8:1 [events_1] `public.events_1` is a partition of `public.events`
      help: decide on the rows of the whole table: `"public.events" = …`
    "#);
}

/// A range-partitioned table, and below it a list-partitioned one with a leaf.
fn tree() -> Schema {
    let columns: &[&str] = &["at:date", "who:text", "note:text"];
    let mut schema = schema_of(&[("events", columns), ("events_1", columns), ("events_1_a", columns)]);
    for (place, key, strategy) in [(0, 0, Strategy::Range), (1, 1, Strategy::List)] {
        schema.tables[place].kind = TableKind::Partitioned;
        schema.tables[place].partition_key = vec![key];
        schema.tables[place + 1].parent = Some(place);
        schema.partitionings.push(Partitioning {
            table: place,
            strategy,
            takes_all: false,
            takes_null: false,
        });
    }
    schema
}

const TREE: &str = "[table.events]\nat = { with = \"date_shift\", within = \"3 days\" }\nwho = \"letters\"\nnote = \"letters\"\n";

#[test]
fn a_masked_partition_key_is_a_warning_where_some_row_may_find_no_partition() {
    insta::assert_snapshot!(mistakes(TREE, &mut tree()), @r#"
    accepted
    3:6 [{ with = "date_shift", within = "3 days" }] warning: `public.events.at` is part of the partition key: a masked value that no partition of `public.events` takes will end the run
      help: write `"keep"` or a mask that stays within the partitions' bounds, or give the table a DEFAULT partition
    4:7 ["letters"] warning: `public.events.who` is part of the partition key: a masked value that no partition of `public.events_1` takes will end the run
      help: write `"keep"` or a mask that stays within the partitions' bounds, or give the table a DEFAULT partition
    "#);
    let mut schema = tree();
    schema.partitionings.iter_mut().for_each(|level| level.takes_all = true);
    insta::assert_snapshot!(mistakes(TREE, &mut schema), @"accepted");
}

#[test]
fn a_partition_key_that_no_partition_could_take_is_refused() {
    let text = TREE.replace("\"letters\"\nnote", "\"null\"\nnote");
    insta::assert_snapshot!(mistakes(&text, &mut tree()), @r#"
    3:6 [{ with = "date_shift", within = "3 days" }] warning: `public.events.at` is part of the partition key: a masked value that no partition of `public.events` takes will end the run
      help: write `"keep"` or a mask that stays within the partitions' bounds, or give the table a DEFAULT partition
    4:7 ["null"] `public.events.who` is part of the partition key, and no partition of `public.events_1` takes NULL
      help: write `"keep"` or a transformer, or give the table a DEFAULT partition
    "#);
    let text = TREE.replace("{ with = \"date_shift\", within = \"3 days\" }", "{ remake = \"now()\" }");
    insta::assert_snapshot!(mistakes(&text, &mut tree()), @r#"
    3:6 [{ remake = "now()" }] `public.events.at` is part of the partition key: rows need it before an expression could set it
      help: write `"keep"` or a transformer
    4:7 ["letters"] warning: `public.events.who` is part of the partition key: a masked value that no partition of `public.events_1` takes will end the run
      help: write `"keep"` or a mask that stays within the partitions' bounds, or give the table a DEFAULT partition
    "#);
    let mut schema = tree();
    schema.tables.push(table("events_2", &["at:date", "who:text", "note:text"]));
    schema.tables[3].kind = TableKind::Foreign;
    schema.tables[3].parent = Some(0);
    insta::assert_snapshot!(mistakes(TREE, &mut schema), @r#"
    3:6 [{ with = "date_shift", within = "3 days" }] `public.events.at` is part of the partition key, and a partition lies on another server: masked rows could go there
      help: write `"keep"`
    4:7 ["letters"] `public.events.who` is part of the partition key, and a partition lies on another server: masked rows could go there
      help: write `"keep"`
    "#);
}

#[test]
fn rules_for_tables_that_never_travel_are_a_warning() {
    let mut schema = schema_of(&[("remote", &["a:text"]), ("owned", &["a:text"])]);
    schema.tables[0].kind = TableKind::Foreign;
    schema.tables[1].extension = Some("postgis".to_owned());
    insta::assert_snapshot!(mistakes("[table.remote]\na = \"null\"\n[rows]\nowned = \"all\"\n", &mut schema), @r#"
    accepted
    2:8 [remote] warning: `public.remote` is a foreign table: its rows never travel
      help: take them out
    5:1 [owned] warning: rows of `public.owned` never travel
      help: take it out
    "#);
}

#[test]
fn unlisted_null_can_not_empty_not_null_columns_and_mask_needs_a_mask() {
    let mut schema = schema_of(&[("t", &["a:text!", "b:text", "p:point"])]);
    insta::assert_snapshot!(mistakes("unlisted = \"null\"\n", &mut schema), @r#"
    `unlisted = "null"` can't empty column `a` of `public.t`: NOT NULL
      help: leave its rows out with `"public.t" = "none"` under `[rows]`, or look at each and add:
            [table.t]
            a = "letters"  # text
    "#);
    insta::assert_snapshot!(mistakes("unlisted = \"mask\"\n", &mut schema), @r#"
    `unlisted = "mask"` has no mask for the type of column `p` of `public.t`
      help: leave its rows out with `"public.t" = "none"` under `[rows]`, or look at each and add:
            [table.t]
            p = "null"  # point
    "#);
}

#[test]
fn all_mistakes_come_together_in_the_order_of_the_file() {
    let text = format!(
        "colour = 1\n{CUSTOMERS}[table.orders]\nid = \"keeep\"\nnote = \"integer\"\n[table.reps]\nid = \"keep\"\n"
    );
    insta::assert_snapshot!(mistakes(&text, &mut shop()), @r#"
    2:1 [colour] a rule file has no `colour`
      help: write one of `masque`, `locale`, `unlisted`, `include`, `table`, `columns`, `rows`, `large_objects`, `reference`, `schema`, `roles`
    9:6 ["keeep"] there is no transformer `keeep`
      help: did you mean `keep`?
    10:8 ["integer"] `integer` can't mask `public.orders.note`, which is of type `text`
      help: transformers for this type: `first_name`, `email`, `letters`, `constant`, `base62`, `shuffle`
    no rule decides on column `extra` of `public.orders`
      help: look at each and add it to `[table.orders]` (dir/rules.toml:8):
            extra = { with = "json", default = "null" }  # jsonb
    no rule decides on column `code` of `sales.reps`
      help: look at each and add it to `[table.reps]` (dir/rules.toml:11):
            code = "letters"  # char2
    "#);
}

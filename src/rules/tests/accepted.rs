//! Rule files that are right, and what they decide.

use super::shop::*;
use crate::rules::{Decided, Rows};
use crate::schema::{Schema, TableKind};

fn all() -> String {
    format!("{CUSTOMERS}{ORDERS}{REPS}")
}

#[test]
fn each_column_has_its_decision_in_the_tables_order() {
    let mut schema = shop();
    let rules = accept(&all(), &mut schema);
    let spelled: Vec<_> = rules.tables()[0].columns.iter().map(Decided::spelling).collect();
    assert_eq!(spelled, ["\"keep\"", "\"first_name\"", "\"email\"", "\"null\"", "generated"]);
    assert_eq!(rules.tables().len(), 3);
    assert_eq!(rules.locale(), "en_US");
    assert_eq!(rules.digest().len(), 64);
    assert!(rules.warnings().is_empty());
}

#[test]
fn a_foreign_key_takes_the_rule_of_its_key_through_any_depth() {
    let mut schema = shop();
    schema.tables.push(table("visits", &["customer:int"]));
    schema.foreign_keys.push(foreign(3, &[0], 1, &[1]));
    let text = all().replace("[table.customers]\nid = \"keep\"", "[table.customers]\nid = \"integer\"");
    let rules = accept(&text, &mut schema);
    assert_eq!(decided(&rules, &schema, "public.orders", "customer_id"), "\"integer\"");
    assert_eq!(decided(&rules, &schema, "public.visits", "customer"), "\"integer\"");
    assert_eq!(decided(&rules, &schema, "sales.reps", "boss_id"), "\"keep\"");
}

#[test]
fn the_same_rule_may_be_written_on_a_foreign_key() {
    let text = all().replace("note =", "customer_id = { with = \"keep\", reason = \"surrogate\" }\nnote =");
    accept(&text, &mut shop());
}

#[test]
fn partitions_and_inheritance_children_take_the_roots_rules() {
    let mut schema = shop();
    let mut events = table("events", &["at:date!", "who:text"]);
    events.kind = TableKind::Partitioned;
    events.partition_key = vec![0];
    let mut leaf = table("events_1", &["who:text", "at:date!"]);
    leaf.parent = Some(3);
    let mut child = table("vips", &["name:text", "perk:text"]);
    child.inherits = vec![0];
    schema.tables.extend([events, leaf, child]);
    let text = format!(
        "{}[table.events]\nat = \"keep\"\nwho = \"letters\"\n[table.vips]\nperk = \"keep\"\n[rows]\nevents = {{ where = \"at > now()\" }}\n",
        all()
    );
    let rules = accept(&text, &mut schema);
    assert_eq!(decided(&rules, &schema, "public.events_1", "who"), "\"letters\"");
    assert_eq!(decided(&rules, &schema, "public.vips", "name"), "\"first_name\"");
    assert_eq!(rules.tables()[4].rows, Rows::Where("at > now()".to_owned()));
}

#[test]
fn the_most_exact_table_name_wins() {
    let mut schema = Schema::default();
    for name in ["tenant_a.users", "tenant_b.users", "other.users"] {
        schema.tables.push(table(name, &["email:text"]));
    }
    let text = "[table.\"*.users\"]\nemail = \"keep\"\n[table.\"tenant_*.users\"]\nemail = \"email\"\n\
                [table.\"tenant_b.users\"]\nemail = \"null\"\n";
    let rules = accept(text, &mut schema);
    assert_eq!(decided(&rules, &schema, "tenant_a.users", "email"), "\"email\"");
    assert_eq!(decided(&rules, &schema, "tenant_b.users", "email"), "\"null\"");
    assert_eq!(decided(&rules, &schema, "other.users", "email"), "\"keep\"");
}

#[test]
fn a_table_comes_before_columns_and_the_own_file_before_an_include() {
    let mut schema = Schema::default();
    schema.tables.push(table("users", &["email:text", "work_email:text", "fax:text"]));
    let own = "masque = 1\ninclude = [\"company.toml\"]\n[columns]\n\"*email\" = \"letters\"\n\"*_email\" = \"email\"\n";
    let company = "masque = 1\nlocale = \"de_DE\"\n[table.users]\nemail = \"null\"\nfax = \"null\"\n[columns]\nfax = \"keep\"\n";
    let file = load_with(own, &[("dir/company.toml", company)]).unwrap();
    let rules = crate::rules::check(&file, &mut schema).unwrap();
    assert_eq!(decided(&rules, &schema, "public.users", "email"), "\"letters\"");
    assert_eq!(decided(&rules, &schema, "public.users", "work_email"), "\"email\"");
    assert_eq!(decided(&rules, &schema, "public.users", "fax"), "\"null\"");
    assert_eq!(rules.locale(), "de_DE");
}

#[test]
fn every_form_of_a_rule_is_read() {
    let mut schema = Schema::default();
    schema.tables.push(table(
        "t",
        &["a:text", "b:date", "c:jsonb", "d:text", "e:text[]", "f:text", "g:text", "country:text"],
    ));
    let text = "[table.t]\n\
        a = { with = \"email\", by = [\"f\", \"g\"], domain = \"d\", host = [\"x.test\", \"y.test\"] }\n\
        b = { with = \"date_shift\", within = \"1 day 2 hours\", when = { all = [{ column = \"country\", in = [\"DE\", 7] }, { not = { is_null = true } }] }, otherwise = \"null\" }\n\
        d = { remake = \"lower(a)\", reason = \"a trigger fills it\" }\n\
        e = \"letters\"\n\
        f = { with = \"letters\", when = { matches = '^\\d+$' }, otherwise = \"keep\" }\n\
        g = { with = \"constant\", value = 2020-01-01 }\n\
        country = \"keep\"\n\
        nothing = { with = \"email\", optional = true }\n\
        [table.t.c]\nwith = \"json\"\ndefault = \"refuse\"\n[table.t.c.paths]\n\"$.email\" = \"email\"\n\"$.a\" = { with = \"letters\" }\n";
    let rules = accept(text, &mut schema);
    let spelled: Vec<_> = rules.tables()[0].columns.iter().map(Decided::spelling).collect();
    insta::assert_snapshot!(spelled.join("\n"), @r#"
    { with = "email", host = ["x.test", "y.test"], by = ["f", "g"], domain = "d" }
    { with = "date_shift", within = "93600 seconds", when = { all = [{ column = "country", in = ["DE", "7"] }, { not = { is_null = true } }] }, otherwise = "null" }
    { with = "json", default = "refuse", paths = { "$.email" = "email", "$.a" = "letters" } }
    { remake = "lower(a)" }
    "letters"
    { with = "letters", when = { matches = '^\d+$' }, otherwise = "keep" }
    { with = "constant", value = "2020-01-01" }
    "keep"
    "#);
}

#[test]
fn a_table_without_rows_needs_no_decisions() {
    let mut schema = shop();
    let rules = accept(&format!("{CUSTOMERS}{ORDERS}[rows]\n\"sales.reps\" = \"none\"\n"), &mut schema);
    assert_eq!(rules.tables()[2].rows, Rows::None);
    assert_eq!(decided(&rules, &schema, "sales.reps", "code"), "\"null\"");
}

#[test]
fn foreign_tables_and_those_of_extensions_need_no_decisions() {
    let mut schema = shop();
    let mut remote = table("remote", &["a:text!"]);
    remote.kind = TableKind::Foreign;
    let mut owned = table("spatial_ref_sys", &["srid:int!"]);
    owned.extension = Some("postgis".to_owned());
    schema.tables.extend([remote, owned]);
    let rules = accept(&all(), &mut schema);
    assert_eq!(rules.tables()[3].rows, Rows::None);
}

#[test]
fn unlisted_columns_can_be_emptied_or_masked_by_type() {
    let mut schema = Schema::default();
    schema.tables.push(table("t", &["a:text", "n:int"]));
    let rules = accept("unlisted = \"null\"\n", &mut schema);
    assert_eq!(decided(&rules, &schema, "public.t", "a"), "\"null\"");
    let rules = accept("unlisted = \"mask\"\n", &mut schema);
    assert_eq!(decided(&rules, &schema, "public.t", "a"), "\"letters\"");
    let whole = "{ with = \"integer\", max = 2147483647, min = -2147483648 }";
    assert_eq!(decided(&rules, &schema, "public.t", "n"), whole, "any number of the type can be there");
}

#[test]
fn a_reference_is_a_foreign_key_the_second_time_too() {
    let mut schema = Schema::default();
    schema.tables.push(table("users", &["org:int", "id:int"]));
    schema.tables.push(table("comments", &["org:int", "author:int"]));
    let text = "[[reference]]\nfrom = [\"comments.org\", \"comments.author\"]\nto = [\"public.users.org\", \"users.id\"]\n\
                [table.users]\norg = \"keep\"\nid = \"integer\"\n";
    for _ in 0..2 {
        let rules = accept(text, &mut schema);
        assert_eq!(decided(&rules, &schema, "public.comments", "author"), "\"integer\"");
        assert_eq!(schema.foreign_keys.len(), 1);
    }
    assert!(!schema.foreign_keys[0].declared);
}

#[test]
fn names_that_need_quotes_are_found() {
    let mut schema = Schema::default();
    schema.tables.push(table("sales.Weird.Name", &["A b:text"]));
    let rules = accept("[table.'sales.\"Weird.Name\"']\n\"A b\" = \"letters\"\n", &mut schema);
    assert_eq!(rules.tables()[0].columns[0].spelling(), "\"letters\"");
}

#[test]
fn the_digest_changes_with_an_included_file() {
    let own = "masque = 1\ninclude = \"a.toml\"\n";
    let digest = |inner: &str| {
        let file = load_with(own, &[("dir/a.toml", inner)]).unwrap();
        crate::rules::check(&file, &mut Schema::default()).unwrap().digest().to_owned()
    };
    assert_ne!(digest("masque = 1\n"), digest("masque = 1\n# more\n"));
}

#[test]
fn a_pattern_reaches_every_table_but_those_it_can_not_decide_on() {
    let mut schema = shop();
    let rules = accept(
        "[columns]\n\"*\" = \"null\"\nid = \"keep\"\nemail = \"email\"\nsearch = \"keep\"\n\"*_id\" = \"keep\"\n",
        &mut schema,
    );
    assert_eq!(decided(&rules, &schema, "public.customers", "name"), "\"null\"");
    assert_eq!(decided(&rules, &schema, "public.customers", "search"), "generated");
    assert_eq!(decided(&rules, &schema, "public.orders", "customer_id"), "\"keep\"");
}

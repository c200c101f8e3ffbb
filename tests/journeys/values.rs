//! A corpus of values that are hard to carry, in both forms of COPY, alone and beside a masked column.
//!
//! Byte for byte means: what `COPY … TO STDOUT` prints of a kept column is equal on both sides.

use crate::house::read;
use crate::support::{Database, Fixture, Play, copied, execute, query, value};
use std::collections::BTreeSet;

/// The tables of the corpus once more: as text, and with a masked text beside the value.
const TWINS: &str = "do $$
declare family name;
begin
  create schema as_text;
  create schema masked;
  create schema masked_as_text;
  for family in select relname from pg_class where relnamespace = 'corpus'::regnamespace and relkind = 'r' loop
    execute format('create table as_text.%1$I as select label, v, null::aclitem as forces_text from corpus.%1$I', family);
    -- What was made of a masked text may not be kept beside it.
    continue when family = 'vectors';
    execute format('create table masked.%1$I as select ''note of '' || label as note, v, label from corpus.%1$I', family);
    execute format('create table masked_as_text.%1$I as select ''note of '' || label as note, v, label, null::aclitem as forces_text from corpus.%1$I', family);
  end loop;
end $$";

const RULES: &str = "masque = 1\n[columns]\n\"*\" = \"keep\"\n\"note\" = { with = \"constant\", value = \"a masked note\" }\n";

/// Families that have no binary form whatever stands beside them.
const TEXT_ONLY: &[&str] = &[
    "regclasses",
    "regtypes",
    "regprocs",
    "regprocedures",
    "regopers",
    "regoperators",
    "regroles",
    "regnamespaces",
    "regconfigs",
    "regdictionaries",
    "regcollations",
    "sign_domains",
    "sign_arrays",
    "sign_composites",
    "sign_list_domains",
    "acls",
    "acl_arrays",
    "segs",
    "int_queries",
    "isbns",
    "isbn13s",
    "ean13s",
    "issns",
    "upcs",
    "int2vectors",
    "oidvectors",
    "queries",
];

/// The corpus on a source of its own. Extensions that the server does not have are said and left out.
fn corpus() -> Database {
    let source = Database::from(Fixture::Empty);
    let url = source.url();
    execute(&url, &[&read("tests/fixtures/values.sql")]);
    for batch in read("tests/fixtures/values_of_extensions.sql").split("-- extension: ").skip(1) {
        let (name, sql) = batch.split_once('\n').unwrap();
        let there = format!("select count(*) from pg_available_extensions where name = '{name}'");
        if value(&url, &there) == "0" {
            eprintln!("left out: this server has no extension {name}");
            continue;
        }
        execute(&url, &[&format!("create extension {name}"), sql]);
    }
    execute(&url, &[TWINS]);
    source
}

#[test]
fn every_value_of_the_corpus_is_printed_alike_on_both_sides() {
    let play = Play::new(corpus(), RULES);
    play.refresh().assert_code(0);
    let (source, target) = (play.source.url(), play.target.url());
    let families: Vec<String> = query(
        &source,
        "select relname from pg_class where relnamespace = 'corpus'::regnamespace and relkind = 'r'",
    )
    .into_iter()
    .flatten()
    .flatten()
    .collect();
    let is_in = |schema: &str, family: &str| !schema.starts_with("masked") || family != "vectors";
    let (mut values, mut wrong) = (0, Vec::new());
    for schema in ["corpus", "as_text", "masked", "masked_as_text"] {
        let select = |family: &String| format!("(select label, v from {schema}.{family} order by label)");
        let here: Vec<_> = families.iter().filter(|family| is_in(schema, family)).collect();
        let queries: Vec<_> = here.iter().copied().map(select).collect();
        let both = copied(&source, &queries).into_iter().zip(copied(&target, &queries));
        for (family, (before, after)) in here.iter().zip(both) {
            if schema == "corpus" {
                values += before.iter().filter(|byte| **byte == b'\n').count();
            }
            if before != after {
                wrong.push(format!("{schema}.{family}"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new(), "tables that differ");
    assert!(values >= 300, "{} values", values);
    eprintln!("{} values of {} families", values, families.len());
    let notes = |schema: &str| {
        let masked = families.iter().filter(|family| is_in("masked", family));
        let one = |family| {
            format!("select count(*) from {schema}.{family} where note is distinct from 'a masked note'")
        };
        query(&target, &masked.map(one).collect::<Vec<_>>().join(";"))
    };
    for schema in ["masked", "masked_as_text"] {
        assert!(notes(schema).iter().flatten().flatten().all(|count| count == "0"), "{schema}");
    }
    let report = play.report();
    let text: BTreeSet<_> = report["tables"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|table| table["wire"] == "text")
        .map(|table| table["name"].as_str().unwrap().to_owned())
        .collect();
    let is_text = |schema: &str, family: &str| text.contains(&format!("{schema}.{family}"));
    for family in families.iter().map(String::as_str) {
        let only = TEXT_ONLY.contains(&family);
        assert_eq!(is_text("corpus", family), only, "{family}");
        assert!(is_text("as_text", family), "{family}");
        if is_in("masked", family) {
            assert_eq!(is_text("masked", family), only, "{family}");
            assert!(is_text("masked_as_text", family), "{family}");
        }
    }
}

#[test]
fn values_that_name_what_the_build_does_not_have_are_refused_by_column() {
    let source = Database::from(Fixture::Empty);
    let role = format!("only_of_{}", source.name());
    let url = source.url();
    let tables = [
        "create table t (id int4 primary key)",
        "create type signs as (sign regclass)",
        "create domain sign_list as signs[]",
        "create function made(int4) returns int4 language sql as 'select 1'",
        "create function made(text) returns int4 language sql as 'select 2'",
        &format!("create role {role}"),
        "create table of_index (v regclass)",
        "insert into of_index values ('t'), ('t_pkey')",
        "create table of_indexes (v sign_list)",
        "insert into of_indexes values (array[row('t')::signs, row('t_pkey')::signs])",
        "create table of_function (v regproc[])",
        "insert into of_function select array[oid] from pg_proc where proname = 'made'",
        "create table of_role (v regrole)",
        &format!("insert into of_role values ('{role}')"),
        "create table of_grant (v aclitem[])",
        &format!(
            "insert into of_grant select array[null, makeaclitem(oid, oid, 'SELECT', false)] from pg_roles where rolname = '{role}'"
        ),
        "create table of_tree (v pg_node_tree)",
        "create table well (a regclass, b regproc, c regrole, d aclitem, e sign_list)",
        "insert into well select 'pg_class_oid_index', 'pg_catalog.now', 'pg_monitor', makeaclitem(0, oid, 'SELECT', false), array[row('t')::signs] from pg_roles where rolname = current_user",
    ];
    execute(&url, &tables);
    let play = Play::new(source, "masque = 1\n[columns]\n\"*\" = \"keep\"\n");
    let output = play.refresh();
    query(&url, &format!("drop table of_role, of_grant; drop role {role}"));
    output.assert_code(3).assert_silent_about("t_pkey").assert_silent_about("well");
    for table in ["of_index", "of_indexes", "of_function", "of_role", "of_grant", "of_tree"] {
        output.assert_says(&[&format!("`public.{table}.v`")]);
    }
    assert!(play.target.generations().is_empty());
    play.check().assert_code(3).assert_says(&["`public.of_index.v`", "an index"]);
    execute(&url, &["drop table of_index, of_indexes, of_function, of_tree"]);
    play.refresh().assert_code(0);
    assert_eq!(
        value(&play.target.url(), "select a::text || b || c || (e[1]).sign from well"),
        "pg_class_oid_indexnowpg_monitort"
    );
}

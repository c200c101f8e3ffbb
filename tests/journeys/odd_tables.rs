//! Tables of odd shapes and odd names: as many columns as there can be, none at all, and names that hold
//! whatever a name may hold, from the rule file to the target and in messages.

use crate::support::{Database, Fixture, Play, copied, execute, value};

const KEEP: &str = "masque = 1\n[columns]\n\"*\" = \"keep\"\n";

#[test]
fn as_many_columns_as_there_can_be_arrive_in_both_forms() {
    let source = Database::from(Fixture::Empty);
    let columns = |kind: &str| {
        let columns: Vec<_> = (1..=1600).map(|n| format!("c{n} {kind}")).collect();
        columns.join(", ")
    };
    let row = |of: &str| vec![of; 1600].join(", ");
    let sql = [
        format!("create table wide ({})", columns("int2")),
        format!("insert into wide values ({}), ({})", row("7"), row("null")),
        format!(
            "create table wide_masked ({})",
            columns("bool")
                .replace("c1 bool", "c1 int4")
                .replace("c800 bool", "c800 text")
                .replace("c1600 bool", "c1600 text")
        ),
        format!(
            "insert into wide_masked (c1, c2, c800, c1599, c1600) values (1, true, 'ann@example.com', false, 'bob@example.com'), (2, false, null, null, '')"
        ),
        format!(
            "create table wide_text ({})",
            columns("bool")
                .replace("c1 bool", "c1 regtype")
                .replace("c800 bool", "c800 text")
                .replace("c1600 bool", "c1600 text")
        ),
        String::from(
            "insert into wide_text (c1, c2, c800, c1599, c1600) values ('text', true, 'ann@example.com', false, 'bob@example.com'), (null, false, null, null, '')",
        ),
    ];
    execute(&source.url(), &sql.each_ref().map(String::as_str));
    let mask = "c800 = \"email\"\nc1600 = \"email\"\n";
    let rules = format!("{KEEP}[table.wide_masked]\n{mask}[table.wide_text]\n{mask}");
    let play = Play::new(source, &rules);
    play.refresh().assert_code(0);
    let (source, target) = (play.source.url(), play.target.url());
    assert_eq!(copied(&source, &["public.wide".into()]), copied(&target, &["public.wide".into()]));
    for table in ["wide_masked", "wide_text"] {
        let kept = [format!("(select c1, c2, c3, c799, c801, c1599 from public.{table} order by c2)")];
        assert_eq!(copied(&source, &kept), copied(&target, &kept));
        let masked = format!(
            "select count(*) from {table} where (c800 like '%@%' and c800 <> 'ann@example.com' and c1600 <> 'bob@example.com') or (c800 is null and c1600 = '')"
        );
        assert_eq!(value(&target, &masked), "2", "{table}");
    }
}

#[test]
fn tables_with_nothing_to_send_keep_their_rows() {
    let source = Database::from(Fixture::Empty);
    let tables = [
        "create table nothing ()",
        "insert into nothing select from generate_series(1, 1000)",
        "create table hollow (a int4, b text)",
        "insert into hollow select n, 'x' from generate_series(1, 10) n",
        "alter table hollow drop column a, drop column b",
        "create table only_made (n int4 generated always as (1 + 1) stored, t text generated always as ('x' || 'y') stored)",
        "insert into only_made select from generate_series(1, 10)",
        "create table remade (n int4 not null default 5)",
        "insert into remade select from generate_series(1, 10)",
        "create table remade_beside (n int4 not null default 5, gone int4, made int4 generated always as (3) stored)",
        "alter table remade_beside drop column gone",
        "insert into remade_beside select from generate_series(1, 10)",
        "create table emptied (a int4, b text)",
        "insert into emptied values (1, 'a'), (2, 'b')",
        "create table shrunk (first int4, a int4, middle text, b text, last date)",
        "insert into shrunk values (1, 10, 'x', 'ann@example.com', 'today'), (2, null, 'y', null, null)",
        "alter table shrunk drop column first, drop column middle, drop column last",
        "alter table shrunk add c text default 'added'",
    ];
    execute(&source.url(), &tables);
    let rules = format!(
        "{KEEP}[table.remade]\nn = {{ remake = \"40 + 2\" }}\n[table.remade_beside]\nn = {{ remake = \"7\" }}\n\
         [table.emptied]\na = \"null\"\nb = \"null\"\n[table.shrunk]\nb = \"email\"\n"
    );
    let play = Play::new(source, &rules);
    play.refresh().assert_code(0);
    let (source, target) = (play.source.url(), play.target.url());
    for table in ["nothing", "hollow", "only_made", "emptied"] {
        let sql = format!("select count(*) from {table}");
        assert_eq!(value(&source, &sql), value(&target, &sql), "{table}");
    }
    assert_eq!(value(&target, "select count(*) from only_made where n = 2 and t = 'xy'"), "10");
    assert_eq!(value(&target, "select count(*) from remade where n = 42"), "10");
    assert_eq!(value(&target, "select count(*) from remade_beside where n = 7 and made = 3"), "10");
    assert_eq!(value(&target, "select count(*) from emptied where a is null and b is null"), "2");
    let masked = "select count(*) from shrunk where (a = 10 and b like '%@%' and b <> 'ann@example.com' or a is null and b is null) and c = 'added'";
    assert_eq!(value(&target, masked), "2");
}

/// Names that break what quotes, splits or prints them carelessly; none is longer than 63 bytes.
const NAMES: &[&str] = &[
    "a.b",
    "..",
    "a\"b",
    "\"",
    "\"\"",
    "it's",
    "a\nb",
    "a\r\nb",
    "a\tb",
    "back\\slash",
    "\\n",
    "100%",
    "%s%d",
    "%I",
    " leading",
    "trailing ",
    " ",
    "UPPER",
    "MixedCase",
    "select",
    "table",
    "user",
    "null",
    "a,b",
    "a;b",
    "a--b",
    "/* a */",
    "$1",
    "$$",
    "$body$",
    "*",
    "?",
    "[a]",
    "a[*]",
    "{a}",
    "(a)",
    "größe",
    "имя",
    "表",
    "👩‍👧",
    "e\u{301}",
    "\u{202e}rtl",
    "\u{feff}bom",
    "\u{a0}",
    "\u{1}",
    "\u{7f}",
    "masque_row",
    "masque_1",
    "ctid_",
    "xmin_",
    "63bytes_63bytes_63bytes_63bytes_63bytes_63bytes_63bytes_63bytes",
    "ééééééééééééééééééééééééééééééé",
];

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A TOML basic string: control characters must be escapes in it.
fn toml(text: &str) -> String {
    let escape = |c: char| match c {
        '"' => "\\\"".to_owned(),
        '\\' => "\\\\".to_owned(),
        c if c.is_control() => format!("\\u{:04x}", u32::from(c)),
        c => c.to_string(),
    };
    format!("\"{}\"", text.chars().map(escape).collect::<String>())
}

#[test]
fn any_name_of_a_table_a_column_and_a_schema_can_be_written_in_a_rule_file() {
    let source = Database::from(Fixture::Empty);
    let mut sql = vec![String::from("create schema \"odd \"\"schema\"\".\"")];
    let mut rules = String::from("masque = 1\n");
    for (at, name) in NAMES.iter().enumerate() {
        let column = NAMES[(at + 7) % NAMES.len()];
        for schema in ["public", "odd \"schema\"."] {
            let table = format!("{}.{}", quoted(schema), quoted(name));
            sql.push(format!(
                "create table {table} (id int4 primary key, {} text, {} text default 'kept')",
                quoted(column),
                quoted(name)
            ));
            sql.push(format!("insert into {table} values (1, 'ann.{at}@example.com'), (2, null)"));
            rules.push_str(&format!(
                "[table.{}]\nid = \"keep\"\n{} = {{ with = \"email\", by = \"id\" }}\n{} = \"keep\"\n",
                toml(&table),
                toml(column),
                toml(name)
            ));
        }
    }
    // A key between two odd names, and a view of one.
    sql.push(String::from(
        "alter table public.\"a\"\"b\" add \"re\"\"f.\" int4 references \"odd \"\"schema\"\".\".\"a.b\" (id)",
    ));
    sql.push(String::from("update public.\"a\"\"b\" set \"re\"\"f.\" = id"));
    sql.push(String::from("create materialized view \"a\nview\" as select * from public.\"a\nb\""));
    execute(&source.url(), &sql.iter().map(String::as_str).collect::<Vec<_>>());
    let play = Play::new(source, &rules);
    play.refresh().assert_code(0);
    let (source, target) = (play.source.url(), play.target.url());
    for (at, name) in NAMES.iter().enumerate() {
        let column = quoted(NAMES[(at + 7) % NAMES.len()]);
        for schema in ["public", "odd \"schema\"."] {
            let table = format!("{}.{}", quoted(schema), quoted(name));
            let kept = [format!("(select id, {} from {table} order by id)", quoted(name))];
            assert_eq!(copied(&source, &kept), copied(&target, &kept), "{table}");
            let masked = format!(
                "select count(*) from {table} where id = 1 and {column} like '%@%' and {column} not like 'ann.%' or id = 2 and {column} is null"
            );
            assert_eq!(value(&target, &masked), "2", "{table}");
        }
    }
    assert_eq!(value(&target, "select count(*) from \"a\nview\""), "2");
}

#[test]
fn messages_show_odd_names_in_one_line_and_as_a_rule_file_spells_them() {
    let source = Database::from(Fixture::Empty);
    let tables = [
        "create table \"a\"\"b\" (\"q\"\"uote\" text, \"new\nline\" text)",
        "create table \"line\nbreak\" (\"tab\there\" text)",
        "create table \"\u{1b}[31mred\" (\"\u{202e}x\" text)",
        "create schema \"o\"\".\"",
        "create table \"o\"\".\".\"same\" (a text)",
        "create table same (a text)",
    ];
    execute(&source.url(), &tables);
    let play = Play::new(source, "masque = 1\n");
    let output = play.check();
    output
        .assert_code(3)
        .assert_says(&["same", "q\"uote"])
        .assert_silent_about("\u{1b}[31mred")
        .assert_silent_about("\u{202e}");
    let lines: Vec<_> = output.stderr.lines().filter(|line| line.starts_with("error")).collect();
    assert!(lines.len() >= 5, "{}", output.stderr);
    play.write_rules("masque = 1\n[table.same]\na = \"keep\"\n");
    play.check().assert_code(3).assert_says(&["same"]);
}

//! Columns made of others: of the row, of the rows it points at, of the whole column, and by a program.

use crate::support::{Database, Fixture, Play, execute, query, run_with, value};

const PEOPLE: &str = "
    create table customers (id bigint primary key, first_name text, last_name text not null, country text, hired date);
    insert into customers select n, 'Real' || n, 'Person' || n, case when n % 3 = 0 then 'DE' else 'FR' end, date '2020-01-01' + n
      from generate_series(1, 400) n;
    insert into customers values (401, null, 'Nameless', 'IT', null);";

/// Rules for [`PEOPLE`].
const RULES: &str = r#"masque = 1
[table.customers]
id = "keep"
first_name = { with = "first_name", by = "id" }
last_name = { with = "last_name", by = "id" }
country = "keep"
hired = "keep"
"#;

fn staged(sql: &str, rules: &str) -> Play {
    let source = Database::from(Fixture::Empty);
    execute(&source.url(), &[PEOPLE, sql]);
    Play::new(source, &format!("{RULES}{rules}"))
}

#[test]
fn a_template_agrees_with_the_masked_columns_it_names_here_and_across_foreign_keys() {
    let orders = "
        create table orders (id integer, customer_id bigint references customers, placed date not null, label text, kind regclass,
            total numeric generated always as (1) stored) partition by range (placed);
        create table orders_a partition of orders for values from ('2020-01-01') to ('2021-01-01');
        create table orders_b (placed date not null, label text, gone int, id integer, kind regclass, customer_id bigint,
            total numeric generated always as (1) stored);
        alter table orders_b drop column gone;
        alter table orders attach partition orders_b for values from ('2021-01-01') to ('2022-01-01');
        create table lines (id integer primary key, order_label text, customer bigint references customers(id), first_name text, label text);
        insert into orders select n, nullif(n % 402, 0), date '2020-06-01' + n, 'for Real' || n, 'pg_class' from generate_series(1, 500) n;
        insert into lines select n, 'x', 1 + n % 401, 'Real' || 1 + n % 401, 'Real label' from generate_series(1, 900) n;";
    let rules = r#"
[table.orders]
id = "keep"
placed = "keep"
kind = "keep"
label = { with = "template", text = "{id}: {customers.first_name} {upper(customers.last_name)} {customers.country}" }
[table.lines]
id = "keep"
order_label = "null"
first_name = { with = "first_name", by = "customer" }
label = { with = "template", text = "{customers.first_name}/{first_name}" }
[rows]
lines = { where = "id > 10 and first_name is not null" }
"#;
    let play = staged(orders, rules);
    for _ in 0..2 {
        play.refresh().assert_code(0);
        let target = play.target.url();
        assert_eq!(value(&target, "select count(*) from orders"), "500");
        assert_eq!(value(&target, "select count(*) from lines"), "890");
        let wrong = "select count(*) from orders o left join customers c on c.id = o.customer_id
            where o.label <> o.id || ': ' || coalesce(c.first_name, '') || ' ' || coalesce(upper(c.last_name), '') || ' ' || coalesce(c.country, '')";
        assert_eq!(value(&target, wrong), "0");
        assert_eq!(value(&target, "select count(*) from orders where label ~ 'Real|PERSON'"), "0");
        // The line's own name goes by the same customer: both halves are one name.
        assert_eq!(
            value(
                &target,
                "select count(*) from lines where split_part(label, '/', 1) <> split_part(label, '/', 2) and customer <> 401"
            ),
            "0"
        );
    }
}

#[test]
fn a_template_that_can_not_be_made_says_where_and_why() {
    let lines = "create table lines (id integer primary key, label text)";
    let rules = r#"
[table.lines]
id = "keep"
label = { with = "template", text = "{customers.first_name}" }
"#;
    let play = staged(lines, rules);
    let output = play.refresh();
    output.assert_code(3);
    assert!(
        output.stderr.contains("no foreign key leads from `public.lines` to `public.customers`"),
        "{}",
        output.stderr
    );
    let undeclared = format!("{RULES}{rules}[[reference]]\nfrom = \"lines.id\"\nto = \"customers.id\"\n");
    play.write_rules(&undeclared);
    play.refresh().assert_code(0);
    // Where a reference may find many rows, the table's own rows could not stay as many as they are.
    play.write_rules(&undeclared.replace("to = \"customers.id\"", "to = \"customers.country\""));
    play.refresh().assert_code(3);
}

#[test]
fn sample_draws_common_values_only_and_shuffle_moves_them_all() {
    let pays = "
        create table pay (id integer primary key, customer bigint references customers, city text, salary integer, team text, unique (salary));
        insert into pay select n, 1 + n % 400, case when n % 50 = 0 then 'Village' || n when n % 3 = 0 then 'Lyon' else 'Paris' end,
            30000 + n, case when n % 2 = 0 then 'even' end from generate_series(1, 30000) n;";
    let rules = r#"
[table.pay]
id = "keep"
city = { with = "sample", min_count = 30 }
salary = { with = "shuffle", within = "team" }
team = "keep"
"#;
    let play = staged(pays, rules);
    play.refresh().assert_code(0);
    let (source, target) = (play.source.url(), play.target.url());
    assert_eq!(
        query(&target, "select distinct city from pay order by 1"),
        [[Some(String::from("Lyon"))], [Some(String::from("Paris"))]]
    );
    let sums = "select count(*), count(distinct salary), sum(salary), sum(salary) filter (where team is null) from pay";
    assert_eq!(query(&target, sums), query(&source, sums));
    let stayed = value(&target, "select count(*) from pay where salary = 30000 + id");
    assert_eq!(stayed, "0");
    let few = rules.replace("min_count = 30", "min_count = 30000");
    play.write_rules(&format!("{RULES}{few}"));
    let output = play.refresh();
    output.assert_code(3);
    assert!(output.stderr.contains("no value of `public.pay.city` is in 30000 rows"), "{}", output.stderr);
    for rule in ["customer = \"shuffle\"", "salary = { with = \"shuffle\", within = \"nobody\" }"] {
        play.write_rules(&format!(
            "{RULES}{}",
            rules.replace("salary = { with = \"shuffle\", within = \"team\" }", rule)
        ));
        play.refresh().assert_code(3);
    }
}

#[test]
fn a_program_masks_a_column_and_whatever_it_does_wrong_ends_the_run_without_a_value() {
    let notes = "
        create table notes (id integer primary key, note text, weight integer);
        insert into notes select n, case when n % 7 > 0 then 'canary ' || n end, n from generate_series(1, 5000) n;";
    let rules = |script: &str, timeout: &str| {
        format!(
            "{RULES}[table.notes]\nid = \"keep\"\nweight = \"keep\"\nnote = {{ with = \"command\", timeout = \"{timeout}\", columns = [\"weight\"], program = [\"python3\", \"-uc\", '''{script}'''] }}\n"
        )
    };
    let good = "import sys, json
for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps({'value': 'note %s of %s' % (asked['row']['weight'], asked['column'])}))";
    let play = staged(notes, &rules(good, "60 seconds").replace(RULES, ""));
    play.refresh().assert_code(0);
    let target = play.target.url();
    assert_eq!(value(&target, "select count(*) from notes where note = 'note ' || id || ' of note'"), "4286");
    assert_eq!(value(&target, "select count(*) from notes where note is null"), "714");
    for (script, expected) in [
        ("import sys\nsys.exit(3)", "the program ended before it answered"),
        ("import sys\nfor line in sys.stdin: print('canary')", "no {\"value\": …}"),
        ("import sys\nfor line in sys.stdin: print('{\"value\": [1]}')", "an object or a list"),
        ("import time\ntime.sleep(60)", "no answer in time"),
        (
            "import sys\nfor line in sys.stdin: print('{\"value\": 1}\\n{\"value\": 1}')",
            "more than it was asked",
        ),
        (
            "import sys\nfor n, line in enumerate(sys.stdin):\n    if n < 100: print('{\"value\": 1}')",
            "no answer in time",
        ),
    ] {
        let timeout = if expected == "no answer in time" { "2 seconds" } else { "60 seconds" };
        play.write_rules(&rules(script, timeout));
        let output = play.refresh();
        output.assert_code(3);
        assert!(output.stderr.contains(expected), "{script}: {}", output.stderr);
        assert!(!output.stderr.contains("canary"), "a value shows");
        assert_eq!(
            value(&target, "select count(*) from notes where note ~ '^note'"),
            "4286",
            "the target moved"
        );
    }
    // It is told what it needs, not how to reach production.
    let told = "import os, sys
for line in sys.stdin:
    print('{\"value\": \"note %s\"}' % sum(name in os.environ for name in ('MASQUE_SOURCE', 'MASQUE_TARGET', 'MASQUE_SECRET', 'PGPASSWORD')))";
    play.write_rules(&rules(told, "60 seconds"));
    let (source, target_url, written) = (play.source.url(), target.clone(), play.rules());
    let variables = [
        ("MASQUE_SOURCE", source.into()),
        ("MASQUE_TARGET", target_url.into()),
        ("MASQUE_SECRET", "0f".repeat(32).into()),
        ("PGPASSWORD", "opensesame".into()),
    ];
    let variables = variables.map(|(name, value): (_, std::ffi::OsString)| (name, value));
    run_with(&["refresh", "--rules", &written], &variables).assert_code(0);
    assert_eq!(value(&target, "select count(*) from notes where note = 'note 0'"), "4286");
    play.write_rules(&rules("", "2 seconds").replace("python3", "no-such-program"));
    let output = play.refresh();
    output.assert_code(3);
    assert!(output.stderr.contains("there is no program `no-such-program`"), "{}", output.stderr);
}

#[test]
fn a_condition_s_values_are_met_in_whatever_form_they_are_written() {
    let prices = "
        create extension citext;
        create table prices (id integer primary key, price numeric(6,2), country citext, day date, note text);
        insert into prices select n, n / 2.0, case when n % 2 = 0 then 'DE' else 'de' end, date '2024-01-01' + n, 'real' || n
            from generate_series(1, 10) n;";
    let rules = |when: &str| {
        format!(
            "[table.prices]\nid = \"keep\"\nprice = \"keep\"\ncountry = \"keep\"\nday = \"keep\"\nnote = {{ with = \"constant\", value = \"masked\", when = {{ {when} }}, otherwise = \"keep\" }}\n"
        )
    };
    let play = staged(prices, &rules("column = \"price\", in = [\"1.5\", \"2.000\", \"9\"]"));
    for (when, ids) in [
        ("column = \"price\", in = [\"1.5\", \"2.000\", \"9\"]", "3 4"),
        ("column = \"country\", in = [\"dE\"]", "1 2 3 4 5 6 7 8 9 10"),
        ("column = \"day\", in = [\"2024-1-3\", \"2024-01-04\"]", "2 3"),
    ] {
        play.write_rules(&format!("{RULES}{}", rules(when)));
        play.refresh().assert_code(0);
        let masked = "select string_agg(id::text, ' ' order by id) from prices where note = 'masked'";
        assert_eq!(value(&play.target.url(), masked), ids, "{when}");
    }
    play.write_rules(&format!("{RULES}{}", rules("column = \"day\", in = [\"soon\"]")));
    let output = play.refresh();
    output.assert_code(3);
    assert!(output.stderr.contains("no row would ever meet this condition"), "{}", output.stderr);
}

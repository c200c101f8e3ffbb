//! Identifiers of every kind under unique keys, in both forms of COPY.

use crate::support::{Database, Fixture, Play, execute, query, value};
use std::fmt::Write;

/// The columns, the rule of each, and what the server says holds of every masked value.
const COLUMNS: &[(&str, &str, &str, &str)] = &[
    ("mac", "macaddr unique", r#""mac""#, "mac::text ~ '^.[26ae]:'"),
    ("mac8", "macaddr8 unique", r#""mac""#, "mac8::text ~ '^.[26ae]:' and mac8::text ~ ':ff:fe:'"),
    ("nic", "text unique", r#""mac""#, "nic = replace(mac::text, ':', '-')"),
    ("maker", "macaddr unique", r#"{ with = "mac", keep = "vendor" }"#, "trunc(maker) = '08:00:2b:00:00:00'"),
    (
        "iban",
        "varchar(34) unique",
        r#""iban""#,
        "iban ~ '^NO\\d\\d \\d{4} \\d{4} \\d{3}$' and iban_rest(iban) = 1",
    ),
    ("ssn", "char(11)", r#"{ with = "national_id", country = "US" }"#, "ssn ~ '^9\\d\\d-[0-4]\\d-\\d{4}$'"),
    (
        "bsn",
        "varchar(9) unique",
        r#"{ with = "national_id", country = "NL" }"#,
        "(select sum(substr(bsn, i, 1)::int * case when i = 9 then -1 else 10 - i end) from generate_series(1, 9) i) % 11 = 0",
    ),
    (
        "vat",
        "text unique",
        r#""vat""#,
        "vat ~ '^LU\\d{8}$' and substr(vat, 3, 6)::int % 89 = substr(vat, 9)::int",
    ),
    (
        "plate",
        "varchar(7) unique check (plate ~ '^[A-Z]{2}-\\d{4}$')",
        r#"{ with = "pattern", pattern = "AA-####", on_other = "refuse" }"#,
        "true",
    ),
    ("code", "text unique", r#"{ with = "pattern", regex = '(x|y)\d{14}' }"#, "code ~ '^[xy]\\d{14}$'"),
    ("scan", "bytea", r#""bytes""#, "length(scan) = 4096 and substr(scan, 1, 4) = '\\x89504e47'"),
    ("note", "bytea", r#"{ with = "bytes", placeholder = "zeros" }"#, "note = '\\x0000000000000000'"),
    ("device", "uuid unique", r#""uuid""#, "true"),
    ("address", "inet unique", r#"{ with = "ip", keep = 8 }"#, "host(address) like '10.%'"),
    ("balance", "numeric(9,2) unique", r#""digits""#, "balance between 100 and 9999"),
    ("hash", "bytea unique", r#"{ with = "token", length = 20 }"#, "length(hash) = 20"),
    ("session", "uuid unique", r#""token""#, "session::text ~ '^.{14}8'"),
];

const ROWS: u32 = 1200;

fn source() -> Database {
    let source = Database::from(Fixture::Empty);
    let columns: Vec<_> = COLUMNS.iter().map(|(name, kind, _, _)| format!("{name} {kind}")).collect();
    let columns = columns.join(", ");
    // Account numbers and companies get right check digits, persons are looked for.
    let rows = "select n, mac, macaddr8(mac), replace(mac::text, ':', '-'), mac, \
        iban, to_char(n, 'FM\"536-90-\"0000'), bsn, vat, to_char(n, 'FM\"QX-\"0000'), 'customer ' || n, \
        '\\x89504e470d0a1a0a'::bytea || decode(repeat(md5(n::text), 200), 'hex'), decode(to_char(n, 'FM0000000000'), 'hex'), \
        md5(n::text)::uuid, '10.0.0.0'::inet + n, 100 + n * 1.07, decode(md5(n::text), 'hex'), md5('s' || n)::uuid \
        from (select n, ('08:00:2b:01:' || to_hex(16 + n / 256) || ':' || lpad(to_hex(n % 256), 2, '0'))::macaddr mac, \
        (select 'NO' || to_char(98 - iban_rest('NO00' || a), 'FM00') || a from (select to_char(1110 + n / 1000, 'FM\" 8601 \"0000') \
            || to_char(n % 1000, 'FM\" \"000') a) t) iban, \
        'LU' || to_char(150000 + n, 'FM000000') || to_char((150000 + n) % 89, 'FM00') vat from generate_series(1, 1200) n) r \
        join (select row_number() over () n, bsn from (select to_char(b, 'FM000000000') bsn from generate_series(111222333, 111240000) b) t \
        where (select sum(substr(bsn, i, 1)::int * case when i = 9 then -1 else 10 - i end) from generate_series(1, 9) i) % 11 = 0) b using (n)";
    let mut batches = vec![
        // The country `NO` counts as 2324.
        "create function iban_rest(iban text) returns int language sql immutable as $$ \
            select mod((substr(replace(iban, ' ', ''), 5) || '2324' || substr(iban, 3, 2))::numeric, 97)::int $$"
            .to_owned(),
    ];
    // A column that has no binary form sends the second table as text.
    for (table, more) in [("devices", ""), ("devices_text", ", kind regtype default 'text'")] {
        batches.push(format!("create table {table} (id int primary key, {columns}{more})"));
        batches.push(format!(
            "insert into {table} {}",
            rows.replace("'customer ' || n", "'customer ' || r.n").replacen("select n,", "select r.n,", 1)
        ));
        batches.push(format!("insert into {table} (id) values (0)"));
    }
    let batches: Vec<_> = batches.iter().map(String::as_str).collect();
    execute(&source.url(), &batches);
    source
}

fn rules() -> String {
    let mut rules = String::from("masque = 1\n");
    for (table, more) in [("devices", ""), ("devices_text", "kind = \"keep\"\n")] {
        write!(rules, "[table.{table}]\nid = \"keep\"\n{more}").unwrap();
        for (name, _, rule, _) in COLUMNS {
            writeln!(rules, "{name} = {rule}").unwrap();
        }
    }
    rules
}

#[test]
fn identifiers_stay_unique_and_right_in_both_forms() {
    let play = Play::new(source(), &rules());
    play.refresh().assert_code(0);
    let (source, target) = (play.source.url(), play.target.url());
    let report = play.report();
    let wires: Vec<_> =
        report["tables"].as_array().unwrap().iter().map(|table| table["wire"].as_str().unwrap()).collect();
    assert_eq!(wires, ["binary", "text"]);
    for (name, _, _, holds) in COLUMNS {
        let sql = format!(
            "select count({name}), count(*) filter (where {name} is not null and ({holds})) from devices"
        );
        let all = ROWS.to_string();
        assert_eq!(query(&target, &sql), [[Some(all.clone()), Some(all)]], "{name}");
        // The columns of the two tables are each other's source, so they must agree after masking.
        let differ = format!(
            "select count(*) from devices d join devices_text t using (id) where d.{name} is distinct from t.{name}"
        );
        assert_eq!(value(&target, &differ), "0", "{name}");
        let list = format!("select {name}::text from devices where id > 0 order by id");
        let same = query(&source, &list)
            .into_iter()
            .zip(query(&target, &list))
            .filter(|(one, two)| one == two)
            .count();
        assert!(same < 10, "{name}: {same} stayed");
    }
}

#[test]
fn numbers_that_are_too_few_are_refused_under_a_unique_key() {
    let source = source();
    execute(&source.url(), &["alter table devices add unique (ssn)", "analyze"]);
    let play = Play::new(source, &rules());
    play.check().assert_code(3);
    play.write_rules(&rules().replace(r#"country = "US""#, r#"country = "US", range = "valid""#));
    play.check().assert_code(0);
}

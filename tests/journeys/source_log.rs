//! What the source hears of a whole run: only allowed statements, and no value.

use super::production::as_role;
use crate::support::{Database, Fixture, Play, proposed, query, run, start};
use regex::Regex;

/// Canaries in every column, whatever its type.
const TABLES: &str = "\
    create table people (id integer primary key, email text unique, name text, about jsonb, tags text[], raw bytea, \
      born date, town text, short text generated always as (left(name, 30)) stored); \
    insert into people select n, 'canary.' || n || '@example.com', 'canary name ' || n, \
      jsonb_build_object('email', 'canary.json.' || n || '@example.com'), array['canary tag ' || n], \
      convert_to('canary raw ' || n, 'UTF8'), date '1951-01-01' + n, 'canary town ' || n % 3 from generate_series(1, 300) n; \
    create table orders (id serial primary key, person integer not null references people, label text, address text); \
    insert into orders (person, label, address) select n, 'canary label ' || n, 'canary address ' || n from generate_series(1, 300) n; \
    create table parts (id integer, note text) partition by range (id); \
    create table parts_low partition of parts for values from (0) to (100); \
    create table parts_high partition of parts for values from (100) to (1000); \
    insert into parts select n, 'canary note ' || n from generate_series(1, 300) n; \
    create view seen as select name from people; \
    create materialized view stored as select town from people; \
    create function twice(integer) returns integer language sql immutable as 'select $1 * 2'; \
    analyze";

const RULES: &str = "masque = 1\n[table.people]\nid = \"keep\"\nemail = { with = \"email\", by = \"id\" }\n\
    name = { with = \"full_name\", by = \"id\" }\nabout = { with = \"json\", default = \"redact\", paths = { \"$.email\" = \"email\" } }\n\
    tags = { with = \"each\", element = \"redact\" }\nraw = \"null\"\nborn = { with = \"date_shift\", within = \"30 days\", by = \"id\" }\n\
    town = { with = \"sample\", min_count = 5 }\n\
    [table.orders]\nid = \"keep\"\nlabel = { with = \"template\", text = \"{people.name}\" }\naddress = \"street\"\n\
    [table.parts]\nid = \"keep\"\nnote = \"redact\"\n\
    [rows]\norders = { where = \"id % 2 = 0\" }\n";

/// The shapes a statement may have, its literals and numbers taken out.
const ALLOWED: &[&str] = &[
    r"^BEGIN( TRANSACTION)?( ISOLATION LEVEL (READ COMMITTED|REPEATABLE READ))?( READ ONLY)?$",
    r"^SET TRANSACTION (SNAPSHOT '…'|ISOLATION LEVEL REPEATABLE READ, READ ONLY)$",
    r"^(COMMIT|ROLLBACK|SAVEPOINT \w+|ROLLBACK TO SAVEPOINT \w+|RELEASE SAVEPOINT \w+)$",
    r"^SET (LOCAL )?[A-Za-z_]+ (=|TO) [\w'…, -]+$",
    r"^SHOW \w+$",
    r#"^LOCK TABLE (ONLY )?[\w".]+(, (ONLY )?[\w".]+)* IN ACCESS SHARE MODE( NOWAIT)?$"#,
    r#"^COPY \(SELECT .* FROM ONLY [\w".]+.*\) TO STDOUT \(FORMAT (binary|text)\)$"#,
    // How many rows have a common value: `sample` draws from them.
    r#"^SELECT v, n FROM \(SELECT "?town"?::pg_catalog\.text AS v, pg_catalog\.count\(\*\) AS n FROM ONLY "public"\."people" WHERE .* LIMIT N$"#,
    // How many rows a condition of `[rows]` lets travel: planned, and never run.
    r#"^EXPLAIN SELECT FROM ONLY [\w".]+ WHERE \(.*\)$"#,
    r"^SELECT N::int4, last_value, is_called FROM",
];

/// What a query may read beside the catalog's own `pg_…`: names that the query itself gives, and functions.
const OF_THE_QUERY: &[&str] = &[
    "mine",
    "used",
    "of",
    "n",
    "x",
    "c",
    "t",
    "lines",
    "ours",
    "waits",
    "k",
    "unnest",
    "generate_series",
    "clock_timestamp",
    "rows",
    "w",
    "select",
    "lateral",
    "aclexplode",
    "member",
    "space",
    "thing",
    "known",
    "k.initprivs",
    // After `EXTRACT (… FROM` and `IS DISTINCT FROM`.
    "max",
    "waitstart",
    "pip.initprivs",
];

/// Words that no statement of ours has.
const FORBIDDEN: &[&str] = &[
    "insert ",
    "update ",
    "delete ",
    "truncate ",
    "alter ",
    "create ",
    "drop ",
    "nextval",
    "setval(",
    "lo_create",
    "lo_put",
    "pg_notify",
    "notify ",
    "dblink",
    "pg_logical_emit_message",
    "pg_terminate",
    "pg_cancel",
    "call ",
    "do $",
];

/// The statements of a log, one line each, with what they are made of.
fn statements(log: &str) -> Vec<String> {
    let mut entries: Vec<String> = Vec::new();
    for line in log.lines() {
        // A comment may hold an apostrophe.
        let line = line.split("-- ").next().unwrap_or_default();
        match (line.starts_with('@'), entries.last_mut()) {
            (false, Some(last)) => {
                last.push(' ');
                last.push_str(line.trim());
            }
            _ => entries.push(line.to_owned()),
        }
    }
    let begin = Regex::new(r"^@masque \w+@ LOG:  (?:statement|execute [^:]+): ").unwrap();
    let text = Regex::new(r"E?'(?:[^']|'')*'").unwrap();
    let number = Regex::new(r"\b\d+\b").unwrap();
    let space = Regex::new(r"\s+").unwrap();
    let mut found = Vec::new();
    for entry in entries {
        let Some(start) = begin.find(&entry) else { continue };
        let plain = text.replace_all(&entry[start.end()..], "'…'");
        let plain = number.replace_all(&plain, "N");
        // Several may come at once; a semicolon inside a literal is gone by now.
        found.extend(plain.split(';').map(|one| space.replace_all(one.trim(), " ").into_owned()));
    }
    found.retain(|statement| !statement.is_empty());
    found
}

#[test]
fn the_source_hears_only_allowed_statements_and_no_value() {
    let cluster = start("heard", &[("log_statement", "all"), ("log_line_prefix", "@%a@ ")]);
    query(&cluster.url_with_password("postgres"), "create database heard template template0");
    let url = cluster.url_with_password("heard");
    query(&url, TABLES);
    query(&url, "create role heard_reader login password 'of.no.worth' in role pg_read_all_data");
    let begin =
        std::fs::metadata(cluster.log_path()).map(|file| usize::try_from(file.len()).unwrap()).unwrap();
    let play = Play::new(Database::from(Fixture::Empty), RULES);
    let reader = as_role(&url, "heard_reader");
    play.refresh_between(&reader, &play.target.url(), &["--dry-run"]).assert_code(0);
    play.refresh_between(&reader, &play.target.url(), &[]).assert_code(0);

    let log = std::fs::read_to_string(cluster.log_path()).unwrap();
    let log = &log[begin..];
    assert!(!log.contains("canary"), "a value is in the source's log");
    let heard = statements(log);
    assert!(heard.len() > 100, "the log was not read: {} statements", heard.len());
    assert!(heard.iter().any(|statement| statement.starts_with("COPY (SELECT")));
    assert!(
        heard.iter().any(|statement| statement.starts_with("LOCK TABLE public.")),
        "pg_dump is not among them"
    );
    let judge = Judge::new();
    let strange: Vec<_> = heard.iter().filter(|statement| !judge.allows(statement)).collect();
    assert!(strange.is_empty(), "not allowed: {strange:#?}");
}

/// Says of a statement whether it may be sent to production.
struct Judge {
    shapes: Vec<Regex>,
    from: Regex,
    tables: Regex,
}

impl Judge {
    fn new() -> Self {
        Self {
            shapes: ALLOWED.iter().map(|shape| Regex::new(shape).unwrap()).collect(),
            from: Regex::new(r#"(?i)\b(?:from|join)\s+([\w."]+)"#).unwrap(),
            tables: Regex::new(r"\b(people|orders|parts|parts_low|parts_high|seen|stored|twice)\b").unwrap(),
        }
    }

    fn allows(&self, statement: &str) -> bool {
        let small = statement.to_lowercase();
        if FORBIDDEN.iter().any(|word| small.contains(word)) {
            return false;
        }
        if self.shapes.iter().any(|shape| shape.is_match(statement)) {
            return true;
        }
        let asks = ["SELECT", "WITH", "PREPARE", "EXECUTE"].iter().any(|word| statement.starts_with(word));
        let is_of_server = |name: &str| {
            let name = name.strip_prefix("pg_catalog.").unwrap_or(name).to_lowercase();
            name.starts_with("pg_") || OF_THE_QUERY.contains(&name.as_str())
        };
        asks && self.from.captures_iter(statement).all(|found| is_of_server(&found[1]))
            && !self.tables.is_match(statement)
    }
}

#[test]
fn what_reads_a_table_otherwise_or_writes_is_not_allowed() {
    let judge = Judge::new();
    for bad in [
        "SELECT * FROM people",
        "SELECT N FROM pg_class, people",
        "SELECT twice(N)",
        "SELECT lo_create(N)",
        "EXPLAIN ANALYZE SELECT FROM ONLY people WHERE (id > N)",
        "COPY people FROM STDIN",
        "COPY people TO STDOUT (FORMAT binary)",
        "LOCK TABLE people IN EXCLUSIVE MODE",
        "WITH x AS (DELETE FROM people RETURNING id) SELECT N FROM x",
        "SET TRANSACTION READ WRITE",
        "CREATE TEMPORARY TABLE x ()",
        "VACUUM",
    ] {
        assert!(!judge.allows(bad), "{bad}");
    }
}

#[test]
fn a_proposal_tries_what_is_checked_and_puts_no_value_into_the_source_s_log() {
    const CHECKED: &str = "\
        create domain kod as text check (value ~ '^[0-9]{2}-[0-9]{3}$'); \
        create table customers (id serial primary key, first_name text, last_name text, kod_pocztowy kod, status text, \
          notes text check (notes <> ''), postcode text check (length(postcode) = 9 and postcode < 'd'), \
          check (kod_pocztowy is not null or status <> '')); \
        insert into customers (first_name, last_name, kod_pocztowy, status, notes, postcode) select 'Qazimir', 'Vandrizzel', \
          10 + n % 80 || '-' || 100 + n, 'canary_' || n % 2, 'a canary wrote that number ' || n || ' was late again', \
          'canary' || 100 + n from generate_series(1, 200) n";
    let cluster = start("proposed", &[("log_statement", "all"), ("log_line_prefix", "@%a@ ")]);
    let url = cluster.url_with_password("postgres");
    query(&url, CHECKED);
    let begin =
        std::fs::metadata(cluster.log_path()).map(|file| usize::try_from(file.len()).unwrap()).unwrap();
    let output = run(&["discover", "--source", &url]);
    output.assert_silent_about("canary");
    let log = std::fs::read_to_string(cluster.log_path()).unwrap();
    let log = &log[begin..];
    assert!(log.contains("unnest($1::text[])"), "nothing was tried");
    assert!(!log.contains("canary") && !log.contains("Vandrizzel"), "a value is in the source's log");
    // What holds by construction is not asked.
    let rule = proposed(&output.stdout, "customers", "postcode");
    assert!(rule.contains("\"shuffle\"") && rule.ends_with("its masked values hold the CHECK"), "{rule}");
}

//! Ten million e-mail addresses under `unique (lower(email))`: no two of them collide.
//!
//! `cargo test --release -- --ignored --nocapture ten_million`, with `MASQUE_ROWS` for fewer. It needs about 10 GB where
//! temporary files lie.

use crate::support::{Database, Fixture, Play, execute, query, value};
use std::time::{Duration, Instant};

const RULES: &str = r#"
masque = 1
[table.people]
id    = "keep"
email = "email"
login = { with = "email", by = "id" }
"#;

#[test]
#[ignore = "takes minutes, and gigabytes of disk"]
fn ten_million_addresses_load_under_a_unique_index_without_case() {
    let rows = std::env::var("MASQUE_ROWS").map_or(10_000_000, |rows| rows.parse::<u64>().unwrap());
    let source = Database::from(Fixture::Empty);
    // Addresses as people write them, some in capitals; each occurs once whatever its case.
    let fill = format!(
        "insert into people select n, case n % 7 when 0 then 'Ann.' || n || '@Corp.Example' else 'user' || n || '@mail' || n % 97 || '.example' end, \
         'login' || n || '@corp.example' from generate_series(1, {rows}) n"
    );
    execute(
        &source.url(),
        &[
            "create table people (id bigint, email text not null, login text not null)",
            &fill,
            "alter table people add primary key (id)",
            "create unique index on people (lower(email))",
            "create unique index on people (lower(login))",
        ],
    );
    let play = Play::new(source, RULES);
    let begun = Instant::now();
    play.start(&[]).end_within(Duration::from_hours(1)).assert_code(0);
    eprintln!("{rows} rows, two addresses each, refreshed in {:.0} s", begun.elapsed().as_secs_f64());
    let (source, target) = (play.source.url(), play.target.url());
    for column in ["email", "login"] {
        let distinct = value(&target, &format!("select count(distinct lower({column})) from people"));
        assert_eq!(distinct, rows.to_string(), "{column}");
    }
    let indexes =
        |url: &str| query(url, "select indexdef from pg_indexes where tablename = 'people' order by 1");
    assert_eq!(indexes(&source), indexes(&target));
    let real =
        "select count(*) from people where email !~* '@example\\.test$' or login !~* '@example\\.test$'";
    assert_eq!(value(&target, real), "0");
}

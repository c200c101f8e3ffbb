//! Keys and conditions as the catalog tells them, and what `check` says about them.

use crate::support::{Database, Fixture, Play, execute, run};

const TABLES: &str = "create extension if not exists citext; create extension if not exists btree_gist; \
    create domain short as text check (length(value) < 9); \
    create table t (id int primary key, a text not null, b text, room int, during daterange, k short, c text collate \"C\", \
      constraint status check (b in ('x', 'y')), exclude using gist (room with =, during with &&)); \
    create unique index by_case on t (lower(a)); create unique index partial on t (c) where b is null; \
    create unique index odd on t (coalesce(a, b)); create unique index with_more on t (c, a) include (b); \
    insert into t select n, 'name' || n, case when n % 2 = 0 then 'x' end, n, daterange('2020-01-01', '2020-02-01'), 'k', 'c' || n \
    from generate_series(1, 50) n; analyze";

#[test]
fn check_says_what_becomes_of_every_key() {
    let source = Database::from(Fixture::Empty);
    execute(&source.url(), &[TABLES]);
    let rules = "masque = 1\n[table.t]\nid = \"keep\"\na = \"email\"\nb = { with = \"choose\", values = [\"x\"] }\n\
        room = { with = \"integer\", max = 999 }\nduring = \"keep\"\nk = \"username\"\nc = \"letters\"\n";
    let play = Play::new(source, rules);
    let file = play.rules();
    let output = run(&["check", "--json", "--source", &play.source.url(), "--rules", &file]);
    output.assert_code(0);
    let read: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    let outcomes: Vec<_> = read["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| {
            format!(
                "{} ({}): {}",
                key["key"].as_str().unwrap(),
                key["parts"].as_str().unwrap(),
                key["outcome"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        outcomes,
        [
            "by_case (lower(a)): safe",
            "odd (COALESCE(a, b)): unproved",
            "partial (c): preserved",
            "t_room_during_excl (room, during): preserved",
            "with_more (c, a): safe",
        ]
    );
    let said = output.stdout;
    assert!(said.contains("`short_check` of `public.t.k`"), "{said}");
    let broken = rules.replace("[\"x\"]", "[\"z\"]");
    let play = Play::new(Database::from(Fixture::Empty), &broken);
    execute(&play.source.url(), &[TABLES]);
    let file = play.rules();
    run(&["check", "--source", &play.source.url(), "--rules", &file])
        .assert_code(3)
        .assert_says(&["`z` breaks the CHECK `status` of `public.t.b`"]);
}

//! Tables that inherit: each row once, with its own columns.

use crate::support::{Database, Fixture, Play, digests, execute, query, tables, value};

const FLEET: &str = "
    create table vehicles (id integer primary key, gone text, plate text not null, owner text);
    alter table vehicles drop column gone;
    create table taxed (year integer, plate text not null);
    create table trucks (axles smallint not null, cargo text) inherits (vehicles);
    create table tankers (litres integer) inherits (trucks, taxed);
    create table bikes (owner text, plate text not null, id integer not null, bell boolean);
    alter table bikes inherit vehicles;
    create table events (at date, plate text) partition by range (at);
    create table events_all partition of events default;
    insert into vehicles select n, 'canary' || n, 'canary owner' from generate_series(1, 10) n;
    insert into trucks select n, 'canary' || n, 'canary owner', 2, 'canary cargo' from generate_series(11, 30) n;
    insert into tankers select n, 'canary' || n, null, 3, 'oil', 2020, 900 from generate_series(31, 35) n;
    insert into bikes select 'canary owner', 'canary' || n, n, true from generate_series(41, 43) n;";

const COUNTS: &str =
    "select tableoid::regclass::text, count(*), count(owner) from vehicles group by 1 order by 1";

fn play(rules: &str) -> Play {
    let source = Database::from(Fixture::Empty);
    execute(&source.url(), &[FLEET]);
    Play::new(source, rules)
}

#[test]
fn each_row_of_a_child_arrives_once_and_with_its_own_columns() {
    let play = play("masque = 1\n[columns]\n\"*\" = \"keep\"\n");
    play.refresh().assert_code(0);
    let (source, target) = (play.source.url(), play.target.url());
    assert_eq!(query(&target, COUNTS), query(&source, COUNTS));
    assert_eq!(value(&target, "select count(*) from vehicles"), "38");
    // A child that came to its parent later has the parent's columns first, as pg_dump makes it.
    let bikes = "select id, plate, owner, bell from bikes order by 1";
    assert_eq!(query(&target, bikes), query(&source, bikes));
    let mut all = tables(&source);
    all.retain(|table| table != "public.bikes");
    assert_eq!(digests(&target, &all), digests(&source, &all));
    let parents =
        "select inhrelid::regclass::text, inhparent::regclass::text, inhseqno from pg_inherits order by 1, 3";
    assert_eq!(query(&target, parents), query(&source, parents));
}

#[test]
fn a_child_takes_its_parent_s_rules_and_has_some_of_its_own() {
    let rules = "masque = 1
[table.vehicles]
id = \"keep\"
plate = \"digits\"
owner = \"full_name\"
[table.trucks]
axles = \"keep\"
cargo = { with = \"constant\", value = \"sand\" }
[table.tankers]
litres = \"keep\"
[table.taxed]
year = \"keep\"
plate = \"digits\"
[table.bikes]
bell = \"keep\"
[table.events]
at = \"keep\"
plate = \"keep\"
[rows]
trucks = { where = \"id <> 12\" }
tankers = \"all\"
";
    let play = play(&rules.replace("\"digits\"", "\"username\""));
    play.refresh().assert_code(0);
    let target = play.target.url();
    let rows =
        "select tableoid::regclass::text || ' ' || count(*) from vehicles group by tableoid order by 1";
    let rows: Vec<_> = query(&target, rows).into_iter().flatten().flatten().collect();
    assert_eq!(rows, ["bikes 3", "tankers 5", "trucks 19", "vehicles 10"]);
    assert_eq!(value(&target, "select count(*) from vehicles v where v::text ~ 'canary'"), "0");
    assert_eq!(value(&target, "select count(*) from trucks where cargo = 'sand'"), "24");
    assert_eq!(
        value(
            &target,
            "select count(*) from only tankers where litres = 900 and year = 2020 and owner is null"
        ),
        "5"
    );
}

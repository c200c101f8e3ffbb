//! Partition trees whose key is masked: the server places the rows, and none is lost.

use crate::support::{Database, Fixture, Play, execute, query, value};

/// A tree of three kinds of partitions, four levels deep, with leaves of other column orders.
const TREE: &str = "
    create table people (id integer primary key, email text not null);
    create table events (id bigint, at date not null, who integer references people, gone text, country text,
        email text not null, twice integer generated always as (id * 2) stored, primary key (id, at, country))
        partition by range (at);
    alter table events drop column gone;
    create table events_2020 partition of events for values from ('2020-01-01') to ('2021-01-01') partition by list (country);
    create table events_rest partition of events default partition by list (country);
    create table events_2020_de (country text not null, email text not null, old text, who integer, at date not null, id bigint not null,
        twice integer generated always as (id * 2) stored);
    alter table events_2020_de drop column old;
    alter table events_2020 attach partition events_2020_de for values in ('DE');
    create table events_2020_fr partition of events_2020 default;
    create table events_rest_any partition of events_rest default partition by hash (id);
    create table events_rest_0 partition of events_rest_any for values with (modulus 2, remainder 0);
    create table events_rest_1 partition of events_rest_any for values with (modulus 2, remainder 1);
    insert into people select n, 'canary' || n || '@corp.example' from generate_series(1, 50) n;
    insert into events (id, at, who, country, email) select n, date '2020-06-01' + n % 500, 1 + n % 50, case when n % 3 = 0 then 'FR' else 'DE' end,
        'canary' || n || '@corp.example' from generate_series(1, 3000) n;
    create function spill() returns trigger language plpgsql as $$ begin raise exception 'fired'; end $$;
    create trigger spilling before insert or update on events for each row execute function spill();
    create trigger spilling_too after insert or update or truncate on events for each statement execute function spill();";

const RULES: &str = "masque = 1
[table.people]
id = \"keep\"
email = \"email\"
[table.events]
id = { with = \"integer\", max = 99999 }
at = { with = \"date_shift\", within = \"300 days\", by = \"id\" }
who = \"keep\"
country = \"username\"
email = \"email\"
";

fn play(sql: &str, rules: &str) -> Play {
    let source = Database::from(Fixture::Empty);
    execute(&source.url(), &[sql]);
    Play::new(source, rules)
}

#[test]
fn rows_whose_partition_key_is_masked_find_their_partitions_on_the_target() {
    let play = play(TREE, RULES);
    for _ in 0..2 {
        play.refresh().assert_code(0);
        let target = play.target.url();
        let leaves = "select tableoid::regclass::text, count(*) from events group by 1 order by 1";
        let leaves: Vec<_> =
            query(&target, leaves).into_iter().map(|mut row| row[0].take().unwrap()).collect();
        assert_eq!(leaves, ["events_2020_fr", "events_rest_0", "events_rest_1"]);
        assert_eq!(value(&target, "select count(*) || ' ' || count(distinct id) from events"), "3000 3000");
        assert_eq!(
            value(
                &target,
                "select count(*) from events where twice is distinct from id * 2 or email ~ 'canary'"
            ),
            "0"
        );
        let years = "select count(distinct extract(year from at)) from events";
        assert_eq!(value(&target, years), "4");
    }
    let report = play.report();
    let rows = |name: &str| {
        let tables = report["tables"].as_array().unwrap();
        tables.iter().find(|table| table["name"] == name).unwrap()["rows"].as_u64().unwrap()
    };
    // What was read of each leaf, not where it went.
    let read = |name: &str| {
        value(&play.source.url(), &format!("select count(*) from {name}")).parse::<u64>().unwrap()
    };
    for leaf in ["events_2020_de", "events_2020_fr", "events_rest_0", "events_rest_1"] {
        assert_eq!(rows(&format!("public.{leaf}")), read(leaf), "{leaf}");
    }
}

#[test]
fn a_key_that_follows_another_table_s_masked_key_counts_too() {
    let tenants = "
        create table tenants (id integer primary key);
        create table docs (title text, tenant integer references tenants, number integer, primary key (number, tenant)) partition by hash (tenant);
        create table docs_0 partition of docs for values with (modulus 3, remainder 0);
        create table docs_1 partition of docs for values with (modulus 3, remainder 1);
        create table docs_2 partition of docs for values with (modulus 3, remainder 2);
        insert into tenants select generate_series(1, 40);
        create table pages (number integer, tenant integer, foreign key (number, tenant) references docs);
        insert into docs select 'title', 1 + n % 40, n / 40 from generate_series(1, 900) n;
        insert into pages select number, tenant from docs where number % 2 = 0;";
    let play = play(
        tenants,
        "masque = 1\n[table.tenants]\nid = \"integer\"\n[table.docs]\ntitle = \"keep\"\nnumber = \"keep\"\n",
    );
    let output = play.refresh();
    output.assert_code(0);
    // Where all remainders have a partition, every value has one.
    assert!(!output.stderr.contains("partition key"), "{}", output.stderr);
    let target = play.target.url();
    assert_eq!(value(&target, "select count(*) from docs join tenants on id = tenant"), "900");
    let pages = "select count(*) from pages join docs using (number, tenant)";
    assert_eq!(value(&target, pages), value(&play.source.url(), pages));
    assert!(
        query(&target, "select tenant from docs order by 1")
            != query(&play.source.url(), "select tenant from docs order by 1")
    );
}

#[test]
fn what_an_expression_reads_is_part_of_the_partition_key() {
    let users = "
        create table users (id integer, email text) partition by list ((upper(left(email, 1))));
        create table users_am partition of users for values in ('A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M');
        create table users_nz partition of users default;
        insert into users select n, chr(97 + n % 26) || n || '@corp.example' from generate_series(1, 800) n;";
    let rules = "masque = 1\n[table.users]\nid = \"keep\"\nemail = { with = \"email\", by = \"id\" }\n";
    let play = play(users, rules);
    play.refresh().assert_code(0);
    let target = play.target.url();
    assert_eq!(value(&target, "select count(*) from users"), "800");
    let wrong = "select count(*) from users_am where upper(left(email, 1)) > 'M'";
    assert_eq!(value(&target, wrong), "0");
    // NULL goes to the DEFAULT partition.
    play.write_rules(&rules.replace("{ with = \"email\", by = \"id\" }", "\"null\""));
    play.refresh().assert_code(0);
    assert_eq!(value(&target, "select count(*) from users_nz"), "800");
}

#[test]
fn a_value_that_no_partition_takes_ends_the_run_and_is_not_shown() {
    let sales = "
        create table sales (id integer, at date, region text) partition by range (at);
        create table sales_20 partition of sales for values from ('2020-01-01') to ('2021-01-01') partition by list (region);
        create table sales_20_n partition of sales_20 for values in ('north', 'NULL');
        insert into sales select n, date '2020-01-01' + n % 300, 'north' from generate_series(1, 400) n;";
    let rules = |at: &str, region: &str| {
        format!("masque = 1\n[table.sales]\nid = \"keep\"\nat = {at}\nregion = {region}\n")
    };
    let shifted = "{ with = \"date_shift\", within = \"2000 days\" }";
    let play = play(sales, &rules(shifted, "\"keep\""));
    play.check().assert_code(0).assert_says(&["`public.sales.at` is part of the partition key", "DEFAULT"]);
    let output = play.refresh();
    output.assert_code(3).assert_says(&[
        "no partition of `public.sales` takes a row of `public.sales_20_n` as `at` is masked",
    ]);
    output.assert_silent_about("201");
    assert!(play.builds().is_empty());
    play.refresh_with(&["--strict"]).assert_code(3).assert_says(&["part of the partition key"]);
    play.write_rules(&rules("\"keep\"", "{ with = \"constant\", value = \"canary\" }"));
    let output = play.refresh();
    output
        .assert_code(3)
        .assert_says(&["no partition of `public.sales` (below `sales_20`) takes", "as `region` is masked"]);
    assert!(!output.stderr.lines().any(|line| line.starts_with("error") && line.contains("canary")));
    // Known before a row is read: nothing here takes NULL, for 'NULL' is a string.
    for (at, region) in
        [("\"null\"", "\"keep\""), ("\"keep\"", "\"null\""), ("{ remake = \"'2020-05-05'\" }", "\"keep\"")]
    {
        play.write_rules(&rules(at, region));
        play.check().assert_code(3).assert_says(&["part of the partition key"]);
    }
    execute(&play.source.url(), &["create table sales_20_x partition of sales_20 for values in (null)"]);
    play.write_rules(&rules("\"keep\"", "\"null\""));
    play.refresh().assert_code(0);
    assert_eq!(value(&play.target.url(), "select count(*) from only sales_20_x"), "400");
    execute(&play.source.url(), &["create table sales_rest partition of sales default"]);
    play.write_rules(&rules(shifted, "\"keep\""));
    play.refresh().assert_code(0);
    assert_eq!(value(&play.target.url(), "select count(*) from sales"), "400");
}

#[test]
fn masked_rows_are_never_placed_on_another_server() {
    let remote = "
        create extension postgres_fdw;
        create server far foreign data wrapper postgres_fdw options (host 'far.invalid');
        create table logs (at date, note text) partition by range (at);
        create table logs_20 partition of logs for values from ('2020-01-01') to ('2021-01-01');
        create foreign table logs_19 partition of logs for values from ('2019-01-01') to ('2020-01-01') server far;
        insert into logs values ('2020-05-05', 'note');";
    let rules =
        "masque = 1\n[table.logs]\nat = { with = \"date_shift\", within = \"30 days\" }\nnote = \"keep\"\n";
    let play = play(remote, rules);
    play.check().assert_code(3).assert_says(&["`public.logs.at`", "a partition lies on another server"]);
    play.write_rules(&rules.replace("{ with = \"date_shift\", within = \"30 days\" }", "\"keep\""));
    play.refresh().assert_code(0);
}

#[test]
fn rows_hashed_by_an_enum_are_placed_by_the_target() {
    // The hash of an enum is that of its object number, which no two databases share.
    let labels = (0..30).map(|n| format!("'l{n}'")).collect::<Vec<_>>().join(", ");
    let moods = format!(
        "create type mood as enum ({labels});
        create table moods (id integer, mood mood) partition by hash (mood);
        create table moods_0 partition of moods for values with (modulus 2, remainder 0);
        create table moods_1 partition of moods for values with (modulus 2, remainder 1);
        insert into moods select n, ('l' || n % 30)::mood from generate_series(1, 600) n;"
    );
    let play = play(&moods, "masque = 1\n[columns]\n\"*\" = \"keep\"\n");
    play.refresh().assert_code(0);
    let all = "select string_agg(m::text, ',' order by id) from moods m";
    assert_eq!(value(&play.source.url(), all), value(&play.target.url(), all));
}

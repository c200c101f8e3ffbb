//! What only newer servers have, and which way a refresh may go. `.ci/matrix` brings the majors.

use crate::support::{Database, Fixture, Play, Side, digests, execute, major, query, tables, value};

const KEEP: &str = "masque = 1\n[columns]\n\"*\" = \"keep\"\n";

/// Whether the source is of this major or newer; says so where it is not.
fn source_is(least: u32, what: &str) -> bool {
    let own = major(Side::Production);
    if own < least {
        eprintln!("skipped: {what} came with PostgreSQL {least}, and the source is {own}");
    }
    own >= least
}

/// A source of these statements, all of it kept, arrives as it is; constraints too.
fn arrives(source: Database, batches: &[&str]) -> Play {
    execute(&source.url(), batches);
    let play = Play::new(source, KEEP);
    play.refresh().assert_code(0);
    let (source, target) = (play.source.url(), play.target.url());
    let all = tables(&source);
    assert!(!all.is_empty());
    assert_eq!(digests(&source, &all), digests(&target, &all));
    let constraints = "select conrelid::regclass::text, conname, contype, convalidated, pg_get_constraintdef(oid) \
        from pg_constraint where connamespace = 'public'::regnamespace order by 1, 2";
    assert_eq!(query(&source, constraints), query(&target, constraints));
    play
}

/// An empty source made with more clauses than a copy of a fixture has.
fn source_with(stem: &str, clauses: &str) -> Database {
    let source = Database::absent(Side::Production, stem);
    let create = format!("create database {} template template0 {clauses}", source.name());
    query(&Side::Production.url("postgres"), &create);
    source
}

#[test]
fn virtual_columns_named_not_nulls_and_periods_of_18_arrive() {
    if !source_is(18, "virtual columns") {
        return;
    }
    let source = Database::from(Fixture::Empty);
    let play = arrives(
        source,
        &[
            "create extension btree_gist",
            "create table prices (id integer primary key, price numeric constraint price_given not null, \
             doubled numeric generated always as (price * 2), more numeric generated always as (price + 1) stored)",
            "insert into prices (id, price) select n, n * 1.5 from generate_series(1, 50) n",
            "create table loose (id integer primary key, n integer constraint small check (n < 10) not enforced)",
            "insert into loose values (1, 100), (2, 5)",
            "create table orphans (id integer primary key, loose_id integer references loose not enforced)",
            "insert into orphans values (1, 1), (2, 999)",
            "create table stays (room integer, during daterange, primary key (room, during without overlaps))",
            "insert into stays values (1, '[2024-01-01,2024-02-01)'), (1, '[2024-02-01,2024-03-01)')",
            "create table visits (id integer primary key, room integer, during daterange, \
             foreign key (room, period during) references stays (room, period during))",
            "insert into visits values (1, 1, '[2024-01-10,2024-02-10)')",
            "create table named (id integer, word text); insert into named values (1, null), (2, 'b')",
            "alter table named add constraint word_given not null word not valid",
        ],
    );
    // A generated column takes no rule of its own, and follows the masked one it is made of.
    play.write_rules(
        "masque = 1\n[table.prices]\nprice = { with = \"noise\", ratio = 0.1 }\n[table.loose]\n\
         id = { with = \"integer\", min = 1, max = 999999 }\n[columns]\n\"*\" = \"keep\"\n",
    );
    play.refresh().assert_code(0);
    let url = play.target.url();
    assert_eq!(
        value(&url, "select count(*) from prices where doubled = price * 2 and more = price + 1"),
        "50"
    );
    assert_ne!(
        value(&url, "select sum(price) from prices"),
        value(&play.source.url(), "select sum(price) from prices")
    );
    // A key that is not enforced is one all the same.
    assert_eq!(
        value(&url, "select count(*) from orphans o join loose l on l.id = o.loose_id where l.n = 100"),
        "1"
    );
}

#[test]
fn a_database_that_sorts_by_postgresql_s_own_provider_arrives() {
    if !source_is(17, "the builtin collation provider") {
        return;
    }
    let source = source_with("builtin", "locale_provider builtin builtin_locale 'C.UTF-8' encoding 'UTF8'");
    let play =
        arrives(source, &["create table words as select 'w' || n as word from generate_series(1, 9) n"]);
    let sql =
        "select datlocprovider::text || ' ' || datlocale from pg_database where datname = current_database()";
    assert_eq!(value(&play.target.url(), sql), "b C.UTF-8");
}

#[test]
fn a_database_that_sorts_by_icu_arrives() {
    if !source_is(15, "ICU as a database's provider") {
        return;
    }
    let listed = "select count(*) from pg_collation where collname = 'de-x-icu'";
    let has_icu = |side: Side| value(&side.url("postgres"), listed) == "1";
    if !has_icu(Side::Production) {
        eprintln!("skipped: the source was built without ICU");
        return;
    }
    let source = source_with("icu", "locale_provider icu icu_locale 'de-u-co-phonebk' encoding 'UTF8'");
    if !has_icu(Side::Staging) {
        let play = Play::new(source, KEEP);
        play.refresh().assert_code(7).assert_says(&["built without", "ICU"]).assert_silent_about("schema  ");
        assert_eq!(play.target.generations(), Vec::<String>::new());
        return;
    }
    let play =
        arrives(source, &["create table words as select unnest(array['Ärger', 'Adler', 'Zebra']) as word"]);
    let sql = "select string_agg(word, ' ' order by word) from words";
    assert_eq!(value(&play.target.url(), sql), value(&play.source.url(), sql));
    let provider = "select datlocprovider from pg_database where datname = current_database()";
    assert_eq!(value(&play.target.url(), provider), "i");
}

#[test]
fn a_target_older_than_the_source_is_refused() {
    if major(Side::Production) == major(Side::Staging) {
        eprintln!("skipped: both servers are of one major");
        return;
    }
    let play = Play::small("canary");
    let source = Database::on(Side::Staging, Fixture::Empty);
    let target = Database::absent(Side::Production, "older");
    let output = play.refresh_between(&source.url(), &target.url(), &[]);
    output.assert_code(7).assert_says(&["older than the source", "same major version"]);
    assert_eq!(target.generations(), Vec::<String>::new());
}

//! Thousands of tables: a constant number of questions, and a lock table that is not overrun.

use crate::support::{Database, Fixture, Output, Play, execute, query, run, start};
use masque::postgres::cluster::Cluster;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

const RULES: &str = "masque = 1\n[columns]\nid = \"keep\"\nemail = \"email\"\nnote = \"keep\"\n";

/// Makes tables numbered from one number up to another. Each fifth is a parent of the next four.
fn make_tables(url: &str, from: u32, to: u32) {
    let make = format!(
        "do $$ begin for i in {from}..{to} loop \
           execute format('create table t%s (id integer primary key, parent integer references t%s, email text unique, note text)', i, i - i % 5); \
           execute format('insert into t%s (id, email) values (1, ''canary.%s@example.com'')', i, i); \
           if i % 20 = 19 then commit; end if; \
         end loop; end $$",
    );
    execute(url, &[&make]);
}

fn play() -> Play {
    Play::new(Database::from(Fixture::Empty), RULES)
}

/// A source of its own: its settings are its neighbours' business.
fn source(settings: &[(&str, &str)]) -> (Cluster, String) {
    let mut lines = vec![("log_line_prefix", "@%p@%a@ ")];
    lines.extend(settings);
    let cluster = start("crowded", &lines);
    query(&cluster.url_with_password("postgres"), "create database crowd template template0");
    let url = cluster.url_with_password("crowd");
    (cluster, url)
}

/// How many statements of each shape the sessions of the last run sent, without those that
/// are sent for each table, for each chunk of tables, or as long as a run lasts.
fn statements(cluster: &Cluster, from: usize) -> (BTreeMap<String, usize>, usize) {
    let log = std::fs::read_to_string(cluster.log_path()).unwrap();
    let lines = || log[from..].lines().filter(|line| line.starts_with('@') && line.contains("@masque "));
    let process = |line: &str| line.split('@').nth(1).unwrap_or_default().to_owned();
    let dumps: Vec<_> = lines()
        .filter(|line| line.contains("SELECT pg_catalog.set_config('search_path', '', false)"))
        .map(process)
        .collect();
    let mut shapes = BTreeMap::new();
    for line in lines().filter(|line| !dumps.contains(&process(line))) {
        let Some((_, statement)) = line.split_once("LOG:  ") else { continue };
        let Some((_, statement)) = statement.split_once(": ") else { continue };
        let each = ["COPY (", "LOCK TABLE", "ROLLBACK TO SAVEPOINT", "WITH ours AS"];
        if !each.iter().any(|start| statement.starts_with(start)) {
            // The snapshot's number is another each time.
            let shape = statement.split(" SNAPSHOT '").next().unwrap_or_default();
            *shapes.entry(shape.chars().take(60).collect()).or_insert(0) += 1;
        }
    }
    (shapes, log.len())
}

#[test]
fn a_thousand_tables_are_asked_about_as_often_as_ten_and_two_thousand_overrun_the_lock_table() {
    let (cluster, url) = source(&[("log_statement", "all"), ("max_locks_per_transaction", "10")]);
    let play = play();
    let refresh = || -> Output {
        play.refresh_between(&url, &play.target.url(), &["--jobs", "4", "--max-blocked", "30s"])
    };
    make_tables(&url, 0, 9);
    let start =
        std::fs::metadata(cluster.log_path()).map(|file| usize::try_from(file.len()).unwrap()).unwrap();
    refresh().assert_code(0);
    let (few, middle) = statements(&cluster, start);
    make_tables(&url, 10, 999);
    let middle = middle.max(usize::try_from(std::fs::metadata(cluster.log_path()).unwrap().len()).unwrap());
    // More than four lanes may lock here: 1000 tables, 6 holders, room for 4000.
    refresh().assert_code(0);
    let (many, _) = statements(&cluster, middle);
    assert!(few.len() > 15, "{few:?}");
    assert_eq!(few, many);
    make_tables(&url, 1000, 1999);
    let output = refresh();
    output.assert_code(6).assert_says(&["max_locks_per_transaction", "2000 tables", "= 16`"]);
    let log = std::fs::read_to_string(cluster.log_path()).unwrap();
    assert_eq!(log.matches("out of shared memory").count(), 0);
    assert_eq!(play.builds(), Vec::<String>::new());
}

#[test]
#[ignore = "takes minutes: ten thousand tables and five thousand partitions"]
fn ten_thousand_tables_and_five_thousand_partitions_are_planned_in_seconds() {
    let (_cluster, url) = source(&[("max_locks_per_transaction", "512")]);
    make_tables(&url, 0, 9999);
    let partitions = "create table events (id integer, note text, primary key (id)) partition by range (id); \
        do $$ begin for i in 0..4999 loop execute format('create table e%s partition of events for values from (%s) to (%s)', i, i, i + 1); \
        if i % 100 = 99 then commit; end if; end loop; end $$";
    for batch in partitions.split_inclusive("(id); ") {
        execute(&url, &[batch]);
    }
    let play = play();
    let began = Instant::now();
    run(&["check", "--source", &url, "--rules", &play.rules()]).assert_code(0);
    let checked = began.elapsed();
    eprintln!("check: {checked:?}");
    assert!(checked < Duration::from_mins(1), "{checked:?}");
    let staging = start("crowdedstaging", &[("max_locks_per_transaction", "512")]);
    let began = Instant::now();
    play.refresh_between(&url, &staging.url_with_password("crowd"), &["--max-blocked", "1m"]).assert_code(0);
    eprintln!("refresh: {:?}", began.elapsed());
}

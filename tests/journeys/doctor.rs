//! What `masque doctor` finds is so, and the statements it prints put it right.

use crate::support::{
    Balancer, Database, Fixture, Held, Output, Pair, Play, Side, execute, query, run, run_with, start,
};
use serde_json::Value;
use std::ffi::OsString;

/// The same place as another role, whose password is `p`.
fn by(role: &str, url: &str) -> String {
    let (_, place) = url.split_once('@').unwrap();
    format!("postgres://{role}:p@{place}")
}

/// The lines of a visit as JSON, and how it ended.
fn doctor(args: &[&str]) -> (Vec<Value>, Output) {
    let args = [&["doctor", "--json"], args].concat();
    let output = run(&args);
    let visit: Value = serde_json::from_str(&output.stdout).unwrap_or_default();
    (visit["lines"].as_array().cloned().unwrap_or_default(), output)
}

/// The only line about something, said as `source/login`.
#[track_caller]
fn line<'a>(lines: &'a [Value], topic: &str) -> &'a Value {
    let of =
        |line: &Value| format!("{}/{}", line["place"].as_str().unwrap(), line["topic"].as_str().unwrap());
    let found: Vec<_> = lines.iter().filter(|line| of(line) == topic).collect();
    assert_eq!(found.len(), 1, "{topic}: {lines:?}");
    found[0]
}

#[track_caller]
fn ends(lines: &[Value], topic: &str, verdict: &str, words: &str) {
    let line = line(lines, topic);
    let text = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
    let statements = line["statements"].as_array().unwrap().iter().filter_map(Value::as_str);
    let text = [text("found"), text("advice"), statements.collect()].join(" ");
    assert!(line["verdict"] == verdict && text.contains(words), "{line}");
}

/// Every statement under lines that fail.
fn statements(lines: &[Value]) -> Vec<String> {
    let failing = lines.iter().filter(|line| line["verdict"] == "fail");
    let all = failing.flat_map(|line| line["statements"].as_array().unwrap());
    all.map(|statement| statement.as_str().unwrap().to_owned()).collect()
}

/// Follows the doctor's advice, as a superuser of a side, until nothing fails. What was run.
#[track_caller]
fn follow(args: &[&str], admin: &str, first_code: i32) -> Vec<String> {
    let mut followed = Vec::new();
    for round in 0..5 {
        let (lines, output) = doctor(args);
        if output.code == 0 {
            return followed;
        }
        if round == 0 {
            output.assert_code(first_code).assert_says(&["checks failed"]);
        }
        let advice = statements(&lines);
        assert!(!advice.is_empty(), "nothing to do, and it ended with {}: {lines:?}", output.code);
        for statement in advice {
            query(admin, &statement);
            followed.push(statement);
        }
    }
    panic!("after all that was followed it still fails: {followed:?}");
}

const RULES: &str = "masque = 1\nlarge_objects = \"keep\"\n[table.people]\nid = \"keep\"\n\
                     email = { with = \"email\", by = \"id\" }\n[table.private]\nid = \"keep\"\n";

/// A source whose role was granted nothing, not even to connect.
fn barred(role: &str) -> Play {
    let source = Database::from(Fixture::Empty);
    let name = source.name();
    execute(
        &source.url(),
        &[
            &format!("drop role if exists {role}; create role {role} login password 'p'"),
            &format!("revoke connect on database {name} from public"),
            "create table people (id serial primary key, email text not null); \
             insert into people (email) select n || '@corp.example' from generate_series(1, 20) n; \
             create table private (id integer primary key); insert into private values (1), (2); \
             alter table private enable row level security; \
             revoke usage on schema public from public; \
             select lo_from_bytea(0, 'ab')",
        ],
    );
    Play::new(source, RULES)
}

#[test]
fn the_printed_grants_let_a_role_that_may_nothing_read_the_source() {
    let play = barred("doctor_reader");
    let url = by("doctor_reader", &play.source.url());
    let rules = play.rules();
    let args = ["--source", &url, "--rules", &rules];
    let (lines, output) = doctor(&args);
    output.assert_code(6);
    ends(&lines, "source/login", "fail", "GRANT CONNECT ON DATABASE");
    let followed = follow(&args, &play.source.url(), 6);
    let name = play.source.name();
    assert_eq!(followed[0], format!("GRANT CONNECT ON DATABASE \"{name}\" TO \"doctor_reader\""));
    for statement in ["GRANT pg_read_all_data TO \"doctor_reader\"", "ALTER ROLE \"doctor_reader\" BYPASSRLS"]
    {
        assert!(followed.iter().any(|done| done == statement), "{followed:?}");
    }
    let (lines, _) = doctor(&args);
    ends(&lines, "source/read-only role", "pass", "can't write");
    // The proof: a whole refresh as that role, large objects and hidden rows included.
    play.refresh_between(&url, &play.target.url(), &[]).assert_code(0).assert_silent_about("corp.example");
    let of = |sql: &str| crate::support::value(&play.target.url(), sql);
    assert_eq!(of("select count(*) from private"), "2");
    assert_eq!(of("select count(*) from pg_largeobject_metadata"), "1");
}

#[test]
fn what_the_rules_leave_out_needs_no_right() {
    let play = barred("doctor_partial");
    let name = play.source.name();
    let admin = play.source.url();
    execute(
        &admin,
        &[&format!(
            "grant connect on database {name} to doctor_partial; grant pg_read_all_data to doctor_partial"
        )],
    );
    let url = by("doctor_partial", &admin);
    play.write_rules(
        &(RULES.replace("\"keep\"\n[table.people]", "\"none\"\n[table.people]")
            + "[rows]\nprivate = \"none\"\n"),
    );
    let (lines, output) = doctor(&["--source", &url, "--rules", &play.rules()]);
    output.assert_code(0);
    ends(&lines, "source/row security", "pass", "no row");
    execute(
        &admin,
        &["revoke pg_read_all_data from doctor_partial; grant usage on schema public to doctor_partial; \
                       grant select on all tables in schema public to doctor_partial; \
                       grant select on all sequences in schema public to doctor_partial"],
    );
    let (lines, output) = doctor(&["--source", &url, "--rules", &play.rules()]);
    output.assert_code(0);
    ends(&lines, "source/privileges", "pass", "every table");
    ends(&lines, "source/large objects", "pass", "leave them out");
    // Without rules nobody knows.
    let (lines, output) = doctor(&["--source", &url]);
    output.assert_code(6);
    ends(&lines, "source/large objects", "warn", "GRANT pg_read_all_data");
    ends(&lines, "source/row security", "fail", "BYPASSRLS");
}

#[test]
fn the_printed_statements_let_a_role_load_and_publish() {
    let play = Play::small("doctorload");
    let (here, there) = (Side::Production.url("postgres"), Side::Staging.url("postgres"));
    execute(&here, &["drop role if exists doctor_owner; create role doctor_owner nologin"]);
    execute(&play.source.url(), &["alter table people owner to doctor_owner"]);
    execute(
        &there,
        &[
            "drop role if exists doctor_owner; create role doctor_owner nologin",
            "drop role if exists doctor_loader; create role doctor_loader login password 'p'",
        ],
    );
    let target = Database::on(Side::Staging, Fixture::Empty);
    let url = by("doctor_loader", &target.url());
    let args = ["--source", &play.source.url(), "--target", &url, "--rules", &play.rules()];
    let (lines, output) = doctor(&args);
    output.assert_code(7);
    ends(&lines, "target/role", "fail", "ALTER ROLE \"doctor_loader\" CREATEDB");
    ends(&lines, "both/roles", "fail", "GRANT \"doctor_owner\" TO \"doctor_loader\"");
    let followed = follow(&args, &there, 7);
    let name = target.name();
    assert!(
        followed.contains(&format!("ALTER DATABASE \"{name}\" OWNER TO \"doctor_loader\"")),
        "{followed:?}"
    );
    play.refresh_between(&play.source.url(), &url, &[]).assert_code(0);
    assert_eq!(crate::support::count(&target.url(), "people"), 300);
    // Sessions that it could not end when it publishes.
    execute(
        &there,
        &[
            "drop role if exists doctor_guest; create role doctor_guest login password 'p'; grant connect on database postgres to doctor_guest",
        ],
    );
    let _guest = Held::new(&by("doctor_guest", &target.url()), "select 1");
    let (lines, output) = doctor(&args);
    output.assert_code(0);
    ends(&lines, "target/sessions", "warn", "GRANT pg_signal_backend TO \"doctor_loader\"");
}

#[test]
fn each_lack_of_the_source_has_its_line() {
    let play = Play::small("doctorsource");
    let url = play.source.url();
    // Too few connections for so many lanes.
    let admin = Side::Production.url("postgres");
    execute(
        &admin,
        &[
            "drop role if exists doctor_few; create role doctor_few login password 'p' connection limit 5",
            "grant pg_read_all_data to doctor_few",
        ],
    );
    let few = by("doctor_few", &url);
    let (lines, output) = doctor(&["--source", &few, "--jobs", "8"]);
    output.assert_code(6);
    ends(&lines, "source/connections", "fail", "the role's CONNECTION LIMIT (5), a run takes up to 12");
    execute(&admin, &["alter role doctor_few connection limit 20"]);
    let (lines, output) = doctor(&["--source", &few, "--jobs", "8"]);
    output.assert_code(0);
    ends(&lines, "source/connections", "pass", "CONNECTION LIMIT (20)");
    ends(&lines, "source/transactions", "pass", "none");
    // Somebody has a table for himself; a superuser reads.
    let held = Held::new(&url, "lock table people in access exclusive mode");
    let (lines, output) = doctor(&["--source", &url]);
    output.assert_code(0);
    ends(&lines, "source/transactions", "warn", "public.people");
    ends(&lines, "source/read-only role", "warn", "CREATE ROLE masque_reader LOGIN");
    drop(held);
    // A wrong password, in a line and never shown.
    let (lines, output) = doctor(&["--source", &by("doctor_few", &url).replace(":p@", ":opensesame@")]);
    output.assert_code(6).assert_silent_about("opensesame");
    ends(&lines, "source/login", "fail", "28P01");
    // One address of two servers.
    let ports = [Side::Production, Side::Staging].map(|side| side.cluster().port());
    let balancer = Balancer::start(&ports);
    let own = format!(":{}/", ports[0]);
    let front = few.replace(&own, &format!(":{}/", balancer.port()));
    let twice = Side::Staging.url("postgres");
    execute(
        &twice,
        &[
            "drop role if exists doctor_few; create role doctor_few login password 'p'; grant pg_read_all_data to doctor_few",
        ],
    );
    let front = front.replace(play.source.name(), "postgres");
    let (lines, output) = doctor(&["--source", &front]);
    output.assert_code(6);
    ends(&lines, "source/address", "fail", "more than one server");
}

#[test]
fn a_small_lock_table_and_a_hasty_standby_are_told() {
    let small = start("locks", &[("max_connections", "20"), ("max_locks_per_transaction", "10")]);
    let url = small.url_with_password("postgres");
    execute(
        &url,
        &[
            "do $$ begin for n in 1..200 loop execute format('create table t%s (id integer)', n); end loop; end $$",
        ],
    );
    let (lines, output) = doctor(&["--source", &url, "--jobs", "1"]);
    output.assert_code(6);
    ends(&lines, "source/lock table", "fail", "max_locks_per_transaction = ");
    let pair = Pair::shared();
    let (lines, output) = doctor(&["--source", &pair.standby("postgres")]);
    output.assert_code(0);
    ends(&lines, "source/standby", "warn", "hot_standby_feedback");
    let (lines, _) = doctor(&["--source", &pair.primary("postgres")]);
    assert!(lines.iter().all(|line| line["topic"] != "standby"));
}

#[test]
fn each_state_of_the_target_has_its_line_with_the_command() {
    let play = Play::small("doctortarget");
    let target = play.target.url();
    let (lines, output) = doctor(&["--target", &target]);
    output.assert_code(0);
    ends(&lines, "target/guard", "pass", "a refresh makes it");
    play.refresh().assert_code(0);
    let (lines, output) = doctor(&["--target", &target]);
    output.assert_code(0);
    ends(&lines, "target/guard", "pass", "made by masque");
    // Somebody else's, and the marker of a copy on the source.
    let precious = Database::on(Side::Staging, Fixture::Empty);
    execute(&precious.url(), &["create table precious (id integer)"]);
    let (lines, output) = doctor(&["--target", &precious.url()]);
    output.assert_code(8);
    ends(&lines, "target/guard", "fail", "masque adopt --target");
    let (lines, output) = doctor(&["--source", &target, "--target", &play.source.url()]);
    output.assert_code(8);
    ends(&lines, "target/guard", "fail", "swapped");
    let (_, output) = doctor(&["--source", &target, "--target", &play.source.url(), "--source-is-copy"]);
    output.assert_code(8);
    let (lines, output) = doctor(&["--target", &Side::Staging.url("postgres")]);
    output.assert_code(8);
    ends(&lines, "target/name", "fail", "maintenance database");
    // A run that is on.
    play.read_slowly();
    let run = play.start(&[]);
    play.wait_for(Side::Production, "COPY", &run);
    let (lines, output) = doctor(&["--target", &target]);
    output.assert_code(0);
    ends(&lines, "target/run", "warn", "busy with the run `masque ");
    run.kill();
}

#[test]
fn rules_and_the_secret_have_their_lines() {
    let play = Play::small("doctorrules");
    let (url, rules) = (play.source.url(), play.rules());
    let with = |secret: &str| {
        let variables = [("MASQUE_SECRET", OsString::from(secret))];
        let output = run_with(&["doctor", "--json", "--source", &url, "--rules", &rules], &variables);
        (serde_json::from_str::<Value>(&output.stdout).unwrap(), output)
    };
    let (visit, output) = with("");
    output.assert_code(0);
    let lines = visit["lines"].as_array().unwrap();
    ends(lines, "here/secret", "warn", "MASQUE_SECRET");
    ends(lines, "source/rules", "pass", "every column is decided");
    let secret = "00ff".repeat(16);
    let (visit, output) = with(&secret);
    output.assert_code(0).assert_silent_about(&secret);
    ends(visit["lines"].as_array().unwrap(), "here/secret", "pass", "given");
    let (visit, output) = with("short");
    output.assert_code(2);
    ends(visit["lines"].as_array().unwrap(), "here/secret", "fail", "MASQUE_SECRET");
    execute(&url, &["alter table people add column shoe_size text"]);
    let (visit, output) = with(&secret);
    output.assert_code(3);
    ends(visit["lines"].as_array().unwrap(), "source/rules", "fail", "masque check");
    play.write_rules("masque = 1\n[table.people\n");
    let (visit, output) = with(&secret);
    output.assert_code(3);
    ends(visit["lines"].as_array().unwrap(), "here/rule file", "fail", "1 problem");
}

#[test]
fn a_visit_has_a_shape_and_leaves_both_sides_as_they_were() {
    let play = Play::small("doctorshape");
    play.refresh().assert_code(0);
    let (source, target) = (play.source.url(), play.target.url());
    let catalogs = |url: &str| {
        let sql = "select md5(string_agg(t::text, ',')) from (select * from pg_class order by oid) t; \
                   select shobj_description(oid, 'pg_database') || datacl::text || datdba from pg_database where datname = current_database()";
        query(url, sql)
    };
    let before = (catalogs(&source), catalogs(&target));
    let output =
        run(&["doctor", "--json", "--source", &source, "--target", &target, "--rules", &play.rules()]);
    output.assert_code(0).assert_silent_about("corp.example").assert_silent_about("doctorshape");
    let visit: Value = serde_json::from_str(&output.stdout).unwrap();
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&visit), ["verdict", "passed", "warned", "failed", "lines"]);
    let lines = visit["lines"].as_array().unwrap();
    for line in lines {
        assert_eq!(keys(line), ["verdict", "place", "topic", "found", "advice", "statements"]);
        // Whatever does not pass says what to do.
        assert!(line["verdict"] == "pass" || line["advice"].is_string(), "{line}");
    }
    let numbers = ["passed", "warned", "failed"].map(|key| visit[key].as_u64().unwrap());
    assert_eq!(numbers.iter().sum::<u64>(), lines.len() as u64);
    assert_eq!((visit["verdict"].as_str(), numbers[2]), (Some("warn"), 0));
    for topic in [
        "both/versions",
        "both/extensions and locale",
        "both/roles",
        "target/disk",
        "target/role",
        "here/client programs",
    ] {
        ends(lines, topic, "pass", "");
    }
    for side in ["source", "target"] {
        for topic in ["login", "version", "tls", "connections"] {
            ends(lines, &format!("{side}/{topic}"), "pass", "");
        }
    }
    assert_eq!((catalogs(&source), catalogs(&target)), before);
    // The same for a person; and nobody to look at.
    let output = run(&["doctor", "--source", &source]);
    output.assert_code(0);
    assert!(output.stdout.contains("pass  source  lock table"), "{}", output.stdout);
    assert!(output.stdout.trim_end().ends_with("0 fail"), "{}", output.stdout);
    run(&["doctor"]).assert_code(2).assert_says(&["nobody to examine"]);
    let (lines, output) = doctor(&["--target", "postgres://nobody:p@127.0.0.1:1/x"]);
    output.assert_code(7);
    ends(&lines, "target/login", "fail", "no server listens");
}

#[test]
fn a_run_has_as_many_sessions_as_the_doctor_says() {
    let play = Play::small("doctorcount");
    let roles = |limits: [u32; 2]| {
        for (side, limit) in [Side::Production, Side::Staging].into_iter().zip(limits) {
            let sql = format!("alter role doctor_counted connection limit {limit}");
            execute(&side.url("postgres"), &[&sql]);
        }
    };
    for side in [Side::Production, Side::Staging] {
        let make = "create role doctor_counted login createdb password 'p'; grant pg_read_all_data to doctor_counted";
        execute(&side.url("postgres"), &["drop role if exists doctor_counted", make]);
    }
    let (source, target) =
        (by("doctor_counted", &play.source.url()), by("doctor_counted", &play.target.url()));
    let args = ["--source", &source, "--target", &target, "--jobs", "2", "--no-owner"];
    roles([6, 7]);
    let (lines, output) = doctor(&args);
    output.assert_code(0);
    ends(&lines, "source/connections", "pass", "6 left");
    ends(&lines, "target/connections", "pass", "7 left");
    let refresh = || play.refresh_between(&source, &target, &["--jobs", "2", "--no-owner"]);
    let output = refresh();
    output.assert_code(0);
    assert!(!output.stderr.contains("connections left"), "{}", output.stderr);
    roles([5, 5]);
    let (lines, _) = doctor(&args);
    ends(&lines, "source/connections", "fail", "5 left");
    ends(&lines, "target/connections", "fail", "5 left");
    // A refresh says so before it tries; with one less it has one too few.
    roles([5, 7]);
    refresh().assert_code(6).assert_says(&["connections left by the role", "no connection left"]);
    roles([6, 5]);
    refresh().assert_code(7).assert_says(&["connections left by the role", "no connection left"]);
}

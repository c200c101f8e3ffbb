//! Owners, privileges, default privileges and row security are production's.

use super::double::assert_double;
use crate::support::{Database, Fixture, Play, Side, execute, query, value};

const KEEP: &str = "masque = 1\n[columns]\n\"*\" = \"keep\"\n";

/// A database of several roles, each with a name that only the test of `stem` uses.
fn source(stem: &str) -> Database {
    let source = Database::from(Fixture::Empty);
    let roles = ["owner", "Odd Owner", "reader", "grantor"].map(|role| format!("{stem}_{role}"));
    let create: Vec<String> =
        roles.iter().map(|role| format!("create role \"{role}\" login password 'of.no.worth'")).collect();
    query(&Side::Production.url("postgres"), &create.join("; "));
    let sql = include_str!("../fixtures/access.sql").replace("STEM", stem);
    execute(&source.url(), &[&sql]);
    source
}

fn roles_of(side: Side, stem: &str) -> Vec<String> {
    let sql = format!(
        "select concat_ws(' ', rolname, rolcanlogin, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls, rolpassword is null) \
         from pg_authid where starts_with(rolname, '{stem}_') order by 1"
    );
    query(&side.url("postgres"), &sql).into_iter().flatten().flatten().collect()
}

#[test]
fn everything_has_its_owner_and_its_privileges_and_missing_roles_are_made_without_login() {
    let play = Play::new(source("acc"), &format!("{KEEP}[schema]\ncomments = \"none\"\n"));
    play.refresh().assert_code(0);
    assert_double(&play);
    let made = ["acc_Odd Owner", "acc_grantor", "acc_owner", "acc_reader"];
    assert_eq!(play.report()["roles"], serde_json::json!(made));
    let bare: Vec<String> = made.iter().map(|role| format!("{role} f f f f f f t")).collect();
    assert_eq!(roles_of(Side::Staging, "acc"), bare);
    // What a role may not do on the source it may not do on the target.
    let may = "select has_table_privilege('acc_reader', 'app.orders', 'select'), has_table_privilege('acc_reader', 'app.orders', 'delete'), \
        has_column_privilege('acc_reader', 'app.people', 'name', 'select'), has_column_privilege('acc_reader', 'app.people', 'email', 'select')";
    assert_eq!(query(&play.source.url(), may), query(&play.target.url(), may));
    assert_eq!(query(&play.target.url(), may).concat(), ["t", "f", "t", "f"].map(|b| Some(String::from(b))));
    // Again, over what is there: the roles are named as long as nobody has given them a login.
    play.refresh().assert_code(0);
    assert_double(&play);
    assert_eq!(play.report()["roles"], serde_json::json!(made));
    query(&Side::Staging.url("postgres"), "alter role acc_reader login");
    play.refresh().assert_code(0);
    assert_eq!(play.report()["roles"], serde_json::json!(made[..3]));
    query(&Side::Staging.url("postgres"), "alter role acc_reader nologin");
}

#[test]
fn roles_get_the_names_that_the_rule_file_gives_them() {
    let rules = format!("{KEEP}[roles]\nmap_owner = \"map_staging\"\n\"map_Odd Owner\" = \"map_staging\"\n");
    let play = Play::new(source("map"), &rules);
    play.refresh().assert_code(0);
    let names = "select relname, pg_get_userbyid(relowner) from pg_class where relnamespace = 'app'::regnamespace and relkind = 'r' order by 1";
    let owners = query(&play.target.url(), names);
    let of =
        |table: &str| owners.iter().find(|row| row[0].as_deref() == Some(table)).unwrap()[1].clone().unwrap();
    assert_eq!((of("orders"), of("people")), (String::from("map_staging"), String::from("map_staging")));
    let policies =
        "select distinct unnest(roles)::text from pg_policies where roles <> '{public}' order by 1";
    assert_eq!(
        query(&play.target.url(), policies).concat(),
        ["map_reader", "map_staging"].map(|b| Some(String::from(b)))
    );
    assert_eq!(roles_of(Side::Staging, "map").len(), 3);
    play.write_rules(&format!("{KEEP}[roles]\nmap_ownr = \"map_staging\"\n"));
    play.refresh()
        .assert_code(3)
        .assert_says(&["the source has no role `map_ownr`", "did you mean `map_owner`?"]);
    play.check().assert_code(3).assert_says(&["the source has no role `map_ownr`"]);
}

/// The same URL for another role.
fn as_role(url: &str, role: &str) -> String {
    let (_, place) = url.rsplit_once('@').unwrap();
    format!("postgres://{role}:of.no.worth@{place}")
}

#[test]
fn a_loading_role_that_can_not_carry_access_is_told_before_a_row_moves() {
    let staging = Side::Staging.url("postgres");
    query(&staging, "create role bare_loader login password 'of.no.worth' createdb");
    let play = Play::new(source("bare"), KEEP);
    let target = as_role(&play.target.url(), "bare_loader");
    let refresh = |more: &[&str]| play.refresh_between(&play.source.url(), &target, more);
    let output = refresh(&[]);
    output.assert_code(7).assert_says(&[
        "the target lacks the roles `bare_Odd Owner`, `bare_grantor`, `bare_owner`, `bare_reader`",
        "CREATE ROLE \"bare_Odd Owner\" NOLOGIN",
        "GRANT \"bare_owner\" TO \"bare_loader\"",
        "`[roles]`",
        "--no-owner",
        "--no-privileges",
    ]);
    assert!(
        !output.stderr.contains("GRANT \"bare_reader"),
        "who only reads need not be acted for\n{}",
        output.stderr
    );
    assert_eq!(play.target.generations(), Vec::<String>::new());
    // Policies name roles whatever the flags say, and so do the roles of functions.
    refresh(&["--no-owner", "--no-privileges"]).assert_code(7).assert_says(&["the target lacks the role"]);
    query(
        &staging,
        "create role \"bare_Odd Owner\"; create role bare_reader; create role bare_owner; create role bare_grantor",
    );
    refresh(&[]).assert_code(7).assert_says(&["may not act for", "GRANT \"bare_owner\" TO \"bare_loader\""]);
    assert_eq!(play.target.generations(), Vec::<String>::new());
    refresh(&["--no-owner", "--no-privileges"]).assert_code(0);
    let owners = "select string_agg(distinct pg_get_userbyid(relowner), ',') from pg_class where relnamespace = 'app'::regnamespace";
    assert_eq!(value(&target, owners), "bare_loader");
    let granted =
        "select count(*) from pg_class where relacl is not null and relnamespace = 'app'::regnamespace";
    assert_eq!(value(&target, granted), "0");
    assert_eq!(value(&target, "select has_schema_privilege('bare_reader', 'public', 'usage')"), "t");
    refresh(&["--no-owner"])
        .assert_code(7)
        .assert_says(&["may not act for the roles `bare_grantor`, `bare_owner`"]);
    refresh(&["--no-privileges"])
        .assert_code(7)
        .assert_says(&["may not act for the roles `bare_Odd Owner`, `bare_owner`"]);
    query(&staging, "grant \"bare_Odd Owner\", bare_owner, bare_grantor to bare_loader");
    refresh(&["--no-privileges"]).assert_code(0);
    // What was opened so that owners could be set is shut again.
    assert_eq!(value(&target, "select has_schema_privilege('bare_Odd Owner', 'app', 'usage')"), "f");
    assert_eq!(
        value(&target, "select pg_get_userbyid(relowner) from pg_class where relname = 'people'"),
        "bare_Odd Owner"
    );
    refresh(&[]).assert_code(0);
    assert_double(&play);
}

#[test]
fn a_loading_role_that_may_make_roles_needs_nothing_else() {
    let staging = Side::Staging.url("postgres");
    query(&staging, "create role role_loader login password 'of.no.worth' createdb createrole noinherit");
    let play = Play::new(source("role"), KEEP);
    let target = as_role(&play.target.url(), "role_loader");
    for _ in 0..2 {
        play.refresh_between(&play.source.url(), &target, &[]).assert_code(0);
        assert_double(&play);
    }
}

#[test]
fn comments_travel_where_a_rule_keeps_them_and_the_marker_stays() {
    let rules = format!("{KEEP}[schema]\ncomments = \"keep\"\n");
    let play = Play::new(source("com"), &rules);
    execute(
        &play.source.url(),
        &[&format!("comment on database {} is 'production itself'", play.source.name())],
    );
    play.refresh().assert_code(0);
    let comments = "select classoid::regclass::text, objsubid, description from pg_description where objoid > 16384 order by 1, 2, 3";
    let found = query(&play.target.url(), comments);
    assert!(found.len() > 4);
    assert_eq!(query(&play.source.url(), comments), found);
    let marker = format!(
        "select shobj_description(oid, 'pg_database') from pg_database where datname = '{}'",
        play.target.name()
    );
    assert!(value(&Side::Staging.url("postgres"), &marker).contains("\"masque\""));
    play.write_rules(KEEP);
    play.refresh().assert_code(0);
    assert_eq!(query(&play.target.url(), comments), Vec::<Vec<Option<String>>>::new());
    let left: Vec<_> =
        play.report()["left_out"].as_array().unwrap().iter().map(|kind| kind["kind"].clone()).collect();
    assert!(left.contains(&serde_json::json!("COMMENT")), "{left:?}");
}

//! What must not reach staging does not, and the report counts it.

use crate::support::{Database, Fixture, Play, execute, query};
use serde_json::json;

const PLANTED: &str = "
    create table people (id integer primary key, name text);
    insert into people values (1, 'one');
    create foreign data wrapper far;
    create server elsewhere foreign data wrapper far;
    create foreign table far_people (id integer) server elsewhere;
    create user mapping for current_user server elsewhere options (user 'canary', password 'canary');
    create user mapping for public server elsewhere options (password 'canary');
    create publication all_of_it for all tables;
    create publication some_of_it for table people;
    create subscription from_there connection 'host=127.0.0.1 port=1 password=canary' publication p with (connect = false);
    create function noted() returns event_trigger language plpgsql as 'begin raise exception ''canary''; end';
    create event trigger on_tables on ddl_command_start when tag in ('CREATE INDEX') execute function noted();
    create event trigger on_drop on sql_drop execute function noted();
    alter event trigger on_drop disable;
    comment on table people is 'canary';
    comment on column people.name is 'canary';
    select lo_create(0), lo_create(0);
    create role planted_role login password 'canary' valid until '2099-01-01';
    alter role planted_role set work_mem = '5MB';
    grant select on people to planted_role;
    set allow_in_place_tablespaces = on;
";

#[test]
fn nothing_that_reaches_production_or_holds_a_password_is_copied_and_the_report_counts_it() {
    let play = Play::new(Database::from(Fixture::Empty), "masque = 1\n[columns]\n\"*\" = \"keep\"\n");
    let (source, name) = (play.source.url(), play.source.name());
    execute(&source, &[PLANTED]);
    for statement in [
        "create tablespace planted location ''".to_owned(),
        "create table elsewhere (id integer primary key using index tablespace planted) tablespace planted"
            .to_owned(),
        format!("alter database {name} set work_mem = '6MB'"),
        format!("alter database {name} set search_path = canary, public"),
        format!("alter role planted_role in database {name} set work_mem = '7MB'"),
    ] {
        // Some of these refuse to be one of several statements.
        execute(&source, &["set allow_in_place_tablespaces = on", &statement]);
    }
    let ended = play.refresh();
    let cleaned =
        "alter subscription from_there disable; alter subscription from_there set (slot_name = none)";
    execute(
        &source,
        &[cleaned, "drop subscription from_there", "drop table elsewhere", "drop tablespace planted"],
    );
    ended.assert_code(0);
    let target = play.target.url();
    for sql in [
        "select 1 from pg_user_mapping",
        "select 1 from pg_subscription where subdbid = (select oid from pg_database where datname = current_database())",
        "select 1 from pg_publication",
        "select 1 from pg_event_trigger",
        "select 1 from pg_seclabel",
        "select 1 from pg_description where objoid >= 16384",
        "select 1 from pg_largeobject_metadata",
        "select 1 from pg_db_role_setting where setdatabase = (select oid from pg_database where datname = current_database())",
        "select 1 from pg_db_role_setting where setrole = 'planted_role'::regrole",
        "select 1 from pg_class where reltablespace not in (0, 1664)",
        "select 1 from pg_authid where rolname = 'planted_role' and (rolpassword is not null or rolcanlogin or rolvaliduntil is not null)",
    ] {
        assert_eq!(query(&target, sql), Vec::<Vec<Option<String>>>::new(), "{sql}");
    }
    let names = "select count(*) from pg_foreign_server where srvname = 'elsewhere' union all select count(*) from pg_foreign_table";
    assert_eq!(query(&target, names).concat(), ["1", "1"].map(|one| Some(String::from(one))));
    let report = play.report();
    let counted = |kind: &str| {
        let kinds = report["left_out"].as_array().unwrap().iter();
        kinds
            .clone()
            .find(|left| left["kind"] == kind)
            .unwrap_or_else(|| panic!("{kind}: {:?}", report["left_out"]))["count"]
            .as_u64()
            .unwrap()
    };
    for (kind, number) in [
        ("COMMENT", 2),
        ("DATABASE SETTING", 2),
        ("EVENT TRIGGER", 2),
        ("LARGE OBJECT", 2),
        ("PUBLICATION", 2),
        ("SUBSCRIPTION", 1),
        ("TABLESPACE", 1),
        ("USER MAPPING", 2),
    ] {
        assert_eq!(counted(kind), number, "{kind}");
    }
    // Settings of roles everywhere belong to the whole server, which other tests use too.
    assert!(counted("ROLE SETTING") >= 2);
    assert_eq!(report["roles"], json!(["planted_role"]));
    assert!(!play.report_text().contains("canary"));
}

#[test]
fn what_a_dump_would_lose_is_refused_by_name_before_a_row_moves() {
    let play = Play::small("canary");
    let url = play.source.url();
    let refused = |words: &[&str]| {
        play.refresh().assert_code(6).assert_says(words);
        assert_eq!(play.target.generations(), Vec::<String>::new());
    };
    execute(&url, &["create table twice (n integer); insert into twice values (1), (1)"]);
    let rules = "masque = 1\n[columns]\n\"*\" = \"keep\"\n";
    play.write_rules(rules);
    // It fails, as it should, and leaves the index behind.
    std::panic::catch_unwind(|| execute(&url, &["create unique index concurrently once on twice (n)"]))
        .unwrap_err();
    refused(&["the invalid index `public.once`", "REINDEX INDEX CONCURRENTLY"]);
    execute(
        &url,
        &[
            "drop index once",
            "create table child (id integer references people); alter table child disable trigger all",
        ],
    );
    refused(&[
        "the key `child_id_fkey` of `public.child`, whose triggers are switched off",
        "ENABLE TRIGGER ALL",
    ]);
    execute(
        &url,
        &[
            "alter table child enable trigger all",
            "set allow_system_table_mods = on; create view pg_catalog.mine as select 1 as one",
        ],
    );
    refused(&["`pg_catalog.mine` in a schema of the system"]);
    execute(&url, &["set allow_system_table_mods = on; drop view pg_catalog.mine"]);
    play.refresh().assert_code(0);
}

const FIRING: &str = "
    create table side_effects (what text);
    create table things (id integer primary key, name text);
    create table parts (id integer, name text) partition by list (id);
    create table parts_1 partition of parts for values in (1);
    create function note() returns trigger language plpgsql as $$ begin
      perform pg_notify('staging', tg_name); insert into public.side_effects values (tg_name || tg_table_name);
      if tg_op = 'TRUNCATE' or tg_level = 'STATEMENT' then return null; end if; return new; end $$;
    create trigger plain after insert on things for each row execute function note();
    create trigger always before insert on things for each row execute function note();
    create trigger replica after insert on things for each row execute function note();
    create trigger off after insert on things for each row execute function note();
    create trigger statement after insert on things for each statement execute function note();
    create constraint trigger late after insert on things deferrable initially deferred for each row execute function note();
    create trigger each_part after insert on parts for each row execute function note();
    create view seen as select * from things;
    create trigger into_view instead of insert on seen for each row execute function note();
    create rule told as on insert to things do also insert into side_effects values ('rule');
    create rule always_told as on insert to things do also insert into side_effects values ('always');
    create rule off_told as on update to things do also notify staging;
    insert into things values (1, 'one'), (2, 'two');
    insert into parts values (1, 'one');
    set constraints all immediate;
    delete from side_effects;
    alter table things enable always trigger always, enable replica trigger replica, disable trigger off;
    alter table parts_1 disable trigger each_part;
    alter table things enable always rule always_told, disable rule off_told;
    create foreign data wrapper nowhere;
    create server nowhere foreign data wrapper nowhere;
    create foreign table abroad (id integer, name text) server nowhere;
";

#[test]
fn nothing_fires_while_loading_and_all_is_as_enabled_as_on_the_source() {
    let play = Play::new(Database::from(Fixture::Empty), "masque = 1\n[columns]\n\"*\" = \"keep\"\n");
    execute(&play.source.url(), &[FIRING]);
    // Reading the foreign table would fail: its wrapper has no handler.
    play.refresh().assert_code(0);
    let (source, target) = (play.source.url(), play.target.url());
    assert_eq!(query(&target, "select * from side_effects"), Vec::<Vec<Option<String>>>::new());
    assert_eq!(
        query(&target, "select (select count(*) from things), (select count(*) from parts)").concat(),
        ["2", "1"].map(|n| Some(n.into()))
    );
    let report = play.report();
    assert_eq!(report["not_read"], json!([{ "table": "public.abroad", "why": "held by another server" }]));
    for (sql, states) in [
        (
            "select tgrelid::regclass::text, tgname, tgenabled from pg_trigger where not tgisinternal order by 1, 2",
            9,
        ),
        (
            "select ev_class::regclass::text, rulename, ev_enabled from pg_rewrite where rulename <> '_RETURN' and oid > 16384 order by 1, 2",
            3,
        ),
    ] {
        let found = query(&source, sql);
        assert_eq!(found.len(), states, "{found:?}");
        assert_eq!(found, query(&target, sql));
    }
    // Now it fires, on both sides alike.
    let fire = "insert into things values (3, 'three'); insert into parts values (1, 'again'); insert into seen values (4, 'four')";
    let fired = "select what from side_effects order by 1";
    let [before, after] = [&source, &target].map(|url| {
        execute(url, &[fire]);
        query(url, fired)
    });
    assert!(before.len() > 5, "{before:?}");
    assert_eq!(before, after);
}

//! Every pair of URLs that is refused: exit 8, a sentence of its own, and nothing written on either side.

use crate::support::{Database, Fixture, Held, Output, Pair, Play, Side, execute, query, run, start, value};
use std::collections::BTreeSet;

/// All that two servers say of the databases whose names begin with a stem.
type Catalog<'a> = &'a dyn Fn() -> Vec<String>;

/// The catalog's rows of the databases that begin with `stem`, and of what is in them.
fn catalog(server: &dyn Fn(&str) -> String, stem: &str) -> Vec<String> {
    let sql = format!(
        "select datname, concat_ws(' ', oid, datdba, datconnlimit, datacl, shobj_description(oid, 'pg_database'), \
         (select string_agg(s::text, ',') from pg_db_role_setting s where setdatabase = d.oid)) \
         from pg_database d where starts_with(datname, '{stem}') and datallowconn order by 1"
    );
    let mut seen = Vec::new();
    for row in query(&server("postgres"), &sql) {
        let [Some(name), Some(properties)] = row.as_slice() else { panic!("{row:?}") };
        let inside = "select concat_ws(' ', (select md5(string_agg(c::text, ',' order by oid)) from pg_class c), \
                      (select md5(string_agg(n::text, ',' order by oid)) from pg_namespace n))";
        seen.push(format!("{name} {properties} {}", value(&server(name), inside)));
    }
    seen
}

/// The sentences told so far.
#[derive(Default)]
struct Told(BTreeSet<String>);

impl Told {
    /// Fails unless a command is refused with `words`, in a sentence that no other case has, and left no trace.
    #[track_caller]
    fn refused(&mut self, words: &[&str], catalog: Catalog<'_>, command: impl FnOnce() -> Output) {
        let before = catalog();
        let output = command();
        output.assert_code(8).assert_says(words).assert_says(&["help: "]);
        assert_eq!(catalog(), before, "{words:?}: something was written");
        assert!(self.0.insert(words[0].to_owned()), "`{}` is told twice", words[0]);
    }
}

/// Gives a database of staging a marker that fits it.
fn mark(name: &str, state: &str, target: &str) {
    let maintenance = Side::Staging.url("postgres");
    let sql = format!(
        "select (select system_identifier from pg_control_system()) || ':' || oid from pg_database where datname = '{name}'"
    );
    let identity = value(&maintenance, &sql);
    let marker = format!(
        r#"{{"masque":1,"state":"{state}","target":"{target}","run":"r","identity":"{identity}","at":"2026-01-01T00:00:00Z"}}"#
    );
    query(&maintenance, &format!("comment on database {name} is '{marker}'"));
}

fn adopt(url: &str, name: &str, more: &[&str]) -> Output {
    let mut args = vec!["adopt", "--target", url, "--yes", name];
    args.extend(more);
    run(&args)
}

#[test]
fn every_wrong_target_is_refused_with_its_own_sentence_and_left_alone() {
    let play = Play::small("canary");
    let beside = Database::absent(Side::Production, "beside");
    let other = Database::on(Side::Staging, Fixture::Empty);
    let (source, target) = (play.source.url(), play.target.url());
    for _ in 0..2 {
        play.refresh().assert_code(0);
    }
    let kept = play.target.generations().into_iter().find(|name| name.contains("__old_")).unwrap();
    let kept_url = target.replace(play.target.name(), &kept);
    let catalog = || {
        let (of, to) = (|name: &str| Side::Production.url(name), |name: &str| Side::Staging.url(name));
        let mut seen = catalog(&of, play.source.name());
        seen.extend(catalog(&of, beside.name()));
        seen.extend(catalog(&to, play.target.name()));
        seen.extend(catalog(&to, other.name()));
        seen
    };
    let mut told = Told::default();
    let refresh = |from: &str, to: &str| play.refresh_between(from, to, &[]);
    told.refused(&["are the same database"], &catalog, || refresh(&source, &source));
    told.refused(&["are databases of one server", "--same-server"], &catalog, || {
        refresh(&source, &beside.url())
    });
    told.refused(&["is itself a copy", "swapped"], &catalog, || refresh(&target, &source));
    told.refused(&["maintenance database", "--maintenance-db"], &catalog, || {
        refresh(&source, &Side::Staging.url("postgres"))
    });
    told.refused(&["is a template"], &catalog, || refresh(&source, &Side::Staging.url("template1")));
    told.refused(&["is a generation kept of", play.target.name()], &catalog, || refresh(&source, &kept_url));
    assert_eq!(adopt(&kept_url, &kept, &[]).code, 8);
    mark(other.name(), "building", "elsewhere");
    told.refused(&["is an unfinished build", "`elsewhere`"], &catalog, || refresh(&source, &other.url()));
    assert_eq!(adopt(&other.url(), other.name(), &[]).code, 8);
    mark(other.name(), "published", "elsewhere");
    told.refused(&["was `elsewhere` when", "masque adopt"], &catalog, || refresh(&source, &other.url()));
    let maintenance = Side::Staging.url("postgres");
    let strange = r#"{"masque":1,"state":"published","target":"t","run":"r","identity":"1:2","at":"2026-01-01T00:00:00Z"}"#;
    query(&maintenance, &format!("comment on database {} is '{strange}'", other.name()));
    told.refused(&["written for another database", "adopt it again"], &catalog, || {
        refresh(&source, &other.url())
    });
    adopt(&other.url(), other.name(), &[]).assert_code(0);
    query(&maintenance, &format!("comment on database {} is null", other.name()));
    let reader = Held::new(&other.url(), "select 1");
    told.refused(&["1 sessions are connected", "--allow sessions"], &catalog, || {
        refresh(&source, &other.url())
    });
    assert_eq!(adopt(&other.url(), other.name(), &[]).code, 8);
    assert_eq!(adopt(&other.url(), other.name(), &["--allow", "replicas,name"]).code, 8);
    adopt(&other.url(), other.name(), &["--allow", "replicas,sessions"]).assert_code(0);
    drop(reader);
    query(&maintenance, &format!("comment on database {} is null", other.name()));
    execute(&other.url(), &["create table precious (id integer)"]);
    told.refused(&["holds tables", "masque adopt"], &catalog, || refresh(&source, &other.url()));
    let named = Database::absent(Side::Staging, "prod");
    told.refused(&["it is called", "--allow name"], &catalog, || refresh(&source, &named.url()));
    assert_eq!(named.generations(), Vec::<String>::new());
    told.refused(&["the target has no database", "masque refresh"], &catalog, || {
        adopt(&named.url(), named.name(), &[])
    });
    play.refresh_between(&source, &named.url(), &["--allow", "name"]).assert_code(0);
    // Once it is marked, its sessions and its name say nothing any more.
    let reader = Held::new(&named.url(), "select 1");
    play.refresh_between(&source, &named.url(), &[]).assert_code(0);
    drop(reader);
    adopt(&named.url(), named.name(), &["--allow", "everything"]).assert_code(2).assert_says(&["archive"]);
}

#[test]
fn a_server_that_archives_or_has_slots_looks_like_production() {
    let play = Play::small("canary");
    let server =
        start("archiving", &[("archive_mode", "on"), ("archive_command", "true"), ("wal_level", "replica")]);
    let url = |name: &str| server.url_with_password(name);
    let catalog = || catalog(&url, "");
    let mut told = Told::default();
    let refresh = |more: &[&str]| play.refresh_between(&play.source.url(), &url("staging"), more);
    told.refused(&["archives its log", "--allow archive"], &catalog, || refresh(&[]));
    query(&url("postgres"), "select pg_create_physical_replication_slot('standby')");
    told.refused(&["1 replication slots", "--allow slots"], &catalog, || refresh(&["--allow", "archive"]));
    refresh(&["--allow", "archive,slots"]).assert_code(0);
    refresh(&[]).assert_code(0);
}

#[test]
fn servers_of_one_origin_are_told_apart() {
    let play = Play::small("canary");
    let pair = Pair::start(&[]);
    let (primary, standby) = (|name: &str| pair.primary(name), |name: &str| pair.standby(name));
    pair.fill(
        "family",
        &[
            "create table people (id integer primary key, note text, email text not null)",
            "insert into people values (1, 'note', 'canary.1@example.com')",
        ],
    );
    query(&primary("postgres"), "create database lent");
    pair.catch_up();
    let source = play.source.url();
    let all = || {
        let mut seen = catalog(&primary, "");
        seen.extend(catalog(&standby, ""));
        seen
    };
    let mut told = Told::default();
    let refresh = |from: &str, to: &str| play.refresh_between(from, to, &[]);
    told.refused(&["1 replicas follow its server", "--allow replicas"], &all, || {
        refresh(&source, &primary("lent"))
    });
    told.refused(&["the target's server is a standby"], &all, || refresh(&source, &standby("lent")));
    told.refused(&["the source is a standby of"], &all, || refresh(&standby("family"), &primary("lent")));
    // Said wrongly, it is not believed: the source shows the very marker.
    adopt(&primary("lent"), "lent", &["--copied-disks", "--allow", "replicas"]).assert_code(0);
    pair.catch_up();
    let output = refresh(&standby("family"), &primary("lent"));
    output.assert_code(8).assert_says(&["the source is a standby of"]);
    query(&primary("postgres"), "comment on database lent is null");
    pair.catch_up();
    pair.part();
    told.refused(&["one system identifier", "--copied-disks"], &all, || {
        refresh(&primary("family"), &standby("lent"))
    });
    adopt(&standby("lent"), "lent", &[]).assert_code(0);
    assert_eq!(refresh(&primary("family"), &standby("lent")).code, 8);
    adopt(&standby("lent"), "lent", &["--copied-disks"]).assert_code(0);
    for _ in 0..2 {
        refresh(&primary("family"), &standby("lent")).assert_code(0);
    }
    assert_eq!(value(&standby("lent"), "select count(*) from people where email like 'canary%'"), "0");
}

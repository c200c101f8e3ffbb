//! TLS and connection strings: masque, libpq and a refresh's children agree on every URL.
//!
//! `psql` is the judge: what it makes of a connection string, masque makes of it too.

use crate::support::{
    Authority, Database, Pair, Play, Secure, Side, execute, programs, query, run_with, value,
};
use masque::error::Kind;
use masque::postgres::environment::Environment;
use masque::postgres::url::Url;
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

/// Where a session is, and whether it is encrypted: `5432 true`.
const WHERE: &str =
    "select inet_server_port() || ' ' || (select ssl from pg_stat_ssl where pid = pg_backend_pid())";

type Variables<'a> = &'a [(&'a str, &'a str)];

/// What libpq makes of a connection string.
fn judge(text: &str, home: &Path, variables: Variables<'_>) -> Result<String, String> {
    let installed = programs().join("psql");
    let mut command = Command::new(if installed.is_file() { installed } else { "psql".into() });
    command.args(["-X", "-w", "-A", "-t", "-c", WHERE, "-d", text]).env_clear().env("HOME", home);
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).envs(variables.iter().copied());
    let output = command.output().unwrap();
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() { Ok(said(&output.stdout)) } else { Err(said(&output.stderr)) }
}

/// What masque makes of it.
fn connect(text: &str, home: &Path, variables: Variables<'_>) -> Result<String, String> {
    let own: Vec<(String, String)> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let world = Environment {
        variable: Box::new(move |name| own.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone())),
        home: Some(home.to_owned()),
        ..Environment::of_process()
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let full =
            |error: masque::error::Error| format!("{error}; {}", error.help_text().unwrap_or_default());
        let url = Url::parse_in(text, &world).map_err(full)?;
        let connection = url.connect(Kind::Source).await.map_err(full)?;
        Ok(connection.client.query_one(WHERE, &[]).await.unwrap().get(0))
    })
}

/// Both say the same: a session as `expected`, or a refusal, masque's with these words.
#[track_caller]
fn agree(text: &str, home: &Path, variables: Variables<'_>, expected: Result<&str, &str>) {
    let (own, judged) = (connect(text, home, variables), judge(text, home, variables));
    match expected {
        Ok(expected) => {
            assert_eq!(own.as_deref(), Ok(expected), "masque: {text}");
            assert_eq!(judged.as_deref(), Ok(expected), "psql: {text}");
        }
        Err(words) => {
            let said = own.unwrap_err();
            assert!(said.contains(words), "{text}: {said}");
            assert!(judged.is_err(), "psql: {text}: {judged:?}");
        }
    }
}

#[test]
fn every_sslmode_accepts_and_refuses_what_psql_does() {
    let server = Secure::start("modes", Side::Production);
    let (root, stranger) = (server.authority.root_file(), Authority::new());
    let other = stranger.root_file();
    let home = tempfile::tempdir().unwrap();
    let (plain, encrypted) = (format!("{} false", server.port()), format!("{} true", server.port()));
    let (plain, encrypted) = (Ok(plain.as_str()), Ok(encrypted.as_str()));
    let not_ours = Err("not from a trusted CA");
    let (good, bad) = (format!("sslrootcert={root}"), format!("sslrootcert={other}"));
    let of = |role: &str, mode: &str, root: &str, expected| {
        let text = server.url(role, "postgres", &format!("sslmode={mode} {root}"));
        agree(&text, home.path(), &[], expected);
    };
    for (mode, without, with, with_other) in [
        ("disable", plain, plain, plain),
        ("allow", plain, plain, plain),
        ("prefer", encrypted, encrypted, plain),
        ("require", encrypted, encrypted, not_ours),
        ("verify-ca", Err("needs a root certificate"), encrypted, not_ours),
        ("verify-full", not_ours, encrypted, not_ours),
    ] {
        of("anyone", mode, &good, with);
        of("anyone", mode, &bad, with_other);
        // Without any, masque's `verify-full` trusts the system, which libpq must be asked to do.
        of("anyone", mode, "", without);
    }
    // Who admits only one of the two is found by the modes that try both.
    of("tls_only", "disable", "", Err("without TLS"));
    of("tls_only", "allow", "", encrypted);
    of("plain_only", "prefer", "", plain);
    of("plain_only", "require", "", Err("pg_hba.conf"));
    // A usual root certificate is one that was named.
    let own = home.path().join(".postgresql");
    std::fs::create_dir(&own).unwrap();
    std::fs::copy(&other, own.join("root.crt")).unwrap();
    of("tls_only", "require", "", not_ours);
    of("tls_only", "prefer", "", Err("not from a trusted CA"));
    std::fs::copy(&root, own.join("root.crt")).unwrap();
    of("tls_only", "require", "", encrypted);
    of("tls_only", "verify-full", "", encrypted);
    // A root certificate that is not there stops only who insists on one.
    of("tls_only", "require", "sslrootcert=/nowhere/root.crt", encrypted);
    of("tls_only", "verify-ca", "sslrootcert=/nowhere/root.crt", Err("cannot be read"));
    // What was revoked is refused, whether the list is named or lies where it usually does.
    let none = server.authority.revocations(false);
    of("tls_only", "verify-full", &format!("sslcrl={none}"), encrypted);
    let all = server.authority.revocations(true);
    of("tls_only", "verify-full", &format!("sslcrl={all}"), Err("was revoked"));
    std::fs::copy(&all, own.join("root.crl")).unwrap();
    of("tls_only", "verify-ca", "", Err("was revoked"));
}

#[test]
fn a_certificate_must_be_in_time_ours_and_for_the_name() {
    let server = Secure::start("papers", Side::Production);
    let (home, root) = (tempfile::tempdir().unwrap(), server.authority.root_file());
    let encrypted = format!("{} true", server.port());
    let encrypted = Ok(encrypted.as_str());
    let of = |mode: &str, expected| {
        let text = server.url("tls_only", "postgres", &format!("sslmode={mode} sslrootcert={root}"));
        agree(&text, home.path(), &[], expected);
    };
    of("verify-full", encrypted);
    server.wear(&server.authority.sign("other.example"));
    of("verify-full", Err("for another name"));
    of("verify-ca", encrypted);
    server.wear(&server.authority.sign_until("db.example", 2021));
    for mode in ["verify-full", "verify-ca", "require", "prefer"] {
        of(mode, Err("has expired"));
    }
    server.wear(&Authority::new().sign("db.example"));
    for mode in ["verify-full", "verify-ca", "require"] {
        of(mode, Err("not from a trusted CA"));
    }
    // An address is a name, too.
    server.wear(&server.authority.sign("127.0.0.1"));
    let by_address = |more: &str| server.url("tls_only", "postgres", more).replace("db.example", "127.0.0.1");
    agree(&by_address(&format!("sslmode=verify-full sslrootcert={root}")), home.path(), &[], encrypted);
    of("verify-full", Err("for another name"));
}

#[test]
fn a_client_shows_its_certificate_and_keeps_its_key_to_itself() {
    let server = Secure::start("clients", Side::Production);
    let (home, authority) = (tempfile::tempdir().unwrap(), &server.authority);
    let encrypted = format!("{} true", server.port());
    let encrypted = Ok(encrypted.as_str());
    let own = authority.sign("cert_only");
    let certificate = authority.write("own.crt", &own.certificate, 0o644);
    let key = authority.write("own.key", &own.key, 0o600);
    let open = authority.write("open.key", &own.key, 0o644);
    let foreign = authority.write("foreign.key", &authority.sign("cert_only").key, 0o600);
    let of = |more: &str, expected| {
        agree(&server.url("cert_only", "postgres", more), home.path(), &[], expected);
    };
    of(&format!("sslmode=require sslcert={certificate} sslkey={key}"), encrypted);
    of(&format!("sslmode=require sslcert={certificate} sslkey={open}"), Err("can be read by others"));
    of(&format!("sslmode=require sslcert={certificate} sslkey=/nowhere"), Err("cannot be read"));
    of(&format!("sslmode=require sslcert={certificate} sslkey={foreign}"), Err("cannot be used"));
    of("sslmode=require", Err("28000"));
    of("sslmode=require sslcert=/nowhere", Err("is not there"));
    // In its usual place, and by variables.
    let variables = [("PGSSLCERT", certificate.as_str()), ("PGSSLKEY", key.as_str())];
    agree(&server.url("cert_only", "postgres", "sslmode=require"), home.path(), &variables, encrypted);
    let folder = home.path().join(".postgresql");
    std::fs::create_dir(&folder).unwrap();
    std::fs::copy(&certificate, folder.join("postgresql.crt")).unwrap();
    std::fs::copy(&key, folder.join("postgresql.key")).unwrap();
    of("sslmode=require", encrypted);
    // A certificate of somebody else's is not this role's.
    let other = authority.sign("other");
    let (certificate, key) = (
        authority.write("other.crt", &other.certificate, 0o644),
        authority.write("other.key", &other.key, 0o600),
    );
    of(&format!("sslmode=require sslcert={certificate} sslkey={key}"), Err("28000"));
}

#[test]
fn channel_binding_is_had_over_tls_alone() {
    let server = Secure::start("binding", Side::Production);
    let home = tempfile::tempdir().unwrap();
    let of = |more: &str, expected| {
        agree(&server.url("anyone", "postgres", more), home.path(), &[], expected);
    };
    let (plain, encrypted) = (format!("{} false", server.port()), format!("{} true", server.port()));
    of("sslmode=require channel_binding=require", Ok(&encrypted));
    of("sslmode=prefer channel_binding=require", Ok(&encrypted));
    of("sslmode=disable channel_binding=require", Err("bound to its TLS channel"));
    of("sslmode=require channel_binding=disable", Ok(&encrypted));
    of("sslmode=disable channel_binding=prefer", Ok(&plain));
    of("sslmode=disable channel_binding=maybe", Err("`channel_binding`"));
    // A login that no password is asked for binds nothing: a server in between could ask for none.
    let unasked = server.url("unasked", "postgres", "sslmode=require channel_binding=require");
    agree(&unasked, home.path(), &[], Err("bound to its TLS channel"));
}

#[test]
fn services_files_and_variables_fill_in_what_psql_fills_in() {
    let server = Secure::start("services", Side::Production);
    let (home, authority) = (tempfile::tempdir().unwrap(), &server.authority);
    let port = server.port().to_string();
    let (plain, encrypted) = (format!("{port} false"), format!("{port} true"));
    let (plain, encrypted) = (Ok(plain.as_str()), Ok(encrypted.as_str()));
    let service = format!("[db]\nhost=127.0.0.1\nport={port}\nuser=anyone\npassword=p\ndbname=postgres\n");
    let services = authority.write("services", &service, 0o644);
    let at = [("PGSERVICEFILE", services.as_str()), ("PGSSLMODE", "disable")];
    agree("service=db", home.path(), &at, plain);
    agree("service=db sslmode=require", home.path(), &at, encrypted);
    agree("service=none", home.path(), &at, Err("no service file defines"));
    agree("postgres://?service=db", home.path(), &at, plain);
    let at = [("PGSERVICE", "db"), ("PGSERVICEFILE", services.as_str()), ("PGSSLMODE", "require")];
    agree("", home.path(), &at, encrypted);
    agree("service=db", home.path(), &[("PGSERVICEFILE", "/nowhere")], Err("is not there"));
    std::fs::copy(&services, home.path().join(".pg_service.conf")).unwrap();
    agree("service=db", home.path(), &[], encrypted);
    // Passwords: a file of one's own, by a key, by a variable, and where it usually is.
    let line = format!("*:{port}:*:anyone:p\n");
    let (file, open) = (authority.write("pass", &line, 0o600), authority.write("open", &line, 0o644));
    let bare = format!("host=127.0.0.1 port={port} user=anyone dbname=postgres sslmode=disable");
    agree(&bare, home.path(), &[], Err("password"));
    agree(&format!("{bare} passfile={file}"), home.path(), &[], plain);
    agree(&format!("{bare} passfile={open}"), home.path(), &[], Err("password"));
    agree(&bare, home.path(), &[("PGPASSFILE", file.as_str())], plain);
    agree(&bare, home.path(), &[("PGPASSWORD", "p")], plain);
    agree(&bare, home.path(), &[("PGPASSWORD", "q"), ("PGPASSFILE", file.as_str())], Err("28P01"));
    std::fs::copy(&file, home.path().join(".pgpass")).unwrap();
    agree(&bare, home.path(), &[], plain);
    // Everything from variables, percent-encoding, a name of two hosts, a port each.
    let all = [
        ("PGHOST", "db.example"),
        ("PGHOSTADDR", "127.0.0.1"),
        ("PGPORT", port.as_str()),
        ("PGUSER", "anyone"),
        ("PGDATABASE", "postgres"),
        ("PGSSLMODE", "disable"),
        ("PGCONNECT_TIMEOUT", "5"),
        ("PGOPTIONS", "-c geqo=off"),
    ];
    agree("", home.path(), &all, plain);
    let encoded = format!("postgres://%61nyone:%70@%31%32%37.0.0.1:{port}/post%67res?sslmode=disable");
    agree(&encoded, home.path(), &[], plain);
    let two = format!("postgres://anyone:p@127.0.0.1:1,127.0.0.1:{port}/postgres?sslmode=disable");
    agree(&two, home.path(), &[], plain);
    let more = "keepalives=1&keepalives_idle=5&tcp_user_timeout=9000&connect_timeout=3&application_name=a";
    agree(&format!("{two}&{more}"), home.path(), &[], plain);
    agree(&format!("{bare} password=p options='-c nonsense=1'"), home.path(), &[], Err("SQLSTATE 42704"));
    agree(&format!("{bare} nonsense=1"), home.path(), &[], Err("`nonsense`"));
}

#[test]
fn of_several_servers_the_kind_that_was_asked_for_serves() {
    let pair = Pair::shared();
    let home = tempfile::tempdir().unwrap();
    let [primary, standby] = pair.ports();
    let url = pair.primary("postgres");
    let password = url.split_once("//postgres:").unwrap().1.split_once('@').unwrap().0;
    let at = |ports: [u16; 2], more: &str| {
        format!(
            "host=127.0.0.1,127.0.0.1 port={},{} user=postgres password={password} dbname=postgres sslmode=disable {more}",
            ports[0], ports[1]
        )
    };
    let (on_primary, on_standby) = (format!("{primary} false"), format!("{standby} false"));
    for (kind, expected) in [
        ("read-write", &on_primary),
        ("read-only", &on_standby),
        ("primary", &on_primary),
        ("standby", &on_standby),
        ("prefer-standby", &on_standby),
    ] {
        let more = format!("target_session_attrs={kind}");
        agree(&at([primary, standby], &more), home.path(), &[], Ok(expected));
        agree(&at([standby, primary], &more), home.path(), &[], Ok(expected));
    }
    agree(&at([standby, primary], ""), home.path(), &[], Ok(&on_standby));
    // Where there is only the other kind.
    let twice = |kind: &str| at([primary, primary], &format!("target_session_attrs={kind}"));
    agree(&twice("prefer-standby"), home.path(), &[], Ok(&on_primary));
    for kind in ["standby", "read-only"] {
        agree(
            &twice(kind),
            home.path(),
            &[],
            Err(&format!("is not what target_session_attrs={kind} asks for")),
        );
    }
    agree(&at([standby, standby], "target_session_attrs=primary"), home.path(), &[], Err("asks for"));
    agree(
        &at([primary, 1], "target_session_attrs=any"),
        home.path(),
        &[("PGTARGETSESSIONATTRS", "standby")],
        Ok(&on_primary),
    );
}

const RULES: &str = "masque = 1\n[table.people]\nid = \"keep\"\nemail = { with = \"email\", by = \"id\" }\n";

/// The loading role is in no other, so everything stays its own.
const NOBODYS: &[&str] = &["--no-owner"];

/// A source and a target that are reached by TLS alone, and a play that has the rules.
fn secure_pair() -> (Secure, Secure, Play) {
    let (source, target) =
        (Secure::start("secsource", Side::Production), Secure::start("sectarget", Side::Staging));
    execute(&source.admin("postgres"), &["create database shop"]);
    execute(
        &source.admin("shop"),
        &["create table people (id integer primary key, email text not null); \
           insert into people select n, n || '@corp.example' from generate_series(1, 50) n"],
    );
    (source, target, Play::new(Database::absent(Side::Production, "unused"), RULES))
}

#[test]
fn a_whole_refresh_goes_through_verified_tls_on_both_sides_children_included() {
    let (source, target, play) = secure_pair();
    let full = |server: &Secure, more: &str| {
        format!("sslmode=verify-full sslrootcert={} {more}", server.authority.root_file())
    };
    // Only encrypted sessions are admitted, so `pg_dump` and `pg_restore` had theirs encrypted, too.
    let (from, to) = (
        source.url("tls_only", "shop", &full(&source, "channel_binding=require")),
        target.url("tls_only", "staging", &full(&target, "")),
    );
    play.refresh_between(&from, &to, NOBODYS).assert_code(0).assert_silent_about("corp.example");
    let served = || {
        value(&target.admin("staging"), "select count(*) from people where email not like '%corp.example'")
    };
    assert_eq!(served(), "50");
    // The wrong authority: refused before anything is read or made, by either side.
    let generations = || query(&target.admin("postgres"), "select oid, datname from pg_database order by 1");
    let before = generations();
    let swapped =
        |server: &Secure, other: &Secure, database: &str| server.url("tls_only", database, &full(other, ""));
    play.refresh_between(&swapped(&source, &target, "shop"), &to, NOBODYS)
        .assert_code(6)
        .assert_says(&["UnknownIssuer", "not from a trusted CA"]);
    play.refresh_between(&from, &swapped(&target, &source, "staging"), NOBODYS)
        .assert_code(7)
        .assert_says(&["UnknownIssuer"]);
    assert_eq!(generations(), before);
    // By certificate instead of a password, on both sides.
    let shown = |server: &Secure| {
        let own = server.authority.sign("cert_only");
        let certificate = server.authority.write("own.crt", &own.certificate, 0o644);
        let key = server.authority.write("own.key", &own.key, 0o600);
        full(server, &format!("sslcert={certificate} sslkey={key}"))
    };
    let bare = |url: String| url.replace("password=p ", "");
    let from = bare(source.url("cert_only", "shop", &shown(&source)));
    let to = bare(target.url("cert_only", "by_certificate", &shown(&target)));
    play.refresh_between(&from, &to, NOBODYS).assert_code(0);
    assert_eq!(value(&target.admin("by_certificate"), "select count(*) from people"), "50");
}

#[test]
fn what_the_system_trusts_and_what_a_service_says_reach_the_children() {
    let (source, target, play) = secure_pair();
    // What the system trusts: both authorities, by the variable that stands for the system's file.
    let roots = source.authority.root() + &target.authority.root();
    let roots = source.authority.write("system.pem", &roots, 0o644);
    let (from, to) = (
        source.url("tls_only", "shop", "sslrootcert=system"),
        target.url("tls_only", "staging", "sslmode=verify-full sslrootcert=system"),
    );
    let rules = play.rules();
    let arguments =
        |from: &'static str| ["refresh", "--source", from, "--target", "service=to", "--no-owner", "--rules"];
    let entry = |name: &str, url: &str| {
        format!("[{name}]\n{}\n", url.split_whitespace().collect::<Vec<_>>().join("\n"))
    };
    let services = entry("from", &from) + &entry("to", &to);
    let services = source.authority.write("services", &services, 0o600);
    let run = |from: &'static str, variables: &[(&str, &str)]| {
        let mut args = arguments(from).to_vec();
        args.push(&rules);
        let variables: Vec<_> =
            variables.iter().map(|(name, value)| (*name, OsString::from(*value))).collect();
        run_with(&args, &variables)
    };
    let trusting = [("SSL_CERT_FILE", roots.as_str()), ("PGSERVICEFILE", services.as_str())];
    run("service=from", &trusting).assert_code(0).assert_silent_about("corp.example");
    assert_eq!(value(&target.admin("staging"), "select count(*) from people"), "50");
    // Variables that would lead the children astray mean nothing where the service speaks.
    let astray = [
        trusting[0],
        trusting[1],
        ("PGHOSTADDR", "127.0.0.9"),
        ("PGSSLROOTCERT", "/nowhere"),
        ("PGSSLCERT", ""),
        ("PGTZ", "Mars/Olympus"),
    ];
    run("service=from", &astray).assert_code(0);
    let stranger = source.authority.write("stranger.pem", &Authority::new().root(), 0o644);
    run("service=from", &[("SSL_CERT_FILE", &stranger), trusting[1]])
        .assert_code(6)
        .assert_says(&["not from a trusted CA"]);
    run("service=from", &[trusting[0]])
        .assert_code(2)
        .assert_says(&["no service file defines the service `from`"]);
}

#[test]
fn direct_tls_is_had_where_the_server_offers_it_and_refused_plainly_elsewhere() {
    let server = Secure::start("direct", Side::Production);
    let home = tempfile::tempdir().unwrap();
    let text = server.url("tls_only", "postgres", "sslmode=require sslnegotiation=direct");
    let said = connect(&text, home.path(), &[]);
    if crate::support::major(Side::Production) >= 17 {
        assert_eq!(said, Ok(format!("{} true", server.port())));
    } else {
        let said = said.unwrap_err();
        assert!(said.contains("sslnegotiation=direct"), "{said}");
    }
    let weak = connect(&text.replace("require", "prefer"), home.path(), &[]).unwrap_err();
    assert!(weak.contains("sslmode=prefer is too weak"), "{weak}");
}

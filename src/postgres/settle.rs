//! Fills in what a connection string leaves out, and refuses what is not understood.

use super::client_certificate::ClientCertificate;
use super::environment::Environment;
use super::keys::{self, KEYS, Meaning};
use super::passfile::Passfile;
use super::password::Password;
use super::service;
use super::session_kind::SessionKind;
use super::tls::SslMode;
use super::url::{DEFAULT_KEEPALIVE, DEFAULT_TIMEOUT, Host, Keepalive, Place, Url};
use super::written::Pairs;
use crate::error::{Error, Result};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio_postgres::config::ChannelBinding;

/// The written values over the defaults of the world.
struct Answers<'a> {
    written: &'a Pairs,
    world: &'a Environment,
}

impl Answers<'_> {
    /// What was written for `key`, empty included.
    fn written(&self, key: &str) -> Option<&str> {
        self.written.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    fn get(&self, key: &str) -> Option<String> {
        // As in libpq an empty value counts as left out, but keeps the variable away.
        let value = self
            .written(key)
            .map(ToOwned::to_owned)
            .or_else(|| keys::find(key).and_then(|key| key.variable).and_then(|name| self.world.get(name)));
        value.filter(|value| !value.is_empty())
    }

    fn number<T: std::str::FromStr>(&self, key: &str) -> Result<Option<T>> {
        let broken =
            || Error::usage(format!("`{key}` of the connection string is not a number in its range"));
        self.get(key).map(|value| value.trim().parse().map_err(|_| broken())).transpose()
    }

    fn seconds(&self, key: &str) -> Result<Option<Duration>> {
        Ok(self
            .number::<i32>(key)?
            .and_then(|n| u64::try_from(n).ok())
            .filter(|n| *n > 0)
            .map(Duration::from_secs))
    }
}

fn refuse_unknown(answers: &Answers<'_>) -> Result<()> {
    for (name, _) in answers.written {
        if !keys::is_known(name) {
            // Only a plain word is surely a key and not a spilled value.
            let plain = !name.is_empty()
                && name.len() <= 40
                && name.chars().all(|c| c.is_ascii_alphabetic() || c == '_');
            let name = if plain { format!(" `{name}`") } else { String::new() };
            return Err(Error::usage(format!(
                "the connection string has a key{name} that libpq does not know"
            )));
        }
    }
    for key in KEYS {
        let Meaning::Only(values) = key.meaning else { continue };
        let Some(value) = answers.get(key.name) else { continue };
        if !values.contains(&value.to_ascii_lowercase().as_str()) {
            let at = match key.variable.filter(|_| answers.written(key.name).is_none()) {
                Some(variable) => format!("the variable `{variable}`"),
                None => format!("`{}` in a connection string", key.name),
            };
            let help = if values.is_empty() {
                "leave it out, and name host, user and certificates in the URL".to_owned()
            } else {
                format!("leave it out, or use {}", values.join(" or "))
            };
            let what = if values.is_empty() { "is" } else { "with this value is" };
            return Err(Error::usage(format!("{at} {what} not supported yet")).help(help));
        }
    }
    Ok(())
}

/// A connection string in a world.
pub(crate) fn settle(written: &Pairs, world: &Environment) -> Result<Url> {
    let with_service = add_service(written, world)?;
    let answers = Answers { written: &with_service, world };
    refuse_unknown(&answers)?;
    let user = answers.get("user").or_else(|| world.user.clone()).ok_or_else(|| {
        Error::usage("the connection string names no user, and the system knows none")
            .help("write user=… or set PGUSER")
    })?;
    let database = answers.get("dbname").unwrap_or_else(|| user.clone());
    if database.contains("://") {
        return Err(Error::usage("`dbname` cannot be a connection string itself"));
    }
    let sslmode = sslmode(&answers)?;
    let direct = is_direct(&answers, sslmode)?;
    let password = answers.get("password").map(Password::new);
    let mut warnings = Vec::new();
    let mut entries = Passfile::default();
    if password.is_none() {
        let path = answers.get("passfile").map(PathBuf::from);
        if let Some(path) = path.or_else(|| world.home.as_ref().map(|home| home.join(".pgpass"))) {
            let (read, warning) = Passfile::read(&path);
            entries = read;
            warnings.extend(warning);
        }
    }
    let passed_on = with_service
        .iter()
        .filter(|(key, value)| {
            !value.is_empty() && (key.starts_with("keepalives") || key == "tcp_user_timeout")
        })
        .cloned()
        .chain(
            ["target_session_attrs", "channel_binding"]
                .iter()
                .filter_map(|key| answers.get(key).map(|value| ((*key).to_owned(), value))),
        )
        .collect();
    Ok(Url {
        hosts: balanced(&answers, hosts(&answers, sslmode)?)?,
        user,
        database,
        password,
        passfile: Arc::new(entries),
        application_name: answers
            .get("application_name")
            .or_else(|| answers.get("fallback_application_name")),
        options: answers.get("options"),
        connect_timeout: match answers.number::<i32>("connect_timeout")? {
            None => Some(DEFAULT_TIMEOUT),
            // As in libpq, zero waits for ever.
            Some(n) => u64::try_from(n).ok().filter(|n| *n > 0).map(Duration::from_secs),
        },
        target_session_attrs: match answers.get("target_session_attrs") {
            None => SessionKind::Any,
            Some(name) => SessionKind::named(&name)?,
        },
        channel_binding: match answers.get("channel_binding").as_deref() {
            Some("disable") => ChannelBinding::Disable,
            None | Some("prefer") => ChannelBinding::Prefer,
            Some("require") => ChannelBinding::Require,
            Some(_) => {
                return Err(Error::usage("`channel_binding` of the connection string has an unknown value")
                    .help("use disable, prefer or require"));
            }
        },
        keepalive: keepalive(&answers)?,
        sslmode,
        sslrootcert: root_certificates(&answers),
        sslcrl: revoked(&answers),
        certificate: certificate(&answers)?,
        direct,
        tls: Arc::default(),
        passed_on,
        warnings,
    })
}

/// What is written, over what the service says that it names.
fn add_service(written: &Pairs, world: &Environment) -> Result<Pairs> {
    let answers = Answers { written, world };
    let Some(name) = answers.get("service") else { return Ok(written.clone()) };
    let mut all = service::read(&name, answers.get("servicefile").as_deref(), world)?;
    all.extend_from_slice(written);
    Ok(all)
}

fn sslmode(answers: &Answers<'_>) -> Result<SslMode> {
    let trusts_system = answers.get("sslrootcert").as_deref() == Some("system");
    let mode = match answers.get("sslmode") {
        // Anybody can have a certificate of a public CA: only its name tells the server.
        None if trusts_system => SslMode::VerifyFull,
        // What there was before `PGSSLMODE`. As in libpq only its first letter counts.
        None if answers.world.get("PGREQUIRESSL").is_some_and(|value| value.starts_with('1')) => {
            SslMode::Require
        }
        None => SslMode::Prefer,
        Some(name) => SslMode::named(&name).ok_or_else(|| {
            Error::usage("`sslmode` of the connection string has an unknown value")
                .help("use disable, allow, prefer, require, verify-ca or verify-full")
        })?,
    };
    if trusts_system && mode != SslMode::VerifyFull {
        return Err(Error::usage(format!("sslmode={} is too weak for sslrootcert=system", mode.name()))
            .help("use sslmode=verify-full: with what the system trusts, only the name tells the server"));
    }
    Ok(mode)
}

/// Whether TLS begins with the first byte. Nothing can be fallen back to then.
fn is_direct(answers: &Answers<'_>, mode: SslMode) -> Result<bool> {
    match answers.get("sslnegotiation").as_deref() {
        None | Some("postgres") => Ok(false),
        Some("direct") if matches!(mode, SslMode::Disable | SslMode::Allow | SslMode::Prefer) => {
            Err(Error::usage(format!("sslmode={} is too weak for sslnegotiation=direct", mode.name()))
                .help("use sslmode=require, verify-ca or verify-full"))
        }
        Some("direct") => Ok(true),
        Some(_) => Err(Error::usage("`sslnegotiation` of the connection string has an unknown value")
            .help("use postgres or direct")),
    }
}

/// The certificate to show. As in libpq the usual one is shown where it is there; one that is named must be.
fn certificate(answers: &Answers<'_>) -> Result<Option<ClientCertificate>> {
    if answers.get("sslcertmode").is_some_and(|mode| mode.eq_ignore_ascii_case("disable")) {
        return Ok(None);
    }
    let folder = answers.world.home.as_ref().map(|home| home.join(".postgresql"));
    let usual = |name: &str| folder.as_ref().map(|folder| folder.join(name));
    let named = answers.get("sslcert").map(PathBuf::from);
    let is_named = named.is_some();
    let Some(certificate) = named.or_else(|| usual("postgresql.crt")) else { return Ok(None) };
    if !certificate.exists() {
        return if is_named {
            Err(Error::usage(format!("the client certificate `{}` is not there", certificate.display()))
                .help("`sslcert` must name a PEM file with the certificate"))
        } else {
            Ok(None)
        };
    }
    let key = answers.get("sslkey").map(PathBuf::from).or_else(|| usual("postgresql.key"));
    let Some(key) = key else {
        return Err(Error::usage(format!(
            "the client certificate `{}` comes without a key",
            certificate.display()
        ))
        .help("name it with sslkey=FILE"));
    };
    Ok(Some(ClientCertificate { certificate, key }))
}

fn revoked(answers: &Answers<'_>) -> Option<PathBuf> {
    answers.get("sslcrl").map(PathBuf::from).or_else(|| {
        let usual = answers.world.home.as_ref()?.join(".postgresql/root.crl");
        usual.exists().then_some(usual)
    })
}

/// The hosts in the order to try them: shuffled once, so that all sessions of a run go the same way.
fn balanced(answers: &Answers<'_>, mut hosts: Vec<Host>) -> Result<Vec<Host>> {
    match answers.get("load_balance_hosts").as_deref() {
        None | Some("disable") => {}
        Some("random") => {
            for left in (1..hosts.len()).rev() {
                let any = getrandom::u64()
                    .map_err(|_| Error::internal("the operating system gave no random bytes"))?;
                let other = usize::try_from(any % (left as u64 + 1)).unwrap_or(left);
                hosts.swap(left, other);
            }
        }
        Some(_) => {
            return Err(Error::usage("`load_balance_hosts` of the connection string has an unknown value")
                .help("use disable or random"));
        }
    }
    Ok(hosts)
}

/// `None` stands for the certificates that the system trusts.
fn root_certificates(answers: &Answers<'_>) -> Option<PathBuf> {
    match answers.get("sslrootcert") {
        Some(text) if text == "system" => None,
        Some(text) => Some(text.into()),
        None => {
            let usual = answers.world.home.as_ref()?.join(".postgresql/root.crt");
            usual.exists().then_some(usual)
        }
    }
}

fn keepalive(answers: &Answers<'_>) -> Result<Keepalive> {
    Ok(Keepalive {
        on: answers.number::<i32>("keepalives")? != Some(0),
        idle: answers.seconds("keepalives_idle")?.unwrap_or(DEFAULT_KEEPALIVE.idle),
        interval: answers.seconds("keepalives_interval")?.or(DEFAULT_KEEPALIVE.interval),
        count: answers.number("keepalives_count")?.filter(|n| *n > 0).or(DEFAULT_KEEPALIVE.count),
        tcp_user_timeout: answers
            .number::<u64>("tcp_user_timeout")?
            .filter(|n| *n > 0)
            .map(Duration::from_millis),
    })
}

fn hosts(answers: &Answers<'_>, sslmode: SslMode) -> Result<Vec<Host>> {
    let list = |text: Option<String>| -> Vec<String> {
        text.map(|text| text.split(',').map(|part| part.trim().to_owned()).collect()).unwrap_or_default()
    };
    let names = list(answers.get("host"));
    // The address in a variable belongs to the host in a variable, not to one that was written.
    let written = answers.written("host").is_some() && answers.written("hostaddr").is_none();
    let addrs = if written { Vec::new() } else { list(answers.get("hostaddr")) };
    let ports = list(answers.get("port"));
    if !names.is_empty() && !addrs.is_empty() && names.len() != addrs.len() {
        return Err(Error::usage("the connection string has another number of `hostaddr` than of `host`"));
    }
    let count = names.len().max(addrs.len()).max(1);
    if ports.len() > 1 && ports.len() != count {
        return Err(Error::usage("the connection string has another number of `port` than of `host`"));
    }
    let number = |text: &String| match text.as_str() {
        "" => Ok(5432),
        text => text.parse::<u16>().ok().filter(|port| *port > 0).ok_or_else(|| {
            Error::usage("`port` of the connection string is not a number between 1 and 65535")
        }),
    };
    (0..count)
        .map(|at| {
            let addr = addrs.get(at).filter(|text| !text.is_empty());
            let addr: Option<IpAddr> = addr
                .map(|text| text.parse())
                .transpose()
                .map_err(|_| Error::usage("`hostaddr` of the connection string is not an IP address"))?;
            let port = ports.get(at).or_else(|| ports.first()).map_or(Ok(5432), number)?;
            let place = match (names.get(at).filter(|name| !name.is_empty()), addr) {
                // The address is what is connected to. libpq would hold the path against the certificate's names.
                (Some(name), Some(_)) if name.starts_with('/') && sslmode == SslMode::VerifyFull => {
                    return Err(Error::usage(
                        "`host` is a path beside `hostaddr`, so it names no server to verify",
                    )
                    .help("write host=NAME (it goes before PGHOST) as the server's certificate has it"));
                }
                (Some(name), Some(addr)) if name.starts_with('/') => Place::Name(addr.to_string()),
                (Some(name), None) if name.starts_with('/') => Place::Socket(name.into()),
                (Some(name), _) if name.starts_with('@') => {
                    return Err(Error::usage("abstract sockets (`host=@…`) are not supported yet"));
                }
                (Some(name), _) => Place::Name(name.clone()),
                (None, Some(addr)) => Place::Name(addr.to_string()),
                (None, None) => usual_place(answers.world, port),
            };
            Ok(Host { place, addr, port })
        })
        .collect()
}

/// The socket of a local server where there is one, else localhost.
fn usual_place(world: &Environment, port: u16) -> Place {
    let has_server = |folder: &&PathBuf| Path::new(folder).join(format!(".s.PGSQL.{port}")).exists();
    match world.socket_folders.iter().find(has_server) {
        Some(folder) => Place::Socket(folder.clone()),
        None => Place::Name("localhost".to_owned()),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn world(variables: &[(&'static str, &'static str)]) -> Environment {
        let variables: Vec<_> = variables.to_vec();
        Environment {
            variable: Box::new(move |name| {
                variables.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned())
            }),
            home: None,
            user: Some("me".to_owned()),
            socket_folders: Vec::new(),
        }
    }

    pub(crate) fn parse(text: &str, variables: &[(&'static str, &'static str)]) -> Url {
        Url::parse_in(text, &world(variables)).unwrap()
    }

    #[test]
    fn what_is_left_out_is_filled_in_as_libpq_does() {
        assert_eq!(parse("", &[]).to_string(), "postgres://me@localhost:5432/me");
        assert_eq!(parse("user=other", &[]).to_string(), "postgres://other@localhost:5432/other");
        let all =
            [("PGHOST", "h"), ("PGPORT", "1"), ("PGUSER", "u"), ("PGDATABASE", "d"), ("PGAPPNAME", "a")];
        let url = parse("", &all);
        assert_eq!(url.to_string(), "postgres://u@h:1/d");
        assert_eq!(url.application_name.as_deref(), Some("a"));
        assert_eq!(parse("postgres://x@y:2/z", &all).to_string(), "postgres://x@y:2/z");
        assert_eq!(parse("", &[("PGSSLMODE", "verify-full")]).sslmode, SslMode::VerifyFull);
        assert_eq!(parse("", &[("PGPASSWORD", "p")]).password, Some(Password::new("p")));
        assert_eq!(parse("", &[("PGOPTIONS", "-c x=y")]).options.as_deref(), Some("-c x=y"));
        assert_eq!(parse("", &[("PGCONNECT_TIMEOUT", "3")]).connect_timeout, Some(Duration::from_secs(3)));
        assert_eq!(parse("", &[]).connect_timeout, Some(DEFAULT_TIMEOUT));
        assert_eq!(parse("", &[("PGHOSTADDR", "127.0.0.2")]).hosts[0].addr, "127.0.0.2".parse().ok());
        assert_eq!(parse("host=h", &[("PGHOSTADDR", "127.0.0.2")]).hosts[0].addr, None);
    }

    #[test]
    fn the_old_variable_that_insists_on_tls_is_heard_where_nothing_newer_speaks() {
        let of = |text, variables: &[(&'static str, &'static str)]| parse(text, variables).sslmode;
        assert_eq!(of("", &[("PGREQUIRESSL", "1")]), SslMode::Require);
        assert_eq!(of("", &[("PGREQUIRESSL", "0")]), SslMode::Prefer);
        assert_eq!(of("", &[("PGREQUIRESSL", "1"), ("PGSSLMODE", "prefer")]), SslMode::Prefer);
        assert_eq!(of("sslmode=disable", &[("PGREQUIRESSL", "1")]), SslMode::Disable);
        assert_eq!(of("sslrootcert=system", &[("PGREQUIRESSL", "1")]), SslMode::VerifyFull);
    }

    #[test]
    fn a_path_beside_an_address_names_no_server_to_verify() {
        let environment = &[("PGHOST", "/var/run/postgresql")];
        for (text, variables) in
            [("host=/tmp hostaddr=127.0.0.1", &[][..]), ("hostaddr=127.0.0.1", &environment[..])]
        {
            let place = &parse(text, variables).hosts[0];
            assert_eq!(
                (&place.place, place.addr),
                (&Place::Name("127.0.0.1".to_owned()), "127.0.0.1".parse().ok())
            );
            let strict = format!("{text} sslmode=verify-full");
            let error = Url::parse_in(&strict, &world(variables)).unwrap_err();
            assert!(error.to_string().contains("names no server"), "{error}");
        }
        assert_eq!(parse("hostaddr=127.0.0.1 sslmode=verify-full", &[]).sslmode, SslMode::VerifyFull);
    }

    #[test]
    fn a_local_server_is_found_by_its_socket() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(".s.PGSQL.5432"), "").unwrap();
        let mut world = world(&[]);
        world.socket_folders = vec!["/nowhere".into(), folder.path().to_owned()];
        let url = Url::parse_in("", &world).unwrap();
        assert_eq!(url.hosts[0].place, Place::Socket(folder.path().to_owned()));
        assert_eq!(
            Url::parse_in("port=1", &world).unwrap().hosts[0].place,
            Place::Name("localhost".to_owned())
        );
    }

    #[test]
    fn certificates_lie_where_libpq_has_them_and_one_that_is_named_must_be_there() {
        let folder = tempfile::tempdir().unwrap();
        let mut world = world(&[]);
        world.home = Some(folder.path().to_owned());
        let certificate = |text: &str, world: &Environment| Url::parse_in(text, world).unwrap().certificate;
        assert_eq!(certificate("", &world), None);
        let own = folder.path().join(".postgresql");
        std::fs::create_dir(&own).unwrap();
        for name in ["postgresql.crt", "root.crl", "root.crt"] {
            std::fs::write(own.join(name), "").unwrap();
        }
        let shown = certificate("", &world).unwrap();
        assert_eq!(
            (&shown.certificate, &shown.key),
            (&own.join("postgresql.crt"), &own.join("postgresql.key"))
        );
        assert_eq!(certificate("sslcertmode=disable", &world), None);
        assert_eq!(certificate("sslkey=/k", &world).unwrap().key, Path::new("/k"));
        let url = Url::parse_in("", &world).unwrap();
        let said = url.conninfo_without_password();
        for name in ["sslcert", "sslkey", "sslcrl", "sslrootcert"] {
            assert!(said.contains(&format!(" {name}={}/", own.display())), "{said}");
        }
        world.home = None;
        let text = format!("sslcert={}", own.join("postgresql.crt").display());
        assert!(Url::parse_in(&text, &world).unwrap_err().to_string().ends_with("comes without a key"));
    }

    #[test]
    fn trusting_the_system_means_verifying_the_name() {
        let url = parse("sslrootcert=system", &[]);
        assert!(url.sslmode == SslMode::VerifyFull && url.trusts_system());
        assert!(!parse("", &[]).trusts_system());
        assert!(!url.with_root_certificates(Path::new("/r")).trusts_system());
    }

    #[test]
    fn hosts_are_shuffled_once_and_none_is_lost() {
        let ports = |url: &Url| url.hosts.iter().map(|host| host.port).collect::<Vec<_>>();
        let text = "host=a,b,c,d,e,f,g,h,i,j port=1,2,3,4,5,6,7,8,9,10";
        let in_order: Vec<u16> = (1..=10).collect();
        assert_eq!(ports(&parse(text, &[])), in_order);
        let shuffled = (0..5).map(|_| ports(&parse(text, &[("PGLOADBALANCEHOSTS", "random")])));
        let shuffled: Vec<_> = shuffled.collect();
        assert!(shuffled.iter().any(|order| *order != in_order));
        for mut order in shuffled {
            order.sort_unstable();
            assert_eq!(order, in_order);
        }
    }

    #[test]
    fn several_hosts_each_have_their_port() {
        let url = parse("postgres://u@a:1,[::1],c:3/d", &[]);
        assert_eq!(url.to_string(), "postgres://u@a:1,[::1]:5432,c:3/d");
        assert_eq!(parse("host=a,b port=9", &[]).hosts[1].port, 9);
        assert!(Url::parse_in("host=a,b port=1,2,3", &world(&[])).is_err());
        assert!(Url::parse_in("host=a port=0", &world(&[])).is_err());
    }

    #[test]
    fn what_is_not_supported_is_refused_by_name() {
        for (text, name) in [
            ("service=x", "the service `x`"),
            ("sslcert=x", "the client certificate `x` is not there"),
            ("sslpassword=x", "`sslpassword`"),
            ("sslcrldir=x", "`sslcrldir`"),
            ("sslcertmode=require", "`sslcertmode`"),
            ("require_auth=scram-sha-256", "`require_auth`"),
            ("requirepeer=postgres", "`requirepeer`"),
            ("ssl_min_protocol_version=TLSv1.3", "`ssl_min_protocol_version`"),
            ("sslnegotiation=maybe", "`sslnegotiation`"),
            ("sslnegotiation=direct", "sslmode=prefer is too weak for sslnegotiation=direct"),
            ("sslrootcert=system sslmode=require", "sslmode=require is too weak for sslrootcert=system"),
            ("load_balance_hosts=maybe", "`load_balance_hosts`"),
            ("gssencmode=require", "`gssencmode`"),
            ("pasword=x", "`pasword`"),
            ("postgres://h/d?sslmod=require", "`sslmod`"),
            ("sslmode=maybe", "`sslmode`"),
            ("target_session_attrs=master", "`target_session_attrs`"),
            ("hostaddr=h", "`hostaddr`"),
            ("connect_timeout=soon", "`connect_timeout`"),
        ] {
            let error = Url::parse_in(text, &world(&[])).unwrap_err();
            assert!(error.to_string().contains(name), "{text}: {error}");
            assert_eq!(error.kind(), crate::error::Kind::Usage);
        }
        let error = Url::parse_in("", &world(&[("PGREQUIREAUTH", "x")])).unwrap_err();
        assert!(error.to_string().contains("`PGREQUIREAUTH`"), "{error}");
        parse("gssencmode=prefer client_encoding=UTF8 sslcert=''", &[]);
    }
}

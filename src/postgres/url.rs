//! Where a database is and how to reach it: a connection string, settled.
//!
//! [`Url::parse`] reads what libpq reads, fills in what libpq fills in and
//! refuses by name what is not understood. A `Url` prints without its password.

use super::environment::{DEFAULT_SOCKETS, Environment};
use super::keys::{self, KEYS, Meaning};
use super::passfile::{self, Passfile};
use super::password::Password;
use super::tls::{SslMode, Tls};
use super::written::{self, Pairs, quote};
use crate::error::{Error, Result};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio_postgres::config::{ChannelBinding, TargetSessionAttrs};

/// Variables that would overrule a [`Url`] in `pg_dump` and `pg_restore`: remove them from their environment.
pub const HIDDEN_FROM_TOOLS: &[&str] =
    &["PGPASSWORD", "PGSERVICE", "PGHOSTADDR", "PGREQUIRESSL", "PGOPTIONS"];

/// Where a database is and how to reach it.
#[derive(Clone)]
pub struct Url {
    pub(crate) hosts: Vec<Host>,
    pub(crate) user: String,
    pub(crate) database: String,
    pub(crate) password: Option<Password>,
    pub(crate) passfile: Arc<Passfile>,
    pub(crate) application_name: Option<String>,
    pub(crate) options: Option<String>,
    pub(crate) connect_timeout: Option<Duration>,
    pub(crate) target_session_attrs: TargetSessionAttrs,
    pub(crate) channel_binding: ChannelBinding,
    pub(crate) keepalive: Keepalive,
    pub(crate) sslmode: SslMode,
    pub(crate) sslrootcert: Option<PathBuf>,
    pub(crate) tls: Arc<OnceLock<Tls>>,
    /// What was written, for the child tools, of the keys that pass through unchanged.
    passed_on: Pairs,
    warnings: Vec<String>,
}

/// One of the servers that a connection string names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Host {
    pub(crate) place: Place,
    pub(crate) addr: Option<IpAddr>,
    pub(crate) port: u16,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Name(String),
    Socket(PathBuf),
}

/// How a dead connection is noticed.
#[derive(Clone, Debug)]
pub(crate) struct Keepalive {
    pub(crate) on: bool,
    pub(crate) idle: Duration,
    pub(crate) interval: Option<Duration>,
    pub(crate) count: Option<u32>,
    pub(crate) tcp_user_timeout: Option<Duration>,
}

impl Url {
    /// Reads a URL or `key=value` pairs and fills in defaults as libpq does.
    ///
    /// # Errors
    /// Of kind `Usage`. They never show a password.
    pub fn parse(text: &str) -> Result<Self> {
        Self::parse_in(text, &Environment::of_process())
    }

    /// As [`Url::parse`], in another world.
    ///
    /// # Errors
    /// As [`Url::parse`].
    pub fn parse_in(text: &str, world: &Environment) -> Result<Self> {
        settle(&written::read(text)?, world)
    }

    /// A server on loopback that masque itself started.
    pub(crate) fn of_loopback(port: u16, user: &str, password: Password, database: &str) -> Self {
        Self {
            hosts: vec![Host { place: Place::Name("127.0.0.1".to_owned()), addr: None, port }],
            user: user.to_owned(),
            database: database.to_owned(),
            password: Some(password),
            passfile: Arc::default(),
            application_name: None,
            options: None,
            connect_timeout: Some(DEFAULT_TIMEOUT),
            target_session_attrs: TargetSessionAttrs::Any,
            channel_binding: ChannelBinding::Prefer,
            keepalive: DEFAULT_KEEPALIVE,
            sslmode: SslMode::Disable,
            sslrootcert: None,
            tls: Arc::default(),
            passed_on: Pairs::new(),
            warnings: Vec::new(),
        }
    }

    /// The name of the database.
    #[must_use]
    pub fn database(&self) -> &str {
        &self.database
    }

    /// The name of the user who logs in.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.user
    }

    /// Another database of the same server.
    #[must_use]
    pub fn with_database(&self, name: &str) -> Self {
        Self { database: name.to_owned(), ..self.clone() }
    }

    /// The same place under a name for `pg_stat_activity`.
    #[must_use]
    pub fn with_application_name(&self, name: &str) -> Self {
        Self { application_name: Some(name.to_owned()), ..self.clone() }
    }

    /// What the operator should know, such as a password file that was ignored.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// The URL with its password, for a person who must log in to a throw-away cluster.
    pub(crate) fn reveal(&self) -> String {
        let login = self.password.as_ref().map_or_else(
            || encode(&self.user),
            |password| format!("{}:{}", encode(&self.user), encode(password.reveal())),
        );
        format!("postgres://{login}@{}", self.place())
    }

    fn place(&self) -> String {
        let hosts: Vec<_> = self.hosts.iter().map(|host| format!("{}:{}", host.shown(), host.port)).collect();
        format!("{}/{}", hosts.join(","), encode(&self.database))
    }

    /// The password to try at `host`: the one written, else that of the password file.
    pub(crate) fn password_for(&self, host: &Host) -> Option<&Password> {
        self.password
            .as_ref()
            .or_else(|| self.passfile.find(&host.names(), host.port, &self.database, &self.user))
    }

    /// Everything but the password, as `pg_dump` and `pg_restore` read it after `-d`.
    ///
    /// The password goes through a private file ([`Url::passfile_line`]); the variables in
    /// [`HIDDEN_FROM_TOOLS`] must not reach the tool.
    #[must_use]
    pub fn conninfo_without_password(&self) -> String {
        let list = |f: &dyn Fn(&Host) -> String| self.hosts.iter().map(f).collect::<Vec<_>>().join(",");
        let mut pairs = vec![
            quote("host", &list(&Host::name)),
            // Written even when empty: an empty one keeps `PGHOSTADDR` out.
            quote("hostaddr", &list(&|host| host.addr.map(|addr| addr.to_string()).unwrap_or_default())),
            quote("port", &list(&|host| host.port.to_string())),
            quote("user", &self.user),
            quote("dbname", &self.database),
            quote("sslmode", self.sslmode.name()),
            quote("gssencmode", "disable"),
        ];
        if !self.hosts.iter().any(|host| host.addr.is_some()) {
            pairs[1] = quote("hostaddr", "");
        }
        if let Some(root) = &self.sslrootcert {
            pairs.push(quote("sslrootcert", &root.to_string_lossy()));
        } else if self.sslmode == SslMode::VerifyFull {
            pairs.push(quote("sslrootcert", "system"));
        }
        if let Some(timeout) = self.connect_timeout {
            pairs.push(quote("connect_timeout", &timeout.as_secs().to_string()));
        }
        if let Some(name) = &self.application_name {
            pairs.push(quote("application_name", name));
        }
        if let Some(options) = &self.options {
            pairs.push(quote("options", options));
        }
        pairs.extend(self.passed_on.iter().map(|(key, value)| quote(key, value)));
        pairs.join(" ")
    }

    /// The lines of a password file that let the child tools log in, at every host.
    ///
    /// `None` when there is no password, or none that such a file can hold.
    #[must_use]
    pub fn passfile_line(&self) -> Option<String> {
        let mut lines = Vec::new();
        for host in &self.hosts {
            let Some(password) = self.password_for(host) else { continue };
            if password.reveal().contains(['\n', '\r', '\0']) {
                return None;
            }
            for name in host.names() {
                lines.push(format!(
                    "{}:{}:*:{}:{}\n",
                    passfile::escape(name),
                    host.port,
                    passfile::escape(&self.user),
                    passfile::escape(password.reveal())
                ));
            }
        }
        (!lines.is_empty()).then(|| lines.concat())
    }
}

impl Host {
    /// As libpq wants it after `host=`.
    fn name(&self) -> String {
        match &self.place {
            Place::Name(name) => name.clone(),
            Place::Socket(path) => path.to_string_lossy().into_owned(),
        }
    }

    fn shown(&self) -> String {
        match &self.place {
            Place::Name(name) if name.contains(':') => format!("[{name}]"),
            Place::Name(name) => encode(name),
            Place::Socket(path) => encode(&path.to_string_lossy()),
        }
    }

    /// The names that a password file may know this host by.
    fn names(&self) -> Vec<&str> {
        match &self.place {
            Place::Name(name) => vec![name],
            Place::Socket(path) => {
                let text = path.to_str().unwrap_or_default();
                if DEFAULT_SOCKETS.contains(&text) { vec!["localhost", text] } else { vec![text] }
            }
        }
    }
}

const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

fn encode(text: &str) -> String {
    utf8_percent_encode(text, PLAIN).to_string()
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "postgres://{}@{}", encode(&self.user), self.place())
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);
const DEFAULT_KEEPALIVE: Keepalive = Keepalive {
    on: true,
    idle: Duration::from_secs(60),
    interval: Some(Duration::from_secs(10)),
    count: Some(6),
    tcp_user_timeout: None,
};

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

fn settle(written: &Pairs, world: &Environment) -> Result<Url> {
    let answers = Answers { written, world };
    refuse_unknown(&answers)?;
    let user = answers.get("user").or_else(|| world.user.clone()).ok_or_else(|| {
        Error::usage("the connection string names no user, and the system knows none")
            .help("write user=… or set PGUSER")
    })?;
    let database = answers.get("dbname").unwrap_or_else(|| user.clone());
    if database.contains("://") {
        return Err(Error::usage("`dbname` cannot be a connection string itself"));
    }
    let sslmode = match answers.get("sslmode") {
        None => SslMode::Prefer,
        Some(name) => SslMode::named(&name).ok_or_else(|| {
            Error::usage("`sslmode` of the connection string has an unknown value")
                .help("use disable, allow, prefer, require, verify-ca or verify-full")
        })?,
    };
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
    let passed_on = written
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
        hosts: hosts(&answers)?,
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
        target_session_attrs: match answers.get("target_session_attrs").as_deref() {
            None | Some("any") => TargetSessionAttrs::Any,
            Some("read-write") => TargetSessionAttrs::ReadWrite,
            Some("read-only") => TargetSessionAttrs::ReadOnly,
            Some(_) => {
                return Err(Error::usage("this value of `target_session_attrs` is not supported yet")
                    .help("use any, read-write or read-only (which a standby is)"));
            }
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
        tls: Arc::default(),
        passed_on,
        warnings,
    })
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

fn hosts(answers: &Answers<'_>) -> Result<Vec<Host>> {
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
                (Some(name), _) if name.starts_with('/') => Place::Socket(name.into()),
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
mod tests {
    use super::*;

    fn world(variables: &[(&'static str, &'static str)]) -> Environment {
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

    fn parse(text: &str, variables: &[(&'static str, &'static str)]) -> Url {
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
    fn several_hosts_each_have_their_port() {
        let url = parse("postgres://u@a:1,[::1],c:3/d", &[]);
        assert_eq!(url.to_string(), "postgres://u@a:1,[::1]:5432,c:3/d");
        assert_eq!(parse("host=a,b port=9", &[]).hosts[1].port, 9);
        assert!(Url::parse_in("host=a,b port=1,2,3", &world(&[])).is_err());
        assert!(Url::parse_in("host=a port=0", &world(&[])).is_err());
    }

    #[test]
    fn a_password_is_never_printed() {
        let url = parse("postgres://u:opensesame@h/d", &[]);
        let shown = format!("{url} {url:?} {url:#?} {} {:?}", url.conninfo_without_password(), url.password);
        assert!(!shown.contains("opensesame"), "{shown}");
        assert!(url.reveal().contains("opensesame"));
    }

    #[test]
    fn the_password_file_is_asked_for_the_database_in_question() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pass");
        std::fs::write(&path, "h:5432:one:u:first\n*:*:two:u:sec:ond\n").unwrap();
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        let text = format!("host=h,/tmp user=u dbname=one passfile={}", path.display());
        let url = Url::parse_in(&text, &world(&[])).unwrap();
        assert!(url.warnings().is_empty());
        assert_eq!(url.password_for(&url.hosts[0]), Some(&Password::new("first")));
        assert_eq!(url.passfile_line().as_deref(), Some("h:5432:*:u:first\n"));
        let two = url.with_database("two");
        assert_eq!(
            two.passfile_line().as_deref(),
            Some("h:5432:*:u:sec\nlocalhost:5432:*:u:sec\n/tmp:5432:*:u:sec\n")
        );
    }

    #[test]
    fn the_tools_get_everything_but_the_password() {
        let url = parse(
            "host=h,g port=1,2 user='a b' password=p dbname='it\\'s' sslmode=require keepalives_idle=7 target_session_attrs=read-write",
            &[],
        )
        .with_application_name("masque refresh");
        assert_eq!(
            url.conninfo_without_password(),
            "host=h,g hostaddr='' port=1,2 user='a b' dbname='it\\'s' sslmode=require gssencmode=disable \
             connect_timeout=10 application_name='masque refresh' keepalives_idle=7 target_session_attrs=read-write"
        );
        let again = parse(&url.conninfo_without_password(), &[("PGHOSTADDR", "127.0.0.9")]);
        assert_eq!(again.to_string(), url.to_string());
        assert_eq!(again.hosts, url.hosts);
    }

    #[test]
    fn what_is_not_supported_is_refused_by_name() {
        for (text, name) in [
            ("service=x", "`service`"),
            ("sslcert=x", "`sslcert`"),
            ("gssencmode=require", "`gssencmode`"),
            ("pasword=x", "`pasword`"),
            ("postgres://h/d?sslmod=require", "`sslmod`"),
            ("sslmode=maybe", "`sslmode`"),
            ("target_session_attrs=standby", "`target_session_attrs`"),
            ("hostaddr=h", "`hostaddr`"),
            ("connect_timeout=soon", "`connect_timeout`"),
        ] {
            let error = Url::parse_in(text, &world(&[])).unwrap_err();
            assert!(error.to_string().contains(name), "{text}: {error}");
            assert_eq!(error.kind(), crate::error::Kind::Usage);
        }
        let error = Url::parse_in("", &world(&[("PGSERVICE", "x")])).unwrap_err();
        assert!(error.to_string().contains("`PGSERVICE`"), "{error}");
        parse("gssencmode=prefer client_encoding=UTF8 sslcert=''", &[]);
    }
}

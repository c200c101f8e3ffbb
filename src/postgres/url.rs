//! Where a database is and how to reach it: a connection string, settled.
//!
//! [`Url::parse`] reads what libpq reads, fills in what libpq fills in and
//! refuses by name what is not understood. A `Url` prints without its password.

use super::client_certificate::ClientCertificate;
use super::environment::{DEFAULT_SOCKETS, Environment};
use super::keys::KEYS;
use super::passfile::{self, Passfile};
use super::password::Password;
use super::session_kind::SessionKind;
use super::tls::{SslMode, Tls};
use super::written::{self, Pairs, quote};
use crate::error::{Error, Result};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio_postgres::config::ChannelBinding;
use zeroize::Zeroizing;

/// Variables of libpq that stand for no key of a connection string.
const KEYLESS: [&str; 6] = ["PGREQUIRESSL", "PGSYSCONFDIR", "PGLOCALEDIR", "PGDATESTYLE", "PGTZ", "PGGEQO"];

/// Variables that would speak to `pg_dump` and `pg_restore` beside a [`Url`], where all they said is settled
/// already: remove them from the tools' environment.
pub fn hidden_from_tools() -> impl Iterator<Item = &'static str> {
    KEYS.iter().filter_map(|key| key.variable).chain(KEYLESS)
}

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
    pub(crate) target_session_attrs: SessionKind,
    pub(crate) channel_binding: ChannelBinding,
    pub(crate) keepalive: Keepalive,
    pub(crate) sslmode: SslMode,
    pub(crate) sslrootcert: Option<PathBuf>,
    pub(crate) sslcrl: Option<PathBuf>,
    /// Shown to a server that asks.
    pub(crate) certificate: Option<ClientCertificate>,
    /// TLS begins with the first byte (`sslnegotiation=direct`).
    pub(crate) direct: bool,
    pub(crate) tls: Arc<OnceLock<Tls>>,
    /// What was written, for the child tools, of the keys that pass through unchanged.
    pub(crate) passed_on: Pairs,
    pub(crate) warnings: Vec<String>,
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
        super::settle::settle(&written::read(text)?, world)
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
            target_session_attrs: SessionKind::Any,
            channel_binding: ChannelBinding::Prefer,
            keepalive: DEFAULT_KEEPALIVE,
            sslmode: SslMode::Disable,
            sslrootcert: None,
            sslcrl: None,
            certificate: None,
            direct: false,
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

    /// The names of the servers; those of sockets and addresses say nothing.
    #[must_use]
    pub fn host_names(&self) -> Vec<String> {
        let names = self.hosts.iter().filter_map(|host| match &host.place {
            Place::Name(name) => Some(name.clone()),
            Place::Socket(_) => None,
        });
        names.collect()
    }

    /// Whether every server is on this machine, by a socket or on loopback.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.hosts.iter().all(|host| match (&host.place, host.addr) {
            (_, Some(addr)) => addr.is_loopback(),
            (Place::Socket(_), None) => true,
            (Place::Name(name), None) => {
                name == "localhost" || name.parse::<IpAddr>().is_ok_and(|addr| addr.is_loopback())
            }
        })
    }

    /// Whether who answers is verified, by its certificate.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        matches!(self.sslmode, SslMode::VerifyCa | SslMode::VerifyFull)
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

    /// The same place with more `options` for the server, which win over those it has.
    #[must_use]
    pub fn with_options(&self, more: &str) -> Self {
        let options = [self.options.as_deref().unwrap_or_default(), more].join(" ").trim().to_owned();
        Self { options: Some(options), ..self.clone() }
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

    /// Everything but the password and the `options`, as `pg_dump` and `pg_restore` read it after `-d`.
    ///
    /// Those go through private files ([`Url::passfile_line`], [`Url::service`]); the variables of
    /// [`hidden_from_tools`] must not reach the tool.
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
        }
        if let Some(list) = &self.sslcrl {
            pairs.push(quote("sslcrl", &list.to_string_lossy()));
        }
        let (certificate, key) = match &self.certificate {
            Some(own) => (own.certificate.to_string_lossy(), Some(own.key.to_string_lossy())),
            None => (NO_CERTIFICATE.into(), None),
        };
        pairs.push(quote("sslcert", &certificate));
        pairs.extend(key.map(|key| quote("sslkey", &key)));
        if self.direct {
            pairs.push(quote("sslnegotiation", "direct"));
        }
        if let Some(timeout) = self.connect_timeout {
            pairs.push(quote("connect_timeout", &timeout.as_secs().to_string()));
        }
        if let Some(name) = &self.application_name {
            pairs.push(quote("application_name", name));
        }
        pairs.extend(self.passed_on.iter().map(|(key, value)| quote(key, value)));
        pairs.join(" ")
    }

    /// Whether it trusts what the system trusts. The tools must be told by a file
    /// ([`Url::with_root_certificates`]): before PostgreSQL 16 they know no other way.
    #[must_use]
    pub fn trusts_system(&self) -> bool {
        self.sslmode == SslMode::VerifyFull && self.sslrootcert.is_none()
    }

    /// Whether its way into TLS is one that tools before PostgreSQL 17 don't know.
    #[must_use]
    pub fn is_direct(&self) -> bool {
        self.direct
    }

    /// The same place, trusting the certificates in a file.
    #[must_use]
    pub fn with_root_certificates(&self, file: &Path) -> Self {
        Self { sslrootcert: Some(file.to_owned()), tls: Arc::default(), ..self.clone() }
    }

    /// The lines of a password file that let the child tools log in, at every host.
    ///
    /// `None` when there is no password.
    ///
    /// # Errors
    /// Usage, where such a file can't hold it.
    pub fn passfile_line(&self) -> Result<Option<Zeroizing<String>>> {
        let mut lines: Vec<Zeroizing<String>> = Vec::new();
        for host in &self.hosts {
            let Some(password) = self.password_for(host) else { continue };
            if password.reveal().contains(['\n', '\r', '\0']) {
                return Err(Error::usage(format!(
                    "the password of `{}` has a line break, so `pg_dump` and `pg_restore` can't be given it",
                    self.user
                ))
                .help("they read it from a file with a line for each; give the role another password"));
            }
            let password = Zeroizing::new(passfile::escape(password.reveal()));
            for name in host.names() {
                let (name, user) = (passfile::escape(name), passfile::escape(&self.user));
                let line = format!("{name}:{}:*:{user}:{}\n", host.port, password.as_str());
                lines.push(Zeroizing::new(line));
            }
        }
        // With its room from the start: text that grows is left behind where it was.
        let mut text = Zeroizing::new(String::with_capacity(lines.iter().map(|line| line.len()).sum()));
        for line in &lines {
            text.push_str(line);
        }
        Ok((!lines.is_empty()).then_some(text))
    }

    /// A service of libpq that has the `options`, as the text of a file of services. A line of it may be
    /// `longest` bytes. `None` when there are none.
    ///
    /// # Errors
    /// Usage, where such a file can't hold them. They are not shown: what they set may be a secret.
    pub fn service(&self, name: &str, longest: usize) -> Result<Option<Zeroizing<String>>> {
        let Some(options) = self.options.as_deref() else { return Ok(None) };
        // White space at the end of a line is lost, and means something only behind a backslash.
        let kept = options.trim_end();
        let line = Zeroizing::new(format!("options={kept}"));
        let why = if kept.contains(['\n', '\r', '\0']) {
            "hold a line break"
        } else if kept.len() < options.len() && kept.ends_with('\\') {
            "end with white space"
        } else if line.len() > longest {
            "are too long"
        } else {
            return Ok(Some(Zeroizing::new(format!("[{name}]\n{}\n", line.as_str()))));
        };
        Err(Error::usage(format!(
            "the `options` (or PGOPTIONS) {why}, so `pg_dump` and `pg_restore` can't be given them"
        ))
        .help("they read them from a line of a file; set them for the role with `ALTER ROLE … SET`"))
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

/// Where no file can be: libpq then shows no certificate, not even its usual one.
const NO_CERTIFICATE: &str = "/dev/null/none";

const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A name as it stands in a URL.
pub(crate) fn encode(text: &str) -> String {
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

pub(crate) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);
pub(crate) const DEFAULT_KEEPALIVE: Keepalive = Keepalive {
    on: true,
    idle: Duration::from_mins(1),
    interval: Some(Duration::from_secs(10)),
    count: Some(6),
    tcp_user_timeout: None,
};

#[cfg(test)]
mod tests {
    use super::super::settle::tests::{parse, world};
    use super::*;

    #[test]
    fn loopback_and_sockets_are_on_this_machine() {
        for (text, local) in [
            ("host=localhost", true),
            ("host=127.0.0.9,/tmp", true),
            ("host=::1", true),
            ("host=db hostaddr=127.0.0.1", true),
            ("host=/tmp hostaddr=127.0.0.1", true),
            ("host=/tmp hostaddr=10.0.0.1", false),
            ("host=db", false),
            ("host=localhost,10.0.0.1", false),
        ] {
            assert_eq!(parse(text, &[]).is_local(), local, "{text}");
        }
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
        assert_eq!(url.passfile_line().unwrap().unwrap().as_str(), "h:5432:*:u:first\n");
        let two = url.with_database("two");
        assert_eq!(
            two.passfile_line().unwrap().unwrap().as_str(),
            "h:5432:*:u:sec\nlocalhost:5432:*:u:sec\n/tmp:5432:*:u:sec\n"
        );
    }

    #[test]
    fn what_no_file_can_hold_is_refused_and_not_shown() {
        let url = |options: &str| Url { options: Some(options.to_owned()), ..parse("host=h user=u", &[]) };
        let service = |options: &str| url(options).service("s", 40);
        assert_eq!(parse("host=h", &[]).service("s", 40).unwrap(), None);
        assert_eq!(service("-c a=b ").unwrap().unwrap().as_str(), "[s]\noptions=-c a=b\n");
        assert!(service(&"x".repeat(32)).is_ok());
        for options in
            ["-c canary=a\n[x]", "-c canary=\ra", "-c canary=a\\ ", &format!("canary{}", "x".repeat(27))]
        {
            let error = service(options).unwrap_err();
            assert_eq!(error.kind(), crate::error::Kind::Usage);
            assert!(!format!("{error} {:?}", error.help_text()).contains("canary"));
        }
        let broken = Url { password: Some(Password::new("canary\nx")), ..url("") };
        let error = broken.passfile_line().unwrap_err();
        assert!(error.to_string().contains("line break") && !error.to_string().contains("canary"), "{error}");
    }

    #[test]
    fn the_tools_get_everything_but_the_password_and_the_options() {
        let url = parse(
            "host=h,g port=1,2 user='a b' password=p dbname='it\\'s' sslmode=require keepalives_idle=7 target_session_attrs=read-write",
            &[],
        )
        .with_application_name("masque refresh")
        .with_options("-c my.secret=1");
        assert_eq!(
            url.conninfo_without_password(),
            "host=h,g hostaddr='' port=1,2 user='a b' dbname='it\\'s' sslmode=require gssencmode=disable \
             sslcert=/dev/null/none connect_timeout=10 application_name='masque refresh' keepalives_idle=7 target_session_attrs=read-write"
        );
        // A place where no certificate can be is for libpq alone.
        let told = url.conninfo_without_password().replace("sslcert=/dev/null/none", "");
        let again = parse(&told, &[("PGHOSTADDR", "127.0.0.9")]);
        assert_eq!(again.to_string(), url.to_string());
        assert_eq!(again.hosts, url.hosts);
    }
}

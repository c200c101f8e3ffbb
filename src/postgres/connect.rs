//! From a [`Url`] to a connection that answers.
//!
//! Hosts are tried in order until one answers; only a server that cannot be
//! reached, or is not of the kind wanted, passes the turn on. `prefer` and `allow` try the other of TLS and
//! plain, as libpq does. What the server says beside its answers (notices) is
//! dropped: it can quote rows.

use super::session_kind::SessionKind;
use super::tls::{self, SslMode, Tls, Wish};
use super::url::{Host, Place, Url};
use crate::error::{Error, Kind, Result};
use futures_util::future::poll_fn;
use std::io;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_postgres::config::{SslMode as Wire, SslNegotiation};
use tokio_postgres::{CancelToken, Client, Config};

/// A connection and the task that drives it.
///
/// Dropping it says goodbye to the server in the background; [`Connection::close`] waits for that.
pub struct Connection {
    /// What speaks to the server.
    pub client: Client,
    cancel: CancelToken,
    tls: Tls,
    timeout: Option<Duration>,
    driver: JoinHandle<()>,
    ending: Ending,
    shown: String,
}

/// Why a connection ended, where the server or the network said so. It outlives the connection.
#[derive(Clone, Default)]
pub struct Ending(Arc<OnceLock<tokio_postgres::Error>>);

impl Ending {
    /// What is to be said of work that failed with `error`: whatever was going on when a connection
    /// ends only knows that it is closed, and why stands here.
    #[must_use]
    pub fn explain(&self, kind: Kind, doing: &str, error: &tokio_postgres::Error) -> Error {
        if !error.is_closed() {
            return Error::from_server(kind, doing, error);
        }
        Error::from_server(kind, doing, self.0.get().unwrap_or(error)).help(CLOSED)
    }

    /// Why the connection has ended, for what was going on and was not told.
    #[must_use]
    pub fn of(&self, kind: Kind, doing: &str) -> Error {
        match self.0.get() {
            Some(error) => Error::from_server(kind, doing, error).help(CLOSED),
            None => Error::new(kind, format!("{doing}: the connection was closed")).cut_off().help(CLOSED),
        }
    }
}

const CLOSED: &str = "look into the server's log: it may have crashed or been restarted, be out of memory or disk, \
                      or somebody ended the session; else the network failed";

/// Asks the server to give up what a connection is doing. It outlives borrows of the connection.
#[derive(Clone)]
pub struct Canceller {
    token: CancelToken,
    tls: Tls,
    timeout: Option<Duration>,
}

impl Canceller {
    /// Asks once. That nothing was running is no error.
    ///
    /// # Errors
    /// When the server cannot be reached.
    pub async fn cancel(&self, kind: Kind) -> Result<()> {
        let asked = self.token.cancel_query(self.tls.clone());
        match bounded(self.timeout, asked).await {
            Some(done) => done.map_err(|error| Error::from_server(kind, "cannot cancel a statement", &error)),
            None => Err(Error::new(kind, "cannot cancel a statement: the server did not answer in time")),
        }
    }
}

impl Connection {
    /// What can cancel this connection's statement from elsewhere, over TLS where the connection uses it.
    #[must_use]
    pub fn canceller(&self) -> Canceller {
        Canceller { token: self.cancel.clone(), tls: self.tls.clone(), timeout: self.timeout }
    }

    /// Asks the server to give up what this connection is doing.
    ///
    /// # Errors
    /// When the server cannot be reached.
    pub async fn cancel(&self, kind: Kind) -> Result<()> {
        self.canceller().cancel(kind).await
    }

    /// Whether the connection has ended.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.client.is_closed() || self.driver.is_finished()
    }

    /// Why the connection ended, where the server or the network said so.
    #[must_use]
    pub fn why_closed(&self, kind: Kind) -> Option<Error> {
        let doing = format!("the connection to `{}` ended", self.shown);
        self.ending.0.get().map(|error| Error::from_server(kind, &doing, error))
    }

    /// Why it ended, for work that outlives it.
    #[must_use]
    pub fn ending(&self) -> Ending {
        self.ending.clone()
    }

    /// Ends the connection and waits, for a bounded time, until its goodbye was sent.
    pub async fn close(self) {
        drop(self.client);
        let _ = tokio::time::timeout(Duration::from_secs(5), self.driver).await;
    }
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection")
            .field("url", &self.shown)
            .field("closed", &self.is_closed())
            .finish_non_exhaustive()
    }
}

/// What an attempt ended with, beside success.
pub(crate) enum Failure {
    Server(tokio_postgres::Error),
    Timeout,
    /// It answers, and is not what `target_session_attrs` asks for.
    Unfit,
}

impl Failure {
    fn refused_login(&self) -> bool {
        matches!(self, Self::Server(e) if e.code().is_some_and(|code| code.code() == "28000"))
    }

    /// Whether TLS itself failed, not the server behind it.
    pub(crate) fn in_tls(&self) -> bool {
        matches!(self, Self::Server(e) if e.as_db_error().is_none() && e.to_string().contains("TLS"))
    }

    /// What the operating system said.
    pub(crate) fn io_kind(&self) -> Option<io::ErrorKind> {
        match self {
            Self::Timeout | Self::Unfit => None,
            Self::Server(error) => io_kind(error),
        }
    }

    /// Whether the host's name could not be turned into an address.
    pub(crate) fn in_lookup(&self) -> bool {
        let told = |e: &tokio_postgres::Error| std::error::Error::source(e).map(ToString::to_string);
        matches!(self, Self::Server(e) if told(e).is_some_and(|text| text.contains("lookup address")))
    }

    fn unreachable(&self) -> bool {
        match self {
            Self::Timeout | Self::Unfit => true,
            Self::Server(e) => match e.code() {
                None => !self.in_tls() && self.io_kind().is_some(),
                // It is starting, stopping or in recovery: another may serve.
                Some(code) => code.code() == "57P03",
            },
        }
    }
}

impl Url {
    /// Connects on the current tokio runtime, which must have I/O and time switched on.
    ///
    /// # Errors
    /// Of `kind`; of `Usage` when a root certificate file cannot be used.
    pub async fn connect(&self, kind: Kind) -> Result<Connection> {
        let tls = self.connector()?;
        let mut last = None;
        let rounds = self.target_session_attrs.rounds().iter();
        let turns = rounds.flat_map(|wanted| self.hosts.iter().map(move |host| (*wanted, host)));
        for (wanted, host) in turns {
            match self.connect_fitting(host, &tls, wanted).await {
                Ok((client, driver, ending)) => {
                    return Ok(Connection {
                        cancel: client.cancel_token(),
                        client,
                        tls,
                        timeout: self.connect_timeout,
                        driver,
                        ending,
                        shown: self.to_string(),
                    });
                }
                Err(failure) => {
                    let go_on = failure.unreachable();
                    last = Some(self.explain(kind, host, &failure));
                    if !go_on {
                        break;
                    }
                }
            }
        }
        Err(last.unwrap_or_else(|| Error::internal("a connection string without hosts")))
    }

    fn connector(&self) -> Result<Tls> {
        if let Some(tls) = self.tls.get() {
            return Ok(tls.clone());
        }
        let tls = tls::connector(&Wish {
            mode: self.sslmode,
            root: self.sslrootcert.as_deref(),
            revoked: self.sslcrl.as_deref(),
            certificate: self.certificate.as_ref(),
        })?;
        Ok(self.tls.get_or_init(|| tls).clone())
    }

    async fn connect_fitting(&self, host: &Host, tls: &Tls, wanted: SessionKind) -> Result<Opened, Failure> {
        let opened = self.connect_to(host, tls).await?;
        let met = bounded(self.connect_timeout, wanted.is_met(&opened.0)).await.ok_or(Failure::Timeout)?;
        if met.map_err(Failure::Server)? { Ok(opened) } else { Err(Failure::Unfit) }
    }

    async fn connect_to(&self, host: &Host, tls: &Tls) -> Result<Opened, Failure> {
        // A socket has no network to protect: libpq ignores `sslmode` there.
        let mode = if matches!(host.place, Place::Socket(_)) { SslMode::Disable } else { self.sslmode };
        match mode {
            SslMode::Disable => self.attempt(host, tls, Wire::Disable).await,
            SslMode::Allow => match self.attempt(host, tls, Wire::Disable).await {
                Err(failure) if failure.refused_login() => self.attempt(host, tls, Wire::Require).await,
                done => done,
            },
            SslMode::Prefer => match self.attempt(host, tls, Wire::Prefer).await {
                Err(failure) if failure.refused_login() || failure.in_tls() => {
                    // The plain attempt's error would hide the first one where both are refused.
                    self.attempt(host, tls, Wire::Disable).await.map_err(|_| failure)
                }
                done => done,
            },
            SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => {
                self.attempt(host, tls, Wire::Require).await
            }
        }
    }

    async fn attempt(&self, host: &Host, tls: &Tls, wire: Wire) -> Result<Opened, Failure> {
        let config = self.wire_config(host, wire);
        let opening = config.connect(tls.clone());
        let (client, mut connection) =
            bounded(self.connect_timeout, opening).await.ok_or(Failure::Timeout)?.map_err(Failure::Server)?;
        let ending = Ending::default();
        let end = ending.clone();
        // Driven by hand: the connection's own future would log the server's notices.
        let driver = tokio::spawn(async move {
            while let Some(message) = poll_fn(|cx| connection.poll_message(cx)).await {
                if let Err(error) = message {
                    let _ = end.0.set(error);
                    return;
                }
            }
        });
        Ok((client, driver, ending))
    }

    fn wire_config(&self, host: &Host, wire: Wire) -> Config {
        let mut config = Config::new();
        match &host.place {
            Place::Name(name) => config.host(name),
            Place::Socket(path) => config.host_path(path),
        };
        if let Some(addr) = host.addr {
            config.hostaddr(addr);
        }
        config.port(host.port).user(&self.user).dbname(&self.database).ssl_mode(wire);
        config.channel_binding(self.channel_binding);
        if self.direct {
            config.ssl_negotiation(SslNegotiation::Direct);
        }
        if let Some(password) = self.password_for(host) {
            config.password(password.reveal());
        }
        if let Some(options) = &self.options {
            config.options(options);
        }
        config.application_name(self.application_name.as_deref().unwrap_or("masque"));
        if let Some(timeout) = self.connect_timeout {
            config.connect_timeout(timeout);
        }
        let keepalive = &self.keepalive;
        config.keepalives(keepalive.on).keepalives_idle(keepalive.idle);
        if let Some(interval) = keepalive.interval {
            config.keepalives_interval(interval);
        }
        if let Some(count) = keepalive.count {
            config.keepalives_retries(count);
        }
        if let Some(timeout) = keepalive.tcp_user_timeout {
            config.tcp_user_timeout(timeout);
        }
        config
    }
}

type Opened = (Client, JoinHandle<()>, Ending);

/// `None` when the time is over.
async fn bounded<F: Future>(limit: Option<Duration>, work: F) -> Option<F::Output> {
    match limit {
        Some(limit) => tokio::time::timeout(limit, work).await.ok(),
        None => Some(work.await),
    }
}

fn io_kind(error: &tokio_postgres::Error) -> Option<io::ErrorKind> {
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        if let Some(inner) = inner.downcast_ref::<io::Error>() {
            return Some(inner.kind());
        }
        cause = inner.source();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::binaries::Binaries;
    use super::super::cluster::{Cluster, Settings};
    use super::*;
    use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
    use std::future::Future;

    fn wait<T>(work: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
    }

    fn cluster(settings: Settings) -> Cluster {
        Cluster::start(&Binaries::find(None, &mut |_| ()).unwrap(), settings).unwrap()
    }

    fn refusal(url: &Url) -> (String, String) {
        let error = wait(url.connect(Kind::Source)).unwrap_err();
        assert_eq!(error.kind(), Kind::Source, "{error}");
        (error.to_string(), error.help_text().unwrap_or_default().to_owned())
    }

    #[test]
    fn every_refusal_says_where_why_and_what_to_do() {
        let cluster = cluster(Settings::new("refusals"));
        let url = cluster.url("postgres");
        let (said, help) = refusal(&cluster.url("nowhere"));
        assert!(said.contains("postgres://postgres@127.0.0.1:") && said.contains("3D000"), "{said}");
        assert!(help.contains("createdb"), "{help}");
        let mut wrong = url.clone();
        wrong.password = Some(crate::postgres::password::Password::new("opensesame"));
        let (said, help) = refusal(&wrong);
        assert!(
            said.contains("28P01") && help.contains("wrong") && !said.contains("opensesame"),
            "{said} {help}"
        );
        let port = cluster.port();
        let parse = |text: &str| Url::parse(&format!("user=postgres password=p port={port} {text}")).unwrap();
        let (said, help) = refusal(&parse("host=no-such-host.invalid"));
        assert!(help.contains("not known"), "{said} {help}");
        let (said, help) = refusal(&parse("host=127.0.0.1 sslmode=require"));
        assert!(said.contains("does not offer TLS") && help.contains("sslmode=require"), "{said} {help}");
        cluster.stop().unwrap();
        let (said, help) = refusal(&url);
        assert!(help.contains("no server listens"), "{said} {help}");
    }

    #[test]
    fn the_next_host_serves_when_the_first_cannot_be_reached() {
        let cluster = cluster(Settings::new("hosts"));
        let mut url = cluster.url("postgres");
        let mut dead = url.hosts[0].clone();
        dead.port = 1;
        url.hosts.insert(0, dead);
        wait(async { assert!(!url.connect(Kind::Source).await.unwrap().is_closed()) });
    }

    #[test]
    fn a_connection_is_cancelled_and_tells_why_it_ended() {
        let cluster = cluster(Settings::new("cancel"));
        wait(async {
            let one = cluster.url("postgres").connect(Kind::Source).await.unwrap();
            let two = cluster.url("postgres").connect(Kind::Source).await.unwrap();
            one.client.batch_execute("do $$ begin raise warning 'row 1' ; end $$").await.unwrap();
            let pid: i32 = one.client.query_one("select pg_backend_pid()", &[]).await.unwrap().get(0);
            let canceller = one.canceller();
            let (slept, asked) = tokio::join!(one.client.batch_execute("select pg_sleep(30)"), async {
                tokio::time::sleep(Duration::from_millis(200)).await;
                canceller.cancel(Kind::Source).await
            });
            asked.unwrap();
            assert_eq!(slept.unwrap_err().code().unwrap().code(), "57014");
            assert!(!one.is_closed() && one.why_closed(Kind::Source).is_none());
            two.client.execute("select pg_terminate_backend($1)", &[&pid]).await.unwrap();
            while !one.is_closed() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            assert_eq!(one.why_closed(Kind::Source).unwrap().sqlstate(), Some("57P01"));
        });
    }

    #[test]
    fn pg_dump_logs_in_with_what_the_url_gives_it() {
        use std::os::unix::fs::PermissionsExt;
        let cluster = cluster(Settings::new("tools"));
        let url = cluster.url("postgres").with_application_name("it's masque");
        let folder = tempfile::tempdir().unwrap();
        let passfile = folder.path().join("pass");
        std::fs::write(&passfile, url.passfile_line().unwrap().unwrap()).unwrap();
        std::fs::set_permissions(&passfile, std::fs::Permissions::from_mode(0o600)).unwrap();
        let tools = super::super::binaries::Tools::find().unwrap();
        let mut dump = std::process::Command::new(&tools.pg_dump);
        dump.args(["--no-password", "--schema-only", "-d", &url.conninfo_without_password()]);
        for name in super::super::url::hidden_from_tools() {
            dump.env_remove(name);
        }
        let output = dump.env("PGPASSFILE", &passfile).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    #[test]
    fn an_address_beside_the_path_of_a_socket_is_reached_by_tls_or_not_at_all() {
        let cluster = cluster(Settings::new("address"));
        let text =
            format!("hostaddr=127.0.0.1 port={} user=postgres password=p sslmode=require", cluster.port());
        let written = Url::parse(&format!("host=/tmp {text}")).unwrap();
        let around = super::super::settle::tests::world(&[("PGHOST", "/var/run/postgresql")]);
        for url in [written, Url::parse_in(&text, &around).unwrap()] {
            let (said, _) = refusal(&url);
            assert!(said.contains("does not offer TLS"), "{said}");
        }
    }

    struct Papers {
        certificate: String,
        key: String,
        root: String,
    }

    fn papers(name: &str) -> Papers {
        let mut ca = CertificateParams::new(Vec::new()).unwrap();
        ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca = CertifiedIssuer::self_signed(ca, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let own = CertificateParams::new(vec![name.to_owned()]).unwrap().signed_by(&key, &ca).unwrap();
        Papers { certificate: own.pem(), key: key.serialize_pem(), root: ca.pem() }
    }

    #[test]
    fn sslmode_means_what_libpq_says() {
        let (good, other) = (papers("db.example"), papers("db.example"));
        let mut settings = Settings::new("tls").set("ssl", "on");
        settings.files = vec![("server.crt".into(), good.certificate), ("server.key".into(), good.key)];
        let cluster = cluster(settings);
        let folder = tempfile::tempdir().unwrap();
        let (root, wrong) = (folder.path().join("root.crt"), folder.path().join("wrong.crt"));
        std::fs::write(&root, good.root).unwrap();
        std::fs::write(&wrong, other.root).unwrap();
        let url = |host: &str, mode: &str, root: Option<&std::path::Path>| {
            let text = format!(
                "host={host} hostaddr=127.0.0.1 port={} dbname=postgres sslmode={mode}",
                cluster.port()
            );
            let mut url = Url::parse(&text).unwrap();
            url.user = "postgres".to_owned();
            url.password = cluster.url("postgres").password;
            url.sslrootcert = root.map(ToOwned::to_owned);
            url
        };
        let encrypted = |url: Url| {
            wait(async move {
                let connection =
                    url.connect(Kind::Source).await.map_err(|e| format!("{e} {:?}", e.help_text()))?;
                let query = "select ssl from pg_stat_ssl where pid = pg_backend_pid()";
                let ssl = connection.client.query_one(query, &[]).await.unwrap().get(0);
                // Nothing runs that it could hit: only that it gets through the same TLS counts.
                connection.cancel(Kind::Source).await.map_err(|e| e.to_string())?;
                Ok::<bool, String>(ssl)
            })
        };
        let (root, wrong) = (Some(root.as_path()), Some(wrong.as_path()));
        assert_eq!(encrypted(url("db.example", "disable", None)), Ok(false));
        assert_eq!(encrypted(url("db.example", "allow", None)), Ok(false));
        assert_eq!(encrypted(url("db.example", "prefer", root)), Ok(true));
        assert_eq!(encrypted(url("db.example", "prefer", wrong)), Ok(false));
        assert_eq!(encrypted(url("any.example", "require", None)), Ok(true));
        assert_eq!(encrypted(url("any.example", "require", root)), Ok(true));
        assert_eq!(encrypted(url("any.example", "verify-ca", root)), Ok(true));
        assert_eq!(encrypted(url("db.example", "verify-full", root)), Ok(true));
        for (host, mode, root, word) in [
            ("db.example", "require", wrong, "not from a trusted CA"),
            ("db.example", "verify-ca", wrong, "not from a trusted CA"),
            ("db.example", "verify-full", wrong, "not from a trusted CA"),
            ("any.example", "verify-full", root, "another name"),
        ] {
            let said = encrypted(url(host, mode, root)).unwrap_err();
            assert!(said.contains(word), "{host} {mode}: {said}");
        }
        let said = encrypted(url("db.example", "verify-ca", None)).unwrap_err();
        assert!(said.contains("needs a root certificate"), "{said}");
        let lost = folder.path().join("lost.crt");
        assert!(
            encrypted(url("db.example", "verify-ca", Some(&lost))).unwrap_err().contains("cannot be read")
        );
        assert_eq!(encrypted(url("db.example", "require", Some(&lost))), Ok(true));
    }
}

//! Three throw-away servers, each started when the first test asks, gone with the process.
//!
//! `MASQUE_TEST_SOURCE_PROGRAMS` and `MASQUE_TEST_TARGET_PROGRAMS` name the folders
//! of their programs, so that each side can be of another major; see `.ci/matrix`.

use masque::postgres::binaries::Binaries;
use masque::postgres::cluster::{Cluster, Settings};
use std::path::Path;
use std::sync::OnceLock;

/// Which of the servers. A refresh refuses a target on the source's server, so there must be two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// Where fixtures are made and sources lie.
    Production,
    /// Where targets lie.
    Staging,
    /// Where the target of one test at a time lies, which says how soon a database is gone. A server drops none
    /// while a session of it stands still within COPY (since 15), and on `Staging` those of other tests do.
    Apart,
}

impl Side {
    /// The running server. A static is never dropped: the cluster's watchdog ends it with the process.
    pub(crate) fn cluster(self) -> &'static Cluster {
        static PRODUCTION: OnceLock<Cluster> = OnceLock::new();
        static STAGING: OnceLock<Cluster> = OnceLock::new();
        static APART: OnceLock<Cluster> = OnceLock::new();
        match self {
            Self::Production => PRODUCTION.get_or_init(|| start_on(self, "production", &[])),
            Self::Staging => STAGING.get_or_init(|| start_on(self, "staging", &[])),
            Self::Apart => APART.get_or_init(|| start_on(self, "apart", &[])),
        }
    }

    /// The URL of a database, with its password.
    pub(crate) fn url(self, database: &str) -> String {
        self.cluster().url_with_password(database)
    }
}

fn binaries(side: Side) -> &'static Binaries {
    static PRODUCTION: OnceLock<Binaries> = OnceLock::new();
    static STAGING: OnceLock<Binaries> = OnceLock::new();
    let (found, variable) = match side {
        Side::Production => (&PRODUCTION, "MASQUE_TEST_SOURCE_PROGRAMS"),
        Side::Staging | Side::Apart => (&STAGING, "MASQUE_TEST_TARGET_PROGRAMS"),
    };
    found.get_or_init(|| {
        let named = std::env::var_os(variable).filter(|value| !value.is_empty());
        Binaries::find(named.as_deref().map(Path::new), &mut |line| eprintln!("{line}"))
            .unwrap_or_else(|e| panic!("{e}"))
    })
}

/// The folder with PostgreSQL's programs that fit all servers.
pub(crate) fn programs() -> &'static Path {
    &binaries(Side::Staging).server
}

/// The folder with the programs of one side's server.
pub(super) fn programs_of(side: Side) -> &'static Path {
    &binaries(side).server
}

/// The major version of one side's server.
pub(crate) fn major(side: Side) -> u32 {
    binaries(side).version
}

/// A server of its own, for what would disturb other tests.
pub(crate) fn start(name: &str, lines: &[(&str, &str)]) -> Cluster {
    start_on(Side::Production, name, lines)
}

fn start_on(side: Side, name: &str, lines: &[(&str, &str)]) -> Cluster {
    start_with_files(side, name, lines, Vec::new())
}

/// A server of its own with files in its data folder, readable by it alone.
pub(super) fn start_with_files(
    side: Side,
    name: &str,
    lines: &[(&str, &str)],
    files: Vec<(String, String)>,
) -> Cluster {
    let mut settings = Settings::new(format!("test{name}"))
        .set("max_connections", "200")
        // A worker of it may sit in a template at the moment it is copied.
        .set("autovacuum", "off")
        .set("max_wal_size", "4GB");
    for (key, value) in lines {
        settings = settings.set(key, *value);
    }
    settings.files = files;
    let started = Cluster::start(binaries(side), settings);
    started.unwrap_or_else(|error| panic!("{error}: {:?}", error.help_text()))
}

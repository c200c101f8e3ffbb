//! A server that follows another: a copy of its data, replaying what it does.

use super::server::{programs_of, start};
use super::{Side, execute, query, value, wait_until};
use masque::postgres::cluster::Cluster;
use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

/// A primary of its own and its standby.
pub(crate) struct Pair {
    primary: Cluster,
    standby: Cluster,
}

impl Pair {
    /// The pair of all tests. Its standby gives a reader that is in its way no time at all;
    /// tests don't meet as long as each has a database of its own.
    pub(crate) fn shared() -> &'static Self {
        static PAIR: OnceLock<Pair> = OnceLock::new();
        PAIR.get_or_init(|| {
            Self::start(&[("max_standby_streaming_delay", "0"), ("hot_standby_feedback", "off")])
        })
    }

    /// A pair of a test's own.
    pub(crate) fn start(lines: &[(&str, &str)]) -> Self {
        let primary = start("primary", &[("wal_level", "replica"), ("max_wal_senders", "4")]);
        // The standby is an ordinary server whose data is then replaced, so that its port,
        // its folder and its watchdog are those of any other.
        let standby = start("standby", lines);
        let (data, url) = (standby.data_dir(), primary.url_with_password("postgres"));
        // What it listens on, and how `pg_ctl` starts it again.
        let own = ["postgresql.conf", "postmaster.opts"].map(|name| {
            let path = data.join(name);
            let text = fs::read_to_string(&path).unwrap();
            (path, text)
        });
        let owner = fs::metadata(&data).unwrap();
        let run = |program: &str, args: &[&str]| {
            let status = Command::new(programs_of(Side::Production).join(program))
                .args(args)
                .uid(owner.uid())
                .gid(owner.gid())
                .current_dir(data.parent().unwrap())
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .status();
            assert!(status.is_ok_and(|status| status.success()), "{program} failed");
        };
        let place = data.to_str().unwrap();
        run("pg_ctl", &["-D", place, "-m", "immediate", "-w", "stop"]);
        empty(&data);
        run("pg_basebackup", &["-d", &url, "-D", place, "-R", "-X", "stream", "-c", "fast"]);
        for (path, text) in own {
            fs::write(&path, text).unwrap();
            chown(&path, Some(owner.uid()), Some(owner.gid())).unwrap();
        }
        standby.restart_immediate().unwrap_or_else(|error| {
            panic!("{error}: {}", fs::read_to_string(standby.log_path()).unwrap_or_default())
        });
        Self { primary, standby }
    }

    /// A database of the primary.
    pub(crate) fn primary(&self, database: &str) -> String {
        self.primary.url_with_password(database)
    }

    /// The same database of the standby, which has the primary's passwords.
    pub(crate) fn standby(&self, database: &str) -> String {
        let own = format!(":{}/", self.primary.port());
        self.primary(database).replacen(&own, &format!(":{}/", self.standby.port()), 1)
    }

    /// The port of each.
    pub(crate) fn ports(&self) -> [u16; 2] {
        [self.primary.port(), self.standby.port()]
    }

    /// Makes a database on the primary and waits until the standby has it.
    pub(crate) fn fill(&self, database: &str, batches: &[&str]) {
        query(&self.primary("postgres"), &format!("create database {database}"));
        execute(&self.primary(database), batches);
        self.catch_up();
    }

    /// Makes the standby a server that follows nobody.
    pub(crate) fn part(&self) {
        assert_eq!(value(&self.standby("postgres"), "select pg_promote()"), "t");
    }

    /// Waits until the standby has replayed all that the primary did.
    pub(crate) fn catch_up(&self) {
        let done = value(&self.primary("postgres"), "select pg_current_wal_insert_lsn()");
        let sql = format!("select pg_last_wal_replay_lsn() >= '{done}'");
        wait_until("the standby has caught up", Duration::from_secs(30), || {
            value(&self.standby("postgres"), &sql) == "t"
        });
    }
}

fn empty(folder: &Path) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() { fs::remove_dir_all(path).unwrap() } else { fs::remove_file(path).unwrap() }
    }
}

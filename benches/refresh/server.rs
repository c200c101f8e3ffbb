//! The two throw-away servers, and PostgreSQL's programs to speak to them.

use super::Result;
use masque::postgres::binaries::Binaries;
use masque::postgres::cluster::{Cluster, Settings};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Source,
    Target,
}

/// Both servers and a folder for what copies write on their way.
pub(crate) struct Servers {
    programs: PathBuf,
    version: u32,
    source: Cluster,
    target: Cluster,
    folder: tempfile::TempDir,
}

impl Servers {
    /// Sets both up alike.
    pub(crate) fn start() -> Result<Self> {
        let binaries = Binaries::find(None, &mut |_| ())?;
        let start = |name: &str| {
            let settings = Settings::new(format!("bench{name}"))
                .set("autovacuum", "off")
                .set("shared_buffers", "256MB")
                .set("max_wal_size", "4GB")
                .set("checkpoint_timeout", "1h")
                // Ten thousand tables are locked at once.
                .set("max_locks_per_transaction", "1024");
            Cluster::start(&binaries, settings)
        };
        Ok(Self {
            programs: binaries.server.clone(),
            version: binaries.version,
            source: start("source")?,
            target: start("target")?,
            folder: tempfile::tempdir()?,
        })
    }

    fn cluster(&self, side: Side) -> &Cluster {
        match side {
            Side::Source => &self.source,
            Side::Target => &self.target,
        }
    }

    /// Where a database is, with its password.
    pub(crate) fn url(&self, side: Side, database: &str) -> String {
        self.cluster(side).url_with_password(database)
    }

    /// Runs a script and returns what it printed.
    pub(crate) fn ask(&self, side: Side, database: &str, sql: &str) -> Result<String> {
        let mut command = self.psql(&self.url(side, database));
        // Not as an argument, whose length is limited.
        let mut psql = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let mut input = psql.stdin.take().ok_or("psql takes no script")?;
        let script = sql.to_owned();
        let writer = std::thread::spawn(move || input.write_all(script.as_bytes()));
        let output = psql.wait_with_output()?;
        // A psql that gave up does not read to the end; why is in what it said.
        drop(writer.join());
        if !output.status.success() {
            return Err(format!("psql: {}", String::from_utf8_lossy(&output.stderr).trim()).into());
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Makes a database as a copy of another.
    pub(crate) fn make(&self, side: Side, name: &str, template: &str) -> Result<()> {
        // Not through the log, which older servers never did.
        let strategy = if self.version >= 15 { " strategy file_copy" } else { "" };
        let sql = format!("create database {name} template {template}{strategy}");
        self.ask(side, "postgres", &sql).map(drop)
    }

    /// Drops every database whose name begins so.
    pub(crate) fn drop_all(&self, side: Side, beginning: &str) -> Result<()> {
        let ours = format!("select datname from pg_database where starts_with(datname, '{beginning}')");
        for name in self.ask(side, "postgres", &ours)?.lines() {
            self.ask(side, "postgres", &format!("drop database \"{name}\" with (force)"))?;
        }
        Ok(())
    }

    /// Writes out what is dirty, so that no copy pays for the one before.
    pub(crate) fn checkpoint(&self) -> Result<()> {
        for side in [Side::Source, Side::Target] {
            self.ask(side, "postgres", "checkpoint")?;
        }
        Ok(())
    }

    /// Bytes of log the target has written so far.
    pub(crate) fn log_written(&self) -> Result<f64> {
        let position = self.ask(Side::Target, "postgres", "select pg_current_wal_insert_lsn() - '0/0'")?;
        Ok(position.trim().parse()?)
    }

    /// `psql` on a database, quiet and bare.
    pub(crate) fn psql(&self, url: &str) -> Command {
        let mut command = self.program("psql");
        command.args(["-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-d", url]);
        command
    }

    /// A program of PostgreSQL.
    pub(crate) fn program(&self, name: &str) -> Command {
        let installed = self.programs.join(name);
        Command::new(if installed.is_file() { installed } else { name.into() })
    }

    /// The folder with PostgreSQL's programs.
    pub(crate) fn programs(&self) -> &Path {
        &self.programs
    }

    /// A folder for what a copy writes on its way.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// PostgreSQL's major version.
    pub(crate) fn version(&self) -> u32 {
        self.version
    }

    /// The process ids of the two servers: source, target.
    pub(crate) fn pids(&self) -> [u32; 2] {
        [&self.source, &self.target].map(|cluster| cluster.pid().unwrap_or_default())
    }
}

/// Runs a program to its end; what it complains about can only be the bench's own rows.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let output = command.stdin(Stdio::null()).output()?;
    if !output.status.success() {
        let name = command.get_program().to_string_lossy().into_owned();
        return Err(format!("{name}: {}\n{}", output.status, ending(&output.stderr)).into());
    }
    Ok(())
}

/// The last lines of what a program said.
pub(crate) fn ending(said: &[u8]) -> String {
    let text = String::from_utf8_lossy(said);
    let lines: Vec<&str> = text.trim_end().lines().collect();
    lines.get(lines.len().saturating_sub(8)..).unwrap_or_default().join("\n")
}

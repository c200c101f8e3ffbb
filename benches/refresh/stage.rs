//! The two servers, the shop on the first, and a fresh target on the second for each copy.

use super::Result;
use super::way::Way;
use masque::postgres::binaries::Binaries;
use masque::postgres::cluster::{Cluster, Settings};
use std::path::{Path, PathBuf};
use std::process::Command;

const SOURCE: &str = "shop";
/// The shop's tables without keys, indexes and triggers.
const SHAPE: &str = "shape";

/// Every table with rows of its own, the largest first, with the columns that COPY may name.
const TABLES: &str = "
    select format('%I.%I (%s)', n.nspname, c.relname, string_agg(quote_ident(a.attname), ', ' order by a.attnum))
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    group by c.oid, n.nspname, c.relname order by pg_table_size(c.oid) desc, 1";

/// Everything that stays the same from copy to copy.
pub(crate) struct Stage {
    programs: PathBuf,
    version: u32,
    production: Cluster,
    staging: Cluster,
    tables: Vec<String>,
    rows: u64,
    folder: tempfile::TempDir,
}

impl Stage {
    /// Starts both servers and fills the first.
    pub(crate) fn build(rows: u64) -> Result<Self> {
        let binaries = Binaries::find(None, &mut |_| ())?;
        let start = |name: &str| {
            let settings = Settings::new(format!("bench{name}"))
                .set("autovacuum", "off")
                .set("shared_buffers", "256MB")
                .set("max_wal_size", "8GB")
                .set("checkpoint_timeout", "1h");
            Cluster::start(&binaries, settings)
        };
        let mut stage = Self {
            programs: binaries.server.clone(),
            version: binaries.version,
            production: start("production")?,
            staging: start("staging")?,
            tables: Vec::new(),
            rows: 0,
            folder: tempfile::tempdir()?,
        };
        stage.fill(rows)?;
        Ok(stage)
    }

    fn fill(&mut self, rows: u64) -> Result<()> {
        self.ask(&self.production, "postgres", &format!("create database {SOURCE} template template0"))?;
        let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/demo");
        let mut command = self.psql(&self.source());
        command.args(["-c", &format!("set masque_demo.rows = '{rows}'")]);
        for file in ["shop.sql", "fill.sql", "finish.sql"] {
            command.arg("-f").arg(demo.join(file));
        }
        run(&mut command)?;
        self.ask(&self.production, SOURCE, "vacuum analyze")?;
        self.tables = self.ask(&self.production, SOURCE, TABLES)?.lines().map(str::to_owned).collect();
        self.rows = self.count(&self.production, SOURCE)?;

        self.ask(&self.staging, "postgres", &format!("create database {SHAPE} template template0"))?;
        let file = self.folder.path().join("shape.sql");
        let mut dump = self.program("pg_dump");
        run(dump.args(["--section=pre-data", "-d", &self.source(), "-f"]).arg(&file))?;
        run(self.psql(&self.staging.url_with_password(SHAPE)).arg("-f").arg(&file)).map(drop)
    }

    /// A name and, where the way needs one, a database to copy into. Not part of what is measured.
    pub(crate) fn prepare(&self, way: Way) -> Result<String> {
        let name = format!("target_{}", way.letter());
        let template = match way {
            Way::Pipe => Some(SHAPE),
            Way::Dump => Some("template0"),
            Way::Masque => None,
        };
        if let Some(template) = template {
            self.ask(&self.staging, "postgres", &format!("create database {name} template {template}"))?;
        }
        for cluster in [&self.production, &self.staging] {
            self.ask(cluster, "postgres", "checkpoint")?;
        }
        Ok(name)
    }

    /// Makes sure that every row has arrived, then makes room for the next copy.
    pub(crate) fn finish(&self, target: &str) -> Result<()> {
        let arrived = self.count(&self.staging, target)?;
        if arrived != self.rows {
            return Err(format!("{arrived} of {} rows arrived in {target}", self.rows).into());
        }
        let ours = format!("select datname from pg_database where starts_with(datname, '{target}')");
        for name in self.ask(&self.staging, "postgres", &ours)?.lines() {
            self.ask(&self.staging, "postgres", &format!("drop database \"{name}\" with (force)"))?;
        }
        Ok(())
    }

    fn count(&self, cluster: &Cluster, database: &str) -> Result<u64> {
        let each: Vec<_> =
            self.tables.iter().map(|table| format!("(select count(*) from {})", name(table))).collect();
        Ok(self.ask(cluster, database, &format!("select {}", each.join(" + ")))?.trim().parse()?)
    }

    fn ask(&self, cluster: &Cluster, database: &str, sql: &str) -> Result<String> {
        run(self.psql(&cluster.url_with_password(database)).args(["-c", sql]))
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

    /// The shop, with its password.
    pub(crate) fn source(&self) -> String {
        self.production.url_with_password(SOURCE)
    }

    /// A target, with its password.
    pub(crate) fn target(&self, name: &str) -> String {
        self.staging.url_with_password(name)
    }

    /// The tables with their columns, as COPY takes them; the largest first.
    pub(crate) fn tables(&self) -> &[String] {
        &self.tables
    }

    /// How many rows all tables hold.
    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// PostgreSQL's major version.
    pub(crate) fn version(&self) -> u32 {
        self.version
    }

    /// The process ids of the two servers: source, target.
    pub(crate) fn servers(&self) -> [u32; 2] {
        [&self.production, &self.staging].map(|cluster| cluster.pid().unwrap_or_default())
    }
}

/// The name in `name (columns)`. No name in the shop has a space.
fn name(table: &str) -> &str {
    table.split(" (").next().unwrap_or(table)
}

/// Runs a program to its end; what it complains about can only be the shop's own.
pub(crate) fn run(command: &mut Command) -> Result<String> {
    let output = command.output()?;
    if !output.status.success() {
        let name = command.get_program().to_string_lossy().into_owned();
        return Err(format!("{name}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

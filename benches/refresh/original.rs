//! A shape's databases on the source: the full one, and the same rows without any index or key.

use super::Result;
use super::server::{Servers, Side, run};
use super::shape::{Level, Shape};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Every table with rows of its own, the largest first, with the columns that COPY may name.
const TABLES: &str = "
    select format('%I.%I (%s)', n.nspname, c.relname, string_agg(quote_ident(a.attname), ', ' order by a.attnum))
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    group by c.oid, n.nspname, c.relname order by pg_table_size(c.oid) desc, 1";

/// What is copied, made once and copied in every way.
pub(crate) struct Original<'a> {
    pub(crate) servers: &'a Servers,
    pub(crate) shape: Shape,
    tables: Vec<String>,
    rows: u64,
    bytes: f64,
}

impl<'a> Original<'a> {
    /// Fills the source, and makes an empty twin on the target for the pipes.
    pub(crate) fn make(servers: &'a Servers, shape: Shape, rows: u64, tables: u64) -> Result<Self> {
        let mut original = Self { servers, shape, tables: Vec::new(), rows: 0, bytes: 0.0 };
        // What a shape before it left, if that failed.
        servers.drop_all(Side::Source, shape.word())?;
        servers.drop_all(Side::Target, shape.word())?;
        match shape.sql() {
            Some(sql) => original.fill(sql, rows, tables)?,
            None => original.fill_shop(rows)?,
        }
        let full = original.full();
        let ask = |sql: &str| servers.ask(Side::Source, full, sql);
        original.tables = ask(TABLES)?.lines().map(str::to_owned).collect();
        original.bytes = ask("select pg_database_size(current_database())")?.trim().parse()?;
        original.rows = original.count(Side::Source, full)?;
        original.make_twin()?;
        for level in Level::ALL {
            std::fs::write(original.rules(level), shape.rules(level)?)?;
        }
        Ok(original)
    }

    fn fill(&self, [tables_sql, keys_sql]: [&str; 2], rows: u64, tables: u64) -> Result<()> {
        let (full, bare) = (self.full(), self.bare());
        let begin = format!(
            "set bench.rows = '{rows}'; set bench.tables = '{tables}';\n{}",
            include_str!("shapes/draw.sql")
        );
        self.servers.make(Side::Source, &bare, "template0")?;
        self.servers.ask(Side::Source, &bare, &format!("{begin}\n{tables_sql}"))?;
        self.servers.ask(Side::Source, &bare, "vacuum analyze")?;
        self.servers.make(Side::Source, full, &bare)?;
        self.servers.ask(Side::Source, full, &format!("{begin}\n{keys_sql}"))?;
        // The statistics of an index on an expression, and those of partitioned tables.
        self.servers.ask(Side::Source, full, "analyze").map(drop)
    }

    fn fill_shop(&self, rows: u64) -> Result<()> {
        let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/demo");
        self.servers.make(Side::Source, self.full(), "template0")?;
        let mut psql = self.servers.psql(&self.source());
        psql.args(["-c", &format!("set masque_demo.rows = '{rows}'")]);
        for file in ["shop.sql", "fill.sql", "finish.sql"] {
            psql.arg("-f").arg(demo.join(file));
        }
        run(&mut psql)?;
        self.servers.ask(Side::Source, self.full(), "vacuum analyze")?;

        let (bare, file) = (self.bare(), self.servers.folder().join("rows.sql"));
        self.servers.make(Side::Source, &bare, "template0")?;
        run(self.dump().args(["--section=pre-data", "--section=data", "-f"]).arg(&file))?;
        run(self.servers.psql(&self.bare_source()).arg("-f").arg(&file))?;
        std::fs::remove_file(&file)?;
        self.servers.ask(Side::Source, &bare, "vacuum analyze").map(drop)
    }

    /// The tables without rows, keys, indexes and triggers, and an archive of what they lack.
    fn make_twin(&self) -> Result<()> {
        let file = self.servers.folder().join("tables.sql");
        run(self.dump().args(["--section=pre-data", "-f"]).arg(&file))?;
        self.servers.make(Side::Target, &self.twin(), "template0")?;
        run(self.servers.psql(&self.servers.url(Side::Target, &self.twin())).arg("-f").arg(&file))?;
        run(self.dump().args(["--section=post-data", "-Fc", "-f"]).arg(self.keys()))
    }

    /// `pg_dump` of the full database.
    pub(crate) fn dump(&self) -> Command {
        let mut command = self.servers.program("pg_dump");
        command.args(["-d", &self.source()]);
        command
    }

    /// Drops the rows without indexes and keys: ten million of them take room.
    pub(crate) fn remove_bare(&self) -> Result<()> {
        self.servers.drop_all(Side::Source, &self.bare())
    }

    /// Drops it on both sides.
    pub(crate) fn remove(self) -> Result<()> {
        self.servers.drop_all(Side::Source, self.shape.word())?;
        self.servers.drop_all(Side::Target, self.shape.word())
    }

    /// How many rows have arrived in a database, over all tables.
    pub(crate) fn count(&self, side: Side, database: &str) -> Result<u64> {
        let each = self.tables.iter().map(|table| format!("select count(*) from {};\n", name(table)));
        let counts = self.servers.ask(side, database, &each.collect::<String>())?;
        Ok(counts.lines().map(str::parse::<u64>).sum::<std::result::Result<_, _>>()?)
    }

    /// The name of the full database.
    fn full(&self) -> &'static str {
        self.shape.word()
    }

    /// The name of the one without indexes and keys.
    fn bare(&self) -> String {
        format!("{}_bare", self.shape.word())
    }

    /// The name of the target's empty twin.
    pub(crate) fn twin(&self) -> String {
        format!("{}_twin", self.shape.word())
    }

    /// The archive of everything that comes after the rows.
    pub(crate) fn keys(&self) -> PathBuf {
        self.servers.folder().join(format!("{}_keys.dump", self.shape.word()))
    }

    /// The full database.
    pub(crate) fn source(&self) -> String {
        self.servers.url(Side::Source, self.full())
    }

    /// The one without indexes and keys.
    pub(crate) fn bare_source(&self) -> String {
        self.servers.url(Side::Source, &self.bare())
    }

    /// The rule file of a level.
    pub(crate) fn rules(&self, level: Level) -> PathBuf {
        self.servers.folder().join(format!("{}_{}.toml", self.shape.word(), level.word()))
    }

    /// The tables with their columns, as COPY takes them; the largest first.
    pub(crate) fn tables(&self) -> &[String] {
        &self.tables
    }

    /// How many rows all tables hold.
    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// Bytes of the full database.
    pub(crate) fn bytes(&self) -> f64 {
        self.bytes
    }
}

/// The name in `name (columns)`. No name here has a space.
fn name(table: &str) -> &str {
    table.split(" (").next().unwrap_or(table)
}

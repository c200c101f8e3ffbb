//! What the command line asks for.

use super::Result;
use super::shape::{Level, Shape};
use std::path::PathBuf;

/// What `--help` says.
pub(crate) const USAGE: &str = "\
Measures a masked refresh beside unmasked copies of the same database, on two throw-away servers of this machine.

  cargo bench --bench refresh -- [OPTIONS]

What is copied
  --shape LIST         wide, narrow, jsonb, many, giant, partitions, shop, or all        [shop]
  --rows N             rows of each shape, all tables together                           [1200000]
  --tables N           tables of `wide`, `narrow`, `jsonb`, `many`, partitions of `partitions`
                       [4, 4, 4, 2000, 200]

How
  --ways LETTERS       a  psql | psql, binary, rows only; then pg_restore of indexes and keys
                       b  pg_dump -Fd -jN -Z0, pg_restore -jN
                       c  pgcopydb clone, where it is on the path
                       d  masque refresh
                       e  masque refresh of the same rows without indexes and keys: its `stream` step
                          is what is compared with the rows of (a)                       [abcde]
  --levels LIST        none, some, all: which columns masque masks                       [none,some,all]
  --lanes N            lanes, or jobs, of every way                                      [2]
  --rounds N           rounds; each begins with another way, medians are what counts     [3]
  --masque FILE        measure this program instead of the one just built

Growth, instead of all that: time and memory of `masque refresh`, level `some`, against size
  --growth             wide tables of more and more rows; more and more tables of 50 rows
  --growth-rows LIST   [100000,1000000,10000000]
  --growth-tables LIST [10,1000,10000]

Results
  --json FILE          everything, for machines
  --svg FILE           bars of CPU seconds, for a README
  --markdown FILE      the tables once more, as Markdown; `-` prints them

CPU seconds come from /proc: the client's processes, and each server with the backends that ended. `WAL` is what the
target logged. `peak` adds up the highest memory of all client processes alive at one time, `largest` is one of them.
Nothing is needed but PostgreSQL's programs. The exit code is 1 where a way failed, whatever the goals say.
";

/// What was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Arguments {
    pub(crate) shapes: Vec<Shape>,
    pub(crate) rows: u64,
    pub(crate) tables: Option<u64>,
    pub(crate) ways: String,
    pub(crate) levels: Vec<Level>,
    pub(crate) lanes: u16,
    pub(crate) rounds: usize,
    pub(crate) masque: PathBuf,
    pub(crate) growth: bool,
    pub(crate) growth_rows: Vec<u64>,
    pub(crate) growth_tables: Vec<u64>,
    pub(crate) json: Option<PathBuf>,
    pub(crate) svg: Option<PathBuf>,
    pub(crate) markdown: Option<PathBuf>,
    pub(crate) help: bool,
}

impl Default for Arguments {
    fn default() -> Self {
        Self {
            shapes: vec![Shape::Shop],
            rows: 1_200_000,
            tables: None,
            ways: "abcde".to_owned(),
            levels: Level::ALL.to_vec(),
            lanes: 2,
            rounds: 3,
            masque: env!("CARGO_BIN_EXE_masque").into(),
            growth: false,
            growth_rows: vec![100_000, 1_000_000, 10_000_000],
            growth_tables: vec![10, 1_000, 10_000],
            json: None,
            svg: None,
            markdown: None,
            help: false,
        }
    }
}

impl Arguments {
    /// Reads this program's own.
    pub(crate) fn read() -> Result<Self> {
        let mut this = Self::default();
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("`{word}` needs a value"));
            match word.as_str() {
                "--shape" | "--shapes" => this.shapes = shapes(&value()?)?,
                "--rows" => this.rows = number(&value()?)?.max(2000),
                "--tables" => this.tables = Some(number(&value()?)?.max(1)),
                "--ways" => this.ways = value()?,
                "--levels" => this.levels = levels(&value()?)?,
                "--lanes" => this.lanes = u16::try_from(number(&value()?)?)?.clamp(1, 64),
                "--rounds" => this.rounds = value()?.parse::<usize>()?.max(1),
                "--masque" => this.masque = value()?.into(),
                "--growth" => this.growth = true,
                "--growth-rows" => this.growth_rows = numbers(&value()?)?,
                "--growth-tables" => this.growth_tables = numbers(&value()?)?,
                "--json" => this.json = Some(value()?.into()),
                "--svg" => this.svg = Some(value()?.into()),
                "--markdown" => this.markdown = Some(value()?.into()),
                "--help" | "-h" => this.help = true,
                // Cargo adds it.
                "--bench" => {}
                _ => return Err(format!("there is no `{word}`; `--help` lists what there is").into()),
            }
        }
        if let Some(letter) = this.ways.chars().find(|letter| !('a'..='e').contains(letter)) {
            return Err(format!("there is no way `{letter}`: they are a to e").into());
        }
        Ok(this)
    }
}

fn number(text: &str) -> Result<u64> {
    Ok(text.trim().replace('_', "").parse().map_err(|_| format!("`{text}` is no number"))?)
}

fn numbers(text: &str) -> Result<Vec<u64>> {
    text.split(',').filter(|part| !part.is_empty()).map(number).collect()
}

fn shapes(text: &str) -> Result<Vec<Shape>> {
    if text == "all" {
        return Ok(Shape::ALL.to_vec());
    }
    let one = |word: &str| Shape::ALL.into_iter().find(|shape| shape.word() == word);
    text.split(',').map(|word| one(word).ok_or(format!("there is no shape `{word}`").into())).collect()
}

fn levels(text: &str) -> Result<Vec<Level>> {
    let one = |word: &str| Level::ALL.into_iter().find(|level| level.word() == word);
    text.split(',').map(|word| one(word).ok_or(format!("there is no level `{word}`").into())).collect()
}

//! A refresh beside the two ways to copy without masking: what each costs the client and the servers.
//!
//! `cargo bench --bench refresh -- [--rows N] [--rounds N] [--json FILE]`
//!
//! A shop of at least a million rows is copied from one throw-away server to another, in rounds that
//! alternate between the ways, so that a machine that is busy for a while is busy for all of them.

#![expect(clippy::print_stdout, reason = "its results are what it prints")]

mod measure;
mod process;
mod stage;
mod summary;
mod way;

use measure::measure;
use stage::Stage;
use std::path::PathBuf;
use summary::{Run, Summary};
use way::Way;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// What was asked for.
struct Arguments {
    rows: u64,
    rounds: usize,
    json: Option<PathBuf>,
}

impl Arguments {
    fn read() -> Result<Self> {
        let mut this = Self { rows: 1_200_000, rounds: 3, json: None };
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("`{word}` needs a value"));
            match word.as_str() {
                "--rows" => this.rows = value()?.replace('_', "").parse()?,
                "--rounds" => this.rounds = value()?.parse::<usize>()?.max(1),
                "--json" => this.json = Some(value()?.into()),
                // Cargo adds it.
                "--bench" => {}
                _ => return Err(format!("`{word}` is none of --rows N, --rounds N, --json FILE").into()),
            }
        }
        Ok(this)
    }
}

fn main() -> Result<()> {
    if !cfg!(target_os = "linux") {
        println!("this bench reads /proc, so it runs on Linux only");
        return Ok(());
    }
    let arguments = Arguments::read()?;
    println!("building a shop of about {} rows …", arguments.rows);
    let stage = Stage::build(arguments.rows)?;
    println!("{} rows in {} tables, PostgreSQL {}\n", stage.rows(), stage.tables().len(), stage.version());

    let mut runs = Vec::new();
    println!("{}", summary::HEAD);
    for round in 0..arguments.rounds {
        for at in 0..Way::ALL.len() {
            let way = Way::ALL[(round + at) % Way::ALL.len()];
            let target = stage.prepare(way)?;
            let cost = measure(&stage, || way.copy(&stage, &target))?;
            stage.finish(&target)?;
            let run = Run { way, cost };
            println!("{}", run.line(stage.rows()));
            runs.push(run);
        }
    }
    let summary = Summary::of(&runs, &stage);
    println!("\n{}", summary.text());
    if let Some(path) = arguments.json {
        std::fs::write(&path, serde_json::to_string_pretty(&summary.json())? + "\n")?;
    }
    Ok(())
}

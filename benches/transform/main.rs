//! What masking one value costs: nanoseconds and heap allocations, for every transformer.
//!
//! `cargo bench --bench transform -- [NAME …] [--rounds N] [--json FILE] [--markdown]`
//!
//! A rule is read, checked and planned as in a refresh, on a table in memory of a key and one column, and
//! whole batches of its rows are masked on one thread. So the figures include walking the row, taking the
//! identity's digest where the rule says `by`, and writing the row again; `constant`, which does nothing
//! else, shows what that is. Rounds go through all rules in turn, and a figure is the median of its rounds,
//! so that a machine that is busy for a while is busy for all of them.

#![expect(clippy::print_stdout, reason = "its results are what it prints")]

mod input;
mod stage;
mod summary;

use masque::transform::{self, Transformer};
use stage::Stage;
use std::path::PathBuf;
use std::time::Duration;
use summary::Line;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Long enough that reading the clock costs nothing, short enough that most rounds are undisturbed.
const SLICE: Duration = Duration::from_millis(3);

/// What was asked for.
struct Arguments {
    only: Vec<String>,
    rounds: usize,
    json: Option<PathBuf>,
    markdown: bool,
}

impl Arguments {
    fn read() -> Result<Self> {
        let mut this = Self { only: Vec::new(), rounds: 21, json: None, markdown: false };
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("`{word}` needs a value"));
            match word.as_str() {
                "--rounds" => this.rounds = value()?.parse::<usize>()?.max(1),
                "--json" => this.json = Some(value()?.into()),
                "--markdown" => this.markdown = true,
                // Cargo adds it.
                "--bench" => {}
                name if transform::find(name).is_some() => this.only.push(word),
                _ => {
                    let known = "a transformer's name, --rounds N, --json FILE, --markdown";
                    return Err(format!("`{word}` is none of {known}").into());
                }
            }
        }
        Ok(this)
    }

    fn asks_for(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == name)
    }
}

/// One rule being measured.
struct Entry {
    name: &'static str,
    by: bool,
    stage: std::result::Result<Stage, String>,
    rounds: Vec<f64>,
}

impl Entry {
    fn new(transformer: &'static dyn Transformer, by: bool) -> Self {
        let example = transformer.example();
        let rule = if by { input::with_by(example.rule) } else { input::without_by(example.rule) };
        let stage = Stage::new(&rule, example.data_type, |row| input::of(transformer, row));
        Self { name: transformer.name(), by, stage, rounds: Vec::new() }
    }

    fn line(self) -> Result<Line> {
        let Self { name, by, stage, mut rounds } = self;
        rounds.sort_by(f64::total_cmp);
        Ok(match stage {
            Ok(stage) => Line {
                name,
                by,
                rule: stage.rule().to_owned(),
                data_type: stage.data_type().to_owned(),
                wire: stage.wire(),
                median: rounds.get(rounds.len() / 2).copied().unwrap_or_default(),
                fastest: rounds.first().copied().unwrap_or_default(),
                allocations: stage.allocations()?,
                problem: None,
            },
            Err(problem) => Line { name, by, problem: Some(problem), ..Line::default() },
        })
    }
}

fn main() -> Result<()> {
    let arguments = Arguments::read()?;
    let mut entries: Vec<Entry> = transform::ALL
        .iter()
        .filter(|transformer| arguments.asks_for(transformer.name()))
        .flat_map(|transformer| [false, true].map(|by| Entry::new(*transformer, by)))
        .collect();
    for _ in 0..arguments.rounds {
        for entry in &mut entries {
            if let Ok(stage) = &entry.stage {
                entry.rounds.push(stage.nanoseconds(SLICE)?);
            }
        }
    }
    let lines = entries.into_iter().map(Entry::line).collect::<Result<Vec<_>>>()?;
    println!("{}", if arguments.markdown { summary::markdown(&lines) } else { summary::text(&lines) });
    if let Some(path) = arguments.json {
        std::fs::write(&path, serde_json::to_string_pretty(&summary::json(&lines))? + "\n")?;
    }
    Ok(())
}

//! What masking one value costs: nanoseconds and heap allocations, for every transformer.
//!
//! `cargo bench --bench transform -- [NAME …] [--rounds N] [--json FILE] [--markdown]`
//!
//! A rule is read, checked and planned as in a refresh, on a table in memory of a key and one column, and
//! whole batches of its rows are masked on one thread. So the figures include walking the row, taking the
//! identity's digest where the rule says `by`, and writing the row again; `constant`, which does nothing
//! else, shows what that is. What a row costs once is shared by all of its columns: `row of 4` is a value's
//! share in a table with four such columns and one identity. `scrub` is measured per character too, on prose
//! with and without personal data. Rounds go through all rules in turn, and a figure is the median of its rounds,
//! so that a machine that is busy for a while is busy for all of them.

#![expect(clippy::print_stdout, reason = "its results are what it prints")]

mod input;
mod prose;
mod stage;
mod summary;

use masque::transform::{self, Transformer};
use stage::Stage;
use std::path::PathBuf;
use std::time::Duration;
use summary::{Line, Prose};

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

type Planned = std::result::Result<Stage, String>;

/// One rule being measured.
struct Entry {
    name: &'static str,
    by: bool,
    stage: Planned,
    /// The same on four columns, where there is an identity for them to share.
    four: Option<Planned>,
    rounds: Vec<f64>,
    rounds_of_four: Vec<f64>,
}

fn median(rounds: &mut [f64]) -> Option<f64> {
    rounds.sort_by(f64::total_cmp);
    rounds.get(rounds.len() / 2).copied()
}

impl Entry {
    fn new(transformer: &'static dyn Transformer, by: bool) -> Self {
        let example = transformer.example();
        let rule = if by { input::with_by(example.rule) } else { input::without_by(example.rule) };
        let stage = |width| Stage::new(&rule, example.data_type, width, |row| input::of(transformer, row));
        let (rounds, rounds_of_four) = (Vec::new(), Vec::new());
        Self {
            name: transformer.name(),
            by,
            stage: stage(1),
            four: by.then(|| stage(4)),
            rounds,
            rounds_of_four,
        }
    }

    fn measure(&mut self) -> Result<()> {
        if let Ok(stage) = &self.stage {
            self.rounds.push(stage.nanoseconds(SLICE)?);
        }
        if let Some(Ok(four)) = &self.four {
            self.rounds_of_four.push(four.nanoseconds(SLICE)?);
        }
        Ok(())
    }

    fn line(self) -> Result<Line> {
        let Self { name, by, stage, mut rounds, mut rounds_of_four, .. } = self;
        Ok(match stage {
            Ok(stage) => Line {
                name,
                by,
                rule: stage.rule().to_owned(),
                data_type: stage.data_type().to_owned(),
                wire: stage.wire(),
                median: median(&mut rounds).unwrap_or_default(),
                row_of_four: median(&mut rounds_of_four),
                fastest: rounds.first().copied().unwrap_or_default(),
                allocations: stage.allocations()?,
                problem: None,
            },
            Err(problem) => Line { name, by, problem: Some(problem), ..Line::default() },
        })
    }
}

/// What `scrub` costs on prose.
fn scrub(what: &'static str, texts: &[&str], rounds: usize) -> Result<Prose> {
    let stage = Stage::new("\"scrub\"", "text", 1, |row| prose::of(texts, row))?;
    let rounds = (0..rounds).map(|_| stage.nanoseconds(SLICE));
    let value = median(&mut rounds.collect::<Result<Vec<_>>>()?).unwrap_or_default();
    let characters = prose::characters(texts);
    let (character, allocations) = (value / stage::float(characters), stage.allocations()?);
    Ok(Prose { what, characters, character, allocations })
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
            entry.measure()?;
        }
    }
    let lines = entries.into_iter().map(Entry::line).collect::<Result<Vec<_>>>()?;
    println!("{}", if arguments.markdown { summary::markdown(&lines) } else { summary::text(&lines) });
    let mut prose = Vec::new();
    if arguments.asks_for("scrub") {
        for (what, texts) in
            [("without personal data", prose::CLEAN), ("with personal data", prose::PERSONAL)]
        {
            prose.push(scrub(what, &texts, arguments.rounds)?);
        }
        println!("\n{}", summary::prose(&prose));
    }
    if let Some(path) = arguments.json {
        std::fs::write(&path, serde_json::to_string_pretty(&summary::json(&lines, &prose))? + "\n")?;
    }
    Ok(())
}

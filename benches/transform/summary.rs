//! Numbers for people, for the README and for machines.

use serde_json::{Value, json};
use std::fmt::Write as _;

/// What one rule costs.
#[derive(Debug, Default)]
pub(crate) struct Line {
    pub(crate) name: &'static str,
    pub(crate) by: bool,
    pub(crate) rule: String,
    pub(crate) data_type: String,
    /// The form its rows are in.
    pub(crate) wire: &'static str,
    /// Nanoseconds per value.
    pub(crate) median: f64,
    pub(crate) fastest: f64,
    /// Nanoseconds per value in a row of four such columns.
    pub(crate) row_of_four: Option<f64>,
    /// Heap allocations per value.
    pub(crate) allocations: f64,
    /// Why it could not be measured.
    pub(crate) problem: Option<String>,
}

/// What `scrub` costs on some prose.
#[derive(Debug)]
pub(crate) struct Prose {
    pub(crate) what: &'static str,
    /// Characters of a text.
    pub(crate) characters: u64,
    /// Nanoseconds per character.
    pub(crate) character: f64,
    /// Heap allocations per text.
    pub(crate) allocations: f64,
}

/// A line for each kind of prose, for people and for the README.
pub(crate) fn prose(texts: &[Prose]) -> String {
    let line = |Prose { what, characters, character, allocations }: &Prose| {
        format!(
            "`scrub`, prose {what}: {character:.1} ns a character, {allocations:.1} allocations a text of {characters}"
        )
    };
    texts.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// A table for a terminal.
pub(crate) fn text(lines: &[Line]) -> String {
    let mut text = format!(
        "{:<14} {:<3} {:>8} {:>8} {:>8} {:>7}  {:<6} rule",
        "", "by", "ns/value", "fastest", "row of 4", "allocs", "form"
    );
    for line in lines {
        let by = if line.by { "by" } else { "" };
        let _ = match &line.problem {
            Some(problem) => write!(text, "\n{:<14} {by:<3} not measured: {problem}", line.name),
            None => write!(
                text,
                "\n{:<14} {by:<3} {:>8.0} {:>8.0} {:>8} {:>7.2}  {:<6} {} on {}",
                line.name,
                line.median,
                line.fastest,
                shown(line.row_of_four),
                line.allocations,
                line.wire,
                line.rule,
                line.data_type
            ),
        };
    }
    text
}

fn shown(nanoseconds: Option<f64>) -> String {
    nanoseconds.map_or_else(|| String::from("–"), |nanoseconds| format!("{nanoseconds:.0}"))
}

/// The README's table: a line for each transformer.
pub(crate) fn markdown(lines: &[Line]) -> String {
    let mut text = String::from(
        "| transformer | ns/value | with `by` | with `by`, in a row of 4 | allocations/value |\n|---|---:|---:|---:|---:|",
    );
    for line in lines.iter().filter(|line| !line.by) {
        let with_by = lines.iter().find(|other| other.by && other.name == line.name);
        let measured =
            |line: Option<&Line>| shown(line.filter(|line| line.problem.is_none()).map(|line| line.median));
        let both = [Some(line), with_by].into_iter().flatten().filter(|line| line.problem.is_none());
        let allocations = both.map(|line| line.allocations).fold(0.0, f64::max);
        // Buffers that grow now and then are less than one in a hundred values.
        let allocations = if allocations < 0.01 { "0".to_owned() } else { format!("{allocations:.1}") };
        let row = shown(with_by.and_then(|line| line.row_of_four));
        let (own, with_by) = (measured(Some(line)), measured(with_by));
        let _ = write!(text, "\n| `{}` | {own} | {with_by} | {row} | {allocations} |", line.name);
    }
    text
}

/// Everything, for machines.
pub(crate) fn json(lines: &[Line], prose: &[Prose]) -> Value {
    let of = |line: &Line| {
        json!({
            "transformer": line.name, "by": line.by, "rule": line.rule, "type": line.data_type, "form": line.wire,
            "nanoseconds_per_value": line.median, "nanoseconds_per_value_in_a_row_of_four": line.row_of_four, "fastest_nanoseconds_per_value": line.fastest,
            "allocations_per_value": line.allocations, "not_measured": line.problem,
        })
    };
    let text = |prose: &Prose| {
        json!({
            "prose": prose.what, "characters_per_text": prose.characters,
            "nanoseconds_per_character": prose.character, "allocations_per_text": prose.allocations,
        })
    };
    json!({
        "transformers": lines.iter().map(of).collect::<Vec<_>>(),
        "scrub": prose.iter().map(text).collect::<Vec<_>>(),
    })
}

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
    /// Heap allocations per value.
    pub(crate) allocations: f64,
    /// Why it could not be measured.
    pub(crate) problem: Option<String>,
}

/// A table for a terminal.
pub(crate) fn text(lines: &[Line]) -> String {
    let mut text = format!(
        "{:<14} {:<3} {:>8} {:>8} {:>7}  {:<6} rule",
        "", "by", "ns/value", "fastest", "allocs", "form"
    );
    for line in lines {
        let by = if line.by { "by" } else { "" };
        let _ = match &line.problem {
            Some(problem) => write!(text, "\n{:<14} {by:<3} not measured: {problem}", line.name),
            None => write!(
                text,
                "\n{:<14} {by:<3} {:>8.0} {:>8.0} {:>7.2}  {:<6} {} on {}",
                line.name, line.median, line.fastest, line.allocations, line.wire, line.rule, line.data_type
            ),
        };
    }
    text
}

/// The README's table: a line for each transformer.
pub(crate) fn markdown(lines: &[Line]) -> String {
    let mut text = String::from(
        "| transformer | ns/value | ns/value with `by` | allocations/value |\n|---|---:|---:|---:|",
    );
    for line in lines.iter().filter(|line| !line.by) {
        let with_by = lines.iter().find(|other| other.by && other.name == line.name);
        let measured = |line: Option<&Line>| match line {
            Some(Line { problem: None, median, .. }) => format!("{median:.0}"),
            _ => String::from("–"),
        };
        let both = [Some(line), with_by].into_iter().flatten().filter(|line| line.problem.is_none());
        let allocations = both.map(|line| line.allocations).fold(0.0, f64::max);
        // Buffers that grow now and then are less than one in a hundred values.
        let allocations = if allocations < 0.01 { "0".to_owned() } else { format!("{allocations:.1}") };
        let (own, with_by) = (measured(Some(line)), measured(with_by));
        let _ = write!(text, "\n| `{}` | {own} | {with_by} | {allocations} |", line.name);
    }
    text
}

/// Everything, for machines.
pub(crate) fn json(lines: &[Line]) -> Value {
    let of = |line: &Line| {
        json!({
            "transformer": line.name, "by": line.by, "rule": line.rule, "type": line.data_type, "form": line.wire,
            "nanoseconds_per_value": line.median, "fastest_nanoseconds_per_value": line.fastest,
            "allocations_per_value": line.allocations, "not_measured": line.problem,
        })
    };
    json!({ "transformers": lines.iter().map(of).collect::<Vec<_>>() })
}

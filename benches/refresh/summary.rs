//! Numbers for people and for machines.

use super::measure::Cost;
use super::stage::Stage;
use super::way::Way;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// One measured copy.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    pub(crate) way: Way,
    pub(crate) cost: Cost,
}

/// The head of the lines of runs; client, source and target are CPU seconds.
pub(crate) const HEAD: &str =
    "                           wall s client s source s target s  peak MB client µs/row";

impl Run {
    /// The run as a line under [`HEAD`].
    pub(crate) fn line(&self, rows: u64) -> String {
        let Cost { wall, client, source, target, peak } = self.cost;
        let name = format!("{}  {}", self.way.letter(), self.way.name());
        let (megabytes, per_row) = (float(peak) / 1e6, client * 1e6 / float(rows));
        format!(
            "{name:<24} {wall:>8.2} {client:>8.2} {source:>8.2} {target:>8.2} {megabytes:>8.1} {per_row:>13.2}"
        )
    }

    fn json(&self, rows: u64) -> Value {
        let Cost { wall, client, source, target, peak } = self.cost;
        json!({
            "way": self.way.letter().to_string(), "name": self.way.name(), "wall_seconds": wall, "client_cpu_seconds": client,
            "source_cpu_seconds": source, "target_cpu_seconds": target, "client_peak_bytes": peak,
            "client_cpu_microseconds_per_row": client * 1e6 / float(rows),
        })
    }
}

/// All runs and the median of each way.
pub(crate) struct Summary {
    runs: Vec<Run>,
    medians: Vec<Run>,
    rows: u64,
    tables: usize,
    version: u32,
}

impl Summary {
    pub(crate) fn of(runs: &[Run], stage: &Stage) -> Self {
        let medians = Way::ALL.map(|way| {
            let costs: Vec<Cost> = runs.iter().filter(|run| run.way == way).map(|run| run.cost).collect();
            let of = |part: fn(&Cost) -> f64| median(costs.iter().map(part).collect());
            // Memory is a bound, so its worst counts.
            let peak = costs.iter().map(|cost| cost.peak).max().unwrap_or_default();
            let cost = Cost {
                wall: of(|cost| cost.wall),
                client: of(|cost| cost.client),
                source: of(|cost| cost.source),
                target: of(|cost| cost.target),
                peak,
            };
            Run { way, cost }
        });
        Self {
            runs: runs.to_vec(),
            medians: medians.to_vec(),
            rows: stage.rows(),
            tables: stage.tables().len(),
            version: stage.version(),
        }
    }

    /// What masque costs for each 1.0 of another way: wall, client, source, target.
    fn ratios(&self, other: Way) -> [f64; 4] {
        let parts = |way: Way| {
            let cost = self.medians.iter().find(|run| run.way == way).map(|run| run.cost);
            cost.map_or([0.0; 4], |cost| [cost.wall, cost.client, cost.source, cost.target])
        };
        let (ours, theirs) = (parts(Way::Masque), parts(other));
        std::array::from_fn(|at| if theirs[at] > 0.0 { ours[at] / theirs[at] } else { 0.0 })
    }

    /// Medians (of memory, the highest) and ratios, for people.
    pub(crate) fn text(&self) -> String {
        let mut text = format!("median of each part; the highest memory\n{HEAD}\n");
        for run in &self.medians {
            let _ = writeln!(text, "{}", run.line(self.rows));
        }
        for other in [Way::Dump, Way::Pipe] {
            let [wall, client, source, target] = self.ratios(other);
            let name = format!("c / {}", other.letter());
            let _ = writeln!(text, "{name:<24} {wall:>8.2} {client:>8.2} {source:>8.2} {target:>8.2}");
        }
        text
    }

    /// Everything, for machines.
    pub(crate) fn json(&self) -> Value {
        let each = |runs: &[Run]| runs.iter().map(|run| run.json(self.rows)).collect::<Vec<_>>();
        let ratio = |other| {
            let [wall, client, source, target] = self.ratios(other);
            json!({ "wall": wall, "client_cpu": client, "source_cpu": source, "target_cpu": target })
        };
        json!({
            "rows": self.rows, "tables": self.tables, "postgresql": self.version, "lanes": 2,
            "runs": each(&self.runs), "median": each(&self.medians),
            "ratio": { "c/b": ratio(Way::Dump), "c/a": ratio(Way::Pipe) },
        })
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match (values.get(middle), values.len() % 2) {
        (Some(value), 1) => *value,
        (Some(value), _) => f64::midpoint(values[middle - 1], *value),
        (None, _) => 0.0,
    }
}

#[expect(clippy::cast_precision_loss, reason = "rows and bytes of a bench are far below 2^53")]
fn float(number: u64) -> f64 {
    number as f64
}

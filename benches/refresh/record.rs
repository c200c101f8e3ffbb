//! Everything measured, for machines.

use super::arguments::Arguments;
use super::cost::{Cost, Usage, float};
use super::goals::goals;
use super::measured::Measured;
use super::shape::Level;
use super::way::Way;
use serde_json::{Map, Value, json};

/// All shapes with their runs, medians and ratios.
pub(crate) fn record(all: &[Measured], version: u32, arguments: &Arguments) -> Value {
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    json!({
        "postgresql": version, "pgcopydb": super::peers::pgcopydb_version(), "cores": cores, "lanes": arguments.lanes, "rounds": arguments.rounds,
        "shapes": all.iter().map(shape).collect::<Vec<_>>(),
    })
}

fn shape(measured: &Measured) -> Value {
    let runs = measured.runs.iter().map(|(way, cost)| copy(*way, cost, measured.rows));
    let medians =
        measured.ways.iter().filter_map(|way| Some(copy(*way, &measured.median(*way)?, measured.rows)));
    let ratios = measured.ways.iter().filter(|way| way.level().is_some()).map(|way| {
        json!({
            "way": way.letter().to_string(), "level": way.level().map(Level::word),
            "rows_cpu_over_a": measured.over_pipe(*way, Usage::cpu),
            "rows_client_cpu_over_a": measured.over_pipe(*way, |usage| usage.client),
            "wall_over_b": measured.wall_over(*way, Way::Dump), "wall_over_c": measured.wall_over(*way, Way::Pgcopydb),
        })
    });
    let missing = measured.missing.iter().map(|(way, why)| json!({ "way": way.name(), "why": why }));
    let goals = goals(measured).into_iter().map(|goal| {
        json!({ "what": goal.what, "value": goal.value, "limit": goal.limit, "verdict": goal.verdict() })
    });
    json!({
        "shape": measured.shape.word(), "rows": measured.rows, "tables": measured.tables, "bytes": measured.bytes,
        "runs": runs.collect::<Vec<_>>(), "median": medians.collect::<Vec<_>>(), "ratio": ratios.collect::<Vec<_>>(),
        "missing": missing.collect::<Vec<_>>(), "goals": goals.collect::<Vec<_>>(),
    })
}

fn copy(way: Way, cost: &Cost, rows: u64) -> Value {
    let phases: Map<String, Value> =
        cost.phases.iter().map(|(name, used)| (name.clone(), usage(*used))).collect();
    json!({
        "way": way.letter().to_string(), "name": way.name(), "level": way.level().map(Level::word),
        "whole": usage(cost.whole), "phases": phases, "wal_bytes": cost.wal,
        "client_peak_bytes": cost.peak, "client_largest_bytes": cost.largest,
        "client_cpu_microseconds_per_row": cost.whole.client * 1e6 / float(rows),
    })
}

/// Seconds.
pub(crate) fn usage(usage: Usage) -> Value {
    json!({ "wall": usage.wall, "client_cpu": usage.client, "source_cpu": usage.source, "target_cpu": usage.target })
}

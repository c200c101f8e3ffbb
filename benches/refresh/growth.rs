//! How time and memory grow with rows, and with tables.

use super::Result;
use super::arguments::Arguments;
use super::cost::{Cost, Usage, float};
use super::grid::{Grid, digits, grouped};
use super::masque;
use super::original::Original;
use super::record::usage;
use super::server::Servers;
use super::shape::{Level, Shape};
use super::way::{Equipment, Way};
use serde_json::{Value, json};

/// So many rows has each of more and more tables.
const ROWS_OF_A_TABLE: u64 = 50;

/// What is measured of each size.
const HEAD: [&str; 6] = ["wall s", "stream s", "client CPU s", "all CPU s", "peak MB", "largest MB"];

/// A series of refreshes of one shape, smallest first.
pub(crate) struct Growth {
    /// What grows.
    of: &'static str,
    sizes: Vec<(u64, Cost)>,
}

/// Measures both series.
pub(crate) fn measure(servers: &Servers, arguments: &Arguments, equipment: &Equipment) -> Vec<Growth> {
    let series = [("rows", &arguments.growth_rows), ("tables", &arguments.growth_tables)];
    let mut all = Vec::new();
    for (of, sizes) in series {
        let mut growth = Growth { of, sizes: Vec::new() };
        for size in sizes {
            match measure_size(servers, of, *size, arguments, equipment) {
                Ok(cost) => growth.sizes.push((*size, cost)),
                Err(error) => crate::say(&format!("  failed: {error}")),
            }
        }
        all.push(growth);
    }
    all
}

fn measure_size(
    servers: &Servers,
    of: &str,
    size: u64,
    arguments: &Arguments,
    equipment: &Equipment,
) -> Result<Cost> {
    crate::say(&format!("{} {of}: filling the source …", grouped(size)));
    let (shape, rows, tables) = match of {
        "rows" => (Shape::Wide, size, Shape::Wide.tables()),
        _ => (Shape::Many, size * ROWS_OF_A_TABLE, size),
    };
    let original = Original::make(servers, shape, rows, tables)?;
    original.remove_bare()?;
    let mut costs = Vec::new();
    let outcome = (0..arguments.rounds).try_for_each(|_| {
        let cost = Way::Refresh(Level::Some).run(&original, equipment)?;
        crate::say(&format!("  {:.2} s, {:.1} MB", cost.whole.wall, float(cost.peak) / 1e6));
        costs.push(cost);
        Ok(())
    });
    original.remove()?;
    outcome.and(Cost::median(&costs).ok_or("no round".into()))
}

fn numbers(cost: &Cost) -> [f64; 6] {
    let stream = cost.phase(masque::ROWS).unwrap_or_default();
    let Usage { wall, client, .. } = cost.whole;
    [wall, stream.wall, client, cost.whole.cpu(), float(cost.peak) / 1e6, float(cost.largest) / 1e6]
}

impl Growth {
    /// A row for each size, then how steep each column is: 1 is linear, 0 is flat.
    pub(crate) fn grid(&self) -> Grid {
        let title = match self.of {
            "rows" => "Growth with rows: masque refresh of the wide shape, level some".to_owned(),
            of => format!(
                "Growth with {of}: masque refresh of many tables of {ROWS_OF_A_TABLE} rows, level some"
            ),
        };
        let head: Vec<&str> = [self.of].into_iter().chain(HEAD).collect();
        let mut grid = Grid::new(title, &head);
        for (size, cost) in &self.sizes {
            grid.push(grouped(*size), numbers(cost).map(|number| digits(Some(number), 2)));
        }
        let from = self.sizes.len().saturating_sub(2);
        for (name, sizes) in [("slope", &self.sizes[..]), ("slope of the last two", &self.sizes[from..])] {
            grid.push(name, slopes(sizes).map(|slope| digits(slope, 2)));
        }
        grid
    }

    /// For machines.
    pub(crate) fn record(&self) -> Value {
        let sizes = self.sizes.iter().map(|(size, cost)| {
            let phases: serde_json::Map<String, Value> =
                cost.phases.iter().map(|(name, used)| (name.clone(), usage(*used))).collect();
            json!({
                "size": size, "whole": usage(cost.whole), "phases": phases,
                "client_peak_bytes": cost.peak, "client_largest_bytes": cost.largest,
            })
        });
        let slopes: serde_json::Map<String, Value> = HEAD
            .into_iter()
            .zip(slopes(&self.sizes))
            .map(|(name, slope)| (name.to_owned(), json!(slope)))
            .collect();
        json!({ "of": self.of, "sizes": sizes.collect::<Vec<_>>(), "slope": slopes })
    }
}

/// The slope of each number's logarithm against that of the size, by least squares.
fn slopes(sizes: &[(u64, Cost)]) -> [Option<f64>; 6] {
    std::array::from_fn(|at| {
        let points: Vec<(f64, f64)> =
            sizes.iter().map(|(size, cost)| (float(*size).ln(), numbers(cost)[at].max(1e-3).ln())).collect();
        let count = float(u64::try_from(points.len()).unwrap_or_default());
        let mean = |part: fn(&(f64, f64)) -> f64| points.iter().map(part).sum::<f64>() / count;
        let (x, y) = (mean(|point| point.0), mean(|point| point.1));
        let over: f64 = points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum();
        let under: f64 = points.iter().map(|point| (point.0 - x).powi(2)).sum();
        (under > 0.0).then(|| over / under)
    })
}

//! All runs of one shape, their medians, and the tables made of them.

use super::cost::{BESIDES, Cost, Usage, float};
use super::grid::{Grid, digits, grouped};
use super::original::Original;
use super::shape::{Level, Shape};
use super::way::Way;

/// What was measured of one shape.
pub(crate) struct Measured {
    pub(crate) shape: Shape,
    pub(crate) rows: u64,
    pub(crate) tables: usize,
    pub(crate) bytes: f64,
    pub(crate) ways: Vec<Way>,
    pub(crate) runs: Vec<(Way, Cost)>,
    /// Ways that were left out or failed, and why.
    pub(crate) missing: Vec<(Way, String)>,
}

impl Measured {
    /// Nothing yet.
    pub(crate) fn of(original: &Original<'_>, ways: Vec<Way>) -> Self {
        Self {
            shape: original.shape,
            rows: original.rows(),
            tables: original.tables().len(),
            bytes: original.bytes(),
            ways,
            runs: Vec::new(),
            missing: Vec::new(),
        }
    }

    /// The shape and its size.
    pub(crate) fn title(&self) -> String {
        format!(
            "{}: {}; {} rows in {} tables, {:.0} MB with indexes",
            self.shape.word(),
            self.shape.about(),
            grouped(self.rows),
            self.tables,
            self.bytes / 1e6
        )
    }

    /// Which columns each level masks.
    pub(crate) fn masks(&self) -> String {
        let of = |level| match (self.shape, level) {
            (Shape::Shop, Level::All) => "rules/shop.toml".to_owned(),
            _ => self.shape.masked(level).unwrap_or_default().join(", "),
        };
        format!("masked: some = {}; all = {}", of(Level::Some), of(Level::All))
    }

    /// The median of a way's runs.
    pub(crate) fn median(&self, way: Way) -> Option<Cost> {
        let costs: Vec<Cost> = self.runs.iter().filter(|run| run.0 == way).map(|run| run.1.clone()).collect();
        Cost::median(&costs)
    }

    /// The median of the phase in which nothing but rows moves.
    pub(crate) fn rows_only(&self, way: Way) -> Option<Usage> {
        self.median(way)?.phase(way.data_phase()?)
    }

    /// A part of a way's rows over that of the pipes.
    pub(crate) fn over_pipe(&self, way: Way, part: fn(Usage) -> f64) -> Option<f64> {
        ratio(part(self.rows_only(way)?), part(self.rows_only(Way::Pipe)?))
    }

    /// The wall time of one way over that of another.
    pub(crate) fn wall_over(&self, way: Way, other: Way) -> Option<f64> {
        ratio(self.median(way)?.whole.wall, self.median(other)?.whole.wall)
    }

    /// The tables of this shape.
    pub(crate) fn grids(&self) -> Vec<Grid> {
        let grids = [self.rows_grid(), self.whole_grid(), self.steps_grid()];
        grids.into_iter().filter(|grid| !grid.is_empty()).collect()
    }

    fn rows_grid(&self) -> Grid {
        let head = [
            "rows only",
            "wall s",
            "client s",
            "source s",
            "target s",
            "CPU s",
            "CPU µs/row",
            "client / a",
            "CPU / a",
        ];
        let title =
            format!("{}: rows alone, into tables without indexes and keys (CPU seconds)", self.shape.word());
        let mut grid = Grid::new(title, &head);
        for way in &self.ways {
            let Some(usage) = self.rows_only(*way) else { continue };
            let Usage { wall, client, source, target } = usage;
            let times = [wall, client, source, target, usage.cpu(), usage.cpu() * 1e6 / float(self.rows)];
            let ratios = [self.over_pipe(*way, |usage| usage.client), self.over_pipe(*way, Usage::cpu)];
            let cells = times.map(Some).into_iter().chain(ratios).map(|number| digits(number, 2));
            grid.push(format!("{}  {}", way.letter(), short(*way)), cells);
        }
        grid
    }

    fn whole_grid(&self) -> Grid {
        let head = [
            "whole",
            "wall s",
            "client s",
            "source s",
            "target s",
            "CPU s",
            "WAL MB",
            "peak MB",
            "largest MB",
            "wall / b",
            "wall / c",
        ];
        let title = format!("{}: the whole database (CPU seconds)", self.shape.word());
        let mut grid = Grid::new(title, &head);
        for way in self.ways.iter().filter(|way| !matches!(way, Way::Rows(_))) {
            let Some(cost) = self.median(*way) else { continue };
            let line = |usage: Usage, sizes: [Option<f64>; 3], ratios: [Option<f64>; 2]| {
                let Usage { wall, client, source, target } = usage;
                let times = [wall, client, source, target, usage.cpu()].map(|time| digits(Some(time), 2));
                let sizes = sizes.map(|size| digits(size.map(|bytes| bytes / 1e6), 1));
                times.into_iter().chain(sizes).chain(ratios.map(|ratio| digits(ratio, 2))).collect::<Vec<_>>()
            };
            let sizes = [cost.wal, float(cost.peak), float(cost.largest)].map(Some);
            let ratios = [Way::Dump, Way::Pgcopydb].map(|other| self.wall_over(*way, other));
            grid.push(format!("{}  {}", way.letter(), way.name()), line(cost.whole, sizes, ratios));
            if let Some(besides) = cost.phase(BESIDES) {
                grid.push("   + analyze, not counted", line(besides, [None; 3], [None; 2]));
            }
        }
        grid
    }

    /// Where the time of a whole refresh goes.
    fn steps_grid(&self) -> Grid {
        let head = ["step", "wall s", "client s", "source s", "target s"];
        let mut grid = Grid::new(format!("{}: masque refresh, some, step by step", self.shape.word()), &head);
        for (step, usage) in self.median(Way::Refresh(Level::Some)).unwrap_or_default().phases {
            let Usage { wall, client, source, target } = usage;
            grid.push(step, [wall, client, source, target].map(|time| digits(Some(time), 2)));
        }
        grid
    }
}

/// A way as it is called where only its rows count.
pub(crate) fn short(way: Way) -> String {
    match way {
        Way::Pipe => "psql | psql".to_owned(),
        _ => way.name(),
    }
}

fn ratio(ours: f64, theirs: f64) -> Option<f64> {
    (theirs > 0.0).then(|| ours / theirs)
}

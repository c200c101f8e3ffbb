//! What a refresh should cost at most, and whether it does.

use super::cost::{Usage, float};
use super::grid::{Grid, digits};
use super::measured::Measured;
use super::shape::{Level, Shape};
use super::way::Way;

/// One number with its limit.
pub(crate) struct Goal {
    pub(crate) shape: Shape,
    pub(crate) what: &'static str,
    /// `None` where it was not measured.
    pub(crate) value: Option<f64>,
    /// `None` where a shape is not asked for it.
    pub(crate) limit: Option<f64>,
}

impl Goal {
    /// Whether it is met, in a word.
    pub(crate) fn verdict(&self) -> &'static str {
        match (self.value, self.limit) {
            (None, _) => "not measured",
            (_, None) => "no limit",
            (Some(value), Some(limit)) if value <= limit => "met",
            _ => "MISSED",
        }
    }
}

/// The goals of a shape. The strict ones are about the wide table, six of whose fourteen columns are masked.
pub(crate) fn goals(measured: &Measured) -> Vec<Goal> {
    let shape = measured.shape;
    let strict = |limit: f64| matches!(shape, Shape::Wide | Shape::Giant).then_some(limit);
    let (whole, rows) = (Way::Refresh(Level::Some), Way::Rows(Level::Some));
    let ours = measured.runs.iter().filter(|run| run.0.level().is_some());
    let peak = ours.map(|run| float(run.1.peak) / 1e6).reduce(f64::max);
    let cpu = measured.over_pipe(rows, Usage::cpu);
    let client = measured.over_pipe(rows, |usage| usage.client);
    let of = |what, value, limit| Goal { shape, what, value, limit };
    vec![
        of("rows: CPU / psql | psql", cpu, strict(1.20).or(Some(1.3))),
        of("rows: client CPU / psql | psql", client, strict(2.0)),
        of("whole: wall / pg_dump, pg_restore", measured.wall_over(whole, Way::Dump), strict(0.85)),
        of("whole: wall / pgcopydb", measured.wall_over(whole, Way::Pgcopydb), strict(0.85)),
        of("peak client memory, MB", peak, Some(64.0)),
    ]
}

/// All goals as a table.
pub(crate) fn grid(all: &[Measured]) -> Grid {
    let title = "Goals (level some; memory at every level, all client processes together)";
    let mut grid = Grid::new(title, &["goal", "is", "at most", "verdict"]);
    for goal in all.iter().flat_map(goals) {
        let cells =
            [goal.what.to_owned(), digits(goal.value, 2), digits(goal.limit, 2), goal.verdict().to_owned()];
        grid.push(goal.shape.word(), cells);
    }
    grid
}

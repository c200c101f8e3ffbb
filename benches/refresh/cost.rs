//! What a copy cost, phase by phase.

use std::ops::{Add, Sub};

/// Seconds on the wall and CPU seconds of the three sides.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Usage {
    pub(crate) wall: f64,
    /// Every process the copy started on this side.
    pub(crate) client: f64,
    /// The source's server.
    pub(crate) source: f64,
    /// The target's server.
    pub(crate) target: f64,
}

impl Usage {
    /// CPU seconds of all sides together.
    pub(crate) fn cpu(self) -> f64 {
        self.client + self.source + self.target
    }

    fn with(self, other: Self, join: fn(f64, f64) -> f64) -> Self {
        Self {
            wall: join(self.wall, other.wall),
            client: join(self.client, other.client),
            source: join(self.source, other.source),
            target: join(self.target, other.target),
        }
    }
}

impl Add for Usage {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        self.with(other, |a, b| a + b)
    }
}

impl Sub for Usage {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self.with(other, |a, b| a - b)
    }
}

/// The name of a phase that is measured but is not part of the copy: what masque does besides.
pub(crate) const BESIDES: &str = "analyze";

/// What one copy cost.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cost {
    /// All phases but [`BESIDES`]. Of a median: its own median, not the sum of those of the phases.
    pub(crate) whole: Usage,
    /// The phases in their order, each with its name.
    pub(crate) phases: Vec<(String, Usage)>,
    /// The most memory the client's processes had together, in bytes: an upper bound.
    pub(crate) peak: u64,
    /// The most memory one of them had.
    pub(crate) largest: u64,
    /// Bytes of log the target wrote.
    pub(crate) wal: f64,
}

impl Cost {
    /// The cost of a copy in these phases.
    pub(crate) fn of(phases: Vec<(String, Usage)>) -> Self {
        let counted = phases.iter().filter(|(name, _)| name != BESIDES);
        let whole = counted.fold(Usage::default(), |sum, (_, usage)| sum + *usage);
        Self { whole, phases, ..Self::default() }
    }

    /// One phase, where the copy had it.
    pub(crate) fn phase(&self, name: &str) -> Option<Usage> {
        let mut of_it = self.phases.iter().filter(|(known, _)| known == name).map(|(_, usage)| *usage);
        let first = of_it.next()?;
        Some(of_it.fold(first, Add::add))
    }

    /// The median of each part; of memory the highest, since it is a bound.
    pub(crate) fn median(of: &[Self]) -> Option<Self> {
        let first = of.first()?;
        let middle =
            |name: &str| middle_of(&of.iter().filter_map(|cost| cost.phase(name)).collect::<Vec<_>>());
        Some(Self {
            whole: middle_of(&of.iter().map(|cost| cost.whole).collect::<Vec<_>>()),
            phases: first.phases.iter().map(|(name, _)| (name.clone(), middle(name))).collect(),
            peak: of.iter().map(|cost| cost.peak).max().unwrap_or_default(),
            largest: of.iter().map(|cost| cost.largest).max().unwrap_or_default(),
            wal: median(of.iter().map(|cost| cost.wal).collect()),
        })
    }
}

fn middle_of(all: &[Usage]) -> Usage {
    let part = |part: fn(&Usage) -> f64| median(all.iter().map(part).collect());
    Usage {
        wall: part(|usage| usage.wall),
        client: part(|usage| usage.client),
        source: part(|usage| usage.source),
        target: part(|usage| usage.target),
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

/// A count as a number to divide.
#[expect(clippy::cast_precision_loss, reason = "rows and bytes of a bench are far below 2^53")]
pub(crate) fn float(number: u64) -> f64 {
    number as f64
}

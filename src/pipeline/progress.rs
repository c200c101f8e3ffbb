//! How far a run is, for whoever wants to look.

use crate::plan::{Plan, TablePlan};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Instant;
use tokio::sync::Notify;

/// Counters that lanes add to and a display reads.
#[derive(Debug)]
pub struct Progress {
    /// One for each table of the plan, in its order.
    pub tables: Vec<TableProgress>,
    /// When the first lane began.
    pub started: Instant,
    idle_lanes: AtomicUsize,
    moved: Notify,
    places: HashMap<usize, usize>,
}

/// One table's counters.
#[derive(Debug)]
pub struct TableProgress {
    /// Its name as shown.
    pub name: String,
    /// Rows as the statistics estimate them.
    pub estimated_rows: u64,
    /// Bytes on the source's disk: the measure of what is left.
    pub estimated_bytes: u64,
    /// Rows written so far.
    pub rows: AtomicU64,
    /// Bytes read so far.
    pub bytes: AtomicU64,
    /// Chunks not done yet.
    pub open: AtomicU64,
    /// Microseconds of lane time.
    pub micros: AtomicU64,
    /// When its first chunk began and its last one ended, in microseconds since the first lane began.
    pub from: AtomicU64,
    /// See [`Self::from`].
    pub to: AtomicU64,
}

impl Progress {
    /// Counters at zero.
    #[must_use]
    pub fn new(plan: &Plan) -> Self {
        let tables = plan
            .tables
            .iter()
            .map(|table| TableProgress {
                name: table.name.to_string(),
                estimated_rows: table.estimated_rows,
                estimated_bytes: table.bytes,
                rows: AtomicU64::new(0),
                bytes: AtomicU64::new(0),
                open: AtomicU64::new(0),
                micros: AtomicU64::new(0),
                from: AtomicU64::new(u64::MAX),
                to: AtomicU64::new(0),
            })
            .collect();
        let places = plan.tables.iter().enumerate().map(|(place, table)| (table.table, place)).collect();
        Self {
            tables,
            started: Instant::now(),
            idle_lanes: AtomicUsize::new(0),
            moved: Notify::new(),
            places,
        }
    }

    /// The counters of a table.
    #[must_use]
    pub fn of(&self, plan: &TablePlan) -> Option<&TableProgress> {
        self.tables.get(*self.places.get(&plan.table)?)
    }

    /// Takes into account that a chunk begun then is written.
    pub(super) fn close_chunk(&self, table: &TableProgress, began: Instant) {
        let micros = |at: Instant| {
            u64::try_from(at.saturating_duration_since(self.started).as_micros()).unwrap_or(u64::MAX)
        };
        let (from, to) = (micros(began), micros(Instant::now()));
        table.from.fetch_min(from, Ordering::Relaxed);
        table.to.fetch_max(to, Ordering::Relaxed);
        table.micros.fetch_add(to - from, Ordering::Relaxed);
        table.open.fetch_sub(1, Ordering::Release);
        self.moved.notify_one();
    }

    /// Takes into account that a lane has run out of rows.
    pub(super) fn rest_lane(&self) {
        self.idle_lanes.fetch_add(1, Ordering::Relaxed);
        self.moved.notify_one();
    }

    /// How many lanes have run out of rows.
    #[must_use]
    pub fn idle_lanes(&self) -> usize {
        self.idle_lanes.load(Ordering::Relaxed)
    }

    /// Whether every row of a table, by its place in the plan, is written.
    #[must_use]
    pub fn is_whole(&self, place: usize) -> bool {
        self.tables.get(place).is_some_and(|table| table.open.load(Ordering::Acquire) == 0)
    }

    /// Resolves when a chunk is done or a lane rests. For one listener.
    pub async fn moved(&self) {
        self.moved.notified().await;
    }

    /// Rows written and bytes read over all tables.
    #[must_use]
    pub fn total(&self) -> (u64, u64) {
        self.tables.iter().fold((0, 0), |(rows, bytes), table| {
            (rows + table.rows.load(Ordering::Relaxed), bytes + table.bytes.load(Ordering::Relaxed))
        })
    }
}

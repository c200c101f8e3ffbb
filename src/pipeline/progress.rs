//! How far a run is, for whoever wants to look.

use crate::plan::{Plan, TablePlan};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// Counters that lanes add to and a display reads.
#[derive(Debug)]
pub struct Progress {
    /// One for each table of the plan, in its order.
    pub tables: Vec<TableProgress>,
    /// When the first lane began.
    pub started: Instant,
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
            })
            .collect();
        let places = plan.tables.iter().enumerate().map(|(place, table)| (table.table, place)).collect();
        Self { tables, started: Instant::now(), places }
    }

    /// The counters of a table.
    #[must_use]
    pub fn of(&self, plan: &TablePlan) -> Option<&TableProgress> {
        self.tables.get(*self.places.get(&plan.table)?)
    }

    /// Rows written and bytes read over all tables.
    #[must_use]
    pub fn total(&self) -> (u64, u64) {
        self.tables.iter().fold((0, 0), |(rows, bytes), table| {
            (rows + table.rows.load(Ordering::Relaxed), bytes + table.bytes.load(Ordering::Relaxed))
        })
    }
}

//! What a refresh would do, for people and for machines. Never a value.

use super::{NotRead, Phase, bytes};
use serde::Serialize;

/// The outcome of a dry run; `--json` prints this, as it stands.
#[derive(Clone, Debug, Serialize)]
pub struct Forecast {
    /// The version of masque.
    pub masque: &'static str,
    /// The source, without password.
    pub source: String,
    /// The target, without password.
    pub target: String,
    /// Always true: what tells this from a report.
    pub dry_run: bool,
    /// Whether the refresh would be published in place.
    pub in_place: bool,
    /// SHA-256 of the rule files.
    pub rules: String,
    /// How many lanes there would be.
    pub lanes: usize,
    /// Rows of all tables.
    pub rows: u64,
    /// Bytes of all tables' rows in wire form, and of large objects.
    pub wire_bytes: u64,
    /// Values that would be masked.
    pub masked_values: u64,
    /// What the target's disk must have.
    pub disk: Need,
    /// What is asked of the source.
    pub source_load: Demand,
    /// What is asked of the target.
    pub target_load: Demand,
    /// How long it would take.
    pub time: Time,
    /// The tables whose rows would travel or are left out by rule, largest first.
    pub tables: Vec<Estimate>,
    /// The large objects, where they would travel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub large_objects: Option<LargeObjectsEstimate>,
    /// Tables whose rows would not be read, and why.
    pub not_read: Vec<NotRead>,
    /// Roles that would be made without login, or were made by a run before.
    pub roles: Vec<String>,
    /// What a refresh would do first, or say.
    pub notices: Vec<String>,
}

/// Where a number of rows comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Rows {
    /// The table's statistics, scaled by its size now.
    Statistics,
    /// The planner, for a condition in `[rows]`.
    Planner,
    /// The table's size alone: it was never analyzed.
    Size,
    /// No row would travel.
    None,
}

/// One table.
#[derive(Clone, Debug, Serialize)]
pub struct Estimate {
    /// Its name.
    pub name: String,
    /// `all`, `where` or `none`, as `[rows]` says.
    pub travel: &'static str,
    /// Rows that would travel.
    pub rows: u64,
    /// What that number rests on.
    pub rows_from: Rows,
    /// Bytes they would take on the wire.
    pub wire_bytes: u64,
    /// Bytes they would take on the target's disk, with what is stored out of line.
    pub table_bytes: u64,
    /// Bytes that its indexes would take there.
    pub index_bytes: u64,
    /// How many columns would be masked.
    pub masked: usize,
    /// How many would become NULL.
    pub null: usize,
    /// How many would be kept.
    pub kept: usize,
}

/// The large objects.
#[derive(Clone, Debug, Serialize)]
pub struct LargeObjectsEstimate {
    /// How many.
    pub count: u64,
    /// Bytes on the source's disk.
    pub bytes: u64,
    /// `keep` or `mask`.
    pub treatment: &'static str,
}

/// What the target's disk must have, beside what lies there already.
#[derive(Clone, Debug, Serialize)]
pub struct Need {
    /// All of the new data.
    pub build_bytes: u64,
    /// Of this the rows, materialized views and large objects.
    pub table_bytes: u64,
    /// The indexes.
    pub index_bytes: u64,
    /// An empty database; nothing in place.
    pub base_bytes: u64,
    /// What the target and its older generations take now, where the role may ask.
    pub now: Vec<Kept>,
    /// What this refresh drops of that.
    pub dropped_bytes: u64,
    /// Of this, what runs left behind that did not end well: it is dropped before the build is made.
    pub swept_bytes: u64,
    /// What is free on the target's disk; known only of a server on this machine.
    pub free_bytes: Option<u64>,
}

impl Need {
    /// That the target's disk has no room for the new data, where that is known. A refresh is not refused by it,
    /// because both numbers are of another moment.
    #[must_use]
    pub fn shortage(&self) -> Option<String> {
        let free = self.free_bytes?;
        (free.saturating_add(self.swept_bytes) <= self.build_bytes).then(|| {
            format!(
                "the target's disk has too little room: the refresh needs about {}, and {} are free; free space on the \
                 target's server, or leave rows out with `[rows]`",
                bytes(self.build_bytes),
                bytes(free)
            )
        })
    }
}

/// A database of the target's server that is there now.
#[derive(Clone, Debug, Serialize)]
pub struct Kept {
    /// Its name.
    pub database: String,
    /// Its bytes.
    pub bytes: u64,
    /// Whether this refresh would drop it.
    pub is_dropped: bool,
}

/// What a run asks of a server.
#[derive(Clone, Debug, Serialize)]
pub struct Demand {
    /// The most connections at a time.
    pub connections: usize,
    /// The most table locks at a time. Said of the source alone: on the target nobody else wants the build's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locks: Option<u64>,
}

/// How long a refresh would take, as far as that can be said.
#[derive(Clone, Debug, Serialize)]
pub struct Time {
    /// The estimate.
    pub seconds: f64,
    /// It may as well be so fast.
    pub low_seconds: f64,
    /// Or so slow.
    pub high_seconds: f64,
    /// For how much of it the source's snapshot would be held.
    pub snapshot_seconds: f64,
    /// The estimate's parts, in order.
    pub phases: Vec<Phase>,
    /// Whether the run before has corrected it.
    pub is_corrected: bool,
    /// What it rests on.
    pub rests_on: String,
}

//! What a run did, for people and for machines. Never a value.

mod cost;
mod forecast;
mod outlook;
mod text;
mod timeline;

pub use cost::Cost;
pub use forecast::{Demand, Estimate, Forecast, Kept, LargeObjectsEstimate, Need, Rows, Time};
pub use outlook::render as render_forecast;
pub use text::{bytes, grouped, render};

use serde::Serialize;

/// The report of a refresh; `report.json` is this, as it stands.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The version of masque.
    pub masque: &'static str,
    /// The run's id.
    pub run: String,
    /// The source, without password.
    pub source: String,
    /// The target, without password.
    pub target: String,
    /// When the run began, in UTC.
    pub started: String,
    /// Seconds from begin to end.
    pub seconds: f64,
    /// The snapshot.
    pub snapshot: Snapshot,
    /// What the run cost the source.
    pub cost: Cost,
    /// What the copied tables take on the source's disk, and the build about as much on the target's.
    pub disk: Disk,
    /// SHA-256 of the rule files.
    pub rules: String,
    /// Short id of the secret.
    pub secret: String,
    /// Whether the secret was made for this run alone.
    pub secret_is_fresh: bool,
    /// Phases in order.
    pub phases: Vec<Phase>,
    /// Attempts before this one, which started over.
    pub attempts_before: Vec<Attempt>,
    /// What was done to which table and when, in order.
    pub timeline: Vec<Span>,
    /// Tables in the schema's order.
    pub tables: Vec<Table>,
    /// The large objects, where they travelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub large_objects: Option<LargeObjects>,
    /// What the source has and the copy leaves out.
    pub left_out: Vec<LeftOut>,
    /// Tables whose rows were not read, and why.
    pub not_read: Vec<NotRead>,
    /// Roles that the schema names and the target lacked: made without login, by this run or one before.
    pub roles: Vec<String>,
    /// What was checked before publishing.
    pub verified: Verified,
    /// What was published.
    pub published: Published,
    /// Notices of the run.
    pub notices: Vec<String>,
}

/// The snapshot a run read.
#[derive(Clone, Debug, Serialize)]
pub struct Snapshot {
    /// The source's time when it was taken.
    pub taken_at: String,
    /// How long it was held, in seconds: so long vacuum was held back.
    pub held_seconds: f64,
    /// Bytes read through it.
    pub bytes: u64,
}

/// What the copied tables take on disk.
#[derive(Clone, Debug, Serialize)]
pub struct Disk {
    /// Rows.
    pub table_bytes: u64,
    /// Indexes.
    pub index_bytes: u64,
}

/// One phase.
#[derive(Clone, Debug, Serialize)]
pub struct Phase {
    /// Its name.
    pub name: &'static str,
    /// Wall-clock seconds.
    pub seconds: f64,
}

/// An attempt that ended for a reason that may pass, so that the run started over.
#[derive(Clone, Debug, Serialize)]
pub struct Attempt {
    /// Which one, from 1.
    pub number: usize,
    /// The phase it ended in.
    pub phase: &'static str,
    /// Why.
    pub error: String,
}

/// One table.
#[derive(Clone, Debug, Serialize)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Rows read, written and, where verified, counted.
    pub rows: u64,
    /// Bytes read, in wire form.
    pub bytes: u64,
    /// Seconds of lane time.
    pub seconds: f64,
    /// `binary` or `text`.
    pub wire: &'static str,
    /// Columns with their treatment, in order.
    pub columns: Vec<Column>,
}

/// One column's treatment.
#[derive(Clone, Debug, Serialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// `keep`, `null`, `omit`, `remake` or `mask`.
    pub treatment: &'static str,
    /// The transformer of a masked column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with: Option<&'static str>,
}

/// A stretch of time in which something was done to a table, or to all of them.
#[derive(Clone, Debug, Serialize)]
pub struct Span {
    /// `stream`, `index`, `keys`, `analyze` or `count`.
    pub phase: &'static str,
    /// The table; empty where it was all of them.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub object: String,
    /// Seconds from the run's begin to the stretch's.
    pub from: f64,
    /// Seconds from the run's begin to the stretch's end.
    pub to: f64,
}

/// The large objects that travelled.
#[derive(Clone, Debug, Serialize)]
pub struct LargeObjects {
    /// How many.
    pub count: u64,
    /// Bytes read.
    pub bytes: u64,
    /// `keep` or `mask`.
    pub treatment: &'static str,
    /// The transformer that masked them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with: Option<&'static str>,
}

/// Objects that never reach staging.
#[derive(Clone, Debug, Serialize)]
pub struct LeftOut {
    /// Their kind, as a schema dump names it.
    pub kind: String,
    /// How many.
    pub count: u64,
}

/// A table without rows on the target.
#[derive(Clone, Debug, Serialize)]
pub struct NotRead {
    /// Its name.
    pub table: String,
    /// Why.
    pub why: &'static str,
}

/// What was checked.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Verified {
    /// Tables whose rows were counted on the build.
    pub counted: usize,
    /// Objects compared with the source's.
    pub objects: usize,
}

/// What was published.
#[derive(Clone, Debug, Serialize)]
pub struct Published {
    /// The database.
    pub database: String,
    /// Whether it was loaded in one transaction in the database itself.
    pub in_place: bool,
    /// The name the old one was kept under.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept: Option<String>,
    /// Older generations dropped.
    pub dropped: Vec<String>,
    /// Milliseconds the renaming took.
    pub milliseconds: u64,
}

//! What a run keeps of itself for its report, and tells whoever watches.

use super::timeline::Timeline;
use super::{Copied, Stage};
use crate::diagnostic::Diagnostic;
use crate::format::Wire;
use crate::pipeline::Progress;
use crate::plan::{Chunk, LargeObjects, Plan};
use crate::postgres::volume::Volume;
use crate::postgres::watch::Seen;
use crate::publish::Published;
use crate::report::{self, Report, bytes};
use crate::rules::Rows;
use crate::schema::TableKind;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// The steps of a run, as shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Connect, guard, lock.
    Connect,
    /// Locks, snapshot, lanes.
    Snapshot,
    /// Catalog, check, plan.
    Plan,
    /// Dump and make the schema.
    Schema,
    /// Rows.
    Stream,
    /// Indexes, constraints, triggers, sequences, views.
    Finish,
    /// Statistics, counts, objects.
    Verify,
    /// The rename.
    Publish,
}

impl Step {
    /// One word, for reports and progress.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Snapshot => "snapshot",
            Self::Plan => "plan",
            Self::Schema => "schema",
            Self::Stream => "stream",
            Self::Finish => "indexes and keys",
            Self::Verify => "verify",
            Self::Publish => "publish",
        }
    }
}

/// Whoever watches a run. Called from the run's own thread; must not block.
pub trait Observer {
    /// A step begins, and the one before is done.
    fn step(&self, step: Step);
    /// Rows begin to move; the counters go on by themselves.
    fn stream(&self, progress: &Arc<Progress>);
    /// Something worth saying that does not stop the run.
    fn notice(&self, message: &str);
    /// A rule that will do its work but deserves a look.
    fn warn(&self, warning: &Diagnostic);
}

/// The run's own account.
pub(super) struct Account<'a> {
    observer: &'a dyn Observer,
    began: Instant,
    pub(super) started: String,
    steps: Vec<(Step, Instant)>,
    pub(super) notices: Vec<String>,
    pub(super) verified: report::Verified,
    pub(super) timeline: Arc<Timeline>,
}

impl<'a> Account<'a> {
    pub(super) fn begin(observer: &'a dyn Observer, notices: Vec<String>) -> Self {
        let began = Instant::now();
        Self {
            observer,
            began,
            timeline: Arc::new(Timeline::begin(began)),
            started: jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            steps: Vec::new(),
            notices,
            verified: report::Verified::default(),
        }
    }

    pub(super) fn step(&mut self, step: Step) {
        self.steps.push((step, Instant::now()));
        self.observer.step(step);
    }

    /// Seconds since it began.
    pub(super) fn seconds(&self) -> f64 {
        self.began.elapsed().as_secs_f64()
    }

    /// The step it is at.
    pub(super) fn at(&self) -> Step {
        self.steps.last().map_or(Step::Snapshot, |(step, _)| *step)
    }

    pub(super) fn warn(&mut self, warnings: &[Diagnostic]) {
        for warning in warnings {
            self.notices.push(warning.to_string());
            self.observer.warn(warning);
        }
    }

    /// Keeps what whoever watches was told already.
    pub(super) fn keep(&mut self, notices: &[String]) {
        self.notices.extend_from_slice(notices);
    }

    pub(super) fn note(&mut self, notice: String) {
        self.observer.notice(&notice);
        self.notices.push(notice);
    }

    /// Says what the build takes of the target's disk.
    pub(super) fn need(&mut self, volume: Volume) {
        let (all, indexes) = (bytes(volume.tables + volume.indexes), bytes(volume.indexes));
        self.observer.notice(&format!(
            "the build takes about {all} of the target's disk, {indexes} of it indexes, beside what is there"
        ));
    }

    pub(super) fn watch(&self, progress: &Arc<Progress>, chunks: &[Chunk]) {
        for chunk in chunks {
            if let Some(counters) = progress.of(&chunk.plan) {
                counters.open.fetch_add(1, Ordering::Relaxed);
            }
        }
        self.observer.stream(progress);
    }

    /// Puts the streaming of every table on the timeline.
    pub(super) fn streamed(&self, progress: &Progress) {
        for table in &progress.tables {
            let [from, to] = [&table.from, &table.to].map(|at| at.load(Ordering::Relaxed));
            if from < to {
                let at = |micros| progress.started + Duration::from_micros(micros);
                self.timeline.put("stream", table.name.clone(), at(from), at(to));
            }
        }
    }

    pub(super) fn close(
        self,
        stage: &Stage<'_>,
        copied: &Copied,
        published: Published,
        held: Duration,
        seen: &Seen,
    ) -> Report {
        let now = Instant::now();
        let ends = self.steps.iter().skip(1).map(|(_, at)| *at).chain([now]);
        let phases = self
            .steps
            .iter()
            .zip(ends)
            .map(|((step, from), to)| report::Phase {
                name: step.word(),
                seconds: to.duration_since(*from).as_secs_f64(),
            })
            .collect();
        Report {
            masque: env!("CARGO_PKG_VERSION"),
            run: stage.run.clone(),
            source: stage.options.source.to_string(),
            target: stage.options.target.to_string(),
            started: self.started,
            seconds: now.duration_since(self.began).as_secs_f64(),
            snapshot: report::Snapshot {
                taken_at: copied.taken_at.clone(),
                held_seconds: held.as_secs_f64(),
                bytes: copied.progress.total().1,
            },
            cost: report::Cost {
                snapshot_seconds: held.as_secs_f64(),
                snapshot_transactions: seen.transactions,
                bytes: copied.progress.total().1,
                connections: seen.connections,
                sessions_blocked: seen.waits.len(),
                longest_block_seconds: seen.longest_wait.as_secs_f64(),
            },
            disk: report::Disk { table_bytes: copied.volume.tables, index_bytes: copied.volume.indexes },
            rules: copied.rules.digest().to_owned(),
            secret: stage.options.secret.id(),
            secret_is_fresh: stage.options.secret_is_fresh,
            phases,
            attempts_before: Vec::new(),
            timeline: self.timeline.spans(),
            tables: tables(copied),
            large_objects: large_objects(copied),
            left_out: left_out(copied),
            not_read: not_read(&copied.plan),
            roles: copied.loader.without_login(),
            verified: self.verified,
            published: report::Published {
                database: stage.options.target.database().to_owned(),
                in_place: stage.replaced.is_some(),
                kept: published.kept,
                dropped: published.dropped,
                milliseconds: u64::try_from(published.took.as_millis()).unwrap_or(u64::MAX),
            },
            notices: self.notices,
        }
    }
}

fn tables(copied: &Copied) -> Vec<report::Table> {
    let tables = copied.plan.tables.iter().zip(&copied.progress.tables);
    tables
        .map(|(plan, counters)| {
            let columns = plan
                .columns
                .iter()
                .zip(&plan.treatments)
                .zip(&plan.transformers)
                .map(|((column, treatment), with)| report::Column {
                    name: column.name.clone(),
                    treatment: treatment.word(),
                    with: *with,
                })
                .collect();
            #[expect(clippy::cast_precision_loss, reason = "seconds for people")]
            let seconds = counters.micros.load(Ordering::Relaxed) as f64 / 1e6;
            report::Table {
                name: counters.name.clone(),
                rows: counters.rows.load(Ordering::Relaxed),
                bytes: counters.bytes.load(Ordering::Relaxed),
                seconds,
                wire: if plan.wire == Wire::Binary { "binary" } else { "text" },
                columns,
            }
        })
        .collect()
}

fn large_objects(copied: &Copied) -> Option<report::LargeObjects> {
    let plan = &copied.plan.large_objects;
    (!matches!(plan, LargeObjects::None)).then(|| report::LargeObjects {
        count: copied.carried.count,
        bytes: copied.carried.bytes,
        treatment: plan.word(),
        with: plan.transformer(),
    })
}

fn left_out(copied: &Copied) -> Vec<report::LeftOut> {
    let stay = matches!(copied.plan.large_objects, LargeObjects::None);
    let counted = copied.left_out.iter().filter(|(kind, _)| stay || kind != "LARGE OBJECT").cloned();
    counted.map(|(kind, count)| report::LeftOut { kind, count }).collect()
}

pub(super) fn not_read(plan: &Plan) -> Vec<report::NotRead> {
    let by_rule = plan
        .tables
        .iter()
        .filter(|plan| matches!(plan.rows, Rows::None))
        .map(|plan| report::NotRead { table: plan.name.to_string(), why: "by rule" });
    let schema = &plan.schema;
    let by_kind = schema.tables.iter().enumerate().filter_map(|(place, table)| {
        let why = match (&table.extension, table.kind) {
            (Some(_), _) if schema.configuration(place).is_some() => {
                "belongs to an extension, and no rule names it"
            }
            (Some(_), _) => "belongs to an extension",
            (None, TableKind::Foreign) => "held by another server",
            _ => return None,
        };
        Some(report::NotRead { table: table.name.to_string(), why })
    });
    by_rule.chain(by_kind).collect()
}

//! Rows on their way, and the large indexes that begin behind them.

use super::Stage;
use super::account::Account;
use super::indexing::{Indexing, Site};
use crate::error::Result;
use crate::pipeline::{self, Assignment, Carried, Hands, Lane, Queue};
use crate::plan::{Plan, split};
use crate::postgres::indexes::Index;
use crate::postgres::patience::Patience;
use crate::postgres::session::Session;
use crate::postgres::snapshot::Snapshot;
use crate::source::Throttle;
use std::num::NonZero;
use std::sync::Arc;

/// What rows stream into.
#[derive(Clone, Copy)]
pub(super) struct Streaming<'a> {
    pub(super) plan: &'a Plan,
    pub(super) build: &'a Session,
    pub(super) site: &'a Site,
    pub(super) indexes: &'a [Index],
}

impl Streaming<'_> {
    /// Step 7: all rows and large objects; large indexes begin as soon as the rows of their tables are in.
    pub(super) async fn run(
        self,
        stage: &Stage<'_>,
        snapshot: &Snapshot,
        lanes: &mut [Lane],
        account: &Account<'_>,
    ) -> Result<(Indexing, Carried)> {
        let (options, plan, progress) = (stage.options, self.plan, &self.site.progress);
        let chunks = split(&plan.tables, options.lanes());
        account.watch(progress, &chunks);
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let assignment = Assignment {
            build: self.site.ground.url.clone(),
            within: self.site.ground.writer(),
            queue: Queue::new(chunks),
            progress: Arc::clone(progress),
            throttle: options.throttle.map(|rate| Arc::new(Throttle::new(rate))),
            stall: options.budget.stall,
            hands: Hands::choose(options.lanes(), cores),
        };
        for lane in lanes.iter_mut() {
            lane.assign(assignment.clone());
        }
        let mut indexing = Indexing::begin(plan, self.indexes, self.site.clone());
        // The first lane to fail decides; the others are stopped by whoever drops them.
        let rows = futures_util::future::try_join_all(lanes.iter_mut().map(Lane::finished));
        let patience = Patience::with(snapshot.session(), &stage.source, options.budget.stall).await?;
        let objects = pipeline::carry(snapshot.session(), self.build, &plan.large_objects, patience);
        let (_, carried) = tokio::select! {
            carried = async { tokio::try_join!(rows, objects) } => carried?,
            error = indexing.failed() => return Err(error),
        };
        indexing.rows_are_in();
        account.streamed(progress);
        Ok((indexing, carried))
    }
}

//! Indexes of tables whose rows are in, while the rows of others still come.
//!
//! Only large indexes are worth a connection of their own, and the largest that is ready
//! comes first. While rows come, one is made at a time, and one more for each lane that has
//! run out of rows: what reads production goes first. When all rows are in there are as many as
//! lanes. All else of the section is made in one go, last, beside those that take long.
//!
//! An index that somebody's function is asked for waits for that last go: such a function may
//! look at tables whose rows are not in yet.

use super::timeline::Timeline;
use crate::error::{Error, Result};
use crate::pipeline::Progress;
use crate::plan::{Plan, TablePlan, Treatment};
use crate::postgres::archive::SchemaArchive;
use crate::postgres::indexes::{Entry, Index};
use crate::postgres::url::Url;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use std::collections::{BTreeMap, BTreeSet};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// An index of fewer bytes is made faster than a program is started for it.
const LARGE: u64 = 8 << 20;

/// What one connection makes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Unit {
    /// The table's place in the plan.
    table: usize,
    /// Nobody else may be at work on the table meanwhile.
    alone: bool,
    entries: Vec<Entry>,
    bytes: u64,
}

/// What is needed to make indexes, wherever it is done.
#[derive(Clone)]
pub(super) struct Site {
    /// The plan's tables.
    pub(super) plan: Vec<Arc<TablePlan>>,
    pub(super) archive: Arc<SchemaArchive>,
    pub(super) build: Url,
    /// The build, for sessions that make indexes.
    pub(super) maker: Url,
    pub(super) progress: Arc<Progress>,
    pub(super) timeline: Arc<Timeline>,
    pub(super) lanes: usize,
}

/// How far the run is, for the indexes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rows {
    /// Some are still to come.
    Coming,
    /// All are in.
    In,
    /// And columns that are computed anew have their values.
    Whole,
}

/// The work as it goes on beside the run. Dropping it ends it.
pub(super) struct Indexing {
    work: Option<JoinHandle<Result<()>>>,
    rows: watch::Sender<Rows>,
}

impl Indexing {
    /// Begins to make the indexes of the plan's tables in the build, the large ones each when its table's
    /// rows are in.
    pub(super) fn begin(plan: &Plan, indexes: &[Index], site: Site) -> Self {
        let units = units(plan, indexes, |entry| site.archive.makes(entry));
        let (rows, told) = watch::channel(Rows::Coming);
        Self { work: Some(tokio::spawn(work(site, units, told))), rows }
    }

    /// Says that no row is to come any more.
    pub(super) fn rows_are_in(&self) {
        self.rows.send_replace(Rows::In);
    }

    /// Resolves where it fails; what it says then is said once.
    pub(super) async fn failed(&mut self) -> Error {
        match self.ended().await {
            Err(error) => error,
            Ok(()) => std::future::pending().await,
        }
    }

    /// Says that no row will change any more, and waits until every index is made.
    ///
    /// # Errors
    /// What the making of an index ended with.
    pub(super) async fn finish(&mut self) -> Result<()> {
        self.rows.send_replace(Rows::Whole);
        self.ended().await
    }

    async fn ended(&mut self) -> Result<()> {
        let Some(work) = &mut self.work else { return Ok(()) };
        let outcome = work.await;
        self.work = None;
        outcome.unwrap_or_else(|_| Err(Error::internal("the making of indexes died")))
    }
}

impl Drop for Indexing {
    fn drop(&mut self) {
        if let Some(work) = &self.work {
            work.abort();
        }
    }
}

/// The units, largest first: the constraints of a table together, and each large index.
fn units(plan: &Plan, indexes: &[Index], makes: impl Fn(Entry) -> bool) -> Vec<Unit> {
    let mut units = Vec::new();
    let mut of_table: BTreeMap<u32, Vec<&Index>> = BTreeMap::new();
    for index in indexes.iter().filter(|index| !index.asks_function && makes(index.entry)) {
        of_table.entry(index.table).or_default().push(index);
    }
    for (place, table) in plan.tables.iter().enumerate() {
        // Rows that go through a root are in when its whole tree's are; a remade column has no values yet.
        let is_remade = table.treatments.iter().any(|treatment| matches!(treatment, Treatment::Remake(_)));
        if table.is_empty() || is_remade || table.route.is_some() || table.users.is_some() {
            continue;
        }
        let oid = plan.schema.table(table.table).map(|table| table.oid);
        let Some(indexes) = oid.and_then(|oid| of_table.get(&oid)) else { continue };
        let (with_constraint, others): (Vec<&&Index>, Vec<_>) =
            indexes.iter().partition(|index| index.is_constraint());
        let bytes = with_constraint.iter().map(|index| index.bytes).sum();
        if bytes >= LARGE {
            let entries = with_constraint.iter().map(|index| index.entry).collect();
            units.push(Unit { table: place, alone: true, entries, bytes });
        }
        let large = others.into_iter().filter(|index| index.bytes >= LARGE);
        units.extend(large.map(|index| Unit {
            table: place,
            alone: false,
            entries: vec![index.entry],
            bytes: index.bytes,
        }));
    }
    units.sort_by_key(|unit| std::cmp::Reverse(unit.bytes));
    units
}

/// The first of the waiting units that can be made now.
fn ready(waiting: &[Unit], running: &[Unit], is_whole: impl Fn(usize) -> bool) -> Option<usize> {
    let is_free = |unit: &Unit| {
        let mut others = running.iter().filter(|other| other.table == unit.table);
        if unit.alone {
            return others.next().is_none();
        }
        // Constraints first: while they wait for others to leave the table, nobody could begin.
        let comes_later = waiting.iter().any(|other| other.alone && other.table == unit.table);
        !comes_later && others.all(|other| !other.alone)
    };
    waiting.iter().position(|unit| is_whole(unit.table) && is_free(unit))
}

async fn work(site: Site, mut waiting: Vec<Unit>, mut rows: watch::Receiver<Rows>) -> Result<()> {
    let taken: BTreeSet<Entry> = waiting.iter().flat_map(|unit| unit.entries.iter().copied()).collect();
    let mut running: Vec<Unit> = Vec::new();
    let mut making = FuturesUnordered::new();
    let mut rest = pin!(None);
    loop {
        let far = *rows.borrow_and_update();
        let hands = if far == Rows::Coming { 1 + site.progress.idle_lanes() } else { site.lanes };
        while making.len() < hands {
            let is_whole = |table| far > Rows::Coming || site.progress.is_whole(table);
            let Some(place) = ready(&waiting, &running, is_whole) else { break };
            let unit = waiting.remove(place);
            running.push(unit.clone());
            making.push(make(&site, unit));
        }
        if far == Rows::Whole && waiting.is_empty() && rest.is_none() {
            let free = hands.saturating_sub(making.len());
            rest.set(Some(make_rest(&site, &taken, free.max(1))));
        }
        tokio::select! {
            Some(made) = making.next() => {
                let unit: Unit = made?;
                running.retain(|other| *other != unit);
            }
            made = maybe(rest.as_mut().as_pin_mut()) => {
                made?;
                // It was begun last, when no unit waited.
                while let Some(made) = making.next().await {
                    made?;
                }
                return Ok(());
            }
            () = site.progress.moved() => {}
            changed = rows.changed() => if changed.is_err() { return Ok(()) },
        }
    }
}

/// The outcome of what has begun; what has not never ends.
async fn maybe(begun: Option<Pin<&mut impl Future<Output = Result<()>>>>) -> Result<()> {
    match begun {
        Some(begun) => begun.await,
        None => std::future::pending().await,
    }
}

async fn make(site: &Site, unit: Unit) -> Result<Unit> {
    let began = Instant::now();
    site.archive.make_indexes(&unit.entries, &site.maker).await?;
    let name = site.plan.get(unit.table).map(|table| table.name.to_string()).unwrap_or_default();
    site.timeline.add("index", name, began);
    Ok(unit)
}

async fn make_rest(site: &Site, taken: &BTreeSet<Entry>, lanes: usize) -> Result<()> {
    let began = Instant::now();
    site.archive.make_rest(taken, &site.maker, lanes).await?;
    site.timeline.add("index", "", began);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(table: usize, alone: bool, object: u32) -> Unit {
        Unit { table, alone, entries: vec![Entry { catalog: 1259, object }], bytes: 0 }
    }

    #[test]
    fn an_index_waits_for_its_rows_and_for_the_constraints_of_its_table() {
        let waiting = [unit(0, false, 1), unit(0, true, 2), unit(1, false, 3)];
        assert_eq!(ready(&waiting, &[], |_| false), None);
        assert_eq!(ready(&waiting, &[], |table| table == 1), Some(2));
        assert_eq!(ready(&waiting, &[], |table| table == 0), Some(1));
        assert_eq!(ready(&waiting[..1], &[unit(0, true, 2)], |_| true), None);
        assert_eq!(ready(&waiting[..1], &[unit(0, false, 9)], |_| true), Some(0));
        assert_eq!(ready(&waiting[1..2], &[unit(0, false, 9)], |_| true), None);
    }
}

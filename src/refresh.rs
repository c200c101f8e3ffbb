//! The story of a run, step by step; every step is a room below.
//!
//! [`refresh`] prepares both sides and tries; `attempt` is one snapshot from its
//! locks to its publishing. What goes wrong for a reason that passes (a server that
//! was lost, a lock that was not free, a catalog that moved) is tried again with a new
//! snapshot. Whatever goes wrong after the build was made, the build is dropped and
//! the target stands as it was.

mod account;
mod again;
mod census;
mod clear;
mod discard;
mod forecast;
mod ground;
mod indexing;
mod options;
mod prepare;
mod silence;
mod streaming;
mod timeline;

pub use account::{Observer, Step};
pub use forecast::forecast;
pub use options::{Options, Verify, Way};

use crate::diagnostic::Failure;
use crate::error::{Error, Kind, Result};
use crate::pipeline::{Carried, Lane, Progress};
use crate::plan::Plan;
use crate::point::{Point, reach};
use crate::postgres::access::{Access, Loader};
use crate::postgres::archive::SchemaArchive;
use crate::postgres::inventory::{self, Inventory};
use crate::postgres::maintenance::Maintenance;
use crate::postgres::patience::pulse;
use crate::postgres::session::{Session, Side};
use crate::postgres::snapshot::Snapshot;
use crate::postgres::volume::Volume;
use crate::postgres::watch::Toll;
use crate::postgres::{catalog, indexes, left_out, leftover, standby, watch};
use crate::publish::{self, Build, Marker, Published, State};
use crate::report::Report;
use crate::rules::CheckedRules;
use crate::source::{self, Purpose};
use crate::{sink, verify};
use account::Account;
use again::{Fallen, Tries};
use forecast::{Gathered, Load};
use ground::Ground;
use indexing::{Indexing, Site};
use prepare::{Stage, prepare};
use std::sync::{Arc, Mutex};
use std::time::Instant;
use streaming::Streaming;
use timeline::Timeline;
use tokio::sync::watch as signal;

/// Runs a refresh. `interrupted` resolves when a signal asks for the end.
///
/// # Errors
/// [`Failure`], with the documented exit code; nothing was published then.
pub async fn refresh(
    options: &Options,
    observer: &dyn Observer,
    interrupted: impl Future<Output = Error>,
) -> Result<Report, Failure> {
    let run = publish::new_run()?;
    let work = async {
        let mut tries = Tries::new(options, observer);
        let mut ready = None;
        loop {
            let fallen = match Box::pin(once(options, observer, &run, &mut ready, tries.is_first())).await {
                Ok(mut report) => {
                    report.notices.splice(0..0, tries.waited);
                    report.attempts_before = tries.ended;
                    return Ok(report);
                }
                Err(fallen) => fallen,
            };
            tries.after(fallen.failure, fallen.step).await?;
            let stands = match &ready {
                Some(stage) => fallen.is_clean && stage.stands().await,
                None => false,
            };
            if !stands {
                ready = None;
            }
        }
    };
    tokio::select! {
        outcome = work => outcome,
        error = interrupted => {
            if clear::clear(options, &run).await {
                return Err(Error::new(error.kind(), "ended by a signal when the new data was published already")
                    .help("only the report is missing, and older generations may be left for the next run to drop").into());
            }
            Err(error.into())
        }
    }
}

/// One attempt, from what is ready of the one before.
async fn once<'a>(
    options: &'a Options,
    observer: &'a dyn Observer,
    run: &str,
    ready: &mut Option<Stage<'a>>,
    is_first: bool,
) -> Result<Report, Fallen> {
    let stage = match ready.take() {
        Some(stage) => stage,
        None => tokio::select! {
            stage = prepare(options, observer, run, is_first) => stage,
            error = silence::fallen(options) => Err(error),
        }
        .map_err(Fallen::unprepared)?,
    };
    Box::pin(attempt(ready.insert(stage))).await
}

/// Steps 2 to 10, in one snapshot.
async fn attempt(stage: &Stage<'_>) -> Result<Report, Fallen> {
    let options = stage.options;
    let mut account = Account::begin(stage.observer, stage.footing.notices.clone());
    account.step(Step::Snapshot);
    let stall = options.budget.stall;
    let taken = async {
        let watcher = Session::open(stage.source.connect(Kind::Source).await?, Side::Source).await?;
        let snapshot = tokio::select! {
            taken = Snapshot::take(&stage.source, options.budget.max_blocked) => taken?,
            error = pulse(&watcher, "taking the snapshot", stall) => return Err(error),
        };
        reach(Point::SnapshotExported).await;
        snapshot.place().same_server(&stage.footing.place)?;
        Ok((watcher, snapshot))
    };
    let (watcher, snapshot) = match taken.await {
        Ok(taken) => taken,
        Err(error) => return Err(Fallen::new(stage, error, account.at(), None).await),
    };
    // Dropping the sender, by whatever way out of here, ends every lane.
    let (stop, stopped) = signal::channel(false);
    let application = leftover::application(&stage.run);
    // The build's name, from the moment it may exist.
    let mut begun = None;
    let toll = Toll::default();
    let outcome = tokio::select! {
        outcome = copy(stage, &snapshot, stopped, &mut account, &mut begun) => outcome,
        error = watch::watch(&watcher, &application, options.budget, &toll) => Err(error.into()),
        error = stage.lock.watch(stall) => Err(error.into()),
    };
    // Where the server took the snapshot away, the readers only know that it is gone.
    let outcome = match (outcome, snapshot.ended()) {
        (Err(Failure::Error(_)), Some(ended)) if standby::is_conflict(&ended) => Err(ended.into()),
        (outcome, _) => outcome,
    };
    drop(stop);
    let held = snapshot.age();
    drop(snapshot);
    drop(watcher);
    if outcome.is_ok() {
        reach(Point::SourceReleased).await;
    }
    let outcome = match outcome {
        Ok(mut copied) => finish(stage, &mut copied, &mut account).await.map(|published| (copied, published)),
        Err(failure) => Err(failure),
    };
    match outcome {
        Ok((copied, published)) => {
            let report = account.close(stage, &copied, published, held, &toll.seen());
            reach(Point::Reported).await;
            Ok(report)
        }
        Err(failure) => Err(Fallen::new(stage, failure, account.at(), begun).await),
    }
}

/// What is in the build once the source is no longer needed.
struct Copied {
    plan: Plan,
    rules: CheckedRules,
    build: Build,
    ground: Ground,
    taken_at: String,
    archive: Arc<SchemaArchive>,
    indexing: Indexing,
    inventory: Inventory,
    volume: Volume,
    /// What there was to do, for the marker.
    expected: Load,
    access: Access,
    loader: Loader,
    left_out: Vec<(String, u64)>,
    carried: Carried,
    progress: Arc<Progress>,
}

/// Steps 2 to 7: everything that reads the source.
async fn copy(
    stage: &Stage<'_>,
    snapshot: &Snapshot,
    stopped: signal::Receiver<bool>,
    account: &mut Account<'_>,
    begun: &mut Option<String>,
) -> Result<Copied, Failure> {
    let options = stage.options;
    let mut lanes = Vec::new();
    for number in 0..options.lanes() {
        lanes.push(Lane::start(
            number,
            stage.source.clone(),
            snapshot.ticket(stage.footing.locks.locking),
            stopped.clone(),
        )?);
    }
    for lane in &mut lanes {
        lane.admitted().await?;
    }
    reach(Point::LanesAdmitted).await;
    account.step(Step::Plan);
    let schema = catalog::read(snapshot.session()).await?;
    let inventory = inventory::read(snapshot.session()).await?;
    let comments = options.rules.keeps_comments();
    let left_out = left_out::count(snapshot.session(), comments).await?;
    reach(Point::CatalogRead).await;
    let access = ground::access(options, stage.replaced.as_ref(), snapshot.session()).await?;
    let there = ground::roles(&stage.admin, &access).await?;
    let purpose = Purpose::Carry(&there);
    let (plan, rules) =
        source::decide(snapshot.session(), schema, &options.rules, &options.secret, purpose).await?;
    options.refuse_warnings(&rules)?;
    ground::check_large_objects(options, &plan)?;
    account.warn(rules.warnings());
    let loader = Loader::prepare(&stage.admin, &access).await?;
    let Gathered { load: expected, volume, .. } =
        forecast::gather(snapshot.session(), options, &plan).await?;
    let indexes = indexes::read(snapshot.session(), &filled(&plan)).await?;
    account.need(volume);
    reach(Point::PlanMade).await;

    account.step(Step::Schema);
    let wait = options.budget.max_blocked;
    // A target that can't hold such a database says so before anything of the schema is read.
    let made = ground::make(stage, snapshot.session(), begun).await?;
    let (major, id) = (stage.footing.target_major, snapshot.id());
    let reading = ground::dumped(stage);
    let archive = SchemaArchive::dump(&stage.footing.tools, &reading, major, id, wait, comments).await?;
    snapshot.check_unchanged().await?;
    reach(Point::SchemaDumped).await;
    loader.make_roles(&stage.admin).await?;
    reach(Point::RolesMade).await;
    let ground = Ground::open(stage, &made, snapshot.session()).await?;
    ground.make_pre_data(&archive).await?;
    reach(Point::PreDataMade).await;
    let session = ground.session().await?;
    sink::loosen(&session, &plan).await?;
    say_column_orders(snapshot.session(), &session, account).await?;
    sink::make_room(&session, &plan).await?;
    reach(Point::RoomMade).await;

    account.step(Step::Stream);
    let granted = Maintenance::choose(&session, options.lanes()).await?;
    let site = Site {
        plan: plan.tables.clone(),
        archive: Arc::new(archive),
        ground: ground.granting(granted).await?,
        progress: Arc::new(Progress::new(&plan)),
        timeline: Arc::clone(&account.timeline),
        lanes: options.lanes(),
    };
    let streaming = Streaming { plan: &plan, build: &session, site: &site, indexes: &indexes };
    let (indexing, carried) = Box::pin(streaming.run(stage, snapshot, &mut lanes, account)).await?;
    reach(Point::RowsDone).await;
    snapshot.check_held().await?;
    Ok(Copied {
        plan,
        rules,
        build: made,
        ground: site.ground,
        taken_at: snapshot.taken_at().to_owned(),
        archive: site.archive,
        indexing,
        inventory,
        volume,
        expected,
        access,
        loader,
        left_out,
        carried,
        progress: site.progress,
    })
}

/// The tables whose rows travel, as the source numbers them.
fn filled(plan: &Plan) -> Vec<u32> {
    let filled = plan.tables.iter().filter(|table| !table.is_empty());
    filled.filter_map(|table| plan.schema.table(table.table)).map(|table| table.oid).collect()
}

/// A table that inherited late has its columns in an order no dump can make.
async fn say_column_orders(source: &Session, build: &Session, account: &mut Account<'_>) -> Result<()> {
    let made = inventory::column_orders(build).await?;
    for (table, columns) in inventory::column_orders(source).await? {
        if made.get(&table).is_some_and(|made| *made != columns) {
            account.note(format!(
                "`{table}` inherits columns after it had its own: on the target they come first"
            ));
        }
    }
    Ok(())
}

/// Steps 8 to 10: everything that only needs the target.
async fn finish(
    stage: &Stage<'_>,
    copied: &mut Copied,
    account: &mut Account<'_>,
) -> Result<Published, Failure> {
    let options = stage.options;
    tokio::select! {
        done = complete(stage, copied, account) => done?,
        error = stage.lock.watch(options.budget.stall) => return Err(error.into()),
    }
    account.step(Step::Publish);
    stage.lock.check_held().await?;
    let old_marker = stage.old.as_ref().and_then(|old| old.marker.as_ref());
    let finished = Marker {
        state: State::Published,
        snapshot: Some(copied.taken_at.clone()),
        rules: Some(copied.rules.digest().to_owned()),
        secret: Some(options.secret.id()),
        expires: options.expires.and_then(publish::expiry),
        took: Some(copied.expected.took(account.seconds())),
        copied_disks: old_marker.is_some_and(|marker| marker.copied_disks),
        ..copied.build.marker.clone()
    };
    let published = copied.ground.publish(stage, copied, &finished).await?;
    if let Some(cost) = copied.ground.cost(copied) {
        account.note(cost);
    }
    if let Some(error) = &published.left {
        account.note(format!("the copy is published, but an older generation could not be dropped: {error}"));
    }
    Ok(published)
}

/// Steps 8 and 9: keys, views, statistics, and a look at all of it.
async fn complete(stage: &Stage<'_>, copied: &mut Copied, account: &mut Account<'_>) -> Result<()> {
    let options = stage.options;
    account.step(Step::Finish);
    let session = copied.ground.session().await?;
    sink::remake(&session, &copied.plan).await?;
    reach(Point::Remade).await;
    copied.indexing.finish().await?;
    let began = Instant::now();
    copied.ground.make_keys(&copied.archive, options.lanes()).await?;
    account.timeline.add("keys", "", began);
    reach(Point::PostDataMade).await;
    sink::set_sequences(&session, &copied.plan).await?;
    reach(Point::SequencesSet).await;
    sink::refresh_views(&session, &copied.plan).await?;
    reach(Point::ViewsRefreshed).await;
    account.step(Step::Verify);
    settle(stage, copied, &account.timeline).await?;
    reach(Point::Counted).await;
    // From here on the loading role may no longer be allowed to read or change the build.
    copied.access.secure(&session).await?;
    reach(Point::Secured).await;
    copied.ground.make_comments(&copied.archive).await?;
    copied.access.clone().close(&session).await?;
    reach(Point::Closed).await;
    if options.verify == Verify::Full {
        let build = inventory::read(&session).await?;
        let exact = stage.footing.source_major == stage.footing.target_major;
        account.verified.objects = verify::compare(&copied.inventory, &build, exact)?;
        account.verified.counted = copied.plan.tables.len();
    }
    drop(session);
    reach(Point::Compared).await;
    Ok(())
}

/// Statistics and counts of every table, on as many connections as there are lanes.
async fn settle(stage: &Stage<'_>, copied: &Copied, timeline: &Timeline) -> Result<()> {
    let queue = Mutex::new(census::take(&copied.plan, &copied.progress));
    let work = || async {
        let session = copied.ground.session().await?;
        loop {
            let next = queue.lock().map_err(|_| Error::internal("a settling task died"))?.pop_front();
            let Some(entry) = next else { return Ok::<(), Error>(()) };
            if entry.analyze {
                let began = Instant::now();
                sink::analyze(&session, entry.name).await?;
                timeline.add("analyze", entry.name.to_string(), began);
            }
            if let (Verify::Full, Some(rows)) = (stage.options.verify, entry.rows) {
                let began = Instant::now();
                verify::count(&session, entry.name, entry.tree, entry.marked, rows).await?;
                timeline.add("count", entry.name.to_string(), began);
            }
        }
    };
    futures_util::future::try_join_all((0..stage.options.lanes()).map(|_| work())).await?;
    Ok(())
}

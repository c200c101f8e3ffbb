//! The story of a run, step by step; every step is a room below.
//!
//! [`refresh`] prepares both sides and tries; `attempt` is one snapshot from its
//! locks to its publishing. What goes wrong before a row has moved, for a reason
//! that passes (a lock that was not free, a catalog that moved), is tried again
//! with a new snapshot. Whatever goes wrong after the build was made, the build is
//! dropped and the target stands as it was.

mod account;
mod census;
mod clear;
mod discard;
mod indexing;
mod options;
mod silence;
mod streaming;
mod timeline;

pub use account::{Observer, Step};
pub use options::{Options, Verify};

use crate::diagnostic::Diagnostic;
use crate::error::{Error, Kind, Result};
use crate::pipeline::{Carried, Lane, Progress};
use crate::plan::Plan;
use crate::point::{Point, reach};
use crate::postgres::access::{Access, Loader, Wish};
use crate::postgres::archive::SchemaArchive;
use crate::postgres::binaries::Tools;
use crate::postgres::inventory::{self, Inventory};
use crate::postgres::lock_table::{self, Locking};
use crate::postgres::maintenance::Maintenance;
use crate::postgres::patience::pulse;
use crate::postgres::place::Place;
use crate::postgres::session::{Session, Side};
use crate::postgres::snapshot::{self, Snapshot};
use crate::postgres::url::Url;
use crate::postgres::volume::{self, Volume};
use crate::postgres::watch::Toll;
use crate::postgres::{
    access, catalog, clients, frequency, indexes, left_out, leftover, standby, statistics, uncarried, watch,
};
use crate::publish::{self, Build, Database, Marker, Published, RunLock, State};
use crate::report::Report;
use crate::rules::{self, CheckedRules, Rows};
use crate::schema::Schema;
use crate::{parity, sink, source, verify};
use account::Account;
use indexing::{Indexing, Site};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use streaming::Streaming;
use timeline::Timeline;
use tokio::sync::watch as signal;

/// Why a refresh ended without publishing.
pub enum Failure {
    /// The rules do not fit the source. Every problem, at once.
    Rules(Vec<Diagnostic>),
    /// Anything else.
    Error(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// Both sides, ready, under the run lock.
struct Stage<'a> {
    options: &'a Options,
    observer: &'a dyn Observer,
    run: String,
    source: Url,
    /// Where the source answered first: all later sessions must be there too.
    place: Place,
    admin: Session,
    renamer: Session,
    lock: RunLock,
    old: Option<Database>,
    tools: Tools,
    source_major: u32,
    target_major: u32,
    locking: Locking,
    /// What was found out of both servers and deserves to be said.
    notices: Vec<String>,
}

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
        let stage = tokio::select! {
            stage = prepare(options, observer, &run) => stage?,
            error = silence::fallen(options) => return Err(error.into()),
        };
        let mut tries = 0;
        loop {
            match Box::pin(attempt(&stage)).await {
                Err(Failure::Error(error)) if snapshot::is_passing(&error) && tries < options.retries => {
                    tries += 1;
                    observer.notice(&format!("{error}; trying again ({tries} of {})", options.retries));
                    tokio::time::sleep(Duration::from_millis(500 << tries.min(6))).await;
                }
                Err(Failure::Error(error)) => return Err(standby::explain(error).into()),
                outcome => return outcome,
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

/// Step 1: connect, climb the guard ladder, take the run lock, clear up after a crash.
async fn prepare<'a>(options: &'a Options, observer: &'a dyn Observer, run: &str) -> Result<Stage<'a>> {
    observer.step(Step::Connect);
    let application = leftover::application(run);
    let source = options.source.with_application_name(&application);
    let target = options.target.with_application_name(&application);
    let maintenance = target.with_database(&options.maintenance_database);
    let reader = Session::open(source.connect(Kind::Source).await?, Side::Source).await?;
    let admin = Session::open(maintenance.connect(Kind::Target).await?, Side::Target).await?;
    let renamer = Session::open(maintenance.connect(Kind::Target).await?, Side::Target).await?;
    let holder = Session::open(maintenance.connect(Kind::Target).await?, Side::Target).await?;
    reach(Point::Connected).await;
    if target.database() == options.maintenance_database {
        return Err(Error::new(Kind::Guard, "the target is its server's maintenance database")
            .help("give `--target` another database, or name another one with `--maintenance-db`"));
    }
    if target.database().len() > 63 {
        return Err(Error::usage("the target's name is longer than the 63 bytes PostgreSQL keeps of a name"));
    }
    if matches!(target.database(), "template0" | "template1") {
        return Err(Error::new(Kind::Guard, "the target is a template of its server")
            .help("give `--target` the URL of staging"));
    }
    let old = options.guard.check(&reader, &admin, &target).await?;
    if old.is_none() {
        observer.notice(&format!("there is no database `{}` yet: it will be made", target.database()));
    }
    publish::check_rights(&admin, old.as_ref()).await?;
    reach(Point::Guarded).await;
    let lock = RunLock::take(holder, target.database(), options.lock_wait).await?;
    reach(Point::Locked).await;
    for name in Build::sweep(&admin, target.database()).await? {
        observer.notice(&format!("dropped `{name}`, which a run left behind that did not end well"));
        let ended = leftover::end(&reader, publish::run_of(&name)).await?;
        if ended > 0 {
            let s = if ended == 1 { "" } else { "s" };
            observer.notice(&format!("ended {ended} session{s} of that run on the source"));
        }
    }
    // While the lock was not ours another run may have published.
    let now = publish::find(&admin, target.database()).await?;
    let old = if now == old { old } else { options.guard.check(&reader, &admin, &target).await? };
    reach(Point::Swept).await;
    let (source_major, target_major) = (major(&reader).await?, major(&admin).await?);
    if target_major < source_major {
        return Err(Error::new(
            Kind::Target,
            format!("the target's PostgreSQL {target_major} is older than the source's {source_major}"),
        )
        .help("staging must run the same major version as production, or a newer one"));
    }
    let template = match &options.template {
        Some(name) => {
            let url = target.with_database(name);
            Some(Session::open(url.connect(Kind::Target).await?, Side::Target).await?)
        }
        None => None,
    };
    let mut notices = parity::preflight(&reader, &admin, template.as_ref()).await?;
    let tools = Tools::find()?.require_at_least(source_major)?;
    notices.extend(clients::warn(&tools, &reader).await?);
    for notice in &notices {
        observer.notice(notice);
    }
    let place = Place::of(&reader).await?;
    let locking = lock_table::look(&reader, options.jobs).await?;
    Ok(Stage {
        options,
        observer,
        run: run.to_owned(),
        source,
        place,
        admin,
        renamer,
        lock,
        old,
        tools,
        source_major,
        target_major,
        locking,
        notices,
    })
}

/// Steps 2 to 10, in one snapshot.
async fn attempt(stage: &Stage<'_>) -> Result<Report, Failure> {
    let options = stage.options;
    let mut account = Account::begin(stage.observer, stage.notices.clone());
    account.step(Step::Snapshot);
    let watcher = Session::open(stage.source.connect(Kind::Source).await?, Side::Source).await?;
    let stall = options.budget.stall;
    let snapshot = tokio::select! {
        taken = Snapshot::take(&stage.source, options.budget.max_blocked) => taken?,
        error = pulse(&watcher, "taking the snapshot", stall) => return Err(error.into()),
    };
    reach(Point::SnapshotExported).await;
    snapshot.place().same_server(&stage.place)?;
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
        Err(failure) => {
            if let Some(build) = begun {
                Box::pin(discard::discard(stage, &build)).await;
            }
            Err(failure)
        }
    }
}

/// What is in the build once the source is no longer needed.
struct Copied {
    plan: Plan,
    rules: CheckedRules,
    build: Build,
    build_url: Url,
    /// The build, for sessions that make indexes.
    maker: Url,
    taken_at: String,
    archive: Arc<SchemaArchive>,
    indexing: Indexing,
    inventory: Inventory,
    volume: Volume,
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
    for number in 0..options.jobs {
        lanes.push(Lane::start(
            number,
            stage.source.clone(),
            snapshot.ticket(stage.locking),
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
    check_roles(options, snapshot.session()).await?;
    let (plan, rules) = decide(options, schema, snapshot.session()).await?;
    check_readable(&plan)?;
    uncarried::refuse(snapshot.session()).await?;
    source::check_conditions(snapshot.session(), &plan).await?;
    source::check_exact(snapshot.session(), &plan).await?;
    account.warn(rules.warnings());
    let access = Access::read(snapshot.session()).await?.for_target(&Wish {
        owners: options.owners,
        privileges: options.privileges,
        roles: options.rules.roles(),
    });
    let loader = Loader::prepare(&stage.admin, &access).await?;
    let filled = filled(&plan);
    let volume = volume::measure(snapshot.session(), &filled).await?;
    let indexes = indexes::read(snapshot.session(), &filled).await?;
    account.need(volume);
    reach(Point::PlanMade).await;

    account.step(Step::Schema);
    let wait = options.budget.max_blocked;
    // A target that can't hold such a database says so before anything of the schema is read.
    let target = options.target.database();
    let template = options.template.as_deref();
    *begun = Some(Build::name_of(target, &stage.run));
    let made = Build::create(&stage.admin, snapshot.session(), target, &stage.run, template).await?;
    let (major, id) = (stage.target_major, snapshot.id());
    let archive = SchemaArchive::dump(&stage.tools, &stage.source, major, id, wait, comments).await?;
    snapshot.check_unchanged().await?;
    reach(Point::SchemaDumped).await;
    let application = leftover::application(&stage.run);
    let build_url = options.target.with_application_name(&application).with_database(&made.name);
    loader.make_roles(&stage.admin).await?;
    reach(Point::RolesMade).await;
    let there = access::roles(&stage.admin).await?;
    let problems = source::check_named(snapshot.session(), &plan, Some(&there)).await?;
    if !problems.is_empty() {
        return Err(Failure::Rules(problems));
    }
    archive.restore_pre_data(&build_url).await?;
    reach(Point::PreDataMade).await;
    let session = Session::open(build_url.connect(Kind::Target).await?, Side::Target).await?;
    sink::loosen(&session, &plan).await?;
    say_column_orders(snapshot.session(), &session, account).await?;
    sink::make_room(&session, &plan).await?;
    reach(Point::RoomMade).await;

    account.step(Step::Stream);
    let granted = Maintenance::choose(&session, options.jobs).await?;
    let site = Site {
        plan: plan.tables.clone(),
        archive: Arc::new(archive),
        maker: build_url.with_options(&granted.options()),
        build: build_url,
        progress: Arc::new(Progress::new(&plan)),
        timeline: Arc::clone(&account.timeline),
        lanes: options.jobs,
    };
    let streaming = Streaming { plan: &plan, build: &session, site: &site, indexes: &indexes };
    let (indexing, carried) = Box::pin(streaming.run(stage, snapshot, &mut lanes, account)).await?;
    reach(Point::RowsDone).await;
    snapshot.check_held().await?;
    Ok(Copied {
        plan,
        rules,
        build: made,
        build_url: site.build,
        maker: site.maker,
        taken_at: snapshot.taken_at().to_owned(),
        archive: site.archive,
        indexing,
        inventory,
        volume,
        access,
        loader,
        left_out,
        carried,
        progress: site.progress,
    })
}

/// The tables whose rows travel, as the source numbers them.
fn filled(plan: &Plan) -> Vec<u32> {
    let filled = plan.tables.iter().filter(|table| !table.is_empty() && !matches!(table.rows, Rows::None));
    filled.filter_map(|table| plan.schema.table(table.table)).map(|table| table.oid).collect()
}

/// Roles that `[roles]` names and the source lacks are mistakes.
async fn check_roles(options: &Options, session: &Session) -> Result<(), Failure> {
    let problems = options.rules.check_roles(&access::roles(session).await?);
    if problems.is_empty() { Ok(()) } else { Err(Failure::Rules(problems)) }
}

/// Step 4: the rules against the schema, every problem at once.
async fn decide(
    options: &Options,
    mut schema: Schema,
    session: &Session,
) -> Result<(Plan, CheckedRules), Failure> {
    let mut rules = rules::check(&options.rules, &mut schema).map_err(Failure::Rules)?;
    let kept: Vec<_> = rules.kept().iter().map(|kept| kept.column).collect();
    rules.look_at(&schema, &statistics::sample(session, &schema, &kept).await?);
    let frequencies = frequency::read(session, &schema, &rules.sampled(&schema)).await?;
    let plan = Plan::new(schema, &rules, &options.secret, &frequencies, None).map_err(Failure::Rules)?;
    let problems = source::check_letters(session, &plan).await?;
    if !problems.is_empty() {
        return Err(Failure::Rules(problems));
    }
    if options.strict && !rules.warnings().is_empty() {
        return Err(Failure::Rules(rules.warnings().to_vec()));
    }
    Ok((plan, rules))
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

/// Rows that row security would hide are never silently left out.
fn check_readable(plan: &Plan) -> Result<()> {
    for table in plan.tables.iter().filter(|table| !table.is_empty()) {
        if plan.schema.table(table.table).is_some_and(|t| t.row_security) {
            return Err(Error::new(
                Kind::Source,
                format!("row security hides rows of `{}` from the reading role", table.name),
            )
            .help("give the role BYPASSRLS, or leave the table's rows out with `[rows]`"));
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
        copied_disks: old_marker.is_some_and(|marker| marker.copied_disks),
        ..copied.build.marker.clone()
    };
    let (old, keep, wait) = (stage.old.as_ref(), options.keep, options.publish_wait);
    let published =
        publish::publish(&stage.renamer, &stage.admin, &copied.build, old, &finished, keep, wait).await?;
    if let Some(error) = &published.left {
        account.note(format!("the copy is published, but an older generation could not be dropped: {error}"));
    }
    Ok(published)
}

/// Steps 8 and 9: keys, views, statistics, and a look at all of it.
async fn complete(stage: &Stage<'_>, copied: &mut Copied, account: &mut Account<'_>) -> Result<()> {
    let options = stage.options;
    let session = Session::open(copied.build_url.connect(Kind::Target).await?, Side::Target).await?;
    account.step(Step::Finish);
    sink::remake(&session, &copied.plan).await?;
    reach(Point::Remade).await;
    copied.indexing.finish().await?;
    let began = Instant::now();
    copied.archive.make_keys(&copied.maker, options.jobs).await?;
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
    copied.archive.restore_comments(&copied.build_url).await?;
    copied.access.clone().close(&session).await?;
    reach(Point::Closed).await;
    if options.verify == Verify::Full {
        let build = inventory::read(&session).await?;
        let exact = stage.source_major == stage.target_major;
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
        let session = Session::open(copied.build_url.connect(Kind::Target).await?, Side::Target).await?;
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
    futures_util::future::try_join_all((0..stage.options.jobs).map(|_| work())).await?;
    Ok(())
}

async fn major(session: &Session) -> Result<u32> {
    let sql = "SELECT current_setting('server_version_num')::int / 10000";
    let row = session.one("reading the version", sql, &[]).await?;
    Ok(u32::try_from(row.get::<_, i32>(0)).unwrap_or(0))
}

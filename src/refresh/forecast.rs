//! A refresh that is not done: what it would find, refuse, copy and take.
//!
//! It goes the way of a refresh until the build would be made, by the same functions, and ends with the
//! same errors. Nothing is written: no run lock, no sweep, no role, no build. On the source there
//! is one read-only transaction, watched over like a run's, that ends when the catalog is read; what it
//! looks at it has locked until then, against nobody but who wants a table for himself. Nothing is waited for
//! longer than `--max-blocked`.

mod gather;
mod model;

pub(super) use gather::{Gathered, gather};
pub(super) use model::Load;

use super::account::Account;
use super::again::Tries;
use super::prepare::{Footing, Sides, look};
use super::{Failure, Observer, Options, Step, Way, ground, silence};
use crate::error::{Error, Kind, Result};
use crate::plan::{LargeObjects, Plan};
use crate::postgres::access::Loader;
use crate::postgres::place::Place;
use crate::postgres::readable;
use crate::postgres::session::{Session, Side};
use crate::postgres::watch::{self, Toll};
use crate::postgres::{catalog, connections, disk, left_out, leftover, pressure, weight};
use crate::publish::{self, Database, Replaced, State, Status, Took};
use crate::report::{Demand, Forecast, Kept, LargeObjectsEstimate, Need};
use crate::rules::CheckedRules;
use crate::source::{self, Purpose};

/// Forecasts a refresh with these options. `interrupted` resolves when a signal asks for the end.
///
/// # Errors
/// What the refresh would end with before its build is made.
pub async fn forecast(
    options: &Options,
    observer: &dyn Observer,
    interrupted: impl Future<Output = Error>,
) -> Result<Forecast, Failure> {
    let run = publish::new_run()?;
    let work = async {
        let mut tries = Tries::new(options, observer);
        loop {
            let mut account = Account::begin(observer, Vec::new());
            account.step(Step::Connect);
            let outcome = tokio::select! {
                outcome = Box::pin(foresee(options, observer, &run, &mut account)) => outcome,
                error = silence::fallen(options) => Err(error.into()),
            };
            match outcome {
                Ok(forecast) => return Ok(forecast),
                Err(failure) => tries.after(failure, account.at()).await?,
            }
        }
    };
    tokio::select! {
        outcome = work => outcome,
        error = interrupted => Err(error.into()),
    }
}

/// What was found on both sides before the catalog is read.
struct Scene<'a> {
    options: &'a Options,
    sides: Sides,
    old: Option<Database>,
    status: Status,
    replaced: Option<Replaced>,
    footing: Footing,
}

async fn foresee(
    options: &Options,
    observer: &dyn Observer,
    run: &str,
    account: &mut Account<'_>,
) -> Result<Forecast, Failure> {
    let sides = Sides::connect(options, run).await?;
    let old = sides.guard(options, observer).await?;
    let status = Status::read(&sides.admin, options.target.database()).await?;
    let own = sides.own(options).await?;
    let replaced = match &own {
        Some(own) => Some(ground::look(options, observer, [&sides.reader, own], run).await?),
        None => None,
    };
    // Open is, beside the one that is asked, the one that listens for silence.
    let footing = look(options, observer, &sides, own.as_ref(), 1).await?;
    let watcher = Session::open(sides.source.connect(Kind::Source).await?, Side::Source).await?;
    footing.place.beside(&Place::of(&watcher).await?)?;
    account.keep(&footing.notices);
    account.step(Step::Plan);
    for notice in expected(&status, &watcher).await? {
        account.note(notice);
    }
    let scene = Scene { options, sides, old, status, replaced, footing };
    let (application, toll) = (leftover::application(run), Toll::default());
    tokio::select! {
        outcome = scene.read(account) => outcome,
        error = watch::watch(&watcher, &application, options.budget, &toll) => Err(error.into()),
    }
}

/// What a refresh would meet at once: another run, what dead runs left, tables that are held.
async fn expected(status: &Status, source: &Session) -> Result<Vec<String>> {
    let mut notices = Vec::new();
    if let Some(holder) = &status.lock {
        notices.push(format!(
            "the target is busy with {holder}: a refresh would wait for it as long as `--lock-wait` says"
        ));
    }
    let left: Vec<_> = status.unfinished.iter().filter(|one| !one.is_at_work).collect();
    if !left.is_empty() {
        let names: Vec<_> = left.iter().map(|one| format!("`{}`", one.database)).collect();
        notices.push(format!(
            "a refresh would first drop {}, which runs left behind that did not end well",
            names.join(", ")
        ));
    }
    let locked = pressure::look(source).await?.locked;
    if !locked.is_empty() {
        let names: Vec<_> = locked.iter().map(|name| format!("`{name}`")).collect();
        notices.push(format!(
            "somebody has or wants {} for himself now: a refresh would wait behind him",
            names.join(", ")
        ));
    }
    Ok(notices)
}

impl Scene<'_> {
    /// Reads the source's catalog in one transaction and says what would follow.
    async fn read(&self, account: &mut Account<'_>) -> Result<Forecast, Failure> {
        let (options, reader, admin) = (self.options, &self.sides.reader, &self.sides.admin);
        let lack = readable::look(reader).await?;
        lack.refuse(&lack.sentences())?;
        let wait = format!("SET lock_timeout = {}", options.budget.max_blocked.as_millis().max(1));
        reader.run("setting the lock timeout", &wait).await?;
        reader.run("opening a transaction", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
        let schema = catalog::read(reader).await?;
        let access = ground::access(options, self.replaced.as_ref(), reader).await?;
        let there = ground::roles(admin, &access).await?;
        let purpose = Purpose::Carry(&there);
        let (plan, rules) = source::decide(reader, schema, &options.rules, &options.secret, purpose).await?;
        options.refuse_warnings(&rules)?;
        ground::check_large_objects(options, &plan)?;
        if !matches!(plan.large_objects, LargeObjects::None) {
            lack.refuse(lack.large_objects().as_slice())?;
        }
        account.warn(rules.warnings());
        let loader = Loader::prepare(admin, &access).await?;
        let gathered = gather(reader, options, &plan).await?;
        let objects = match plan.large_objects {
            LargeObjects::None => 0,
            _ => left_out::count_large_objects(reader).await?,
        };
        reader.run("ending the transaction", "ROLLBACK").await?;
        let disk = self.disk(&gathered).await?;
        if let Some(said) = disk.shortage() {
            account.note(said);
        }
        let notices = account.notices.clone();
        Ok(Forecast { notices, ..self.tell(&plan, &rules, &loader, gathered, objects, disk) })
    }

    fn tell(
        &self,
        plan: &Plan,
        rules: &CheckedRules,
        loader: &Loader,
        gathered: Gathered,
        objects: u64,
        disk: Need,
    ) -> Forecast {
        let (options, lanes) = (self.options, self.options.lanes());
        let load = &gathered.load;
        let asked = |side, locks| Demand { connections: connections::of_a_run(side, lanes), locks };
        Forecast {
            masque: env!("CARGO_PKG_VERSION"),
            source: options.source.to_string(),
            target: options.target.to_string(),
            dry_run: true,
            in_place: options.publish == Way::InPlace,
            rules: rules.digest().to_owned(),
            lanes,
            rows: gathered.tables.iter().map(|table| table.rows).sum(),
            wire_bytes: gather::whole(load.bytes),
            masked_values: gather::whole(load.values),
            disk,
            source_load: asked(Side::Source, Some(self.footing.locks.most)),
            target_load: asked(Side::Target, None),
            time: load.time(self.before()),
            large_objects: (!matches!(plan.large_objects, LargeObjects::None)).then(|| {
                LargeObjectsEstimate {
                    count: objects,
                    bytes: gathered.objects,
                    treatment: plan.large_objects.word(),
                }
            }),
            tables: gathered.tables,
            not_read: super::account::not_read(plan),
            roles: loader.without_login(),
            notices: Vec::new(),
        }
    }

    /// How long the refresh took that is served now, and when it was published.
    fn before(&self) -> Option<(Took, &str)> {
        let marker = self.old.as_ref()?.marker.as_ref()?;
        let is_alike = marker.state == State::Published && marker.in_place == self.replaced.is_some();
        marker.took.filter(|_| is_alike).map(|took| (took, marker.at.as_str()))
    }

    async fn disk(&self, gathered: &Gathered) -> Result<Need> {
        let (options, admin) = (self.options, &self.sides.admin);
        let in_place = self.replaced.is_some();
        let target = options.target.database();
        let replaced = |is_dropped| if is_dropped { Fate::Dropped } else { Fate::Stays };
        let mut there: Vec<(&str, Fate)> = Vec::new();
        if self.old.is_some() {
            there.push((target, replaced(in_place || options.keep == 0)));
        }
        for (place, kept) in self.status.kept.iter().enumerate() {
            let is_too_many = place + usize::from(self.old.is_some()) >= options.keep;
            there.push((&kept.database, replaced(!in_place && is_too_many)));
        }
        for left in self.status.unfinished.iter().filter(|left| !left.is_at_work) {
            there.push((&left.database, Fate::Swept));
        }
        let names: Vec<&str> = there.iter().map(|(name, _)| *name).collect();
        let (sizes, empty) = weight::databases(admin, &names, options.template.as_deref()).await?;
        let mut need = Need {
            build_bytes: 0,
            table_bytes: gathered.tables.iter().map(|table| table.table_bytes).sum::<u64>()
                + gathered.views
                + gathered.objects,
            index_bytes: gathered.tables.iter().map(|table| table.index_bytes).sum(),
            base_bytes: if in_place { 0 } else { empty.unwrap_or(EMPTY) },
            now: Vec::new(),
            dropped_bytes: 0,
            swept_bytes: 0,
            free_bytes: None,
        };
        for (name, fate) in there {
            let Some(bytes) = sizes.get(name).copied() else { continue };
            let is_dropped = fate != Fate::Stays;
            need.dropped_bytes += if is_dropped { bytes } else { 0 };
            need.swept_bytes += if fate == Fate::Swept { bytes } else { 0 };
            need.now.push(Kept { database: name.to_owned(), bytes, is_dropped });
        }
        need.build_bytes = need.table_bytes + need.index_bytes + need.base_bytes;
        let maintenance = options.target.with_database(&options.maintenance_database);
        need.free_bytes = disk::free(admin, &maintenance).await?;
        Ok(need)
    }
}

/// What becomes of a database that lies there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Stays,
    /// When the new data is published.
    Dropped,
    /// Before the build is made.
    Swept,
}

/// What a database takes that holds nothing, where the role may not ask.
const EMPTY: u64 = 7_500_000;

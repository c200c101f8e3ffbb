//! Step 1: both sides, met, allowed and looked at.
//!
//! A refresh and its dry run go the same way here, in three parts. [`Sides::connect`],
//! [`Sides::guard`] and [`look`] write nothing. What a refresh does between them, taking the run lock and clearing up
//! after a crash, is [`prepare`]'s.

use super::{Observer, Options, Step, Way, ground};
use crate::error::{Error, Kind, Result};
use crate::parity;
use crate::point::{Point, reach};
use crate::postgres::binaries::Tools;
use crate::postgres::lock_table::{self, Locks};
use crate::postgres::place::Place;
use crate::postgres::session::{Session, Side};
use crate::postgres::url::Url;
use crate::postgres::{archive, clients, connections, leftover};
use crate::publish::{self, Build, Database, Replaced, RunLock};

/// Both sides, ready, under the run lock.
pub(super) struct Stage<'a> {
    pub(super) options: &'a Options,
    pub(super) observer: &'a dyn Observer,
    pub(super) run: String,
    pub(super) source: Url,
    pub(super) admin: Session,
    pub(super) renamer: Session,
    pub(super) lock: RunLock,
    pub(super) old: Option<Database>,
    /// What a refresh in place replaces.
    pub(super) replaced: Option<Replaced>,
    pub(super) footing: Footing,
}

impl Stage<'_> {
    /// A database of the target's server, for sessions of this run.
    pub(super) fn url_of(&self, database: &str) -> Url {
        self.options.target.with_application_name(&leftover::application(&self.run)).with_database(database)
    }
}

/// What both servers are, as far as a run must know.
pub(super) struct Footing {
    /// Where the source answered first: all later sessions must be there too.
    pub(super) place: Place,
    pub(super) tools: Tools,
    pub(super) source_major: u32,
    pub(super) target_major: u32,
    pub(super) locks: Locks,
    /// What was found out of both servers and deserves to be said.
    pub(super) notices: Vec<String>,
}

/// A session on each side.
pub(super) struct Sides {
    pub(super) source: Url,
    pub(super) target: Url,
    pub(super) reader: Session,
    pub(super) admin: Session,
}

impl Sides {
    pub(super) async fn connect(options: &Options, run: &str) -> Result<Self> {
        let application = leftover::application(run);
        let source = options.source.with_application_name(&application);
        let target = options.target.with_application_name(&application);
        let reader = Session::open(source.connect(Kind::Source).await?, Side::Source).await?;
        let admin = maintenance(&target, options).await?;
        Ok(Self { source, target, reader, admin })
    }

    /// A session in the target's own database, where it is refreshed in place.
    pub(super) async fn own(&self, options: &Options) -> Result<Option<Session>> {
        if options.publish != Way::InPlace {
            return Ok(None);
        }
        Session::open(self.target.connect(Kind::Target).await?, Side::Target).await.map(Some)
    }

    /// Climbs the guard ladder. Gives the target as it stands, where it does.
    pub(super) async fn guard(&self, options: &Options, observer: &dyn Observer) -> Result<Option<Database>> {
        let (target, in_place) = (&self.target, options.publish == Way::InPlace);
        // In place no other database is made, so the target may be the one that such work is done from.
        let maintenance = (!in_place).then_some(options.maintenance_database.as_str());
        publish::check_name(target.database(), maintenance)?;
        let old = options.guard.check(&self.reader, &self.admin, target).await?;
        if in_place && old.is_none() {
            return Err(Error::new(Kind::Guard, format!("there is no database `{}` yet", target.database()))
                .help("`--publish in-place` makes none: have it made with the source's encoding and locale, owned by the loading role"));
        } else if old.is_none() {
            observer.notice(&format!("there is no database `{}` yet: it will be made", target.database()));
        }
        match &old {
            Some(old) if in_place => publish::check_owner(&self.admin, old).await?,
            old => publish::check_rights(&self.admin, old.as_ref()).await?,
        }
        Ok(old)
    }
}

/// A session in the target's maintenance database.
async fn maintenance(target: &Url, options: &Options) -> Result<Session> {
    let maintenance = target.with_database(&options.maintenance_database);
    Session::open(maintenance.connect(Kind::Target).await?, Side::Target).await
}

/// Looks at both servers: versions, parity, tools, connections, locks. `own` is a session in the target's own
/// database, in place; `open` is how many sessions the target has of this run beside the one that is asked.
pub(super) async fn look(
    options: &Options,
    observer: &dyn Observer,
    sides: &Sides,
    own: Option<&Session>,
    open: usize,
) -> Result<Footing> {
    let Sides { target, reader, admin, .. } = sides;
    let (source_major, target_major) = (reader.major().await?, admin.major().await?);
    parity::check_versions(source_major, target_major)?;
    let template = match &options.template {
        Some(name) => {
            let url = target.with_database(name);
            Some(Session::open(url.connect(Kind::Target).await?, Side::Target).await?)
        }
        None => None,
    };
    let mut notices = match own {
        Some(own) => parity::preflight_in_place(reader, own).await?,
        None => parity::preflight(reader, admin, template.as_ref()).await?,
    };
    let tools = Tools::find()?.require_at_least(source_major)?;
    // In place no tool goes to the target.
    archive::check(&tools, &sides.source, own.is_none().then_some(target))?;
    notices.extend(clients::warn(&tools, reader).await?);
    notices.extend(connections::shortage(reader, options.lanes(), 1).await?);
    notices.extend(connections::shortage(admin, options.lanes(), open).await?);
    for notice in &notices {
        observer.notice(notice);
    }
    let place = Place::of(reader).await?;
    let locks = lock_table::look(reader, options.lanes()).await?;
    Ok(Footing { place, tools, source_major, target_major, locks, notices })
}

/// Connects, climbs the guard ladder, takes the run lock, clears up after a crash, and looks.
pub(super) async fn prepare<'a>(
    options: &'a Options,
    observer: &'a dyn Observer,
    run: &str,
    is_first: bool,
) -> Result<Stage<'a>> {
    observer.step(Step::Connect);
    let sides = Sides::connect(options, run).await?;
    let (reader, admin, target) = (&sides.reader, &sides.admin, sides.target.database());
    if !is_first {
        // A server may not have noticed yet that it lost the attempt before, and keep its locks.
        leftover::end(reader, run).await?;
        leftover::end(admin, run).await?;
    }
    let renamer = maintenance(&sides.target, options).await?;
    let holder = maintenance(&sides.target, options).await?;
    reach(Point::Connected).await;
    let old = sides.guard(options, observer).await?;
    reach(Point::Guarded).await;
    let lock = RunLock::take(holder, target, options.lock_wait).await?;
    reach(Point::Locked).await;
    archive::sweep();
    for name in Build::sweep(admin, target).await? {
        observer.notice(&format!("dropped `{name}`, which a run left behind that did not end well"));
        let ended = leftover::end(reader, publish::run_of(&name)).await?;
        if ended > 0 {
            let s = if ended == 1 { "" } else { "s" };
            observer.notice(&format!("ended {ended} session{s} of that run on the source"));
        }
    }
    // While the lock was not ours another run may have published.
    let now = publish::find(admin, target).await?;
    let old = if now == old { old } else { options.guard.check(reader, admin, &sides.target).await? };
    let own = sides.own(options).await?;
    let replaced = match &own {
        Some(own) => {
            ground::end_dead(observer, [reader, own], run).await?;
            Some(ground::look(options, observer, [reader, own], run).await?)
        }
        None => None,
    };
    reach(Point::Swept).await;
    // Open are, beside the one that is asked: two of the three on the target, and on each side the one that
    // listens for silence, which ends with the preparation.
    let footing = look(options, observer, &sides, own.as_ref(), 3).await?;
    let Sides { source, admin, .. } = sides;
    Ok(Stage { options, observer, run: run.to_owned(), source, admin, renamer, lock, old, replaced, footing })
}

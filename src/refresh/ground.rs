//! Where the new data is made: in a build beside the target, or within the target's own
//! database, in a transaction that stays open until everything is there.

use super::{Copied, Observer, Options, Stage, Way};
use crate::error::{Error, Kind, Result};
use crate::plan::{LargeObjects, Plan};
use crate::postgres::access::{self, Access, Wish};
use crate::postgres::archive::{self, SchemaArchive};
use crate::postgres::indexes::Entry;
use crate::postgres::maintenance::Maintenance;
use crate::postgres::session::{Session, Side};
use crate::postgres::url::Url;
use crate::postgres::{leftover, lock_table};
use crate::publish::{self, Build, Marker, Published, Replaced};
use crate::report;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

/// The place, and how to get there.
#[derive(Clone)]
pub(super) struct Ground {
    pub(super) url: Url,
    /// The build, for sessions that make indexes.
    pub(super) maker: Url,
    within: Option<Within>,
}

#[derive(Clone)]
struct Within {
    session: Arc<Session>,
    replaced: Arc<Replaced>,
    began: Instant,
}

/// Makes the build; in place it is the target itself. `begun` is the build's name from the moment it may exist.
pub(super) async fn make(stage: &Stage<'_>, source: &Session, begun: &mut Option<String>) -> Result<Build> {
    let (target, template) = (stage.options.target.database(), stage.options.template.as_deref());
    if let (Some(old), true) = (&stage.old, stage.replaced.is_some()) {
        return Ok(Build::within(old, &stage.run));
    }
    *begun = Some(Build::name_of(target, &stage.run));
    Build::create(&stage.admin, source, target, &stage.run, template).await
}

/// The access that the copy shall have.
pub(super) async fn access(
    options: &Options,
    replaced: Option<&Replaced>,
    source: &Session,
) -> Result<Access> {
    let access = Access::read(source).await?.for_target(&Wish {
        owners: options.owners,
        privileges: options.privileges,
        roles: options.rules.roles(),
    });
    Ok(match replaced {
        Some(replaced) => access.without_schemas(replaced.kept()),
        None => access,
    })
}

/// The roles that the target will have when rows arrive: those that are missing are made.
pub(super) async fn roles(admin: &Session, access: &Access) -> Result<Vec<String>> {
    let mut roles = access::roles(admin).await?;
    roles.extend(access.roles().into_iter().map(ToOwned::to_owned));
    Ok(roles)
}

impl Ground {
    /// Goes there. In place the transaction begins here, and the old schemas are set aside: those that
    /// are there now, because the guard's look is as old as the snapshot, or as the attempt before.
    pub(super) async fn open(stage: &Stage<'_>, build: &Build, source: &Session) -> Result<Self> {
        let url = stage.url_of(&build.name);
        let (Some(seen), Some(old)) = (&stage.replaced, &stage.old) else {
            return Ok(Self { maker: url.clone(), url, within: None });
        };
        let session = Arc::new(Session::open(url.connect(Kind::Target).await?, Side::Target).await?);
        // It came here by a name, and names can be given to others.
        old.check_entered(&session).await?;
        let replaced = Arc::new(Replaced::look(source, &session, &stage.run).await?);
        if replaced.kept() != seen.kept() {
            // What is carried of owners and privileges was chosen by them.
            return Err(Error::new(
                Kind::Guard,
                "the schemas of the target's extensions changed while the run was at work",
            )
            .help("run again"));
        }
        // PostgreSQL 17; older servers know no such limit.
        session.run("preparing the transaction", "SET transaction_timeout = 0").await.ok();
        replaced.set_aside(&session).await?;
        let within = Within { session, replaced, began: Instant::now() };
        Ok(Self { maker: url.clone(), url, within: Some(within) })
    }

    /// A session for what only the target is needed for; in place always the same.
    pub(super) async fn session(&self) -> Result<Arc<Session>> {
        match &self.within {
            Some(within) => Ok(Arc::clone(&within.session)),
            None => Ok(Arc::new(Session::open(self.url.connect(Kind::Target).await?, Side::Target).await?)),
        }
    }

    /// The session that the only lane writes with, in place.
    pub(super) fn writer(&self) -> Option<Arc<Session>> {
        self.within.as_ref().map(|within| Arc::clone(&within.session))
    }

    /// Lets whatever makes indexes have as much of the server as was chosen for it.
    pub(super) async fn granting(self, granted: Maintenance) -> Result<Self> {
        if let Some(within) = &self.within {
            within.session.run("preparing to make indexes", &granted.statements()).await?;
        }
        Ok(Self { maker: self.url.with_options(&granted.options()), ..self })
    }

    /// Whether it is the target's own database.
    pub(super) fn is_within(&self) -> bool {
        self.within.is_some()
    }

    /// Makes what must be there before the rows.
    pub(super) async fn make_pre_data(&self, archive: &SchemaArchive) -> Result<()> {
        match &self.within {
            Some(within) => archive.run_pre_data(&within.session, within.replaced.kept()).await,
            None => archive.restore_pre_data(&self.url).await,
        }
    }

    /// Makes all indexes and constraints but those that are `made`.
    pub(super) async fn make_rest(
        &self,
        archive: &SchemaArchive,
        made: &BTreeSet<Entry>,
        lanes: usize,
    ) -> Result<()> {
        match &self.within {
            Some(within) => archive.run_rest(&within.session).await,
            None => archive.make_rest(made, &self.maker, lanes).await,
        }
    }

    /// Makes what needs the indexes.
    pub(super) async fn make_keys(&self, archive: &SchemaArchive, lanes: usize) -> Result<()> {
        match &self.within {
            Some(within) => archive.run_keys(&within.session).await,
            None => archive.make_keys(&self.maker, lanes).await,
        }
    }

    /// Makes the comments that are kept.
    pub(super) async fn make_comments(&self, archive: &SchemaArchive) -> Result<()> {
        match &self.within {
            Some(within) => archive.run_comments(&within.session).await,
            None => archive.restore_comments(&self.url).await,
        }
    }

    /// Makes what is there the target's data.
    pub(super) async fn publish(
        &self,
        stage: &Stage<'_>,
        copied: &Copied,
        finished: &Marker,
    ) -> Result<Published> {
        let Options { keep, publish_wait, .. } = *stage.options;
        if let Some(Within { session, replaced, .. }) = &self.within {
            return replaced.publish(session, &stage.admin, finished, publish_wait).await;
        }
        let (renamer, admin, old) = (&stage.renamer, &stage.admin, stage.old.as_ref());
        publish::publish(renamer, admin, &copied.build, old, finished, keep, publish_wait).await
    }

    /// What the way of publishing has cost, where there is something to say.
    pub(super) fn cost(&self, copied: &Copied) -> Option<String> {
        let within = self.within.as_ref()?;
        Some(format!(
            "published in place: one connection loaded, for {:.1} s vacuum could remove nothing in the target's database, \
             old and new data lay on its disk together ({} new), and no generation is kept to go back to",
            within.began.elapsed().as_secs_f64(),
            report::bytes(copied.volume.tables + copied.volume.indexes)
        ))
    }
}

/// Ends what dead runs left on a target that is refreshed in place.
pub(super) async fn end_dead(
    observer: &dyn Observer,
    [source, target]: [&Session; 2],
    run: &str,
) -> Result<()> {
    for dead in leftover::end_others(target, run).await? {
        let ended = leftover::end(source, &dead).await?;
        observer.notice(&format!(
            "ended the sessions of the run `{dead}`, which did not end well{}",
            if ended > 0 { ", on the source too" } else { "" }
        ));
    }
    Ok(())
}

/// Looks whether the target can be refreshed in place at all.
pub(super) async fn look(
    options: &Options,
    observer: &dyn Observer,
    [source, target]: [&Session; 2],
    run: &str,
) -> Result<Replaced> {
    let replaced = Replaced::look(source, target, run).await?;
    lock_table::look_for_replacing(source, target).await?;
    for schema in &replaced.left {
        observer.notice(&format!(
            "the schema `{schema}` of `{}` is another role's and not on the source: it stays as it is",
            options.target.database()
        ));
    }
    Ok(replaced)
}

/// Large objects belong to the database, so that old and new can't lie side by side.
pub(super) fn check_large_objects(options: &Options, plan: &Plan) -> Result<()> {
    if options.publish == Way::Swap || matches!(plan.large_objects, LargeObjects::None) {
        return Ok(());
    }
    Err(Error::new(
        Kind::Guard,
        "large objects can't be refreshed in place: they belong to the database and not to a schema",
    )
    .help("leave them out with `large_objects = \"none\"` in the rules, or use `--publish swap`"))
}

/// How the schema is read: in place its text passes through our hands, so it comes as UTF-8, with
/// literals that are written in one way.
pub(super) fn dumped(stage: &Stage<'_>) -> Url {
    match &stage.replaced {
        Some(_) => stage.source.with_options(archive::PLAIN),
        None => stage.source.clone(),
    }
}

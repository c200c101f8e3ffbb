//! Publishing: one transaction, two renames.
//!
//! A rename needs the database free of sessions. It waits some seconds for them
//! while new logins queue, and meanwhile a second connection ends those that are
//! there. No state in between is closed: either the old database has the name or
//! the new one.

use super::beside;
use super::build::{Build, drop_database};
use super::carry::carry_over;
use super::marker::{self, Database, Marker, State};
use crate::error::{Error, Result};
use crate::point::{Point, reach};
use crate::postgres::session::Session;
use crate::schema::identifier;
use std::fmt::Write;
use std::time::{Duration, Instant};

/// What publishing did.
#[derive(Debug)]
pub struct Published {
    /// The name the old database was kept under, if there was one.
    pub kept: Option<String>,
    /// Older generations that were dropped.
    pub dropped: Vec<String>,
    /// Why older generations are left: no reason to say that nothing was published.
    pub left: Option<Error>,
    /// How long the transaction took.
    pub took: Duration,
}

/// Makes the build the target. `renamer` and `admin` are two sessions in the
/// maintenance database; `keep` older generations stay for going back.
/// Sessions on the target are ended again and again for as long as `wait`.
///
/// # Errors
/// Target, where the server refuses or a session can't be ended; the old target
/// then stands as it was.
pub async fn publish(
    renamer: &Session,
    admin: &Session,
    build: &Build,
    old: Option<&Database>,
    finished: &Marker,
    keep: usize,
    wait: Duration,
) -> Result<Published> {
    let (kept, took) = swap(renamer, admin, &build.name, old, &finished.run, finished, wait).await?;
    let mut dropped = Vec::new();
    let left = drop_generations(admin, &finished.target, keep, &mut dropped).await.err();
    reach(Point::GenerationsDropped).await;
    Ok(Published { kept, dropped, left, took })
}

/// Puts the database `incoming` in the target's place, under the marker `finished`, and the old
/// one beside it, under a name that ends with `run`. Gives that name and how long it took.
pub(super) async fn swap(
    renamer: &Session,
    admin: &Session,
    incoming: &str,
    old: Option<&Database>,
    run: &str,
    finished: &Marker,
    wait: Duration,
) -> Result<(Option<String>, Duration)> {
    let target = &finished.target;
    let finished = &Marker { at: marker::now(), ..finished.clone() };
    // Before any session on it is ended.
    marker::check_identities(admin, target, &[(target, old.map(|old| old.identity.as_str()))]).await?;
    if let Some(old) = old {
        carry_over(admin, &old.name, incoming).await?;
    }
    reach(Point::CarriedOver).await;
    let kept = old.map(|_| beside(target, "old", run));
    let began = Instant::now();
    loop {
        let attempt = rename(renamer, incoming, old, kept.as_deref(), finished);
        let evict = evict(admin, target, incoming);
        let outcome = tokio::select! {
            outcome = attempt => outcome,
            // Evicting never ends by itself but with an error.
            error = evict => Err(error),
        };
        match outcome {
            Ok(()) => break,
            Err(error) => {
                renamer.run("giving up the rename", "ROLLBACK").await?;
                if error.sqlstate() != Some("55006") || began.elapsed() > wait {
                    let error = explain(error);
                    return Err(match error.sqlstate() {
                        Some("55006") => error.help(stayed(admin, target, incoming).await),
                        _ => error,
                    });
                }
            }
        }
    }
    let took = began.elapsed();
    reach(Point::Renamed).await;
    Ok((kept, took))
}

fn explain(error: Error) -> Error {
    match error.sqlstate() {
        Some("42501") => error
            .context("publishing")
            .help("the loading role must own the target database and have CREATEDB"),
        _ => error.context("publishing"),
    }
}

async fn rename(
    renamer: &Session,
    incoming: &str,
    old: Option<&Database>,
    kept: Option<&str>,
    finished: &Marker,
) -> Result<()> {
    const DOING: &str = "renaming the databases";
    let target = &finished.target;
    let (mut moves, mut marks) = (String::from("BEGIN"), String::new());
    if let (Some(old), Some(kept)) = (old, kept) {
        let _ = write!(moves, "; ALTER DATABASE {} RENAME TO {}", identifier(&old.name), identifier(kept));
        let marker = Marker {
            state: State::Kept,
            at: finished.at.clone(),
            ..old
                .marker
                .clone()
                .unwrap_or_else(|| Marker::empty(State::Kept, target, &finished.run, old.identity.clone()))
        };
        let _ = write!(marks, "{}; ", marker.statement(kept));
    }
    let _ = write!(moves, "; ALTER DATABASE {} RENAME TO {}", identifier(incoming), identifier(target));
    renamer.run(DOING, &moves).await?;
    // Until now somebody could give the names to others. A marker knows the database it was written for.
    let mut expected = vec![(target.as_str(), Some(finished.identity.as_str()))];
    expected.extend(old.zip(kept).map(|(old, kept)| (kept, Some(old.identity.as_str()))));
    marker::check_identities(renamer, target, &expected).await?;
    renamer.run(DOING, &format!("{marks}{}; COMMIT", finished.statement(target))).await
}

/// Which sessions are in the way, and whether this role may end them. Of another role's
/// session a role without `pg_read_all_stats` sees the name and the database, but not the kind.
const IN_THE_WAY: &str = "FROM pg_stat_activity a JOIN pg_roles r ON r.oid = a.usesysid, \
     LATERAL (SELECT me.rolsuper OR NOT r.rolsuper AND \
              (pg_has_role(r.oid, 'USAGE') OR pg_has_role('pg_signal_backend', 'USAGE')) AS yes \
              FROM pg_roles me WHERE me.rolname = current_user) may \
     WHERE a.datname IN ($1, $2) AND a.pid <> pg_backend_pid() \
       AND coalesce(a.backend_type, 'client backend') = 'client backend'";

/// Ends every session on the two databases again and again.
async fn evict(admin: &Session, target: &str, incoming: &str) -> Error {
    reach(Point::RenameSent).await;
    // A single session that may not be ended would refuse the whole statement.
    let sql = format!("SELECT count(pg_terminate_backend(a.pid)) {IN_THE_WAY} AND may.yes");
    loop {
        let ended = admin.query("ending sessions on the target", &sql, &[&target, &incoming]).await;
        match ended {
            Err(error) if error.sqlstate() != Some("42501") => return error,
            _ => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

/// Says whose sessions stayed, and what would have let them be ended.
async fn stayed(admin: &Session, target: &str, incoming: &str) -> String {
    let sql = format!("SELECT DISTINCT r.rolname::text, r.rolsuper {IN_THE_WAY} ORDER BY 1");
    let found =
        admin.query("asking who is on the target", &sql, &[&target, &incoming]).await.unwrap_or_default();
    let whose: Vec<String> = found.iter().map(|row| format!("`{}`", row.get::<_, String>(0))).collect();
    let whose = if whose.is_empty() { String::new() } else { format!(" of {}", whose.join(", ")) };
    let cure = if found.iter().any(|row| row.get(1)) {
        "a superuser's can only be ended by a superuser"
    } else {
        "`GRANT pg_signal_backend TO <the loading role>`, or give a longer `--publish-wait`"
    };
    format!("sessions{whose} on the target could not be ended: {cure}")
}

/// The roles of sessions on the target that this role could not end when it publishes, and whether any
/// is a superuser's.
///
/// # Errors
/// Target, where the query fails.
pub async fn unendable(admin: &Session, target: &str) -> Result<(Vec<String>, bool)> {
    let sql = format!("SELECT DISTINCT r.rolname::text, r.rolsuper {IN_THE_WAY} AND NOT may.yes ORDER BY 1");
    let found = admin.query("asking who is on the target", &sql, &[&target, &target]).await?;
    Ok((found.iter().map(|row| row.get(0)).collect(), found.iter().any(|row| row.get(1))))
}

/// Drops the oldest generations of a target until `keep` are left.
async fn drop_generations(
    admin: &Session,
    target: &str,
    keep: usize,
    dropped: &mut Vec<String>,
) -> Result<()> {
    for (name, _) in marker::generations(admin, target).await?.into_iter().skip(keep) {
        drop_database(admin, &name).await?;
        dropped.push(name);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;
    use crate::postgres::binaries::Binaries;
    use crate::postgres::cluster::{Cluster, Settings};
    use crate::postgres::session::Side;

    #[test]
    fn nothing_is_renamed_where_either_name_is_anothers_by_then() {
        let binaries = Binaries::find(None, &mut |_| ()).unwrap();
        let cluster = Cluster::start(&binaries, Settings::new("rename")).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let connection = cluster.url("postgres").connect(Kind::Target).await.unwrap();
            let session = Session::open(connection, Side::Target).await.unwrap();
            for name in ["served", "build"] {
                session.run("making", &format!("CREATE DATABASE {name}")).await.unwrap();
            }
            let [old, build] = ["served", "build"].map(|name| marker::find(&session, name));
            let (old, build) = (old.await.unwrap().unwrap(), build.await.unwrap().unwrap());
            let finished = Marker::empty(State::Published, "served", "ab", build.identity.clone());
            let other = String::from("1:2");
            let stranger = Database { identity: other.clone(), ..old.clone() };
            let unbound = Marker { identity: other, ..finished.clone() };
            for (old, finished) in [(&stranger, &finished), (&old, &unbound)] {
                let error = rename(&session, "build", Some(old), Some("kept"), finished).await.unwrap_err();
                assert_eq!(error.kind(), Kind::Guard, "{error}");
                session.run("giving up", "ROLLBACK").await.unwrap();
                assert!(marker::find(&session, "kept").await.unwrap().is_none());
            }
            rename(&session, "build", Some(&old), Some("kept"), &finished).await.unwrap();
            let kept = marker::find(&session, "kept").await.unwrap().unwrap();
            assert_eq!(kept.identity, old.identity);
            assert_eq!(marker::find(&session, "served").await.unwrap().unwrap().marker, Some(finished));
        });
    }
}

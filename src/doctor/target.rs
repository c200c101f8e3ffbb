//! Staging: may a build be made beside it, and may it be replaced?

use super::line::{Found, Place, Visit};
use super::{Patient, open, vitals};
use crate::error::{Kind, Result};
use crate::postgres::session::{Session, Side};
use crate::postgres::url::Url;
use crate::postgres::{disk, volume};
use crate::publish::{self, Database, Standing, Status};
use crate::report::bytes;
use crate::schema::identifier;

/// Looks at the target. Gives a session in its maintenance database where it can be had.
pub(super) async fn examine(
    visit: &mut Visit,
    patient: &Patient,
    url: &Url,
    reader: Option<&Session>,
) -> Option<Session> {
    let maintenance = url.with_database(&patient.maintenance_database);
    let mut line = |topic, found| visit.add(Place::Target, topic, Kind::Target, found);
    let admin = match open(&maintenance, Side::Target).await {
        Ok(session) => session,
        Err(error) => {
            line("login", Err(error));
            return None;
        }
    };
    line("login", Ok(Found::pass(format!("`{maintenance}`"))));
    let name = url.database();
    line(
        "name",
        publish::check_name(name, Some(patient.maintenance_database.as_str()))
            .map(|()| Found::pass(format!("`{name}`"))),
    );
    match publish::find(&admin, name).await {
        Ok(old) => {
            line(
                "role",
                publish::check_rights(&admin, old.as_ref()).await.map(|()| may_publish(old.as_ref())),
            );
            line("guard", guard(patient, reader, &admin, url, old.as_ref()).await);
        }
        Err(error) => line("guard", Err(error)),
    }
    line("run", running(&admin, name).await);
    line("sessions", sessions(&admin, name).await);
    line("disk", room(&admin, &maintenance, reader).await);
    vitals(visit, &admin, &maintenance, Side::Target, patient.jobs).await;
    Some(admin)
}

fn may_publish(old: Option<&Database>) -> Found {
    Found::pass(match old {
        Some(_) => "it may make databases, and owns the target",
        None => "it may make databases",
    })
}

/// With the source the whole ladder, without it the rungs about the target.
async fn guard(
    patient: &Patient,
    reader: Option<&Session>,
    admin: &Session,
    url: &Url,
    old: Option<&Database>,
) -> Result<Found> {
    match reader {
        Some(reader) => drop(patient.guard.check(reader, admin, url).await?),
        None => patient.guard.check_standing(admin, url, old).await?,
    }
    let state = Status::read(admin, url.database()).await?.state;
    Ok(Found::pass(match state {
        Standing::Absent => "there is no such database yet: a refresh makes it",
        Standing::Adopted => "adopted: a refresh may replace it",
        Standing::Published => "made by masque: a refresh may replace it",
        _ => "empty: a refresh may replace it",
    }))
}

async fn running(admin: &Session, target: &str) -> Result<Found> {
    let status = Status::read(admin, target).await?;
    if let Some(holder) = &status.lock {
        let advice = "wait for it: `--lock-wait` does";
        return Ok(Found::warn(format!("the target is busy with {holder}"), advice));
    }
    Ok(match status.unfinished.as_slice() {
        [] => Found::pass("no other is on"),
        left => Found::warn(
            format!(
                "runs that did not end well left {}",
                names(left.iter().map(|one| one.database.as_str()))
            ),
            "the next refresh drops them, and so does `masque clean`",
        ),
    })
}

/// Publishing ends the sessions on the target.
async fn sessions(admin: &Session, target: &str) -> Result<Found> {
    let (roles, superusers) = publish::unendable(admin, target).await?;
    if roles.is_empty() {
        return Ok(Found::pass("none that a refresh could not end when it publishes"));
    }
    let said = format!(
        "{} has sessions on the target, which the loading role may not end",
        names(roles.iter().map(String::as_str))
    );
    if superusers {
        return Ok(Found::warn(said, "a superuser's can only be ended by a superuser: close them before"));
    }
    let sql = "SELECT current_user::text";
    let role: String = admin.one("reading the loading role", sql, &[]).await?.get(0);
    let grant = format!("GRANT pg_signal_backend TO {}", identifier(&role));
    Ok(Found::warn(said, "let it end them, or close them before").with(vec![grant]))
}

fn names<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// What a build takes, and what there is.
async fn room(admin: &Session, maintenance: &Url, reader: Option<&Session>) -> Result<Found> {
    let free = disk::free(admin, maintenance).await?;
    let needed = match reader {
        Some(reader) => {
            let volume = volume::measure_all(reader).await?;
            Some(volume.tables + volume.indexes)
        }
        None => None,
    };
    Ok(match (needed, free) {
        (Some(needed), Some(free)) => {
            let text = format!("a build takes about {}, {} are free", bytes(needed), bytes(free));
            if free > needed {
                Found::pass(text)
            } else {
                Found::fail(text, "free space on the target's server, or leave rows out with `[rows]`")
            }
        }
        (Some(needed), None) => Found::warn(
            format!("a build takes about {}, and how much is free can't be known from here", bytes(needed)),
            "look at the server's disk: it holds the build beside what is there",
        ),
        (None, Some(free)) => Found::pass(format!("{} are free", bytes(free))),
        (None, None) => Found::pass("how much is free can't be known from here"),
    })
}

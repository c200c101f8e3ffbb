//! What only both sides together tell: versions, extensions, locales, roles.

use super::line::{Found, Place, Visit};
use super::{Patient, open};
use crate::error::{Kind, Result};
use crate::parity;
use crate::postgres::access::{Access, Loader, Wish};
use crate::postgres::session::{Session, Side};
use crate::postgres::url::Url;

/// Looks at both.
pub(super) async fn examine(
    visit: &mut Visit,
    patient: &Patient,
    reader: &Session,
    admin: &Session,
    target: &Url,
) {
    let mut line = |topic, found| visit.add(Place::Both, topic, Kind::Target, found);
    line("versions", versions(reader, admin).await);
    match made(patient, reader, admin, target).await {
        Ok(notices) if notices.is_empty() => {
            line("extensions and locale", Ok(Found::pass("the target's server can make such a database")));
        }
        Ok(notices) => {
            for notice in notices {
                line("extensions and locale", Ok(Found::warn(notice, "`masque parity` says what to do")));
            }
        }
        Err(error) => line("extensions and locale", Err(error)),
    }
    line("roles", roles(patient, reader, admin).await);
}

async fn versions(reader: &Session, admin: &Session) -> Result<Found> {
    let (own, other) = (reader.major().await?, admin.major().await?);
    parity::check_versions(own, other)?;
    let text = format!("{own} on the source, {other} on the target");
    Ok(if own == other {
        Found::pass(text)
    } else {
        Found::warn(text, "`masque parity` says what that changes")
    })
}

async fn made(patient: &Patient, reader: &Session, admin: &Session, target: &Url) -> Result<Vec<String>> {
    let template = match &patient.template {
        Some(name) => Some(open(&target.with_database(name), Side::Target).await?),
        None => None,
    };
    parity::preflight(reader, admin, template.as_ref()).await
}

/// Whether the loading role may make the objects of everybody who owns some.
async fn roles(patient: &Patient, reader: &Session, admin: &Session) -> Result<Found> {
    let wish = Wish { owners: patient.owners, privileges: patient.privileges, roles: patient.roles() };
    let access = Access::read(reader).await?.for_target(&wish);
    Loader::prepare(admin, &access).await?;
    Ok(Found::pass("the loading role may act for every owner, and make the roles that are missing"))
}

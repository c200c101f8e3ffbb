//! The client programs on this machine.

use super::USAGE;
use super::line::{Found, Place, Visit};
use crate::error::Result;
use crate::postgres::binaries::Tools;
use crate::postgres::clients;
use crate::postgres::session::Session;

/// Looks at `pg_dump` and `pg_restore`; where the source answers, against its version.
pub(super) async fn examine(visit: &mut Visit, source: Option<&Session>, expected: bool) {
    if expected && source.is_none() {
        // Whether they fit is not known, so only that they are there is told.
        visit.add(Place::Here, "client programs", USAGE, Tools::find().map(|tools| shown(&tools)));
        return;
    }
    let tools = match fitting(source).await {
        Ok(tools) => tools,
        Err(error) => return visit.add(Place::Here, "client programs", USAGE, Err(error)),
    };
    visit.add(Place::Here, "client programs", USAGE, Ok(shown(&tools)));
    let Some(source) = source else { return };
    match clients::warn(&tools, source).await {
        Ok(sentences) if sentences.is_empty() => {
            visit.add(Place::Here, "known holes", USAGE, Ok(Found::pass("none that a refresh comes near")));
        }
        Ok(sentences) => {
            for sentence in sentences {
                let found = Found::warn(sentence, "install the newest minor release");
                visit.add(Place::Here, "known holes", USAGE, Ok(found));
            }
        }
        Err(error) => visit.add(Place::Here, "known holes", USAGE, Err(error)),
    }
}

async fn fitting(source: Option<&Session>) -> Result<Tools> {
    let tools = Tools::find()?;
    match source {
        Some(source) => tools.require_at_least(source.major().await?),
        None => Ok(tools),
    }
}

fn shown(tools: &Tools) -> Found {
    let (version, place) = (tools.version, tools.pg_dump.display());
    Found::pass(format!("pg_dump and pg_restore {version} ({place})"))
}

//! Notices a server that falls silent while both sides are being prepared.

use super::Options;
use crate::error::{Error, Result};
use crate::postgres::patience::{answers, pulse};
use crate::postgres::session::{Session, Side};
use crate::postgres::url::Url;
use std::time::Duration;

/// Resolves when a server does not answer for as long as the budget allows. That it can't
/// be reached, or has no connection left, is for the preparation itself to tell.
pub(super) async fn fallen(options: &Options) -> Error {
    let maintenance = options.target.with_database(&options.maintenance_database);
    let stall = options.budget.stall;
    tokio::select! {
        error = listen(&options.source, Side::Source, stall) => error,
        error = listen(&maintenance, Side::Target, stall) => error,
    }
}

async fn listen(url: &Url, side: Side, stall: Duration) -> Error {
    const DOING: &str = "preparing the run";
    // The guard counts the sessions of others.
    let url = url.with_application_name("masque listening");
    let opening = async {
        let Ok(connection) = url.connect(side.kind()).await else { return Ok(None) };
        Ok::<_, Error>(Session::open(connection, side).await.ok())
    };
    let opened: Result<_> = Box::pin(answers(side.kind(), DOING, stall, opening)).await;
    match opened {
        Ok(Some(session)) => pulse(&session, DOING, stall).await,
        Ok(None) => std::future::pending().await,
        Err(error) => error,
    }
}

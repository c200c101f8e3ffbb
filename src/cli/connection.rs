//! Where the servers are: arguments shared by several commands.

use super::mistake::Takes;
use super::output;
use crate::error::{Error, Kind, Result};
use crate::postgres::session::{Session, Side};
use crate::postgres::url::Url;
use crate::publish::Sign;
use clap::Args;
use zeroize::Zeroizing;

/// The URL of production
#[derive(Args)]
pub(super) struct Source {
    /// Production: a libpq URI or key=value string [default: `MASQUE_SOURCE`]
    #[arg(long, value_name = "URL")]
    source: Option<String>,
}

/// The URL of staging
#[derive(Args)]
pub(super) struct Target {
    /// Staging: a libpq URI or key=value string [default: `MASQUE_TARGET`]
    #[arg(long, value_name = "URL")]
    target: Option<String>,
}

/// Staging and the database from which it is looked after
#[derive(Debug, Args)]
pub(super) struct Served {
    #[command(flatten)]
    target: Target,
    /// The database of the target's server to connect to
    #[arg(long, value_name = "DATABASE", default_value = "postgres")]
    maintenance_db: String,
}

impl Served {
    /// The target's URL, from the argument or the environment.
    pub(super) fn url(&self) -> Result<Url> {
        self.target.url()
    }

    /// A session in the maintenance database, known by a name of its own.
    pub(super) async fn administer(&self, target: &Url, name: &str) -> Result<Session> {
        let maintenance = target.with_database(&self.maintenance_db).with_application_name(name);
        Session::open(maintenance.connect(Kind::Target).await?, Side::Target).await
    }
}

impl Source {
    /// The URL, from the argument or the environment.
    pub(super) fn url(&self) -> Result<Url> {
        url(self.source.as_deref(), "--source", "MASQUE_SOURCE")
    }

    /// The same for a command that also works without.
    pub(super) fn given(&self) -> Result<Option<Url>> {
        given(self.source.as_deref(), "--source", "MASQUE_SOURCE")
    }
}

impl Target {
    /// The URL, from the argument or the environment.
    pub(super) fn url(&self) -> Result<Url> {
        url(self.target.as_deref(), "--target", "MASQUE_TARGET")
    }

    /// The same for a command that also works without.
    pub(super) fn given(&self) -> Result<Option<Url>> {
        given(self.target.as_deref(), "--target", "MASQUE_TARGET")
    }
}

/// Reads the word for a sign of production.
pub(super) fn sign(word: &str) -> Result<Sign, Takes> {
    Sign::ALL.into_iter().find(|sign| sign.word() == word).ok_or_else(|| {
        let words: Vec<_> = Sign::ALL.iter().map(|sign| sign.word()).collect();
        Takes(format!("signs of production are {}", words.join(", ")))
    })
}

fn url(written: Option<&str>, flag: &str, variable: &str) -> Result<Url> {
    given(written, flag, variable)?.ok_or_else(|| {
        Error::usage(format!("`{flag}` is missing"))
            .help(format!("give `{flag} postgres://user@host/database`, or set {variable}"))
    })
}

fn given(written: Option<&str>, flag: &str, variable: &str) -> Result<Option<Url>> {
    let from_environment = std::env::var(variable).ok().filter(|value| !value.is_empty());
    let Some(text) = written.map(str::to_owned).or(from_environment).map(Zeroizing::new) else {
        return Ok(None);
    };
    let url = Url::parse(&text).map_err(|e| e.context(flag))?;
    for warning in url.warnings() {
        output::say(&format!("warning: {warning}"));
    }
    Ok(Some(url))
}

// A URL may hold a password, so what was typed is never printed.
impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Source")
    }
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Target")
    }
}

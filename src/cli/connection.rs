//! Where the servers are: arguments shared by several commands.

use super::output;
use crate::error::{Error, Result};
use crate::postgres::url::Url;
use clap::Args;

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

impl Source {
    /// The URL, from the argument or the environment.
    pub(super) fn url(&self) -> Result<Url> {
        url(self.source.as_deref(), "--source", "MASQUE_SOURCE")
    }
}

impl Target {
    /// The URL, from the argument or the environment.
    pub(super) fn url(&self) -> Result<Url> {
        url(self.target.as_deref(), "--target", "MASQUE_TARGET")
    }
}

fn url(given: Option<&str>, flag: &str, variable: &str) -> Result<Url> {
    let from_environment = std::env::var(variable).ok().filter(|value| !value.is_empty());
    let text = given.map(str::to_owned).or(from_environment).ok_or_else(|| {
        Error::usage(format!("`{flag}` is missing"))
            .help(format!("give `{flag} postgres://user@host/database`, or set {variable}"))
    })?;
    let url = Url::parse(&text).map_err(|e| e.context(flag))?;
    for warning in url.warnings() {
        output::say(&format!("warning: {warning}"));
    }
    Ok(url)
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

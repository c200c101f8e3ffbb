//! What a person asked of a run.

use crate::diagnostic::Failure;
use crate::postgres::url::Url;
use crate::postgres::watch::Budget;
use crate::publish::Guard;
use crate::rules::{CheckedRules, RuleFile};
use crate::secret::Secret;
use std::time::Duration;

/// How much is checked before publishing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verify {
    /// Counts of every table, and every object of the source.
    Full,
    /// Only what loading itself checks: rows read = rows written, keys and checks valid.
    Off,
}

/// How the new data becomes the target's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A build is made beside the target and renamed.
    Swap,
    /// One transaction in the target's own database.
    InPlace,
}

/// A refresh as asked for.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own on the command line")]
pub struct Options {
    /// Production.
    pub source: Url,
    /// Staging.
    pub target: Url,
    /// The rules, parsed.
    pub rules: RuleFile,
    /// The secret of all pseudonyms.
    pub secret: Secret,
    /// Whether the secret was made for this run alone.
    pub secret_is_fresh: bool,
    /// How many lanes.
    pub jobs: usize,
    /// What production grants.
    pub budget: Budget,
    /// The most bytes all lanes together may read from the source in a second.
    pub throttle: Option<f64>,
    /// How long to go on until both servers can be reached.
    pub connect_wait: Duration,
    /// How often a run starts over with a new snapshot for a reason that passes.
    pub retries: u32,
    /// How long to wait for another run.
    pub lock_wait: Duration,
    /// How long to go on ending sessions on the target.
    pub publish_wait: Duration,
    /// How it is published.
    pub publish: Way,
    /// How many older generations stay.
    pub keep: usize,
    /// How long the copy may live, where somebody said.
    pub expires: Option<Duration>,
    /// What is checked before publishing.
    pub verify: Verify,
    /// What the guard was told to allow.
    pub guard: Guard,
    /// Whether objects get the source's owners.
    pub owners: bool,
    /// Whether objects get the source's privileges.
    pub privileges: bool,
    /// Whether warnings stop the run.
    pub strict: bool,
    /// The database on the target's server to connect to for making others.
    pub maintenance_database: String,
    /// The database a build is made from, in place of `template0`.
    pub template: Option<String>,
}

impl Options {
    /// How many lanes there are: one where all of it goes through one session.
    #[must_use]
    pub fn lanes(&self) -> usize {
        if self.publish == Way::InPlace { 1 } else { self.jobs }
    }

    /// Takes warnings for errors, where that was asked for.
    pub(super) fn refuse_warnings(&self, rules: &CheckedRules) -> Result<(), Failure> {
        if self.strict && !rules.warnings().is_empty() {
            return Err(Failure::Rules(rules.warnings().to_vec()));
        }
        Ok(())
    }
}

//! `masque doctor`

use super::connection::{Source, Target, sign};
use super::refresh::cores;
use super::secret::SecretFrom;
use super::{Failure, block_on, output};
use crate::doctor::{Line, Patient, Verdict, Visit, examine};
use crate::error::{Error, Result};
use crate::publish::{Guard, Sign};
use crate::rules::RuleFile;
use clap::Args;
use serde::Serialize;
use std::fmt::Write as _;
use std::path::PathBuf;

/// Tell what production and staging grant and lack for a refresh, and the statements to run
///
/// Asks what a refresh would ask, of whichever side is given, and goes on where a refresh
/// would stop. Nothing is written. Exits 0 when everything passes or only warns, else with
/// the code that a refresh would end with first.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own on the command line")]
pub(super) struct Doctor {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    target: Target,
    /// The rule file, to look whether it is whole and what it needs
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    #[command(flatten)]
    secret: SecretFrom,
    /// Print JSON: `verdict`, `passed`, `warned`, `failed`, and `lines` with `verdict`, `place`,
    /// `topic`, `found`, `advice`, `statements`
    #[arg(long)]
    json: bool,
    /// How many lanes a run will have [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
    /// As for `masque refresh`
    #[arg(long)]
    no_owner: bool,
    /// As for `masque refresh`
    #[arg(long)]
    no_privileges: bool,
    /// As for `masque refresh`
    #[arg(long)]
    same_server: bool,
    /// As for `masque refresh`
    #[arg(long)]
    source_is_copy: bool,
    /// As for `masque refresh`
    #[arg(long, value_name = "SIGNS", value_delimiter = ',', value_parser = sign)]
    allow: Vec<Sign>,
    /// The database of the target's server to connect to
    #[arg(long, value_name = "DATABASE", default_value = "postgres")]
    maintenance_db: String,
    /// The database that builds are made from, as for `masque refresh`
    #[arg(long, value_name = "DATABASE")]
    template: Option<String>,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Printed<'a> {
    verdict: Verdict,
    passed: usize,
    warned: usize,
    failed: usize,
    lines: &'a [Line],
}

impl Doctor {
    pub(super) fn run(self) -> Result<(), Failure> {
        let (source, target) = (self.source.given()?, self.target.given()?);
        if source.is_none() && target.is_none() {
            let help = "give `--source`, `--target` or both: postgres://user@host/database";
            return Err(Error::usage("there is nobody to examine").help(help).into());
        }
        let mut visit = Visit::default();
        let rules = self.rules.as_ref().map(|path| RuleFile::read(path));
        if let Some(read) = &rules {
            visit.add_rules(read.as_ref().map_err(Vec::len).map(|_| ()));
            visit.add_secret(self.secret.read().map(|(_, is_fresh)| is_fresh));
        }
        let patient = Patient {
            source,
            target,
            rules: rules.and_then(std::result::Result::ok),
            jobs: self.jobs.map_or_else(cores, usize::from),
            guard: Guard {
                same_server: self.same_server,
                source_is_copy: self.source_is_copy,
                allow: self.allow,
            },
            owners: !self.no_owner,
            privileges: !self.no_privileges,
            maintenance_database: self.maintenance_db,
            template: self.template,
        };
        let visit = block_on(async { Ok(examine(&patient, visit).await) })?;
        output::print(&if self.json { json(&visit)? } else { render(&visit) });
        match visit.failure() {
            None => Ok(()),
            Some(kind) => {
                let (failed, all) = (visit.count(Verdict::Fail), visit.lines.len());
                let message = format!("{failed} of {all} checks failed");
                Err(Error::new(kind, message).help("each says what to do").into())
            }
        }
    }
}

fn json(visit: &Visit) -> Result<String> {
    let printed = Printed {
        verdict: visit.verdict(),
        passed: visit.count(Verdict::Pass),
        warned: visit.count(Verdict::Warn),
        failed: visit.count(Verdict::Fail),
        lines: &visit.lines,
    };
    serde_json::to_string_pretty(&printed)
        .map_err(|e| Error::internal("the visit has no JSON form").because(e))
}

/// One line for each look, with what to do below it.
fn render(visit: &Visit) -> String {
    let width = visit.lines.iter().map(|line| line.topic.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for line in &visit.lines {
        let (word, place, topic) = (line.verdict.word(), line.place(), line.topic);
        let _ = writeln!(text, "{word}  {place:6}  {topic:width$}  {}", line.found);
        let margin = " ".repeat(width + 16);
        if let Some(advice) = &line.advice {
            let _ = writeln!(text, "{margin}{advice}");
        }
        for statement in &line.statements {
            let _ = writeln!(text, "{margin}  {statement};");
        }
    }
    let count = |verdict| visit.count(verdict);
    let (passed, warned, failed) = (count(Verdict::Pass), count(Verdict::Warn), count(Verdict::Fail));
    let _ = write!(text, "\n{passed} pass, {warned} warn, {failed} fail");
    text
}

//! `masque discover`

use super::connection::Source;
use super::{Failure, block_on, output};
use crate::discover::{Look, Proposal, propose};
use crate::error::{Error, Kind, Result};
use crate::postgres::catalog;
use crate::postgres::session::{Session, Side};
use crate::rules::Detector;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use std::borrow::Cow;
use std::path::PathBuf;
use std::time::Duration;

/// Propose a rule file for a database, with the evidence for each line
///
/// Reads the catalog and a bounded sample of every table, in one read-only snapshot, and
/// prints a rule file. No value is ever shown. Exits 0 when every column is decided, and
/// 3 when lines are left that say `# decide:`.
#[derive(Debug, Args)]
pub(super) struct Discover {
    #[command(flatten)]
    source: Source,
    /// Sample up to so many rows of each table
    #[arg(long, value_name = "N", default_value_t = 1000)]
    sample_rows: u32,
    /// Give up on a table's sample after so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    sample_timeout: u64,
    /// Mask what is in doubt, instead of leaving it to be decided
    #[arg(long)]
    strict: bool,
    /// Only tables of this name; `*` stands for any letters
    #[arg(long, value_name = "PATTERN")]
    tables: Option<String>,
    /// A file of kinds of personal data beside masque's own, in the form of `rules/detect.toml`
    #[arg(long, value_name = "FILE")]
    detect: Option<PathBuf>,
    /// Print the proposal as JSON
    #[arg(long)]
    json: bool,
}

impl Discover {
    pub(super) fn run(self) -> Result<(), Failure> {
        let detector = self.detector()?;
        let source = self.source.url()?;
        let look = Look {
            rows: self.sample_rows.max(1),
            patience: Duration::from_secs(self.sample_timeout),
            strict: self.strict,
            tables: self.tables.clone(),
        };
        let bar = bar();
        let proposal = block_on(async {
            let session = Session::open(source.connect(Kind::Source).await?, Side::Source).await?;
            session.run("opening a transaction", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
            let schema = catalog::read(&session).await?;
            let seen = |place: usize, all: usize| {
                bar.set_length(all as u64);
                bar.set_position(place as u64);
            };
            Ok(propose(&session, &schema, &detector, &look, &seen).await?)
        });
        bar.finish_and_clear();
        let proposal = proposal?;
        output::print(&if self.json { json(&proposal) } else { proposal.text() });
        finish(&proposal)
    }

    fn detector(&self) -> Result<Cow<'static, Detector>, Failure> {
        let Some(path) = &self.detect else { return Ok(Cow::Borrowed(Detector::own())) };
        let text = std::fs::read_to_string(path).map_err(|e| {
            Error::usage(format!("`{}` can't be read", path.display()))
                .because(e)
                .help("name a file in the form of `rules/detect.toml` after `--detect`")
        })?;
        Ok(Cow::Owned(Detector::with(&text).map_err(|problem| Failure::Rules(vec![problem]))?))
    }
}

fn bar() -> ProgressBar {
    if !output::is_watched() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("  looking  {bar:24} {pos}/{len} tables") {
        bar.set_style(style);
    }
    bar
}

/// Says what was found, and fails where decisions are left.
fn finish(proposal: &Proposal) -> Result<(), Failure> {
    let (columns, masked) = proposal.columns();
    output::say(&format!(
        "{} tables: {columns} columns need a rule, {masked} are masked, {} are kept",
        proposal.tables.len(),
        columns - masked
    ));
    for (table, why) in &proposal.closed {
        output::say(&format!("warning: `{table}` was not looked into: {why}"));
    }
    match proposal.decisions() {
        0 => Ok(()),
        left => {
            let noun = if left == 1 { "decision is" } else { "decisions are" };
            Err(Error::new(Kind::Rules, format!("{left} {noun} left to you"))
                .help("look for `# decide:` in the proposal; `--strict` masks what is in doubt")
                .into())
        }
    }
}

fn json(proposal: &Proposal) -> String {
    let tables: Vec<_> = proposal
        .tables
        .iter()
        .map(|table| {
            let lines = table.lines.iter().map(|line| {
                serde_json::json!({
                    "column": line.column, "rule": line.rule(), "masked": line.is_masked(),
                    "why": line.why(), "decide": line.doubt(),
                })
            });
            serde_json::json!({
                "table": table.name, "not_sampled": table.closed, "columns": lines.collect::<Vec<_>>(),
            })
        })
        .collect();
    serde_json::json!({ "tables": tables, "decisions": proposal.decisions() }).to_string()
}

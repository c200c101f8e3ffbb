//! `masque discover`

use super::connection::Source;
use super::{Failure, block_on, output};
use crate::discover::{Look, Proposal, Reference, matching, propose, update};
use crate::error::{Error, Kind, Result};
use crate::postgres::catalog;
use crate::postgres::session::{Session, Side};
use crate::postgres::url::Url;
use crate::rules::{self, Detector, PRESETS, RuleFile, drift};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fs::Permissions;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
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
    /// Mask what is in doubt, and in tables about people whatever nothing says is harmless
    #[arg(long)]
    strict: bool,
    /// Include a preset, and take its rules where it has one for a column; again for each
    #[arg(long, value_name = "NAME", value_parser = PRESETS.iter().map(|(name, _)| *name).collect::<Vec<_>>())]
    preset: Vec<String>,
    /// Only tables of this name; `*` stands for any letters
    #[arg(long, value_name = "PATTERN")]
    tables: Option<String>,
    /// A file of kinds of personal data beside masque's own, in the form of `rules/detect.toml`
    #[arg(long, value_name = "FILE")]
    detect: Option<PathBuf>,
    /// Print the proposal as JSON
    #[arg(long)]
    json: bool,
    /// Bring this rule file up to date instead: add what is new, mark what vanished
    #[arg(long, value_name = "FILE", conflicts_with_all = ["json", "tables", "preset"])]
    update: Option<PathBuf>,
    /// Write what `--update` did to this file, in Markdown
    #[arg(long, value_name = "FILE", requires = "update")]
    summary: Option<PathBuf>,
}

impl Discover {
    pub(super) fn run(self) -> Result<(), Failure> {
        let detector = self.detector()?;
        let source = self.source.url()?;
        let look = Look {
            observe: false,
            rows: self.sample_rows.max(1),
            patience: Duration::from_secs(self.sample_timeout),
            strict: self.strict,
            presets: self.preset.clone(),
            only: None,
            new: None,
        };
        if let Some(file) = &self.update {
            return self.bring_up_to_date(&source, &detector, &look, file);
        }
        let bar = bar();
        let proposal = block_on(async {
            let session = Session::open(source.connect(Kind::Source).await?, Side::Source).await?;
            session.run("opening a transaction", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
            let schema = catalog::shape(&session).await?;
            let seen = |place: usize, all: usize| {
                bar.set_length(all as u64);
                bar.set_position(place as u64);
            };
            let only = self.tables.as_deref().map(|pattern| matching(&schema, pattern));
            if let (Some(pattern), Some(true)) = (&self.tables, only.as_ref().map(BTreeSet::is_empty)) {
                return Err(Error::usage(format!("no table is named `{pattern}`"))
                    .help("`*` stands for any letters: `--tables 'sales.*'`")
                    .into());
            }
            Ok(propose(&session, &schema, &detector, &Look { only, ..look }, &seen).await?)
        });
        bar.finish_and_clear();
        let proposal = proposal?;
        output::print(&if self.json { json(&proposal) } else { proposal.text() });
        finish(&proposal)
    }

    fn bring_up_to_date(
        &self,
        source: &Url,
        detector: &Detector,
        look: &Look,
        path: &Path,
    ) -> Result<(), Failure> {
        let file = RuleFile::read(path).map_err(Failure::Rules)?;
        let unreadable = |e| Error::usage(format!("`{}` can't be read", path.display())).because(e);
        let text = std::fs::read_to_string(path).map_err(unreadable)?;
        let (update, schema) = block_on(async {
            let session = Session::open(source.connect(Kind::Source).await?, Side::Source).await?;
            session.run("opening a transaction", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
            let mut schema = catalog::shape(&session).await?;
            let apart = drift(&file, &mut schema);
            let tables = apart.undecided.iter().map(|id| schema.partition_root(id.table));
            let new = apart.undecided.iter().copied().collect();
            let look = Look { only: Some(tables.collect()), new: Some(new), ..look.clone() };
            let proposal = propose(&session, &schema, detector, &look, &|_, _| {}).await?;
            Ok((update(&text, &apart, &proposal), schema))
        })?;
        if update.text != text {
            replace(path, &update.text)?;
        }
        if let Some(summary) = &self.summary {
            replace(summary, &update.summary())?;
        }
        let references = match update.references.len() {
            0 => String::new(),
            1 => String::from(", 1 reference with them"),
            more => format!(", {more} references with them"),
        };
        output::say(&format!(
            "{} columns were added{references}, {} lines name what vanished",
            update.added.len(),
            update.vanished.len()
        ));
        match update.decisions() {
            0 => {
                // What else is wrong with the file was wrong before.
                let file = RuleFile::read(path).map_err(Failure::Rules)?;
                rules::check(&file, &mut schema.clone()).map(|_| ()).map_err(Failure::Rules)
            }
            left => Err(left_over(left, &format!("`{}`", path.display())).into()),
        }
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
        left => Err(left_over(left, "the proposal").into()),
    }
}

fn left_over(left: usize, place: &str) -> Error {
    let noun = if left == 1 { "decision is" } else { "decisions are" };
    Error::new(Kind::Rules, format!("{left} {noun} left to you"))
        .help(format!("look for `# decide:` and `# vanished:` in {place}; `--strict` masks what is in doubt"))
}

/// Writes a file in one step: whoever reads it sees the old text or the new one.
fn replace(path: &Path, text: &str) -> Result<()> {
    let wrong = |e| Error::usage(format!("`{}` can't be written", path.display())).because(e);
    // A link stays one.
    let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(wrong)?;
    file.write_all(text.as_bytes()).map_err(wrong)?;
    file.as_file().sync_all().map_err(wrong)?;
    match std::fs::metadata(&path) {
        Ok(old) => file.as_file().set_permissions(old.permissions()).map_err(wrong)?,
        Err(_) => file.as_file().set_permissions(Permissions::from_mode(0o644)).map_err(wrong)?,
    }
    file.persist(&path).map_err(|e| wrong(e.error))?;
    Ok(())
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
                    "likelihood": (line.likelihood * 100.0).round() / 100.0,
                })
            });
            serde_json::json!({
                "table": table.name, "not_sampled": table.closed, "columns": lines.collect::<Vec<_>>(),
            })
        })
        .collect();
    let reference = |found: &Reference| serde_json::json!({ "from": found.from, "to": found.to });
    let references: Vec<_> = proposal.references.iter().map(reference).collect();
    serde_json::json!({ "tables": tables, "references": references, "decisions": proposal.decisions() })
        .to_string()
}

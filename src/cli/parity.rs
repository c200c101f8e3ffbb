//! `masque parity`

use super::connection::{Source, Target};
use super::{Failure, block_on, output};
use crate::error::{Error, Kind, Result};
use crate::parity::{Difference, Effect, compare};
use crate::postgres::facts::{self, Facts};
use crate::postgres::session::{Session, Side};
use crate::postgres::url::Url;
use clap::Args;
use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;
use std::fmt::Write;

/// Tell where staging is not production: versions, extensions, collations, settings, roles
///
/// Both servers are only read. Every difference says whether it blocks a refresh, changes
/// how the copy behaves, or is only a hint, and what to do. Exits 0 whatever is found;
/// with `--strict` 7 when anything blocks or changes.
#[derive(Debug, Args)]
pub(super) struct Parity {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    target: Target,
    /// Print JSON: `source`, `target`, `blocks`, `changes`, `hints`, and `differences` with
    /// `effect`, `topic`, `name`, `source`, `target`, `why`, `advice`
    #[arg(long)]
    json: bool,
    /// Exit 7 when a difference blocks a refresh or changes behaviour
    #[arg(long)]
    strict: bool,
    /// The database of the target's server to connect to where the target is not there yet
    #[arg(long, value_name = "DATABASE", default_value = "postgres")]
    maintenance_db: String,
    /// The database that builds are made from, as for `masque refresh`
    #[arg(long, value_name = "DATABASE")]
    template: Option<String>,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Printed<'a> {
    source: String,
    target: String,
    blocks: usize,
    changes: usize,
    hints: usize,
    differences: &'a [Difference],
}

impl Parity {
    pub(super) fn run(self) -> Result<(), Failure> {
        let (source, target) = (self.source.url()?, self.target.url()?);
        let (own, other) = block_on(async {
            let reader = Session::open(source.connect(Kind::Source).await?, Side::Source).await?;
            let own = Facts::read(&reader).await?;
            let staging = self.staging(&target).await?;
            let mut other = Facts::read(&staging).await?;
            // A build does not begin with what the target of today has.
            other.extensions = match &self.template {
                Some(name) => facts::extensions(&open(&target.with_database(name)).await?).await?,
                None => Vec::new(),
            };
            Ok((own, other))
        })?;
        let found = compare(&own, &other);
        let count = |effect| found.iter().filter(|one| one.effect == effect).count();
        let printed = Printed {
            source: source.to_string(),
            target: target.to_string(),
            blocks: count(Effect::Blocks),
            changes: count(Effect::Changes),
            hints: count(Effect::Hint),
            differences: &found,
        };
        let text = if self.json {
            serde_json::to_string_pretty(&printed)
                .map_err(|e| Error::internal("the differences have no JSON form").because(e))?
        } else {
            render(&printed)
        };
        output::print(&text);
        if self.strict && printed.blocks + printed.changes > 0 {
            let (blocks, changes) = (printed.blocks, printed.changes);
            let message =
                format!("{blocks} differences block a refresh and {changes} change how the copy behaves");
            return Err(Error::new(Kind::Target, message)
                .help("each says what to do; without `--strict` this is no failure")
                .into());
        }
        Ok(())
    }

    /// The target as it stands or, where a refresh is to make it, its server.
    async fn staging(&self, target: &Url) -> Result<Session> {
        match open(target).await {
            Err(error) if error.sqlstate() == Some("3D000") => {
                let database = &self.maintenance_db;
                output::say(&format!(
                    "note: there is no database `{}` yet; `{database}` of that server stands in for it",
                    target.database()
                ));
                open(&target.with_database(database)).await
            }
            outcome => outcome,
        }
    }
}

async fn open(url: &Url) -> Result<Session> {
    Session::open(url.connect(Kind::Target).await?, Side::Target).await
}

/// Columns of a terminal that most people have; longer cells go on below.
const WIDTH: u16 = 150;

fn render(printed: &Printed<'_>) -> String {
    if printed.differences.is_empty() {
        return String::from("nothing that matters differs");
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Dynamic).set_width(WIDTH);
    table.set_header(["effect", "what", "source", "target", "why, and what to do"]);
    for one in printed.differences {
        let what = format!("{} {}", one.topic, one.name);
        let text = format!("{}\n{}", one.why, one.advice);
        table.add_row([one.effect.word(), &what, &one.source, &one.target, &text]);
    }
    let mut text = table.to_string().lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    let Printed { blocks, changes, hints, .. } = printed;
    let _ = write!(
        text,
        "\n\n{blocks} block a refresh, {changes} change how the copy behaves, {hints} are hints"
    );
    text
}

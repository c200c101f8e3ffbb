//! `masque preview`
//!
//! The one command that shows rows, because a person asked to see them: before and
//! after, side by side, on stdout only. It reads and masks by the same plan and
//! the same code as a refresh, in the text form.

use super::connection::Source;
use super::secret::SecretFrom;
use super::{Failure, block_on, output};
use crate::diagnostic::nearest;
use crate::error::{Error, Kind};
use crate::format::{Place, Wire, text};
use crate::pipeline::{Batch, mask};
use crate::plan::{Plan, TablePlan, Treatment};
use crate::postgres::session::{Session, Side};
use crate::postgres::{catalog, frequency};
use crate::rules::{self, RuleFile};
use crate::schema::Name;
use crate::source::Rows;
use clap::Args;
use comfy_table::{ContentArrangement, Table, presets};
use std::path::PathBuf;
use std::sync::Arc;

/// Show rows of production before and after masking, side by side
#[derive(Debug, Args)]
pub(super) struct Preview {
    #[command(flatten)]
    source: Source,
    /// The rule file
    #[arg(long, value_name = "FILE")]
    rules: PathBuf,
    #[command(flatten)]
    secret: SecretFrom,
    /// Show only this table
    #[arg(long, value_name = "TABLE")]
    table: Option<String>,
    /// How many rows of each table
    #[arg(long, value_name = "N", default_value_t = 3)]
    rows: u64,
    /// Show kept columns too
    #[arg(long)]
    all: bool,
}

impl Preview {
    pub(super) fn run(self) -> Result<(), Failure> {
        let file = RuleFile::read(&self.rules).map_err(Failure::Rules)?;
        let source = self.source.url()?;
        let (secret, _) = self.secret.read()?;
        let shown = block_on(async {
            let session = Session::open(source.connect(Kind::Source).await?, Side::Source).await?;
            session.run("opening a transaction", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
            let mut schema = catalog::read(&session).await?;
            let checked = rules::check(&file, &mut schema).map_err(Failure::Rules)?;
            let frequencies = frequency::read(&session, &schema, &checked.sampled(&schema)).await?;
            let plan = Plan::new(schema, &checked, &secret, &frequencies, Some(Wire::Text));
            let plan = plan.map_err(Failure::Rules)?;
            let mut shown = String::new();
            for table in self.wanted(&plan)? {
                shown.push_str(&self.show(&session, &table).await?);
            }
            Ok(shown)
        })?;
        output::print(shown.trim_end());
        Ok(())
    }

    fn wanted(&self, plan: &Plan) -> Result<Vec<Arc<TablePlan>>, Error> {
        let Some(written) = &self.table else {
            return Ok(plan.tables.iter().filter(|table| !table.masked.is_empty()).cloned().collect());
        };
        let parts = Name::split(written).unwrap_or_default();
        let fits = |name: &Name| match parts.as_slice() {
            [table] => name.name == *table,
            [schema, table] => name.schema == *schema && name.name == *table,
            _ => false,
        };
        let root = |table: &TablePlan| plan.schema.table(plan.schema.partition_root(table.table));
        let found: Vec<_> = plan
            .tables
            .iter()
            .filter(|table| fits(&table.name) || root(table).is_some_and(|root| fits(&root.name)))
            .cloned()
            .collect();
        if found.is_empty() {
            let problem = Error::usage(format!("no table `{written}` has rows to show"));
            let names: Vec<String> = plan.tables.iter().map(|table| table.name.to_string()).collect();
            let last = parts.last().map(String::as_str).unwrap_or_default();
            let near = nearest(last, plan.tables.iter().map(|table| table.name.name.as_str()));
            return Err(problem.help(match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("tables: {}", names.join(", ")),
            }));
        }
        Ok(found)
    }

    async fn show(&self, session: &Session, plan: &TablePlan) -> Result<String, Error> {
        let name = plan.name.to_string();
        let mut rows =
            Rows::read(session, &plan.copy_out(None, Some(self.rows)), Wire::Text, true, &name).await?;
        let (mut before, mut given) = (Batch::starting_at(0), Batch::starting_at(0));
        while let Some(row) = rows.next().await? {
            before.push(&row);
            given.push(&row);
        }
        let after = mask(plan, given)?;
        let mut shown = format!("{name}\n");
        if before.rows() == 0 {
            shown.push_str("  no rows\n\n");
            return Ok(shown);
        }
        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
        // Prose goes on several lines in a pipe, too.
        if table.width().is_none() {
            table.set_width(160);
        }
        table.set_header(["column", "before", "after"]);
        let (mut start, mut masked_start) = (0, 0);
        for (end, masked_end) in before.ends.iter().zip(&after.ends) {
            let old = cells(plan, &plan.asked, &before.bytes, start, *end)?;
            let new = cells(plan, &plan.selected, &after.bytes, masked_start, *masked_end)?;
            for place in &plan.selected {
                let kept = matches!(plan.treatments.get(*place), Some(Treatment::Keep));
                let (Some(column), Some(old), Some(new)) =
                    (plan.columns.get(*place), old.get(*place), new.get(*place))
                else {
                    continue;
                };
                if self.all || !kept {
                    table.add_row([column.name.as_str(), old, if kept { "(kept)" } else { new }]);
                }
            }
            table.add_row(["", "", ""]);
            (start, masked_start) = (*end, *masked_end);
        }
        for line in table.to_string().lines() {
            shown.push_str("  ");
            shown.push_str(line.trim_end());
            shown.push('\n');
        }
        Ok(shown)
    }
}

/// The values of a row in text form, by the column's place.
fn cells(
    plan: &TablePlan,
    asked: &[usize],
    bytes: &[u8],
    start: usize,
    end: usize,
) -> Result<Vec<String>, Error> {
    let (mut places, mut scratch) = (vec![Place::Null; plan.columns.len()], Vec::new());
    text::find_fields(bytes, start, end, asked, &mut places, &mut scratch).ok_or_else(|| {
        Error::internal(format!("a row of `{}` does not have the shape that was asked for", plan.name))
    })?;
    Ok(places
        .iter()
        .map(|place| {
            let raw = match place {
                Place::Null => return String::from("NULL"),
                Place::Batch(from, to) => bytes.get(*from..*to),
                Place::Scratch(from, to) => scratch.get(*from..*to),
            };
            String::from_utf8_lossy(raw.unwrap_or_default()).into_owned()
        })
        .collect())
}

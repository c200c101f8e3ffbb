//! `masque check`

use super::connection::Source;
use super::{Failure, block_on, diagnostics, output};
use crate::error::Kind;
use crate::plan::{Plan, Treatment};
use crate::postgres::session::{Session, Side};
use crate::postgres::{catalog, frequency};
use crate::rules::{self, RuleFile};
use crate::secret::Secret;
use clap::Args;
use std::path::PathBuf;

/// Check the rules against the schema of production; exits 3 on any undecided column
#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    source: Source,
    /// The rule file
    #[arg(long, value_name = "FILE")]
    rules: PathBuf,
    /// Treat warnings as errors
    #[arg(long)]
    strict: bool,
    /// Print the problems as JSON
    #[arg(long)]
    json: bool,
}

impl Check {
    pub(super) fn run(self) -> Result<(), Failure> {
        let file = RuleFile::read(&self.rules).map_err(Failure::Rules)?;
        let source = self.source.url()?;
        // The problems are the same whatever the secret is.
        let secret = Secret::random()?;
        let outcome = block_on(async {
            let session = Session::open(source.connect(Kind::Source).await?, Side::Source).await?;
            session.run("opening a transaction", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
            let mut schema = catalog::read(&session).await?;
            let checked = rules::check(&file, &mut schema).map_err(Failure::Rules)?;
            let frequencies = frequency::read(&session, &schema, &checked.sampled(&schema)).await?;
            let plan = Plan::new(schema, &checked, &secret, &frequencies, None).map_err(Failure::Rules)?;
            crate::source::check_conditions(&session, &plan).await?;
            Ok((plan, checked))
        });
        let (plan, decided) = match outcome {
            Ok(both) => both,
            Err(Failure::Rules(problems)) => {
                if self.json {
                    output::print(&diagnostics::json(&problems));
                }
                return Err(Failure::Rules(problems));
            }
            Err(failure) => return Err(failure),
        };
        let warnings = decided.warnings();
        if self.json {
            output::print(&diagnostics::json(warnings));
        }
        if !warnings.is_empty() {
            if self.strict {
                return Err(Failure::Rules(warnings.to_vec()));
            }
            output::diagnostics(warnings);
        }
        if !self.json {
            output::print(&summary(&plan));
        }
        Ok(())
    }
}

fn summary(plan: &Plan) -> String {
    let count = |wanted: fn(&Treatment) -> bool| {
        plan.tables.iter().flat_map(|table| &table.treatments).filter(|t| wanted(t)).count()
    };
    format!(
        "every column of {} tables is decided: {} masked, {} null, {} kept, {} made by the database",
        plan.tables.len(),
        count(|t| matches!(t, Treatment::Mask(_))),
        count(|t| matches!(t, Treatment::Null)),
        count(|t| matches!(t, Treatment::Keep)),
        count(|t| matches!(t, Treatment::Omit | Treatment::Remake(_))),
    )
}

//! `masque demo`

use super::refresh::{cores, run};
use super::{Failure, block_on, output};
use crate::demo::{RULES, Sample, Theatre};
use crate::discover::{Look, Section, matching, propose};
use crate::error::{Error, Kind};
use crate::postgres::catalog;
use crate::postgres::session::{Session, Side};
use crate::postgres::url::Url;
use crate::postgres::watch::Budget;
use crate::publish::Guard;
use crate::refresh::{Options, Verify, Way};
use crate::report;
use crate::rules::{Detector, RuleFile};
use crate::secret::Secret;
use clap::Args;
use comfy_table::{ContentArrangement, Table, presets};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Start a throw-away production and staging, and refresh one from the other
#[derive(Debug, Args)]
pub(super) struct Demo {
    /// How many rows production has, over all tables
    #[arg(long, value_name = "N", default_value_t = 300_000, value_parser = clap::value_parser!(u64).range(2000..=200_000_000))]
    rows: u64,
    /// Leave both servers running, and say how to reach and how to stop them
    #[arg(long)]
    keep: bool,
    /// The folder of the PostgreSQL programs to use
    #[arg(long, value_name = "DIR")]
    bindir: Option<PathBuf>,
}

impl Demo {
    pub(super) fn run(self) -> Result<(), Failure> {
        let began = Instant::now();
        output::print(
            "masque demo: two throw-away PostgreSQL servers on this machine, gone when this ends.\n\n",
        );
        let mut log = |line: &str| output::say(line);
        let theatre = Theatre::open(self.bindir.as_deref(), &mut log)?;
        block_on(async {
            // Ctrl-C while the shop is filled ends the demo; dropping it stops both servers.
            tokio::select! {
                done = theatre.set_the_stage(self.rows) => Ok(done?),
                error = super::signal::interrupted() => Err(error.into()),
            }
        })?;
        let (source, target) = (Url::parse(&theatre.source())?, Url::parse(&theatre.target())?);
        output::print(&format!(
            "production  {source}   a shop of {} rows that masque invented\nstaging     {target}   last week's copy, smaller\n\n\
             $ masque refresh --source $MASQUE_SOURCE --target $MASQUE_TARGET --rules rules/shop.toml\n\n",
            report::grouped(self.rows)
        ));
        let rules = RuleFile::parse("rules/shop.toml", RULES).map_err(Failure::Rules)?;
        let options = Options {
            source,
            target,
            rules,
            secret: Secret::random()?,
            secret_is_fresh: true,
            jobs: cores(),
            budget: Budget {
                max_blocked: Duration::from_secs(5),
                max_snapshot_age: Duration::from_hours(1),
                stall: Duration::from_mins(5),
            },
            throttle: None,
            connect_wait: Duration::ZERO,
            retries: 3,
            lock_wait: Duration::ZERO,
            publish_wait: Duration::from_secs(30),
            publish: Way::Swap,
            keep: 1,
            expires: None,
            verify: Verify::Full,
            guard: Guard::default(),
            owners: true,
            privileges: true,
            strict: false,
            maintenance_database: String::from("postgres"),
            template: None,
        };
        let report = run(&options)?;
        let samples = block_on(async { Ok(theatre.compare().await?) })?;
        let unchanged = samples.is_empty();
        output::print(&format!("\nThe same rows on both sides:\n\n{}", side_by_side(&samples)));
        output::print(&format!("\n{}", report::render(&report)));
        output::print(&format!(
            "\nWhat `masque discover` proposes for one table, from names and a sample of its rows:\n\n{}",
            proposal(&options.source)?
        ));
        output::print(&format!("\nDone in {:.0} s.\n\n", began.elapsed().as_secs_f64()));
        output::print(&self.next(theatre)?);
        if unchanged {
            return Err(Error::new(Kind::Internal, "the demo found no rows to show").into());
        }
        Ok(())
    }

    fn next(&self, theatre: Theatre) -> Result<String, Failure> {
        let (source, target) = (theatre.source(), theatre.target());
        let mut text = String::new();
        if self.keep {
            let rules = written_rules()?;
            let [first, second] = theatre.keep();
            let _ = writeln!(text, "Both servers stay. In a shell:\n");
            let _ = writeln!(text, "  export MASQUE_SOURCE={source}\n  export MASQUE_TARGET={target}");
            let _ = writeln!(text, "  masque check   --rules {rules}          # every column decided?");
            let _ = writeln!(text, "  masque preview --rules {rules} --table customers");
            let _ = writeln!(text, "  masque refresh --rules {rules}          # again\n");
            let _ = writeln!(text, "Stop and remove them with\n\n  {first}\n  {second}\n  rm {rules}");
            return Ok(text);
        }
        drop(theatre);
        text.push_str("Where to go next:\n\n");
        text.push_str("  masque demo --keep                    leave both servers running and try the commands on them\n");
        text.push_str("  masque transformers                   what can be masked, and how\n");
        text.push_str(
            "  masque check   --source URL --rules FILE                 your rules against your production\n",
        );
        text.push_str(
            "  masque preview --source URL --rules FILE --table T       its rows before and after\n",
        );
        text.push_str("  masque refresh --source URL --target URL --rules FILE    the whole run\n");
        Ok(text)
    }
}

/// The shop's rule file, for commands that are run from any folder.
fn written_rules() -> Result<String, Failure> {
    let wrong = |e| Error::usage("the shop's rule file can't be written").because(e);
    let mut file =
        tempfile::Builder::new().prefix("masque-shop-").suffix(".toml").tempfile().map_err(wrong)?;
    file.write_all(RULES.as_bytes()).map_err(wrong)?;
    let (_, path) = file.keep().map_err(|e| wrong(e.error))?;
    Ok(path.display().to_string())
}

/// The section of one table as `masque discover` writes it.
fn proposal(source: &Url) -> Result<String, Failure> {
    let found = block_on(async {
        let session = Session::open(source.connect(Kind::Source).await?, Side::Source).await?;
        session.run("opening a transaction", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
        let schema = catalog::shape(&session).await?;
        let look = Look {
            observe: false,
            rows: 1000,
            patience: Duration::from_secs(10),
            strict: false,
            presets: Vec::new(),
            only: Some(matching(&schema, "public.customers")),
            new: None,
        };
        Ok(propose(&session, &schema, Detector::own(), &look, &|_, _| {}).await?)
    })?;
    Ok(found.tables.iter().map(Section::text).collect())
}

fn side_by_side(samples: &[Sample]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    if table.width().is_none() {
        table.set_width(150);
    }
    table.set_header(["", "production", "staging"]);
    for (place, sample) in samples.iter().enumerate() {
        if place > 0 && sample.label == "customers.id" {
            table.add_row(["", "", ""]);
        }
        table.add_row([&sample.label, &sample.before, &sample.after]);
    }
    table.to_string().lines().map(str::trim_end).fold(String::new(), |text, line| text + line + "\n")
}

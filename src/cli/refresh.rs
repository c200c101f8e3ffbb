//! `masque refresh`

use super::connection::{Source, Target, sign};
use super::duration::duration;
use super::mistake::Takes;
use super::progress::Display;
use super::secret::SecretFrom;
use super::{Failure, block_on, output, signal};
use crate::error::{Error, Result};
use crate::postgres::watch::Budget;
use crate::publish::{Guard, Sign};
use crate::refresh::{Options, Verify, Way, forecast, refresh};
use crate::report::{self, Report};
use crate::rules::RuleFile;
use clap::{Args, ValueEnum};
use rustix::fs::{Access, AtFlags, CWD, accessat};
use rustix::io::Errno;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Mask a snapshot of production into staging and publish it in one step
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own on the command line")]
pub(super) struct Refresh {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    target: Target,
    /// The rule file
    #[arg(long, value_name = "FILE")]
    rules: PathBuf,
    #[command(flatten)]
    secret: SecretFrom,
    /// How many lanes read, mask and write at the same time [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
    /// What to check on the build before it is published
    #[arg(long, value_enum, default_value_t = VerifyArgument::Full)]
    verify: VerifyArgument,
    /// Go as far as to the build, write nothing, and say what the refresh would copy, take and need
    #[arg(long)]
    dry_run: bool,
    /// Write `report.json` into this folder
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
    /// End the run when anybody on the source waited this long on one of its locks
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = duration)]
    max_blocked: Duration,
    /// End the run when its snapshot is this old
    #[arg(long, value_name = "TIME", default_value = "4h", value_parser = duration)]
    max_snapshot_age: Duration,
    /// End the run when a server is silent this long where it should answer, or send or take rows
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = duration)]
    stall_timeout: Duration,
    /// Read no more than so many megabytes a second from the source, all lanes together
    #[arg(long, value_name = "MB/s", value_parser = megabytes)]
    throttle: Option<f64>,
    /// Go on this long, until the snapshot is taken, when a server can't be reached or has no
    /// connection left
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = duration)]
    connect_wait: Duration,
    /// Start over so often, with a new snapshot, when a connection was lost, or a table was locked or
    /// altered at the wrong moment
    #[arg(long, value_name = "N", default_value_t = 3)]
    retries: u32,
    /// Wait this long for another run on the same target
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = duration)]
    lock_wait: Duration,
    /// Go on this long with ending the sessions on the target when publishing; in place, with waiting for
    /// those that have the old tables open
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = duration)]
    publish_wait: Duration,
    /// How the new data becomes the target's
    #[arg(long, value_enum, default_value_t = PublishArgument::Swap)]
    publish: PublishArgument,
    /// Keep so many older generations of the target [default: 1]
    #[arg(long, value_name = "N")]
    keep: Option<usize>,
    /// Write down that the copy should be gone after this time; `masque status` tells when it is over
    #[arg(long, value_name = "TIME", value_parser = duration)]
    expires: Option<Duration>,
    /// Leave everything to the loading role instead of the source's owners
    #[arg(long)]
    no_owner: bool,
    /// Leave out privileges and default privileges
    #[arg(long)]
    no_privileges: bool,
    /// Treat warnings about rules as errors
    #[arg(long)]
    strict: bool,
    /// Allow source and target on one server
    #[arg(long)]
    same_server: bool,
    /// Allow a source that is itself a copy made by masque
    #[arg(long)]
    source_is_copy: bool,
    /// Signs of production that a target without a marker may show: sessions, replicas, slots,
    /// archive, name, size
    #[arg(long, value_name = "SIGNS", value_delimiter = ',', value_parser = sign)]
    allow: Vec<Sign>,
    /// The database of the target's server to connect to for making others
    #[arg(long, value_name = "DATABASE", default_value = "postgres")]
    maintenance_db: String,
    /// Make the build from this database, with extensions preinstalled
    #[arg(long, value_name = "DATABASE")]
    template: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum VerifyArgument {
    /// Count every table and compare every object
    Full,
    /// Trust what loading itself checks
    Off,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum PublishArgument {
    /// Make a build beside the target and rename it: needs the right to make databases
    Swap,
    /// Replace everything in the target's own database in one transaction, for a role that may make
    /// none. It costs: one connection loads, so it takes longer; old and new data and the log of
    /// both lie on the disk together; vacuum can remove nothing there meanwhile; whoever reads waits
    /// while the old tables are dropped; no generation is kept. Refused where extensions lie beside
    /// tables, or anything else can't be replaced so
    InPlace,
}

impl Refresh {
    /// What contradicts publishing in place: there is one database, one connection and nothing kept.
    fn check(&self) -> Result<()> {
        if self.publish == PublishArgument::Swap {
            return Ok(());
        }
        let given = [
            (self.template.is_some(), "--template", "makes no database"),
            (self.keep.is_some_and(|keep| keep > 0), "--keep", "keeps no generation"),
            (self.jobs.is_some_and(|jobs| jobs > 1), "--jobs", "has one connection to load with"),
        ];
        match given.into_iter().find(|(given, ..)| *given) {
            Some((_, name, why)) => Err(Error::usage(format!("`--publish in-place` {why}"))
                .help(format!("leave out `{name}`, or use `--publish swap`"))),
            None => Ok(()),
        }
    }

    pub(super) fn run(self) -> Result<(), Failure> {
        self.check()?;
        let rules = RuleFile::read(&self.rules).map_err(Failure::Rules)?;
        let (source, target) = (self.source.url()?, self.target.url()?);
        let (secret, secret_is_fresh) = self.secret.read()?;
        match &self.report {
            Some(folder) if self.dry_run => check_folder(folder)?,
            Some(folder) => prepare_folder(folder)?,
            None => {}
        }
        let options = Options {
            source,
            target,
            rules,
            secret,
            secret_is_fresh,
            jobs: self.jobs.map_or_else(cores, usize::from),
            budget: Budget {
                max_blocked: self.max_blocked,
                max_snapshot_age: self.max_snapshot_age,
                stall: self.stall_timeout.max(Duration::from_secs(1)),
            },
            throttle: self.throttle,
            connect_wait: self.connect_wait,
            retries: self.retries,
            lock_wait: self.lock_wait,
            publish_wait: self.publish_wait,
            publish: match self.publish {
                PublishArgument::Swap => Way::Swap,
                PublishArgument::InPlace => Way::InPlace,
            },
            keep: self.keep.unwrap_or(1),
            expires: self.expires,
            verify: match self.verify {
                VerifyArgument::Full => Verify::Full,
                VerifyArgument::Off => Verify::Off,
            },
            guard: Guard {
                same_server: self.same_server,
                source_is_copy: self.source_is_copy,
                allow: self.allow,
            },
            owners: !self.no_owner,
            privileges: !self.no_privileges,
            strict: self.strict,
            maintenance_database: self.maintenance_db,
            template: self.template,
        };
        if options.secret_is_fresh {
            output::say(
                "note: no secret was given, so one was made for this run alone; pseudonyms will differ next time",
            );
        }
        if self.dry_run {
            return foresee(&options, self.json);
        }
        let report = run(&options)?;
        if let Some(folder) = &self.report {
            write(folder, &report)?;
        }
        output::print(&if self.json { json(&report)? } else { report::render(&report) });
        Ok(())
    }
}

/// Runs a refresh with its progress shown; the demo does it too.
pub(super) fn run(options: &Options) -> Result<Report, Failure> {
    let display = Display::new();
    let outcome = block_on(Box::pin(refresh(options, &display, signal::interrupted())));
    display.end();
    outcome
}

/// Says what a refresh would do.
fn foresee(options: &Options, as_json: bool) -> Result<(), Failure> {
    let display = Display::new();
    let outcome = block_on(Box::pin(forecast(options, &display, signal::interrupted())));
    display.end();
    let forecast = outcome?;
    output::print(&if as_json { json(&forecast)? } else { report::render_forecast(&forecast) });
    Ok(())
}

/// As many lanes as there are cores.
pub(super) fn cores() -> usize {
    std::thread::available_parallelism().map_or(2, std::num::NonZero::get)
}

fn json(report: &impl Serialize) -> Result<String> {
    serde_json::to_string_pretty(report)
        .map_err(|e| Error::internal("the report has no JSON form").because(e))
}

/// Before a long run, not after it: can the report be written at all?
fn prepare_folder(folder: &Path) -> Result<()> {
    // A name of its own: an older report stays until there is a new one.
    let probe = folder.join(".masque-can-write");
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&probe, ""))
        .and_then(|()| std::fs::remove_file(&probe))
        .map_err(|e| no_report(folder, e))
}

/// The same question without writing anything: of the folder, or of what it would be made in.
fn check_folder(folder: &Path) -> Result<()> {
    let there =
        folder.ancestors().map(|part| if part.as_os_str().is_empty() { Path::new(".") } else { part });
    let nearest = there.into_iter().find(|part| part.exists()).unwrap_or(folder);
    let wanted = Access::WRITE_OK | Access::EXEC_OK;
    // Writing asks for the user that the process acts as, and so does this.
    let answer =
        if nearest.is_dir() { accessat(CWD, nearest, wanted, AtFlags::EACCESS) } else { Err(Errno::NOTDIR) };
    answer.map_err(|e| no_report(folder, e.into()))
}

fn no_report(folder: &Path, error: std::io::Error) -> Error {
    Error::usage(format!("can't write a report into `{}`", folder.display())).because(error)
}

fn write(folder: &Path, report: &Report) -> Result<()> {
    let path = folder.join("report.json");
    std::fs::write(&path, json(report)? + "\n").map_err(|e| {
        Error::usage(format!("the refresh is published, but `{}` can't be written", path.display()))
            .because(e)
    })
}

/// Reads megabytes, and gives bytes.
fn megabytes(text: &str) -> Result<f64, Takes> {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() && number >= 0.1 => Ok(number * 1e6),
        _ => Err(Takes("a rate is a number of megabytes a second, at least 0.1".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_in_megabytes_and_never_nothing() {
        assert_eq!(megabytes("2.5"), Ok(2_500_000.0));
        for bad in ["0", "-1", "NaN", "inf", "10MB", ""] {
            assert!(megabytes(bad).is_err(), "{bad}");
        }
    }
}

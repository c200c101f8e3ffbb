//! The face: what a person types and what they see. One file per command.

mod adopt;
mod check;
mod clean;
mod completions;
mod connection;
mod demo;
pub mod diagnostics;
mod discover;
mod doctor;
mod duration;
mod example;
mod mistake;
mod output;
mod parity;
mod preview;
mod progress;
mod refresh;
mod rollback;
mod schema;
mod secret;
mod signal;
mod status;
mod transformers;
mod typed;

use crate::diagnostic::Failure;
use crate::error::{Error, Kind};
use clap::error::ErrorKind;
use clap::{Parser, Subcommand};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

/// Makes staging a faithful, harmless double of a production PostgreSQL database
#[derive(Debug, Parser)]
#[command(name = "masque", version, propagate_version = true, arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Demo),
    Discover(discover::Discover),
    Check(check::Check),
    Preview(preview::Preview),
    Refresh(Box<refresh::Refresh>),
    Adopt(adopt::Adopt),
    Status(status::Status),
    Rollback(rollback::Rollback),
    Clean(clean::Clean),
    Doctor(doctor::Doctor),
    Parity(parity::Parity),
    Transformers(transformers::Transformers),
    Schema(schema::Schema),
    Completions(completions::Completions),
}

/// Reads the arguments, runs the command and gives the documented exit code.
#[must_use]
pub fn main() -> ExitCode {
    silence_panics();
    leave_no_core();
    guarded(obey)
}

/// A panic is an internal error like any other: exit code 1.
fn guarded(work: impl FnOnce() -> ExitCode) -> ExitCode {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| ExitCode::from(Kind::Internal.exit_code()))
}

fn obey() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(found) => return no_command(&found),
    };
    let outcome = match arguments.command {
        Command::Demo(command) => command.run(),
        Command::Discover(command) => command.run(),
        Command::Check(command) => command.run(),
        Command::Preview(command) => command.run(),
        Command::Refresh(command) => command.run(),
        Command::Adopt(command) => command.run(),
        Command::Status(command) => command.run(),
        Command::Rollback(command) => command.run(),
        Command::Clean(command) => command.run(),
        Command::Doctor(command) => command.run(),
        Command::Parity(command) => command.run(),
        Command::Transformers(command) => command.run(),
        Command::Schema(_) => schema::Schema::run(),
        Command::Completions(command) => {
            command.run();
            Ok(())
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Error(error)) => {
            output::error(&error);
            ExitCode::from(error.kind().exit_code())
        }
        Err(Failure::Rules(problems)) => {
            output::diagnostics(&problems);
            ExitCode::from(diagnostics::exit_kind(&problems).exit_code())
        }
    }
}

/// Help and the version are no mistakes; clap knows which stream each belongs to.
fn no_command(found: &clap::Error) -> ExitCode {
    let code = if found.use_stderr() { Kind::Usage.exit_code() } else { 0 };
    if matches!(
        found.kind(),
        ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    ) {
        found.print().ok();
        return ExitCode::from(code);
    }
    let (error, usage) = mistake::explain(found, &output::arguments());
    output::error(&error);
    if let Some(usage) = usage {
        output::say(&format!("\n{usage}\n\nFor more, ask with `--help`."));
    }
    ExitCode::from(code)
}

/// A panic's payload can quote what was being worked on, so only its place is said.
fn silence_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|at| format!(" at {}:{}", at.file(), at.line())).unwrap_or_default();
        output::say(&format!("error: masque met a bug of its own{place}; please report it"));
    }));
}

/// A core file would hold rows, passwords and the secret. Children inherit the limit.
///
/// Where `core_pattern` hands cores to a program, Linux ignores a limit of zero (core(5): it "is not enforced
/// for core dumps that are piped"). One byte is what it knows its own such programs by, and dumps none of
/// them (`do_coredump` in fs/coredump.c); and no file of one byte is a core, so none is written either.
fn leave_no_core() {
    let least = u64::from(cfg!(target_os = "linux"));
    let limit = |bytes| rustix::process::Rlimit { current: Some(bytes), maximum: Some(bytes) };
    let set = |bytes| rustix::process::setrlimit(rustix::process::Resource::Core, limit(bytes));
    // Lowering a limit needs no right, but it may be zero already; where the system refuses all the same, the
    // run is no worse.
    set(least).or_else(|_| set(0)).ok();
}

/// Runs a command's work on a runtime of this thread.
fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Error::internal("the system gave no runtime").because(e))?;
    let outcome = runtime.block_on(work);
    // A host name that is still being looked up must not hold the exit back.
    runtime.shutdown_background();
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    /// What the child process of the test below does: it panics as masque would.
    #[test]
    #[ignore = "ends its process"]
    fn panics_over_a_row() {
        silence_panics();
        let code = guarded(|| std::panic::panic_any(String::from("the row of ann@corp.example")));
        std::process::exit(if code == ExitCode::from(1) { 1 } else { 99 });
    }

    #[test]
    fn a_panic_ends_with_1_and_shows_its_place_and_nothing_else() {
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args([
            "--exact",
            "cli::tests::panics_over_a_row",
            "--ignored",
            "--nocapture",
            "--test-threads=1",
        ]);
        let output = child.env("RUST_BACKTRACE", "full").output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("masque met a bug of its own at src/cli/mod.rs:"), "{said}");
        assert!(!said.contains("corp.example") && !said.contains("backtrace"), "{said}");
        assert!(!String::from_utf8_lossy(&output.stdout).contains("corp.example"));
    }
}

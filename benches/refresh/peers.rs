//! What others do: `pg_dump` with `pg_restore`, and `pgcopydb`. Neither masks.

use super::Result;
use super::cost::BESIDES;
use super::meter::Meter;
use super::original::Original;
use super::server::{ending, run};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How long `pgcopydb` may take.
const PATIENCE: Duration = Duration::from_mins(30);

/// A folder of files, not compressed, then all of it at once. `ANALYZE`, which masque does too and
/// these do not, is measured but not counted.
pub(crate) fn dump_and_restore(
    original: &Original<'_>,
    target: &str,
    lanes: u16,
    meter: &mut Meter<'_>,
) -> Result<()> {
    let folder = original.servers.folder().join("dump");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    let jobs = format!("-j{lanes}");
    run(original.dump().args(["-Fd", &jobs, "-Z0", "-f"]).arg(&folder))?;
    meter.mark("dump");
    run(original.servers.program("pg_restore").args([&jobs, "-d", target]).arg(&folder))?;
    meter.mark("restore");
    run(original.servers.program("vacuumdb").args(["--analyze-only", "-q", &jobs, "-d", target]))?;
    meter.mark(BESIDES);
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

/// Which `pgcopydb` is on the path, if any.
pub(crate) fn pgcopydb_version() -> Option<String> {
    let output = Command::new("pgcopydb").arg("--version").stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.lines().find(|line| line.contains("version")).map(|line| line.replace(" version", ""))
}

/// All of it at once, with as many tables at a time as there are lanes, and as many indexes.
pub(crate) fn pgcopydb(
    original: &Original<'_>,
    target: &str,
    lanes: u16,
    meter: &mut Meter<'_>,
) -> Result<()> {
    let folder = original.servers.folder().join("pgcopydb");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    let jobs = lanes.to_string();
    let mut command = Command::new("pgcopydb");
    command.args(["clone", "--source", &original.source(), "--target", target, "--dir"]).arg(&folder);
    command.args(["--table-jobs", &jobs, "--index-jobs", &jobs, "--no-role-passwords"]);
    // It runs the programs of PostgreSQL that it finds on the path.
    let mut path = original.servers.programs().as_os_str().to_owned();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    end_in_time(command.env("PATH", path))?;
    meter.mark("clone");
    Ok(())
}

/// Runs a program that starts others, and ends them all when it takes longer than anybody would wait.
fn end_in_time(command: &mut Command) -> Result<()> {
    let said = tempfile::NamedTempFile::new()?;
    let streams = [said.reopen()?, said.reopen()?];
    let [out, err] = streams;
    let mut program = command.process_group(0).stdin(Stdio::null()).stdout(out).stderr(err).spawn()?;
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = program.try_wait()? {
            break status;
        }
        if begun.elapsed() > PATIENCE {
            run(Command::new("kill").args(["-9", "--", &format!("-{}", program.id())]))?;
            program.wait()?;
            return Err(format!("not done after {} s", PATIENCE.as_secs()).into());
        }
        thread::sleep(Duration::from_millis(10));
    };
    if status.success() { Ok(()) } else { Err(ending(&std::fs::read(said.path())?).into()) }
}

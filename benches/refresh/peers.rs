//! What others do: `pg_dump` with `pg_restore`, and `pgcopydb`. Neither masks.

use super::Result;
use super::cost::BESIDES;
use super::meter::Meter;
use super::original::Original;
use super::server::run;
use std::process::{Command, Stdio};

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

/// Whether there is a `pgcopydb` on the path.
pub(crate) fn pgcopydb_is_installed() -> bool {
    let mut command = Command::new("pgcopydb");
    command.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
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
    run(command.env("PATH", path))?;
    meter.mark("clone");
    Ok(())
}

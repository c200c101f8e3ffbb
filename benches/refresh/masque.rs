//! `masque refresh`, listened to: it says on stderr when a step is over, and that moment is measured.

use super::Result;
use super::meter::Meter;
use super::original::Original;
use super::server::ending;
use super::way::Equipment;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

/// The step in which rows move.
pub(crate) const ROWS: &str = "stream";

/// The steps, as masque calls them.
const STEPS: [&str; 8] =
    ["connect", "snapshot", "plan", "schema", ROWS, "indexes and keys", "verify", "publish"];

/// Makes rounds mask alike. It guards nothing: anybody can read it here.
const SECRET: &str = "62656e6368206f6e6c793a206e6f7420612073656372657420617420616c6c21";

/// Refreshes a target that is not there yet.
pub(crate) fn refresh(
    original: &Original<'_>,
    source: &str,
    target: &str,
    rules: &Path,
    equipment: &Equipment,
    meter: &mut Meter<'_>,
) -> Result<()> {
    let mut command = Command::new(&equipment.masque);
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("PG") || name.starts_with("MASQUE_")) {
            command.env_remove(name);
        }
    }
    command.env("MASQUE_PG_BINDIR", original.servers.programs()).env("MASQUE_SECRET", SECRET);
    command.args(["refresh", "--jobs", &equipment.lanes.to_string()]);
    command.args(["--source", source, "--target", target, "--rules"]).arg(rules);
    let mut masque = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    let lines = BufReader::new(masque.stderr.take().ok_or("masque says nothing")?);
    let (mut said, mut seen) = (String::new(), false);
    for line in lines.lines() {
        let line = line?;
        if let Some(step) = finished_step(&line) {
            meter.mark(step);
            seen |= step == ROWS;
        }
        said = said + &line + "\n";
    }
    let status = masque.wait()?;
    meter.mark("report");
    if !status.success() {
        return Err(format!("masque: {status}\n{}", ending(said.as_bytes())).into());
    }
    // Without it, everything would count as something else.
    if !seen {
        return Err(format!("masque did not say when `{ROWS}` was over; are these its steps?").into());
    }
    Ok(())
}

/// The step in `  stream    12.3 s`.
fn finished_step(line: &str) -> Option<&'static str> {
    let (step, seconds) = line.trim().strip_suffix(" s")?.rsplit_once(' ')?;
    seconds.parse::<f64>().ok()?;
    STEPS.into_iter().find(|known| *known == step.trim_end())
}

//! The three ways from source to target. Each has two lanes.

use super::Result;
use super::stage::{Stage, run};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// A way to copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// `psql | psql` in binary form into tables without keys and indexes: what the servers need at least.
    Pipe,
    /// `pg_dump` to a folder, then `pg_restore`: a whole database, unmasked.
    Dump,
    /// `masque refresh`: a whole database, masked, checked and published.
    Masque,
}

impl Way {
    pub(crate) const ALL: [Self; 3] = [Self::Pipe, Self::Dump, Self::Masque];

    /// How the README calls it.
    pub(crate) fn letter(self) -> char {
        match self {
            Self::Pipe => 'a',
            Self::Dump => 'b',
            Self::Masque => 'c',
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Pipe => "psql | psql",
            Self::Dump => "pg_dump, pg_restore",
            Self::Masque => "masque refresh",
        }
    }

    /// Copies the shop into the target that was prepared.
    pub(crate) fn copy(self, stage: &Stage, target: &str) -> Result<()> {
        match self {
            Self::Pipe => pipes(stage, target),
            Self::Dump => dump_and_restore(stage, target),
            Self::Masque => refresh(stage, target),
        }
    }
}

/// Two lanes take tables from one list, the largest first.
fn pipes(stage: &Stage, target: &str) -> Result<()> {
    let next = AtomicUsize::new(0);
    let lane = || -> std::result::Result<(), String> {
        while let Some(table) = stage.tables().get(next.fetch_add(1, Ordering::Relaxed)) {
            pipe(stage, target, table).map_err(|error| error.to_string())?;
        }
        Ok(())
    };
    let ends =
        thread::scope(|scope| [scope.spawn(lane), scope.spawn(lane)].map(thread::ScopedJoinHandle::join));
    for end in ends {
        end.map_err(|_| "a lane of psql panicked")??;
    }
    Ok(())
}

/// The kernel carries the rows from one `psql` to the other; this process sees none.
fn pipe(stage: &Stage, target: &str, table: &str) -> Result<()> {
    let read = format!("copy {table} to stdout (format binary)");
    let mut reader = stage.psql(&stage.source()).args(["-c", &read]).stdout(Stdio::piped()).spawn()?;
    let rows = reader.stdout.take().ok_or("psql has no output")?;
    let write = format!("copy {table} from stdin (format binary)");
    let written = stage.psql(&stage.target(target)).args(["-c", &write]).stdin(rows).status()?;
    if !(reader.wait()?.success() && written.success()) {
        return Err(format!("psql could not copy {table}").into());
    }
    Ok(())
}

fn dump_and_restore(stage: &Stage, target: &str) -> Result<()> {
    let folder = stage.folder().join("dump");
    run(stage.program("pg_dump").args(["-Fd", "-j2", "-Z0", "-d", &stage.source(), "-f"]).arg(&folder))?;
    run(stage.program("pg_restore").args(["-j2", "-d", &stage.target(target)]).arg(&folder))?;
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

/// The shop's rules leave some rows out, which the other ways carry: here all of them travel.
fn rules_for_all_rows(stage: &Stage) -> Result<PathBuf> {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/shop.toml");
    let mut document: toml_edit::DocumentMut = std::fs::read_to_string(rules)?.parse()?;
    document.remove("rows");
    let file = stage.folder().join("rules.toml");
    std::fs::write(&file, document.to_string())?;
    Ok(file)
}

fn refresh(stage: &Stage, target: &str) -> Result<()> {
    let rules = rules_for_all_rows(stage)?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_masque"));
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("PG") || name.starts_with("MASQUE_")) {
            command.env_remove(name);
        }
    }
    command.env("MASQUE_PG_BINDIR", stage.programs()).args(["refresh", "--jobs", "2"]);
    command.args(["--source", &stage.source(), "--target", &stage.target(target), "--rules"]).arg(rules);
    run(&mut command).map(drop)
}

//! Where the secret comes from. Never from an argument: arguments show in process lists.

use crate::error::{Error, Result};
use crate::secret::{Secret, hide_secrets};
use clap::Args;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use zeroize::Zeroizing;

/// Where the secret comes from
#[derive(Debug, Args)]
pub(super) struct SecretFrom {
    /// Read the secret from a file that only its owner can read [default: `MASQUE_SECRET`]
    #[arg(long, value_name = "FILE", conflicts_with = "secret_command")]
    secret_file: Option<PathBuf>,
    /// Run a program, without a shell, that prints the secret
    #[arg(long, value_name = "PROGRAM ARGS")]
    secret_command: Option<String>,
}

impl SecretFrom {
    /// The secret, and whether it was made for this run alone.
    pub(super) fn read(&self) -> Result<(Secret, bool)> {
        if let Some(path) = &self.secret_file {
            return Ok((read_file(path)?, false));
        }
        if let Some(command) = &self.secret_command {
            return Ok((run(command)?, false));
        }
        match std::env::var("MASQUE_SECRET").map(Zeroizing::new) {
            Ok(text) if !text.is_empty() => {
                Ok((Secret::parse(&text).map_err(|e| e.context("MASQUE_SECRET"))?, false))
            }
            _ => Ok((Secret::random()?, true)),
        }
    }
}

fn read_file(path: &PathBuf) -> Result<Secret> {
    let shown = path.display();
    let unreadable = |e| Error::usage(format!("can't read the secret file `{shown}`")).because(e);
    let mode = std::fs::metadata(path).map_err(unreadable)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(Error::usage(format!("the secret file `{shown}` can be read by others"))
            .help(format!("`chmod 600 {shown}`, and think about making a new secret")));
    }
    let text = Zeroizing::new(std::fs::read_to_string(path).map_err(unreadable)?);
    Secret::parse(&text).map_err(|e| e.context(format!("`{shown}`")))
}

/// Runs a program and its arguments, split at white space: there is no shell.
fn run(command: &str) -> Result<Secret> {
    let mut words = command.split_whitespace();
    let Some(program) = words.next() else {
        return Err(Error::usage("`--secret-command` is empty"));
    };
    let mut command = Command::new(program);
    let output = hide_secrets(&mut command)
        .args(words)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|e| Error::usage(format!("can't run the secret command `{program}`")).because(e))?;
    let said = Zeroizing::new(output.stdout);
    if !output.status.success() {
        return Err(Error::usage(format!("the secret command `{program}` failed ({})", output.status)));
    }
    let text = std::str::from_utf8(&said).unwrap_or_default();
    Secret::parse(text).map_err(|e| e.context(format!("`{program}`")))
}

//! What the programs that masque starts are not told.

use std::process::Command;

/// Variables that hold a secret or a password, or settings that may hold one.
const SECRETS: [&str; 5] = ["MASQUE_SECRET", "MASQUE_SOURCE", "MASQUE_TARGET", "PGPASSWORD", "PGOPTIONS"];

/// Keeps out of a child's environment what it need not know: others on the machine may be able to read it.
pub fn hide_secrets(command: &mut Command) -> &mut Command {
    for variable in SECRETS {
        command.env_remove(variable);
    }
    command
}

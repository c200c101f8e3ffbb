//! `masque completions`

use super::{Arguments, Failure, output};
use clap::{Args, CommandFactory};
use clap_complete::Shell;

/// Print a shell's completion script
#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(super) fn run(self) -> Result<(), Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Arguments::command(), "masque", &mut script);
        output::print(&String::from_utf8_lossy(&script));
        Ok(())
    }
}

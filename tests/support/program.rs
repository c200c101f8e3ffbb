//! The real program, run as an operator's shell would, with a clean environment.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Longer than any test's refresh takes on a slow machine: a run that hangs fails instead of stopping the suite.
const PATIENCE: Duration = Duration::from_mins(5);

/// What of the environment a run may see; `PG*` and `MASQUE_*` of the machine would steer it.
const INHERITED: &[&str] = &["PATH", "TMPDIR", "MASQUE_PG_BINDIR", "LLVM_PROFILE_FILE"];

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Output {
    /// The exit code, or -1 after a signal.
    pub(crate) code: i32,
    /// What it printed.
    pub(crate) stdout: String,
    /// What it complained about.
    pub(crate) stderr: String,
    pub(super) command: String,
}

impl Output {
    /// Fails unless the run ended with `code`. Shows what it said: our fixtures hold nobody's data.
    #[track_caller]
    pub(crate) fn assert_code(&self, code: i32) -> &Self {
        assert!(self.code == code, "{} ended with {}, not {code}\n{}", self.command, self.code, self.stderr);
        self
    }

    /// Fails unless the complaint holds every one of `words`.
    #[track_caller]
    pub(crate) fn assert_says(&self, words: &[&str]) -> &Self {
        for word in words {
            assert!(self.stderr.contains(word), "{} does not say `{word}`\n{}", self.command, self.stderr);
        }
        self
    }

    /// Fails when anything printed holds `word`.
    #[track_caller]
    pub(crate) fn assert_silent_about(&self, word: &str) -> &Self {
        assert!(
            !self.stderr.contains(word) && !self.stdout.contains(word),
            "{} shows what it must not",
            self.command
        );
        self
    }
}

/// Runs `masque` with some arguments.
pub(crate) fn run(args: &[&str]) -> Output {
    run_with(args, &[])
}

/// As [`run`], with variables set on top.
pub(crate) fn run_with(args: &[&str], variables: &[(&str, OsString)]) -> Output {
    let home = tempfile::tempdir().unwrap();
    let mut command = assert_cmd::Command::from_std(dressed(args, variables, home.path()));
    let output = command.timeout(PATIENCE).output().unwrap();
    Output {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        command: shown(args),
    }
}

/// The program with the signals of an operator's shell: tests under `nohup` would hand their ignored SIGHUP on.
fn program() -> Command {
    let masque = env!("CARGO_BIN_EXE_masque");
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap_or_default();
    if u64::from_str_radix(ignored.trim(), 16).unwrap_or(0) & 1 == 0 {
        return Command::new(masque);
    }
    // By its path: a test may give the program a PATH with nothing in it.
    let mut command = Command::new("/usr/bin/env");
    command.args(["--default-signal=HUP", masque]);
    command
}

/// The program's command in an empty home: no password file, no certificates, no preferences of whoever runs the tests.
pub(super) fn dressed(args: &[&str], variables: &[(&str, OsString)], home: &Path) -> Command {
    let mut command = program();
    command.args(args).env_clear().env("HOME", home).env("LC_ALL", "C.UTF-8").current_dir(home);
    for name in INHERITED {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command.envs(variables.iter().map(|(name, value)| (name, value)));
    command
}

/// The command for a message: URLs hold passwords.
pub(super) fn shown(args: &[&str]) -> String {
    let mut shown = String::from("`masque");
    for arg in args {
        let _ = write!(shown, " {}", if arg.starts_with("postgres://") { "URL" } else { arg });
    }
    shown.push('`');
    shown
}

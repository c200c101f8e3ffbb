//! The program while it runs: to be watched, interrupted and killed.

use super::Output;
use super::program::{dressed, shown};
use std::ffi::OsString;
use std::fs::{self, File};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A run that goes on beside the test and ends with this value.
pub(crate) struct Started {
    child: Child,
    folder: TempDir,
    command: String,
}

impl Started {
    /// Starts `masque` with some arguments.
    pub(crate) fn new(args: &[&str]) -> Self {
        Self::with(args, &[])
    }

    /// As [`Started::new`], with variables set on top.
    pub(crate) fn with(args: &[&str], variables: &[(&str, OsString)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = |name| File::create(folder.path().join(name)).unwrap();
        // Files, because nobody reads a pipe meanwhile.
        let child = dressed(args, variables, folder.path())
            .stdin(Stdio::null())
            .stdout(file("stdout"))
            .stderr(file("stderr"))
            .spawn()
            .unwrap();
        Self { child, folder, command: shown(args) }
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Whether it goes on.
    pub(crate) fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Sends a signal by its name, such as `INT`.
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status();
        assert!(sent.is_ok_and(|status| status.success()), "the signal {name} could not be sent");
    }

    /// Ends it as an out-of-memory killer would, children excepted.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits until it stops at a point of [`masque::point::Point`].
    #[track_caller]
    pub(crate) fn wait_for_pause(&mut self, word: &str) {
        let (line, until) = (format!("paused at `{word}`"), Instant::now() + Duration::from_mins(1));
        while !self.said().contains(&line) {
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none() && Instant::now() < until, "never at `{word}`\n{}", self.said());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// What it has complained about so far.
    pub(crate) fn said(&self) -> String {
        fs::read_to_string(self.folder.path().join("stderr")).unwrap_or_default()
    }

    /// The most memory it has held so far, in megabytes. Zero where the system does not say.
    pub(crate) fn peak(&self) -> u64 {
        let told = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = told.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
        kilobytes.unwrap_or(0) / 1024
    }

    /// Waits for its end as [`Started::end_within`] does, and gives the most memory it held, in megabytes.
    /// Zero where the system does not say.
    #[track_caller]
    pub(crate) fn end_with_peak(mut self, limit: Duration) -> (Output, u64) {
        let (until, mut peak) = (Instant::now() + limit, 0);
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < until {
            peak = peak.max(self.peak());
            std::thread::sleep(Duration::from_millis(20));
        }
        (self.end_within(Duration::ZERO), peak)
    }

    /// Waits for its end; one that is later than `limit` fails the test.
    #[track_caller]
    pub(crate) fn end_within(mut self, limit: Duration) -> Output {
        let until = Instant::now() + limit;
        let status = loop {
            match self.child.try_wait().unwrap() {
                Some(status) => break status,
                None if Instant::now() > until => {
                    panic!("{} did not end within {limit:?}\n{}", self.command, self.said())
                }
                None => std::thread::sleep(Duration::from_millis(10)),
            }
        };
        let stdout = fs::read_to_string(self.folder.path().join("stdout")).unwrap_or_default();
        let command = std::mem::take(&mut self.command);
        Output { code: status.code().unwrap_or(-1), stdout, stderr: self.said(), command }
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until something is so, and fails after `limit`.
#[track_caller]
pub(crate) fn wait_until(what: &str, limit: Duration, mut is_so: impl FnMut() -> bool) {
    let until = Instant::now() + limit;
    while !is_so() {
        assert!(Instant::now() < until, "after {limit:?} it is still not so that {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

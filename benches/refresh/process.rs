//! What Linux tells about processes: CPU used, memory touched, who started whom.

use std::collections::BTreeMap;
use std::fs;

/// `USER_HZ`, the unit of /proc, is 100 on every Linux that PostgreSQL runs on.
const TICKS: f64 = 100.0;

/// The numbers of one process.
#[derive(Clone, Copy, Debug)]
struct Process {
    parent: u32,
    /// CPU of the process itself, in ticks.
    own: u64,
    /// CPU of its children that have ended and were waited for, and of theirs.
    ended: u64,
}

fn read(pid: &str) -> Option<Process> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in parentheses can hold anything; what follows it cannot.
    let (_, rest) = text.rsplit_once(") ")?;
    let numbers: Vec<&str> = rest.split(' ').collect();
    let number = |at: usize| numbers.get(at)?.parse::<u64>().ok();
    Some(Process {
        parent: u32::try_from(number(1)?).ok()?,
        own: number(11)? + number(12)?,
        ended: number(13)? + number(14)?,
    })
}

fn all() -> BTreeMap<u32, Process> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().into_string().ok());
    pids.filter_map(|name| Some((name.parse().ok()?, read(&name)?))).collect()
}

#[expect(clippy::cast_precision_loss, reason = "ticks of a bench are few")]
fn seconds(ticks: u64) -> f64 {
    ticks as f64 / TICKS
}

/// CPU seconds of this process's children that have ended, with all that they waited for.
pub(crate) fn children() -> f64 {
    read("self").map_or(0.0, |process| seconds(process.ended))
}

/// CPU seconds of a server so far: the postmaster, its living backends and those that have ended.
pub(crate) fn server(postmaster: u32) -> f64 {
    let all = all();
    let living: u64 =
        all.values().filter(|process| process.parent == postmaster).map(|process| process.own).sum();
    seconds(living + all.get(&postmaster).map_or(0, |process| process.own + process.ended))
}

/// The processes that descend from this one.
pub(crate) fn descendants() -> Vec<u32> {
    let all = all();
    let mut found = vec![std::process::id()];
    let mut at = 0;
    while let Some(parent) = found.get(at).copied() {
        found.extend(all.iter().filter(|(_, process)| process.parent == parent).map(|(pid, _)| *pid));
        at += 1;
    }
    found.split_off(1)
}

/// The most memory a process has had so far, in bytes.
pub(crate) fn peak_memory(pid: u32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kilobytes * 1024)
}

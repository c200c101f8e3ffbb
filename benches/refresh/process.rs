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

fn read(pid: u32) -> Option<Process> {
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

/// All processes at one moment.
#[derive(Debug)]
pub(crate) struct Census(BTreeMap<u32, Process>);

impl Census {
    /// Reads /proc while nobody waits for a child that ended: whoever reads the child before that and the
    /// parent after it counts the child's CPU twice, and the other way round not at all.
    pub(crate) fn settled(servers: &[u32]) -> Self {
        let mut before = Self::take();
        for _ in 0..20 {
            let census = Self::take();
            let mut parents = census.descendants();
            parents.extend(servers.iter().copied().chain([std::process::id()]));
            let still = |pid: &u32| {
                let now = census.0.get(pid).map(|process| process.ended);
                now == before.0.get(pid).map(|process| process.ended)
                    && now == read(*pid).map(|process| process.ended)
            };
            if parents.iter().all(still) {
                return census;
            }
            before = census;
        }
        before
    }

    fn take() -> Self {
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
        let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
        Self(pids.filter_map(|pid| Some((pid, read(pid)?))).collect())
    }

    /// CPU seconds of a server so far: the postmaster, its living backends and those that have ended.
    pub(crate) fn server(&self, postmaster: u32) -> f64 {
        let backends = self.0.values().filter(|process| process.parent == postmaster);
        let living: u64 = backends.map(|process| process.own).sum();
        seconds(living + self.0.get(&postmaster).map_or(0, |process| process.own + process.ended))
    }

    /// CPU seconds of what this process started, but for `others`: the living and the ended.
    pub(crate) fn client(&self, others: &[u32]) -> f64 {
        let ours = self.descendants().into_iter().filter(|pid| !others.contains(pid));
        let living: u64 =
            ours.filter_map(|pid| self.0.get(&pid)).map(|process| process.own + process.ended).sum();
        seconds(living + self.0.get(&std::process::id()).map_or(0, |process| process.ended))
    }

    /// The processes that descend from this one.
    fn descendants(&self) -> Vec<u32> {
        let mut found = vec![std::process::id()];
        let mut at = 0;
        while let Some(parent) = found.get(at).copied() {
            let children = self.0.iter().filter(|(_, process)| process.parent == parent);
            found.extend(children.map(|(pid, _)| *pid));
            at += 1;
        }
        found.split_off(1)
    }
}

/// The processes that descend from this one, now.
pub(crate) fn descendants() -> Vec<u32> {
    Census::take().descendants()
}

/// The most memory a process has had so far, in bytes.
pub(crate) fn peak_memory(pid: u32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kilobytes * 1024)
}

#[expect(clippy::cast_precision_loss, reason = "ticks of a bench are few")]
fn seconds(ticks: u64) -> f64 {
    ticks as f64 / TICKS
}

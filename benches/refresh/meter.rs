//! Measures a copy from outside, phase by phase: wall time, CPU of client and servers, memory of the client.

use super::Result;
use super::cost::{Cost, Usage};
use super::process::{self, Census};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Hears where one phase ends and the next begins.
pub(crate) struct Meter<'a> {
    servers: [u32; 2],
    others: &'a [u32],
    begun: Instant,
    last: Usage,
    phases: Vec<(String, Usage)>,
}

impl Meter<'_> {
    /// The phase that ran until now was `name`.
    pub(crate) fn mark(&mut self, name: &str) {
        let now = self.now();
        let usage = now - self.last;
        self.phases.push((name.to_owned(), usage));
        self.last = now;
    }

    fn now(&self) -> Usage {
        // The time first: the census takes some milliseconds.
        let wall = self.begun.elapsed().as_secs_f64();
        let census = Census::settled(&self.servers);
        let [source, target] = self.servers.map(|server| census.server(server));
        Usage { wall, client: census.client(self.others), source, target }
    }
}

/// Runs `copy` and measures it. `servers` are the source's and the target's process ids.
pub(crate) fn measure(servers: [u32; 2], copy: impl FnOnce(&mut Meter<'_>) -> Result<()>) -> Result<Cost> {
    let others = process::descendants();
    let running = AtomicBool::new(true);
    let mut meter =
        Meter { servers, others: &others, begun: Instant::now(), last: Usage::default(), phases: Vec::new() };
    meter.last = meter.now();
    let (outcome, (peak, largest)) = thread::scope(|scope| {
        let watch = scope.spawn(|| watch_memory(&others, &running));
        let outcome = copy(&mut meter);
        running.store(false, Ordering::Relaxed);
        (outcome, watch.join().unwrap_or_default())
    });
    outcome?;
    Ok(Cost { peak, largest, ..Cost::of(meter.phases) })
}

/// The highest sum of what the processes alive at one moment had at their own peaks, and the highest of one.
fn watch_memory(others: &[u32], running: &AtomicBool) -> (u64, u64) {
    let (mut peak, mut largest) = (0, 0);
    while running.load(Ordering::Relaxed) {
        let ours = process::descendants().into_iter().filter(|pid| !others.contains(pid));
        let memory: Vec<u64> = ours.filter_map(process::peak_memory).collect();
        peak = peak.max(memory.iter().sum());
        largest = largest.max(memory.into_iter().max().unwrap_or_default());
        thread::sleep(Duration::from_millis(50));
    }
    (peak, largest)
}

//! Measures one copy from outside: wall time, CPU of client and servers, memory of the client.

use super::stage::Stage;
use super::{Result, process};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// What one copy cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    /// Seconds on the wall.
    pub(crate) wall: f64,
    /// CPU seconds of every process the copy started on this side.
    pub(crate) client: f64,
    /// CPU seconds of the source's server.
    pub(crate) source: f64,
    /// CPU seconds of the target's server.
    pub(crate) target: f64,
    /// The most memory the client's processes had together, in bytes.
    pub(crate) peak: u64,
}

/// Runs `copy` and measures it.
pub(crate) fn measure(stage: &Stage, copy: impl FnOnce() -> Result<()>) -> Result<Cost> {
    let others = process::descendants();
    let running = AtomicBool::new(true);
    let servers = || stage.servers().map(process::server);
    let (client, [source, target]) = (process::children(), servers());
    let begun = Instant::now();
    let (outcome, wall, peak) = thread::scope(|scope| {
        let watch = scope.spawn(|| watch_memory(&others, &running));
        let outcome = copy();
        let wall = begun.elapsed().as_secs_f64();
        running.store(false, Ordering::Relaxed);
        (outcome, wall, watch.join().unwrap_or_default())
    });
    let [source_after, target_after] = servers();
    outcome?;
    Ok(Cost {
        wall,
        client: process::children() - client,
        source: source_after - source,
        target: target_after - target,
        peak,
    })
}

/// The highest sum of what the processes alive at one moment had at their own peaks: an upper bound.
fn watch_memory(others: &[u32], running: &AtomicBool) -> u64 {
    let mut peak = 0;
    while running.load(Ordering::Relaxed) {
        let ours = process::descendants().into_iter().filter(|pid| !others.contains(pid));
        peak = peak.max(ours.filter_map(process::peak_memory).sum());
        thread::sleep(Duration::from_millis(25));
    }
    peak
}

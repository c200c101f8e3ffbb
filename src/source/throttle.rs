//! A bound on how fast all lanes together read the source.
//!
//! One clock for all of them: it says when what was read so far is paid for. A
//! lane that has read adds the time its bytes are worth and sleeps until then;
//! meanwhile it takes nothing from its connection, so the source stops sending.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How many bytes a lane may read before it pays for them.
pub(super) const AT_ONCE: u64 = 16 * 1024;

/// The longest a lane takes nothing from its connection: a source that can send nothing for
/// long takes us for dead. What is owed beyond it stays owed.
const LONGEST: Duration = Duration::from_secs(20);

/// The clock that lanes share.
#[derive(Debug)]
pub struct Throttle {
    bytes_per_second: f64,
    paid_until: Mutex<Option<Instant>>,
}

impl Throttle {
    /// A throttle at so many bytes a second; it must be more than none.
    #[must_use]
    pub fn new(bytes_per_second: f64) -> Self {
        Self { bytes_per_second: bytes_per_second.max(1.0), paid_until: Mutex::new(None) }
    }

    /// Waits until these bytes are paid for.
    pub(super) async fn pay(&self, bytes: u64) {
        let wait = self.owe(bytes, Instant::now());
        if !wait.is_zero() {
            tokio::time::sleep(wait.min(LONGEST)).await;
        }
    }

    /// How long whoever has read these bytes must wait. Time in which nobody read is
    /// not saved up: a pause would be followed by a burst.
    fn owe(&self, bytes: u64, now: Instant) -> Duration {
        #[expect(clippy::cast_precision_loss, reason = "a rate needs no more than a double's digits")]
        let worth =
            Duration::try_from_secs_f64(bytes as f64 / self.bytes_per_second).unwrap_or(Duration::MAX);
        let mut paid_until = self.paid_until.lock().unwrap_or_else(PoisonError::into_inner);
        let from = paid_until.map_or(now, |until| until.max(now));
        let until = from.checked_add(worth).unwrap_or(from);
        *paid_until = Some(until);
        until.saturating_duration_since(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_share_one_rate_and_pauses_are_not_saved_up() {
        let (throttle, start) = (Throttle::new(1000.0), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(throttle.owe(500, start), Duration::from_millis(500));
        assert_eq!(
            throttle.owe(1000, start),
            Duration::from_millis(1500),
            "the second lane waits for the first"
        );
        assert_eq!(throttle.owe(500, at(1)), Duration::from_secs(1));
        assert_eq!(throttle.owe(1000, at(60)), Duration::from_secs(1), "58 idle seconds are gone");
    }
}

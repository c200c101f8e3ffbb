//! What a run took from production.

use super::grouped;
use serde::Serialize;

/// What the run cost the source; what it was granted is the budget's.
#[derive(Clone, Debug, Serialize)]
pub struct Cost {
    /// How long vacuum was held back, in seconds.
    pub snapshot_seconds: f64,
    /// How many transactions began on the source meanwhile: the largest age of our `backend_xmin`.
    pub snapshot_transactions: u64,
    /// Bytes read from tables.
    pub bytes: u64,
    /// The most connections at once.
    pub connections: u64,
    /// How often another session waited on a lock of ours.
    pub sessions_blocked: usize,
    /// The longest such a wait, in seconds.
    pub longest_block_seconds: f64,
}

impl Cost {
    /// All of it in one line.
    #[must_use]
    pub fn sentence(&self) -> String {
        let blocked = match self.sessions_blocked {
            0 => "nobody waited on its locks".to_owned(),
            count => format!(
                "{count} {} on its locks, the longest {:.1} s",
                if count == 1 { "session waited" } else { "sessions waited" },
                self.longest_block_seconds
            ),
        };
        format!(
            "{} connections, vacuum held back for {:.1} s and {} transactions, {blocked}",
            self.connections,
            self.snapshot_seconds,
            grouped(self.snapshot_transactions)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cost_says_whether_anybody_waited() {
        let mut paid = Cost {
            snapshot_seconds: 61.04,
            snapshot_transactions: 12_345,
            bytes: 7,
            connections: 5,
            sessions_blocked: 0,
            longest_block_seconds: 0.0,
        };
        insta::assert_snapshot!(paid.sentence(), @"5 connections, vacuum held back for 61.0 s and 12 345 transactions, nobody waited on its locks");
        (paid.sessions_blocked, paid.longest_block_seconds) = (2, 1.26);
        insta::assert_snapshot!(paid.sentence(), @"5 connections, vacuum held back for 61.0 s and 12 345 transactions, 2 sessions waited on its locks, the longest 1.3 s");
    }
}

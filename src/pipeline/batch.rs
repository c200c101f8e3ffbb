//! Whole rows travelling together in memory.

use std::fmt;

/// How many bytes of rows make a batch. Larger ones gained nothing when measured.
pub const BATCH: usize = 128 * 1024;

/// Rows in wire form, one after the other.
#[derive(Clone, Default)]
pub struct Batch {
    /// The rows.
    pub bytes: Vec<u8>,
    /// Where each row ends.
    pub ends: Vec<usize>,
    /// The ordinal of the first row in its chunk, from 0.
    pub first_row: u64,
}

impl Batch {
    /// An empty batch that begins at this row.
    #[must_use]
    pub fn starting_at(first_row: u64) -> Self {
        Self { bytes: Vec::with_capacity(BATCH + BATCH / 8), ends: Vec::new(), first_row }
    }

    /// Adds a row.
    pub fn push(&mut self, row: &[u8]) {
        self.bytes.extend_from_slice(row);
        self.ends.push(self.bytes.len());
    }

    /// How many rows it holds.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.ends.len() as u64
    }

    /// Adds the rows of the batch that follows this one.
    pub fn append(&mut self, next: &Self) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(&next.bytes);
        self.ends.extend(next.ends.iter().map(|end| start + end));
    }
}

impl fmt::Debug for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<batch of {} rows, {} bytes>", self.ends.len(), self.bytes.len())
    }
}

//! Moving rows in bounded memory.
//!
//! A lane is one reader connection, one writer connection and the masking
//! between them, on an operating-system thread with a runtime of its own: a
//! current-thread runtime costs a third less CPU than a shared one. The lane masks itself
//! or has the rayon pool do it ([`Hands`]). Batches keep their order and each carries a permit from the
//! first byte read to the last byte written, so a lane never holds more than
//! [`lane::PERMITS`] of them, whatever the target does:
//!
//! memory ≤ lanes × (permits × (batch + its masked copy) + some copies of the largest row)
//!
//! A batch that holds a value of several megabytes takes all permits, so a lane has one
//! of them at a time: as received, in the batch, and where it is masked unescaped, as
//! masked value and in the masked row.

mod batch;
mod hands;
mod lane;
mod large_object;
mod mask;
mod progress;

pub use batch::{BATCH, Batch};
pub use hands::Hands;
pub use lane::{Assignment, Lane, PERMITS, Stop};
pub use large_object::{Carried, carry};
pub use mask::mask;
pub use progress::{Progress, TableProgress};

use crate::error::{Error, Result};
use crate::plan::Chunk;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

/// The chunks nobody has begun yet, shared by all lanes.
#[derive(Clone, Debug, Default)]
pub struct Queue(Arc<Mutex<VecDeque<Chunk>>>);

impl Queue {
    /// A queue of these chunks, first come first.
    #[must_use]
    pub fn new(chunks: Vec<Chunk>) -> Self {
        Self(Arc::new(Mutex::new(chunks.into())))
    }

    fn next(&self) -> Result<Option<Chunk>> {
        let mut chunks = self.0.lock().map_err(|_| Error::internal("a lane died while taking work"))?;
        Ok(chunks.pop_front())
    }
}

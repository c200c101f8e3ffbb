//! As many keyed choices as a mask needs: a digest, stretched.

use super::Seed;
use crate::format::{Row, Unreadable, Value};
use crate::secret::{Digest, DomainKey, scale};

/// Where a masker's dice come from: the digest that decides, and the key that stretches it.
pub(super) struct Cup {
    seed: Seed,
    more: DomainKey,
}

impl Cup {
    pub(super) fn new(seed: Seed) -> Self {
        let more = seed.key().purpose("more");
        Self { seed, more }
    }

    /// The dice for this value in this row.
    ///
    /// # Errors
    /// Where the value decides and cannot be read.
    pub(super) fn throw(&self, value: Value<'_>, row: &Row<'_>) -> Result<Dice<'_>, Unreadable> {
        Ok(Dice::new(&self.more, self.seed.digest(value, row)?))
    }
}

/// Draws from a digest, four bytes a choice; when they are used up, from the
/// digest of the digest.
pub(super) struct Dice<'a> {
    key: &'a DomainKey,
    block: Digest,
    used: usize,
}

impl<'a> Dice<'a> {
    pub(super) fn new(key: &'a DomainKey, block: Digest) -> Self {
        Self { key, block, used: 0 }
    }

    /// A number below `size`; 0 where there is none.
    pub(super) fn below(&mut self, size: usize) -> usize {
        if self.used + 4 > self.block.len() {
            self.block = self.key.digest(&self.block);
            self.used = 0;
        }
        let bytes = self.block.get(self.used..self.used + 4).unwrap_or_default();
        self.used += 4;
        usize::try_from(scale(bytes, size as u64)).unwrap_or(0)
    }

    /// One of a list.
    pub(super) fn pick<T: Copy>(&mut self, list: &[T]) -> Option<T> {
        list.get(self.below(list.len())).copied()
    }
}

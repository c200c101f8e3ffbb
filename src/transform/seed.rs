//! Where a masker's pseudo-random bytes come from: an identity, or the value itself.

use crate::format::{Row, Unreadable, Value};
use crate::secret::{Digest, DomainKey};
use std::cell::RefCell;

/// How the canonical input treats letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Folding {
    /// Upper and lower case are the same input; the masker puts the case style back.
    Lower,
    /// Every byte counts.
    Exact,
}

/// Gives the digest that decides a masked value.
///
/// With `by`, the identity of the row decides; where its columns are NULL, and
/// without `by`, the value does.
#[derive(Clone, Debug)]
pub struct Seed {
    identity: Option<usize>,
    key: DomainKey,
    folding: Folding,
}

impl Seed {
    pub(super) fn new(identity: Option<usize>, key: DomainKey, folding: Folding) -> Self {
        Self { identity, key, folding }
    }

    /// The digest for this value in this row.
    ///
    /// # Errors
    /// Where the value decides and cannot be read.
    pub fn digest(&self, value: Value<'_>, row: &Row<'_>) -> Result<Digest, Unreadable> {
        if let Some(digest) = self.identity.and_then(|slot| row.identity(slot)) {
            return Ok(*digest);
        }
        self.value_digest(value)
    }

    /// The digest of the value, whoever the row is about: for the part of a mask
    /// that must tell two values of one identity apart.
    ///
    /// # Errors
    /// Where the value cannot be read.
    pub fn value_digest(&self, value: Value<'_>) -> Result<Digest, Unreadable> {
        with_canonical(value, self.folding, |bytes| self.key.digest(bytes))
    }

    /// The digest for this row, made by the transformer's own key: what one
    /// transformer draws for an identity says nothing of what another draws.
    ///
    /// # Errors
    /// Where the value decides and cannot be read.
    pub fn own_digest(&self, value: Value<'_>, row: &Row<'_>) -> Result<Digest, Unreadable> {
        match self.identity.and_then(|slot| row.identity(slot)) {
            Some(digest) => Ok(self.key.digest(digest)),
            None => self.value_digest(value),
        }
    }

    /// The digest of the value and of whom the row is about: equal values of one
    /// identity are equal, and nothing of one value is learnt from another.
    ///
    /// # Errors
    /// Where the value cannot be read.
    pub fn joint_digest(&self, value: Value<'_>, row: &Row<'_>) -> Result<Digest, Unreadable> {
        let Some(digest) = self.identity.and_then(|slot| row.identity(slot)) else {
            return self.value_digest(value);
        };
        let mut both = [0_u8; 64];
        let (first, second) = both.split_at_mut(32);
        first.copy_from_slice(digest);
        second.copy_from_slice(&self.value_digest(value)?);
        Ok(self.key.digest(&both))
    }

    /// The key of the transformer's domain, for permutations.
    #[must_use]
    pub fn key(&self) -> &DomainKey {
        &self.key
    }
}

thread_local! {
    /// Canonical inputs that need room, so that a value costs no allocation.
    static SCRATCH: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

fn with_canonical<T>(
    value: Value<'_>,
    folding: Folding,
    then: impl FnOnce(&[u8]) -> T,
) -> Result<T, Unreadable> {
    if value.data_type.is_text() {
        let text = value.text()?;
        if folding == Folding::Exact {
            return Ok(then(text.as_bytes()));
        }
        if text.is_ascii() && text.len() <= 64 {
            let mut small = [0_u8; 64];
            for (to, from) in small.iter_mut().zip(text.bytes()) {
                *to = from.to_ascii_lowercase();
            }
            return Ok(then(small.get(..text.len()).unwrap_or_default()));
        }
        let folded: String = text.chars().flat_map(char::to_lowercase).collect();
        return Ok(then(folded.as_bytes()));
    }
    SCRATCH.with_borrow_mut(|scratch| {
        scratch.clear();
        value.canonical(scratch)?;
        Ok(then(scratch))
    })
}

//! Where a masker's pseudo-random bytes come from: an identity, or the value itself.

use super::canonical;
use crate::format::{Row, Unreadable, Value};
use crate::secret::{Digest, DomainKey};

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
        if !value.data_type.is_text() {
            return canonical::with(|buffer| {
                value.canonical(buffer)?;
                Ok(self.key.digest(buffer))
            });
        }
        let text = value.text()?;
        Ok(match self.folding {
            Folding::Exact => self.key.digest(text.as_bytes()),
            Folding::Lower => canonical::folded(&self.key, text),
        })
    }

    /// The digest of the value and the one that decides, computed once where they are one.
    ///
    /// # Errors
    /// Where the value cannot be read.
    pub fn both(&self, value: Value<'_>, row: &Row<'_>) -> Result<(Digest, Digest), Unreadable> {
        let own = self.value_digest(value)?;
        let identity = self.identity.and_then(|slot| row.identity(slot));
        Ok((own, identity.copied().unwrap_or(own)))
    }

    /// The key of the transformer's domain, for permutations.
    #[must_use]
    pub fn key(&self) -> &DomainKey {
        &self.key
    }
}

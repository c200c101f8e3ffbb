//! The plan's decision for one column.

use crate::transform::Bound;
use std::fmt;

/// What happens to a column's values.
pub enum Treatment {
    /// They travel as the bytes they are.
    Keep,
    /// NULL in their place; the source is not even asked for them.
    Null,
    /// The column is left out: the database generates it again.
    Omit,
    /// Loaded empty, then set by an expression on the build.
    Remake(String),
    /// Masked.
    Mask(Bound),
}

impl Treatment {
    /// The word for reports.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Null => "null",
            Self::Omit => "omit",
            Self::Remake(_) => "remake",
            Self::Mask(_) => "mask",
        }
    }
}

impl fmt::Debug for Treatment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

//! A password in memory: wiped when dropped, silent when printed.

use std::fmt;
use zeroize::Zeroizing;

/// A password that no formatter shows.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Password(Zeroizing<String>);

impl Password {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text, for the server or a private file and nothing else.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<password>")
    }
}

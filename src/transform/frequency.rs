//! The common values of columns, for rules that draw from them.

use crate::schema::ColumnId;
use std::collections::BTreeMap;
use std::fmt;

/// For some columns, their common values in text form and how many rows have each.
/// Prints as counts.
#[derive(Clone, Default)]
pub struct Frequencies(BTreeMap<ColumnId, Vec<(String, u64)>>);

impl Frequencies {
    /// Adds a column's values, the most common first.
    pub fn insert(&mut self, column: ColumnId, values: Vec<(String, u64)>) {
        self.0.insert(column, values);
    }

    /// The values of a column; `None` where they were not read.
    #[must_use]
    pub fn get(&self, column: ColumnId) -> Option<&[(String, u64)]> {
        self.0.get(&column).map(Vec::as_slice)
    }
}

impl fmt::Debug for Frequencies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<common values of {} columns>", self.0.len())
    }
}

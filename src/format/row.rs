//! One row as a masker sees it.

use super::{Value, Wire};
use crate::schema::Column;
use crate::secret::Digest;
use std::fmt;

/// Where a column's value lies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// NULL.
    #[default]
    Null,
    /// A byte range of the batch.
    Batch(usize, usize),
    /// A byte range of the scratch space, where the text form had to be unescaped.
    Scratch(usize, usize),
}

/// One column of a row: its value, or NULL.
pub type Cell<'a> = Option<Value<'a>>;

/// A row on its way through a lane: its source values, and the digests of the
/// identities it is about.
///
/// Only the columns the plan needs have a place; the others read as NULL. Columns
/// of rows that foreign keys lead to stand after the table's own.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    /// The bytes of the batch.
    pub batch: &'a [u8],
    /// Unescaped values.
    pub scratch: &'a [u8],
    /// A place for each column read, by the column's place in the table.
    pub places: &'a [Place],
    /// The table's columns, then those of other rows.
    pub columns: &'a [Column],
    /// The form the values are in.
    pub wire: Wire,
    /// A digest for each identity of the plan; `None` where its columns are NULL.
    pub identities: &'a [Option<Digest>],
}

impl<'a> Row<'a> {
    /// The source value of a column, by its place in the table.
    #[must_use]
    pub fn value(&self, column: usize) -> Cell<'a> {
        let raw = match self.places.get(column)? {
            Place::Null => return None,
            Place::Batch(from, to) => self.batch.get(*from..*to)?,
            Place::Scratch(from, to) => self.scratch.get(*from..*to)?,
        };
        Some(Value { raw, data_type: &self.columns.get(column)?.data_type, wire: self.wire })
    }

    /// The digest of one of the plan's identities for this row.
    #[must_use]
    pub fn identity(&self, slot: usize) -> Option<&'a Digest> {
        self.identities.get(slot)?.as_ref()
    }
}

impl fmt::Debug for Row<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<row of {} columns>", self.places.len())
    }
}

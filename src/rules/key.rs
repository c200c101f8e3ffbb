//! What becomes of unique keys: the proof that `check` prints.

use crate::schema::{KeyKind, UniqueKey, quote};

/// What becomes of a unique key that covers masked columns.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyVerdict {
    /// The table, as SQL quotes it where it must.
    pub table: String,
    /// The index's name.
    pub key: String,
    /// What it compares, as SQL writes it.
    pub parts: String,
    /// Whether distinct rows stay distinct.
    pub outcome: Uniqueness,
}

/// Whether distinct rows stay distinct. A key that would not is an error of
/// [`super::check()`], and in no verdict.
#[derive(Clone, Debug, PartialEq)]
pub enum Uniqueness {
    /// Every mask gives distinct values for distinct values.
    Preserved,
    /// Two rows may meet by chance.
    Safe {
        /// The probability that any two do.
        odds: f64,
    },
    /// The database decides when the key is built.
    Unproved {
        /// Why nothing can be said before.
        why: String,
    },
}

/// The parts of a key as SQL writes them.
pub(super) fn parts(key: &UniqueKey, names: &[&str]) -> String {
    let written = key.parts.iter().map(|part| match part {
        crate::schema::KeyPart::Column(column) => {
            names.get(*column).map(|name| quote(name)).unwrap_or_default()
        }
        crate::schema::KeyPart::Expression(sql) => sql.replace(['\n', '\r'], " "),
    });
    let parts: Vec<_> = written.collect();
    parts.join(", ")
}

/// The key for a message.
pub(super) fn title(key: &UniqueKey, table: &str, names: &[&str]) -> String {
    let kind = match key.kind {
        KeyKind::Primary => "the primary key",
        KeyKind::Unique => "the unique key",
        KeyKind::Exclusion => "the exclusion constraint",
    };
    format!("{kind} `{}` of `{table}` ({})", key.name, parts(key, names))
}

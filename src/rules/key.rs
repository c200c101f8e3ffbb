//! What becomes of unique keys: the proof that `check` prints.

use super::shown::shown_or_mark;
use crate::schema::{KeyKind, KeyPart, UniqueKey, quote};

/// What becomes of a unique key that covers masked columns.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyVerdict {
    /// The table, as SQL quotes it where it must.
    pub table: String,
    /// The index's name.
    pub key: String,
    /// What it compares, as SQL writes it but for literals, which are left out.
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

/// The parts of a key for a message: as SQL writes them, without literals.
pub(super) fn parts(key: &UniqueKey, names: &[&str]) -> String {
    let part = |part: &KeyPart| match part {
        KeyPart::Column(column) => names.get(*column).map(|name| quote(name)).unwrap_or_default(),
        KeyPart::Expression(sql) => shown_or_mark(sql),
    };
    key.parts.iter().map(part).collect::<Vec<_>>().join(", ")
}

/// Whether two keys compare the same: columns of one name, and expressions of one text.
pub(super) fn same_parts(one: (&UniqueKey, &[&str]), other: (&UniqueKey, &[&str])) -> bool {
    fn part<'k>(part: &'k KeyPart, names: &[&'k str]) -> (bool, Option<&'k str>) {
        match part {
            KeyPart::Column(column) => (true, names.get(*column).copied()),
            KeyPart::Expression(sql) => (false, Some(sql)),
        }
    }
    let ((key, names), (like, theirs)) = (one, other);
    key.parts.iter().map(|p| part(p, names)).eq(like.parts.iter().map(|p| part(p, theirs)))
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

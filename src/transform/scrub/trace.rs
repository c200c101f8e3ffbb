//! What a value looks like: for questions about columns that nobody masks.

use super::known::Known;
use super::scan;
use super::span::{Kind, Kinds};

/// What of a person a value is, or has in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trace {
    /// All of it is one.
    Is {
        /// What it is, in the plural.
        what: &'static str,
        /// The transformer for it.
        mask: &'static str,
    },
    /// Somewhere in it there is one.
    Has {
        /// What it has, in the plural.
        what: &'static str,
    },
}

/// What looks personal about a value; names count only where they are all of it.
#[must_use]
pub fn trace(value: &str) -> Option<Trace> {
    let kinds = [Kind::Email, Kind::Phone, Kind::Card, Kind::Iban, Kind::Ip, Kind::NationalId, Kind::Name];
    let kinds = kinds.into_iter().fold(Kinds::NONE, Kinds::with);
    let value = value.trim();
    let found = scan::find(value, kinds, &Known::new());
    let spans = found.spans();
    let first = spans.first()?;
    let all_names = spans.len() > 1 && spans.iter().all(|span| span.kind == Kind::Name);
    let (start, end) = (first.start, spans.last()?.end);
    if start == 0 && end == value.len() && (all_names || (spans.len() == 1 && first.kind != Kind::Name)) {
        let (what, mask) = describe(first.kind);
        return Some(Trace::Is { what, mask });
    }
    let patterned = spans.iter().find(|span| span.kind != Kind::Name)?;
    Some(Trace::Has { what: describe(patterned.kind).0 })
}

fn describe(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Email => ("e-mail addresses", "email"),
        Kind::Phone => ("telephone numbers", "phone"),
        Kind::Card => ("card numbers", "card"),
        Kind::Iban => ("IBANs", "iban"),
        Kind::Ip => ("network addresses", "ip"),
        Kind::NationalId => ("national identification numbers", "national_id"),
        Kind::Name => ("names of people", "full_name"),
        other => (other.word(), other.word()),
    }
}

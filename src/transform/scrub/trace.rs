//! What a value looks like: for questions about columns that nobody masks, and about
//! what the schema itself says.

use super::known::Known;
use super::lexicon::{Traits, inflected, traits};
use super::nobody;
use super::scan;
use super::span::{Found, Kind, Kinds};

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

/// What e-mail addresses are called.
pub const ADDRESSES: &str = "e-mail addresses";

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

/// Whether a word is in the tables of first names, and in those of last names, and is
/// no common word beside.
#[must_use]
pub fn name_word(word: &str) -> (bool, bool) {
    let known = inflected(word.trim());
    let sure = !known.is(Traits::COMMON);
    (sure && known.is(Traits::FIRST), sure && known.is(Traits::LAST))
}

/// Whether a word stands before a name, as `Mrs` does.
#[must_use]
pub fn title_word(word: &str) -> bool {
    traits(word).is(Traits::TITLE)
}

/// Whether a text ends or begins as the line of a street does: `12 Main Street`.
#[must_use]
pub fn is_street_line(text: &str) -> bool {
    let has = |wanted: fn(&str) -> bool| text.split([' ', ',', '.']).any(wanted);
    let street = |word: &str| {
        let folded = word.to_lowercase();
        traits(word).is(Traits::STREET)
            || ["straße", "strasse", "gasse", "straat", "laan", "vägen", "gatan"]
                .iter()
                .any(|end| folded.ends_with(end))
    };
    let number = |word: &str| word.starts_with(|c: char| c.is_ascii_digit()) && word.len() <= 6;
    has(number) && text.split([' ', ',', '.']).any(street) && text.len() < 100
}

fn describe(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Email => (ADDRESSES, "email"),
        Kind::Phone => ("telephone numbers", "phone"),
        Kind::Card => ("card numbers", "card"),
        Kind::Iban => ("IBANs", "iban"),
        Kind::Ip => ("network addresses", "ip"),
        Kind::NationalId => ("national identification numbers", "national_id"),
        Kind::Name => ("names of people", "full_name"),
        other => (other.word(), other.word()),
    }
}

/// Where the name of a person counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    /// Nowhere.
    Never,
    /// Where it is all of the text, and more than one word.
    Whole,
    /// Where two names stand side by side in the text.
    Full,
}

/// What of people a text has in it, in the singular with its article, each once. What
/// standards set aside for examples is nobody's and does not count.
#[must_use]
pub fn sightings(text: &str, names: Names) -> Vec<&'static str> {
    if nobody::is_moment(text) {
        return Vec::new();
    }
    let mut kinds = Kinds::NONE;
    for kind in [Kind::Email, Kind::Phone, Kind::Card, Kind::Iban, Kind::Ip, Kind::Mac, Kind::NationalId] {
        kinds = kinds.with(kind);
    }
    if names != Names::Never {
        kinds = kinds.with(Kind::Name);
    }
    let found = scan::find(text, kinds, &Known::new());
    let mut seen = Vec::new();
    for span in found.spans() {
        let Some(what) = singular(span.kind) else { continue };
        let own = text.get(span.start..span.end).unwrap_or_default();
        if span.kind != Kind::Name && !seen.contains(&what) && !nobody::owns(own, span.kind) {
            seen.push(what);
        }
    }
    if has_name(text, &found, names) {
        seen.extend(singular(Kind::Name));
    }
    seen
}

fn has_name(text: &str, found: &Found, names: Names) -> bool {
    let pair = |at: usize| {
        found.spans().get(at..at + 2).is_some_and(|two| {
            let [first, last] = two else { return false };
            let gap = text.get(first.end..last.start).unwrap_or("?");
            first.kind == Kind::Name && last.kind == Kind::Name && matches!(gap, " " | "-" | ", " | "\u{a0}")
        })
    };
    match names {
        Names::Never => false,
        Names::Full => (0..found.spans().len()).any(pair),
        Names::Whole => {
            let whole = text.trim();
            let skipped = text.len() - text.trim_start().len();
            let ends = found.spans().first().zip(found.spans().last());
            ends.is_some_and(|(first, last)| first.start == skipped && last.end == skipped + whole.len())
                && found.spans().len() > 1
                && (0..found.spans().len() - 1).all(pair)
        }
    }
}

fn singular(kind: Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::Email => "an e-mail address",
        Kind::Phone => "a telephone number",
        Kind::Card => "a card number",
        Kind::Iban => "an IBAN",
        Kind::Ip => "a network address",
        Kind::Mac => "a hardware address",
        Kind::NationalId => "a national identification number",
        Kind::Name => "the name of a person",
        Kind::Url | Kind::Uuid => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_somebody_s_is_named_once() {
        let text = "ann@corp.com, bob@corp.com, 4539 1488 0343 6467, +44 7911 123456, 81.2.69.142";
        assert_eq!(
            sightings(text, Names::Never),
            ["an e-mail address", "a card number", "a telephone number", "a network address"]
        );
        assert!(sightings("ann@example.com from 127.0.0.1", Names::Whole).is_empty());
    }

    #[test]
    fn a_name_counts_where_it_is_asked_for() {
        let of = |text: &str, names| !sightings(text, names).is_empty();
        assert!(of(" Jennifer Miller ", Names::Whole) && !of("Jennifer Miller", Names::Never));
        let prose = "ask Jennifer Miller about it";
        assert!(of(prose, Names::Full) && !of(prose, Names::Whole));
        assert!(!of("Jennifer", Names::Whole) && !of("Dear Jennifer,", Names::Full));
    }
}

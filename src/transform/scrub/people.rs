//! Names of people that no column knows, found by the tables of names and by what
//! stands beside them.
//!
//! A capitalised word alone is no evidence. It is a name after a title (`Frau`,
//! `Mr`), a greeting (`Dear`) or the end of a letter (`Regards,`); when a first name
//! of the tables is followed by a capitalised last name, by `'s`, or by what people
//! do (`wrote`), or stands amid a sentence after a small word that is no article
//! (`with`, `von`, `plumber`). Names that are common words too (`Rose`, `Mark`) need
//! a title or both names.

use super::lexicon::{Traits, inflected, traits};
use super::span::{Found, Kind, Part, Span};
use super::word::{self, Word};

/// What stands around a word.
#[expect(clippy::struct_excessive_bools, reason = "signs that may come together in any way")]
pub(super) struct Place {
    /// Whether it begins a sentence, a line or a quotation.
    starts: bool,
    /// What the word before says, where it stands in the same sentence.
    before: Traits,
    /// Whether a word in small letters that takes a name stands before.
    amid: bool,
    titled: bool,
    greeted: bool,
    closed: bool,
    does: bool,
    possessive: bool,
    initial: bool,
    /// Whether it begins a line.
    own_line: bool,
    /// Whether a comma, colon, exclamation mark or the line's end follows.
    ends: bool,
    dated: bool,
}

impl Place {
    pub(super) fn of(text: &str, at: Word) -> Self {
        let previous = word::last(text, at.start);
        let gap = previous.and_then(|word| text.get(word.end..at.start)).unwrap_or_default();
        let before = previous.map(|word| before(text, word)).unwrap_or_default();
        let front = text.get(..at.start).unwrap_or_default();
        let trimmed = front.trim_end_matches([' ', '\u{a0}', '\t']);
        let starts = trimmed.is_empty()
            || trimmed.ends_with([
                '.', '!', '?', ':', '\n', '\r', '-', '–', '—', '•', '*', '"', '“', '„', '«', '>', '(', '[',
            ]);
        let small = previous.is_some_and(|word| !word.is_capitalised(text));
        let space = matches!(gap, " " | "\u{a0}");
        let rest = text.get(at.end..).unwrap_or_default();
        let next = word::next(text, at.end)
            .filter(|word| matches!(text.get(at.end..word.start), Some(" " | "\u{a0}")));
        let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        Self {
            starts,
            before: if space { before } else { Traits::default() },
            amid: space && !starts && (before.is(Traits::TAKES) || small && !before.is(Traits::ARTICLE)),
            titled: (space || matches!(gap, ". " | "." | ".\u{a0}")) && before.is(Traits::TITLE)
                || is_noble(text, at),
            greeted: space && before.is(Traits::GREETING),
            closed: !space
                && gap.chars().all(|c| c.is_whitespace() || matches!(c, ',' | '!' | '.' | ':' | '-'))
                && gap.contains([',', '\n', '!', ':'])
                && before.is(Traits::CLOSING),
            does: next.is_some_and(|word| traits(word.of(text)).is(Traits::DOES)),
            possessive: ["'s", "’s"].iter().any(|end| rest.starts_with(end)),
            initial: initial(text, at.start).is_some(),
            own_line: trimmed.ends_with(['\n', '\r']),
            ends: rest.is_empty() || rest.starts_with([',', '!', ':', '\n', '\r', ';']),
            dated: digit(trimmed.trim_end_matches(['.', ' ']).chars().next_back())
                || digit(rest.trim_start().chars().next()),
        }
    }

    /// Whether what stands before is followed by persons.
    pub(super) fn takes_person(&self) -> bool {
        self.titled || self.greeted || self.initial || self.before.is(Traits::TAKES)
    }

    /// Whether a name that is also a common word may be meant here.
    pub(super) fn may_hold_common(&self, text: &str, at: Word) -> bool {
        if self.titled || self.greeted || self.closed || self.possessive || self.initial {
            return true;
        }
        // `to` is an article in Polish, and takes a person in English.
        if self.before.is(Traits::ARTICLE) && !self.before.is(Traits::TAKES) {
            return false;
        }
        if self.does {
            return true;
        }
        let month = traits(at.of(text)).is(Traits::MONTH);
        let when = month && (self.dated || self.before.is(Traits::WHEN));
        !self.starts && !when
    }
}

/// What the word before a place is; `Sig.ra` and `г-н` count as one.
fn before(text: &str, word: Word) -> Traits {
    let own = word.of(text);
    // French writes `à Claire`; without the accent it is another word elsewhere.
    if own == "à" {
        return Traits::TAKES;
    }
    if matches!(own, "ra" | "na" | "н" | "жа" | "re")
        && text.get(..word.start).is_some_and(|front| front.ends_with(['.', '-']))
    {
        return word::last(text, word.start).map(|first| traits(first.of(text))).unwrap_or_default();
    }
    traits(own)
}

/// Whether a word is a last name after a particle with a title before it: `Frau von
/// Xeide`, `Mme van den Berg`, `Mr O'Brien`.
fn is_noble(text: &str, name: Word) -> bool {
    let listed = || inflected(name.of(text));
    let mut at = name;
    // What stands first of the particles has to be one that is nothing else:
    // `Herr der Ringe` and `el señor de Correos` are nobody.
    let (mut leads, mut capital) = (false, false);
    for _ in 0..4 {
        let Some(word) = word::last(text, at.start) else { return false };
        let gap = text.get(word.end..at.start).unwrap_or_default();
        let own = word.of(text);
        if leads && matches!(gap, " " | ". " | "\u{a0}") && before(text, word).is(Traits::TITLE) {
            return true;
        }
        leads = match gap {
            "'" | "’" => matches!(own, "O" | "D" | "d"),
            " " => match own {
                "van" | "von" | "zu" | "ter" | "ten" | "di" | "da" | "dos" | "Van" | "Von" | "Ó" => true,
                "de" | "del" | "De" | "Di" | "Da" | "Del" => {
                    capital || listed().is(Traits::LAST) && !listed().is(Traits::COMMON)
                }
                "den" | "der" | "het" | "la" => false,
                "La" | "Le" => {
                    capital = true;
                    false
                }
                _ => return false,
            },
            _ => return false,
        };
        at = word;
    }
    false
}

/// The initial that stands before a place: `A. `, `J.-`.
pub(super) fn initial(text: &str, at: usize) -> Option<Word> {
    let word = word::last(text, at)?;
    let gap = text.get(word.end..at)?;
    let single = word.of(text).chars().count() == 1 && word.is_capitalised(text);
    (single && matches!(gap, ". " | "." | ".-" | ".\u{a0}" | " ")).then_some(word)
}

/// The capitalised word that belongs to the one before it, and what it is.
fn following(text: &str, at: Word) -> Option<(Word, Traits)> {
    let next = word::next(text, at.end)?;
    let joined = matches!(text.get(at.end..next.start), Some(" " | "-" | "\u{a0}" | "'" | "’"));
    let long = next.of(text).chars().count() > 1;
    let listed = traits(next.of(text));
    let other = Traits::GENERIC.and(Traits::TITLE).and(Traits::ARTICLE).and(Traits::MONTH);
    (joined && long && next.is_capitalised(text) && !listed.is(other))
        .then(|| (next, inflected(next.of(text))))
}

/// Whether a word is of a script that has no capital letters.
pub(super) fn is_caseless(word: &str) -> bool {
    !word.contains(|c: char| c.is_lowercase() || c.is_uppercase())
}

/// Adds the last name after a first name that the row knows: somebody else of the
/// family, or the same person before a wedding.
pub(super) fn find_last(text: &str, first: Word, found: &mut Found) -> Option<usize> {
    let mut at = first;
    for _ in 0..4 {
        let next = word::next(text, at.end)?;
        let (gap, own) = (text.get(at.end..next.start)?, next.of(text));
        let elided = matches!(gap, "'" | "’") && at.of(text).chars().nth(1).is_none();
        if !(elided || matches!(gap, " " | "\u{a0}")) {
            return None;
        }
        let rest = text.get(next.end..).unwrap_or_default();
        if PARTICLES.contains(&own) || matches!(own, "O" | "D" | "d") && rest.starts_with(['\'', '’']) {
            at = next;
            continue;
        }
        let is = inflected(own);
        let other = Traits::CLOSING.and(Traits::GREETING).and(Traits::DOES).and(Traits::WHEN);
        let never = Traits::GENERIC.and(Traits::TITLE).and(Traits::ARTICLE).and(Traits::MONTH);
        let capital = next.is_capitalised(text) && own.chars().nth(1).is_some() && !is.is(never);
        let name = capital && (is.is(Traits::LAST) || !is.is(other));
        if name {
            found.add(Span { start: next.start, end: next.end, kind: Kind::Name, part: Part::Last });
        }
        return name.then_some(next.end);
    }
    None
}

/// What may stand between a first name and the last.
const PARTICLES: &[&str] = &[
    "van", "von", "den", "der", "de", "del", "di", "da", "dos", "la", "le", "zu", "ter", "ten", "Ó", "Van",
    "Von", "De", "Del", "Di", "Da", "La", "Le",
];

/// Adds the name that begins with this word, and says where it ends.
pub(super) fn find(text: &str, at: Word, found: &mut Found) -> Option<usize> {
    let own = at.of(text);
    if is_caseless(own) && !own.is_ascii() {
        // Without capital letters only a title says that it is a name.
        return Place::of(text, at).titled.then(|| {
            found.add(Span { start: at.start, end: at.end, kind: Kind::Name, part: Part::Last });
            at.end
        });
    }
    if !at.is_capitalised(text) || own.chars().nth(1).is_none() {
        return None;
    }
    let known = inflected(own);
    if known.is(Traits::GENERIC.and(Traits::TITLE).and(Traits::MONTH)) {
        return None;
    }
    let (first, last, common) = (known.is(Traits::FIRST), known.is(Traits::LAST), known.is(Traits::COMMON));
    let place = Place::of(text, at);
    let sure = first && !common;
    let next = following(text, at);
    if is_street(text, at, next.map(|(word, _)| word)) {
        return None;
    }
    let pair = first && next.is_some_and(|(word, next)| is_last(text, word, next, common, &place));
    let signed = place.closed && place.own_line && is_signature(text, at);
    let greeted = place.greeted
        && ((first || last) && (!common || place.ends)
            || place.ends && !common && known == Traits::default());
    let closed = place.closed && (first || last) && (!common || place.ends);
    let alone = sure && (place.does || place.possessive || place.amid);
    let initialled = place.initial && last && !common;
    if !(place.titled || greeted || closed || signed || pair || alone || initialled) {
        return None;
    }
    let chained = next.filter(|(_, next)| {
        let surname = next.is(Traits::LAST) && !next.is(Traits::COMMON);
        pair || signed || first && next.is(Traits::LAST) || place.titled && (first || surname)
    });
    let surname = place.titled || !first && (initialled || last);
    let leading = if chained.is_none() && surname { Part::Last } else { Part::First };
    let add = |word: Word, part: Part, found: &mut Found| {
        found.add(Span { start: word.start, end: word.end, kind: Kind::Name, part });
    };
    add(at, leading, found);
    let Some((next, is)) = chained else { return Some(at.end) };
    let third =
        following(text, next).filter(|(_, third)| third.is(Traits::LAST) && !third.is(Traits::COMMON));
    let middle = if third.is_some() && is.is(Traits::FIRST) { Part::First } else { Part::Last };
    add(next, middle, found);
    let Some((third, _)) = third else { return Some(next.end) };
    add(third, Part::Last, found);
    Some(third.end)
}

/// Whether a capitalised word after a first name is its last name.
fn is_last(text: &str, at: Word, is: Traits, common: bool, place: &Place) -> bool {
    let surname = is.is(Traits::LAST);
    if !common {
        // After a sure first name an unknown word will do, and a common one too.
        return surname || !is.is(Traits::CLOSING.and(Traits::GREETING).and(Traits::DOES).and(Traits::WHEN));
    }
    let does = word::next(text, at.end).is_some_and(|word| traits(word.of(text)).is(Traits::DOES));
    surname && (does && !is.is(Traits::COMMON) || !place.starts && !place.before.is(Traits::ARTICLE))
}

/// Whether the line that begins here is one to three capitalised words, as a person
/// signs.
fn is_signature(text: &str, at: Word) -> bool {
    let line = text.get(at.start..).unwrap_or_default();
    let line = line.split(['\n', '\r']).next().unwrap_or_default().trim_end_matches([' ', '.', ',']);
    let words = || line.split(' ');
    let other =
        Traits::GENERIC.and(Traits::ARTICLE).and(Traits::MONTH).and(Traits::STREET).and(Traits::COMMON);
    (1..=3).contains(&words().count())
        && words().all(|word| {
            let letters = word.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '\'' | '’'));
            letters && word.starts_with(char::is_uppercase) && !traits(word).is(other)
        })
}

/// Whether the word belongs to the name of a street or a square.
fn is_street(text: &str, at: Word, next: Option<Word>) -> bool {
    let street = |word: Option<Word>| word.is_some_and(|word| traits(word.of(text)).is(Traits::STREET));
    let beside = |word: Word| text.get(word.end..at.start).is_some_and(|gap| matches!(gap, " " | "-" | ". "));
    let before = word::last(text, at.start).filter(|word| beside(*word));
    let third = next.and_then(|word| following(text, word)).map(|(word, _)| word);
    street(before) || street(next) || street(third)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<&str> {
        let mut found = Found::default();
        let mut at = 0;
        while let Some(word) = word::next(text, at) {
            at = find(text, word, &mut found).unwrap_or(word.end);
        }
        found.spans().iter().map(|span| &text[span.start..span.end]).collect()
    }

    #[test]
    fn names_are_found_by_what_stands_beside_them() {
        for (text, names) in [
            ("Frau Xyrinkel rief an", &["Xyrinkel"][..]),
            ("Dear Jennifer, hello", &["Jennifer"]),
            ("Jennifer Xander left", &["Jennifer", "Xander"]),
            ("and Jennifer wrote", &["Jennifer"]),
            ("Regards,\nJennifer", &["Jennifer"]),
            ("la sig.ra Ricci", &["Ricci"]),
            ("chez Mme van den Xerg, et", &["Xerg"]),
            ("Frau von Xeide rief an", &["Xeide"]),
            ("Mr Ó Xriain said", &["Xriain"]),
            ("Mrs O'Xrien said", &["Xrien"]),
            ("Frau de Vries rief an", &["Vries"]),
            ("Mme de La Xour", &["Xour"]),
            ("Mrs 佐藤 said", &["佐藤"]),
            ("la señora כהן.", &["כהן"]),
            ("Jennifer's box", &["Jennifer"]),
        ] {
            assert_eq!(all(text), names, "{text}");
        }
    }

    #[test]
    fn a_capital_letter_alone_is_no_name() {
        for text in [
            "Jennifer",
            "Summer Sale",
            "Dear Customer,",
            "Regards,\nThe Support Team",
            "Mark as done",
            "the Rose Garden",
            "Herr der Ringe",
            "courses in Selling and Time Management",
            "der Bus von Xanten",
            "el señor de Xorreos",
            "佐藤 said",
        ] {
            assert!(all(text).is_empty(), "{text}");
        }
    }
}

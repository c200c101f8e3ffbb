//! The values a row knows of its people, found in a text.
//!
//! A value is found word by word, without case and accents, with the endings that
//! German, Polish and Russian put on names, and whole values of several words with
//! spaces or dashes between. One that is also a common word (`Will`, `Rose`) needs a
//! capital letter and a place where a name may stand.
//!
//! A value with a digit or `@` in it (`alice85`, `12 Rosewood Lane`, `AC-991-X`) is no
//! name: it is found as a whole, without case, where no letter or digit touches it.

use super::super::casing;
use super::edge;
use super::fold::{expanded, folded};
use super::lexicon::{Traits, traits};
use super::people::{self, Place};
use super::span::{Found, Kind, Part, Span};
use super::word::{self, Word};

/// More words than the known values of a row mostly have.
const MOST: usize = 24;

/// How many letters and digits a value must have to be found as a whole.
const LEAST: usize = 3;

/// A word of a known value.
#[derive(Clone, Copy)]
struct Item<'a> {
    text: &'a str,
    first: char,
    common: bool,
    /// Which of the known values it belongs to, and its place in it.
    value: usize,
    nth: usize,
}

/// The words of a row's known values. Lives on the stack unless they are many.
pub(super) struct Known<'a> {
    items: [Option<Item<'a>>; MOST],
    count: usize,
    /// Which of the values are first names, as bits.
    first: u64,
    more: Vec<Item<'a>>,
    /// Values that are no names, each with its place.
    wholes: Vec<(usize, &'a str)>,
}

impl<'a> Known<'a> {
    pub(super) fn new() -> Self {
        Self { items: [None; MOST], count: 0, first: 0, more: Vec::new(), wholes: Vec::new() }
    }

    /// Adds a value: the words of a name, or whatever else it is as a whole.
    pub(super) fn add(&mut self, value: usize, text: &'a str) {
        if !is_name(text) {
            let text = text.trim();
            if text.chars().filter(|c| c.is_alphanumeric()).count() >= LEAST {
                self.wholes.push((value, text));
            }
            return;
        }
        let mut at = 0;
        let mut nth = 0;
        while let Some(word) = word::next(text, at) {
            at = word.end;
            let item = word.of(text);
            if let Some(first) = folded(item).next() {
                let item = Item { text: item, first, common: traits(item).is(Traits::COMMON), value, nth };
                match self.items.get_mut(self.count) {
                    Some(slot) => *slot = Some(item),
                    None => self.more.push(item),
                }
                self.count += 1;
            }
            nth += 1;
        }
    }

    /// Adds the words of a first name, after which a last name may follow.
    pub(super) fn add_first(&mut self, value: usize, text: &'a str) {
        self.first |= 1_u64.checked_shl(u32::try_from(value).unwrap_or(64)).unwrap_or(0);
        self.add(value, text);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Finds values in scripts that write no spaces, wherever they stand. One
    /// character alone is too little.
    pub(super) fn find_unspaced(&self, text: &str, found: &mut Found) {
        for item in self.items().filter(|item| is_unspaced(item.text) && item.text.chars().nth(1).is_some()) {
            let part = Part::Known { place: item.value, from: item.nth, to: item.nth + 1 };
            for start in memchr::memmem::find_iter(text.as_bytes(), item.text.as_bytes()) {
                let word = Word { start, end: start + item.text.len() };
                found.add(Span { start, end: word.end, kind: Kind::Name, part });
                self.last_name(text, word, part, found);
            }
        }
    }

    fn items(&self) -> impl Iterator<Item = &Item<'a>> {
        self.items.iter().take(self.count).flatten().chain(&self.more)
    }

    /// Finds the values that are no names.
    pub(super) fn find_wholes(&self, text: &str, found: &mut Found) {
        for (place, whole) in &self.wholes {
            let part = Part::Known { place: *place, from: 0, to: usize::MAX };
            let mut at = 0;
            while at < text.len() {
                let end = edge::begins(text, at).then(|| end_of(whole, text, at)).flatten();
                if let Some(end) = end.filter(|end| edge::ends(text, *end)) {
                    found.cover(Span { start: at, end, kind: Kind::Name, part });
                    at = end;
                } else {
                    at = edge::step(text, at);
                }
            }
        }
    }

    /// The item that follows another in its value.
    fn following(&self, item: &Item<'_>) -> Option<&Item<'a>> {
        self.items().find(|other| other.value == item.value && other.nth == item.nth + 1)
    }

    /// Whether a word is one of the known ones, whatever else it may be.
    fn has(&self, word: &str) -> bool {
        self.items().any(|item| ending(item.text, word).is_some())
    }

    /// Finds the longest value that begins with this word.
    pub(super) fn find(&self, text: &str, at: Word, found: &mut Found) -> Option<usize> {
        let own = at.of(text);
        let first = folded(own).next()?;
        let mut best: Option<(usize, Part)> = None;
        for item in self.items().filter(|item| item.first == first) {
            if ending(item.text, own).is_none() || !self.stands(text, at, item) {
                continue;
            }
            // A value of several words goes on as long as the text does.
            let (mut end, mut last) = (at.end, item.nth);
            while let Some(next) =
                self.items().find(|other| other.value == item.value && other.nth == last + 1)
            {
                let Some(word) = word::next(text, end).filter(|word| is_joint(text.get(end..word.start)))
                else {
                    break;
                };
                if ending(next.text, word.of(text)).is_none() {
                    break;
                }
                (end, last) = (word.end, next.nth);
            }
            let part = Part::Known { place: item.value, from: item.nth, to: last + 1 };
            if best.is_none_or(|(other, _)| end > other) {
                best = Some((end, part));
            }
        }
        let (end, part) = best?;
        found.add(Span { start: at.start, end, kind: Kind::Name, part });
        self.initials(text, at.start, part, found);
        Some(self.last_name(text, Word { start: at.start, end }, part, found).unwrap_or(end))
    }

    /// Adds the last name after a known first name where it is not a known one.
    fn last_name(&self, text: &str, first: Word, part: Part, found: &mut Found) -> Option<usize> {
        let Part::Known { place, .. } = part else { return None };
        let is_first = u32::try_from(place).ok().and_then(|place| self.first.checked_shr(place));
        let next = word::next(text, first.end)?;
        if is_first.is_none_or(|bits| bits & 1 == 0) || self.has(next.of(text)) {
            return None;
        }
        people::find_last(text, first, found)
    }

    /// Whether a name may stand here.
    fn stands(&self, text: &str, at: Word, item: &Item<'_>) -> bool {
        let own = at.of(text);
        let letters = own.chars().count();
        let capital = at.is_capitalised(text);
        let exact = ending(item.text, own) == Some(0);
        // A particle (`de`, `van`) or a letter (`O'`, `D'`) counts only with the rest.
        let short = item.text.chars().count() <= 2;
        if short || traits(item.text).is(Traits::ARTICLE) {
            let whole = self.following(item).is_some_and(|next| {
                word::next(text, at.end).is_some_and(|word| {
                    is_joint(text.get(at.end..word.start)) && ending(next.text, word.of(text)).is_some()
                })
            });
            // Scripts without capitals have names this short: one of one character
            // counts beside the other name.
            let caseless = people::is_caseless(own);
            let single = letters == 1 && caseless && self.beside(text, at);
            return whole || short && exact && (letters == 2 && (capital || caseless) || single);
        }
        if !item.common {
            return capital || exact && letters > 3 || self.beside(text, at);
        }
        let place = Place::of(text, at);
        // An ending makes another word of a common one, unless a person is expected.
        if !exact && !own.ends_with('s') && !self.beside(text, at) && !place.takes_person() {
            return false;
        }
        self.beside(text, at) || capital && place.may_hold_common(text, at)
    }

    /// Whether another known word stands right beside this one.
    fn beside(&self, text: &str, at: Word) -> bool {
        let gap = |from: usize, to: usize| {
            let gap = text.get(from..to);
            is_joint(gap) || matches!(gap, Some(", " | "_" | "."))
        };
        let own = at.of(text);
        let other = |word: &Word| {
            let word = word.of(text);
            !folded(word).eq(folded(own)) && self.has(word)
        };
        word::last(text, at.start).is_some_and(|word| gap(word.end, at.start) && other(&word))
            || word::next(text, at.end).is_some_and(|word| gap(at.end, word.start) && other(&word))
    }

    /// Adds the initials before a known last name: `A. Smith`, `J.-L. Lefèvre`.
    fn initials(&self, text: &str, start: usize, part: Part, found: &mut Found) {
        let Part::Known { place, .. } = part else { return };
        let mut start = start;
        while let Some(initial) = people::initial(text, start) {
            let letter = folded(initial.of(text)).next();
            let owner = self.items().find(|item| item.value != place && Some(item.first) == letter);
            // `M. Martin` is also `Monsieur Martin`: only the letter of a known name counts.
            let Some(owner) = owner else { return };
            let part = Part::Initial(Some(owner.value));
            found.add(Span { start: initial.start, end: initial.end, kind: Kind::Name, part });
            start = initial.start;
        }
    }
}

/// Where a value that begins at `at` ends, whatever the case.
fn end_of(value: &str, text: &str, at: usize) -> Option<usize> {
    let mut rest = text.get(at..)?.chars();
    for c in value.chars() {
        let other = rest.next()?;
        if c != other && casing::lower(c) != casing::lower(other) {
            return None;
        }
    }
    Some(text.len() - rest.as_str().len())
}

/// Whether a known value is looked for word by word: it is no address and no number.
pub(super) fn is_name(source: &str) -> bool {
    !source.contains(|c: char| c == '@' || c.is_numeric())
}

/// Whether a word is of kana, Chinese characters or Thai.
fn is_unspaced(word: &str) -> bool {
    word.chars().all(|c| matches!(c, '\u{e00}'..='\u{e7f}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}'))
}

fn is_joint(gap: Option<&str>) -> bool {
    matches!(gap, Some(" " | "-" | "'" | "’" | "\u{a0}" | "\u{2010}" | "\u{2011}" | ""))
}

/// How long an ending `word` has beyond `name`; `None` where it is another word.
fn ending(name: &str, word: &str) -> Option<usize> {
    stem(&folded(name), &folded(word), name).or_else(|| stem(&expanded(name), &folded(word), name)).or_else(
        || {
            let plain = name.is_ascii() && word.is_ascii();
            if plain { None } else { stem(&folded(name), &expanded(word), name) }
        },
    )
}

fn stem(
    name: &(impl Iterator<Item = char> + Clone),
    word: &(impl Iterator<Item = char> + Clone),
    plain: &str,
) -> Option<usize> {
    let (mut left, mut right) = (name.clone(), word.clone());
    let mut same = 0;
    let mut last = None;
    loop {
        let (before, rest) = (left.clone(), right.clone());
        match (left.next(), right.next()) {
            (None, None) => return Some(0),
            (Some(a), Some(b)) if a == b => {
                same += 1;
                last = Some(a);
            }
            _ => {
                let missing = before.count();
                let vowel = |c: Option<char>| c.is_some_and(|c| "aeiouyаяеиоуыьй".contains(c));
                let mut tail = [0_u8; 16];
                let mut length = 0;
                for c in rest {
                    let room = tail.get_mut(length..length + c.len_utf8())?;
                    c.encode_utf8(room);
                    length += c.len_utf8();
                }
                let tail = std::str::from_utf8(tail.get(..length)?).ok()?;
                // The last vowel may give way to the ending (`Anna`, `Anny`), and the
                // vowel before the last consonant too (`Marek`, `Marka`).
                let name_ends = name.clone().last();
                let fleeting = missing == 2
                    && same >= 2
                    && plain.chars().count() >= 4
                    && name.clone().nth(same) == Some('e')
                    && name_ends.is_some_and(|c| tail.starts_with(c));
                let tail_after = name_ends
                    .filter(|_| fleeting)
                    .map_or(tail, |c| tail.get(c.len_utf8()..).unwrap_or_default());
                let allowed = match missing {
                    0 if vowel(last) => matches!(tail_after, "s" | "go" | "mu" | "m" | "ego" | "emu"),
                    0 => ENDINGS.contains(&tail_after),
                    1 if vowel(name_ends) => ENDINGS.contains(&tail_after) && !tail.is_empty(),
                    2 if fleeting => ENDINGS.contains(&tail_after),
                    _ => false,
                };
                return (allowed && same >= if missing == 0 { 3 } else { 2 }).then_some(length.max(1));
            }
        }
    }
}

/// Endings of German, Polish and Russian cases, folded.
const ENDINGS: &[&str] = &[
    "s", "a", "owi", "em", "iem", "ie", "u", "y", "e", "o", "i", "ii", "ej", "iej", "ia", "iego", "ego",
    "emu", "iemu", "im", "ym", "ich", "ych", "om", "а", "у", "ю", "я", "ом", "ем", "е", "ы", "и", "ой", "ей",
    "ым", "ого", "ому",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn all(values: &[&str], text: &str) -> Vec<String> {
        let mut known = Known::new();
        values.iter().enumerate().for_each(|(place, value)| known.add(place, value));
        let mut found = Found::default();
        let mut at = 0;
        while let Some(word) = word::next(text, at) {
            at = known.find(text, word, &mut found).unwrap_or(word.end);
        }
        found.spans().iter().map(|span| text[span.start..span.end].to_owned()).collect()
    }

    #[test]
    fn endings_case_and_accents_do_not_hide_a_name() {
        for (name, word) in [
            ("Alice", "ALICE"),
            ("Jürgen", "Jürgens"),
            ("Müller", "MUELLER"),
            ("Muller", "Müller"),
            ("Mueller", "Müller"),
            ("Anna", "Anny"),
            ("Anna", "Anną"),
            ("Kowalska", "Kowalskiej"),
            ("Kowalski", "Kowalskiego"),
            ("Nowak", "Nowakowi"),
            ("Marek", "Marka"),
            ("Paweł", "Pawła"),
            ("Ольга", "Ольги"),
            ("Иван", "Ивана"),
            ("Hélène", "helene"),
            ("Siobhan", "Siobhán"),
            ("Groß", "Gross"),
        ] {
            assert!(ending(name, word).is_some(), "{name} {word}");
        }
        for (name, word) in
            [("Anna", "Annals"), ("Lu", "Lua"), ("Müller", "Müll"), ("Rosa", "Rosenberg"), ("Max", "Maximal")]
        {
            assert!(ending(name, word).is_none(), "{name} {word}");
        }
    }

    #[test]
    fn values_of_several_words_are_one_span_and_initials_another() {
        assert_eq!(
            all(&["José María", "García"], "JOSE MARIA García, José"),
            ["JOSE MARIA", "García", "José"]
        );
        assert_eq!(all(&["Alice", "O'Neill"], "A. O’Neill's box"), ["A", "O’Neill"]);
        assert_eq!(all(&["Jean-Luc", "Lefèvre"], "J.-L. Lefevre"), ["J", "L", "Lefevre"]);
    }

    #[test]
    fn a_name_is_found_where_no_spaces_are_written() {
        let mut known = Known::new();
        known.add(0, "小明");
        let mut found = Found::default();
        known.find_unspaced("王小明先生打电话来了", &mut found);
        assert_eq!(found.spans().len(), 1);
    }

    #[test]
    fn a_last_name_after_a_known_first_name_is_found_too() {
        let found = |text: &str| {
            let mut known = Known::new();
            known.add_first(0, "Thandiwe");
            known.add(1, "Şahin");
            let mut found = Found::default();
            let word = word::next(text, 0).unwrap();
            known.find(text, word, &mut found).map(|_| found.spans().len())
        };
        assert_eq!(found("Thandiwe Xlamini on all invoices"), Some(2));
        assert_eq!(found("Thandiwe Şahin"), Some(1), "the other name is found by its own value");
        for after in ["van den Xerg", "O'Xrien", "de La Xour", "Ó Xriain", "De Xuca"] {
            assert_eq!(found(&format!("Thandiwe {after} on all")), Some(2), "{after}");
        }
        assert_eq!(found("Thandiwe, Xlamini"), Some(1));
        assert_eq!(found("Thandiwe de vacances"), Some(1));
        assert_eq!(found("Thandiwe כתב"), Some(1), "any word of a script without capitals could follow");
        assert_eq!(found("Thandiwe wrote"), Some(1));
    }

    #[test]
    fn a_name_of_one_character_is_found_beside_the_other() {
        assert_eq!(all(&["민준", "김"], "민준 김, hello"), ["민준", "김"]);
        assert!(all(&["Jo", "B"], "plan B").is_empty());
    }

    #[test]
    fn a_value_that_is_no_name_is_found_as_a_whole() {
        let mut known = Known::new();
        for (place, value) in ["alice85", "12 Rosewood Lane", "AC-991-X", "7"].into_iter().enumerate() {
            known.add(place, value);
        }
        let text = "Alice85, 12 rosewood lane: AC-991-X (7), not alice856, AC-991-XL or xalice85";
        let mut found = Found::default();
        known.find_wholes(text, &mut found);
        let found: Vec<_> = found.spans().iter().map(|span| &text[span.start..span.end]).collect();
        assert_eq!(found, ["Alice85", "12 rosewood lane", "AC-991-X"]);
    }

    #[test]
    fn no_word_is_one_too_many() {
        let letters = |n: u8| format!("Xyr{}", char::from(b'a' + n));
        let values: Vec<String> = (0..26).chain(0..26).map(letters).chain(["Zorbax".into()]).collect();
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        assert_eq!(all(&values, "ask Zorbax"), ["Zorbax"]);
    }

    #[test]
    fn a_common_word_needs_the_place_of_a_name() {
        assert_eq!(all(&["Will", "Rose"], "Will said the rose is red. Will it rain?"), ["Will"]);
        assert_eq!(all(&["Will", "Rose"], "thanks to Will Rose"), ["Will", "Rose"]);
        assert_eq!(all(&["Will", "Rose"], "will_rose, will.rose"), ["will", "rose", "will", "rose"]);
        assert!(all(&["May", "Li"], "in May we are, may be, like li").is_empty());
    }
}

//! What is known of a word: whether it is a name in the tables of names, and what it
//! says about the words beside it.

use super::fold::Folded;
use super::vocabulary as lists;
use crate::transform::{given, locale::LOCALES};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

/// What a word is, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Traits(u16);

impl Traits {
    pub(super) const FIRST: Self = Self(1);
    pub(super) const LAST: Self = Self(1 << 1);
    pub(super) const COMMON: Self = Self(1 << 2);
    pub(super) const TITLE: Self = Self(1 << 3);
    pub(super) const GREETING: Self = Self(1 << 4);
    pub(super) const CLOSING: Self = Self(1 << 5);
    pub(super) const DOES: Self = Self(1 << 6);
    pub(super) const TAKES: Self = Self(1 << 7);
    pub(super) const ARTICLE: Self = Self(1 << 8);
    pub(super) const WHEN: Self = Self(1 << 9);
    pub(super) const GENERIC: Self = Self(1 << 10);
    pub(super) const MONTH: Self = Self(1 << 11);
    pub(super) const STREET: Self = Self(1 << 12);
    pub(super) const NAME: Self = Self(0b11);

    /// Whether it has any of these.
    pub(super) fn is(self, any: Self) -> bool {
        self.0 & any.0 != 0
    }

    /// Both.
    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// Where a word stands in the lexicon. The lists are ours and never grow, so nobody can
/// choose words that meet; it decides on no pseudonym.
#[derive(Default)]
struct Spread(u64);

impl Hasher for Spread {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let word = chunk.iter().fold(0_u64, |word, byte| word << 8 | u64::from(*byte));
            self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        }
    }

    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }
}

type Lexicon = HashMap<Box<str>, Traits, BuildHasherDefault<Spread>>;

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut words = Lexicon::default();
    let mut add = |word: &str, traits: Traits| {
        let folded = Folded::of(word);
        // Names of two letters are words of some language.
        if folded.text().chars().count() > 2 || !traits.is(Traits::NAME) {
            let known = words.entry(folded.text().into()).or_default();
            *known = known.and(traits);
        }
    };
    let tables =
        LOCALES.iter().flat_map(|locale| [(&locale.first, Traits::FIRST), (&locale.last, Traits::LAST)]);
    for (list, traits) in tables {
        // A name of several words is known by each of them.
        list.iter().flat_map(|name| name.split([' ', '-', '\''])).for_each(|word| add(word, traits));
    }
    let given = LOCALES.iter().filter_map(|locale| given::names(locale.code)).flat_map(|(f, m)| [f, m]);
    given.flat_map(str::split_whitespace).for_each(|word| add(word, Traits::FIRST));
    for (list, traits) in [
        (lists::COMMON, Traits::COMMON),
        (lists::TITLES, Traits::TITLE),
        (lists::GREETINGS, Traits::GREETING),
        (lists::CLOSINGS, Traits::CLOSING),
        (lists::DOES, Traits::DOES),
        (lists::TAKES, Traits::TAKES),
        (lists::ARTICLES, Traits::ARTICLE),
        (lists::WHEN, Traits::WHEN),
        (lists::GENERIC, Traits::GENERIC),
        (lists::STREETS, Traits::STREET),
        (lists::MONTHS, Traits::MONTH.and(Traits::COMMON)),
    ] {
        list.split_whitespace().for_each(|word| add(word, traits));
    }
    words
});

/// What is known of a word.
pub(super) fn traits(word: &str) -> Traits {
    let folded = Folded::of(word);
    LEXICON.get(folded.text()).copied().unwrap_or_default()
}

/// The same, for a word that may be a name in an inflected form (`Dąbrowskiego`).
pub(super) fn inflected(word: &str) -> Traits {
    let folded = Folded::of(word);
    let text = folded.text();
    if let Some(known) = LEXICON.get(text) {
        return *known;
    }
    for (ending, bases) in ENDINGS {
        let Some(stem) = text.strip_suffix(ending).filter(|stem| stem.len() >= 3) else { continue };
        for base in *bases {
            let mut whole = [0_u8; 52];
            let (Some(front), Some(back)) = (whole.get_mut(..stem.len()), Some(base.as_bytes())) else {
                continue;
            };
            front.copy_from_slice(stem.as_bytes());
            let Some(tail) = whole.get_mut(stem.len()..stem.len() + back.len()) else { continue };
            tail.copy_from_slice(back);
            let known =
                whole.get(..stem.len() + back.len()).and_then(|bytes| std::str::from_utf8(bytes).ok());
            let known = known.and_then(|known| LEXICON.get(known)).copied().unwrap_or_default();
            if known.is(Traits::NAME) && !known.is(Traits::COMMON) {
                return known;
            }
        }
    }
    Traits::default()
}

/// Endings of names in the cases of Polish and the genitive of German, with the
/// endings of the names they may come from; folded.
const ENDINGS: &[(&str, &[&str])] = &[
    ("skiego", &["ski"]),
    ("ckiego", &["cki"]),
    ("skiej", &["ska"]),
    ("owi", &["", "o"]),
    ("iem", &["", "i"]),
    ("em", &["", "i"]),
    ("ej", &["a"]),
    ("ie", &["a", ""]),
    ("s", &[""]),
    ("a", &["", "o", "a"]),
    ("e", &["a", ""]),
    ("o", &["a"]),
    ("y", &["a"]),
    ("u", &[""]),
    ("i", &["a", "ia"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_all_locales_and_words_beside_them_are_known() {
        assert!(traits("Katharina").is(Traits::FIRST) && traits("MÜLLER").is(Traits::LAST));
        assert!(traits("Mrs").is(Traits::TITLE) && traits("señora").is(Traits::TITLE));
        assert!(traits("May").is(Traits::COMMON) && !traits("Katharina").is(Traits::COMMON));
        assert_eq!(traits("zxqv"), Traits::default());
    }

    #[test]
    fn an_inflected_name_is_known_by_its_base() {
        assert!(inflected("Thomasowi").is(Traits::FIRST) && inflected("Andreas").is(Traits::FIRST));
        assert!(!inflected("Rechnung").is(Traits::NAME));
    }
}

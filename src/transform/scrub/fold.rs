//! Words without case and accents, for comparing.

use super::super::{casing, fold};

/// The characters a word is compared by: lower case, accents off, combining marks
/// left out. `ä`, `ö`, `ü` become one letter; see [`expanded`] for the other way.
pub(super) fn folded(word: &str) -> impl Iterator<Item = char> + Clone {
    word.chars().flat_map(|c| letters(c, false))
}

/// The same with `ae`, `oe`, `ue`, as where an umlaut can't be written.
pub(super) fn expanded(word: &str) -> impl Iterator<Item = char> + Clone {
    word.chars().flat_map(|c| letters(c, true))
}

fn letters(c: char, expand: bool) -> impl Iterator<Item = char> + Clone {
    let (own, ascii) = match c {
        '\u{300}'..='\u{36f}' => (None, ""),
        c if c.is_ascii() => (Some(c.to_ascii_lowercase()), ""),
        // Other scripts are compared as they are, in small letters.
        c if !matches!(c, '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}') => (Some(casing::lower(c)), ""),
        c => match fold::ascii(c) {
            "" => (Some(casing::lower(c)), ""),
            "ae" | "oe" | "ue" if !expand => (None, fold::ascii(c).get(..1).unwrap_or_default()),
            ascii => (None, ascii),
        },
    };
    own.into_iter().chain(ascii.chars())
}

/// A folded word on the stack; a word that is longer folds to nothing.
pub(super) struct Folded {
    bytes: [u8; 48],
    length: usize,
}

impl Folded {
    pub(super) fn of(word: &str) -> Self {
        let mut bytes = [0; 48];
        if let (true, Some(room)) = (word.is_ascii(), bytes.get_mut(..word.len())) {
            room.copy_from_slice(word.as_bytes());
            room.make_ascii_lowercase();
            return Self { bytes, length: word.len() };
        }
        let mut length = 0;
        for c in folded(word) {
            let Some(room) = bytes.get_mut(length..length + c.len_utf8()) else {
                return Self { bytes, length: 0 };
            };
            c.encode_utf8(room);
            length += c.len_utf8();
        }
        Self { bytes, length }
    }

    pub(super) fn text(&self) -> &str {
        self.bytes.get(..self.length).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_accents_are_off() {
        for (word, plain) in [
            ("Müller", "muller"),
            ("GROSS", "gross"),
            ("Groß", "gross"),
            ("Łukasz", "lukasz"),
            ("Ольга", "ольга"),
            ("Jose\u{301}", "jose"),
        ] {
            assert_eq!(Folded::of(word).text(), plain);
        }
        assert_eq!(expanded("Müller").collect::<String>(), "mueller");
        assert_eq!(Folded::of(&"x".repeat(49)).text(), "");
    }
}

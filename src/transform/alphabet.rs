//! Which letters may stand for a letter: those of its own script and case.
//!
//! Every letter and every digit of Unicode has a [`Spot`] in exactly one
//! alphabet, so a permutation of spots is one of texts. Common scripts have the
//! alphabets people write; rare ones take the letters of the same 128 code points
//! (Unicode 16 general categories, as Rust's `char` tells them). Upper case is the
//! lower-case alphabet raised, so a word and its capitals stay case variants.
//! Marks, punctuation and symbols have no spot.

use super::casing;

const LISTS: [&str; 6] = [
    "àáâãäåæçèéêëìíîïðñòóôõöøùúûüýþāăąćčďđēęěğīłńňőœřśşšţťūůűźżž",
    "αβγδεζηθικλμνξοπρστυφχψω",
    "άέήίόύώ",
    "абвгдежзийклмнопрстуфхцчшщъыьэюя",
    "ёђѓєѕіїјљњћќўџґ",
    "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي",
];

/// Ranges without case in which every code point is a letter.
const RANGES: [(u32, u32); 9] = [
    (0x5d0, 0x5ea),   // Hebrew
    (0x905, 0x939),   // Devanagari
    (0xe01, 0xe2e),   // Thai
    (0x3041, 0x3096), // Hiragana
    (0x30a1, 0x30fa), // Katakana
    (0x3400, 0x4dbf), // Han, extension A
    (0x4e00, 0x9fff), // Han
    (0xac00, 0xd7a3), // Hangul
    (0x660, 0x669),   // Arabic digits
];

/// A letter's alphabet and its place in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    set: Set,
    upper: bool,
    place: u32,
    size: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Set {
    Range(u32),
    List(usize),
    Block(u32, Kind),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Cased,
    Lower,
    Upper,
    Other,
    Number,
}

impl Spot {
    /// Where `c` stands, if it is a letter or a digit.
    pub(super) fn of(c: char) -> Option<Self> {
        match c {
            '0'..='9' => return Some(Self::within('0', '9', c)),
            'a'..='z' => return Some(Self::within('a', 'z', c)),
            'A'..='Z' => {
                let spot = Self::within('a', 'z', c.to_ascii_lowercase());
                return Some(Self { upper: true, ..spot });
            }
            _ if c.is_ascii() => return None,
            _ => {}
        }
        let code = u32::from(c);
        if let Some((from, to)) = RANGES.iter().find(|(from, to)| (*from..=*to).contains(&code)) {
            return Some(Self::range(*from, *to, code));
        }
        let low = casing::lower(c);
        let raised = low != c && casing::upper(low) == c;
        let plain = if raised { low } else { c };
        for (set, list) in LISTS.iter().enumerate() {
            if let Some(place) = list.chars().position(|other| other == plain) {
                let (set, size) = (Set::List(set), list.chars().count());
                return Some(Self { set, upper: raised, place: number(place), size: number(size) });
            }
        }
        let kind = kind(plain)?;
        let block = u32::from(plain) & !127;
        let before = members(block, kind).take_while(|other| *other != plain).count();
        let size = members(block, kind).count();
        Some(Self { set: Set::Block(block, kind), upper: raised, place: number(before), size: number(size) })
    }

    /// A spot in a range of code points of which all are letters or digits; `c`
    /// must lie in it.
    pub(super) fn within(from: char, to: char, c: char) -> Self {
        Self::range(from.into(), to.into(), c.into())
    }

    fn range(from: u32, to: u32, code: u32) -> Self {
        Self { set: Set::Range(from), upper: false, place: code.saturating_sub(from), size: to - from + 1 }
    }

    /// The radixes of its digits: one, or two for alphabets of more than 255 letters.
    pub(super) fn radixes(self) -> (u8, Option<u8>) {
        match self.split() {
            Some(low) => (byte(self.size / low), Some(byte(low))),
            None => (byte(self.size), None),
        }
    }

    /// Its digits, each below its radix.
    pub(super) fn digits(self) -> (u8, u8) {
        match self.split() {
            Some(low) => (byte(self.place / low), byte(self.place % low)),
            None => (byte(self.place), 0),
        }
    }

    /// The letter at other digits of the same alphabet and case.
    pub(super) fn letter(self, high: u8, low: u8) -> char {
        let place = match self.split() {
            Some(radix) => u32::from(high) * radix + u32::from(low),
            None => high.into(),
        };
        let nth = usize::try_from(place).unwrap_or(0);
        let found = match self.set {
            Set::Range(from) => char::from_u32(from + place),
            Set::List(list) => LISTS.get(list).and_then(|list| list.chars().nth(nth)),
            Set::Block(block, kind) => members(block, kind).nth(nth),
        };
        let letter = found.unwrap_or('?');
        if self.upper { casing::upper(letter) } else { letter }
    }

    /// The low radix of a large alphabet, a divisor of its size.
    fn split(self) -> Option<u32> {
        match self.size {
            0..=255 => None,
            6_592 => Some(64),
            11_172 => Some(147),
            _ => Some(128),
        }
    }
}

fn kind(c: char) -> Option<Kind> {
    if c.is_numeric() {
        return Some(Kind::Number);
    }
    if !c.is_alphabetic() {
        return None;
    }
    let raised = casing::upper(c);
    Some(match (c.is_lowercase(), c.is_uppercase()) {
        (true, _) if raised != c && casing::lower(raised) == c => Kind::Cased,
        (true, _) => Kind::Lower,
        (_, true) => Kind::Upper,
        _ => Kind::Other,
    })
}

/// The letters of 128 code points that stand in no list or range.
fn members(block: u32, wanted: Kind) -> impl Iterator<Item = char> {
    (block..block + 128).filter_map(char::from_u32).filter(move |c| {
        kind(*c) == Some(wanted)
            && !c.is_ascii()
            && !RANGES.iter().any(|(from, to)| (*from..=*to).contains(&u32::from(*c)))
            && !LISTS.iter().any(|list| list.contains(*c))
            && !is_raised(*c)
    })
}

/// Whether `c` is the upper case of another letter and so stands in its alphabet.
fn is_raised(c: char) -> bool {
    let low = casing::lower(c);
    low != c && casing::upper(low) == c
}

fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(0)
}

fn byte(digit: u32) -> u8 {
    u8::try_from(digit).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_of_unicode_comes_back_from_its_spot() {
        // The first two planes hold every script but rare Han, which has its own rule.
        for c in (0..0x2_0000).filter_map(char::from_u32) {
            let Some(spot) = Spot::of(c) else {
                assert!(!c.is_alphanumeric(), "{c:?} has no spot");
                continue;
            };
            let ((high_radix, low_radix), (high, low)) = (spot.radixes(), spot.digits());
            assert!(high < high_radix && low_radix.is_none_or(|radix| low < radix), "{c:?} {spot:?}");
            assert_eq!(spot.letter(high, low), c, "{spot:?}");
        }
    }

    #[test]
    fn a_word_and_its_capitals_have_the_same_spots() {
        for (low, high) in [('a', 'A'), ('é', 'É'), ('я', 'Я'), ('ω', 'Ω'), ('ա', 'Ա')] {
            let (low, high) = (Spot::of(low).unwrap(), Spot::of(high).unwrap());
            assert_eq!(Spot { upper: true, ..low }, high);
        }
    }

    #[test]
    fn large_alphabets_split_without_a_rest() {
        for c in ['王', '한', '㐀'] {
            let spot = Spot::of(c).unwrap();
            let (high, low) = spot.radixes();
            assert_eq!(u32::from(high) * u32::from(low.unwrap()), spot.size);
        }
    }
}

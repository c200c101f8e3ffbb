//! How phone numbers are laid out: calling codes, trunk zeros, service numbers.
//!
//! Calling codes: ITU-T E.164 assigns one digit to zones 1 and 7, two to the codes
//! listed here, three to the rest. Service numbers: emergency numbers, and the
//! freephone and premium ranges of the North American plan and of most of Europe.

/// Whether a calling code has these two digits and no more.
fn has_two_digits(code: u16) -> bool {
    matches!(
        code,
        20 | 27 | 30..=34 | 36 | 39..=41 | 43..=49 | 51..=58 | 60..=66 | 81 | 82 | 84 | 86 | 90..=95 | 98
    )
}

/// Whether a number of three digits, zeros before them included, is an emergency's.
fn is_emergency(number: u16) -> bool {
    matches!(number, 0 | 100..=103 | 108 | 110..=113 | 115 | 117..=120 | 911 | 988 | 999)
}

/// Whether freephone, shared-cost or premium numbers begin so, without trunk zeros.
fn begins_service(begin: u16) -> bool {
    matches!(begin, 118 | 137 | 180 | 190 | 700 | 800 | 808 | 900 | 901 | 909)
}

/// The same in the North American plan, with its service codes that end in 11.
fn begins_north_american_service(begin: u16) -> bool {
    matches!(begin, 800 | 822 | 833 | 844 | 855 | 866 | 877 | 888 | 900) || begin % 100 == 11
}

/// Words that say what kind of number it is, not whose.
const WORDS: [&str; 14] = [
    "x",
    "ext",
    "extn",
    "extension",
    "tel",
    "phone",
    "ph",
    "fax",
    "mobile",
    "mob",
    "cell",
    "home",
    "work",
    "office",
];

/// Where the parts of a number are, in ASCII digits from its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// How many digits are calling code and trunk zeros, and stay.
    pub(super) national: usize,
    north_american: bool,
    digits: usize,
}

impl Layout {
    /// The layout of a number as a person writes it.
    pub(super) fn of(text: &str) -> Self {
        let mut start = [0_u8; 8];
        let mut digits = 0;
        for byte in text.bytes().filter(u8::is_ascii_digit) {
            if let Some(to) = start.get_mut(digits) {
                *to = byte;
            }
            digits += 1;
        }
        let plus = text.trim_start().starts_with(['+', '＋']) || text.trim_start().starts_with("(+");
        Self::read(start, digits, plus)
    }

    /// The layout of a number of ASCII digits, with or without a plus before it.
    pub(super) fn of_digits(digits: &[u8], plus: bool) -> Self {
        let mut start = [0_u8; 8];
        for (to, from) in start.iter_mut().zip(digits) {
            *to = *from;
        }
        Self::read(start, digits.len(), plus)
    }

    fn read(start: [u8; 8], digits: usize, plus: bool) -> Self {
        let at = |place: usize| start.get(place).copied().unwrap_or(0);
        let mut code = match (plus, at(0), at(1)) {
            (true, ..) => Some(0),
            (false, b'0', b'0') if digits > 8 => Some(2),
            _ => None,
        };
        // `1 415 555 0134`: the trunk digit of the North American plan.
        if code.is_none() && digits == 11 && at(0) == b'1' {
            code = Some(0);
        }
        let (code_end, zone_one) = match code {
            Some(from) => {
                let two = number(start.get(from..from + 2).unwrap_or_default());
                let length = match at(from) {
                    b'1' | b'7' => 1,
                    _ if has_two_digits(two) => 2,
                    _ => 3,
                };
                (from + length, at(from) == b'1')
            }
            None => (0, false),
        };
        let zeros = start.iter().skip(code_end).take_while(|b| **b == b'0').count();
        let national = if code_end >= start.len() { code_end } else { code_end + zeros };
        let bare = code.is_none() && digits == 10 && at(0) >= b'2';
        // A number that is all prefix still has a last digit.
        let national = national.min(digits.saturating_sub(1));
        Self { national, north_american: (zone_one && digits == code_end + 10) || bare, digits }
    }

    /// The least digit that may stand at a place, for a digit not below it.
    pub(super) fn least(&self, place: usize) -> u8 {
        match place.checked_sub(self.national) {
            Some(0 | 3) if self.north_american => 2,
            Some(0) => 1,
            _ => 0,
        }
    }

    /// Whether `text`, a number of this layout, reaches an emergency, freephone or
    /// premium service.
    pub(super) fn is_service(&self, text: &str) -> bool {
        let mut first = [b'0'; 3];
        for (to, byte) in first.iter_mut().zip(text.bytes().filter(u8::is_ascii_digit).skip(self.national)) {
            *to = byte;
        }
        self.begins_service(first)
    }

    /// The same of a number's ASCII digits.
    pub(super) fn reaches_service(&self, digits: &[u8]) -> bool {
        let national = digits.get(self.national..).unwrap_or_default();
        // Shorter ones reach none.
        national.first_chunk().is_some_and(|first| self.begins_service(*first))
    }

    /// Whether a service's number begins with these digits, after calling code and zeros.
    fn begins_service(&self, first: [u8; 3]) -> bool {
        let begin = number(&first);
        match self.digits - self.national.min(self.digits) {
            0..=2 => false,
            3 => is_emergency(begin),
            _ if self.north_american => begins_north_american_service(begin),
            _ => begins_service(begin),
        }
    }
}

/// The number that ASCII digits write.
fn number(digits: &[u8]) -> u16 {
    digits.iter().fold(0, |number, digit| number * 10 + u16::from(digit.wrapping_sub(b'0')) % 10)
}

/// Which characters of a text belong to words of [`WORDS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Known(u128);

impl Known {
    /// Whether the character at `place` does.
    pub(super) fn covers(self, place: usize) -> bool {
        place < 128 && self.0 >> place & 1 == 1
    }
}

/// Finds the known words among the first 128 characters.
pub(super) fn known_words(text: &str) -> Known {
    let mut known = 0;
    let (mut start_byte, mut start) = (0, 0);
    let mut inside = false;
    let end = text.chars().count();
    let ends = text.char_indices().chain([(text.len(), ' ')]).take(129);
    for (place, (byte, c)) in ends.enumerate() {
        if c.is_alphabetic() == inside && place < end {
            continue;
        }
        if inside {
            let word = text.get(start_byte..byte).unwrap_or_default();
            if WORDS.iter().any(|other| other.eq_ignore_ascii_case(word)) {
                for covered in start..place {
                    known |= 1_u128.checked_shl(u32::try_from(covered).unwrap_or(128)).unwrap_or(0);
                }
            }
        }
        (start_byte, start, inside) = (byte, place, c.is_alphabetic());
    }
    Known(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calling_codes_have_one_to_three_digits() {
        for (text, national) in [
            ("+1 415 555 0134", 1),
            ("+44 20 7946 0123", 2),
            ("+44 (0)20 7946 0123", 3),
            ("+353 1 234 5678", 3),
            ("0049 30 123456", 4),
            ("030 123456", 1),
            ("415-555-0134", 0),
            ("911", 0),
            ("0000", 3),
        ] {
            assert_eq!(Layout::of(text).national, national, "{text}");
        }
    }

    #[test]
    fn service_numbers_are_known() {
        for text in ["911", "+1 800 555 0100", "0800 123456", "+49 900 1234567", "(800) 555-0100"] {
            assert!(Layout::of(text).is_service(text), "{text}");
        }
        for text in ["415-555-0134", "+44 20 7946 0123", "42"] {
            assert!(!Layout::of(text).is_service(text), "{text}");
        }
    }

    #[test]
    fn known_words_are_whole_words() {
        let covered = |text: &str| (0..text.len()).filter(|at| known_words(text).covers(*at)).count();
        assert_eq!(covered("tel 12 x3"), 4);
        assert_eq!(covered("Rex 12"), 0);
        assert_eq!(covered("ext"), 3);
    }
}

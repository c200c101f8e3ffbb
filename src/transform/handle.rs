//! The words and the token of a handle: what `email` and `username` write.
//!
//! The words are the row's invented person; the token is 5 bits a character of
//! the digest of the *value*, so that two addresses of one person stay two. The
//! digest folds case: variants of one address get the same words and token, in
//! the case style of each. A style that is neither lower, UPPER nor Title is
//! spread over the letters by a digest of the exact text, so that such variants
//! stay distinct too.

use super::fit::Fit;
use super::fold;
use super::person::Person;
use crate::secret::{Digest, DomainKey};

/// Characters of a whole token: 80 bits.
pub(super) const TOKEN: usize = 16;

/// How the letters of a handle use case.
#[derive(Clone, Copy, Debug)]
pub(super) enum Style {
    /// All lower case, or no letters.
    Lower,
    /// All upper case.
    Upper,
    /// The first letter of each run of letters and digits, and no other.
    Title,
    /// As these bits say, letter by letter.
    Mixed(Digest),
}

impl Style {
    /// The style of `text`; `key` digests it where it is an irregular one.
    pub(super) fn of(text: &str, key: &DomainKey) -> Self {
        let (mut lower, mut upper, mut title) = (false, false, true);
        let mut inside = false;
        let mut see = |is_lower: bool, is_upper: bool, goes_on: bool| {
            lower |= is_lower;
            upper |= is_upper;
            title &= if inside { !is_upper } else { !is_lower };
            inside = goes_on;
        };
        if text.is_ascii() {
            for byte in text.bytes() {
                see(byte.is_ascii_lowercase(), byte.is_ascii_uppercase(), byte.is_ascii_alphanumeric());
            }
        } else {
            text.chars().for_each(|c| see(c.is_lowercase(), c.is_uppercase(), c.is_alphanumeric()));
        }
        match (lower, upper) {
            (_, false) => Self::Lower,
            (false, true) => Self::Upper,
            (true, true) if title => Self::Title,
            (true, true) => Self::Mixed(key.digest(text.as_bytes())),
        }
    }
}

/// The styles of an address's local part and host. Where one of them is irregular,
/// both follow the digest of the whole.
pub(super) fn address_styles(text: &str, key: &DomainKey) -> (Style, Style) {
    let (local, host) = text.rsplit_once('@').unwrap_or((text, ""));
    match (Style::of(local, key), Style::of(host, key)) {
        (Style::Mixed(_), _) | (_, Style::Mixed(_)) => {
            let bits = key.digest(text.as_bytes());
            (Style::Mixed(bits), Style::Mixed(bits))
        }
        regular => regular,
    }
}

/// A name's letters and digits as [`fold`] writes them. No name is longer.
struct Plain {
    bytes: [u8; 64],
    length: usize,
}

impl Plain {
    fn of(name: &str) -> Self {
        let mut this = Self { bytes: [0; 64], length: 0 };
        for c in name.chars() {
            if c.is_ascii_lowercase() {
                this.push(c as u8);
            } else {
                fold::ascii(c).bytes().for_each(|byte| this.push(byte));
            }
        }
        this
    }

    fn push(&mut self, byte: u8) {
        if let Some(to) = self.bytes.get_mut(self.length) {
            *to = byte;
            self.length += 1;
        }
    }

    fn letters(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

/// Writes lower-case ASCII in a style.
pub(super) struct Handle<'a> {
    fit: Fit<'a>,
    style: Style,
    inside: bool,
    letters: usize,
}

impl<'a> Handle<'a> {
    pub(super) fn new(fit: Fit<'a>, style: Style) -> Self {
        Self { fit, style, inside: false, letters: 0 }
    }

    /// Goes on in another style, at the beginning of a word.
    pub(super) fn restyle(&mut self, style: Style) {
        self.style = style;
        self.inside = false;
    }

    /// Appends text, styled.
    pub(super) fn push_str(&mut self, text: &str) {
        if text.is_ascii() {
            self.push_ascii(text.as_bytes());
            return;
        }
        for c in text.chars() {
            let raise = self.raises(c.is_ascii_alphabetic(), c.is_alphanumeric());
            self.fit.push(if raise { super::casing::upper(c) } else { c });
        }
    }

    fn push_ascii(&mut self, text: &[u8]) {
        match &self.style {
            Style::Lower => _ = self.fit.push_ascii(text),
            Style::Upper => self.fit.push_ascii(text).make_ascii_uppercase(),
            Style::Title | Style::Mixed(_) => {
                for byte in text {
                    let raise = self.raises(byte.is_ascii_alphabetic(), byte.is_ascii_alphanumeric());
                    self.fit.push_ascii(&[if raise { byte.to_ascii_uppercase() } else { *byte }]);
                }
            }
        }
    }

    /// Whether the next character is written in upper case.
    fn raises(&mut self, is_letter: bool, goes_on: bool) -> bool {
        let raise = match &self.style {
            Style::Lower => false,
            Style::Upper => true,
            Style::Title => !self.inside,
            Style::Mixed(bits) => {
                let byte = bits.get(self.letters / 8 % 32).copied().unwrap_or(0);
                byte >> (self.letters % 8) & 1 == 1
            }
        };
        self.letters += usize::from(is_letter);
        self.inside = goes_on;
        raise
    }

    /// Appends as many words of the person as `room` characters hold, each
    /// followed by `after`: first and last, else the last, else none.
    pub(super) fn push_words(&mut self, person: Person, after: &str, room: usize) {
        let (first, last) = (Plain::of(person.first), Plain::of(person.last));
        let (first, last) = (first.letters(), last.letters());
        let words: [&[u8]; 2] = if first.len() + last.len() + 2 * after.len() <= room {
            [first, last]
        } else if last.len() + after.len() <= room {
            [b"", last]
        } else {
            [b"", b""]
        };
        for word in words.iter().filter(|word| !word.is_empty()) {
            self.push_ascii(word);
            self.push_ascii(after.as_bytes());
        }
    }

    /// Appends the first `length` characters of the token of a value's digest.
    pub(super) fn push_token(&mut self, digest: &Digest, length: usize) {
        const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
        // Bytes 16 to 25: the person took those before.
        let bytes = digest.iter().skip(16).take(10);
        let mut bits = bytes.fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
        let mut token = [b'a'; TOKEN];
        for to in token.iter_mut().rev() {
            *to = usize::try_from(bits & 31).ok().and_then(|at| ALPHABET.get(at)).copied().unwrap_or(*to);
            bits >>= 5;
        }
        self.push_ascii(token.get(..length).unwrap_or(&token));
    }

    /// Appends text as it is.
    pub(super) fn push_as_is(&mut self, text: &str) {
        self.fit.push_str(text);
    }
}

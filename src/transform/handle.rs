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
        for c in text.chars() {
            lower |= c.is_lowercase();
            upper |= c.is_uppercase();
            title &= if inside { !c.is_uppercase() } else { !c.is_lowercase() };
            inside = c.is_alphanumeric();
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

    /// How many more characters fit.
    pub(super) fn room(&self) -> usize {
        self.fit.room()
    }

    /// Goes on in another style, at the beginning of a word.
    pub(super) fn restyle(&mut self, style: Style) {
        self.style = style;
        self.inside = false;
    }

    /// Appends text, styled.
    pub(super) fn push_str(&mut self, text: &str) {
        for c in text.chars() {
            let raise = match &self.style {
                Style::Lower => false,
                Style::Upper => true,
                Style::Title => !self.inside,
                Style::Mixed(bits) => {
                    let byte = bits.get(self.letters / 8 % 32).copied().unwrap_or(0);
                    byte >> (self.letters % 8) & 1 == 1
                }
            };
            self.letters += usize::from(c.is_ascii_alphabetic());
            self.inside = c.is_alphanumeric();
            self.fit.push(if raise { super::casing::upper(c) } else { c });
        }
    }

    /// Appends as many words of the person as `room` characters hold, each
    /// followed by `after`: first and last, else the last, else none.
    pub(super) fn push_words(&mut self, person: Person, after: &str, room: usize) {
        let both = fold::length(person.first) + fold::length(person.last) + 2 * after.len();
        let words = if both <= room {
            [person.first, person.last]
        } else if fold::length(person.last) + after.len() <= room {
            ["", person.last]
        } else {
            ["", ""]
        };
        for word in words.iter().filter(|word| fold::length(word) > 0) {
            word.chars().for_each(|c| self.push_str(fold::ascii(c)));
            self.push_str(after);
        }
    }

    /// Appends the first `length` characters of the token of a value's digest.
    pub(super) fn push_token(&mut self, digest: &Digest, length: usize) {
        const ALPHABET: &str = "abcdefghijklmnopqrstuvwxyz234567";
        // Bytes 16 to 25: the person took those before.
        let bytes = digest.iter().skip(16).take(10);
        let bits = bytes.fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
        for place in 0..length.min(TOKEN) {
            let at = usize::try_from(bits >> (75 - 5 * place) & 31).unwrap_or(0);
            self.push_str(ALPHABET.get(at..=at).unwrap_or(""));
        }
    }

    /// Appends text as it is.
    pub(super) fn push_as_is(&mut self, text: &str) {
        self.fit.push_str(text);
    }
}

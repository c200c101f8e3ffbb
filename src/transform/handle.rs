//! The words and the token of a handle: what `email` and `username` write.
//!
//! The words are the row's invented person; the token is 5 bits a character of
//! the digest of the *value*, so that two addresses of one person stay two. The
//! digest folds case: variants of one address get the same words and token, in
//! the case style of each. A style that is neither lower, UPPER nor Title is
//! spread over the letters by a digest of the exact text, so that such variants
//! stay distinct too.

use super::fit::Fit;
use super::fold::Plain;
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
        Self::regular(text).unwrap_or_else(|| Self::Mixed(key.digest(text.as_bytes())))
    }

    /// The style of `text`, where it is a regular one.
    fn regular(text: &str) -> Option<Self> {
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
            (_, false) => Some(Self::Lower),
            (false, true) => Some(Self::Upper),
            (true, true) => title.then_some(Self::Title),
        }
    }
}

/// The styles of an address's local part and host. Where one of them is irregular,
/// both follow the digest of the whole.
pub(super) fn address_styles(text: &str, key: &DomainKey) -> (Style, Style) {
    // Most addresses are lower case throughout.
    if !text.bytes().any(|byte| !byte.is_ascii() || byte.is_ascii_uppercase()) {
        return (Style::Lower, Style::Lower);
    }
    let (local, host) = text.rsplit_once('@').unwrap_or((text, ""));
    if let (Some(local), Some(host)) = (Style::regular(local), Style::regular(host)) {
        return (local, host);
    }
    let bits = key.digest(text.as_bytes());
    (Style::Mixed(bits), Style::Mixed(bits))
}

/// Words and token, put together before they are written: pieces cost more than their letters.
struct Line {
    bytes: [u8; 160],
    length: usize,
}

impl Line {
    /// Appends a name and what comes after it; of an empty name, neither.
    fn push(&mut self, name: &Plain, after: u8) {
        if let Some(to) = self.bytes.get_mut(self.length..).and_then(<[u8]>::first_chunk_mut) {
            *to = name.bytes;
        }
        if let (1.., Some(to)) = (name.len(), self.bytes.get_mut(self.length + name.len())) {
            *to = after;
            self.length += name.len() + 1;
        }
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
            Style::Title => {
                let mut inside = self.inside;
                for byte in self.fit.push_ascii(text) {
                    let goes_on = byte.is_ascii_alphanumeric();
                    if !inside {
                        byte.make_ascii_uppercase();
                    }
                    inside = goes_on;
                }
                self.inside = inside;
            }
            Style::Mixed(bits) => {
                let mut letters = self.letters;
                for byte in self.fit.push_ascii(text) {
                    // Bits are random: a branch on them is guessed wrong every other time.
                    let is_letter = byte.is_ascii_lowercase();
                    *byte -= 32 * u8::from(is_letter & raised(bits, letters));
                    letters += usize::from(is_letter);
                }
                self.letters = letters;
            }
        }
    }

    /// Whether the next character is written in upper case.
    fn raises(&mut self, is_letter: bool, goes_on: bool) -> bool {
        let raise = match &self.style {
            Style::Lower => false,
            Style::Upper => true,
            Style::Title => !self.inside,
            Style::Mixed(bits) => raised(bits, self.letters),
        };
        self.letters += usize::from(is_letter);
        self.inside = goes_on;
        raise
    }

    /// Appends as many words of the person as `room` characters hold, each followed
    /// by `after`: first and last, else the last, else none; then the first `length`
    /// characters of the token of a value's digest.
    pub(super) fn push_name(
        &mut self,
        [first, last]: [Plain; 2],
        after: u8,
        room: usize,
        digest: &Digest,
        length: usize,
    ) {
        let mut line = Line { bytes: [0; 160], length: 0 };
        line.push(&first, after);
        line.push(&last, after);
        if line.length > room {
            line.length = 0;
            line.push(&last, after);
            if line.length > room {
                line.length = 0;
            }
        }
        let token = token(digest);
        let end = line.length + length.min(TOKEN);
        if let Some(to) = line.bytes.get_mut(line.length..end) {
            to.copy_from_slice(token.get(..length).unwrap_or(&token));
        }
        self.push_ascii(line.bytes.get(..end).unwrap_or_default());
    }

    /// Appends the first `length` characters of the token of a value's digest.
    pub(super) fn push_token(&mut self, digest: &Digest, length: usize) {
        self.push_ascii(token(digest).get(..length.min(TOKEN)).unwrap_or_default());
    }

    /// Appends a character as it is.
    pub(super) fn push(&mut self, c: char) {
        self.fit.push(c);
    }

    /// Appends text as it is.
    pub(super) fn push_as_is(&mut self, text: &str) {
        self.fit.push_str(text);
    }
}

/// Whether the bits raise the letter of that number.
fn raised(bits: &Digest, letter: usize) -> bool {
    bits.get(letter / 8 % 32).is_some_and(|byte| byte >> (letter % 8) & 1 == 1)
}

/// 5 bits a character of bytes 16 to 25: the person took those before.
fn token(digest: &Digest) -> [u8; TOKEN] {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let mut token = [b'a'; TOKEN];
    // Five bytes are eight characters.
    for (to, bytes) in token.chunks_exact_mut(8).zip(digest.get(16..26).unwrap_or_default().chunks_exact(5)) {
        let bits = bytes.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        for (to, shift) in to.iter_mut().zip([35, 30, 25, 20, 15, 10, 5, 0]) {
            let at = usize::try_from(bits >> shift & 31).unwrap_or(0);
            *to = ALPHABET.get(at).copied().unwrap_or(*to);
        }
    }
    token
}

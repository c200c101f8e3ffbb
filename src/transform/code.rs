//! Numbers with check characters, as people write them.
//!
//! A [`Form`] says what may stand where and computes the check characters. A
//! number that is right in a form is permuted within it: the free characters by a
//! keyed permutation, walked until the form has check characters for them, which
//! are then written in. So right stays right and distinct distinct. Any other text
//! is permuted among the texts of its shape that are right in no form.

use super::alphabet::Spot;
use super::shape;
use crate::secret::{DomainKey, MixedRadix};
use std::borrow::Cow;
use std::cell::Cell;

const LONGEST: usize = 40;

/// The letters and digits of a text, upper case, without what stands between them.
#[derive(Clone, Copy)]
pub(super) struct Code {
    chars: [u8; LONGEST],
    length: usize,
}

impl Code {
    /// Reads a text of at most 40 ASCII letters and digits.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut code = Self { chars: [0; LONGEST], length: 0 };
        for c in text.chars().filter(|c| c.is_alphanumeric()) {
            let byte = u8::try_from(c).ok().filter(u8::is_ascii)?;
            *code.chars.get_mut(code.length)? = byte.to_ascii_uppercase();
            code.length += 1;
        }
        Some(code)
    }

    /// Its characters.
    pub(super) fn chars(&self) -> &[u8] {
        self.chars.get(..self.length).unwrap_or_default()
    }

    /// Its characters, to change.
    pub(super) fn chars_mut(&mut self) -> &mut [u8] {
        self.chars.get_mut(..self.length).unwrap_or_default()
    }

    /// Appends `text` with these characters in place of its own, in the case each had.
    pub(super) fn write(&self, text: &str, out: &mut Vec<u8>) {
        let mut next = self.chars().iter();
        let lower = text.bytes().any(|b| b.is_ascii_lowercase());
        for c in text.chars() {
            match u8::try_from(c) {
                Ok(byte) if byte.is_ascii_alphanumeric() => {
                    out.push(cased(next.next().copied().unwrap_or(b'0'), byte, lower));
                }
                _ => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
    }
}

/// A character in the case of what it replaces; a digit has that of the text.
fn cased(c: u8, replaced: u8, lower: bool) -> u8 {
    if replaced.is_ascii_lowercase() || (replaced.is_ascii_digit() && lower) {
        c.to_ascii_lowercase()
    } else {
        c
    }
}

/// What a number looks like, and what makes it right.
pub(super) struct Form {
    /// One class a character: `#` a digit, `n` one but 0, `m` 0 or 1, `d` 0 to 3, `s` 1 or 2,
    /// `A` a letter, `*` a letter that stays one or a digit that stays one, `=` what
    /// stays as it is, `x` what is computed.
    pub(super) classes: Cow<'static, str>,
    /// Computes the check characters; `false` where there is no such number.
    pub(super) complete: fn(&mut [u8]) -> bool,
}

impl Form {
    /// A form known when this is compiled.
    pub(super) const fn new(classes: &'static str, complete: fn(&mut [u8]) -> bool) -> Self {
        Self { classes: Cow::Borrowed(classes), complete }
    }

    /// Whether a number is of this form and right.
    pub(super) fn has(&self, code: &Code) -> bool {
        let chars = code.chars();
        let fits = |(class, c): (u8, &u8)| match class {
            b'=' | b'*' => true,
            b'x' => c.is_ascii_alphanumeric(),
            b'A' => c.is_ascii_uppercase(),
            class => range(class).is_some_and(|(from, to)| (from..=to).contains(&char::from(*c))),
        };
        if chars.len() != self.classes.len() || !self.classes.bytes().zip(chars).all(fits) {
            return false;
        }
        let mut completed = *code;
        (self.complete)(completed.chars_mut()) && completed.chars() == chars
    }

    fn spot(&self, at: usize, c: char) -> Option<Spot> {
        match self.classes.as_bytes().get(at)? {
            b'A' | b'*' => Spot::of(c),
            class => range(*class).map(|(from, to)| Spot::within(from, to, c)),
        }
    }
}

fn range(class: u8) -> Option<(char, char)> {
    Some(match class {
        b'#' => ('0', '9'),
        b'n' => ('1', '9'),
        b'm' => ('0', '1'),
        b'd' => ('0', '3'),
        b's' => ('1', '2'),
        _ => return None,
    })
}

/// Permutes numbers of several forms, and what is of none.
pub(super) struct Scramble {
    numbers: MixedRadix,
    odd: MixedRadix,
}

impl Scramble {
    pub(super) fn new(key: &DomainKey) -> Self {
        Self { numbers: key.mixed_radix(), odd: key.purpose("odd").mixed_radix() }
    }

    /// The first form of `forms` that has the number.
    pub(super) fn find<'f>(forms: &[&'f Form], code: &Code) -> Option<(usize, &'f Form)> {
        forms.iter().copied().enumerate().find(|(_, form)| form.has(code))
    }

    /// Appends the masked text, where `code` is what `text` has and `found` its form.
    /// `skip` characters of the code stand before the number and stay.
    pub(super) fn number(
        &self,
        text: &str,
        skip: usize,
        forms: &[&Form],
        found: (usize, &Form),
        out: &mut Vec<u8>,
    ) {
        let (place, form) = found;
        let start = out.len();
        let completed = |masked: &str| -> Option<Code> {
            let mut code = Code::read(masked).and_then(|code| code.after(skip))?;
            (form.complete)(code.chars_mut()).then_some(code)
        };
        let accept = |masked: &str| {
            completed(masked).is_some_and(|code| Self::find(forms, &code).is_some_and(|(at, _)| at == place))
        };
        let spot = counted(|nth, c| form.spot(nth.checked_sub(skip)?, c));
        shape::permute(&self.numbers, text, form.classes.len() as u64, out, spot, accept);
        let written = out.get(start..).and_then(|written| std::str::from_utf8(written).ok());
        let Some(code) = written.and_then(completed) else { return };
        let lower = text.bytes().any(|b| b.is_ascii_lowercase());
        let places = out.iter_mut().skip(start).filter(|b| b.is_ascii_alphanumeric()).skip(skip);
        for (to, from) in places.zip(code.chars()) {
            *to = cased(*from, *to, lower);
        }
    }

    /// Appends a text that is no right number, made into another of its shape;
    /// `keep` of its letters and digits at the start stay.
    pub(super) fn odd(&self, text: &str, keep: usize, out: &mut Vec<u8>, is_right: impl Fn(&str) -> bool) {
        let spot = counted(|nth, c| if nth < keep { None } else { Spot::of(c) });
        shape::permute(&self.odd, text, keep as u64, out, spot, |masked| !is_right(masked));
    }
}

impl Code {
    /// The code without its first characters.
    pub(super) fn after(&self, skip: usize) -> Option<Self> {
        let mut rest = Self { chars: [0; LONGEST], length: self.length.checked_sub(skip)? };
        for (to, from) in rest.chars.iter_mut().zip(self.chars().iter().skip(skip)) {
            *to = *from;
        }
        Some(rest)
    }
}

/// Counts letters and digits only.
fn counted(spot: impl Fn(usize, char) -> Option<Spot>) -> impl Fn(usize, char) -> Option<Spot> {
    let seen = Cell::new(0);
    move |at, c| {
        if at == 0 {
            seen.set(0);
        }
        if !c.is_alphanumeric() {
            return None;
        }
        spot(seen.replace(seen.get() + 1), c)
    }
}

//! Text that never outgrows its column: characters are counted, cuts fall between them.

use super::casing::Case;
use crate::format::Output;

/// Appends characters while the column has room for them and drops the rest.
pub(super) struct Fit<'a> {
    out: &'a mut Vec<u8>,
    room: usize,
}

impl<'a> Fit<'a> {
    /// The text of `out`, with the room its column has.
    pub(super) fn new(out: &'a mut Output<'_>) -> Self {
        let room = out.data_type().max_chars().unwrap_or(usize::MAX);
        Self { out: out.text(), room }
    }

    /// How many more characters fit.
    pub(super) fn room(&self) -> usize {
        self.room
    }

    /// Appends a character, if it fits.
    pub(super) fn push(&mut self, c: char) {
        if self.room > 0 {
            self.room -= 1;
            self.out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }

    /// Appends as much of `text` as fits, and gives what it appended.
    pub(super) fn push_str(&mut self, text: &str) -> &mut [u8] {
        let start = self.out.len();
        // No text has more characters than bytes.
        if text.len() <= self.room {
            self.room -= if text.is_ascii() { text.len() } else { text.chars().count() };
            self.out.extend_from_slice(text.as_bytes());
        } else {
            text.chars().for_each(|c| self.push(c));
        }
        self.out.get_mut(start..).unwrap_or_default()
    }

    /// As [`Fit::push_str`], for bytes that are ASCII.
    pub(super) fn push_ascii(&mut self, text: &[u8]) -> &mut [u8] {
        let start = self.out.len();
        let text = text.get(..self.room).unwrap_or(text);
        self.room -= text.len();
        self.out.extend_from_slice(text);
        self.out.get_mut(start..).unwrap_or_default()
    }

    /// Appends a code in capitals, or a name, in a case style: a code is lower
    /// case only where the style is.
    pub(super) fn push_str_cased(&mut self, text: &str, code: bool, case: Case) {
        let case = if code && case == Case::Title { Case::Upper } else { case };
        case.write(text, self);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Wire;
    use crate::schema::{DataType, Scalar};

    #[test]
    fn a_cut_falls_between_characters() {
        let data_type = DataType::scalar_of("varchar(3)", Scalar::Varchar(Some(3)));
        let mut buffer = Vec::new();
        let mut out = Output::new(&mut buffer, &data_type, Wire::Text);
        Fit::new(&mut out).push_str("żółw");
        assert_eq!(buffer, "żół".as_bytes());
    }
}

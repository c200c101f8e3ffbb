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

    /// Appends as much of `text` as fits.
    pub(super) fn push_str(&mut self, text: &str) {
        text.chars().for_each(|c| self.push(c));
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

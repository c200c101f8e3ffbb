//! Masks of a column of many rows: what they see, and how they answer.

use crate::format::{Output, Row, Unreadable, Value};

/// Masks one column of many rows at once.
pub trait BatchMasker: Send + Sync {
    /// Answers for `column` of every row, in their order, NULLs too.
    ///
    /// # Errors
    /// The first row that can't be masked; the run stops and names it.
    fn mask(&self, rows: &[Row<'_>], column: usize, answers: &mut Answers) -> Result<(), Spoiled>;

    /// How many bytes of rows it would see at once; the lane gives as many where
    /// the table has them.
    fn window(&self) -> usize {
        0
    }
}

/// Which of the rows could not be masked, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spoiled {
    /// The row's place among those that were given.
    pub row: usize,
    /// Why, in our own words.
    pub why: Unreadable,
}

/// One masked value for each row, in wire form.
#[derive(Default)]
pub struct Answers {
    bytes: Vec<u8>,
    places: Vec<Option<(usize, usize)>>,
}

impl Answers {
    /// Adds the next row's value, or NULL.
    pub fn push(&mut self, value: Option<&[u8]>) {
        let from = self.bytes.len();
        if let Some(value) = value {
            self.bytes.extend_from_slice(value);
        }
        self.places.push(value.map(|_| (from, self.bytes.len())));
    }

    /// Adds what `mask` writes for the next row's value; NULL stays NULL.
    ///
    /// # Errors
    /// What `mask` says of row `row`.
    pub fn answer(
        &mut self,
        row: usize,
        value: Option<Value<'_>>,
        mask: impl FnOnce(Value<'_>, &mut Output<'_>) -> Result<(), Unreadable>,
    ) -> Result<(), Spoiled> {
        let Some(value) = value else {
            self.places.push(None);
            return Ok(());
        };
        let from = self.bytes.len();
        let mut output = Output::new(&mut self.bytes, value.data_type, value.wire);
        mask(value, &mut output).map_err(|why| Spoiled { row, why })?;
        let is_null = output.is_null();
        self.places.push((!is_null).then_some((from, self.bytes.len())));
        Ok(())
    }

    /// Forgets all of them, and keeps the room they took.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.places.clear();
    }

    /// How many rows have an answer.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.places.len()
    }

    /// A row's value, or NULL.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<&[u8]> {
        let (from, to) = self.places.get(row).copied().flatten()?;
        self.bytes.get(from..to)
    }
}

#[cfg(test)]
mod tests {
    use super::Answers;

    #[test]
    fn null_and_the_empty_value_are_two_answers() {
        let mut answers = Answers::default();
        for _ in 0..2 {
            answers.clear();
            for value in [Some(&b"ab"[..]), None, Some(b""), Some(b"c")] {
                answers.push(value);
            }
            let read: Vec<_> = (0..4).map(|row| answers.get(row)).collect();
            assert_eq!(read, [Some(&b"ab"[..]), None, Some(b""), Some(b"c")]);
            assert_eq!(answers.rows(), 4);
        }
    }
}

//! Masks that need more than one row: what they see, and how they answer.

use crate::format::{Row, Unreadable};

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

/// Which row of the batch could not be masked, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spoiled {
    /// The row's place in the batch.
    pub row: usize,
    /// Why, in our own words.
    pub why: Unreadable,
}

/// One masked value for each row of a batch, in wire form.
#[derive(Default)]
pub struct Answers {
    bytes: Vec<u8>,
    ends: Vec<Option<usize>>,
}

impl Answers {
    /// Adds the next row's value, or NULL.
    pub fn push(&mut self, value: Option<&[u8]>) {
        if let Some(value) = value {
            self.bytes.extend_from_slice(value);
        }
        self.ends.push(value.map(|_| self.bytes.len()));
    }

    /// How many rows have an answer.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.ends.len()
    }

    /// Each row's value, or NULL.
    pub fn iter(&self) -> impl Iterator<Item = Option<&[u8]>> {
        let mut start = 0;
        self.ends.iter().map(move |end| {
            let end = (*end)?;
            let from = std::mem::replace(&mut start, end);
            self.bytes.get(from..end)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Answers;

    #[test]
    fn null_and_the_empty_value_are_two_answers() {
        let mut answers = Answers::default();
        for value in [Some(&b"ab"[..]), None, Some(b""), Some(b"c")] {
            answers.push(value);
        }
        let read: Vec<_> = answers.iter().collect();
        assert_eq!(read, [Some(&b"ab"[..]), None, Some(b""), Some(b"c")]);
        assert_eq!(answers.rows(), 4);
    }
}

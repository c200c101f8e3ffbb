//! `redact`: `J*** S****`.
//!
//! Each letter and digit of a word (a run of them) becomes the fill, but for the
//! first and last few the rule keeps; a word no longer than those is filled
//! whole. Spaces and punctuation stay. Not injective: many values look alike.

use super::wrong;
use super::{
    Binding, Bound, Capacity, Example, Length, Masker, Param, ParamKind, Params, Promises, Transformer,
};
use crate::diagnostic::Diagnostic;
use crate::format::{Output, Row, Unreadable, Value};
use crate::schema::DataType;

/// See the module.
pub(super) struct Redact;

impl Transformer for Redact {
    fn name(&self) -> &'static str {
        "redact"
    }

    fn summary(&self) -> &'static str {
        "Blot out letters and digits"
    }

    fn params(&self) -> &'static [Param] {
        const PARAMS: &[Param] = &[
            Param::optional(
                "keep_first",
                ParamKind::Integer,
                "0",
                "how many characters to keep at the start of each word",
            ),
            Param::optional(
                "keep_last",
                ParamKind::Integer,
                "0",
                "how many characters to keep at the end of each word",
            ),
            Param::optional("fill", ParamKind::Text, "*", "the character written instead"),
        ];
        PARAMS
    }

    fn accepts(&self, data_type: &DataType) -> bool {
        data_type.is_text()
    }

    fn promises(&self) -> Promises {
        Promises {
            length: Length::Kept,
            reveals: Some("length, punctuation, and what `keep_first` and `keep_last` say"),
            ..Promises::USUAL
        }
    }

    fn capacity(&self, _: &DataType, _: &Params) -> Capacity {
        Capacity::Few
    }

    fn example(&self) -> Example {
        Example { rule: "{ with = \"redact\", keep_first = 1 }", data_type: "text", input: "John Smith" }
    }

    fn bind(&self, _: &mut Binding<'_>, params: &Params) -> Result<Bound, Diagnostic> {
        let keep = |name: &str| {
            let count = usize::try_from(params.integer(name).unwrap_or(0));
            count.map_err(|_| wrong(params, name, format!("`{name}` can't be negative")))
        };
        let mut fill = params.text("fill").unwrap_or("*").chars();
        let (Some(fill), None) = (fill.next(), fill.next()) else {
            return Err(wrong(params, "fill", "`fill` is one character").help("write `fill = \"*\"`"));
        };
        Ok(Bound::cell(Blot { first: keep("keep_first")?, last: keep("keep_last")?, fill }))
    }
}

struct Blot {
    first: usize,
    last: usize,
    fill: char,
}

impl Masker for Blot {
    fn mask(&self, value: Value<'_>, _: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        let mut rest = value.text()?;
        let out = out.text();
        let mut push = |c: char| out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        while !rest.is_empty() {
            let end = rest.find(|c: char| !is_letter(c)).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            let length = word.chars().count();
            let short = length <= self.first.saturating_add(self.last);
            for (place, c) in word.chars().enumerate() {
                let kept = !short && (place < self.first || place + self.last >= length);
                push(if kept { c } else { self.fill });
            }
            let next = after.find(is_letter).unwrap_or(after.len());
            let (between, after) = after.split_at(next);
            between.chars().for_each(&mut push);
            rest = after;
        }
        Ok(())
    }
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use crate::transform::fixture::Trial;

    #[test]
    fn the_first_letters_of_words_stay_on_request() {
        let masked = Trial::of(r#"{ with = "redact", keep_first = 1 }"#).text("John Smith-Õun, 7");
        assert_eq!(masked, "J*** S****-Õ**, *");
    }

    #[test]
    fn a_word_no_longer_than_what_is_kept_is_filled_whole() {
        let trial = Trial::of(r#"{ with = "redact", keep_first = 2, keep_last = 2, fill = "•" }"#);
        assert_eq!(trial.text("abcd abcde"), "•••• ab•de");
    }

    #[test]
    fn a_fill_of_two_characters_is_refused() {
        assert!(Trial::of(r#"{ with = "redact", fill = "xx" }"#).bind().is_err());
        assert!(Trial::of(r#"{ with = "redact", keep_last = -1 }"#).bind().is_err());
    }
}

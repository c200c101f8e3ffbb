//! `word`: a word of the locale's language.
//!
//! As many words as the input has, each of about its length: between the same powers
//! of two. Always within the column.
//! Consistent, not injective. The empty text stays empty.

use super::casing::{self, Case};
use super::dice::Cup;
use super::fit::Fit;
use super::words::Phrases;
use super::{Binding, Bound, Capacity, Example, Folding, Masker, Param, Params, Promises, Transformer};
use super::{locale, prose};
use crate::diagnostic::Diagnostic;
use crate::format::{Output, Row, Unreadable, Value};
use crate::schema::DataType;

/// See the module.
pub(super) struct Word;

impl Transformer for Word {
    fn name(&self) -> &'static str {
        "word"
    }

    fn summary(&self) -> &'static str {
        "Invent a word, or as many words as there are"
    }

    fn params(&self) -> &'static [Param] {
        const PARAMS: &[Param] = &[locale::PARAM, casing::PARAM];
        PARAMS
    }

    fn accepts(&self, data_type: &DataType) -> bool {
        data_type.is_text()
    }

    fn promises(&self) -> Promises {
        Promises::USUAL
    }

    fn capacity(&self, _: &DataType, _: &Params) -> Capacity {
        Capacity::Few
    }

    fn example(&self) -> Example {
        Example { rule: "\"word\"", data_type: "text", input: "Confidential" }
    }

    fn bind(&self, at: &mut Binding<'_>, params: &Params) -> Result<Bound, Diagnostic> {
        let list = locale::of(at, params)?.prose.word;
        let cup = Cup::new(at.seed("word", Folding::Lower)?);
        Ok(Bound::cell(Writer { list, cup, case: Case::said(params) }))
    }
}

struct Writer {
    list: Phrases,
    cup: Cup,
    case: Option<Case>,
}

impl Masker for Writer {
    fn mask(&self, value: Value<'_>, row: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        let text = value.text()?;
        if text.trim().is_empty() {
            out.keep(value);
            return Ok(());
        }
        let mut dice = self.cup.throw(value, row)?;
        let mut fit = Fit::new(out);
        for (place, word) in text.split_whitespace().enumerate() {
            let room = fit.room();
            if place > 0 {
                if room < 2 {
                    break;
                }
                fit.push(' ');
            }
            let length = word.chars().count();
            let invented = prose::like(self.list, length, fit.room(), &mut dice);
            let case = self.case.unwrap_or_else(|| Case::of(word));
            let capital = self.case.is_none() && word.starts_with(char::is_uppercase);
            // One letter for one letter: no language has words enough so short.
            let most = if length == 1 { 1 } else { usize::MAX };
            for (place, c) in invented.chars().take(most).enumerate() {
                let c = if capital && place == 0 { casing::upper(c) } else { c };
                fit.push(case.of_char(c));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::transform::fixture::Trial;

    #[test]
    fn as_many_words_come_out_and_each_in_its_length_class() {
        let ready = Trial::of(r#""word""#).bind().unwrap();
        for input in ["urgent", "on hold", "a very long Explanation"] {
            let masked = ready.text(input);
            let class = |text: &str| text.split(' ').map(|word| word.len().ilog2()).collect::<Vec<_>>();
            assert_eq!(class(&masked), class(input), "{masked}");
        }
        assert!(ready.text("Urgent").starts_with(char::is_uppercase));
        assert_eq!(ready.text("URGENT"), ready.text("urgent").to_uppercase());
    }
}

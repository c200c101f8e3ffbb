//! `paragraph`: a text of sentences in the locale's language.
//!
//! Each line becomes a line about as long (see `prose`); empty ones stay. Consistent,
//! not injective. The empty text stays empty.

use super::{Binding, Bound, Capacity, Example, Param, Params, Promises, Transformer, locale, prose};
use crate::diagnostic::Diagnostic;
use crate::schema::DataType;

/// See the module.
pub(super) struct Paragraph;

impl Transformer for Paragraph {
    fn name(&self) -> &'static str {
        "paragraph"
    }

    fn summary(&self) -> &'static str {
        "Invent a text, line by line about as long as the input"
    }

    fn params(&self) -> &'static [Param] {
        const PARAMS: &[Param] = &[locale::PARAM];
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
        Example {
            rule: "\"paragraph\"",
            data_type: "text",
            input: "Ann Smith called. She moved to 12 Elm Street and asks whether we can send the parcel there.",
        }
    }

    fn bind(&self, at: &mut Binding<'_>, params: &Params) -> Result<Bound, Diagnostic> {
        prose::bind("paragraph", true, at, params)
    }
}

#[cfg(test)]
mod tests {
    use crate::transform::fixture::Trial;

    #[test]
    fn lines_stay_lines_and_empty_ones_stay_empty() {
        let input =
            "Dear Ann,\n\nThe parcel you asked about was sent yesterday. It should be there soon.\r\n\nBob";
        let masked = Trial::of(r#""paragraph""#).text(input);
        let shape: Vec<_> = masked.split('\n').map(str::is_empty).collect();
        assert_eq!(shape, [false, true, false, true, false], "{masked}");
    }
}

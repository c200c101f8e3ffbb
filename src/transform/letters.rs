//! `letters`: letters to letters, digits to digits, the rest in place.
//!
//! Same length, same shape, any script: each letter becomes another of its own
//! script and case (see `alphabet`), all of them together by one keyed
//! permutation, so distinct texts stay distinct. Case variants stay case
//! variants. Being a permutation it may leave a text as it is, by chance: one in
//! ten for a single digit, one in 26 for a single letter. `by` does not matter.

use super::alphabet::Spot;
use super::{Binding, Bound, Capacity, Example, Length, Masker, Params, Promises, Transformer, shape};
use crate::diagnostic::Diagnostic;
use crate::format::{Output, Row, Unreadable, Value};
use crate::schema::DataType;
use crate::secret::MixedRadix;

/// See the module.
pub(super) struct Letters;

impl Transformer for Letters {
    fn name(&self) -> &'static str {
        "letters"
    }

    fn summary(&self) -> &'static str {
        "Replace letters by letters and digits by digits, keeping the shape"
    }

    fn accepts(&self, data_type: &DataType) -> bool {
        data_type.is_text()
    }

    fn promises(&self) -> Promises {
        Promises {
            length: Length::Kept,
            reveals: Some("length, punctuation, and where letters and digits stand"),
            ..Promises::USUAL
        }
    }

    fn capacity(&self, _: &DataType, _: &Params) -> Capacity {
        Capacity::Injective
    }

    fn example(&self) -> Example {
        Example { rule: "\"letters\"", data_type: "text", input: "AB-12 cd" }
    }

    fn bind(&self, at: &mut Binding<'_>, _: &Params) -> Result<Bound, Diagnostic> {
        Ok(Bound::cell(Scramble { cipher: at.key("letters").mixed_radix() }))
    }
}

struct Scramble {
    cipher: MixedRadix,
}

impl Masker for Scramble {
    fn mask(&self, value: Value<'_>, _: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        shape::permute(&self.cipher, value.text()?, 0, out.text(), |_, c| Spot::of(c), |_| true);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::transform::fixture::Trial;

    fn masked(input: &str) -> String {
        Trial::of(r#""letters""#).text(input)
    }

    #[test]
    fn the_shape_stays() {
        let shape = |text: &str| -> String {
            text.chars()
                .map(|c| match c {
                    c if c.is_numeric() => '9',
                    c if c.is_uppercase() => 'A',
                    c if c.is_lowercase() => 'a',
                    c if c.is_alphabetic() => 'x',
                    c => c,
                })
                .collect()
        };
        for text in ["AB-12/cd", "Zoë Müller", "Ольга 7", "王小明", "ΑΒΓ", "محمد ٣", "홍길동", "", "--"]
        {
            assert_eq!(shape(&masked(text)), shape(text));
        }
        assert_ne!(masked("Zoë Müller"), "Zoë Müller");
    }

    #[test]
    fn case_variants_stay_case_variants() {
        assert_eq!(masked("müller"), masked("MÜLLER").to_lowercase());
        assert_eq!(masked("привет").to_uppercase(), masked("ПРИВЕТ"));
    }
}

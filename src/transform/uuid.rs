//! `uuid`: another uuid of the same version and variant.
//!
//! The 122 bits beside version and variant (RFC 9562) are permuted by a keyed
//! Feistel network, so distinct stays distinct and a text column agrees with a
//! uuid column. The nil uuid is permuted like any other. A text keeps its dashes,
//! braces and case; one that is no uuid, or mixes cases, is masked as `letters`
//! masks. `by` does not matter.

use super::alphabet::Spot;
use super::{Binding, Bound, Capacity, Example, Length, Masker, Params, Promises, Transformer, shape};
use crate::diagnostic::Diagnostic;
use crate::format::{Output, Row, Unreadable, Value};
use crate::schema::{DataType, Scalar};
use crate::secret::{MixedRadix, Permutation};

/// See the module.
pub(super) struct Uuid;

impl Transformer for Uuid {
    fn name(&self) -> &'static str {
        "uuid"
    }

    fn summary(&self) -> &'static str {
        "Replace a uuid by another of the same version"
    }

    fn accepts(&self, data_type: &DataType) -> bool {
        data_type.is_text() || data_type.scalar() == Some(Scalar::Uuid)
    }

    fn promises(&self) -> Promises {
        Promises {
            length: Length::Kept,
            reveals: Some("version and variant, and the punctuation of a text"),
            ..Promises::USUAL
        }
    }

    fn capacity(&self, _: &DataType, _: &Params) -> Capacity {
        Capacity::Injective
    }

    fn example(&self) -> Example {
        Example { rule: "\"uuid\"", data_type: "uuid", input: "f81d4fae-7dec-41d0-a765-00a0c91e6bf6" }
    }

    fn bind(&self, at: &mut Binding<'_>, _: &Params) -> Result<Bound, Diagnostic> {
        let key = at.key("uuid");
        Ok(Bound::cell(Permuted { bits: key.permutation(1 << 122), odd: key.mixed_radix() }))
    }
}

struct Permuted {
    bits: Permutation,
    odd: MixedRadix,
}

impl Masker for Permuted {
    fn mask(&self, value: Value<'_>, _: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        if !value.data_type.is_text() {
            out.uuid(self.permute(value.uuid()?));
            return Ok(());
        }
        let text = value.text()?;
        let Some((bits, upper)) = read(text) else {
            shape::permute(
                &self.odd,
                text,
                0,
                out.text(),
                |_, c| Spot::of(c),
                |masked| read(masked).is_none(),
            );
            return Ok(());
        };
        shape::write_hex(text, self.permute(bits), 128, upper, out.text());
        Ok(())
    }
}

impl Permuted {
    fn permute(&self, bits: u128) -> u128 {
        // From the top: 48 bits, 4 of the version, 12 bits, 2 of the variant, 62 bits.
        let (high, middle, low) = (bits >> 80, bits >> 64 & 0xfff, bits & ((1 << 62) - 1));
        let masked = self.bits.apply(high << 74 | middle << 62 | low);
        let fixed = bits & (0xf << 76 | 0b11 << 62);
        masked >> 74 << 80 | (masked >> 62 & 0xfff) << 64 | masked & ((1 << 62) - 1) | fixed
    }
}

/// The bits of a uuid in text, and whether its letters are upper case: 32 hex
/// digits of one case, with dashes between and braces around them only.
fn read(text: &str) -> Option<(u128, bool)> {
    let plain = text.trim_start_matches('{').trim_end_matches('}');
    if !plain.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-') {
        return None;
    }
    let upper = plain.bytes().any(|b| b.is_ascii_uppercase());
    if upper && plain.bytes().any(|b| b.is_ascii_lowercase()) {
        return None;
    }
    let (mut bits, mut count) = (0_u128, 0);
    for digit in plain.chars().filter_map(|c| c.to_digit(16)) {
        bits = bits << 4 | u128::from(digit);
        count += 1;
    }
    (count == 32).then_some((bits, upper))
}

#[cfg(test)]
mod tests {
    use crate::transform::fixture::Trial;

    const SAMPLE: &str = "f81d4fae-7dec-41d0-a765-00a0c91e6bf6";

    #[test]
    fn version_and_variant_stay_and_nothing_else() {
        let masked = Trial::of(r#""uuid""#).on("uuid").text(SAMPLE);
        assert_eq!((masked.len(), masked.get(14..15)), (36, Some("4")));
        assert!("89ab".contains(masked.get(19..20).unwrap()));
        assert_ne!(masked, SAMPLE);
    }

    #[test]
    fn text_agrees_with_uuid_and_keeps_case_and_shape() {
        let text = Trial::of(r#""uuid""#);
        let masked = Trial::of(r#""uuid""#).on("uuid").text(SAMPLE);
        assert_eq!(text.text(SAMPLE), masked);
        assert_eq!(text.text(&SAMPLE.to_uppercase()), masked.to_uppercase());
        assert_eq!(
            text.text(&format!("{{{}}}", SAMPLE.replace('-', ""))),
            format!("{{{}}}", masked.replace('-', ""))
        );
    }

    #[test]
    fn a_text_that_is_no_uuid_keeps_its_shape() {
        let masked = Trial::of(r#""uuid""#).text("legacy-42");
        assert_eq!((masked.len(), masked.find('-')), (9, Some(6)));
        assert_ne!(masked, "legacy-42");
    }
}

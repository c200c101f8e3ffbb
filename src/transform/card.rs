//! `card`: a card number no bank ever issued.
//!
//! As many digits in the same grouping, with a right Luhn digit (ISO/IEC 7812-1).
//! The number begins with 99: ISO/IEC 7812-1 makes numbers that begin with 9 and
//! three digits national, the three being an ISO 3166-1 country code, and 900 to
//! 999 are codes ISO 3166-1 leaves to users: no issuer can have such a number.
//! With `brand = "keep"` it is one of the test numbers that the networks' gateways
//! publish for that brand (Visa, Mastercard, American Express, Discover, Diners
//! Club, JCB), where they have one of that length. Not injective: few digits are
//! free. Masked numbers and other texts of 11 digits or less are masked as
//! `letters` masks. `by` does not matter.

use super::alphabet::Spot;
use super::check_digit::luhn;
use super::shape;
use super::{
    Binding, Bound, Capacity, Example, Length, Masker, Param, ParamKind, Params, Promises, Transformer,
};
use crate::diagnostic::Diagnostic;
use crate::format::{Output, Row, Unreadable, Value};
use crate::schema::DataType;
use crate::secret::{Digest, DomainKey, MixedRadix, scale};

/// See the module.
pub(super) struct Card;

impl Transformer for Card {
    fn name(&self) -> &'static str {
        "card"
    }

    fn summary(&self) -> &'static str {
        "Replace a card number by a valid one that can't exist"
    }

    fn params(&self) -> &'static [Param] {
        const PARAMS: &[Param] = &[Param::optional(
            "brand",
            ParamKind::Word(&["keep"]),
            "",
            "\"keep\": a published test number of the same brand",
        )];
        PARAMS
    }

    fn accepts(&self, data_type: &DataType) -> bool {
        data_type.is_text()
    }

    fn promises(&self) -> Promises {
        Promises {
            length: Length::Kept,
            reveals: Some("grouping and length; the brand with brand = \"keep\""),
            ..Promises::USUAL
        }
    }

    fn capacity(&self, _: &DataType, params: &Params) -> Capacity {
        // A 16-digit number has 13 free digits.
        if params.get("brand").is_some() { Capacity::Few } else { Capacity::Random { bits: 43.0 } }
    }

    fn follows_by(&self) -> bool {
        false
    }

    fn example(&self) -> Example {
        Example { rule: "\"card\"", data_type: "text", input: "4111 1111 1111 1111" }
    }

    fn bind(&self, at: &mut Binding<'_>, params: &Params) -> Result<Bound, Diagnostic> {
        let key = at.key("card");
        let letters = key.mixed_radix();
        Ok(Bound::cell(Issued { key, letters, brand: params.text("brand") == Some("keep") }))
    }
}

struct Issued {
    key: DomainKey,
    letters: MixedRadix,
    brand: bool,
}

impl Masker for Issued {
    fn mask(&self, value: Value<'_>, _: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        let text = value.text()?;
        let (mut digits, mut count) = ([0_u8; 19], 0);
        for byte in text.bytes().filter(u8::is_ascii_digit) {
            if let Some(to) = digits.get_mut(count) {
                *to = byte;
            }
            count += 1;
        }
        let Some(digits) = digits.get_mut(..count).filter(|_| count >= 12) else {
            shape::permute(&self.letters, text, 0, out.text(), |_, c| Spot::of(c), |_| true);
            return Ok(());
        };
        // The number alone decides, however it is grouped.
        let digest = self.key.digest(digits);
        self.write(&digest, digits);
        let mut next = digits.iter().copied();
        let start = out.text().len();
        let letter = |_, c: char| if c.is_ascii_digit() { None } else { Spot::of(c) };
        let out = out.raw();
        shape::permute(&self.letters, text, 0, out, letter, |_| true);
        for to in out.iter_mut().skip(start).filter(|b| b.is_ascii_digit()) {
            *to = next.next().unwrap_or(*to);
        }
        Ok(())
    }
}

impl Issued {
    /// Replaces a number by an invented one.
    fn write(&self, digest: &Digest, digits: &mut [u8]) {
        if let Some(published) = brand(digits).filter(|_| self.brand) {
            let fitting = published.iter().filter(|number| number.len() == digits.len()).count();
            let chosen = scale(digest, fitting as u64);
            let mut fitting = published.iter().filter(|number| number.len() == digits.len());
            if let Some(number) = usize::try_from(chosen).ok().and_then(|nth| fitting.nth(nth)) {
                digits.copy_from_slice(number.as_bytes());
                return;
            }
        }
        let mut bits = digest.iter().take(16).fold(0_u128, |n, byte| n << 8 | u128::from(*byte));
        for (place, digit) in digits.iter_mut().enumerate() {
            *digit = if place < 2 { b'9' } else { b'0' + u8::try_from(bits % 10).unwrap_or(0) };
            bits /= 10;
        }
        if let Some((check, payload)) = digits.split_last_mut() {
            let sum = luhn(payload.iter().map(|b| u32::from(b - b'0')).chain([0]));
            *check = b'0' + u8::try_from((10 - sum % 10) % 10).unwrap_or(0);
        }
    }
}

/// Test numbers as the gateways publish them, by brand.
fn brand(digits: &[u8]) -> Option<&'static [&'static str]> {
    let number = digits.iter().take(4).fold(0_u32, |n, byte| n * 10 + u32::from(byte.saturating_sub(b'0')));
    Some(match number {
        4000..=4999 => {
            &["4111111111111111", "4012888888881881", "4242424242424242", "4000056655665556", "4222222222222"]
        }
        5100..=5599 | 2221..=2720 => {
            &["5555555555554444", "5105105105105100", "5200828282828210", "2223003122003222"]
        }
        3400..=3499 | 3700..=3799 => &["378282246310005", "371449635398431", "378734493671000"],
        6011 | 6440..=6599 => &["6011111111111117", "6011000990139424"],
        3000..=3059 | 3600..=3699 | 3800..=3999 => &["30569309025904", "38520000023237", "36227206271667"],
        3528..=3589 => &["3530111333300000", "3566002020360505"],
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use crate::transform::check_digit::luhn_sum;
    use crate::transform::fixture::Trial;

    #[test]
    fn a_number_is_valid_grouped_as_before_and_in_the_range_of_nobody() {
        for n in 0..500_u64 {
            let text = format!("{:04} 1111 2222 {n:04}", 4000 + n);
            let masked = Trial::of(r#""card""#).text(&text);
            assert_eq!(luhn_sum(&masked) % 10, 0, "{masked}");
            assert!(masked.starts_with("99") && masked.get(4..5) == Some(" ") && masked.len() == 19);
        }
    }

    #[test]
    fn grouping_does_not_matter() {
        let ready = Trial::of(r#""card""#).bind().unwrap();
        assert_eq!(ready.text("4111 1111 1111 1111").replace(' ', ""), ready.text("4111111111111111"));
    }

    #[test]
    fn a_kept_brand_gets_a_published_test_number() {
        let ready = Trial::of(r#"{ with = "card", brand = "keep" }"#).bind().unwrap();
        let masked = ready.text("3782-822463-10006");
        assert!(masked.starts_with("37") && luhn_sum(&masked).is_multiple_of(10), "{masked}");
        assert!(ready.text("6200 0000 0000 0005").starts_with("99"));
    }

    #[test]
    fn every_published_number_is_valid() {
        for start in ["4111", "5555", "3782", "6011", "3056", "3530"] {
            for number in super::brand(start.as_bytes()).unwrap() {
                assert_eq!(luhn_sum(number) % 10, 0, "{number}");
                assert_eq!(super::brand(number.as_bytes()), super::brand(start.as_bytes()), "{number}");
            }
        }
    }

    #[test]
    fn words_and_cut_numbers_do_not_leak() {
        let masked = Trial::of(r#""card""#).text("Ann: 411111******1234");
        assert!(!masked.contains("Ann") && !masked.contains("411111") && masked.contains("******"));
    }
}

//! `phone`: a number of the same country, length and punctuation.
//!
//! Digits are permuted, one to one, within what a number of that shape may be: a
//! country calling code written with `+` or `00` is kept (ITU-T E.164), trunk
//! zeros too, a first digit other than 0 stays other than 0, and North American
//! area and exchange codes keep beginning with 2 to 9 (NANP). A number that is no
//! emergency, freephone or premium number never becomes one; one that is stays
//! such a number, so that none is called by mistake. `keep = "area"` keeps three
//! digits more. Words are permuted as `letters` does, but for `ext`, `x`, `tel`
//! and the like. A permutation: short numbers may stay as they are, by chance.

use super::alphabet::Spot;
use super::dialling::{self, Layout};
use super::shape;
use super::{
    Binding, Bound, Capacity, Example, Length, Masker, Param, ParamKind, Params, Promises, Transformer,
};
use crate::diagnostic::Diagnostic;
use crate::format::{Output, Row, Unreadable, Value};
use crate::schema::DataType;
use crate::secret::MixedRadix;
use std::cell::Cell;

/// See the module.
pub(super) struct Phone;

impl Transformer for Phone {
    fn name(&self) -> &'static str {
        "phone"
    }

    fn summary(&self) -> &'static str {
        "Replace a phone number by another of the same country and shape"
    }

    fn params(&self) -> &'static [Param] {
        const PARAMS: &[Param] = &[Param::optional(
            "keep",
            ParamKind::Word(&["country", "area"]),
            "country",
            "what to keep of the number",
        )];
        PARAMS
    }

    fn accepts(&self, data_type: &DataType) -> bool {
        data_type.is_text()
    }

    fn promises(&self) -> Promises {
        Promises {
            length: Length::Kept,
            reveals: Some("country code and punctuation; three digits more with keep = \"area\""),
            ..Promises::USUAL
        }
    }

    fn capacity(&self, _: &DataType, _: &Params) -> Capacity {
        Capacity::Injective
    }

    fn example(&self) -> Example {
        Example { rule: "\"phone\"", data_type: "text", input: "+1 (415) 555-0134" }
    }

    fn bind(&self, at: &mut Binding<'_>, params: &Params) -> Result<Bound, Diagnostic> {
        let area = params.text("keep") == Some("area");
        Ok(Bound::cell(Dial { cipher: at.key("phone").mixed_radix(), area }))
    }
}

struct Dial {
    cipher: MixedRadix,
    area: bool,
}

impl Masker for Dial {
    fn mask(&self, value: Value<'_>, _: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        let text = value.text()?;
        if self.plain(text, out.text()) {
            return Ok(());
        }
        let layout = Layout::of(text);
        let service = layout.is_service(text);
        let words = dialling::known_words(text);
        let seen = Cell::new(0);
        let spot = |at: usize, c: char| {
            if at == 0 {
                seen.set(0);
            }
            if !c.is_ascii_digit() {
                return if words.covers(at) { None } else { Spot::of(c) };
            }
            let place = seen.replace(seen.get() + 1);
            let area = self.area && place < layout.national + 3;
            if place < layout.national || area {
                return None;
            }
            Some(match (layout.least(place), c) {
                (2, '2'..) => Spot::within('2', '9', c),
                (2, _) => Spot::within('0', '1', c),
                (1, '1'..) => Spot::within('1', '9', c),
                (1, _) => Spot::within('0', '0', c),
                _ => Spot::within('0', '9', c),
            })
        };
        let accept = |masked: &str| {
            Layout::of(masked) == layout
                && layout.is_service(masked) == service
                && dialling::known_words(masked) == words
        };
        shape::permute(&self.cipher, text, 0, out.text(), spot, accept);
        Ok(())
    }
}

/// More digits than any number has.
const MOST: usize = 40;

impl Dial {
    /// Appends the mask of a number of digits and punctuation, as nearly all are:
    /// what is done for any text, without looking for words. False where it is none.
    fn plain(&self, text: &str, out: &mut Vec<u8>) -> bool {
        let (mut number, mut count) = ([0_u8; MOST], 0);
        for byte in text.bytes() {
            match (byte, number.get_mut(count)) {
                (b'0'..=b'9', Some(to)) => {
                    *to = byte;
                    count += 1;
                }
                (b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | 128.., _) => return false,
                _ => {}
            }
        }
        let start = text.trim_ascii_start();
        let plus = start.starts_with('+') || start.starts_with("(+");
        let Some(number) = number.get_mut(..count) else { return false };
        let layout = Layout::of_digits(number, plus);
        let service = layout.reaches_service(number);
        let kept = if self.area { layout.national + 3 } else { layout.national };
        let Some(moving) = number.get(kept..).map(<[u8]>::len) else {
            out.extend_from_slice(text.as_bytes());
            return true;
        };
        let (mut digits, mut radixes, mut least) = ([0_u8; MOST], [0_u8; MOST], [b'0'; MOST]);
        let slots = digits.iter_mut().zip(&mut radixes).zip(&mut least);
        for ((place, byte), ((digit, radix), least)) in number.iter().enumerate().skip(kept).zip(slots) {
            (*least, *radix) = match (layout.least(place), *byte) {
                (2, b'2'..) => (b'2', 8),
                (2, _) => (b'0', 2),
                (1, b'1'..) => (b'1', 9),
                (1, _) => (b'0', 1),
                _ => (b'0', 10),
            };
            *digit = byte - *least;
        }
        let (Some(digits), Some(radixes)) = (digits.get_mut(..moving), radixes.get(..moving)) else {
            return false;
        };
        for _ in 0..shape::LONGEST_WALK {
            self.cipher.apply(digits, radixes, 0);
            for ((to, digit), least) in number.iter_mut().skip(kept).zip(&*digits).zip(&least) {
                *to = least + digit;
            }
            let masked = Layout::of_digits(number, plus);
            if masked == layout && layout.reaches_service(number) == service {
                break;
            }
        }
        let mut next = number.iter().copied();
        let with_digits = |byte: u8| if byte.is_ascii_digit() { next.next().unwrap_or(byte) } else { byte };
        out.extend(text.bytes().map(with_digits));
        true
    }
}

#[cfg(test)]
mod tests {
    use crate::transform::dialling::Layout;
    use crate::transform::fixture::Trial;
    use std::collections::HashSet;

    #[test]
    fn country_code_and_punctuation_stay() {
        let ready = Trial::of(r#""phone""#).bind().unwrap();
        let masked = ready.text("+44 (0)20 7946-0123 ext 12");
        assert!(masked.starts_with("+44 (0)") && masked.contains(" ext "), "{masked}");
        assert_ne!(masked, "+44 (0)20 7946-0123 ext 12");
        assert_eq!(masked.len(), "+44 (0)20 7946-0123 ext 12".len());
    }

    #[test]
    fn an_area_is_kept_on_request() {
        let ready = Trial::of(r#"{ with = "phone", keep = "area" }"#).bind().unwrap();
        assert!(ready.text("+1 415 555 0134").starts_with("+1 415 "));
    }

    #[test]
    fn no_ordinary_number_becomes_a_service_number() {
        let ready = Trial::of(r#""phone""#).bind().unwrap();
        for n in 0..20_000 {
            let text = format!("+1{}", 2_125_550_000_u64 + n * 7919);
            let service = Layout::of(&text).is_service(&text);
            let masked = ready.text(&text);
            assert_eq!(Layout::of(&masked).is_service(&masked), service, "{text} {masked}");
        }
    }

    #[test]
    fn numbers_stay_distinct() {
        let ready = Trial::of(r#""phone""#).bind().unwrap();
        let seen: HashSet<_> = (0..10_000).map(|n| ready.text(&format!("{n:04}"))).collect();
        assert_eq!(seen.len(), 10_000);
    }

    #[test]
    fn a_number_among_words_is_the_number_alone() {
        let plain = Trial::of(r#""phone""#).bind().unwrap();
        for n in 0..2000_u64 {
            let digits = format!("{:0width$}", n * 7919 * 7919, width = usize::try_from(3 + n % 14).unwrap());
            for text in [digits.clone(), format!("+{digits}"), format!("(0{digits})"), format!("00{digits}")]
            {
                assert_eq!(plain.text(&format!("{text} tel")), plain.text(&text) + " tel", "{text}");
            }
        }
    }

    #[test]
    fn words_beside_the_number_do_not_leak() {
        assert!(!Trial::of(r#""phone""#).text("call Robert 555 0134").contains("Robert"));
    }
}

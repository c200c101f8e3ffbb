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
    Answers, Binding, Bound, Capacity, Example, Length, Masker, Param, ParamKind, Params, Promises, Spoiled,
    Transformer,
};
use crate::diagnostic::Diagnostic;
use crate::format::{Output, Row, Unreadable, Value};
use crate::schema::DataType;
use crate::secret::{MixedRadix, SIDE_BY_SIDE};
use std::array;
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
        if let Some(mut number) = Number::read(text, self.area) {
            self.permute(&mut number, 0);
            number.write(out.text());
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

    fn mask_rows(&self, rows: &[Row<'_>], column: usize, answers: &mut Answers) -> Result<(), Spoiled> {
        for (group, first) in rows.chunks(SIDE_BY_SIDE).zip((0..).step_by(SIDE_BY_SIDE)) {
            let mut numbers: [_; SIDE_BY_SIDE] = array::from_fn(|place| {
                let value = group.get(place)?.value(column)?;
                Number::read(value.text().ok()?, self.area)
            });
            let strings = numbers.iter_mut().flatten().map(Number::digits);
            self.cipher.apply_all(strings, 0);
            for ((place, row), number) in (first..).zip(group).zip(&mut numbers) {
                answers.answer(place, row.value(column), |value, out| match number {
                    Some(number) => {
                        self.permute(number, 1);
                        number.write(out.text());
                        Ok(())
                    }
                    None => self.mask(value, row, out),
                })?;
            }
        }
        Ok(())
    }
}

/// More digits than any number has.
const MOST: usize = 40;

/// A number of digits and punctuation, as nearly all are: what is done for any text,
/// without looking for words.
struct Number<'a> {
    text: &'a str,
    plus: bool,
    layout: Layout,
    service: bool,
    /// Its ASCII digits, the first `kept` of which stay.
    ascii: [u8; MOST],
    count: usize,
    kept: usize,
    /// The digits that move, each less the least that may stand there.
    digits: [u8; MOST],
    radixes: [u8; MOST],
    least: [u8; MOST],
}

impl<'a> Number<'a> {
    /// `None` where the text is none.
    fn read(text: &'a str, area: bool) -> Option<Self> {
        let (mut ascii, mut count) = ([0_u8; MOST], 0);
        for byte in text.bytes() {
            match (byte, ascii.get_mut(count)) {
                (b'0'..=b'9', Some(to)) => {
                    *to = byte;
                    count += 1;
                }
                (b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | 128.., _) => return None,
                _ => {}
            }
        }
        let start = text.trim_ascii_start();
        let plus = start.starts_with('+') || start.starts_with("(+");
        let number = ascii.get(..count)?;
        let layout = Layout::of_digits(number, plus);
        let service = layout.reaches_service(number);
        let kept = if area { layout.national + 3 } else { layout.national }.min(count);
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
        Some(Self { text, plus, layout, service, ascii, count, kept, digits, radixes, least })
    }

    /// The digits that move, and how many values each has.
    fn digits(&mut self) -> (&mut [u8], &[u8]) {
        let moving = self.count - self.kept;
        (self.digits.get_mut(..moving).unwrap_or_default(), self.radixes.get(..moving).unwrap_or_default())
    }

    /// Takes over the digits that were permuted; whether they may stand.
    fn settle(&mut self) -> bool {
        let number = self.ascii.get_mut(..self.count).unwrap_or_default();
        for ((to, digit), least) in number.iter_mut().skip(self.kept).zip(&self.digits).zip(&self.least) {
            *to = least + digit;
        }
        Layout::of_digits(number, self.plus) == self.layout
            && self.layout.reaches_service(number) == self.service
    }

    /// Appends the text with these digits.
    fn write(&self, out: &mut Vec<u8>) {
        let mut next = self.ascii.iter().copied();
        let with_digits = |byte: u8| if byte.is_ascii_digit() { next.next().unwrap_or(byte) } else { byte };
        out.extend(self.text.bytes().map(with_digits));
    }
}

impl Dial {
    /// Walks until the number may stand, from one that has walked so many steps.
    fn permute(&self, number: &mut Number<'_>, steps: u32) {
        for step in steps..=shape::LONGEST_WALK {
            if step > 0 && number.settle() {
                return;
            }
            let (digits, radixes) = number.digits();
            self.cipher.apply(digits, radixes, 0);
        }
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

    #[test]
    fn numbers_side_by_side_are_those_of_each_alone() {
        let ready = Trial::of(r#""phone""#).bind().unwrap();
        let texts: Vec<_> = (0..1000_u64)
            .map(|n| match n % 5 {
                0 => format!("+1 {}", 2_005_550_000 + n * 7_919_331 % 7_000_000_000),
                1 => format!("0{}", n * 7919),
                2 => format!("{n}"),
                3 => format!("ext {n}"),
                _ => format!("({n:03}) 0800 {n:04}"),
            })
            .collect();
        let values: Vec<_> = texts.iter().map(|text| Some(text.as_bytes())).collect();
        let alone: Vec<_> = texts.iter().map(|text| Some(ready.text(text).into_bytes())).collect();
        assert_eq!(ready.rows(&values).unwrap(), alone);
    }
}

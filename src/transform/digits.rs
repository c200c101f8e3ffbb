//! `digits`: digits permuted, everything else in place.
//!
//! One keyed permutation over all the digits, so distinct stays distinct. A
//! number keeps its sign, its scale and its number of digits: a leading digit
//! other than 0 stays so, as does the last digit of a fraction. A whole number that
//! fits `int2`, `int4` or `int8` is permuted until it fits the same of them again, so
//! every number of a type has an answer, the same in each type. Letters and marks
//! of a text are kept: use `letters` where they say something. `check` recomputes
//! the check digits at the end of a text: `luhn` one (ISO/IEC 7812-1 annex B),
//! `mod97` two (ISO 7064 MOD 97-10); a wrong one stays as wrong as it was. Being a
//! permutation it may leave a value as it is, by chance. NaN and the infinities,
//! which have no digits, stay.

use super::alphabet::Spot;
use super::{
    Binding, Bound, Capacity, Example, Length, Masker, Param, ParamKind, Params, Promises, check_digit,
};
use super::{Transformer, shape, wrong};
use crate::diagnostic::Diagnostic;
use crate::format::decimal::Decimal;
use crate::format::{Output, Row, Unreadable, Value, Wire};
use crate::schema::{DataType, Scalar};
use crate::secret::MixedRadix;
use check_digit::Check;
use std::cell::Cell;

/// See the module.
pub(super) struct Digits;

impl Transformer for Digits {
    fn name(&self) -> &'static str {
        "digits"
    }

    fn summary(&self) -> &'static str {
        "Replace digits by digits and keep everything else"
    }

    fn params(&self) -> &'static [Param] {
        const PARAMS: &[Param] = &[
            Param::optional("keep_first", ParamKind::Integer, "0", "how many digits to keep at the start"),
            Param::optional("keep_last", ParamKind::Integer, "0", "how many digits to keep at the end"),
            Param::optional(
                "check",
                ParamKind::Word(&["luhn", "mod97"]),
                "",
                "recompute the check digits at the end",
            ),
        ];
        PARAMS
    }

    fn accepts(&self, data_type: &DataType) -> bool {
        data_type.is_text()
            || data_type.is_integer()
            || matches!(data_type.scalar(), Some(Scalar::Numeric(_)))
    }

    fn promises(&self) -> Promises {
        Promises {
            length: Length::Kept,
            reveals: Some("everything that is no digit, and the digits the rule keeps"),
            ..Promises::USUAL
        }
    }

    fn capacity(&self, _: &DataType, _: &Params) -> Capacity {
        Capacity::Injective
    }

    fn example(&self) -> Example {
        Example { rule: "{ with = \"digits\", keep_first = 2 }", data_type: "text", input: "DE-204 118" }
    }

    fn bind(&self, at: &mut Binding<'_>, params: &Params) -> Result<Bound, Diagnostic> {
        let keep = |name: &str| {
            let count = usize::try_from(params.integer(name).unwrap_or(0));
            count.map_err(|_| wrong(params, name, format!("`{name}` can't be negative")))
        };
        let check = Check::said(params);
        if check.is_some() && !at.data_type.is_text() {
            return Err(wrong(params, "check", "check digits are recomputed in text columns only"));
        }
        let cipher = at.key("digits").mixed_radix();
        Ok(Bound::cell(Scramble { cipher, first: keep("keep_first")?, last: keep("keep_last")?, check }))
    }
}

struct Scramble {
    cipher: MixedRadix,
    first: usize,
    last: usize,
    check: Option<Check>,
}

impl Masker for Scramble {
    fn mask(&self, value: Value<'_>, _: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        if value.data_type.is_text() {
            self.text(value.text()?, out.text());
            return Ok(());
        }
        if is_special(value) {
            out.keep(value);
            return Ok(());
        }
        let number = value.decimal()?;
        let start = number.integer();
        let mut masked = number;
        loop {
            masked = self.number(masked).ok_or(Unreadable("more than 38 digits"))?;
            // Round the numbers of as many digits it comes back to where it began, at the latest.
            if start.is_none_or(|start| masked.integer().is_some_and(|n| widths(n) == widths(start))) {
                return out.decimal(masked);
            }
        }
    }
}

impl Scramble {
    fn text(&self, text: &str, out: &mut Vec<u8>) {
        let count = text.chars().filter(|c| c.is_numeric()).count();
        let check = self.check.filter(|check| check.fits(text));
        let end = count.saturating_sub(self.last).min(count - check.map_or(0, Check::digits));
        let seen = Cell::new(0);
        let spot = |at: usize, c: char| {
            if at == 0 {
                seen.set(0);
            }
            if !c.is_numeric() {
                return None;
            }
            let before = seen.replace(seen.get() + 1);
            (self.first..end).contains(&before).then(|| Spot::of(c)).flatten()
        };
        let start = out.len();
        shape::permute(&self.cipher, text, 0, out, spot, |_| true);
        if let Some(check) = check {
            check.restore(text, out.get_mut(start..).unwrap_or_default());
        }
    }

    /// `None` where what comes out has more digits than a number here takes.
    fn number(&self, number: Decimal) -> Option<Decimal> {
        let normal = number.normal();
        let mut buffer = [0_u8; 40];
        let mut radixes = [10_u8; 40];
        let mut rest = normal.unscaled.unsigned_abs();
        let mut count = 0;
        while rest > 0 || count <= usize::from(normal.scale).min(38) {
            if let Some(to) = buffer.get_mut(count) {
                *to = u8::try_from(rest % 10).unwrap_or(0);
            }
            rest /= 10;
            count += 1;
        }
        let digits = buffer.get_mut(..count)?;
        digits.reverse();
        let end = count.saturating_sub(self.last).max(self.first.min(count));
        let first = self.first.min(count);
        let moved = digits.get_mut(first..end)?;
        let radixes = radixes.get_mut(..moved.len())?;
        // A digit that may not be 0 is one of nine, written one lower.
        let fraction = normal.scale > 0;
        let last = moved.len().saturating_sub(1);
        let guarded = |at: usize| (at == 0 && first == 0) || (fraction && at == last && end == count);
        for (at, (digit, radix)) in moved.iter_mut().zip(radixes.iter_mut()).enumerate() {
            if guarded(at) {
                *radix = if *digit == 0 { 1 } else { 9 };
                *digit = digit.saturating_sub(1);
            }
        }
        self.cipher.apply(moved, radixes, u64::from(normal.scale));
        for (at, (digit, radix)) in moved.iter_mut().zip(radixes.iter()).enumerate() {
            if guarded(at) && *radix == 9 {
                *digit += 1;
            }
        }
        let mut unscaled = 0_i128;
        for digit in digits.iter() {
            unscaled = unscaled.checked_mul(10)?.checked_add((*digit).into())?;
        }
        if unscaled > 0 {
            let power = 10_i128.checked_pow((number.scale - normal.scale).into())?;
            unscaled = unscaled.checked_mul(power)?;
        }
        Some(Decimal {
            unscaled: if number.unscaled < 0 { -unscaled } else { unscaled },
            scale: number.scale,
        })
    }
}

/// Which types of whole numbers it fits.
fn widths(number: i128) -> [bool; 3] {
    [i16::try_from(number).is_ok(), i32::try_from(number).is_ok(), i64::try_from(number).is_ok()]
}

/// NaN or an infinity.
fn is_special(value: Value<'_>) -> bool {
    if !matches!(value.data_type.scalar(), Some(Scalar::Numeric(_))) {
        return false;
    }
    match value.wire {
        Wire::Binary => matches!(value.raw, [_, _, _, _, 0xc0 | 0xd0 | 0xf0, 0, ..]),
        Wire::Text => value.raw == b"NaN" || value.raw.ends_with(b"Infinity"),
    }
}

#[cfg(test)]
mod tests {
    use crate::transform::fixture::Trial;
    use std::collections::HashSet;

    #[test]
    fn only_digits_move_and_kept_ones_stay() {
        let masked = Trial::of(r#"{ with = "digits", keep_first = 2, keep_last = 1 }"#).text("AB-12 345/6");
        assert!(masked.starts_with("AB-12 ") && masked.ends_with("/6"), "{masked}");
        assert_eq!(Trial::of(r#"{ with = "digits", keep_first = 9 }"#).text("123"), "123");
    }

    #[test]
    fn four_digits_are_permuted_one_to_one() {
        let ready = Trial::of(r#""digits""#).bind().unwrap();
        let seen: HashSet<_> = (0..10_000).map(|n| ready.text(&format!("{n:04}"))).collect();
        assert_eq!(seen.len(), 10_000);
    }

    #[test]
    fn a_valid_check_digit_stays_valid_and_a_wrong_one_wrong() {
        let luhn = Trial::of(r#"{ with = "digits", check = "luhn" }"#);
        let ready = luhn.bind().unwrap();
        let valid = |text: &str| crate::transform::check_digit::luhn_sum(text).is_multiple_of(10);
        let mut seen = HashSet::new();
        for n in 0..10_000 {
            let text = format!("{n:04}");
            let masked = ready.text(&text);
            assert_eq!(valid(&text), valid(&masked), "{text} {masked}");
            seen.insert(masked);
        }
        assert_eq!(seen.len(), 10_000);
        let mod97 = Trial::of(r#"{ with = "digits", check = "mod97" }"#).bind().unwrap();
        let seen: HashSet<_> = (0..10_000).map(|n| mod97.text(&format!("{n:04}"))).collect();
        assert_eq!(seen.len(), 10_000);
        assert_eq!(mod97.text("79444").parse::<u32>().unwrap() % 97, 1);
    }

    #[test]
    fn numbers_keep_sign_scale_and_length() {
        let ready = Trial::of(r#""digits""#).on("numeric(6,2)").bind().unwrap();
        let mut seen = HashSet::new();
        for n in 1..20_000 {
            let text = format!("-{}.{:02}", n / 100, n % 100);
            let masked = ready.text(&text);
            assert_eq!(masked.len(), text.len(), "{text} {masked}");
            assert!(masked.starts_with('-'));
            seen.insert(masked.trim_start_matches('-').to_owned());
        }
        assert_eq!(seen.len(), 19_999);
        assert_eq!(ready.text("0.00"), "0.00");
    }

    #[test]
    fn every_number_of_a_type_has_an_answer_of_its_own_and_the_same_in_each_type() {
        let of = |data_type: &str| Trial::of(r#""digits""#).on(data_type).bind().unwrap();
        let (small, plain, large, any) = (of("int2"), of("int4"), of("int8"), of("numeric"));
        let mut seen = HashSet::new();
        for number in i16::MIN..=i16::MAX {
            let text = number.to_string();
            let masked = small.text(&text);
            assert_eq!(masked.len(), text.len(), "{text} {masked}");
            assert!([&plain, &large, &any].iter().all(|other| other.text(&text) == masked), "{text}");
            assert!(seen.insert(masked));
        }
        for number in [32_768, 99_999, i64::from(i32::MIN), i32::MAX.into(), 1_000_000_007, -2_147_480_000] {
            let masked = plain.text(&number.to_string());
            assert!(masked.parse::<i32>().is_ok() && masked.len() == number.to_string().len(), "{masked}");
            assert!([&large, &any].iter().all(|other| other.text(&number.to_string()) == masked));
        }
        for number in [i64::MAX, i64::MIN, 1_000_000_000_000_000_000, 2_147_483_648, 9_999_999_999] {
            let masked = large.text(&number.to_string());
            assert!(masked.parse::<i64>().is_ok() && masked == any.text(&number.to_string()), "{masked}");
        }
        assert!(any.text(&"9".repeat(30)).len() == 30 && small.text("0") == "0");
    }

    #[test]
    fn equal_numbers_of_different_scale_stay_equal() {
        let ready = Trial::of(r#""digits""#).on("numeric").bind().unwrap();
        let (short, long) = (ready.text("12.5"), ready.text("12.500"));
        assert_eq!(format!("{short}00"), long);
        assert_eq!(ready.text("NaN"), "NaN");
    }

    #[test]
    fn a_number_too_long_is_refused_and_one_as_long_as_can_be_is_not() {
        let ready = |rule: &str| Trial::of(rule).on("numeric").bind().unwrap();
        for rule in [r#""digits""#, r#"{ with = "digits", keep_first = 2 }"#] {
            let ready = ready(rule);
            for long in [
                i128::MAX.to_string(),
                format!("1{}", "0".repeat(38)),
                format!("1.{}", "0".repeat(38)),
                // Its own digits are few, those of what comes out are not.
                format!("0.{}1{}", "0".repeat(22), "0".repeat(37)),
            ] {
                match ready.raw(long.as_bytes()) {
                    Err(_) => {}
                    Ok(masked) => assert_eq!(masked.unwrap().len(), long.len(), "{long}"),
                }
                ready.raw(format!("-{long}").as_bytes()).ok();
            }
            for longest in
                ["9".repeat(38), format!("-9.{}", "9".repeat(37)), format!("0.{}1", "0".repeat(60))]
            {
                assert_eq!(ready.text(&longest).len(), longest.len(), "{longest}");
            }
        }
    }
}

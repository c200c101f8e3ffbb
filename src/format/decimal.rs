//! Decimal numbers: PostgreSQL's base-10 000 binary form and its digits.

use super::Unreadable;

/// `unscaled × 10^-scale`: every `numeric` of at most 38 digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    /// The digits as a whole number, with sign.
    pub unscaled: i128,
    /// How many of them stand after the point (the display scale).
    pub scale: u16,
}

/// 38 digits.
const MOST: i128 = 10_i128.pow(38) - 1;

const TOO_LONG: Unreadable = Unreadable("more than 38 digits");

impl Decimal {
    /// Reads `numeric_send`'s form: four 16-bit words (digits, weight, sign,
    /// display scale), then the base-10 000 digits.
    ///
    /// # Errors
    /// For NaN, infinities and numbers of more than 38 digits.
    pub fn from_binary(raw: &[u8]) -> Result<Self, Unreadable> {
        let word = |at: usize| -> Result<u16, Unreadable> {
            let bytes = raw.get(at * 2..at * 2 + 2).and_then(|b| <[u8; 2]>::try_from(b).ok());
            bytes.map(u16::from_be_bytes).ok_or(Unreadable("malformed binary numeric"))
        };
        let (count, weight, sign, scale) = (word(0)?, word(1)?.cast_signed(), word(2)?, word(3)?);
        if sign != 0 && sign != 0x4000 {
            return Err(Unreadable("NaN or infinity"));
        }
        // The value is digits × 10 000^(weight + 1 - count); bring it to 10^-scale.
        // The last word may reach past the display scale, in zeros.
        let exponent = 4 * (i32::from(weight) + 1 - i32::from(count)) + i32::from(scale);
        let past = exponent.clamp(-4, 0).unsigned_abs();
        let mut unscaled = 0_i128;
        for place in 0..count {
            let (mut digit, mut radix) = (i128::from(word(4 + usize::from(place))?), 10_000);
            if place + 1 == count {
                digit /= 10_i128.pow(past);
                radix = 10_i128.pow(4 - past);
            }
            unscaled = unscaled.checked_mul(radix).and_then(|n| n.checked_add(digit)).ok_or(TOO_LONG)?;
        }
        if exponent > 0 && unscaled != 0 {
            let power = 10_i128.checked_pow(exponent.unsigned_abs()).ok_or(TOO_LONG)?;
            unscaled = unscaled.checked_mul(power).ok_or(TOO_LONG)?;
        } else if exponent < -4 {
            return Err(Unreadable("malformed binary numeric"));
        }
        Self::of(unscaled, sign == 0x4000, scale)
    }

    /// Reads `-12.50`.
    ///
    /// # Errors
    /// For anything but digits, and for more than 38 of them.
    pub fn parse(text: &str) -> Result<Self, Unreadable> {
        let not = Unreadable("not a decimal number");
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
            return Err(not);
        }
        let mut unscaled = 0_i128;
        for byte in whole.bytes().chain(fraction.bytes()) {
            unscaled = unscaled
                .checked_mul(10)
                .and_then(|n| n.checked_add(i128::from(byte - b'0')))
                .ok_or(TOO_LONG)?;
        }
        let scale = u16::try_from(fraction.len()).map_err(|_| TOO_LONG)?;
        Self::of(unscaled, negative, scale)
    }

    fn of(magnitude: i128, negative: bool, scale: u16) -> Result<Self, Unreadable> {
        if magnitude > MOST {
            return Err(TOO_LONG);
        }
        Ok(Self { unscaled: if negative { -magnitude } else { magnitude }, scale })
    }

    /// The whole number it is, if it has no fraction.
    #[must_use]
    pub fn integer(self) -> Option<i128> {
        let normal = self.normal();
        (normal.scale == 0).then_some(normal.unscaled)
    }

    /// The same number without zeros at the end of its fraction.
    #[must_use]
    pub fn normal(mut self) -> Self {
        while self.scale > 0 && self.unscaled % 10 == 0 {
            self.unscaled /= 10;
            self.scale -= 1;
        }
        self
    }

    /// The greatest number of units of 10^-`scale` that is not above it, held at the
    /// ends of what 128 bits take.
    #[must_use]
    pub fn floor_at(self, scale: u16) -> i128 {
        if scale >= self.scale {
            let power = 10_i128.checked_pow((scale - self.scale).into()).unwrap_or(i128::MAX);
            return self.unscaled.saturating_mul(power);
        }
        let power = 10_i128.checked_pow((self.scale - scale).into()).unwrap_or(i128::MAX);
        self.unscaled.div_euclid(power)
    }

    /// The least number of units of 10^-`scale` that is not below it.
    #[must_use]
    pub fn ceil_at(self, scale: u16) -> i128 {
        let floor = Self { unscaled: self.unscaled.saturating_neg(), ..self }.floor_at(scale);
        floor.saturating_neg()
    }

    /// The number of units of 10^-`scale` that it is exactly.
    #[must_use]
    pub fn exactly_at(self, scale: u16) -> Option<i128> {
        let normal = self.normal();
        let power = 10_i128.checked_pow(scale.checked_sub(normal.scale)?.into())?;
        normal.unscaled.checked_mul(power)
    }

    /// Appends its digits as PostgreSQL prints them.
    pub fn write(self, out: &mut Vec<u8>) {
        if self.unscaled < 0 {
            out.push(b'-');
        }
        let mut buffer = itoa::Buffer::new();
        let digits = buffer.format(self.unscaled.unsigned_abs());
        let scale = usize::from(self.scale);
        let (whole, fraction) = digits.split_at(digits.len().saturating_sub(scale));
        out.extend_from_slice(if whole.is_empty() { b"0" } else { whole.as_bytes() });
        if scale > 0 {
            out.push(b'.');
            out.extend(std::iter::repeat_n(b'0', scale - fraction.len()));
            out.extend_from_slice(fraction.as_bytes());
        }
    }

    /// Appends `numeric_recv`'s form.
    pub fn write_binary(self, out: &mut Vec<u8>) {
        let (scale, magnitude) = (self.scale, self.unscaled.unsigned_abs());
        // Align the point with a boundary of base-10 000 digits.
        let fraction_digits = usize::from(scale).div_ceil(4);
        let pad = fraction_digits * 4 - usize::from(scale);
        // 39 digits and a pad of three take eleven words at most.
        let mut digits = Words { words: [0; 12], count: 0 };
        // 38 digits and a pad of three fit when the pad goes to the lowest digit alone.
        let pad_power = 10_u128.pow(u32::try_from(pad).unwrap_or(0));
        let low_power = 10_000 / pad_power;
        let mut rest = magnitude;
        if pad > 0 {
            digits.push(u16::try_from(rest % low_power * pad_power).unwrap_or(0));
            rest /= low_power;
        }
        while rest > 0 {
            digits.push(u16::try_from(rest % 10_000).unwrap_or(0));
            rest /= 10_000;
        }
        let mut weight =
            i32::try_from(digits.count).unwrap_or(0) - 1 - i32::try_from(fraction_digits).unwrap_or(0);
        // The words stand lowest first.
        let mut digits = digits.words.get(..digits.count).unwrap_or_default();
        while let [rest @ .., 0] = digits {
            digits = rest;
            weight -= 1;
        }
        while let [0, rest @ ..] = digits {
            digits = rest;
        }
        if digits.is_empty() {
            weight = 0;
        }
        let sign: u16 = if self.unscaled < 0 { 0x4000 } else { 0 };
        let count = u16::try_from(digits.len()).unwrap_or(0);
        let weight = i16::try_from(weight).unwrap_or(0).cast_unsigned();
        for word in [count, weight, sign, scale].into_iter().chain(digits.iter().rev().copied()) {
            out.extend_from_slice(&word.to_be_bytes());
        }
    }
}

/// Base-10 000 digits on the stack.
struct Words {
    words: [u16; 12],
    count: usize,
}

impl Words {
    fn push(&mut self, word: u16) {
        if let Some(slot) = self.words.get_mut(self.count) {
            *slot = word;
            self.count += 1;
        }
    }
}

/// NaN and the infinities of `numeric`, which are no decimal numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Special {
    /// Not a number; PostgreSQL orders it above all.
    NaN,
    /// Above all numbers.
    Infinity,
    /// Below all numbers.
    MinusInfinity,
}

impl Special {
    const ALL: [(Self, u16, &'static str); 3] = [
        (Self::NaN, 0xc000, "NaN"),
        (Self::Infinity, 0xd000, "Infinity"),
        (Self::MinusInfinity, 0xf000, "-Infinity"),
    ];

    /// Reads the sign word of `numeric_send`'s form.
    #[must_use]
    pub fn from_binary(raw: &[u8]) -> Option<Self> {
        let sign = raw.get(4..6)?;
        Self::ALL.iter().find(|(_, word, _)| word.to_be_bytes() == sign).map(|(this, ..)| *this)
    }

    /// Reads `NaN`, `Infinity` and `-Infinity`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, _, name)| *name == text).map(|(this, ..)| *this)
    }

    /// As PostgreSQL prints it.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(this, ..)| *this == self).map_or("NaN", |(_, _, name)| name)
    }

    /// Appends `numeric_recv`'s form.
    pub fn write_binary(self, out: &mut Vec<u8>) {
        let sign = Self::ALL.iter().find(|(this, ..)| *this == self).map_or(0xc000, |(_, sign, _)| *sign);
        for word in [0, 0, sign, 0] {
            out.extend_from_slice(&word.to_be_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(d: Decimal) -> String {
        let mut out = Vec::new();
        d.write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn digits_survive_both_forms() {
        for written in [
            "0",
            "1",
            "-1",
            "10000",
            "12345.6789",
            "0.00001",
            "-0.5",
            "1.00",
            "100000000",
            "99999999999999999999999999999999999999",
            "123456789012345678901234567890.12345678",
            "-0.99999999999999999999999999999999999999",
            "0.00000000000000000000000000000000000000000000000001",
            "0.000",
        ] {
            let number = Decimal::parse(written).unwrap();
            assert_eq!(text(number), written);
            let mut wire = Vec::new();
            number.write_binary(&mut wire);
            assert_eq!(Decimal::from_binary(&wire), Ok(number), "{written}");
        }
    }

    #[test]
    fn a_fraction_of_zeros_is_a_whole_number() {
        assert_eq!(Decimal::parse("42.000").unwrap().integer(), Some(42));
        assert_eq!(Decimal::parse("42.5").unwrap().integer(), None);
    }

    #[test]
    fn a_number_is_brought_to_a_scale_from_either_side() {
        let number = Decimal::parse("-1.25").unwrap();
        assert_eq!((number.floor_at(1), number.ceil_at(1), number.exactly_at(1)), (-13, -12, None));
        assert_eq!(
            (number.floor_at(3), number.ceil_at(3), number.exactly_at(3)),
            (-1250, -1250, Some(-1250))
        );
    }

    #[test]
    fn specials_survive_both_forms() {
        for name in ["NaN", "Infinity", "-Infinity"] {
            let special = Special::parse(name).unwrap();
            let mut wire = Vec::new();
            special.write_binary(&mut wire);
            assert_eq!(Special::from_binary(&wire), Some(special));
            assert_eq!(special.name(), name);
            assert!(Decimal::from_binary(&wire).is_err());
        }
    }

    #[test]
    fn nan_and_garbage_are_unreadable() {
        assert!(Decimal::from_binary(&[0, 0, 0, 0, 0xc0, 0, 0, 0]).is_err());
        assert!(Decimal::from_binary(&[0, 9, 0]).is_err());
        assert!(Decimal::parse("1e5").is_err());
        assert!(Decimal::parse("NaN").is_err());
        assert!(Decimal::parse(&"9".repeat(60)).is_err());
    }

    #[test]
    fn more_than_38_digits_are_too_many() {
        assert!(Decimal::parse(&"9".repeat(38)).is_ok());
        for long in [format!("1{}", "0".repeat(38)), format!("-1.{}", "0".repeat(38)), i128::MAX.to_string()]
        {
            assert_eq!(Decimal::parse(&long), Err(TOO_LONG), "{long}");
            let mut binary = Vec::new();
            let unscaled = 10_i128.pow(38);
            Decimal { unscaled, scale: 0 }.write_binary(&mut binary);
            assert_eq!(Decimal::from_binary(&binary), Err(TOO_LONG));
        }
        // A fraction of zeros has no digits that count.
        assert!(Decimal::parse(&format!("0.{}", "0".repeat(99))).is_ok());
    }

    #[test]
    fn rounding_stops_at_the_ends_and_does_not_turn_round() {
        let most = Decimal::parse(&"9".repeat(38)).unwrap();
        assert_eq!(most.floor_at(30), i128::MAX);
        assert_eq!(most.ceil_at(30), i128::MAX);
        assert!(Decimal { unscaled: -most.unscaled, ..most }.floor_at(30) < 0);
    }
}

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
        let mut unscaled = 0_i128;
        for place in 0..usize::from(count) {
            let digit = i128::from(word(4 + place)?);
            unscaled = unscaled.checked_mul(10_000).and_then(|n| n.checked_add(digit)).ok_or(TOO_LONG)?;
        }
        let exponent = 4 * (i32::from(weight) + 1 - i32::from(count)) + i32::from(scale);
        let power = 10_i128.checked_pow(exponent.unsigned_abs()).ok_or(TOO_LONG);
        unscaled = if unscaled == 0 {
            0
        } else if exponent >= 0 {
            unscaled.checked_mul(power?).ok_or(TOO_LONG)?
        } else {
            // The last base-10 000 digit may reach past the display scale, in zeros.
            unscaled / power?
        };
        Ok(Self { unscaled: if sign == 0x4000 { -unscaled } else { unscaled }, scale })
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
        Ok(Self { unscaled: if negative { -unscaled } else { unscaled }, scale })
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
        // Lowest first: the pad's and those of the 39 that 128 bits have at most.
        let mut buffer = [0_u16; 12];
        let mut count = 0;
        let mut push = |digit: u128| {
            if let Some(to) = buffer.get_mut(count) {
                *to = u16::try_from(digit).unwrap_or(0);
                count += 1;
            }
        };
        // 38 digits and a pad of three fit when the pad goes to the lowest digit alone.
        let pad_power = 10_u128.pow(u32::try_from(pad).unwrap_or(0));
        let low_power = 10_000 / pad_power;
        let mut rest = magnitude;
        if pad > 0 {
            push(rest % low_power * pad_power);
            rest /= low_power;
        }
        while rest > 0 {
            push(rest % 10_000);
            rest /= 10_000;
        }
        let digits = buffer.get(..count).unwrap_or_default();
        let place = |count: usize| i32::try_from(count).unwrap_or(0);
        let digits = digits.get(digits.iter().take_while(|d| **d == 0).count()..).unwrap_or_default();
        let leading = digits.iter().rev().take_while(|d| **d == 0).count();
        let digits = digits.get(..digits.len() - leading).unwrap_or_default();
        let highest = place(count) - 1 - place(fraction_digits) - place(leading);
        let weight = if digits.is_empty() { 0 } else { highest };
        let sign: u16 = if self.unscaled < 0 { 0x4000 } else { 0 };
        let count = u16::try_from(digits.len()).unwrap_or(0);
        let weight = i16::try_from(weight).unwrap_or(0).cast_unsigned();
        for word in [count, weight, sign, scale].into_iter().chain(digits.iter().rev().copied()) {
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
    fn nan_and_garbage_are_unreadable() {
        assert!(Decimal::from_binary(&[0, 0, 0, 0, 0xc0, 0, 0, 0]).is_err());
        assert!(Decimal::from_binary(&[0, 9, 0]).is_err());
        assert!(Decimal::parse("1e5").is_err());
        assert!(Decimal::parse("NaN").is_err());
        assert!(Decimal::parse(&"9".repeat(60)).is_err());
    }
}

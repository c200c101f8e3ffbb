//! Check digits: Luhn, MOD 97-10 and the sums that national numbers use.
//!
//! Restoring keeps the *distance* from the right check digits: right stays right,
//! wrong stays wrong, and two numbers that differ in them alone stay two.

use super::Params;

/// How check digits are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Check {
    /// ISO/IEC 7812-1 annex B: one digit.
    Luhn,
    /// ISO 7064 MOD 97-10: two digits.
    Mod97,
}

impl Check {
    pub(super) fn said(params: &Params) -> Option<Self> {
        match params.text("check")? {
            "luhn" => Some(Self::Luhn),
            _ => Some(Self::Mod97),
        }
    }

    /// How many digits at the end are check digits.
    pub(super) fn digits(self) -> usize {
        match self {
            Self::Luhn => 1,
            Self::Mod97 => 2,
        }
    }

    /// Whether `text` has ASCII digits only and more of them than check digits.
    pub(super) fn fits(self, text: &str) -> bool {
        text.chars().all(|c| !c.is_numeric() || c.is_ascii_digit())
            && text.bytes().filter(u8::is_ascii_digit).count() > self.digits()
    }

    /// Sets the check digits of `masked`, which still has those of `original`.
    pub(super) fn restore(self, original: &str, masked: &mut [u8]) {
        let modulus: u32 = if self == Self::Luhn { 10 } else { 100 };
        let wanted = std::str::from_utf8(masked).map_or(0, |text| self.right(text));
        let (mut written, mut place) = (0, 1);
        for digit in original.bytes().rev().filter(u8::is_ascii_digit).take(self.digits()) {
            written += u32::from(digit - b'0') * place;
            place *= 10;
        }
        let mut check = (wanted + modulus + written - self.right(original)) % modulus;
        for to in masked.iter_mut().rev().filter(|b| b.is_ascii_digit()).take(self.digits()) {
            *to = b'0' + u8::try_from(check % 10).unwrap_or(0);
            check /= 10;
        }
    }

    /// The check digits that would be right for the digits before them.
    fn right(self, text: &str) -> u32 {
        let digits = || text.bytes().filter(u8::is_ascii_digit).map(|b| u32::from(b - b'0'));
        let payload = digits().count().saturating_sub(self.digits());
        match self {
            Self::Luhn => {
                let sum = luhn(digits().take(payload).chain([0]));
                (10 - sum % 10) % 10
            }
            Self::Mod97 => {
                let rest = digits().take(payload).fold(0, |rest, digit| (rest * 10 + digit) % 97);
                98 - rest * 100 % 97
            }
        }
    }
}

/// The sum that is a multiple of ten for a number with a right Luhn digit.
pub(super) fn luhn(digits: impl Iterator<Item = u32> + Clone) -> u32 {
    // Every second digit counts double, from the last but one backwards.
    let last = digits.clone().count() + 1;
    let weighed = digits.enumerate().map(|(place, digit)| match ((last - place) % 2, digit * 2) {
        (0, _) => digit,
        (_, double) if double > 9 => double - 9,
        (_, double) => double,
    });
    weighed.sum()
}

/// The rest of dividing a number written in ASCII, where letters count 10 to 35
/// (ISO 7064, ISO 13616-1).
pub(super) fn remainder<'a>(chars: impl Iterator<Item = &'a u8>, modulus: u32) -> u32 {
    chars.fold(0, |rest, c| match c {
        b'A'..=b'Z' => (rest * 100 + u32::from(c - b'A') + 10) % modulus,
        _ => (rest * 10 + digit(*c)) % modulus,
    })
}

/// The two digits that ISO 7064 MOD 97-10 adds.
pub(super) fn mod97<'a>(chars: impl Iterator<Item = &'a u8>) -> u32 {
    98 - remainder(chars.chain(b"00"), 97)
}

/// The digit that ISO 7064 MOD 11,10 adds.
pub(super) fn mod11_10(chars: &[u8]) -> u32 {
    let product = chars.iter().fold(10, |product, c| {
        let sum = (product + digit(*c)) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (11 - product) % 10
}

/// The sum of ASCII digits, each times its weight.
pub(super) fn weighed(chars: &[u8], weights: &[u32]) -> u32 {
    chars.iter().zip(weights).map(|(c, weight)| digit(*c) * weight).sum()
}

/// The letter of Italian tax codes and account numbers: characters at odd places
/// count by a table, those at even places as what they are (decree of 23 December
/// 1976).
pub(super) fn italian<'a>(chars: impl Iterator<Item = &'a u8>) -> u8 {
    const ODD: [u32; 26] =
        [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
    let place = |c: u8| if c.is_ascii_digit() { c - b'0' } else { c.saturating_sub(b'A') };
    let value = |(at, c): (usize, &u8)| match at % 2 {
        0 => ODD.get(usize::from(place(*c))).copied().unwrap_or(0),
        _ => place(*c).into(),
    };
    let sum: u32 = chars.enumerate().map(value).sum();
    b'A' + u8::try_from(sum % 26).unwrap_or(0)
}

/// The value of an ASCII digit.
pub(super) fn digit(c: u8) -> u32 {
    c.saturating_sub(b'0').into()
}

/// The number that ASCII digits write.
pub(super) fn number(chars: &[u8]) -> u32 {
    chars.iter().fold(0_u32, |n, c| n.saturating_mul(10).saturating_add(digit(*c)))
}

/// The digit that makes the sum of Luhn right for the digits before it.
pub(super) fn luhn_check(payload: &[u8]) -> u32 {
    (10 - luhn(payload.iter().map(|c| digit(*c)).chain([0])) % 10) % 10
}

/// Writes the last digit; a value of ten or more has none.
pub(super) fn put(code: &mut [u8], check: u32) -> bool {
    match (code.last_mut(), u8::try_from(check)) {
        (Some(to), Ok(check @ 0..=9)) => {
            *to = b'0' + check;
            true
        }
        _ => false,
    }
}

/// Writes the last two digits.
pub(super) fn put_two(code: &mut [u8], check: u32) -> bool {
    let [.., high, low] = code else { return false };
    let byte = |digit: u32| b'0' + u8::try_from(digit % 10).unwrap_or(0);
    (*high, *low) = (byte(check / 10), byte(check));
    check < 100
}

/// The letters of Spanish numbers, by the rest modulo 23 (Real Decreto 1553/2005).
pub(super) const SPANISH: &[u8; 23] = b"TRWAGMYFPDXBNJZSQVHLCKE";

/// [`luhn`] over the ASCII digits of a text.
#[cfg(test)]
pub(super) fn luhn_sum(text: &str) -> u32 {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    luhn(digits.into_iter())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_numbers_have_right_check_digits() {
        assert_eq!(luhn_sum("79927398713") % 10, 0);
        assert_eq!(Check::Luhn.right("79927398713"), 3);
        assert_eq!(mod11_10(b"079"), 2);
        assert_eq!(italian(b"RCCMNL83S18D969".iter()), b'H');
        // 794 with its check digits 44: 79444 mod 97 is 1.
        assert_eq!(Check::Mod97.right("79444"), 44);
    }
}

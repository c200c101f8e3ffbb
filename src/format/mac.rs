//! Hardware addresses, in PostgreSQL's binary form and as text.

/// An address of `macaddr` (48 bits) or `macaddr8` (64 bits).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mac {
    /// The address, its first octet highest.
    pub number: u64,
    /// 6 or 8.
    pub octets: u8,
}

impl Mac {
    /// Reads the 6 or 8 octets of the binary form.
    #[must_use]
    pub fn from_binary(raw: &[u8]) -> Option<Self> {
        let octets = u8::try_from(raw.len()).ok().filter(|octets| matches!(octets, 6 | 8))?;
        Some(Self { number: raw.iter().fold(0, |n, octet| n << 8 | u64::from(*octet)), octets })
    }

    /// Reads 12 or 16 hex digits, with `:`, `-` or `.` anywhere between them.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (mut number, mut digits) = (0_u64, 0_u8);
        for c in text.chars().filter(|c| !matches!(c, ':' | '-' | '.')) {
            number = number << 4 | u64::from(c.to_digit(16)?);
            digits = digits.checked_add(1).filter(|digits| *digits <= 16)?;
        }
        matches!(digits, 12 | 16).then_some(Self { number, octets: digits / 2 })
    }

    /// Appends it as PostgreSQL prints it: `08:00:2b:01:02:03`.
    pub fn write(self, out: &mut Vec<u8>) {
        for (place, octet) in self.used().enumerate() {
            if place > 0 {
                out.push(b':');
            }
            for digit in [octet >> 4, octet & 15] {
                out.push(if digit < 10 { b'0' + digit } else { b'a' + digit - 10 });
            }
        }
    }

    /// Appends the binary form.
    pub fn write_binary(self, out: &mut Vec<u8>) {
        out.extend(self.used());
    }

    fn used(self) -> impl Iterator<Item = u8> {
        self.number.to_be_bytes().into_iter().skip(8 - usize::from(self.octets.min(8)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_survive_both_forms() {
        for text in ["08:00:2b:01:02:03", "08:00:2b:ff:fe:01:02:03"] {
            let mac = Mac::parse(text).unwrap();
            let (mut wire, mut shown) = (Vec::new(), Vec::new());
            mac.write_binary(&mut wire);
            assert_eq!((wire.len(), Mac::from_binary(&wire)), (usize::from(mac.octets), Some(mac)));
            mac.write(&mut shown);
            assert_eq!(shown, text.as_bytes());
        }
        assert_eq!(Mac::parse("0800.2B01.0203"), Mac::parse("08002b010203"));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in ["", "08:00:2b:01:02", "08:00:2b:01:02:0g", "08002b0102030", "0800:2b01:0203:0405:06"] {
            assert_eq!(Mac::parse(text), None, "{text}");
        }
        assert_eq!(Mac::from_binary(&[1; 7]), None);
    }
}

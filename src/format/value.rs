//! One value as it came over the wire, read on demand.

use super::decimal::{Decimal, Special};
use super::inet::Inet;
use super::interval::Interval;
use super::mac::Mac;
use super::{calendar, clock};
use crate::schema::{DataType, Scalar};
use std::fmt;
use std::io::Write as _;

/// Which of `COPY`'s two forms a value is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    /// `FORMAT binary`: the type's send and receive functions.
    Binary,
    /// `FORMAT text`, already unescaped: the type's input and output functions.
    Text,
}

/// A masker cannot read this value. Holds our own words, never the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable(pub &'static str);

/// A value that is not NULL, still in its wire form. Prints as `<12 bytes>`.
#[derive(Clone, Copy)]
pub struct Value<'a> {
    /// The bytes on the wire, without length or escapes.
    pub raw: &'a [u8],
    /// Its type.
    pub data_type: &'a DataType,
    /// Its form.
    pub wire: Wire,
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{} bytes>", self.raw.len())
    }
}

impl<'a> Value<'a> {
    /// The characters of a text, enum, json or xml value, without the padding of
    /// `char(n)`. In the text form every type has characters.
    ///
    /// # Errors
    /// Where the type has no characters or they are not UTF-8.
    pub fn text(&self) -> Result<&'a str, Unreadable> {
        let scalar = self.data_type.scalar();
        let raw = match (self.wire, scalar) {
            // The binary form of jsonb is a version number, 1 since 9.4, and the text.
            (Wire::Binary, Some(Scalar::Jsonb)) => match self.raw.split_first() {
                Some((1, rest)) => rest,
                _ => return Err(Unreadable("unknown version of binary jsonb")),
            },
            _ => self.raw,
        };
        let text = std::str::from_utf8(raw).map_err(|_| Unreadable("not valid UTF-8"))?;
        Ok(match scalar {
            Some(Scalar::Char(_)) => text.trim_end_matches(' '),
            _ => text,
        })
    }

    /// A whole number: `int2/4/8`, or `numeric` without a fraction.
    ///
    /// # Errors
    /// Where it is no whole number, or has more than 38 digits.
    pub fn integer(&self) -> Result<i128, Unreadable> {
        match (self.wire, self.data_type.scalar()) {
            (Wire::Binary, Some(Scalar::Int2)) => Ok(i16::from_be_bytes(self.array()?).into()),
            (Wire::Binary, Some(Scalar::Int4)) => Ok(i32::from_be_bytes(self.array()?).into()),
            (Wire::Binary, Some(Scalar::Int8)) => Ok(i64::from_be_bytes(self.array()?).into()),
            (Wire::Text, Some(Scalar::Int2 | Scalar::Int4 | Scalar::Int8)) => {
                self.ascii()?.parse().map_err(|_| Unreadable("not a whole number"))
            }
            (_, Some(Scalar::Numeric(_))) => {
                self.decimal()?.integer().ok_or(Unreadable("not a whole number"))
            }
            _ => Err(Unreadable("not a whole number")),
        }
    }

    /// A decimal number of at most 38 digits: `int2/4/8` or `numeric`.
    ///
    /// # Errors
    /// For NaN, infinities and longer numbers.
    pub fn decimal(&self) -> Result<Decimal, Unreadable> {
        match (self.wire, self.data_type.scalar()) {
            (Wire::Binary, Some(Scalar::Numeric(_))) => Decimal::from_binary(self.raw),
            (Wire::Text, Some(Scalar::Numeric(_))) => Decimal::parse(self.ascii()?),
            _ => Ok(Decimal { unscaled: self.integer()?, scale: 0 }),
        }
    }

    /// NaN or an infinity of a `numeric`.
    #[must_use]
    pub fn special(&self) -> Option<Special> {
        match (self.wire, self.data_type.scalar()) {
            (Wire::Binary, Some(Scalar::Numeric(_))) => Special::from_binary(self.raw),
            (Wire::Text, Some(Scalar::Numeric(_))) => Special::parse(self.ascii().ok()?),
            _ => None,
        }
    }

    /// A floating-point number.
    ///
    /// # Errors
    /// Where the type is another.
    pub fn float(&self) -> Result<f64, Unreadable> {
        match (self.wire, self.data_type.scalar()) {
            (Wire::Binary, Some(Scalar::Float4)) => Ok(f32::from_be_bytes(self.array()?).into()),
            (Wire::Binary, Some(Scalar::Float8)) => Ok(f64::from_be_bytes(self.array()?)),
            // Read as the type that printed it: its digits stand for another double.
            (Wire::Text, Some(Scalar::Float4)) => {
                self.ascii()?.parse::<f32>().map(f64::from).map_err(|_| Unreadable("not a number"))
            }
            (Wire::Text, Some(Scalar::Float8)) => {
                self.ascii()?.parse().map_err(|_| Unreadable("not a number"))
            }
            _ => Err(Unreadable("not a number")),
        }
    }

    /// A boolean.
    ///
    /// # Errors
    /// Where the type is another.
    pub fn boolean(&self) -> Result<bool, Unreadable> {
        match (self.data_type.scalar(), self.raw) {
            (Some(Scalar::Bool), [1 | b't']) => Ok(true),
            (Some(Scalar::Bool), [0 | b'f']) => Ok(false),
            _ => Err(Unreadable("not a boolean")),
        }
    }

    /// Days since 2000-01-01; `i32::MAX` and `i32::MIN` are the infinities.
    ///
    /// # Errors
    /// Where the type is no date.
    pub fn date(&self) -> Result<i32, Unreadable> {
        match (self.wire, self.data_type.scalar()) {
            (Wire::Binary, Some(Scalar::Date)) => Ok(i32::from_be_bytes(self.array()?)),
            (Wire::Text, Some(Scalar::Date)) => {
                calendar::parse_date(self.ascii()?).ok_or(Unreadable("not an ISO date"))
            }
            _ => Err(Unreadable("not a date")),
        }
    }

    /// Microseconds since 2000-01-01 00:00 (UTC for `timestamptz`); `i64::MAX` and
    /// `i64::MIN` are the infinities.
    ///
    /// # Errors
    /// Where the type is no timestamp.
    pub fn timestamp(&self) -> Result<i64, Unreadable> {
        match (self.wire, self.data_type.scalar()) {
            (Wire::Binary, Some(Scalar::Timestamp | Scalar::TimestampTz)) => {
                Ok(i64::from_be_bytes(self.array()?))
            }
            (Wire::Text, Some(Scalar::Timestamp | Scalar::TimestampTz)) => {
                calendar::parse_timestamp(self.ascii()?).ok_or(Unreadable("not an ISO timestamp"))
            }
            _ => Err(Unreadable("not a timestamp")),
        }
    }

    /// Microseconds since midnight of a `time`; 24:00 is one.
    ///
    /// # Errors
    /// Where the type is no time.
    pub fn time(&self) -> Result<i64, Unreadable> {
        let micros = match (self.wire, self.data_type.scalar()) {
            (Wire::Binary, Some(Scalar::Time)) => Some(i64::from_be_bytes(self.array()?)),
            (Wire::Text, Some(Scalar::Time)) => clock::parse_clock(self.ascii()?),
            _ => None,
        };
        micros.filter(|micros| (0..=calendar::DAY).contains(micros)).ok_or(Unreadable("not a time of day"))
    }

    /// Microseconds since midnight of a `timetz`, and seconds east of UTC.
    ///
    /// # Errors
    /// Where the type is no time with a zone.
    pub fn zoned_time(&self) -> Result<(i64, i32), Unreadable> {
        let found = match (self.wire, self.data_type.scalar()) {
            (Wire::Binary, Some(Scalar::TimeTz)) => {
                let bytes: [u8; 12] = self.array()?;
                let both = bytes.split_first_chunk::<8>().zip(bytes.last_chunk::<4>());
                // PostgreSQL counts zones to the west.
                both.and_then(|((micros, _), zone)| {
                    Some((i64::from_be_bytes(*micros), i32::from_be_bytes(*zone).checked_neg()?))
                })
            }
            (Wire::Text, Some(Scalar::TimeTz)) => {
                let text = self.ascii()?;
                let zone_at = text.find(['+', '-', 'Z']).unwrap_or(text.len());
                let (time, zone) = text.split_at_checked(zone_at).unwrap_or((text, ""));
                clock::parse_clock(time)
                    .zip(clock::parse_zone(zone))
                    .and_then(|(micros, zone)| Some((micros, i32::try_from(zone / 1_000_000).ok()?)))
            }
            _ => None,
        };
        let in_day = |(micros, _): &(i64, i32)| (0..=calendar::DAY).contains(micros);
        found.filter(in_day).ok_or(Unreadable("not a time of day with a zone"))
    }

    /// An interval.
    ///
    /// # Errors
    /// Where the type is another, or the text form is not of style postgres.
    pub fn interval(&self) -> Result<Interval, Unreadable> {
        match (self.wire, self.data_type.scalar()) {
            (Wire::Binary, Some(Scalar::Interval)) => Interval::from_binary(self.raw),
            (Wire::Text, Some(Scalar::Interval)) => Interval::parse(self.ascii()?),
            _ => None,
        }
        .ok_or(Unreadable("not an interval"))
    }

    /// The x and y of a point.
    ///
    /// # Errors
    /// Where the type is another.
    pub fn point(&self) -> Result<(f64, f64), Unreadable> {
        match (self.wire, self.data_type.scalar()) {
            (Wire::Binary, Some(Scalar::Point)) => {
                let bytes: [u8; 16] = self.array()?;
                let both = bytes.first_chunk::<8>().zip(bytes.last_chunk::<8>());
                both.map(|(x, y)| (f64::from_be_bytes(*x), f64::from_be_bytes(*y)))
            }
            (Wire::Text, Some(Scalar::Point)) => parse_point(self.ascii()?),
            _ => None,
        }
        .ok_or(Unreadable("not a point"))
    }

    /// The 128 bits of a uuid.
    ///
    /// # Errors
    /// Where the type is no uuid.
    pub fn uuid(&self) -> Result<u128, Unreadable> {
        match (self.wire, self.data_type.scalar()) {
            (Wire::Binary, Some(Scalar::Uuid)) => Ok(u128::from_be_bytes(self.array()?)),
            (Wire::Text, Some(Scalar::Uuid)) => parse_uuid(self.ascii()?).ok_or(Unreadable("not a uuid")),
            _ => Err(Unreadable("not a uuid")),
        }
    }

    /// An address of `inet` or `cidr`.
    ///
    /// # Errors
    /// Where the type is another.
    pub fn inet(&self) -> Result<Inet, Unreadable> {
        match (self.wire, self.data_type.scalar()) {
            (Wire::Binary, Some(Scalar::Inet | Scalar::Cidr)) => {
                Inet::from_binary(self.raw).ok_or(Unreadable("not a network address"))
            }
            (Wire::Text, Some(Scalar::Inet | Scalar::Cidr)) => {
                Inet::parse(self.ascii()?).ok_or(Unreadable("not a network address"))
            }
            _ => Err(Unreadable("not a network address")),
        }
    }

    /// An address of `macaddr` or `macaddr8`.
    ///
    /// # Errors
    /// Where the type is another.
    pub fn mac(&self) -> Result<Mac, Unreadable> {
        let octets = match self.data_type.scalar() {
            Some(Scalar::Macaddr) => 6,
            Some(Scalar::Macaddr8) => 8,
            _ => return Err(Unreadable("not a hardware address")),
        };
        let mac = match self.wire {
            Wire::Binary => Mac::from_binary(self.raw),
            Wire::Text => Mac::parse(self.ascii()?),
        };
        mac.filter(|mac| mac.octets == octets).ok_or(Unreadable("not a hardware address"))
    }

    /// The bytes of a `bytea`, appended to `out`.
    ///
    /// # Errors
    /// Where the type is another, or the text form is not hexadecimal.
    pub fn bytes(&self, out: &mut Vec<u8>) -> Result<(), Unreadable> {
        match (self.wire, self.data_type.scalar()) {
            (Wire::Binary, Some(Scalar::Bytea)) => out.extend_from_slice(self.raw),
            (Wire::Text, Some(Scalar::Bytea)) => {
                let hex = self.raw.strip_prefix(b"\\x").ok_or(Unreadable("bytea is not in hex form"))?;
                let bytes = data_encoding::HEXLOWER_PERMISSIVE
                    .decode(hex)
                    .map_err(|_| Unreadable("bytea is not in hex form"))?;
                out.extend_from_slice(&bytes);
            }
            _ => return Err(Unreadable("not a bytea")),
        }
        Ok(())
    }

    /// Appends the canonical form: the value, not its encoding, so that an int4
    /// joins an int8 and the binary form the text form. Text is not folded here.
    ///
    /// # Errors
    /// Where the value cannot be read as its type.
    pub fn canonical(&self, out: &mut Vec<u8>) -> Result<(), Unreadable> {
        match self.data_type.scalar() {
            Some(Scalar::Int2 | Scalar::Int4 | Scalar::Int8) => {
                let mut digits = itoa::Buffer::new();
                out.extend_from_slice(digits.format(self.integer()?).as_bytes());
            }
            Some(Scalar::Numeric(_)) => match self.special() {
                Some(special) => out.extend_from_slice(special.name().as_bytes()),
                None => self.decimal()?.normal().write(out),
            },
            Some(Scalar::Float4 | Scalar::Float8) => write_float(self.float()?, out),
            Some(Scalar::Bool) => out.push(if self.boolean()? { b't' } else { b'f' }),
            Some(Scalar::Uuid) => out.extend_from_slice(&self.uuid()?.to_be_bytes()),
            Some(Scalar::Date) => calendar::write_date(self.date()?, out),
            Some(Scalar::Timestamp | Scalar::TimestampTz) => {
                calendar::write_timestamp(self.timestamp()?, out);
            }
            Some(Scalar::Time) => clock::write_clock(self.time()?, out),
            Some(Scalar::TimeTz) => {
                let (micros, zone) = self.zoned_time()?;
                clock::write_clock(micros, out);
                clock::write_zone(zone, out);
            }
            Some(Scalar::Interval) => {
                let mut digits = itoa::Buffer::new();
                out.extend_from_slice(digits.format(self.interval()?.span()).as_bytes());
            }
            Some(Scalar::Point) => {
                let (x, y) = self.point()?;
                write_float(x, out);
                out.push(b',');
                write_float(y, out);
            }
            Some(Scalar::Inet | Scalar::Cidr) => self.inet()?.write(out),
            Some(Scalar::Macaddr | Scalar::Macaddr8) => self.mac()?.write(out),
            Some(Scalar::Bytea) => self.bytes(out)?,
            Some(
                Scalar::Text
                | Scalar::Varchar(_)
                | Scalar::Char(_)
                | Scalar::Json
                | Scalar::Jsonb
                | Scalar::Xml,
            ) => out.extend_from_slice(self.text()?.as_bytes()),
            _ => out.extend_from_slice(self.raw),
        }
        Ok(())
    }

    /// Appends the text a person would write: the canonical form, but `true` for a
    /// boolean, dashes in a uuid, and intervals and points as PostgreSQL prints them.
    ///
    /// # Errors
    /// Where the value cannot be read as its type.
    pub fn show(&self, out: &mut Vec<u8>) -> Result<(), Unreadable> {
        match self.data_type.scalar() {
            Some(Scalar::Bool) => {
                let word: &[u8] = if self.boolean()? { b"true" } else { b"false" };
                out.extend_from_slice(word);
            }
            Some(Scalar::Uuid) => {
                let text = DataType::scalar_of("text", Scalar::Text);
                super::Output::new(out, &text, Wire::Text).uuid(self.uuid()?);
            }
            Some(Scalar::Interval) => self.interval()?.write(out),
            Some(Scalar::Point) => {
                out.push(b'(');
                self.canonical(out)?;
                out.push(b')');
            }
            _ => self.canonical(out)?,
        }
        Ok(())
    }

    fn array<const N: usize>(&self) -> Result<[u8; N], Unreadable> {
        self.raw.try_into().map_err(|_| Unreadable("unexpected length of the binary form"))
    }

    fn ascii(&self) -> Result<&'a str, Unreadable> {
        std::str::from_utf8(self.raw).map_err(|_| Unreadable("not valid UTF-8"))
    }
}

/// Zero has one canonical form: PostgreSQL takes -0 and 0 as equal.
fn write_float(number: f64, out: &mut Vec<u8>) {
    // A vector takes whatever is written to it.
    let _ = write!(out, "{}", if number == 0.0 { 0.0 } else { number });
}

/// Reads `(1.5,-2)`, with or without parentheses.
fn parse_point(text: &str) -> Option<(f64, f64)> {
    let text = text.trim();
    let inner = text.strip_prefix('(').map_or(Some(text), |rest| rest.strip_suffix(')'))?;
    let (x, y) = inner.split_once(',')?;
    Some((x.trim().parse().ok()?, y.trim().parse().ok()?))
}

/// Reads the 32 hex digits of a uuid, dashes anywhere between them.
#[must_use]
pub(crate) fn parse_uuid(text: &str) -> Option<u128> {
    let mut bits = 0_u128;
    let mut digits = 0;
    for c in text.chars().filter(|c| *c != '-') {
        bits = bits << 4 | u128::from(c.to_digit(16)?);
        digits += 1;
    }
    (digits == 32).then_some(bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_have_one_canonical_form() {
        let canonical = |scalar, wire, raw: &[u8]| {
            let data_type = DataType::scalar_of("any", scalar);
            let mut out = Vec::new();
            Value { raw, data_type: &data_type, wire }.canonical(&mut out).unwrap();
            out
        };
        for (scalar, text, binary) in [
            (Scalar::Float4, "3.4e38", &3.4e38_f32.to_be_bytes()[..]),
            (Scalar::Float8, "0.1", &0.1_f64.to_be_bytes()),
            (Scalar::Time, "00:00:01.5", &1_500_000_i64.to_be_bytes()),
            (Scalar::Time, "24:00:00", &86_400_000_000_i64.to_be_bytes()),
            (Scalar::Macaddr, "08:00:2b:01:02:03", b"\x08\0\x2b\x01\x02\x03"),
            (Scalar::Macaddr8, "08:00:2b:01:02:03:04:ff", b"\x08\0\x2b\x01\x02\x03\x04\xff"),
        ] {
            let both = [(Wire::Text, text.as_bytes()), (Wire::Binary, binary)];
            let [one, two] = both.map(|(wire, raw)| canonical(scalar, wire, raw));
            assert_eq!(one, two, "{text}");
            // A float has no more digits than it needs, but a narrow one is shown as a wide one.
            assert!(one == text.as_bytes() || scalar == Scalar::Float4, "{text}");
        }
    }
}

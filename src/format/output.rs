//! Where a masker puts its answer.

use super::decimal::Decimal;
use super::inet::Inet;
use super::mac::Mac;
use super::value::Value;
use super::{Unreadable, Wire, calendar};
use crate::schema::{DataType, Scalar};

/// Takes one masked value and writes it in the column's type and wire form,
/// without length or escapes: the row writer adds those.
///
/// A masker writes exactly once. Writing nothing is the empty text, which most
/// types refuse; NULL is written by [`Output::null`].
pub struct Output<'a> {
    buffer: &'a mut Vec<u8>,
    data_type: &'a DataType,
    wire: Wire,
    null: bool,
}

impl<'a> Output<'a> {
    /// An output for a value of `data_type`, appended to `buffer`.
    pub fn new(buffer: &'a mut Vec<u8>, data_type: &'a DataType, wire: Wire) -> Self {
        Self { buffer, data_type, wire, null: false }
    }

    /// The type to write.
    #[must_use]
    pub fn data_type(&self) -> &'a DataType {
        self.data_type
    }

    /// The form to write.
    #[must_use]
    pub fn wire(&self) -> Wire {
        self.wire
    }

    /// Whether NULL was written.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.null
    }

    /// Writes NULL.
    pub fn null(&mut self) {
        self.null = true;
    }

    /// Writes a value as it is; it must be of this type and form.
    pub fn keep(&mut self, value: Value<'_>) {
        self.buffer.extend_from_slice(value.raw);
    }

    /// Appends bytes already in this type's wire form; for containers (arrays,
    /// json) that write their own structure.
    pub fn raw(&mut self) -> &mut Vec<u8> {
        self.buffer
    }

    /// Starts a text (or json, xml, enum label) and gives the buffer to append its
    /// characters to, so that no string needs to be made first.
    pub fn text(&mut self) -> &mut Vec<u8> {
        if self.wire == Wire::Binary && self.data_type.scalar() == Some(Scalar::Jsonb) {
            self.buffer.push(1);
        }
        self.buffer
    }

    /// Writes a whole number into an integer, numeric or text column.
    ///
    /// # Errors
    /// Where it is out of the type's range.
    pub fn integer(&mut self, number: i128) -> Result<(), Unreadable> {
        let out_of_range = |_| Unreadable("the masked number is out of the type's range");
        match (self.wire, self.data_type.scalar()) {
            (Wire::Binary, Some(Scalar::Int2)) => {
                let n = i16::try_from(number).map_err(out_of_range)?;
                self.buffer.extend_from_slice(&n.to_be_bytes());
            }
            (Wire::Binary, Some(Scalar::Int4)) => {
                let n = i32::try_from(number).map_err(out_of_range)?;
                self.buffer.extend_from_slice(&n.to_be_bytes());
            }
            (Wire::Binary, Some(Scalar::Int8)) => {
                let n = i64::try_from(number).map_err(out_of_range)?;
                self.buffer.extend_from_slice(&n.to_be_bytes());
            }
            (Wire::Binary, Some(Scalar::Numeric(modifier))) => {
                // A whole number in a column with a fraction shows that column's zeros.
                let scale = modifier.map_or(0, |(_, scale)| u16::try_from(scale).unwrap_or(0));
                let power = 10_i128.checked_pow(scale.into());
                let scaled = power.and_then(|p| number.checked_mul(p));
                let number = scaled
                    .map_or(Decimal { unscaled: number, scale: 0 }, |unscaled| Decimal { unscaled, scale });
                number.write_binary(self.buffer);
            }
            _ => {
                let mut digits = itoa::Buffer::new();
                self.text().extend_from_slice(digits.format(number).as_bytes());
            }
        }
        Ok(())
    }

    /// Writes a decimal number into an integer (without fraction), numeric or text column.
    ///
    /// # Errors
    /// Where it does not fit the type.
    pub fn decimal(&mut self, number: Decimal) -> Result<(), Unreadable> {
        match (self.wire, self.data_type.scalar()) {
            (_, Some(Scalar::Int2 | Scalar::Int4 | Scalar::Int8)) => {
                self.integer(number.integer().ok_or(Unreadable("the masked number has a fraction"))?)?;
            }
            (Wire::Binary, Some(Scalar::Numeric(_))) => number.write_binary(self.buffer),
            _ => number.write(self.text()),
        }
        Ok(())
    }

    /// Writes a floating-point number.
    pub fn float(&mut self, number: f64) {
        match (self.wire, self.data_type.scalar()) {
            (Wire::Binary, Some(Scalar::Float4)) => {
                #[expect(clippy::cast_possible_truncation, reason = "the column holds no more")]
                let single = number as f32;
                self.buffer.extend_from_slice(&single.to_be_bytes());
            }
            (Wire::Binary, Some(Scalar::Float8)) => {
                self.buffer.extend_from_slice(&number.to_be_bytes());
            }
            _ => self.text().extend_from_slice(number.to_string().as_bytes()),
        }
    }

    /// Writes a boolean.
    pub fn boolean(&mut self, truth: bool) {
        self.buffer.push(match (self.wire, truth) {
            (Wire::Binary, truth) => u8::from(truth),
            (Wire::Text, true) => b't',
            (Wire::Text, false) => b'f',
        });
    }

    /// Writes a day count since 2000-01-01 into a date column, or as ISO text.
    pub fn date(&mut self, days: i32) {
        match (self.wire, self.data_type.scalar()) {
            (Wire::Binary, Some(Scalar::Date)) => self.buffer.extend_from_slice(&days.to_be_bytes()),
            _ => calendar::write_date(days, self.text()),
        }
    }

    /// Writes microseconds since 2000-01-01 into a timestamp column, or as ISO text.
    /// For `timestamptz` they are UTC, and the text form says so.
    pub fn timestamp(&mut self, micros: i64) {
        match (self.wire, self.data_type.scalar()) {
            (Wire::Binary, Some(Scalar::Timestamp | Scalar::TimestampTz)) => {
                self.buffer.extend_from_slice(&micros.to_be_bytes());
            }
            (_, scalar) => {
                let start = self.buffer.len();
                calendar::write_timestamp(micros, self.text());
                let infinite = micros == i64::MAX || micros == i64::MIN;
                if scalar == Some(Scalar::TimestampTz) && !infinite {
                    // The era comes last: `0044-03-15 12:00:00+00 BC`.
                    let before_christ = self.buffer.get(start..).is_some_and(|s| s.ends_with(b" BC"));
                    if before_christ {
                        self.buffer.truncate(self.buffer.len() - 3);
                    }
                    self.buffer.extend_from_slice(b"+00");
                    if before_christ {
                        self.buffer.extend_from_slice(b" BC");
                    }
                }
            }
        }
    }

    /// Writes a uuid into a uuid column, or its usual form into a text column.
    pub fn uuid(&mut self, bits: u128) {
        if self.wire == Wire::Binary && self.data_type.scalar() == Some(Scalar::Uuid) {
            self.buffer.extend_from_slice(&bits.to_be_bytes());
            return;
        }
        let out = self.text();
        for (place, byte) in bits.to_be_bytes().into_iter().enumerate() {
            if matches!(place, 4 | 6 | 8 | 10) {
                out.push(b'-');
            }
            for nibble in [byte >> 4, byte & 15] {
                out.push(if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 });
            }
        }
    }

    /// Writes a network address into an `inet` or `cidr` column, or as text.
    pub fn inet(&mut self, mut inet: Inet) {
        let scalar = self.data_type.scalar();
        inet.cidr = scalar == Some(Scalar::Cidr);
        match (self.wire, scalar) {
            (Wire::Binary, Some(Scalar::Inet | Scalar::Cidr)) => inet.write_binary(self.buffer),
            _ => inet.write(self.text()),
        }
    }

    /// Writes a hardware address of the column's length, or its usual form into a text column.
    pub fn mac(&mut self, mac: Mac) {
        match (self.wire, self.data_type.scalar()) {
            (Wire::Binary, Some(Scalar::Macaddr | Scalar::Macaddr8)) => mac.write_binary(self.buffer),
            _ => mac.write(self.text()),
        }
    }

    /// Writes bytes into a bytea column.
    pub fn bytes(&mut self, bytes: &[u8]) {
        if self.wire == Wire::Binary {
            self.buffer.extend_from_slice(bytes);
        } else {
            self.buffer.extend_from_slice(b"\\x");
            self.buffer.extend_from_slice(data_encoding::HEXLOWER.encode(bytes).as_bytes());
        }
    }
}

//! Values a person wrote in a rule, turned into a column's wire form.
//!
//! Everything is read and checked once, when the rule is bound: an enum label
//! exists, a text fits, a number has a place in `numeric(p,s)`. In the binary form
//! only types whose bytes we know can be written; the text form takes any, and a
//! table with a rule that only the text form can hold travels in that.

use super::{ParamValue, array};
use crate::format::decimal::{Decimal, Special};
use crate::format::inet::Inet;
use crate::format::interval::Interval;
use crate::format::mac::Mac;
use crate::format::{Output, Value, Wire, calendar, clock};
use crate::schema::{DataType, Form, Scalar};

/// A scalar parameter in text form.
pub(super) fn text_of(value: &ParamValue) -> Option<String> {
    Some(match value {
        ParamValue::Text(text) => text.clone(),
        ParamValue::Integer(number) => number.to_string(),
        ParamValue::Number(number) => number.to_string(),
        ParamValue::Flag(truth) => truth.to_string(),
        _ => return None,
    })
}

/// Appends `text` as a value of `data_type` in `wire` form.
///
/// # Errors
/// A sentence about the type and what was written.
pub(super) fn encode(text: &str, data_type: &DataType, wire: Wire, to: &mut Vec<u8>) -> Result<(), String> {
    let not = || format!("`{text}` is no value of `{}`", data_type.name);
    if text.contains('\0') {
        return Err(not());
    }
    let scalar = match &data_type.base().form {
        Form::Enum(labels) if labels.iter().any(|label| label == text) => {
            to.extend_from_slice(text.as_bytes());
            return Ok(());
        }
        // Labels can be people: they are counted, not named.
        Form::Enum(labels) => {
            return Err(format!("`{text}` is none of the {} labels of `{}`", labels.len(), data_type.name));
        }
        Form::Array(element) => return encode_array(text, data_type, element, wire, to),
        Form::Scalar(Scalar::Other | Scalar::Hstore)
        | Form::Range(_)
        | Form::Multirange(_)
        | Form::Composite(_)
        | Form::Domain(_) => {
            if wire == Wire::Text {
                to.extend_from_slice(text.as_bytes());
                return Ok(());
            }
            return Err(format!("a value of `{}` can't be written in the binary form", data_type.name));
        }
        Form::Scalar(scalar) => *scalar,
    };
    let mut out = Output::new(to, data_type, wire);
    let done = match scalar {
        Scalar::Bool => match text.to_ascii_lowercase().as_str() {
            "true" | "t" | "yes" | "on" | "1" => Some(true),
            "false" | "f" | "no" | "off" | "0" => Some(false),
            _ => None,
        }
        .map(|truth| out.boolean(truth)),
        Scalar::Int2 | Scalar::Int4 | Scalar::Int8 => {
            let number = text.parse::<i128>().ok().filter(|number| fits_integer(*number, scalar));
            number.and_then(|number| out.integer(number).ok())
        }
        Scalar::Numeric(modifier) => {
            if let Some(special) = Special::parse(text) {
                // A column with a precision has no infinities.
                if modifier.is_some() && special != Special::NaN {
                    return Err(not());
                }
                match wire {
                    Wire::Binary => special.write_binary(out.raw()),
                    Wire::Text => out.raw().extend_from_slice(text.as_bytes()),
                }
                return Ok(());
            }
            let number = Decimal::parse(text).ok().and_then(|number| rescale(number, modifier));
            number.and_then(|number| out.decimal(number).ok())
        }
        Scalar::Float4 | Scalar::Float8 => text.parse().ok().map(|number| out.float(number)),
        Scalar::Text | Scalar::Varchar(_) | Scalar::Char(_) => {
            if let Some(room) = data_type.max_chars().filter(|room| text.chars().count() > *room) {
                return Err(format!("`{text}` is longer than the {room} characters of `{}`", data_type.name));
            }
            out.text().extend_from_slice(text.as_bytes());
            Some(())
        }
        Scalar::Json | Scalar::Jsonb => {
            let valid = serde_json::from_str::<&serde_json::value::RawValue>(text).is_ok();
            valid.then(|| out.text().extend_from_slice(text.as_bytes()))
        }
        Scalar::Xml => {
            out.text().extend_from_slice(text.as_bytes());
            Some(())
        }
        Scalar::Bytea => bytes_of(text).map(|bytes| out.bytes(&bytes)),
        Scalar::Date => calendar::parse_date(text).map(|days| out.date(days)),
        Scalar::Timestamp | Scalar::TimestampTz => {
            // A date alone is its midnight, as PostgreSQL reads it.
            let midnight = || calendar::parse_timestamp(&format!("{text} 00:00:00"));
            calendar::parse_timestamp(text).or_else(midnight).map(|micros| out.timestamp(micros))
        }
        Scalar::Time => clock::parse_clock(text)
            .filter(|micros| (0..=calendar::DAY).contains(micros))
            .map(|micros| out.time(micros)),
        Scalar::TimeTz => {
            let value = Value { raw: text.as_bytes(), data_type, wire: Wire::Text };
            value.zoned_time().ok().map(|(micros, zone)| out.zoned_time(micros, zone))
        }
        Scalar::Interval => Interval::parse(text).map(|interval| out.interval(interval)),
        Scalar::Point => {
            let value = Value { raw: text.as_bytes(), data_type, wire: Wire::Text };
            value.point().ok().map(|(x, y)| out.point(x, y))
        }
        Scalar::Uuid => crate::format::parse_uuid(text).map(|bits| out.uuid(bits)),
        Scalar::Inet | Scalar::Cidr => Inet::parse(text)
            .filter(|inet| scalar == Scalar::Inet || is_network(inet))
            .map(|inet| out.inet(inet)),
        Scalar::Macaddr | Scalar::Macaddr8 => {
            let octets = if scalar == Scalar::Macaddr { 6 } else { 8 };
            Mac::parse(text).filter(|mac| mac.octets == octets).map(|mac| out.mac(mac))
        }
        Scalar::Hstore | Scalar::Other => None,
    };
    done.ok_or_else(not)
}

fn encode_array(
    text: &str,
    data_type: &DataType,
    element: &DataType,
    wire: Wire,
    to: &mut Vec<u8>,
) -> Result<(), String> {
    // The server checks bounds that are said against the dimensions.
    let plain = match text.split_once('=') {
        Some((bounds, rest)) if wire == Wire::Text && bounds.starts_with('[') => rest,
        _ => text,
    };
    let (dimensions, elements) =
        array::read_text(plain).ok_or_else(|| format!("`{text}` is no value of `{}`", data_type.name))?;
    let mut encoded = Vec::with_capacity(elements.len());
    for item in &elements {
        let mut bytes = Vec::new();
        if let Some(item) = item {
            encode(item, element, wire, &mut bytes)?;
        }
        encoded.push(item.as_ref().map(|_| bytes));
    }
    if wire == Wire::Text {
        to.extend_from_slice(text.as_bytes());
        return Ok(());
    }
    let oid = element_oid(element)
        .ok_or_else(|| format!("a value of `{}` can't be written in the binary form", data_type.name))?;
    array::write_binary(oid, &dimensions, &encoded, to);
    Ok(())
}

/// The fixed object numbers of built-in types (`pg_type.dat`), which the binary
/// form of an array names; `None` for types a database numbers itself.
fn element_oid(element: &DataType) -> Option<u32> {
    let Form::Scalar(scalar) = element.form else { return None };
    Some(match scalar {
        Scalar::Bool => 16,
        Scalar::Bytea => 17,
        Scalar::Int8 => 20,
        Scalar::Int2 => 21,
        Scalar::Int4 => 23,
        Scalar::Text if element.name == "text" => 25,
        Scalar::Json => 114,
        Scalar::Point => 600,
        Scalar::Cidr => 650,
        Scalar::Float4 => 700,
        Scalar::Float8 => 701,
        Scalar::Macaddr8 => 774,
        Scalar::Macaddr => 829,
        Scalar::Inet => 869,
        Scalar::Char(_) => 1042,
        Scalar::Varchar(_) => 1043,
        Scalar::Date => 1082,
        Scalar::Time => 1083,
        Scalar::Timestamp => 1114,
        Scalar::TimestampTz => 1184,
        Scalar::Interval => 1186,
        Scalar::TimeTz => 1266,
        Scalar::Numeric(_) => 1700,
        Scalar::Uuid => 2950,
        Scalar::Jsonb => 3802,
        _ => return None,
    })
}

fn fits_integer(number: i128, scalar: Scalar) -> bool {
    match scalar {
        Scalar::Int2 => i16::try_from(number).is_ok(),
        Scalar::Int4 => i32::try_from(number).is_ok(),
        _ => i64::try_from(number).is_ok(),
    }
}

/// The number at the column's scale, where nothing is lost and it fits.
fn rescale(number: Decimal, modifier: Option<(u16, i16)>) -> Option<Decimal> {
    let Some((precision, scale)) = modifier else { return Some(number) };
    let (normal, scale) = (number.normal(), u16::try_from(scale).ok()?);
    let power = 10_i128.checked_pow(scale.checked_sub(normal.scale)?.into())?;
    let unscaled = normal.unscaled.checked_mul(power)?;
    let limit = 10_u128.checked_pow(precision.into());
    limit.is_none_or(|limit| unscaled.unsigned_abs() < limit).then_some(Decimal { unscaled, scale })
}

fn bytes_of(text: &str) -> Option<Vec<u8>> {
    match text.strip_prefix("\\x") {
        Some(hex) => data_encoding::HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).ok(),
        None => Some(text.as_bytes().to_vec()),
    }
}

fn is_network(inet: &Inet) -> bool {
    let host = u32::from(inet.bits() - inet.prefix);
    host == 0 || inet.number() & (u128::MAX >> (128 - host)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transform::fixture::data_type;

    fn encoded(text: &str, name: &str, wire: Wire) -> Result<Vec<u8>, String> {
        let mut out = Vec::new();
        encode(text, &data_type(name), wire, &mut out).map(|()| out)
    }

    #[test]
    fn built_in_types_are_written_in_both_forms() {
        for (name, text, binary) in [
            ("bool", "true", &b"\x01"[..]),
            ("int4", "-1", b"\xff\xff\xff\xff"),
            ("varchar(3)", "abc", b"abc"),
            ("enum", "red", b"red"),
            ("date", "2000-01-02", b"\0\0\0\x01"),
            ("timestamp", "2000-01-01", b"\0\0\0\0\0\0\0\0"),
            ("time", "00:00:01", b"\0\0\0\0\0\x0f\x42\x40"),
            ("timetz", "00:00:01+01", b"\0\0\0\0\0\x0f\x42\x40\xff\xff\xf1\xf0"),
            ("interval", "1 mon 2 days", b"\0\0\0\0\0\0\0\0\0\0\0\x02\0\0\0\x01"),
            ("point", "(2,-2)", b"\x40\0\0\0\0\0\0\0\xc0\0\0\0\0\0\0\0"),
            ("numeric(4,1)", "NaN", b"\0\0\0\0\xc0\0\0\0"),
            ("bytea", "\\x00ff", b"\0\xff"),
            ("jsonb", "{}", b"\x01{}"),
            ("numeric(4,1)", "2", b"\0\x01\0\0\0\0\0\x01\0\x02"),
            ("inet", "10.0.0.1", b"\x02\x20\0\x04\x0a\0\0\x01"),
            ("macaddr", "08:00:2b:01:02:03", b"\x08\0\x2b\x01\x02\x03"),
            ("int2[]", "{7}", b"\0\0\0\x01\0\0\0\0\0\0\0\x15\0\0\0\x01\0\0\0\x01\0\0\0\x02\0\x07"),
        ] {
            assert_eq!(encoded(text, name, Wire::Binary).unwrap(), binary, "{name}");
            assert!(encoded(text, name, Wire::Text).is_ok(), "{name}");
        }
    }

    #[test]
    fn what_the_type_does_not_take_is_refused() {
        for (name, text) in [
            ("bool", "maybe"),
            ("int2", "40000"),
            ("varchar(2)", "abc"),
            ("enum", "mauve"),
            ("date", "2023-02-29"),
            ("numeric(3,1)", "100"),
            ("numeric(3,1)", "1.25"),
            ("uuid", "42"),
            ("cidr", "10.0.0.1/8"),
            ("json", "{"),
            ("int4[]", "{x}"),
            ("int4[]", "{1,{2}}"),
        ] {
            assert!(encoded(text, name, Wire::Text).is_err(), "{name} {text}");
        }
    }

    #[test]
    fn a_type_without_known_bytes_is_written_as_text_only() {
        assert!(encoded("(1,2),(0,0)", "box", Wire::Text).is_ok());
        assert!(encoded("(1,2),(0,0)", "box", Wire::Binary).unwrap_err().contains("binary form"));
    }
}

//! Ranges and multiranges in both wire forms, bound by bound.
//!
//! Each bound is masked by itself. A mask that keeps order (one offset for both)
//! keeps the range's length; any other brings bounds out of order, and those are
//! swapped, so that every masked range is one, of a length that means nothing.
//! Which bounds are there and inclusive stays; where both come out equal PostgreSQL
//! makes an empty range of a half-open one, and masked ranges of a multirange that
//! meet it joins.

use super::array;
use crate::format::{Unreadable, Value, Wire};
use crate::schema::{DataType, Scalar};
use std::cmp::Ordering;

const MALFORMED: Unreadable = Unreadable("a malformed range");

// The first byte of the binary form, as `rangetypes.h` defines it.
const EMPTY: u8 = 0x01;
const NO_LOWER: u8 = 0x08;
const NO_UPPER: u8 = 0x10;

/// Masks a bound: appends the new value to its buffer.
pub(super) type Bound<'a> = dyn FnMut(&[u8], &mut Vec<u8>) -> Result<(), Unreadable> + 'a;

/// Whether bounds of this type can be put in order here.
pub(super) fn orders(data_type: &DataType) -> bool {
    data_type.is_integer()
        || matches!(
            data_type.scalar(),
            Some(
                Scalar::Numeric(_)
                    | Scalar::Float4
                    | Scalar::Float8
                    | Scalar::Date
                    | Scalar::Time
                    | Scalar::Timestamp
                    | Scalar::TimestampTz
                    | Scalar::Uuid
            )
        )
}

/// Masks the bounds of a range.
pub(super) fn map(
    raw: &[u8],
    subtype: &DataType,
    wire: Wire,
    out: &mut Vec<u8>,
    bound: &mut Bound<'_>,
) -> Result<(), Unreadable> {
    match wire {
        Wire::Binary => {
            let (flags, rest) = raw.split_first().ok_or(MALFORMED)?;
            out.push(*flags);
            let mut bounds = [None, None];
            let mut rest = rest;
            for (slot, missing) in bounds.iter_mut().zip([NO_LOWER, NO_UPPER]) {
                if flags & (EMPTY | missing) == 0 {
                    let (item, after) = array::take(rest)?;
                    *slot = Some(masked(item.ok_or(MALFORMED)?, bound)?);
                    rest = after;
                }
            }
            if !rest.is_empty() {
                return Err(MALFORMED);
            }
            order(&mut bounds, subtype, wire)?;
            bounds.iter().flatten().try_for_each(|bytes| array::put(Some(bytes), out))
        }
        Wire::Text => {
            let end = map_text(raw, subtype, out, bound)?;
            if end == raw.len() { Ok(()) } else { Err(MALFORMED) }
        }
    }
}

/// Masks the bounds of every range of a multirange.
pub(super) fn map_many(
    raw: &[u8],
    subtype: &DataType,
    wire: Wire,
    out: &mut Vec<u8>,
    bound: &mut Bound<'_>,
) -> Result<(), Unreadable> {
    match wire {
        Wire::Binary => {
            let count = array::int(raw, 0)?;
            out.extend_from_slice(raw.get(..4).unwrap_or_default());
            let mut rest = raw.get(4..).unwrap_or_default();
            for _ in 0..count {
                let (item, after) = array::take(rest)?;
                let mut range = Vec::new();
                map(item.ok_or(MALFORMED)?, subtype, wire, &mut range, bound)?;
                array::put(Some(&range), out)?;
                rest = after;
            }
            if rest.is_empty() { Ok(()) } else { Err(MALFORMED) }
        }
        Wire::Text => {
            let inner = raw.strip_prefix(b"{").and_then(|raw| raw.strip_suffix(b"}")).ok_or(MALFORMED)?;
            out.push(b'{');
            let mut rest = inner;
            while !rest.is_empty() {
                let end = map_text(rest, subtype, out, bound)?;
                rest = rest.get(end..).unwrap_or_default();
                if let Some(after) = rest.strip_prefix(b",") {
                    out.push(b',');
                    rest = after;
                } else if !rest.is_empty() {
                    return Err(MALFORMED);
                }
            }
            out.push(b'}');
            Ok(())
        }
    }
}

fn masked(raw: &[u8], bound: &mut Bound<'_>) -> Result<Vec<u8>, Unreadable> {
    let mut bytes = Vec::with_capacity(raw.len());
    bound(raw, &mut bytes)?;
    Ok(bytes)
}

fn order(bounds: &mut [Option<Vec<u8>>; 2], subtype: &DataType, wire: Wire) -> Result<(), Unreadable> {
    if let [Some(lower), Some(upper)] = bounds {
        let value = |raw| Value { raw, data_type: subtype, wire };
        if compare(value(lower.as_slice()), value(upper.as_slice()))? == Ordering::Greater {
            std::mem::swap(lower, upper);
        }
    }
    Ok(())
}

fn compare(left: Value<'_>, right: Value<'_>) -> Result<Ordering, Unreadable> {
    Ok(match left.data_type.scalar() {
        Some(Scalar::Date) => left.date()?.cmp(&right.date()?),
        Some(Scalar::Timestamp | Scalar::TimestampTz) => left.timestamp()?.cmp(&right.timestamp()?),
        Some(Scalar::Float4 | Scalar::Float8) => left.float()?.total_cmp(&right.float()?),
        Some(Scalar::Uuid) => left.uuid()?.cmp(&right.uuid()?),
        // Both forms of a time sort as their bytes do.
        Some(Scalar::Time) => left.raw.cmp(right.raw),
        _ => {
            let (left, right) = (left.decimal()?, right.decimal()?);
            let scale = left.scale.max(right.scale);
            let at = |number: crate::format::decimal::Decimal| {
                let power = 10_i128.checked_pow((scale - number.scale).into());
                power
                    .and_then(|power| number.unscaled.checked_mul(power))
                    .ok_or(Unreadable("more than 38 digits"))
            };
            at(left)?.cmp(&at(right)?)
        }
    })
}

/// Masks one range at the start of `raw` and gives how many bytes it took.
fn map_text(
    raw: &[u8],
    subtype: &DataType,
    out: &mut Vec<u8>,
    bound: &mut Bound<'_>,
) -> Result<usize, Unreadable> {
    if raw.starts_with(b"empty") {
        out.extend_from_slice(b"empty");
        return Ok(5);
    }
    let (open, rest) = raw.split_first().filter(|(b, _)| matches!(b, b'[' | b'(')).ok_or(MALFORMED)?;
    let (lower, rest) = read_bound(rest)?;
    let rest = rest.strip_prefix(b",").ok_or(MALFORMED)?;
    let (upper, rest) = read_bound(rest)?;
    let (close, rest) = rest.split_first().filter(|(b, _)| matches!(b, b']' | b')')).ok_or(MALFORMED)?;
    let mut bounds = [None, None];
    for (slot, read) in bounds.iter_mut().zip([lower, upper]) {
        *slot = read.map(|raw| masked(&raw, bound)).transpose()?;
    }
    order(&mut bounds, subtype, Wire::Text)?;
    out.push(*open);
    let [lower, upper] = bounds;
    write_bound(lower.as_deref(), out);
    out.push(b',');
    write_bound(upper.as_deref(), out);
    out.push(*close);
    Ok(raw.len() - rest.len())
}

fn read_bound(raw: &[u8]) -> Result<(Option<Vec<u8>>, &[u8]), Unreadable> {
    let (mut bytes, mut quoted, mut seen) = (Vec::new(), false, false);
    let mut rest = raw;
    while let Some((first, after)) = rest.split_first() {
        match first {
            b'\\' => {
                let (escaped, after) = after.split_first().ok_or(MALFORMED)?;
                bytes.push(*escaped);
                rest = after;
                continue;
            }
            b'"' if quoted && after.first() == Some(&b'"') => {
                bytes.push(b'"');
                rest = after.get(1..).unwrap_or_default();
                continue;
            }
            b'"' => (quoted, seen) = (!quoted, true),
            b',' | b')' | b']' if !quoted => break,
            other => bytes.push(*other),
        }
        rest = after;
    }
    if quoted {
        return Err(MALFORMED);
    }
    Ok(((seen || !bytes.is_empty()).then_some(bytes), rest))
}

fn write_bound(bound: Option<&[u8]>, out: &mut Vec<u8>) {
    let Some(bytes) = bound else { return };
    if bytes.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'+' | b':'))
        && !bytes.is_empty()
    {
        out.extend_from_slice(bytes);
        return;
    }
    out.push(b'"');
    for byte in bytes {
        if matches!(byte, b'"' | b'\\') {
            out.push(b'\\');
        }
        out.push(*byte);
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use crate::transform::fixture::Trial;

    const SHIFT: &str = r#"{ with = "date_shift", within = "300 days", by = "id" }"#;

    #[test]
    fn the_length_of_a_range_survives_one_offset_for_all() {
        let trial = Trial::of(SHIFT).on("daterange").sibling("id", "int4", Some(b"5"));
        let masked = trial.text("[2024-01-01,2024-01-31)");
        let days = |text: &str| crate::format::calendar::parse_date(text).unwrap();
        let (lower, upper) = masked[1..masked.len() - 1].split_once(',').unwrap();
        assert_eq!(days(upper) - days(lower), 30);
        assert!(masked.starts_with('[') && masked.ends_with(')'));
        assert_eq!(trial.text("empty"), "empty");
        assert!(trial.text("(,2024-01-31)").starts_with("(,"));
        assert!(trial.bind().unwrap().raw(b"[2024-01-01").is_err());
    }

    #[test]
    fn bounds_that_come_out_of_order_are_swapped() {
        let ready = Trial::of(r#"{ with = "integer", max = 999 }"#).on("int4range").bind().unwrap();
        for n in 1..900 {
            let masked = ready.text(&format!("[{n},{})", n + 7));
            let (lower, upper) = masked[1..masked.len() - 1].split_once(',').unwrap();
            assert!(lower.parse::<u32>().unwrap() < upper.parse().unwrap(), "{masked}");
        }
    }

    #[test]
    fn multiranges_are_masked_range_by_range() {
        let trial = Trial::of(SHIFT).on("datemultirange").sibling("id", "int4", Some(b"5"));
        let masked = trial.text("{[2024-01-01,2024-01-31),[2024-03-01,)}");
        assert_eq!(masked.matches('[').count(), 2, "{masked}");
        assert_eq!(trial.text("{}"), "{}");
    }
}

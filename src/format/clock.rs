//! Times of day and offsets from UTC: microseconds since midnight and their ISO form.

use std::io::Write as _;

/// Reads `23:59:59.5`, also with less or more than a day's hours; `24:00:00` is a
/// time of day in PostgreSQL.
#[must_use]
pub fn parse_clock(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut seconds = 0_i64;
    let mut parts = 0;
    for part in whole.split(':') {
        seconds = seconds.checked_mul(60)?.checked_add(number(part)?)?;
        parts += 1;
    }
    for _ in parts..3 {
        seconds = seconds.checked_mul(60)?;
    }
    if fraction.len() > 6 || parts > 3 {
        return None;
    }
    let mut micros = if fraction.is_empty() { 0 } else { number(fraction)? };
    for _ in fraction.len()..6 {
        micros *= 10;
    }
    seconds.checked_mul(1_000_000)?.checked_add(micros)
}

/// Reads `+01`, `-03:30`, `Z` or nothing: microseconds east of UTC.
#[must_use]
pub fn parse_zone(text: &str) -> Option<i64> {
    let sign = match text.chars().next() {
        None | Some('Z') => return Some(0),
        Some('-') => -1,
        Some(_) => 1,
    };
    Some(sign * parse_clock(text.get(1..)?)?)
}

/// Appends `04:05:06.789`; the hours of an interval may be more than a day's.
pub fn write_clock(micros: i64, out: &mut Vec<u8>) {
    if micros < 0 {
        out.push(b'-');
    }
    let (seconds, fraction) = (micros.unsigned_abs() / 1_000_000, micros.unsigned_abs() % 1_000_000);
    write_padded(seconds / 3600, 2, out);
    out.push(b':');
    write_padded(seconds / 60 % 60, 2, out);
    out.push(b':');
    write_padded(seconds % 60, 2, out);
    if fraction > 0 {
        out.push(b'.');
        write_padded(fraction, 6, out);
        while out.last() == Some(&b'0') {
            out.pop();
        }
    }
}

/// Appends a non-negative number with zeros before it.
pub(super) fn write_padded(number: u64, width: usize, out: &mut Vec<u8>) {
    let mut buffer = itoa::Buffer::new();
    let digits = buffer.format(number);
    out.extend(std::iter::repeat_n(b'0', width.saturating_sub(digits.len())));
    out.extend_from_slice(digits.as_bytes());
}

/// Appends `+01`, `-03:30`, `+05:30:15`, from seconds east of UTC.
pub fn write_zone(east: i32, out: &mut Vec<u8>) {
    let seconds = east.unsigned_abs();
    let _ = write!(out, "{}{:02}", if east < 0 { '-' } else { '+' }, seconds / 3600);
    if !seconds.is_multiple_of(3600) {
        let _ = write!(out, ":{:02}", seconds / 60 % 60);
    }
    if !seconds.is_multiple_of(60) {
        let _ = write!(out, ":{:02}", seconds % 60);
    }
}

/// A non-negative whole number of digits only.
pub(super) fn number(text: &str) -> Option<i64> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_survive_both_ways() {
        for text in ["00:00:00", "24:00:00", "04:05:06.789", "00:00:00.000001", "23:59:59.999999"] {
            let mut out = Vec::new();
            write_clock(parse_clock(text).unwrap(), &mut out);
            assert_eq!(out, text.as_bytes());
        }
        for bad in ["", "1:2:3:4", "a", "12:00:00.1234567", "9223372036854775807:00"] {
            assert_eq!(parse_clock(bad), None, "{bad}");
        }
    }

    #[test]
    fn zones_survive_both_ways() {
        for text in ["+00", "-03:30", "+05:30:15", "+15:59", "-15:59:59"] {
            let mut out = Vec::new();
            write_zone(i32::try_from(parse_zone(text).unwrap() / 1_000_000).unwrap(), &mut out);
            assert_eq!(out, text.as_bytes());
        }
    }
}

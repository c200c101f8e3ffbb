//! Dates and times: PostgreSQL's day and microsecond counts and their ISO form.
//!
//! PostgreSQL counts from 2000-01-01 in the proleptic Gregorian calendar, from
//! 4713 BC to 5874897 AD, with a year 1 BC and no year 0; the extreme numbers are
//! the infinities. No date library's range holds that, so the two conversions are
//! here (the era arithmetic is Howard Hinnant's, "chrono-compatible low-level
//! date algorithms", 2013).

/// Microseconds in a day.
pub const DAY: i64 = 86_400_000_000;

/// Days from 1970-01-01 to 2000-01-01.
const EPOCH: i64 = 10_957;

/// Year (astronomical: 0 is 1 BC), month and day of a day count since 2000-01-01.
#[must_use]
pub fn civil(days: i32) -> (i64, u8, u8) {
    let shifted = i64::from(days) + EPOCH + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, u8::try_from(month).unwrap_or(1), u8::try_from(day).unwrap_or(1))
}

/// The day count since 2000-01-01 of an astronomical year, month and day.
/// `None` where there is no such day or it is out of range.
#[must_use]
pub fn days(year: i64, month: u8, day: u8) -> Option<i32> {
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || year.abs() > 6_000_000 {
        return None;
    }
    let shifted_year = if month <= 2 { year - 1 } else { year };
    let era = shifted_year.div_euclid(400);
    let year_of_era = shifted_year.rem_euclid(400);
    let (month_i, day_i) = (i64::from(month), i64::from(day));
    let shifted_month = if month > 2 { month_i - 3 } else { month_i + 9 };
    let day_of_year = (153 * shifted_month + 2) / 5 + day_i - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let count = i32::try_from(era * 146_097 + day_of_era - 719_468 - EPOCH).ok()?;
    (civil(count) == (year, month, day)).then_some(count)
}

/// Reads `2024-02-29`, `0044-03-15 BC`, `infinity`, `-infinity`.
#[must_use]
pub fn parse_date(text: &str) -> Option<i32> {
    match text {
        "infinity" => return Some(i32::MAX),
        "-infinity" => return Some(i32::MIN),
        _ => {}
    }
    let (text, before_christ) = match text.strip_suffix(" BC") {
        Some(rest) => (rest, true),
        None => (text, false),
    };
    parse_day(text, before_christ)
}

fn parse_day(text: &str, before_christ: bool) -> Option<i32> {
    let mut parts = text.split('-');
    let year: i64 = number(parts.next()?)?;
    let month = u8::try_from(number(parts.next()?)?).ok()?;
    let day = u8::try_from(number(parts.next()?)?).ok()?;
    if parts.next().is_some() {
        return None;
    }
    days(if before_christ { 1 - year } else { year }, month, day)
}

/// Reads `2024-02-29 23:59:59.5`, with or without `+01`, `-03:30`, ` BC`.
#[must_use]
pub fn parse_timestamp(text: &str) -> Option<i64> {
    match text {
        "infinity" => return Some(i64::MAX),
        "-infinity" => return Some(i64::MIN),
        _ => {}
    }
    let (text, before_christ) = match text.strip_suffix(" BC") {
        Some(rest) => (rest, true),
        None => (text, false),
    };
    let (date, time) = text.split_once([' ', 'T'])?;
    let day = parse_day(date, before_christ)?;
    let zone_at = time.find(['+', '-', 'Z']).unwrap_or(time.len());
    let (clock, zone) = time.split_at_checked(zone_at)?;
    let micros = parse_clock(clock)? - parse_zone(zone)?;
    i64::from(day).checked_mul(DAY)?.checked_add(micros)
}

/// Microseconds since midnight of a time in ISO form.
#[must_use]
pub fn parse_clock(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut seconds = 0_i64;
    let mut parts = 0;
    for part in whole.split(':') {
        seconds = seconds * 60 + number(part)?;
        parts += 1;
    }
    for _ in parts..3 {
        seconds *= 60;
    }
    if fraction.len() > 6 || parts > 3 {
        return None;
    }
    let micros = if fraction.is_empty() { 0 } else { number(fraction)? };
    let micros = (fraction.len()..6).fold(micros, |micros, _| micros * 10);
    Some(seconds * 1_000_000 + micros)
}

fn parse_zone(text: &str) -> Option<i64> {
    let sign = match text.chars().next() {
        None | Some('Z') => return Some(0),
        Some('-') => -1,
        Some(_) => 1,
    };
    Some(sign * parse_clock(text.get(1..)?)?)
}

/// A non-negative whole number of digits only.
fn number(text: &str) -> Option<i64> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// Appends a date as `DateStyle` ISO prints it.
pub fn write_date(days: i32, out: &mut Vec<u8>) {
    match days {
        i32::MAX => out.extend_from_slice(b"infinity"),
        i32::MIN => out.extend_from_slice(b"-infinity"),
        _ => {
            let (year, month, day) = civil(days);
            write_day(if year > 0 { year } else { 1 - year }, month, day, out);
            if year <= 0 {
                out.extend_from_slice(b" BC");
            }
        }
    }
}

fn write_day(year: i64, month: u8, day: u8, out: &mut Vec<u8>) {
    write_padded(year, 4, out);
    out.push(b'-');
    write_padded(month.into(), 2, out);
    out.push(b'-');
    write_padded(day.into(), 2, out);
}

/// Appends a non-negative number with zeros before it.
fn write_padded(number: i64, width: usize, out: &mut Vec<u8>) {
    let mut buffer = itoa::Buffer::new();
    let digits = buffer.format(number);
    out.extend(std::iter::repeat_n(b'0', width.saturating_sub(digits.len())));
    out.extend_from_slice(digits.as_bytes());
}

/// Appends a timestamp as `DateStyle` ISO prints it, without a zone.
pub fn write_timestamp(micros: i64, out: &mut Vec<u8>) {
    match micros {
        i64::MAX => out.extend_from_slice(b"infinity"),
        i64::MIN => out.extend_from_slice(b"-infinity"),
        _ => {
            let (year, month, day) = civil(i32::try_from(micros.div_euclid(DAY)).unwrap_or(0));
            write_day(if year > 0 { year } else { 1 - year }, month, day, out);
            out.push(b' ');
            write_clock(micros.rem_euclid(DAY), out);
            if year <= 0 {
                out.extend_from_slice(b" BC");
            }
        }
    }
}

/// Appends microseconds since midnight as `12:34:56.789`.
pub fn write_clock(micros: i64, out: &mut Vec<u8>) {
    let (seconds, mut fraction) = (micros / 1_000_000, micros % 1_000_000);
    write_padded(seconds / 3600, 2, out);
    for part in [seconds / 60 % 60, seconds % 60] {
        out.push(b':');
        write_padded(part, 2, out);
    }
    if fraction > 0 {
        let mut width = 6;
        while fraction % 10 == 0 {
            (fraction, width) = (fraction / 10, width - 1);
        }
        out.push(b'.');
        write_padded(fraction, width, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(days: i32) -> String {
        let mut out = Vec::new();
        write_date(days, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn known_days_read_and_print() {
        for (text, count) in [
            ("2000-01-01", 0),
            ("1970-01-01", -10_957),
            ("2024-02-29", 8825),
            ("0001-01-01", -730_119),
            ("0001-12-31 BC", -730_120),
            ("infinity", i32::MAX),
            ("-infinity", i32::MIN),
        ] {
            assert_eq!(parse_date(text), Some(count), "{text}");
            assert_eq!(date(count), text);
        }
    }

    #[test]
    fn every_day_of_nine_centuries_survives() {
        for count in -200_000..130_000 {
            assert_eq!(parse_date(&date(count)), Some(count));
        }
    }

    #[test]
    fn days_that_are_not_are_refused() {
        for bad in ["2023-02-29", "2024-13-01", "2024-00-10", "24-1", "x", "2024-01-01-01", ""] {
            assert_eq!(parse_date(bad), None, "{bad}");
        }
    }

    #[test]
    fn timestamps_read_with_and_without_zone() {
        assert_eq!(parse_timestamp("2000-01-01 00:00:01"), Some(1_000_000));
        assert_eq!(parse_timestamp("2000-01-01 01:00:00+01"), Some(0));
        assert_eq!(parse_timestamp("1999-12-31 20:30:00.25-03:30"), Some(250_000));
        let mut out = Vec::new();
        write_timestamp(-1, &mut out);
        assert_eq!(out, b"1999-12-31 23:59:59.999999");
    }

    #[test]
    fn a_timestamp_before_christ_survives() {
        let text = "0044-03-15 12:00:00 BC";
        let mut out = Vec::new();
        write_timestamp(parse_timestamp(text).unwrap(), &mut out);
        assert_eq!(out, text.as_bytes());
    }
}

//! Dates and times: PostgreSQL's day and microsecond counts and their ISO form.
//!
//! PostgreSQL counts from 2000-01-01 in the proleptic Gregorian calendar, from
//! 4714 BC to 5874897 AD, with a year 1 BC and no year 0; the extreme numbers are
//! the infinities. No date library's range holds that, so the two conversions are
//! here (the era arithmetic is Howard Hinnant's, "chrono-compatible low-level
//! date algorithms", 2013).

use super::clock::{number, parse_clock, parse_zone, write_clock, write_padded};

/// The first and last day of a `date`: 4714-11-24 BC and 5874897-12-31
/// (`datatype/timestamp.h`).
pub const DAYS: (i32, i32) = (-2_451_545, 2_145_031_948);

/// The first and last microsecond of a timestamp; the last year is 294276.
pub const MICROS: (i64, i64) = (-211_813_488_000_000_000, 9_223_371_331_199_999_999);

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
    match text.strip_suffix(" BC") {
        Some(rest) => parse_day(rest, true),
        None => parse_day(text, false),
    }
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
    let micros = parse_clock(clock)?.checked_sub(parse_zone(zone)?)?;
    i64::from(day).checked_mul(DAY)?.checked_add(micros)
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
    write_padded(year.unsigned_abs(), 4, out);
    out.push(b'-');
    write_padded(month.into(), 2, out);
    out.push(b'-');
    write_padded(day.into(), 2, out);
}

/// Appends a timestamp as `DateStyle` ISO prints it, without a zone.
pub fn write_timestamp(micros: i64, out: &mut Vec<u8>) {
    match micros {
        i64::MAX => out.extend_from_slice(b"infinity"),
        i64::MIN => out.extend_from_slice(b"-infinity"),
        _ => {
            let start = out.len();
            write_date(i32::try_from(micros.div_euclid(DAY)).unwrap_or(0), out);
            let before_christ = out.get(start..).is_some_and(|date| date.ends_with(b" BC"));
            if before_christ {
                out.truncate(out.len() - 3);
            }
            out.push(b' ');
            write_clock(micros.rem_euclid(DAY), out);
            if before_christ {
                out.extend_from_slice(b" BC");
            }
        }
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

    #[test]
    fn a_clock_and_a_zone_beyond_all_time_are_no_timestamp() {
        let hours = "2562047788:00:00";
        assert_eq!(parse_timestamp(&format!("2000-01-01 {hours}-{hours}")), None);
        assert_eq!(parse_timestamp(&format!("2000-01-01 {hours}+{hours}")), Some(0));
    }
}

//! Intervals: months, days and microseconds, which PostgreSQL keeps apart.
//!
//! The text form is that of `IntervalStyle` postgres, which every session of ours
//! sets. PostgreSQL compares intervals with months of 30 days and days of 24
//! hours, so `1 mon`, `30 days` and `720:00:00` are equal: [`Interval::span`].

use super::calendar::DAY;
use super::clock::{parse_clock, write_clock};
use std::io::Write as _;

/// A length of time. The infinities of PostgreSQL 17 have every part at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// Months; a year is twelve.
    pub months: i32,
    /// Days.
    pub days: i32,
    /// Microseconds.
    pub micros: i64,
}

const MONTH: i64 = 30 * DAY;

/// What a unit is in months, days and microseconds; the plural too.
const UNITS: &[(&str, i64, i64, i64)] = &[
    ("year", 12, 0, 0),
    ("mon", 1, 0, 0),
    ("month", 1, 0, 0),
    ("week", 0, 7, 0),
    ("day", 0, 1, 0),
    ("hour", 0, 0, 3_600_000_000),
    ("min", 0, 0, 60_000_000),
    ("minute", 0, 0, 60_000_000),
    ("sec", 0, 0, 1_000_000),
    ("second", 0, 0, 1_000_000),
];

impl Interval {
    const FOREVER: Self = Self { months: i32::MAX, days: i32::MAX, micros: i64::MAX };
    const NEVER: Self = Self { months: i32::MIN, days: i32::MIN, micros: i64::MIN };

    /// Whether it is none of the infinities.
    #[must_use]
    pub fn is_finite(self) -> bool {
        self != Self::FOREVER && self != Self::NEVER
    }

    /// Its length in microseconds, as PostgreSQL compares intervals.
    #[must_use]
    pub fn span(self) -> i128 {
        i128::from(self.months) * i128::from(MONTH)
            + i128::from(self.days) * i128::from(DAY)
            + i128::from(self.micros)
    }

    /// The longest span that [`Interval::with_span`] can give the parts of this one.
    #[must_use]
    pub fn longest(self) -> i128 {
        let unit = if self.months != 0 {
            MONTH
        } else if self.days != 0 {
            DAY
        } else {
            return i128::from(i64::MAX) - 1;
        };
        i128::from(unit) * i128::from(i32::MAX - 1)
    }

    /// Another span in the parts this one has: months where it has months, days
    /// where it has either, and the rest in microseconds. Spans that fit no part end
    /// at its limit.
    #[must_use]
    pub fn with_span(self, span: i128) -> Self {
        let mut rest = span;
        let mut take = |unit: i64, wanted: bool| {
            let most = i128::from(i32::MAX - 1);
            let count = if wanted { (rest / i128::from(unit)).clamp(-most, most) } else { 0 };
            rest -= count * i128::from(unit);
            i32::try_from(count).unwrap_or(0)
        };
        let months = take(MONTH, self.months != 0);
        let days = take(DAY, self.months != 0 || self.days != 0);
        let most = i128::from(i64::MAX) - 1;
        Self { months, days, micros: i64::try_from(rest.clamp(-most, most)).unwrap_or(0) }
    }

    /// Reads `interval_send`'s form.
    #[must_use]
    pub fn from_binary(raw: &[u8]) -> Option<Self> {
        let (micros, rest) = raw.split_first_chunk::<8>()?;
        let (days, rest) = rest.split_first_chunk::<4>()?;
        let months = <[u8; 4]>::try_from(rest).ok()?;
        Some(Self {
            months: i32::from_be_bytes(months),
            days: i32::from_be_bytes(*days),
            micros: i64::from_be_bytes(*micros),
        })
    }

    /// Reads `1 year 2 mons -3 days +04:05:06.789`, and units of hours and less.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "infinity" => return Some(Self::FOREVER),
            "-infinity" => return Some(Self::NEVER),
            _ => {}
        }
        let (mut months, mut days, mut micros) = (0_i64, 0_i64, 0_i64);
        let mut words = text.split_ascii_whitespace().peekable();
        words.peek()?;
        while let Some(word) = words.next() {
            if word.contains(':') {
                let plain = word.trim_start_matches(['+', '-']);
                let clock = parse_clock(plain)?;
                micros = micros.checked_add(if word.starts_with('-') { -clock } else { clock })?;
                continue;
            }
            let count: i64 = word.parse().ok()?;
            let unit = words.next()?;
            let unit = unit.strip_suffix('s').unwrap_or(unit);
            let (_, of_months, of_days, of_micros) = UNITS.iter().find(|(name, ..)| *name == unit)?;
            months = months.checked_add(count.checked_mul(*of_months)?)?;
            days = days.checked_add(count.checked_mul(*of_days)?)?;
            micros = micros.checked_add(count.checked_mul(*of_micros)?)?;
        }
        Some(Self { months: i32::try_from(months).ok()?, days: i32::try_from(days).ok()?, micros })
    }

    /// Appends `interval_recv`'s form.
    pub fn write_binary(self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.micros.to_be_bytes());
        out.extend_from_slice(&self.days.to_be_bytes());
        out.extend_from_slice(&self.months.to_be_bytes());
    }

    /// Appends it so that PostgreSQL reads it back, whatever its signs.
    pub fn write(self, out: &mut Vec<u8>) {
        if self == Self::FOREVER || self == Self::NEVER {
            let text: &[u8] = if self == Self::FOREVER { b"infinity" } else { b"-infinity" };
            out.extend_from_slice(text);
            return;
        }
        let start = out.len();
        for (count, one, many) in [
            (self.months / 12, "year", "years"),
            (self.months % 12, "mon", "mons"),
            (self.days, "day", "days"),
        ] {
            if count != 0 {
                // A vector takes whatever is written to it.
                let _ = write!(out, "{count} {} ", if count == 1 { one } else { many });
            }
        }
        if self.micros != 0 || out.len() == start {
            write_clock(self.micros, out);
        } else {
            out.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_postgresql_prints_survives_both_forms() {
        for text in [
            "00:00:00",
            "1 year 2 mons 3 days 04:05:06.789",
            "-1 years -2 mons 3 days -04:05:06",
            "1 mon",
            "2562047788:00:54.775807",
            "infinity",
            "-infinity",
        ] {
            let interval = Interval::parse(text).unwrap();
            let (mut wire, mut shown) = (Vec::new(), Vec::new());
            interval.write_binary(&mut wire);
            assert_eq!(Interval::from_binary(&wire), Some(interval));
            interval.write(&mut shown);
            assert_eq!(String::from_utf8(shown).unwrap(), text);
        }
        // A plus sign after a negative part.
        assert_eq!(Interval::parse("-1 mons +04:00:00"), Interval::parse("-1 mons 4 hours"));
    }

    #[test]
    fn nonsense_is_refused() {
        for bad in ["", "days", "3", "3 fortnights", "x:y", "99999999999 years"] {
            assert_eq!(Interval::parse(bad), None, "{bad}");
        }
        assert_eq!(Interval::from_binary(&[0; 15]), None);
    }

    #[test]
    fn a_span_goes_back_into_the_parts_it_had() {
        let span = Interval::parse("40 days 01:00:00").unwrap().span();
        for (like, text) in
            [("1 mon", "1 mon 10 days 01:00:00"), ("1 day", "40 days 01:00:00"), ("00:00:01", "961:00:00")]
        {
            let spread = Interval::parse(like).unwrap().with_span(span);
            assert_eq!(Some(spread), Interval::parse(text));
            assert_eq!(spread.span(), span);
        }
    }

    #[test]
    fn the_longest_span_still_fits() {
        for like in ["1 mon", "-1 days", "00:00:01"] {
            let like = Interval::parse(like).unwrap();
            for span in [like.longest(), -like.longest()] {
                assert_eq!(like.with_span(span).span(), span);
            }
        }
    }
}

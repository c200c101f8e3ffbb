//! Units of the calendar that dates and times are cut to: `"month"`, `"15 minutes"`.

use crate::diagnostic::nearest;
use crate::format::calendar::{self, DAY, DAYS, MICROS};

/// A unit, or several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Period {
    /// Months, counted from the year 0; a year is twelve.
    Months(i64),
    /// Weeks, which begin on Mondays, counted from 2000-01-03.
    Weeks(i64),
    /// Microseconds, counted from 2000-01-01, or from midnight for times of day.
    Micros(i64),
}

/// The units with their months, or their microseconds.
const UNITS: &[(&str, Period)] = &[
    ("decade", Period::Months(120)),
    ("year", Period::Months(12)),
    ("quarter", Period::Months(3)),
    ("month", Period::Months(1)),
    ("week", Period::Weeks(1)),
    ("day", Period::Micros(DAY)),
    ("hour", Period::Micros(3_600_000_000)),
    ("minute", Period::Micros(60_000_000)),
    ("second", Period::Micros(1_000_000)),
];

impl Period {
    /// Reads `"year"`, `"5 years"`; else what to write instead.
    pub(super) fn parse(written: &str) -> Result<Self, String> {
        let names = || UNITS.iter().map(|(name, _)| *name);
        let (count, unit) = match written.split_once(' ') {
            Some((count, unit)) => (count.parse().unwrap_or(0), unit.trim()),
            None => (1_i64, written),
        };
        let singular = unit.strip_suffix('s').unwrap_or(unit);
        let Some((_, period)) = UNITS.iter().find(|(name, _)| *name == singular) else {
            let near = nearest(singular, names());
            let all = names().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
            return Err(match near {
                Some(near) => format!("did you mean \"{near}\"? The units are {all}"),
                None => format!("the units are {all}, also several: \"5 years\""),
            });
        };
        let times = |each: i64| each.checked_mul(count).filter(|n| *n > 0);
        let many = match period {
            Self::Months(n) => times(*n).filter(|n| *n <= 120_000).map(Self::Months),
            Self::Weeks(n) => times(*n).filter(|n| *n <= 520_000).map(Self::Weeks),
            Self::Micros(n) => times(*n).map(Self::Micros),
        };
        many.ok_or_else(|| format!("write a whole number of {singular}s, 1 or more"))
    }

    /// Whether it is a whole number of days.
    pub(super) fn is_days(self) -> bool {
        !matches!(self, Self::Micros(micros) if micros % DAY != 0)
    }

    /// Whether it fits into a day, for times of day.
    pub(super) fn is_in_day(self) -> bool {
        matches!(self, Self::Micros(micros) if micros < DAY)
    }

    /// The first day of the period that `day` lies in.
    pub(super) fn cut_day(self, day: i32) -> i32 {
        let start = match self {
            Self::Months(count) => {
                let (year, month, _) = calendar::civil(day);
                let months = (year * 12 + i64::from(month) - 1).div_euclid(count) * count;
                let month = u8::try_from(months.rem_euclid(12) + 1).unwrap_or(1);
                calendar::days(months.div_euclid(12), month, 1).map_or(DAYS.0.into(), i64::from)
            }
            // 2000-01-03 was a Monday.
            Self::Weeks(count) => (i64::from(day) - 2).div_euclid(7 * count) * 7 * count + 2,
            Self::Micros(micros) => {
                let days = (micros / DAY).max(1);
                i64::from(day).div_euclid(days) * days
            }
        };
        i32::try_from(start).map_or(DAYS.0, |start| start.max(DAYS.0))
    }

    /// The first microsecond of the period that `micros` lies in.
    pub(super) fn cut(self, micros: i64) -> i64 {
        let start = match self {
            Self::Micros(unit) => micros.div_euclid(unit).saturating_mul(unit),
            _ => i32::try_from(micros.div_euclid(DAY))
                .map_or(MICROS.0, |day| i64::from(self.cut_day(day)) * DAY),
        };
        start.max(MICROS.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::calendar::{parse_date, parse_timestamp, write_date, write_timestamp};

    fn day(unit: &str, text: &str) -> String {
        let mut out = Vec::new();
        write_date(Period::parse(unit).unwrap().cut_day(parse_date(text).unwrap()), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn days_are_cut_as_date_trunc_cuts_them() {
        for (unit, text, first) in [
            ("year", "1984-02-29", "1984-01-01"),
            ("quarter", "1984-06-30", "1984-04-01"),
            ("month", "1984-02-29", "1984-02-01"),
            ("week", "2024-01-07", "2024-01-01"),
            ("week", "1999-12-31", "1999-12-27"),
            ("day", "1984-02-29", "1984-02-29"),
            ("decade", "1984-02-29", "1980-01-01"),
            ("5 years", "1984-02-29", "1980-01-01"),
            ("year", "0044-03-15 BC", "0044-01-01 BC"),
            ("month", "0001-12-31 BC", "0001-12-01 BC"),
            ("year", "4714-11-24 BC", "4714-11-24 BC"),
            ("week", "4714-11-24 BC", "4714-11-24 BC"),
        ] {
            assert_eq!(day(unit, text), first, "{unit} of {text}");
        }
    }

    #[test]
    fn moments_are_cut_within_the_day() {
        for (unit, text, first) in [
            ("hour", "1984-02-29 13:14:15.5", "1984-02-29 13:00:00"),
            ("15 minutes", "1999-12-31 23:59:59", "1999-12-31 23:45:00"),
            ("second", "1984-02-29 13:14:15.5", "1984-02-29 13:14:15"),
            ("month", "1984-02-29 13:14:15.5", "1984-02-01 00:00:00"),
            ("year", "4714-12-01 12:00:00 BC", "4714-11-24 00:00:00 BC"),
        ] {
            let mut out = Vec::new();
            write_timestamp(Period::parse(unit).unwrap().cut(parse_timestamp(text).unwrap()), &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), first, "{unit} of {text}");
        }
    }

    #[test]
    fn nonsense_names_the_units() {
        assert!(Period::parse("yaer").unwrap_err().contains("did you mean \"year\""));
        for bad in ["", "0 years", "-1 days", "x days", "9999999999999 years", "9999999999999999 weeks"] {
            assert!(Period::parse(bad).is_err(), "{bad}");
        }
    }
}

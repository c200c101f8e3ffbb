//! Durations in words: `"30 days"`, `"1 day 12 hours"`.

/// The units a duration may be written in, with their microseconds. Months and
/// years are left out because their length depends on the date.
const UNITS: &[(&str, i64)] = &[
    ("millisecond", 1_000),
    ("second", 1_000_000),
    ("minute", 60_000_000),
    ("hour", 3_600_000_000),
    ("day", 86_400_000_000),
    ("week", 604_800_000_000),
];

/// Reads a duration as microseconds.
///
/// # Errors
/// What to write instead.
pub fn parse(written: &str) -> Result<i64, String> {
    const FORM: &str = "write a number and a unit: `\"30 days\"`, `\"12 hours\"`, `\"2 weeks\"`";
    let mut words = written.split_whitespace();
    let mut total: Option<i64> = None;
    while let Some(number) = words.next() {
        let number: i64 = number.parse().ok().filter(|n| *n >= 0).ok_or(FORM)?;
        let unit = words.next().ok_or(FORM)?;
        let singular = unit.strip_suffix('s').unwrap_or(unit);
        if matches!(singular, "month" | "year") {
            return Err(format!("`{unit}` differ in length; write days or weeks"));
        }
        let (_, micros) = UNITS.iter().find(|(name, _)| *name == singular).ok_or_else(|| {
            let names: Vec<_> = UNITS.iter().map(|(name, _)| format!("{name}s")).collect();
            format!("`{unit}` is no unit; the units are {}", names.join(", "))
        })?;
        let part = number.checked_mul(*micros).ok_or("the duration is too long")?;
        total = Some(total.unwrap_or(0).checked_add(part).ok_or("the duration is too long")?);
    }
    total.ok_or_else(|| FORM.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_add_up() {
        assert_eq!(parse("30 days"), Ok(30 * 86_400_000_000));
        assert_eq!(parse("1 day 12 hours"), Ok(36 * 3_600_000_000));
        assert_eq!(parse("2 weeks"), parse("14 days"));
    }

    #[test]
    fn a_month_is_refused_because_months_differ() {
        assert!(parse("2 months").unwrap_err().contains("write days"));
    }

    #[test]
    fn nonsense_and_overflow_are_refused() {
        for written in ["", "days", "30", "-1 days", "3 fortnights", "9999999999999 weeks"] {
            assert!(parse(written).is_err(), "{written}");
        }
    }
}

//! Spans of time as an operator writes them: a number and a unit.

use super::mistake::Takes;
use std::time::Duration;

/// Reads `5s`, `500ms`, `10m`, `4h`, `2d`.
pub(super) fn duration(text: &str) -> Result<Duration, Takes> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let wrong = || Takes("a time is a number and a unit: 500ms, 5s, 10m, 4h, 2d".to_owned());
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let seconds = match unit.trim() {
        "ms" => return Ok(Duration::from_millis(number)),
        "s" | "" => 1,
        "m" | "min" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return Err(wrong()),
    };
    number.checked_mul(seconds).map(Duration::from_secs).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units_and_nonsense_is_refused() {
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("4h"), Ok(Duration::from_hours(4)));
        for bad in ["", "h", "5 parsecs", "-1s", "99999999999999999999s"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }
}

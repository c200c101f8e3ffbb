//! The ends of what `digits` makes of numbers. It keeps their sign, their scale and how many digits they have,
//! so a range without holes that the smallest and the largest number of a length hold is held by all of that length.

use crate::schema::{DataType, Scalar};
use std::collections::BTreeSet;

/// More digits than a number that somebody counts by has.
const LONGEST: usize = 36;

/// Digits before the point of a `numeric` without a precision.
const USUAL: usize = 20;

/// Digits behind it, at least.
const SHORT: usize = 2;

/// The numbers of one sign, with so many digits before their point.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Length {
    digits: usize,
    negative: bool,
}

/// The smallest and the largest number of each length that a type has.
pub(crate) struct Edges {
    lengths: Vec<Length>,
    /// Of each length two, one after the other.
    pub(crate) numbers: Vec<String>,
}

impl Edges {
    /// `None` for a type that does not write its numbers in digits. `values` are some of its numbers.
    pub(crate) fn of<'v>(data_type: &DataType, values: impl Iterator<Item = &'v str>) -> Option<Self> {
        let (longest, scale, limit) = match data_type.scalar()? {
            Scalar::Int2 => (5, 0, i16::MAX.unsigned_abs().into()),
            Scalar::Int4 => (10, 0, i32::MAX.unsigned_abs().into()),
            Scalar::Int8 => (19, 0, i64::MAX.unsigned_abs().into()),
            Scalar::Numeric(Some((precision, scale)))
                if scale < 0 || i32::from(scale) > i32::from(precision) =>
            {
                return None;
            }
            Scalar::Numeric(Some((precision, scale))) => {
                let before = i32::from(precision) - i32::from(scale);
                (usize::try_from(before).unwrap_or(0), usize::try_from(scale).unwrap_or(0), u128::MAX)
            }
            Scalar::Numeric(None) => {
                let scale = |value: &str| value.split_once('.').map_or(0, |(_, fraction)| fraction.len());
                (USUAL, values.map(scale).max().unwrap_or(0).max(SHORT), u128::MAX)
            }
            _ => return None,
        };
        let scale = scale.min(LONGEST);
        let (mut lengths, mut numbers) = (Vec::new(), Vec::new());
        for digits in 0..=longest.min(LONGEST - scale) {
            let power = |places: usize| 10_u128.saturating_pow(u32::try_from(places).unwrap_or(u32::MAX));
            let least = if digits == 0 { u128::from(scale > 0) } else { power(digits - 1 + scale) };
            for negative in [false, true] {
                lengths.push(Length { digits, negative });
                // A type has one more below nought than above.
                let most = (power(digits + scale) - 1).min(limit.saturating_add(u128::from(negative)));
                numbers.extend([least, most].map(|number| written(number, scale, negative)));
            }
        }
        Some(Self { lengths, numbers })
    }

    /// Whether every number of the type that holds a range is given one that holds it: `holds` tells for each of
    /// these numbers whether it does, `values` are some that occur. Of a length that does not occur neither end
    /// may hold the range; where one alone does, a number of that length may come and be sent beyond it.
    pub(crate) fn hold<'v>(&self, holds: &[bool], values: impl Iterator<Item = &'v str>) -> bool {
        // Nought stays as it is.
        let values = values.filter(|value| value.contains(|c: char| matches!(c, '1'..='9')));
        let occurring: BTreeSet<Length> = values.map(length).collect();
        holds.len() == self.numbers.len()
            && self.lengths.iter().zip(holds.chunks(2)).all(|(length, ends)| match ends {
                [true, true] => true,
                [false, false] => !occurring.contains(length),
                _ => false,
            })
    }
}

/// How long a number is, as the server writes it.
fn length(value: &str) -> Length {
    let (whole, _) = value.split_once('.').unwrap_or((value, ""));
    let digits = whole.trim_start_matches(['-', '0']).len();
    Length { digits, negative: value.starts_with('-') }
}

fn written(number: u128, scale: usize, negative: bool) -> String {
    let sign = if negative { "-" } else { "" };
    let digits = format!("{number:0>width$}", width = scale + 1);
    match digits.split_at_checked(digits.len() - scale) {
        Some((whole, fraction)) if scale > 0 => format!("{sign}{whole}.{fraction}"),
        _ => format!("{sign}{digits}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Scalar = Scalar::Int2;
    const WHOLE: Scalar = Scalar::Int4;

    fn edges(scalar: Scalar) -> Edges {
        Edges::of(&DataType::scalar_of("n", scalar), ["12.5"].into_iter()).unwrap()
    }

    #[test]
    fn every_length_has_its_smallest_and_its_largest() {
        assert_eq!(edges(SMALL).numbers[2 * 2..][..8], ["1", "9", "-1", "-9", "10", "99", "-10", "-99"]);
        assert_eq!(edges(SMALL).numbers[20..22], ["10000", "32767"]);
        assert_eq!(
            edges(Scalar::Numeric(Some((4, 2)))).numbers[..6],
            ["0.01", "0.99", "-0.01", "-0.99", "1.00", "9.99"]
        );
        assert_eq!(edges(Scalar::Numeric(None)).numbers[4..6], ["1.00", "9.99"]);
    }

    #[test]
    fn a_range_holds_where_it_ends_at_no_length_s_middle() {
        let holds = |scalar: Scalar, from: f64, to: f64, seen: &[&str]| {
            let edges = edges(scalar);
            let held: Vec<_> = edges
                .numbers
                .iter()
                .map(|number| number.parse::<f64>().unwrap())
                .map(|number| number >= from && number <= to)
                .collect();
            edges.hold(&held, seen.iter().copied())
        };
        assert!(holds(WHOLE, 1000.0, 9999.0, &["1234", "5678"]));
        assert!(holds(WHOLE, 1.0, 1e12, &["7"]));
        assert!(!holds(WHOLE, 1.0, 200.0, &["7"]), "200 may become 999");
        assert!(!holds(Scalar::Numeric(Some((5, 2))), 6.5, 99.99, &["7.00"]));
        assert!(!holds(WHOLE, 20.0, 80.0, &["50"]), "both ends of its own length are beyond");
        assert!(!holds(WHOLE, 1001.0, 9998.0, &["2500"]));
        assert!(!holds(Scalar::Numeric(None), 0.5, 1e9, &["7"]), "0.7 may become 0.1");
        assert!(!holds(Scalar::Numeric(Some((8, 2))), 5.0, 1e9, &["7.00"]));
        assert!(holds(Scalar::Numeric(Some((8, 2))), 0.0, 1e9, &["0.00", "7.00"]));
        assert!(!holds(Scalar::Int2, -32767.0, 32767.0, &["7"]));
        assert!(!holds(WHOLE, -5.0, 9999.0, &["3"]));
    }
}

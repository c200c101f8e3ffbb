//! Drawing from a range: what a digest becomes for transformers of numbers and times.
//!
//! A draw takes the digest as a share of the range, so equal digests give shares
//! that are equal up to rounding, however fine the scale.

use crate::format::calendar::DAY;
use crate::secret::Digest;

/// Steps of times, each a whole number of the next; the last is a microsecond.
const STEPS: [i64; 10] = [DAY, 3_600_000_000, 60_000_000, 1_000_000, 100_000, 10_000, 1000, 100, 10, 1];

/// The largest step of at most `most` microseconds that `micros` is a whole number of:
/// what a moved time may be rounded to without showing more digits than it had.
pub(super) fn step_of(micros: i128, most: i128) -> i128 {
    let steps = STEPS.iter().map(|step| i128::from(*step));
    steps.into_iter().find(|step| *step <= most && micros % step == 0).unwrap_or(1)
}

/// A number from the first of `ends` to the second, at most `most` away from
/// `value` and whole `step`s away, and never `value` where there is another. Where
/// `value` is too far outside, the nearer end.
pub(super) fn draw_near(digest: &Digest, value: i128, most: i128, step: i128, ends: (i128, i128)) -> i128 {
    let (least, greatest) = ends;
    let from = least.max(value.saturating_sub(most));
    let to = greatest.min(value.saturating_add(most));
    let (Some(down), Some(up)) = (from.checked_sub(value), to.checked_sub(value)) else { return value };
    let (lowest, highest) = (-(-down).div_euclid(step), up.div_euclid(step));
    if lowest > highest {
        return value.max(least).min(greatest);
    }
    let here = lowest <= 0 && highest >= 0;
    let count = highest.abs_diff(lowest) + u128::from(!here);
    let drawn = i128::try_from(wide_scale(digest, count)).unwrap_or(0);
    let steps = if here && count > 0 && lowest + drawn >= 0 { lowest + drawn + 1 } else { lowest + drawn };
    value + if count == 0 { 0 } else { steps * step }
}

/// Any number from `least` to `greatest`.
pub(super) fn draw_between(digest: &Digest, least: i128, greatest: i128) -> i128 {
    let drawn = wide_scale(digest, greatest.abs_diff(least).saturating_add(1));
    least + i128::try_from(drawn).unwrap_or(0)
}

/// At least 0 and below 1, from the first 8 of `bytes`.
pub(super) fn fraction(bytes: &[u8]) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "53 bits are what the type holds")]
    let drawn = crate::secret::scale(bytes, 1 << 53) as f64;
    drawn / 2_f64.powi(53)
}

/// The high half of the product of the digest's first 16 bytes and `size`.
fn wide_scale(digest: &Digest, size: u128) -> u128 {
    const LOW: u128 = u64::MAX as u128;
    let word = digest.first_chunk::<16>().map_or(0, |bytes| u128::from_be_bytes(*bytes));
    let (high, low) = (word >> 64, word & LOW);
    let (size_high, size_low) = (size >> 64, size & LOW);
    let first = high * size_low + ((low * size_low) >> 64);
    let second = low * size_high + (first & LOW);
    high * size_high + (first >> 64) + (second >> 64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn digest(n: u16) -> Digest {
        let mut digest = [0; 32];
        digest[..2].copy_from_slice(&n.to_be_bytes());
        digest[2] = 0x80;
        digest
    }

    #[test]
    fn every_neighbour_is_drawn_and_the_value_itself_never() {
        let drawn: HashSet<_> =
            (0..=u16::MAX).step_by(7).map(|n| draw_near(&digest(n), 10, 3, 1, (0, 100))).collect();
        assert_eq!(drawn, HashSet::from([7, 8, 9, 11, 12, 13]));
    }

    #[test]
    fn the_ends_hold_and_steps_are_kept() {
        let all = |value, most, step, ends| -> HashSet<i128> {
            (0..=u16::MAX).step_by(7).map(|n| draw_near(&digest(n), value, most, step, ends)).collect()
        };
        assert_eq!(all(10, 3, 1, (10, 11)), HashSet::from([11]));
        assert_eq!(all(10, 3, 1, (12, 90)), HashSet::from([12, 13]));
        assert_eq!(all(10, 3, 1, (50, 90)), HashSet::from([50]));
        assert_eq!(all(10, 3, 1, (10, 10)), HashSet::from([10]));
        assert_eq!(all(10, 0, 1, (0, 90)), HashSet::from([10]));
        assert_eq!(all(100, 25, 10, (0, 115)), HashSet::from([80, 90, 110]));
        assert!(all(i128::MAX, i128::MAX, 1, (i128::MIN + 1, i128::MAX)).len() > 100);
    }

    #[test]
    fn a_range_is_covered_from_end_to_end() {
        let drawn: HashSet<_> = (0..=u16::MAX).map(|n| draw_between(&digest(n), -2, 2)).collect();
        assert_eq!(drawn, HashSet::from([-2, -1, 0, 1, 2]));
        assert_eq!(wide_scale(&[0xff; 32], 10_u128.pow(38)), 10_u128.pow(38) - 1);
        assert!(fraction(&[0xff; 8]) < 1.0);
    }

    #[test]
    fn a_step_is_the_coarsest_the_value_shows() {
        let day = i128::from(DAY);
        assert_eq!(step_of(3 * day, 10 * day), day);
        assert_eq!(step_of(3 * day, day / 2), 3_600_000_000);
        assert_eq!(step_of(1_500_000, day), 100_000);
        assert_eq!(step_of(1, day), 1);
        assert_eq!(step_of(-day, day), day);
    }
}

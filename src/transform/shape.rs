//! Permuting the characters of a text in place: same length, same shape.
//!
//! Which characters move, and among which others, is said by a spot per
//! character; as long as the same spots are said for the output, the mapping is
//! one to one. Where only some texts of a shape will do, the permutation is
//! walked until one comes (cycle walking): still one to one, because the walk
//! from an acceptable text ends at the latest where it began.

use super::alphabet::Spot;
use crate::secret::MixedRadix;

/// Appends `text` with its hexadecimal digits replaced by those of `bits`, of which the
/// first is the highest of `width`: what is no digit stays.
pub(super) fn write_hex(text: &str, bits: u128, width: u32, upper: bool, out: &mut Vec<u8>) {
    let mut shift = width;
    for byte in text.bytes() {
        out.push(if byte.is_ascii_hexdigit() {
            shift -= 4;
            let digit = u32::try_from(bits >> shift & 15).unwrap_or(0);
            let letter = char::from_digit(digit, 16).unwrap_or('0');
            let letter = if upper { letter.to_ascii_uppercase() } else { letter };
            u8::try_from(letter).unwrap_or(b'0')
        } else {
            byte
        });
    }
}

/// Walks are short wherever a fair share of the shape is acceptable.
pub(super) const LONGEST_WALK: u32 = 1 << 20;

/// Appends `text` with the characters that have a spot permuted. `accept` must
/// hold for `text` itself wherever outputs must be distinct.
pub(super) fn permute(
    cipher: &MixedRadix,
    text: &str,
    tweak: u64,
    out: &mut Vec<u8>,
    spot: impl Fn(usize, char) -> Option<Spot>,
    accept: impl Fn(&str) -> bool,
) {
    // No character gives more digits than it has bytes.
    let (mut small, mut large) = ([0_u8; 128], Vec::new());
    let (mut small_radixes, mut large_radixes) = ([0_u8; 128], Vec::new());
    let (digits, radixes) = if text.len() <= small.len() {
        (small.as_mut_slice(), small_radixes.as_mut_slice())
    } else {
        large.resize(text.len(), 0);
        large_radixes.resize(text.len(), 0);
        (large.as_mut_slice(), large_radixes.as_mut_slice())
    };
    let mut used = 0;
    let spots = || text.chars().enumerate().map(|(at, c)| (c, spot(at, c)));
    for spot in spots().filter_map(|(_, spot)| spot) {
        let ((high, low), (high_radix, low_radix)) = (spot.digits(), spot.radixes());
        for (digit, radix) in [(high, Some(high_radix)), (low, low_radix)] {
            let (Some(radix), Some(to), Some(of)) = (radix, digits.get_mut(used), radixes.get_mut(used))
            else {
                continue;
            };
            (*to, *of) = (digit, radix);
            used += 1;
        }
    }
    let (digits, _) = digits.split_at_mut(used);
    let (radixes, _) = radixes.split_at(used);
    let start = out.len();
    for _ in 0..LONGEST_WALK {
        cipher.apply(digits, radixes, tweak);
        out.truncate(start);
        let mut next = digits.iter().copied();
        for (c, spot) in spots() {
            let masked = match spot {
                Some(spot) => {
                    let high = next.next().unwrap_or(0);
                    let low = if spot.radixes().1.is_some() { next.next().unwrap_or(0) } else { 0 };
                    spot.letter(high, low)
                }
                None => c,
            };
            out.extend_from_slice(masked.encode_utf8(&mut [0; 4]).as_bytes());
        }
        let written = out.get(start..).unwrap_or_default();
        if std::str::from_utf8(written).is_ok_and(&accept) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;
    use std::collections::HashSet;

    fn cipher() -> MixedRadix {
        Secret::parse(&"07".repeat(32)).unwrap().domain("test").mixed_radix()
    }

    fn permuted(text: &str, accept: impl Fn(&str) -> bool) -> String {
        let mut out = Vec::new();
        permute(&cipher(), text, 0, &mut out, |_, c| Spot::of(c), accept);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_walk_stays_one_to_one() {
        let even = |text: &str| text.ends_with(['0', '2', '4', '6', '8']);
        let seen: HashSet<String> = (0..500).map(|n| permuted(&format!("{:03}", n * 2), even)).collect();
        assert_eq!(seen.len(), 500);
        assert!(seen.iter().all(|text| even(text)));
    }

    #[test]
    fn a_long_text_keeps_its_length() {
        let text = "Grüße, 世界! ".repeat(100);
        assert_eq!(permuted(&text, |_| true).chars().count(), text.chars().count());
    }
}

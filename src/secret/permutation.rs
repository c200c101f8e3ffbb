//! Keyed permutations: the injective masks.
//!
//! Up to 2^16 values the permutation is a table, shuffled by the key. Above, it
//! is a balanced Feistel network over the next even number of bits, ten rounds
//! with AES-128 as the round function, walked until it falls into the range
//! (cycle walking, Black and Rogaway 2002): at most four steps on average.
//! [`MixedRadix`] permutes strings of digits in place of numbers, so it has no
//! size limit and needs no walking: each round adds a keystream derived from one
//! half to the other half, digit by digit, each in its own radix.

use super::DomainKey;
use aes::Aes128;
use aes::cipher::BlockCipherEncrypt;
use std::fmt;

const ROUNDS: u8 = 10;
const TABLE_LIMIT: u128 = 1 << 16;

/// A keyed one-to-one mapping of `0..size` onto itself.
#[derive(Clone)]
pub struct Permutation {
    size: u128,
    method: Method,
}

#[derive(Clone)]
enum Method {
    Table(Vec<u16>),
    Feistel { cipher: Box<Aes128>, half_bits: u32 },
}

impl Permutation {
    pub(super) fn new(key: &DomainKey, size: u128) -> Self {
        let size = size.clamp(1, 1 << 126);
        if size <= TABLE_LIMIT {
            return Self { size, method: Method::Table(shuffle(key, size)) };
        }
        let bits = 128 - (size - 1).leading_zeros();
        let cipher = Box::new(key.cipher("feistel"));
        Self { size, method: Method::Feistel { cipher, half_bits: bits.div_ceil(2) } }
    }

    /// How many values it permutes.
    #[must_use]
    pub fn size(&self) -> u128 {
        self.size
    }

    /// Where `value` goes; a value outside `0..size` stays where it is.
    #[must_use]
    pub fn apply(&self, value: u128) -> u128 {
        if value >= self.size {
            return value;
        }
        match &self.method {
            Method::Table(table) => {
                let place = usize::try_from(value).unwrap_or(usize::MAX);
                table.get(place).map_or(value, |to| u128::from(*to))
            }
            Method::Feistel { cipher, half_bits } => {
                let mut at = value;
                loop {
                    at = feistel(cipher, *half_bits, at);
                    if at < self.size {
                        return at;
                    }
                }
            }
        }
    }
}

impl fmt::Debug for Permutation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Permutation({})", self.size)
    }
}

/// Fisher and Yates with the digests of a counter in place of a generator.
fn shuffle(key: &DomainKey, size: u128) -> Vec<u16> {
    let key = key.purpose("table");
    let last = u16::try_from(size - 1).unwrap_or(u16::MAX);
    let mut table: Vec<u16> = (0..=last).collect();
    for place in (1..table.len()).rev() {
        let digest = key.digest(&(place as u64).to_be_bytes());
        let other = super::scale(&digest, place as u64 + 1);
        table.swap(place, usize::try_from(other).unwrap_or(0));
    }
    table
}

fn feistel(cipher: &Aes128, half_bits: u32, value: u128) -> u128 {
    let mask = (1_u128 << half_bits) - 1;
    let (mut left, mut right) = (value >> half_bits, value & mask);
    for round in 0..ROUNDS {
        // A half has at most 63 bits, so the round number never meets it.
        let mut block = (right | u128::from(round) << 120).to_be_bytes().into();
        cipher.encrypt_block(&mut block);
        let next = left ^ (u128::from_be_bytes(block.into()) & mask);
        left = right;
        right = next;
    }
    left << half_bits | right
}

/// A keyed permutation of digit strings in which each position has a radix.
///
/// The radixes, and so the length, are part of the key stream's input: strings
/// of different shape are permuted independently of each other.
#[derive(Clone)]
pub struct MixedRadix {
    cipher: Box<Aes128>,
}

impl MixedRadix {
    pub(super) fn new(cipher: Aes128) -> Self {
        Self { cipher: Box::new(cipher) }
    }

    /// Permutes `digits` in place. `radixes` says how many values each position
    /// has and must be as long; a digit not below its radix is left alone, with
    /// no promise of injectivity for such input. `tweak` separates uses.
    pub fn apply(&self, digits: &mut [u8], radixes: &[u8], tweak: u64) {
        let (split, length) = (digits.len() / 2, digits.len() as u64);
        let mut shape = self.start(length, tweak);
        for chunk in radixes.chunks(16) {
            self.absorb(&mut shape, chunk);
        }
        let (left_radixes, right_radixes) = radixes.split_at(split.min(radixes.len()));
        let (left, right) = digits.split_at_mut(split);
        for round in 0..ROUNDS {
            let (from, to, to_radixes) = if round % 2 == 0 {
                (&*left, &mut *right, right_radixes)
            } else {
                (&*right, &mut *left, left_radixes)
            };
            let mut state = shape;
            self.absorb(&mut state, &[0xff, round]);
            for chunk in from.chunks(16) {
                self.absorb(&mut state, chunk);
            }
            self.add_keystream(state, to, to_radixes);
        }
    }

    fn start(&self, length: u64, tweak: u64) -> [u8; 16] {
        let mut state = (u128::from(length) << 64 | u128::from(tweak)).to_be_bytes();
        self.absorb(&mut state, &[]);
        state
    }

    /// One step of CBC-MAC; the inputs' lengths are fixed by the first block.
    fn absorb(&self, state: &mut [u8; 16], chunk: &[u8]) {
        for (to, from) in state.iter_mut().zip(chunk) {
            *to ^= from;
        }
        let mut block = (*state).into();
        self.cipher.encrypt_block(&mut block);
        *state = block.into();
    }

    /// Adds a digit of the stream to each position. Eight bytes a digit keep the
    /// bias of the remainder below 2^-56.
    fn add_keystream(&self, state: [u8; 16], digits: &mut [u8], radixes: &[u8]) {
        let mut block = state;
        for (pair, (digits, radixes)) in digits.chunks_mut(2).zip(radixes.chunks(2)).enumerate() {
            let counter = pair as u64;
            let mut input = block;
            for (to, from) in input.iter_mut().zip(counter.to_be_bytes()) {
                *to ^= from;
            }
            self.absorb(&mut input, &[]);
            for ((digit, radix), word) in digits.iter_mut().zip(radixes).zip(input.chunks_exact(8)) {
                if *digit >= *radix {
                    continue;
                }
                let word = word.iter().fold(0_u64, |n, b| n << 8 | u64::from(*b));
                let sum = (word % u64::from(*radix) + u64::from(*digit)) % u64::from(*radix);
                *digit = u8::try_from(sum).unwrap_or(*digit);
            }
            block = state;
        }
    }
}

impl fmt::Debug for MixedRadix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MixedRadix")
    }
}

#[cfg(test)]
mod tests {
    use crate::secret::Secret;
    use std::collections::HashSet;

    fn secret() -> Secret {
        Secret::parse(&"07".repeat(32)).unwrap()
    }

    #[test]
    fn every_size_to_65536_and_just_above_is_a_bijection() {
        let key = secret().domain("test");
        for size in [1_u128, 2, 3, 10, 255, 256, 1000, 65_535, 65_536, 65_537, 100_000] {
            let permutation = key.permutation(size);
            let seen: HashSet<u128> = (0..size).map(|n| permutation.apply(n)).collect();
            assert_eq!(seen.len() as u128, size, "size {size}");
            assert!(seen.iter().all(|n| *n < size));
        }
    }

    #[test]
    fn large_ranges_stay_in_range_and_distinct() {
        let permutation = secret().domain("test").permutation(10_u128.pow(19));
        let seen: HashSet<u128> = (0..10_000).map(|n| permutation.apply(n)).collect();
        assert_eq!(seen.len(), 10_000);
        assert!(seen.iter().all(|n| *n < 10_u128.pow(19)));
    }

    #[test]
    fn four_decimal_digits_are_permuted_one_to_one() {
        let mixed = secret().domain("test").mixed_radix();
        let mut seen = HashSet::new();
        for n in 0..10_000_u32 {
            let mut digits: Vec<u8> = format!("{n:04}").bytes().map(|b| b - b'0').collect();
            mixed.apply(&mut digits, &[10; 4], 0);
            assert!(digits.iter().all(|d| *d < 10));
            seen.insert(digits);
        }
        assert_eq!(seen.len(), 10_000);
    }

    #[test]
    fn positions_of_different_radix_keep_theirs() {
        let mixed = secret().domain("test").mixed_radix();
        let radixes = [26, 10, 2];
        let mut seen = HashSet::new();
        for a in 0..26 {
            for b in 0..10 {
                for c in 0..2 {
                    let mut digits = [a, b, c];
                    mixed.apply(&mut digits, &radixes, 9);
                    assert!(digits.iter().zip(radixes).all(|(d, r)| *d < r));
                    seen.insert(digits);
                }
            }
        }
        assert_eq!(seen.len(), 520);
    }

    #[test]
    fn a_single_digit_is_permuted_too() {
        let mixed = secret().domain("test").mixed_radix();
        let seen: HashSet<u8> = (0..10)
            .map(|n| {
                let mut digits = [n];
                mixed.apply(&mut digits, &[10], 0);
                digits[0]
            })
            .collect();
        assert_eq!(seen.len(), 10);
    }
}

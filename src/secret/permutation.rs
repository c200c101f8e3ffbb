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
use aes::cipher::consts::U16;
use aes::cipher::{BlockCipherEncBackend, BlockCipherEncClosure, BlockCipherEncrypt, BlockSizeUser};
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
                cipher.encrypt_with_backend(Walk { half_bits: *half_bits, size: self.size, at: &mut at });
                at
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

/// A whole walk in one visit to the cipher: entering it costs more than a block
/// on processors with wide vectors, because the round keys are spread out each time.
struct Walk<'a> {
    half_bits: u32,
    size: u128,
    at: &'a mut u128,
}

impl BlockSizeUser for Walk<'_> {
    type BlockSize = U16;
}

impl BlockCipherEncClosure for Walk<'_> {
    fn call<B: BlockCipherEncBackend<BlockSize = U16>>(self, backend: &B) {
        loop {
            *self.at = feistel(backend, self.half_bits, *self.at);
            if *self.at < self.size {
                return;
            }
        }
    }
}

fn feistel<B: BlockCipherEncBackend<BlockSize = U16>>(cipher: &B, half_bits: u32, value: u128) -> u128 {
    let mask = (1_u128 << half_bits) - 1;
    let (mut left, mut right) = (value >> half_bits, value & mask);
    for round in 0..ROUNDS {
        // A half has at most 63 bits, so the round number never meets it.
        let mut block = (right | u128::from(round) << 120).to_be_bytes().into();
        cipher.encrypt_block_inplace(&mut block);
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
        if let ([digit], [radix]) = (&mut *digits, radixes) {
            self.cipher.encrypt_with_backend(Rank { digit, radix: *radix, tweak });
        } else {
            self.cipher.encrypt_with_backend(Rounds { digits, radixes, tweak });
        }
    }
}

/// One position alone: rounds would only add a constant to it, which shows every
/// distance. A digit becomes the rank of its own pseudo-random number among those
/// of all digits.
struct Rank<'a> {
    digit: &'a mut u8,
    radix: u8,
    tweak: u64,
}

impl BlockSizeUser for Rank<'_> {
    type BlockSize = U16;
}

impl BlockCipherEncClosure for Rank<'_> {
    fn call<B: BlockCipherEncBackend<BlockSize = U16>>(self, cipher: &B) {
        if *self.digit >= self.radix {
            return;
        }
        let number = |digit: u8| {
            let mut state = (u128::from(self.tweak) | u128::from(self.radix) << 112).to_be_bytes();
            absorb(cipher, &mut state, &[0, 0, 1, digit]);
            state
        };
        let own = number(*self.digit);
        // 128-bit numbers of at most 255 digits never tie in practice; the digit settles it.
        let lower = (0..self.radix).filter(|other| (number(*other), *other) < (own, *self.digit)).count();
        *self.digit = u8::try_from(lower).unwrap_or(*self.digit);
    }
}

/// All rounds in one visit to the cipher, as in [`Walk`].
struct Rounds<'a> {
    digits: &'a mut [u8],
    radixes: &'a [u8],
    tweak: u64,
}

impl BlockSizeUser for Rounds<'_> {
    type BlockSize = U16;
}

impl BlockCipherEncClosure for Rounds<'_> {
    fn call<B: BlockCipherEncBackend<BlockSize = U16>>(self, cipher: &B) {
        let (split, length) = (self.digits.len() / 2, self.digits.len() as u64);
        // The first block fixes the lengths of all that follow, which CBC-MAC needs.
        let mut shape = (u128::from(length) << 64 | u128::from(self.tweak)).to_be_bytes();
        absorb(cipher, &mut shape, &[]);
        for chunk in self.radixes.chunks(16) {
            absorb(cipher, &mut shape, chunk);
        }
        let (left_radixes, right_radixes) = self.radixes.split_at(split.min(self.radixes.len()));
        let (left, right) = self.digits.split_at_mut(split);
        for round in 0..ROUNDS {
            let (from, to, to_radixes) = if round % 2 == 0 {
                (&*left, &mut *right, right_radixes)
            } else {
                (&*right, &mut *left, left_radixes)
            };
            let mut state = shape;
            let mut chunks = from.chunks(15);
            // The last byte of the first block is the round's number.
            let mut first = [0_u8; 16];
            for (to, from) in first.iter_mut().zip(chunks.next().unwrap_or_default()) {
                *to = *from;
            }
            first[15] = round + 1;
            absorb(cipher, &mut state, &first);
            for chunk in chunks {
                absorb(cipher, &mut state, chunk);
            }
            add_keystream(cipher, state, to, to_radixes);
        }
    }
}

/// One step of CBC-MAC.
fn absorb<B: BlockCipherEncBackend<BlockSize = U16>>(cipher: &B, state: &mut [u8; 16], chunk: &[u8]) {
    for (to, from) in state.iter_mut().zip(chunk) {
        *to ^= from;
    }
    let mut block = (*state).into();
    cipher.encrypt_block_inplace(&mut block);
    *state = block.into();
}

/// Adds a digit of the stream to each position. Four bytes a digit keep the bias
/// of the remainder below 2^-24.
fn add_keystream<B: BlockCipherEncBackend<BlockSize = U16>>(
    cipher: &B,
    state: [u8; 16],
    digits: &mut [u8],
    radixes: &[u8],
) {
    for (part, (digits, radixes)) in digits.chunks_mut(4).zip(radixes.chunks(4)).enumerate() {
        let mut stream = state;
        absorb(cipher, &mut stream, &(part as u64 + 1).to_be_bytes());
        for ((digit, radix), word) in digits.iter_mut().zip(radixes).zip(stream.chunks_exact(4)) {
            if *digit >= *radix {
                continue;
            }
            let word = word.iter().fold(0_u32, |n, b| n << 8 | u32::from(*b));
            let sum = (word % u32::from(*radix) + u32::from(*digit)) % u32::from(*radix);
            *digit = u8::try_from(sum).unwrap_or(*digit);
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

    #[test]
    fn a_single_position_is_no_rotation() {
        let mixed = secret().domain("test").mixed_radix();
        let distances: HashSet<u8> = (0..26)
            .map(|n| {
                let mut digits = [n];
                mixed.apply(&mut digits, &[26], 0);
                (digits[0] + 26 - n) % 26
            })
            .collect();
        assert!(distances.len() > 8, "{distances:?}");
    }
}

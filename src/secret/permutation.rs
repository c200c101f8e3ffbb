//! Keyed permutations: the injective masks.
//!
//! Up to 2^16 values the permutation is a table, shuffled by the key. Above, it
//! is a balanced Feistel network over the next even number of bits, ten rounds
//! with AES-128 as the round function, walked until it falls into the range
//! (cycle walking, Black and Rogaway 2002): at most four steps on average.

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
}

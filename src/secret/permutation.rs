//! Keyed permutations: the injective masks.
//!
//! Up to 2^16 values the permutation is a table, shuffled by the key. Above, it
//! is a balanced Feistel network over the next even number of bits, ten rounds
//! with AES-128 as the round function, walked until it falls into the range
//! (cycle walking, Black and Rogaway 2002): at most four steps on average.

use super::{DomainKey, SIDE_BY_SIDE};
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
                let mut at = [value];
                cipher.encrypt_with_backend(Walks { half_bits: *half_bits, size: self.size, at: &mut at });
                let [at] = at;
                at
            }
        }
    }

    /// Where each of `values` goes. Up to [`SIDE_BY_SIDE`] cost little more than one: a processor encrypts
    /// the blocks of a round together.
    pub fn apply_all(&self, values: &mut [u128]) {
        match &self.method {
            Method::Feistel { cipher, half_bits } if values.iter().all(|value| *value < self.size) => {
                cipher.encrypt_with_backend(Walks { half_bits: *half_bits, size: self.size, at: values });
            }
            _ => values.iter_mut().for_each(|value| *value = self.apply(*value)),
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

/// Whole walks in one visit to the cipher: entering it costs more than a block
/// on processors with wide vectors, because the round keys are spread out each time.
struct Walks<'a> {
    half_bits: u32,
    size: u128,
    at: &'a mut [u128],
}

impl BlockSizeUser for Walks<'_> {
    type BlockSize = U16;
}

impl BlockCipherEncClosure for Walks<'_> {
    fn call<B: BlockCipherEncBackend<BlockSize = U16>>(self, backend: &B) {
        let Self { half_bits, size, at } = self;
        feistel(backend, half_bits, at.iter_mut());
        // Those that fell outside go on, those that did not stay.
        while at.iter().any(|value| *value >= size) {
            feistel(backend, half_bits, at.iter_mut().filter(|value| **value >= size));
        }
    }
}

/// Takes each value a step on. The rounds of one wait for each other, those of different ones do not.
fn feistel<'a, B: BlockCipherEncBackend<BlockSize = U16>>(
    cipher: &B,
    half_bits: u32,
    mut values: impl Iterator<Item = &'a mut u128>,
) {
    let mask = (1_u128 << half_bits) - 1;
    loop {
        let mut halves = [(0, 0); SIDE_BY_SIDE];
        let mut group = [const { None }; SIDE_BY_SIDE];
        let mut used = 0;
        while let (Some(halves), Some(slot)) = (halves.get_mut(used), group.get_mut(used)) {
            let Some(value) = values.next() else { break };
            *halves = (*value >> half_bits, *value & mask);
            *slot = Some(value);
            used += 1;
        }
        let Some(halves) = halves.get_mut(..used).filter(|halves| !halves.is_empty()) else { return };
        for round in 0..ROUNDS {
            for (left, right) in &mut *halves {
                // A half has at most 63 bits, so the round number never meets it.
                let mut block = (*right | u128::from(round) << 120).to_be_bytes().into();
                cipher.encrypt_block_inplace(&mut block);
                let next = *left ^ (u128::from_be_bytes(block.into()) & mask);
                (*left, *right) = (*right, next);
            }
        }
        for (value, (left, right)) in group.into_iter().flatten().zip(halves) {
            *value = *left << half_bits | *right;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::secret::Secret;
    use std::collections::HashSet;

    fn secret() -> Secret {
        Secret::parse(&"07".repeat(32)).unwrap()
    }

    fn is_bijection(size: u128) {
        let permutation = secret().domain("test").permutation(size);
        let mut seen = vec![false; usize::try_from(size).unwrap()];
        for n in 0..size {
            let to = usize::try_from(permutation.apply(n)).unwrap();
            assert!(!seen[to], "size {size}: {to} twice");
            seen[to] = true;
        }
    }

    #[test]
    fn every_size_to_300_is_a_bijection() {
        (1..=300).for_each(is_bijection);
    }

    #[test]
    fn sizes_to_65536_and_just_above_are_bijections() {
        for power in 9..=16_u32 {
            let size = 1_u128 << power;
            [size - 1, size, size + 1].into_iter().for_each(is_bijection);
        }
        [1000, 4999, 9999, 10_000, 44_444, 65_521, 100_000].into_iter().for_each(is_bijection);
    }

    #[test]
    fn large_ranges_stay_in_range_and_distinct() {
        let permutation = secret().domain("test").permutation(10_u128.pow(19));
        let seen: HashSet<u128> = (0..10_000).map(|n| permutation.apply(n)).collect();
        assert_eq!(seen.len(), 10_000);
        assert!(seen.iter().all(|n| *n < 10_u128.pow(19)));
    }
}

//! Keyed permutations of digit strings whose positions have radixes of their own.
//!
//! No size limit and no walking: ten rounds of a Feistel network whose halves are
//! the two halves of the string, each round adding to one half a number drawn from
//! the other by AES-128. Halves below 2^63 (18 decimal digits, 13 letters) are one
//! number each and a round is one block, of which the radixes are a part; longer ones take a keystream digit by
//! digit, from a CBC-MAC of the other half. A single position has no halves: its
//! digit becomes the rank of its own pseudo-random number.

use super::SIDE_BY_SIDE;
use aes::Aes128;
use aes::cipher::consts::U16;
use aes::cipher::{BlockCipherEncBackend, BlockCipherEncClosure, BlockCipherEncrypt, BlockSizeUser};
use std::fmt;

const ROUNDS: u8 = 10;
const SIXTY_BITS: u64 = (1 << 60) - 1;

/// A keyed permutation of digit strings in which each position has a radix.
///
/// The radixes, and so the length, are part of every round's input: strings of
/// different shape are permuted independently of each other.
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
        if let Some(mut pair) = self.read(digits, radixes, tweak) {
            let pairs = std::slice::from_mut(&mut pair);
            self.cipher.encrypt_with_backend(Numbers { tweak, pairs });
            pair.write(digits, radixes);
        }
    }

    /// Permutes several strings, each with its radixes, as [`MixedRadix::apply`] would one after the other.
    /// Up to [`SIDE_BY_SIDE`] cost little more than one: a processor encrypts the blocks of a round together.
    pub fn apply_all<'a>(&self, strings: impl IntoIterator<Item = (&'a mut [u8], &'a [u8])>, tweak: u64) {
        let mut strings = strings.into_iter();
        loop {
            let mut group = [const { None }; SIDE_BY_SIDE];
            let mut pairs = [const { Pair::EMPTY }; SIDE_BY_SIDE];
            let mut used = 0;
            while let (Some(pair), Some(slot)) = (pairs.get_mut(used), group.get_mut(used)) {
                let Some((digits, radixes)) = strings.next() else { break };
                if let Some(read) = self.read(digits, radixes, tweak) {
                    *pair = read;
                    *slot = Some((digits, radixes));
                    used += 1;
                }
            }
            let Some(pairs) = pairs.get_mut(..used).filter(|pairs| !pairs.is_empty()) else { return };
            self.cipher.encrypt_with_backend(Numbers { tweak, pairs });
            for ((digits, radixes), pair) in group.into_iter().flatten().zip(&*pairs) {
                pair.write(digits, radixes);
            }
        }
    }

    /// The halves of a string, where they are numbers; any other string is permuted at once.
    fn read(&self, digits: &mut [u8], radixes: &[u8], tweak: u64) -> Option<Pair> {
        let middle = split(digits, radixes);
        let (left_radixes, right_radixes) = radixes.split_at_checked(middle)?;
        let (left, right) = digits.split_at_mut_checked(middle)?;
        match (Half::read(left, left_radixes), Half::read(right, right_radixes)) {
            (Some(Half { modulus: 1, .. }), Some(Half { modulus: 1, .. })) => {}
            (Some(Half { modulus: 1, .. }), Some(_)) => self.alone(right, right_radixes, tweak),
            (Some(left), Some(right)) => {
                return Some(Pair { shape: u128::from(fold(radixes)) << 64, middle, left, right });
            }
            _ => self.cipher.encrypt_with_backend(Rounds { left, right, left_radixes, right_radixes, tweak }),
        }
        None
    }

    /// The only digit that can move.
    fn alone(&self, digits: &mut [u8], radixes: &[u8], tweak: u64) {
        for (digit, radix) in digits.iter_mut().zip(radixes) {
            if *digit < *radix && *radix > 1 {
                self.cipher.encrypt_with_backend(Rank { digit, radix: *radix, tweak });
            }
        }
    }
}

/// Where the right half begins: in the middle, or in the middle of the positions
/// that can move where one of the halves would have none of them.
fn split(digits: &[u8], radixes: &[u8]) -> usize {
    let moves = |(digit, radix): (&u8, &u8)| *digit < *radix && *radix > 1;
    let pairs = || digits.iter().zip(radixes);
    let middle = digits.len() / 2;
    if pairs().take(middle).any(moves) && pairs().skip(middle).any(moves) {
        return middle;
    }
    let before = pairs().filter(|pair| moves(*pair)).count() / 2;
    let mut places = pairs().enumerate().filter(|(_, pair)| moves(*pair));
    places.nth(before).map_or(0, |(place, _)| place)
}

/// Half a string as a number below the product of its radixes.
struct Half {
    number: u64,
    modulus: u64,
}

impl Half {
    /// `None` where the product reaches 2^63.
    fn read(digits: &[u8], radixes: &[u8]) -> Option<Self> {
        let (mut number, mut modulus) = (0_u64, 1_u64);
        for (digit, radix) in digits.iter().zip(radixes).filter(|(digit, radix)| digit < radix) {
            if modulus >= 1 << 55 {
                return None;
            }
            modulus *= u64::from(*radix);
            number = number * u64::from(*radix) + u64::from(*digit);
        }
        Some(Self { number, modulus })
    }

    fn write(&self, digits: &mut [u8], radixes: &[u8]) {
        let mut rest = self.number;
        for (digit, radix) in digits.iter_mut().zip(radixes).rev().filter(|(digit, radix)| **digit < **radix)
        {
            // Division by a number known beforehand takes a fifth of the time.
            let (above, own) = match *radix {
                10 => (rest / 10, rest % 10),
                26 => (rest / 26, rest % 26),
                radix => (rest / u64::from(radix), rest % u64::from(radix)),
            };
            *digit = u8::try_from(own).unwrap_or(*digit);
            rest = above;
        }
    }
}

/// Radixes as 60 bits. Up to seven positions no two shapes share them, above, two that
/// do would only be permuted alike.
fn fold(radixes: &[u8]) -> u64 {
    let add = |folded: u64, radix: &u8| folded.wrapping_mul(257).wrapping_add(u64::from(*radix) + 1);
    radixes.iter().fold(0, add) & SIXTY_BITS
}

/// A string as two numbers.
struct Pair {
    shape: u128,
    /// Where the right half begins.
    middle: usize,
    left: Half,
    right: Half,
}

impl Pair {
    const EMPTY: Self = Self {
        shape: 0,
        middle: 0,
        left: Half { number: 0, modulus: 1 },
        right: Half { number: 0, modulus: 1 },
    };

    fn write(&self, digits: &mut [u8], radixes: &[u8]) {
        if let (Some((left, right)), Some((left_radixes, right_radixes))) =
            (digits.split_at_mut_checked(self.middle), radixes.split_at_checked(self.middle))
        {
            self.left.write(left, left_radixes);
            self.right.write(right, right_radixes);
        }
    }
}

/// All rounds over pairs of numbers in one visit to the cipher: entering it costs more
/// than a block on processors with wide vectors. The rounds of one pair wait for each other,
/// those of different pairs do not.
///
/// A round's block is, from the top, four bits of the round's number, 60 of the shape
/// and 64 of a half; with a tweak, the shape's block is encrypted with it first.
struct Numbers<'a> {
    tweak: u64,
    pairs: &'a mut [Pair],
}

impl BlockSizeUser for Numbers<'_> {
    type BlockSize = U16;
}

impl BlockCipherEncClosure for Numbers<'_> {
    fn call<B: BlockCipherEncBackend<BlockSize = U16>>(self, cipher: &B) {
        let Self { tweak, pairs } = self;
        let encrypt = |block: u128| {
            let mut block = block.to_le_bytes().into();
            cipher.encrypt_block_inplace(&mut block);
            u128::from_le_bytes(block.into())
        };
        if tweak != 0 {
            for pair in &mut *pairs {
                pair.shape = encrypt(pair.shape ^ u128::from(tweak));
            }
        }
        let drawn = |shape: u128, round: u8, from: u64| {
            encrypt(shape ^ (u128::from(round) << 124 | u128::from(from)))
        };
        for round in (1..=ROUNDS).step_by(2) {
            for Pair { shape, left, right, .. } in &mut *pairs {
                right.number = add(right.number, drawn(*shape, round, left.number), right.modulus);
            }
            for Pair { shape, left, right, .. } in &mut *pairs {
                left.number = add(left.number, drawn(*shape, round + 1, right.number), left.modulus);
            }
        }
    }
}

/// Adds what a block of pseudo-random bits is in `0..modulus`: the high part of the
/// product. 64 bits do for a modulus to 2^32, all 128 for a greater one, so that the
/// bias stays below 2^-32.
fn add(number: u64, block: u128, modulus: u64) -> u64 {
    let wide = u128::from(modulus);
    let high = (block & u128::from(u64::MAX)) * wide;
    let low = if modulus >> 32 == 0 { 0 } else { ((block >> 64) * wide) >> 64 };
    let sum = number + u64::try_from((high + low) >> 64).unwrap_or(0);
    if sum >= modulus { sum - modulus } else { sum }
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

/// All rounds over halves too long for a number.
struct Rounds<'a> {
    left: &'a mut [u8],
    right: &'a mut [u8],
    left_radixes: &'a [u8],
    right_radixes: &'a [u8],
    tweak: u64,
}

impl BlockSizeUser for Rounds<'_> {
    type BlockSize = U16;
}

impl BlockCipherEncClosure for Rounds<'_> {
    fn call<B: BlockCipherEncBackend<BlockSize = U16>>(self, cipher: &B) {
        let Self { left, right, left_radixes, right_radixes, tweak } = self;
        let length = (left.len() + right.len()) as u64;
        // The first block fixes the lengths of all that follow, which CBC-MAC needs.
        let mut shape = (u128::from(length) << 64 | u128::from(tweak)).to_be_bytes();
        absorb(cipher, &mut shape, &[]);
        for radixes in [left_radixes, right_radixes] {
            for chunk in radixes.chunks(16) {
                absorb(cipher, &mut shape, chunk);
            }
        }
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
    fn every_shape_of_at_most_65536_strings_is_a_bijection() {
        let mixed = secret().domain("test").mixed_radix();
        let shapes: [&[u8]; 14] = [
            &[1],
            &[1, 1, 2],
            &[1, 10, 1],
            &[10, 1, 1, 1],
            &[2, 2],
            &[3, 1, 5, 7],
            &[9, 10, 10, 10],
            &[8, 10, 10, 8],
            &[26, 26, 26],
            &[255, 2],
            &[2, 255],
            &[255, 255],
            &[2; 16],
            &[4, 2, 10, 1, 26, 5],
        ];
        for radixes in shapes {
            let size: usize = radixes.iter().map(|radix| usize::from(*radix)).product();
            let mut seen = HashSet::with_capacity(size);
            for n in 0..size {
                let mut rest = n;
                let digit = |radix: &u8| {
                    let digit = u8::try_from(rest % usize::from(*radix)).unwrap();
                    rest /= usize::from(*radix);
                    digit
                };
                let mut digits: Vec<u8> = radixes.iter().map(digit).collect();
                mixed.apply(&mut digits, radixes, 1);
                assert!(digits.iter().zip(radixes).all(|(d, r)| d < r), "{radixes:?}");
                seen.insert(digits);
            }
            assert_eq!(seen.len(), size, "{radixes:?}");
        }
    }

    #[test]
    fn long_strings_stay_distinct_wherever_they_differ() {
        let mixed = secret().domain("test").mixed_radix();
        for at in [0, 17, 18, 36] {
            let mut seen = HashSet::new();
            for n in 0..10_000_u32 {
                let mut digits = vec![5_u8; 40];
                for (to, byte) in digits[at..].iter_mut().zip(format!("{n:04}").bytes()) {
                    *to = byte - b'0';
                }
                mixed.apply(&mut digits, &[10; 40], 0);
                assert!(digits.iter().all(|d| *d < 10));
                seen.insert(digits);
            }
            assert_eq!(seen.len(), 10_000, "{at}");
        }
    }

    #[test]
    fn a_digit_above_its_radix_stays() {
        let mixed = secret().domain("test").mixed_radix();
        for length in [1, 2, 5, 50] {
            let mut digits = vec![3; length];
            digits[length / 2] = 200;
            mixed.apply(&mut digits, &vec![10; length], 0);
            assert_eq!(digits[length / 2], 200);
        }
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

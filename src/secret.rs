//! The secret behind consistent masking, and the keyed functions made from it.
//!
//! 256 bits, never a default. Each domain has its own key by HKDF-SHA-256
//! (RFC 5869), so that what is learnt in one domain says nothing of another.
//! Pseudonyms are `HMAC-SHA-256(domain key, canonical input)`; injective masks
//! are keyed permutations (`permutation`, `mixed_radix`). Nothing here is ever a seeded
//! generator or an unkeyed hash. The known answers in the tests pin the
//! functions for ever: another answer means other pseudonyms for everybody.

mod hide;
mod mixed_radix;
mod permutation;

pub use hide::hide_secrets;
pub use mixed_radix::MixedRadix;
pub use permutation::Permutation;

/// How many permutations are worth running together: by then the units that encrypt are
/// busy all the time, and what belongs to the values still stays in first cache.
pub const SIDE_BY_SIDE: usize = 8;

use crate::error::{Error, Result};
use hkdf::Hkdf;
use sha2::block_api::compress256;
use sha2::{Digest as _, Sha256};
use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// 32 pseudo-random bytes that depend on a domain key and an input.
pub type Digest = [u8; 32];

/// The key material of a run. Prints as `<secret>` and is wiped when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Secret([u8; 32]);

impl Secret {
    /// A fresh one from the operating system's generator.
    ///
    /// # Errors
    /// Internal, where the system has no randomness to give.
    pub fn random() -> Result<Self> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)
            .map_err(|_| Error::internal("the operating system gave no random bytes"))?;
        Ok(Self(bytes))
    }

    /// Reads 64 hex digits or the base64 of 32 bytes; white space around it is dropped.
    ///
    /// # Errors
    /// Usage, where it is neither; the text is never shown.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        let bytes = if text.len() == 64 {
            data_encoding::HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok()
        } else {
            let unpadded = text.trim_end_matches('=');
            data_encoding::BASE64_NOPAD.decode(unpadded.as_bytes()).ok()
        };
        let bytes = Zeroizing::new(bytes.unwrap_or_default());
        let array = <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| {
            Error::usage("the secret is not 32 bytes written as 64 hex digits or as base64")
                .help("make one with `openssl rand -hex 32` and keep it where passwords are kept")
        })?;
        Ok(Self(array))
    }

    /// Eight hex digits that tell two secrets apart and reveal nothing of either.
    #[must_use]
    pub fn id(&self) -> String {
        let digest = self.domain("masque secret id").digest(b"");
        data_encoding::HEXLOWER.encode(&digest[..4])
    }

    /// The key of a domain: the scope in which equal inputs give equal outputs.
    #[must_use]
    pub fn domain(&self, name: &str) -> DomainKey {
        let mut key = Zeroizing::new([0_u8; 32]);
        let expand = Hkdf::<Sha256>::new(Some(b"masque 1"), &self.0);
        // 32 bytes are far below HKDF's limit of 255 blocks, so this cannot fail.
        if expand.expand(name.as_bytes(), key.as_mut_slice()).is_err() {
            key.copy_from_slice(&Sha256::digest(b"unreachable"));
        }
        DomainKey::new(&key)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<secret>")
    }
}

/// The key of one domain, ready for use: the two states of HMAC (RFC 2104) that its
/// padded key leads to are computed once. Masks digest short values by the million,
/// so the blocks are put together here, without the buffers of a general hash.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct DomainKey {
    inner: [u32; 8],
    outer: [u32; 8],
}

/// Bytes of a block of SHA-256.
const BLOCK: usize = 64;

/// The initial state of SHA-256 (FIPS 180-4, 5.3.3).
const INITIAL: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

impl DomainKey {
    fn new(key: &[u8; 32]) -> Self {
        let state = |pad: u8| {
            let mut block = Zeroizing::new([pad; BLOCK]);
            for (to, from) in block.iter_mut().zip(key) {
                *to ^= *from;
            }
            let mut state = INITIAL;
            compress256(&mut state, &[*block]);
            state
        };
        Self { inner: state(0x36), outer: state(0x5c) }
    }

    /// `HMAC-SHA-256(key, input)`.
    #[must_use]
    pub fn digest(&self, input: &[u8]) -> Digest {
        let (whole, rest) = input.as_chunks::<BLOCK>();
        let mut state = self.inner;
        if !whole.is_empty() {
            compress256(&mut state, whole);
        }
        // A one after the last byte, zeros, and the count of bits with the key's block.
        let mut last = [[0_u8; BLOCK]; 2];
        let used = if rest.len() < BLOCK - 8 { 1 } else { 2 };
        let bits = 8 * (BLOCK as u64 + input.len() as u64);
        if let Some(blocks) = last.get_mut(..used) {
            let bytes = blocks.as_flattened_mut();
            if let Some(to) = bytes.get_mut(..rest.len()) {
                to.copy_from_slice(rest);
            }
            if let Some(to) = bytes.get_mut(rest.len()) {
                *to = 0x80;
            }
            if let Some(to) = bytes.last_chunk_mut() {
                *to = bits.to_be_bytes();
            }
            compress256(&mut state, blocks);
        }
        let mut block = [0_u8; BLOCK];
        for (to, word) in block.as_chunks_mut::<4>().0.iter_mut().zip(state) {
            *to = word.to_be_bytes();
        }
        block[32] = 0x80;
        let bits = 8 * (BLOCK as u64 + 32);
        if let Some(to) = block.last_chunk_mut() {
            *to = bits.to_be_bytes();
        }
        let mut state = self.outer;
        compress256(&mut state, &[block]);
        let mut digest = [0; 32];
        for (to, word) in digest.as_chunks_mut::<4>().0.iter_mut().zip(state) {
            *to = word.to_be_bytes();
        }
        digest
    }

    /// A key within this domain, for a second purpose on the same inputs.
    #[must_use]
    pub fn purpose(&self, name: &str) -> Self {
        Self::new(&Zeroizing::new(self.digest(name.as_bytes())))
    }

    /// A permutation of `0..size`. `size` must be at least 1 and at most 2^126.
    #[must_use]
    pub fn permutation(&self, size: u128) -> Permutation {
        Permutation::new(self, size)
    }

    /// A permutation of digit strings whose positions may have different radixes.
    #[must_use]
    pub fn mixed_radix(&self) -> MixedRadix {
        MixedRadix::new(self.cipher("mixed radix"))
    }

    fn cipher(&self, purpose: &str) -> aes::Aes128 {
        let digest = Zeroizing::new(self.digest(purpose.as_bytes()));
        let mut key = Zeroizing::new([0_u8; 16]);
        key.copy_from_slice(&digest[..16]);
        <aes::Aes128 as aes::cipher::KeyInit>::new((&*key).into())
    }
}

impl fmt::Debug for DomainKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<secret>")
    }
}

/// Maps the first 8 bytes of `bytes` onto `0..size` without the bias of a
/// remainder: the high half of a 64 × 64 bit product.
#[must_use]
pub fn scale(bytes: &[u8], size: u64) -> u64 {
    let mut word = [0_u8; 8];
    for (to, from) in word.iter_mut().zip(bytes) {
        *to = *from;
    }
    let wide = u128::from(u64::from_be_bytes(word)) * u128::from(size);
    u64::try_from(wide >> 64).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Secret {
        Secret::parse("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f").unwrap()
    }

    #[test]
    fn hex_and_base64_are_the_same_secret() {
        let other = Secret::parse(" AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n").unwrap();
        assert_eq!(known().id(), other.id());
    }

    #[test]
    fn anything_but_32_bytes_is_refused_without_being_shown() {
        for bad in ["", "hunter2", &"a".repeat(63), &"zz".repeat(32)] {
            let error = Secret::parse(bad).unwrap_err();
            assert!(bad.is_empty() || !format!("{error:?} {error}").contains(bad));
        }
    }

    #[test]
    fn domains_and_secrets_are_apart() {
        let secret = known();
        assert_ne!(secret.domain("a").digest(b"x"), secret.domain("b").digest(b"x"));
        let fresh = Secret::random().unwrap();
        assert_ne!(secret.domain("a").digest(b"x"), fresh.domain("a").digest(b"x"));
    }

    #[test]
    fn known_answers_pin_every_keyed_function() {
        let key = known().domain("known answers");
        let digest = data_encoding::HEXLOWER.encode(&key.digest(b"input"));
        assert_eq!(digest, "3687b1940945daa83972d8edca79825a395a66f995ab78e91ea4c45f8275152f");
        assert_eq!(known().id(), "e7113cc0");
        let purpose = data_encoding::HEXLOWER.encode(&key.purpose("second").digest(b"input"));
        assert_eq!(purpose, "3a7776b50a8a8a6f5024b5c8de82d1844a48f7aca4fbf84f3849283e973be66b");
        assert_eq!([0, 1, 999].map(|n| key.permutation(1000).apply(n)), [719, 86, 590]);
        let large = key.permutation(10_u128.pow(18));
        assert_eq!(
            [0, 1, 10_u128.pow(18) - 1].map(|n| large.apply(n)),
            [490_715_690_406_417_632, 728_115_164_955_363_965, 415_044_529_430_386_084]
        );
        let mut digits = [1, 2, 3, 4, 5, 6, 7, 8, 9, 25];
        key.mixed_radix().apply(&mut digits, &[10, 10, 10, 10, 10, 10, 10, 10, 10, 26], 3);
        assert_eq!(digits, [7, 4, 6, 0, 0, 2, 7, 5, 7, 23]);
    }

    fn hex(bytes: &[u8]) -> String {
        data_encoding::HEXLOWER.encode(bytes)
    }

    /// A key shorter than ours is the same key with zeros after it.
    fn padded(key: &[u8]) -> DomainKey {
        let mut whole = [0; 32];
        whole[..key.len()].copy_from_slice(key);
        DomainKey::new(&whole)
    }

    #[test]
    fn digests_are_those_of_rfc_4231() {
        let first = padded(&[0x0b; 20]).digest(b"Hi There");
        assert_eq!(hex(&first), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
        let second = padded(b"Jefe").digest(b"what do ya want for nothing?");
        assert_eq!(hex(&second), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        let third = padded(&[0xaa; 20]).digest(&[0xdd; 50]);
        assert_eq!(hex(&third), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
    }

    #[test]
    fn digests_of_every_length_are_those_of_another_implementation() {
        use hmac::{Hmac, KeyInit, Mac};
        let (key, input) = ([0x5a; 32], [0xa5; 300]);
        for length in 0..input.len() {
            let mut other = <Hmac<Sha256> as KeyInit>::new_from_slice(&key).unwrap();
            other.update(&input[..length]);
            let other: Digest = other.finalize().into_bytes().into();
            assert_eq!(padded(&key).digest(&input[..length]), other, "{length}");
        }
    }

    #[test]
    fn keys_of_domains_are_derived_as_in_rfc_5869() {
        // Its first test case, of the implementation we use.
        let mut okm = [0; 42];
        let info: Vec<u8> = (0xf0..=0xf9).collect();
        let salt: Vec<u8> = (0..=0x0c).collect();
        Hkdf::<Sha256>::new(Some(&salt), &[0x0b; 22]).expand(&info, &mut okm).unwrap();
        let expected = "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865";
        assert_eq!(hex(&okm), expected);
        // And ours by its definition: extract with the salt, expand to one block.
        let extracted = padded(b"masque 1").digest(&known().0);
        let expanded = padded(&extracted).digest(b"a domain\x01");
        assert_eq!(known().domain("a domain").digest(b"x"), padded(&expanded).digest(b"x"));
    }

    #[test]
    fn known_answers_pin_permutations_of_every_method() {
        let key = known().domain("known answers");
        let of = |size: u128, inputs: [u128; 3]| inputs.map(|n| key.permutation(size).apply(n));
        assert_eq!(of(1, [0, 0, 0]), [0, 0, 0]);
        assert_eq!(of(10, [0, 1, 9]), [9, 4, 7]);
        assert_eq!(of(65_536, [0, 1, 65_535]), [15136, 60515, 19139]);
        assert_eq!(of(65_537, [0, 1, 65_536]), [25631, 19473, 37758]);
        assert_eq!(of(10_u128.pow(9), [0, 1, 999_999_999]), [738_038_138, 425_100_410, 100_260_154]);
        assert_eq!(
            of(1 << 122, [0, 1, 1 << 121]),
            [
                2_101_902_343_858_501_374_789_085_307_032_672_766,
                1_967_520_787_923_739_796_492_359_556_483_359_223,
                4_445_759_985_022_329_326_877_965_967_177_972_676
            ]
        );
    }

    #[test]
    fn known_answers_pin_digit_strings_of_every_method() {
        let mixed = known().domain("known answers").mixed_radix();
        let of = |digits: &[u8], radix: u8| {
            let mut digits = digits.to_vec();
            let radixes = vec![radix; digits.len()];
            mixed.apply(&mut digits, &radixes, 0);
            hex(&digits)
        };
        assert_eq!(of(&[7], 10), "06");
        assert_eq!(of(&[1, 2], 10), "0402");
        assert_eq!(
            of(&[3; 36], 10),
            "080801010200070009010805070405090809090806090800050405000209040906080600"
        );
        assert_eq!(
            of(&[3; 40], 10),
            "00000502020003050309040303090608010501030204030908030606080707030307040303080503"
        );
    }

    #[test]
    fn two_secrets_agree_no_more_often_than_chance() {
        let [one, other] =
            [known(), Secret::parse(&"07".repeat(32)).unwrap()].map(|secret| secret.domain("a"));
        let bits = |n: u32| {
            let pair = one.digest(&n.to_be_bytes()).into_iter().zip(other.digest(&n.to_be_bytes()));
            pair.map(|(a, b)| (a ^ b).count_ones()).sum::<u32>()
        };
        // 1000 digests of 256 bits: 128 000 differ, give or take 253; seven times that never happens.
        let differing: u32 = (0..1000).map(bits).sum();
        assert!(differing.abs_diff(128_000) < 1771, "{differing}");
        let same = |size: u128| {
            let (one, other) = (one.permutation(size), other.permutation(size));
            (0..10_000).filter(|n| one.apply(*n) == other.apply(*n)).count()
        };
        // One place in all is kept by chance, wherever the permutations are unrelated.
        assert!(same(10_000) < 8 && same(100_000) < 4);
    }

    #[test]
    fn whatever_holds_a_key_is_wiped_when_it_is_dropped() {
        fn is_wiped<T: ZeroizeOnDrop>() {}
        is_wiped::<Secret>();
        is_wiped::<DomainKey>();
        // Only with the crates' features for it.
        is_wiped::<aes::Aes128>();
        is_wiped::<Sha256>();
    }

    #[test]
    fn a_secret_never_shows() {
        assert_eq!(format!("{:?}", known()), "<secret>");
        assert_eq!(format!("{:?}", known().domain("a")), "<secret>");
    }

    #[test]
    fn scaling_covers_the_range_and_never_leaves_it() {
        assert_eq!(scale(&[0xff; 8], 10), 9);
        assert_eq!(scale(&[0; 8], 10), 0);
        assert_eq!(scale(&[0xff], 1), 0);
    }
}

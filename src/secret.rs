//! The secret behind consistent masking, and the keyed functions made from it.
//!
//! 256 bits, never a default. Each domain has its own key by HKDF-SHA-256
//! (RFC 5869), so that what is learnt in one domain says nothing of another.
//! Pseudonyms are `HMAC-SHA-256(domain key, canonical input)`; injective masks
//! are keyed permutations (`permutation`, `mixed_radix`). Nothing here is ever a seeded
//! generator or an unkeyed hash. The known answers in the tests pin the
//! functions for ever: another answer means other pseudonyms for everybody.

mod mixed_radix;
mod permutation;

pub use mixed_radix::MixedRadix;
pub use permutation::Permutation;

use crate::error::{Error, Result};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
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

/// The key of one domain, ready for use: its HMAC state is computed once.
#[derive(Clone)]
pub struct DomainKey {
    state: Hmac<Sha256>,
}

impl DomainKey {
    fn new(key: &[u8; 32]) -> Self {
        // HMAC takes keys of any length; a block-sized one is taken as it is.
        let mut block = Zeroizing::new([0_u8; 64]);
        for (to, from) in block.iter_mut().zip(key) {
            *to = *from;
        }
        Self { state: <Hmac<Sha256> as KeyInit>::new(&(*block).into()) }
    }

    /// `HMAC-SHA-256(key, input)`.
    #[must_use]
    pub fn digest(&self, input: &[u8]) -> Digest {
        let mut mac = self.state.clone();
        mac.update(input);
        mac.finalize().into_bytes().into()
    }

    /// A key within this domain, for a second purpose on the same inputs.
    #[must_use]
    pub fn purpose(&self, name: &str) -> Self {
        Self::new(&self.digest(name.as_bytes()))
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
        let digest = self.digest(purpose.as_bytes());
        let mut key = [0_u8; 16];
        key.copy_from_slice(&digest[..16]);
        aes::Aes128::new(&key.into())
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
        assert_eq!(digits, [1, 4, 8, 1, 8, 4, 5, 7, 1, 7]);
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

//! `token`: an opaque keyed token.
//!
//! Text in hex, base32 (RFC 4648's alphabet in lower case) or base62; bytes in a
//! bytea; a uuid of version 8 (RFC 9562: custom bits) in a uuid. The token is the
//! HMAC of the value, or of `by`'s identity, stretched by a counter. Two inputs
//! meet by chance only: 16 characters of base32 are 80 bits. The empty text stays
//! empty.

use super::{Binding, Bound, Capacity, Example, Folding, Masker, Param, ParamKind, Params, Promises, Seed};
use super::{Transformer, wrong};
use crate::diagnostic::Diagnostic;
use crate::format::{Output, Row, Unreadable, Value};
use crate::schema::{DataType, Scalar};
use crate::secret::DomainKey;

const LONGEST: usize = 1024;

/// See the module.
pub(super) struct Token;

impl Transformer for Token {
    fn name(&self) -> &'static str {
        "token"
    }

    fn summary(&self) -> &'static str {
        "Replace a value by an opaque keyed token"
    }

    fn params(&self) -> &'static [Param] {
        const PARAMS: &[Param] = &[
            Param::optional("length", ParamKind::Integer, "16", "characters of a text, bytes of a bytea"),
            Param::optional(
                "alphabet",
                ParamKind::Word(&["hex", "base32", "base62"]),
                "base32",
                "what a text token is written in",
            ),
        ];
        PARAMS
    }

    fn accepts(&self, data_type: &DataType) -> bool {
        data_type.is_text() || matches!(data_type.scalar(), Some(Scalar::Bytea | Scalar::Uuid))
    }

    fn promises(&self) -> Promises {
        Promises::USUAL
    }

    fn capacity(&self, data_type: &DataType, params: &Params) -> Capacity {
        let length = params.integer("length").and_then(|n| u32::try_from(n).ok()).unwrap_or(16);
        let bits = match data_type.scalar() {
            Some(Scalar::Uuid) => 122.0,
            Some(Scalar::Bytea) => 8.0 * f64::from(length),
            _ => Alphabet::said(params).bits() * f64::from(length),
        };
        Capacity::Random { bits: bits.min(256.0) }
    }

    fn folded_capacity(&self, data_type: &DataType, params: &Params) -> Capacity {
        match (self.capacity(data_type, params), Alphabet::said(params)) {
            // Of 62 characters, 26 pairs become one each: two folded characters are
            // the same with odds of 114 / 62^2.
            (Capacity::Random { bits }, Alphabet::Base62) if data_type.is_text() => {
                Capacity::Random { bits: bits * (62.0_f64 * 62.0 / 114.0).log2() / 62_f64.log2() }
            }
            (capacity, _) => capacity,
        }
    }

    fn example(&self) -> Example {
        Example {
            rule: "{ with = \"token\", length = 20, alphabet = \"base62\" }",
            data_type: "text",
            input: "sk_live_4eC39HqL",
        }
    }

    fn bind(&self, at: &mut Binding<'_>, params: &Params) -> Result<Bound, Diagnostic> {
        let length = params.integer("length").unwrap_or(16);
        let length = usize::try_from(length).ok().filter(|length| (1..=LONGEST).contains(length));
        let length =
            length.ok_or_else(|| wrong(params, "length", format!("`length` is from 1 to {LONGEST}")))?;
        if !at.data_type.is_text() && params.get("alphabet").is_some() {
            return Err(wrong(params, "alphabet", "`alphabet` is for text columns only"));
        }
        if at.data_type.scalar() == Some(Scalar::Uuid) && params.get("length").is_some() {
            return Err(wrong(params, "length", "a uuid has one length only"));
        }
        if let Some(room) = at.data_type.max_chars().filter(|room| *room < length) {
            let problem = format!("a token of {length} characters needs `varchar({length})`");
            return Err(wrong(params, "length", problem).help(format!(
                "write `length = {room}`, and `alphabet = \"base62\"` for more bits a character"
            )));
        }
        let seed = at.seed("token", Folding::Exact)?;
        let more = seed.key().purpose("more");
        Ok(Bound::cell(Opaque { seed, more, length, alphabet: Alphabet::said(params) }))
    }
}

#[derive(Clone, Copy)]
enum Alphabet {
    Hex,
    Base32,
    Base62,
}

impl Alphabet {
    fn said(params: &Params) -> Self {
        match params.text("alphabet") {
            Some("hex") => Self::Hex,
            Some("base62") => Self::Base62,
            _ => Self::Base32,
        }
    }

    fn bits(self) -> f64 {
        match self {
            Self::Hex => 4.0,
            Self::Base32 => 5.0,
            Self::Base62 => 62_f64.log2(),
        }
    }

    /// Its characters, and how many to take of 128 bits: few enough that the bias
    /// of a remainder stays below 2^-30.
    fn characters(self) -> (&'static [u8], usize) {
        match self {
            Self::Hex => (b"0123456789abcdef", 32),
            Self::Base32 => (b"abcdefghijklmnopqrstuvwxyz234567", 25),
            Self::Base62 => (b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", 16),
        }
    }
}

struct Opaque {
    seed: Seed,
    more: DomainKey,
    length: usize,
    alphabet: Alphabet,
}

impl Masker for Opaque {
    fn mask(&self, value: Value<'_>, row: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        if value.data_type.is_text() && value.text()?.is_empty() {
            out.keep(value);
            return Ok(());
        }
        let mut block = self.seed.digest(value, row)?;
        let mut words = std::iter::from_fn(|| {
            let (high, low) = block.split_at(16);
            let word = |half: &[u8]| half.iter().fold(0_u128, |n, byte| n << 8 | u128::from(*byte));
            let words = [word(high), word(low)];
            block = self.more.digest(&block);
            Some(words)
        })
        .flatten();
        match value.data_type.scalar() {
            Some(Scalar::Uuid) => {
                let bits = words.next().unwrap_or(0);
                let version_8 = bits & !(0xf << 76) & !(0b11 << 62) | 8 << 76 | 0b10 << 62;
                out.uuid(version_8);
            }
            Some(Scalar::Bytea) => {
                let mut bytes = [0_u8; LONGEST];
                for (chunk, word) in bytes.chunks_mut(16).take(self.length.div_ceil(16)).zip(words) {
                    chunk.copy_from_slice(&word.to_be_bytes());
                }
                out.bytes(bytes.get(..self.length).unwrap_or_default());
            }
            _ => {
                let (characters, each) = self.alphabet.characters();
                let radix = characters.len() as u128;
                let out = out.text();
                let mut left = self.length;
                while left > 0 {
                    let mut word = words.next().unwrap_or(0);
                    for _ in 0..each.min(left) {
                        let place = usize::try_from(word % radix).unwrap_or(0);
                        out.push(characters.get(place).copied().unwrap_or(b'0'));
                        word /= radix;
                        left -= 1;
                    }
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::transform::fixture::Trial;

    #[test]
    fn a_token_has_the_length_and_alphabet_asked_for() {
        for (alphabet, length) in [("hex", 64), ("base32", 5), ("base62", 100)] {
            let rule = format!(r#"{{ with = "token", length = {length}, alphabet = "{alphabet}" }}"#);
            let masked = Trial::of(&rule).text("secret");
            assert_eq!(masked.len(), length);
            assert!(masked.bytes().all(|b| b.is_ascii_alphanumeric()));
        }
    }

    #[test]
    fn bytes_and_uuids_get_theirs() {
        assert_eq!(Trial::of(r#""token""#).on("bytea").text("\\x00ff").len(), 2 + 32);
        let masked = Trial::of(r#""token""#).on("uuid").text("f81d4fae-7dec-41d0-a765-00a0c91e6bf6");
        assert_eq!(masked.get(14..15), Some("8"));
    }

    #[test]
    fn a_column_that_is_too_short_is_refused_with_the_length_it_has() {
        let refused = Trial::of(r#""token""#).on("varchar(10)").bind().err().unwrap();
        assert!(refused.help.unwrap().contains("length = 10"));
        assert!(Trial::of(r#"{ with = "token", length = 0 }"#).bind().is_err());
    }
}

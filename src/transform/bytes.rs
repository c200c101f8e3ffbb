//! `bytes`: a placeholder in the place of a blob.
//!
//! As many bytes as the next power of two above the blob's own, at most `max`. With
//! `auto` an image, a PDF or a gzip file becomes a valid one of its kind with nothing
//! in it (see `placeholder`), anything else the bytes of `random`, which the secret
//! and the blob decide, or `by`'s identity. They do not compress, as most blobs do
//! not, so that a table stays as large. `zeros` and `empty` say themselves what they
//! are. What is empty stays empty. For a unique column `token` is the mask.

use super::placeholder::Kind;
use super::{
    Binding, Bound, Capacity, Example, Folding, Length, Masker, Param, ParamKind, Params, Promises, Seed,
};
use super::{Transformer, wrong};
use crate::diagnostic::Diagnostic;
use crate::format::{Output, Row, Unreadable, Value, Wire};
use crate::schema::{DataType, Scalar};
use crate::secret::DomainKey;

const LARGEST: usize = 1 << 26;

/// See the module.
pub(super) struct Bytes;

impl Transformer for Bytes {
    fn name(&self) -> &'static str {
        "bytes"
    }

    fn summary(&self) -> &'static str {
        "Replace a blob by a placeholder of its size class"
    }

    fn params(&self) -> &'static [Param] {
        const PARAMS: &[Param] = &[
            Param::optional(
                "placeholder",
                ParamKind::Word(&["auto", "random", "zeros", "empty"]),
                "auto",
                "a valid file of the same kind, keyed bytes, zeros, or nothing",
            ),
            Param::optional("max", ParamKind::Integer, "1048576", "the most bytes of a placeholder"),
        ];
        PARAMS
    }

    fn accepts(&self, data_type: &DataType) -> bool {
        data_type.scalar() == Some(Scalar::Bytea)
    }

    fn promises(&self) -> Promises {
        Promises {
            length: Length::Free,
            reveals: Some("the size class, and the kind of a file with placeholder = \"auto\""),
            ..Promises::USUAL
        }
    }

    fn capacity(&self, _: &DataType, _: &Params) -> Capacity {
        Capacity::Few
    }

    fn example(&self) -> Example {
        Example { rule: "\"bytes\"", data_type: "bytea", input: "\\x5365637265743a2031323334" }
    }

    fn bind(&self, at: &mut Binding<'_>, params: &Params) -> Result<Bound, Diagnostic> {
        let max = usize::try_from(params.integer("max").unwrap_or(1 << 20)).ok();
        let max = max.filter(|max| (1..=LARGEST).contains(max));
        let max = max.ok_or_else(|| wrong(params, "max", format!("`max` is from 1 to {LARGEST} bytes")))?;
        let content = match params.text("placeholder") {
            Some("empty") => Content::Empty,
            Some("zeros") => Content::Zeros,
            Some("random") => Content::Keyed { seed: at.seed("bytes", Folding::Exact)?, kinds: false },
            _ => Content::Keyed { seed: at.seed("bytes", Folding::Exact)?, kinds: true },
        };
        let more = at.key("bytes").purpose("more");
        Ok(Bound::cell(Placeholder { content, max, more }))
    }
}

enum Content {
    Empty,
    Zeros,
    Keyed { seed: Seed, kinds: bool },
}

struct Placeholder {
    content: Content,
    max: usize,
    more: DomainKey,
}

impl Masker for Placeholder {
    fn mask(&self, value: Value<'_>, row: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        let (length, start) = measure(value)?;
        let size = length.checked_next_power_of_two().unwrap_or(self.max).min(self.max);
        let hex = out.wire() == Wire::Text;
        // Opens a text form, too.
        out.bytes(&[]);
        let buffer = out.raw();
        let mut push = |byte: u8| {
            if hex {
                let digit = |nibble: u8| if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 };
                buffer.extend_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
            } else {
                buffer.push(byte);
            }
        };
        match &self.content {
            _ if length == 0 => {}
            Content::Empty => {}
            Content::Zeros => (0..size).for_each(|_| push(0)),
            Content::Keyed { seed, kinds } => {
                let (mut block, mut used) = (seed.digest(value, row)?, 0);
                let mut filling = || {
                    if used == block.len() {
                        (block, used) = (self.more.digest(&block), 0);
                    }
                    used += 1;
                    block.get(used - 1).copied().unwrap_or(0)
                };
                match Kind::of(&start).filter(|_| *kinds) {
                    Some(kind) => kind.write(size, &mut filling, &mut push),
                    None => (0..size).for_each(|_| push(filling())),
                }
            }
        }
        Ok(())
    }
}

/// How many bytes a blob has, and its first eight.
fn measure(value: Value<'_>) -> Result<(usize, [u8; 8]), Unreadable> {
    let mut start = [0; 8];
    if value.wire == Wire::Binary {
        for (to, from) in start.iter_mut().zip(value.raw) {
            *to = *from;
        }
        return Ok((value.raw.len(), start));
    }
    let not = Unreadable("bytea is not in hex form");
    let hex = value.raw.strip_prefix(b"\\x").ok_or(not)?;
    for (to, pair) in start.iter_mut().zip(hex.chunks(2)) {
        let pair = std::str::from_utf8(pair).map_err(|_| not)?;
        *to = u8::from_str_radix(pair, 16).map_err(|_| not)?;
    }
    Ok((hex.len() / 2, start))
}

#[cfg(test)]
mod tests {
    use crate::format::Wire;
    use crate::transform::fixture::Trial;
    use crate::transform::placeholder::Kind;

    fn masked(rule: &str, input: &[u8]) -> Vec<u8> {
        Trial::of(rule).on("bytea").wire(Wire::Binary).bind().unwrap().raw(input).unwrap().unwrap()
    }

    #[test]
    fn the_size_class_stays_up_to_the_most() {
        for (length, size) in [(0, 0), (1, 1), (3, 4), (1000, 1024), (1024, 1024), (5000, 2048)] {
            for placeholder in ["auto", "random", "zeros"] {
                let rule = format!(r#"{{ with = "bytes", placeholder = "{placeholder}", max = 2048 }}"#);
                assert_eq!(masked(&rule, &vec![b'x'; length]).len(), size, "{placeholder} {length}");
            }
        }
        assert_eq!(masked(r#"{ with = "bytes", placeholder = "zeros" }"#, b"abc"), [0; 4]);
        assert!(masked(r#"{ with = "bytes", placeholder = "empty" }"#, b"abc").is_empty());
        assert!(Trial::of(r#"{ with = "bytes", max = 0 }"#).on("bytea").bind().is_err());
    }

    #[test]
    fn a_file_becomes_one_of_its_kind() {
        let picture = [b"\x89PNG\r\n\x1a\nsecret".as_slice(), &[7; 490]].concat();
        let made = masked(r#""bytes""#, &picture);
        assert_eq!((Kind::of(&made), made.len()), (Some(Kind::Png), 512));
        assert!(!made.windows(6).any(|part| part == b"secret"));
        assert_eq!(Kind::of(&masked(r#"{ with = "bytes", placeholder = "random" }"#, &picture)), None);
        let other = [picture.as_slice(), b"!"].concat();
        assert_ne!(masked(r#""bytes""#, &other), made);
    }

    #[test]
    fn both_forms_agree() {
        for input in [&b"GIF89a and more"[..], b"plain", b""] {
            let hex = format!("\\x{}", data_encoding::HEXLOWER.encode(input));
            let text = Trial::of(r#""bytes""#).on("bytea").text(&hex);
            assert_eq!(text, format!("\\x{}", data_encoding::HEXLOWER.encode(&masked(r#""bytes""#, input))));
        }
        assert!(Trial::of(r#""bytes""#).on("bytea").bind().unwrap().raw(b"plain").is_err());
    }
}

//! Composites and hstore in both wire forms, member by member.

use super::{Masker, array};
use crate::format::{Output, Row, Unreadable, Value, Wire};
use crate::schema::DataType;

const MALFORMED: Unreadable = Unreadable("a malformed composite or hstore");

/// Whether a name meets a written one, where `*` stands for any characters.
pub(super) fn meets(written: &str, name: &str) -> bool {
    let mut parts = written.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or_default();
    }
    rest.ends_with(last)
}

/// What has members, and their maskers.
pub(super) enum Shape {
    /// Attributes in order.
    Composite(Vec<(DataType, Box<dyn Masker>)>),
    /// Keys as written, what holds for the others, and the type of all values.
    Hstore(Vec<(String, Box<dyn Masker>)>, Box<dyn Masker>, DataType),
}

/// The masker of something with members.
pub(super) struct Members(pub(super) Shape);

impl Masker for Members {
    fn mask(&self, value: Value<'_>, row: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        let to = out.raw();
        match (&self.0, value.wire) {
            (Shape::Composite(members), Wire::Binary) => composite_binary(members, value.raw, row, to),
            (Shape::Composite(members), Wire::Text) => composite_text(members, value.raw, row, to),
            (Shape::Hstore(keys, rest, text), wire) => {
                let masker = |key: &[u8]| {
                    let key = std::str::from_utf8(key).unwrap_or_default();
                    let found = keys.iter().find(|(name, _)| meets(name, key));
                    found.map_or(rest, |(_, masker)| masker).as_ref()
                };
                match wire {
                    Wire::Binary => hstore_binary(&masker, text, value.raw, row, to),
                    Wire::Text => hstore_text(&masker, text, value.raw, row, to),
                }
            }
        }
    }
}

/// The masked member, or `None` for NULL.
fn one(
    masker: &dyn Masker,
    data_type: &DataType,
    wire: Wire,
    raw: Option<&[u8]>,
    row: &Row<'_>,
) -> Result<Option<Vec<u8>>, Unreadable> {
    let Some(raw) = raw else { return Ok(None) };
    let mut buffer = Vec::with_capacity(raw.len());
    let mut out = Output::new(&mut buffer, data_type, wire);
    masker.mask(Value { raw, data_type, wire }, row, &mut out)?;
    let null = out.is_null();
    Ok((!null).then_some(buffer))
}

fn composite_binary(
    members: &[(DataType, Box<dyn Masker>)],
    raw: &[u8],
    row: &Row<'_>,
    to: &mut Vec<u8>,
) -> Result<(), Unreadable> {
    // A count, then type, length and bytes of each.
    if usize::try_from(array::int(raw, 0)?) != Ok(members.len()) {
        return Err(MALFORMED);
    }
    to.extend_from_slice(raw.get(..4).unwrap_or_default());
    let mut rest = raw.get(4..).unwrap_or_default();
    for (data_type, masker) in members {
        let (oid, after) = rest.split_at_checked(4).ok_or(MALFORMED)?;
        let (item, after) = array::take(after)?;
        to.extend_from_slice(oid);
        array::put(one(masker.as_ref(), data_type, Wire::Binary, item, row)?.as_ref(), to)?;
        rest = after;
    }
    if rest.is_empty() { Ok(()) } else { Err(MALFORMED) }
}

fn composite_text(
    members: &[(DataType, Box<dyn Masker>)],
    raw: &[u8],
    row: &Row<'_>,
    to: &mut Vec<u8>,
) -> Result<(), Unreadable> {
    let mut rest = raw.strip_prefix(b"(").and_then(|raw| raw.strip_suffix(b")")).ok_or(MALFORMED)?;
    to.push(b'(');
    for (place, (data_type, masker)) in members.iter().enumerate() {
        if place > 0 {
            rest = rest.strip_prefix(b",").ok_or(MALFORMED)?;
            to.push(b',');
        }
        let (item, after) = read_member(rest)?;
        rest = after;
        if let Some(masked) = one(masker.as_ref(), data_type, Wire::Text, item.as_deref(), row)? {
            let special = |b: &u8| {
                matches!(b, b'"' | b'\\' | b',' | b'(' | b')') || b.is_ascii_whitespace() || *b == 0x0b
            };
            if masked.is_empty() || masked.iter().any(special) {
                quote(&masked, b'"', to);
            } else {
                to.extend_from_slice(&masked);
            }
        }
    }
    to.push(b')');
    if rest.is_empty() { Ok(()) } else { Err(MALFORMED) }
}

/// A member in `record_out`'s form; nothing at all is NULL.
fn read_member(raw: &[u8]) -> Result<(Option<Vec<u8>>, &[u8]), Unreadable> {
    let (mut bytes, mut quoted, mut seen) = (Vec::new(), false, false);
    let mut rest = raw;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match first {
            b'\\' => {
                let (escaped, after) = after.split_first().ok_or(MALFORMED)?;
                bytes.push(*escaped);
                rest = after;
            }
            b'"' if quoted && after.first() == Some(&b'"') => {
                bytes.push(b'"');
                rest = after.get(1..).unwrap_or_default();
            }
            b'"' => (quoted, seen) = (!quoted, true),
            b',' if !quoted => {
                // The comma is the caller's.
                let at = raw.len() - after.len() - 1;
                rest = raw.get(at..).unwrap_or_default();
                break;
            }
            other => bytes.push(*other),
        }
    }
    if quoted { Err(MALFORMED) } else { Ok(((seen || !bytes.is_empty()).then_some(bytes), rest)) }
}

fn quote(bytes: &[u8], escape: u8, to: &mut Vec<u8>) {
    to.push(b'"');
    for byte in bytes {
        match byte {
            b'"' => to.push(escape),
            b'\\' => to.push(b'\\'),
            _ => {}
        }
        to.push(*byte);
    }
    to.push(b'"');
}

type Find<'a, 'b> = &'a dyn Fn(&[u8]) -> &'b dyn Masker;

fn hstore_binary(
    masker: Find<'_, '_>,
    value_type: &DataType,
    raw: &[u8],
    row: &Row<'_>,
    to: &mut Vec<u8>,
) -> Result<(), Unreadable> {
    let count = array::int(raw, 0)?;
    to.extend_from_slice(raw.get(..4).unwrap_or_default());
    let mut rest = raw.get(4..).unwrap_or_default();
    for _ in 0..count {
        let (key, after) = array::take(rest)?;
        let key = key.ok_or(MALFORMED)?;
        let (item, after) = array::take(after)?;
        array::put(Some(&key.to_vec()), to)?;
        array::put(one(masker(key), value_type, Wire::Binary, item, row)?.as_ref(), to)?;
        rest = after;
    }
    if rest.is_empty() { Ok(()) } else { Err(MALFORMED) }
}

fn hstore_text(
    masker: Find<'_, '_>,
    value_type: &DataType,
    raw: &[u8],
    row: &Row<'_>,
    to: &mut Vec<u8>,
) -> Result<(), Unreadable> {
    let mut rest = raw;
    while !rest.is_empty() {
        let (key, after) = read_quoted(rest)?;
        let after = after.strip_prefix(b"=>").ok_or(MALFORMED)?;
        quote(&key, b'\\', to);
        to.extend_from_slice(b"=>");
        let (item, after) = match after.strip_prefix(b"NULL") {
            Some(after) => (None, after),
            None => read_quoted(after).map(|(item, after)| (Some(item), after))?,
        };
        match one(masker(&key), value_type, Wire::Text, item.as_deref(), row)? {
            Some(new) => quote(&new, b'\\', to),
            None => to.extend_from_slice(b"NULL"),
        }
        rest = after;
        if let Some(after) = rest.strip_prefix(b", ") {
            to.extend_from_slice(b", ");
            rest = after;
        } else if !rest.is_empty() {
            return Err(MALFORMED);
        }
    }
    Ok(())
}

fn read_quoted(raw: &[u8]) -> Result<(Vec<u8>, &[u8]), Unreadable> {
    let mut bytes = raw.strip_prefix(b"\"").ok_or(MALFORMED)?.iter();
    let mut item = Vec::new();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => return Ok((item, bytes.as_slice())),
            b'\\' => item.push(*bytes.next().ok_or(MALFORMED)?),
            other => item.push(*other),
        }
    }
    Err(MALFORMED)
}

#[cfg(test)]
mod tests {
    use super::meets;

    #[test]
    fn a_star_stands_for_any_characters() {
        for (written, name) in
            [("a", "a"), ("*", ""), ("*", "x"), ("a*", "a"), ("*mail", "e-mail"), ("a*b*c", "a1b2bc")]
        {
            assert!(meets(written, name), "{written} {name}");
        }
        for (written, name) in [("a", "ab"), ("a*a", "a"), ("*mail", "mails"), ("a*b*c", "acb"), ("", "x")] {
            assert!(!meets(written, name), "{written} {name}");
        }
    }
}

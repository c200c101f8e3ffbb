//! Arrays in both wire forms: any number of dimensions, any bounds, NULLs.

use super::canonical;
use crate::format::{Unreadable, Wire};

const MALFORMED: Unreadable = Unreadable("a malformed array");

/// Masks an element: appends the new value and says whether it is NULL.
pub(super) type Element<'a> = dyn FnMut(&[u8], &mut Vec<u8>) -> Result<bool, Unreadable> + 'a;

/// Replaces each element that is not NULL; everything else stays byte for byte.
pub(super) fn map(
    raw: &[u8],
    wire: Wire,
    out: &mut Vec<u8>,
    element: &mut Element<'_>,
) -> Result<(), Unreadable> {
    match wire {
        Wire::Binary => map_binary(raw, out, element),
        Wire::Text => map_text(raw, out, element),
    }
}

fn map_binary(raw: &[u8], out: &mut Vec<u8>, element: &mut Element<'_>) -> Result<(), Unreadable> {
    // Dimensions, whether there are NULLs, element type; size and lower bound each.
    let dimensions = usize::try_from(int(raw, 0)?).map_err(|_| MALFORMED)?;
    let head = 12 + 8 * dimensions;
    if dimensions > 6 {
        return Err(MALFORMED);
    }
    let (kept, mut rest) = raw.split_at_checked(head).ok_or(MALFORMED)?;
    let start = out.len();
    out.extend_from_slice(kept);
    let mut nulls = false;
    canonical::with(|buffer| {
        while !rest.is_empty() {
            let (item, after) = take(rest)?;
            rest = after;
            buffer.clear();
            let null = match item {
                Some(bytes) => element(bytes, buffer)?,
                None => true,
            };
            nulls |= null;
            put((!null).then_some(buffer), out)?;
        }
        Ok(())
    })?;
    if let Some(flags) = out.get_mut(start + 4..start + 8) {
        flags.copy_from_slice(&i32::from(nulls).to_be_bytes());
    }
    Ok(())
}

fn map_text(raw: &[u8], out: &mut Vec<u8>, element: &mut Element<'_>) -> Result<(), Unreadable> {
    let mut each = |token: Token<'_>| {
        match token {
            Token::Structure(bytes) => out.extend_from_slice(bytes),
            Token::Null => out.extend_from_slice(b"NULL"),
            Token::Element(bytes) => canonical::with(|masked| {
                if element(bytes, masked)? {
                    out.extend_from_slice(b"NULL");
                } else {
                    quote(masked, out);
                }
                Ok(())
            })?,
        }
        Ok(())
    };
    canonical::with(|unescaped| scan(raw, unescaped, &mut each))
}

enum Token<'a> {
    /// Braces, commas, bounds, white space.
    Structure(&'a [u8]),
    Null,
    /// An element, unescaped.
    Element(&'a [u8]),
}

type Each<'a> = dyn FnMut(Token<'_>) -> Result<(), Unreadable> + 'a;

/// Walks the text form and gives its tokens in order; elements are unescaped in `buffer`.
fn scan(raw: &[u8], buffer: &mut Vec<u8>, each: &mut Each<'_>) -> Result<(), Unreadable> {
    let mut rest = raw;
    if rest.first() == Some(&b'[') {
        let end = rest.iter().position(|b| *b == b'=').ok_or(MALFORMED)?;
        let (bounds, after) = rest.split_at(end + 1);
        each(Token::Structure(bounds))?;
        rest = after;
    }
    let mut depth = 0_usize;
    while let Some((first, after)) = rest.split_first() {
        match first {
            b'{' | b'}' | b',' => {
                depth = match first {
                    b'{' => depth + 1,
                    b'}' => depth.checked_sub(1).ok_or(MALFORMED)?,
                    _ => depth,
                };
                if depth == 0 && !after.is_empty() {
                    return Err(MALFORMED);
                }
                each(Token::Structure(rest.get(..1).unwrap_or_default()))?;
                rest = after;
            }
            b' ' | b'\t' | b'\n' | b'\r' => rest = after,
            _ if depth == 0 => return Err(MALFORMED),
            b'"' => {
                buffer.clear();
                rest = unquote(after, buffer)?;
                each(Token::Element(buffer))?;
            }
            _ => {
                buffer.clear();
                let mut bytes = rest.iter();
                while let Some(byte) = bytes.as_slice().first() {
                    if matches!(byte, b',' | b'{' | b'}' | b'"') {
                        break;
                    }
                    let _ = bytes.next();
                    buffer.push(if *byte == b'\\' { *bytes.next().ok_or(MALFORMED)? } else { *byte });
                }
                rest = bytes.as_slice();
                let word = buffer.trim_ascii_end();
                if word.eq_ignore_ascii_case(b"null") {
                    each(Token::Null)?;
                } else {
                    each(Token::Element(word))?;
                }
            }
        }
    }
    if depth == 0 && !raw.is_empty() { Ok(()) } else { Err(MALFORMED) }
}

/// Reads up to the closing quote and gives what follows it.
fn unquote<'a>(rest: &'a [u8], buffer: &mut Vec<u8>) -> Result<&'a [u8], Unreadable> {
    let mut bytes = rest.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => return Ok(bytes.as_slice()),
            b'\\' => buffer.push(*bytes.next().ok_or(MALFORMED)?),
            other => buffer.push(*other),
        }
    }
    Err(MALFORMED)
}

fn quote(element: &[u8], out: &mut Vec<u8>) {
    let special =
        |b: &u8| matches!(b, b'{' | b'}' | b',' | b'"' | b'\\') || b.is_ascii_whitespace() || *b == 0x0b;
    if !element.is_empty() && !element.iter().any(special) && !element.eq_ignore_ascii_case(b"null") {
        out.extend_from_slice(element);
        return;
    }
    out.push(b'"');
    for byte in element {
        if matches!(byte, b'"' | b'\\') {
            out.push(b'\\');
        }
        out.push(*byte);
    }
    out.push(b'"');
}

/// The sizes of its dimensions and its elements, NULLs as `None`.
pub(super) type Parts = (Vec<usize>, Vec<Option<String>>);

/// The parts of an array in text form; `None` where it is malformed, not
/// rectangular, or says bounds.
pub(super) fn read_text(text: &str) -> Option<Parts> {
    let (mut elements, mut dimensions, mut open) = (Vec::new(), Vec::new(), Vec::<usize>::new());
    let mut even = true;
    scan(text.as_bytes(), &mut Vec::new(), &mut |token| {
        let element = match token {
            Token::Structure(b"{") => {
                if let Some(parent) = open.last_mut() {
                    *parent += 1;
                }
                open.push(0);
                return Ok(());
            }
            Token::Structure(b"}") => {
                let (size, depth) = (open.pop().unwrap_or(0), open.len());
                if dimensions.len() <= depth {
                    dimensions.resize(depth + 1, size);
                }
                even &= dimensions.get(depth) == Some(&size);
                return Ok(());
            }
            Token::Structure(b",") => return Ok(()),
            Token::Structure(_) => return Err(MALFORMED),
            Token::Null => None,
            Token::Element(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        };
        if let Some(parent) = open.last_mut() {
            *parent += 1;
        }
        elements.push(element);
        Ok(())
    })
    .ok()?;
    if elements.is_empty() {
        return Some((Vec::new(), elements));
    }
    (even && dimensions.iter().product::<usize>() == elements.len()).then_some((dimensions, elements))
}

/// Appends the binary form of an array with lower bounds of 1.
pub(super) fn write_binary(oid: u32, dimensions: &[usize], elements: &[Option<Vec<u8>>], out: &mut Vec<u8>) {
    let size = |n: usize| i32::try_from(n).unwrap_or(i32::MAX).to_be_bytes();
    out.extend_from_slice(&size(dimensions.len()));
    out.extend_from_slice(&i32::from(elements.iter().any(Option::is_none)).to_be_bytes());
    out.extend_from_slice(&oid.to_be_bytes());
    for dimension in dimensions {
        out.extend_from_slice(&size(*dimension));
        out.extend_from_slice(&1_i32.to_be_bytes());
    }
    for element in elements {
        match element {
            Some(bytes) => {
                out.extend_from_slice(&size(bytes.len()));
                out.extend_from_slice(bytes);
            }
            None => out.extend_from_slice(&(-1_i32).to_be_bytes()),
        }
    }
}

/// A big-endian 32-bit number at a place.
pub(super) fn int(raw: &[u8], at: usize) -> Result<i32, Unreadable> {
    let bytes = raw.get(at..at + 4).and_then(|bytes| <[u8; 4]>::try_from(bytes).ok());
    bytes.map(i32::from_be_bytes).ok_or(Unreadable("a binary value that ends early"))
}

/// A value with its length before it, and the rest; a length of -1 is NULL.
pub(super) fn take(raw: &[u8]) -> Result<(Option<&[u8]>, &[u8]), Unreadable> {
    let length = int(raw, 0)?;
    let rest = raw.get(4..).unwrap_or_default();
    if length == -1 {
        return Ok((None, rest));
    }
    let length = usize::try_from(length).map_err(|_| MALFORMED)?;
    let (item, rest) = rest.split_at_checked(length).ok_or(Unreadable("a binary value that ends early"))?;
    Ok((Some(item), rest))
}

/// Appends a value with its length before it.
pub(super) fn put(item: Option<&Vec<u8>>, out: &mut Vec<u8>) -> Result<(), Unreadable> {
    match item {
        Some(bytes) => {
            let length = i32::try_from(bytes.len()).map_err(|_| Unreadable("a value longer than 2 GB"))?;
            out.extend_from_slice(&length.to_be_bytes());
            out.extend_from_slice(bytes);
        }
        None => out.extend_from_slice(&(-1_i32).to_be_bytes()),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upper(text: &str) -> Result<String, Unreadable> {
        let mut out = Vec::new();
        map(text.as_bytes(), Wire::Text, &mut out, &mut |raw, out| {
            out.extend(raw.to_ascii_uppercase());
            Ok(false)
        })?;
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn bounds_nulls_quotes_and_dimensions_survive() {
        for (text, expected) in [
            ("{}", "{}"),
            ("{a,NULL,b}", "{A,NULL,B}"),
            ("[0:1]={a,b}", "[0:1]={A,B}"),
            ("{{a,b},{c,d}}", "{{A,B},{C,D}}"),
            (r#"{"a b","c\"d","","null"}"#, r#"{"A B","C\"D","","NULL"}"#),
            (r#"{"{x}"}"#, r#"{"{X}"}"#),
        ] {
            assert_eq!(upper(text).unwrap(), expected);
        }
    }

    #[test]
    fn broken_arrays_are_refused() {
        for text in ["", "{", "a", "{a}}", "{\"a}", "[0:1]", "{a\\"] {
            assert!(upper(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_binary_array_keeps_its_head_and_learns_of_new_nulls() {
        let mut raw = Vec::new();
        write_binary(25, &[2], &[Some(b"a".to_vec()), Some(b"b".to_vec())], &mut raw);
        let mut out = Vec::new();
        map(&raw, Wire::Binary, &mut out, &mut |raw, out| {
            out.extend_from_slice(raw);
            Ok(raw == b"b")
        })
        .unwrap();
        let mut expected = Vec::new();
        write_binary(25, &[2], &[Some(b"a".to_vec()), None], &mut expected);
        assert_eq!(out, expected);
        assert!(map(&raw[..raw.len() - 1], Wire::Binary, &mut out, &mut |_, _| Ok(false)).is_err());
    }

    #[test]
    fn a_literal_must_be_rectangular() {
        assert_eq!(read_text("{{1,2},{3,NULL}}").unwrap().0, [2, 2]);
        assert!(read_text("{{1},{2,3}}").is_none());
        assert!(read_text("{1,{2}}").is_none());
    }
}

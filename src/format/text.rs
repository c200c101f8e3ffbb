//! Rows of `COPY … (FORMAT text)`: the fallback for types without a binary form.
//!
//! Fields stand between tabs, a row ends with a newline, `\N` is NULL, and a
//! backslash escapes what would be mistaken for those. A field without a
//! backslash is its value; one with is unescaped into scratch space.

use super::Place;
use memchr::{memchr, memchr3_iter};

/// Finds the fields of the row in `batch[start..end]`, its newline included, as
/// [`super::binary::find_fields`] does. `None` where the row has another number
/// of fields or does not end with a newline.
#[must_use]
pub fn find_fields(
    batch: &[u8],
    start: usize,
    end: usize,
    columns: &[usize],
    places: &mut [Place],
    scratch: &mut Vec<u8>,
) -> Option<()> {
    let (last, row) = batch.get(..end)?.get(start..)?.split_last()?;
    if *last != b'\n' {
        return None;
    }
    if columns.is_empty() {
        return row.is_empty().then_some(());
    }
    let mut at = start;
    let mut rest = row;
    for (index, column) in columns.iter().enumerate() {
        let length = match memchr(b'\t', rest) {
            Some(_) if index + 1 == columns.len() => return None,
            Some(length) => length,
            None if index + 1 == columns.len() => rest.len(),
            None => return None,
        };
        let (field, after) = rest.split_at_checked(length)?;
        *places.get_mut(*column)? = if field == b"\\N" {
            Place::Null
        } else if memchr(b'\\', field).is_none() {
            Place::Batch(at, at + length)
        } else {
            let from = scratch.len();
            unescape(field, scratch);
            Place::Scratch(from, scratch.len())
        };
        at += length + 1;
        rest = after.get(1..).unwrap_or_default();
    }
    Some(())
}

/// The byte ranges of a row's fields as they stand, escapes and all, for copying
/// what is kept. `end` is after the newline.
pub fn spans(batch: &[u8], start: usize, end: usize, out: &mut Vec<(usize, usize)>) {
    out.clear();
    let last = end.saturating_sub(1);
    let mut from = start;
    for tab in memchr::memchr_iter(b'\t', batch.get(start..last).unwrap_or_default()) {
        out.push((from, start + tab));
        from = start + tab + 1;
    }
    out.push((from, last));
}

fn unescape(field: &[u8], out: &mut Vec<u8>) {
    let mut bytes = field.iter().copied();
    while let Some(byte) = bytes.next() {
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        // The server writes no octal or hexadecimal escapes (PostgreSQL 14 to 18).
        out.push(match bytes.next() {
            Some(b'b') => 8,
            Some(b'f') => 12,
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            Some(b'v') => 11,
            Some(other) => other,
            None => b'\\',
        });
    }
}

/// Appends a value with escapes, or NULL.
pub fn write_field(out: &mut Vec<u8>, value: Option<&[u8]>) {
    let Some(bytes) = value else {
        out.extend_from_slice(b"\\N");
        return;
    };
    let mut from = 0;
    let mut marks: Vec<usize> = Vec::new();
    if memchr3_iter(b'\\', b'\n', b'\t', bytes).next().is_some() || memchr(b'\r', bytes).is_some() {
        marks = (0..bytes.len())
            .filter(|at| matches!(bytes.get(*at), Some(b'\\' | b'\n' | b'\t' | b'\r')))
            .collect();
    }
    for mark in marks {
        out.extend_from_slice(bytes.get(from..mark).unwrap_or_default());
        out.push(b'\\');
        out.push(match bytes.get(mark) {
            Some(b'\n') => b'n',
            Some(b'\t') => b't',
            Some(b'\r') => b'r',
            _ => b'\\',
        });
        from = mark + 1;
    }
    out.extend_from_slice(bytes.get(from..).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_nulls_survive() {
        let values: [Option<&[u8]>; 5] =
            [Some(b"a\tb\\c\nd\re"), None, Some(b"\\N"), Some(b""), Some("ü".as_bytes())];
        let mut row = Vec::new();
        for (index, value) in values.iter().enumerate() {
            if index > 0 {
                row.push(b'\t');
            }
            write_field(&mut row, *value);
        }
        row.push(b'\n');
        let (mut places, mut scratch) = (vec![Place::Null; 5], Vec::new());
        find_fields(&row, 0, row.len(), &[0, 1, 2, 3, 4], &mut places, &mut scratch).unwrap();
        for (place, value) in places.iter().zip(values) {
            let read = match place {
                Place::Null => None,
                Place::Batch(from, to) => Some(&row[*from..*to]),
                Place::Scratch(from, to) => Some(&scratch[*from..*to]),
            };
            assert_eq!(read, value);
        }
    }

    #[test]
    fn a_wrong_number_of_fields_is_refused() {
        let (mut places, mut scratch) = (vec![Place::Null; 3], Vec::new());
        for row in [&b"a\tb\tc\td\n"[..], b"a\tb\n", b"a\tb\tc", b""] {
            assert_eq!(find_fields(row, 0, row.len(), &[0, 1, 2], &mut places, &mut scratch), None);
        }
    }

    #[test]
    fn a_row_of_no_columns_is_an_empty_line() {
        assert_eq!(find_fields(b"\n", 0, 1, &[], &mut [], &mut Vec::new()), Some(()));
    }

    #[test]
    fn spans_cover_every_field() {
        let mut out = Vec::new();
        spans(b"xxa\t\tbc\n", 2, 8, &mut out);
        assert_eq!(out, [(2, 3), (4, 4), (5, 7)]);
    }
}

//! Rows of `COPY … (FORMAT binary)`.
//!
//! A stream is a 19-byte signature and header (glued to the first row by the
//! server), then rows: a 16-bit count of fields, and for each a 32-bit length
//! (-1 for NULL) and its bytes; then the trailer, a count of -1. The server
//! sends one message a row. Nothing is decoded here: a row's fields become
//! [`Place`]s, and whoever writes the row again copies the runs between the
//! fields it changes.

use super::Place;

/// The signature, no flags, no header extension: what a writer must send first.
pub const HEADER: &[u8; 19] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// The end of a stream.
pub const TRAILER: [u8; 2] = [0xff, 0xff];

/// Removes the header from the first message of a stream. `None` where it is
/// another header than [`HEADER`] (flags or extensions of a future version).
#[must_use]
pub fn strip_header(message: &[u8]) -> Option<&[u8]> {
    message.strip_prefix(HEADER)
}

/// Whether a message is the trailer.
#[must_use]
pub fn is_trailer(message: &[u8]) -> bool {
    message == TRAILER
}

/// Finds the fields of the row in `batch[start..end]`: the place of field `i`
/// goes to `places[columns[i]]`, as a range of its bytes without the length.
/// `None` where the row has another number of fields or its lengths don't add up.
#[must_use]
pub fn find_fields(
    batch: &[u8],
    start: usize,
    end: usize,
    columns: &[usize],
    places: &mut [Place],
) -> Option<()> {
    let row = batch.get(..end)?;
    let count = i16::from_be_bytes(row.get(start..start + 2)?.try_into().ok()?);
    if usize::try_from(count).ok()? != columns.len() {
        return None;
    }
    let mut at = start + 2;
    for column in columns {
        let length = i32::from_be_bytes(row.get(at..at + 4)?.try_into().ok()?);
        at += 4;
        let place = places.get_mut(*column)?;
        if length < 0 {
            *place = Place::Null;
        } else {
            let next = at + usize::try_from(length).ok()?;
            *place = Place::Batch(at, next);
            at = next;
        }
    }
    (at == end).then_some(())
}

/// Appends a field: its length and bytes, or NULL. A value of 2 GiB or more has
/// no binary form; `false` says so and nothing is appended.
pub fn write_field(out: &mut Vec<u8>, value: Option<&[u8]>) -> bool {
    let Some(bytes) = value else {
        out.extend_from_slice(&(-1_i32).to_be_bytes());
        return true;
    };
    let Ok(length) = i32::try_from(bytes.len()) else { return false };
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(bytes);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(fields: &[Option<&[u8]>]) -> Vec<u8> {
        let mut out = i16::try_from(fields.len()).unwrap().to_be_bytes().to_vec();
        for field in fields {
            assert!(write_field(&mut out, *field));
        }
        out
    }

    #[test]
    fn fields_go_to_their_columns_and_null_has_no_bytes() {
        let bytes = row(&[Some(b"ab"), None, Some(b"")]);
        let mut places = vec![Place::Null; 5];
        find_fields(&bytes, 0, bytes.len(), &[4, 1, 2], &mut places).unwrap();
        assert_eq!(places[4], Place::Batch(6, 8));
        assert_eq!(places[1], Place::Null);
        assert_eq!(places[2], Place::Batch(16, 16));
    }

    #[test]
    fn a_row_cut_anywhere_is_refused() {
        let bytes = row(&[Some(b"abcdef"), Some(b"x")]);
        let mut places = vec![Place::Null; 2];
        for end in 0..bytes.len() {
            assert_eq!(find_fields(&bytes, 0, end, &[0, 1], &mut places), None, "cut at {end}");
        }
    }

    #[test]
    fn a_length_beyond_the_row_or_another_count_is_refused() {
        let mut bytes = row(&[Some(b"abc")]);
        let mut places = vec![Place::Null; 2];
        assert_eq!(find_fields(&bytes, 0, bytes.len(), &[0, 1], &mut places), None);
        bytes[2] = 0x7f;
        assert_eq!(find_fields(&bytes, 0, bytes.len(), &[0], &mut places), None);
    }
}

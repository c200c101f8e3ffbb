//! The buffer canonical inputs are written to: one for each thread, used again for
//! every value, so that a digest costs no allocation.

use crate::secret::{Digest, DomainKey};
use std::cell::Cell;

thread_local! {
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Gives an empty buffer to `write`. One inside another gets a buffer of its own.
pub(super) fn with<T>(write: impl FnOnce(&mut Vec<u8>) -> T) -> T {
    let mut buffer = BUFFER.take();
    buffer.clear();
    let done = write(&mut buffer);
    BUFFER.set(buffer);
    done
}

/// The digest of a text without case: each character lowered by itself, so that a
/// part of a text folds as it does in the whole.
pub(super) fn folded(key: &DomainKey, text: &str) -> Digest {
    let mut small = [0_u8; 64];
    if let (true, Some(room)) = (text.is_ascii(), small.get_mut(..text.len())) {
        room.copy_from_slice(text.as_bytes());
        room.make_ascii_lowercase();
        return key.digest(room);
    }
    with(|buffer| {
        for c in text.chars() {
            if c.is_ascii() {
                buffer.push((c as u8).to_ascii_lowercase());
            } else {
                for lower in c.to_lowercase() {
                    buffer.extend_from_slice(lower.encode_utf8(&mut [0; 4]).as_bytes());
                }
            }
        }
        key.digest(buffer)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    #[test]
    fn folding_is_the_same_for_short_long_ascii_and_other_text() {
        let key = Secret::parse(&"07".repeat(32)).unwrap().domain("test");
        for text in ["Ann", "ÉLISE Müller", "ΟΔΟΣ", "İ", &"Ab ".repeat(40), ""] {
            let lower: String = text.chars().flat_map(char::to_lowercase).collect();
            assert_eq!(folded(&key, text), key.digest(lower.as_bytes()), "{text}");
        }
    }

    #[test]
    fn a_buffer_inside_another_is_another() {
        let seen = with(|outer| {
            outer.push(1);
            with(|inner| inner.push(2));
            outer.clone()
        });
        assert_eq!((seen, with(|buffer| buffer.len())), (vec![1], 0));
    }
}

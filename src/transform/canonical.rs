//! Buffers for canonical inputs and for masked values on their way into a document:
//! a stack of them for each thread, used again for every value, so that neither a
//! digest nor an inner value costs an allocation.

use crate::secret::{Digest, DomainKey};
use std::cell::RefCell;

thread_local! {
    static BUFFERS: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
}

/// A buffer that one huge value has grown is not kept.
const KEPT: usize = 1 << 20;

/// Gives an empty buffer to `write`; one inside another is another.
pub(super) fn with<T>(write: impl FnOnce(&mut Vec<u8>) -> T) -> T {
    let mut buffer = BUFFERS.with_borrow_mut(Vec::pop).unwrap_or_default();
    let done = write(&mut buffer);
    if buffer.capacity() <= KEPT {
        buffer.clear();
        BUFFERS.with_borrow_mut(|buffers| buffers.push(buffer));
    }
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
            } else if matches!(c, 'ß'..='ÿ') {
                // Most letters beside ASCII, in small letters already.
                buffer.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
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

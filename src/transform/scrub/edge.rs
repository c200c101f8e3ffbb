//! What stands before and after a place in a text.

/// The character that ends at `at`.
pub(super) fn before(text: &str, at: usize) -> Option<char> {
    text.get(..at)?.chars().next_back()
}

/// The character that begins at `at`.
pub(super) fn after(text: &str, at: usize) -> Option<char> {
    text.get(at..)?.chars().next()
}

/// Whether no letter, digit or underscore touches the place from the left.
pub(super) fn begins(text: &str, at: usize) -> bool {
    before(text, at).is_none_or(|c| !c.is_alphanumeric() && c != '_')
}

/// Whether no letter, digit or underscore touches the place from the right.
pub(super) fn ends(text: &str, at: usize) -> bool {
    after(text, at).is_none_or(|c| !c.is_alphanumeric() && c != '_')
}

/// The place of the byte after the one at `at` and its whole character.
pub(super) fn step(text: &str, at: usize) -> usize {
    at + after(text, at).map_or(1, char::len_utf8)
}

/// Collects `count` ASCII letters and digits from `start`, one separator at most
/// between two of them, in upper case, and where they end. No letter or digit may
/// follow.
pub(super) fn collect<const N: usize>(text: &str, start: usize, count: usize) -> Option<([u8; N], usize)> {
    let mut out = [0_u8; N];
    let (mut taken, mut at, mut gap) = (0, start, true);
    while taken < count {
        let c = after(text, at)?;
        if c.is_ascii_alphanumeric() {
            *out.get_mut(taken)? = u8::try_from(c.to_ascii_uppercase()).ok()?;
            taken += 1;
            gap = false;
        } else if matches!(c, ' ' | '-' | '.' | '\u{a0}' | '\u{202f}') && !gap {
            gap = true;
        } else {
            return None;
        }
        at += c.len_utf8();
    }
    ends(text, at).then_some((out, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_digits_are_collected_over_single_gaps() {
        let of = |text: &str| collect::<8>(text, 0, 6).map(|(_, end)| end);
        assert_eq!(of("ab 12-c d"), Some(9));
        assert_eq!(of("ab  12cd"), None);
        assert_eq!(of("ab12cde"), None);
    }
}

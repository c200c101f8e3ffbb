//! Words of a text, forwards and backwards, without a list of them.

/// A run of letters and the marks on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Word {
    pub(super) fn of<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.start..self.end).unwrap_or_default()
    }

    /// Whether it begins with a capital letter.
    pub(super) fn is_capitalised(&self, text: &str) -> bool {
        self.of(text).starts_with(char::is_uppercase)
    }
}

/// How many bytes back a word is looked for.
const FARTHEST: usize = 96;

/// Letters, and the marks that Unicode does not count among them: accents, the
/// points of Hebrew and Arabic, the viramas of India, the tones of Thai, joiners.
fn inside(c: char) -> bool {
    c.is_alphabetic()
        || matches!(c, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5bd}' | '\u{64b}'..='\u{65f}' | '\u{e47}'..='\u{e4e}' | '\u{200c}' | '\u{200d}')
        || matches!(c, '\u{900}'..='\u{dff}' if matches!(u32::from(c) & 0x7f, 0x3c | 0x4d))
        || c == '\u{dca}'
}

/// How many bytes from the start of `text` are all letters, or all none.
fn run(text: &str, letters: bool) -> usize {
    let ascii =
        text.bytes().take_while(|byte| byte.is_ascii() && byte.is_ascii_alphabetic() == letters).count();
    let rest = text.get(ascii..).unwrap_or_default();
    if rest.bytes().next().is_none_or(|byte| byte.is_ascii()) {
        return ascii;
    }
    ascii + rest.find(|c| inside(c) != letters).unwrap_or(rest.len())
}

/// The first word that begins at `from` or later.
pub(super) fn next(text: &str, from: usize) -> Option<Word> {
    let start = from + run(text.get(from..)?, false);
    let length = run(text.get(start..)?, true);
    (length > 0).then_some(Word { start, end: start + length })
}

/// The last word that ends at `at` or earlier, not far from it.
pub(super) fn last(text: &str, at: usize) -> Option<Word> {
    // Far back a word says nothing, and a long text is not walked again and again.
    let from = (at.saturating_sub(FARTHEST)..at).find(|from| text.is_char_boundary(*from))?;
    let front = text.get(from..at)?.trim_end_matches(|c| !inside(c));
    let start = front.trim_end_matches(inside).len();
    (start < front.len()).then_some(Word { start: from + start, end: from + front.len() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_belong_to_the_word() {
        for name in ["आनन्द", "José", "مُحَمَّد", "ক্ষমা", "น้ำ"] {
            assert_eq!(next(name, 0), Some(Word { start: 0, end: name.len() }), "{name}");
        }
    }

    #[test]
    fn words_are_found_both_ways() {
        let text = "O'Neill, Zoë 7";
        let words = |word: Option<Word>| word.map(|w| w.of(text).to_owned());
        assert_eq!(words(next(text, 1)).as_deref(), Some("Neill"));
        assert_eq!(words(last(text, text.len())).as_deref(), Some("Zoë"));
        assert_eq!((next(text, text.len() - 1), last(text, 0)), (None, None));
    }
}

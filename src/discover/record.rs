//! People inside longer texts: in records of a fixed form and messages of machines, and in
//! sentences that name them.

use crate::transform::{name_word, title_word};

/// Shorter texts are no records.
const LONG: usize = 40;

/// A record has more digits than a date.
const DIGITS: usize = 10;

/// Whether a text is a record with a name and numbers in it: parts of a fixed width, filled
/// with spaces or beginning with numbers, or parts between signs.
pub(super) fn is_record(value: &str) -> bool {
    if value.len() < LONG || value.contains("://") || value.starts_with(['{', '[', '<']) {
        return false;
    }
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let signs = value.bytes().filter(|byte| matches!(byte, b'|' | b'^' | b';' | b'~' | b'\t' | b'+')).count();
    let front = value.bytes().take_while(u8::is_ascii_digit).count();
    let fixed = value.contains("   ") || front >= 8;
    digits >= DIGITS && (signs >= 5 || fixed) && {
        let mut words = value.split(|c: char| !c.is_alphabetic()).filter(|word| word.chars().count() >= 3);
        // Not every name is in a dictionary: two words in capitals between gaps are one.
        let capitals = words.clone().filter(|word| word.chars().all(char::is_uppercase)).count();
        value.contains("   ") && capitals >= 2
            || words.any(|word| {
                let (first, last) = name_word(word);
                word.starts_with(char::is_uppercase) && (first || last)
            })
    }
}

/// Whether a sentence names somebody: a title before a word with a capital, two such words side
/// by side of which the first is a first name, or a long first name among small letters.
pub(super) fn mentions(value: &str) -> bool {
    let words: Vec<&str> =
        value.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric())).collect();
    let capital = |word: &str| {
        word.chars().count() >= 2
            && word.starts_with(char::is_uppercase)
            && word.chars().skip(1).any(char::is_lowercase)
    };
    let lower = words.iter().filter(|word| word.starts_with(char::is_lowercase)).count();
    lower >= 2
        && words.windows(2).any(|pair| match pair {
            [one, other] => {
                capital(one)
                    && (capital(other) && (name_word(one).0 && one.chars().count() >= 3 || title_word(one))
                        || lower >= 3 && name_word(one).0 && one.chars().count() >= 5)
            }
            _ => false,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_have_numbers_and_a_name_in_a_form() {
        assert!(is_record("5781850738185042MARTIN                   PIERRE         19850712004512"));
        assert!(is_record("MSH|^~\\&|LAB|20251010||ORU|12\rPID|||331^^^||SUTCLIFFE^KEITH||19501204|F"));
        assert!(!is_record("a long sentence about Keith Sutcliffe that has no numbers in it at all"));
        assert!(!is_record("2025-01-02 12:33:44.123456 worker finished the job in 123456 ms"));
    }

    #[test]
    fn sentences_name_people_by_title_or_by_first_name() {
        for text in [
            "please call Keith Sutcliffe back today",
            "the patient of Dr. Clegg was moved",
            "Olivia called with a new number",
        ] {
            assert!(mentions(text), "{text}");
        }
        for text in [
            "the parcel was late again",
            "Mark it as done when it is done",
            "Office Chair in blue for the Large Room",
            "Keith Sutcliffe",
        ] {
            assert!(!mentions(text), "{text}");
        }
    }
}

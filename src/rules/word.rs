//! The words of a name, and what a word may be the plural of.

use std::collections::HashSet;

/// The words of a name: parted by what is no letter or digit, before capitals, and
/// before the last capital of several that a word goes on with: `IPAddress`.
#[must_use]
pub fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let (mut small, mut capital) = (false, false);
    let letters: Vec<char> = name.chars().collect();
    for (at, c) in letters.iter().copied().enumerate() {
        let goes_on = letters.get(at + 1..at + 3).is_some_and(|next| next.iter().all(|c| c.is_lowercase()));
        let starts = c.is_uppercase() && (small || capital && goes_on);
        if (starts || !c.is_alphanumeric()) && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        (small, capital) = (c.is_lowercase(), c.is_uppercase());
        if let Some(word) = words.last_mut().filter(|_| c.is_alphanumeric()) {
            word.push_str(plain(c.to_lowercase().next().unwrap_or(c), &mut [0; 4]));
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// A letter without its accent.
fn plain(c: char, buffer: &mut [u8; 4]) -> &str {
    match c {
        'à' | 'á' | 'â' | 'ã' | 'å' | 'ą' | 'ă' => "a",
        'ä' | 'æ' => "ae",
        'ç' | 'ć' | 'č' => "c",
        'ď' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ę' | 'ě' => "e",
        'ğ' => "g",
        'ì' | 'í' | 'î' | 'ï' | 'ı' => "i",
        'ł' => "l",
        'ñ' | 'ń' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' => "o",
        'ö' | 'ø' => "oe",
        'ř' => "r",
        'ś' | 'š' | 'ş' | 'ș' => "s",
        'ť' | 'ț' | 'ţ' => "t",
        'ß' => "ss",
        'ù' | 'ú' | 'û' | 'ů' => "u",
        'ý' => "y",
        'ü' => "ue",
        'ź' | 'ż' | 'ž' => "z",
        c => c.encode_utf8(buffer),
    }
}

/// The word, and what it may be the plural of.
pub(super) fn singulars(word: &str) -> Vec<&str> {
    let mut all = vec![word];
    for end in ["s", "es"] {
        all.extend(word.strip_suffix(end).filter(|stem| stem.len() >= 3));
    }
    all
}

/// In the singular or a plural.
pub(super) fn is_listed(list: &HashSet<String>, word: &str) -> bool {
    const ENDS: [&str; 12] = ["", "s", "es", "n", "en", "e", "er", "i", "x", "a", "y", "ow"];
    ENDS.iter().any(|end| word.strip_suffix(end).is_some_and(|stem| list.contains(stem)))
}

/// What is left of a word without the vowel at its end; words that differ in no more are each other's
/// plural: `cedolini` of `cedolino`.
pub(super) fn stem(word: &str) -> Option<&str> {
    word.strip_suffix(['a', 'e', 'i', 'o', 'y']).filter(|stem| stem.len() >= 4)
}

#[cfg(test)]
mod tests {
    use super::{is_listed, stem, words};

    #[test]
    fn words_of_one_stem_are_each_other_s_plural() {
        let is_plural = |word: &str| {
            stem(word).is_some_and(|word| [stem("cedolino"), stem("placa")].contains(&Some(word)))
        };
        assert!(is_plural("cedolini") && is_plural("place") && !is_plural("cedolinix"));
        assert!(!is_plural("cedola") && !is_plural("place_x"));
    }

    #[test]
    fn a_word_is_listed_in_the_singular_and_in_plurals() {
        let list = ["client", "cliente"].map(str::to_owned).into();
        for word in ["client", "clients", "clientes", "clientow", "clienten", "clientei"] {
            assert!(is_listed(&list, word), "{word}");
        }
        for word in ["clientele", "clien", "subclient", "clientess", ""] {
            assert!(!is_listed(&list, word), "{word}");
        }
    }

    #[test]
    fn names_are_parted_at_signs_and_capitals() {
        for (name, parts) in [
            ("first_name", "first name"),
            ("sApPaterno", "s ap paterno"),
            ("IPAddress", "ip address"),
            ("clientIPAddress", "client ip address"),
            ("EMPNAM", "empnam"),
            ("userIDs", "user ids"),
            ("Příjmení", "prijmeni"),
        ] {
            assert_eq!(words(name).join(" "), parts, "{name}");
        }
    }
}

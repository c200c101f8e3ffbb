//! The words of a name, and what a word may be the plural of.

/// The words of a name: parted by what is no letter or digit, before capitals, and
/// before the last capital of several that a word goes on with: `IPAddress`.
#[must_use]
pub fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let (mut small, mut capital) = (false, false);
    let mut letters = name.chars();
    while let Some(c) = letters.next() {
        let mut next = letters.clone();
        let mut is_small = || next.next().is_some_and(char::is_lowercase);
        let goes_on = capital && is_small() && is_small();
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
pub(super) fn singulars(word: &str) -> [Option<&str>; 3] {
    let without = |end: &str| word.strip_suffix(end).filter(|stem| stem.len() >= 3);
    [Some(word), without("s"), without("es")]
}

/// In the singular or a plural.
pub(super) fn is_listed(has: impl Fn(&str) -> bool, word: &str) -> bool {
    const ENDS: [&str; 12] = ["", "s", "es", "n", "en", "e", "er", "i", "x", "a", "y", "ow"];
    ENDS.iter().any(|end| word.strip_suffix(end).is_some_and(&has))
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
        let list = |word: &str| ["client", "cliente"].contains(&word);
        for word in ["client", "clients", "clientes", "clientow", "clienten", "clientei"] {
            assert!(is_listed(list, word), "{word}");
        }
        for word in ["clientele", "clien", "subclient", "clientess", ""] {
            assert!(!is_listed(list, word), "{word}");
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

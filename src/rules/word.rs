//! The words of a name, and what a word may be the plural of.

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
pub(super) fn is_listed(list: &[String], word: &str) -> bool {
    const ENDS: [&str; 12] = ["", "s", "es", "n", "en", "e", "er", "i", "x", "a", "y", "ow"];
    list.iter().any(|known| word.strip_prefix(known.as_str()).is_some_and(|end| ENDS.contains(&end)))
}

/// Whether it is one of them but for the vowel at its end: `cedolini` of `cedolino`.
pub(super) fn is_plural(list: &[String], word: &str) -> bool {
    const VOWELS: [char; 5] = ['a', 'e', 'i', 'o', 'y'];
    let stem = |word: &str| word.strip_suffix(VOWELS).filter(|stem| stem.len() >= 4).map(str::len);
    let Some(length) = stem(word) else { return false };
    list.iter().any(|known| stem(known) == Some(length) && known.get(..length) == word.get(..length))
}

#[cfg(test)]
mod tests {
    use super::{is_plural, words};

    #[test]
    fn words_of_one_stem_are_each_other_s_plural() {
        let list = ["cedolino".to_owned(), "placa".to_owned()];
        assert!(is_plural(&list, "cedolini") && is_plural(&list, "place") && !is_plural(&list, "cedolinix"));
        assert!(!is_plural(&list, "cedola"));
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

//! Latin letters without their accents and Cyrillic ones in Latin, for handles and e-mail
//! addresses. Cyrillic as travel documents have it (ICAO Doc 9303, part 3) but for the soft sign, which is left out.

/// A name in lower-case ASCII letters and digits. All have the same size, so that
/// copying one takes no look at its length.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Plain {
    pub(super) bytes: [u8; 31],
    length: u8,
}

impl Plain {
    /// As much of `name` as has room.
    pub(super) fn of(name: &str) -> Self {
        let mut plain = Self::default();
        for byte in name.chars().flat_map(|c| ascii(c).bytes()) {
            if let Some(to) = plain.bytes.get_mut(usize::from(plain.length)) {
                *to = byte;
                plain.length += 1;
            }
        }
        plain
    }

    pub(super) fn len(&self) -> usize {
        self.length.into()
    }
}

/// The ASCII letters a Latin letter is written with where accents can't be;
/// nothing for anything that is no letter or digit.
pub(super) fn ascii(c: char) -> &'static str {
    const PLAIN: &str = "abcdefghijklmnopqrstuvwxyz0123456789";
    if c.is_ascii() {
        let at = match c.to_ascii_lowercase() {
            letter @ 'a'..='z' => letter as usize - 'a' as usize,
            digit @ '0'..='9' => 26 + digit as usize - '0' as usize,
            _ => return "",
        };
        return PLAIN.get(at..=at).unwrap_or("");
    }
    match super::casing::lower(c) {
        'à' | 'á' | 'â' | 'ã' | 'å' | 'ā' | 'ă' | 'ą' | 'ȧ' => "a",
        'ä' | 'æ' => "ae",
        'ç' | 'ć' | 'č' | 'ĉ' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' => "e",
        'ĝ' | 'ğ' | 'ģ' => "g",
        'ĥ' => "h",
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'ı' | 'İ' => "i",
        'ĵ' => "j",
        'ł' | 'ĺ' | 'ľ' => "l",
        'ñ' | 'ń' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ō' | 'ő' => "o",
        'ö' | 'ø' | 'œ' => "oe",
        'ŕ' | 'ř' => "r",
        'ś' | 'ş' | 'š' | 'ș' => "s",
        'ß' => "ss",
        'ţ' | 'ť' | 'ț' => "t",
        'þ' => "th",
        'ù' | 'ú' | 'û' | 'ū' | 'ů' | 'ű' | 'ŭ' => "u",
        'ü' => "ue",
        'ŵ' => "w",
        'ý' | 'ÿ' | 'ŷ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        other => cyrillic(other),
    }
}

fn cyrillic(c: char) -> &'static str {
    match c {
        'а' => "a",
        'б' => "b",
        'в' => "v",
        'г' | 'ґ' => "g",
        'д' => "d",
        'е' | 'ё' | 'э' => "e",
        'ж' => "zh",
        'з' => "z",
        'и' | 'й' | 'і' => "i",
        'к' => "k",
        'л' => "l",
        'м' => "m",
        'н' => "n",
        'о' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'у' => "u",
        'ф' => "f",
        'х' => "kh",
        'ц' => "ts",
        'ч' => "ch",
        'ш' => "sh",
        'щ' => "shch",
        'ъ' => "ie",
        'ы' => "y",
        'ю' => "iu",
        'я' => "ia",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transform::locale::LOCALES;

    #[test]
    fn every_name_that_has_ascii_letters_keeps_them_all() {
        for locale in LOCALES.iter().filter(|locale| locale.folds()) {
            for name in locale.first.iter().chain(locale.last) {
                for c in name.chars().filter(|c| c.is_alphabetic() && !matches!(c, 'ь')) {
                    assert!(!ascii(c).is_empty(), "{c} of {name} in {}", locale.code);
                }
                let whole: String = name.chars().map(ascii).collect();
                assert_eq!(Plain::of(name).len(), whole.len(), "{name} in {}", locale.code);
            }
        }
    }
}

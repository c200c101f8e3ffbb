//! Latin letters without their accents, for handles and e-mail addresses.

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
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transform::locale::LOCALES;

    #[test]
    fn every_latin_name_of_every_locale_keeps_its_letters() {
        for locale in LOCALES.iter().filter(|locale| locale.is_latin()) {
            for name in locale.first.iter().chain(locale.last) {
                for c in name.chars().filter(|c| c.is_alphabetic()) {
                    assert!(!ascii(c).is_empty(), "{c} of {name} in {}", locale.code);
                }
            }
        }
    }
}

//! How the values of a column are written, whatever the column is called: as names of
//! people, lines of streets, sentences, dates, random keys. Shares of a hundred different
//! values, never a value.

use super::firm::is_firm;
use super::plate::is_plate;
use super::record;
use crate::transform::{is_street_line, name_word, title_word};

/// So many different values are looked at.
const LOOKED: usize = 200;

/// Fewer say nothing.
const ENOUGH: u64 = 3;

/// Shares of a hundred different values.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Writing {
    /// How many were looked at.
    pub(super) looked: u64,
    /// Letters with a capital in front, as names begin.
    pub(super) capital: u64,
    /// With letters and digits changing as no hexadecimal number or UUID does.
    pub(super) drawn: u64,
    /// Two words and more, capitals in front of each, no digits.
    pub(super) shaped: u64,
    /// Of those, and of single words, with a name out of the tables of names, or a title.
    pub(super) named: u64,
    /// Four words and more, most of them letters.
    pub(super) prose: u64,
    /// Two words and more, with letters.
    pub(super) spaced: u64,
    /// Two words and more, the second of them in small letters.
    pub(super) small: u64,
    /// Six digits and more, and no letter.
    pub(super) digits: u64,
    /// With a digit.
    pub(super) digit: u64,
    /// With more digits than three, or beginning with one.
    pub(super) numbered: u64,
    /// With an `@`.
    pub(super) at: u64,
    /// One word in small letters.
    pub(super) lower: u64,
    /// Written as the postcodes of some country.
    pub(super) posts: u64,
    /// With a letter.
    pub(super) lettered: u64,
    /// Lines of streets.
    pub(super) streets: u64,
    /// Drawn at random, as it seems: sixteen signs and more without a word.
    pub(super) random: u64,
    /// Days of the calendar.
    pub(super) days: u64,
    /// Whether those lie as dates of birth do.
    pub(super) births: bool,
    /// Identifiers that programs use: small letters, digits, `_`, `.`, `/`.
    pub(super) technical: u64,
    /// Addresses of pages and files.
    pub(super) files: u64,
    /// Of those, whole addresses.
    pub(super) addresses: u64,
    /// Records of a fixed form, or with signs between, that have a name and numbers in them.
    pub(super) records: u64,
    /// Sentences with the name of somebody in them.
    pub(super) mentions: u64,
    /// Three signs and fewer.
    pub(super) short: u64,
    /// Numbers as they are dialled from elsewhere: with `+`, a bracket or a nought in front.
    pub(super) dialled: u64,
    /// Number plates of vehicles, by their form.
    pub(super) plates: u64,
    /// Names within names, with a sign between: `Root > North`.
    pub(super) nested: u64,
    /// Names that end with the legal form of a firm.
    pub(super) firms: u64,
    /// Codes: capitals, digits and signs, short, without a space.
    pub(super) codes: u64,
}

impl Writing {
    /// Looks at the first of these different values.
    pub(super) fn of<'v>(different: impl Iterator<Item = &'v str>) -> Self {
        let values: Vec<&str> = different.take(LOOKED).collect();
        let looked = values.len() as u64;
        if looked == 0 {
            return Self::default();
        }
        let share =
            |is: &dyn Fn(&str) -> bool| values.iter().filter(|value| is(value)).count() as u64 * 100 / looked;
        let years: Vec<i32> = values.iter().filter_map(|value| year(value)).collect();
        Self {
            looked,
            capital: share(&|value| {
                let plain = |c: char| c.is_alphabetic() || matches!(c, ' ' | '-' | '\'' | '’' | '.');
                value.starts_with(char::is_uppercase) && value.chars().all(plain)
            }),
            drawn: share(&|value| {
                is_random(value) && !value.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
            }),
            shaped: share(&is_shaped),
            named: share(&|value| is_named(value)),
            prose: share(&is_prose),
            spaced: share(&|value| value.split_whitespace().nth(1).is_some() && has_letter(value)),
            small: share(&|value| {
                let second = value.split_whitespace().nth(1);
                second.is_some_and(|word| word.chars().count() >= 3 && word.starts_with(char::is_lowercase))
            }),
            digits: share(&|value| {
                !has_letter(value) && value.bytes().filter(u8::is_ascii_digit).count() >= 6
            }),
            digit: share(&|value| value.contains(|c: char| c.is_ascii_digit())),
            numbered: share(&|value| {
                value.starts_with(|c: char| c.is_ascii_digit())
                    || value.bytes().filter(u8::is_ascii_digit).count() > 3
            }),
            at: share(&|value| value.contains('@')),
            lower: share(&|value| {
                value.starts_with(char::is_lowercase)
                    && value.chars().all(|c| c.is_lowercase() || c == '_' || c == '-' || c.is_ascii_digit())
            }),
            posts: share(&is_postcode),
            lettered: share(&has_letter),
            streets: share(&is_street),
            random: share(&is_random),
            days: years.len() as u64 * 100 / looked,
            births: are_births(&years),
            technical: share(&is_technical),
            files: share(&|value| {
                !value.contains(char::is_whitespace)
                    && (value.contains("://") || value.contains('/') && value.contains('.'))
            }),
            addresses: share(&|value| value.contains("://") && !value.contains(char::is_whitespace)),
            records: share(&record::is_record),
            mentions: share(&record::mentions),
            short: share(&|value| value.chars().count() <= 3),
            dialled: share(&|value| value.starts_with(['+', '(', '0'])),
            plates: share(&is_plate),
            nested: share(&|value| value.contains(" > ") || value.contains(" >> ")),
            firms: share(&is_firm),
            codes: share(&is_code),
        }
    }

    /// Whether nearly all have a name in them, wherever they stand.
    pub(super) fn are_surely_people(&self) -> bool {
        self.looked >= 5 && self.named >= 85 && self.capital >= 90 && self.shaped >= 50 && self.digit <= 5
    }

    /// Whether there are enough values to judge by.
    pub(super) fn is_enough(&self) -> bool {
        self.looked >= ENOUGH
    }

    /// Whether all are numbers, but for a few with their unit.
    pub(super) fn are_numbers(&self) -> bool {
        self.is_enough() && self.digit >= 95 && self.lettered <= 30
    }

    /// Whether they are a few names of what programs do, or of what happens in them.
    pub(super) fn are_programs(&self) -> bool {
        self.technical >= 80 && self.looked < 20
    }

    /// Whether they are days, as of birth.
    pub(super) fn are_births(&self) -> bool {
        self.days >= 90 && self.births
    }

    /// Whether they are names of people, in a table that is about people or not.
    pub(super) fn are_people(&self, near: bool) -> bool {
        let (shaped, named) = match (near, self.looked) {
            (false, _) => (85, 75),
            // Of a few words one or two are names by chance: `San José` is a place, too.
            (true, ..10) => (60, 60),
            (true, _) => (60, 25),
        };
        self.is_enough()
            && (near || self.looked >= 5)
            && self.shaped >= shaped
            && self.named >= named
            && self.streets < 30
    }
}

fn has_letter(value: &str) -> bool {
    value.chars().any(char::is_alphabetic)
}

/// Small words inside names.
const PARTICLES: [&str; 30] = [
    "de", "da", "do", "dos", "das", "di", "del", "della", "la", "le", "van", "von", "der", "den", "ter",
    "ten", "zu", "zur", "bin", "al", "el", "y", "e", "af", "av", "st", "du", "des", "vom", "los",
];

/// Whether it is written as a name of more than one word: letters, each word with a
/// capital in front, at most six.
fn is_shaped(value: &str) -> bool {
    let mut words = 0;
    let mut long = 0;
    for word in value.split([' ', ',', '\u{a0}']).filter(|word| !word.is_empty()) {
        let plain = word.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '\'' | '’' | '-'));
        let front = word.chars().next().is_some_and(|c| c.is_uppercase() || !c.is_lowercase());
        if !plain || !front && !PARTICLES.contains(&word) {
            return false;
        }
        words += 1;
        long += usize::from(word.chars().count() >= 3);
    }
    (2..=7).contains(&words) && long >= 1 && value.chars().count() <= 60
}

/// Whether one of its words is in the tables of names, or the first is a title.
fn is_named(value: &str) -> bool {
    let mut words = value.split(|c: char| !c.is_alphabetic() && c != '\'').filter(|word| !word.is_empty());
    let title = words.clone().next().is_some_and(title_word) && words.clone().nth(1).is_some();
    title
        || words.any(|word| {
            let (first, last) = name_word(word);
            first || last
        })
}

fn is_prose(value: &str) -> bool {
    let words: Vec<&str> = value.split_whitespace().collect();
    let lettered = words.iter().filter(|word| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        !word.is_empty() && word.chars().all(|c| c.is_alphabetic() || matches!(c, '\'' | '’' | '-'))
    });
    words.len() >= 4 && lettered.count() * 10 >= words.len() * 6
}

/// Words for streets beside those that texts are searched for, and ends of such words.
const STREETS: [&str; 54] = [
    "str", "av", "ave", "avda", "trav", "travessa", "rua", "estrada", "alameda", "rodovia", "praca", "praça",
    "largo", "calle", "cra", "carrera", "chemin", "cours", "impasse", "route", "passage", "court", "ct",
    "close", "way", "terrace", "crescent", "cres", "gardens", "grove", "parkway", "pkwy", "place", "pl",
    "hill", "mews", "row", "view", "walk", "highway", "hwy", "circle", "cir", "trail", "blvd", "dr", "ln",
    "rd", "st", "sq", "privada", "callejon", "strada", "plein",
];
const STREET_ENDS: [&str; 16] = [
    "straße", "strasse", "str", "gasse", "weg", "platz", "allee", "damm", "ufer", "ring", "straat", "laan",
    "kade", "gracht", "singel", "gatan",
];

fn is_street(value: &str) -> bool {
    if is_street_line(value) {
        return true;
    }
    let words = || value.split([' ', ',', '.', '\n']).filter(|word| !word.is_empty());
    let number = words().any(|word| word.starts_with(|c: char| c.is_ascii_digit()) && word.len() <= 6);
    let street = words().any(|word| {
        let word = word.to_lowercase();
        let ends = |end: &&str| word.len() > end.len() + 2 && word.ends_with(*end);
        STREETS.contains(&word.as_str()) || STREET_ENDS.iter().any(ends)
    });
    number && street && value.chars().count() < 120
}

/// Whether it seems drawn at random: in base 16, or in letters and digits that change
/// from one to the other more often than words do.
fn is_random(value: &str) -> bool {
    let body = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '_' | '-' | '.' | '$');
    if value.len() < 16 || !value.chars().all(body) {
        return false;
    }
    let class = |c: char| match c {
        'a'..='z' => 0,
        'A'..='Z' => 1,
        '0'..='9' => 2,
        _ => 3,
    };
    let signs: Vec<u8> = value.chars().map(class).filter(|class| *class < 3).collect();
    let digits = value.chars().filter(char::is_ascii_digit).count();
    let turns = signs.windows(2).filter(|pair| pair.first() != pair.last()).count();
    digits > 0 && digits < signs.len() && turns * 5 >= signs.len()
}

/// The year of a day of the calendar: `19780510`, `10051978`, `1978-05-10`, `10.05.1978`.
pub(super) fn year(value: &str) -> Option<i32> {
    let value = value.get(..10).filter(|_| value.contains(['-', '/', '.'])).unwrap_or(value);
    let parts: Vec<&str> = value.split(['-', '/', '.']).collect();
    let number =
        |text: Option<&str>| text.filter(|text| !text.is_empty()).and_then(|text| text.parse::<i32>().ok());
    let is_day = |year: i32, a: i32, b: i32| {
        (1880..=2100).contains(&year)
            && ((1..=12).contains(&a) && (1..=31).contains(&b)
                || (1..=12).contains(&b) && (1..=31).contains(&a))
    };
    let (year, a, b) = match parts.as_slice() {
        [whole] if whole.len() == 8 && whole.bytes().all(|byte| byte.is_ascii_digit()) => {
            let front = (number(whole.get(..4))?, number(whole.get(4..6))?, number(whole.get(6..))?);
            let back = (number(whole.get(4..))?, number(whole.get(2..4))?, number(whole.get(..2))?);
            if is_day(front.0, front.1, front.2) { front } else { back }
        }
        [a, b, c] if a.len() == 4 => (number(Some(a))?, number(Some(b))?, number(Some(c))?),
        [a, b, c] if c.len() == 4 => (number(Some(c))?, number(Some(a))?, number(Some(b))?),
        _ => return None,
    };
    is_day(year, a, b).then_some(year)
}

/// Whether years lie as those of births do: nine of ten between 1900 and 15 years ago
/// over a generation, or 17 years ago over those of a school.
pub(super) fn are_births(years: &[i32]) -> bool {
    let now = i32::from(jiff::Zoned::now().year());
    let fit = |age: i32| {
        let fit = years.iter().filter(|year| (1900..=now - age).contains(*year)).count();
        fit * 10 >= years.len() * 9
    };
    let spread = years.iter().max().zip(years.iter().min()).map_or(0, |(most, least)| most - least);
    years.len() >= 10 && (spread >= 20 && fit(15) || spread >= 9 && fit(17))
}

/// Forms of postcodes: `9` a digit, `A` a letter.
const POSTCODES: [&str; 17] = [
    "99999",
    "99999-9999",
    "99999-999",
    "9999",
    "999999",
    "99-999",
    "9999-999",
    "999-9999",
    "999 99",
    "9999 AA",
    "9999AA",
    "A9 9AA",
    "A99 9AA",
    "AA9 9AA",
    "AA99 9AA",
    "A9A 9AA",
    "AA9A 9AA",
];

fn is_postcode(value: &str) -> bool {
    let form = |c: char| match c {
        c if c.is_ascii_digit() => '9',
        c if c.is_ascii_uppercase() => 'A',
        c => c,
    };
    value.len() <= 10 && {
        let form: String = value.chars().map(form).collect();
        POSTCODES.contains(&form.as_str()) || form == "A9A 9A9"
    }
}

fn is_technical(value: &str) -> bool {
    !value.contains(char::is_whitespace)
        && value.contains(|c: char| matches!(c, '_' | '/' | ':' | '\\') || c == '.' && value.contains('/'))
}

fn is_code(value: &str) -> bool {
    value.len() <= 12
        && value
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '/' | '.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_seen_in_capitals_turned_around_and_behind_titles() {
        for values in [
            ["HUSSAIN, PETER", "WHITELEY, KEITH", "SUTCLIFFE, GARY", "O'NEILL, STEPHEN", "FIRTH, JEAN"],
            ["MR A SINGH", "MRS L CLEGG", "DR A CLEGG", "MISS X DYSON", "MS F BEGUM"],
            ["Ana Luíza dos Santos", "João da Silva", "Beto Lima", "Maria Costa", "Ana Popular"],
        ] {
            assert!(Writing::of(values.into_iter()).are_people(true), "{values:?}");
        }
        for values in [
            ["Office Chair", "Garden Hose", "Steel Table", "Blue Lamp", "Wooden Desk"],
            ["145 Mayfield Rd", "84 Chapel Lane", "200 Otley Rd", "12 Peter Street", "9 Keith Way"],
        ] {
            assert!(!Writing::of(values.into_iter()).are_people(true), "{values:?}");
        }
    }

    #[test]
    fn streets_are_seen_in_several_languages() {
        for value in
            ["Plöner Str. 14", "84 CHAPEL LANE", "Trav. São José, 1837", "Roonstraße 90", "Rua Augusta 12"]
        {
            assert!(is_street(value), "{value}");
        }
        for value in ["Contract 12", "AB-1", "Level 3 support"] {
            assert!(!is_street(value), "{value}");
        }
    }

    #[test]
    fn days_are_read_as_people_write_them() {
        for (value, expected) in [
            ("19780510", Some(1978)),
            ("10051978", Some(1978)),
            ("1978-05-10", Some(1978)),
            ("10.05.1978", Some(1978)),
            ("05/25/1978", Some(1978)),
            ("12345678", None),
            ("1.2.3", None),
            ("1978", None),
        ] {
            assert_eq!(year(value), expected, "{value}");
        }
    }

    #[test]
    fn random_keys_are_no_words() {
        for value in [
            "a363ea1af9216ade0ba58256b1efce1b",
            "FYZTD6UXJJ7EHALTX4BO5FBQDVOA56AE",
            "qHsWI1q9caKRsczmNPVzks0oef5=",
        ] {
            assert!(is_random(value), "{value}");
        }
        for value in ["user_notification_settings", "1234567890123456789", "Hallenmiete-Beitrag", "short1"] {
            assert!(!is_random(value), "{value}");
        }
    }
}

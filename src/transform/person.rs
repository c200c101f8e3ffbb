//! The invented person of a digest.
//!
//! Fixed bytes of the digest decide each part, so that every transformer that
//! asks for the person of one digest writes about the same one: bytes 0 to 7 the
//! first name, 8 to 15 the last name. What tells two values of a person apart
//! (the token of an e-mail address) comes from the value's own digest.

use super::fold::Plain;
use super::locale::{self, Locale};
use super::{Binding, Param, ParamKind, Params, given};
use crate::diagnostic::Diagnostic;
use crate::format::{Row, Value};
use crate::schema::Form;
use crate::secret::{Digest, scale};

/// The names of an invented person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) first: &'static str,
    pub(super) last: &'static str,
}

/// Which list first names come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gender {
    Female,
    Male,
}

/// A locale and where the gender comes from: what turns digests into persons.
pub(super) struct People {
    pub(super) locale: &'static Locale,
    gender: Option<Source>,
}

enum Source {
    Said(Gender),
    Column(usize),
}

/// The parameter of every transformer that writes a person's name.
pub(super) const GENDER: Param = Param::optional(
    "gender",
    ParamKind::Text,
    "any",
    "\"female\", \"male\", or the column of the same row that says which (f/m, female/male, Mrs/Mr, 2/1)",
);

impl People {
    /// Reads `locale` and `gender`.
    pub(super) fn bind(at: &mut Binding<'_>, params: &Params) -> Result<Self, Diagnostic> {
        let locale = locale::of(at, params)?;
        let gender = match params.text("gender") {
            None | Some("any") => None,
            Some(written) => Some(match (at.sibling(written), gender_of(written)) {
                (Ok(column), _) => Source::Column(column),
                (Err(_), Some(gender)) => Source::Said(gender),
                (Err(unknown), None) => {
                    let help = unknown.help.unwrap_or("write \"female\", \"male\" or a column's name".into());
                    let problem = format!("`{written}` is neither a gender nor a column of this table");
                    return Err(super::wrong(params, "gender", problem).help(help));
                }
            }),
        };
        if gender.is_some() && given::names(locale.code).is_none() {
            let problem = format!("the locale `{}` has no first names by gender", locale.code);
            return Err(
                super::wrong(params, "gender", problem).help("leave `gender` out or choose another locale")
            );
        }
        Ok(Self { locale, gender })
    }

    /// The person of a digest; `row` says the gender where a column does.
    pub(super) fn person(&self, digest: &Digest, row: &Row<'_>) -> Person {
        self.draw(digest, self.locale, self.gender(row))
    }

    /// The same person's first and last name in ASCII: where the locale's can't be
    /// written so, English ones of the same digest.
    pub(super) fn plain(&self, digest: &Digest, row: &Row<'_>) -> [Plain; 2] {
        let (locale, gender) =
            if self.locale.folds() { (self.locale, self.gender(row)) } else { (locale::english(), None) };
        if gender.is_none() && locale.last_female.is_empty() {
            let [first, last] = locale.plain();
            return [pick(digest, 0, first), pick(digest, 8, last)];
        }
        let person = self.draw(digest, locale, gender);
        [person.first, person.last].map(Plain::of)
    }

    fn gender(&self, row: &Row<'_>) -> Option<Gender> {
        match self.gender {
            None => None,
            Some(Source::Said(gender)) => Some(gender),
            Some(Source::Column(column)) => row.value(column).and_then(gender_in),
        }
    }

    #[expect(clippy::unused_self, reason = "reads as a draw from these people")]
    fn draw(&self, digest: &Digest, locale: &'static Locale, gender: Option<Gender>) -> Person {
        let (first, gender) = match gender.zip(given::names(locale.code)) {
            Some((Gender::Female, (female, _))) => (given::pick(female, digest), gender),
            Some((Gender::Male, (_, male))) => (given::pick(male, digest), gender),
            None => {
                let first = pick(digest, 0, locale.first);
                // Nobody else asks, and the list is long.
                let asked = !locale.last_female.is_empty();
                (first, (asked && locale.female.contains(&first)).then_some(Gender::Female))
            }
        };
        // Where last names have a gender, first and last name agree.
        let last = match gender {
            Some(Gender::Female) if !locale.last_female.is_empty() => locale.last_female,
            _ => locale.last,
        };
        Person { first, last: pick(digest, 8, last) }
    }
}

/// The item that eight bytes of a digest, from `from`, choose.
pub(super) fn pick<T: Copy + Default>(digest: &Digest, from: usize, list: &[T]) -> T {
    let place = scale(digest.get(from..).unwrap_or_default(), list.len() as u64);
    usize::try_from(place).ok().and_then(|place| list.get(place)).copied().unwrap_or_default()
}

fn gender_in(value: Value<'_>) -> Option<Gender> {
    if value.data_type.is_integer() {
        // ISO/IEC 5218: 1 male, 2 female.
        return match value.integer().ok()? {
            1 => Some(Gender::Male),
            2 => Some(Gender::Female),
            _ => None,
        };
    }
    let readable = value.data_type.is_text() || matches!(value.data_type.base().form, Form::Enum(_));
    gender_of(if readable { value.text().ok()? } else { return None })
}

/// The words for the two, in the languages of the locales, in lower case.
const FEMALE: &[&str] = &[
    "f",
    "female",
    "woman",
    "girl",
    "mrs",
    "mrs.",
    "ms",
    "ms.",
    "miss",
    "w",
    "weiblich",
    "frau",
    "femme",
    "féminin",
    "mme",
    "mme.",
    "madame",
    "mujer",
    "femenino",
    "sra",
    "sra.",
    "señora",
    "k",
    "kobieta",
    "żeńska",
    "pani",
    "ж",
    "жен",
    "жен.",
    "женский",
    "женщина",
    "donna",
    "femmina",
    "femminile",
    "signora",
    "sig.ra",
    "v",
    "vrouw",
    "mevrouw",
    "mulher",
    "feminino",
    "kadın",
    "女",
    "女性",
    "2",
];
const MALE: &[&str] = &[
    "m",
    "male",
    "man",
    "boy",
    "mr",
    "mr.",
    "männlich",
    "mann",
    "herr",
    "h",
    "homme",
    "masculin",
    "monsieur",
    "hombre",
    "masculino",
    "sr",
    "sr.",
    "señor",
    "mężczyzna",
    "męska",
    "pan",
    "м",
    "муж",
    "муж.",
    "мужской",
    "мужчина",
    "uomo",
    "maschio",
    "maschile",
    "signor",
    "sig.",
    "heer",
    "dhr",
    "dhr.",
    "homem",
    "erkek",
    "男",
    "男性",
    "1",
];

fn gender_of(word: &str) -> Option<Gender> {
    let word = word.trim();
    let is = |item: &&str| word.chars().flat_map(char::to_lowercase).eq(item.chars());
    if FEMALE.iter().any(is) {
        Some(Gender::Female)
    } else if MALE.iter().any(is) {
        Some(Gender::Male)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transform::fixture::Trial;

    #[test]
    fn a_column_of_the_row_says_the_gender() {
        let (female, male) = given::names("de_DE").unwrap();
        let rule = r#"{ with = "first_name", gender = "sex", locale = "de_DE" }"#;
        let has = |names: &str, masked: &str| names.to_lowercase().split(' ').any(|name| name == masked);
        for n in 0..20 {
            let trial = |sex: &str| Trial::of(rule).sibling("sex", "text", Some(sex.as_bytes()));
            let input = format!("name {n}");
            assert!(has(female, &trial("F").text(&input)));
            assert!(has(male, &trial("Herr").text(&input)));
        }
    }

    #[test]
    fn the_words_for_a_gender_are_known_in_every_case_and_language() {
        for word in ["f", "Female", "W", "FRAU", "mujer", "Kobieta", "ж", "Ж", " ms. ", "2"] {
            assert_eq!(gender_of(word), Some(Gender::Female), "{word}");
        }
        for word in ["M", "Herr", "hombre", "MĘŻCZYZNA", "м", "Мужской", "1"] {
            assert_eq!(gender_of(word), Some(Gender::Male), "{word}");
        }
        assert_eq!((gender_of("x"), gender_of("divers"), gender_of("")), (None, None, None));
        assert!(FEMALE.iter().all(|word| !MALE.contains(word)));
    }

    #[test]
    fn first_and_last_name_agree_in_gender() {
        for (locale, ending) in [("pl_PL", "ska"), ("ru_RU", "ва")] {
            let (female, _) = given::names(locale).unwrap();
            let (mut women, mut men) = (0, 0);
            for id in 0..60_u32 {
                let id = id.to_string();
                let masked = |with: &str| {
                    let rule = format!(r#"{{ with = "{with}", by = "id", locale = "{locale}" }}"#);
                    Trial::of(&rule).sibling("id", "int4", Some(id.as_bytes())).text("Anna Nowak")
                };
                let (first, last) = (masked("first_name"), masked("last_name"));
                assert_eq!(masked("full_name"), format!("{first} {last}"));
                let is_female = female.split(' ').any(|name| name == first);
                women += u32::from(is_female && last.ends_with(ending));
                men += u32::from(!is_female && !last.ends_with(ending));
                assert!(is_female || !last.ends_with(ending), "{first} {last}");
            }
            assert!(women > 5 && men > 10, "{locale}: {women} {men}");
        }
    }

    #[test]
    fn a_russian_s_address_is_her_name_in_latin_letters() {
        let masked = |with: &str| {
            let rule = format!(r#"{{ with = "{with}", by = "id", locale = "ru_RU", gender = "sex" }}"#);
            let trial = Trial::of(&rule).sibling("id", "int4", Some(b"5")).sibling(
                "sex",
                "text",
                Some("жен".as_bytes()),
            );
            trial.text("anna@corp.com")
        };
        let name = masked("full_name");
        let ascii: String =
            name.chars().map(|c| if c == ' ' { "." } else { crate::transform::fold::ascii(c) }).collect();
        assert!(masked("email").starts_with(&format!("{ascii}.")), "{name}");
    }

    #[test]
    fn a_gender_that_is_no_word_and_no_column_is_refused() {
        let refused =
            Trial::of(r#"{ with = "first_name", gender = "seks" }"#).sibling("sex", "text", None).bind();
        assert_eq!(refused.err().unwrap().message, "`seks` is neither a gender nor a column of this table");
    }

    #[test]
    fn names_mail_and_handle_of_one_identity_agree() {
        let masked = |with: &str, input: &str| {
            Trial::of(&format!(r#"{{ with = "{with}", by = "id" }}"#))
                .sibling("id", "int8", Some(b"42"))
                .text(input)
        };
        let (first, last) = (masked("first_name", "Bob"), masked("last_name", "Smith"));
        assert_eq!(masked("full_name", "Bob Smith"), format!("{first} {last}"));
        let words = format!("{first}.{last}.").to_lowercase().replace('\'', "");
        assert!(masked("email", "bob@corp.com").starts_with(&words), "{words}");
        let words = words.replace('.', "_");
        assert!(masked("username", "bob").starts_with(&words), "{words}");
    }
}

//! Our own lists of names, places and phrases: `rules/words/`, one file a locale.
//!
//! They are data, read once and kept for the whole run. A list is a TOML array, or
//! a text with a space between its words. Their order decides pseudonyms, as that of
//! `fake`'s tables does. Sentences are put together from them: somebody, what they
//! do, to what, and when or how; all in the third person of the present, which agrees
//! with every subject in every language here, and objects in the case the verbs take.

use super::place_table::{City, Country};
use std::sync::LazyLock;
use toml_edit::{Array, Document, Item, Table, Value};

/// Every file, with the locales it is for.
const FILES: &[(&[&str], &str)] = &[
    (&["en_US", "en_GB"], include_str!("../../rules/words/en_US.toml")),
    (&["de_DE"], include_str!("../../rules/words/de_DE.toml")),
    (&["es_ES"], include_str!("../../rules/words/es_ES.toml")),
    (&["fr_FR"], include_str!("../../rules/words/fr_FR.toml")),
    (&["pl_PL"], include_str!("../../rules/words/pl_PL.toml")),
    (&["ru_RU"], include_str!("../../rules/words/ru_RU.toml")),
];

static READ: LazyLock<Vec<Words>> =
    LazyLock::new(|| FILES.iter().map(|(codes, text)| read(codes, text)).collect());

/// The lists of one file; those it does not have are empty.
#[derive(Debug, Default)]
pub(super) struct Words {
    codes: &'static [&'static str],
    pub(super) female: &'static [&'static str],
    pub(super) male: &'static [&'static str],
    /// The same two lists, each as one text.
    pub(super) given: Option<(&'static str, &'static str)>,
    /// Last names as men bear them.
    pub(super) last: &'static [&'static str],
    /// The same as women bear them, in the same order.
    pub(super) last_female: &'static [&'static str],
    pub(super) company: &'static [&'static str],
    pub(super) job: Phrases,
    pub(super) product: Phrases,
    pub(super) prose: Prose,
    pub(super) place: Option<&'static Country>,
}

/// What sentences are made of.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Prose {
    pub(super) word: Phrases,
    pub(super) who: Phrases,
    pub(super) does: Phrases,
    pub(super) what: Phrases,
    pub(super) when: Phrases,
    pub(super) and: Phrases,
}

/// Phrases in the order of their lengths, each with its characters counted.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Phrases(&'static [(usize, &'static str)]);

impl Phrases {
    fn new(list: &[&'static str]) -> Self {
        let mut list: Vec<_> = list.iter().map(|phrase| (phrase.chars().count(), *phrase)).collect();
        list.sort_by_key(|(length, _)| *length);
        Self(list.leak())
    }

    /// All of them.
    pub(super) fn all(self) -> &'static [(usize, &'static str)] {
        self.0
    }

    /// Those of `from` to `to` characters.
    pub(super) fn between(self, from: usize, to: usize) -> &'static [(usize, &'static str)] {
        let start = self.0.partition_point(|(length, _)| *length < from);
        let end = self.0.partition_point(|(length, _)| *length <= to);
        self.0.get(start..end).unwrap_or_default()
    }

    /// The characters of the shortest.
    pub(super) fn shortest(self) -> usize {
        self.0.first().map_or(0, |(length, _)| *length)
    }
}

/// The lists of a locale, where there is a file for it.
pub(super) fn of(code: &str) -> Option<&'static Words> {
    READ.iter().find(|words| words.codes.contains(&code))
}

/// The countries that have places in a file.
pub(super) fn countries() -> impl Iterator<Item = &'static Country> {
    READ.iter().filter_map(|words| words.place)
}

/// A file that is not as it should be gives empty lists, which a test finds.
fn read(codes: &'static [&'static str], text: &str) -> Words {
    let Ok(document) = Document::parse(text.to_owned()) else { return Words { codes, ..Words::default() } };
    let root = document.as_table();
    let phrases = |name: &str| Phrases::new(list(root, name));
    let last = list(root, "last");
    let endings: Vec<Vec<&str>> =
        rows(root.get("feminine")).map(|row| row.iter().filter_map(Value::as_str).collect()).collect();
    let borne_by_women: Vec<&'static str> = last.iter().map(|name| feminine(name, &endings)).collect();
    let (female, male) = (list(root, "female"), list(root, "male"));
    let joined = |names: &[&str]| -> &'static str { names.join(" ").leak() };
    Words {
        codes,
        female,
        male,
        given: (!female.is_empty()).then(|| (joined(female), joined(male))),
        last,
        last_female: if endings.is_empty() { &[] } else { borne_by_women.leak() },
        company: list(root, "company"),
        job: phrases("job"),
        product: phrases("product"),
        prose: Prose {
            word: phrases("word"),
            who: phrases("who"),
            does: phrases("does"),
            what: phrases("what"),
            when: phrases("when"),
            and: phrases("and"),
        },
        place: place(root, codes),
    }
}

fn list(table: &Table, name: &str) -> &'static [&'static str] {
    let keep = |text: &str| -> &'static str { text.to_owned().leak() };
    match table.get(name).and_then(Item::as_value) {
        Some(Value::String(words)) => words.value().split_whitespace().map(keep).collect::<Vec<_>>().leak(),
        Some(Value::Array(items)) => {
            items.iter().filter_map(Value::as_str).map(keep).collect::<Vec<_>>().leak()
        }
        _ => &[],
    }
}

fn rows(item: Option<&Item>) -> impl Iterator<Item = &Array> {
    item.and_then(Item::as_array).into_iter().flat_map(Array::iter).filter_map(Value::as_array)
}

/// A last name with the ending that agrees with a woman's first name.
fn feminine(name: &'static str, endings: &[Vec<&str>]) -> &'static str {
    let found = endings.iter().find_map(|pair| match pair.as_slice() {
        [from, to] => name.strip_suffix(from).map(|stem| format!("{stem}{to}")),
        _ => None,
    });
    found.map_or(name, |name| name.leak())
}

fn place(root: &Table, codes: &'static [&'static str]) -> Option<&'static Country> {
    let tables = root.get("place")?.as_array_of_tables()?;
    let table = tables.iter().next()?;
    let text = |name: &str| -> &'static str {
        table.get(name).and_then(Item::as_str).unwrap_or_default().to_owned().leak()
    };
    let cities = rows(table.get("cities")).filter_map(|row| {
        let mut parts =
            row.iter().filter_map(Value::as_str).map(|part| -> &'static str { part.to_owned().leak() });
        let (name, region, region_code, postcode) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        Some(City { name, region, region_code, postcode })
    });
    let country = Country {
        locale: codes.first().copied().unwrap_or_default(),
        code: text("code"),
        code3: text("code3"),
        name: text("name"),
        english: text("english"),
        number_first: table.get("number_first").and_then(Item::as_bool).unwrap_or_default(),
        line: text("line"),
        cities: cities.collect::<Vec<_>>().leak(),
        streets: list(table, "streets"),
    };
    Some(Box::leak(Box::new(country)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_file_has_the_lists_that_prose_needs_and_no_phrase_twice() {
        for words in READ.iter() {
            let code = words.codes[0];
            let prose = words.prose;
            for (list, least) in [
                (words.job, 40),
                (words.product, 40),
                (prose.word, 80),
                (prose.who, 20),
                (prose.does, 20),
                (prose.what, 30),
                (prose.when, 20),
                (prose.and, 3),
            ] {
                assert!(list.all().len() >= least, "{code}: {list:?}");
                let distinct: HashSet<_> = list.all().iter().map(|(_, phrase)| phrase).collect();
                assert_eq!(distinct.len(), list.all().len(), "{code}: {list:?}");
                assert!(list.all().iter().all(|(_, phrase)| !phrase.is_empty() && phrase.trim() == *phrase));
            }
        }
    }

    #[test]
    fn spanish_polish_and_russian_people_have_names_enough() {
        for code in ["es_ES", "pl_PL", "ru_RU"] {
            let words = of(code).unwrap();
            assert!(words.female.len() >= 60 && words.male.len() >= 60, "{code}");
            assert!(words.last.len() >= 100, "{code}: {}", words.last.len());
            for names in [words.female, words.male, words.last] {
                assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len(), "{code}");
            }
        }
    }

    #[test]
    fn a_woman_s_last_name_has_a_woman_s_ending() {
        let pair = |code: &str, name: &str| {
            let words = of(code).unwrap();
            let place = words.last.iter().position(|other| *other == name).unwrap();
            words.last_female[place]
        };
        assert_eq!(pair("pl_PL", "Kowalski"), "Kowalska");
        assert_eq!(pair("pl_PL", "Nowicki"), "Nowicka");
        assert_eq!(pair("pl_PL", "Nowak"), "Nowak");
        assert_eq!(pair("ru_RU", "Киселёв"), "Киселёва");
        assert_eq!(pair("ru_RU", "Вишневский"), "Вишневская");
        assert!(of("es_ES").unwrap().last_female.is_empty());
    }

    #[test]
    fn phrases_are_found_by_their_length() {
        let list = Phrases::new(&["dddd", "a", "żó", "ccc"]);
        assert_eq!(list.between(2, 3), [(2, "żó"), (3, "ccc")]);
        assert_eq!((list.shortest(), list.between(5, 9).len(), list.between(3, 2).len()), (1, 0, 0));
    }
}

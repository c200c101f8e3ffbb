//! A kind of personal data, as `rules/detect.toml` has it.

use super::lexicon::{Lexicon, NAMED, Symbol};
use super::naming::Naming;
use super::word::{is_listed, stem, words};
use std::collections::HashSet;
use toml_edit::{Item, TableLike, Value};

/// A kind of personal data.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "one for each word of the file")]
pub struct Kind {
    /// What it is, in the singular.
    pub name: String,
    /// The transformer for it.
    pub mask: String,
    /// Rules to try, the best first, as they stand in a rule file.
    pub rules: Vec<String>,
    /// Whether a kept column of the name is not asked about.
    pub quiet: bool,
    /// Whether a table with it is about people.
    pub person: bool,
    /// In which tables it counts.
    pub reach: Reach,
    /// Whether a thing may have it as well as a person.
    pub things: bool,
    /// Whether the row's person decides the pseudonym.
    pub by: bool,
    /// Whether it is part of a place.
    pub place: bool,
    /// Whether it says how somebody's body or mind is.
    pub health: bool,
    /// Whether it is looked for inside documents.
    json: bool,
    /// What a table must have beside it.
    pub beside: Beside,
    /// Whether a code or type of it is it.
    pub(super) coded: bool,
    /// Words of a name that is not meant.
    pub(super) without: Vec<Symbol>,
    types: Vec<String>,
    tables: HashSet<String>,
    /// What is left of the words of `tables` without the vowel at their end.
    stems: HashSet<String>,
    pub(super) whole: bool,
    pub(super) last: bool,
    /// Where it stands among the kinds.
    pub(super) nth: usize,
}

/// In which tables a kind counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// In all.
    All,
    /// In those about people, and those that point at one of those.
    About,
    /// In those about people.
    People,
}

/// What a kind has beside it, in the table where it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beside {
    /// Whatever is there.
    Anything,
    /// Other parts of a place.
    Place,
    /// The number of a card.
    Card,
    /// Whom the row belongs to.
    Owner,
    /// A person: by the table's name, an address or a telephone.
    Person,
}

impl Kind {
    /// Reads a kind as the file has it, and what it is called in every language.
    pub(super) fn read(
        table: &dyn TableLike,
        nth: usize,
        lexicon: &mut Lexicon,
        naming: &mut Naming,
    ) -> Option<Self> {
        let names = table.get("names").and_then(Item::as_table_like)?;
        let text = |name: &str| table.get(name).and_then(Item::as_str);
        let truth = |name: &str| table.get(name).and_then(Item::as_bool);
        let mask = text("mask")?.to_owned();
        let texts = |name: &str| texts(table.get(name)).map(str::to_owned);
        let (rules, tables): (Vec<_>, Vec<_>) = (texts("rules").collect(), texts("tables").collect());
        let without = self::texts(table.get("without")).map(|word| lexicon.add(word)).collect();
        for name in names.iter().flat_map(|(_, list)| self::texts(Some(list))) {
            call(nth, name, lexicon, naming);
        }
        Some(Self {
            name: text("name")?.to_owned(),
            rules: if rules.is_empty() { vec![format!("\"{mask}\"")] } else { rules },
            mask,
            types: texts("types").collect(),
            quiet: text("keep") == Some("quiet"),
            reach: match text("only") {
                Some("people") => Reach::People,
                Some("about") => Reach::About,
                _ => Reach::All,
            },
            things: truth("things").unwrap_or(false),
            stems: tables.iter().filter_map(|word| stem(word)).map(str::to_owned).collect(),
            tables: tables.into_iter().collect(),
            last: truth("last").unwrap_or(false),
            person: truth("person").unwrap_or(false),
            whole: truth("whole").unwrap_or(false),
            by: truth("by").unwrap_or(false),
            place: truth("place").unwrap_or(false),
            health: truth("health").unwrap_or(false),
            json: truth("json").unwrap_or(true),
            beside: match text("beside") {
                Some("place") => Beside::Place,
                Some("card") => Beside::Card,
                Some("person") => Beside::Person,
                Some("owner") => Beside::Owner,
                _ => Beside::Anything,
            },
            coded: truth("coded").unwrap_or(false),
            without,
            nth,
        })
    }

    /// Whether it counts in a table of this name at all.
    #[must_use]
    pub fn is_at_home(&self, table: &[String]) -> bool {
        self.tables.is_empty() || self.is_by_table(table)
    }

    /// Whether it counts in tables of such names whatever stands beside it.
    #[must_use]
    pub fn is_by_table(&self, table: &[String]) -> bool {
        table.iter().any(|word| {
            is_listed(|word| self.tables.contains(word), word)
                || stem(word).is_some_and(|stem| self.stems.contains(stem))
        })
    }

    /// Whether it counts in documents of a table of this name: it is looked for there, the table
    /// is one of those it counts in, and it asks for nothing beside it.
    #[must_use]
    pub fn is_of_documents(&self, table: &[String]) -> bool {
        self.json && self.is_at_home(table) && self.beside == Beside::Anything
    }

    /// Whether it is for this family of types.
    pub(super) fn is_of(&self, family: &str) -> bool {
        self.types.iter().any(|known| known == family)
    }
}

/// The texts of a list.
pub(super) fn texts(item: Option<&Item>) -> impl Iterator<Item = &str> {
    item.and_then(Item::as_array).into_iter().flatten().filter_map(Value::as_str)
}

/// Calls a kind by a name: `phone number` is also written `phonenumber`.
fn call(kind: usize, name: &str, lexicon: &mut Lexicon, naming: &mut Naming) {
    let words = words(name);
    let mut add = |word: &str| {
        let symbol = lexicon.add(word);
        lexicon.mark(symbol, NAMED);
        symbol
    };
    naming.add(kind, words.iter().map(|word| add(word)));
    let joined = words.concat();
    if words.len() > 1 && joined.len() > 6 {
        naming.add(kind, [add(&joined)]);
    }
}

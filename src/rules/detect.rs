//! What suggests personal data: the knowledge of `rules/detect.toml`.
//!
//! A name is cut into words, and a kind is that of the longest of its names whose words
//! stand one after the other. `check` asks by it, `discover` proposes by it.

use super::compound::Compounds;
use super::family::family;
use super::kind::{Kind, texts};
use super::word::{is_listed, singulars, words};
use crate::diagnostic::Diagnostic;
use crate::schema::Column;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;
use toml_edit::{Document, Item};

const DETECT: &str = include_str!("../../rules/detect.toml");

/// What suggests personal data.
#[derive(Clone, Debug, Default)]
pub struct Detector {
    kinds: Vec<Kind>,
    /// The lists of words, by their names.
    lists: BTreeMap<&'static str, HashSet<String>>,
    compounds: Compounds,
    /// What stands for words that mean the same.
    same: HashMap<String, String>,
    /// The kinds' names by their first words, in words that stand for others.
    begins: HashMap<String, Vec<Sense>>,
}

/// A kind by its place, and the words of one of its names.
type Sense = (usize, Vec<String>);

/// The lists of words that a file may have.
const LISTS: [&str; 32] = [
    "addressees",
    "about",
    "people",
    "public",
    "roles",
    "firms",
    "actors",
    "things",
    "harmless",
    "asks",
    "prefixes",
    "links",
    "ends",
    "rows",
    "deeds",
    "listings",
    "tools",
    "keys",
    "payrolls",
    "acts",
    "remarks",
    "choices",
    "titles",
    "nameless",
    "moments",
    "amounts",
    "carriers",
    "values",
    "carried",
    "numbers",
    "passwords",
    "definitions",
];

/// The lists whose words no compound is made of.
const BARE: [&str; 14] = [
    "prefixes", "links", "ends", "acts", "remarks", "choices", "titles", "nameless", "moments", "amounts",
    "carriers", "values", "carried", "numbers",
];

/// What a code of something is called.
const CODES: [&str; 6] = ["type", "status", "kind", "flag", "code", "category"];

/// How well a kind fits: by how many words, whether it is asked about, and its place,
/// of which the first is the best.
type Rank = (usize, bool, Reverse<usize>);

static OWN: LazyLock<Detector> = LazyLock::new(|| {
    let kinds = DETECT.match_indices("\n[[kind]]").map(|(at, _)| at + 1).chain([DETECT.len()]);
    let pieces = kinds.scan(0, |from, to| DETECT.get(std::mem::replace(from, to)..to));
    let mut own = Detector::read(pieces).unwrap_or_default();
    own.index();
    own
});

impl Detector {
    /// What masque knows.
    #[must_use]
    pub fn own() -> &'static Self {
        &OWN
    }

    /// What masque knows after what a person's file of the same form says.
    ///
    /// # Errors
    /// A diagnostic, where the text is no such file.
    pub fn with(text: &str) -> Result<Self, Diagnostic> {
        let wrong = || {
            Diagnostic::syntax("the file of kinds can't be read").help(
                "write `[[kind]]` with `name`, `mask`, `types` and `[kind.names]`, as `rules/detect.toml` does",
            )
        };
        let mut all = Self::read(std::iter::once(text)).ok_or_else(wrong)?;
        if let Some(kind) = all.kinds.iter().find(|kind| crate::transform::find(&kind.mask).is_none()) {
            let problem = format!("the kind `{}` has an unknown mask `{}`", kind.name, kind.mask);
            return Err(Diagnostic::syntax(problem).help("`masque transformers` lists what there is"));
        }
        let own = Self::own();
        all.kinds.extend(own.kinds.iter().cloned());
        for (name, list) in &own.lists {
            all.lists.entry(name).or_default().extend(list.iter().cloned());
        }
        all.compounds.add(&own.compounds);
        for (word, sense) in &own.same {
            all.same.entry(word.clone()).or_insert_with(|| sense.clone());
        }
        all.index();
        Ok(all)
    }

    /// Reads a file, which comes in pieces: of a large one the whole would take megabytes at once. What is
    /// read is not findable yet.
    fn read<'t>(pieces: impl Iterator<Item = &'t str>) -> Option<Self> {
        let mut detector = Self::default();
        for piece in pieces {
            let document = Document::parse(piece).ok()?;
            if let Some(kinds) = document.get("kind") {
                for table in kinds.as_array_of_tables()? {
                    detector.kinds.push(Kind::read(table)?);
                }
            }
            for name in LISTS {
                detector.lists.entry(name).or_default().extend(texts(document.get(name)));
            }
            let table = |name: &str| document.get(name).and_then(Item::as_table_like);
            let pairs = |name: &str| {
                let pairs = table(name).into_iter().flat_map(|table| table.iter());
                pairs.filter_map(|(short, long)| Some((short.to_owned(), words(long.as_str()?))))
            };
            detector.compounds.short.extend(pairs("short"));
            detector.compounds.glued.extend(pairs("glued"));
            for (word, others) in table("same").into_iter().flat_map(|table| table.iter()) {
                detector.same.extend(texts(Some(others)).into_iter().map(|other| (other, word.to_owned())));
            }
        }
        Some(detector)
    }

    /// Makes the words findable.
    fn index(&mut self) {
        let mut begins: HashMap<String, Vec<Sense>> = HashMap::new();
        for (place, kind) in self.kinds.iter().enumerate() {
            for name in kind.names.iter().flat_map(|name| self.senses(name)) {
                let first = name.first().cloned().unwrap_or_default();
                let known = begins.entry(first).or_default();
                // Those of one kind stand at the end, one after the other.
                let mut own = known.iter().rev().take_while(|(other, _)| *other == place);
                if !own.any(|(_, senses)| *senses == name) {
                    known.push((place, name));
                }
            }
        }
        self.begins = begins;
        let names = self.kinds.iter().flat_map(|kind| kind.names.iter().flatten());
        self.compounds.sole.clear();
        for (place, kind) in self.kinds.iter().enumerate() {
            let several = kind.names.iter().filter(|name| name.len() > 1);
            let parted: HashSet<String> = several.map(|name| name.concat()).collect();
            let sole = kind.names.iter().filter(|name| name.len() == 1 && !kind.whole).flatten();
            let sole = sole.filter(|word| !parted.contains(*word));
            self.compounds.sole.extend(sole.map(|word| (word.clone(), place)));
        }
        let lists = LISTS.iter().filter(|name| !BARE.contains(name));
        let lists = lists.filter_map(|name| self.lists.get(name));
        self.compounds.ends = self.lists.get("ends").cloned().unwrap_or_default();
        let known =
            names.chain(lists.flatten()).chain(self.same.keys()).filter(|word| word.chars().count() >= 3);
        self.compounds.known = known.cloned().collect();
    }

    /// A name in the words that stand for others: as it is, without the little words that
    /// link, and of two words the other way round.
    fn senses(&self, name: &[String]) -> Vec<Vec<String>> {
        let sense = |name: &[String]| name.iter().map(|word| self.sense(word).to_owned()).collect::<Vec<_>>();
        let mut all = vec![sense(name)];
        let bare = self.unlinked(name);
        if bare.len() > 1 {
            all.push(sense(&bare));
        }
        if let [one, other] = bare.as_slice() {
            all.push(sense(&[other.clone(), one.clone()]));
        }
        all
    }

    /// The word that stands for this one.
    fn sense<'w>(&'w self, word: &'w str) -> &'w str {
        self.same.get(word).map_or(word, String::as_str)
    }

    /// A name without the little words inside.
    fn unlinked(&self, name: &[String]) -> Vec<String> {
        let (first, last) = (0, name.len().saturating_sub(1));
        let inner = |at: usize, word: &String| at != first && at != last && self.has("links", word);
        name.iter().enumerate().filter(|(at, word)| !inner(*at, word)).map(|(_, word)| word.clone()).collect()
    }

    /// Whether a list has exactly this word.
    #[must_use]
    pub fn has(&self, list: &str, word: &str) -> bool {
        self.lists.get(list).is_some_and(|list| list.contains(word))
    }

    /// The ways to read a name: as it is, without numbers behind its words, without what
    /// links them, and without what stands in front for the type.
    fn readings(&self, name: &[String]) -> Vec<Vec<String>> {
        let bare = |name: &[String]| {
            let words = name.iter().map(|word| word.trim_end_matches(|c: char| c.is_ascii_digit()));
            words.filter(|word| !word.is_empty()).map(str::to_owned).collect::<Vec<_>>()
        };
        let untyped = |name: &[String]| match name.split_first() {
            Some((first, rest)) if self.has("prefixes", first) => rest.to_vec(),
            _ => Vec::new(),
        };
        let mut all = vec![name.to_vec(), bare(name), self.unlinked(name), self.unlinked(&bare(name))];
        let rest: Vec<_> = all.iter().map(|name| untyped(name)).collect();
        all.extend(rest);
        let mut told: Vec<Vec<String>> = Vec::new();
        for name in all {
            if !name.is_empty() && !told.contains(&name) {
                told.push(name);
            }
        }
        told
    }

    /// The kind that a column's name and type suggest.
    #[must_use]
    pub fn kind_of(&self, column: &Column) -> Option<&Kind> {
        let best = self.find(&words(&column.name), family(&column.data_type)?, false, &|_, _| true);
        self.kinds.get(best?.2.0)
    }

    /// The kind that words suggest for a family of types; kinds that ask for the whole
    /// name get it.
    #[must_use]
    pub fn named(&self, words: &[String], family: &str) -> Option<&Kind> {
        self.suited(words, family, &|_, _| true)
    }

    /// The kind that words suggest among those that are admitted, by the words of the
    /// name that it leaves over. Abbreviations are written out and compounds cut.
    #[must_use]
    pub fn suited(
        &self,
        words: &[String],
        family: &str,
        admits: &dyn Fn(&Kind, &[String]) -> bool,
    ) -> Option<&Kind> {
        let found = self.find(words, family, true, admits);
        let spelled = self.spelled(words);
        let other = if spelled == words { None } else { self.find(&spelled, family, true, admits) };
        // What is known as it stands is not cut, unless its parts say more.
        let best = match (found, other) {
            (Some(found), Some(other)) if other.0 > found.0 || other.0 == found.0 && other.1 && !found.1 => {
                Some(other)
            }
            (found, other) => found.or(other),
        };
        self.kinds.get(best?.2.0)
    }

    /// The words with abbreviations written out and compounds cut.
    #[must_use]
    pub fn spelled(&self, words: &[String]) -> Vec<String> {
        words.iter().flat_map(|word| self.compounds.cut(word)).collect()
    }

    /// The kind of that name.
    #[must_use]
    pub fn kind(&self, name: &str) -> Option<&Kind> {
        self.kinds.iter().find(|kind| kind.name == name)
    }

    fn find(
        &self,
        words: &[String],
        family: &str,
        strictly: bool,
        admits: &dyn Fn(&Kind, &[String]) -> bool,
    ) -> Option<Rank> {
        let mut best: Option<Rank> = None;
        for words in self.readings(words) {
            let several = words.len() > 1;
            let about = several && words.last().is_some_and(|last| self.has("about", last));
            let coded = words.last().is_some_and(|last| CODES.contains(&self.sense(last)));
            let asks = strictly && several && words.first().is_some_and(|first| self.has("asks", first));
            for (at, word) in words.iter().enumerate() {
                let senses = singulars(word).into_iter().map(|word| self.sense(word));
                for (place, name) in senses.filter_map(|word| self.begins.get(word)).flatten() {
                    let Some(kind) = self.kinds.get(*place).filter(|kind| kind.is_of(family)) else {
                        continue;
                    };
                    let end = at + name.len();
                    let meets = words.get(at..end).is_some_and(|part| {
                        part.iter().zip(name).all(|(word, known)| self.means(word, known))
                    });
                    let is_last = end == words.len();
                    let is_whole = at == 0 && is_last;
                    let fits = meets
                        && (is_whole || !(strictly && kind.whole))
                        && (is_last || !(about && !(kind.coded && coded) || strictly && kind.last))
                        && (at == 0 || !asks || kind.coded);
                    if !fits {
                        continue;
                    }
                    let rest: Vec<String> = [words.get(..at), words.get(end..)]
                        .into_iter()
                        .flatten()
                        .flatten()
                        .cloned()
                        .collect();
                    if rest.iter().any(|word| kind.without.iter().any(|other| self.means(word, other))) {
                        continue;
                    }
                    // Of two that fit as well, the first of the file.
                    let rank = (name.len(), !kind.quiet, Reverse(*place));
                    if best.is_none_or(|best| rank > best) && admits(kind, &rest) {
                        best = Some(rank);
                    }
                }
            }
        }
        best
    }

    /// Whether a word is the other, in the singular or plural, or stands for the same.
    fn means(&self, word: &str, other: &str) -> bool {
        singulars(word).into_iter().any(|word| word == other || self.sense(word) == other)
    }

    /// Whether a word is one that names of columns are made of, or short for one.
    #[must_use]
    pub fn knows(&self, word: &str) -> bool {
        self.compounds.short.contains_key(word) || self.compounds.known.contains(word)
    }

    /// Whether a name, however it is read, is one of a kind's and no more.
    #[must_use]
    pub fn calls(&self, kind: &Kind, name: &[String]) -> bool {
        self.readings(name).iter().any(|name| {
            let first = singulars(name.first().map(String::as_str).unwrap_or_default());
            let begins = first.into_iter().flat_map(|word| [word, self.sense(word)]);
            let mut known = begins.filter_map(|word| self.begins.get(word)).flatten();
            known.any(|(place, known)| {
                known.len() == name.len()
                    && self.kinds.get(*place).is_some_and(|own| std::ptr::eq(own, kind))
                    && name.iter().zip(known).all(|(word, other)| self.means(word, other))
            })
        })
    }

    /// What a part of a longer word means, where it is short for something.
    #[must_use]
    pub fn part(&self, word: &str) -> Option<&[String]> {
        let Compounds { short, glued, .. } = &self.compounds;
        glued.get(word).or_else(|| short.get(word)).map(Vec::as_slice)
    }

    /// Whether the list of this name has the word, in the singular or a plural.
    #[must_use]
    pub fn lists(&self, list: &str, word: &str) -> bool {
        let known = |word: &str| self.lists.get(list).is_some_and(|list| is_listed(list, word));
        known(word) || list == "roles" && known(self.sense(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{DataType, Scalar};

    fn kind(name: &str, scalar: Scalar) -> Option<&'static str> {
        let column = Column::of(name, DataType::scalar_of("x", scalar));
        Detector::own().kind_of(&column).filter(|kind| !kind.quiet).map(|kind| kind.name.as_str())
    }

    #[test]
    fn the_file_is_read_whole_and_each_kind_speaks_eight_languages() {
        let knowledge = Detector::read(std::iter::once(DETECT)).unwrap();
        assert_eq!(knowledge.kinds.len(), Detector::own().kinds.len(), "in pieces it is the same");
        assert_eq!(knowledge.lists, Detector::own().lists);
        assert!(knowledge.kinds.len() > 15 && LISTS.iter().all(|name| !knowledge.lists[name].is_empty()));
        let document = Document::parse(DETECT).unwrap();
        for name in LISTS {
            let entries = texts(document.get(name));
            assert_eq!(entries.len(), knowledge.lists[name].len(), "a word stands twice in `{name}`");
            for entry in entries {
                let read = words(&entry);
                assert_eq!(read.join(" "), entry, "a name is never cut so: `{name}`");
                assert!(
                    read.len() == 1 || name == "tools",
                    "`{entry}` of `{name}` is compared with one word"
                );
            }
        }
        let Compounds { short, glued, .. } = &knowledge.compounds;
        let twice: Vec<_> = short.keys().filter(|short| glued.contains_key(*short)).collect();
        assert!(twice.is_empty(), "short for something wherever they are: {twice:?}");
        for table in document.get("kind").unwrap().as_array_of_tables().unwrap() {
            for language in ["en", "de", "fr", "es", "it", "pt", "nl", "pl"] {
                assert!(table.get("names").unwrap().get(language).is_some(), "{language} of {table}");
            }
        }
    }

    #[test]
    fn what_a_person_s_file_says_of_a_word_wins() {
        let text = "[short]\nhospit = \"city\"\nmun = \"city\"\n[glued]\nkd = \"phone\"\n[same]\nstreet = [\"ville\"]";
        let theirs = Detector::with(text).unwrap();
        let spelled = |detector: &Detector, name: &str| detector.spelled(&words(name)).join(" ");
        assert_eq!(spelled(Detector::own(), "hospit"), "hospitalisation");
        assert_eq!(spelled(&theirs, "hospit"), "city");
        assert_eq!(theirs.part("kd"), Some(["phone".to_owned()].as_slice()));
        // What is short for something is so inside a longer word, too.
        assert_eq!(theirs.part("mun"), Some(["city".to_owned()].as_slice()));
        assert_eq!((Detector::own().sense("ville"), theirs.sense("ville")), ("city", "street"));
        assert_eq!(spelled(&theirs, "custname"), "customer name", "all else is as it was");
    }

    #[test]
    fn names_are_known_in_any_style_and_language() {
        for (name, expected) in [
            ("customer_email", "e-mail address"),
            ("EmailAddress", "e-mail address"),
            ("homePhone", "telephone number"),
            ("Straße", "street address"),
            ("código_interno_prénom", "first name"),
            ("data_nascita", "date of birth"),
            ("numer_telefonu", "telephone number"),
            ("client_ip", "network address"),
            ("phonenumber2", "telephone number"),
        ] {
            let scalar = if expected == "date of birth" { Scalar::Date } else { Scalar::Text };
            assert_eq!(kind(name, scalar), Some(expected), "{name}");
        }
    }

    #[test]
    fn a_name_is_known_in_any_order_glued_abbreviated_and_with_its_type_in_front() {
        let detector = Detector::own();
        for (name, expected) in [
            ("sFecNacimiento", "date of birth"),
            ("ds_email", "e-mail address"),
            ("numero_da_conta", "bank account"),
            ("conta_nro", "bank account"),
            ("PSTCD", "postcode"),
            ("EMPTEL", "telephone number"),
            ("strCardNo", "card number"),
            ("date_of_the_birth", "date of birth"),
            ("tp_sexo", "trait (sex, family, nationality)"),
            ("sRespuestaSecreta", "secret"),
        ] {
            let found = detector.named(&words(name), "text").map(|kind| kind.name.as_str());
            assert_eq!(found, Some(expected), "{name}");
        }
    }

    #[test]
    fn a_word_loses_its_meaning_beside_others() {
        let detector = Detector::own();
        for name in ["password_algorithm", "email_layout_xmlid", "cd_motivo", "token_expires", "tp_documento"]
        {
            assert!(detector.named(&words(name), "text").is_none(), "{name}");
        }
    }

    #[test]
    fn what_is_about_a_thing_is_not_the_thing() {
        for name in [
            "email_verified",
            "phone_type",
            "address_id",
            "name",
            "city",
            "shipping_cost",
            "recipe",
            "emailed",
        ] {
            assert_eq!(kind(name, Scalar::Text), None, "{name}");
        }
        // What ends so and is known by its whole name is the thing.
        let quiet = |name: &str| Detector::own().named(&words(name), "text").map(|kind| kind.name.as_str());
        assert_eq!(quiet("changed_by"), Some("name of who did it"));
        assert_eq!(quiet("tax_id"), Some("national or tax number"));
        assert_eq!(kind("email", Scalar::Bool), None);
        assert_eq!(kind("ip", Scalar::Int4), None);
    }
}

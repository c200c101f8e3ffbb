//! What suggests personal data: the knowledge of `rules/detect.toml`.
//!
//! A name is cut into words, and a kind is that of the longest of its names whose words
//! stand one after the other. `check` asks by it, `discover` proposes by it.

use super::asked::{self, Asked};
use super::compound::Compounds;
use super::family::family;
use super::kind::{Kind, texts};
use super::lexicon::{KNOWN, NAMED, SHORT, Symbol, UNKNOWN, number};
use super::naming::Naming;
use super::word::{is_listed, words};
use crate::diagnostic::Diagnostic;
use crate::schema::Column;
use std::cmp::Reverse;
use std::sync::LazyLock;
use toml_edit::{Document, Item};

const DETECT: &str = include_str!("../../rules/detect.toml");

/// What suggests personal data.
#[derive(Clone, Debug, Default)]
pub struct Detector {
    kinds: Vec<Kind>,
    /// The words, with which lists have them and what stands for them.
    compounds: Compounds,
    /// What the kinds are called.
    naming: Naming,
}

/// The lists of words, and whether compounds are made of these, too.
const LISTS: [(&str, bool); 47] = [
    ("addressees", true),
    ("about", true),
    ("people", true),
    ("public", true),
    ("roles", true),
    ("firms", true),
    ("actors", true),
    ("things", true),
    ("harmless", true),
    ("asks", true),
    ("prefixes", false),
    ("links", false),
    ("ends", false),
    ("rows", true),
    ("deeds", true),
    ("listings", true),
    ("tools", true),
    ("keys", true),
    ("payrolls", true),
    ("acts", false),
    ("remarks", false),
    ("choices", false),
    ("titles", false),
    ("nameless", false),
    ("moments", false),
    ("amounts", false),
    ("carriers", false),
    ("values", false),
    ("carried", false),
    ("numbers", false),
    ("passwords", true),
    ("definitions", true),
    ("coins", true),
    ("stored", false),
    ("shelves", false),
    ("migrated", false),
    ("locks", false),
    ("workers", true),
    ("gross", false),
    ("nets", false),
    ("works", false),
    ("sessions", false),
    ("driven", false),
    ("settlements", false),
    ("meetings", false),
    ("tracks", false),
    ("contents", false),
];

/// What a code of something is called.
const CODES: [&str; 6] = ["type", "status", "kind", "flag", "code", "category"];

/// How well a kind fits: by how many words, whether it is asked about, and its place,
/// of which the first is the best.
type Rank = (usize, bool, Reverse<usize>);

static OWN: LazyLock<Detector> = LazyLock::new(|| {
    let mut own = Detector::default();
    match pieces().try_for_each(|piece| own.read(piece)) {
        Some(()) => own.indexed(),
        None => Detector::default(),
    }
});

/// What masque knows, in pieces: of the whole, reading would take megabytes at once.
fn pieces() -> impl Iterator<Item = &'static str> {
    let kinds = DETECT.match_indices("\n[[kind]]").map(|(at, _)| at + 1).chain([DETECT.len()]);
    kinds.scan(0, |from, to| DETECT.get(std::mem::replace(from, to)..to))
}

/// The mark of the words of a list.
fn mark(list: &str) -> u64 {
    const { assert!(LISTS.len() < 60, "the marks above are for other things") };
    LISTS.iter().position(|(name, _)| *name == list).map_or(0, |at| 1 << at)
}

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
        let mut all = Self::default();
        all.read(text).ok_or_else(wrong)?;
        if let Some(kind) = all.kinds.iter().find(|kind| crate::transform::find(&kind.mask).is_none()) {
            let problem = format!("the kind `{}` has an unknown mask `{}`", kind.name, kind.mask);
            return Err(Diagnostic::syntax(problem).help("`masque transformers` lists what there is"));
        }
        pieces().try_for_each(|piece| all.read(piece)).ok_or_else(wrong)?;
        Ok(all.indexed())
    }

    /// Adds what a file or a piece of it says, after what was read before, which wins. It is not findable yet.
    fn read(&mut self, text: &str) -> Option<()> {
        let document = Document::parse(text).ok()?;
        let compounds = &mut self.compounds;
        if let Some(kinds) = document.get("kind") {
            for table in kinds.as_array_of_tables()? {
                let place = self.kinds.len();
                self.kinds.push(Kind::read(table, place, &mut compounds.lexicon, &mut self.naming)?);
            }
        }
        for (name, list) in document.iter() {
            let mark = mark(name);
            for word in texts(Some(list)).filter(|_| mark != 0) {
                let symbol = compounds.lexicon.add(word);
                compounds.lexicon.mark(symbol, mark);
            }
        }
        let table = |name: &str| {
            let table = document.get(name).and_then(Item::as_table_like);
            table.into_iter().flat_map(|table| table.iter())
        };
        // What is short for something in both ways within one file is so: these come first.
        for (part, long) in table("glued").filter_map(|(part, long)| Some((part, long.as_str()?))) {
            compounds.glue(part, words(long));
        }
        for (short, long) in table("short").filter_map(|(short, long)| Some((short, long.as_str()?))) {
            compounds.shorten(short, words(long));
        }
        let same: Vec<_> = table("same").collect();
        for (word, others) in same.into_iter().rev() {
            let word = compounds.lexicon.add(word);
            for other in texts(Some(others)) {
                let other = compounds.lexicon.add(other);
                compounds.lexicon.let_stand(word, other);
            }
        }
        Some(())
    }

    /// Makes the words findable.
    fn indexed(mut self) -> Self {
        let lexicon = &mut self.compounds.lexicon;
        self.naming.index(lexicon, mark("links"));
        let lists = LISTS.iter().filter(|(_, compounded)| *compounded);
        let parts = lists.fold(NAMED, |marks, (name, _)| marks | mark(name));
        let known = lexicon.iter().filter(|(_, stood_for, marks)| *stood_for || marks & parts != 0);
        let known = known.map(|(symbol, ..)| symbol).collect::<Vec<_>>();
        for symbol in known {
            if lexicon.text(symbol).chars().count() >= 3 {
                lexicon.mark(symbol, KNOWN);
            }
        }
        let sole = self.sole();
        let sole = (0..).zip(sole).filter(|(_, kind)| *kind != UNKNOWN);
        self.compounds.index(mark("ends"), sole);
        self.kinds.shrink_to_fit();
        self
    }

    /// For each word, the place of the last kind of which it is the whole of a name that is not also
    /// written in several words.
    fn sole(&self) -> Vec<u32> {
        let lexicon = &self.compounds.lexicon;
        let mut sole = vec![UNKNOWN; lexicon.len()];
        let mut parted = sole.clone();
        let mut joined = String::new();
        for kind in self.kinds.iter().filter(|kind| !kind.whole) {
            let place = number(kind.nth);
            for name in self.naming.of(kind.nth).filter(|name| name.len() > 1) {
                joined.clear();
                joined.extend(name.iter().map(|word| lexicon.text(*word)));
                if let Some(parted) = parted.get_mut(lexicon.of(&joined) as usize) {
                    *parted = place;
                }
            }
            for name in self.naming.of(kind.nth) {
                let [word] = name else { continue };
                let at = *word as usize;
                if let Some(sole) = sole.get_mut(at).filter(|_| parted.get(at) != Some(&place)) {
                    *sole = place;
                }
            }
        }
        sole
    }

    /// Whether a list has exactly this word.
    #[must_use]
    pub fn has(&self, list: &str, word: &str) -> bool {
        self.compounds.lexicon.is(word, mark(list))
    }

    /// The ways to read a name.
    fn readings<'n>(&self, name: &'n [String]) -> Vec<Vec<Asked<'n>>> {
        asked::readings(&self.compounds.lexicon, name, mark("links"), mark("prefixes"))
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

    /// Whether one of the words is so, as it stands or written out.
    pub fn is_any(&self, words: &[String], is: impl Fn(&String) -> bool) -> bool {
        words.iter().any(&is) || self.spelled(words).iter().any(is)
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
        let lexicon = &self.compounds.lexicon;
        let (about, asks) = (mark("about"), mark("asks"));
        let has =
            |word: Option<&Asked<'_>>, mark| word.is_some_and(|word| lexicon.marks(word.symbol) & mark != 0);
        for words in self.readings(words) {
            let several = words.len() > 1;
            let about = several && has(words.last(), about);
            let coded = about && words.last().is_some_and(|last| CODES.contains(&self.sense(last)));
            let asks = strictly && several && has(words.first(), asks);
            for (at, word) in words.iter().enumerate() {
                for (place, name) in word.stand_ins().flat_map(|first| self.naming.begun(first)) {
                    let Some(kind) = self.kinds.get(place) else { continue };
                    // Of two that fit as well, the first of the file.
                    let rank = (name.len(), !kind.quiet, Reverse(place));
                    if best.is_some_and(|best| rank <= best) {
                        continue;
                    }
                    let end = at + name.len();
                    let is_last = end == words.len();
                    let is_whole = at == 0 && is_last;
                    let fits = words.get(at..end).is_some_and(|part| means(part, name))
                        && kind.is_of(family)
                        && (is_whole || !(strictly && kind.whole))
                        && (is_last || !(about && !(kind.coded && coded) || strictly && kind.last))
                        && (at == 0 || !asks || kind.coded);
                    if !fits {
                        continue;
                    }
                    let rest = || [words.get(..at), words.get(end..)].into_iter().flatten().flatten();
                    if rest().any(|word| kind.without.iter().any(|other| word.means(*other))) {
                        continue;
                    }
                    if admits(kind, &rest().map(|word| word.text.to_owned()).collect::<Vec<_>>()) {
                        best = Some(rank);
                    }
                }
            }
        }
        best
    }

    /// The word that stands for this one.
    fn sense<'w>(&'w self, word: &Asked<'w>) -> &'w str {
        let lexicon = &self.compounds.lexicon;
        if word.symbol == UNKNOWN { word.text } else { lexicon.text(lexicon.stands_for(word.symbol)) }
    }

    /// Whether a word is one that names of columns are made of, or short for one.
    #[must_use]
    pub fn knows(&self, word: &str) -> bool {
        self.compounds.lexicon.is(word, SHORT | KNOWN)
    }

    /// Whether a name, however it is read, is one of a kind's and no more.
    #[must_use]
    pub fn calls(&self, kind: &Kind, name: &[String]) -> bool {
        self.readings(name).iter().any(|name| {
            let mut known = name.first().into_iter().flat_map(Asked::meanings);
            known.any(|first| {
                let mut known = self.naming.begun(first);
                known.any(|(place, known)| {
                    place == kind.nth && known.len() == name.len() && means(name, known)
                })
            })
        })
    }

    /// Whether the words are one of a kind's names as it is written, and no more.
    #[must_use]
    pub fn is_called(&self, kind: &Kind, words: &[String]) -> bool {
        let lexicon = &self.compounds.lexicon;
        let words: Vec<Symbol> = words.iter().map(|word| lexicon.of(word)).collect();
        self.naming.of(kind.nth).any(|name| name == words)
    }

    /// What a part of a longer word means, where it is short for something.
    #[must_use]
    pub fn part(&self, word: &str) -> Option<&[String]> {
        self.compounds.part(word)
    }

    /// Whether the list of this name has the word, in the singular or a plural.
    #[must_use]
    pub fn lists(&self, list: &str, word: &str) -> bool {
        let lexicon = &self.compounds.lexicon;
        let mark = mark(list);
        let known = |word: &str| is_listed(|word| lexicon.is(word, mark), word);
        known(word) || list == "roles" && known(self.sense(&Asked::of(lexicon, word)))
    }
}

/// Whether words mean those of a name, one by one.
fn means(words: &[Asked<'_>], name: &[Symbol]) -> bool {
    words.iter().zip(name).all(|(word, known)| word.means(*known))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{DataType, Scalar};
    use std::collections::BTreeSet;

    fn kind(name: &str, scalar: Scalar) -> Option<&'static str> {
        let column = Column::of(name, DataType::scalar_of("x", scalar));
        Detector::own().kind_of(&column).filter(|kind| !kind.quiet).map(|kind| kind.name.as_str())
    }

    /// The words of a list.
    fn listed<'d>(detector: &'d Detector, list: &str) -> BTreeSet<&'d str> {
        let lexicon = &detector.compounds.lexicon;
        let listed = lexicon.iter().filter(|(_, _, marks)| marks & mark(list) != 0);
        listed.map(|(symbol, ..)| lexicon.text(symbol)).collect()
    }

    /// What a kind is called.
    fn called<'d>(detector: &'d Detector, kind: &Kind) -> Vec<Vec<&'d str>> {
        let text = |name: &[Symbol]| name.iter().map(|word| detector.compounds.lexicon.text(*word)).collect();
        detector.naming.of(kind.nth).map(text).collect()
    }

    #[test]
    fn the_file_is_read_whole_and_each_kind_speaks_eight_languages() {
        let mut knowledge = Detector::default();
        knowledge.read(DETECT).unwrap();
        let (knowledge, own) = (knowledge.indexed(), Detector::own());
        assert_eq!(knowledge.kinds.len(), own.kinds.len(), "in pieces it is the same");
        for (one, other) in knowledge.kinds.iter().zip(&own.kinds) {
            assert_eq!(called(&knowledge, one), called(own, other), "{}", one.name);
        }
        for (name, _) in LISTS {
            assert_eq!(listed(&knowledge, name), listed(own, name), "{name}");
        }
        assert!(knowledge.kinds.len() > 15 && LISTS.iter().all(|(name, _)| !listed(own, name).is_empty()));
        let document = Document::parse(DETECT).unwrap();
        for (name, _) in LISTS {
            let entries: Vec<_> = texts(document.get(name)).collect();
            assert_eq!(entries.len(), listed(own, name).len(), "a word stands twice in `{name}`");
            for entry in entries {
                let read = words(entry);
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
        for (detector, stands) in [(Detector::own(), "city"), (&theirs, "street")] {
            assert_eq!(detector.sense(&Asked::of(&detector.compounds.lexicon, "ville")), stands);
        }
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
    fn a_kind_is_called_by_its_names_as_they_are_written_and_meant_by_more() {
        let detector = Detector::own();
        let kind = detector.kind("date of birth").unwrap();
        let is = |name: &str| (detector.is_called(kind, &words(name)), detector.calls(kind, &words(name)));
        assert_eq!(is("date_of_birth"), (true, true));
        assert_eq!(is("dateofbirth"), (true, true));
        assert_eq!(is("birth_dates2"), (false, true));
        assert_eq!(is("birth_date_of_patient"), (false, false));
        let other = detector.kind("name").unwrap();
        assert!(
            !detector.is_called(other, &words("date_of_birth"))
                && !detector.calls(other, &words("birth_date"))
        );
        assert!(!detector.is_called(other, &[]) && !detector.calls(other, &[]));
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
        assert_eq!(kind("ip", Scalar::Bool), None);
        assert_eq!(kind("ip", Scalar::Int8), Some("network address"), "as MySQL keeps them");
    }
}

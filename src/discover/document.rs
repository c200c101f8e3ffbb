//! What is personal inside JSON documents, by the names of members and by their values.
//!
//! A member's name can be somebody's, too (`{"annmiller": 3}`), so a path is only written
//! with names that say what they hold, and with those that nearly all of many documents
//! have, that are made of words that name columns, are no person's, and beside which no
//! other holds the same; others become `*`.

use super::evidence::Evidence;
use crate::rules::{Detector, Reach, words};
use crate::transform::name_word;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// More members than this under one path, and they are values, not names.
const MANY: usize = 60;

/// In fewer documents than this a name may be somebody's, and in less than a tenth of them.
const ENOUGH: usize = 20;

/// A path with the rules for it, the best first.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) path: String,
    pub(super) rules: Vec<String>,
    pub(super) by: bool,
    pub(super) why: String,
    /// In which tables it counts.
    pub(super) reach: Reach,
}

/// Of a hundred different texts of one path so many have names of people in them by chance.
const STREWN: u64 = 20;

/// Fewer different texts say nothing of that.
const DIFFERENT: u64 = 5;

/// So many texts of one path are looked at.
const MOST: usize = 2000;

#[derive(Clone, Default)]
struct Node {
    /// Those in which it is, in order.
    documents: Vec<u32>,
    texts: Vec<String>,
    numbers: bool,
    members: BTreeMap<String, Node>,
    elements: Option<Box<Node>>,
}

impl Node {
    fn add(&mut self, document: u32, value: Value) {
        if self.documents.last() != Some(&document) {
            self.documents.push(document);
        }
        match value {
            Value::String(text) if self.texts.len() < MOST => self.texts.push(text),
            Value::Number(_) => self.numbers = true,
            Value::Array(list) => {
                let elements = self.elements.get_or_insert_default();
                for value in list {
                    elements.add(document, value);
                }
            }
            Value::Object(map) => {
                for (name, value) in map {
                    self.members.entry(name).or_default().add(document, value);
                }
            }
            Value::String(_) | Value::Null | Value::Bool(_) => {}
        }
    }

    fn merge(&mut self, other: Self) {
        self.documents.extend(other.documents);
        self.documents.sort_unstable();
        self.documents.dedup();
        let room = MOST.saturating_sub(self.texts.len());
        self.texts.extend(other.texts.into_iter().take(room));
        self.numbers |= other.numbers;
        if let Some(elements) = other.elements {
            self.elements.get_or_insert_default().merge(*elements);
        }
        for (name, node) in other.members {
            self.members.entry(name).or_default().merge(node);
        }
    }
}

/// Where documents are.
pub(super) struct Around<'a> {
    pub(super) detector: &'a Detector,
    /// The words of the table's name.
    pub(super) table: Vec<String>,
    /// The words of the names of all tables and columns.
    pub(super) names: &'a HashSet<String>,
}

/// The paths of personal data in documents, in path order, and how many were read.
pub(super) fn paths(around: &Around<'_>, documents: impl Iterator<Item = Value>) -> (Vec<Found>, u64) {
    let mut root = Node::default();
    for (number, document) in (0..).zip(documents) {
        root.add(number, document);
    }
    let read = root.documents.len();
    let mut found = Vec::new();
    let reader = Reader { around, read };
    reader.walk(&root, "$", &[], &mut found);
    (found, read as u64)
}

/// What decides on the paths.
struct Reader<'a> {
    around: &'a Around<'a>,
    /// How many documents there are.
    read: usize,
}

impl Reader<'_> {
    fn walk(&self, node: &Node, path: &str, name: &[String], found: &mut Vec<Found>) {
        if !node.texts.is_empty() || node.numbers {
            found.extend(judge(self.around, path, name, &node.texts, node.numbers));
        }
        if let Some(elements) = &node.elements {
            self.walk(elements, &format!("{path}[*]"), name, found);
        }
        let crowded = node.members.len() > MANY;
        let (mut unknown, mut rest) = (Vec::new(), Vec::new());
        for (member, inner) in &node.members {
            let parts = words(member);
            let below = |found: &mut Vec<Found>| {
                self.walk(inner, &format!("{path}.{member}"), &parts, found);
            };
            if is_plain(member) && is_known(self.around.detector, &parts) {
                below(found);
            } else if is_plain(member) && !crowded && self.is_told(inner, node, &parts) {
                let mut own = Vec::new();
                below(&mut own);
                unknown.push((member, inner, own));
            } else {
                rest.push((parts, inner));
            }
        }
        // Two that hold the same are names of whom it is about, rather than of what it is.
        if alike(path, &unknown) {
            rest.extend(unknown.iter().map(|(member, inner, _)| (words(member), *inner)));
        } else {
            found.extend(unknown.into_iter().flat_map(|(_, _, own)| own));
        }
        self.rest(&rest, &format!("{path}.*"), crowded, found);
    }

    /// Members whose names are not written, as one: by what they hold together, and by what one of them is called
    /// and holds.
    fn rest(&self, rest: &[(Vec<String>, &Node)], path: &str, crowded: bool, found: &mut Vec<Found>) {
        let mut all = Node::default();
        let mut own = Vec::new();
        for (name, node) in rest {
            if !crowded {
                self.leaves(node, path, name, &mut own);
            }
            all.merge((*node).clone());
        }
        if !all.documents.is_empty() {
            self.walk(&all, path, &[], &mut own);
        }
        let mut paths: BTreeMap<String, Found> = BTreeMap::new();
        for one in own {
            match paths.get_mut(&one.path) {
                None => {
                    paths.insert(one.path.clone(), one);
                }
                // What one of them has as a whole, all of them have somewhere.
                Some(_) if one.rules.first().is_some_and(|rule| rule == "\"scrub\"") => {}
                Some(other) if other.rules.first() != one.rules.first() => {
                    other.rules = vec!["\"letters\"".to_owned()];
                    other.by = false;
                    if !other.why.contains(&one.why) {
                        other.why = format!("{}, {}", other.why, one.why);
                    }
                }
                Some(_) => {}
            }
        }
        found.extend(paths.into_values());
    }

    /// What a member itself holds, or the elements of its list; what is further below is for the whole.
    fn leaves(&self, node: &Node, path: &str, name: &[String], found: &mut Vec<Found>) {
        let (mut at, mut path) = (Some(node), path.to_owned());
        while let Some(node) = at {
            if !node.texts.is_empty() || node.numbers {
                found.extend(judge(self.around, &path, name, &node.texts, node.numbers));
            }
            at = node.elements.as_deref();
            path.push_str("[*]");
        }
    }

    /// Whether a member's name may be written though it is no kind's: nearly every one of many
    /// documents has it, its words are those of names of columns and tables, and it is no person's.
    fn is_told(&self, node: &Node, parent: &Node, parts: &[String]) -> bool {
        let count = node.documents.len();
        let of_a_person = |word: &String| {
            let (first, last) = name_word(word);
            first || last
        };
        count >= ENOUGH
            && count * 10 >= parent.documents.len() * 9
            && count * 10 >= self.read
            && parts.iter().all(|word| self.is_common(word))
            && !parts.iter().any(of_a_person)
    }

    /// Whether names of columns and tables are made of the word, here or anywhere; a number behind it
    /// says nothing, and neither does a letter alone.
    fn is_common(&self, word: &str) -> bool {
        let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
        word.chars().count() <= 1 || self.around.detector.knows(word) || self.around.names.contains(word)
    }
}

/// Whether two members hold the same, each below its name.
fn alike(path: &str, members: &[(&String, &Node, Vec<Found>)]) -> bool {
    let mut seen = BTreeSet::new();
    members.iter().any(|(member, _, found)| {
        let front = format!("{path}.{member}");
        let below =
            |one: &Found| Some((one.path.strip_prefix(&front)?.to_owned(), one.rules.first().cloned()));
        let own: BTreeSet<_> = found.iter().filter_map(below).collect();
        let again = own.iter().any(|one| seen.contains(one));
        seen.extend(own);
        again
    })
}

/// Whether every word of a member's name belongs to a kind's name.
fn is_known(detector: &Detector, parts: &[String]) -> bool {
    ["text", "number"]
        .iter()
        .any(|family| detector.named(parts, family).is_some_and(|kind| detector.is_called(kind, parts)))
}

fn is_plain(name: &str) -> bool {
    name.len() <= 40
        && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && name.bytes().filter(u8::is_ascii_digit).count() <= 2
}

fn judge(around: &Around<'_>, path: &str, name: &[String], texts: &[String], numbers: bool) -> Option<Found> {
    let evidence = Evidence::of(texts.iter().map(String::as_str));
    let family = if texts.is_empty() && numbers { "number" } else { "text" };
    let kind = around.detector.suited(name, family, &|kind, _| kind.is_of_documents(&around.table));
    let path = path.to_owned();
    let seen = evidence.likeness.as_ref().filter(|seen| !seen.within);
    // A name that fits many things says less than the values.
    let told =
        kind.is_some_and(|kind| seen.is_some_and(|seen| kind.quiet && !kind.place && seen.mask != kind.mask));
    if let Some(kind) = kind.filter(|_| !told).filter(|kind| kind.mask != "scrub" || !evidence.is_list()) {
        let rules: Vec<_> = kind.rules.iter().filter(|rule| !rule.contains("shuffle")).cloned().collect();
        let why = kind.name.clone();
        return (!rules.is_empty()).then_some(Found { path, rules, by: kind.by, why, reach: kind.reach });
    }
    let writing = &evidence.writing;
    let named = writing.named >= STREWN && evidence.distinct >= DIFFERENT && !name.is_empty();
    if named && evidence.likeness.is_none() {
        let why = "names of people".to_owned();
        return Some(Found {
            path,
            rules: vec!["\"letters\"".to_owned()],
            by: false,
            why,
            reach: if writing.are_people(false) { Reach::All } else { Reach::About },
        });
    }
    let likeness = evidence.likeness?;
    let rule = format!("\"{}\"", likeness.mask);
    let why = likeness.what.to_owned();
    let by = matches!(likeness.mask, "email" | "full_name" | "street");
    Some(Found { path, rules: vec![rule, "\"letters\"".to_owned()], by, why, reach: Reach::All })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(documents: &[&str]) -> Vec<(String, String)> {
        within("settings", documents)
    }

    fn within(table: &str, documents: &[&str]) -> Vec<(String, String)> {
        let names = ["channel", "share", "parcel", "slots"].map(str::to_owned).into();
        let around = Around { detector: Detector::own(), table: words(table), names: &names };
        let (found, _) = paths(&around, documents.iter().map(|text| serde_json::from_str(text).unwrap()));
        found.into_iter().map(|found| (found.path, found.rules[0].clone())).collect()
    }

    #[test]
    fn members_are_known_by_name_and_by_value() {
        let document = r#"{"contact": {"email": "x"}, "a": ["ann@corp.com"], "theme": "dark"}"#;
        let found = of(&[document; 20]);
        assert_eq!(
            found,
            [("$.a[*]".to_owned(), "\"email\"".to_owned()), ("$.contact.email".into(), "\"email\"".into())]
        );
    }

    #[test]
    fn a_name_that_is_somebody_s_is_never_written() {
        let documents: Vec<String> =
            (0..30).map(|n| format!(r#"{{"canary{n}": {{"email": "a@b.com"}}}}"#)).collect();
        let found = of(&documents.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(found, [("$.*.email".to_owned(), "\"email\"".to_owned())]);
    }

    #[test]
    fn handles_that_hold_the_same_are_not_written_however_many_documents_have_them() {
        let document = r#"{"jdoe": "a@b.com", "kzhou": "c@d.com", "plan": "gold"}"#;
        assert_eq!(of(&[document; 200]), [("$.*".to_owned(), "\"email\"".to_owned())]);
        let document = r#"{"jdoe": {"phone": "1"}, "kzhou": {"phone": "2"}, "ref": "a@b.com"}"#;
        let found = of(&[document; 200]);
        let email = ("$.ref".to_owned(), "\"email\"".to_owned());
        assert_eq!(found, [email, ("$.*.phone".into(), "\"phone\"".into())]);
    }

    #[test]
    fn what_counts_in_certain_tables_counts_in_their_documents_only() {
        let document = r#"{"from": "queued", "to": "done"}"#;
        assert_eq!(of(&[document; 30]), []);
        assert_eq!(within("messages", &[document; 30])[0].0, "$.from");
        let found = of(&[r#"{"contact": {"email": "x"}}"#; 30]);
        assert_eq!(found, [("$.contact.email".to_owned(), "\"email\"".to_owned())]);
    }

    #[test]
    fn a_handle_is_not_written_though_it_is_the_only_one() {
        let of = |documents: &[&str]| of(documents).into_iter().map(|(path, _)| path).collect::<Vec<_>>();
        let document = r#"{"share": {"annmiller": {"email": "x"}}}"#;
        assert_eq!(of(&[document; 200]), ["$.share.*.email"]);
        let document = r#"{"share": {"annmiller": {"email": "x"}, "kzhou": {"phone": "1"}}}"#;
        assert_eq!(of(&[document; 200]), ["$.share.*.email", "$.share.*.phone"]);
        // What the schema is named with is nobody's name, nor are words of names.
        let document = r#"{"parcel_slots": {"email": "x"}, "address2": {"phone": "1"}}"#;
        assert_eq!(of(&[document; 200]), ["$.address2.phone", "$.parcel_slots.email"]);
    }

    #[test]
    fn what_one_member_of_some_documents_holds_is_found_among_the_others() {
        let documents: Vec<String> = (0..60)
            .map(|n| match n % 2 {
                0 => format!(r#"{{"xref": "a{n}@b.com", "zeta": "blue", "eta": "red"}}"#),
                _ => r#"{"zeta": "green", "eta": "red", "theta": "small"}"#.to_owned(),
            })
            .collect();
        let found = of(&documents.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(found, [("$.*".to_owned(), "\"email\"".to_owned())]);
    }

    #[test]
    fn a_name_is_written_where_many_documents_have_it_or_it_says_what_it_is() {
        let of = |documents: &[String]| of(&documents.iter().map(String::as_str).collect::<Vec<_>>());
        let named = |name: &str| format!(r#"{{"{name}": {{"phone": "1"}}}}"#);
        // Two documents are few, whatever share of all they are.
        let few = [named("annmiller"), named("bobjones")];
        assert_eq!(of(&few), [("$.*.phone".to_owned(), "\"phone\"".to_owned())]);
        assert_eq!(of(&[named("contact")])[0].0, "$.*.phone");
        assert_eq!(of(&vec![named("channel"); 20])[0].0, "$.channel.phone");
        assert_eq!(of(&vec![named("channel"); 19])[0].0, "$.*.phone");
        // A tenth of what few documents have is no tenth of all.
        let shared = |n: usize| match n {
            0..60 => format!(r#"{{"share": {{"annmiller{}": {{"email": "x"}}}}}}"#, n % 2),
            _ => r#"{"theme": "dark"}"#.to_owned(),
        };
        assert_eq!(of(&(0..5000).map(shared).collect::<Vec<_>>())[0].0, "$.*.*.email");
        assert_eq!(of(&(0..100).map(shared).collect::<Vec<_>>())[0].0, "$.*.*.email");
        // One document is one, however often a name stands in it.
        let often = format!("[{}]", vec![named("annmiller"); 100].join(","));
        assert_eq!(of(&[often])[0].0, "$[*].*.phone");
        // What can't be written in a path says what it holds, all the same.
        assert_eq!(
            of(&[r#"{"x-api-key": "03ce"}"#.to_owned()]),
            [("$.*".to_owned(), "\"token\"".to_owned())]
        );
        // Nobody's name is said, whoever has it.
        for name in ["jennifer", "Robert", "jennifer_m", "contactJennifer"] {
            assert_eq!(of(&vec![named(name); 50])[0].0, "$.*.phone", "{name}");
        }
    }
}

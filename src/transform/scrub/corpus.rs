//! Measures the detectors on the annotated prose of `tests/fixtures/prose`.
//!
//! A span that is annotated counts as found where all its letters and digits are
//! covered by spans of its kind; a span that is found counts as right where it lies
//! within an annotated one of its kind.

use super::known::Known;
use super::scan;
use super::span::{Kind, Kinds};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Prose the detectors were made with: what they got wrong was looked at.
const CORPUS: [(&str, &str); 7] = [
    ("mixed", include_str!("../../../tests/fixtures/prose/mixed.txt")),
    ("en", include_str!("../../../tests/fixtures/prose/en.txt")),
    ("de", include_str!("../../../tests/fixtures/prose/de.txt")),
    ("fr", include_str!("../../../tests/fixtures/prose/fr.txt")),
    ("es", include_str!("../../../tests/fixtures/prose/es.txt")),
    ("it", include_str!("../../../tests/fixtures/prose/it.txt")),
    ("pl", include_str!("../../../tests/fixtures/prose/pl.txt")),
];

/// Prose that was written after them and is only measured.
const UNSEEN: [(&str, &str); 1] = [("unseen", include_str!("../../../tests/fixtures/prose/unseen.txt"))];

/// A text, what is to be found in it, and the values its row knows.
struct Sample {
    language: &'static str,
    text: String,
    known: Vec<String>,
    wanted: Vec<(std::ops::Range<usize>, &'static str)>,
}

fn samples(files: &[(&'static str, &str)]) -> Vec<Sample> {
    let mut samples = Vec::new();
    for (language, file) in files {
        let mut known = Vec::new();
        for line in file.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if let Some(values) = line.strip_prefix('=') {
                known = values.split('|').map(|v| v.trim().to_owned()).filter(|v| !v.is_empty()).collect();
                continue;
            }
            let line = line.replace("\\n", "\n");
            let (mut text, mut wanted, mut rest) = (String::new(), Vec::new(), line.as_str());
            while let Some((before, after)) = rest.split_once('{') {
                text.push_str(before);
                let (inside, after) = after.split_once('}').unwrap();
                let (kind, value) = inside.split_once(':').unwrap();
                let word =
                    ["name", "person"].into_iter().chain(Kind::ALL.map(Kind::word)).find(|w| *w == kind);
                wanted.push((text.len()..text.len() + value.len(), word.unwrap()));
                text.push_str(value);
                rest = after;
            }
            text.push_str(rest);
            samples.push(Sample { language, text, known: known.clone(), wanted });
        }
    }
    samples
}

/// Of what should be found, and of what was, how many are right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    wanted: usize,
    met: usize,
    found: usize,
    right: usize,
}

impl Count {
    #[expect(clippy::cast_precision_loss, reason = "counts of a small corpus")]
    fn recall(self) -> f64 {
        if self.wanted == 0 { 1.0 } else { self.met as f64 / self.wanted as f64 }
    }

    #[expect(clippy::cast_precision_loss, reason = "counts of a small corpus")]
    fn precision(self) -> f64 {
        if self.found == 0 { 1.0 } else { self.right as f64 / self.found as f64 }
    }
}

/// The counts by kind; names that rows know and names that they do not apart.
fn measure(samples: &[Sample]) -> BTreeMap<&'static str, Count> {
    let mut counts: BTreeMap<&'static str, Count> = BTreeMap::new();
    for sample in samples {
        let text = sample.text.as_str();
        let mut known = Known::new();
        sample.known.iter().enumerate().for_each(|(place, value)| known.add(place, value));
        let found = scan::find(text, Kinds::ALL, &known);
        let same = |kind: Kind, word: &str| kind.word() == word || kind == Kind::Name && word == "person";
        for (range, word) in &sample.wanted {
            let hidden = text[range.clone()]
                .char_indices()
                .filter(|(_, c)| c.is_alphanumeric())
                .all(|(at, _)| found.at(range.start + at).is_some_and(|span| same(span.kind, word)));
            let count = counts.entry(word).or_default();
            count.wanted += 1;
            count.met += usize::from(hidden);
            if !hidden {
                println!("{} missed {word} `{}` in: {text:?}", sample.language, &text[range.clone()]);
            }
        }
        for span in found.spans() {
            let within = sample.wanted.iter().find(|(range, word)| {
                same(span.kind, word) && range.start <= span.start && span.end <= range.end
            });
            // A name that is wrong counts against how it was found.
            let by_value =
                matches!(span.part, super::span::Part::Known { .. } | super::span::Part::Initial(_));
            let word = match span.kind {
                Kind::Name if by_value => "name",
                Kind::Name => "person",
                kind => kind.word(),
            };
            let count = counts.entry(word).or_default();
            count.found += 1;
            count.right += usize::from(within.is_some());
            if within.is_none() {
                println!("{} wrong {word} `{}` in: {text:?}", sample.language, &text[span.start..span.end]);
            }
        }
    }
    counts
}

/// The table as it stands in the module's documentation.
fn table(corpus: &BTreeMap<&str, Count>, unseen: &BTreeMap<&str, Count>) -> String {
    let kinds =
        Kind::ALL.into_iter().filter(|kind| *kind != Kind::Name).map(|kind| (kind.word(), kind.word()));
    let names = [("name", "name the row knows"), ("person", "name by the tables alone")];
    let mut table = String::new();
    for (word, title) in kinds.chain(names) {
        let figures = |counts: &BTreeMap<&str, Count>| {
            let count = counts.get(word).copied().unwrap_or_default();
            format!("{} | {:.2} | {:.2}", count.wanted, count.recall(), count.precision())
        };
        let _ = writeln!(table, "//! | {title} | {} | {} |", figures(corpus), figures(unseen));
    }
    table
}

#[test]
fn the_corpus_is_large_and_has_prose_without_personal_data() {
    let samples = samples(&CORPUS);
    let clean = samples.iter().filter(|sample| sample.wanted.is_empty()).count();
    assert!(samples.len() >= 500 && clean * 100 >= samples.len() * 40, "{clean} of {}", samples.len());
}

#[test]
fn what_the_corpus_annotates_is_found_and_little_else() {
    for (word, count) in measure(&samples(&CORPUS)) {
        let (recall, precision) = match word {
            "name" => (0.90, 0.90),
            "person" => (0.80, 0.90),
            _ => (0.97, 0.95),
        };
        assert!(count.recall() >= recall && count.precision() >= precision, "{word}: {count:?}");
    }
}

#[test]
fn the_documented_figures_are_the_measured_ones() {
    let table = table(&measure(&samples(&CORPUS)), &measure(&samples(&UNSEEN)));
    println!("{table}");
    assert!(include_str!("../scrub.rs").contains(&table), "the table in scrub.rs should be:\n{table}");
}

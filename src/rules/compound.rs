//! Words of names as they are meant: abbreviations written out, compounds cut where
//! every part is a word that is known.

use super::lexicon::{GLUED, KNOWN, LISTED, Lexicon, SHORT, Symbol};
use std::collections::BTreeMap;

/// A shorter word is not cut.
const SHORTEST: usize = 6;

/// A longer word is written in full.
const TERSE: usize = 10;

/// What stands between the parts of a compound, in German and Dutch.
const LINKS: [&str; 4] = ["", "s", "n", "en"];

const VOWELS: [char; 5] = ['a', 'e', 'i', 'o', 'u'];

/// What abbreviations mean, and the words that compounds are made of.
#[derive(Clone, Debug, Default)]
pub(super) struct Compounds {
    pub(super) short: BTreeMap<String, Vec<String>>,
    /// What abbreviations mean that count as parts of a longer word only.
    pub(super) glued: BTreeMap<String, Vec<String>>,
    /// All words, with what is known of them.
    pub(super) lexicon: Lexicon,
    /// Short words that end a compound.
    ends: Vec<Symbol>,
    /// What marks them.
    end: u64,
    /// Those of the words that are the whole of a kind's name, in their order, and which kind's.
    sole: Vec<(Symbol, u32)>,
}

impl Compounds {
    /// Adds an abbreviation, unless it is known already; what is short for something is so as part of a
    /// word, too.
    pub(super) fn shorten(&mut self, short: &str, long: Vec<String>) {
        if !self.short.contains_key(short) {
            let symbol = self.lexicon.add(short);
            self.lexicon.mark(symbol, SHORT);
            self.short.insert(short.to_owned(), long);
        }
    }

    /// Adds an abbreviation that counts as part of a longer word, unless it is known already.
    pub(super) fn glue(&mut self, part: &str, long: Vec<String>) {
        if !self.short.contains_key(part) && !self.glued.contains_key(part) {
            let symbol = self.lexicon.add(part);
            self.lexicon.mark(symbol, GLUED);
            self.glued.insert(part.to_owned(), long);
        }
    }

    /// Makes the words findable, of which this mark is on those that end a compound.
    pub(super) fn index(&mut self, end: u64, sole: impl Iterator<Item = (Symbol, u32)>) {
        let ends = self.lexicon.iter().filter(|(_, _, marks)| marks & end != 0);
        self.ends = ends.map(|(symbol, ..)| symbol).collect();
        self.end = end;
        self.sole = sole.collect();
        self.sole.sort_unstable_by_key(|(symbol, _)| self.lexicon.text(*symbol));
        self.sole.shrink_to_fit();
        self.lexicon.shrink();
    }

    /// The word, written out or cut.
    pub(super) fn cut(&self, word: &str) -> Vec<String> {
        if let Some(long) = self.short.get(word) {
            return long.clone();
        }
        // A word of a list is one, whatever it ends with: `component` is no `entidad`.
        if self.lexicon.is(word, KNOWN | LISTED & !self.end) || self.is_plural(word) {
            return vec![word.to_owned()];
        }
        if let Some((front, end)) = self.terse(word) {
            return [front, end].into_iter().flat_map(|part| self.long(part)).collect();
        }
        if word.len() < SHORTEST {
            return vec![self.begun(word).unwrap_or(word).to_owned()];
        }
        let parts = self.parts(word, 4);
        let Some(parts) = parts else { return vec![self.begun(word).unwrap_or(word).to_owned()] };
        parts.into_iter().flat_map(|part| self.long(part)).collect()
    }

    /// What a part of a longer word means, where it is short for something.
    pub(super) fn part(&self, part: &str) -> Option<&[String]> {
        self.glued.get(part).or_else(|| self.short.get(part)).map(Vec::as_slice)
    }

    fn long(&self, part: &str) -> Vec<String> {
        self.part(part).map_or_else(|| vec![part.to_owned()], <[String]>::to_vec)
    }

    /// A short word as old systems have it, of an abbreviation and an end: `EMPNO`, `PSTCD`.
    fn terse<'w>(&self, word: &'w str) -> Option<(&'w str, &'w str)> {
        let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
        if !(4..=TERSE).contains(&word.len()) || !word.is_ascii() {
            return None;
        }
        let ends = self.ends.iter().map(|end| self.lexicon.text(*end));
        let ends = ends.filter_map(|end| Some((word.strip_suffix(end)?, end.len())));
        // `export` is no abbreviation and an `ort`.
        let found = ends.filter(|(front, end)| {
            front.len() >= 2 && self.lexicon.is(front, SHORT | GLUED)
                || self.lexicon.is(front, KNOWN) && (front.len() >= 4 || *end == 2)
        });
        // The longest end leaves the least to chance.
        let (front, _) = found.max_by_key(|(_, length)| *length)?;
        Some(word.split_at(front.len()))
    }

    /// The word that this one begins or is without its vowels, where all such words say
    /// the same. `geraet` is the front of a compound such as `geraeteschluessel`, and not short for it.
    fn begun<'w>(&'w self, word: &str) -> Option<&'w str> {
        if word.len() < 4 || self.is_plural(word) {
            return None;
        }
        let text = |(symbol, kind): &(Symbol, u32)| (self.lexicon.text(*symbol), *kind);
        let from = self.sole.partition_point(|sole| text(sole).0 < word);
        let front = self.sole.get(from..).unwrap_or_default().iter().map(text);
        let front = front.take_while(|(known, _)| known.starts_with(word));
        let cut = |known: &str| {
            let rest = known.strip_prefix(word).unwrap_or_default();
            known.len() > word.len() * 2
                || LINKS
                    .iter()
                    .chain(&["e"])
                    .filter_map(|link| rest.strip_prefix(link))
                    .any(|rest| rest.len() >= 4 && self.lexicon.is(rest, KNOWN))
        };
        let front: Vec<_> = front.filter(|(known, _)| known.len() >= word.len() + 2 && !cut(known)).collect();
        let bare = !word.contains(VOWELS);
        let bones = |known: &str| known.chars().filter(|c| !VOWELS.contains(c)).eq(word.chars());
        let found = match front.is_empty() || word.len() < 5 {
            true if bare => self.sole.iter().map(text).filter(|(known, _)| bones(known)).collect(),
            true => return None,
            false => front,
        };
        let (first, kind) = found.first()?;
        found.iter().all(|(_, other)| other == kind).then_some(*first)
    }

    fn is_plural(&self, word: &str) -> bool {
        ["s", "es", "n", "en"]
            .iter()
            .any(|end| word.strip_suffix(end).is_some_and(|stem| self.lexicon.is(stem, KNOWN)))
    }

    /// The fewest known words, the longest first, that make up all of it.
    fn parts<'w>(&self, word: &'w str, most: usize) -> Option<Vec<&'w str>> {
        if self.is_part(word) {
            return Some(vec![word]);
        }
        if most < 2 {
            return None;
        }
        let cuts: Vec<usize> = word.char_indices().map(|(at, _)| at).filter(|at| *at >= 3).collect();
        let mut best: Option<Vec<&str>> = None;
        for at in cuts.into_iter().rev() {
            let (front, rest) = word.split_at(at);
            if !self.is_front(front) {
                continue;
            }
            for rest in
                LINKS.iter().filter_map(|link| rest.strip_prefix(link)).filter(|rest| !rest.is_empty())
            {
                let Some(mut parts) = self.parts(rest, most - 1) else { continue };
                if best.as_ref().is_none_or(|best| parts.len() + 1 < best.len()) {
                    parts.insert(0, front);
                    best = Some(parts);
                }
            }
        }
        best
    }

    fn is_part(&self, part: &str) -> bool {
        self.is_front(part) || self.lexicon.is(part, self.end)
    }

    /// Whether a compound may begin with it: of three letters only where it is known as short.
    fn is_front(&self, part: &str) -> bool {
        let short = SHORT | GLUED;
        self.lexicon.is(part, if part.len() >= 4 { KNOWN | short } else { short }) && part.len() >= 3
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::{Detector, words};

    fn spelled(name: &str) -> String {
        Detector::own().spelled(&words(name)).join(" ")
    }

    #[test]
    fn compounds_are_cut_and_abbreviations_written_out() {
        assert_eq!(spelled("pat_vname"), "patient vname");
        assert_eq!(spelled("kundenvorname"), "kunde vorname");
        assert_eq!(spelled("geb_dat"), "geburt datum");
        assert_eq!(spelled("custname"), "customer name");
        assert_eq!(spelled("achtern"), "achternaam");
        assert_eq!(spelled("EMPNAM"), "employee name");
        assert_eq!(spelled("kdname"), "kunde name");
        assert_eq!(spelled("USRID"), "user id");
    }

    #[test]
    fn what_only_begins_with_a_word_stays_whole() {
        for name in [
            "emailed",
            "recipe",
            "passenger",
            "hotel",
            "capital",
            "station",
            "kind",
            "part",
            "export",
            "casino",
            "region",
            "geraet",
            "herst",
            "component",
            "backend",
        ] {
            assert_eq!(spelled(name), name);
        }
    }
}

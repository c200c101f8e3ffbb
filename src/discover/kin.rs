//! Names beside names: a column whose words stand in the same row's e-mail address or
//! whole name is part of a name, in whatever language and whoever is in no dictionary.

use crate::postgres::sample::Values;
use crate::transform::title_word;
use std::collections::{BTreeMap, BTreeSet};

/// So many rows are compared.
const ROWS: usize = 300;

/// Fewer rows and fewer different values say nothing.
const ENOUGH: usize = 5;

/// How many of a hundred rows have a word of the column in the other, for each column
/// where that is most of them. `known` are the columns of e-mail addresses and whole names,
/// `texts` those that may have a name.
pub(super) fn shares(
    sampled: &[(usize, Values)],
    known: &BTreeSet<usize>,
    texts: &BTreeSet<usize>,
) -> BTreeMap<usize, u64> {
    let sources = sampled.iter().filter(|(column, _)| known.contains(column));
    let sources: Vec<Vec<Option<Named>>> = sources
        .map(|(_, values)| values.iter().take(ROWS).map(|value| value.as_deref().map(Named::of)).collect())
        .collect();
    let mut found = BTreeMap::new();
    if sources.is_empty() {
        return found;
    }
    let others = sampled.iter().filter(|(column, _)| texts.contains(column) && !known.contains(column));
    for (column, values) in others {
        let words: Vec<Word> = values.iter().take(ROWS).map(|value| Word::of(value.as_deref())).collect();
        let share = sources.iter().filter_map(|source| share(&words, source)).max();
        if let Some(share) = share.filter(|share| *share >= 50) {
            found.insert(*column, share);
        }
    }
    found
}

/// The words of an e-mail address or of a whole name.
struct Named {
    words: Vec<String>,
    /// All of them in one, of an address.
    glued: Option<String>,
    is_blank: bool,
}

impl Named {
    fn of(value: &str) -> Self {
        let words = folded(value.split('@').next().unwrap_or_default());
        let glued = value.contains('@').then(|| words.concat());
        Self { words, glued, is_blank: value.trim().is_empty() }
    }

    fn has(&self, word: &String) -> bool {
        let within = |glued: &String| word.chars().count() >= 4 && glued.contains(word.as_str());
        self.words.contains(word) || self.glued.as_ref().is_some_and(within)
    }
}

/// What a value is, that may be part of a name.
enum Word {
    Nothing,
    /// Sentences, addresses and numbers are no names.
    Other,
    Words(Vec<String>),
}

impl Word {
    fn of(value: Option<&str>) -> Self {
        let Some(value) = value.filter(|value| !value.is_empty()) else { return Self::Nothing };
        let is_other = |c: char| matches!(c, '@' | '/' | ':') || c.is_ascii_digit();
        if value.len() > 60 || value.contains(is_other) {
            return Self::Other;
        }
        let words: Vec<String> = folded(value).into_iter().filter(|word| word.chars().count() >= 3).collect();
        if words.is_empty() { Self::Nothing } else { Self::Words(words) }
    }
}

fn share(words: &[Word], source: &[Option<Named>]) -> Option<u64> {
    let (mut both, mut met) = (0_usize, 0_usize);
    let mut different = BTreeSet::new();
    for (word, source) in words.iter().zip(source) {
        match (word, source) {
            (Word::Other, Some(_)) => both += 1,
            (Word::Words(own), Some(source)) if !source.is_blank => {
                both += 1;
                if own.iter().any(|word| source.has(word)) {
                    met += 1;
                    different.insert(own.concat());
                }
            }
            _ => {}
        }
    }
    (met >= ENOUGH && different.len() >= ENOUGH).then(|| (met * 100 / both.max(1)) as u64)
}

/// The words, in small letters without accents, no titles.
fn folded(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty() && !title_word(word));
    words.map(|word| crate::rules::words(&word.to_lowercase()).concat()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(values: &[&str]) -> Values {
        values.iter().map(|value| Some((*value).to_owned())).collect()
    }

    #[test]
    fn what_stands_in_the_row_s_address_is_part_of_a_name() {
        let mails = ["k.zyx@a.org", "l.wvu@a.org", "m.tsr@b.org", "nqpor@b.org", "ihg_m@b.org", "q@x.org"];
        let names = ["ZYX", "Wvu", "TSR", "Qpor", "Ihg", "Fed"];
        let towns = ["Kiel", "Bonn", "Kiel", "Ulm", "Ulm", "Kiel"];
        let sampled = vec![(0, column(&mails)), (1, column(&names)), (2, column(&towns))];
        assert_eq!(
            shares(&sampled, &BTreeSet::from([0]), &BTreeSet::from([0, 1, 2])),
            BTreeMap::from([(1, 83)])
        );
    }
}

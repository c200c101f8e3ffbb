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
/// where that is most of them. `known` are the columns of e-mail addresses and whole names.
pub(super) fn shares(sampled: &[(usize, Values)], known: &BTreeSet<usize>) -> BTreeMap<usize, u64> {
    let mut found = BTreeMap::new();
    let sources: Vec<&Values> =
        sampled.iter().filter(|(column, _)| known.contains(column)).map(|(_, values)| values).collect();
    if sources.is_empty() {
        return found;
    }
    for (column, values) in sampled.iter().filter(|(column, _)| !known.contains(column)) {
        let share = sources.iter().filter_map(|source| share(values, source)).max();
        if let Some(share) = share.filter(|share| *share >= 50) {
            found.insert(*column, share);
        }
    }
    found
}

fn share(values: &Values, source: &Values) -> Option<u64> {
    let (mut both, mut met) = (0_usize, 0_usize);
    let mut different = BTreeSet::new();
    for (value, source) in values.iter().zip(source).take(ROWS) {
        let (Some(value), Some(source)) = (value, source) else { continue };
        // Sentences, addresses and numbers are no names.
        if value.len() > 60 || value.contains(['@', '/', ':']) || value.contains(|c: char| c.is_ascii_digit())
        {
            if !value.is_empty() {
                both += 1;
            }
            continue;
        }
        let own: Vec<String> = folded(value).into_iter().filter(|word| word.chars().count() >= 3).collect();
        if own.is_empty() || source.trim().is_empty() {
            continue;
        }
        both += 1;
        let local = source.split('@').next().unwrap_or_default();
        let theirs = folded(local);
        let is_mail = source.contains('@');
        let meets = |word: &String| {
            theirs.contains(word)
                || is_mail && word.chars().count() >= 4 && theirs.concat().contains(word.as_str())
        };
        if own.iter().any(meets) {
            met += 1;
            different.insert(own.concat());
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
        assert_eq!(shares(&sampled, &BTreeSet::from([0])), BTreeMap::from([(1, 83)]));
    }
}

//! People of the database inside other texts. What one column masks as names stands elsewhere
//! among other words: `PC-GARCIA`, `mgarcia`, a line of a log, a sentence. No dictionary is
//! needed for that, nor a language.

use super::Looked;
use super::desk::Desk;
use super::proposal::{Line, Proposal};
use crate::rules::family;
use rayon::prelude::*;
use std::collections::{BTreeMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// So many values of a column are looked at, and so many words of them.
const VALUES: usize = 200;
const WORDS: usize = 1500;

/// Shorter words are parts of too many others.
const SHORT: usize = 4;

/// Fewer values and fewer different names are chance.
const ENOUGH: usize = 10;
const NAMES: usize = 4;

/// Fewer different names are those of streets and firms.
const MANY: usize = 20;

/// The words of a column's values, as numbers that nobody can read.
#[derive(Clone, Debug, Default)]
pub(super) struct Parts(Vec<Vec<u32>>);

impl Parts {
    /// Cuts the first of these different values into words.
    pub(super) fn of<'v>(different: impl Iterator<Item = &'v str>) -> Self {
        let mut room = WORDS;
        let mut parts = Vec::new();
        for value in different.take(VALUES) {
            let found = parted(value);
            if found.len() > room {
                break;
            }
            room -= found.len();
            parts.push(found);
        }
        Self(parts)
    }
}

/// The words in small letters; of one word also what follows its first letter, as handles
/// are made.
fn parted(value: &str) -> Vec<u32> {
    let cut = |c: char| !c.is_alphabetic();
    let long = |word: &&str| word.chars().count() >= SHORT;
    let mut found: Vec<u32> = value.split(cut).filter(long).map(number).collect();
    if !value.contains(char::is_whitespace) {
        let tails =
            value.split(cut).filter_map(|word| word.char_indices().nth(1).map(|(at, _)| word.split_at(at).1));
        found.extend(tails.filter(|tail| long(tail)).map(number));
    }
    found
}

fn number(word: &str) -> u32 {
    let mut hasher = DefaultHasher::new();
    word.chars().flat_map(char::to_lowercase).for_each(|c| c.hash(&mut hasher));
    u32::try_from(hasher.finish() >> 32).unwrap_or(0)
}

/// Gives what is kept, and has names of people in it that other columns mask, a mask.
pub(super) fn find(desk: &Desk<'_>, sights: &BTreeMap<usize, Looked>, proposal: &mut Proposal) {
    let parts =
        |line: &Line| Some(&sights.get(&line.id.table)?.sights.get(&line.id.column)?.evidence.parts.0);
    let is_name = |line: &&Line| {
        let rule = line.rule();
        let masks = ["\"first_name\"", "\"last_name\"", "\"full_name\""];
        let near = desk.about.get(line.id.table).is_some_and(|about| about.is_near(2) && !about.public);
        line.is_masked() && near && masks.iter().any(|mask| rule.contains(mask))
    };
    let lines = || proposal.tables.iter().flat_map(|section| &section.lines);
    let names: HashSet<u32> =
        lines().filter(is_name).filter_map(parts).flatten().flatten().copied().collect();
    let kept: Vec<&Line> = lines().filter(|line| !line.is_masked()).collect();
    let found: Vec<_> = kept
        .par_iter()
        .filter_map(|line| {
            let column = desk.schema.column(line.id)?;
            let about = desk.about.get(line.id.table).copied().unwrap_or_default();
            if family(&column.data_type) != Some("text")
                || about.public
                || desk.schema.referenced(line.id).is_some()
            {
                return None;
            }
            let writing = &sights.get(&line.id.table)?.sights.get(&line.id.column)?.evidence.writing;
            let near = about.is_near(2) && !about.thing;
            let harmless = desk.is_harmless(line.id);
            // Addresses of machines and names of firms have names in them that are nobody's any more. A first and
            // a last name are somebody's.
            let other = writing.random >= 50 || writing.addresses >= 80 || harmless || !near;
            let several = other && writing.prose < 30;
            if several && (harmless || writing.random >= 50) || !near && writing.streets >= 30 {
                return None;
            }
            let parts = parts(line)?;
            let met = |value: &&Vec<u32>| {
                let mut words = value.iter().filter(|word| names.contains(word));
                words.next().is_some_and(|first| !several || words.any(|other| other != first))
            };
            let share = parts.iter().filter(met).count() * 100 / parts.len().max(1);
            let different: HashSet<&u32> =
                parts.iter().flatten().filter(|word| names.contains(word)).collect();
            let least = if near { 25 } else { 50 };
            let least_different = if several { MANY } else { NAMES };
            if parts.len() < ENOUGH || share < least || different.len() < least_different {
                return None;
            }
            let why = format!(
                "{share} % of {} different values have names in them that are masked elsewhere",
                parts.len()
            );
            Some((line.id, desk.copy(line.id, "\"letters\"", false, why)))
        })
        .collect();
    proposal.take(found);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_met_in_handles_files_and_sentences() {
        let name = number("García");
        for value in ["PC-GARCÍA", "mgarcía", "DNI_García.pdf", "called García back", "García"] {
            assert!(parted(value).contains(&name), "{value}");
        }
        for value in ["Garc", "Graciano", "gar cia"] {
            assert!(!parted(value).contains(&name), "{value}");
        }
    }

    #[test]
    fn long_texts_are_looked_at_in_part() {
        let long = "word ".repeat(1000);
        assert_eq!(Parts::of([long.as_str(), long.as_str()].into_iter()).0.len(), 1);
    }
}

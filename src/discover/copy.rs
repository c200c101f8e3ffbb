//! Copies: columns whose values also occur in one that is masked. They are masked as it
//! is, so that what was equal stays equal.

use super::Looked;
use super::desk::Desk;
use super::proposal::{Line, Proposal};
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap};

/// Masks of what belongs to one person. Places and lists occur everywhere.
const TELLING: [&str; 13] = [
    "email",
    "phone",
    "full_name",
    "first_name",
    "last_name",
    "username",
    "national_id",
    "iban",
    "card",
    "letters",
    "mac",
    "token",
    "street",
];

/// A column that is masked.
struct Personal<'p> {
    name: String,
    table: usize,
    rule: &'p str,
    by: bool,
    looked: &'p super::Sight,
}

/// Gives the columns that are kept, and hold what another column masks, its rule.
pub(super) fn find(desk: &Desk<'_>, sights: &BTreeMap<usize, Looked>, proposal: &mut Proposal) {
    let lines = || proposal.tables.iter().flat_map(|section| &section.lines);
    let personal: Vec<Personal<'_>> = lines().filter_map(|line| personal(desk, sights, line)).collect();
    let mut places: HashMap<u64, Vec<usize>> = HashMap::new();
    for (place, column) in personal.iter().enumerate() {
        for hash in column.looked.sketch.hashes() {
            places.entry(*hash).or_default().push(place);
        }
    }
    let kept: Vec<&Line> = lines().filter(|line| !line.is_masked()).collect();
    let found: Vec<_> = kept
        .par_iter()
        .filter_map(|line| {
            let sight = sights.get(&line.id.table)?.sights.get(&line.id.column)?;
            let about = desk.about.get(line.id.table).copied().unwrap_or_default();
            let harmless = desk.is_harmless(line.id);
            let mut met: BTreeMap<usize, usize> = BTreeMap::new();
            for place in sight.sketch.hashes().iter().filter_map(|hash| places.get(hash)).flatten() {
                *met.entry(*place).or_default() += 1;
            }
            let shares = met.into_iter().filter(|(_, count)| *count >= 3).filter_map(|(place, _)| {
                let personal = personal.get(place)?;
                // Names of people are also those of streets, towns and things.
                let is_name = matches!(personal.rule, "\"first_name\"" | "\"last_name\"" | "\"letters\"");
                let doubtful = is_name && personal.table != line.id.table;
                let least = if doubtful || harmless || about.thing || about.public { 90 } else { 50 };
                let handles = matches!(personal.rule, "\"username\"" | "\"email\"");
                let share = sight.sketch.percent_in(&personal.looked.sketch, handles)?;
                (share >= least).then_some((share, std::cmp::Reverse(place)))
            });
            let (share, place) = shares.max()?;
            let personal = personal.get(place.0)?;
            let why = format!("{share} % of the sampled values occur in `{}` too", personal.name);
            Some((line.id, desk.copy(line.id, personal.rule, personal.by, why)))
        })
        .collect();
    proposal.take(found);
}

fn personal<'p>(
    desk: &Desk<'_>,
    sights: &'p BTreeMap<usize, Looked>,
    line: &'p Line,
) -> Option<Personal<'p>> {
    let looked = sights.get(&line.id.table)?.sights.get(&line.id.column)?;
    let plain = line.choice.rules.iter().find(|rule| rule.starts_with('"'))?;
    let telling = TELLING.contains(&plain.trim_matches('"')) && line.is_masked();
    let by = line.rule().contains("by = ");
    telling.then(|| Personal {
        name: desk.schema.describe(line.id),
        table: line.id.table,
        rule: plain,
        by,
        looked,
    })
}

//! Whose national numbers a database has. Many countries have numbers of nine or eleven digits, and
//! `national_id` guesses for each by itself; where nearly all are right in one country's form the rule
//! says so, and masked numbers are of that country, all of them.

use super::Looked;
use super::proposal::Proposal;
use crate::transform::national_countries;
use std::collections::BTreeMap;

/// So many different values of a column are looked at.
const LOOKED: usize = 100;

/// Fewer are right in a country's form by chance: of nine digits one in eleven is.
const ENOUGH: usize = 10;

/// The rule that finds out from each number.
const ANY: &str = "\"national_id\"";

/// How many of a column's values are right in each country's form.
#[derive(Clone, Debug, Default)]
pub(super) struct Nations {
    looked: usize,
    right: BTreeMap<&'static str, usize>,
}

impl Nations {
    /// Counts the first of these different values.
    pub(super) fn of<'v>(different: impl Iterator<Item = &'v str>) -> Self {
        let mut nations = Self::default();
        for value in different.take(LOOKED) {
            nations.looked += 1;
            for country in national_countries(value) {
                *nations.right.entry(country).or_default() += 1;
            }
        }
        nations
    }

    /// The countries in whose form nearly all are right.
    fn countries(&self) -> impl Iterator<Item = &'static str> {
        let enough = self.looked >= ENOUGH;
        self.right
            .iter()
            .filter(move |_| enough)
            .filter(|right| self.are(right.0))
            .map(|(country, _)| *country)
    }

    /// Whether most are right in a country's form, as far as there are any.
    fn are(&self, country: &str) -> bool {
        self.right.get(country).copied().unwrap_or(0) * 10 >= self.looked * 9
    }
}

/// Gives the columns of national numbers the country that most of them are of.
pub(super) fn find(sights: &BTreeMap<usize, Looked>, proposal: &mut Proposal) {
    let nations = |table, column| {
        let sight = sights.get(&table).and_then(|looked: &Looked| looked.sights.get(&column));
        sight.map(|sight| &sight.evidence.nations)
    };
    let lines = proposal.tables.iter().flat_map(|section| &section.lines);
    let mut of: BTreeMap<&str, usize> = BTreeMap::new();
    for line in lines.filter(|line| line.is_masked() && line.rule().contains(ANY)) {
        for country in nations(line.id.table, line.id.column).into_iter().flat_map(Nations::countries) {
            *of.entry(country).or_default() += 1;
        }
    }
    // One for all, so that what is equal stays equal from column to column.
    let Some(country) = of.into_iter().max_by_key(|(_, columns)| *columns).map(|(country, _)| country) else {
        return;
    };
    let theirs = format!("{{ with = {ANY}, country = \"{country}\" }}");
    for line in proposal.tables.iter_mut().flat_map(|section| &mut section.lines) {
        if nations(line.id.table, line.id.column).is_some_and(|nations| nations.are(country)) {
            for rule in &mut line.choice.rules {
                if *rule == ANY || rule.contains(&format!("element = {ANY}")) {
                    *rule = rule.replace(ANY, &theirs);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Portugal's: weights 9 to 2, modulo 11.
    fn portuguese(n: u32) -> String {
        let payload = (20_000_000 + n * 7919).to_string();
        let sum: u32 =
            payload.bytes().zip((2..=9).rev()).map(|(c, weight)| u32::from(c - b'0') * weight).sum();
        let rest = sum % 11;
        format!("{payload}{}", if rest < 2 { 0 } else { 11 - rest })
    }

    fn of(values: &[String]) -> Nations {
        Nations::of(values.iter().map(String::as_str))
    }

    #[test]
    fn numbers_of_one_country_are_known_as_its_and_few_say_nothing() {
        let numbers: Vec<String> = (0..60).map(portuguese).collect();
        assert_eq!(of(&numbers).countries().collect::<Vec<_>>(), ["PT"]);
        assert_eq!(of(&numbers[..9]).countries().count(), 0);
        assert!(of(&numbers[..9]).are("PT") && !of(&numbers[..9]).are("NL"));
    }

    #[test]
    fn any_numbers_of_nine_digits_are_nobody_s() {
        let any: Vec<String> = (0..60).map(|n| (200_000_000 + n * 7_654_321).to_string()).collect();
        assert_eq!(of(&any).countries().count(), 0);
    }
}

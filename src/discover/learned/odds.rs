//! How often what a column is called was somebody's.
//!
//! A line of the text is a key, how many columns it was met in that are nobody's, and in how many of somebody's.
//! The sign in front says what the key is; the first line has no key and counts all columns.

use super::observed::Observed;
use std::collections::HashMap;
use std::fmt::Write as _;

/// A key that was met in fewer columns says nothing.
const ENOUGH: u32 = 3;

/// So many columns as all are, on average, are added to those of a key.
const ADDED: f64 = 1.5;

/// Counts of columns, by what they are called.
#[derive(Clone, Debug, Default)]
pub struct Odds {
    all: (u32, u32),
    keys: HashMap<String, (u32, u32)>,
}

/// The most, the least and the middle of what the keys of one sort say, as logarithms of odds: 0 is as all are.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Said {
    pub(super) middle: f64,
    pub(super) most: f64,
    pub(super) least: f64,
}

impl Odds {
    /// Reads the text that the head of this file describes.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut odds = Self::default();
        for line in text.lines() {
            let mut fields = line.rsplitn(3, ' ');
            let mut number = || fields.next().and_then(|field| field.parse().ok()).unwrap_or(0);
            let (personal, other) = (number(), number());
            match fields.next() {
                Some(key) => _ = odds.keys.insert(key.to_owned(), (other, personal)),
                None => odds.all = (other, personal),
            }
        }
        odds
    }

    /// Counts a column.
    pub fn count(&mut self, column: &Observed, personal: bool) {
        let one = |count: &mut (u32, u32)| *(if personal { &mut count.1 } else { &mut count.0 }) += 1;
        one(&mut self.all);
        let mut keys: Vec<String> = column.keys().into_iter().flatten().collect();
        keys.sort_unstable();
        keys.dedup();
        for key in keys {
            one(self.keys.entry(key).or_default());
        }
    }

    /// These without others that they were counted with.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        let less = |count: (u32, u32), other: (u32, u32)| (count.0 - other.0, count.1 - other.1);
        let mut odds = Self { all: less(self.all, other.all), keys: self.keys.clone() };
        for (key, count) in &other.keys {
            if let Some(own) = odds.keys.get_mut(key) {
                *own = less(*own, *count);
            }
        }
        odds
    }

    /// The text that [`Odds::parse`] reads, without what says nothing.
    #[must_use]
    pub fn written(&self) -> String {
        let mut keys: Vec<_> = self.keys.iter().filter(|(_, count)| count.0 + count.1 >= ENOUGH).collect();
        keys.sort_unstable();
        let mut text = format!("{} {}\n", self.all.0, self.all.1);
        for (key, (other, personal)) in keys {
            let _ = writeln!(text, "{key} {other} {personal}");
        }
        text
    }

    /// What keys say, together.
    pub(super) fn said(&self, keys: &[String]) -> Said {
        let share =
            |(other, personal): (u32, u32)| f64::from(personal) / f64::from((other + personal).max(1));
        let usual = share(self.all).clamp(0.001, 0.999);
        let logit = |share: f64| (share / (1.0 - share)).ln();
        let one = |key: &String| {
            let (other, personal) = self.keys.get(key).copied().unwrap_or_default();
            let met = other + personal;
            if met < ENOUGH {
                return 0.0;
            }
            let share = (f64::from(personal) + usual * ADDED) / (f64::from(met) + ADDED);
            logit(share) - logit(usual)
        };
        let said: Vec<f64> = keys.iter().map(one).collect();
        let Some(first) = said.first().copied() else { return Said::default() };
        let count = f64::from(u32::try_from(said.len()).unwrap_or(u32::MAX));
        Said {
            middle: said.iter().sum::<f64>() / count,
            most: said.iter().copied().fold(first, f64::max),
            least: said.iter().copied().fold(first, f64::min),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::observed::tests::called;
    use super::*;

    fn counted(columns: &[(&str, bool)]) -> Odds {
        let mut odds = Odds::default();
        for (column, personal) in columns {
            odds.count(&called("t", column), *personal);
        }
        odds
    }

    fn of(odds: &Odds, word: &str) -> f64 {
        odds.said(&[format!("w{word}")]).middle
    }

    #[test]
    fn what_was_mostly_somebody_s_is_likely_and_what_was_seldom_met_says_nothing() {
        let odds = counted(&[
            ("iban", true),
            ("iban", true),
            ("iban", true),
            ("rank", false),
            ("rank", false),
            ("rank", false),
            ("once", true),
        ]);
        assert!(of(&odds, "iban") > 1.0 && of(&odds, "rank") < -1.0);
        assert_eq!((of(&odds, "once"), of(&odds, "never")), (0.0, 0.0));
        let both = odds.said(&["wiban".to_owned(), "wrank".to_owned()]);
        assert!(
            (both.most - of(&odds, "iban")).abs() < 1e-9 && (both.least - of(&odds, "rank")).abs() < 1e-9
        );
        assert!(both.middle < both.most && both.middle > both.least);
    }

    #[test]
    fn what_is_written_is_read_again_without_what_was_seldom_met() {
        let odds = counted(&[("iban", true), ("iban", true), ("iban", false), ("once", true)]);
        let read = Odds::parse(&odds.written());
        assert_eq!((read.all, of(&read, "iban")), (odds.all, of(&odds, "iban")));
        assert!(!odds.written().contains("once") && read.written() == odds.written());
    }

    #[test]
    fn a_database_is_taken_out_of_the_others() {
        let own = [("iban", true), ("rank", false)];
        let rest = [("iban", false), ("iban", true), ("iban", true)];
        let odds = counted(&[own.as_slice(), &rest].concat()).without(&counted(&own));
        assert_eq!(odds.written(), counted(&rest).written());
    }
}

//! Which values two columns share, without keeping a value: the least of their hashes.
//! They never leave the run, and are of one key, so that two runs propose the same.

use std::collections::BTreeSet;
use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};

/// So many hashes are kept.
const KEPT: usize = 1024;

/// Fewer different values say nothing.
const ENOUGH: usize = 5;

/// Of names to sign in by fewer do, where all of them are the same: who does it are few.
const FEW: usize = 3;

/// The least hashes of a column's distinct values.
#[derive(Clone, Debug, Default)]
pub(super) struct Sketch {
    least: Vec<u64>,
    /// Whether there were more.
    cut: bool,
}

impl Sketch {
    /// Of values that are longer than codes.
    pub(super) fn of<'v>(values: impl Iterator<Item = &'v str>) -> Self {
        let key = BuildHasherDefault::<DefaultHasher>::default();
        let long = values.map(str::trim).filter(|value| value.len() >= 4);
        let mut hashes: BTreeSet<u64> = long.map(|value| key.hash_one(value.to_lowercase())).collect();
        let cut = hashes.len() > KEPT;
        while hashes.len() > KEPT {
            hashes.pop_last();
        }
        Self { least: hashes.into_iter().collect(), cut }
    }

    /// The hashes that are kept.
    pub(super) fn hashes(&self) -> &[u64] {
        &self.least
    }

    /// How many of a hundred of its values occur in the other, where there are enough; of handles few are.
    pub(super) fn percent_in(&self, other: &Self, handles: bool) -> Option<usize> {
        // Up to here both have all that there is.
        let end = |sketch: &Self| sketch.least.last().copied().filter(|_| sketch.cut).unwrap_or(u64::MAX);
        let end = end(self).min(end(other));
        let own: Vec<_> = self.least.iter().take_while(|hash| **hash <= end).collect();
        let shared = own.iter().filter(|hash| other.least.binary_search(hash).is_ok()).count();
        let enough = own.len() >= ENOUGH || handles && own.len() >= FEW && shared == own.len();
        enough.then(|| shared * 100 / own.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(range: std::ops::Range<u32>) -> Sketch {
        let values: Vec<String> = range.map(|n| format!("Value {n}")).collect();
        Sketch::of(values.iter().map(String::as_str))
    }

    #[test]
    fn what_is_copied_is_seen_however_many_there_are() {
        let all = of(0..4000);
        // Of four hundred about a hundred are below the last that is kept of all.
        assert_eq!(of(0..400).percent_in(&all, false), Some(100));
        assert_eq!(of(0..3600).percent_in(&all, false), Some(100));
        let half = of(2000..6000).percent_in(&all, false).unwrap();
        assert!((35..65).contains(&half), "{half}");
        assert_eq!(of(8000..11600).percent_in(&all, false), Some(0));
    }

    #[test]
    fn few_values_say_nothing_and_every_run_has_the_same_hashes() {
        assert_eq!(of(0..4).percent_in(&of(0..40), false), None);
        assert_eq!(of(0..40).hashes(), of(0..40).hashes());
    }
}

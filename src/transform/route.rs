//! A way into a document, step by step, whatever language it is written in.
//!
//! It is matched while the document is walked, by a set of positions (bits of a
//! word): bit n says that n steps have matched on the way here.

/// The steps of a path. `T` says what a step asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Route<T> {
    steps: Vec<Step<T>>,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step<T> {
    /// Whether any number of levels may lie before it.
    pub(super) descends: bool,
    /// What it asks for.
    pub(super) test: T,
}

/// A set of positions; [`Positions::START`] at the document itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Positions(u64);

impl Positions {
    pub(super) const START: Self = Self(1);
}

impl<T> Route<T> {
    /// A way of these steps.
    ///
    /// # Errors
    /// Where they are too many, in a few words.
    pub(super) fn new(steps: Vec<Step<T>>) -> Result<Self, &'static str> {
        // One bit of the word for each step and one for none.
        if steps.len() > 62 { Err("a path has 62 steps at most") } else { Ok(Self { steps }) }
    }

    pub(super) fn steps(&self) -> &[Step<T>] {
        &self.steps
    }

    /// The positions one level deeper, at what `holds` answers for.
    pub(super) fn step(&self, from: Positions, holds: impl Fn(&T) -> bool) -> Positions {
        let mut to = 0;
        for (place, step) in self.steps.iter().enumerate().filter(|(place, _)| from.0 >> place & 1 == 1) {
            if step.descends {
                to |= 1 << place;
            }
            if holds(&step.test) {
                to |= 1 << (place + 1);
            }
        }
        Positions(to)
    }

    /// Whether the whole way ends exactly here.
    pub(super) fn matches(&self, at: Positions) -> bool {
        at.0 >> self.steps.len() & 1 == 1
    }

    /// Whether both may end at the same place of some document, where `both` says
    /// whether one place may pass two tests.
    pub(super) fn meets(&self, other: &Self, both: impl Fn(&T, &T) -> bool) -> bool {
        let (mut seen, mut open) = (vec![(0, 0)], vec![(0, 0)]);
        while let Some((mine, theirs)) = open.pop() {
            let (one, two) = (self.steps.get(mine), other.steps.get(theirs));
            let (Some(one), Some(two)) = (one, two) else {
                if one.is_none() && two.is_none() {
                    return true;
                }
                continue;
            };
            for (goes, to) in [
                (both(&one.test, &two.test), (mine + 1, theirs + 1)),
                (two.descends, (mine + 1, theirs)),
                (one.descends, (mine, theirs + 1)),
            ] {
                if goes && !seen.contains(&to) {
                    seen.push(to);
                    open.push(to);
                }
            }
        }
        false
    }
}

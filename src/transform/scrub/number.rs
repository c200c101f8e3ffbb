//! Numbers as people write them: groups of digits with separators between.

use super::edge::before;

/// More groups than any number that is looked for; a longer run is read in pieces.
const MOST: usize = 24;

/// The most groups of one number, and the fewest digits.
const WIDEST: usize = 8;
const FEWEST: usize = 6;

/// Digits without anything between.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) start: usize,
    pub(super) end: usize,
    /// The character before it, for the separator between two groups; `\0` where
    /// there are two that do not belong together.
    pub(super) lead: char,
    /// Where a `+` or a bracket before it begins, if one does.
    pub(super) sign: usize,
    pub(super) plus: bool,
    pub(super) bracket: bool,
}

impl Group {
    pub(super) fn len(&self) -> usize {
        self.end - self.start
    }
}

/// Groups that follow each other.
#[derive(Clone, Debug)]
pub(super) struct Run {
    groups: [Group; MOST],
    count: usize,
}

impl Run {
    pub(super) fn groups(&self) -> &[Group] {
        self.groups.get(..self.count).unwrap_or_default()
    }
}

/// Hands each run of a text to `then`.
pub(super) fn each_run(text: &str, mut then: impl FnMut(&Run)) {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut at = 0;
    let mut run = Run { groups: [Group::default(); MOST], count: 0 };
    while let Some(skipped) = bytes.get(at..).and_then(|rest| rest.iter().position(u8::is_ascii_digit)) {
        let start = at + skipped;
        let mut end = start;
        while digit(end) {
            end += 1;
        }
        let gap = text.get(at..start).unwrap_or_default();
        let joined = run.count > 0 && run.count < MOST && joins(gap);
        if !joined && run.count > 0 {
            then(&run);
            run.count = 0;
        }
        let group = group(text, start, end, joined.then_some(gap));
        if let Some(slot) = run.groups.get_mut(run.count) {
            *slot = group;
            run.count += 1;
        }
        at = end;
    }
    if run.count > 0 {
        then(&run);
    }
}

/// Whether groups on both sides of the gap may be one number.
fn joins(gap: &str) -> bool {
    let separators = |c| {
        matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '-' | '\u{2011}' | '\u{2013}' | '.' | '/' | '(' | ')' | '+')
    };
    (1..=3).contains(&gap.chars().count()) && gap.chars().all(separators)
}

fn group(text: &str, start: usize, end: usize, gap: Option<&str>) -> Group {
    let front = text.get(..start).unwrap_or_default();
    let bracket = front.ends_with(['(', '+']) && front.trim_end_matches('+').ends_with('(');
    let plus = front.ends_with('+');
    let sign = start - usize::from(plus) - usize::from(bracket);
    let lead = match gap {
        None => before(text, sign).unwrap_or(' '),
        Some(gap) => {
            let mut inner = gap.chars().filter(|c| !matches!(c, '(' | ')' | '+'));
            match (inner.next(), inner.next()) {
                (None, _) | (Some('\u{a0}' | '\u{202f}'), None) => ' ',
                (Some('\u{2011}' | '\u{2013}'), None) => '-',
                (Some(one), None) => one,
                // ` - ` between two groups, or a line of dots.
                _ => '\0',
            }
        }
    };
    Group { start, end, lead, sign, plus, bracket }
}

/// A part of a run, read as one number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Number<'a> {
    pub(super) groups: &'a [Group],
    digits: [u8; 20],
    count: usize,
}

impl<'a> Number<'a> {
    /// The groups as one number; `None` for one of more than 20 digits.
    pub(super) fn of(text: &str, groups: &'a [Group]) -> Option<Self> {
        let mut digits = [0; 20];
        let mut count = 0;
        for group in groups {
            for byte in text.as_bytes().get(group.start..group.end)? {
                *digits.get_mut(count)? = *byte;
                count += 1;
            }
        }
        Some(Self { groups, digits, count })
    }

    pub(super) fn digits(&self) -> &[u8] {
        self.digits.get(..self.count).unwrap_or_default()
    }

    pub(super) fn values(&self) -> impl DoubleEndedIterator<Item = u32> + Clone + '_ {
        self.digits().iter().map(|byte| u32::from(byte - b'0'))
    }

    /// Whether the groups have these lengths.
    pub(super) fn grouped(&self, lengths: &[usize]) -> bool {
        self.groups.iter().map(Group::len).eq(lengths.iter().copied())
    }

    /// The separator, where it is the same between all groups; a space for one group.
    pub(super) fn separator(&self) -> Option<char> {
        let mut leads = self.groups.iter().skip(1).map(|group| group.lead);
        let first = leads.next().unwrap_or(' ');
        leads.all(|lead| lead == first).then_some(first)
    }

    /// The number that the digits from `from` to `to` are.
    pub(super) fn part(&self, from: usize, to: usize) -> u64 {
        let digits = self.digits().get(from..to).unwrap_or_default();
        digits.iter().fold(0, |n, byte| n * 10 + u64::from(byte - b'0'))
    }

    pub(super) fn start(&self) -> usize {
        self.groups.first().map_or(0, |group| group.start)
    }

    pub(super) fn end(&self) -> usize {
        self.groups.last().map_or(0, |group| group.end)
    }
}

/// Hands each part of a run that stands alone to `then` until it takes one: from the
/// left, the longest first. A part does not begin or end within a composed number
/// (`12-34` has no part `34`).
pub(super) fn each_number(text: &str, run: &Run, mut then: impl FnMut(&Number<'_>) -> bool) {
    let groups = run.groups();
    let alone = |place: usize| groups.get(place).is_none_or(|group| matches!(group.lead, ' ' | '\0'));
    let mut from = 0;
    while from < groups.len() {
        let mut taken = 0;
        for to in (from + 1..=groups.len().min(from + WIDEST)).rev() {
            let open = from == 0 || alone(from) || groups.get(from).is_some_and(|g| g.plus || g.bracket);
            if !open || !alone(to) {
                continue;
            }
            let part = groups.get(from..to).unwrap_or_default();
            if !(FEWEST..=20).contains(&part.iter().map(Group::len).sum()) {
                continue;
            }
            if Number::of(text, part).is_some_and(|number| then(&number)) {
                taken = to;
                break;
            }
        }
        from = taken.max(from + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_break_at_words_and_commas() {
        let mut counts = Vec::new();
        each_run("a 12 34-56, 78 and +1 (2) 3", |run| counts.push(run.groups().len()));
        assert_eq!(counts, [3, 1, 3]);
    }

    #[test]
    fn parts_of_a_composed_number_do_not_stand_alone() {
        let mut seen = Vec::new();
        let text = "1 234-567 890123";
        each_run(text, |run| {
            each_number(text, run, |number| {
                seen.push(text[number.start()..number.end()].to_owned());
                false
            });
        });
        assert_eq!(seen, [text, "1 234-567", "234-567 890123", "234-567", "890123"]);
    }
}

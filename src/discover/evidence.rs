//! What the sampled values of a column say: counts only, never a value.

use super::mention::Parts;
use super::mobile;
use super::nation::Nations;
use super::vocabulary::{self, Trait};
use super::writing::Writing;
use crate::rules::{find_credential, gives_access, is_setting};
use crate::transform::{ADDRESSES, Trace, is_street_line, name_word, title_word, trace};
use std::collections::{BTreeMap, HashMap};

/// How many values there must be to say anything.
const ENOUGH: u64 = 3;

/// After so many different values the picture may be clear.
const SURE: usize = 300;

/// What values look like, and the kind of `rules/detect.toml` that it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Likeness {
    /// The transformer for it.
    pub(super) mask: &'static str,
    /// In the plural, for the comment.
    pub(super) what: &'static str,
    /// Of a hundred values.
    pub(super) percent: u64,
    /// Whether the values have it in them, and are more than it.
    pub(super) within: bool,
}

/// What is taken for a secret by how it looks, or what it begins with.
const GUESSED: &str = "passwords or tokens";

/// What leaves no doubt that it gives access.
const ACCESS: &str = "keys of services, or addresses with a password";

/// Telephones that nobody else has.
const MOBILES: &str = "mobile telephone numbers";

/// What long numbers in base 16 are called, which may be hashes of anything.
const DIGESTS: &str = "numbers as hashes are";

impl Likeness {
    /// Whether a thing may have it as well as a person, or its numbers only look so.
    pub(super) fn is_common(&self) -> bool {
        !matches!(self.mask, "email" | "full_name" | "iban" | "user_agent")
            && ![ACCESS, MOBILES].contains(&self.what)
    }

    /// Whether it may be the hash of anything.
    pub(super) fn is_digest(&self) -> bool {
        self.what == DIGESTS
    }

    /// Whether it may be any key that was drawn at random.
    pub(super) fn is_guessed(&self) -> bool {
        self.what == GUESSED
    }

    /// Whether it is a telephone's number, as far as its digits go, that may count anything.
    pub(super) fn may_count(&self) -> bool {
        self.mask == "phone" && self.what != MOBILES
    }

    /// Whether the values leave no doubt, whatever the name says.
    pub(super) fn is_sure(&self) -> bool {
        self.percent >= 80 && matches!(self.mask, "email" | "iban" | "mac")
    }
}

/// The counts of a column's sample.
#[derive(Clone, Debug, Default)]
pub(super) struct Evidence {
    /// Sampled values that are not NULL and not empty.
    pub(super) values: u64,
    /// How many of those were looked at, where that was enough to be sure.
    pub(super) looked: u64,
    /// How many of them differ.
    pub(super) distinct: u64,
    /// Words in them, on average.
    pub(super) words: u64,
    /// The most frequent likeness that says something.
    pub(super) likeness: Option<Likeness>,
    /// How many of a hundred are single words of the tables of first and of last names.
    pub(super) first: u64,
    pub(super) last: u64,
    /// How many have such a word in them, or are written as handles are.
    pub(super) named: u64,
    /// How many are of somebody, in one of the ways that standards describe.
    pub(super) traced: u64,
    /// Whether some of those can be nobody's but a person's.
    pub(super) sure: bool,
    /// How many of the different ones name a setting that is secret.
    pub(super) secrets: u64,
    /// What the words are, where they are a list of what people are.
    pub(super) people: Option<Trait>,
    /// How they are written.
    pub(super) writing: Writing,
    /// The words they are made of.
    pub(super) parts: Parts,
    /// In which countries they are right as national numbers.
    pub(super) nations: Nations,
}

impl Evidence {
    /// Counts what values look like; each distinct one is looked at once.
    pub(super) fn of<'v>(values: impl Iterator<Item = &'v str>) -> Self {
        let mut places: HashMap<&str, usize> = HashMap::new();
        // In the order they came, so that two runs look at the same ones.
        let mut counted: Vec<(&str, u64)> = Vec::new();
        let mut values_in_all = 0;
        for value in values.map(str::trim).filter(|value| !value.is_empty()) {
            let place = *places.entry(value).or_insert(counted.len());
            match counted.get_mut(place) {
                Some((_, count)) => *count += 1,
                None => counted.push((value, 1)),
            }
            values_in_all += 1;
        }
        let (mut is, mut has): (Counts, Counts) = Default::default();
        let (mut words, mut first, mut last, mut named, mut called, mut all) = (0, 0, 0, 0, 0, 0);
        for (looked, (value, count)) in counted.iter().enumerate() {
            if looked == SURE && is_clear(&is, &has, all, words + first + last) {
                break;
            }
            all += count;
            words += value.split_whitespace().count() as u64 * count;
            if !value.contains(' ') {
                let (one, other) = name_word(value);
                first += u64::from(one) * count;
                last += u64::from(other) * count;
            }
            named += u64::from(is_named(value)) * count;
            called += u64::from(value.strip_prefix('+').is_some_and(is_spaced)) * count;
            match look(value) {
                Some((mask, what, false)) => *is.entry((mask, what)).or_default() += count,
                Some((mask, what, true)) => *has.entry((mask, what)).or_default() += count,
                None => {}
            }
        }
        if all == 0 {
            return Self::default();
        }
        let share = |count: u64| count * 100 / all;
        Self {
            values: values_in_all,
            looked: all,
            distinct: counted.len() as u64,
            words: words / all,
            likeness: (all >= ENOUGH).then(|| likeness(&is, &has, all, words / all)).flatten(),
            first: if all >= ENOUGH { share(first) } else { 0 },
            last: if all >= ENOUGH { share(last) } else { 0 },
            named: share(named),
            secrets: counted.iter().filter(|(value, _)| is_setting(value)).count() as u64,
            traced: share(
                is.iter()
                    .filter(|((mask, what), _)| *what != DIGESTS && *mask != "full_name")
                    .map(|(_, count)| count)
                    .sum(),
            ),
            sure: is.iter().any(|((mask, _), count)| matches!(*mask, "email" | "iban") && count * 20 >= all)
                || called * 5 >= all,
            people: (counted.len() <= 12)
                .then(|| vocabulary::find(&counted.iter().map(|(value, _)| *value).collect::<Vec<_>>()))
                .flatten(),
            writing: Writing::of(counted.iter().map(|(value, _)| *value)),
            parts: Parts::of(counted.iter().map(|(value, _)| *value)),
            nations: Nations::of(counted.iter().map(|(value, _)| *value)),
        }
    }

    /// Whether the values are few words out of a list, such as a status.
    pub(super) fn is_list(&self) -> bool {
        self.values >= 8 && self.distinct <= 12 && self.distinct * 4 <= self.values
    }

    /// Whether they are a list of words that are no people.
    pub(super) fn is_status(&self) -> bool {
        self.is_list() && self.named < 20
    }

    /// Whether nearly every row has a value of its own.
    pub(super) fn is_own(&self) -> bool {
        self.values >= 8 && self.distinct * 10 >= self.values * 9 && self.words <= 3
    }

    /// Whether they are what only people have.
    pub(super) fn is_of_people(&self, near: bool) -> bool {
        let seen = self.likeness.as_ref().filter(|seen| !seen.within);
        seen.is_some_and(|seen| matches!(seen.mask, "email" | "full_name"))
            || self.writing.are_people(near)
            || self.writing.streets >= 70 && self.writing.looked >= 30
    }

    /// Whether values seldom come twice.
    pub(super) fn is_varied(&self) -> bool {
        let share = if self.values < 20 { 8 } else { 4 };
        self.values >= 4 && !self.is_list() && self.distinct * 10 >= self.values * share
    }

    /// The counts as a comment says them.
    pub(super) fn said(&self) -> Option<String> {
        let Likeness { what, percent, within, .. } = self.likeness.as_ref()?;
        let verb = if *within { "have" } else { "are" };
        let end = if *within { " in them" } else { "" };
        let share = if *percent == 0 { "some".to_owned() } else { format!("{percent} %") };
        Some(format!("{share} of {} sampled values {verb} {what}{end}", grouped(self.looked)))
    }
}

/// Whether looking on can't change much: nearly all values are of one kind, or they are
/// short and not one is anything.
fn is_clear(is: &Counts, has: &Counts, all: u64, words: u64) -> bool {
    let most = is.values().max().copied().unwrap_or(0);
    most * 100 >= all * 98 || is.is_empty() && has.is_empty() && words <= all * 2
}

type Counts = BTreeMap<(&'static str, &'static str), u64>;

fn likeness(is: &Counts, has: &Counts, all: u64, words: u64) -> Option<Likeness> {
    let most =
        |counts: &Counts| counts.iter().max_by_key(|(_, count)| **count).map(|(key, count)| (*key, *count));
    if let Some(((mask, what), count)) = most(is) {
        // Numbers of any kind may look like a telephone's or an authority's.
        let least = if matches!(mask, "phone" | "national_id" | "card") { 80 } else { 60 };
        if count * 100 >= all * least {
            return Some(Likeness { mask, what, percent: count * 100 / all, within: false });
        }
    }
    // One is enough of what can be nothing else.
    let sure = |counts: &Counts| {
        let found = counts.iter().filter(|((_, what), _)| [ACCESS, ADDRESSES].contains(what));
        found.max_by_key(|(_, count)| **count).map(|(key, count)| (*key, *count))
    };
    let certain = sure(has).or_else(|| sure(is));
    let ((_, what), count) = certain.or_else(|| most(has))?;
    // Prose that has any will have more; short codes meet a pattern by chance.
    let enough = certain.is_some() || words >= 4 || count * 10 >= all;
    enough.then_some(Likeness { mask: "scrub", what, percent: count * 100 / all, within: true })
}

/// What one value looks like: the mask, the plural, and whether it is only in it.
fn look(value: &str) -> Option<(&'static str, &'static str, bool)> {
    if value.len() == 17 && value.split([':', '-']).count() == 6 && value.split([':', '-']).all(is_octet) {
        return Some(("mac", "hardware addresses", false));
    }
    if value.starts_with("Mozilla/") || value.starts_with("Opera/") {
        return Some(("user_agent", "names of browsers", false));
    }
    let whole = !value.contains(char::is_whitespace);
    if gives_access(value) {
        return Some(("token", ACCESS, !whole));
    }
    if is_hidden(value) {
        return Some(("letters", "numbers of cards or accounts, most of them hidden", false));
    }
    if mobile::is_whole(value) {
        return Some(("phone", MOBILES, false));
    }
    match trace(value) {
        Some(Trace::Is { what, mask }) => return Some((mask, what, false)),
        Some(Trace::Has { what }) => return Some(("scrub", what, true)),
        None => {}
    }
    if whole && value.split('+').skip(1).any(is_dialled) {
        return Some(("letters", MOBILES, true));
    }
    if is_street_line(value) {
        return Some(("street", "lines of street addresses", false));
    }
    if matches!(value.len(), 32 | 40 | 56 | 64 | 96 | 128)
        && value.bytes().all(|byte| byte.is_ascii_hexdigit())
    {
        return Some(("token", DIGESTS, false));
    }
    match find_credential(value) {
        Some("the hash of a password") => Some(("token", "hashes of passwords", !whole)),
        Some(_) if whole => Some(("token", GUESSED, false)),
        _ => None,
    }
}

/// Whether one of the words is a name, or the whole is written as handles are: `a.lis`.
fn is_named(value: &str) -> bool {
    let word = |word: &str| {
        let (first, last) = name_word(word.trim_matches(|c: char| !c.is_alphanumeric()));
        (first || last) && word.starts_with(char::is_uppercase)
    };
    let mut parts = value.split('.');
    let handle = (parts.next().zip(parts.next())).is_some_and(|(one, other)| {
        [one, other].iter().all(|part| !part.is_empty() && part.chars().all(char::is_alphabetic))
    });
    let titled = value.split_whitespace().next().is_some_and(title_word)
        && value.split_whitespace().nth(1).is_some_and(|word| word.starts_with(char::is_uppercase));
    titled || handle && parts.next().is_none() || value.split_whitespace().any(word)
}

/// Whether all but the first and last digits of a long number are hidden: `**** **** **** 4711`.
fn is_hidden(value: &str) -> bool {
    let hidden = value.chars().filter(|c| matches!(c, '*' | 'x' | 'X' | '•' | '#')).count();
    let digits = value.chars().filter(char::is_ascii_digit).count();
    let end = value.chars().rev().take_while(char::is_ascii_digit).count();
    let plain = |c: char| c.is_ascii_digit() || matches!(c, '*' | 'x' | 'X' | '•' | '#' | ' ' | '-');
    let rest = value.trim_start_matches(|c: char| c.is_ascii_uppercase() && c != 'X');
    hidden >= 4
        && (2..=5).contains(&end)
        && digits <= 12
        && value.len() - rest.len() <= 2
        && rest.chars().all(plain)
}

/// Whether it begins as a telephone number does behind its `+` (ITU-T E.164), and goes on as none does.
fn is_dialled(value: &str) -> bool {
    let digits = value.chars().take_while(char::is_ascii_digit).count();
    (10..=14).contains(&digits) && !value.starts_with('0')
}

/// Whether it is the rest of a telephone number with the code of its country, written as people do.
fn is_spaced(value: &str) -> bool {
    let plain = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '-' | '.' | '(' | ')' | '/');
    let digits: String = value.chars().filter(char::is_ascii_digit).collect();
    value.chars().all(plain) && is_dialled(&digits)
}

fn is_octet(part: &str) -> bool {
    part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// `1 000`, as comments write it.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[&str]) -> Evidence {
        Evidence::of(values.iter().copied())
    }

    #[test]
    fn most_values_of_a_kind_are_said_by_their_share() {
        let evidence = of(&["ann@corp.com", "bob@corp.com", "c.d@x.com", "unknown", "e@f.com"]);
        assert_eq!(evidence.said().unwrap(), "80 % of 5 sampled values are e-mail addresses");
        assert_eq!(evidence.likeness.unwrap().mask, "email");
    }

    #[test]
    fn prose_with_one_address_in_it_is_seen_and_things_are_not() {
        let mut values = vec!["the parcel was late again, as it was last week"; 200];
        values.push("please write to ann@corp.com about the parcel");
        assert!(of(&values).likeness.unwrap().within);
        for values in [["Red", "Green", "Blue", "Black", "White"], ["AB-1", "AB-2", "AB-3", "AB-4", "AB-5"]] {
            assert_eq!(of(&values).likeness, None);
        }
    }

    #[test]
    fn single_names_are_counted() {
        let evidence = of(&["Jennifer", "Robert", "Patricia", "Michael", "Susan"]);
        assert!(evidence.first >= 80, "{}", evidence.first);
    }

    #[test]
    fn numbers_of_which_most_is_hidden_are_somebody_s() {
        for value in ["**** **** **** 4711", "411111******1111", "xxxx-xxxx-xxxx-0005", "DE** **** **** 12"] {
            assert!(is_hidden(value), "{value}");
        }
        for value in ["4711", "xx-12", "***", "***** 5 stars", "########", "Xmas 2024"] {
            assert!(!is_hidden(value), "{value}");
        }
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(
            (grouped(1000), grouped(12), grouped(1_234_567)),
            ("1 000".into(), "12".into(), "1 234 567".into())
        );
    }
}

//! Filters of a path: `@.type == 'email' && (@.address || !@.phone)`.
//!
//! As RFC 9535 has them, without its functions: comparisons of members of the
//! value (`@`), texts, numbers, true, false and null; a member alone asks whether
//! it is there. A filter reads the source's text of the value it stands on, so
//! that it does not matter which member comes first. What is not there equals
//! nothing but what is not there either.

use super::json_text::{JsonText, unescape};
use crate::format::decimal::Decimal;
use std::borrow::Cow;
use std::cmp::Ordering;

/// A filter, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Filter {
    Any(Vec<Filter>),
    All(Vec<Filter>),
    Not(Box<Filter>),
    Exists(Query),
    Compare(Operand, Comparison, Operand),
}

/// A way from the value to one inside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Query(Vec<Member>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Member {
    Name(String),
    Index(i64),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Operand {
    Query(Query),
    Text(String),
    Number(String),
    Truth(bool),
    Null,
    /// An object or an array, which equals nothing.
    Container,
    /// What is not there.
    Nothing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// Longest first, so that `<=` is not read as `<`.
const COMPARISONS: &[(&str, Comparison)] = &[
    ("==", Comparison::Equal),
    ("!=", Comparison::Unequal),
    ("<=", Comparison::LessOrEqual),
    (">=", Comparison::GreaterOrEqual),
    ("<", Comparison::Less),
    (">", Comparison::Greater),
];

/// What was read, and what follows it.
type Read<'a, T> = Result<(T, &'a str), &'static str>;

impl Filter {
    /// Reads a filter that follows a `?`.
    ///
    /// # Errors
    /// What is wrong, in a few words.
    pub(super) fn parse(written: &str) -> Read<'_, Self> {
        any(written, 0)
    }

    /// Whether it holds for the value that `text` begins with.
    pub(super) fn holds(&self, text: &str) -> bool {
        match self {
            Self::Any(list) => list.iter().any(|filter| filter.holds(text)),
            Self::All(list) => list.iter().all(|filter| filter.holds(text)),
            Self::Not(filter) => !filter.holds(text),
            Self::Exists(Query(steps)) => locate(text, steps).is_some(),
            Self::Compare(left, comparison, right) => comparison.holds(&left.of(text), &right.of(text)),
        }
    }

    /// Whether no value can meet both. `false` where that is not certain.
    pub(super) fn excludes(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Any(list), other) | (other, Self::Any(list)) => {
                list.iter().all(|filter| filter.excludes(other))
            }
            (Self::All(list), other) | (other, Self::All(list)) => {
                list.iter().any(|filter| filter.excludes(other))
            }
            (Self::Not(inner), Self::Compare(left, Comparison::Equal, right))
            | (Self::Compare(left, Comparison::Equal, right), Self::Not(inner)) => {
                let there = matches!(&**inner, Self::Exists(query) if *left == Operand::Query(query.clone()));
                **inner == Self::Compare(left.clone(), Comparison::Equal, right.clone())
                    || there && !matches!(right, Operand::Query(_))
            }
            (Self::Not(inner), other) | (other, Self::Not(inner)) => **inner == *other,
            (Self::Compare(one, first, left), Self::Compare(two, second, right)) if one == two => {
                let literals = !matches!(left, Operand::Query(_)) && !matches!(right, Operand::Query(_));
                let values = (*first, *second) == (Comparison::Equal, Comparison::Equal)
                    && literals
                    && !Comparison::Equal.holds(left, right);
                values || left == right && *first == second.opposite()
            }
            _ => false,
        }
    }
}

impl Operand {
    /// What it is for a value.
    fn of(&self, text: &str) -> Cow<'_, Self> {
        let Self::Query(Query(steps)) = self else { return Cow::Borrowed(self) };
        let Some(found) = locate(text, steps) else { return Cow::Owned(Self::Nothing) };
        Cow::Owned(match found.as_bytes().first() {
            Some(b'"') => Self::Text(plain(JsonText::new(found).string().unwrap_or_default()).into_owned()),
            Some(b'{' | b'[') => Self::Container,
            Some(b't') => Self::Truth(true),
            Some(b'f') => Self::Truth(false),
            Some(b'n') => Self::Null,
            _ => Self::Number(found.to_owned()),
        })
    }
}

impl Comparison {
    fn holds(self, left: &Operand, right: &Operand) -> bool {
        let order = match (left, right) {
            (Operand::Text(left), Operand::Text(right)) => Some(left.cmp(right)),
            (Operand::Number(left), Operand::Number(right)) => compare(left, right),
            (Operand::Truth(left), Operand::Truth(right)) if left == right => Some(Ordering::Equal),
            (Operand::Null, Operand::Null) | (Operand::Nothing, Operand::Nothing) => Some(Ordering::Equal),
            _ => None,
        };
        match self {
            Self::Equal => order == Some(Ordering::Equal),
            Self::Unequal => order != Some(Ordering::Equal),
            Self::Less => order == Some(Ordering::Less),
            Self::LessOrEqual => order.is_some_and(Ordering::is_le),
            Self::Greater => order == Some(Ordering::Greater),
            Self::GreaterOrEqual => order.is_some_and(Ordering::is_ge),
        }
    }

    /// What holds where it does not, for values that can be compared.
    fn opposite(self) -> Self {
        match self {
            Self::Equal => Self::Unequal,
            Self::Unequal => Self::Equal,
            Self::Less => Self::GreaterOrEqual,
            Self::LessOrEqual => Self::Greater,
            Self::Greater => Self::LessOrEqual,
            Self::GreaterOrEqual => Self::Less,
        }
    }

    /// The same with its sides exchanged.
    fn turned(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
            same => same,
        }
    }
}

fn compare(left: &str, right: &str) -> Option<Ordering> {
    let exact = Decimal::parse(left).ok().zip(Decimal::parse(right).ok());
    if exact.is_some_and(|(left, right)| left.normal() == right.normal()) {
        return Some(Ordering::Equal);
    }
    left.parse::<f64>().ok()?.partial_cmp(&right.parse().ok()?)
}

/// What an escaped string says.
fn plain(escaped: &str) -> Cow<'_, str> {
    if !escaped.contains('\\') {
        return Cow::Borrowed(escaped);
    }
    let mut plain = String::with_capacity(escaped.len());
    unescape(escaped, &mut plain);
    Cow::Owned(plain)
}

/// The text of the value at the end of a way; the last of members with one name.
fn locate<'t>(text: &'t str, steps: &[Member]) -> Option<&'t str> {
    let mut json = JsonText::new(text);
    let Some((first, rest)) = steps.split_first() else { return json.skip().ok() };
    let open = json.peek()?;
    json.expect(open).ok()?;
    let mut found = None;
    match first {
        Member::Name(wanted) if open == b'{' => {
            while json.peek()? != b'}' {
                let name = plain(json.string().ok()?);
                json.expect(b':').ok()?;
                let value = json.skip().ok()?;
                found = if name == *wanted { Some(value) } else { found };
                if json.peek()? == b',' {
                    json.expect(b',').ok()?;
                }
            }
        }
        Member::Index(wanted) if open == b'[' => {
            let mut values = Vec::new();
            while json.peek()? != b']' {
                values.push(json.skip().ok()?);
                if json.peek()? == b',' {
                    json.expect(b',').ok()?;
                }
            }
            found = super::json_path::from_end(*wanted, values.len()).and_then(|at| values.get(at).copied());
        }
        _ => {}
    }
    locate(found?, rest)
}

/// How deep parentheses may stand in each other.
const DEEPEST: usize = 32;

fn any(rest: &str, depth: usize) -> Read<'_, Filter> {
    list(rest, "||", Filter::Any, &|rest| list(rest, "&&", Filter::All, &|rest| single(rest, depth)))
}

fn list<'a>(
    rest: &'a str,
    mark: &str,
    join: fn(Vec<Filter>) -> Filter,
    part: &dyn Fn(&'a str) -> Read<'a, Filter>,
) -> Read<'a, Filter> {
    let (first, mut rest) = part(rest)?;
    let mut parts = vec![first];
    while let Some(after) = rest.trim_start().strip_prefix(mark) {
        let (next, after) = part(after)?;
        parts.push(next);
        rest = after;
    }
    match parts.pop() {
        Some(only) if parts.is_empty() => Ok((only, rest)),
        last => {
            parts.extend(last);
            Ok((join(parts), rest))
        }
    }
}

fn single(rest: &str, depth: usize) -> Read<'_, Filter> {
    let rest = rest.trim_start();
    if depth > DEEPEST {
        return Err("a filter has 32 levels of parentheses at most");
    }
    if let Some(after) = rest.strip_prefix('!') {
        let (inner, after) = single(after, depth + 1)?;
        if matches!(inner, Filter::Compare(..)) {
            return Err("what `!` turns round stands in parentheses");
        }
        let inner = match inner {
            Filter::All(mut list) if list.len() == 1 => list.remove(0),
            inner => inner,
        };
        return Ok((Filter::Not(Box::new(inner)), after));
    }
    if let Some(after) = rest.strip_prefix('(') {
        let (inner, after) = any(after, depth + 1)?;
        let after = after.trim_start().strip_prefix(')').ok_or("`)` is missing in a filter")?;
        // One in parentheses is one thing, also after a `!`.
        let inner = if matches!(inner, Filter::Compare(..)) { Filter::All(vec![inner]) } else { inner };
        return Ok((inner, after));
    }
    let (left, after) = operand(rest)?;
    let after = after.trim_start();
    let found =
        COMPARISONS.iter().find_map(|(mark, comparison)| Some((comparison, after.strip_prefix(mark)?)));
    match (found, left) {
        (Some((comparison, after)), left) => {
            let (right, after) = operand(after.trim_start())?;
            Ok((
                match (&left, &right) {
                    (Operand::Query(_), _) => Filter::Compare(left, *comparison, right),
                    (_, Operand::Query(_)) => Filter::Compare(right, comparison.turned(), left),
                    _ => return Err("a filter compares a member of `@`"),
                },
                after,
            ))
        }
        (None, Operand::Query(query)) => Ok((Filter::Exists(query), after)),
        (None, _) if after.starts_with('=') => Err("a filter compares with `==`"),
        (None, _) => Err("a filter compares a member of `@`"),
    }
}

fn operand(rest: &str) -> Read<'_, Operand> {
    if let Some(after) = rest.strip_prefix('@') {
        let (steps, after) = members(after)?;
        return Ok((Operand::Query(Query(steps)), after));
    }
    if let Some((text, after)) = quoted(rest)? {
        return Ok((Operand::Text(text), after));
    }
    let end = rest
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.')))
        .unwrap_or(rest.len());
    let (word, after) = rest.split_at(end);
    let operand = match word {
        "true" => Operand::Truth(true),
        "false" => Operand::Truth(false),
        "null" => Operand::Null,
        _ => {
            let mut number = JsonText::new(word);
            let whole = number.number().is_ok() && number.at() == word.len();
            whole
                .then(|| Operand::Number(word.to_owned()))
                .ok_or("a filter knows members of `@`, texts in quotes, numbers, true, false and null")?
        }
    };
    Ok((operand, after))
}

fn members(mut rest: &str) -> Read<'_, Vec<Member>> {
    let mut steps = Vec::new();
    loop {
        if let Some(after) = rest.strip_prefix('.') {
            let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '$');
            let end = after.find(|c: char| !part(c)).unwrap_or(after.len());
            let (name, after) = after.split_at(end);
            if name.is_empty() {
                return Err("a filter follows names and places only: `@.a.b`, `@['a']`, `@[0]`");
            }
            steps.push(Member::Name(name.to_owned()));
            rest = after;
        } else if let Some(after) = rest.strip_prefix('[') {
            let (step, after) = if let Some((name, after)) = quoted(after)? {
                (Member::Name(name), after)
            } else {
                let (index, _) = after.split_once(']').ok_or("`]` is missing")?;
                let place = index.parse().map_err(|_| "a filter follows names and places only")?;
                (Member::Index(place), after.get(index.len()..).unwrap_or_default())
            };
            steps.push(step);
            rest = after.strip_prefix(']').ok_or("`]` is missing")?;
        } else {
            return Ok((steps, rest));
        }
    }
}

/// A text in quotes of either kind, where a backslash escapes; `None` where there is no quote.
pub(super) fn quoted(rest: &str) -> Result<Option<(String, &str)>, &'static str> {
    let Some(quote) = rest.chars().next().filter(|c| matches!(c, '\'' | '"')) else { return Ok(None) };
    let mut text = String::new();
    let mut chars = rest.chars();
    chars.next();
    while let Some(c) = chars.next() {
        match c {
            '\\' => text.push(chars.next().ok_or("a quoted text doesn't end")?),
            _ if c == quote => return Ok(Some((text, chars.as_str()))),
            _ => text.push(c),
        }
    }
    Err("a quoted text doesn't end")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(written: &str) -> Filter {
        let (filter, rest) = Filter::parse(written).unwrap();
        assert_eq!(rest, "", "{written}");
        filter
    }

    const VALUE: &str = r#"{"n": 1.50, "type": "em\u0061il", "deep": {"a": [true, null]}, "o'k": "it's"}, 7"#;

    #[test]
    fn filters_hold_for_what_they_say() {
        for holds in [
            "@.type == 'email'",
            "'email' == @.type",
            "@.type != \"phone\"",
            "@.n == 1.5",
            "@.n<2&&@.n>=1.5",
            "3 > @.n",
            "@.deep",
            "@.deep.a[0] == true",
            "@['deep']['a'][-1] == null",
            "!@.none",
            "@.none != 'x'",
            "@.none == @.other",
            "@['o\\'k'] == 'it\\'s'",
            "(@.none || @.n == 1.5) && !(@.type == 'phone')",
            "@.none && @.n || @.type",
            "@.type > 'ema'",
        ] {
            assert!(filter(holds).holds(VALUE), "{holds}");
        }
        for fails in [
            "@.type == 'Email'",
            "@.none",
            "!@.n",
            "@.n == '1.5'",
            "@.deep == null",
            "@.type < 1",
            "@.none == null",
        ] {
            assert!(!filter(fails).holds(VALUE), "{fails}");
        }
        assert!(filter("@ == 'x'").holds("\"x\", 1]") && filter("@ > 5").holds(" 6"));
    }

    #[test]
    fn what_is_no_filter_is_refused() {
        for bad in [
            "",
            "@.",
            "'a'",
            "@.a = 'x'",
            "@.a == ",
            "@.a == x",
            "(@.a",
            "!@.a == 1",
            "1 == 1",
            "@.* == 1",
            "$.a",
            "@.a == 'x",
        ] {
            assert!(Filter::parse(bad).is_err() || !Filter::parse(bad).unwrap().1.is_empty(), "{bad}");
        }
        assert!(Filter::parse(&"(".repeat(10_000)).is_err());
    }

    #[test]
    fn filters_that_exclude_each_other_are_known() {
        let excludes = |one, two| filter(one).excludes(&filter(two)) && filter(two).excludes(&filter(one));
        assert!(excludes("@.t == 'a'", "@.t == 'b'") && excludes("@.t == 'a'", "@.t != 'a'"));
        assert!(
            excludes("@.t == 'a' && @.x", "@.t == 'b'") && excludes("@.t == 'a' || @.t == 'b'", "@.t == 'c'")
        );
        assert!(excludes("@.a", "!@.a && @.b") && excludes("!(@.t == 'a')", "@.t == 'a'"));
        assert!(excludes("@.n < 5", "@.n >= 5") && excludes("!@.t", "@.t == 'a'"));
        assert!(
            !excludes("@.a", "@.b")
                && !excludes("@.t == 'a'", "@.u == 'b'")
                && !excludes("@.n == 1", "@.n == 1.0")
        );
    }
}

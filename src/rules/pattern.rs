//! Names with `*` in them, and which of two is more exact.

use crate::schema::Name;
use std::cmp::Reverse;

/// A name in which `*` stands for any characters.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(super) struct Pattern(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Any,
}

impl Pattern {
    /// Reads `*` as any characters.
    pub(super) fn new(written: &str) -> Self {
        let mut pattern = Self::default();
        for c in written.chars() {
            pattern.push(c, false);
        }
        pattern
    }

    fn push(&mut self, c: char, quoted: bool) {
        match (c, self.0.last_mut()) {
            ('*', Some(Piece::Any)) if !quoted => {}
            ('*', _) if !quoted => self.0.push(Piece::Any),
            (c, Some(Piece::Text(text))) => text.push(c),
            (c, _) => self.0.push(Piece::Text(c.to_string())),
        }
    }

    /// The name itself, where no `*` is in it.
    pub(super) fn literal(&self) -> Option<&str> {
        match self.0.as_slice() {
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }

    pub(super) fn matches(&self, name: &str) -> bool {
        match_pieces(&self.0, name)
    }

    fn weight(&self) -> usize {
        let length = |piece: &Piece| match piece {
            Piece::Text(text) => text.chars().count(),
            Piece::Any => 0,
        };
        self.0.iter().map(length).sum()
    }

    pub(super) fn exactness(&self) -> Exactness {
        match self.literal() {
            Some(_) => Exactness::LITERAL,
            None => Exactness(true, Reverse(self.weight())),
        }
    }
}

fn match_pieces(pieces: &[Piece], name: &str) -> bool {
    match pieces.split_first() {
        None => name.is_empty(),
        Some((Piece::Text(text), rest)) => {
            name.strip_prefix(text.as_str()).is_some_and(|after| match_pieces(rest, after))
        }
        Some((Piece::Any, rest)) => {
            let mut starts = name.char_indices().map(|(at, _)| at).chain([name.len()]);
            starts.any(|at| name.get(at..).is_some_and(|after| match_pieces(rest, after)))
        }
    }
}

/// How exactly something is named; the least is the most exact. A literal name
/// comes before any pattern, then the one with more literal characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Exactness(bool, Reverse<usize>);

impl Exactness {
    const LITERAL: Self = Self(false, Reverse(0));
}

/// A table as a rule file names it: `customers`, `sales.customers`, `tenant_*.users`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TableKey {
    schema: Option<Pattern>,
    table: Pattern,
}

impl TableKey {
    /// Reads one or two parts; inside double quotes `*` and `.` mean themselves.
    /// `None` where quotes don't close or parts are empty or too many.
    pub(super) fn new(written: &str) -> Option<Self> {
        let mut parts = split(written).filter(|parts| parts.len() <= 2)?;
        let table = parts.pop()?;
        Some(Self { schema: parts.pop(), table })
    }

    pub(super) fn matches(&self, name: &Name) -> bool {
        self.table.matches(&name.name) && self.schema.as_ref().is_none_or(|s| s.matches(&name.schema))
    }

    /// Whether it can only mean one table of a schema.
    pub(super) fn is_literal(&self) -> bool {
        self.table.literal().is_some() && self.schema.as_ref().is_none_or(|s| s.literal().is_some())
    }

    /// The schema and the table, where neither is a pattern.
    pub(super) fn literal(&self) -> Option<(Option<&str>, &str)> {
        self.is_literal().then_some(())?;
        Some((self.schema.as_ref().and_then(Pattern::literal), self.table.literal()?))
    }

    pub(super) fn exactness(&self) -> Exactness {
        if self.is_literal() {
            return Exactness::LITERAL;
        }
        let schema = self.schema.as_ref().map_or(0, Pattern::weight);
        Exactness(true, Reverse(schema + self.table.weight()))
    }
}

/// The parts of a name, each of which may hold `*`; `None` where quotes don't close or
/// a part is empty.
fn split(written: &str) -> Option<Vec<Pattern>> {
    let mut parts = vec![Pattern::default()];
    let mut chars = written.chars().peekable();
    let mut quoted = false;
    while let Some(c) = chars.next() {
        let part = parts.last_mut()?;
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                part.push('"', true);
            }
            '"' => quoted = !quoted,
            '.' if !quoted => parts.push(Pattern::default()),
            c => part.push(c, quoted),
        }
    }
    (!quoted && parts.iter().all(|part| !part.0.is_empty())).then_some(parts)
}

/// Any object as a rule file names it, in full: `sales.orders.status_check`, `sales.*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ObjectKey(Vec<Pattern>);

impl ObjectKey {
    /// Reads the parts of a name as [`TableKey::new`] does, however many.
    pub(super) fn new(written: &str) -> Option<Self> {
        split(written).map(Self)
    }

    /// Whether it names an object, part by part.
    pub(super) fn matches(&self, name: &[String]) -> bool {
        self.0.len() == name.len() && self.0.iter().zip(name).all(|(pattern, part)| pattern.matches(part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_characters_also_none() {
        let pattern = Pattern::new("*mail*");
        assert!(pattern.matches("email_address") && pattern.matches("mail"));
        assert!(!pattern.matches("mobile"));
        assert!(Pattern::new("a*b").matches("ab") && !Pattern::new("a*b").matches("abc"));
    }

    #[test]
    fn a_quoted_star_is_a_star() {
        let key = TableKey::new("sales.\"odd*name\"").unwrap();
        assert!(key.is_literal());
        assert!(key.matches(&Name::new("sales", "odd*name")));
        assert!(!key.matches(&Name::new("sales", "oddname")));
    }

    #[test]
    fn a_literal_is_more_exact_than_the_longest_pattern() {
        let literal = TableKey::new("u").unwrap().exactness();
        let long = TableKey::new("tenant_*.users").unwrap().exactness();
        let short = TableKey::new("*.users").unwrap().exactness();
        assert!(literal < long && long < short);
    }

    #[test]
    fn an_object_is_named_part_by_part() {
        let name = |parts: &[&str]| parts.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>();
        let key = ObjectKey::new("sales.*.\"Odd.Check\"").unwrap();
        assert!(key.matches(&name(&["sales", "orders", "Odd.Check"])));
        assert!(
            !key.matches(&name(&["sales", "Odd.Check"])) && !key.matches(&name(&["sales", "orders", "odd"]))
        );
        assert!(!ObjectKey::new("sales.*").unwrap().matches(&name(&["sales", "orders", "check"])));
        assert_eq!(ObjectKey::new("a..b"), None);
    }

    #[test]
    fn a_name_of_three_parts_is_no_table() {
        assert_eq!(TableKey::new("a.b.c"), None);
        assert_eq!(TableKey::new("a..c"), None);
        assert_eq!(TableKey::new("\"a"), None);
    }
}

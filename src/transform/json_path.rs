//! Paths into a document: `$.a.b`, `['a']`, `[*]`, `.*`, `[0]`, `..name`.
//!
//! A path is matched while the document is walked, by a set of positions (bits of
//! a word): bit n says that n steps have matched on the way here.

/// A path, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct JsonPath {
    steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Step {
    /// Whether any number of levels may lie before it.
    descends: bool,
    test: Test,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Test {
    Name(String),
    Index(usize),
    Any,
}

/// What is walked into.
#[derive(Clone, Copy, Debug)]
pub(super) enum Key<'a> {
    /// A member's name, unescaped.
    Name(&'a str),
    /// An element's place.
    Index(usize),
}

/// A set of positions in a path; [`Positions::START`] at the document itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Positions(u64);

impl Positions {
    pub(super) const START: Self = Self(1);
}

impl JsonPath {
    /// Reads a path.
    ///
    /// # Errors
    /// What is wrong, in a few words.
    pub(super) fn parse(written: &str) -> Result<Self, &'static str> {
        let mut rest = written.strip_prefix('$').ok_or("a path begins with `$`")?;
        let mut steps = Vec::new();
        while !rest.is_empty() {
            let descends = rest.starts_with("..");
            rest = rest.strip_prefix("..").or_else(|| rest.strip_prefix('.')).unwrap_or(rest);
            let dotted = rest.len() < written.len() - 1
                && written.get(..written.len() - rest.len()).is_some_and(|b| b.ends_with('.'));
            let (test, after) = match rest.strip_prefix('[') {
                Some(inner) if descends || !dotted => bracketed(inner)?,
                _ if dotted => dotted_name(rest)?,
                _ => return Err("after a step comes `.` or `[`"),
            };
            steps.push(Step { descends, test });
            rest = after;
        }
        // One bit of the word for each step and one for none.
        if steps.len() > 62 { Err("a path has 62 steps at most") } else { Ok(Self { steps }) }
    }

    /// The positions after one more level.
    pub(super) fn step(&self, from: Positions, key: Key<'_>) -> Positions {
        let mut to = 0;
        for (place, step) in self.steps.iter().enumerate().filter(|(place, _)| from.0 >> place & 1 == 1) {
            if step.descends {
                to |= 1 << place;
            }
            if step.test.holds(key) {
                to |= 1 << (place + 1);
            }
        }
        Positions(to)
    }

    /// Whether the whole path has matched exactly here.
    pub(super) fn matches(&self, at: Positions) -> bool {
        at.0 >> self.steps.len() & 1 == 1
    }

    /// How exact it is: more named steps, then fewer wildcards, then no descent.
    pub(super) fn rank(&self) -> (usize, usize, usize) {
        let named = self.steps.iter().filter(|step| step.test != Test::Any).count();
        let descents = self.steps.iter().filter(|step| step.descends).count();
        (named, usize::MAX - (self.steps.len() - named), usize::MAX - descents)
    }
}

impl Test {
    fn holds(&self, key: Key<'_>) -> bool {
        match (self, key) {
            (Self::Any, _) => true,
            (Self::Name(name), Key::Name(key)) => name == key,
            (Self::Index(index), Key::Index(key)) => *index == key,
            _ => false,
        }
    }
}

fn dotted_name(rest: &str) -> Result<(Test, &str), &'static str> {
    let end = rest.find(['.', '[']).unwrap_or(rest.len());
    let (name, after) = rest.split_at(end);
    match name {
        "" => Err("a name is missing after `.`"),
        "*" => Ok((Test::Any, after)),
        _ if name.contains([' ', '\'', '"', ']', '(', ')', '?', '@', '*']) => {
            Err("a name with such characters stands in `['…']`")
        }
        _ => Ok((Test::Name(name.to_owned()), after)),
    }
}

fn bracketed(inner: &str) -> Result<(Test, &str), &'static str> {
    if let Some(quote) = inner.chars().next().filter(|c| matches!(c, '\'' | '"')) {
        let mut name = String::new();
        let mut chars = inner.char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            if c == '\\' {
                name.push(chars.next().ok_or("a quoted name doesn't end")?.1);
            } else if c == quote {
                let after = inner.get(at + 1..).and_then(|rest| rest.strip_prefix(']'));
                return Ok((Test::Name(name), after.ok_or("`]` is missing")?));
            } else {
                name.push(c);
            }
        }
        return Err("a quoted name doesn't end");
    }
    let (index, after) = inner.split_once(']').ok_or("`]` is missing")?;
    let test = match index {
        "*" => Test::Any,
        _ => {
            Test::Index(index.parse().map_err(|_| "filters, slices and negative places can't be used here")?)
        }
    };
    Ok((test, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(path: &str, keys: &[Key<'_>]) -> bool {
        let path = JsonPath::parse(path).unwrap();
        let end = keys.iter().fold(Positions::START, |at, key| path.step(at, *key));
        path.matches(end)
    }

    #[test]
    fn each_form_of_a_step_matches_what_it_names() {
        let (a, b, first) = (Key::Name("a"), Key::Name("b c"), Key::Index(0));
        assert!(matches("$", &[]));
        assert!(matches("$.a", &[a]) && !matches("$.a", &[b]) && !matches("$.a", &[a, a]));
        assert!(matches("$['b c']", &[b]) && matches("$[\"b c\"]", &[b]));
        assert!(matches("$.a[0]", &[a, first]) && !matches("$.a[1]", &[a, first]));
        assert!(matches("$.a[*]", &[a, first]) && matches("$.*", &[b]) && matches("$.a.*", &[a, first]));
        assert!(matches("$..a", &[a]) && matches("$..a", &[b, first, a]) && !matches("$..a", &[a, b]));
        assert!(
            matches("$..a[0]", &[b, a, first]) && matches("$..[0]", &[a, first]) && matches("$..*", &[a, b])
        );
        assert!(matches("$[0].a", &[first, a]) && matches("$['a']['b c']", &[a, b]));
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for bad in ["", "a", "$.", "$a", "$.a b", "$[", "$['a'", "$[-1]", "$[?(@.a)]", "$.a.", "$..", "$.[0]"]
        {
            assert!(JsonPath::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn names_are_more_exact_than_wildcards_and_those_than_descent() {
        let rank = |path: &str| JsonPath::parse(path).unwrap().rank();
        assert!(rank("$.a.b") > rank("$.a.*") && rank("$.a.b") > rank("$..b"));
        assert!(rank("$.a") > rank("$..a"));
    }
}

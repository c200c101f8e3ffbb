//! Paths into a document, as RFC 9535 writes them: `$.a.b`, `['a', 'b']`, `[*]`,
//! `[0]`, `[-1]`, `[1:3]`, `..name`, `[?(@.type == 'email')]`.

use super::json_filter::{Filter, quoted};
use super::route::{Positions, Route, Step};

/// A path, read. Each step holds for any of its tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct JsonPath(Route<Vec<Test>>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Test {
    Name(String),
    Index(i64),
    Slice(Slice),
    Filter(Filter),
    Any,
}

/// `start:end:step`, each as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slice {
    start: Option<i64>,
    end: Option<i64>,
    step: i64,
}

/// What is walked into.
#[derive(Clone, Copy, Debug)]
pub(super) enum Key<'a> {
    /// A member's name, unescaped.
    Name(&'a str),
    /// An element's place, and the number of elements where a path needs it.
    Index(usize, usize),
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
            rest = if descends { rest.get(2..).unwrap_or_default() } else { rest };
            let dotted =
                if descends { (!rest.starts_with('[')).then_some(rest) } else { rest.strip_prefix('.') };
            let (tests, after) = match (dotted, rest.strip_prefix('[')) {
                (Some(name), _) => dotted_name(name)?,
                (None, Some(inner)) => bracketed(inner)?,
                (None, None) => return Err("after a step comes `.` or `[`"),
            };
            steps.push(Step { descends, test: tests });
            rest = after;
        }
        Route::new(steps).map(Self)
    }

    /// The positions after one more level, where the text ahead begins with the
    /// value walked into.
    pub(super) fn step(&self, from: Positions, key: Key<'_>, ahead: &str) -> Positions {
        self.0.step(from, |tests| tests.iter().any(|test| test.holds(key, ahead)))
    }

    /// Whether the whole path has matched exactly here.
    pub(super) fn matches(&self, at: Positions) -> bool {
        self.0.matches(at)
    }

    /// Whether it counts from an array's end.
    pub(super) fn counts(&self) -> bool {
        self.0.steps().iter().flat_map(|step| &step.test).any(|test| match test {
            Test::Index(index) => *index < 0,
            Test::Slice(slice) => !slice.is_plain(),
            _ => false,
        })
    }

    /// How exact it is: more steps of one name or place, then of several, then
    /// filters; then fewer wildcards, then no descent.
    pub(super) fn rank(&self) -> [usize; 5] {
        let mut rank = [0; 5];
        for step in self.0.steps() {
            let class = step.test.iter().map(Test::class).max().unwrap_or(0);
            let class = if step.test.len() > 1 { class.max(1) } else { class };
            if let Some(count) = rank.get_mut(class) {
                *count += 1;
            }
        }
        let descents = self.0.steps().iter().filter(|step| step.descends).count();
        let [single, several, filters, wildcards, _] = rank;
        [single, several, filters, usize::MAX - wildcards, usize::MAX - descents]
    }

    /// Whether some place of some document may match both.
    pub(super) fn meets(&self, other: &Self) -> bool {
        self.0.meets(&other.0, |one, two| one.iter().any(|test| two.iter().any(|other| test.meets(other))))
    }
}

impl Test {
    fn holds(&self, key: Key<'_>, ahead: &str) -> bool {
        match (self, key) {
            (Self::Any, _) => true,
            (Self::Filter(filter), _) => filter.holds(ahead),
            (Self::Name(name), Key::Name(key)) => name == key,
            (Self::Index(index), Key::Index(place, count)) => from_end(*index, count) == Some(place),
            (Self::Slice(slice), Key::Index(place, count)) => slice.holds(place, count),
            _ => false,
        }
    }

    /// 0 for one place, more for what is less exact.
    fn class(&self) -> usize {
        match self {
            Self::Name(_) | Self::Index(_) => 0,
            Self::Slice(_) => 1,
            Self::Filter(_) => 2,
            Self::Any => 3,
        }
    }

    /// Whether one place may pass both.
    fn meets(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Filter(one), Self::Filter(two)) => !one.excludes(two),
            (Self::Any | Self::Filter(_), _) | (_, Self::Any | Self::Filter(_)) => true,
            (Self::Name(one), Self::Name(two)) => one == two,
            (Self::Index(one), Self::Index(two)) => one == two || (*one < 0) != (*two < 0),
            (Self::Index(index), Self::Slice(slice)) | (Self::Slice(slice), Self::Index(index)) => {
                let place = usize::try_from(*index);
                place.map_or(true, |place| !slice.is_plain() || slice.holds(place, usize::MAX))
            }
            (Self::Slice(one), Self::Slice(two)) => {
                let apart =
                    |one: &Slice, two: &Slice| one.end.is_some_and(|end| two.start.unwrap_or(0) >= end);
                !(one.is_plain() && two.is_plain() && (apart(one, two) || apart(two, one)))
            }
            _ => false,
        }
    }
}

impl Slice {
    /// Whether it can be answered without the number of elements.
    fn is_plain(&self) -> bool {
        self.step > 0 && self.start.is_none_or(|start| start >= 0) && self.end.is_none_or(|end| end >= 0)
    }

    fn holds(&self, place: usize, count: usize) -> bool {
        let wide = |n: usize| i128::try_from(n).unwrap_or(i128::MAX);
        let (place, count, step) = (wide(place), wide(count), i128::from(self.step));
        let normal = |n: i64| if n < 0 { count + i128::from(n) } else { n.into() };
        // RFC 9535, section 2.3.4.2.2.
        if step > 0 {
            let start = self.start.map_or(0, normal).clamp(0, count);
            let end = self.end.map_or(count, normal).clamp(0, count);
            start <= place && place < end && (place - start) % step == 0
        } else {
            let start = self.start.map_or(count - 1, normal).clamp(-1, count - 1);
            let end = self.end.map_or(-1, normal).clamp(-1, count - 1);
            step < 0 && end < place && place <= start && (start - place) % -step == 0
        }
    }
}

/// The place that an index means, where a negative one counts from the end.
pub(super) fn from_end(index: i64, count: usize) -> Option<usize> {
    match usize::try_from(index) {
        Ok(place) => Some(place),
        Err(_) => count.checked_sub(usize::try_from(index.unsigned_abs()).ok()?),
    }
}

fn dotted_name(rest: &str) -> Result<(Vec<Test>, &str), &'static str> {
    let end = rest.find(['.', '[']).unwrap_or(rest.len());
    let (name, after) = rest.split_at(end);
    match name {
        "" => Err("a name is missing after `.`"),
        "*" => Ok((vec![Test::Any], after)),
        _ if name.contains([' ', '\'', '"', ']', '(', ')', '?', '@', '*', ',', ':']) => {
            Err("a name with such characters stands in `['…']`")
        }
        _ => Ok((vec![Test::Name(name.to_owned())], after)),
    }
}

fn bracketed(mut rest: &str) -> Result<(Vec<Test>, &str), &'static str> {
    let mut tests = Vec::new();
    loop {
        let (test, after) = selector(rest.trim_start())?;
        tests.push(test);
        let after = after.trim_start();
        if let Some(after) = after.strip_prefix(']') {
            return Ok((tests, after));
        }
        rest = after.strip_prefix(',').ok_or("`]` is missing")?;
    }
}

fn selector(rest: &str) -> Result<(Test, &str), &'static str> {
    if let Some((name, after)) = quoted(rest)? {
        return Ok((Test::Name(name), after));
    }
    if let Some(after) = rest.strip_prefix('*') {
        return Ok((Test::Any, after));
    }
    if let Some(after) = rest.strip_prefix('?') {
        let (filter, after) = Filter::parse(after)?;
        return Ok((Test::Filter(filter), after));
    }
    let end = rest.find([',', ']']).ok_or("`]` is missing")?;
    let (written, after) = rest.split_at(end);
    let number = |text: &str| match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| "a name in brackets stands in quotes"),
    };
    let mut parts = written.split(':').map(number);
    let first = parts.next().transpose()?.flatten();
    let test = match (first, parts.next().transpose()?, parts.next().transpose()?, parts.next()) {
        (Some(index), None, None, None) => Test::Index(index),
        (start, Some(end), step, None) => match step.flatten().unwrap_or(1) {
            0 => return Err("a slice can't go in steps of 0"),
            step => Test::Slice(Slice { start, end, step }),
        },
        _ => return Err("brackets hold a name in quotes, a place, a slice, `*` or a filter"),
    };
    Ok((test, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(path: &str, keys: &[Key<'_>]) -> bool {
        let path = JsonPath::parse(path).unwrap();
        let end = keys.iter().fold(Positions::START, |at, key| path.step(at, *key, "{\"k\": 1}"));
        path.matches(end)
    }

    #[test]
    fn each_form_of_a_step_matches_what_it_names() {
        let (a, b, first) = (Key::Name("a"), Key::Name("b c"), Key::Index(0, 3));
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
        assert!(
            matches("$['x', 'a'].*", &[a, b]) && !matches("$['x','y']", &[a]) && matches("$[0,'a']", &[a])
        );
        assert!(matches("$.a[?(@.k == 1)]", &[a, first]) && !matches("$.a[?@.k==2]", &[a, first]));
        assert!(matches("$..[?@.k , 7]", &[a, b]) && matches("$[?@.k].a", &[first, a]));
    }

    #[test]
    fn slices_and_places_count_from_either_end() {
        for (path, places) in [
            ("$[-1]", &[4][..]),
            ("$[1:3]", &[1, 2]),
            ("$[3:]", &[3, 4]),
            ("$[:-3]", &[0, 1]),
            ("$[::2]", &[0, 2, 4]),
            ("$[1:9:3]", &[1, 4]),
            ("$[::-1]", &[0, 1, 2, 3, 4]),
            ("$[3:0:-2]", &[1, 3]),
            ("$[-9]", &[]),
            ("$[5:2]", &[]),
            ("$[0, -1, 2:3]", &[0, 2, 4]),
        ] {
            let found: Vec<_> = (0..5).filter(|place| matches(path, &[Key::Index(*place, 5)])).collect();
            assert_eq!(found, places, "{path}");
        }
        let counts = |path| JsonPath::parse(path).unwrap().counts();
        assert!(counts("$[-1]") && counts("$.a[:-1]") && !counts("$[0:3]") && !counts("$.a[?@.b[-1]]"));
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for bad in [
            "",
            "a",
            "$.",
            "$a",
            "$.a b",
            "$[",
            "$['a'",
            "$[a]",
            "$[]",
            "$[1:2:0]",
            "$[1:2:3:4]",
            "$[?]",
            "$[?@.a",
            "$.a.",
            "$..",
            "$.[0]",
            "$['a',]",
            "$[?(@.a == 'x']",
            "$.a,b",
        ] {
            assert!(JsonPath::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn names_are_more_exact_than_filters_wildcards_and_descent() {
        let rank = |path: &str| JsonPath::parse(path).unwrap().rank();
        assert!(rank("$.a.b") > rank("$.a.*") && rank("$.a.b") > rank("$..b"));
        assert!(rank("$.a") > rank("$..a") && rank("$.a[0]") > rank("$.a[0:2]"));
        assert!(rank("$.a[0,1]") > rank("$.a[?@.b]") && rank("$.a[?@.b].c") > rank("$.a[*].c"));
        assert_eq!(rank("$.a"), rank("$['a']"));
    }

    #[test]
    fn paths_that_may_meet_are_known() {
        let meets = |one: &str, two: &str| {
            let (one, two) = (JsonPath::parse(one).unwrap(), JsonPath::parse(two).unwrap());
            assert_eq!(one.meets(&two), two.meets(&one));
            one.meets(&two)
        };
        for (one, two) in [
            ("$.a", "$['a']"),
            ("$..a", "$.b.a"),
            ("$..a..b", "$..b"),
            ("$.a[0]", "$.a[-1]"),
            ("$['a','b']", "$['b','c']"),
            ("$.a[?@.x].v", "$.a[?@.y].v"),
            ("$.*.a", "$.b.*"),
            ("$[1:3]", "$[2]"),
            ("$", "$"),
        ] {
            assert!(meets(one, two), "{one} {two}");
        }
        for (one, two) in [
            ("$.a", "$.b"),
            ("$..a", "$..b"),
            ("$.a", "$.a.b"),
            ("$[0:2]", "$[2:]"),
            ("$.a[?@.t=='x'].v", "$.a[?@.t=='y'].v"),
            ("$[0]", "$['0']"),
            ("$[1:3]", "$[0]"),
        ] {
            assert!(!meets(one, two), "{one} {two}");
        }
    }
}

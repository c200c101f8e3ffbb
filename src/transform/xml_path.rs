//! Paths into XML: `/order/customer/name`, `//email`, `//@id`, `/a/*/b`,
//! `//contact[@type='email']/value`, `//note/text()`, `//comment()`.
//!
//! The part of `XPath` that names places. Names are compared as they are written,
//! prefix and all; `*` stands for any.

use super::route::{Positions, Route, Step};
use super::xml_text::{Attributes, decode};

/// A path, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct XmlPath(Route<Test>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Test {
    Element(Option<String>, Vec<Predicate>),
    /// `None` is any.
    Attribute(Option<String>),
    Text,
    Comment,
    Instruction,
}

/// An attribute the element must have, and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Predicate {
    name: String,
    value: Option<String>,
}

/// What is walked into.
#[derive(Clone, Copy, Debug)]
pub(super) enum Node<'a> {
    /// An element's name and its attributes as they stand.
    Element(&'a str, &'a str),
    Attribute(&'a str),
    Text,
    Comment,
    Instruction,
}

impl XmlPath {
    /// Reads a path.
    ///
    /// # Errors
    /// What is wrong, in a few words.
    pub(super) fn parse(written: &str) -> Result<Self, &'static str> {
        let mut rest = written;
        let mut steps = Vec::new();
        while !rest.is_empty() {
            let last = steps.last().map(|step: &Step<Test>| &step.test);
            if last.is_some_and(|test| !matches!(test, Test::Element(..))) {
                return Err(
                    "nothing follows an attribute, `text()`, `comment()` or `processing-instruction()`",
                );
            }
            let descends = rest.starts_with("//");
            rest = rest
                .strip_prefix("//")
                .or_else(|| rest.strip_prefix('/'))
                .ok_or("a path begins with `/` or `//`")?;
            let end = rest.find(['/', '[']).unwrap_or(rest.len());
            let (step, mut after) = rest.split_at(end);
            let mut test = match (step, step.strip_prefix('@')) {
                ("text()", _) => Test::Text,
                ("comment()", _) => Test::Comment,
                ("processing-instruction()", _) => Test::Instruction,
                (_, Some(attribute)) => Test::Attribute(name(attribute)?),
                (element, None) => Test::Element(name(element)?, Vec::new()),
            };
            while let Some(inner) = after.strip_prefix('[') {
                let Test::Element(_, predicates) = &mut test else {
                    return Err("only an element has attributes to ask for");
                };
                let (predicate, next) = predicate(inner)?;
                predicates.push(predicate);
                after = next;
            }
            steps.push(Step { descends, test });
            rest = after;
        }
        if steps.is_empty() { Err("a path begins with `/` or `//`") } else { Route::new(steps).map(Self) }
    }

    /// The positions after one more level.
    pub(super) fn step(&self, from: Positions, node: Node<'_>) -> Positions {
        self.0.step(from, |test| test.holds(node))
    }

    /// Whether the whole path has matched exactly here.
    pub(super) fn matches(&self, at: Positions) -> bool {
        self.0.matches(at)
    }

    /// How exact it is: more steps that say a name or a kind, then more attributes
    /// asked for, then fewer wildcards, then no descent.
    pub(super) fn rank(&self) -> [usize; 4] {
        let steps = self.0.steps();
        let any =
            steps.iter().filter(|s| matches!(s.test, Test::Element(None, _) | Test::Attribute(None))).count();
        let asked = steps.iter().map(|s| if let Test::Element(_, asked) = &s.test { asked.len() } else { 0 });
        let descents = steps.iter().filter(|step| step.descends).count();
        [steps.len() - any, asked.sum(), usize::MAX - any, usize::MAX - descents]
    }

    /// Whether some place of some document may match both.
    pub(super) fn meets(&self, other: &Self) -> bool {
        self.0.meets(&other.0, |one, two| match (one, two) {
            (Test::Element(one, asked), Test::Element(two, other)) => {
                let apart = asked.iter().any(|one| {
                    other.iter().any(|two| {
                        one.name == two.name
                            && one.value.is_some()
                            && two.value.is_some()
                            && one.value != two.value
                    })
                });
                (one.is_none() || two.is_none() || one == two) && !apart
            }
            (Test::Attribute(one), Test::Attribute(two)) => one.is_none() || two.is_none() || one == two,
            (one, two) => one == two,
        })
    }
}

impl Test {
    fn holds(&self, node: Node<'_>) -> bool {
        match (self, node) {
            (Self::Element(wanted, asked), Node::Element(name, attributes)) => {
                wanted.as_ref().is_none_or(|wanted| wanted == name)
                    && asked.iter().all(|p| p.holds(attributes))
            }
            (Self::Attribute(wanted), Node::Attribute(name)) => {
                wanted.as_ref().is_none_or(|wanted| wanted == name)
            }
            (Self::Text, Node::Text)
            | (Self::Comment, Node::Comment)
            | (Self::Instruction, Node::Instruction) => true,
            _ => false,
        }
    }
}

impl Predicate {
    fn holds(&self, attributes: &str) -> bool {
        Attributes(attributes).filter_map(Result::ok).filter(|(name, _)| *name == self.name).any(
            |(_, raw)| {
                self.value.as_ref().is_none_or(|wanted| {
                    let mut plain = String::new();
                    decode(raw, &mut plain).is_ok() && plain == *wanted
                })
            },
        )
    }
}

fn name(written: &str) -> Result<Option<String>, &'static str> {
    match written {
        "*" => Ok(None),
        "" => Err("a name is missing after `/`"),
        _ if written.contains(|c: char| c.is_ascii_whitespace() || "()[]{}=<>&|'\"*@!$,".contains(c)) => {
            Err("a step is a name, `*`, `@name`, `text()`, `comment()` or `processing-instruction()`")
        }
        "." | ".." => Err("a path goes down only"),
        _ => Ok(Some(written.to_owned())),
    }
}

fn predicate(inner: &str) -> Result<(Predicate, &str), &'static str> {
    let wrong = "brackets ask for an attribute: `[@type='email']` or `[@type]`";
    let inner = inner.trim_start().strip_prefix('@').ok_or(wrong)?;
    let end = inner.find(['=', ']']).ok_or("`]` is missing")?;
    let (attribute, rest) = inner.split_at(end);
    let name = name(attribute.trim())?.ok_or(wrong)?;
    let (value, rest) = match rest.strip_prefix('=') {
        None => (None, rest),
        Some(rest) => {
            let rest = rest.trim_start();
            let quote =
                rest.chars().next().filter(|c| matches!(c, '"' | '\'')).ok_or("a value stands in quotes")?;
            let (value, rest) =
                rest.get(1..).and_then(|rest| rest.split_once(quote)).ok_or("a quoted text doesn't end")?;
            (Some(value.to_owned()), rest)
        }
    };
    let rest = rest.trim_start().strip_prefix(']').ok_or("`]` is missing")?;
    Ok((Predicate { name, value }, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(path: &str, nodes: &[Node<'_>]) -> bool {
        let path = XmlPath::parse(path).unwrap();
        let end = nodes.iter().fold(Positions::START, |at, node| path.step(at, *node));
        path.matches(end)
    }

    #[test]
    fn each_form_of_a_step_matches_what_it_names() {
        let (a, b) = (Node::Element("a", ""), Node::Element("x:b", " type='e&amp;m' id=\"7\""));
        assert!(matches("/a", &[a]) && !matches("/a", &[b]) && !matches("/a", &[a, a]));
        assert!(matches("/a/x:b", &[a, b]) && matches("//x:b", &[a, b]) && matches("/*/*", &[a, b]));
        assert!(
            matches("//@id", &[a, Node::Attribute("id")]) && !matches("//@id", &[a, Node::Attribute("ids")])
        );
        assert!(matches("/a/@*", &[a, Node::Attribute("x")]) && !matches("/a/*", &[a, Node::Attribute("x")]));
        assert!(matches("//text()", &[a, Node::Text]) && matches("/a/comment()", &[a, Node::Comment]));
        assert!(matches("//processing-instruction()", &[Node::Instruction]));
        assert!(matches("//x:b[@type='e&m'][@id]/a", &[b, a]) && !matches("//*[@type='em']", &[a, b]));
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for bad in [
            "",
            "a",
            "/",
            "//",
            "/a/",
            "/a b",
            "/@id/a",
            "/a[1]",
            "/a[@b",
            "/a[@b=c]",
            "/a/..",
            "/text()/a",
            "/@a[@b]",
            "/a[@b='c'x]",
        ] {
            assert!(XmlPath::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_more_exact_and_the_meeting_are_known() {
        let path = |path: &str| XmlPath::parse(path).unwrap();
        assert!(path("/a/b").rank() > path("/a/*").rank() && path("/a/b").rank() > path("//b").rank());
        assert!(
            path("//b[@c]").rank() > path("//b").rank() && path("//b/text()").rank() > path("//b").rank()
        );
        for (one, two, meet) in [
            ("//a", "/b/a", true),
            ("//b[@t='x']/v", "//b[@t='y']/v", false),
            ("//b[@t='x']", "//b[@u]", true),
            ("//@id", "//@*", true),
            ("//a", "//@a", false),
        ] {
            assert_eq!(path(one).meets(&path(two)), meet, "{one} {two}");
        }
    }
}

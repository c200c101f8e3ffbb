//! What can be said beside a transformer's name.
//!
//! A [`Param`] is the definition; [`Params`] holds the values of one rule, already
//! checked against the definitions, so a getter for a parameter that is defined
//! with that kind never misses for a reason of the person's making.

use super::Decision;
use crate::diagnostic::Span;
use std::collections::BTreeMap;

/// The definition of a parameter.
#[derive(Clone, Copy, Debug)]
pub struct Param {
    /// As written in the rule.
    pub name: &'static str,
    /// What may be written.
    pub kind: ParamKind,
    /// Whether the rule is incomplete without it.
    pub required: bool,
    /// What holds when it is not written, for help; empty where nothing does.
    pub default: &'static str,
    /// One line for help, without a full stop.
    pub help: &'static str,
}

impl Param {
    /// An optional parameter.
    #[must_use]
    pub const fn optional(
        name: &'static str,
        kind: ParamKind,
        default: &'static str,
        help: &'static str,
    ) -> Self {
        Self { name, kind, required: false, default, help }
    }

    /// A parameter without which the rule is incomplete.
    #[must_use]
    pub const fn required(name: &'static str, kind: ParamKind, help: &'static str) -> Self {
        Self { name, kind, required: true, default: "", help }
    }
}

/// What may be written for a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamKind {
    /// A string.
    Text,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// `true` or `false`.
    Flag,
    /// A duration in words: `"30 days"`, `"12 hours"`.
    Duration,
    /// A string, number, boolean or date, given to the column as it is.
    Scalar,
    /// A string or a list of strings.
    TextList,
    /// A list of scalars.
    ScalarList,
    /// A list of numbers.
    NumberList,
    /// A rule: what may stand after `column = `.
    Rule,
    /// A table of rules by name or path.
    RuleMap,
}

/// The value of a parameter in a rule.
#[derive(Clone, Debug)]
pub enum ParamValue {
    /// A string, also for words.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction.
    Number(f64),
    /// A truth value.
    Flag(bool),
    /// Microseconds.
    Duration(i64),
    /// A list.
    List(Vec<ParamValue>),
    /// An inner rule.
    Rule(Box<Decision>),
    /// Inner rules by name or path, in the order of the file.
    RuleMap(Vec<(String, Span, Decision)>),
}

/// The parameters of one rule.
#[derive(Clone, Debug, Default)]
pub struct Params(BTreeMap<String, (ParamValue, Option<Span>)>);

impl Params {
    /// Adds a value and where it stands.
    pub fn insert(&mut self, name: impl Into<String>, value: ParamValue, span: Option<Span>) {
        self.0.insert(name.into(), (value, span));
    }

    /// The value as written, if it was.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&ParamValue> {
        self.0.get(name).map(|(value, _)| value)
    }

    /// Where it stands.
    #[must_use]
    pub fn span(&self, name: &str) -> Option<&Span> {
        self.0.get(name)?.1.as_ref()
    }

    /// Each name and value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &ParamValue)> {
        self.0.iter().map(|(name, (value, _))| (name.as_str(), value))
    }

    /// A string or word.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.get(name)? {
            ParamValue::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A whole number.
    #[must_use]
    pub fn integer(&self, name: &str) -> Option<i64> {
        match self.get(name)? {
            ParamValue::Integer(number) => Some(*number),
            _ => None,
        }
    }

    /// A number.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<f64> {
        match self.get(name)? {
            #[expect(clippy::cast_precision_loss, reason = "a parameter, not data")]
            ParamValue::Integer(number) => Some(*number as f64),
            ParamValue::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// A truth value.
    #[must_use]
    pub fn flag(&self, name: &str) -> Option<bool> {
        match self.get(name)? {
            ParamValue::Flag(truth) => Some(*truth),
            _ => None,
        }
    }

    /// A duration in microseconds.
    #[must_use]
    pub fn duration(&self, name: &str) -> Option<i64> {
        match self.get(name)? {
            ParamValue::Duration(micros) => Some(*micros),
            _ => None,
        }
    }

    /// A list of strings; a single string is a list of one.
    #[must_use]
    pub fn texts(&self, name: &str) -> Vec<&str> {
        match self.get(name) {
            Some(ParamValue::Text(text)) => vec![text],
            Some(ParamValue::List(list)) => list
                .iter()
                .filter_map(|item| match item {
                    ParamValue::Text(text) => Some(text.as_str()),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    /// A list's items.
    #[must_use]
    pub fn list(&self, name: &str) -> &[ParamValue] {
        match self.get(name) {
            Some(ParamValue::List(list)) => list,
            _ => &[],
        }
    }

    /// An inner rule.
    #[must_use]
    pub fn rule(&self, name: &str) -> Option<&Decision> {
        match self.get(name)? {
            ParamValue::Rule(decision) => Some(decision),
            _ => None,
        }
    }

    /// Inner rules by name or path.
    #[must_use]
    pub fn rules(&self, name: &str) -> &[(String, Span, Decision)] {
        match self.get(name) {
            Some(ParamValue::RuleMap(rules)) => rules,
            _ => &[],
        }
    }
}

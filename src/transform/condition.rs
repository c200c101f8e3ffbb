//! `when` and `otherwise`: which rows a rule holds for.
//!
//! Conditions see source values in their text form. A column that is NULL meets
//! `is_null` and no other test; `not` turns a test around, also for NULL.

use super::Masker;
use crate::format::{Output, Row, Unreadable, Value};
use regex::Regex;

/// A condition on the source values of a row.
#[derive(Clone, Debug)]
pub enum Condition {
    /// Every one holds.
    All(Vec<Condition>),
    /// At least one holds.
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// A test of one column, named as written; the masker's own value where `None`.
    Column(Option<String>, Test),
}

/// A test of one value.
#[derive(Clone, Debug)]
pub enum Test {
    /// Equal to one of these, in text form.
    In(Vec<String>),
    /// Matched somewhere by a regular expression.
    Matches(Regex),
    /// NULL, or not NULL.
    IsNull(bool),
}

impl Condition {
    /// The columns it reads.
    #[must_use]
    pub fn columns(&self) -> Vec<&str> {
        match self {
            Self::All(inner) | Self::Any(inner) => inner.iter().flat_map(Self::columns).collect(),
            Self::Not(inner) => inner.columns(),
            Self::Column(name, _) => name.as_deref().into_iter().collect(),
        }
    }
}

/// A condition with its columns looked up.
pub(super) enum Bound {
    All(Vec<Bound>),
    Any(Vec<Bound>),
    Not(Box<Bound>),
    Column(Option<usize>, Test),
}

impl Bound {
    fn holds(&self, own: Option<Value<'_>>, row: &Row<'_>) -> Result<bool, Unreadable> {
        match self {
            Self::All(inner) => {
                for condition in inner {
                    if !condition.holds(own, row)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Self::Any(inner) => {
                for condition in inner {
                    if condition.holds(own, row)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Self::Not(inner) => Ok(!inner.holds(own, row)?),
            Self::Column(column, test) => test.holds(column.map_or(own, |c| row.value(c))),
        }
    }
}

impl Test {
    fn holds(&self, value: Option<Value<'_>>) -> Result<bool, Unreadable> {
        let Some(value) = value else { return Ok(matches!(self, Self::IsNull(true))) };
        match self {
            Self::IsNull(expected) => Ok(!expected),
            Self::In(list) => {
                let mut text = Vec::new();
                value.show(&mut text)?;
                Ok(list.iter().any(|item| item.as_bytes() == text.as_slice()))
            }
            Self::Matches(regex) => {
                let mut text = Vec::new();
                value.show(&mut text)?;
                Ok(std::str::from_utf8(&text).is_ok_and(|text| regex.is_match(text)))
            }
        }
    }
}

/// A masker that asks a condition first.
pub(super) struct Conditional {
    pub(super) when: Bound,
    pub(super) then: Box<dyn Masker>,
    pub(super) otherwise: Box<dyn Masker>,
}

impl Masker for Conditional {
    fn mask(&self, value: Value<'_>, row: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        let masker = if self.when.holds(Some(value), row)? { &self.then } else { &self.otherwise };
        masker.mask(value, row, out)
    }
}

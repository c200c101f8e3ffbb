//! `when` and `otherwise`: which rows a rule holds for.
//!
//! Conditions see source values in their text form. A column that is NULL meets
//! `is_null` and no other test; `not` turns a test around, also for NULL.

use super::{Masker, canonical, casing, literal};
use crate::diagnostic::Diagnostic;
use crate::format::{Output, Row, Unreadable, Value, Wire};
use crate::schema::DataType;
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
    /// The same whatever the case, in small letters once it is bound: for `citext`.
    InFolded(Vec<String>),
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
    /// With the written values in the form in which the column shows them: `1.50` for
    /// `1.5` in a `numeric(6,2)`. What is no value of the type would never be met.
    pub(super) fn into_form_of(self, data_type: &DataType, wire: Wire) -> Result<Self, Diagnostic> {
        let Self::In(list) = self else { return Ok(self) };
        let shown = |text: String| {
            let (mut raw, mut shown) = (Vec::new(), Vec::new());
            literal::encode(&text, data_type, wire, &mut raw).map_err(|problem| {
                Diagnostic::error(problem).help("no row would ever meet this condition")
            })?;
            let value = Value { raw: &raw, data_type, wire };
            Ok(value.show(&mut shown).ok().and_then(|()| String::from_utf8(shown).ok()).unwrap_or(text))
        };
        let list = list.into_iter().map(shown).collect::<Result<Vec<_>, Diagnostic>>()?;
        let small = |text: String| text.chars().map(casing::lower).collect();
        Ok(if is_citext(data_type) {
            Self::InFolded(list.into_iter().map(small).collect())
        } else {
            Self::In(list)
        })
    }

    fn holds(&self, value: Option<Value<'_>>) -> Result<bool, Unreadable> {
        let Some(value) = value else { return Ok(matches!(self, Self::IsNull(true))) };
        if let Self::IsNull(expected) = self {
            return Ok(!expected);
        }
        canonical::with(|shown| {
            value.show(shown)?;
            let text = || std::str::from_utf8(shown);
            Ok(match self {
                Self::IsNull(_) => false,
                Self::In(list) => list.iter().any(|item| item.as_bytes() == shown.as_slice()),
                Self::InFolded(list) => {
                    let text = text().unwrap_or_default();
                    list.iter().any(|item| item.chars().eq(text.chars().map(casing::lower)))
                }
                Self::Matches(regex) => text().is_ok_and(|text| regex.is_match(text)),
            })
        })
    }
}

fn is_citext(data_type: &DataType) -> bool {
    data_type.base().name.rsplit('.').next() == Some("citext")
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

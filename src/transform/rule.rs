//! A rule as a person wrote it, with its parameters checked.

use super::{Condition, Params, Transformer};
use crate::diagnostic::Span;
use std::fmt;

/// What a person decided for a column, a path or an element.
#[derive(Clone, Debug)]
pub enum Decision {
    /// The value travels as it is.
    Keep,
    /// NULL in its place.
    Null,
    /// The row or the document is refused; only inside structures, as a default.
    Refuse,
    /// An expression sets the column on the build; only for whole columns.
    Remake(String),
    /// A transformer masks it.
    Mask(Box<Rule>),
}

impl Decision {
    /// The rule of a mask.
    #[must_use]
    pub fn rule(&self) -> Option<&Rule> {
        match self {
            Self::Mask(rule) => Some(rule),
            _ => None,
        }
    }
}

/// A transformer and all that was written beside it.
#[derive(Clone)]
pub struct Rule {
    /// The transformer.
    pub with: &'static dyn Transformer,
    /// Its parameters.
    pub params: Params,
    /// The columns of the same row that say whom the value is about.
    pub by: Vec<String>,
    /// The domain in place of the transformer's own.
    pub domain: Option<String>,
    /// When the rule holds; otherwise `otherwise` does.
    pub when: Option<Condition>,
    /// What holds for the other rows.
    pub otherwise: Option<Box<Decision>>,
    /// Where it stands.
    pub span: Span,
}

impl Rule {
    /// How many rows must have a value before the rule may draw it again; `None`
    /// for a rule that draws from no values of the column.
    #[must_use]
    pub fn least_common(&self) -> Option<u32> {
        self.with.least_common(&self.params)
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rule({})", self.with.name())
    }
}

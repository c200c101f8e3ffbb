//! The plan for the large objects.

use super::table::{Given, TablePlan};
use crate::diagnostic::Diagnostic;
use crate::format::Wire;
use crate::rules::{self, Decided, Rows, TableRules};
use std::sync::Arc;

/// What becomes of the large objects.
#[derive(Clone, Debug)]
pub enum LargeObjects {
    /// They do not travel.
    None,
    /// They travel as they are.
    Keep,
    /// Each is masked as the one value of a row.
    Mask(Arc<TablePlan>),
}

impl LargeObjects {
    pub(super) fn new(decided: &rules::LargeObjects, given: &Given<'_>) -> Result<Self, Vec<Diagnostic>> {
        let rule = match decided {
            rules::LargeObjects::None => return Ok(Self::None),
            rules::LargeObjects::Keep => return Ok(Self::Keep),
            rules::LargeObjects::Mask(rule) => (**rule).clone(),
        };
        let shape = rules::LargeObjects::shape();
        let only = TableRules { rows: Rows::All, columns: vec![Decided::Mask(rule)] };
        // Whatever form tables are shown in, a large object is the bytes it is.
        let given = Given { wire: Some(Wire::Binary), decisions: &|_| None, ..*given };
        Ok(Self::Mask(Arc::new(TablePlan::new(&shape, 0, &only, &given)?)))
    }

    /// The transformer that masks them.
    #[must_use]
    pub fn transformer(&self) -> Option<&'static str> {
        match self {
            Self::Mask(plan) => plan.transformers.first().copied().flatten(),
            Self::None | Self::Keep => None,
        }
    }

    /// The word for reports.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Keep => "keep",
            Self::Mask(_) => "mask",
        }
    }
}

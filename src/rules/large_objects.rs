//! `large_objects = …`: whether they travel, and masked how.
//!
//! A large object is taken for one value of type `bytea`; its number stays as it is,
//! so that the columns that hold it stay true.

use super::decision::Place;
use super::fit;
use super::reader::{Reader, Registry};
use crate::diagnostic::{Diagnostic, Span};
use crate::schema::{Column, ColumnId, DataType, Name, Scalar, Schema, Table};
use crate::transform::{Decision, Rule};
use toml_edit::Item;

/// What becomes of the large objects.
#[derive(Clone, Debug)]
pub enum LargeObjects {
    /// They do not travel: the default.
    None,
    /// They travel as they are.
    Keep,
    /// They travel masked.
    Mask(Box<Rule>),
}

impl LargeObjects {
    /// One value's home, for what is bound to a column: a table of one `bytea`.
    #[must_use]
    pub fn shape() -> Schema {
        let data =
            Column { not_null: true, ..Column::of("data", DataType::scalar_of("bytea", Scalar::Bytea)) };
        let table = Table::of(Name::new("pg_catalog", "pg_largeobject"), vec![data]);
        Schema { tables: vec![table], ..Schema::default() }
    }

    /// Reports a mask that large objects can't take.
    pub(super) fn check(&self, registry: Registry, problems: &mut Vec<Diagnostic>) {
        let Self::Mask(rule) = self else { return };
        let (shape, id) = (Self::shape(), ColumnId { table: 0, column: 0 });
        let mut found: Vec<_> = fit::types(registry, &shape, id, rule).into_iter().collect();
        found.extend(fit::not_null(&shape, id, &super::Decided::Mask((**rule).clone())));
        fit::siblings(&shape, id, rule, &mut found);
        problems.extend(found.into_iter().map(|problem| problem.or_at(&rule.span)));
    }
}

impl Reader {
    pub(super) fn large_objects(&mut self, item: &Item, span: &Span) -> Option<LargeObjects> {
        if item.as_str() == Some("none") {
            return Some(LargeObjects::None);
        }
        match self.decision(item, span, Place::Otherwise)? {
            Decision::Keep => Some(LargeObjects::Keep),
            Decision::Mask(rule) => Some(LargeObjects::Mask(rule)),
            _ => {
                let problem = Diagnostic::error("a large object can't be NULL").at(span, "");
                self.problem(problem.help("write `large_objects = \"none\"`, `\"keep\"` or `\"bytes\"`"));
                None
            }
        }
    }
}

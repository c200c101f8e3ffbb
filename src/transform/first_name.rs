//! `first_name`: a first name from `fake`'s tables.
//!
//! The one of the row's invented person; without `by` the value decides.
//! Consistent, not injective. The empty text stays empty.

use super::name::{self, Part};
use super::{Binding, Bound, Capacity, Example, Param, Params, Promises, Transformer};
use crate::diagnostic::Diagnostic;
use crate::schema::DataType;

/// See the module.
pub(super) struct FirstName;

impl Transformer for FirstName {
    fn name(&self) -> &'static str {
        "first_name"
    }

    fn summary(&self) -> &'static str {
        "Invent a first name"
    }

    fn params(&self) -> &'static [Param] {
        name::PARAMS
    }

    fn accepts(&self, data_type: &DataType) -> bool {
        data_type.is_text()
    }

    fn promises(&self) -> Promises {
        Promises::USUAL
    }

    fn capacity(&self, _: &DataType, _: &Params) -> Capacity {
        Capacity::Random { bits: name::bits(Part::First) }
    }

    fn example(&self) -> Example {
        Example { rule: "{ with = \"first_name\", by = \"id\" }", data_type: "text", input: "Ann" }
    }

    fn bind(&self, at: &mut Binding<'_>, params: &Params) -> Result<Bound, Diagnostic> {
        name::bind(Part::First, "first_name", at, params)
    }
}

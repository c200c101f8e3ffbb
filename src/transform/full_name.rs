//! `full_name`: first and last name of one invented person.
//!
//! For one identity these are exactly what `first_name` and `last_name` give,
//! in the order the locale writes them; an initial where the column is short.
//! Consistent, not injective. The empty text stays empty.

use super::name::{self, Part};
use super::{Binding, Bound, Capacity, Example, Param, Params, Promises, Transformer};
use crate::diagnostic::Diagnostic;
use crate::schema::DataType;

/// See the module.
pub(super) struct FullName;

impl Transformer for FullName {
    fn name(&self) -> &'static str {
        "full_name"
    }

    fn summary(&self) -> &'static str {
        "Invent a person's name, first and last"
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
        Capacity::Random { bits: name::bits(Part::Full) }
    }

    fn example(&self) -> Example {
        Example { rule: "{ with = \"full_name\", by = \"id\" }", data_type: "text", input: "Ann Smith" }
    }

    fn bind(&self, at: &mut Binding<'_>, params: &Params) -> Result<Bound, Diagnostic> {
        name::bind(Part::Full, "full_name", at, params)
    }
}

//! `postcode`: a postcode in the form of its country.
//!
//! Drawn from real public geography of the locale's country (see `place_table`);
//! with `by` all of an identity's columns are about one place. Not injective.
//! The empty text stays empty.

use super::place::{self, Part};
use super::{Binding, Bound, Capacity, Example, Param, Params, Promises, Transformer};
use crate::diagnostic::Diagnostic;
use crate::schema::DataType;

/// See the module.
pub(super) struct Postcode;

impl Transformer for Postcode {
    fn name(&self) -> &'static str {
        "postcode"
    }

    fn summary(&self) -> &'static str {
        "Invent a postcode"
    }

    fn params(&self) -> &'static [Param] {
        place::PARAMS
    }

    fn accepts(&self, data_type: &DataType) -> bool {
        data_type.is_text()
    }

    fn promises(&self) -> Promises {
        Promises { reveals: Some(place::REVEALS), ..Promises::USUAL }
    }

    fn capacity(&self, _: &DataType, _: &Params) -> Capacity {
        Capacity::Few
    }

    fn example(&self) -> Example {
        Example { rule: "{ with = \"postcode\", by = \"id\" }", data_type: "text", input: "90210" }
    }

    fn bind(&self, at: &mut Binding<'_>, params: &Params) -> Result<Bound, Diagnostic> {
        place::bind(Part::Postcode, at, params)
    }
}

//! `city`: a city.
//!
//! Drawn from real public geography of the locale's country (see `place_table`);
//! with `by` all of an identity's columns are about one place. Not injective.
//! The empty text stays empty.

use super::place::{self, Part};
use super::{Binding, Bound, Capacity, Example, Param, Params, Promises, Transformer};
use crate::diagnostic::Diagnostic;
use crate::schema::DataType;

/// See the module.
pub(super) struct City;

impl Transformer for City {
    fn name(&self) -> &'static str {
        "city"
    }

    fn summary(&self) -> &'static str {
        "Choose a city"
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
        Example { rule: "{ with = \"city\", by = \"id\" }", data_type: "text", input: "Springfield" }
    }

    fn bind(&self, at: &mut Binding<'_>, params: &Params) -> Result<Bound, Diagnostic> {
        place::bind(Part::City, at, params)
    }
}

//! `sentence`: a sentence of the locale's language.
//!
//! About as long as the input (see `prose`), and about nothing: it is put together
//! from our own lists. Consistent, not injective. The empty text stays empty.

use super::{Binding, Bound, Capacity, Example, Param, Params, Promises, Transformer, locale, prose};
use crate::diagnostic::Diagnostic;
use crate::schema::DataType;

/// See the module.
pub(super) struct Sentence;

impl Transformer for Sentence {
    fn name(&self) -> &'static str {
        "sentence"
    }

    fn summary(&self) -> &'static str {
        "Invent a sentence about as long as the input"
    }

    fn params(&self) -> &'static [Param] {
        const PARAMS: &[Param] = &[locale::PARAM];
        PARAMS
    }

    fn accepts(&self, data_type: &DataType) -> bool {
        data_type.is_text()
    }

    fn promises(&self) -> Promises {
        Promises::USUAL
    }

    fn capacity(&self, _: &DataType, _: &Params) -> Capacity {
        Capacity::Few
    }

    fn example(&self) -> Example {
        Example {
            rule: "\"sentence\"",
            data_type: "text",
            input: "Please call Ann Smith about the late parcel.",
        }
    }

    fn bind(&self, at: &mut Binding<'_>, params: &Params) -> Result<Bound, Diagnostic> {
        prose::bind("sentence", false, at, params)
    }
}

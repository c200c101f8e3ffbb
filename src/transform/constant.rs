//! `constant`: the same value everywhere.
//!
//! Such as a known password hash, so that testers can log in on staging. The value
//! is checked against the column's type when the rule is bound. A type whose
//! binary form we don't know (a composite, a range, a geometric type) makes its
//! table travel as text. NULL stays NULL.

use super::{
    Binding, Bound, Capacity, Example, Length, Masker, Param, ParamKind, Params, Promises, Transformer,
};
use super::{literal, wrong};
use crate::diagnostic::Diagnostic;
use crate::format::{Output, Row, Unreadable, Value};
use crate::schema::DataType;

/// See the module.
pub(super) struct Constant;

impl Transformer for Constant {
    fn name(&self) -> &'static str {
        "constant"
    }

    fn summary(&self) -> &'static str {
        "Write the same value everywhere"
    }

    fn params(&self) -> &'static [Param] {
        const PARAMS: &[Param] =
            &[Param::required("value", ParamKind::Scalar, "the value, as SQL would write it in quotes")];
        PARAMS
    }

    fn accepts(&self, data_type: &DataType) -> bool {
        let _ = data_type;
        true
    }

    fn promises(&self) -> Promises {
        Promises { length: Length::Fits, ..Promises::USUAL }
    }

    fn capacity(&self, _: &DataType, _: &Params) -> Capacity {
        Capacity::Few
    }

    fn example(&self) -> Example {
        Example { rule: "{ with = \"constant\", value = \"none\" }", data_type: "text", input: "anything" }
    }

    fn bind(&self, at: &mut Binding<'_>, params: &Params) -> Result<Bound, Diagnostic> {
        let text = params.get("value").and_then(literal::text_of);
        let text = text.ok_or_else(|| wrong(params, "value", "`constant` needs a `value`"))?;
        let mut bytes = Vec::new();
        literal::encode(&text, at.data_type, at.wire, &mut bytes)
            .map_err(|problem| wrong(params, "value", problem))?;
        Ok(Bound::cell(Same(bytes)))
    }
}

struct Same(Vec<u8>);

impl Masker for Same {
    fn mask(&self, _: Value<'_>, _: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        out.raw().extend_from_slice(&self.0);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::format::Wire;
    use crate::transform::fixture::Trial;

    #[test]
    fn every_value_becomes_the_one() {
        let ready = Trial::of(r#"{ with = "constant", value = 7 }"#).on("int4").bind().unwrap();
        assert_eq!((ready.text("1"), ready.text("2")), ("7".into(), "7".into()));
    }

    #[test]
    fn a_value_the_column_does_not_take_is_refused() {
        let refused = Trial::of(r#"{ with = "constant", value = "mauve" }"#).on("enum").bind().err().unwrap();
        assert_eq!(refused.message, "`mauve` is none of the 3 labels of `enum`");
        assert!(Trial::of(r#""constant""#).bind().is_err());
    }

    #[test]
    fn a_type_of_unknown_bytes_takes_one_in_text_form_only() {
        let trial = || Trial::of(r#"{ with = "constant", value = "(0,0)" }"#).on("box");
        assert_eq!(trial().text("(1,2),(0,0)"), "(0,0)");
        assert!(trial().wire(Wire::Binary).bind().is_err());
    }
}

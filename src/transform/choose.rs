//! `choose`: one of a list, chosen by the value or by `by`'s identity.
//!
//! The list is `values`, or an enum's own labels, or true and false; `weights` say
//! how often each comes. Without `values` each element of an array is chosen by
//! itself; `values` for an array are whole arrays. Equal values get equal choices.
//! As with `constant`, each
//! is checked against the column's type when the rule is bound.

use super::{
    Binding, Bound, Capacity, Example, Folding, Masker, Param, ParamKind, ParamValue, Params, Promises,
};
use super::{Seed, Transformer, literal, wrong};
use crate::diagnostic::Diagnostic;
use crate::format::{Output, Row, Unreadable, Value};
use crate::schema::{DataType, Form, Scalar};
use crate::secret::scale;

/// See the module.
pub(super) struct Choose;

impl Transformer for Choose {
    fn name(&self) -> &'static str {
        "choose"
    }

    fn summary(&self) -> &'static str {
        "Choose from a list, or from an enum's labels"
    }

    fn params(&self) -> &'static [Param] {
        const PARAMS: &[Param] = &[
            Param::optional("values", ParamKind::ScalarList, "the labels of an enum", "what to choose from"),
            Param::optional(
                "weights",
                ParamKind::NumberList,
                "all equal",
                "how often each value comes, in their order",
            ),
        ];
        PARAMS
    }

    fn accepts(&self, data_type: &DataType) -> bool {
        let _ = data_type;
        true
    }

    fn promises(&self) -> Promises {
        Promises::USUAL
    }

    fn capacity(&self, _: &DataType, _: &Params) -> Capacity {
        Capacity::Few
    }

    fn example(&self) -> Example {
        Example {
            rule: "{ with = \"choose\", values = [\"basic\", \"plus\"], weights = [9, 1] }",
            data_type: "text",
            input: "gold",
        }
    }

    fn bind(&self, at: &mut Binding<'_>, params: &Params) -> Result<Bound, Diagnostic> {
        let texts: Vec<String> = match (params.get("values"), &at.data_type.base().form) {
            (Some(_), _) => params.list("values").iter().filter_map(literal::text_of).collect(),
            (None, Form::Enum(labels)) => labels.to_vec(),
            (None, Form::Scalar(Scalar::Bool)) => ["true", "false"].map(String::from).to_vec(),
            (None, Form::Array(_)) => return super::each::bind_elements(at).map(Bound::Cell),
            (None, _) => {
                let problem = format!("`choose` needs `values` for a column of type `{}`", at.data_type.name);
                return Err(Diagnostic::error(problem).help("write `values = [\"…\", \"…\"]`"));
            }
        };
        if texts.is_empty() {
            return Err(wrong(params, "values", "`values` is empty"));
        }
        let mut values = Vec::with_capacity(texts.len());
        for text in &texts {
            let mut bytes = Vec::new();
            literal::encode(text, at.data_type, at.wire, &mut bytes)
                .map_err(|problem| wrong(params, "values", problem))?;
            values.push(bytes);
        }
        let bounds = bounds(params, values.len())?;
        Ok(Bound::cell(Chosen { values, bounds, seed: at.seed("choose", Folding::Exact)? }))
    }
}

/// The upper bound of each value's share of 2^32.
fn bounds(params: &Params, count: usize) -> Result<Vec<u64>, Diagnostic> {
    let weights: Vec<f64> = match params.get("weights") {
        None => vec![1.0; count],
        Some(_) => params.list("weights").iter().filter_map(number).collect(),
    };
    let total: f64 = weights.iter().sum();
    if weights.len() != count || !total.is_finite() || total <= 0.0 || weights.iter().any(|w| *w < 0.0) {
        let problem = format!("`weights` must be {count} numbers, none negative, not all 0");
        return Err(wrong(params, "weights", problem));
    }
    let mut sum = 0.0;
    let bounds = weights.iter().map(|weight| {
        sum += weight;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 2^32")]
        let bound = (sum / total * 2_f64.powi(32)).round() as u64;
        bound
    });
    Ok(bounds.collect())
}

fn number(value: &ParamValue) -> Option<f64> {
    match value {
        #[expect(clippy::cast_precision_loss, reason = "a weight")]
        ParamValue::Integer(number) => Some(*number as f64),
        ParamValue::Number(number) => Some(*number),
        _ => None,
    }
}

struct Chosen {
    values: Vec<Vec<u8>>,
    bounds: Vec<u64>,
    seed: Seed,
}

impl Masker for Chosen {
    fn mask(&self, value: Value<'_>, row: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        let drawn = scale(&self.seed.digest(value, row)?, 1 << 32);
        let place = self.bounds.iter().position(|bound| drawn < *bound).unwrap_or(0);
        out.raw().extend_from_slice(self.values.get(place).map_or(&[], Vec::as_slice));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::transform::fixture::Trial;

    #[test]
    fn an_enum_offers_its_own_labels() {
        let ready = Trial::of(r#""choose""#).on("enum").bind().unwrap();
        let labels = ["red", "green", "blue"];
        assert!(labels.iter().all(|label| labels.contains(&ready.text(label).as_str())));
        assert!(
            Trial::of(r#""choose""#).bind().is_err() && Trial::of(r#""choose""#).on("text[]").bind().is_err()
        );
        let chosen = Trial::of(r#""choose""#).on("enum[]").text("{red,NULL}");
        assert!(labels.iter().any(|label| chosen == format!("{{{label},NULL}}")), "{chosen}");
    }

    #[test]
    fn weights_say_how_often() {
        let rule = r#"{ with = "choose", values = ["a", "b", "c"], weights = [9, 1, 0] }"#;
        let ready = Trial::of(rule).bind().unwrap();
        let out: Vec<String> = (0..2000).map(|n| ready.text(&n.to_string())).collect();
        let count = |wanted: &str| out.iter().filter(|o| *o == wanted).count();
        assert!((140..260).contains(&count("b")) && count("c") == 0, "{}", count("b"));
    }

    #[test]
    fn weights_must_match_and_values_must_fit() {
        assert!(Trial::of(r#"{ with = "choose", values = ["a"], weights = [1, 2] }"#).bind().is_err());
        assert!(Trial::of(r#"{ with = "choose", values = ["a"], weights = [0] }"#).bind().is_err());
        assert!(Trial::of(r#"{ with = "choose", values = ["abc"] }"#).on("varchar(2)").bind().is_err());
        assert!(Trial::of(r#"{ with = "choose", values = [] }"#).bind().is_err());
    }
}

//! `sample`: a value drawn from the column's own common values.
//!
//! Values that at least `min_count` rows have (20 unless said) are counted inside
//! the snapshot, and each is drawn as often as it is there; rare values, which could
//! point at somebody, never come out. Equal values get equal draws; with `by`, each
//! identity gets one. Counting reads the column once on the source.

use super::{Binding, Bound, Capacity, Example, Folding, Masker, Param, ParamKind, Params, Promises};
use super::{Seed, Transformer, literal, wrong};
use crate::diagnostic::Diagnostic;
use crate::format::{Output, Row, Unreadable, Value};
use crate::schema::{DataType, Form, Scalar};
use crate::secret::scale;

/// How many rows must have a value, unless the rule says otherwise.
const COMMON: u32 = 20;

/// The least that a rule may say: a value of one row is that row's.
const LEAST: i64 = 2;

/// See the module.
pub(super) struct Sample;

impl Transformer for Sample {
    fn name(&self) -> &'static str {
        "sample"
    }

    fn summary(&self) -> &'static str {
        "Draw from the column's own common values, as often as they are there"
    }

    fn params(&self) -> &'static [Param] {
        const PARAMS: &[Param] = &[Param::optional(
            "min_count",
            ParamKind::Integer,
            "20",
            "how many rows must have a value before it may be drawn",
        )];
        PARAMS
    }

    fn accepts(&self, data_type: &DataType) -> bool {
        !matches!(data_type.base().form, Form::Composite(_))
            && !matches!(data_type.scalar(), Some(Scalar::Json | Scalar::Jsonb | Scalar::Xml))
    }

    fn promises(&self) -> Promises {
        Promises { reveals: Some("values that many rows have"), ..Promises::USUAL }
    }

    fn capacity(&self, _: &DataType, _: &Params) -> Capacity {
        Capacity::Few
    }

    fn least_common(&self, params: &Params) -> Option<u32> {
        let least = params.integer("min_count").and_then(|count| u32::try_from(count).ok());
        Some(least.unwrap_or(COMMON))
    }

    fn example(&self) -> Example {
        Example { rule: "{ with = \"sample\", by = \"id\" }", data_type: "text", input: "Lyon" }
    }

    fn bind(&self, at: &mut Binding<'_>, params: &Params) -> Result<Bound, Diagnostic> {
        if params.integer("min_count").is_some_and(|count| count < LEAST || u32::try_from(count).is_err()) {
            return Err(wrong(params, "min_count", format!("`min_count` must be {LEAST} or more")));
        }
        let least = u64::from(self.least_common(params).unwrap_or(COMMON));
        let Some(known) = at.frequencies.get(at.root()) else {
            return Err(Diagnostic::error(
                "`sample` draws from a whole column and can't stand inside a rule",
            ));
        };
        let mut values = Vec::new();
        let mut total = 0_u64;
        for (text, count) in known.iter().filter(|(_, count)| *count >= least) {
            let mut bytes = Vec::new();
            // The problem would show the value.
            literal::encode(text, at.data_type, at.wire, &mut bytes).map_err(|_| {
                Diagnostic::error(format!("`sample` can't write values of type `{}`", at.data_type.name))
                    .help("use `choose` with values of your own")
            })?;
            total = total.saturating_add(*count);
            values.push((total, bytes));
        }
        Ok(Bound::cell(Drawn { values, total, seed: at.seed("sample", Folding::Exact)? }))
    }
}

struct Drawn {
    /// Each value with the sum of the counts up to it.
    values: Vec<(u64, Vec<u8>)>,
    total: u64,
    seed: Seed,
}

impl Masker for Drawn {
    fn mask(&self, value: Value<'_>, row: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        let drawn = scale(&self.seed.digest(value, row)?, self.total);
        let at = self.values.partition_point(|(sum, _)| *sum <= drawn);
        let (_, bytes) = self.values.get(at).ok_or(Unreadable("no value of the column is common"))?;
        out.raw().extend_from_slice(bytes);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::transform::fixture::Trial;

    const CITIES: &[(&str, u64)] = &[("Lyon", 900), ("Nantes", 100), ("Plouha", 3)];

    #[test]
    fn common_values_come_as_often_as_they_are_there_and_rare_ones_never() {
        let ready = Trial::of(r#""sample""#).common(CITIES).bind().unwrap();
        let drawn: Vec<_> = (0..2000).map(|n| ready.text(&n.to_string())).collect();
        let count = |city: &str| drawn.iter().filter(|d| *d == city).count();
        assert!((1720..1880).contains(&count("Lyon")), "{}", count("Lyon"));
        assert_eq!(count("Lyon") + count("Nantes"), 2000);
    }

    #[test]
    fn a_value_of_few_rows_is_drawn_only_where_the_rule_says_so() {
        let ready = Trial::of(r#"{ with = "sample", min_count = 3 }"#).common(CITIES).bind().unwrap();
        assert!((0..4000).any(|n| ready.text(&n.to_string()) == "Plouha"));
        assert!(Trial::of(r#"{ with = "sample", min_count = 1 }"#).common(CITIES).bind().is_err());
    }
}

//! `boolean`: a keyed coin with a share of true.
//!
//! With `by`, one coin per identity and domain: two columns of one person agree
//! unless `domain` tells them apart. Without it the row's primary key decides, each
//! column for itself, since a value that is only true or false can decide nothing:
//! all trues would come out alike. Where the table has no primary key, and where
//! `by` is NULL, the value does decide.

use super::{Binding, Bound, Capacity, Example, Folding, Masker, Param, ParamKind, Params, Promises};
use super::{Seed, Transformer, wrong};
use crate::diagnostic::Diagnostic;
use crate::format::{Output, Row, Unreadable, Value};
use crate::schema::{DataType, KeyKind, Scalar};
use crate::secret::scale;

/// See the module.
pub(super) struct Boolean;

impl Transformer for Boolean {
    fn name(&self) -> &'static str {
        "boolean"
    }

    fn summary(&self) -> &'static str {
        "Throw a keyed coin with a share of true"
    }

    fn params(&self) -> &'static [Param] {
        const PARAMS: &[Param] =
            &[Param::optional("share", ParamKind::Number, "0.5", "how many are true, from 0 to 1")];
        PARAMS
    }

    fn accepts(&self, data_type: &DataType) -> bool {
        data_type.scalar() == Some(Scalar::Bool)
    }

    fn promises(&self) -> Promises {
        Promises::USUAL
    }

    fn capacity(&self, _: &DataType, _: &Params) -> Capacity {
        Capacity::Few
    }

    fn example(&self) -> Example {
        Example { rule: "{ with = \"boolean\", share = 0.8, by = \"id\" }", data_type: "bool", input: "f" }
    }

    fn bind(&self, at: &mut Binding<'_>, params: &Params) -> Result<Bound, Diagnostic> {
        let share = params.number("share").unwrap_or(0.5);
        if !(0.0..=1.0).contains(&share) {
            return Err(wrong(params, "share", "`share` is a part of all, from 0 to 1")
                .help("write `share = 0.3` for three of ten"));
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 2^32")]
        let bound = (share * 2_f64.powi(32)).round() as u64;
        Ok(Bound::cell(Coin { seed: seed(at)?, bound }))
    }
}

fn seed(at: &mut Binding<'_>) -> Result<Seed, Diagnostic> {
    let table = at.schema.table(at.column.table);
    let key = table.and_then(|table| table.keys.iter().find(|key| key.kind == KeyKind::Primary));
    let (Some(table), Some(key), true) = (table, key, at.rule.by.is_empty()) else {
        return at.seed("boolean", Folding::Exact);
    };
    let columns = key.columns.iter().filter_map(|column| table.columns.get(*column));
    let mut rule = at.rule.clone();
    rule.by = columns.map(|column| column.name.clone()).collect();
    let own = format!("boolean:{}", at.schema.describe(at.root()));
    at.with_rule(&rule).seed(&own, Folding::Exact)
}

struct Coin {
    seed: Seed,
    bound: u64,
}

impl Masker for Coin {
    fn mask(&self, value: Value<'_>, row: &Row<'_>, out: &mut Output<'_>) -> Result<(), Unreadable> {
        value.boolean()?;
        out.boolean(scale(&self.seed.own_digest(value, row)?, 1 << 32) < self.bound);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::schema::{KeyKind, KeyPart, UniqueKey};
    use crate::transform::fixture::Trial;

    fn of(rule: &str, id: u32) -> Trial {
        Trial::of(rule).on("bool").sibling("id", "int4", Some(id.to_string().as_bytes()))
    }

    fn trues(rule: &str) -> usize {
        (0..1000).filter(|id| of(rule, *id).text("f") == "t").count()
    }

    #[test]
    fn the_share_is_the_share_of_true() {
        let count = trues(r#"{ with = "boolean", share = 0.3, by = "id" }"#);
        assert!((250..350).contains(&count), "{count}");
        assert_eq!(trues(r#"{ with = "boolean", share = 0, by = "id" }"#), 0);
        assert_eq!(trues(r#"{ with = "boolean", share = 1, by = "id" }"#), 1000);
    }

    #[test]
    fn without_by_the_primary_key_decides_and_columns_differ() {
        let coin = |name: &str, id: u32| {
            let mut trial = of(r#""boolean""#, id);
            let table = &mut trial.schema.tables[0];
            table.columns[0].name = name.into();
            table.keys.push(UniqueKey {
                name: "people_pkey".into(),
                kind: KeyKind::Primary,
                columns: vec![1],
                parts: vec![KeyPart::Column(1)],
                predicate: None,
                operators: Vec::new(),
                nulls_not_distinct: false,
            });
            assert_eq!(trial.text("t"), trial.text("f"));
            trial.text("t")
        };
        let agree = (0..400).filter(|id| coin("active", *id) == coin("admin", *id)).count();
        assert!((150..250).contains(&agree), "{agree}");
        assert_eq!(coin("active", 7), coin("active", 7));
    }

    #[test]
    fn a_share_that_is_none_is_refused() {
        for share in ["30", "-0.1", "1.01"] {
            let rule = format!(r#"{{ with = "boolean", share = {share} }}"#);
            assert!(Trial::of(&rule).on("bool").bind().is_err(), "{share}");
        }
    }
}

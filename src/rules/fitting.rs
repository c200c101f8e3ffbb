//! Which masks would keep a key unique: what is refused names what to write instead.

use super::distinct::{self, Comparison};
use super::reader::Registry;
use super::spelling;
use super::trial;
use super::unique::TOLERATED;
use crate::diagnostic::{SourceFile, Span};
use crate::schema::{ColumnId, Schema};
use crate::transform::{Param, ParamKind, ParamValue, Params, Rule, Transformer};
use std::sync::Arc;

/// Parameters that make some transformers one to one.
const STRICT: [(&str, &str); 2] = [("range", "valid"), ("on_other", "refuse")];

/// What to write for a column whose `rows` values must stay distinct, where `now` is
/// the rule it has.
pub(super) fn help(
    registry: Registry,
    schema: &Schema,
    id: ColumnId,
    now: Option<&Rule>,
    rows: u64,
    how: Comparison,
) -> String {
    let name = schema.describe(id);
    let Some(column) = schema.column(id) else { return "write `\"keep\"`".to_owned() };
    // Values follow their key's, which is the column to decide on.
    let at = super::follow::deciding(schema, id);
    let data_type = schema.column(at).map_or(&column.data_type, |root| &root.data_type);
    let fits = |rule: &Rule| {
        let capacity = distinct::of_transformer(rule.with, data_type, &rule.params, how);
        capacity.is_some_and(|capacity| capacity.collision_odds(rows) < TOLERATED)
            && trial::binds(schema, at, rule)
    };
    let room = data_type.max_chars();
    let found =
        registry.iter().filter_map(|with| candidates(*with, room, now).into_iter().find(|rule| fits(rule)));
    let rules: Vec<_> = found.map(|rule| spelling::rule(&rule)).collect();
    let written: Vec<_> = rules.iter().map(|rule| rule.trim_matches('"')).collect();
    if written.is_empty() {
        format!("no transformer has enough outputs for `{}`: write `\"keep\"` for `{name}`", data_type.name)
    } else {
        format!("for `{name}` these have enough outputs: {}", super::reference::listed(&written))
    }
}

/// A transformer as the rule has it now, by its name alone, and as long as the column
/// takes.
fn candidates(with: &'static dyn Transformer, room: Option<usize>, now: Option<&Rule>) -> Vec<Rule> {
    let has = |name: &str| with.params().iter().any(|param| param.name == name);
    let said = now.filter(|rule| rule.with.name() == with.name()).map(|rule| rule.params.clone());
    let mut all = Vec::new();
    let strict = |params: &Params, (name, word): (&str, &str)| {
        let mut params = params.clone();
        params.insert(name, ParamValue::Text(word.to_owned()), None);
        params
    };
    let takes = |(name, word): (&str, &str)| {
        let is = |param: &Param| {
            param.name == name && matches!(param.kind, ParamKind::Word(words) if words.contains(&word))
        };
        with.params().iter().any(is)
    };
    if let Some(said) = &said {
        all.extend(STRICT.into_iter().filter(|one| takes(*one)).map(|one| strict(said, one)));
    }
    if with.params().iter().all(|param| !param.required) {
        all.push(Params::default());
        let plain = Params::default();
        all.extend(STRICT.into_iter().filter(|one| takes(*one)).map(|one| strict(&plain, one)));
    }
    if let Some(room) = room.and_then(|room| i64::try_from(room).ok())
        && has("length")
        && has("alphabet")
    {
        let mut params = Params::default();
        params.insert("length", ParamValue::Integer(room), None);
        all.push(params.clone());
        params.insert("alphabet", ParamValue::Text("base62".to_owned()), None);
        all.push(params);
    }
    let span = Span {
        file: Arc::new(SourceFile { name: "masque:proposal".to_owned(), text: String::new() }),
        range: 0..0,
    };
    let rule = |params| Rule {
        with,
        params,
        by: Vec::new(),
        domain: None,
        when: None,
        otherwise: None,
        span: span.clone(),
    };
    all.into_iter().map(rule).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Column, DataType, Name, Scalar, Table};
    use crate::transform::ALL;

    fn of(room: u32, how: Comparison) -> String {
        of_rule(room, how, None)
    }

    fn of_rule(room: u32, how: Comparison, now: Option<&Rule>) -> String {
        let data_type = DataType::scalar_of(format!("varchar({room})"), Scalar::Varchar(Some(room)));
        let column = Column { not_null: true, ..Column::of("code", data_type) };
        let table = Table { estimated_rows: 100_000, ..Table::of(Name::new("public", "t"), vec![column]) };
        let schema = Schema { tables: vec![table], ..Schema::default() };
        help(ALL, &schema, ColumnId { table: 0, column: 0 }, now, 100_000, how)
    }

    #[test]
    fn four_characters_have_room_for_permutations_only() {
        let help = of(4, Comparison::Exact);
        assert!(
            help.contains("`letters`") && !help.contains("token") && !help.contains("`username`"),
            "{help}"
        );
    }

    #[test]
    fn twelve_characters_have_room_for_a_token_of_that_length_but_for_no_address() {
        let help = of(12, Comparison::Exact);
        assert!(help.contains("{ with = \"token\", length = 12 }") && help.contains("`username`"), "{help}");
        assert!(!help.contains("`email`"), "{help}");
        let ten = of(10, Comparison::Exact);
        assert!(ten.contains("alphabet = \"base62\""), "{ten}");
        assert!(!of(10, Comparison::Folded).contains("base62"), "case is no room where it does not count");
    }
    #[test]
    fn a_parameter_that_makes_a_transformer_one_to_one_is_named() {
        let help = of(20, Comparison::Exact);
        assert!(help.contains(r#"{ with = "national_id", range = "valid" }"#), "{help}");
        assert!(!help.contains("pattern"), "{help}");
        let with = ALL.iter().find(|with| with.name() == "pattern").copied().unwrap();
        let mut now = candidates(with, None, None).remove(0);
        now.params.insert("pattern", ParamValue::Text("AA-####".to_owned()), None);
        let help = of_rule(20, Comparison::Exact, Some(&now));
        assert!(help.contains(r#"{ with = "pattern", on_other = "refuse", pattern = "AA-####" }"#), "{help}");
    }
}

//! Which masks would keep a key unique: what is refused names what to write instead.

use super::distinct::{self, Comparison};
use super::reader::Registry;
use super::spelling;
use super::trial;
use super::unique::TOLERATED;
use crate::diagnostic::{SourceFile, Span};
use crate::schema::{ColumnId, Schema};
use crate::transform::{ParamValue, Params, Rule, Transformer};
use std::sync::Arc;

/// What to write for a column whose `rows` values must stay distinct.
pub(super) fn help(registry: Registry, schema: &Schema, id: ColumnId, rows: u64, how: Comparison) -> String {
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
        registry.iter().filter_map(|with| candidates(*with, room).into_iter().find(|rule| fits(rule)));
    let rules: Vec<_> = found.map(|rule| spelling::rule(&rule)).collect();
    let written: Vec<_> = rules.iter().map(|rule| rule.trim_matches('"')).collect();
    if written.is_empty() {
        format!("no transformer has enough outputs for `{}`: write `\"keep\"` for `{name}`", data_type.name)
    } else {
        format!("for `{name}` these have enough outputs: {}", super::reference::listed(&written))
    }
}

/// A transformer by its name alone, and as long as the column takes.
fn candidates(with: &'static dyn Transformer, room: Option<usize>) -> Vec<Rule> {
    let has = |name: &str| with.params().iter().any(|param| param.name == name);
    let mut all = Vec::new();
    if with.params().iter().all(|param| !param.required) {
        all.push(Params::default());
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
    use crate::schema::{Column, DataType, Name, Scalar, Table, TableKind};
    use crate::transform::ALL;

    fn of(room: u32, how: Comparison) -> String {
        let data_type = DataType::scalar_of(format!("varchar({room})"), Scalar::Varchar(Some(room)));
        let column = Column {
            name: "code".to_owned(),
            data_type,
            not_null: true,
            generated: false,
            sequence: None,
            estimated_distinct: None,
        };
        let table = Table {
            oid: 1,
            name: Name::new("public", "t"),
            kind: TableKind::Ordinary,
            columns: vec![column],
            keys: Vec::new(),
            parent: None,
            partition_key: Vec::new(),
            inherits: Vec::new(),
            extension: None,
            estimated_rows: 100_000,
            pages: 0,
            bytes: 0,
            row_security: false,
        };
        let schema = Schema { tables: vec![table], ..Schema::default() };
        help(ALL, &schema, ColumnId { table: 0, column: 0 }, 100_000, how)
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
}

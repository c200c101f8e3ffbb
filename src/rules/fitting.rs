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

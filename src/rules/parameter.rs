//! Parameters against their definitions.

use super::decision::Place;
use super::reader::{Reader, entries, kind_of, one_of};
use crate::diagnostic::{Diagnostic, Span};
use crate::format::duration;
use crate::transform::{Param, ParamKind, ParamValue};
use toml_edit::{Item, Value};

/// A value and where it stands.
pub(super) struct Written<'a> {
    pub(super) item: &'a Item,
    pub(super) span: &'a Span,
}

impl Reader {
    /// Reads a parameter's value; `None` where a problem was noted.
    pub(super) fn parameter(&mut self, param: &Param, at: &Written<'_>) -> Option<ParamValue> {
        let item = at.item;
        let value = match param.kind {
            ParamKind::Text => item.as_str().map(|text| ParamValue::Text(text.to_owned())),
            ParamKind::Word(words) => return self.word(param, words, at),
            ParamKind::Integer => item.as_integer().map(ParamValue::Integer),
            ParamKind::Number => item.as_value().and_then(number),
            ParamKind::Flag => item.as_bool().map(ParamValue::Flag),
            ParamKind::Duration => return self.duration(param, at),
            ParamKind::Scalar => item.as_value().and_then(scalar),
            ParamKind::TextList => match item.as_str() {
                Some(text) => Some(ParamValue::Text(text.to_owned())),
                None => list(item, |value| value.as_str().map(|text| ParamValue::Text(text.to_owned()))),
            },
            ParamKind::ScalarList => list(item, scalar),
            ParamKind::NumberList => list(item, number),
            ParamKind::Rule => {
                let decision = self.decision(item, at.span, Place::Inner)?;
                return Some(ParamValue::Rule(Box::new(decision)));
            }
            ParamKind::RuleMap => return self.rule_map(param, at),
        };
        if value.is_none() {
            self.wrong(param, at);
        }
        value
    }

    fn wrong(&mut self, param: &Param, at: &Written<'_>) {
        let (kind, sample) = expected(param.kind);
        let message = format!("`{}` is {kind}, not {}", param.name, kind_of(at.item));
        let help = format!("write `{} = {sample}`: {}", param.name, param.help);
        self.problem(Diagnostic::error(message).at(at.span, "").help(help));
    }

    fn word(&mut self, param: &Param, words: &[&str], at: &Written<'_>) -> Option<ParamValue> {
        let Some(word) = at.item.as_str() else {
            self.wrong(param, at);
            return None;
        };
        if words.contains(&word) {
            return Some(ParamValue::Text(word.to_owned()));
        }
        let message = format!("`{}` can't be `{word}`", param.name);
        self.problem(Diagnostic::error(message).at(at.span, "unknown").help(one_of(word, words)));
        None
    }

    fn duration(&mut self, param: &Param, at: &Written<'_>) -> Option<ParamValue> {
        let Some(written) = at.item.as_str() else {
            self.wrong(param, at);
            return None;
        };
        match duration::parse(written) {
            Ok(micros) => Some(ParamValue::Duration(micros)),
            Err(help) => {
                let message = format!("`{}` is no duration", param.name);
                self.problem(Diagnostic::error(message).at(at.span, "").help(help));
                None
            }
        }
    }

    fn rule_map(&mut self, param: &Param, at: &Written<'_>) -> Option<ParamValue> {
        let Some(table) = at.item.as_table_like() else {
            self.wrong(param, at);
            return None;
        };
        let mut sound = true;
        let mut rules = Vec::new();
        for (key, item) in entries(table) {
            let span = self.item_span(key, item);
            match self.decision(item, &span, Place::Inner) {
                Some(decision) => rules.push((key.get().to_owned(), self.span(key.span()), decision)),
                None => sound = false,
            }
        }
        sound.then_some(ParamValue::RuleMap(rules))
    }
}

/// What is expected, and what it looks like.
fn expected(kind: ParamKind) -> (&'static str, &'static str) {
    match kind {
        ParamKind::Text => ("a string", "\"…\""),
        ParamKind::Word(_) => ("a word in quotes", "\"…\""),
        ParamKind::Integer => ("a whole number", "1"),
        ParamKind::Number => ("a number", "0.5"),
        ParamKind::Flag => ("true or false", "true"),
        ParamKind::Duration => ("a duration in quotes", "\"30 days\""),
        ParamKind::Scalar => ("a string, a number, a truth value or a date", "\"…\""),
        ParamKind::TextList => ("a string or a list of strings", "[\"…\", \"…\"]"),
        ParamKind::ScalarList => ("a list of values", "[\"…\", \"…\"]"),
        ParamKind::NumberList => ("a list of numbers", "[1, 2]"),
        ParamKind::Rule => ("a rule", "\"null\""),
        ParamKind::RuleMap => ("a table of rules", "{ \"…\" = \"null\" }"),
    }
}

fn number(value: &Value) -> Option<ParamValue> {
    match value {
        Value::Integer(number) => Some(ParamValue::Integer(*number.value())),
        Value::Float(number) if number.value().is_finite() => Some(ParamValue::Number(*number.value())),
        _ => None,
    }
}

fn scalar(value: &Value) -> Option<ParamValue> {
    match value {
        Value::String(text) => Some(ParamValue::Text(text.value().clone())),
        Value::Boolean(truth) => Some(ParamValue::Flag(*truth.value())),
        Value::Datetime(date) => Some(ParamValue::Text(date.value().to_string())),
        value => number(value),
    }
}

fn list(item: &Item, one: impl Fn(&Value) -> Option<ParamValue>) -> Option<ParamValue> {
    item.as_array()?.iter().map(one).collect::<Option<Vec<_>>>().map(ParamValue::List)
}

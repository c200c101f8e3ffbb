//! `when = { column = "country", is = "DE" }`.

use super::reader::{Reader, entries};
use crate::diagnostic::{Diagnostic, Span};
use crate::transform::{Condition, Test};
use regex::Regex;
use toml_edit::{Item, Key, TableLike, Value};

const KEYS: &[&str] = &["column", "is", "in", "matches", "is_null", "not", "all", "any"];
const FORM: &str =
    "write `{ column = \"country\", is = \"DE\" }`; without `column` the value itself is tested";

impl Reader {
    /// Reads a condition; `None` where a problem was noted.
    pub(super) fn condition(&mut self, item: &Item, span: &Span) -> Option<Condition> {
        let table = self.table("a condition", item, span, FORM)?;
        let mut sound = true;
        for (key, _) in entries(table) {
            if !KEYS.contains(&key.get()) {
                self.unknown_key("a condition", key, KEYS);
                sound = false;
            }
        }
        if !sound {
            return None;
        }
        let tests: Vec<_> = entries(table).into_iter().filter(|(key, _)| key.get() != "column").collect();
        let [(key, test)] = tests.as_slice() else {
            let message = match tests.len() {
                0 => "this condition tests nothing",
                _ => "a condition makes one test",
            };
            let help = match tests.len() {
                0 => FORM,
                _ => "combine tests with `all = [{ … }, { … }]` or `any = [{ … }, { … }]`",
            };
            self.problem(Diagnostic::error(message).at(span, "").help(help));
            return None;
        };
        let at = self.item_span(key, test);
        match key.get() {
            "not" => {
                self.no_column(table, key)?;
                Some(Condition::Not(Box::new(self.condition(test, &at)?)))
            }
            "all" => {
                self.no_column(table, key)?;
                self.conditions(test, &at).map(Condition::All)
            }
            "any" => {
                self.no_column(table, key)?;
                self.conditions(test, &at).map(Condition::Any)
            }
            _ => {
                let column = match table.get_key_value("column") {
                    Some((key, item)) => {
                        let at = self.item_span(key, item);
                        Some(self.text("`column`", item, &at, "name a column of the same table")?)
                    }
                    None => None,
                };
                Some(Condition::Column(column, self.test(key, test, &at)?))
            }
        }
    }

    fn no_column(&mut self, table: &dyn TableLike, key: &Key) -> Option<()> {
        let Some((column, _)) = table.get_key_value("column") else { return Some(()) };
        let span = self.span(column.span());
        let message = format!("`column` can't stand beside `{}`", key.get());
        let help = format!("write it inside: `{} = {{ column = \"…\", is = \"…\" }}`", key.get());
        self.problem(Diagnostic::error(message).at(&span, "").help(help));
        None
    }

    fn conditions(&mut self, item: &Item, span: &Span) -> Option<Vec<Condition>> {
        let help = "write a list of conditions: `[{ column = \"a\", is = \"x\" }, { is_null = false }]`";
        let items: Vec<(Item, Span)> = match item {
            Item::Value(Value::Array(list)) => {
                list.iter().map(|value| (Item::Value(value.clone()), self.span(value.span()))).collect()
            }
            Item::ArrayOfTables(list) => {
                list.iter().map(|table| (Item::Table(table.clone()), self.span(table.span()))).collect()
            }
            _ => Vec::new(),
        };
        if items.is_empty() {
            self.wrong_kind("this is a list of conditions", item, span, help);
            return None;
        }
        let read: Vec<_> = items.iter().map(|(item, span)| self.condition(item, span)).collect();
        read.into_iter().collect()
    }

    fn test(&mut self, key: &Key, item: &Item, span: &Span) -> Option<Test> {
        match key.get() {
            "is" => {
                let text = item.as_value().and_then(shown);
                if text.is_none() {
                    let help = "write `is = \"DE\"`, or `in = [\"DE\", \"AT\"]` for several";
                    self.wrong_kind("`is` takes one value", item, span, help);
                }
                Some(Test::In(vec![text?]))
            }
            "in" => {
                let list =
                    item.as_array().and_then(|list| list.iter().map(shown).collect::<Option<Vec<_>>>());
                let list = list.filter(|list| !list.is_empty());
                if list.is_none() {
                    let help = "write `in = [\"DE\", \"AT\"]`";
                    self.wrong_kind("`in` takes a list of values", item, span, help);
                }
                list.map(Test::In)
            }
            "matches" => {
                let text = self.text("`matches`", item, span, "write a regular expression in quotes")?;
                let Ok(regex) = Regex::new(&text) else {
                    let help = "write it in single quotes, where a backslash means itself: `'^\\d+$'`; \
                                look-around and back-references are not known";
                    let message = "`matches` is no regular expression";
                    self.problem(Diagnostic::error(message).at(span, "").help(help));
                    return None;
                };
                Some(Test::Matches(regex))
            }
            _ => self.truth("`is_null`", item, span).map(Test::IsNull),
        }
    }
}

/// A value as the source would show it in text form.
fn shown(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.value().clone()),
        Value::Integer(number) => Some(number.value().to_string()),
        Value::Float(number) => Some(number.value().to_string()),
        Value::Boolean(truth) => Some(truth.value().to_string()),
        Value::Datetime(date) => Some(date.value().to_string()),
        _ => None,
    }
}

//! The hand that reads one file's TOML: places, problems, and plain values.

use crate::diagnostic::{Diagnostic, SourceFile, Span, nearest};
use crate::transform::Transformer;
use std::ops::Range;
use std::sync::Arc;
use toml_edit::{Item, Key, TableLike, Value};

/// The transformers a rule may name.
pub(super) type Registry = &'static [&'static dyn Transformer];

/// Reads one file and collects what is wrong with it.
pub(super) struct Reader {
    pub(super) file: Arc<SourceFile>,
    pub(super) registry: Registry,
    pub(super) problems: Vec<Diagnostic>,
}

impl Reader {
    pub(super) fn new(file: Arc<SourceFile>, registry: Registry) -> Self {
        Self { file, registry, problems: Vec::new() }
    }

    /// A place in this file; its beginning where the parser knows none.
    pub(super) fn span(&self, range: Option<Range<usize>>) -> Span {
        Span { file: Arc::clone(&self.file), range: range.unwrap_or(0..0) }
    }

    /// Where a value stands; an implicit table stands where its key does.
    pub(super) fn item_span(&self, key: &Key, item: &Item) -> Span {
        self.span(item.span().or_else(|| key.span()))
    }

    pub(super) fn problem(&mut self, problem: Diagnostic) {
        self.problems.push(problem);
    }

    /// Says that something else was expected here.
    pub(super) fn wrong_kind(&mut self, what: &str, found: &Item, span: &Span, help: &str) {
        let message = format!("{what}, not {}", kind_of(found));
        self.problem(Diagnostic::error(message).at(span, "").help(help));
    }

    /// A string that is not empty, or a problem.
    pub(super) fn text(&mut self, what: &str, item: &Item, span: &Span, help: &str) -> Option<String> {
        match item.as_str() {
            Some("") => {
                let message = format!("{what} is empty");
                self.problem(Diagnostic::error(message).at(span, "").help(help));
                None
            }
            Some(text) => Some(text.to_owned()),
            None => {
                self.wrong_kind(&format!("{what} is a string"), item, span, help);
                None
            }
        }
    }

    /// One string or a list of them, each with its place.
    pub(super) fn texts(
        &mut self,
        what: &str,
        item: &Item,
        span: &Span,
        help: &str,
    ) -> Option<Vec<(String, Span)>> {
        let Some(list) = item.as_array() else {
            return Some(vec![(self.text(what, item, span, help)?, span.clone())]);
        };
        let mut texts = Vec::new();
        for value in list {
            let at = self.span(value.span());
            texts.push((self.text(what, &Item::Value(value.clone()), &at, help)?, at));
        }
        if texts.is_empty() {
            self.problem(Diagnostic::error(format!("{what} is an empty list")).at(span, "").help(help));
            return None;
        }
        Some(texts)
    }

    pub(super) fn truth(&mut self, what: &str, item: &Item, span: &Span) -> Option<bool> {
        let truth = item.as_bool();
        if truth.is_none() {
            let help = "write `true` or `false`, without quotes";
            self.wrong_kind(&format!("{what} is true or false"), item, span, help);
        }
        truth
    }

    /// A table, inline or long, or a problem.
    pub(super) fn table<'i>(
        &mut self,
        what: &str,
        item: &'i Item,
        span: &Span,
        help: &str,
    ) -> Option<&'i dyn TableLike> {
        let table = item.as_table_like();
        if table.is_none() {
            self.wrong_kind(&format!("{what} is a table"), item, span, help);
        }
        table
    }

    /// A key nobody knows, with the nearest that is known.
    pub(super) fn unknown_key(&mut self, what: &str, key: &Key, known: &[&str]) {
        let span = self.span(key.span());
        let help = one_of(key.get(), known);
        self.problem(
            Diagnostic::error(format!("{what} has no `{}`", key.get())).at(&span, "unknown").help(help),
        );
    }
}

/// "did you mean", or everything that may be written.
pub(super) fn one_of(written: &str, known: &[&str]) -> String {
    if let Some(near) = nearest(written, known.iter().copied()) {
        return format!("did you mean `{near}`?");
    }
    let known: Vec<_> = known.iter().map(|name| format!("`{name}`")).collect();
    match known.len() {
        0 => "take it out".to_owned(),
        1 => format!("write {}", known.join("")),
        _ => format!("write one of {}", known.join(", ")),
    }
}

/// Each key with its value, in the order of the file.
pub(super) fn entries(table: &dyn TableLike) -> Vec<(&Key, &Item)> {
    table.iter().filter_map(|(name, _)| table.get_key_value(name)).collect()
}

/// What stands there, for messages.
pub(super) fn kind_of(item: &Item) -> &'static str {
    match item {
        Item::None => "nothing",
        Item::Table(_) | Item::Value(Value::InlineTable(_)) => "a table",
        Item::ArrayOfTables(_) | Item::Value(Value::Array(_)) => "a list",
        Item::Value(Value::String(_)) => "a string",
        Item::Value(Value::Integer(_)) => "a whole number",
        Item::Value(Value::Float(_)) => "a number with a fraction",
        Item::Value(Value::Boolean(_)) => "true or false",
        Item::Value(Value::Datetime(_)) => "a date",
    }
}

//! What may stand after `column = `: a word, a transformer's name, or a table.

use super::parameter::Written;
use super::reader::{Reader, entries, one_of};
use crate::diagnostic::{Diagnostic, Span};
use crate::transform::{Decision, ParamKind, Params, Rule, Transformer};
use toml_edit::{Item, Key, TableLike};

/// Beside a transformer's own parameters.
pub(super) const RESERVED: &[&str] = &["with", "by", "domain", "when", "otherwise", "reason", "optional"];

/// Where a rule stands, because not every word fits everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// After `column = `.
    Column,
    /// After `otherwise = `.
    Otherwise,
    /// In a parameter of another rule.
    Inner,
}

impl Reader {
    /// Reads a rule; `None` where a problem was noted.
    pub(super) fn decision(&mut self, item: &Item, span: &Span, place: Place) -> Option<Decision> {
        if let Some(word) = item.as_str() {
            return self.named(word, span, place);
        }
        let Some(table) = item.as_table_like() else {
            let help = "write `\"keep\"`, `\"null\"`, a transformer's name, or `{ with = \"…\", … }`";
            self.wrong_kind("a rule is a string or a table", item, span, help);
            return None;
        };
        if table.contains_key("remake") {
            return self.remake(table, span, place);
        }
        let Some((key, with)) = table.get_key_value("with") else {
            let problem = unnamed(table, span);
            self.problem(problem);
            return None;
        };
        let name_span = self.item_span(key, with);
        let name = self.text("`with`", with, &name_span, "write a transformer's name in quotes")?;
        if matches!(name.as_str(), "keep" | "null" | "refuse") {
            let decision = self.named(&name, &name_span, place);
            return self.nothing_beside(&name, table, place).and(decision);
        }
        let transformer = self.transformer(&name, &name_span)?;
        self.rule(transformer, table, span, place)
    }

    fn named(&mut self, word: &str, span: &Span, place: Place) -> Option<Decision> {
        match word {
            "keep" => return Some(Decision::Keep),
            "null" => return Some(Decision::Null),
            "refuse" if place == Place::Inner => return Some(Decision::Refuse),
            "refuse" => {
                let message = "`refuse` decides nothing here";
                let help =
                    "leave the line out: a column nobody decided on stops the run; or write `\"null\"`";
                self.problem(Diagnostic::error(message).at(span, "").help(help));
                return None;
            }
            "remake" => {
                let help = "write `{ remake = \"an SQL expression\" }`";
                self.problem(Diagnostic::error("`remake` needs its expression").at(span, "").help(help));
                return None;
            }
            _ => {}
        }
        let with = self.transformer(word, span)?;
        self.complete(with, &Params::default(), span)?;
        Some(Decision::Mask(Box::new(Rule {
            with,
            params: Params::default(),
            by: Vec::new(),
            domain: None,
            when: None,
            otherwise: None,
            span: span.clone(),
        })))
    }

    fn transformer(&mut self, name: &str, span: &Span) -> Option<&'static dyn Transformer> {
        let found = self.registry.iter().copied().find(|transformer| transformer.name() == name);
        if found.is_none() {
            let names: Vec<_> = self.registry.iter().map(|t| t.name()).chain(["keep", "null"]).collect();
            let help = match crate::diagnostic::nearest(name, names.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`masque transformers` lists them all".to_owned(),
            };
            let message = format!("there is no transformer `{name}`");
            self.problem(Diagnostic::error(message).at(span, "unknown").help(help));
        }
        found
    }

    fn remake(&mut self, table: &dyn TableLike, span: &Span, place: Place) -> Option<Decision> {
        let mut expression = None;
        let mut sound = true;
        for (key, item) in entries(table) {
            let at = self.item_span(key, item);
            match key.get() {
                "remake" => {
                    let help = "write an SQL expression over the row's columns, such as `\"lower(email)\"`";
                    expression = self.expression("`remake`", item, &at, help);
                }
                "reason" | "optional" if place == Place::Column => sound &= self.aside(key, item).is_some(),
                _ => {
                    self.unknown_key("a `remake` rule", key, &["reason", "optional"]);
                    sound = false;
                }
            }
        }
        if place != Place::Column {
            let help = "write `\"null\"`, `\"keep\"` or a transformer";
            let message = "`remake` sets a whole column and can't stand inside a rule";
            self.problem(Diagnostic::error(message).at(span, "").help(help));
            return None;
        }
        expression.filter(|_| sound).map(Decision::Remake)
    }

    /// Checks that only what fits a word stands beside it.
    fn nothing_beside(&mut self, word: &str, table: &dyn TableLike, place: Place) -> Option<()> {
        let mut sound = Some(());
        for (key, item) in entries(table) {
            match key.get() {
                "with" => {}
                "reason" | "optional" if place == Place::Column => sound = self.aside(key, item).and(sound),
                "when" | "otherwise" => {
                    let span = self.span(key.span());
                    let message = format!("`{word}` takes no `{}`", key.get());
                    let help = format!(
                        "let the transformer come first and `{word}` last: \
                         `{{ with = \"email\", when = {{ not = … }}, otherwise = \"{word}\" }}`"
                    );
                    self.problem(Diagnostic::error(message).at(&span, "").help(help));
                    sound = None;
                }
                _ => {
                    self.unknown_key(&format!("a `{word}` rule"), key, &["reason", "optional"]);
                    sound = None;
                }
            }
        }
        sound
    }

    /// Checks `reason` and `optional`, which say nothing about the value.
    fn aside(&mut self, key: &Key, item: &Item) -> Option<()> {
        let at = self.item_span(key, item);
        if key.get() == "optional" {
            return self.truth("`optional`", item, &at).map(drop);
        }
        self.text("`reason`", item, &at, "write why, in quotes").map(drop)
    }

    fn rule(
        &mut self,
        with: &'static dyn Transformer,
        table: &dyn TableLike,
        span: &Span,
        place: Place,
    ) -> Option<Decision> {
        let mut rule = Rule {
            with,
            params: Params::default(),
            by: Vec::new(),
            domain: None,
            when: None,
            otherwise: None,
            span: span.clone(),
        };
        let mut sound = Some(());
        for (key, item) in entries(table) {
            let fine = match with.params().iter().find(|param| param.name == key.get()) {
                Some(param) => {
                    let at = self.item_span(key, item);
                    let value = self.parameter(param, &Written { item, span: &at });
                    value.map(|value| rule.params.insert(param.name, value, Some(at)))
                }
                None => self.reserved(&mut rule, key, item, place),
            };
            sound = fine.and(sound);
        }
        sound = self.both_halves(table, span).and(sound);
        // A parameter that is there and wrong was reported; one that is not there is missing.
        let there = |name: &str| table.contains_key(name);
        let missing = with.params().iter().filter(|param| param.required && !there(param.name));
        sound = self
            .missing(with, &missing.map(|param| (param.name, param.kind)).collect::<Vec<_>>(), span)
            .and(sound);
        sound.map(|()| Decision::Mask(Box::new(rule)))
    }

    fn reserved(&mut self, rule: &mut Rule, key: &Key, item: &Item, place: Place) -> Option<()> {
        let at = self.item_span(key, item);
        match key.get() {
            "with" => Some(()),
            "by" => {
                let help =
                    "name a column of the same table: `by = \"id\"`, or several: `by = [\"a\", \"b\"]`";
                let columns = self.texts("`by`", item, &at, help)?;
                rule.by = columns.into_iter().map(|(name, _)| name).collect();
                Some(())
            }
            "domain" => {
                let help = "name the scope in which equal inputs give equal outputs";
                rule.domain = Some(self.text("`domain`", item, &at, help)?);
                Some(())
            }
            "when" => {
                rule.when = Some(self.condition(item, &at)?);
                Some(())
            }
            "otherwise" => {
                rule.otherwise = Some(Box::new(self.decision(item, &at, Place::Otherwise)?));
                Some(())
            }
            "reason" => self.aside(key, item),
            "optional" if place == Place::Column => self.aside(key, item),
            "optional" => {
                let help = "write it beside the column's own `with`";
                let message = "`optional` belongs to the rule of a column";
                self.problem(Diagnostic::error(message).at(&at, "").help(help));
                None
            }
            _ => {
                let own = rule.with.params().iter().map(|param| param.name);
                let known: Vec<_> =
                    own.chain(RESERVED.iter().copied().filter(|name| *name != "with")).collect();
                self.unknown_key(&format!("`{}`", rule.with.name()), key, &known);
                None
            }
        }
    }

    fn both_halves(&mut self, table: &dyn TableLike, span: &Span) -> Option<()> {
        let (message, help) = match (table.contains_key("when"), table.contains_key("otherwise")) {
            (true, false) => (
                "`when` without `otherwise` leaves the other rows undecided",
                "add `otherwise = \"null\"`, `otherwise = \"keep\"` or a rule",
            ),
            (false, true) => (
                "`otherwise` without `when` never holds",
                "add `when = { column = \"…\", is = \"…\" }`, or take `otherwise` out",
            ),
            _ => return Some(()),
        };
        self.problem(Diagnostic::error(message).at(span, "").help(help));
        None
    }

    fn complete(&mut self, with: &'static dyn Transformer, params: &Params, span: &Span) -> Option<()> {
        let missing = with.params().iter().filter(|param| param.required && params.get(param.name).is_none());
        self.missing(with, &missing.map(|param| (param.name, param.kind)).collect::<Vec<_>>(), span)
    }

    fn missing(
        &mut self,
        with: &'static dyn Transformer,
        missing: &[(&'static str, ParamKind)],
        span: &Span,
    ) -> Option<()> {
        if missing.is_empty() {
            return Some(());
        }
        let names: Vec<_> = missing.iter().map(|(name, _)| format!("`{name}`")).collect();
        let shown: Vec<_> =
            missing.iter().map(|(name, kind)| format!("{name} = {}", sample(*kind))).collect();
        let message = format!("`{}` needs {}", with.name(), names.join(" and "));
        let help = format!("write `{{ with = \"{}\", {} }}`", with.name(), shown.join(", "));
        self.problem(Diagnostic::error(message).at(span, "").help(help));
        None
    }
}

/// The problem of a table that names no transformer.
pub(super) fn unnamed(table: &dyn TableLike, span: &Span) -> Diagnostic {
    let keys: Vec<_> = table.iter().map(|(name, _)| name).collect();
    let near = keys.iter().find(|key| one_of(key, &["with", "remake"]).starts_with("did you mean"));
    let help = match near {
        Some(key) => format!("`{key}`: {}", one_of(key, &["with", "remake"])),
        None => "say what masks it: `{ with = \"email\", … }`".to_owned(),
    };
    Diagnostic::error("this rule has no `with`").at(span, "").help(help)
}

/// What a value of that kind looks like.
fn sample(kind: ParamKind) -> String {
    match kind {
        ParamKind::Text | ParamKind::Scalar => "\"…\"".to_owned(),
        ParamKind::Word(words) => format!("\"{}\"", words.first().unwrap_or(&"…")),
        ParamKind::Integer | ParamKind::Number => "1".to_owned(),
        ParamKind::Flag => "true".to_owned(),
        ParamKind::Duration => "\"30 days\"".to_owned(),
        ParamKind::TextList | ParamKind::ScalarList => "[\"…\"]".to_owned(),
        ParamKind::NumberList => "[1, 2]".to_owned(),
        ParamKind::Rule => "\"null\"".to_owned(),
        ParamKind::RuleMap => "{ \"…\" = \"null\" }".to_owned(),
    }
}

//! How a decision is spelled: to compare two, and to show one.

use crate::schema::{Schema, is_hidden, written};
use crate::transform::{Condition, Decision, ParamValue, Rule, Test};

/// A decision as it would stand in a rule file. Equal spelling is equal meaning.
pub(super) fn decision(decision: &Decision) -> String {
    match decision {
        Decision::Keep => text("keep"),
        Decision::Null => text("null"),
        Decision::Refuse => text("refuse"),
        Decision::Remake(expression) => format!("{{ remake = {} }}", text(expression)),
        Decision::Mask(rule) => self::rule(rule),
    }
}

pub(super) fn rule(rule: &Rule) -> String {
    let mut parts = vec![format!("with = {}", text(rule.with.name()))];
    parts.extend(rule.params.iter().map(|(name, value)| format!("{name} = {}", self::value(value))));
    match rule.by.as_slice() {
        [] => {}
        [one] => parts.push(format!("by = {}", text(one))),
        many => parts.push(format!("by = [{}]", texts(many))),
    }
    parts.extend(rule.domain.iter().map(|domain| format!("domain = {}", text(domain))));
    parts.extend(rule.when.iter().map(|when| format!("when = {}", condition(when))));
    parts.extend(rule.otherwise.iter().map(|other| format!("otherwise = {}", decision(other))));
    match parts.len() {
        1 => text(rule.with.name()),
        _ => format!("{{ {} }}", parts.join(", ")),
    }
}

fn value(value: &ParamValue) -> String {
    match value {
        ParamValue::Text(written) => text(written),
        ParamValue::Integer(number) => number.to_string(),
        ParamValue::Number(number) => number.to_string(),
        ParamValue::Flag(truth) => truth.to_string(),
        ParamValue::Duration(micros) => {
            if micros % 1_000_000 == 0 {
                text(&format!("{} seconds", micros / 1_000_000))
            } else {
                text(&format!("{} milliseconds", micros / 1_000))
            }
        }
        ParamValue::List(list) => {
            format!("[{}]", list.iter().map(self::value).collect::<Vec<_>>().join(", "))
        }
        ParamValue::Rule(inner) => decision(inner),
        ParamValue::RuleMap(rules) => {
            let rules: Vec<_> =
                rules.iter().map(|(key, _, rule)| format!("{} = {}", text(key), decision(rule))).collect();
            format!("{{ {} }}", rules.join(", "))
        }
    }
}

fn condition(written: &Condition) -> String {
    let list = |name: &str, inner: &[Condition]| {
        let inner: Vec<_> = inner.iter().map(condition).collect();
        format!("{{ {name} = [{}] }}", inner.join(", "))
    };
    match written {
        Condition::All(inner) => list("all", inner),
        Condition::Any(inner) => list("any", inner),
        Condition::Not(inner) => format!("{{ not = {} }}", condition(inner)),
        Condition::Column(column, test) => {
            let column = column.as_ref().map(|name| format!("column = {}, ", text(name))).unwrap_or_default();
            let test = match test {
                Test::In(values) | Test::InFolded(values) => format!("in = [{}]", texts(values)),
                Test::Matches(regex) => format!("matches = {}", text(regex.as_str())),
                Test::IsNull(truth) => format!("is_null = {truth}"),
            };
            format!("{{ {column}{test} }}")
        }
    }
}

fn texts(list: &[String]) -> String {
    list.iter().map(|item| text(item)).collect::<Vec<_>>().join(", ")
}

/// A TOML string.
#[must_use]
pub fn text(written: &str) -> String {
    toml_edit::Value::from(written).to_string()
}

/// A TOML key, quoted where it must be, with escapes for what does not show.
#[must_use]
pub fn key(name: &str) -> String {
    if !name.contains(is_hidden) {
        return toml_edit::Key::new(name).display_repr().into_owned();
    }
    let escaped = |c: char| match c {
        '"' | '\\' => format!("\\{c}"),
        '\n' => "\\n".to_owned(),
        '\t' => "\\t".to_owned(),
        c if is_hidden(c) => format!("\\u{:04x}", u32::from(c)),
        c => c.to_string(),
    };
    format!("\"{}\"", name.chars().map(escaped).collect::<String>())
}

/// A table's name as a key: short where no other schema has it.
#[must_use]
pub fn table_key(schema: &Schema, table: usize) -> String {
    let Some(table) = schema.table(table) else { return String::new() };
    let others = schema.tables.iter().filter(|other| other.name.name == table.name.name).count();
    if others == 1 { key(&written(&table.name.name)) } else { key(&table.name.written()) }
}

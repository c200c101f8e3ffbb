//! Locales that lack the list a rule draws from: English stands in, and it is said.

use super::decide::Verdicts;
use super::follow::{deciding, every_column, inner_rules};
use super::reference::listed;
use super::rows::{RowVerdict, Rows};
use super::{Decided, RuleFile};
use crate::diagnostic::Diagnostic;
use crate::schema::Schema;
use crate::transform::{Decision, LISTS, LOCALES, Rule, borrowed};

/// Warns of each rule whose locale borrows what it gives.
pub(super) fn check_locales(
    file: &RuleFile,
    schema: &Schema,
    verdicts: &Verdicts<'_>,
    rows: &[RowVerdict<'_>],
    problems: &mut Vec<Diagnostic>,
) {
    let mut found: Vec<Diagnostic> = Vec::new();
    for id in every_column(schema).filter(|id| deciding(schema, *id) == *id) {
        if rows.get(id.table).is_none_or(|rows| rows.rows == Rows::None) {
            continue;
        }
        if let Some(Decided::Mask(rule)) = verdicts.get(id).and_then(|verdict| verdict.decided.as_ref()) {
            check_rule(rule, &file.locale, &mut found);
        }
    }
    problems.append(&mut found);
}

fn check_rule(rule: &Rule, file: &str, found: &mut Vec<Diagnostic>) {
    if let Some((locale, list)) = borrowed(rule, file) {
        let (code, name) = (locale.code, rule.with.name());
        let message = format!("`{code}` has no list of {list}: `{name}` takes English ones");
        let key = LISTS.iter().find(|(_, words)| *words == list).map_or("", |(key, _)| *key);
        let having: Vec<_> =
            LOCALES.iter().filter(|locale| !locale.lacks.contains(&key)).map(|locale| locale.code).collect();
        let help = format!(
            "write `locale = \"en_US\"` if English will do, or a locale that has one: {}",
            listed(&having)
        );
        let problem = Diagnostic::warning(message).at(&rule.span, "").help(help);
        // A pattern that meets fifty columns is one rule.
        if !found.contains(&problem) {
            found.push(problem);
        }
    }
    let otherwise = rule.otherwise.as_deref().into_iter();
    let inside = rule.params.iter().flat_map(|(_, value)| inner_rules(value));
    for decision in otherwise.chain(inside) {
        if let Decision::Mask(rule) = decision {
            check_rule(rule, file, found);
        }
    }
}

//! `[roles]`: the target's role for a role of the source.

use super::reader::{Reader, entries, one_of};
use super::rule_file::RuleFile;
use crate::diagnostic::{Diagnostic, Span};
use std::collections::BTreeMap;
use toml_edit::Item;

/// One line of `[roles]`.
#[derive(Clone, Debug)]
pub(super) struct RoleRule {
    source: String,
    target: String,
    /// Where the source's role stands.
    span: Span,
}

impl Reader {
    pub(super) fn roles(&mut self, item: &Item, span: &Span) -> Vec<RoleRule> {
        let help = "write `[roles]` and below it `app_prod = \"app_staging\"`";
        let Some(table) = self.table("`roles`", item, span, help) else { return Vec::new() };
        let mut roles = Vec::new();
        for (key, item) in entries(table) {
            let at = self.item_span(key, item);
            let Some(target) = self.text("a role of the target", item, &at, help) else { continue };
            roles.push(RoleRule { source: key.get().to_owned(), target, span: self.span(key.span()) });
        }
        roles
    }
}

impl RuleFile {
    /// The target's role for a role of the source. The file nearest to the person's own decides.
    #[must_use]
    pub fn roles(&self) -> BTreeMap<String, String> {
        let mut roles = BTreeMap::new();
        for role in &self.roles {
            roles.entry(role.source.clone()).or_insert_with(|| role.target.clone());
        }
        roles
    }

    /// What `[roles]` names and the source, which has the roles `known`, does not.
    #[must_use]
    pub fn check_roles(&self, known: &[String]) -> Vec<Diagnostic> {
        let names: Vec<&str> = known.iter().map(String::as_str).collect();
        let unknown = self.roles.iter().filter(|role| !known.contains(&role.source));
        unknown
            .map(|role| {
                let problem = Diagnostic::error(format!("the source has no role `{}`", role.source));
                let near = one_of(&role.source, &names);
                // A server may have hundreds: only the nearest is worth a word.
                let help =
                    if near.starts_with("did you mean") { near } else { "take the line out".to_owned() };
                problem.at(&role.span, "").help(help)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> RuleFile {
        RuleFile::parse("r.toml", &format!("masque = 1\n[roles]\n{text}\n")).unwrap()
    }

    #[test]
    fn a_role_is_mapped_and_one_the_source_lacks_is_named_with_the_nearest() {
        let rules = file("app_prod = \"app_staging\"\n\"Odd Role\" = \"odd\"");
        assert_eq!(rules.roles().get("Odd Role").map(String::as_str), Some("odd"));
        let known = ["Odd Role", "app_prd"].map(str::to_owned);
        let problems: Vec<_> = rules.check_roles(&known).iter().map(ToString::to_string).collect();
        assert_eq!(problems.len(), 1);
        assert!(problems[0].contains("the source has no role `app_prod`"), "{problems:?}");
        assert!(rules.check_roles(&["Odd Role", "app_prod"].map(str::to_owned)).is_empty());
    }

    #[test]
    fn a_role_that_is_no_name_is_a_problem() {
        assert_eq!(file("app = 1").problems().len(), 1);
        assert_eq!(file("app = \"\"").problems().len(), 1);
    }
}

//! `[schema]`: what of the schema itself travels.

use super::reader::{Reader, one_of};
use super::rule_file::RuleFile;
use crate::diagnostic::{Diagnostic, Span};
use toml_edit::Item;

/// What `[schema]` says.
#[derive(Clone, Debug, Default)]
pub(super) struct SchemaRules {
    /// Whether comments travel; they are a person's words, so they don't unless it is said.
    pub(super) comments: Option<bool>,
}

impl SchemaRules {
    /// Takes from an included file what is not said yet.
    pub(super) fn inherit(&mut self, other: &Self) {
        self.comments = self.comments.or(other.comments);
    }
}

impl RuleFile {
    /// Whether comments travel.
    #[must_use]
    pub fn keeps_comments(&self) -> bool {
        self.schema.comments.unwrap_or(false)
    }
}

impl Reader {
    pub(super) fn comments(&mut self, item: &Item, span: &Span) -> Option<bool> {
        let known = ["keep", "none"];
        match self.text("`comments`", item, span, &one_of("", &known))?.as_str() {
            "keep" => Some(true),
            "none" => Some(false),
            other => {
                let problem = Diagnostic::error(format!("`comments` can't be `{other}`")).at(span, "");
                self.problem(problem.help(one_of(other, &known)));
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_travel_only_where_a_rule_says_so() {
        let keeps = |text: &str| RuleFile::parse("r.toml", text).unwrap().keeps_comments();
        assert!(!keeps("masque = 1\n"));
        assert!(!keeps("masque = 1\n[schema]\ncomments = \"none\"\n"));
        assert!(keeps("masque = 1\n[schema]\ncomments = \"keep\"\n"));
        let wrong = RuleFile::parse("r.toml", "masque = 1\n[schema]\ncomments = \"kep\"\n").unwrap();
        assert!(format!("{}", wrong.problems()[0]).contains("`comments` can't be `kep`"));
    }
}

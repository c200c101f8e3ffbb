//! `[schema]`: what of the schema's own texts may travel.

use super::document::Page;
use super::pattern::ObjectKey;
use super::reader::{Reader, entries, one_of};
use super::rule_file::RuleFile;
use crate::diagnostic::{Diagnostic, Span};
use toml_edit::{Item, Key};

/// What may stand under `[schema]`.
const KNOWN: &[&str] = &["allow", "comments"];

/// What `[schema]` says.
#[derive(Debug, Default)]
pub(super) struct SchemaRules {
    pub(super) allow: Vec<Allowed>,
    /// Whether comments travel; they are a person's words, so they don't unless it is said.
    comments: Option<bool>,
}

/// One line of `allow`: an object whose texts may hold what they hold.
#[derive(Debug)]
pub(super) struct Allowed {
    pub(super) key: ObjectKey,
    pub(super) written: String,
    pub(super) span: Span,
}

impl SchemaRules {
    /// Adds what a file says that is included.
    pub(super) fn include(&mut self, other: Self) {
        self.allow.extend(other.allow);
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
    pub(super) fn schema(&mut self, page: &mut Page, item: &Item, span: &Span) {
        let help = "write `[schema]` and below it `allow = [\"public.orders.status_check\"]`";
        let Some(table) = self.table("`schema`", item, span, help) else { return };
        for (key, item) in entries(table) {
            match key.get() {
                "allow" => self.allow(page, key, item),
                "comments" => page.schema.comments = self.comments(key, item),
                _ => self.unknown_key("`[schema]`", key, KNOWN),
            }
        }
    }

    fn allow(&mut self, page: &mut Page, key: &Key, item: &Item) {
        let help = "write a list of names as SQL quotes them: `[\"public.orders.status_check\"]`";
        let at = self.item_span(key, item);
        for (written, span) in self.texts("`allow`", item, &at, help).unwrap_or_default() {
            if let Some(key) = ObjectKey::new(&written) {
                page.schema.allow.push(Allowed { key, written, span });
            } else {
                let problem = Diagnostic::error(format!("`{written}` is no object's name"));
                self.problem(problem.at(&span, "").help(help));
            }
        }
    }

    fn comments(&mut self, key: &Key, item: &Item) -> Option<bool> {
        let known = ["keep", "none"];
        let at = self.item_span(key, item);
        match self.text("`comments`", item, &at, &one_of("", &known))?.as_str() {
            "keep" => Some(true),
            "none" => Some(false),
            other => {
                let problem = Diagnostic::error(format!("`comments` can't be `{other}`")).at(&at, "");
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

//! `[schema]`: what of the schema's own texts may travel.

use super::document::Page;
use super::pattern::ObjectKey;
use super::reader::{Reader, entries};
use crate::diagnostic::{Diagnostic, Span};
use toml_edit::{Item, Key};

/// What may stand under `[schema]`.
const KNOWN: &[&str] = &["allow"];

/// What `[schema]` says.
#[derive(Debug, Default)]
pub(super) struct SchemaRules {
    pub(super) allow: Vec<Allowed>,
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
    }

    /// Whether comments on objects travel.
    #[expect(clippy::unused_self, reason = "comments never travel yet")]
    pub(super) fn keeps_comments(&self) -> bool {
        false
    }
}

impl Reader {
    pub(super) fn schema(&mut self, page: &mut Page, item: &Item, span: &Span) {
        let help = "write `[schema]` and below it `allow = [\"public.orders.status_check\"]`";
        let Some(table) = self.table("`schema`", item, span, help) else { return };
        for (key, item) in entries(table) {
            match key.get() {
                "allow" => self.allow(page, key, item),
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
}

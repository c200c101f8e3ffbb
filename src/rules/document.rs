//! One file's TOML, section by section.

use super::decision::{Place, unnamed};
use super::large_objects::LargeObjects;
use super::pattern::{Pattern, TableKey};
use super::reader::{Reader, entries, one_of};
use super::role::RoleRule;
use super::rows::Rows;
use super::rule_file::{ColumnPattern, End, Entry, Reference, RowRule, Said, Section, Unlisted};
use super::schema_rules::SchemaRules;
use crate::diagnostic::{Diagnostic, Span};
use crate::schema::Name;
use toml_edit::{Document, Item, Key};

/// What may stand at the top of a rule file.
pub(super) const TOP: &[&str] = &[
    "masque",
    "locale",
    "unlisted",
    "include",
    "table",
    "columns",
    "rows",
    "large_objects",
    "reference",
    "schema",
    "roles",
];
const NAME_HELP: &str =
    "write it as SQL quotes it: `customers`, `\"sales.customers\"`, `'sales.\"Weird.Name\"'`";

/// What one file says.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) locale: Option<String>,
    pub(super) unlisted: Option<Unlisted>,
    pub(super) include: Vec<(String, Span)>,
    pub(super) sections: Vec<Section>,
    pub(super) columns: Vec<ColumnPattern>,
    pub(super) rows: Vec<RowRule>,
    pub(super) large_objects: Option<LargeObjects>,
    pub(super) references: Vec<Reference>,
    pub(super) schema: SchemaRules,
    pub(super) roles: Vec<RoleRule>,
}

impl Reader {
    /// Reads the file's text, `depth` includes away from the person's own file.
    pub(super) fn page(&mut self, depth: usize) -> Page {
        let mut page = Page::default();
        let document = match Document::parse(self.file.text.clone()) {
            Ok(document) => document,
            Err(error) => {
                let span = self.span(error.span());
                let message = format!("this is not TOML: {}", error.message().replace('\n', ", "));
                let help = "a rule stands in quotes or braces: `email = \"email\"`, \
                            `email = { with = \"email\", by = \"id\" }`";
                self.problem(Diagnostic::syntax(message).at(&span, "").help(help));
                return page;
            }
        };
        let root = document.as_table();
        if !root.contains_key("masque") {
            let span = self.span(None);
            let problem = Diagnostic::syntax("`masque = 1` is missing").at(&span, "");
            self.problem(problem.help("write `masque = 1`, the version of this format, as the first line"));
        }
        for (key, item) in entries(root) {
            self.top(&mut page, key, item, depth);
        }
        page
    }

    fn top(&mut self, page: &mut Page, key: &Key, item: &Item, depth: usize) {
        let span = self.item_span(key, item);
        match key.get() {
            "masque" => self.version(item, &span),
            "locale" => page.locale = self.text("`locale`", item, &span, "write `locale = \"en_US\"`"),
            "unlisted" => page.unlisted = self.unlisted(item, &span),
            "include" => {
                let help = "write `include = [\"company.toml\"]`; paths start at this file's folder";
                page.include = self.texts("`include`", item, &span, help).unwrap_or_default();
            }
            "table" => {
                let Some(table) = self.table("`table`", item, &span, "write `[table.customers]`") else {
                    return;
                };
                for (key, item) in entries(table) {
                    let section = self.section(key, item, depth);
                    page.sections.extend(section);
                }
            }
            "columns" => {
                let help = "write `[columns]` and below it `\"*email*\" = \"email\"`";
                let Some(table) = self.table("`columns`", item, &span, help) else { return };
                for (key, item) in entries(table) {
                    let entry = self.entry(key, item);
                    if let Said::Unnamed(problem) = &entry.said {
                        self.problem(problem.clone());
                    }
                    page.columns.push(ColumnPattern { depth, pattern: Pattern::new(key.get()), entry });
                }
            }
            "rows" => {
                let help = "write `[rows]` and below it `audit_log = \"none\"`";
                let Some(table) = self.table("`rows`", item, &span, help) else { return };
                for (key, item) in entries(table) {
                    let row = self.row_rule(key, item, depth);
                    page.rows.extend(row);
                }
            }
            "large_objects" => page.large_objects = self.large_objects(item, &span),
            "reference" => self.references(page, item, &span),
            "schema" => self.schema(page, item, &span),
            "roles" => page.roles = self.roles(item, &span),
            name => {
                let span = self.span(key.span());
                let help = match (one_of(name, TOP), item.is_table()) {
                    (near, _) if near.starts_with("did you mean") => near,
                    (_, true) => format!("rules for a table stand under `[table.{key}]`"),
                    (known, false) => known,
                };
                let problem = Diagnostic::error(format!("a rule file has no `{name}`")).at(&span, "unknown");
                self.problem(problem.help(help));
            }
        }
    }

    fn version(&mut self, item: &Item, span: &Span) {
        let help = "this version of masque reads format 1: write `masque = 1`";
        let message = match item.as_integer() {
            Some(1) => return,
            Some(number) => format!("this file is written in format {number}"),
            None => "`masque` is the number of the format".to_owned(),
        };
        self.problem(Diagnostic::syntax(message).at(span, "").help(help));
    }

    fn unlisted(&mut self, item: &Item, span: &Span) -> Option<Unlisted> {
        let known = ["refuse", "null", "mask"];
        let written = self.text("`unlisted`", item, span, &one_of("", &known))?;
        match written.as_str() {
            "refuse" => Some(Unlisted::Refuse),
            "null" => Some(Unlisted::Null),
            "mask" => Some(Unlisted::Mask),
            other => {
                let message = format!("`unlisted` can't be `{other}`");
                let help = match other {
                    "keep" => "a new column must never travel by default: write `\"refuse\"`".to_owned(),
                    other => one_of(other, &known),
                };
                self.problem(Diagnostic::error(message).at(span, "").help(help));
                None
            }
        }
    }

    fn table_key(&mut self, key: &Key) -> Option<TableKey> {
        let table = TableKey::new(key.get());
        if table.is_none() {
            let span = self.span(key.span());
            let problem = Diagnostic::error(format!("`{}` is no table name", key.get())).at(&span, "");
            self.problem(problem.help(NAME_HELP));
        }
        table
    }

    fn section(&mut self, key: &Key, item: &Item, depth: usize) -> Option<Section> {
        let span = self.span(key.span());
        let help = "write `[table.customers]` and below it one line per column";
        let table = self.table("rules for a table", item, &span, help)?;
        let entries = entries(table).into_iter().map(|(key, item)| self.entry(key, item)).collect();
        let key_read = self.table_key(key)?;
        Some(Section { depth, key: key_read, written: key.get().to_owned(), span, entries })
    }

    fn entry(&mut self, key: &Key, item: &Item) -> Entry {
        let (name_span, span) = (self.span(key.span()), self.item_span(key, item));
        let optional = item.as_table_like().and_then(|table| table.get("optional"));
        let optional = optional.and_then(Item::as_bool).unwrap_or(false);
        let reason = item.as_table_like().is_some_and(|table| table.contains_key("reason"));
        let said = match item.as_table_like() {
            Some(table) if !table.contains_key("with") && !table.contains_key("remake") => {
                Said::Unnamed(unnamed(table, &span))
            }
            _ => self.decision(item, &span, Place::Column).map_or(Said::Broken, Said::Rule),
        };
        Entry { name: key.get().to_owned(), name_span, span, said, optional, reason }
    }

    fn row_rule(&mut self, key: &Key, item: &Item, depth: usize) -> Option<RowRule> {
        let span = self.item_span(key, item);
        let rows = self.rows(item, &span);
        Some(RowRule {
            depth,
            key: self.table_key(key)?,
            written: key.get().to_owned(),
            name_span: self.span(key.span()),
            span,
            rows,
        })
    }

    fn rows(&mut self, item: &Item, span: &Span) -> Option<Rows> {
        let help = "write `\"all\"`, `\"none\"` or `{ where = \"created_at > now() - interval '90 days'\" }`";
        match item.as_str() {
            Some("all") => return Some(Rows::All),
            Some("none") => return Some(Rows::None),
            Some(other) => {
                let problem = Diagnostic::error(format!("`{other}` does not say which rows travel"));
                self.problem(problem.at(span, "").help(help));
                return None;
            }
            None => {}
        }
        let table = self.table("which rows travel", item, span, help)?;
        let mut condition = None;
        for (key, item) in entries(table) {
            if key.get() == "where" {
                let at = self.item_span(key, item);
                condition = Some(self.expression(
                    "`where`",
                    item,
                    &at,
                    "write an SQL condition on the table's columns",
                )?);
            } else {
                self.unknown_key("a rule for rows", key, &["where"]);
                return None;
            }
        }
        if condition.is_none() {
            let problem = Diagnostic::error("this does not say which rows travel");
            self.problem(problem.at(span, "").help(help));
        }
        condition.map(Rows::Where)
    }

    fn references(&mut self, page: &mut Page, item: &Item, span: &Span) {
        const HELP: &str = "write `[[reference]]`, `from = \"comments.author_id\"`, `to = \"users.id\"`";
        let Item::ArrayOfTables(list) = item else {
            self.wrong_kind("`reference` is a list of tables", item, span, HELP);
            return;
        };
        for table in list {
            let span = self.span(table.span());
            let (mut from, mut to) = (None, None);
            let mut there = (false, false);
            for (key, item) in entries(table) {
                let at = self.item_span(key, item);
                match key.get() {
                    "from" => (there.0, from) = (true, self.ends("`from`", item, &at, HELP)),
                    "to" => (there.1, to) = (true, self.ends("`to`", item, &at, HELP)),
                    _ => self.unknown_key("a reference", key, &["from", "to"]),
                }
            }
            match (from, to) {
                (Some(from), Some(to)) => page.references.push(Reference { from, to, span }),
                _ if there == (true, true) => {}
                _ => {
                    let missing = if there.0 { "to" } else { "from" };
                    let problem = Diagnostic::error(format!("this reference has no `{missing}`"));
                    self.problem(problem.at(&span, "").help(HELP));
                }
            }
        }
    }

    fn ends(&mut self, what: &str, item: &Item, span: &Span, help: &str) -> Option<Vec<End>> {
        let mut ends = Vec::new();
        for (written, span) in self.texts(what, item, span, help)? {
            let parts = Name::split(&written).filter(|parts| matches!(parts.len(), 2 | 3));
            let Some((column, table)) = parts.as_deref().and_then(|parts| parts.split_last()) else {
                let problem = Diagnostic::error(format!("`{written}` is no column's name")).at(&span, "");
                self.problem(problem.help("write `\"table.column\"` or `\"schema.table.column\"`"));
                return None;
            };
            ends.push(End { table: table.to_vec(), column: column.clone(), written, span });
        }
        Some(ends)
    }
}

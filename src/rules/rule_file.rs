//! A rule file and all it includes, as written: nothing is looked up yet.

use super::large_objects::LargeObjects;
use super::pattern::{Pattern, TableKey};
use super::reader::Registry;
use super::role::RoleRule;
use super::rows::Rows;
use super::schema_rules::SchemaRules;
use crate::diagnostic::{Diagnostic, SourceFile, Span};
use crate::transform::Decision;
use std::fmt;
use std::sync::Arc;

/// What happens to a column that no rule names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unlisted {
    /// The run stops and names it.
    Refuse,
    /// It is emptied; one that is NOT NULL stops the run.
    Null,
    /// It is masked by its type; one whose type has no mask stops the run.
    Mask,
}

/// A rule file with everything it includes.
pub struct RuleFile {
    /// The texts: the person's own file first, then includes in the order they were met.
    pub(super) files: Vec<Arc<SourceFile>>,
    /// The transformers a rule may name.
    pub(super) registry: Registry,
    pub(super) locale: String,
    pub(super) unlisted: Unlisted,
    pub(super) sections: Vec<Section>,
    pub(super) columns: Vec<ColumnPattern>,
    pub(super) rows: Vec<RowRule>,
    pub(super) large_objects: LargeObjects,
    pub(super) references: Vec<Reference>,
    pub(super) schema: SchemaRules,
    pub(super) roles: Vec<RoleRule>,
    /// What is wrong with the rules whatever the schema is.
    pub(super) problems: Vec<Diagnostic>,
}

impl RuleFile {
    /// What is wrong with the rules whatever the schema is; [`super::check()`] reports it too.
    #[must_use]
    pub fn problems(&self) -> &[Diagnostic] {
        &self.problems
    }

    /// The texts read: the file itself, then what it includes.
    #[must_use]
    pub fn files(&self) -> &[Arc<SourceFile>] {
        &self.files
    }

    /// What happens to a column that no rule names.
    #[must_use]
    pub fn unlisted(&self) -> Unlisted {
        self.unlisted
    }
}

impl fmt::Debug for RuleFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.files.iter().map(|file| file.name.as_str()).collect();
        write!(f, "RuleFile({})", names.join(", "))
    }
}

/// `[table.NAME]`.
#[derive(Debug)]
pub(super) struct Section {
    /// How many includes away from the person's own file.
    pub(super) depth: usize,
    pub(super) key: TableKey,
    /// The key's text.
    pub(super) written: String,
    pub(super) span: Span,
    pub(super) entries: Vec<Entry>,
}

/// One line of a section: a column and its rule.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) name: String,
    /// Where the column's name stands.
    pub(super) name_span: Span,
    /// Where the rule stands.
    pub(super) span: Span,
    pub(super) said: Said,
    /// Whether it may match nothing.
    pub(super) optional: bool,
    /// Whether it says why it is as it is.
    pub(super) reason: bool,
}

/// What stands after `column = `.
#[derive(Debug)]
pub(super) enum Said {
    Rule(Decision),
    /// A table without `with`: a broken rule, or a table's name split over two keys.
    /// Which one, only the schema knows.
    Unnamed(Diagnostic),
    /// Its problem is already among the file's.
    Broken,
}

/// One line of `[columns]`.
#[derive(Debug)]
pub(super) struct ColumnPattern {
    pub(super) depth: usize,
    pub(super) pattern: Pattern,
    pub(super) entry: Entry,
}

/// One line of `[rows]`.
#[derive(Debug)]
pub(super) struct RowRule {
    pub(super) depth: usize,
    pub(super) key: TableKey,
    pub(super) written: String,
    /// Where the table's name stands.
    pub(super) name_span: Span,
    /// Where the decision stands.
    pub(super) span: Span,
    /// `None` where its problem is already among the file's.
    pub(super) rows: Option<Rows>,
}

/// `[[reference]]`.
#[derive(Debug)]
pub(super) struct Reference {
    pub(super) from: Vec<End>,
    pub(super) to: Vec<End>,
    pub(super) span: Span,
}

/// One column of a reference.
#[derive(Debug)]
pub(super) struct End {
    pub(super) written: String,
    /// The table's name in one or two parts.
    pub(super) table: Vec<String>,
    pub(super) column: String,
    pub(super) span: Span,
}

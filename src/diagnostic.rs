//! A problem in a rule file.
//!
//! Diagnostics are values: they are collected, sorted by place and shown all at
//! once, each with file, line, caret and what to write instead. Drawing them is
//! `cli::output`'s work; this file only says what they are.

use crate::error::Error;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A rule file's name and text, shared by all that points into it.
#[derive(Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// The path as the person gave it, or `masque:NAME` for an embedded file.
    pub name: String,
    /// The whole text.
    pub text: String,
}

/// Bytes of a rule file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The file pointed into.
    pub file: Arc<SourceFile>,
    /// Byte offsets into its text.
    pub range: Range<usize>,
}

impl Span {
    /// The one-based line and column (in characters) of the first byte.
    #[must_use]
    pub fn line_column(&self) -> (usize, usize) {
        let start = self.range.start.min(self.file.text.len());
        let before = self.file.text.get(..start).unwrap_or_default();
        let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        (line, column)
    }
}

/// Why something that rules were asked for was not done.
pub enum Failure {
    /// The rules do not fit the source. Every problem, at once.
    Rules(Vec<Diagnostic>),
    /// Anything else, in one sentence.
    Error(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// Whether a diagnostic stops the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The run stops before a row is read, exit 3 (exit 2 for syntax).
    Error,
    /// Said, and the run goes on unless `--strict` was given.
    Warning,
}

/// One problem, where it is, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Whether it stops the run.
    pub severity: Severity,
    /// True where the file could not be read as a rule file at all (exit 2).
    pub syntax: bool,
    /// One sentence, lowercase, no full stop, names in backticks.
    pub message: String,
    /// Where in which file; `None` for what no file mentions, such as a new column.
    pub span: Option<Span>,
    /// A few words under the caret.
    pub label: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A problem that stops the run.
    pub fn error(message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            syntax: false,
            message: message.into(),
            span: None,
            label: String::new(),
            help: None,
        }
    }

    /// A problem that does not stop the run.
    pub fn warning(message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(message) }
    }

    /// A file that is not a rule file: exit 2 in place of 3.
    pub fn syntax(message: impl Into<String>) -> Self {
        Self { syntax: true, ..Self::error(message) }
    }

    /// Points into a file.
    #[must_use]
    pub fn at(mut self, span: &Span, label: impl Into<String>) -> Self {
        self.span = Some(span.clone());
        self.label = label.into();
        self
    }

    /// Points into a file if nothing has been pointed at yet.
    #[must_use]
    pub fn or_at(mut self, span: &Span) -> Self {
        if self.span.is_none() {
            self.span = Some(span.clone());
        }
        self
    }

    /// Says what to write instead.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// The nearest of `names` to what was written, for "did you mean".
pub fn nearest<'a>(written: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    names
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(written, name), name))
        .filter(|(distance, name)| *distance <= (name.len().max(written.len()) / 3).max(1))
        .min()
        .map(|(_, name)| name)
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(span) = &self.span {
            let (line, column) = span.line_column();
            write!(f, "{}:{line}:{column}: ", span.file.name)?;
        }
        f.write_str(&self.message)
    }
}

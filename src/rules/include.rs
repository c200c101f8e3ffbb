//! A file and all it includes, each read once.

use super::document::Page;
use super::large_objects::LargeObjects;
use super::preset;
use super::reader::{Reader, Registry};
use super::rule_file::{RuleFile, Unlisted};
use super::schema_rules::SchemaRules;
use crate::diagnostic::{Diagnostic, SourceFile, Span};
use crate::transform;
use std::collections::VecDeque;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

const DEFAULT_LOCALE: &str = "en_US";

/// How a file's text is got; a test gives its own.
pub(super) type Open<'a> = &'a dyn Fn(&Path) -> io::Result<String>;

impl RuleFile {
    /// Reads a rule file and what it includes.
    ///
    /// # Errors
    /// Everything wrong with the files, where one of them is no rule file at all.
    /// Mistakes in single rules are kept for [`super::check()`] to report with the rest.
    pub fn read(path: &Path) -> Result<Self, Vec<Diagnostic>> {
        Self::load(path, transform::ALL, &|path| std::fs::read_to_string(path))
    }

    /// Reads a rule file from memory; what it includes is looked for beside `name`.
    ///
    /// # Errors
    /// As [`RuleFile::read`].
    pub fn parse(name: &str, text: &str) -> Result<Self, Vec<Diagnostic>> {
        let own = Path::new(name);
        Self::load(own, transform::ALL, &|path| {
            if path == own { Ok(text.to_owned()) } else { std::fs::read_to_string(path) }
        })
    }

    /// Reads through `open`, with the transformers of `registry`.
    pub(super) fn load(path: &Path, registry: Registry, open: Open<'_>) -> Result<Self, Vec<Diagnostic>> {
        let text = open(path).map_err(|error| {
            let message = format!("can't read the rule file `{}`: {error}", path.display());
            vec![Diagnostic::syntax(message).help("name an existing file after `--rules`")]
        })?;
        let mut shelf = Shelf { registry, open, pages: Vec::new(), edges: Vec::new(), problems: Vec::new() };
        shelf.collect(Place::Path(path.to_owned()), text);
        shelf.find_cycles();
        shelf.bind()
    }
}

#[derive(Clone, Debug)]
enum Place {
    Path(PathBuf),
    Preset(String),
}

impl Place {
    /// What tells whether two includes are the same file.
    fn identity(&self) -> String {
        match self {
            Self::Path(path) => {
                let path = std::fs::canonicalize(path).unwrap_or_else(|_| plain(path));
                path.to_string_lossy().into_owned()
            }
            Self::Preset(name) => preset_name(name),
        }
    }

    fn name(&self) -> String {
        match self {
            Self::Path(path) => path.to_string_lossy().into_owned(),
            Self::Preset(name) => preset_name(name),
        }
    }
}

fn preset_name(name: &str) -> String {
    format!("masque:{name}")
}

/// A path without `.` and, where they can be taken back, `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if plain.file_name().is_some() => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}

struct Opened {
    file: Arc<SourceFile>,
    identity: String,
    page: Page,
}

struct Shelf<'a> {
    registry: Registry,
    open: Open<'a>,
    pages: Vec<Opened>,
    /// Which page includes which, and where it says so.
    edges: Vec<(usize, usize, Span)>,
    problems: Vec<Diagnostic>,
}

impl Shelf<'_> {
    /// Reads breadth first, so that a file included twice has its least depth.
    fn collect(&mut self, place: Place, text: String) {
        let mut waiting = VecDeque::from([(place, text, 0, None::<(usize, Span)>)]);
        while let Some((place, text, depth, from)) = waiting.pop_front() {
            let identity = place.identity();
            let known = self.pages.iter().position(|page| page.identity == identity);
            let at = known.unwrap_or(self.pages.len());
            if let Some((from, span)) = from {
                self.edges.push((from, at, span));
            }
            if known.is_some() {
                continue;
            }
            let file = Arc::new(SourceFile { name: place.name(), text });
            let mut reader = Reader::new(Arc::clone(&file), self.registry);
            let mut page = reader.page(depth);
            self.problems.append(&mut reader.problems);
            for (written, span) in std::mem::take(&mut page.include) {
                match self.find(&place, &written) {
                    Ok((inner, text)) => waiting.push_back((inner, text, depth + 1, Some((at, span)))),
                    Err(problem) => self.problems.push(problem.or_at(&span)),
                }
            }
            self.pages.push(Opened { file, identity, page });
        }
    }

    fn find(&self, from: &Place, written: &str) -> Result<(Place, String), Diagnostic> {
        if let Some(name) = written.strip_prefix("masque:") {
            let text = preset::find(name).ok_or_else(|| {
                Diagnostic::syntax(format!("there is no preset `{written}`")).help(preset::known())
            })?;
            return Ok((Place::Preset(name.to_owned()), text.to_owned()));
        }
        let path = match from {
            Place::Path(from) => from.parent().unwrap_or(Path::new("")).join(written),
            Place::Preset(_) => PathBuf::from(written),
        };
        let text = (self.open)(&path).map_err(|error| {
            let message = format!("can't read the included file `{}`: {error}", path.display());
            Diagnostic::syntax(message).help("paths start at the folder of the file that includes")
        })?;
        Ok((Place::Path(path), text))
    }

    fn find_cycles(&mut self) {
        let mut state = vec![State::New; self.pages.len()];
        let mut found = Vec::new();
        visit(0, &self.edges, &mut state, &mut found);
        for span in found {
            let problem = Diagnostic::syntax("this file includes itself").at(&span, "closes the circle");
            self.problems.push(problem.help("take one of the includes in the circle out"));
        }
    }

    fn bind(mut self) -> Result<RuleFile, Vec<Diagnostic>> {
        if self.problems.iter().any(|problem| problem.syntax) {
            let files: Vec<_> = self.pages.iter().map(|page| Arc::clone(&page.file)).collect();
            super::check::sort(&mut self.problems, &files);
            return Err(self.problems);
        }
        let mut all = RuleFile {
            files: Vec::new(),
            registry: self.registry,
            locale: DEFAULT_LOCALE.to_owned(),
            unlisted: Unlisted::Refuse,
            sections: Vec::new(),
            columns: Vec::new(),
            rows: Vec::new(),
            large_objects: LargeObjects::None,
            references: Vec::new(),
            schema: SchemaRules::default(),
            roles: Vec::new(),
            problems: self.problems,
        };
        // Pages stand nearest first: the first to say a setting decides it.
        let (mut locale, mut unlisted, mut large_objects) = (None, None, None);
        for Opened { file, page, .. } in self.pages {
            all.files.push(file);
            locale = locale.or(page.locale);
            unlisted = unlisted.or(page.unlisted);
            large_objects = large_objects.or(page.large_objects);
            all.sections.extend(page.sections);
            all.columns.extend(page.columns);
            all.rows.extend(page.rows);
            all.references.extend(page.references);
            all.schema.include(page.schema);
            all.roles.extend(page.roles);
        }
        all.locale = locale.unwrap_or(all.locale);
        all.unlisted = unlisted.unwrap_or(all.unlisted);
        all.large_objects = large_objects.unwrap_or(all.large_objects);
        Ok(all)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Done,
}

fn visit(at: usize, edges: &[(usize, usize, Span)], state: &mut [State], found: &mut Vec<Span>) {
    let mark = |state: &mut [State], value| {
        if let Some(slot) = state.get_mut(at) {
            *slot = value;
        }
    };
    mark(state, State::Open);
    for (_, to, span) in edges.iter().filter(|(from, ..)| *from == at) {
        match state.get(*to) {
            Some(State::New) => visit(*to, edges, state, found),
            Some(State::Open) => found.push(span.clone()),
            _ => {}
        }
    }
    mark(state, State::Done);
}

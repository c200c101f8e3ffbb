//! The proposal: a line for each column, as a person would have written it.

use super::choice::Choice;
use super::implied::Reference;
use super::learned::Observed;
use crate::rules::{written_key, written_text};
use crate::schema::{ColumnId, Schema, visible};
use std::collections::HashMap;
use std::fmt::Write as _;

/// Rules for a database, with why.
#[derive(Clone, Debug, Default)]
pub struct Proposal {
    /// The presets it includes, by name.
    pub presets: Vec<String>,
    /// Tables in name order.
    pub tables: Vec<Section>,
    /// Tables that could not be sampled, with the reason.
    pub closed: Vec<(String, String)>,
    /// Foreign keys that nobody declared, and the values bear out.
    pub references: Vec<Reference>,
    /// What was seen of the columns of each table, where that was asked for.
    pub observed: Vec<Vec<Observed>>,
}

/// A table's section.
#[derive(Clone, Debug)]
pub struct Section {
    /// `schema.table`, as messages say it.
    pub name: String,
    /// The table's schema.
    pub schema: String,
    /// The key of its section in a rule file.
    pub key: String,
    /// Why it was not sampled.
    pub closed: Option<String>,
    /// One line for each column that a rule decides on, in the table's order.
    pub lines: Vec<Line>,
}

/// A column's line.
#[derive(Clone, Debug)]
pub struct Line {
    /// The column's name.
    pub column: String,
    pub(super) id: ColumnId,
    pub(super) choice: Choice,
    /// How many rules were tried and did not fit.
    pub(super) tried: usize,
    /// The first rule that only a CHECK speaks against.
    pub(super) doubted: Option<usize>,
    /// Whether no rule was found that nothing speaks against.
    pub(super) accepted: bool,
    /// Which part of such columns of labelled databases is somebody's, from 0 to 1.
    pub likelihood: f64,
}

impl Line {
    pub(super) fn new(schema: &Schema, id: ColumnId, choice: Choice) -> Self {
        let column = schema.column(id).map(|column| column.name.clone()).unwrap_or_default();
        Self { column, id, choice, tried: 0, doubted: None, accepted: false, likelihood: 0.0 }
    }

    /// The rule, as it stands in a rule file.
    #[must_use]
    pub fn rule(&self) -> &str {
        self.choice.rules.get(self.tried).map_or("\"keep\"", String::as_str)
    }

    /// Whether the rule does not keep the value.
    #[must_use]
    pub fn is_masked(&self) -> bool {
        self.rule() != "\"keep\""
    }

    /// What a person should decide, where the proposal does not.
    #[must_use]
    pub fn doubt(&self) -> Option<&str> {
        self.choice.doubt.as_deref()
    }

    /// Why the rule is proposed; never a value.
    #[must_use]
    pub fn why(&self) -> String {
        self.choice.why.join("; ")
    }

    /// Takes the next rule; the last is to keep, and for a person to decide.
    pub(super) fn go_on(&mut self) {
        if self.tried < self.choice.rules.len() {
            self.tried += 1;
            if let (false, Some(first)) = (self.is_masked(), self.doubted) {
                (self.tried, self.accepted) = (first, true);
                self.choice.doubt =
                    Some(format!("masked values may break a CHECK constraint ({})", self.why()));
            } else if !self.is_masked() {
                self.choice.doubt = Some(format!("no mask fits this column ({})", self.why()));
            }
        }
    }

    /// Gives up keeping what the check of a rule file refuses to keep: words that are looked for go by the
    /// rule for them, for they are those of masked columns beside; of all else a person decides. False
    /// where that was done before.
    pub(super) fn refuse(&mut self, without_words: Option<&str>) -> bool {
        match without_words {
            Some(rule) if self.choice.rules != [rule] => {
                (self.choice.rules, self.tried) = (vec![rule.to_owned()], 0);
                self.choice.why = vec!["words of columns beside it that are masked".to_owned()];
                self.choice.doubt = None;
            }
            None if self.choice.doubt.is_none() => {
                self.choice.doubt = Some("`masque check` refuses to keep it".to_owned());
            }
            _ => return false,
        }
        true
    }

    /// Takes the next rule where a CHECK may refuse what this one gives; where every
    /// rule has that against it, the first stands, and a person decides.
    pub(super) fn avoid_check(&mut self) -> bool {
        if self.accepted {
            return false;
        }
        let first = *self.doubted.get_or_insert(self.tried);
        if self.tried + 1 < self.choice.rules.len() {
            self.tried += 1;
        } else {
            (self.tried, self.accepted) = (first, true);
            self.choice.doubt = Some(format!("masked values may break a CHECK constraint ({})", self.why()));
        }
        true
    }

    /// Accepts the rule, whose values hold what is checked; false where that was done before.
    pub(super) fn hold(&mut self) -> bool {
        if self.accepted {
            return false;
        }
        self.accepted = true;
        self.choice.why.push("its masked values hold the CHECK".to_owned());
        true
    }

    /// The line as it is written, with its column's name in so many characters.
    pub(super) fn written(&self, width: usize) -> String {
        format!("{:width$} = {}{}", written_key(&self.column), self.rule(), self.comment())
    }

    fn comment(&self) -> String {
        match self.doubt() {
            Some(doubt) => format!("   # decide: {}", visible(doubt)),
            None if self.choice.why.is_empty() => String::new(),
            None => format!("   # {}", visible(&self.why())),
        }
    }
}

impl Proposal {
    /// How many decisions are left to a person: columns in doubt, and tables that
    /// nobody looked into.
    #[must_use]
    pub fn decisions(&self) -> usize {
        let doubts = self.tables.iter().flat_map(|table| &table.lines).filter(|line| line.doubt().is_some());
        doubts.count() + self.closed.len()
    }

    /// Columns, and how many of them are masked.
    #[must_use]
    pub fn columns(&self) -> (usize, usize) {
        let lines = || self.tables.iter().flat_map(|table| &table.lines);
        (lines().count(), lines().filter(|line| line.is_masked()).count())
    }

    /// Gives lines other choices.
    pub(super) fn take(&mut self, choices: Vec<(ColumnId, Choice)>) {
        let mut choices: HashMap<ColumnId, Choice> = choices.into_iter().collect();
        for line in self.tables.iter_mut().flat_map(|section| &mut section.lines) {
            if let Some(choice) = choices.remove(&line.id) {
                line.choice = choice;
            }
        }
    }

    /// The rule file.
    #[must_use]
    pub fn text(&self) -> String {
        self.written().0
    }

    /// The rule file, and for each of its lines the table and line it is of.
    pub(super) fn written(&self) -> (String, Vec<Option<(usize, usize)>>) {
        let mut text = format!(
            "# Proposed by `masque discover`: read it before you trust it, and take out `# decide:` where you have.\n\
             # A foreign key does as the key it points at, and a generated column is made again: they have no line.\n\
             masque   = 1\nlocale   = \"en_US\"\nunlisted = \"refuse\"\n{}",
            include(&self.presets)
        );
        let mut places = vec![None; text.lines().count()];
        let mut schema: Option<&str> = None;
        for (table, section) in self.tables.iter().enumerate() {
            if schema != Some(section.schema.as_str()) {
                schema = Some(&section.schema);
                let _ = write!(text, "\n# --- schema {} ---\n", visible(&section.schema));
                places.extend([None, None]);
            }
            let body = section.text();
            let _ = write!(text, "\n{body}");
            let first = body.lines().count() - section.lines.len();
            places.extend(vec![None; first + 1]);
            places.extend((0..section.lines.len()).map(|line| Some((table, line))));
        }
        text.extend(self.references.iter().map(Reference::text));
        (text, places)
    }
}

/// The line that includes presets.
pub(super) fn include(presets: &[String]) -> String {
    let names: Vec<_> = presets.iter().map(|name| written_text(&format!("masque:{name}"))).collect();
    if names.is_empty() { String::new() } else { format!("include  = [{}]\n", names.join(", ")) }
}

impl Section {
    /// `[table.NAME]` with its lines, aligned.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        if let Some(why) = &self.closed {
            let _ = writeln!(text, "# decide: not one row was looked at: {why}");
        }
        let _ = write!(text, "[table.{}]", self.key);
        if self.lines.is_empty() {
            text.push_str("   # foreign keys and generated columns only");
        }
        text.push('\n');
        for line in self.written_lines() {
            text.push_str(&line);
            text.push('\n');
        }
        text
    }

    /// Each line as it is written, aligned with the others.
    pub(super) fn written_lines(&self) -> Vec<String> {
        let width = self.lines.iter().map(|line| written_key(&line.column).chars().count());
        let width = width.max().unwrap_or(0).min(40);
        self.lines.iter().map(|line| line.written(width)).collect()
    }
}

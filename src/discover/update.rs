//! A person's rule file brought up to date: lines for what is new, a mark on what is
//! gone, and every other byte as it was.

use super::proposal::{Line, Proposal};
use crate::rules::{Drift, written_key};
use crate::schema::visible;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use toml_edit::{Document, Item, TableLike, Value};

/// How a mark begins; a line that has it is not marked again.
const MARK: &str = "# vanished: ";

/// A rule file as it should be, and what is new about it.
#[derive(Clone, Debug, Default)]
pub struct Update {
    /// The text.
    pub text: String,
    /// New lines, by table.
    pub added: Vec<(String, Line)>,
    /// What the file names and the source no longer has.
    pub vanished: Vec<String>,
    /// Foreign keys that new columns follow: from, to.
    pub references: Vec<(String, String)>,
    /// Tables with new columns that could not be sampled.
    pub closed: Vec<(String, String)>,
}

/// Adds to a rule file what no rule decides on, by the proposal for those tables, and
/// marks what vanished.
#[must_use]
pub fn update(text: &str, drift: &Drift, proposal: &Proposal) -> Update {
    let mut update = Update { closed: proposal.closed.clone(), ..Update::default() };
    // What stands at which byte; inserting from the back leaves the places before right.
    let mut inserts: BTreeMap<usize, String> = BTreeMap::new();
    for (name, span) in &drift.vanished {
        let end = line_end(text, span.range.end);
        let begin = text
            .get(..span.range.end.min(text.len()))
            .and_then(|front| front.rfind('\n'))
            .map_or(0, |at| at + 1);
        update.vanished.push(visible(name));
        if !text.get(begin..end).is_some_and(|line| line.contains(MARK)) {
            let _ = write!(inserts.entry(end).or_default(), "   {MARK}the source has it no more");
        }
    }
    let document = Document::parse(text).ok();
    let mut end = String::new();
    for section in &proposal.tables {
        let is_new = |line: &&Line| drift.undecided.contains(&line.id);
        let new: Vec<&Line> = section.lines.iter().filter(is_new).collect();
        if new.is_empty() {
            continue;
        }
        update.added.extend(new.iter().map(|line| (section.name.clone(), (*line).clone())));
        let place = document.as_ref().and_then(|document| place(document, text, section));
        if let Some(at) = place {
            let lines = inserts.entry(at).or_default();
            for line in new {
                let _ = write!(lines, "\n{}", line.written(written_key(&line.column).chars().count()));
            }
        } else {
            let mut own = section.clone();
            own.lines.retain(|line| drift.undecided.contains(&line.id));
            let _ = write!(end, "\n{}", own.text());
        }
    }
    for reference in &proposal.references {
        update.references.push((reference.from.clone(), reference.to.clone()));
        end.push_str(&reference.text());
    }
    text.clone_into(&mut update.text);
    for (at, insert) in inserts.iter().rev() {
        update.text.insert_str(*at, insert);
    }
    if !end.is_empty() && !update.text.ends_with('\n') {
        update.text.push('\n');
    }
    update.text.push_str(&end);
    update
}

/// Where a line can be added to the table's section: behind its last line of its own.
fn place(document: &Document<&str>, text: &str, section: &super::Section) -> Option<usize> {
    let tables = document.get("table")?.as_table_like()?;
    let short = section.name.strip_prefix(&format!("{}.", section.schema));
    let names = [Some(section.name.as_str()), short];
    let item = names.into_iter().flatten().find_map(|name| tables.get(name))?;
    let table = item.as_table().filter(|table| !table.is_implicit() && !table.is_dotted())?;
    let header = table.span()?.start;
    // The header alone: its line ends where the first line begins.
    let header = text.get(header..)?.find(']').map(|at| header + at)?;
    Some(line_end(text, last(table).unwrap_or(header).max(header)))
}

/// Where the last value of a table ends, those of its dotted keys too.
fn last(table: &dyn TableLike) -> Option<usize> {
    let ends = table.iter().filter_map(|(_, item)| match item {
        Item::Value(Value::InlineTable(inner)) if inner.is_dotted() => last(inner),
        Item::Value(value) => Some(value.span()?.end),
        Item::Table(inner) if inner.is_dotted() => last(inner),
        _ => None,
    });
    ends.max()
}

/// The end of the line that has this byte, before its line break.
fn line_end(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let end = rest.find('\n').map_or(text.len(), |found| at + found);
    if text.get(..end).is_some_and(|front| front.ends_with('\r')) { end - 1 } else { end }
}

impl Update {
    /// How many things a person has to decide.
    #[must_use]
    pub fn decisions(&self) -> usize {
        let doubts = self.added.iter().filter(|(_, line)| line.doubt().is_some()).count();
        doubts + self.vanished.len() + self.closed.len()
    }

    /// What is new, in Markdown, for a pull request.
    #[must_use]
    pub fn summary(&self) -> String {
        if self.added.is_empty() && self.vanished.is_empty() && self.references.is_empty() {
            return String::from("Every column of the source has a rule.\n");
        }
        let mut text = String::new();
        if !self.added.is_empty() || !self.references.is_empty() {
            text.push_str("| new column | proposed rule | why |\n|---|---|---|\n");
        }
        for (table, line) in &self.added {
            let why = match line.doubt() {
                Some(doubt) => format!("**to decide:** {doubt}"),
                None => line.why(),
            };
            let column = format!("{table}.{}", written_key(&line.column));
            let _ = writeln!(text, "| `{}` | `{}` | {} |", cell(&column), cell(line.rule()), cell(&why));
        }
        for (from, to) in &self.references {
            let _ = writeln!(
                text,
                "| `{}` | `[[reference]]` | as `{}`, where its values occur |",
                cell(from),
                cell(to)
            );
        }
        if !self.vanished.is_empty() {
            text.push_str("\nThe source no longer has:\n\n");
        }
        for name in &self.vanished {
            let _ = writeln!(text, "- `{}`", cell(name));
        }
        for (table, why) in &self.closed {
            let _ = writeln!(text, "\n`{}` was not looked into: {}", cell(table), cell(why));
        }
        let _ = writeln!(text, "\nDecisions left: {}", self.decisions());
        text
    }
}

/// A text that can't end a table's cell.
fn cell(text: &str) -> String {
    visible(text).replace('|', "\\|").replace('`', "'")
}

#[cfg(test)]
mod tests {
    use super::super::choice::Choice;
    use super::super::proposal::Section;
    use super::*;
    use crate::schema::ColumnId;

    fn line(column: usize, name: &str, choice: Choice) -> Line {
        let id = ColumnId { table: 0, column };
        Line {
            column: name.to_owned(),
            id,
            choice,
            tried: 0,
            doubted: None,
            accepted: false,
            likelihood: 0.0,
        }
    }

    /// The file after a column `email` is new in `people`.
    fn updated(text: &str) -> Update {
        let choice = Choice::of(["\"email\"".to_owned()], "name");
        let lines = vec![line(0, "id", Choice::default()), line(1, "email", choice)];
        let section = Section {
            name: "public.people".to_owned(),
            schema: "public".to_owned(),
            key: "people".to_owned(),
            closed: None,
            lines,
        };
        let drift = Drift { undecided: vec![ColumnId { table: 0, column: 1 }], vanished: Vec::new() };
        update(text, &drift, &Proposal { tables: vec![section], ..Proposal::default() })
    }

    #[test]
    fn a_new_line_stands_behind_the_section_s_last_and_every_other_byte_stays() {
        for (before, after) in [
            ("[table.people]\nid='keep' # x\n\n[rows]\n", "\n\n[rows]\n"),
            ("[table.people]\r\nid = \"keep\"\r\n# end", "\r\n# end"),
            ("[table.\"public.people\"]\nid = { with = \"keep\",\n  reason = \"x\" }", ""),
            ("[table.people] # nothing yet", ""),
        ] {
            let new = updated(before).text;
            let front = before.strip_suffix(after).unwrap();
            assert_eq!(new, format!("{front}\nemail = \"email\"   # name{after}"));
        }
    }

    #[test]
    fn a_table_that_the_file_does_not_have_comes_at_its_end() {
        assert_eq!(updated("masque = 1").text, "masque = 1\n\n[table.people]\nemail = \"email\"   # name\n");
    }

    #[test]
    fn a_summary_counts_decisions_and_no_name_ends_its_cell() {
        let mut update = updated("masque = 1");
        assert_eq!(update.decisions(), 0);
        update.vanished.push("people.`a|b".to_owned());
        let told = update.summary();
        assert!(told.contains("| `public.people.email` | `\"email\"` | name |"), "{told}");
        assert!(told.contains("- `people.'a\\|b`") && told.ends_with("Decisions left: 1\n"), "{told}");
    }
}

//! How far a rule file and a schema have come apart: columns that nobody decided on,
//! and lines about what is no more.

use super::check::{Judged, judge};
use super::follow::every_column;
use super::rule_file::RuleFile;
use crate::diagnostic::Span;
use crate::schema::{ColumnId, Schema};

/// What came apart.
#[derive(Clone, Debug, Default)]
pub struct Drift {
    /// Columns that no rule decides on.
    pub undecided: Vec<ColumnId>,
    /// What the file names and the schema does not have: as it is written, and where.
    pub vanished: Vec<(String, Span)>,
}

/// Compares a file with a schema.
#[must_use]
pub fn drift(file: &RuleFile, schema: &mut Schema) -> Drift {
    // What else is wrong is for `check` to say.
    let mut problems = Vec::new();
    let Judged { verdicts, .. } = judge(file, schema, &mut problems);
    let schema = &*schema;
    let missing = |id: &ColumnId| verdicts.get(*id).is_some_and(|verdict| verdict.missing);
    Drift { undecided: every_column(schema).filter(missing).collect(), vanished: vanished(file, schema) }
}

fn vanished(file: &RuleFile, schema: &Schema) -> Vec<(String, Span)> {
    let mut gone = Vec::new();
    for section in
        file.sections.iter().filter(|section| section.depth == 0 && section.key.literal().is_some())
    {
        let tables: Vec<_> = schema.tables.iter().filter(|table| section.key.matches(&table.name)).collect();
        if tables.is_empty() {
            if section.entries.iter().any(|entry| !entry.optional) || section.entries.is_empty() {
                gone.push((section.written.clone(), section.span.clone()));
            }
            continue;
        }
        for entry in section.entries.iter().filter(|entry| !entry.optional) {
            if tables.iter().all(|table| table.find(&entry.name).is_none()) {
                gone.push((format!("{}.{}", section.written, entry.name), entry.span.clone()));
            }
        }
    }
    gone
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Column, DataType, Name, Scalar, Table};

    /// One table `people` with these columns.
    fn schema(columns: &[&str]) -> Schema {
        let text = |name: &&str| Column::of(*name, DataType::scalar_of("text", Scalar::Text));
        let table = Table::of(Name::new("public", "people"), columns.iter().map(text).collect());
        Schema { tables: vec![table], ..Schema::default() }
    }

    fn apart(rules: &str, columns: &[&str]) -> (Vec<usize>, Vec<String>) {
        let file = RuleFile::parse("rules.toml", rules).unwrap();
        let drift = drift(&file, &mut schema(columns));
        let undecided = drift.undecided.iter().map(|id| id.column).collect();
        (undecided, drift.vanished.into_iter().map(|(name, _)| name).collect())
    }

    #[test]
    fn what_no_line_decides_on_is_new_and_what_no_table_has_is_gone() {
        let rules = "masque = 1\n[table.people]\na = \"keep\"\nold = \"keep\"\n[table.gone]\nx = \"keep\"\n";
        let (undecided, vanished) = apart(rules, &["a", "b", "c"]);
        assert_eq!(undecided, [1, 2]);
        assert_eq!(vanished, ["people.old", "gone"]);
    }

    #[test]
    fn patterns_decide_and_optional_lines_never_vanish() {
        let rules = "masque = 1\n[columns]\n\"*mail\" = { with = \"email\", optional = true }\n[table.people]\na = \"keep\"\n\
                     old = { with = \"keep\", optional = true }\n";
        assert_eq!(apart(rules, &["a", "e_mail"]), (Vec::new(), Vec::new()));
    }
}

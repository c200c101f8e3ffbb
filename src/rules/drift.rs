//! How far a rule file and a schema have come apart: columns that nobody decided on,
//! and lines about what is no more.

use super::check::{Judged, judge};
use super::follow::every_column;
use super::rule_file::RuleFile;
use crate::diagnostic::Span;
use crate::schema::{ColumnId, Schema};
use std::collections::BTreeMap;
use toml_edit::Value;

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

/// What a file decides of the schema's columns, as it is written there, without `optional`.
#[must_use]
pub fn decided(file: &RuleFile, schema: &mut Schema) -> BTreeMap<ColumnId, String> {
    let mut problems = Vec::new();
    let Judged { verdicts, .. } = judge(file, schema, &mut problems);
    let written = |id: ColumnId| {
        let verdict = verdicts.get(id).filter(|verdict| verdict.decided.is_some())?;
        let span = &verdict.entry?.span;
        let mut rule: Value = span.file.text.get(span.range.clone())?.parse().ok()?;
        if let Value::InlineTable(table) = &mut rule {
            table.remove("optional");
            if table.len() == 1
                && let Some(with) = table.remove("with")
            {
                rule = with;
            }
        }
        Some((id, rule.decorated("", "").to_string()))
    };
    every_column(schema).filter_map(written).collect()
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
    fn what_a_preset_decides_is_told_as_it_is_written() {
        let file = RuleFile::parse("presets", "masque = 1\ninclude = [\"masque:pci\"]\n").unwrap();
        let decided = decided(&file, &mut schema(&["card_number", "card_expiry", "cvv", "hobby"]));
        let rules: Vec<_> = decided.iter().map(|(id, rule)| (id.column, rule.as_str())).collect();
        assert_eq!(rules, [(0, "\"card\""), (2, "\"null\""),]);
    }

    #[test]
    fn patterns_decide_and_optional_lines_never_vanish() {
        let rules = "masque = 1\n[columns]\n\"*mail\" = { with = \"email\", optional = true }\n[table.people]\na = \"keep\"\n\
                     old = { with = \"keep\", optional = true }\n";
        assert_eq!(apart(rules, &["a", "e_mail"]), (Vec::new(), Vec::new()));
    }
}

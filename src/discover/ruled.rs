//! Rules as they stand in a file, with what decides beside them: the row's person, the country of a
//! place, the names that prose may have in it.

use super::desk::Desk;
use super::person::primary;
use crate::rules::{words, written_text};
use crate::schema::{ColumnId, Schema, written};

impl Desk<'_> {
    /// Rules with what decides on the person and the place, and without.
    pub(super) fn ruled(&self, id: ColumnId, rules: &[String], by: bool, place: bool) -> Vec<String> {
        let key = primary(self.schema, id.table);
        let own = self.identity(id.table);
        let table = self.schema.table(id.table);
        let column = if place {
            // One person has more than one address, in a table of addresses.
            let places =
                table.is_some_and(|table| words(&table.name.name).iter().any(|word| word.starts_with("add")));
            if places { key } else { own.or(key) }
        } else if rules.iter().any(|rule| rule.contains("\"geo\"")) {
            // A latitude and its longitude move together, whosever they are.
            own.or(key)
        } else {
            own
        };
        let name = column.filter(|column| by && *column != id.column);
        let name =
            name.and_then(|column| table?.columns.get(column)).map(|column| written_text(&column.name));
        let mut tried = Vec::new();
        for rule in rules {
            if rule == "\"scrub\"" {
                tried.extend(self.scrub(id));
            }
            let by = name.as_ref().map(|name| format!(", by = {name}")).unwrap_or_default();
            if place {
                tried.push(with(rule, &format!("{by}, keep = \"country\"")));
            }
            if !by.is_empty() {
                tried.push(with(rule, &by));
            }
            tried.push(rule.clone());
        }
        tried
    }

    /// `scrub` with the names of the people a row knows: its own, and those it points at.
    fn scrub(&self, id: ColumnId) -> Option<String> {
        let mut tables = vec![id.table];
        let width = self.schema.table(id.table)?.columns.len();
        tables.extend((0..width).filter_map(|column| {
            let to = self.schema.referenced(ColumnId { table: id.table, column })?;
            self.about.get(to.table).is_some_and(|about| about.root).then_some(to.table)
        }));
        tables.sort_unstable_by_key(|table| *table != id.table);
        tables.dedup();
        let mut also = Vec::new();
        for table in tables {
            let found = self.schema.table(table)?;
            for (place, column) in
                found.columns.iter().enumerate().filter(|(_, column)| column.data_type.is_text())
            {
                let kind = self.kinds_of(table).get(place).copied().flatten();
                let wanted = kind.is_some_and(|kind| {
                    matches!(kind.name.as_str(), "first name" | "last name" | "full name" | "e-mail address")
                });
                if !wanted || column.generated || (ColumnId { table, column: place }) == id {
                    continue;
                }
                also.push(written_text(&if table == id.table {
                    written(&column.name)
                } else {
                    format!("{}.{}", sql_name(self.schema, table), written(&column.name))
                }));
            }
        }
        (!also.is_empty()).then(|| format!("{{ with = \"scrub\", also = [{}] }}", also.join(", ")))
    }
}

/// A table's name as a rule's text has it: without its schema where no other has it.
fn sql_name(schema: &Schema, table: usize) -> String {
    let Some(table) = schema.table(table) else { return String::new() };
    let others = schema.tables.iter().filter(|other| other.name.name == table.name.name).count();
    if others == 1 { written(&table.name.name) } else { table.name.written() }
}

/// A rule with more behind its `with`.
pub(super) fn with(rule: &str, more: &str) -> String {
    match rule.strip_suffix('}') {
        Some(open) => format!("{}{more} }}", open.trim_end()),
        None => format!("{{ with = {rule}{more} }}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_decides_goes_behind_the_name_of_the_rule() {
        assert_eq!(with("\"email\"", ", by = \"id\""), "{ with = \"email\", by = \"id\" }");
        assert_eq!(with("{ with = \"x\", a = 1 }", ", by = \"id\""), "{ with = \"x\", a = 1, by = \"id\" }");
    }
}

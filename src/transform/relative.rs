//! Columns that a rule names in other tables: `customers.first_name`, read in the
//! row that this row's foreign keys lead to.
//!
//! The shortest way counts; where several foreign keys lead to the table
//! (`billing_id`, `shipping_id`), each gives a row. The source joins those rows to
//! the table's own, so nothing is held in memory and nothing is looked up per row.

use super::{Binding, Decision, Masker, canonical};
use crate::diagnostic::{Diagnostic, nearest};
use crate::format::{Output, Row, Unreadable, Value};
use crate::schema::{ColumnId, DataType, Name, Schema};

/// How many foreign keys a way may have.
const FARTHEST: usize = 3;

/// A column of the row that a way of foreign keys leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    /// The foreign keys, by place in the schema, the first one the table's own.
    pub path: Vec<usize>,
    /// The column.
    pub column: ColumnId,
}

/// A column that a rule names, of this row or of one it points at.
pub struct Relative {
    /// Where its source value stands in the row.
    pub place: usize,
    /// The name of the transformer that masks it; `None` where it is kept or emptied.
    pub transformer: Option<&'static str>,
    data_type: DataType,
    masker: Box<dyn Masker>,
}

impl Relative {
    /// Writes the masked value, as the column's own rule makes it for that row, as
    /// text to `out`. `false` where it is NULL.
    ///
    /// # Errors
    /// Where the column's own mask can't read the value.
    pub fn write(&self, row: &Row<'_>, out: &mut Vec<u8>) -> Result<bool, Unreadable> {
        let Some(value) = row.value(self.place) else { return Ok(false) };
        canonical::with(|cell| {
            let mut output = Output::new(cell, &self.data_type, value.wire);
            self.masker.mask(value, row, &mut output)?;
            if output.is_null() {
                return Ok(false);
            }
            Value { raw: cell, data_type: &self.data_type, wire: value.wire }.show(out)?;
            Ok(true)
        })
    }
}

impl Binding<'_> {
    /// The columns that `written` names: `first_name` of this row, or
    /// `customers.first_name` of each row that the table's foreign keys lead to.
    ///
    /// # Errors
    /// A diagnostic where there is no such table or column, or no way to it.
    pub fn relatives(&mut self, written: &str) -> Result<Vec<Relative>, Diagnostic> {
        let parts = Name::split(written).unwrap_or_default();
        let Some((column, table)) = parts.split_last() else {
            return Err(Diagnostic::error(format!("`{written}` names no column"))
                .help("write `column`, or `table.column` for a table that a foreign key leads to"));
        };
        if table.is_empty() {
            let column = super::binding::find_column(self.schema, self.column, column)?;
            let column = ColumnId { table: self.column.table, column };
            return Ok(vec![self.relative(self.path.clone(), column)?]);
        }
        let target = find_table(self.schema, table)?;
        let column = super::binding::find_column(self.schema, ColumnId { table: target, column: 0 }, column)?;
        let column = ColumnId { table: target, column };
        let start = self.column.table;
        let mut paths = ways(self.schema, start, target);
        if start == target {
            paths.insert(0, Vec::new());
        }
        if paths.is_empty() {
            let from = self.schema.table(start).map(|t| t.name.to_string()).unwrap_or_default();
            let to = self.schema.table(target).map(|t| t.name.to_string()).unwrap_or_default();
            let problem = format!("no foreign key leads from `{from}` to `{to}`");
            return Err(Diagnostic::error(problem)
                .help("declare the way with `[[reference]]`, to a column that is unique"));
        }
        let whole = |way: Vec<usize>| self.path.iter().copied().chain(way).collect::<Vec<_>>();
        let paths: Vec<_> = paths.into_iter().map(whole).collect();
        paths.into_iter().map(|path| self.relative(path, column)).collect()
    }

    fn relative(&mut self, path: Vec<usize>, column: ColumnId) -> Result<Relative, Diagnostic> {
        let name = self.schema.describe(column);
        if path.len() > FARTHEST {
            return Err(Diagnostic::error(format!("`{name}` is more than {FARTHEST} foreign keys away")));
        }
        let Some(found) = self.schema.column(column) else {
            return Err(Diagnostic::error(format!("there is no column `{name}`")));
        };
        if found.generated {
            return Err(Diagnostic::error(format!("`{name}` is generated and not read")));
        }
        self.needs_text_of(&found.data_type)?;
        let data_type = found.data_type.clone();
        let transformer = match (self.decisions)(column) {
            Some(Decision::Mask(rule)) => Some(rule.with.name()),
            _ => None,
        };
        let within = |problem: Diagnostic| Diagnostic {
            message: format!("`{name}` can't be read here: {}", problem.message),
            ..problem
        };
        let masker = self.mask_of(path.clone(), column).map_err(within)?;
        let place = self.place_of(path, column);
        Ok(Relative { place, transformer, data_type, masker })
    }
}

/// The shortest ways of foreign keys from one table to another, none empty.
fn ways(schema: &Schema, from: usize, to: usize) -> Vec<Vec<usize>> {
    let root = schema.partition_root(to);
    let mut level = vec![(from, Vec::new())];
    for _ in 0..FARTHEST {
        let mut next = Vec::new();
        for (table, way) in &level {
            for (place, _) in schema.keys_from(*table) {
                let Some(key) = schema.foreign_keys.get(place).filter(|key| schema.points_at_one(key)) else {
                    continue;
                };
                let mut longer: Vec<usize> = way.clone();
                longer.push(place);
                next.push((key.to, longer));
            }
        }
        let found: Vec<_> = next
            .iter()
            .filter(|(table, _)| *table == to || *table == root)
            .map(|(_, way)| way.clone())
            .collect();
        if !found.is_empty() {
            return found;
        }
        level = next;
    }
    Vec::new()
}

fn find_table(schema: &Schema, parts: &[String]) -> Result<usize, Diagnostic> {
    let fits = |name: &Name| match parts {
        [table] => name.name == *table,
        [in_schema, table] => name.schema == *in_schema && name.name == *table,
        _ => false,
    };
    let found: Vec<usize> =
        (0..).zip(&schema.tables).filter(|(_, table)| fits(&table.name)).map(|(place, _)| place).collect();
    let written = parts.join(".");
    match found.as_slice() {
        [table] => Ok(*table),
        [] => {
            let names: Vec<_> = schema.tables.iter().map(|table| table.name.name.as_str()).collect();
            let problem = Diagnostic::error(format!("there is no table `{written}`"));
            let last = parts.last().map(String::as_str).unwrap_or_default();
            Err(match nearest(last, names) {
                Some(near) => problem.help(format!("did you mean `{near}`?")),
                None => problem,
            })
        }
        _ => Err(Diagnostic::error(format!("`{written}` is a table of several schemas"))
            .help("write the schema too: `schema.table.column`")),
    }
}

//! `[[reference]]`: foreign keys the database does not declare.

use super::rule_file::{End, Reference, RuleFile};
use super::select::unknown_table;
use crate::diagnostic::{Diagnostic, nearest};
use crate::schema::{ForeignKey, Schema, visible};

/// Adds the file's references to the schema's foreign keys.
pub(super) fn add(file: &RuleFile, schema: &mut Schema, problems: &mut Vec<Diagnostic>) {
    for reference in &file.references {
        match bind(reference, schema) {
            Ok(key) => add_key(reference, key, schema, problems),
            Err(problem) => problems.push(problem.or_at(&reference.span)),
        }
    }
    schema.share_room();
}

fn add_key(reference: &Reference, key: ForeignKey, schema: &mut Schema, problems: &mut Vec<Diagnostic>) {
    let same = |other: &&ForeignKey| {
        other.from == key.from
            && other.to == key.to
            && other.columns == key.columns
            && other.to_columns == key.to_columns
    };
    match schema.foreign_keys.iter().find(same) {
        // A schema that was checked before has it already.
        Some(known) if !known.declared => {}
        Some(known) => {
            let message = format!("the database declares this reference as `{}`", known.name);
            problems.push(Diagnostic::warning(message).at(&reference.span, "").help("take it out"));
        }
        None => schema.foreign_keys.push(key),
    }
}

fn bind(reference: &Reference, schema: &Schema) -> Result<ForeignKey, Diagnostic> {
    let (from, columns) = side(&reference.from, schema)?;
    let (to, to_columns) = side(&reference.to, schema)?;
    if columns.len() != to_columns.len() {
        let message = "`from` and `to` name different numbers of columns";
        return Err(Diagnostic::error(message).help("write the columns of both sides in the same order"));
    }
    if (from, &columns) == (to, &to_columns) {
        return Err(Diagnostic::error("this reference points at itself").help("name the key column in `to`"));
    }
    let root = schema.partition_root(from);
    if root != from {
        let (Some(table), Some(root)) = (schema.table(from), schema.table(root)) else {
            return Err(Diagnostic::error("this reference names no table").help("take it out"));
        };
        let message = format!("`{}` is a partition of `{}`", table.name, root.name);
        return Err(Diagnostic::error(message).help(format!("write the reference from `{}`", root.name)));
    }
    let names = |ends: &[End]| ends.iter().map(|end| end.written.as_str()).collect::<Vec<_>>().join(", ");
    Ok(ForeignKey {
        name: format!("{} -> {}", names(&reference.from), names(&reference.to)),
        from,
        columns,
        to,
        to_columns,
        validated: false,
        declared: false,
    })
}

fn side(ends: &[End], schema: &Schema) -> Result<(usize, Vec<usize>), Diagnostic> {
    let mut found: Option<usize> = None;
    let mut columns = Vec::new();
    for end in ends {
        let table = table_of(end, schema).map_err(|problem| problem.or_at(&end.span))?;
        if found.is_some_and(|found| found != table) {
            let message = "one side of a reference names columns of two tables";
            let help = "write one `[[reference]]` for each table";
            return Err(Diagnostic::error(message).at(&end.span, "another table").help(help));
        }
        found = Some(table);
        columns.push(column_of(end, table, schema).map_err(|problem| problem.or_at(&end.span))?);
    }
    let table = found.ok_or_else(|| Diagnostic::error("this reference names no column").help("name one"))?;
    Ok((table, columns))
}

fn table_of(end: &End, schema: &Schema) -> Result<usize, Diagnostic> {
    let (in_schema, name) = match end.table.as_slice() {
        [name] => (None, name),
        [schema, name] => (Some(schema), name),
        _ => {
            return Err(
                Diagnostic::error("a table's name has one or two parts").help("write `schema.table.column`")
            );
        }
    };
    let fits = |table: &crate::schema::Table| {
        table.name.name == *name && in_schema.is_none_or(|schema| table.name.schema == *schema)
    };
    let found: Vec<_> = (0..).zip(&schema.tables).filter(|(_, table)| fits(table)).collect();
    match found.as_slice() {
        [(index, _)] => Ok(*index),
        [] => Err(unknown_table(&end.table.join("."), schema)),
        many => {
            let names: Vec<_> =
                many.iter().map(|(_, table)| format!("`{}.{}`", table.name, end.column)).collect();
            let message = format!("`{name}` is a table of several schemas");
            Err(Diagnostic::error(message).help(format!("write one of {}", names.join(", "))))
        }
    }
}

fn column_of(end: &End, table: usize, schema: &Schema) -> Result<usize, Diagnostic> {
    let table = schema.table(table);
    table.and_then(|table| table.find(&end.column)).ok_or_else(|| {
        let name = table.map(|table| table.name.to_string()).unwrap_or_default();
        let columns: Vec<_> =
            table.into_iter().flat_map(|t| t.columns.iter().map(|c| c.name.as_str())).collect();
        unknown_column(&name, &end.column, &columns)
    })
}

/// The problem of a column that is not there.
pub(super) fn unknown_column(table: &str, column: &str, columns: &[&str]) -> Diagnostic {
    let problem = Diagnostic::error(format!("`{table}` has no column `{column}`"));
    match nearest(column, columns.iter().copied()) {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None => problem.help(format!("its columns are {}", listed(columns))),
    }
}

/// Names in backticks, the first few of many.
pub(super) fn listed(names: &[&str]) -> String {
    const SHOWN: usize = 12;
    let mut shown: Vec<_> = names.iter().take(SHOWN).map(|name| format!("`{}`", visible(name))).collect();
    if names.len() > SHOWN {
        shown.push(format!("and {} more", names.len() - SHOWN));
    }
    shown.join(", ")
}

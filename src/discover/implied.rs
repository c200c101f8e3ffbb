//! Foreign keys that nobody declared: the column is named after a table about people,
//! or as its key, and every sampled value occurs there.

use super::Look;
use super::person::{About, primary, single};
use crate::error::Result;
use crate::postgres::session::Session;
use crate::rules::{self, Detector, words, written_text};
use crate::schema::{ColumnId, ForeignKey, Schema, identifier, written};

/// So many different values are looked up.
const LOOKED_UP: u32 = 200;

/// Fewer say nothing.
const ENOUGH: i64 = 5;

/// A foreign key that the proposal declares.
#[derive(Clone, Debug)]
pub struct Reference {
    /// `table.column`, as a rule file has it.
    pub from: String,
    /// The key it points at.
    pub to: String,
    /// How many different values were found there.
    pub found: i64,
}

impl Reference {
    /// As a rule file has it, with why.
    pub(super) fn text(&self) -> String {
        let Self { from, to, found } = self;
        format!(
            "\n[[reference]]   # name, and {found} of {found} sampled values occur there\nfrom = {}\nto   = {}\n",
            written_text(from),
            written_text(to)
        )
    }
}

/// Adds to the schema what the values bear out, and gives it.
pub(super) async fn find(
    session: &Session,
    schema: &mut Schema,
    detector: &Detector,
    about: &[About],
    look: &Look,
) -> Result<Vec<Reference>> {
    let patience = look.patience;
    let mut references = Vec::new();
    for (from, to) in candidates(schema, detector, about) {
        let is_asked = look.only.as_ref().is_none_or(|only| only.contains(&from.table))
            && look.new.as_ref().is_none_or(|new| new.contains(&from));
        if !is_asked {
            continue;
        }
        let Some(sql) = statement(schema, from, to) else { continue };
        let name = schema.describe(from);
        let doing = format!("looking `{name}` up");
        session.run(&doing, "SAVEPOINT looking_up").await?;
        session
            .run(&doing, &format!("SET LOCAL statement_timeout = {}", patience.as_millis().max(1)))
            .await?;
        let read = session.query(&doing, &sql, &[]).await;
        let end =
            if read.is_ok() { "RELEASE SAVEPOINT looking_up" } else { "ROLLBACK TO SAVEPOINT looking_up" };
        session.run(&doing, end).await?;
        // What the server refuses or has no time for stays as it is.
        let Ok(rows) = read else { continue };
        session.run(&doing, "SET LOCAL statement_timeout = 0").await?;
        let Some((all, found)) = rows.first().map(|row| (row.get::<_, i64>(0), row.get::<_, i64>(1))) else {
            continue;
        };
        if all < ENOUGH || found < all {
            continue;
        }
        let (Some(own), Some(other)) = (end_of(schema, from), end_of(schema, to)) else { continue };
        schema.foreign_keys.push(ForeignKey {
            name: format!("{own} -> {other}"),
            from: from.table,
            columns: vec![from.column],
            to: to.table,
            to_columns: vec![to.column],
            validated: false,
            declared: false,
        });
        references.push(Reference { from: own, to: other, found });
    }
    schema.share_room();
    Ok(references)
}

/// Columns that may point at the key of a table about people, by their names and types.
fn candidates(schema: &Schema, detector: &Detector, about: &[About]) -> Vec<(ColumnId, ColumnId)> {
    let mut found: Vec<(ColumnId, ColumnId)> = Vec::new();
    for (table, own) in schema.tables.iter().enumerate() {
        let is_root =
            schema.partition_root(table) == table && rules::needs_decisions(own) && own.is_streamed();
        for (place, column) in own.columns.iter().enumerate().filter(|_| is_root) {
            let id = ColumnId { table, column: place };
            if !rules::decides(schema, id)
                || schema.referenced(id).is_some()
                || primary(schema, table) == Some(place)
            {
                continue;
            }
            let to = schema.tables.iter().enumerate().find_map(|(other, theirs)| {
                let near = about.get(other).is_some_and(|about| about.is_near(2) && !about.public);
                let key =
                    primary(schema, other).filter(|_| near && other != table && theirs.is_streamed())?;
                let theirs_key = theirs.columns.get(key)?;
                let same_type = theirs_key.data_type.base().name == column.data_type.base().name;
                let named = is_named_after(detector, &column.name, &theirs.name.name, &theirs_key.name);
                (same_type && named).then_some(ColumnId { table: other, column: key })
            });
            found.extend(to.map(|to| (id, to)));
        }
    }
    found
}

/// Whether a column is called after a table, `customer_id` after `customers`, or as its
/// key is, where that says more than `id`.
fn is_named_after(detector: &Detector, column: &str, table: &str, key: &str) -> bool {
    const NUMBERS: [&str; 10] = ["id", "nr", "no", "num", "number", "key", "uuid", "fk", "nummer", "code"];
    let is_number = |word: &String| NUMBERS.contains(&word.as_str());
    let own = detector.spelled(&words(column));
    let key = detector.spelled(&words(key));
    if own == key {
        return key.len() > 1
            || key.first().is_some_and(|word| !is_number(word) && word != "name" && word.len() > 3);
    }
    let stem = |word: &String| {
        let word = single(word);
        word.strip_suffix('s').unwrap_or(&word).to_owned()
    };
    let rest: Vec<_> = own.iter().filter(|word| !is_number(word)).map(stem).collect();
    let table: Vec<_> = detector.spelled(&words(table)).iter().map(stem).collect();
    rest.len() < own.len() && !rest.is_empty() && rest == table
}

/// Counts different values, and those of them that are keys.
fn statement(schema: &Schema, from: ColumnId, to: ColumnId) -> Option<String> {
    let (own, other) = (schema.table(from.table)?, schema.table(to.table)?);
    let (column, key) = (identifier(&schema.column(from)?.name), identifier(&schema.column(to)?.name));
    Some(format!(
        "SELECT count(*), count(k.{key}) FROM (SELECT DISTINCT {column} AS value FROM \
         (SELECT {column} FROM ONLY {} WHERE {column} IS NOT NULL LIMIT 2000) AS sampled LIMIT {LOOKED_UP}) AS v \
         LEFT JOIN {} AS k ON k.{key} = v.value",
        own.name.sql(),
        other.name.sql(),
    ))
}

fn end_of(schema: &Schema, id: ColumnId) -> Option<String> {
    Some(format!("{}.{}", schema.table(id.table)?.name.written(), written(&schema.column(id)?.name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_named_after_a_table_or_as_its_key() {
        let named = |column, table, key| is_named_after(Detector::own(), column, table, key);
        assert!(named("customer_id", "customers", "id") && named("relatienr", "relaties", "relatienr"));
        assert!(named("companyId", "companies", "id") && named("abonentId", "Abonent", "abonentId"));
        assert!(!named("id", "customers", "id") && !named("product_id", "customers", "id"));
        assert!(!named("customer", "customers", "id") && !named("code", "customers", "code"));
    }
}

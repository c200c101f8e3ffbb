//! Foreign keys that nobody declared: the column is named after a table about people,
//! as its key, or as others are that point at it, and every sampled value occurs there.

use super::Look;
use super::person::{About, primary, single};
use crate::error::Result;
use crate::postgres::session::Session;
use crate::rules::{self, Detector, words, written_text};
use crate::schema::{ColumnId, ForeignKey, Schema, identifier, written};
use std::collections::HashMap;

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
    let is_asked = |from: ColumnId| {
        look.only.as_ref().is_none_or(|only| only.contains(&from.table))
            && look.new.as_ref().is_none_or(|new| new.contains(&from))
    };
    for (from, to) in candidates(schema, detector, about, &is_asked) {
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
fn candidates(
    schema: &Schema,
    detector: &Detector,
    about: &[About],
    is_asked: &dyn Fn(ColumnId) -> bool,
) -> Vec<(ColumnId, ColumnId)> {
    let ends: Vec<(ColumnId, Named)> = (0..schema.tables.len())
        .filter(|table| about.get(*table).is_some_and(|about| about.is_near(2) && !about.public))
        .filter_map(|table| {
            let theirs = schema.table(table).filter(|theirs| theirs.is_streamed())?;
            let id = ColumnId { table, column: primary(schema, table)? };
            Some((id, Named::of(detector, &theirs.name.name, &schema.column(id)?.name)))
        })
        .collect();
    let pointers = pointers(schema);
    let mut found: Vec<(ColumnId, ColumnId)> = Vec::new();
    for (table, own) in schema.tables.iter().enumerate() {
        if schema.partition_root(table) != table || !rules::needs_decisions(own) {
            continue;
        }
        let key = primary(schema, table);
        for (place, column) in own.columns.iter().enumerate() {
            let id = ColumnId { table, column: place };
            if key == Some(place)
                || !is_asked(id)
                || !rules::decides(schema, id)
                || schema.referenced(id).is_some()
            {
                continue;
            }
            let name = detector.spelled(&words(&column.name));
            let fits = |end: ColumnId| {
                let same_type = schema
                    .column(end)
                    .is_some_and(|key| key.data_type.base().name == column.data_type.base().name);
                end.table != table && same_type
            };
            let pointer = pointers.get(column.name.as_str()).copied().flatten();
            let pointer = pointer.filter(|to| ends.iter().any(|(end, _)| end == to) && fits(*to));
            let meant = || ends.iter().find(|(end, named)| fits(*end) && named.is_meant_by(&name));
            // A key that is somebody's points on at them.
            let to =
                pointer.or_else(|| meant().map(|(end, _)| schema.root(*end))).filter(|to| to.table != table);
            found.extend(to.map(|to| (id, to)));
        }
    }
    found
}

/// What the columns of one name point at, where two and more do and all at one key.
fn pointers(schema: &Schema) -> HashMap<&str, Option<ColumnId>> {
    let mut first: HashMap<&str, (ColumnId, usize)> = HashMap::new();
    let mut found = HashMap::new();
    for key in schema.foreign_keys.iter().filter(|key| schema.partition_root(key.from) == key.from) {
        let ([from], [to]) = (key.columns.as_slice(), key.to_columns.as_slice()) else { continue };
        let Some(column) = schema.column(ColumnId { table: key.from, column: *from }) else { continue };
        let to = ColumnId { table: key.to, column: *to };
        let (end, count) = first.entry(&column.name).or_insert((to, 0));
        *count += 1;
        if *end != to {
            found.insert(column.name.as_str(), None);
        } else if *count >= 2 {
            found.entry(column.name.as_str()).or_insert(Some(to));
        }
    }
    found
}

/// What a column is called that points at a table: after the table, `customer_id` after
/// `customers`, or as its key is, where that says more than `id`.
struct Named {
    table: Vec<String>,
    key: Vec<String>,
    /// Whether the key's name says more than `id`.
    telling: bool,
}

impl Named {
    fn of(detector: &Detector, table: &str, key: &str) -> Self {
        let key = detector.spelled(&words(key));
        let says = |word: &String| !is_number(word) && word != "name" && word.len() > 3;
        Self {
            table: detector.spelled(&words(table)).iter().map(|word| stem(word)).collect(),
            telling: key.len() > 1 || key.first().is_some_and(says),
            key,
        }
    }

    fn is_meant_by(&self, column: &[String]) -> bool {
        if column == self.key {
            return self.telling;
        }
        let rest = || column.iter().filter(|word| !is_number(word));
        let left = rest().count();
        left < column.len() && left > 0 && rest().map(|word| stem(word)).eq(self.table.iter().cloned())
    }
}

fn is_number(word: &str) -> bool {
    ["id", "nr", "no", "num", "number", "key", "uuid", "fk", "nummer", "code"].contains(&word)
}

fn stem(word: &str) -> String {
    let word = single(word);
    word.strip_suffix('s').unwrap_or(&word).to_owned()
}

/// Counts different values, and those of them that are keys.
fn statement(schema: &Schema, from: ColumnId, to: ColumnId) -> Option<String> {
    let (own, other) = (schema.table(from.table)?, schema.table(to.table)?);
    let (column, key) = (identifier(&schema.column(from)?.name), identifier(&schema.column(to)?.name));
    Some(format!(
        "SELECT count(*), count(k.{key}) FROM (SELECT DISTINCT {column} AS value FROM \
         (SELECT {column} FROM {}{} WHERE {column} IS NOT NULL LIMIT 2000) AS sampled LIMIT {LOOKED_UP}) AS v \
         LEFT JOIN {} AS k ON k.{key} = v.value",
        if own.is_streamed() { "ONLY " } else { "" },
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
        let detector = Detector::own();
        let named = |column, table, key| {
            Named::of(detector, table, key).is_meant_by(&detector.spelled(&words(column)))
        };
        assert!(named("customer_id", "customers", "id") && named("relatienr", "relaties", "relatienr"));
        assert!(named("companyId", "companies", "id") && named("abonentId", "Abonent", "abonentId"));
        assert!(!named("id", "customers", "id") && !named("product_id", "customers", "id"));
        assert!(!named("customer", "customers", "id") && !named("code", "customers", "code"));
    }
}

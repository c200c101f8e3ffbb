//! What each column is called: the words of its name, without what its table puts in front of
//! all its columns. `via_tipo` of `mae_vias` is a `tipo`, and no street.

use crate::rules::{Detector, family, words};
use crate::schema::{Column, ColumnId, Schema, Table};

/// Fewer columns than this have no front in common.
const ENOUGH: usize = 4;

/// The words of all columns' names, by table and column.
pub(super) struct Names(Vec<Vec<Vec<String>>>);

impl Names {
    pub(super) fn of(detector: &Detector, schema: &Schema) -> Self {
        let table = |table: &Table| {
            let front = front(table);
            table.columns.iter().map(|column| called(detector, front, column)).collect()
        };
        Self(schema.tables.iter().map(table).collect())
    }

    /// The words of one; none where it is not there.
    pub(super) fn get(&self, id: ColumnId) -> &[String] {
        self.table(id.table).get(id.column).map(Vec::as_slice).unwrap_or_default()
    }

    /// Those of a table's columns, in their order.
    pub(super) fn table(&self, table: usize) -> &[Vec<String>] {
        self.0.get(table).map(Vec::as_slice).unwrap_or_default()
    }
}

/// What nearly all columns of the table begin with, before the first `_`.
fn front(table: &Table) -> Option<&str> {
    // One of the first two has it, where nearly all have.
    table.columns.iter().take(2).find_map(|column| {
        let (front, _) = column.name.split_once('_').filter(|(front, _)| !front.is_empty())?;
        let count = table.columns.iter().filter(|other| behind(front, other).is_some()).count();
        (count >= ENOUGH && count * 4 >= table.columns.len() * 3).then_some(front)
    })
}

/// What comes in a column's name after that.
fn behind<'c>(front: &str, column: &'c Column) -> Option<&'c str> {
    column.name.strip_prefix(front)?.strip_prefix('_').filter(|rest| !rest.is_empty())
}

fn called(detector: &Detector, front: Option<&str>, column: &Column) -> Vec<String> {
    let all = words(&column.name);
    let rest = front.and_then(|front| behind(front, column)).map(words);
    let Some(rest) = rest.filter(|rest| !rest.is_empty()) else { return all };
    let carried = match rest.as_slice() {
        [only] => detector.has("carriers", only.trim_end_matches(|c: char| c.is_ascii_digit())),
        _ => false,
    };
    let says = |words: &[String]| family(&column.data_type).and_then(|family| detector.named(words, family));
    if carried && says(&all).is_some() && says(&rest).is_none() { all } else { rest }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{DataType, Name, Scalar};

    fn names(table: &str, columns: &[&str]) -> Vec<String> {
        let of = |name: &&str| Column::of(*name, DataType::scalar_of("text", Scalar::Text));
        let table = Table::of(Name::new("public", table), columns.iter().map(of).collect());
        let front = front(&table);
        let called = |column: &Column| called(Detector::own(), front, column).join(" ");
        table.columns.iter().map(called).collect()
    }

    #[test]
    fn what_all_columns_begin_with_says_nothing() {
        let ways = ["via_cod", "via_tipo", "via_nom", "via_cp", "via_alta", "via_baja", "viaje", "mun_id"];
        assert_eq!(names("mae_vias", &ways), ["cod", "tipo", "nom", "cp", "alta", "baja", "viaje", "mun id"]);
        let few = ["via_tipo", "nombre", "cp", "fecha"];
        assert_eq!(names("mae_vias", &few), ["via tipo", "nombre", "cp", "fecha"]);
    }

    #[test]
    fn a_word_that_is_nothing_alone_keeps_its_front() {
        let phones = ["phone_id", "phone_number", "phone_type", "phone_label"];
        assert_eq!(names("phones", &phones), ["id", "phone number", "type", "label"]);
    }
}

//! The room that columns of one foreign key share.
//!
//! A mask fits its column: where there is less room it writes a shorter value. So
//! that a value and what points at it stay equal, the columns of one key are all
//! taken to have the room of the narrowest, `text` beside `varchar(20)` too.

use super::{ColumnId, DataType, Form, Scalar, Schema};
use std::collections::BTreeMap;

impl Schema {
    /// Gives all text columns that one column decides for the room of the narrowest of them.
    pub fn share_room(&mut self) {
        let columns =
            |(table, columns): (usize, usize)| (0..columns).map(move |column| ColumnId { table, column });
        let widths: Vec<_> = self.tables.iter().map(|table| table.columns.len()).enumerate().collect();
        let texts: Vec<_> = widths
            .into_iter()
            .flat_map(columns)
            .filter(|id| self.column(*id).is_some_and(|column| column.data_type.is_text()))
            .map(|id| (id, self.root(id)))
            .collect();
        let mut rooms: BTreeMap<ColumnId, usize> = BTreeMap::new();
        for (id, root) in &texts {
            if let Some(room) = self.column(*id).and_then(|column| column.data_type.max_chars()) {
                rooms.entry(*root).and_modify(|least| *least = room.min(*least)).or_insert(room);
            }
        }
        for (id, root) in texts {
            let column = self.tables.get_mut(id.table).and_then(|table| table.columns.get_mut(id.column));
            if let (Some(column), Some(room)) = (column, rooms.get(&root)) {
                narrow(&mut column.data_type, *room);
            }
        }
    }
}

/// Padded types keep their length.
fn narrow(data_type: &mut DataType, room: usize) {
    let wide = data_type.max_chars().is_none_or(|own| own > room);
    match &mut data_type.form {
        Form::Domain(base) => narrow(base, room),
        Form::Scalar(scalar @ (Scalar::Text | Scalar::Varchar(_))) if wide => {
            *scalar = Scalar::Varchar(u32::try_from(room).ok());
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Column, ForeignKey, Name, Table};
    use super::*;

    fn table(name: &str, scalar: Scalar) -> Table {
        let column = |name: &str, scalar| Column::of(name, DataType::scalar_of("text", scalar));
        Table::of(Name::new("public", name), vec![column("code", scalar), column("note", Scalar::Text)])
    }

    #[test]
    fn the_narrowest_column_of_a_key_says_the_room_of_all() {
        let key = |from, to| ForeignKey {
            name: String::new(),
            from,
            columns: vec![0],
            to,
            to_columns: vec![0],
            validated: true,
            declared: true,
        };
        let scalars = [Scalar::Varchar(Some(40)), Scalar::Text, Scalar::Varchar(Some(20)), Scalar::Char(30)];
        let mut schema = Schema {
            tables: scalars.map(|scalar| table("t", scalar)).into(),
            foreign_keys: vec![key(1, 0), key(2, 1), key(3, 0)].into(),
            ..Schema::default()
        };
        schema.share_room();
        let rooms = |column: usize| -> Vec<_> {
            schema.tables.iter().map(|table| table.columns[column].data_type.max_chars()).collect()
        };
        assert_eq!(rooms(0), [Some(20), Some(20), Some(20), Some(30)]);
        assert_eq!(rooms(1), [None; 4]);
    }
}

//! How the source finds the rows that a table's foreign keys lead to.
//!
//! Each way of foreign keys is a chain of left joins on columns that are unique on
//! the far side, so the table's own rows stay as many as they are.

use crate::schema::{Schema, identifier};
use crate::transform::Relation;
use std::fmt::Write;

/// What the reading statement calls the table's own row.
pub(super) const ROW: &str = "masque_row";

/// The part of the reading statement that is about other rows.
#[derive(Clone, Debug, Default)]
pub struct Joined {
    /// The other rows' columns, as expressions.
    pub columns: Vec<String>,
    /// The joins.
    pub joins: String,
    /// The table's own columns that the joins read, by place.
    pub by: Vec<usize>,
}

impl Joined {
    pub(super) fn new(schema: &Schema, table: usize, relatives: &[Relation]) -> Self {
        let mut joined = Self::default();
        // Each way that is joined already, and what its row is called.
        let mut known: Vec<(Vec<usize>, String)> = Vec::new();
        for relation in relatives {
            let mut row = ROW.to_owned();
            let mut from = table;
            for steps in 1..=relation.path.len() {
                let way = relation.path.get(..steps).unwrap_or_default();
                let Some(key) = way.last().and_then(|place| schema.foreign_keys.get(*place)) else { break };
                let found = known.iter().find(|(other, _)| other == way).map(|(_, name)| name.clone());
                let next = found.unwrap_or_else(|| {
                    let next = format!("masque_{}", known.len() + 1);
                    joined.join(schema, from, way, &row, &next);
                    known.push((way.to_vec(), next.clone()));
                    next
                });
                (row, from) = (next, key.to);
            }
            if let Some(column) = schema.column(relation.column) {
                joined.columns.push(format!("{row}.{}", identifier(&column.name)));
            }
        }
        joined
    }

    fn join(&mut self, schema: &Schema, from: usize, way: &[usize], row: &str, next: &str) {
        let Some((place, key)) = way.last().and_then(|p| Some((*p, schema.foreign_keys.get(*p)?))) else {
            return;
        };
        let columns = schema.keys_from(from).into_iter().find(|(other, _)| *other == place).map(|(_, c)| c);
        let columns = columns.unwrap_or_default();
        let (Some(own), Some(other)) = (schema.table(from), schema.table(key.to)) else { return };
        let pairs = columns.iter().zip(&key.to_columns).filter_map(|(own_place, there)| {
            let (left, right) = (own.columns.get(*own_place)?, other.columns.get(*there)?);
            Some(format!("{next}.{} = {row}.{}", identifier(&right.name), identifier(&left.name)))
        });
        let pairs: Vec<_> = pairs.collect();
        let _ = write!(self.joins, " LEFT JOIN {} AS {next} ON {}", other.name.sql(), pairs.join(" AND "));
        if way.len() == 1 {
            self.by.extend(columns);
        }
    }
}

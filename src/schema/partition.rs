//! How the rows of a partitioned table find their partitions.

use super::{DataType, Form, Schema, Table, TableKind};
use std::collections::BTreeSet;

/// By what a partitioned table divides its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// By lists of values.
    List,
    /// By ranges.
    Range,
    /// By a hash.
    Hash,
}

/// One level of a partition tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partitioning {
    /// The partitioned table, by place.
    pub table: usize,
    /// By what it divides.
    pub strategy: Strategy,
    /// Whether every row finds a partition: there is a DEFAULT one, or all remainders of a hash.
    pub takes_all: bool,
    /// Whether a row without a key finds one.
    pub takes_null: bool,
}

impl Schema {
    /// The estimated rows of a table; those of a partitioned one are its partitions'.
    #[must_use]
    pub fn rows_of(&self, table: usize) -> u64 {
        let Some(found) = self.tables.get(table) else { return 0 };
        if found.kind != TableKind::Partitioned {
            return found.estimated_rows;
        }
        let tables = self.tables.iter().enumerate();
        let own = tables.filter(|(at, t)| t.kind == TableKind::Ordinary && self.partition_root(*at) == table);
        own.map(|(_, t)| t.estimated_rows).sum::<u64>().max(found.estimated_rows)
    }

    /// The columns that divide the tree of `root` at any level, as the root has
    /// them, each with the level it divides.
    #[must_use]
    pub fn dividing(&self, root: usize) -> Vec<(usize, &Partitioning)> {
        let mut found = Vec::new();
        let Some(top) = self.tables.get(root) else { return found };
        for level in self.partitionings.iter().filter(|level| self.partition_root(level.table) == root) {
            let Some(table) = self.tables.get(level.table) else { continue };
            let names = table.partition_key.iter().filter_map(|column| table.columns.get(*column));
            found.extend(names.filter_map(|column| Some((top.find(&column.name)?, level))));
        }
        found
    }

    /// Whether a copy of the tree's rows, unchanged, may belong to other partitions
    /// on another server: enums and `reg*` are hashed by their object numbers.
    #[must_use]
    pub fn hashes_by_number(&self, root: usize) -> bool {
        self.dividing(root).iter().any(|(column, level)| {
            let found = self.tables.get(root).and_then(|table| table.columns.get(*column));
            level.strategy == Strategy::Hash && found.is_some_and(|column| is_numbered(&column.data_type))
        })
    }

    /// Whether a table is `whole`, or a partition or inheritance child of it at any depth.
    #[must_use]
    pub fn is_within(&self, table: usize, whole: usize) -> bool {
        let mut waiting = vec![table];
        // Inheritance knows no rings, but a schema made by hand might.
        for _ in 0..=self.tables.len() {
            let Some(place) = waiting.pop() else { return false };
            if place == whole {
                return true;
            }
            waiting.extend(self.tables.get(place).into_iter().flat_map(parents));
        }
        false
    }

    /// The tables with a partition or inheritance child, at any depth, that lies on
    /// another server: to read such a table whole is to ask that server.
    #[must_use]
    pub fn reaching_other_servers(&self) -> BTreeSet<usize> {
        let foreign = self.tables.iter().filter(|table| table.kind == TableKind::Foreign);
        let mut waiting: Vec<usize> = foreign.flat_map(parents).collect();
        let mut found = BTreeSet::new();
        while let Some(place) = waiting.pop() {
            if let (true, Some(table)) = (found.insert(place), self.tables.get(place)) {
                waiting.extend(parents(table));
            }
        }
        found
    }
}

/// The tables that hold a table's rows as part of theirs.
fn parents(table: &Table) -> impl Iterator<Item = usize> + '_ {
    table.inherits.iter().copied().chain(table.parent)
}

fn is_numbered(data_type: &DataType) -> bool {
    match &data_type.form {
        Form::Enum(_) => true,
        Form::Scalar(_) => !data_type.binary,
        Form::Domain(inner) | Form::Array(inner) | Form::Range(inner) | Form::Multirange(inner) => {
            is_numbered(inner)
        }
        Form::Composite(members) => members.iter().any(|(_, member)| is_numbered(member)),
    }
}

//! The shape of a database as plain values; no I/O.
//!
//! `postgres::catalog` fills it, everything else reads it. Tables, columns and
//! sequences are named by their place in these lists, so an index is only
//! meaningful with the [`Schema`] it came from.

mod data_type;
mod graph;
mod key;
mod name;
mod partition;
mod passage;
mod room;
mod table;

pub use data_type::{DataType, Form, Scalar};
pub use graph::ColumnId;
pub use key::{Check, ForeignKey, ForeignKeys, KeyKind, KeyPart, UniqueKey};
pub use name::{Name, identifier, is_hidden, quote, visible, written};
pub use partition::{Partitioning, Strategy};
pub use passage::{Passage, Script};
pub use table::{Column, Configuration, Generated, MaterializedView, Sequence, Table, TableKind};

/// Everything masque knows of a database's shape.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    /// The server's major version, such as 15.
    pub server_major: u32,
    /// Tables in name order: ordinary, partitioned (roots and partitions) and foreign.
    pub tables: Vec<Table>,
    /// Foreign keys, declared ones and those a rule file adds.
    pub foreign_keys: ForeignKeys,
    /// CHECK constraints of tables and of their columns' domains.
    pub checks: Vec<Check>,
    /// What generated columns are made of, in the order of the columns.
    pub generated: Vec<Generated>,
    /// The tables that extensions mark as their users', in the order of the tables.
    pub configurations: Vec<Configuration>,
    /// Every level of every partition tree, in the order of the tables.
    pub partitionings: Vec<Partitioning>,
    /// Sequences in name order.
    pub sequences: Vec<Sequence>,
    /// Materialized views, each after those it reads.
    pub materialized_views: Vec<MaterializedView>,
    /// What a dump of the schema would print of people's words.
    pub passages: Vec<Passage>,
}

impl Schema {
    /// The place of the table of that name.
    #[must_use]
    pub fn find(&self, name: &Name) -> Option<usize> {
        self.tables.iter().position(|table| table.name == *name)
    }

    /// The table at `index`, or `None` for an index of another schema.
    #[must_use]
    pub fn table(&self, index: usize) -> Option<&Table> {
        self.tables.get(index)
    }

    /// The column `id` points at.
    #[must_use]
    pub fn column(&self, id: ColumnId) -> Option<&Column> {
        self.tables.get(id.table)?.columns.get(id.column)
    }

    /// What a generated column is made of; `None` for any other.
    #[must_use]
    pub fn generated(&self, id: ColumnId) -> Option<&Generated> {
        let place = self.generated.binary_search_by_key(&id, |generated| generated.column).ok()?;
        self.generated.get(place)
    }

    /// What an extension says of a table that it marks as its users'.
    #[must_use]
    pub fn configuration(&self, table: usize) -> Option<&Configuration> {
        self.configurations.iter().find(|marked| marked.table == table)
    }

    /// `schema.table.column`, quoted where SQL needs it.
    #[must_use]
    pub fn describe(&self, id: ColumnId) -> String {
        match (self.tables.get(id.table), self.column(id)) {
            (Some(table), Some(column)) => format!("{}.{}", table.name, quote(&column.name)),
            _ => String::from("?"),
        }
    }
}

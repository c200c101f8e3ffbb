//! Which column decides for which: partitions follow their root, foreign keys
//! the key they point at.

use super::Schema;

/// A column by the places of its table and itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ColumnId {
    /// The table's place in the schema.
    pub table: usize,
    /// The column's place in the table.
    pub column: usize,
}

impl Schema {
    /// The topmost partitioned parent of a partition, or the table itself.
    #[must_use]
    pub fn partition_root(&self, table: usize) -> usize {
        let mut at = table;
        // A parent chain is no longer than the list of tables.
        for _ in 0..self.tables.len() {
            match self.tables.get(at).and_then(|t| t.parent) {
                Some(parent) => at = parent,
                None => break,
            }
        }
        at
    }

    /// The column that decides for `id`: through partition roots and inheritance
    /// parents (by column name), then through foreign keys, to any depth. A column
    /// that points nowhere, or a ring that comes back to itself, decides alone;
    /// every column of a ring gets the same answer.
    #[must_use]
    pub fn root(&self, id: ColumnId) -> ColumnId {
        let mut at = id;
        let mut seen = vec![id];
        while let Some(next) = self.step(at) {
            if let Some(start) = seen.iter().position(|s| *s == next) {
                return seen.iter().skip(start).copied().min().unwrap_or(next);
            }
            seen.push(next);
            at = next;
        }
        at
    }

    /// The one column `id` follows directly, if it follows one.
    #[must_use]
    pub fn step(&self, id: ColumnId) -> Option<ColumnId> {
        self.parent_column(id).or_else(|| self.referenced(id))
    }

    /// The same column of the partition root, or of the first inheritance parent that has it.
    #[must_use]
    pub fn parent_column(&self, id: ColumnId) -> Option<ColumnId> {
        let name = &self.column(id)?.name;
        let root = self.partition_root(id.table);
        let find = |table: usize| {
            let column = self.tables.get(table)?.find(name)?;
            Some(ColumnId { table, column })
        };
        if root != id.table {
            return find(root);
        }
        self.tables.get(id.table)?.inherits.iter().find_map(|parent| find(*parent))
    }

    /// The foreign keys that hold for rows of `table`, by place: its own, and for a
    /// partition those of its root that it does not repeat, with the referencing
    /// columns as they stand here.
    #[must_use]
    pub fn keys_from(&self, table: usize) -> Vec<(usize, Vec<usize>)> {
        let root = self.partition_root(table);
        let mut found: Vec<(usize, Vec<usize>)> = Vec::new();
        for from in [table, root] {
            for (place, key) in self.foreign_keys.from_table(from) {
                let Some(columns) = self.columns_in(table, key) else { continue };
                let same = |(other, own): &(usize, Vec<usize>)| {
                    *own == columns
                        && self
                            .foreign_keys
                            .get(*other)
                            .is_some_and(|other| other.to == key.to && other.to_columns == key.to_columns)
                };
                if !found.iter().any(same) {
                    found.push((place, columns));
                }
            }
        }
        found
    }

    /// The referencing columns of a key as they stand in `table`, which may be a
    /// partition of the key's own.
    fn columns_in(&self, table: usize, key: &super::ForeignKey) -> Option<Vec<usize>> {
        if key.from == table {
            return Some(key.columns.clone());
        }
        let (here, there) = (self.tables.get(table)?, self.tables.get(key.from)?);
        key.columns.iter().map(|column| here.find(&there.columns.get(*column)?.name)).collect()
    }

    /// Whether at most one row of its table fits a value of the foreign key: the
    /// server says so of a declared one, a unique key of one that a rule file adds.
    #[must_use]
    pub fn points_at_one(&self, key: &super::ForeignKey) -> bool {
        let unique = |unique: &super::UniqueKey| {
            unique.kind != super::KeyKind::Exclusion
                && unique.predicate.is_none()
                && unique
                    .parts
                    .iter()
                    .all(|part| matches!(part, super::KeyPart::Column(c) if key.to_columns.contains(c)))
        };
        key.declared || self.tables.get(key.to).is_some_and(|table| table.keys.iter().any(unique))
    }

    /// Whether a foreign key is made of the column or points at it.
    #[must_use]
    pub fn is_key(&self, id: ColumnId) -> bool {
        self.foreign_keys.from_table(id.table).any(|(_, key)| key.columns.contains(&id.column))
            || self.is_pointed_at(id)
    }

    /// Whether a foreign key points at the column.
    #[must_use]
    pub fn is_pointed_at(&self, id: ColumnId) -> bool {
        self.foreign_keys.to_table(id.table).any(|key| key.to_columns.contains(&id.column))
    }

    /// The key column that `id` points at by a foreign key: the first that is
    /// not itself, in the order the schema lists them.
    #[must_use]
    pub fn referenced(&self, id: ColumnId) -> Option<ColumnId> {
        self.foreign_keys.from_table(id.table).find_map(|(_, key)| {
            let part = key.columns.iter().position(|c| *c == id.column)?;
            let to = ColumnId { table: key.to, column: *key.to_columns.get(part)? };
            (to != id).then_some(to)
        })
    }
}

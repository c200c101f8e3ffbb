//! Keys: primary, unique and foreign.

use std::collections::HashMap;
use std::ops::Deref;

/// What enforces a unique key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// `PRIMARY KEY`
    Primary,
    /// `UNIQUE`, or a unique index without a constraint.
    Unique,
    /// `EXCLUDE`
    Exclusion,
}

/// A set of columns or expressions that must stay distinct.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UniqueKey {
    /// The index's name.
    pub name: String,
    /// What enforces it.
    pub kind: KeyKind,
    /// Every column it reads, also inside expressions and its predicate, by place
    /// in the table.
    pub columns: Vec<usize>,
    /// What is compared, in order.
    pub parts: Vec<KeyPart>,
    /// The condition of a partial index, as the server prints it.
    pub predicate: Option<String>,
    /// For an exclusion constraint, the operator of each part.
    pub operators: Vec<String>,
    /// `NULLS NOT DISTINCT` (PostgreSQL 15): two NULLs collide.
    pub nulls_not_distinct: bool,
}

/// One part of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyPart {
    /// A column, by its place in the table.
    Column(usize),
    /// An expression, as the server prints it.
    Expression(String),
}

/// A CHECK constraint of a table, or of the domain one of its columns is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// The constraint's name.
    pub name: String,
    /// The table, by place.
    pub table: usize,
    /// The columns it reads, by place in the table.
    pub columns: Vec<usize>,
    /// The condition, as the server prints it; a domain's calls its one column `VALUE`.
    pub condition: String,
    /// Whether it is the column's domain that has it.
    pub of_domain: bool,
}

/// A foreign key, declared in the database or in the rule file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignKey {
    /// The constraint's name, or the reference as the rule file writes it.
    pub name: String,
    /// The referencing table.
    pub from: usize,
    /// Its columns, by place.
    pub columns: Vec<usize>,
    /// The referenced table.
    pub to: usize,
    /// The referenced columns, in the same order.
    pub to_columns: Vec<usize>,
    /// False for `NOT VALID`: orphans may exist and travel as they are.
    pub validated: bool,
    /// True where the database declares it, false for `[[reference]]`.
    pub declared: bool,
}

/// Foreign keys in the order they were added, and by the tables at their ends.
///
/// A rule asks for the keys of a table once for each of its columns; a search through
/// all keys each time would take minutes where there are ten thousand tables.
#[derive(Clone, Debug, Default)]
pub struct ForeignKeys {
    list: Vec<ForeignKey>,
    by_table: HashMap<usize, Vec<usize>>,
    by_target: HashMap<usize, Vec<usize>>,
}

impl ForeignKeys {
    /// Adds a key after the others.
    pub fn push(&mut self, key: ForeignKey) {
        self.by_table.entry(key.from).or_default().push(self.list.len());
        self.by_target.entry(key.to).or_default().push(self.list.len());
        self.list.push(key);
    }

    /// The keys that `table` declares, with their places in the list.
    pub fn from_table(&self, table: usize) -> impl Iterator<Item = (usize, &ForeignKey)> {
        let places = self.by_table.get(&table).into_iter().flatten();
        places.filter_map(|place| Some((*place, self.list.get(*place)?)))
    }

    /// The keys that point at `table`.
    pub fn to_table(&self, table: usize) -> impl Iterator<Item = &ForeignKey> {
        self.by_target.get(&table).into_iter().flatten().filter_map(|place| self.list.get(*place))
    }
}

impl Deref for ForeignKeys {
    type Target = [ForeignKey];

    fn deref(&self) -> &[ForeignKey] {
        &self.list
    }
}

impl<'a> IntoIterator for &'a ForeignKeys {
    type Item = &'a ForeignKey;
    type IntoIter = std::slice::Iter<'a, ForeignKey>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}

impl FromIterator<ForeignKey> for ForeignKeys {
    fn from_iter<I: IntoIterator<Item = ForeignKey>>(keys: I) -> Self {
        let mut this = Self::default();
        for key in keys {
            this.push(key);
        }
        this
    }
}

impl From<Vec<ForeignKey>> for ForeignKeys {
    fn from(keys: Vec<ForeignKey>) -> Self {
        keys.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(from: usize, to: usize) -> ForeignKey {
        let name = format!("{from} to {to}");
        ForeignKey { name, from, columns: vec![0], to, to_columns: vec![0], validated: true, declared: true }
    }

    #[test]
    fn the_keys_of_a_table_come_in_the_order_they_were_added() {
        let mut keys: ForeignKeys = vec![key(2, 1), key(0, 1), key(2, 0)].into();
        keys.push(key(2, 2));
        let places = |table| keys.from_table(table).map(|(place, _)| place).collect::<Vec<_>>();
        assert_eq!([places(2), places(0), places(1)], [vec![0, 2, 3], vec![1], vec![]]);
        let names: Vec<_> = keys.to_table(1).map(|key| key.name.as_str()).collect();
        assert_eq!(names, ["2 to 1", "0 to 1"]);
    }
}

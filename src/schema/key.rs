//! Keys: primary, unique and foreign.

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

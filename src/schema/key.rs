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
    /// The definition as the server prints it, where it has expressions or a predicate.
    pub expression: Option<String>,
    /// `NULLS NOT DISTINCT` (PostgreSQL 15): two NULLs collide.
    pub nulls_not_distinct: bool,
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

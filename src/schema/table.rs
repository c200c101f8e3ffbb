//! Tables, their columns, sequences and materialized views.

use super::{ColumnId, DataType, Name, UniqueKey};

/// What kind of relation holds rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableKind {
    /// Holds rows of its own; a partition is one.
    Ordinary,
    /// A partitioned parent: its rows are its partitions'.
    Partitioned,
    /// Held by another server: its definition travels, its rows are never read.
    Foreign,
}

/// A table.
#[derive(Clone, Debug)]
pub struct Table {
    /// The source's object number.
    pub oid: u32,
    /// Its name.
    pub name: Name,
    /// What holds its rows.
    pub kind: TableKind,
    /// Live columns in attribute order; dropped ones are not here.
    pub columns: Vec<Column>,
    /// Unique keys, the primary one first.
    pub keys: Vec<UniqueKey>,
    /// For a partition, its parent's place in the schema.
    pub parent: Option<usize>,
    /// For a partitioned table, the columns its partition key reads.
    pub partition_key: Vec<usize>,
    /// Parents by `INHERITS`, by place: their columns' rules are the child's too.
    pub inherits: Vec<usize>,
    /// The extension that owns the table; such tables are not streamed.
    pub extension: Option<String>,
    /// Rows as the statistics estimate them; never negative.
    pub estimated_rows: u64,
    /// Blocks of the main fork, for chunks by block range.
    pub pages: u32,
    /// Bytes on disk with TOAST, without indexes.
    pub bytes: u64,
    /// Whether row security applies to the reading role.
    pub row_security: bool,
}

impl Table {
    /// An ordinary table of these columns, of which nothing else is known: what masks are bound to
    /// where there is no database.
    #[must_use]
    pub fn of(name: Name, columns: Vec<Column>) -> Self {
        Self {
            oid: 0,
            name,
            kind: TableKind::Ordinary,
            columns,
            keys: Vec::new(),
            parent: None,
            partition_key: Vec::new(),
            inherits: Vec::new(),
            extension: None,
            estimated_rows: 0,
            pages: 0,
            bytes: 0,
            row_security: false,
        }
    }

    /// The place of the column of that name.
    #[must_use]
    pub fn find(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.name == column)
    }

    /// Whether masque streams its rows: it has some of its own and no extension owns it.
    #[must_use]
    pub fn is_streamed(&self) -> bool {
        self.kind == TableKind::Ordinary && self.extension.is_none()
    }

    /// Whether every column has a complete binary form.
    #[must_use]
    pub fn is_binary(&self) -> bool {
        self.columns.iter().filter(|c| !c.generated).all(|c| c.data_type.binary)
    }
}

/// A table of an extension that the extension marks as holding rows of its users.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Configuration {
    /// The table, by place.
    pub table: usize,
    /// Which rows are the users'; `None` for all of them.
    pub condition: Option<String>,
}

/// A column.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type with modifier.
    pub data_type: DataType,
    /// Whether NULL is refused, by the column or by its domain.
    pub not_null: bool,
    /// A stored generated column: the database makes it again.
    pub generated: bool,
    /// The sequence behind it (identity, owned as by `serial`, or named in its default), by place.
    pub sequence: Option<usize>,
    /// Distinct values as the statistics estimate them, where they do.
    pub estimated_distinct: Option<u64>,
}

impl Column {
    /// A column of that type, of which nothing else is known.
    #[must_use]
    pub fn of(name: impl Into<String>, data_type: DataType) -> Self {
        let name = name.into();
        Self { name, data_type, not_null: false, generated: false, sequence: None, estimated_distinct: None }
    }
}

/// A stored generated column: what the database makes it of.
#[derive(Clone, Debug)]
pub struct Generated {
    /// The column.
    pub column: ColumnId,
    /// Its expression, as the server prints it.
    pub expression: String,
    /// The columns of its table that the expression reads.
    pub reads: Vec<usize>,
}

/// A sequence and where it stood when it was read. Sequences stand outside
/// snapshots: a value read after the snapshot is never behind the rows in it.
#[derive(Clone, Debug)]
pub struct Sequence {
    /// Its name.
    pub name: Name,
    /// The table and column it numbers, by place: its owner, else the first whose
    /// default names it.
    pub column: Option<(usize, usize)>,
    /// Other columns whose defaults name it.
    pub shared: Vec<(usize, usize)>,
    /// The value last handed out, or the one to hand out next.
    pub last_value: i64,
    /// Whether `last_value` was handed out already.
    pub is_called: bool,
    /// Its step; negative for a descending one.
    pub increment: i64,
    /// Its greatest value.
    pub max_value: i64,
    /// Its least value.
    pub min_value: i64,
}

/// A materialized view.
#[derive(Clone, Debug)]
pub struct MaterializedView {
    /// Its name.
    pub name: Name,
    /// Whether it holds rows; an unpopulated one stays so.
    pub populated: bool,
}

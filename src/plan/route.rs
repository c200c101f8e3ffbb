//! Which tables' rows are written through the root of their partition tree.
//!
//! A row whose partition key is masked belongs to another partition than on the
//! source; only the target's server can say to which.

use super::treatment::Treatment;
use crate::schema::{Name, Schema};

/// The way of a partition's rows through its root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The root's place in the schema.
    pub table: usize,
    /// Its name.
    pub root: Name,
    /// The columns that decide where a row goes and are not as on the source, for messages.
    pub by: Vec<String>,
}

impl Route {
    /// The route of a table's rows; `None` where they stay in the table they are read from.
    pub(super) fn find(schema: &Schema, place: usize, treatments: &[Treatment]) -> Option<Self> {
        let root = schema.partition_root(place);
        if root == place {
            return None;
        }
        let (table, top) = (schema.table(place)?, schema.table(root)?);
        let mut by: Vec<String> = Vec::new();
        for (column, _) in schema.dividing(root) {
            let Some(name) = top.columns.get(column).map(|column| &column.name) else { continue };
            let treatment = table.find(name).and_then(|column| treatments.get(column));
            if !matches!(treatment, Some(Treatment::Keep)) && !by.contains(name) {
                by.push(name.clone());
            }
        }
        (!by.is_empty() || schema.hashes_by_number(root)).then(|| Self {
            table: root,
            root: top.name.clone(),
            by,
        })
    }
}

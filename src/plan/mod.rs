//! Everything that is settled before a row moves.
//!
//! A [`Plan`] is made of checked rules and nothing else. Each table's treatments
//! are one list as long as its columns, and [`Treatment`] has no default: a
//! column without a decision can't be written down here. All that can fail about
//! a rule fails while the plan is made.

mod relatives;
mod split;
mod statement;
mod table;
mod treatment;

pub use split::{Chunk, split};
pub use table::TablePlan;
pub use treatment::Treatment;

use crate::diagnostic::Diagnostic;
use crate::format::Wire;
use crate::rules::CheckedRules;
use crate::schema::{ColumnId, Schema, Sequence};
use crate::secret::Secret;
use crate::transform::Frequencies;
use std::collections::HashSet;
use std::sync::Arc;
use table::Given;

/// What a refresh will do with every table.
#[derive(Debug)]
pub struct Plan {
    /// The source's shape.
    pub schema: Arc<Schema>,
    /// A plan for each table that is streamed, in the schema's order.
    pub tables: Vec<Arc<TablePlan>>,
    /// The sequences whose key is masked: they go past the masked maximum.
    pub masked_sequences: Vec<usize>,
}

impl Plan {
    /// Binds every rule. `wire` forces one form on all tables (`preview` shows
    /// text); without it each table takes the cheapest form it can travel in.
    ///
    /// # Errors
    /// Every diagnostic of every rule that can't be bound.
    pub fn new(
        schema: Schema,
        rules: &CheckedRules,
        secret: &Secret,
        frequencies: &Frequencies,
        wire: Option<Wire>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let decisions = |id| rules.decision(id);
        let given = Given { secret, locale: rules.locale(), decisions: &decisions, frequencies, wire };
        let mut diagnostics = Vec::new();
        let mut tables = Vec::new();
        for (place, (table, decided)) in schema.tables.iter().zip(rules.tables()).enumerate() {
            if !table.is_streamed() {
                continue;
            }
            match TablePlan::new(&schema, place, decided, &given) {
                Ok(plan) => tables.push(Arc::new(plan)),
                Err(problems) => diagnostics.extend(problems),
            }
        }
        if !diagnostics.is_empty() {
            return Err(diagnostics);
        }
        let masked_sequences = masked_sequences(&schema, &tables);
        Ok(Self { schema: Arc::new(schema), tables, masked_sequences })
    }
}

/// The sequences whose numbered column is masked, in its table or in a partition.
fn masked_sequences(schema: &Schema, tables: &[Arc<TablePlan>]) -> Vec<usize> {
    let masked: HashSet<(usize, &str)> = tables
        .iter()
        .flat_map(|plan| {
            let root = schema.partition_root(plan.table);
            let columns = plan.columns.iter().zip(&plan.treatments);
            columns
                .filter(|(_, treatment)| matches!(treatment, Treatment::Mask(_)))
                .map(move |(column, _)| (root, column.name.as_str()))
        })
        .collect();
    let is_masked = |sequence: &Sequence| {
        let (table, column) = sequence.column?;
        let name = &schema.column(ColumnId { table, column })?.name;
        Some(masked.contains(&(schema.partition_root(table), name.as_str())))
    };
    let numbered = schema.sequences.iter().enumerate();
    numbered.filter(|(_, sequence)| is_masked(sequence) == Some(true)).map(|(place, _)| place).collect()
}

//! Everything that is settled before a row moves.
//!
//! A [`Plan`] is made of checked rules and nothing else. Each table's treatments
//! are one list as long as its columns, and [`Treatment`] has no default: a
//! column without a decision can't be written down here. All that can fail about
//! a rule fails while the plan is made.

mod large_objects;
mod letters;
mod relatives;
mod route;
mod split;
mod statement;
mod table;
mod treatment;

pub use large_objects::LargeObjects;
pub use route::Route;
pub use split::{Chunk, split};
pub use table::TablePlan;
pub use treatment::Treatment;

use crate::diagnostic::Diagnostic;
use crate::format::Wire;
use crate::rules::CheckedRules;
use crate::schema::{ColumnId, DataType, Form, Scalar, Schema, Sequence};
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
    /// For each sequence, the masked columns it numbers: it goes past their maximum.
    pub masked_sequences: Vec<Vec<ColumnId>>,
    /// What becomes of the large objects.
    pub large_objects: LargeObjects,
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
        let large_objects = LargeObjects::new(rules.large_objects(), &given).unwrap_or_else(|problems| {
            diagnostics.extend(problems);
            LargeObjects::None
        });
        if !diagnostics.is_empty() {
            return Err(diagnostics);
        }
        let masked_sequences = masked_sequences(&schema, &tables);
        Ok(Self { schema: Arc::new(schema), tables, masked_sequences, large_objects })
    }

    /// One of its tables, by place, as it would be under another secret, in text form. `None` for one that
    /// has no such plan. `rules` are those of this plan.
    #[must_use]
    pub fn under(&self, secret: &Secret, rules: &CheckedRules, place: usize) -> Option<TablePlan> {
        let decisions = |id| rules.decision(id);
        let frequencies = &Frequencies::default();
        let wire = Some(Wire::Text);
        let given = Given { secret, locale: rules.locale(), decisions: &decisions, frequencies, wire };
        TablePlan::new(&self.schema, place, rules.tables().get(place)?, &given).ok()
    }
}

/// For each sequence the columns it numbers that are masked, in the table or in its
/// partitions: those that hold numbers, which a sequence can be set past.
fn masked_sequences(schema: &Schema, tables: &[Arc<TablePlan>]) -> Vec<Vec<ColumnId>> {
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
    let is_masked = |id: &ColumnId| {
        let column = schema.column(*id).filter(|column| is_number(&column.data_type));
        column.is_some_and(|column| masked.contains(&(schema.partition_root(id.table), column.name.as_str())))
    };
    let numbered = |sequence: &Sequence| {
        let columns = sequence.column.iter().chain(&sequence.shared);
        columns.map(|(table, column)| ColumnId { table: *table, column: *column }).filter(is_masked).collect()
    };
    schema.sequences.iter().map(numbered).collect()
}

fn is_number(data_type: &DataType) -> bool {
    matches!(
        data_type.base().form,
        Form::Scalar(Scalar::Int2 | Scalar::Int4 | Scalar::Int8 | Scalar::Numeric(_))
    )
}

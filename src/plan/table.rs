//! The plan for one table: its treatments, its identities, its two statements.

use super::relatives::Joined;
use super::route::Route;
use super::statement;
use super::treatment::Treatment;
use crate::diagnostic::Diagnostic;
use crate::format::Wire;
use crate::rules::{Decided, Rows, TableRules};
use crate::schema::{Column, ColumnId, Name, Schema};
use crate::secret::Secret;
use crate::transform::{BatchMasker, Binding, Bound, Decisions, Frequencies, Identities, bind};
use std::collections::BTreeSet;

/// What the binding of every rule needs beside the schema.
pub(super) struct Given<'a> {
    pub(super) secret: &'a Secret,
    pub(super) locale: &'a str,
    pub(super) decisions: &'a Decisions<'a>,
    pub(super) frequencies: &'a Frequencies,
    /// The form that all tables must travel in, where one is forced.
    pub(super) wire: Option<Wire>,
}

/// What a refresh will do with one table.
#[derive(Debug)]
pub struct TablePlan {
    /// The table's place in the schema.
    pub table: usize,
    /// Its name.
    pub name: Name,
    /// Its columns, then those of other rows that masks read beside it.
    pub columns: Vec<Column>,
    /// One treatment for each of its own columns.
    pub treatments: Vec<Treatment>,
    /// For the masked columns, the transformer's name, by the column's place.
    pub transformers: Vec<Option<&'static str>>,
    /// The columns on the wire, in order, by place.
    pub selected: Vec<usize>,
    /// What the source is asked for, by place: `selected`, then the other rows' columns.
    pub asked: Vec<usize>,
    /// How the source finds the other rows.
    pub joined: Joined,
    /// The columns that a lane looks at: masked ones, and what masks read beside them.
    pub read: Vec<usize>,
    /// The columns a lane writes anew, in the order it does: masked ones, and those
    /// that become NULL after another's mask has read them.
    pub masked: Vec<usize>,
    /// The identities of its rows.
    pub identities: Identities,
    /// The form it travels in.
    pub wire: Wire,
    /// Which rows travel.
    pub rows: Rows,
    /// For a table that an extension made, which of its rows are its users'.
    pub users: Option<String>,
    /// The root they are written through; `None` where the table itself takes them.
    pub route: Option<Route>,
    /// Rows as the statistics estimate them.
    pub estimated_rows: u64,
    /// Blocks on the source.
    pub pages: u32,
    /// Bytes on the source.
    pub bytes: u64,
}

impl TablePlan {
    pub(super) fn new(
        schema: &Schema,
        place: usize,
        decided: &TableRules,
        given: &Given<'_>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let Some(table) = schema.table(place) else { return Err(vec![Diagnostic::error("no such table")]) };
        if given.wire.is_none() && table.is_binary() {
            // What can't be bound in the binary form, such as a constant of a type
            // whose bytes we don't know, may be in the text form; so may a column of
            // another row.
            let plan = Self::bound(schema, place, decided, given, Wire::Binary).ok();
            if let Some(plan) =
                plan.filter(|plan| plan.columns.iter().all(|c| c.generated || c.data_type.binary))
            {
                return Ok(plan);
            }
        }
        Self::bound(schema, place, decided, given, given.wire.unwrap_or(Wire::Text))
    }

    /// The plan in one form.
    fn bound(
        schema: &Schema,
        place: usize,
        decided: &TableRules,
        given: &Given<'_>,
        wire: Wire,
    ) -> Result<Self, Vec<Diagnostic>> {
        let Some(table) = schema.table(place) else { return Err(vec![Diagnostic::error("no such table")]) };
        let mut identities = Identities { width: table.columns.len(), ..Identities::default() };
        let mut treatments = Vec::with_capacity(table.columns.len());
        let mut transformers = Vec::with_capacity(table.columns.len());
        let mut problems = Vec::new();
        for (column, decision) in decided.columns.iter().enumerate() {
            transformers.push(None);
            treatments.push(match decision {
                Decided::Keep => Treatment::Keep,
                Decided::Null => Treatment::Null,
                Decided::Omit => Treatment::Omit,
                Decided::Remake(expression) => Treatment::Remake(expression.clone()),
                Decided::Mask(rule) => {
                    let id = ColumnId { table: place, column };
                    let Some(found) = schema.column(id) else { continue };
                    let mut at = Binding {
                        schema,
                        home: place,
                        path: Vec::new(),
                        column: id,
                        data_type: &found.data_type,
                        wire,
                        secret: given.secret,
                        locale: given.locale,
                        decisions: given.decisions,
                        frequencies: given.frequencies,
                        identities: &mut identities,
                        rule,
                        depth: 0,
                    };
                    match bind(&mut at) {
                        Ok(masker) => {
                            if let Some(name) = transformers.last_mut() {
                                *name = Some(rule.with.name());
                            }
                            Treatment::Mask(masker)
                        }
                        Err(problem) => {
                            let column = schema.describe(id);
                            let message = format!("`{column}`: {}", problem.message);
                            problems.push(Diagnostic { message, ..problem });
                            Treatment::Null
                        }
                    }
                }
            });
        }
        let mut siblings = identities.siblings.clone();
        for sibling in &siblings {
            if let (Some(Treatment::Omit | Treatment::Remake(_)), Some(column)) =
                (treatments.get(*sibling), table.columns.get(*sibling))
            {
                problems.push(Diagnostic::error(format!(
                    "`{}`: a rule reads the column `{}`, which the database generates and which is not read",
                    table.name, column.name
                )));
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        // A column that becomes NULL is still read where another's mask needs it, and
        // then it is the lane that writes the NULL.
        let masked: Vec<usize> = (0..treatments.len())
            .filter(|column| match treatments.get(*column) {
                Some(Treatment::Mask(_)) => true,
                Some(Treatment::Null) => siblings.contains(column),
                _ => false,
            })
            .collect();
        let selected: Vec<usize> = (0..treatments.len())
            .filter(|c| !matches!(treatments.get(*c), Some(Treatment::Omit | Treatment::Remake(_))))
            .collect();
        siblings.extend(&masked);
        let width = table.columns.len();
        let asked = selected.iter().copied().chain(width..width + identities.relatives.len()).collect();
        let others = identities.relatives.iter().filter_map(|relation| schema.column(relation.column));
        let columns = table.columns.iter().chain(others).cloned().collect();
        let users = schema.configuration(place).map(|marked| marked.condition.clone());
        let users = users.map(|condition| condition.unwrap_or_else(|| String::from("true")));
        let route = Route::find(schema, place, &treatments);
        let joined = Joined::new(schema, place, &identities.relatives);
        Ok(Self {
            table: place,
            name: table.name.clone(),
            columns,
            treatments,
            transformers,
            selected,
            asked,
            joined,
            read: siblings.into_iter().collect(),
            masked,
            identities,
            wire,
            rows: decided.rows.clone(),
            route,
            users,
            estimated_rows: table.estimated_rows,
            pages: table.pages,
            bytes: table.bytes,
        })
    }

    /// The masks that need many rows at once, by column.
    pub fn batch_masks(&self) -> impl Iterator<Item = (usize, &dyn BatchMasker)> {
        self.treatments.iter().enumerate().filter_map(|(column, treatment)| match treatment {
            Treatment::Mask(Bound::Batch(masker)) => Some((column, &**masker)),
            _ => None,
        })
    }

    /// The letters beyond ASCII that the mask of a text column writes, as far as trying shows them.
    #[must_use]
    pub fn letters(&self, column: usize) -> BTreeSet<char> {
        super::letters::written(self, column)
    }

    /// Whether no row travels.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(self.rows, Rows::None)
    }

    /// The statement a lane reads with; `blocks` is a range of the table's blocks,
    /// open at its end where that is `None`; `limit` bounds the rows.
    #[must_use]
    pub fn copy_out(&self, blocks: Option<(u32, Option<u32>)>, limit: Option<u64>) -> String {
        statement::copy_out(self, blocks, limit)
    }

    /// The statement a lane writes with. `frozen` asks that whoever began to read before the rows
    /// are committed sees them too: the table is made in the same transaction. What a root distributes, and
    /// what an extension made, can't be written so.
    #[must_use]
    pub fn copy_in(&self, frozen: bool) -> String {
        statement::copy_in(self, frozen && self.route.is_none() && self.users.is_none())
    }
}

//! Masks tried before they are used: whether one binds to a column, and what it
//! makes of a value.
//!
//! Asked of what help proposes, of what `unlisted = "mask"` chooses, and of CHECK
//! constraints. The secrets are made up and the values nobody's, so the answers are
//! the same in every run.

use crate::diagnostic::Diagnostic;
use crate::format::{Output, Row, Value, Wire};
use crate::schema::{ColumnId, Schema};
use crate::secret::Secret;
use crate::transform::{Binding, Bound, Decision, Frequencies, Identities, Masker, Rule, bind};

/// Under how many secrets a mask is tried.
const SECRETS: u8 = 6;

/// Whether the rule binds there, under whatever secret.
pub(super) fn binds(schema: &Schema, id: ColumnId, rule: &Rule) -> bool {
    let wire = schema.table(id.table).is_some_and(|table| table.is_binary());
    let wire = if wire { Wire::Binary } else { Wire::Text };
    attempt(schema, id, rule, wire, 1).is_some_and(|bound| bound.is_ok())
}

fn attempt(
    schema: &Schema,
    id: ColumnId,
    rule: &Rule,
    wire: Wire,
    secret: u8,
) -> Option<Result<(Bound, Identities), Diagnostic>> {
    let secret = Secret::parse(&format!("{secret:02x}").repeat(32)).ok()?;
    let column = schema.column(id)?;
    let width = schema.table(id.table)?.columns.len();
    let mut identities = Identities { width, ..Identities::default() };
    let frequencies = Frequencies::default();
    let mut at = Binding {
        schema,
        home: id.table,
        path: Vec::new(),
        column: id,
        data_type: &column.data_type,
        wire,
        secret: &secret,
        locale: "en_US",
        decisions: &|_| Some(Decision::Keep),
        frequencies: &frequencies,
        identities: &mut identities,
        rule,
        depth: 0,
    };
    let bound = bind(&mut at);
    Some(bound.map(|bound| (bound, identities)))
}

/// A rule bound under a few secrets, for values in text form.
pub(super) struct Trial<'a> {
    schema: &'a Schema,
    id: ColumnId,
    maskers: Vec<(Box<dyn Masker>, Identities)>,
}

impl<'a> Trial<'a> {
    /// `None` where it does not bind, which is reported elsewhere, and for a mask
    /// that needs more than one row.
    pub(super) fn new(schema: &'a Schema, id: ColumnId, rule: &Rule) -> Option<Self> {
        let one = |secret| match attempt(schema, id, rule, Wire::Text, secret)?.ok()? {
            (Bound::Cell(masker), identities) => Some((masker, identities)),
            (Bound::Batch(_), _) => None,
        };
        let maskers: Option<Vec<_>> = (1..=SECRETS).map(one).collect();
        Some(Self { schema, id, maskers: maskers? })
    }

    /// What becomes of a value whose row has nothing else in it: `None` for one that
    /// can't be read, NULLs left out.
    pub(super) fn outputs(&self, input: &str) -> Option<Vec<String>> {
        let (table, column) = (self.schema.table(self.id.table)?, self.schema.column(self.id)?);
        let mut outputs = Vec::new();
        for (masker, identities) in &self.maskers {
            let row = Row {
                batch: input.as_bytes(),
                scratch: &[],
                places: &[],
                columns: &table.columns,
                wire: Wire::Text,
                identities: &[],
            };
            let mut digests = Vec::new();
            identities.digest(&row, &mut digests).ok()?;
            let row = Row { identities: &digests, ..row };
            let mut buffer = Vec::new();
            let mut out = Output::new(&mut buffer, &column.data_type, Wire::Text);
            let value = Value { raw: input.as_bytes(), data_type: &column.data_type, wire: Wire::Text };
            masker.mask(value, &row, &mut out).ok()?;
            if !out.is_null() {
                outputs.push(String::from_utf8(buffer).ok()?);
            }
        }
        Some(outputs)
    }
}

//! Whether a mask binds to a column: asked of what help proposes and of what
//! `unlisted = "mask"` chooses, so that neither is refused a step later.

use super::spelling;
use crate::diagnostic::Diagnostic;
use crate::format::Wire;
use crate::schema::{ColumnId, Schema};
use crate::secret::Secret;
use crate::transform::{Binding, Identities, Rule, bind};

/// Whether the rule binds there, under whatever secret.
pub(super) fn binds(schema: &Schema, id: ColumnId, rule: &Rule) -> bool {
    attempt(schema, id, rule).is_ok()
}

fn attempt(schema: &Schema, id: ColumnId, rule: &Rule) -> Result<(), Diagnostic> {
    let nowhere = || Diagnostic::error(format!("`{}` has no place", spelling::rule(rule)));
    let secret = Secret::random().map_err(|_| nowhere())?;
    let (table, column) = schema.table(id.table).zip(schema.column(id)).ok_or_else(nowhere)?;
    let mut identities = Identities::default();
    let mut at = Binding {
        schema,
        column: id,
        data_type: &column.data_type,
        wire: if table.is_binary() { Wire::Binary } else { Wire::Text },
        secret: &secret,
        locale: "en_US",
        identities: &mut identities,
        rule,
    };
    bind(&mut at).map(drop)
}

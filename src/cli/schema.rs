//! `masque schema`

use super::{Failure, output};
use crate::error::Error;
use clap::Args;

/// Print the JSON Schema of a rule file, for editors
#[derive(Debug, Args)]
pub(super) struct Schema {}

impl Schema {
    pub(super) fn run() -> Result<(), Failure> {
        let schema = crate::rules::json_schema();
        let text = serde_json::to_string_pretty(&schema)
            .map_err(|e| Error::internal("the schema has no JSON form").because(e))?;
        output::print(&text);
        Ok(())
    }
}

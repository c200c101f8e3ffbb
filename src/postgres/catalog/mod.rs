//! The catalog of the source, read inside the snapshot.
//!
//! A constant number of queries, whatever the number of tables. What belongs to
//! the system, to temporary schemas or to another session is not here.

mod data_type;
mod extension;
mod fingerprint;
mod key;
mod partition;
mod sequence;
mod table;
mod view;

pub use fingerprint::fingerprint;

use super::literals;
use super::session::Session;
use crate::error::Result;
use crate::schema::Schema;

/// Schemas that are not the person's.
pub(super) const USER_SCHEMAS: &str = "n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'";

/// Reads the schema in the session's current transaction; there must be one.
///
/// # Errors
/// Source, where a query fails.
pub async fn read(session: &Session) -> Result<Schema> {
    let mut schema = shape(session).await?;
    sequence::read_values(session, &mut schema).await?;
    Ok(schema)
}

/// The same without where its sequences stand, for a role that may not read them.
///
/// # Errors
/// Source, where a query fails.
pub async fn shape(session: &Session) -> Result<Schema> {
    let mut schema = Schema { server_major: session.major().await?, ..Schema::default() };
    let types = data_type::read(session).await?;
    let places = table::read(session, &types, &mut schema).await?;
    extension::read(session, &mut schema, &places).await?;
    key::read(session, &places, &mut schema).await?;
    sequence::read(session, &places, &mut schema).await?;
    schema.share_room();
    schema.materialized_views = view::read(session).await?;
    schema.passages = literals::read(session, schema.server_major).await?;
    Ok(schema)
}

//! Foreign servers whose definition carries a password.
//!
//! User mappings never travel, but a wrapper, a server or a foreign table may hold
//! a secret among its own options, and a schema dump would pass it on.

use super::session::Session;
use crate::error::{Error, Kind, Result};

/// Refuses, by name, definitions with an option that looks like a secret. The
/// option's value is not read.
///
/// # Errors
/// Rules, naming what carries which option.
pub async fn refuse_secrets(session: &Session) -> Result<()> {
    let sql = "SELECT what, split_part(option, '=', 1) FROM ( \
                 SELECT 'foreign-data wrapper `' || fdwname || '`' AS what, unnest(fdwoptions) AS option FROM pg_foreign_data_wrapper \
                 UNION ALL SELECT 'foreign server `' || srvname || '`', unnest(srvoptions) FROM pg_foreign_server \
                 UNION ALL SELECT 'foreign table `' || ftrelid::regclass || '`', unnest(ftoptions) FROM pg_foreign_table) o \
               WHERE split_part(option, '=', 1) ~* '(passw|secret|token|credential|api_?key|access_?key|private_?key)' ORDER BY 1, 2";
    let found = session.query("looking for secrets of foreign servers", sql, &[]).await?;
    let Some(row) = found.first() else { return Ok(()) };
    let (what, option): (String, String) = (row.get(0), row.get(1));
    Err(Error::new(Kind::Rules, format!("the {what} carries a secret in its option `{option}`"))
        .help("put it into a user mapping, which is never copied: `CREATE USER MAPPING … OPTIONS (…)`"))
}

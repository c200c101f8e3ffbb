//! What is going on on the source that a run would stand in the way of, or behind.

use super::catalog::USER_SCHEMAS;
use super::session::Session;
use crate::error::Result;

/// What a fresh look found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pressure {
    /// How old the oldest open transaction of the database is, in seconds.
    pub oldest: i64,
    /// How many transactions are prepared and neither committed nor rolled back.
    pub prepared: i64,
    /// Tables that somebody holds, or waits to hold, for himself alone.
    pub locked: Vec<String>,
}

/// Looks.
///
/// # Errors
/// Of the session's side, where the query fails.
pub async fn look(session: &Session) -> Result<Pressure> {
    let sql = format!(
        "SELECT coalesce((SELECT extract(epoch FROM max(now() - xact_start))::int8 FROM pg_stat_activity \
                          WHERE datname = current_database() AND pid <> pg_backend_pid()), 0), \
                (SELECT count(*) FROM pg_prepared_xacts WHERE database = current_database()), \
                coalesce((SELECT array_agg(DISTINCT format('%I.%I', n.nspname, c.relname)) FROM pg_locks l \
                          JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace \
                          WHERE l.mode = 'AccessExclusiveLock' AND c.relkind IN ('r', 'p') AND {USER_SCHEMAS} \
                            AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())), '{{}}')"
    );
    let row = session.one("looking what is going on", &sql, &[]).await?;
    Ok(Pressure { oldest: row.get(0), prepared: row.get(1), locked: row.get(2) })
}

//! What a source has and a copy never gets, counted for the report.
//!
//! Each would reach from staging into production or carry a secret or a person's
//! words: a copied subscription holds production's slot, a user mapping a password,
//! an event trigger fires on the loading itself, a comment is data.

use super::session::Session;
use crate::error::Result;

/// The kinds with their numbers, those that there are. `comments` says that those are kept.
///
/// # Errors
/// Source, where the query fails.
pub async fn count(session: &Session, comments: bool) -> Result<Vec<(String, u64)>> {
    let here = "(SELECT oid FROM pg_database WHERE datname = current_database())";
    let sql = format!(
        "SELECT kind, n FROM (VALUES \
           (1, 'COMMENT', CASE WHEN {comments} THEN 0 ELSE \
              (SELECT count(*) FROM pg_description c WHERE CASE WHEN objoid < 16384 THEN \
                 classoid = 'pg_namespace'::regclass AND objoid = 2200 AND description <> 'standard public schema' \
                 ELSE classoid <> 'pg_extension'::regclass AND NOT EXISTS \
                   (SELECT FROM pg_depend d WHERE d.classid = c.classoid AND d.objid = c.objoid AND d.deptype = 'e') END) END), \
           (2, 'DATABASE SETTING', (SELECT count(*) FROM pg_db_role_setting, unnest(setconfig) WHERE setdatabase = {here} AND setrole = 0)), \
           (3, 'EVENT TRIGGER', (SELECT count(*) FROM pg_event_trigger)), \
           (4, 'LARGE OBJECT', (SELECT count(*) FROM pg_largeobject_metadata)), \
           (5, 'PUBLICATION', (SELECT count(*) FROM pg_publication)), \
           (6, 'REPLICATION SLOT', (SELECT count(*) FROM pg_replication_slots WHERE database = current_database())), \
           (7, 'ROLE SETTING', (SELECT count(*) FROM pg_db_role_setting, unnest(setconfig) WHERE setdatabase IN (0, {here}) AND setrole <> 0)), \
           (8, 'SECURITY LABEL', (SELECT count(*) FROM pg_seclabel) + (SELECT count(*) FROM pg_shseclabel WHERE objoid = {here})), \
           (9, 'SUBSCRIPTION', (SELECT count(subname) FROM pg_subscription WHERE subdbid = {here})), \
           (10, 'TABLESPACE', (SELECT count(DISTINCT reltablespace) FROM pg_class WHERE reltablespace NOT IN (0, 1664))), \
           (11, 'USER MAPPING', (SELECT count(*) FROM pg_user_mappings))) k (place, kind, n) WHERE n > 0 ORDER BY place"
    );
    let rows = session.query("counting what is left out", &sql, &[]).await?;
    Ok(rows.iter().map(|row| (row.get(0), u64::try_from(row.get::<_, i64>(1)).unwrap_or(0))).collect())
}

/// How many large objects there are.
///
/// # Errors
/// Source or target, where the query fails.
pub async fn count_large_objects(session: &Session) -> Result<u64> {
    let sql = "SELECT count(*) FROM pg_largeobject_metadata";
    let row = session.one("counting the large objects", sql, &[]).await?;
    Ok(u64::try_from(row.get::<_, i64>(0)).unwrap_or(0))
}

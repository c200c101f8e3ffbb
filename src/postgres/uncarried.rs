//! What a schema dump would lose without a word, refused by name before rows move.
//!
//! `pg_dump` skips an invalid index, forgets that the triggers of a key are switched
//! off, attaches a partition that is being detached, and never looks into the
//! system's schemas. Each of them changes what a migration meets.

use super::session::Session;
use crate::error::{Error, Kind, Result};

/// Refuses what a dump can't carry.
///
/// # Errors
/// Source, naming up to ten objects, with what to do about them.
pub async fn refuse(session: &Session) -> Result<()> {
    let sql = "WITH c AS (SELECT c.oid, c.relkind, format('%I.%I', n.nspname, c.relname) AS name, n.nspname ~ '^pg_' OR n.nspname = 'information_schema' AS of_system \
                 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relpersistence <> 't' AND n.nspname !~ '^pg_(toast|temp)'), \
               x AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e') \
        SELECT 1, 'the invalid index `' || c.name || '`' FROM pg_index i JOIN c ON c.oid = i.indexrelid \
          WHERE c.relkind = 'i' AND NOT i.indisvalid AND NOT c.of_system \
        UNION SELECT 2, 'the key `' || k.conname || '` of `' || c.name || '`, whose triggers are switched off' \
          FROM pg_trigger t JOIN pg_constraint k ON k.oid = t.tgconstraint JOIN c ON c.oid = k.conrelid \
          WHERE t.tgisinternal AND t.tgenabled <> 'O' AND k.contype IN ('f', 'p', 'u', 'x') \
        UNION SELECT 3, 'the partition `' || c.name || '`, which is being detached' FROM pg_inherits i JOIN c ON c.oid = i.inhrelid WHERE i.inhdetachpending \
        UNION SELECT 4, '`' || name || '` in a schema of the system' FROM ( \
            SELECT 'pg_class'::regclass, c.oid, c.name FROM c WHERE c.of_system AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') \
            UNION ALL SELECT 'pg_proc'::regclass, p.oid, p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace \
              WHERE n.nspname IN ('pg_catalog', 'information_schema')) o (class, oid, name) \
          WHERE o.oid >= 16384 AND NOT EXISTS (SELECT FROM x WHERE x.classid = o.class AND x.objid = o.oid) \
        ORDER BY 1, 2";
    let found = session.query("looking for what a dump can't carry", sql, &[]).await?;
    let Some(first) = found.first() else { return Ok(()) };
    let help = match first.get::<_, i32>(0) {
        1 => {
            "a CREATE INDEX CONCURRENTLY failed or is running: drop the index, or `REINDEX INDEX CONCURRENTLY` it"
        }
        2 => "`ALTER TABLE … ENABLE TRIGGER ALL`, or drop the key if it is not meant to hold",
        3 => "`ALTER TABLE … DETACH PARTITION … FINALIZE`",
        _ => "move it to a schema of yours",
    };
    let mut names: Vec<String> = found.iter().take(10).map(|row| row.get(1)).collect();
    if found.len() > names.len() {
        names.push(format!("and {} more", found.len() - names.len()));
    }
    Err(Error::new(Kind::Source, format!("a copy can't have {}", names.join("; "))).help(help))
}

//! What a database is made of beside its rows: the objects a copy must have too.

use super::catalog;
use super::session::Session;
use crate::error::Result;
use std::collections::BTreeMap;

/// Objects by a name a person would say, with what must be equal about each.
pub type Inventory = BTreeMap<String, String>;

/// The tables and views with their columns in order, those that inherit.
///
/// # Errors
/// Source or target, where the query fails.
pub async fn column_orders(session: &Session) -> Result<BTreeMap<String, Vec<String>>> {
    let sql = format!(
        "SELECT format('%I.%I', n.nspname, c.relname), ARRAY(SELECT a.attname::text FROM pg_attribute a \
                WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum) \
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE c.relkind IN ('r', 'p', 'f') AND EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = c.oid) AND {}",
        catalog::USER_SCHEMAS
    );
    let rows = session.query("reading the order of columns", &sql, &[]).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// Reads constraints (with their validity), indexes, triggers (with their enabled
/// state), rules, policies, views, functions, sequences and statistics objects.
/// What belongs to an extension is not here.
///
/// # Errors
/// Source or target, where the query fails.
pub async fn read(session: &Session) -> Result<Inventory> {
    let sql = format!(
        "WITH n AS (SELECT n.oid, n.nspname FROM pg_namespace n WHERE {0}), \
         x AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e'), \
         c AS (SELECT c.oid, c.relkind, c.relpersistence, format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN n ON n.oid = c.relnamespace \
               WHERE c.relpersistence <> 't' AND NOT EXISTS (SELECT FROM x WHERE x.classid = 'pg_catalog.pg_class'::regclass AND x.objid = c.oid)) \
         SELECT 'constraint ' || format('%I', k.conname) || ' of ' || c.name, concat(k.contype, k.convalidated, k.condeferrable, k.condeferred, pg_get_constraintdef(k.oid)) \
           FROM pg_constraint k JOIN c ON c.oid = k.conrelid WHERE k.contype <> 'n' \
         UNION ALL SELECT 'index ' || c.name, concat(i.indisvalid, pg_get_indexdef(i.indexrelid)) FROM pg_index i JOIN c ON c.oid = i.indexrelid \
         UNION ALL SELECT 'trigger ' || format('%I', t.tgname) || ' of ' || c.name, t.tgenabled::text FROM pg_trigger t JOIN c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal \
         UNION ALL SELECT 'rule ' || format('%I', r.rulename) || ' of ' || c.name, r.ev_enabled::text FROM pg_rewrite r JOIN c ON c.oid = r.ev_class \
         UNION ALL SELECT 'policy ' || format('%I', p.polname) || ' of ' || c.name, '' FROM pg_policy p JOIN c ON c.oid = p.polrelid \
         UNION ALL SELECT CASE c.relkind WHEN 'v' THEN 'view ' WHEN 'm' THEN 'materialized view ' WHEN 'S' THEN 'sequence ' WHEN 'f' THEN 'foreign table ' ELSE 'table ' END || c.name, '' \
           FROM c WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') \
         UNION ALL SELECT 'function ' || format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)), '' FROM pg_proc p JOIN n ON n.oid = p.pronamespace \
           WHERE NOT EXISTS (SELECT FROM x WHERE x.classid = 'pg_catalog.pg_proc'::regclass AND x.objid = p.oid) \
         UNION ALL SELECT 'statistics ' || format('%I.%I', n.nspname, s.stxname), '' FROM pg_statistic_ext s JOIN n ON n.oid = s.stxnamespace",
        catalog::USER_SCHEMAS
    );
    let rows = session.query("taking the inventory", &sql, &[]).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

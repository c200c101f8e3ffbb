//! The schema's own texts: every literal that a schema dump would print.
//!
//! One query, whatever the number of objects. What belongs to an extension is not
//! here: a dump makes the extension and not what is in it. What a partition has from
//! its root is not here a second time. User mappings, publications, subscriptions,
//! settings of roles and databases and comments on databases never travel, so nobody
//! reads them.

use super::catalog::USER_SCHEMAS;
use super::session::Session;
use crate::error::{Error, Result};
use crate::schema::{Passage, Script};

/// Each gives what the text is, the object's name, how it is written, and the text.
const SOURCES: &[&str] = &[
    // Defaults and generated columns. Partitions repeat those of their root.
    "SELECT CASE WHEN a.attgenerated::text = '' THEN 'default of the column' ELSE 'expression of the generated column' END AS what, \
            ARRAY[n.nspname, c.relname, a.attname]::text[] AS name, 'sql' AS script, pg_get_expr(d.adbin, d.adrelid) AS text \
     FROM pg_attrdef d JOIN pg_class c ON c.oid = d.adrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.adnum AND NOT a.attisdropped \
     WHERE {relation} AND NOT (c.relispartition AND EXISTS ( \
         SELECT FROM pg_inherits i JOIN pg_attribute pa ON pa.attrelid = i.inhparent AND pa.attname = a.attname \
         JOIN pg_attrdef pd ON pd.adrelid = i.inhparent AND pd.adnum = pa.attnum \
         WHERE i.inhrelid = c.oid AND pg_get_expr(pd.adbin, pd.adrelid) = pg_get_expr(d.adbin, d.adrelid)))",
    "SELECT 'check', ARRAY[n.nspname, c.relname, k.conname]::text[], 'sql', pg_get_expr(k.conbin, k.conrelid) \
     FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
     WHERE k.contype = 'c' AND k.conislocal AND {relation}",
    "SELECT 'check of the domain', ARRAY[n.nspname, t.typname, k.conname]::text[], 'sql', pg_get_expr(k.conbin, k.conrelid) \
     FROM pg_constraint k JOIN pg_type t ON t.oid = k.contypid JOIN pg_namespace n ON n.oid = t.typnamespace \
     WHERE k.contype = 'c' AND {type}",
    "SELECT 'default of the type', ARRAY[n.nspname, t.typname]::text[], CASE t.typtype WHEN 'd' THEN 'sql' ELSE 'literal' END, t.typdefault \
     FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typdefault IS NOT NULL AND {type}",
    "SELECT 'label of the enum', ARRAY[n.nspname, t.typname]::text[], 'literal', e.enumlabel::text \
     FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid JOIN pg_namespace n ON n.oid = t.typnamespace WHERE {type}",
    "SELECT 'bounds of the partition', ARRAY[n.nspname, c.relname]::text[], 'sql', pg_get_expr(c.relpartbound, c.oid) \
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relispartition AND c.relkind <> 'i' AND {relation}",
    "SELECT 'partition key', ARRAY[n.nspname, c.relname]::text[], 'sql', pg_get_partkeydef(c.oid) \
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'p' AND {relation}",
    "SELECT CASE c.relkind WHEN 'v' THEN 'view' ELSE 'materialized view' END, ARRAY[n.nspname, c.relname]::text[], 'sql', pg_get_viewdef(c.oid) \
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('v', 'm') AND {relation}",
    "SELECT 'storage option', ARRAY[n.nspname, c.relname]::text[], 'setting', unnest(c.reloptions) \
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.reloptions IS NOT NULL AND c.relkind <> 't' AND {relation}",
    "SELECT 'option of the column', ARRAY[n.nspname, c.relname, a.attname]::text[], 'setting', unnest(a.attoptions || a.attfdwoptions) \
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
     WHERE (a.attoptions IS NOT NULL OR a.attfdwoptions IS NOT NULL) AND NOT a.attisdropped AND {relation}",
    // What C functions say of themselves is a symbol.
    "SELECT CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END, ARRAY[n.nspname, p.proname]::text[], \
            CASE WHEN l.lanname IN ('sql', 'plpgsql') THEN 'sql' ELSE 'program' END, p.prosrc \
     FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang JOIN pg_namespace n ON n.oid = p.pronamespace \
     WHERE l.lanname NOT IN ('c', 'internal') AND {routine}",
    "SELECT 'default of a parameter of the function', ARRAY[n.nspname, p.proname]::text[], 'sql', pg_get_expr(p.proargdefaults, 0) \
     FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.proargdefaults IS NOT NULL AND {routine}",
    "SELECT 'setting of the function', ARRAY[n.nspname, p.proname]::text[], 'setting', unnest(p.proconfig) \
     FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.proconfig IS NOT NULL AND {routine}",
    "SELECT 'initial value of the aggregate', ARRAY[n.nspname, p.proname]::text[], 'literal', v.value \
     FROM pg_aggregate g JOIN pg_proc p ON p.oid = g.aggfnoid JOIN pg_namespace n ON n.oid = p.pronamespace, \
          LATERAL (VALUES (g.agginitval), (g.aggminitval)) v (value) WHERE v.value IS NOT NULL AND {routine}",
    "SELECT 'rule', ARRAY[n.nspname, c.relname, r.rulename]::text[], 'sql', pg_get_ruledef(r.oid) \
     FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace \
     WHERE r.rulename <> '_RETURN' AND {relation}",
    "SELECT 'trigger', ARRAY[n.nspname, c.relname, t.tgname]::text[], 'sql', pg_get_triggerdef(t.oid) \
     FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
     WHERE NOT t.tgisinternal AND coalesce(to_jsonb(t) ->> 'tgparentid', '0') = '0' AND {relation}",
    "SELECT 'policy', ARRAY[n.nspname, c.relname, p.polname]::text[], 'sql', pg_get_expr(v.condition, p.polrelid) \
     FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace, \
          LATERAL (VALUES (p.polqual), (p.polwithcheck)) v (condition) WHERE {relation}",
    "SELECT 'index', ARRAY[n.nspname, c.relname]::text[], 'sql', pg_get_expr(v.expression, i.indrelid) \
     FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace, \
          LATERAL (VALUES (i.indpred), (i.indexprs)) v (expression) WHERE NOT c.relispartition AND {relation}",
    "SELECT 'option of the foreign-data wrapper', ARRAY[fdwname]::text[], 'setting', unnest(fdwoptions) \
     FROM pg_foreign_data_wrapper o WHERE NOT EXISTS ({member} 'pg_foreign_data_wrapper'::regclass)",
    "SELECT 'option of the foreign server', ARRAY[srvname]::text[], 'setting', unnest(srvoptions) \
     FROM pg_foreign_server o WHERE NOT EXISTS ({member} 'pg_foreign_server'::regclass)",
    "SELECT 'type or version of the foreign server', ARRAY[srvname]::text[], 'literal', unnest(ARRAY[srvtype, srvversion]) \
     FROM pg_foreign_server o WHERE NOT EXISTS ({member} 'pg_foreign_server'::regclass)",
    "SELECT 'option of the foreign table', ARRAY[n.nspname, c.relname]::text[], 'setting', unnest(f.ftoptions) \
     FROM pg_foreign_table f JOIN pg_class c ON c.oid = f.ftrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {relation}",
    "SELECT 'option of the text search dictionary', ARRAY[n.nspname, o.dictname]::text[], 'sql', o.dictinitoption \
     FROM pg_ts_dict o JOIN pg_namespace n ON n.oid = o.dictnamespace \
     WHERE {schema} AND NOT EXISTS ({member} 'pg_ts_dict'::regclass)",
    // Since 16; older servers have no such column.
    "SELECT 'rules of the collation', ARRAY[n.nspname, o.collname]::text[], 'literal', to_jsonb(o) ->> 'collicurules' \
     FROM pg_collation o JOIN pg_namespace n ON n.oid = o.collnamespace \
     WHERE {schema} AND NOT EXISTS ({member} 'pg_collation'::regclass)",
    COMMENTS,
];

/// Of servers that know them.
const SINCE_14: &[&str] = &[
    "SELECT CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END, ARRAY[n.nspname, p.proname]::text[], 'sql', pg_get_function_sqlbody(p.oid) \
     FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.prosqlbody IS NOT NULL AND {routine}",
    "SELECT 'expression of the statistics', ARRAY[n.nspname, o.stxname]::text[], 'sql', unnest(pg_get_statisticsobjdef_expressions(o.oid)) \
     FROM pg_statistic_ext o JOIN pg_namespace n ON n.oid = o.stxnamespace \
     WHERE {schema} AND NOT EXISTS ({member} 'pg_statistic_ext'::regclass)",
];

/// Named as the objects above are, so that one line allows both.
const COMMENTS: &str = "SELECT 'comment on', coalesce( \
            (SELECT array_remove(ARRAY[n.nspname, c.relname, a.attname]::text[], NULL) \
             FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
             LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = o.objsubid AND o.objsubid > 0 \
             WHERE o.classoid = 'pg_class'::regclass AND c.oid = o.objoid), \
            (SELECT ARRAY[n.nspname, coalesce(c.relname, t.typname), k.name]::text[] FROM ( \
                 SELECT 'pg_constraint'::regclass, oid, conrelid, contypid, conname FROM pg_constraint \
                 UNION ALL SELECT 'pg_trigger'::regclass, oid, tgrelid, 0, tgname FROM pg_trigger \
                 UNION ALL SELECT 'pg_rewrite'::regclass, oid, ev_class, 0, rulename FROM pg_rewrite \
                 UNION ALL SELECT 'pg_policy'::regclass, oid, polrelid, 0, polname FROM pg_policy) k (class, oid, relation, type, name) \
             LEFT JOIN pg_class c ON c.oid = k.relation LEFT JOIN pg_type t ON t.oid = k.type \
             JOIN pg_namespace n ON n.oid = coalesce(c.relnamespace, t.typnamespace) \
             WHERE k.class = o.classoid AND k.oid = o.objoid), \
            (SELECT array_remove(ARRAY[n.nspname, f.name]::text[], NULL) FROM ( \
                 SELECT 'pg_type'::regclass, oid, typnamespace, typname FROM pg_type \
                 UNION ALL SELECT 'pg_proc'::regclass, oid, pronamespace, proname FROM pg_proc \
                 UNION ALL SELECT 'pg_namespace'::regclass, oid, oid, NULL FROM pg_namespace) f (class, oid, schema, name) \
             JOIN pg_namespace n ON n.oid = f.schema WHERE f.class = o.classoid AND f.oid = o.objoid), \
            (SELECT array_remove(ARRAY[i.schema, coalesce(i.name, i.identity)], NULL) \
             FROM pg_identify_object(o.classoid, o.objoid, o.objsubid) i)), 'comment', o.description \
     FROM pg_description o WHERE (o.objoid >= 16384 OR o.objoid = to_regnamespace('public')) \
     AND o.classoid NOT IN ('pg_extension'::regclass, 'pg_publication'::regclass, 'pg_subscription'::regclass, 'pg_event_trigger'::regclass, 'pg_largeobject'::regclass) \
     AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = o.objoid AND e.classid = o.classoid AND e.deptype = 'e')";

/// Reads every text that a dump of the schema would print.
///
/// # Errors
/// Source, where the query fails.
pub(super) async fn read(session: &Session, server_major: u32) -> Result<Vec<Passage>> {
    let newer = if server_major >= 14 { SINCE_14 } else { &[] };
    let sources: Vec<&str> = SOURCES.iter().chain(newer).copied().collect();
    // A name is read as it is, a text by its bytes: in SQL_ASCII it may be of any encoding.
    // No condition on the text: the server would try it on objects that the joins leave out.
    let sql = filled(&format!(
        "SELECT what, name, script, textsend(text) FROM ({}) passages ORDER BY name, what",
        sources.join(" UNION ALL ")
    ));
    let rows = session.query("reading the literals of the schema", &sql, &[]).await?;
    let mut passages = Vec::with_capacity(rows.len());
    for row in &rows {
        let script = match row.get::<_, &str>(2) {
            "sql" => Script::Sql,
            "literal" => Script::Literal,
            "setting" => Script::Setting,
            "program" => Script::Program,
            "comment" => Script::Comment,
            _ => return Err(Error::internal("a text of the schema is of no known script")),
        };
        // What is not there, such as the WITH CHECK of a policy, has no text.
        let Some(bytes) = row.get::<_, Option<&[u8]>>(3) else { continue };
        let text = String::from_utf8_lossy(bytes).into_owned();
        passages.push(Passage { what: row.get(0), name: row.get(1), script, text });
    }
    Ok(passages)
}

/// Puts the conditions in that many of the queries share.
fn filled(sql: &str) -> String {
    let member = "SELECT FROM pg_depend e WHERE e.objid = o.oid AND e.deptype = 'e' AND e.classid =";
    let of = |alias: &str, class: &str| {
        format!(
            "{USER_SCHEMAS} AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = {alias}.oid AND e.deptype = 'e' \
             AND e.classid = '{class}'::regclass)"
        )
    };
    sql.replace("{relation}", &format!("c.relpersistence <> 't' AND {}", of("c", "pg_class")))
        .replace("{type}", &of("t", "pg_type"))
        .replace("{routine}", &of("p", "pg_proc"))
        .replace("{schema}", USER_SCHEMAS)
        .replace("{member}", member)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_gap_of_the_queries_is_filled() {
        for source in SOURCES.iter().chain(SINCE_14) {
            assert!(!filled(source).contains('{'), "{source}");
        }
    }
}

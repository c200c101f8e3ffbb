//! Materialized views in the order they can be refreshed.

use super::USER_SCHEMAS;
use crate::error::Result;
use crate::postgres::session::Session;
use crate::schema::{MaterializedView, Name};
use std::collections::{HashMap, HashSet};

pub(super) async fn read(session: &Session) -> Result<Vec<MaterializedView>> {
    let sql = format!(
        "SELECT c.oid, n.nspname::text, c.relname::text, c.relispopulated \
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE c.relkind = 'm' AND {USER_SCHEMAS} ORDER BY n.nspname::text COLLATE \"C\", c.relname::text COLLATE \"C\""
    );
    let views: Vec<(u32, MaterializedView)> = session
        .query("reading the materialized views", &sql, &[])
        .await?
        .iter()
        .map(|row| {
            let name = Name::new(row.get::<_, String>(1), row.get::<_, String>(2));
            (row.get(0), MaterializedView { name, populated: row.get(3) })
        })
        .collect();
    // A view may stand between two materialized ones, so the edges of all views count.
    let sql = "SELECT DISTINCT r.ev_class, d.refobjid FROM pg_rewrite r \
               JOIN pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = r.oid \
                    AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid <> r.ev_class \
               WHERE r.ev_class >= 16384";
    let mut reads: HashMap<u32, Vec<u32>> = HashMap::new();
    for row in session.query("reading what views read", sql, &[]).await? {
        reads.entry(row.get(0)).or_default().push(row.get(1));
    }
    let mut order = Vec::new();
    let mut seen = HashSet::new();
    for (oid, _) in &views {
        visit(*oid, &reads, &mut seen, &mut order);
    }
    let mut by_number: HashMap<u32, MaterializedView> = views.into_iter().collect();
    Ok(order.iter().filter_map(|oid| by_number.remove(oid)).collect())
}

/// Depth first, what is read before what reads it. Views can't be cyclic.
fn visit(oid: u32, reads: &HashMap<u32, Vec<u32>>, seen: &mut HashSet<u32>, order: &mut Vec<u32>) {
    if !seen.insert(oid) {
        return;
    }
    for inner in reads.get(&oid).into_iter().flatten() {
        visit(*inner, reads, seen, order);
    }
    order.push(oid);
}

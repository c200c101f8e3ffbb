//! The tables that extensions mark as holding rows of their users.

use super::table::Places;
use crate::error::Result;
use crate::postgres::session::Session;
use crate::schema::{Configuration, Schema};

pub(super) async fn read(session: &Session, schema: &mut Schema, places: &Places) -> Result<()> {
    let sql = "SELECT x.marked, x.condition FROM pg_extension e, unnest(e.extconfig, e.extcondition) AS x (marked, condition)";
    for row in session.query("reading what extensions mark", sql, &[]).await? {
        if let Some(table) = places.table(row.get(0)) {
            let condition = row.get::<_, Option<String>>(1).and_then(|written| condition(&written));
            schema.configurations.push(Configuration { table, condition });
        }
    }
    schema.configurations.sort_by_key(|marked| marked.table);
    Ok(())
}

/// An extension writes `WHERE …`, or nothing.
fn condition(written: &str) -> Option<String> {
    let written = written.trim();
    let rest = match written.get(..5) {
        Some(word) if word.eq_ignore_ascii_case("where") => written.get(5..).unwrap_or_default().trim(),
        _ => written,
    };
    (!rest.is_empty()).then(|| rest.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_condition_stands_behind_its_where() {
        assert_eq!(condition(" WHERE NOT built_in"), Some("NOT built_in".to_owned()));
        assert_eq!(condition("where\n(id > 9)"), Some("(id > 9)".to_owned()));
        assert_eq!((condition(""), condition("WHERE ")), (None, None));
    }
}

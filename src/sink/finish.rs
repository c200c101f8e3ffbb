//! What the build needs after its rows.

use crate::error::Result;
use crate::plan::Plan;
use crate::postgres::session::Session;
use crate::schema::{ColumnId, Name, Sequence, identifier};

/// Puts every sequence where the source's stood; one whose key is masked goes past
/// the masked maximum, so that staging's next row does not collide.
///
/// # Errors
/// Target, where the server refuses.
pub async fn set_sequences(build: &Session, plan: &Plan) -> Result<()> {
    let mut statements = Vec::new();
    for (place, sequence) in plan.schema.sequences.iter().enumerate() {
        // An extension numbers its own rows.
        let numbered = sequence.column.and_then(|(table, _)| plan.schema.table(table));
        if numbered.is_some_and(|table| table.extension.is_some()) {
            continue;
        }
        statements.push(set_sequence(sequence, past_maximum(plan, place)));
    }
    for group in statements.chunks(500) {
        build.run("setting the sequences", &group.join("; ")).await?;
    }
    Ok(())
}

/// The masked values a sequence must pass, as a query of them; `None` where it stays
/// where the source's stood.
fn past_maximum(plan: &Plan, place: usize) -> Option<String> {
    let masked = plan.masked_sequences.get(place)?;
    let parts: Vec<String> = masked.iter().flat_map(|id| values(plan, *id)).collect();
    (!parts.is_empty()).then(|| parts.join(" UNION ALL "))
}

/// Queries of a column's values. Another server is never asked for rows: where a whole
/// table would ask one, only the tables that were filled are read.
fn values(plan: &Plan, id: ColumnId) -> Vec<String> {
    let (Some(table), Some(column)) = (plan.schema.table(id.table), plan.schema.column(id)) else {
        return Vec::new();
    };
    let column = identifier(&column.name);
    if !plan.schema.reaching_other_servers().contains(&id.table) {
        return vec![format!("SELECT {column} AS v FROM {}", table.name.sql())];
    }
    let filled = plan.tables.iter().filter(|filled| plan.schema.is_within(filled.table, id.table));
    filled.map(|t| format!("SELECT {column} AS v FROM ONLY {}", t.name.sql())).collect()
}

fn set_sequence(sequence: &Sequence, masked: Option<String>) -> String {
    let name = format!("'{}'::regclass", sequence.name.sql().replace('\'', "''"));
    let (value, called) = (sequence.last_value, sequence.is_called);
    let Some(values) = masked else {
        return format!("SELECT pg_catalog.setval({name}, {value}, {called})");
    };
    let (furthest, beyond) = if sequence.increment < 0 { ("least", "min") } else { ("greatest", "max") };
    let bound = if sequence.increment < 0 {
        format!("greatest({furthest}({value}, m.v), {})", sequence.min_value)
    } else {
        format!("least({furthest}({value}, m.v), {})", sequence.max_value)
    };
    format!(
        "SELECT pg_catalog.setval({name}, {bound}, m.v IS NOT NULL OR {called}) \
         FROM (SELECT {beyond}(v)::int8 AS v FROM ({values}) u) m"
    )
}

/// Fills the materialized views, each after those it reads; one that was not
/// populated on the source stays so.
///
/// # Errors
/// Target, naming the view.
pub async fn refresh_views(build: &Session, plan: &Plan) -> Result<usize> {
    let mut filled = 0;
    for view in plan.schema.materialized_views.iter().filter(|view| view.populated) {
        let doing = format!("filling the materialized view `{}`", view.name);
        build.run(&doing, &format!("REFRESH MATERIALIZED VIEW {}", view.name.sql())).await?;
        filled += 1;
    }
    Ok(filled)
}

/// Gathers a table's statistics.
///
/// # Errors
/// Target, where the server refuses.
pub async fn analyze(build: &Session, table: &Name) -> Result<()> {
    build.run(&format!("analysing `{table}`"), &format!("ANALYZE {}", table.sql())).await
}

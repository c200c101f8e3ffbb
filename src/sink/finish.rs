//! What the build needs before and after its rows.

use crate::error::Result;
use crate::plan::{Plan, TablePlan, Treatment};
use crate::postgres::session::Session;
use crate::schema::{Name, Sequence, identifier};

/// The columns that an expression sets on the build, with it.
fn remade(plan: &TablePlan) -> impl Iterator<Item = (&str, bool, &str)> {
    plan.columns.iter().zip(&plan.treatments).filter_map(|(column, treatment)| match treatment {
        Treatment::Remake(expression) => Some((column.name.as_str(), column.not_null, expression.as_str())),
        _ => None,
    })
}

/// Lets columns that are remade be empty while the rows come in.
///
/// # Errors
/// Target, where the server refuses.
pub async fn loosen(build: &Session, plan: &Plan) -> Result<()> {
    for table in &plan.tables {
        for (column, not_null, _) in remade(table) {
            if not_null {
                let sql = format!(
                    "ALTER TABLE {} ALTER COLUMN {} DROP NOT NULL",
                    table.name.sql(),
                    identifier(column)
                );
                build.run("loosening a remade column", &sql).await?;
            }
        }
    }
    Ok(())
}

/// Sets the remade columns, before there are indexes and triggers.
///
/// # Errors
/// Target, where an expression fails; the column is named.
pub async fn remake(build: &Session, plan: &Plan) -> Result<()> {
    for table in &plan.tables {
        let sets: Vec<String> = remade(table)
            .map(|(column, _, expression)| format!("{} = ({expression}\n)", identifier(column)))
            .collect();
        if sets.is_empty() {
            continue;
        }
        let doing = format!("remaking columns of `{}`", table.name);
        let sql = format!("UPDATE ONLY {} SET {}", table.name.sql(), sets.join(", "));
        build.run(&doing, &sql).await.map_err(super::broken_by_rows)?;
        for (column, not_null, _) in remade(table) {
            if not_null {
                let sql = format!(
                    "ALTER TABLE {} ALTER COLUMN {} SET NOT NULL",
                    table.name.sql(),
                    identifier(column)
                );
                build.run(&doing, &sql).await.map_err(super::broken_by_rows)?;
            }
        }
    }
    Ok(())
}

/// Puts every sequence where the source's stood; one whose key is masked goes past
/// the masked maximum, so that staging's next row does not collide.
///
/// # Errors
/// Target, where the server refuses.
pub async fn set_sequences(build: &Session, plan: &Plan) -> Result<()> {
    let mut statements = Vec::new();
    for (place, sequence) in plan.schema.sequences.iter().enumerate() {
        statements.push(set_sequence(sequence, past_maximum(plan, place)));
    }
    for group in statements.chunks(500) {
        build.run("setting the sequences", &group.join("; ")).await?;
    }
    Ok(())
}

/// The table and column whose masked values a sequence must pass.
fn past_maximum(plan: &Plan, place: usize) -> Option<(&Name, &str)> {
    if !plan.masked_sequences.contains(&place) {
        return None;
    }
    let (table, column) = plan.schema.sequences.get(place)?.column?;
    let table = plan.schema.table(table)?;
    Some((&table.name, &table.columns.get(column)?.name))
}

fn set_sequence(sequence: &Sequence, masked: Option<(&Name, &str)>) -> String {
    let name = format!("'{}'::regclass", sequence.name.sql().replace('\'', "''"));
    let (value, called) = (sequence.last_value, sequence.is_called);
    let Some((table, column)) = masked else {
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
         FROM (SELECT {beyond}({})::int8 AS v FROM {}) m",
        identifier(column),
        table.sql()
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

//! Whether rows can go through the source's encoding and back, asked before anything is made.
//!
//! Masks read and write UTF-8. In a database of another encoding the server converts the
//! rows of masked tables on both sides: what a mask writes must have a counterpart there,
//! and what is kept beside it must come back as it was.

use crate::diagnostic::Diagnostic;
use crate::error::{Error, Kind, Result};
use crate::plan::{Plan, TablePlan, Treatment};
use crate::postgres::session::Session;
use crate::rules::Rows;
use crate::schema::{DataType, Form, Scalar, identifier, quote};
use std::collections::BTreeSet;

/// Encodings in which two characters share one of UTF-8, so that one comes back as the other.
const INEXACT: &[&str] = &["EUC_JP", "EUC_JIS_2004", "EUC_TW", "MULE_INTERNAL"];

/// Looks for masks that write letters the source's encoding lacks: a diagnostic for each
/// column, empty where all is well.
///
/// # Errors
/// Source, where a query fails for another reason.
pub async fn check_letters(session: &Session, plan: &Plan) -> Result<Vec<Diagnostic>> {
    let mut problems = Vec::new();
    if session.takes_any_letter() {
        return Ok(problems);
    }
    let encoding = session.encoding();
    let mut known: Vec<(BTreeSet<char>, bool)> = Vec::new();
    for table in plan.tables.iter().filter(|table| !table.is_empty()) {
        for column in table.masked.iter().copied() {
            let letters = table.letters(column);
            let fits = if let Some((_, fits)) = known.iter().find(|(other, _)| *other == letters) {
                *fits
            } else {
                let fits = has(session, &letters).await?;
                known.push((letters, fits));
                fits
            };
            if let (false, Some(found)) = (fits, table.columns.get(column)) {
                problems.push(
                    Diagnostic::error(format!(
                        "`{}.{}`: its mask writes letters that the database's encoding {encoding} does not have",
                        table.name,
                        quote(&found.name)
                    ))
                    .help("give the rule a `locale` whose letters the encoding has, such as en_US, or another mask"),
                );
            }
        }
    }
    Ok(problems)
}

/// Whether the database's encoding has all of them: the server has to convert what it is sent.
async fn has(session: &Session, letters: &BTreeSet<char>) -> Result<bool> {
    if letters.is_empty() {
        return Ok(true);
    }
    let letters: String = letters.iter().collect();
    let doing = "asking what the encoding has";
    // A refusal must not end the snapshot's transaction.
    session.run(doing, "SAVEPOINT masque_letters").await?;
    let asked =
        session.client().query_one("SELECT pg_catalog.length($1::pg_catalog.text)", &[&letters]).await;
    session.run(doing, "ROLLBACK TO SAVEPOINT masque_letters").await?;
    match asked {
        Ok(_) => Ok(true),
        Err(e) if e.code().is_some_and(|code| code.code() == "22P05") => Ok(false),
        Err(e) => Err(session.error(doing, &e)),
    }
}

/// In the few encodings where conversion is inexact, reads the kept texts of masked tables
/// once to see that each comes back as it was.
///
/// # Errors
/// Source, naming the table, where one does not.
pub(super) async fn check_exact(session: &Session, plan: &Plan) -> Result<()> {
    let encoding = session.encoding();
    if !INEXACT.contains(&encoding) {
        return Ok(());
    }
    for table in plan.tables.iter().filter(|table| !table.is_empty() && !table.masked.is_empty()) {
        let Some(sql) = inexact(table) else { continue };
        let doing = format!("comparing the texts of `{}` with themselves in UTF-8", table.name);
        if session.one(&doing, &sql, &[]).await?.get(0) {
            return Err(Error::new(
                Kind::Source,
                format!(
                    "`{}` keeps texts that do not survive the way from {encoding} to UTF-8 and back",
                    table.name
                ),
            )
            .help("mask or null its text columns, or keep the whole table: then nothing is converted"));
        }
    }
    Ok(())
}

fn inexact(table: &TablePlan) -> Option<String> {
    let kept = table.columns.iter().zip(&table.treatments);
    let kept = kept.filter(|(column, treatment)| {
        matches!(treatment, Treatment::Keep) && has_characters(&column.data_type)
    });
    let differs = kept.map(|(column, _)| {
        let text = format!("{}::pg_catalog.text", identifier(&column.name));
        format!(
            "{text} <> pg_catalog.convert_from(pg_catalog.convert_to({text}, 'UTF8'), 'UTF8') COLLATE \"C\""
        )
    });
    let differs: Vec<_> = differs.collect();
    if differs.is_empty() {
        return None;
    }
    let rows = if let Rows::Where(condition) = &table.rows {
        format!("({condition}\n) AND ")
    } else {
        String::new()
    };
    Some(format!(
        "SELECT EXISTS (SELECT FROM ONLY {} WHERE {rows}({}))",
        table.name.sql(),
        differs.join(" OR ")
    ))
}

/// Whether values of the type may hold characters of any script.
fn has_characters(data_type: &DataType) -> bool {
    match &data_type.base().form {
        Form::Scalar(scalar) => matches!(
            scalar,
            Scalar::Text
                | Scalar::Varchar(_)
                | Scalar::Char(_)
                | Scalar::Json
                | Scalar::Jsonb
                | Scalar::Xml
                | Scalar::Hstore
                | Scalar::Other
        ),
        Form::Enum(_) | Form::Composite(_) => true,
        Form::Domain(inner) | Form::Array(inner) | Form::Range(inner) | Form::Multirange(inner) => {
            has_characters(inner)
        }
    }
}

//! After the fact: what the build must be before it is published.
//!
//! So far counts and keys: every table has the rows that were written, and every
//! object of the source is there, with its constraints as valid as the source's.

mod settled;

use crate::error::{Error, Kind, Result};
use crate::postgres::inventory::Inventory;
use crate::postgres::session::Session;
use crate::schema::Name;
use settled::settled;

/// Counts a table's rows on the build and compares; with `tree` those of its partitions
/// too, and only those that `marked` holds for where an extension has rows of its own.
///
/// # Errors
/// Verify, naming the table, where they differ.
pub async fn count(
    build: &Session,
    table: &Name,
    tree: bool,
    marked: Option<&str>,
    written: u64,
) -> Result<()> {
    let only = if tree { "" } else { "ONLY " };
    let sql = format!("SELECT count(*) FROM {only}{} WHERE ({}\n)", table.sql(), marked.unwrap_or("true"));
    let row = build.one(&format!("counting the rows of `{table}`"), &sql, &[]).await?;
    let found = u64::try_from(row.get::<_, i64>(0)).unwrap_or(0);
    if found == written {
        return Ok(());
    }
    Err(Error::new(
        Kind::Verify,
        format!("`{table}`: {written} rows were written and {found} rows are in the table"),
    ))
}

/// Compares what source and build are made of. `exact` compares definitions too,
/// which only means something between servers of one major version.
///
/// # Errors
/// Verify, naming up to ten objects that are missing or differ.
pub fn compare(source: &Inventory, build: &Inventory, exact: bool) -> Result<usize> {
    let wrong: Vec<String> = source
        .iter()
        .filter_map(|(name, definition)| match build.get(name) {
            None => Some(format!("{name} is missing")),
            Some(found) if exact && found != definition && settled(found) != settled(definition) => {
                Some(format!("{name} is not as on the source"))
            }
            Some(_) => None,
        })
        .collect();
    if wrong.is_empty() {
        return Ok(source.len());
    }
    let more = wrong.len().saturating_sub(10);
    let mut words = wrong.into_iter().take(10).collect::<Vec<_>>().join("; ");
    if more > 0 {
        words = format!("{words}; and {more} more");
    }
    Err(Error::new(Kind::Verify, format!("the build is not the source's double: {words}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inventory(objects: &[(&str, &str)]) -> Inventory {
        objects.iter().map(|(name, definition)| ((*name).to_owned(), (*definition).to_owned())).collect()
    }

    #[test]
    fn a_missing_object_and_an_invalid_one_are_both_named() {
        let source = inventory(&[("index public.a", "t"), ("index public.b", "t")]);
        let build = inventory(&[("index public.b", "f")]);
        let error = compare(&source, &build, true).unwrap_err();
        assert_eq!(error.kind(), Kind::Verify);
        assert!(error.to_string().contains("index public.a is missing"));
        assert!(error.to_string().contains("index public.b is not as on the source"));
    }

    #[test]
    fn what_only_the_build_has_is_no_loss() {
        let build = inventory(&[("index public.a", "t"), ("table public.x", "")]);
        assert_eq!(compare(&inventory(&[("index public.a", "t")]), &build, true).ok(), Some(1));
    }
}

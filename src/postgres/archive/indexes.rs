//! Indexes that are made one by one, before the rest of the section.

use super::directory::write_private;
use super::{Pass, SchemaArchive, Section};
use crate::error::{Error, Result};
use crate::postgres::indexes::Entry;
use crate::postgres::url::Url;
use std::collections::{BTreeMap, BTreeSet};

/// The entries of the table of contents that make an index, by what they are about.
pub(super) type Listed = BTreeMap<Entry, String>;

/// Adds a line of the table of contents, where it makes an index.
pub(super) fn list(listed: &mut Listed, line: &str) {
    if let Some(entry) = number(line).filter(|_| makes_index(line)) {
        listed.insert(entry, format!("{line}\n"));
    }
}

fn makes_index(line: &str) -> bool {
    let is_index = |entry: &str| entry.starts_with("INDEX ") || entry.starts_with("CONSTRAINT ");
    Pass::of(line) == Pass::Main && super::entry(line).is_some_and(is_index)
}

/// What a line is about: catalog 2606, object 16457 of `12; 2606 16457 CONSTRAINT …`.
fn number(line: &str) -> Option<Entry> {
    let mut words = line.split_once("; ")?.1.split(' ');
    Some(Entry { catalog: words.next()?.parse().ok()?, object: words.next()?.parse().ok()? })
}

impl SchemaArchive {
    /// Whether the dump makes this index.
    #[must_use]
    pub fn makes(&self, entry: Entry) -> bool {
        self.indexes.contains_key(&entry)
    }

    /// Makes these indexes in the database at `target`, in this order, on one connection.
    ///
    /// # Errors
    /// Target for what the server lacks; verify for a key that the rows break.
    pub async fn make_indexes(&self, entries: &[Entry], target: &Url) -> Result<()> {
        let lines: String =
            entries.iter().filter_map(|entry| self.indexes.get(entry)).map(String::as_str).collect();
        let listed = self.directory.private("index", &lines)?;
        self.restore_listed(Section::PostData, listed.path(), target, 1).await
    }

    /// Makes all other indexes and constraints, with so many connections; not yet what needs them.
    ///
    /// # Errors
    /// As [`SchemaArchive::make_indexes`].
    pub async fn make_rest(&self, made: &BTreeSet<Entry>, target: &Url, lanes: usize) -> Result<()> {
        let (main, rest) = (self.list(Pass::Main), self.directory.path().join("rest.list"));
        let listed = std::fs::read_to_string(main)
            .map_err(|e| Error::internal("the list of the schema is gone").because(e))?;
        let is_left =
            |line: &&str| !number(line).is_some_and(|entry| makes_index(line) && made.contains(&entry));
        let left: String = listed.lines().filter(is_left).flat_map(|line| [line, "\n"]).collect();
        write_private(&rest, &left)?;
        self.restore_listed(Section::PostData, &rest, target, lanes).await
    }

    /// Makes what needs the indexes: those of partitions join their parents', then foreign keys and triggers.
    ///
    /// # Errors
    /// As [`SchemaArchive::make_indexes`].
    pub async fn make_keys(&self, target: &Url, lanes: usize) -> Result<()> {
        if self.attaches {
            // Side by side, two of them in a tree of partitions do not see each other,
            // and the root's index stays invalid.
            self.restore_listed(Section::PostData, &self.list(Pass::Attach), target, 1).await?;
        }
        self.restore_listed(Section::PostData, &self.list(Pass::Last), target, lanes).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_is_known_by_its_catalog_and_number() {
        let mut listed = Listed::new();
        for line in [
            "3488; 2606 16457 CONSTRAINT hr employees employees_email_key postgres",
            "3490; 1259 16453 INDEX public customers_email_key postgres",
            "3491; 0 0 INDEX ATTACH public events_pkey postgres",
            "3492; 2606 16460 FK CONSTRAINT public orders orders_fk postgres",
            "3493; 2606 16461 CHECK CONSTRAINT public orders positive postgres",
            "222; 1259 16446 TABLE hr INDEX postgres",
        ] {
            list(&mut listed, line);
        }
        let entries: Vec<_> = listed.keys().map(|entry| (entry.catalog, entry.object)).collect();
        assert_eq!(entries, [(1259, 16453), (2606, 16457)]);
    }
}

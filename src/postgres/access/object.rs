//! Objects with their owners and privileges.

use super::grant::{self, Grant, Whom};
use crate::error::Result;
use crate::postgres::session::Session;
use std::fmt;

/// What is owned, or what privileges are about.
#[derive(Clone, Debug)]
pub(super) struct Object {
    /// Its kind as `ALTER … OWNER` names it, or `COLUMN`.
    pub(super) kind: String,
    /// As SQL names it; a column's table.
    pub(super) name: String,
    pub(super) column: Option<String>,
    pub(super) schema: Option<String>,
    pub(super) owner: String,
    /// Made by the system or by an extension: its owner stays, and only changes are carried.
    given: bool,
    /// Its owner follows another object's.
    bound: bool,
    /// The schema `public` as the system made it before PostgreSQL 15: its owner stays.
    first: bool,
    /// `None` where nobody granted or revoked anything.
    grants: Option<Vec<Grant>>,
    /// What a given object was made with.
    initial: Option<Vec<Grant>>,
}

/// What to read of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// Everything.
    Whole,
    /// Only the schemas themselves.
    Schemas,
}

/// Reads every object of a person, and those of the system and of extensions whose
/// privileges a person changed.
pub(super) async fn read(session: &Session, scope: Scope) -> Result<Vec<Object>> {
    let whole = scope == Scope::Whole;
    let rows = session.query("reading owners and privileges", include_str!("objects.sql"), &[&whole]).await?;
    rows.iter()
        .map(|row| {
            Ok(Object {
                kind: row.get(0),
                name: row.get(1),
                column: row.get(2),
                schema: row.get(3),
                owner: row.get(4),
                given: row.get(5),
                bound: row.get(6),
                first: row.get(7),
                grants: grant::read(row.get(8))?,
                initial: grant::read(row.get(9))?,
            })
        })
        .collect()
}

impl Object {
    /// What names it among the objects of a database.
    pub(super) fn key(&self) -> (&str, &str, Option<&str>) {
        (&self.kind, &self.name, self.column.as_deref())
    }

    /// Whether its owner can be set.
    pub(super) fn can_move(&self) -> bool {
        !self.given && !self.bound && !self.first
    }

    /// Whether its owner is carried, by itself or by what it is bound to.
    pub(super) fn follows_owner(&self) -> bool {
        !self.given && !self.first
    }

    /// Whether the system or an extension made it.
    pub(super) fn is_given(&self) -> bool {
        self.given
    }

    /// Whether it is the schema `public` with other privileges than PostgreSQL gave it before 15.
    pub(super) fn is_altered_public(&self) -> bool {
        let all = |to| Grant { by: Whom::Owner, to, what: vec![String::from("ALL")], option: false };
        let first = [all(Whom::Owner), all(Whom::Public)];
        self.kind == "SCHEMA" && self.name == "public" && grant::sum(&self.grants()) != grant::sum(&first)
    }

    fn is_of_system(&self) -> bool {
        let schema = if self.kind == "SCHEMA" { Some(self.name.as_str()) } else { self.schema.as_deref() };
        self.given && (schema == Some("pg_catalog") || self.kind == "LANGUAGE")
    }

    /// Names who owns it on the build, where that is not carried.
    pub(super) fn settle_owner(&mut self, first: &str, loader: &str) {
        if self.given {
            let owner = if self.is_of_system() { first } else { loader };
            owner.clone_into(&mut self.owner);
        }
    }

    pub(super) fn forget_grants(&mut self) {
        self.grants = None;
        if self.given {
            self.initial = None;
        }
    }

    pub(super) fn rename_roles(&mut self, name: &dyn Fn(&mut String)) {
        if self.follows_owner() {
            name(&mut self.owner);
        }
        for grants in [&mut self.grants, &mut self.initial].into_iter().flatten() {
            grant::rename_roles(grants, &self.owner, name);
        }
    }

    /// All its grants, of a given object those it has now.
    pub(super) fn grants(&self) -> Vec<Grant> {
        self.grants.clone().unwrap_or_else(|| grant::of_nobody(&self.kind))
    }

    /// What was revoked from and granted on a given object since it was made.
    pub(super) fn changes(&self) -> (Vec<Grant>, Vec<Grant>) {
        let now = self.grants();
        let before = self.initial.clone().unwrap_or_else(|| grant::of_nobody(&self.kind));
        (without(&before, &now), without(&now, &before))
    }

    pub(super) fn is_changed(&self) -> bool {
        let (revoked, granted) = self.changes();
        !(revoked.is_empty() && granted.is_empty())
    }

    fn told(&self) -> impl Iterator<Item = &Grant> {
        self.grants.iter().flatten()
    }

    pub(super) fn grantors(&self) -> impl Iterator<Item = &str> {
        self.told().filter(|_| !self.given).filter_map(|grant| grant.by.role())
    }

    pub(super) fn grantees(&self) -> impl Iterator<Item = &str> {
        self.told().filter_map(|grant| grant.to.role())
    }
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.column {
            Some(column) => write!(f, "column `{column}` of `{}`", self.name),
            None => write!(f, "{} `{}`", self.kind.to_lowercase(), self.name),
        }
    }
}

/// The grants of a list that another does not hold.
fn without(list: &[Grant], other: &[Grant]) -> Vec<Grant> {
    let held = grant::sum(other);
    let mut left = Vec::new();
    for one in list {
        let same = held.get(&(&one.by, &one.to, one.option));
        let has = |privilege: &String| same.is_some_and(|same| same.contains(privilege.as_str()));
        let what: Vec<String> = one.what.iter().filter(|privilege| !has(privilege)).cloned().collect();
        if !what.is_empty() {
            left.push(Grant { what, ..one.clone() });
        }
    }
    left
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A thing called `public.t`.
    pub(in super::super) fn object(kind: &str, owner: &str, grants: Option<&str>) -> Object {
        Object {
            kind: kind.to_owned(),
            name: "public.t".to_owned(),
            column: None,
            schema: Some("public".to_owned()),
            owner: owner.to_owned(),
            given: false,
            bound: false,
            first: false,
            grants: grant::read(grants).unwrap(),
            initial: None,
        }
    }

    #[test]
    fn of_a_given_object_only_what_a_person_changed_is_carried() {
        let mut function =
            object("ROUTINE", "first", Some(r#"[["o", "o", ["ALL"], false], ["o", "ra", ["ALL"], false]]"#));
        function.given = true;
        let (revoked, granted) = function.changes();
        assert_eq!(revoked.iter().map(|grant| &grant.to).collect::<Vec<_>>(), [&Whom::Public]);
        assert_eq!(granted.iter().map(|grant| &grant.to).collect::<Vec<_>>(), [&Whom::Role("a".to_owned())]);
        function.grants = None;
        assert!(!function.is_changed());
    }

    #[test]
    fn a_grantee_who_becomes_the_owner_by_another_name_is_known_as_such() {
        let mut table = object(
            "TABLE",
            "app",
            Some(r#"[["o", "rreader", ["SELECT"], false], ["o", "rapp2", ["INSERT"], false]]"#),
        );
        table.rename_roles(&|role| {
            if role.starts_with("app") {
                "one".clone_into(role);
            }
        });
        assert_eq!(table.owner, "one");
        let to: Vec<_> = table.grants().into_iter().map(|grant| grant.to).collect();
        assert_eq!(to, [Whom::Role("reader".to_owned()), Whom::Owner]);
        assert_eq!(table.grantees().collect::<Vec<_>>(), ["reader"]);
    }
}

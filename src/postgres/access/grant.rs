//! One grant, relative to the owner of what it is about.

use crate::error::{Error, Result};
use crate::schema::identifier;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// A side of a grant. The owner is not named, so that a change of owner changes no grant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Whom {
    /// Whoever owns the object.
    Owner,
    /// Everybody.
    Public,
    /// A role.
    Role(String),
}

impl Whom {
    /// `o`, `p`, or `r` and the role's name.
    fn read(text: &str) -> Self {
        match text.split_at_checked(1) {
            Some(("o", "")) => Self::Owner,
            Some(("r", name)) => Self::Role(name.to_owned()),
            _ => Self::Public,
        }
    }

    /// The role's name; the owner has none here.
    pub(super) fn role(&self) -> Option<&str> {
        match self {
            Self::Role(name) => Some(name),
            _ => None,
        }
    }

    /// As SQL names it, where the owner is `owner`.
    pub(super) fn sql(&self, owner: &str) -> String {
        match self {
            Self::Owner => identifier(owner),
            Self::Public => "PUBLIC".to_owned(),
            Self::Role(name) => identifier(name),
        }
    }
}

/// Privileges that one role gave another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Grant {
    pub(super) by: Whom,
    pub(super) to: Whom,
    /// The privileges' names; `ALL` for as many as an owner has.
    pub(super) what: Vec<String>,
    pub(super) option: bool,
}

#[derive(Deserialize)]
struct Item(String, String, Vec<String>, bool);

/// The grants of a list in the order they were made: each needs those before it.
pub(super) fn read(text: Option<&str>) -> Result<Option<Vec<Grant>>> {
    let Some(text) = text else { return Ok(None) };
    let items: Vec<Item> = serde_json::from_str(text)
        .map_err(|_| Error::internal("the privileges of an object can't be read"))?;
    let grant = |Item(by, to, what, option)| Grant { by: Whom::read(&by), to: Whom::read(&to), what, option };
    Ok(Some(items.into_iter().map(grant).collect()))
}

/// Gives roles their other names. Whoever is now the owner is known as such.
pub(super) fn rename_roles(grants: &mut [Grant], owner: &str, name: &dyn Fn(&mut String)) {
    for grant in grants {
        for whom in [&mut grant.by, &mut grant.to] {
            if let Whom::Role(role) = whom {
                name(role);
                if role == owner {
                    *whom = Whom::Owner;
                }
            }
        }
    }
}

/// What an object has that nobody granted or revoked anything on.
pub(super) fn of_nobody(kind: &str) -> Vec<Grant> {
    let all = |to| Grant { by: Whom::Owner, to, what: vec![String::from("ALL")], option: false };
    match kind {
        "COLUMN" => Vec::new(),
        "ROUTINE" | "TYPE" | "LANGUAGE" => vec![all(Whom::Public), all(Whom::Owner)],
        _ => vec![all(Whom::Owner)],
    }
}

/// Grants without their order, for comparing.
pub(super) type Sum<'a> = BTreeMap<(&'a Whom, &'a Whom, bool), BTreeSet<&'a str>>;

pub(super) fn sum(grants: &[Grant]) -> Sum<'_> {
    let mut sum = Sum::new();
    for grant in grants {
        let what = sum.entry((&grant.by, &grant.to, grant.option)).or_default();
        what.extend(grant.what.iter().map(String::as_str));
        if what.contains("ALL") {
            *what = BTreeSet::from(["ALL"]);
        }
    }
    sum
}

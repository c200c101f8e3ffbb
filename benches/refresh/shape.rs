//! The databases that are copied, and how much of each is masked.
//!
//! A shape is SQL of ours (`shapes/*.sql`): tables with rows, then the keys and indexes, so that the
//! same rows can stand in a database without any. `shapes/*.toml` says what is masked.

use super::Result;
use std::fmt::Write as _;

/// What a database is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Wide,
    Narrow,
    Jsonb,
    Many,
    Giant,
    Partitions,
    Shop,
}

impl Shape {
    pub(crate) const ALL: [Self; 7] =
        [Self::Wide, Self::Narrow, Self::Jsonb, Self::Many, Self::Giant, Self::Partitions, Self::Shop];

    /// As the command line and the names of databases have it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Wide => "wide",
            Self::Narrow => "narrow",
            Self::Jsonb => "jsonb",
            Self::Many => "many",
            Self::Giant => "giant",
            Self::Partitions => "partitions",
            Self::Shop => "shop",
        }
    }

    /// What a reader should know of it.
    pub(crate) fn about(self) -> &'static str {
        match self {
            Self::Wide => "people in 14 columns of mostly text, four tables, seven indexes and keys each",
            Self::Narrow => "six integers a row, four tables",
            Self::Jsonb => "documents of about 600 bytes, four tables, a GIN index each",
            Self::Many => "many small tables, two indexes each",
            Self::Giant => "the wide table alone: one table holds everything",
            Self::Partitions => "one table in many partitions, three indexes",
            Self::Shop => "the shop of `masque demo`: every kind of type and object",
        }
    }

    /// How many tables (or partitions) share the rows, where nothing else was asked for.
    pub(crate) fn tables(self) -> u64 {
        match self {
            Self::Wide | Self::Narrow | Self::Jsonb => 4,
            Self::Many => 2_000,
            Self::Partitions => 200,
            Self::Giant | Self::Shop => 1,
        }
    }

    /// The SQL of its tables and rows, and that of its keys. The shop has files of its own.
    pub(crate) fn sql(self) -> Option<[&'static str; 2]> {
        Some(match self {
            Self::Wide | Self::Giant => {
                [include_str!("shapes/wide.sql"), include_str!("shapes/wide_keys.sql")]
            }
            Self::Narrow => [include_str!("shapes/narrow.sql"), include_str!("shapes/narrow_keys.sql")],
            Self::Jsonb => [include_str!("shapes/jsonb.sql"), include_str!("shapes/jsonb_keys.sql")],
            Self::Many => [include_str!("shapes/many.sql"), include_str!("shapes/many_keys.sql")],
            Self::Partitions => {
                [include_str!("shapes/partitions.sql"), include_str!("shapes/partitions_keys.sql")]
            }
            Self::Shop => return None,
        })
    }

    fn masks(self) -> Result<[toml_edit::Table; 2]> {
        let text = match self {
            Self::Wide | Self::Giant => include_str!("shapes/wide.toml"),
            Self::Narrow => include_str!("shapes/narrow.toml"),
            Self::Jsonb => include_str!("shapes/jsonb.toml"),
            Self::Many => include_str!("shapes/many.toml"),
            Self::Partitions => include_str!("shapes/partitions.toml"),
            Self::Shop => include_str!("shapes/shop.toml"),
        };
        let document: toml_edit::DocumentMut = text.parse()?;
        let part = |name: &str| document.get(name).and_then(|item| item.as_table()).cloned();
        Ok(["some", "all"].map(|name| part(name).unwrap_or_default()))
    }

    /// The columns masked at a level, by name.
    pub(crate) fn masked(self, level: Level) -> Result<Vec<String>> {
        let [some, all] = self.masks()?;
        let mut names: Vec<String> = Vec::new();
        let parts = [some, all].into_iter().take(level.parts());
        for name in parts.flat_map(|part| part.iter().map(|(name, _)| name.to_owned()).collect::<Vec<_>>()) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        Ok(names)
    }

    /// The rule file of a level.
    pub(crate) fn rules(self, level: Level) -> Result<String> {
        if (self, level) == (Self::Shop, Level::All) {
            return shop_rules();
        }
        let [some, all] = self.masks()?;
        let mut text = String::from("masque = 1\n\n[columns]\n\"*\" = \"keep\"\n");
        for name in self.masked(level)? {
            // What `all` says of a column stands above what `some` says.
            let rule = if level == Level::All { all.get(&name).or(some.get(&name)) } else { some.get(&name) };
            let rule = rule.ok_or("a mask without a rule")?.to_string();
            writeln!(text, "{name} = {}", rule.trim())?;
        }
        Ok(text)
    }
}

/// The shop's rules leave some rows out, which the other ways carry: here all of them travel.
fn shop_rules() -> Result<String> {
    let mut document: toml_edit::DocumentMut = include_str!("../../rules/shop.toml").parse()?;
    document.remove("rows");
    Ok(document.to_string())
}

/// How much is masked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// Nothing: every column is kept.
    Nothing,
    /// Six columns of the wide table's fourteen, and a like share elsewhere. The goals speak of this one.
    Some,
    /// Every column in which something about a person could stand.
    All,
}

impl Level {
    pub(crate) const ALL: [Self; 3] = [Self::Nothing, Self::Some, Self::All];

    /// As the command line has it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Nothing => "none",
            Self::Some => "some",
            Self::All => "all",
        }
    }

    fn parts(self) -> usize {
        match self {
            Self::Nothing => 0,
            Self::Some => 1,
            Self::All => 2,
        }
    }
}

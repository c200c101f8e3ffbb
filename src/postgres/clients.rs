//! Known holes of `pg_dump` and `pg_restore`, and which of them a refresh comes near.
//!
//! The tools run with the schema alone, in the custom format, straight into a
//! connection, or give text that a session of ours runs: `psql` reads nothing, and no large object passes `pg_dump`. So of the
//! holes published since 2024 most are out of reach; they stay in the table, with the
//! reason, because that reason is a promise. Numbers are from the release notes of PostgreSQL
//! 16.4, 17.6, 17.10 and 17.11 and the CVE records named. A tool that is only made to
//! crash ends the run, which loses nothing: such holes are not listed.

use super::binaries::{Tools, output};
use super::session::Session;
use crate::error::Result;
use std::path::Path;

/// A release: 15.18.
type Version = (u32, u32);

/// Which program has the hole: `pg_dump`, `pg_restore`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Program {
    Dump,
    Restore,
    /// `pg_dump` is safe only where the server it reads is mended, too.
    DumpAndServer,
}

/// A published hole.
struct Hole {
    id: &'static str,
    program: Program,
    /// The first release of each major without it. Older majors keep it, newer never had it.
    mended: &'static [Version],
    /// What may happen, where a refresh can meet it at all.
    near: Option<&'static str>,
}

const HOLES: &[Hole] = &[
    Hole {
        id: "CVE-2024-7348",
        program: Program::DumpAndServer,
        mended: &[(12, 20), (13, 16), (14, 13), (15, 8), (16, 4)],
        near: Some("whoever may create objects on the source can have code run as the reading role"),
    },
    // Out of reach: it needs psql to read a plain dump.
    Hole {
        id: "CVE-2025-8714",
        program: Program::Dump,
        mended: &[(13, 22), (14, 19), (15, 14), (16, 10), (17, 6)],
        near: None,
    },
    // Out of reach: it needs psql, or a dump of rows by way of a partition's root.
    Hole {
        id: "CVE-2025-8715",
        program: Program::Dump,
        mended: &[(13, 22), (14, 19), (15, 14), (16, 10), (17, 6)],
        near: None,
    },
    // Out of reach: it needs pg_dump to read large objects, which masque does itself.
    Hole {
        id: "CVE-2026-6477",
        program: Program::Dump,
        mended: &[(14, 23), (15, 18), (16, 14), (17, 10), (18, 4)],
        near: None,
    },
    // Out of reach: it needs psql to read a plain dump.
    Hole {
        id: "CVE-2026-18408",
        program: Program::Dump,
        mended: &[(14, 24), (15, 19), (16, 15), (17, 11), (18, 6)],
        near: None,
    },
    // The archive is pg_dump's own, in a private folder; but what it holds is the source's choice.
    Hole {
        id: "CVE-2026-116314",
        program: Program::Restore,
        mended: &[(14, 25), (15, 20), (16, 16), (17, 12), (18, 7)],
        near: Some("a crafted archive can have code run where masque runs"),
    },
];

impl Hole {
    fn is_in(&self, (major, minor): Version) -> bool {
        match self.mended.iter().find(|(of, _)| *of == major) {
            Some((_, first)) => minor < *first,
            None => self.mended.first().is_some_and(|(oldest, _)| major < *oldest),
        }
    }

    /// What to install instead of `version`.
    fn cure(&self, (major, _): Version) -> String {
        let first = self.mended.iter().find(|(of, _)| *of == major).or(self.mended.last());
        first.map_or_else(String::new, |(major, minor)| format!("{major}.{minor}"))
    }
}

/// Sentences about the holes that a refresh with these versions comes near.
fn sentences(dump: Version, restore: Version, source: Version) -> Vec<String> {
    let mut said = Vec::new();
    for hole in HOLES {
        let Some(what) = hole.near else { continue };
        let of = |name: &str, version: Version| {
            let ((major, minor), id, cure) = (version, hole.id, hole.cure(version));
            hole.is_in(version).then(|| format!("{name} {major}.{minor} has {id}: {what}; {cure} mends it"))
        };
        match hole.program {
            Program::Dump => said.extend(of("`pg_dump`", dump)),
            Program::Restore => said.extend(of("`pg_restore`", restore)),
            Program::DumpAndServer => {
                said.extend(of("`pg_dump`", dump).or_else(|| of("the source's PostgreSQL", source)));
            }
        }
    }
    said
}

/// Says which known holes of the tools a refresh from this source comes near.
///
/// # Errors
/// Source, where its version can't be read.
pub async fn warn(tools: &Tools, source: &Session) -> Result<Vec<String>> {
    let sql = "SELECT current_setting('server_version_num')::int";
    let number: i32 = source.one("reading the source's version", sql, &[]).await?.get(0);
    let number = u32::try_from(number).unwrap_or(0);
    let of = |program: &Path| output(program, "--version").and_then(|text| version(&text));
    // A tool that does not say its version is not accused.
    let unknown = (tools.version, u32::MAX);
    let (dump, restore) = (of(&tools.pg_dump).unwrap_or(unknown), of(&tools.pg_restore).unwrap_or(unknown));
    Ok(sentences(dump, restore, (number / 10_000, number % 10_000)))
}

/// The release that a program prints: `pg_dump (PostgreSQL) 17.2 (…)`; a beta is its release without a minor.
fn version(text: &str) -> Option<Version> {
    let (_, version) = text.split_once("(PostgreSQL)")?;
    let mut numbers = version.trim_start().split(|c: char| !c.is_ascii_digit());
    let major = numbers.next()?.parse().ok()?;
    let is_release = version.trim_start().starts_with(&format!("{major}."));
    let minor = if is_release { numbers.next()?.parse().ok()? } else { 0 };
    Some((major, minor))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MENDED: Version = (17, 12);

    #[test]
    fn the_last_release_with_a_hole_is_told_from_the_first_without() {
        for hole in HOLES {
            for (major, first) in hole.mended {
                assert!(hole.is_in((*major, first - 1)), "{} {major}.{}", hole.id, first - 1);
                assert!(!hole.is_in((*major, *first)), "{} {major}.{first}", hole.id);
            }
            let (oldest, newest) = (hole.mended[0].0, hole.mended[hole.mended.len() - 1].0);
            assert!(hole.is_in((oldest - 1, 99)), "a major without care keeps {}", hole.id);
            assert!(!hole.is_in((newest + 1, 0)), "a later major never had {}", hole.id);
        }
    }

    #[test]
    fn the_numbers_are_those_of_the_release_notes() {
        let of = |id: &str| HOLES.iter().find(|hole| hole.id == id).unwrap().mended;
        assert_eq!(of("CVE-2024-7348"), [(12, 20), (13, 16), (14, 13), (15, 8), (16, 4)]);
        assert_eq!(of("CVE-2025-8714"), [(13, 22), (14, 19), (15, 14), (16, 10), (17, 6)]);
        assert_eq!(of("CVE-2025-8715"), of("CVE-2025-8714"));
    }

    #[test]
    fn a_hole_that_is_near_is_named_with_its_cure_and_others_are_not() {
        let said = sentences((15, 7), (15, 19), MENDED);
        assert_eq!(said.len(), 2);
        assert!(said[1].starts_with("`pg_restore` 15.19 has CVE-2026-116314: "));
        assert!(
            said[0].starts_with("`pg_dump` 15.7 has CVE-2024-7348: ") && said[0].ends_with("15.8 mends it")
        );
        assert_eq!(sentences((17, 5), MENDED, MENDED), Vec::<String>::new());
        assert_eq!(sentences(MENDED, MENDED, MENDED), Vec::<String>::new());
    }

    #[test]
    fn a_source_that_is_not_mended_is_named_where_the_tool_is() {
        let said = sentences(MENDED, MENDED, (14, 12));
        assert!(said[0].starts_with("the source's PostgreSQL 14.12 has CVE-2024-7348"), "{said:?}");
    }

    #[test]
    fn a_release_is_read_in_every_dress() {
        assert_eq!(version("pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"), Some((15, 18)));
        assert_eq!(version("pg_restore (PostgreSQL) 18beta1"), Some((18, 0)));
        assert_eq!(version("something else 9"), None);
    }
}

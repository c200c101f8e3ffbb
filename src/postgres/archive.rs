//! The schema as `pg_dump` writes it, and the sections `pg_restore` makes of it.
//!
//! The archive is a private file that is removed when this value is dropped. Its
//! table of contents is filtered: what must never reach staging (subscriptions,
//! publications, user mappings, event triggers, security labels) is not restored
//! even where the dump holds it, and comments only where a rule keeps them. Owners,
//! privileges and row security are not restored from here at all: the room
//! [`super::access`] makes them, last. Tablespaces are places of one server: everything
//! lies in the build's own.
//!
//! The tools' own messages can quote rows ("Key (email)=(…) is duplicated"), so
//! they are read by allow-list: what failed is named by the entry of the table of
//! contents, never by the server's words.

mod directory;
mod indexes;
mod said;
mod script;
mod told;

use super::binaries::Tools;
use super::session;
use super::url::Url;
use crate::error::{Error, Result};
use directory::{Directory, write_private};
use said::{dump_error, only_unknown_settings, restore_error, without_unknown_settings};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::process::Command;
use told::{Tool, program, run};

/// Entry types that never reach staging, as a table of contents names them.
const NEVER: &[&str] = &[
    "SUBSCRIPTION",
    "PUBLICATION",
    "USER MAPPING",
    "EVENT TRIGGER",
    "SECURITY LABEL",
    "DATABASE",
    "MATERIALIZED VIEW DATA",
    "SEQUENCE SET",
    "TABLE DATA",
    "BLOB",
    "POLICY",
    "ROW SECURITY",
];

/// What a kept comment may not be about: what is not copied, and the database, whose
/// comment is masque's marker.
const UNSPOKEN: &[&str] =
    &["DATABASE", "SUBSCRIPTION", "PUBLICATION", "EVENT TRIGGER", "LARGE OBJECT", "USER MAPPING"];

/// What makes a server write text as UTF-8 and literals in one way, as a connection string's `options`.
pub const PLAIN: &str = "-c client_encoding=UTF8 -c standard_conforming_strings=on";

/// The most bytes that a run adds to the `options` of either side between [`check`] and a tool: a space with
/// [`PLAIN`], or with what [`super::maintenance`] grants.
pub(super) const MOST_ADDED: usize = 76;

/// A schema dump in the custom format, with its list of what to restore.
pub struct SchemaArchive {
    directory: Directory,
    tools: Tools,
    attaches: bool,
    comments: bool,
    indexes: indexes::Listed,
    /// What it can make after the rows, as a table of contents names it.
    names: String,
    /// The tools begin by setting parameters that the target does not know yet
    /// (`transaction_timeout`, since 17): such an error is none, so they must not stop at it.
    outruns_target: bool,
}

/// What is restored together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pass {
    /// All that needs no index of a partitioned table to be whole.
    Main,
    /// Indexes of partitions joining their parents', one after the other.
    Attach,
    /// Foreign keys, which may point at such an index, and triggers.
    Last,
    /// Comments, on whatever the other passes made.
    Comment,
}

impl Pass {
    /// The pass of an entry: `12; 0 0 INDEX ATTACH public t_key postgres`.
    fn of(line: &str) -> Self {
        let entry = entry(line).unwrap_or_default();
        if entry.starts_with("INDEX ATTACH ") {
            Self::Attach
        } else if entry.starts_with("COMMENT ") {
            Self::Comment
        } else if entry.starts_with("FK CONSTRAINT ") || entry.starts_with("TRIGGER ") {
            Self::Last
        } else {
            Self::Main
        }
    }
}

/// Which half of the schema to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Section {
    /// Types, functions, tables, views: before the rows.
    PreData,
    /// Indexes, constraints, triggers, rules: after the rows.
    PostData,
    /// Comments, where they are kept: when all that they are about is there.
    Comments,
}

/// Removes what killed runs left on this machine.
pub fn sweep() {
    directory::sweep(&std::env::temp_dir());
}

/// Makes sure that the tools can be told of both servers, before anything is held on them.
///
/// # Errors
/// Usage, where a password or options fit into no file that the tools read.
pub fn check(tools: &Tools, source: &Url, target: Option<&Url>) -> Result<()> {
    told::check(tools, &source.with_options(&session::probing()))?;
    target.map_or(Ok(()), |target| told::check(tools, target))
}

impl SchemaArchive {
    /// Dumps the schema of `source` as the snapshot sees it.
    ///
    /// # Errors
    /// Source, where `pg_dump` fails; usage, where the tools can't be run.
    pub async fn dump(
        tools: &Tools,
        source: &Url,
        target_major: u32,
        snapshot: &str,
        lock_wait: Duration,
        comments: bool,
    ) -> Result<Self> {
        let this = Self {
            directory: Directory::make()?,
            names: String::new(),
            tools: tools.clone(),
            attaches: false,
            comments: false,
            indexes: indexes::Listed::new(),
            outruns_target: tools.version > target_major,
        };
        let url = source.with_options(&session::probing());
        let Tool { mut command, files } = this.command(&tools.pg_dump, &url)?;
        command
            .args(["--format=custom", "--compress=0", "--schema-only", "--no-owner", "--no-privileges"])
            // Subscriptions hold passwords, so they don't even enter the archive.
            .arg("--no-subscriptions")
            .arg(format!("--snapshot={snapshot}"))
            .arg(format!("--lock-wait-timeout={}", lock_wait.as_millis().max(1)))
            .arg("--file")
            .arg(this.file());
        if !comments {
            command.arg("--no-comments");
        }
        let output = run(command).await?;
        drop(files);
        if !output.status.success() {
            return Err(dump_error(&String::from_utf8_lossy(&output.stderr)));
        }
        this.filter().await
    }

    /// Makes what must be there before the rows, in the database at `target`.
    ///
    /// # Errors
    /// Target for what the server lacks; verify for a key or check that the rows
    /// break, which is a broken promise.
    pub async fn restore_pre_data(&self, target: &Url) -> Result<()> {
        self.restore_listed(Section::PreData, &self.list(Pass::Main), target, 1).await
    }

    /// Makes the comments, where they are kept and all that they are about is there.
    ///
    /// # Errors
    /// As [`SchemaArchive::restore_pre_data`].
    pub async fn restore_comments(&self, target: &Url) -> Result<()> {
        if !self.comments {
            return Ok(());
        }
        self.restore_listed(Section::Comments, &self.list(Pass::Comment), target, 1).await
    }

    async fn restore_listed(&self, section: Section, list: &Path, target: &Url, jobs: usize) -> Result<()> {
        let Tool { mut command, files: _files } = self.command(&self.tools.pg_restore, target)?;
        command.arg(format!("--jobs={}", jobs.max(1)));
        self.choose(&mut command, section, list);
        if !self.outruns_target {
            command.arg("--exit-on-error");
        }
        let output = run(command).await?;
        let said = String::from_utf8_lossy(&output.stderr);
        if output.status.success() || (self.outruns_target && only_unknown_settings(&said)) {
            return Ok(());
        }
        Err(restore_error(section, &without_unknown_settings(&said), &self.names, Some(output.status)))
    }

    /// Tells `pg_restore` what of the archive to make.
    fn choose(&self, command: &mut Command, section: Section, list: &Path) {
        match section {
            Section::PreData => _ = command.arg("--section=pre-data"),
            Section::PostData => _ = command.arg("--section=post-data"),
            Section::Comments => {}
        }
        command.args(["--no-owner", "--no-privileges", "--no-tablespaces", "--use-list"]);
        command.arg(list).arg(self.file());
    }

    fn file(&self) -> PathBuf {
        self.directory.path().join("schema.dump")
    }

    fn list(&self, pass: Pass) -> PathBuf {
        self.directory.path().join(match pass {
            Pass::Main => "schema.list",
            Pass::Attach => "attach.list",
            Pass::Last => "last.list",
            Pass::Comment => "comment.list",
        })
    }

    async fn filter(mut self) -> Result<Self> {
        let mut command = program(&self.tools.pg_restore);
        command.arg("--list").arg(self.file());
        let output = run(command).await?;
        if !output.status.success() {
            return Err(Error::internal("pg_restore can't list the schema dump that pg_dump wrote"));
        }
        let listing = String::from_utf8_lossy(&output.stdout);
        let mut kept = [const { String::new() }; 4];
        for line in listing.lines().filter(|line| line.starts_with(';') || !is_never_restored(line)) {
            let pass = Pass::of(line);
            self.attaches |= pass == Pass::Attach;
            self.comments |= pass == Pass::Comment;
            if pass == Pass::Main {
                indexes::list(&mut self.indexes, line);
            }
            self.names.extend(entry(line).into_iter().flat_map(|entry| [" ", entry, "\n"]));
            if let Some(kept) = kept.get_mut(pass as usize) {
                kept.push_str(line);
                kept.push('\n');
            }
        }
        for (pass, kept) in [Pass::Main, Pass::Attach, Pass::Last, Pass::Comment].into_iter().zip(&kept) {
            write_private(&self.list(pass), kept)?;
        }
        Ok(self)
    }
}

/// What a line of the table of contents is about: `TABLE public t postgres` of
/// `12; 1259 16384 TABLE public t postgres`.
fn entry(line: &str) -> Option<&str> {
    line.split_once("; ")?.1.splitn(3, ' ').nth(2)
}

/// Whether an entry stays out of every list.
fn is_never_restored(line: &str) -> bool {
    let is_of = |entry: &str, kinds: &[&str]| {
        kinds.iter().any(|kind| entry.strip_prefix(kind).is_some_and(|rest| rest.starts_with([' ', 'S'])))
    };
    let Some(entry) = entry(line) else { return false };
    // `COMMENT - DATABASE shop`, `COMMENT public TABLE t`
    let about = entry.strip_prefix("COMMENT ").and_then(|rest| Some(rest.split_once(' ')?.1));
    is_of(entry, NEVER) || about.is_some_and(|about| is_of(about, UNSPOKEN))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indexes_of_partitions_are_attached_between_the_other_entries() {
        assert_eq!(Pass::of("12; 0 0 INDEX ATTACH public t_key postgres"), Pass::Attach);
        assert_eq!(Pass::of("12; 1259 1 INDEX public t_key postgres"), Pass::Main);
        assert_eq!(Pass::of("12; 2606 1 FK CONSTRAINT public t t_key postgres"), Pass::Last);
        assert_eq!(Pass::of("12; 2606 1 CONSTRAINT public t t_key postgres"), Pass::Main);
    }

    #[test]
    fn what_never_reaches_staging_is_known_by_its_entry() {
        for line in [
            "12; 6104 16384 PUBLICATION - p postgres",
            "4; 826 1 PUBLICATION TABLE public p t postgres",
            "5; 2613 1 BLOBS - BLOBS ",
            "12; 3256 16 POLICY public t p postgres",
            "12; 0 16 ROW SECURITY public t postgres",
            "12; 0 0 COMMENT - DATABASE shop postgres",
            "12; 0 0 COMMENT - PUBLICATION p postgres",
        ] {
            assert!(is_never_restored(line), "{line}");
        }
        for line in [
            "12; 1259 16384 TABLE public comments postgres",
            "12; 1259 16384 INDEX public DATABASE postgres",
            "12; 0 0 COMMENT public TABLE database postgres",
            "12; 0 0 COMMENT - EXTENSION x ",
        ] {
            assert!(!is_never_restored(line), "{line}");
        }
        assert_eq!(Pass::of("12; 0 0 COMMENT public TABLE t postgres"), Pass::Comment);
    }
}

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

use super::binaries::Tools;
use super::complaint;
use super::environment::hide_secrets;
use super::session;
use super::snapshot::TAKEN;
use super::standby::CONFLICT;
use super::url::{HIDDEN_FROM_TOOLS, Url};
use crate::error::{Error, Kind, Result};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::process::Command;
use zeroize::Zeroizing;

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

/// A schema dump in the custom format, with its list of what to restore.
pub struct SchemaArchive {
    directory: TempDir,
    tools: Tools,
    attaches: bool,
    comments: bool,
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
pub enum Section {
    /// Types, functions, tables, views: before the rows.
    PreData,
    /// Indexes, constraints, triggers, rules: after the rows.
    PostData,
    /// Comments, where they are kept: when all that they are about is there.
    Comments,
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
        sweep(&std::env::temp_dir());
        let prefix = format!("{PREFIX}{}-", std::process::id());
        // The tools make their files with the user's mask: what keeps others out is the directory.
        let private = std::fs::Permissions::from_mode(0o700);
        let made = tempfile::Builder::new().prefix(&prefix).permissions(private).tempdir();
        let directory = made.map_err(|e| {
            Error::usage("can't make a private directory for the schema").because(e).help("set TMPDIR")
        })?;
        let this = Self {
            directory,
            tools: tools.clone(),
            attaches: false,
            comments: false,
            outruns_target: tools.version > target_major,
        };
        let mut command = this.command(&tools.pg_dump, &source.with_options(&session::probing()))?;
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
        if !output.status.success() {
            return Err(dump_error(&String::from_utf8_lossy(&output.stderr)));
        }
        this.filter().await
    }

    /// Makes one section in the database at `target`, with so many connections.
    ///
    /// # Errors
    /// Target for what the server lacks; verify for a key or check that the rows
    /// break, which is a broken promise.
    pub async fn restore(&self, section: Section, target: &Url, lanes: usize) -> Result<()> {
        let lanes = lanes.max(1);
        match section {
            Section::PreData => self.restore_listed(section, Pass::Main, target, 1).await,
            Section::Comments if self.comments => {
                self.restore_listed(section, Pass::Comment, target, 1).await
            }
            Section::Comments => Ok(()),
            Section::PostData => {
                self.restore_listed(section, Pass::Main, target, lanes).await?;
                if self.attaches {
                    // Side by side, two of them in a tree of partitions do not see each other,
                    // and the root's index stays invalid.
                    self.restore_listed(section, Pass::Attach, target, 1).await?;
                }
                self.restore_listed(section, Pass::Last, target, lanes).await
            }
        }
    }

    async fn restore_listed(&self, section: Section, pass: Pass, target: &Url, jobs: usize) -> Result<()> {
        let mut command = self.command(&self.tools.pg_restore, target)?;
        match section {
            Section::PreData => command.arg("--section=pre-data"),
            Section::PostData => command.arg("--section=post-data"),
            Section::Comments => &mut command,
        };
        command
            .args(["--no-owner", "--no-privileges", "--no-tablespaces", "--no-password"])
            .arg(format!("--jobs={jobs}"))
            .arg("--use-list")
            .arg(self.list(pass))
            .arg(self.file());
        if !self.outruns_target {
            command.arg("--exit-on-error");
        }
        let output = run(command).await?;
        let said = String::from_utf8_lossy(&output.stderr);
        if output.status.success() || (self.outruns_target && only_unknown_settings(&said)) {
            return Ok(());
        }
        Err(restore_error(section, &without_unknown_settings(&said)))
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

    /// A tool's command line: passwords travel in a private file, never in
    /// arguments or the environment.
    fn command(&self, tool: &Path, url: &Url) -> Result<Command> {
        let mut command = Command::new(tool);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .env("LC_ALL", "C")
            .arg("--dbname")
            .arg(url.conninfo_without_password());
        hide_secrets(command.as_std_mut());
        for variable in HIDDEN_FROM_TOOLS {
            command.env_remove(variable);
        }
        if let Some(lines) = url.passfile_line().map(Zeroizing::new) {
            let path = self.directory.path().join("pass");
            write_private(&path, &lines)?;
            command.env("PGPASSFILE", path);
        }
        Ok(command)
    }

    async fn filter(mut self) -> Result<Self> {
        let mut command = Command::new(&self.tools.pg_restore);
        command.arg("--list").arg(self.file()).stdin(Stdio::null()).stdout(Stdio::piped());
        command.stderr(Stdio::null()).kill_on_drop(true).env("LC_ALL", "C");
        hide_secrets(command.as_std_mut());
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

/// What our private directories begin with; the number of the process follows.
const PREFIX: &str = "masque-schema-";

/// Removes what killed runs left in the temporary folder: a schema, and a password
/// where one was given. A process that is alive keeps its own.
fn sweep(folder: &Path) {
    // Without /proc nobody can say who is alive, and nothing is removed.
    if !Path::new("/proc/self").exists() {
        return;
    }
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let process = name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.split('-').next());
        let Some(process) = process.filter(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit())) else {
            continue;
        };
        if !Path::new("/proc").join(process).exists() {
            // Another person's directory can't be removed, and is not ours to complain about.
            std::fs::remove_dir_all(entry.path()).ok();
        }
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

async fn run(mut command: Command) -> Result<std::process::Output> {
    let name = command.as_std().get_program().to_string_lossy().into_owned();
    command.output().await.map_err(|e| {
        Error::usage(format!("can't run `{name}`"))
            .because(e)
            .help("install the PostgreSQL client tools, such as the package `postgresql-client`")
    })
}

fn write_private(path: &Path, text: &str) -> Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    options
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|e| Error::usage("can't write into the private directory").because(e).help("set TMPDIR"))
}

/// Reads `pg_dump`'s complaint by the few phrases that matter.
fn dump_error(said: &str) -> Error {
    let error = |words: &str| Error::new(Kind::Source, format!("pg_dump could not read the schema: {words}"));
    if said.contains("server version mismatch") {
        return Error::usage("pg_dump is older than the source server")
            .help("install client tools at least as new as the server, or point MASQUE_PG_BINDIR at them");
    }
    if said.contains("lock timeout") || said.contains("could not obtain lock") {
        return error(TAKEN).help("run again when it is done");
    }
    if said.contains(CONFLICT) {
        return error(CONFLICT);
    }
    if said.contains("permission denied") {
        return error("permission denied")
            .help("grant the reading role pg_read_all_data and USAGE on every schema");
    }
    if said.contains("invalid snapshot identifier") {
        return error("it can't import the snapshot")
            .help("a connection pooler or a load-balanced address can't share a snapshot: give the server's own address");
    }
    if let Some(error) = complaint::explain(error, said) {
        return error;
    }
    if said.contains("connection to server") || said.contains("could not connect") {
        let refused = error("it can't connect");
        let refused = if said.contains("Connection refused") { refused.cut_off() } else { refused };
        return refused.help("pg_dump and masque must both reach the server; see pg_hba.conf");
    }
    error("it failed for a reason it may quote rows in")
        .help("run `pg_dump --schema-only` by hand with the same role to see its message")
}

/// Reads `pg_restore`'s complaint: which entry failed, by its line of the table of contents.
fn restore_error(section: Section, said: &str) -> Error {
    let entry = said
        .lines()
        .find_map(|line| line.split_once("from TOC entry ")?.1.split_once("; "))
        .and_then(|(_, rest)| rest.splitn(3, ' ').nth(2));
    if said.contains("unsupported version") {
        return Error::usage("pg_restore is older than pg_dump")
            .help("install client tools of one version, or point MASQUE_PG_BINDIR at them");
    }
    let Some(entry) = entry else {
        let at = refused_command(said).map_or(String::from("making the schema on the target"), |command| {
            format!("making the schema on the target, at `{command} …`")
        });
        let error = |words: &str| Error::new(Kind::Target, format!("{at}: {words}"));
        if let Some(error) = complaint::explain(error, said) {
            return error;
        }
        // With several jobs the tool does not always say which entry it was.
        return match broken_promise(said) {
            Some(name) => promise_error(&name),
            None => match refused_command(said) {
                Some(command) => Error::new(Kind::Target, format!("the target refuses `{command} …`"))
                    .help("its server may be of another version or build, or lack an extension; run that statement by hand to see why"),
                None => Error::new(Kind::Target, "pg_restore could not make the schema on the target")
                    .help("it lost its connection, or was ended from outside"),
            },
        };
    };
    // The last word is the owner.
    let entry = entry.rsplit_once(' ').map_or(entry, |(entry, _)| entry);
    let is_promise = section == Section::PostData
        && ["CONSTRAINT", "FK CONSTRAINT", "CHECK CONSTRAINT", "INDEX"]
            .iter()
            .any(|kind| entry.starts_with(kind));
    if is_promise && broken_promise(said).is_some() {
        return promise_error(entry);
    }
    let failed = |words: &str| Error::new(Kind::Target, format!("the target can't make `{entry}`{words}"));
    if let Some(error) = complaint::explain(|words| failed(&format!(": {words}")), said) {
        return error;
    }
    let error = failed("");
    if entry.starts_with("EXTENSION") {
        return error.help("install the extension's package on the target server, or use `--template`");
    }
    if said.contains("permission denied") {
        return error.help("the loading role lacks a privilege for it");
    }
    error
}

const UNKNOWN_SETTING: &str = "unrecognized configuration parameter";

/// Whether all that went wrong is that the target did not know a parameter.
fn only_unknown_settings(said: &str) -> bool {
    let mut errors =
        said.lines().filter(|line| line.contains("ERROR:  ") || line.contains("pg_restore: error:"));
    said.contains(UNKNOWN_SETTING) && errors.all(|line| line.contains(UNKNOWN_SETTING))
}

/// The complaint without those.
fn without_unknown_settings(said: &str) -> String {
    let mut kept = String::new();
    let mut skips_command = false;
    for line in said.lines() {
        let is_unknown = line.contains(UNKNOWN_SETTING);
        if !(is_unknown || skips_command && line.starts_with("Command was: ")) {
            kept.push_str(line);
            kept.push('\n');
        }
        skips_command = is_unknown;
    }
    kept
}

/// What the refused statement begins with: keywords and names, up to the first
/// parenthesis, string or operator, where a literal could stand.
fn refused_command(said: &str) -> Option<String> {
    let command = said.lines().find_map(|line| line.strip_prefix("Command was: "))?;
    let is_name = |word: &&str| word.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '"'));
    let words: Vec<&str> = command.split_whitespace().take_while(is_name).take(6).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

fn promise_error(name: &str) -> Error {
    Error::new(Kind::Verify, format!("the masked rows break `{name}`")).help(
        "mask the columns of this key so that it holds; `masque check` names the rules that can break one",
    )
}

/// The key or check that rows break, by the server's primary message. The name in
/// quotes there is an object's; what quotes rows are the lines below it.
fn broken_promise(said: &str) -> Option<String> {
    const REFUSED: [&str; 5] = [
        "could not create unique index",
        "violates foreign key constraint",
        "check constraint",
        "could not create exclusion constraint",
        "contains null values",
    ];
    let line = said.lines().filter_map(|line| line.split_once("ERROR:  ")).map(|(_, line)| line);
    let line = line.into_iter().find(|line| REFUSED.iter().any(|words| line.contains(words)))?;
    let words = REFUSED.iter().find_map(|words| line.split_once(words)).map_or(line, |(_, rest)| rest);
    let name = words.split('"').nth(1).or_else(|| line.split('"').nth(1)).unwrap_or("a key or check");
    Some(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_broken_under_several_jobs_is_named_too() {
        let said = "pg_restore: error: could not execute query: ERROR:  could not create unique index \"c_key\"\n\
                    DETAIL:  Key (email)=(ann@corp.example) is duplicated.\npg_restore: error: a worker process died unexpectedly\n";
        let error = restore_error(Section::PostData, said);
        assert_eq!(
            (error.kind(), error.to_string().as_str()),
            (Kind::Verify, "the masked rows break `c_key`")
        );
    }

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

    #[test]
    fn a_broken_key_is_named_by_its_entry_and_quotes_no_row() {
        let said = "pg_restore: error: could not execute query: ERROR:  could not create unique index \"c_key\"\n\
                    DETAIL:  Key (email)=(ann@corp.example) is duplicated.\n\
                    pg_restore: from TOC entry 3371; 2606 16450 CONSTRAINT customers c_key postgres\n";
        let error = restore_error(Section::PostData, said);
        assert_eq!(error.kind(), Kind::Verify);
        assert_eq!(error.to_string(), "the masked rows break `CONSTRAINT customers c_key`");
        assert!(!format!("{error:?}{:?}", error.help_text()).contains("ann@"));
    }

    #[test]
    fn a_parameter_that_an_older_target_does_not_know_is_no_failure() {
        let unknown = "pg_restore: error: could not execute query: ERROR:  unrecognized configuration parameter \"transaction_timeout\"\n\
                       Command was: SET transaction_timeout = 0;\npg_restore: warning: errors ignored on restore: 1\n";
        assert!(only_unknown_settings(unknown));
        let real = format!(
            "{unknown}pg_restore: error: could not execute query: ERROR:  type \"x\" does not exist\n\
                            Command was: CREATE TABLE public.t (note text DEFAULT 'ann@corp.example');\n"
        );
        assert!(!only_unknown_settings(&real));
        assert!(!only_unknown_settings("pg_restore: error: connection to server was lost\n"));
        let error = restore_error(Section::PreData, &without_unknown_settings(&real));
        assert_eq!(error.to_string(), "the target refuses `CREATE TABLE public.t …`");
    }

    #[test]
    fn what_a_dead_process_left_is_removed_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let make = |name: &str| std::fs::create_dir(folder.path().join(name)).unwrap();
        // No process has a number as large as this.
        let (dead, alive) = (format!("{PREFIX}4294967290-a"), format!("{PREFIX}{}-a", std::process::id()));
        [dead.as_str(), alive.as_str(), "masque-schema-", "other-4294967290-a"].into_iter().for_each(make);
        sweep(folder.path());
        let mut left: Vec<_> =
            std::fs::read_dir(folder.path()).unwrap().flatten().map(|e| e.file_name()).collect();
        left.sort();
        assert_eq!(left.len(), 3, "{left:?}");
        assert!(!folder.path().join(dead).exists());
    }

    #[test]
    fn an_extension_the_target_lacks_says_what_to_install() {
        let said = "pg_restore: from TOC entry 2; 3079 16385 EXTENSION - postgis \n\
                    pg_restore: error: could not execute query: ERROR:  extension \"postgis\" is not available\n";
        let error = restore_error(Section::PreData, said);
        assert_eq!(error.kind(), Kind::Target);
        assert!(error.help_text().is_some_and(|help| help.contains("extension")));
    }
}

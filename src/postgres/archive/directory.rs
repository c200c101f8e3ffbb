//! The private directory of a run's archive, and those that killed runs left.
//!
//! A directory is in use as long as the file `alive` in it is locked: numbers of processes come
//! again (in a container every run has the same one). It gets that name when it is locked already. The
//! temporary folder may be everybody's: what another person puts there is not even opened.

use crate::error::{Error, Result};
use rustix::fs::OFlags;
use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;
use tempfile::{NamedTempFile, TempDir};

/// A directory that nobody else may enter; removed when this value is dropped.
pub(super) struct Directory {
    place: TempDir,
    _alive: File,
}

/// What their names begin with; the number of the process follows.
const PREFIX: &str = "masque-schema-";

/// The file in them that is locked while its process lives.
const ALIVE: &str = "alive";

impl Directory {
    pub(super) fn make() -> Result<Self> {
        let prefix = format!("{PREFIX}{}-", std::process::id());
        // The tools make their files with the user's mask: what keeps others out is the directory.
        let private = Permissions::from_mode(0o700);
        let made = tempfile::Builder::new().prefix(&prefix).permissions(private).tempdir();
        let place = made.map_err(|e| {
            Error::usage("can't make a private directory for the schema").because(e).help("set TMPDIR")
        })?;
        let alive = live(place.path()).map_err(no_directory)?;
        Ok(Self { place, _alive: alive })
    }

    pub(super) fn path(&self) -> &Path {
        self.place.path()
    }

    /// A file of one tool's own: several run at the same time.
    pub(super) fn private(&self, name: &str, text: &str) -> Result<NamedTempFile> {
        let file = tempfile::Builder::new().prefix(name).tempfile_in(self.path());
        let file = file.map_err(no_directory)?;
        write_private(file.path(), text)?;
        Ok(file)
    }
}

fn live(place: &Path) -> io::Result<File> {
    let unborn = place.join("unborn");
    let file = File::create(&unborn)?;
    file.lock()?;
    std::fs::rename(unborn, place.join(ALIVE))?;
    Ok(file)
}

pub(super) fn write_private(path: &Path, text: &str) -> Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    options.open(path).and_then(|mut file| file.write_all(text.as_bytes())).map_err(no_directory)
}

fn no_directory(error: io::Error) -> Error {
    Error::usage("can't write into the private directory").because(error).help("set TMPDIR")
}

/// Removes what killed runs left in the temporary folder: a schema, and a password where one was given.
pub(super) fn sweep(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let process = name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.split('-').next());
        let Some(process) = process.filter(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit())) else {
            continue;
        };
        if is_ours(&entry.path()) && is_dead(&entry.path(), process) {
            // What is left of it is not worth a word.
            std::fs::remove_dir_all(entry.path()).ok();
        }
    }
}

/// Whether it is a directory of this user's.
fn is_ours(path: &Path) -> bool {
    let user = rustix::process::geteuid().as_raw();
    std::fs::symlink_metadata(path).is_ok_and(|found| found.is_dir() && found.uid() == user)
}

fn is_dead(directory: &Path, process: &str) -> bool {
    // A queue would have its reader wait until somebody writes.
    let careful = (OFlags::NONBLOCK | OFlags::NOFOLLOW).bits().cast_signed();
    match OpenOptions::new().read(true).custom_flags(careful).open(directory.join(ALIVE)) {
        Ok(alive) => alive.metadata().is_ok_and(|found| found.is_file()) && alive.try_lock().is_ok(),
        // One that has not come to lock it yet. Without /proc nobody can say who is alive.
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Path::new("/proc/self").exists() && !Path::new("/proc").join(process).exists()
        }
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_directory_in_use_is_locked_and_goes_with_its_value() {
        let made = Directory::make().unwrap();
        let place = made.path().to_owned();
        assert_eq!(std::fs::metadata(&place).unwrap().mode() & 0o777, 0o700);
        assert!(is_ours(&place) && !is_dead(&place, "4294967290"));
        assert!(!place.join("unborn").exists());
        drop(made);
        assert!(!place.exists());
    }

    #[test]
    fn what_others_put_into_the_folder_is_left_alone_and_never_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let [queue, theirs] =
            ["queue", "theirs"].map(|name| folder.path().join(format!("{PREFIX}4294967290-{name}")));
        for directory in [&queue, &theirs] {
            std::fs::create_dir(directory).unwrap();
        }
        let made = std::process::Command::new("mkfifo").arg(queue.join(ALIVE)).status();
        assert!(made.unwrap().success());
        // Only a superuser can play another person.
        let is_theirs = std::os::unix::fs::chown(&theirs, Some(65534), None).is_ok();
        let (told, done) = std::sync::mpsc::channel();
        let place = folder.path().to_owned();
        std::thread::spawn(move || {
            sweep(&place);
            told.send(())
        });
        done.recv_timeout(Duration::from_secs(10)).expect("sweeping waits for somebody to write");
        assert!(queue.exists() && theirs.exists() == is_theirs);
    }

    #[test]
    fn what_a_dead_process_left_is_removed_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let make = |name: &str| std::fs::create_dir(folder.path().join(name)).unwrap();
        // No process has a number as large as this.
        let (dead, alive) = (format!("{PREFIX}4294967290-a"), format!("{PREFIX}{}-a", std::process::id()));
        // A process of our own number that ended before we began, and one that lives in another container.
        let (before, beside) = (format!("{PREFIX}{}-b", std::process::id()), format!("{PREFIX}4294967290-c"));
        let all = [dead.as_str(), alive.as_str(), &before, &beside, "masque-schema-", "other-4294967290-a"];
        all.into_iter().for_each(make);
        File::create(folder.path().join(&before).join(ALIVE)).unwrap();
        let lives = File::create(folder.path().join(&beside).join(ALIVE)).unwrap();
        lives.lock().unwrap();
        sweep(folder.path());
        let mut left: Vec<_> =
            std::fs::read_dir(folder.path()).unwrap().flatten().map(|e| e.file_name()).collect();
        left.sort();
        assert_eq!(left.len(), 4, "{left:?}");
        assert!(!folder.path().join(dead).exists() && !folder.path().join(before).exists());
    }
}

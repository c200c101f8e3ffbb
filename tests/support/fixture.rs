//! Databases to test with. Each is loaded once, as a template that tests copy.

use super::server::{Side, programs};
use super::{execute, query};
use flate2::read::GzDecoder;
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Mutex;

/// A database that can be had by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fixture {
    /// Nothing but what a server puts into every database.
    Empty,
    /// The demo's shop, with 6000 rows.
    Shop,
    /// Tables that are hard to copy.
    Types,
    /// A DVD rental.
    Pagila,
    /// A music shop.
    Chinook,
    /// A trading company.
    Northwind,
    /// What PostgreSQL's own regression tests leave behind.
    Regression,
}

impl Fixture {
    /// The name, also that of the file among the data sets.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Shop => "shop",
            Self::Types => "types",
            Self::Pagila => "pagila",
            Self::Chinook => "chinook",
            Self::Northwind => "northwind",
            Self::Regression => "regression",
        }
    }

    /// The file to load, for those that are no part of the project and are not there on every machine.
    pub(crate) fn file(self) -> Option<PathBuf> {
        let folder = PathBuf::from(std::env::var_os("MASQUE_DATASETS").filter(|value| !value.is_empty())?);
        let file = folder.join(format!("{}.sql.gz", self.name()));
        assert!(file.is_file(), "MASQUE_DATASETS has no {}", file.display());
        Some(file)
    }

    /// The template on a server, made when it is first asked for.
    pub(super) fn template(self, side: Side) -> &'static str {
        static MADE: Mutex<Vec<(Fixture, Side)>> = Mutex::new(Vec::new());
        if self == Self::Empty {
            return "template0";
        }
        // One at a time: sets may create roles, which a server shares among its databases. A fixture
        // that failed is tried again by the next test, and says again what is wrong with it.
        let mut made = MADE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if !made.contains(&(self, side)) {
            let maintenance = side.url("postgres");
            query(&maintenance, &format!("drop database if exists {} with (force)", self.name()));
            query(&maintenance, &format!("create database {} template template0", self.name()));
            self.load(&side.url(self.name()));
            made.push((self, side));
        }
        self.name()
    }

    fn load(self, url: &str) {
        match self {
            Self::Empty => {}
            Self::Shop => execute(
                url,
                &[
                    "set masque_demo.rows = '6000'",
                    include_str!("../../src/demo/shop.sql"),
                    include_str!("../../src/demo/fill.sql"),
                    include_str!("../../src/demo/finish.sql"),
                ],
            ),
            Self::Types => execute(url, &[include_str!("../fixtures/types.sql")]),
            Self::Pagila | Self::Chinook | Self::Northwind | Self::Regression => {
                let file = self.file().unwrap_or_else(|| panic!("MASQUE_DATASETS is not set"));
                let dump = GzDecoder::new(File::open(&file).unwrap());
                load_script(url, dump, &file.display().to_string());
            }
        }
    }
}

/// What holds COPY data or `psql`'s own commands is read by `psql`.
pub(crate) fn load_script(url: &str, mut script: impl Read, name: &str) {
    let installed = programs().join("psql");
    let mut child = Command::new(if installed.is_file() { installed } else { "psql".into() })
        .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("psql: {error}"));
    let mut pipe = child.stdin.take().unwrap();
    let sent = std::io::copy(&mut script, &mut pipe);
    drop(pipe);
    let status = child.wait().unwrap();
    assert!(status.success() && sent.is_ok(), "{name} could not be loaded: {status}");
}

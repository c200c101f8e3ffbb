//! The ways from source to target. All have the same number of lanes.

use super::Result;
use super::masque;
use super::meter::{Meter, measure};
use super::original::Original;
use super::server::Side;
use super::shape::{Level, Shape};
use super::{cost::Cost, peers, pipe};
use std::path::PathBuf;

/// A way to copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// `psql | psql` in binary form into tables without keys and indexes, the limit; then `pg_restore` of those.
    Pipe,
    /// `pg_dump` to a folder, then `pg_restore`: a whole database, unmasked.
    Dump,
    /// `pgcopydb clone`: a whole database, unmasked.
    Pgcopydb,
    /// `masque refresh`: a whole database, masked, analysed, checked and published.
    Refresh(Level),
    /// The same of the tables without keys and indexes: what is compared with the pipes is its `stream` alone.
    Rows(Level),
}

/// What all ways need to know.
pub(crate) struct Equipment {
    /// How many lanes, or jobs.
    pub(crate) lanes: u16,
    /// The program measured.
    pub(crate) masque: PathBuf,
}

impl Way {
    /// All ways, with masque at these levels.
    pub(crate) fn all(levels: &[Level]) -> Vec<Self> {
        let ours = [Self::Refresh as fn(Level) -> Self, Self::Rows];
        let masked = ours.iter().flat_map(|way| levels.iter().map(|level| way(*level)));
        [Self::Pipe, Self::Dump, Self::Pgcopydb].into_iter().chain(masked).collect()
    }

    /// How tables and the command line call it.
    pub(crate) fn letter(self) -> char {
        match self {
            Self::Pipe => 'a',
            Self::Dump => 'b',
            Self::Pgcopydb => 'c',
            Self::Refresh(_) => 'd',
            Self::Rows(_) => 'e',
        }
    }

    /// What runs.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Pipe => "psql | psql, pg_restore".to_owned(),
            Self::Dump => "pg_dump, pg_restore".to_owned(),
            Self::Pgcopydb => "pgcopydb clone".to_owned(),
            Self::Refresh(level) => format!("masque refresh, {}", level.word()),
            Self::Rows(level) => format!("masque, rows only, {}", level.word()),
        }
    }

    /// The phase in which nothing but rows moves.
    pub(crate) fn data_phase(self) -> Option<&'static str> {
        match self {
            Self::Pipe => Some(pipe::ROWS),
            Self::Rows(_) => Some(masque::ROWS),
            _ => None,
        }
    }

    /// How much it masks.
    pub(crate) fn level(self) -> Option<Level> {
        match self {
            Self::Refresh(level) | Self::Rows(level) => Some(level),
            _ => None,
        }
    }

    /// Why a shape can't be copied so on this machine, if it can't.
    pub(crate) fn missing(self, shape: Shape) -> Option<&'static str> {
        match self {
            Self::Pgcopydb if peers::pgcopydb_version().is_none() => Some("there is no pgcopydb on the path"),
            Self::Rows(Level::All) if shape == Shape::Shop => Some("the shop's own rules need its keys"),
            _ => None,
        }
    }

    /// Copies once into a database of its own, makes sure that every row arrived, and removes it again.
    pub(crate) fn run(self, original: &Original<'_>, equipment: &Equipment) -> Result<Cost> {
        let servers = original.servers;
        let target = format!("target_{}", self.letter());
        // What a run before it left, if that failed.
        servers.drop_all(Side::Target, &target)?;
        match self {
            Self::Pipe => servers.make(Side::Target, &target, &original.twin())?,
            Self::Dump | Self::Pgcopydb => servers.make(Side::Target, &target, "template0")?,
            Self::Refresh(_) | Self::Rows(_) => {}
        }
        servers.checkpoint()?;
        let before = servers.log_written()?;
        let outcome = measure(servers.pids(), |meter| self.copy(original, &target, equipment, meter));
        let wal = servers.log_written()? - before;
        let outcome = outcome.and_then(|cost| match original.count(Side::Target, &target)? {
            rows if rows == original.rows() => Ok(Cost { wal, ..cost }),
            rows => Err(format!("{rows} of {} rows arrived in {target}", original.rows()).into()),
        });
        servers.drop_all(Side::Target, &target)?;
        outcome
    }

    fn copy(self, from: &Original<'_>, target: &str, with: &Equipment, meter: &mut Meter<'_>) -> Result<()> {
        let url = from.servers.url(Side::Target, target);
        match self {
            Self::Pipe => pipe::copy(from, &url, with.lanes, meter),
            Self::Dump => peers::dump_and_restore(from, &url, with.lanes, meter),
            Self::Pgcopydb => peers::pgcopydb(from, &url, with.lanes, meter),
            Self::Refresh(level) => {
                masque::refresh(from, &from.source(), &url, &from.rules(level), with, meter)
            }
            Self::Rows(level) => {
                masque::refresh(from, &from.bare_source(), &url, &from.rules(level), with, meter)
            }
        }
    }
}

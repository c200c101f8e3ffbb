//! Places where a test may stop a run, to break it there.
//!
//! A run must leave staging whole wherever it is killed, and only a test that
//! chooses the place can show that. With `MASQUE_PAUSE_AT` set to the word of a point, a run that
//! comes there says so and goes no further; what runs beside it goes on. Without
//! the variable, reaching a point does nothing.

use std::ffi::OsString;
use std::io::Write;
use std::sync::LazyLock;

/// A place in the story of a refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    /// Both servers answered.
    Connected,
    /// The pair of servers is allowed.
    Guarded,
    /// The run lock is held.
    Locked,
    /// What dead runs left behind is gone.
    Swept,
    /// Every table is locked, and no snapshot is there yet.
    TablesLocked,
    /// The snapshot is there.
    SnapshotExported,
    /// Every lane reads in the snapshot.
    LanesAdmitted,
    /// The schema is known.
    CatalogRead,
    /// Every column is decided.
    PlanMade,
    /// The build is there, without its marker.
    BuildCreated,
    /// The build is marked.
    BuildMarked,
    /// The schema lies in a private file.
    SchemaDumped,
    /// The missing roles are made.
    RolesMade,
    /// Types, functions and tables are made.
    PreDataMade,
    /// The tables can take rows.
    RoomMade,
    /// The first rows of a table are written.
    FirstRows,
    /// One chunk is whole, others are not.
    FirstChunk,
    /// Every row is written.
    RowsDone,
    /// Nothing of the source is needed any more.
    SourceReleased,
    /// Columns that are computed anew have their values.
    Remade,
    /// Indexes, keys and triggers are made.
    PostDataMade,
    /// Sequences stand where they must.
    SequencesSet,
    /// Materialized views are filled.
    ViewsRefreshed,
    /// Every table is analyzed and counted.
    Counted,
    /// Row security is on; owners are not given yet.
    Secured,
    /// Owners and privileges are carried.
    Closed,
    /// Every object was found on the build.
    Compared,
    /// The build has the old target's owner and settings.
    CarriedOver,
    /// The renames are on their way, and wait for sessions to end; in place, the old schemas are
    /// dropped and nothing is committed.
    RenameSent,
    /// The build is the target; in place, the transaction is committed.
    Renamed,
    /// Old generations are gone.
    GenerationsDropped,
    /// Only the report is not written.
    Reported,
}

impl Point {
    /// Every point, in the order of a run.
    pub const ALL: [Self; 32] = [
        Self::Connected,
        Self::Guarded,
        Self::Locked,
        Self::Swept,
        Self::TablesLocked,
        Self::SnapshotExported,
        Self::LanesAdmitted,
        Self::CatalogRead,
        Self::PlanMade,
        Self::BuildCreated,
        Self::BuildMarked,
        Self::SchemaDumped,
        Self::RolesMade,
        Self::PreDataMade,
        Self::RoomMade,
        Self::FirstRows,
        Self::FirstChunk,
        Self::RowsDone,
        Self::SourceReleased,
        Self::Remade,
        Self::PostDataMade,
        Self::SequencesSet,
        Self::ViewsRefreshed,
        Self::Counted,
        Self::Secured,
        Self::Closed,
        Self::Compared,
        Self::CarriedOver,
        Self::RenameSent,
        Self::Renamed,
        Self::GenerationsDropped,
        Self::Reported,
    ];

    /// Its name in `MASQUE_PAUSE_AT`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Connected => "connected",
            Self::Guarded => "guarded",
            Self::Locked => "locked",
            Self::Swept => "swept",
            Self::TablesLocked => "tables-locked",
            Self::SnapshotExported => "snapshot-exported",
            Self::LanesAdmitted => "lanes-admitted",
            Self::CatalogRead => "catalog-read",
            Self::PlanMade => "plan-made",
            Self::BuildCreated => "build-created",
            Self::BuildMarked => "build-marked",
            Self::SchemaDumped => "schema-dumped",
            Self::RolesMade => "roles-made",
            Self::PreDataMade => "pre-data-made",
            Self::RoomMade => "room-made",
            Self::FirstRows => "first-rows",
            Self::FirstChunk => "first-chunk",
            Self::RowsDone => "rows-done",
            Self::SourceReleased => "source-released",
            Self::Remade => "remade",
            Self::PostDataMade => "post-data-made",
            Self::SequencesSet => "sequences-set",
            Self::ViewsRefreshed => "views-refreshed",
            Self::Counted => "counted",
            Self::Secured => "secured",
            Self::Closed => "closed",
            Self::Compared => "compared",
            Self::CarriedOver => "carried-over",
            Self::RenameSent => "rename-sent",
            Self::Renamed => "renamed",
            Self::GenerationsDropped => "generations-dropped",
            Self::Reported => "reported",
        }
    }
}

/// Passes a point, or stays there for ever where the environment says so.
pub async fn reach(point: Point) {
    // Lanes pass here with every batch: the environment is asked once.
    static WANTED: LazyLock<Option<OsString>> = LazyLock::new(|| std::env::var_os("MASQUE_PAUSE_AT"));
    if WANTED.as_ref().is_some_and(|wanted| wanted == point.word()) {
        writeln!(std::io::stderr(), "paused at `{}`", point.word()).ok();
        std::future::pending::<()>().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_point_has_a_word_of_its_own() {
        let mut words = Point::ALL.map(Point::word);
        words.sort_unstable();
        assert!(words.windows(2).all(|pair| pair[0] != pair[1]));
    }
}

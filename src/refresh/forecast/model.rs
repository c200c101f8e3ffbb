//! How long a refresh takes, from what there is to copy.
//!
//! A sum of a few products. Each constant is seconds of one core, and was measured with `benches/refresh`
//! on two cores with both servers on the same machine, PostgreSQL 15 on memory-backed disks: shapes *wide*
//! (a million rows of 14 columns, 361 MB on the wire), *narrow* (two million rows of six integers), *jsonb* and *many*
//! (2 000 tables), unmasked and masked. The network, slow disks and what else the servers do are
//! not in it; that is what the wide range is for, and why a run writes into the target's marker how
//! long it took beside what this file says of it: the next estimate is corrected by that.

use crate::publish::Took;
use crate::report::{Phase, Time};

/// The version of the constants: what an older version said of a run corrects nothing.
const VERSION: u32 = 1;

/// Connecting, the guard, the snapshot, the build, the rename: *narrow*, all but its rows and indexes.
const FIXED: f64 = 0.6;
/// For a table: its catalog, its definition dumped and made, before rows come. *many*: 2.7 s of 2 000 tables.
const TABLE_BEFORE: f64 = 0.001_3;
/// For a table: beginning and ending its stream. *many*: 1.5 s.
const TABLE_STREAM: f64 = 0.000_75;
/// For a table: what is made of its indexes and keys, however small. *many*: 1.0 s.
const TABLE_FINISH: f64 = 0.000_5;
/// For a table: analyzing and counting it, however small. *many*: 1.7 s.
const TABLE_VERIFY: f64 = 0.000_8;
/// For a byte on the wire, read and written: *wide* unmasked, 5.6 s.
const BYTE: f64 = 15e-9;
/// For a row, read and written: *narrow* unmasked, 1.8 s.
const ROW: f64 = 0.1e-6;
/// For a masked value, and for each of its bytes: *wide* with six columns masked 7.2 s, with nine,
/// one of them prose, 9.1 s.
const VALUE: f64 = 0.25e-6;
const VALUE_BYTE: f64 = 5e-9;
/// For a byte of an index: *wide* 40 ns, *narrow* 19 ns, *jsonb* (GIN) 60 ns.
const INDEX_BYTE: f64 = 40e-9;
/// What of a materialized view's bytes counts as index. None of the shapes has a view: one that has indexes
/// commonly has them on a few narrow columns.
pub(super) const VIEW_INDEXES: f64 = 0.25;
/// For a row that a foreign key checks: *wide*, two million of them, 0.3 s.
const KEY_ROW: f64 = 0.15e-6;
/// How many rows a default `ANALYZE` looks at.
const SAMPLE: f64 = 30_000.0;
/// For a value that it looks at, and for each byte of its rows: *wide* 0.32 s a table, *narrow* 0.08 s.
const SAMPLED_VALUE: f64 = 0.5e-6;
const SAMPLED_BYTE: f64 = 10e-9;
/// For a row that is counted: *narrow*, 0.15 s.
const COUNTED_ROW: f64 = 0.08e-6;

/// The range around an estimate of the constants alone, and of one that a run before has corrected.
const UNKNOWN: (f64, f64) = (0.4, 3.0);
const KNOWN: (f64, f64) = (0.7, 1.6);

/// More than a few times what the run before copied, and its correction says less.
const ALIKE: f64 = 4.0;

/// What there is to do.
#[derive(Clone, Debug, Default)]
pub(in crate::refresh) struct Load {
    pub(super) lanes: usize,
    /// Of all tables, also those whose rows do not travel.
    pub(super) tables: f64,
    pub(super) rows: f64,
    /// Bytes on the wire, those of large objects too.
    pub(super) bytes: f64,
    pub(super) values: f64,
    pub(super) value_bytes: f64,
    pub(super) index_bytes: f64,
    /// One index is made by one connection, whatever the lanes.
    pub(super) largest_index: f64,
    /// For each foreign key the rows that it checks.
    pub(super) key_rows: f64,
    pub(super) sampled_values: f64,
    pub(super) sampled_bytes: f64,
    pub(super) counts: bool,
    /// The most bytes to read in a second.
    pub(super) throttle: Option<f64>,
}

impl Load {
    /// Adds what `ANALYZE` looks at of a table.
    pub(super) fn sample(&mut self, rows: f64, columns: f64, bytes: f64) {
        let share = if rows > SAMPLE { SAMPLE / rows } else { 1.0 };
        self.sampled_values += rows * share * columns;
        self.sampled_bytes += bytes * share;
    }

    /// Seconds for each part of a run, in order: before the rows, the rows, indexes and keys, and what is looked at.
    fn parts(&self) -> [(&'static str, f64); 4] {
        #[expect(clippy::cast_precision_loss, reason = "a few lanes")]
        let lanes = self.lanes.max(1) as f64;
        let stream = self.bytes * BYTE
            + self.rows * ROW
            + self.values * VALUE
            + self.value_bytes * VALUE_BYTE
            + self.tables * TABLE_STREAM;
        let throttled = self.throttle.map_or(0.0, |rate| self.bytes / rate);
        let indexes = self.index_bytes * INDEX_BYTE + self.tables * TABLE_FINISH + self.key_rows * KEY_ROW;
        let verify = self.sampled_values * SAMPLED_VALUE
            + self.sampled_bytes * SAMPLED_BYTE
            + self.tables * TABLE_VERIFY
            + if self.counts { self.rows * COUNTED_ROW } else { 0.0 };
        [
            ("schema", FIXED + self.tables * TABLE_BEFORE),
            ("stream", (stream / lanes).max(throttled)),
            ("indexes and keys", (indexes / lanes).max(self.largest_index * INDEX_BYTE)),
            ("verify", verify / lanes),
        ]
    }

    /// All of it.
    fn seconds(&self) -> f64 {
        self.parts().iter().map(|(_, seconds)| seconds).sum()
    }

    /// What a run that took so long tells the next one.
    pub(in crate::refresh) fn took(&self, seconds: f64) -> Took {
        Took { milliseconds: milliseconds(seconds), expected: milliseconds(self.seconds()), model: VERSION }
    }

    /// The estimate, corrected by what the run before took, which ended at `since`.
    pub(super) fn time(&self, before: Option<(Took, &str)>) -> Time {
        let expected = self.seconds();
        let before = before.filter(|(took, _)| took.model == VERSION && took.expected > 0);
        let (factor, range, rests_on) = match before {
            Some((took, since)) => {
                let (took, said) = (seconds(took.milliseconds), seconds(took.expected));
                let alike = expected < said * ALIKE && said < expected * ALIKE;
                // A run of a second is mostly what the moment made of it.
                let factor = (took / said).clamp(0.05, 50.0);
                let text = format!(
                    "what the refresh published at {since} took beside what the same model says of it ({factor:.1} times)"
                );
                (factor, if alike { KNOWN } else { UNKNOWN }, text)
            }
            None => (
                1.0,
                UNKNOWN,
                String::from(
                    "a model measured on two cores with both servers on one machine: no refresh has written down how \
                     long it took here",
                ),
            ),
        };
        let scaled = |part: &(&'static str, f64)| Phase { name: part.0, seconds: part.1 * factor };
        let phases: Vec<Phase> = self.parts().iter().map(scaled).collect();
        let seconds = expected * factor;
        let held = phases.iter().take(2).map(|phase| phase.seconds).sum();
        Time {
            seconds,
            low_seconds: seconds * range.0,
            high_seconds: seconds * range.1,
            snapshot_seconds: held,
            phases,
            is_corrected: before.is_some(),
            rests_on,
        }
    }
}

fn milliseconds(seconds: f64) -> u64 {
    u64::try_from(std::time::Duration::try_from_secs_f64(seconds).unwrap_or_default().as_millis())
        .unwrap_or(u64::MAX)
}

fn seconds(milliseconds: u64) -> f64 {
    std::time::Duration::from_millis(milliseconds).as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bench's shapes, as they were measured.
    fn wide() -> Load {
        let mut load = Load {
            lanes: 2,
            tables: 6.0,
            rows: 1e6,
            bytes: 361e6,
            index_bytes: 120e6,
            largest_index: 12e6,
            key_rows: 2e6,
            counts: true,
            ..Load::default()
        };
        (0..4).for_each(|_| load.sample(250e3, 14.0, 90e6));
        load
    }

    #[test]
    fn the_model_gives_back_what_it_was_measured_by() {
        let near = |load: &Load, measured: f64| {
            let said = load.seconds();
            assert!(
                said > measured * 0.75 && said < measured * 1.35,
                "{said} for {measured}: {:?}",
                load.parts()
            );
        };
        near(&wide(), 7.9);
        near(&Load { values: 6e6, value_bytes: 72e6, ..wide() }, 7.6);
        near(&Load { values: 9e6, value_bytes: 262e6, ..wide() }, 8.3);
        let mut narrow = Load {
            lanes: 2,
            tables: 5.0,
            rows: 2e6,
            bytes: 111e6,
            index_bytes: 108e6,
            largest_index: 15e6,
            key_rows: 2e6,
            counts: true,
            ..Load::default()
        };
        (0..4).for_each(|_| narrow.sample(500e3, 6.0, 28e6));
        near(&narrow, 3.4);
        let many = Load {
            lanes: 2,
            tables: 2000.0,
            rows: 2e5,
            bytes: 16e6,
            index_bytes: 65e6,
            counts: true,
            sampled_values: 1e6,
            ..Load::default()
        };
        near(&many, 6.4);
    }

    #[test]
    fn more_work_takes_longer_and_more_lanes_less() {
        let base = wide().seconds();
        for more in [
            Load { bytes: 1e9, ..wide() },
            Load { rows: 5e6, ..wide() },
            Load { values: 5e6, ..wide() },
            Load { index_bytes: 1e9, ..wide() },
            Load { key_rows: 1e8, ..wide() },
            Load { tables: 5e3, ..wide() },
            Load { throttle: Some(1e6), ..wide() },
            Load { largest_index: 1e9, ..wide() },
            Load { lanes: 1, ..wide() },
        ] {
            assert!(more.seconds() > base, "{more:?}");
        }
        assert!(Load { lanes: 4, ..wide() }.seconds() < base);
        assert!(Load { counts: false, ..wide() }.seconds() < base);
        assert!(Load { throttle: Some(1e6), ..wide() }.seconds() > 361.0);
    }

    #[test]
    fn a_run_before_corrects_the_estimate_and_narrows_the_range() {
        let load = wide();
        let alone = load.time(None);
        assert!(alone.low_seconds < alone.seconds && alone.seconds < alone.high_seconds);
        assert!(!alone.is_corrected && alone.snapshot_seconds < alone.seconds);
        let took = load.took(load.seconds() * 3.0);
        let corrected = load.time(Some((took, "2026-01-01")));
        assert!((corrected.seconds / alone.seconds - 3.0).abs() < 0.01);
        assert!(corrected.high_seconds / corrected.low_seconds < alone.high_seconds / alone.low_seconds);
        assert!(corrected.rests_on.contains("3.0 times"), "{}", corrected.rests_on);
        // Of another model, or of another size, it says nothing, or less.
        let other = Took { model: VERSION + 1, ..took };
        assert!((load.time(Some((other, "x"))).seconds - alone.seconds).abs() < 1e-9);
        let ten = Load { bytes: 361e8, ..wide() };
        let far = ten.time(Some((took, "x")));
        assert!(far.high_seconds / far.low_seconds > 5.0);
    }
}

//! A dry run's forecast on a terminal. Nothing is said more exactly than it is known.

use super::{Estimate, Forecast, Rows, bytes, grouped};
use comfy_table::{CellAlignment, Table, presets};
use std::fmt::Write;

/// How many tables are shown; `--json` has all of them.
const SHOWN: usize = 20;

/// Lays the forecast out as text.
#[must_use]
pub fn render(forecast: &Forecast) -> String {
    let mut out =
        String::from("dry run: nothing was written on either side; every number is an estimate\n\n");
    tables(&mut out, &forecast.tables);
    let mut line = |name: &str, text: String| {
        let _ = writeln!(out, "  {name:<9}  {text}");
    };
    line(
        "rows",
        format!(
            "about {}, about {} on the wire; {} values masked",
            rounded(forecast.rows),
            bytes(forecast.wire_bytes),
            rounded(forecast.masked_values)
        ),
    );
    if let Some(objects) = &forecast.large_objects {
        let (count, size) = (grouped(objects.count), bytes(objects.bytes));
        line("objects", format!("{count} large objects, {size} ({})", objects.treatment));
    }
    for not_read in &forecast.not_read {
        line("not read", format!("{} ({})", not_read.table, not_read.why));
    }
    if !forecast.roles.is_empty() {
        line("roles", format!("made without login: {}", forecast.roles.join(", ")));
    }
    let locks = forecast.source_load.locks.map(|locks| format!(" and {} table locks", grouped(locks)));
    line(
        "source",
        format!(
            "up to {} connections{}; its snapshot is held for {}",
            forecast.source_load.connections,
            locks.unwrap_or_default(),
            about(forecast.time.snapshot_seconds)
        ),
    );
    line(
        "target",
        format!("up to {} connections, {} lanes", forecast.target_load.connections, forecast.lanes),
    );
    disk(&mut line, forecast);
    let time = &forecast.time;
    line(
        "time",
        format!(
            "{}, between {} and {}",
            about(time.seconds),
            duration(time.low_seconds, f64::floor),
            duration(time.high_seconds, f64::ceil)
        ),
    );
    line("", format!("rests on {}", time.rests_on));
    out
}

fn disk(line: &mut impl FnMut(&str, String), forecast: &Forecast) {
    let disk = &forecast.disk;
    let beside =
        if forecast.in_place { "beside the old data, until that is dropped" } else { "beside what is there" };
    line(
        "disk",
        format!(
            "about {} on the target, {beside}: {} tables, {} indexes, {} an empty database",
            bytes(disk.build_bytes),
            bytes(disk.table_bytes),
            bytes(disk.index_bytes),
            bytes(disk.base_bytes)
        ),
    );
    if !disk.now.is_empty() {
        let now: u64 = disk.now.iter().map(|kept| kept.bytes).sum();
        let names: Vec<_> =
            disk.now.iter().map(|kept| format!("{} {}", kept.database, bytes(kept.bytes))).collect();
        line(
            "",
            format!(
                "{} there now ({}), of which {} dropped",
                bytes(now),
                names.join(", "),
                match disk.dropped_bytes {
                    0 => String::from("nothing is"),
                    dropped => format!("{} are", bytes(dropped)),
                }
            ),
        );
    }
    line(
        "",
        match disk.free_bytes {
            Some(free) if disk.shortage().is_some() => {
                format!("ONLY {} free: that is TOO LITTLE", bytes(free))
            }
            Some(free) => format!("{} free", bytes(free)),
            None => String::from("how much is free can't be known from here"),
        },
    );
}

fn tables(out: &mut String, tables: &[Estimate]) {
    let mut grid = Table::new();
    grid.load_style(presets::NOTHING);
    grid.set_header(["table", "rows", "wire", "disk", "indexes", "masked", "null", "kept"]);
    for index in 1..8 {
        if let Some(column) = grid.column_mut(index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    // One more line would not be shorter than the table itself.
    let shown = if tables.len() == SHOWN + 1 { SHOWN + 1 } else { SHOWN };
    for table in tables.iter().take(shown) {
        grid.add_row([
            table.name.clone(),
            rows(table),
            bytes(table.wire_bytes),
            bytes(table.table_bytes),
            bytes(table.index_bytes),
            table.masked.to_string(),
            table.null.to_string(),
            table.kept.to_string(),
        ]);
    }
    let _ = writeln!(out, "{}", grid.to_string().lines().map(str::trim_end).collect::<Vec<_>>().join("\n"));
    let rest = tables.get(shown..).unwrap_or_default();
    if !rest.is_empty() {
        let (rows, size) = rest.iter().fold((0, 0), |(rows, size), table| {
            (rows + table.rows, size + table.table_bytes + table.index_bytes)
        });
        let (count, rows) = (rest.len(), rounded(rows));
        let _ = writeln!(out, " and {count} smaller tables with about {rows} rows, {} on disk", bytes(size));
    }
    let guessed = tables.iter().filter(|table| table.rows_from == Rows::Size).count();
    if guessed > 0 {
        let s = if guessed == 1 { " was" } else { "s were" };
        let _ = writeln!(
            out,
            " ? {guessed} table{s} never analyzed: the rows are unknown, and guessed from the size"
        );
    }
    out.push('\n');
}

fn rows(table: &Estimate) -> String {
    match table.rows_from {
        Rows::None => String::from("none"),
        Rows::Size => format!("? {}", rounded(table.rows)),
        Rows::Statistics if table.travel == "where" => format!("≤ {}", rounded(table.rows)),
        Rows::Statistics | Rows::Planner => rounded(table.rows),
    }
}

/// Three digits of a number, grouped.
fn rounded(number: u64) -> String {
    let step = 10_u64.pow(number.checked_ilog10().unwrap_or(0).saturating_sub(2));
    grouped(number.saturating_add(step / 2) / step * step)
}

/// `about 25 min`
fn about(seconds: f64) -> String {
    format!("about {}", duration(seconds, f64::round))
}

/// A time as exact as an estimate is: `3 s`, `40 s`, `7 min`, `25 min`, `2.5 h`.
fn duration(seconds: f64, round: fn(f64) -> f64) -> String {
    let stepped = |value: f64, step: f64| round(value / step) * step;
    if seconds < 10.0 {
        format!("{:.0} s", stepped(seconds, 1.0).max(1.0))
    } else if seconds < 60.0 {
        format!("{:.0} s", stepped(seconds, 5.0))
    } else if seconds < 600.0 {
        format!("{:.0} min", stepped(seconds / 60.0, 1.0).max(1.0))
    } else if seconds < 3600.0 {
        format!("{:.0} min", stepped(seconds / 60.0, 5.0))
    } else {
        format!("{} h", stepped(seconds / 3600.0, 0.5))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Demand, Kept, Need, NotRead, Phase, Time};
    use super::*;

    fn estimate(name: &str, travel: &'static str, rows: u64, rows_from: Rows) -> Estimate {
        Estimate {
            name: name.into(),
            travel,
            rows,
            rows_from,
            wire_bytes: rows * 90,
            table_bytes: rows * 120,
            index_bytes: rows * 30,
            masked: 6,
            null: 1,
            kept: 7,
        }
    }

    fn forecast(tables: Vec<Estimate>) -> Forecast {
        Forecast {
            masque: "0",
            source: String::new(),
            target: String::new(),
            dry_run: true,
            in_place: false,
            rules: String::new(),
            lanes: 2,
            rows: 1_234_567,
            wire_bytes: 111_000_000,
            masked_values: 7_400_000,
            disk: Need {
                build_bytes: 190_000_000,
                table_bytes: 148_000_000,
                index_bytes: 34_500_000,
                base_bytes: 7_500_000,
                now: vec![
                    Kept { database: "staging".into(), bytes: 170_000_000, is_dropped: false },
                    Kept { database: "staging__old_ab".into(), bytes: 160_000_000, is_dropped: true },
                ],
                dropped_bytes: 160_000_000,
                swept_bytes: 0,
                free_bytes: Some(20_000_000_000),
            },
            source_load: Demand { connections: 6, locks: Some(60) },
            target_load: Demand { connections: 7, locks: None },
            time: Time {
                seconds: 754.2,
                low_seconds: 301.7,
                high_seconds: 2262.6,
                snapshot_seconds: 401.0,
                phases: vec![Phase { name: "stream", seconds: 400.0 }],
                is_corrected: false,
                rests_on: "a model".into(),
            },
            tables,
            large_objects: None,
            not_read: vec![NotRead { table: "public.audit".into(), why: "by rule" }],
            roles: vec![],
            notices: vec![],
        }
    }

    #[test]
    fn a_forecast_says_nothing_more_exactly_than_it_is_known() {
        let shown = render(&forecast(vec![
            estimate("public.orders", "all", 1_234_567, Rows::Statistics),
            estimate("public.events", "where", 12_345, Rows::Planner),
            estimate("public.fresh", "all", 999, Rows::Size),
            estimate("public.audit", "none", 0, Rows::None),
        ]));
        insta::assert_snapshot!(shown, @r"
        dry run: nothing was written on either side; every number is an estimate

         table               rows      wire      disk   indexes  masked  null  kept
         public.orders  1 230 000  111.1 MB  148.1 MB   37.0 MB       6     1     7
         public.events     12 300    1.1 MB    1.5 MB  370.4 kB       6     1     7
         public.fresh       ? 999   89.9 kB  119.9 kB   30.0 kB       6     1     7
         public.audit        none       0 B       0 B       0 B       6     1     7
         ? 1 table was never analyzed: the rows are unknown, and guessed from the size

          rows       about 1 230 000, about 111.0 MB on the wire; 7 400 000 values masked
          not read   public.audit (by rule)
          source     up to 6 connections and 60 table locks; its snapshot is held for about 7 min
          target     up to 7 connections, 2 lanes
          disk       about 190.0 MB on the target, beside what is there: 148.0 MB tables, 34.5 MB indexes, 7.5 MB an empty database
                     330.0 MB there now (staging 170.0 MB, staging__old_ab 160.0 MB), of which 160.0 MB are dropped
                     20.0 GB free
          time       about 15 min, between 5 min and 40 min
                     rests on a model
        ");
    }

    #[test]
    fn a_full_disk_stands_out_unless_what_is_swept_first_makes_room() {
        let with = |free_bytes, swept_bytes| {
            let mut forecast = forecast(vec![]);
            (forecast.disk.free_bytes, forecast.disk.swept_bytes) = (free_bytes, swept_bytes);
            let said = forecast.disk.shortage();
            assert_eq!(render(&forecast).contains("TOO LITTLE"), said.is_some());
            said
        };
        assert_eq!(with(None, 0), None);
        assert_eq!(with(Some(190_000_001), 0), None);
        let said = with(Some(190_000_000), 0).unwrap();
        assert!(said.contains("too little room") && said.contains("190.0 MB are free"), "{said}");
        assert_eq!(with(Some(100_000_000), 95_000_000), None);
    }

    #[test]
    fn smaller_tables_are_summed() {
        let many = |count: u64| {
            let tables = (0..count).map(|n| estimate(&format!("t{n}"), "all", 1000, Rows::Statistics));
            render(&forecast(tables.collect()))
        };
        assert!(
            many(25).contains(" and 5 smaller tables with about 5 000 rows, 750.0 kB on disk"),
            "{}",
            many(25)
        );
        assert!(!many(21).contains("smaller tables") && many(21).contains("t20"));
    }

    #[test]
    fn times_and_numbers_are_rounded_to_what_can_be_meant() {
        let shown = |seconds| duration(seconds, f64::round);
        for (seconds, text) in [
            (0.2, "1 s"),
            (3.4, "3 s"),
            (42.0, "40 s"),
            (95.0, "2 min"),
            (599.0, "10 min"),
            (754.0, "15 min"),
            (9000.0, "2.5 h"),
        ] {
            assert_eq!(shown(seconds), text);
        }
        assert_eq!((duration(61.0, f64::ceil), duration(61.0, f64::floor)), ("2 min".into(), "1 min".into()));
        assert_eq!(
            (rounded(0), rounded(999), rounded(1_234_567)),
            ("0".into(), "999".into(), "1 230 000".into())
        );
    }
}

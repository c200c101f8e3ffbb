//! The report on a terminal.

use super::{Report, Table as TableReport, timeline};
use comfy_table::{CellAlignment, Table, presets};
use std::fmt::Write;

/// Lays the report out as text: a table of tables, the phases, and what was published.
#[must_use]
pub fn render(report: &Report) -> String {
    let mut out = String::new();
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["table", "rows", "size", "time", "masked", "null", "kept"]);
    for index in 1..7 {
        if let Some(column) = table.column_mut(index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let (shown, rest) = largest(&report.tables);
    for row in shown {
        let count = |word| row.columns.iter().filter(|c| c.treatment == word).count();
        table.add_row([
            row.name.clone(),
            grouped(row.rows),
            bytes(row.bytes),
            format!("{:.2} s", row.seconds),
            count("mask").to_string(),
            count("null").to_string(),
            count("keep").to_string(),
        ]);
    }
    let _ = writeln!(out, "{}", table.to_string().lines().map(str::trim_end).collect::<Vec<_>>().join("\n"));
    if !rest.is_empty() {
        let rows = rest.iter().map(|table| table.rows).sum();
        let _ = writeln!(out, " and {} smaller tables with {} rows", rest.len(), grouped(rows));
    }
    let phases: Vec<String> =
        report.phases.iter().map(|p| format!("{} {:.1} s", p.name, p.seconds)).collect();
    let _ = writeln!(out, "\n  time       {:.1} s: {}", report.seconds, phases.join(", "));
    let rows: u64 = report.tables.iter().map(|t| t.rows).sum();
    let _ = writeln!(
        out,
        "  source     {} rows, {} read in one snapshot of {}, held for {:.1} s",
        grouped(rows),
        bytes(report.snapshot.bytes),
        report.snapshot.taken_at,
        report.snapshot.held_seconds
    );
    let _ = writeln!(out, "  cost       {}", report.cost.sentence());
    let disk = &report.disk;
    let (all, indexes) = (bytes(disk.table_bytes + disk.index_bytes), bytes(disk.index_bytes));
    let _ = writeln!(out, "  disk       about {all} on the target, {indexes} of it indexes");
    if let Some(objects) = &report.large_objects {
        let (count, size) = (grouped(objects.count), bytes(objects.bytes));
        let how = objects.with.unwrap_or(objects.treatment);
        let _ = writeln!(out, "  objects    {count} large objects, {size} ({how})");
    }
    for left_out in &report.left_out {
        let _ = writeln!(out, "  left out   {} × {}", left_out.count, left_out.kind.to_lowercase());
    }
    for not_read in &report.not_read {
        let _ = writeln!(out, "  not read   {} ({})", not_read.table, not_read.why);
    }
    if !report.roles.is_empty() {
        let _ = writeln!(out, "  roles      made without login: {}", report.roles.join(", "));
    }
    let _ = writeln!(
        out,
        "  checked    {} tables counted, {} objects compared with the source's",
        report.verified.counted, report.verified.objects
    );
    let secret = if report.secret_is_fresh { "made for this run alone" } else { "given" };
    let _ = writeln!(out, "  secret     {} ({secret})", report.secret);
    let _ = writeln!(
        out,
        "  published  {} in {} ms{}",
        report.published.database,
        report.published.milliseconds,
        report
            .published
            .kept
            .as_ref()
            .map(|kept| format!("; the one before is kept as {kept}"))
            .unwrap_or_default()
    );
    out.push_str(&timeline::draw(&report.timeline, report.seconds));
    out
}

/// How many tables a terminal gets to see; `report.json` has all of them.
const SHOWN: usize = 40;

/// The tables to show, in their order, and those that are too small for it.
fn largest(tables: &[TableReport]) -> (Vec<&TableReport>, Vec<&TableReport>) {
    let mut by_size: Vec<u64> = tables.iter().map(|table| table.bytes).collect();
    by_size.sort_unstable_by(|a, b| b.cmp(a));
    let least = by_size.get(SHOWN).copied();
    let mut room = SHOWN;
    tables.iter().partition(|table| {
        let fits = room > 0 && least.is_none_or(|least| table.bytes > least);
        room -= usize::from(fits);
        fits
    })
}

/// `1 234 567`
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

/// `12.3 MB`, in powers of 1000.
#[must_use]
pub fn bytes(count: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "for people")]
    let mut size = count as f64;
    for unit in ["B", "kB", "MB", "GB"] {
        if size < 1000.0 {
            return if unit == "B" { format!("{size:.0} B") } else { format!("{size:.1} {unit}") };
        }
        size /= 1000.0;
    }
    format!("{size:.1} TB")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_sizes_have_units() {
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(1_234_567), "1 234 567");
        assert_eq!(bytes(999), "999 B");
        assert_eq!(bytes(1_500_000), "1.5 MB");
    }
}

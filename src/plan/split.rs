//! What one lane reads at a time.
//!
//! Two streams into different tables beat two into the same one, so tables are
//! not cut as long as there are enough of them. Only a table that would keep one
//! lane busy after the others are done is cut into ranges of its blocks; up to
//! about sixteen of them cost nothing (TID range scans, PostgreSQL 14).

use super::TablePlan;
use crate::rules::Rows;
use std::sync::Arc;

/// A range of a table's blocks: the unit one lane reads.
#[derive(Clone, Debug)]
pub struct Chunk {
    /// The table.
    pub plan: Arc<TablePlan>,
    /// First block, and the block it ends before; the last range is open-ended,
    /// because the table may have grown since its size was read. `None` for the whole table.
    pub blocks: Option<(u32, Option<u32>)>,
    /// Its share of the table's bytes, for order and progress.
    pub bytes: u64,
}

/// The most ranges a table is cut into.
const MOST: u32 = 16;

/// A table below this many blocks (32 MiB) is never cut.
const SMALL: u32 = 4096;

/// Cuts and orders the work for so many lanes: largest first.
#[must_use]
pub fn split(tables: &[Arc<TablePlan>], lanes: usize) -> Vec<Chunk> {
    let total: u64 = tables.iter().map(|plan| plan.bytes).sum();
    let lanes = u64::try_from(lanes.max(1)).unwrap_or(1);
    let mut chunks = Vec::new();
    for plan in tables.iter().filter(|plan| !plan.is_empty()) {
        // A table is too large when it is more than half of a lane's fair share.
        let fair = (total / lanes / 2).max(1);
        let wanted = u32::try_from(plan.bytes.div_ceil(fair)).unwrap_or(MOST).clamp(1, MOST);
        let is_cut =
            lanes > 1 && plan.pages >= SMALL && wanted > 1 && matches!(plan.rows, Rows::All | Rows::Where(_));
        if !is_cut {
            chunks.push(Chunk { plan: Arc::clone(plan), blocks: None, bytes: plan.bytes });
            continue;
        }
        let step = plan.pages.div_ceil(wanted);
        for part in 0..wanted {
            let to = (part + 1 < wanted).then_some((part + 1) * step);
            chunks.push(Chunk {
                plan: Arc::clone(plan),
                blocks: Some((part * step, to)),
                bytes: plan.bytes / u64::from(wanted),
            });
        }
    }
    chunks.sort_by_key(|chunk| std::cmp::Reverse(chunk.bytes));
    chunks
}

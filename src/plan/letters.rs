//! Which letters the masks of a table write, found by trying them on made-up values.
//!
//! Asked where the database's encoding does not have every letter. A trial sees the
//! names and words a mask draws from; letters that come of the values themselves are
//! known only when they are met.

use super::{TablePlan, Treatment};
use crate::format::{Output, Row, Value};
use crate::transform::Bound;
use std::collections::BTreeSet;

/// How often a mask is tried. The longest list of names has about 3000.
const TRIES: u64 = 6000;

/// The letters beyond ASCII that the mask of a text column wrote; none for other columns
/// and for masks of whole batches.
pub(super) fn written(plan: &TablePlan, column: usize) -> BTreeSet<char> {
    let mut letters = BTreeSet::new();
    let (Some(Treatment::Mask(Bound::Cell(masker))), Some(found)) =
        (plan.treatments.get(column), plan.columns.get(column))
    else {
        return letters;
    };
    if !found.data_type.is_text() {
        return letters;
    }
    let mut buffer = Vec::new();
    for number in 0..TRIES {
        let input = match number % 4 {
            0 => format!("Ann Example {number}"),
            1 => format!("ann.{number}@example.com"),
            2 => format!("{number} Example Street, call +1 212 555 0100 or write to ann@example.com"),
            _ => number.to_string(),
        };
        let mut digest = [0; 32];
        for (byte, part) in
            digest.iter_mut().zip(number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes().iter().cycle())
        {
            *byte = *part;
        }
        let identities = vec![Some(digest); plan.identities.list.len()];
        let row = Row {
            batch: input.as_bytes(),
            scratch: &[],
            places: &[],
            columns: &plan.columns,
            wire: plan.wire,
            identities: &identities,
        };
        buffer.clear();
        let mut out = Output::new(&mut buffer, &found.data_type, plan.wire);
        let value = Value { raw: input.as_bytes(), data_type: &found.data_type, wire: plan.wire };
        // What a mask can't read here it may well read there.
        if masker.mask(value, &row, &mut out).is_ok() {
            let text = std::str::from_utf8(&buffer).unwrap_or_default();
            letters.extend(text.chars().filter(|c| !c.is_ascii()));
        }
    }
    letters
}

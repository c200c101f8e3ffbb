//! Rows in, masked rows out: the inner loop.
//!
//! A row is walked once for the places of its fields. Each column the plan writes
//! anew gets its bytes in a scratch buffer; then the row is put together: the runs
//! between those columns are copied as they are, never decoded. Columns whose masks
//! need many rows at once are masked before, for the whole batch.

use super::batch::Batch;
use crate::error::{Error, Kind, Result};
use crate::format::{Output, Place, Row, Unreadable, Wire, binary, text};
use crate::plan::{TablePlan, Treatment};
use crate::schema::quote;
use crate::secret::Digest;
use crate::transform::{Answers, Bound, Spoiled};

/// The buffers of one masking thread, reused for every row.
#[derive(Default)]
struct Scratch {
    places: Vec<Place>,
    unescaped: Vec<u8>,
    masked: Vec<u8>,
    masked_places: Vec<Option<Place>>,
    identities: Vec<Option<Digest>>,
    spans: Vec<(usize, usize)>,
}

/// Masks a batch. The result has the same number of rows.
///
/// # Errors
/// Rules, naming table, column and row, for a value that its mask cannot read;
/// internal for a row whose shape is not the one asked for. Never a value.
pub fn mask(plan: &TablePlan, batch: Batch) -> Result<Batch> {
    if plan.masked.is_empty() {
        return Ok(batch);
    }
    let mut scratch = Scratch {
        places: vec![Place::Null; plan.columns.len()],
        masked_places: vec![None; plan.columns.len()],
        ..Scratch::default()
    };
    let mut out = Batch {
        bytes: Vec::with_capacity(batch.bytes.len() + batch.bytes.len() / 4),
        ends: Vec::with_capacity(batch.ends.len()),
        first_row: batch.first_row,
    };
    let answers = mask_columns(plan, &batch)?;
    let mut answers: Vec<_> = answers.iter().map(|(column, answers)| (*column, answers.iter())).collect();
    let mut start = 0;
    for (ordinal, end) in batch.ends.iter().copied().enumerate() {
        scratch.begin();
        for (column, answers) in &mut answers {
            scratch.put(*column, answers.next().flatten());
        }
        mask_row(plan, &batch.bytes, start..end, &mut scratch, &mut out.bytes).map_err(|problem| {
            let row = batch.first_row + ordinal as u64 + 1;
            problem.explain(plan, row)
        })?;
        out.ends.push(out.bytes.len());
        start = end;
    }
    Ok(out)
}

/// Masks the columns whose masks need all rows of the batch.
fn mask_columns(plan: &TablePlan, batch: &Batch) -> Result<Vec<(usize, Answers)>> {
    let mut done = Vec::new();
    if plan.batch_masks().next().is_none() {
        return Ok(done);
    }
    let width = plan.columns.len();
    let (mut places, mut unescaped) = (Vec::new(), Vec::new());
    let mut start = 0;
    for (ordinal, end) in (1..).zip(batch.ends.iter().copied()) {
        let mut row = vec![Place::Null; width];
        find_fields(plan, &batch.bytes, start..end, &mut row, &mut unescaped)
            .ok_or_else(|| Problem::Shape.explain(plan, batch.first_row + ordinal))?;
        places.append(&mut row);
        start = end;
    }
    let rows = places.chunks_exact(width.max(1)).map(|places| Row {
        batch: &batch.bytes,
        scratch: &unescaped,
        places,
        columns: &plan.columns,
        wire: plan.wire,
        identities: &[],
    });
    let rows: Vec<_> = rows.collect();
    for (column, masker) in plan.batch_masks() {
        let mut answers = Answers::default();
        masker.mask(&rows, column, &mut answers).map_err(|Spoiled { row, why }| {
            Problem::Column(column, why).explain(plan, batch.first_row + row as u64 + 1)
        })?;
        if answers.rows() != rows.len() {
            let table = &plan.name;
            return Err(Error::internal(format!("a mask of `{table}` answered for another number of rows")));
        }
        done.push((column, answers));
    }
    Ok(done)
}

/// Finds the fields of a row, other rows' columns too.
fn find_fields(
    plan: &TablePlan,
    batch: &[u8],
    row: std::ops::Range<usize>,
    places: &mut [Place],
    unescaped: &mut Vec<u8>,
) -> Option<()> {
    match plan.wire {
        Wire::Binary => binary::find_fields(batch, row.start, row.end, &plan.asked, places),
        Wire::Text => text::find_fields(batch, row.start, row.end, &plan.asked, places, unescaped),
    }
}

/// What can be wrong with a row, without its values.
enum Problem {
    Shape,
    Column(usize, Unreadable),
    Identity(Unreadable),
}

impl Problem {
    fn explain(self, plan: &TablePlan, row: u64) -> Error {
        match self {
            Self::Shape => {
                let table = &plan.name;
                Error::internal(format!("row {row} of `{table}` does not have the shape that was asked for"))
            }
            Self::Column(column, Unreadable(why)) => {
                let name = plan.columns.get(column).map(|c| quote(&c.name)).unwrap_or_default();
                Error::new(Kind::Rules, format!("`{}.{name}`: row {row} can't be masked: {why}", plan.name))
                    .help("give the column a rule that can read all its values; `masque transformers` lists what there is")
            }
            Self::Identity(Unreadable(why)) => Error::new(
                Kind::Rules,
                format!("`{}`: a column that `by` names can't be read in row {row}: {why}", plan.name),
            ),
        }
    }
}

fn mask_row(
    plan: &TablePlan,
    batch: &[u8],
    row: std::ops::Range<usize>,
    scratch: &mut Scratch,
    out: &mut Vec<u8>,
) -> Result<(), Problem> {
    find_fields(plan, batch, row.clone(), &mut scratch.places, &mut scratch.unescaped)
        .ok_or(Problem::Shape)?;
    if !plan.identities.list.is_empty() {
        let mut digests = std::mem::take(&mut scratch.identities);
        let seen = scratch.row(plan, batch);
        let done = plan.identities.digest(&seen, &mut digests);
        scratch.identities = digests;
        done.map_err(Problem::Identity)?;
    }
    for column in plan.masked.iter().copied() {
        if scratch.masked_places.get(column).copied().flatten().is_some() {
            continue;
        }
        let place = mask_cell(plan, batch, column, scratch).map_err(|why| Problem::Column(column, why))?;
        if let Some(slot) = scratch.masked_places.get_mut(column) {
            *slot = Some(place);
        }
    }
    match plan.wire {
        Wire::Binary => write_binary(plan, batch, row, scratch, out),
        Wire::Text => {
            write_text(plan, batch, row, scratch, out);
            Ok(())
        }
    }
}

fn mask_cell(
    plan: &TablePlan,
    batch: &[u8],
    column: usize,
    scratch: &mut Scratch,
) -> Result<Place, Unreadable> {
    let mut written = std::mem::take(&mut scratch.masked);
    let from = written.len();
    let row = scratch.row(plan, batch);
    let (Some(Treatment::Mask(Bound::Cell(masker))), Some(value)) =
        (plan.treatments.get(column), row.value(column))
    else {
        scratch.masked = written;
        return Ok(Place::Null);
    };
    let mut output = Output::new(&mut written, value.data_type, plan.wire);
    let done = masker.mask(value, &row, &mut output);
    let is_null = output.is_null();
    let to = written.len();
    scratch.masked = written;
    done?;
    Ok(if is_null { Place::Null } else { Place::Batch(from, to) })
}

impl Scratch {
    /// Forgets the row before.
    fn begin(&mut self) {
        self.unescaped.clear();
        self.masked.clear();
        self.masked_places.fill(None);
    }

    /// Notes a masked value that was made for the whole batch.
    fn put(&mut self, column: usize, value: Option<&[u8]>) {
        let from = self.masked.len();
        let place = value.map_or(Place::Null, |value| {
            self.masked.extend_from_slice(value);
            Place::Batch(from, self.masked.len())
        });
        if let Some(slot) = self.masked_places.get_mut(column) {
            *slot = Some(place);
        }
    }

    fn row<'a>(&'a self, plan: &'a TablePlan, batch: &'a [u8]) -> Row<'a> {
        Row {
            batch,
            scratch: &self.unescaped,
            places: &self.places,
            columns: &plan.columns,
            wire: plan.wire,
            identities: &self.identities,
        }
    }

    /// The masked bytes of a column, or `None` for NULL.
    fn masked(&self, column: usize) -> Option<&[u8]> {
        match self.masked_places.get(column).copied().flatten()? {
            Place::Batch(from, to) => self.masked.get(from..to),
            _ => None,
        }
    }
}

fn write_binary(
    plan: &TablePlan,
    batch: &[u8],
    row: std::ops::Range<usize>,
    scratch: &Scratch,
    out: &mut Vec<u8>,
) -> Result<(), Problem> {
    // `run` is where the bytes begin that are not copied yet; `at` the field's length word.
    let (mut run, mut at) = (row.start, row.start + 2);
    let own = plan.asked.len() == plan.selected.len();
    if !own {
        // The row came with columns of other rows behind its own.
        let count = i16::try_from(plan.selected.len()).map_err(|_| Problem::Shape)?;
        out.extend_from_slice(&count.to_be_bytes());
        run = at;
    }
    for column in &plan.selected {
        let next = match scratch.places.get(*column) {
            Some(Place::Batch(_, to)) => *to,
            _ => at + 4,
        };
        if scratch.masked_places.get(*column).copied().flatten().is_some() {
            out.extend_from_slice(batch.get(run..at).unwrap_or_default());
            if !binary::write_field(out, scratch.masked(*column)) {
                return Err(Problem::Column(*column, Unreadable("the masked value is too long")));
            }
            run = next;
        }
        at = next;
    }
    let end = if own { row.end } else { at };
    out.extend_from_slice(batch.get(run..end).unwrap_or_default());
    Ok(())
}

fn write_text(
    plan: &TablePlan,
    batch: &[u8],
    row: std::ops::Range<usize>,
    scratch: &mut Scratch,
    out: &mut Vec<u8>,
) {
    let mut spans = std::mem::take(&mut scratch.spans);
    text::spans(batch, row.start, row.end, &mut spans);
    for (index, (column, (from, to))) in plan.selected.iter().zip(&spans).enumerate() {
        if index > 0 {
            out.push(b'\t');
        }
        if scratch.masked_places.get(*column).copied().flatten().is_some() {
            text::write_field(out, scratch.masked(*column));
        } else {
            out.extend_from_slice(batch.get(*from..*to).unwrap_or_default());
        }
    }
    out.push(b'\n');
    scratch.spans = spans;
}

//! Rows in, masked rows out: the inner loop.
//!
//! Rows are taken a stride at a time. Each row of it is walked once for the places of its
//! fields; then each column the plan writes anew is masked for all rows of the stride, one
//! column after the other, so that a mask's code and tables stay at hand and masks that are
//! chains of dependent steps can run several chains side by side; then the rows are put
//! together: the runs between those columns are copied as they are, never decoded. Where a
//! mask needs many rows at once, the whole batch is the stride.

use super::batch::Batch;
use crate::error::{Error, Kind, Result};
use crate::format::{Place, Row, Unreadable, Wire, binary, text};
use crate::plan::{TablePlan, Treatment};
use crate::schema::quote;
use crate::secret::Digest;
use crate::transform::{Answers, Spoiled};
use std::array;
use std::ops::Range;

/// How many rows are masked together. What they need stays in a core's first cache.
const STRIDE: usize = 16;

/// The buffers of one batch, reused for every stride.
struct Sheet {
    /// A place for each column of each row.
    places: Vec<Place>,
    unescaped: Vec<u8>,
    /// A digest for each identity of each row.
    identities: Vec<Option<Digest>>,
    /// The masked values of the columns that are written anew.
    answers: Vec<Option<Answers>>,
    spans: Vec<(usize, usize)>,
}

/// Masks a batch. The result has the same number of rows.
///
/// # Errors
/// Rules, naming table, column and row, for a value that its mask cannot read;
/// internal for a row whose shape is not the one asked for. Never a value.
pub fn mask(plan: &TablePlan, batch: Batch) -> Result<Batch> {
    if plan.masked.is_empty() || batch.ends.is_empty() {
        return Ok(batch);
    }
    let all = batch.ends.len();
    let stride = if plan.batch_masks().next().is_some() { all } else { all.min(STRIDE) };
    let mut sheet = Sheet::of(plan, stride);
    let mut out = Batch {
        bytes: Vec::with_capacity(batch.bytes.len() + batch.bytes.len() / 4),
        ends: Vec::with_capacity(all),
        first_row: batch.first_row,
    };
    let (mut start, mut ordinal) = (0, batch.first_row + 1);
    for ends in batch.ends.chunks(stride) {
        mask_stride(plan, &batch.bytes, start, ends, &mut sheet, &mut out)
            .map_err(|(row, problem)| problem.explain(plan, ordinal + row as u64))?;
        start = ends.last().copied().unwrap_or(start);
        ordinal += ends.len() as u64;
    }
    Ok(out)
}

/// Masks the rows that begin at `start` and end at `ends`. What goes wrong, goes wrong with one of them.
fn mask_stride(
    plan: &TablePlan,
    batch: &[u8],
    start: usize,
    ends: &[usize],
    sheet: &mut Sheet,
    out: &mut Batch,
) -> Result<(), (usize, Problem)> {
    sheet.find_fields(plan, batch, start, ends)?;
    sheet.digest(plan, batch, ends.len())?;
    sheet.mask(plan, batch, ends.len())?;
    let mut from = start;
    for (row, end) in ends.iter().copied().enumerate() {
        match plan.wire {
            Wire::Binary => sheet.write_binary(plan, batch, from..end, row, &mut out.bytes),
            Wire::Text => {
                sheet.write_text(plan, batch, from..end, row, &mut out.bytes);
                Ok(())
            }
        }
        .map_err(|problem| (row, problem))?;
        out.ends.push(out.bytes.len());
        from = end;
    }
    Ok(())
}

/// What can be wrong with a row, without its values.
enum Problem {
    Shape,
    Column(usize, Unreadable),
    Identity(Unreadable),
    /// A mask answered for another number of rows.
    Count(usize),
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
            Self::Count(column) => {
                let name = plan.columns.get(column).map(|c| quote(&c.name)).unwrap_or_default();
                let table = &plan.name;
                Error::internal(format!("the mask of `{table}.{name}` answered for another number of rows"))
            }
            Self::Identity(Unreadable(why)) => Error::new(
                Kind::Rules,
                format!("`{}`: a column that `by` names can't be read in row {row}: {why}", plan.name),
            ),
        }
    }
}

impl Sheet {
    fn of(plan: &TablePlan, stride: usize) -> Self {
        let mut answers: Vec<_> = plan.columns.iter().map(|_| None).collect();
        for column in &plan.masked {
            if let Some(slot) = answers.get_mut(*column) {
                *slot = Some(Answers::default());
            }
        }
        Self {
            places: vec![Place::Null; plan.columns.len() * stride],
            unescaped: Vec::new(),
            identities: Vec::with_capacity(plan.identities.list.len() * stride),
            answers,
            spans: Vec::new(),
        }
    }

    /// Finds the fields of each row, other rows' columns too.
    fn find_fields(
        &mut self,
        plan: &TablePlan,
        batch: &[u8],
        start: usize,
        ends: &[usize],
    ) -> Result<(), (usize, Problem)> {
        self.unescaped.clear();
        let mut from = start;
        let rows = self.places.chunks_exact_mut(plan.columns.len().max(1));
        for ((row, end), places) in ends.iter().copied().enumerate().zip(rows) {
            let found = match plan.wire {
                Wire::Binary => binary::find_fields(batch, from, end, &plan.asked, places),
                Wire::Text => text::find_fields(batch, from, end, &plan.asked, places, &mut self.unescaped),
            };
            found.ok_or((row, Problem::Shape))?;
            from = end;
        }
        Ok(())
    }

    /// Computes the digests of whom each row is about.
    fn digest(&mut self, plan: &TablePlan, batch: &[u8], rows: usize) -> Result<(), (usize, Problem)> {
        if plan.identities.list.is_empty() {
            return Ok(());
        }
        let mut digests = std::mem::take(&mut self.identities);
        digests.clear();
        let done = (0..rows).try_for_each(|row| {
            let seen = self.row(plan, batch, row);
            plan.identities.digest(&seen, &mut digests).map_err(|why| (row, Problem::Identity(why)))
        });
        self.identities = digests;
        done
    }

    /// Masks each column for all rows.
    fn mask(&mut self, plan: &TablePlan, batch: &[u8], rows: usize) -> Result<(), (usize, Problem)> {
        let mut answers = std::mem::take(&mut self.answers);
        let row = |place| self.row(plan, batch, place);
        let (few, many);
        let seen: &[Row<'_>] = if rows <= STRIDE {
            few = array::from_fn::<_, STRIDE, _>(row);
            few.get(..rows).unwrap_or_default()
        } else {
            many = (0..rows).map(row).collect::<Vec<_>>();
            &many
        };
        let mut columns = plan.masked.iter().copied();
        let done = columns.try_for_each(|column| {
            let Some(Some(answers)) = answers.get_mut(column) else { return Ok(()) };
            answers.clear();
            // Without answers a column is NULL, as a treatment that is no mask wants it.
            let Some(Treatment::Mask(mask)) = plan.treatments.get(column) else { return Ok(()) };
            mask.mask_rows(seen, column, answers)
                .map_err(|Spoiled { row, why }| (row, Problem::Column(column, why)))?;
            if answers.rows() == rows { Ok(()) } else { Err((0, Problem::Count(column))) }
        });
        self.answers = answers;
        done
    }

    fn row<'a>(&'a self, plan: &'a TablePlan, batch: &'a [u8], row: usize) -> Row<'a> {
        let (width, persons) = (plan.columns.len(), plan.identities.list.len());
        Row {
            batch,
            scratch: &self.unescaped,
            places: self.places.get(row * width..(row + 1) * width).unwrap_or_default(),
            columns: &plan.columns,
            wire: plan.wire,
            identities: self.identities.get(row * persons..(row + 1) * persons).unwrap_or_default(),
        }
    }

    fn write_binary(
        &self,
        plan: &TablePlan,
        batch: &[u8],
        span: Range<usize>,
        row: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), Problem> {
        // `run` is where the bytes begin that are not copied yet; `at` the field's length word.
        let (mut run, mut at) = (span.start, span.start + 2);
        let places = self.row(plan, batch, row).places;
        let own = plan.asked.len() == plan.selected.len();
        if !own {
            // The row came with columns of other rows behind its own.
            let count = i16::try_from(plan.selected.len()).map_err(|_| Problem::Shape)?;
            out.extend_from_slice(&count.to_be_bytes());
            run = at;
        }
        for column in &plan.selected {
            let next = match places.get(*column) {
                Some(Place::Batch(_, to)) => *to,
                _ => at + 4,
            };
            if let Some(Some(answers)) = self.answers.get(*column) {
                out.extend_from_slice(batch.get(run..at).unwrap_or_default());
                if !binary::write_field(out, answers.get(row)) {
                    return Err(Problem::Column(*column, Unreadable("the masked value is too long")));
                }
                run = next;
            }
            at = next;
        }
        let end = if own { span.end } else { at };
        out.extend_from_slice(batch.get(run..end).unwrap_or_default());
        Ok(())
    }

    fn write_text(
        &mut self,
        plan: &TablePlan,
        batch: &[u8],
        span: Range<usize>,
        row: usize,
        out: &mut Vec<u8>,
    ) {
        let mut spans = std::mem::take(&mut self.spans);
        text::spans(batch, span.start, span.end, &mut spans);
        for (index, (column, (from, to))) in plan.selected.iter().zip(&spans).enumerate() {
            if index > 0 {
                out.push(b'\t');
            }
            if let Some(Some(answers)) = self.answers.get(*column) {
                text::write_field(out, answers.get(row));
            } else {
                out.extend_from_slice(batch.get(*from..*to).unwrap_or_default());
            }
        }
        out.push(b'\n');
        self.spans = spans;
    }
}

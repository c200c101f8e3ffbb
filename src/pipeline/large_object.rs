//! Large objects: read page by page inside the snapshot, written under the same numbers.
//!
//! The pages are read from their table in the order of its index, because that takes
//! no right beyond reading every table, and no memory. What is kept is passed on in
//! pieces; what is masked is put together first, one object at a time. Pages that
//! were never written read as zeros and stay unwritten where they are kept.

use super::batch::Batch;
use super::hands::Hands;
use super::mask::mask;
use crate::error::{Error, Kind, Result};
use crate::format::{Place, Wire, binary};
use crate::plan::{LargeObjects, TablePlan};
use crate::postgres::patience::Patience;
use crate::postgres::session::Session;
use crate::source::Rows;
use std::sync::Arc;
use tokio_postgres::Statement;

/// How much is written at a time.
const PIECE: usize = 1 << 20;

/// The largest value of type `bytea`, with room for its header.
const LARGEST: usize = (1 << 30) - 64;

/// What travelled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// How many large objects.
    pub count: u64,
    /// Their bytes, as read.
    pub bytes: u64,
}

/// Only the index gives the pages in order without a sort of them all.
const BY_INDEX: &str =
    "SET LOCAL enable_sort = off; SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off";
const AS_BEFORE: &str = "SET LOCAL enable_sort TO DEFAULT; SET LOCAL enable_seqscan TO DEFAULT; SET LOCAL enable_bitmapscan TO DEFAULT";
const PAGES: &str = "COPY (SELECT loid, pageno, data FROM pg_catalog.pg_largeobject ORDER BY loid, pageno) TO STDOUT (FORMAT binary)";
const EMPTY: &str = "SELECT m.oid FROM pg_catalog.pg_largeobject_metadata m \
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_largeobject p WHERE p.loid = m.oid)";

/// Carries the large objects over, as the plan says. `reader` is inside the snapshot.
///
/// # Errors
/// Source or target, where a server refuses; rules, where a mask can't read one or it
/// is too large for a value; verify, where the numbers differ. The object is named.
pub async fn carry(
    reader: &Session,
    writer: &Session,
    plan: &LargeObjects,
    patience: Patience,
) -> Result<Carried> {
    let plan = match plan {
        LargeObjects::None => return Ok(Carried::default()),
        LargeObjects::Keep => None,
        LargeObjects::Mask(plan) => Some(plan),
    };
    let expected = count(reader).await?;
    let before = count(writer).await?;
    let mut desk = Desk { writer: Writer::new(writer).await?, plan, open: None, carried: Carried::default() };
    for row in reader.query("reading the large objects", EMPTY, &[]).await? {
        desk.begin(row.get(0)).await?;
        desk.end().await?;
    }
    let page_size = page_size(reader).await?;
    reader.run("preparing to read the large objects", BY_INDEX).await?;
    let pages = Rows::read(reader, PAGES, Wire::Binary, false, "pg_catalog.pg_largeobject").await?;
    let mut pages = pages.patient(patience);
    while let Some(row) = pages.next().await? {
        let page =
            Page::of(&row).ok_or_else(|| Error::internal("a page of large objects has another shape"))?;
        desk.page(&page, page_size).await?;
    }
    desk.end().await?;
    reader.run("after reading the large objects", AS_BEFORE).await?;
    let (carried, found) = (desk.carried, count(writer).await?);
    if carried.count != expected || found != before + expected {
        let written = found.saturating_sub(before);
        let message = format!(
            "there are {expected} large objects, {} were read and {written} were written",
            carried.count
        );
        return Err(Error::new(Kind::Verify, message));
    }
    Ok(carried)
}

async fn count(session: &Session) -> Result<u64> {
    let sql = "SELECT count(*) FROM pg_catalog.pg_largeobject_metadata";
    let row = session.one("counting the large objects", sql, &[]).await?;
    Ok(u64::try_from(row.get::<_, i64>(0)).unwrap_or(0))
}

/// A page holds a quarter of a block.
async fn page_size(session: &Session) -> Result<u64> {
    let sql = "SELECT current_setting('block_size')::int8 / 4";
    let row = session.one("reading the size of a page", sql, &[]).await?;
    Ok(u64::try_from(row.get::<_, i64>(0)).unwrap_or(0))
}

/// One page as it was read.
struct Page<'a> {
    object: u32,
    number: u64,
    data: &'a [u8],
}

impl<'a> Page<'a> {
    fn of(row: &'a [u8]) -> Option<Self> {
        let mut places = [Place::Null; 3];
        binary::find_fields(row, 0, row.len(), &[0, 1, 2], &mut places)?;
        let bytes = |place| match place {
            Place::Batch(from, to) => row.get(from..to),
            _ => None,
        };
        let [object, number, data] = places;
        let object = u32::from_be_bytes(bytes(object)?.try_into().ok()?);
        let number = i32::from_be_bytes(bytes(number)?.try_into().ok()?);
        Some(Self { object, number: u64::try_from(number).ok()?, data: bytes(data)? })
    }
}

/// The object on its way.
struct Object {
    number: u32,
    /// Where `held` begins.
    at: u64,
    held: Vec<u8>,
    length: u64,
}

/// Where pages become objects again.
struct Desk<'a> {
    writer: Writer<'a>,
    plan: Option<&'a Arc<TablePlan>>,
    open: Option<Object>,
    carried: Carried,
}

impl Desk<'_> {
    async fn begin(&mut self, number: u32) -> Result<()> {
        self.end().await?;
        self.writer.make(number).await?;
        self.open = Some(Object { number, at: 0, held: Vec::new(), length: 0 });
        Ok(())
    }

    async fn page(&mut self, page: &Page<'_>, page_size: u64) -> Result<()> {
        if self.open.as_ref().is_none_or(|object| object.number != page.object) {
            self.begin(page.object).await?;
        }
        let masked = self.plan.is_some();
        let Some(object) = &mut self.open else { return Ok(()) };
        let start = page.number * page_size;
        let end = object.at + object.held.len() as u64;
        if masked {
            let whole = usize::try_from(start).unwrap_or(usize::MAX).saturating_add(page.data.len());
            if whole > LARGEST {
                return Err(Error::new(
                    Kind::Rules,
                    format!("the large object {} is too large to be masked in one piece", object.number),
                )
                .help("leave the large objects out with `large_objects = \"none\"`, or keep them"));
            }
            object.held.resize(whole - page.data.len(), 0);
        } else if start != end || object.held.len() >= PIECE {
            self.writer.write(object).await?;
            object.at = start;
        }
        object.held.extend_from_slice(page.data);
        object.length = start + page.data.len() as u64;
        Ok(())
    }

    /// Ends the object that is open.
    async fn end(&mut self) -> Result<()> {
        let Some(mut object) = self.open.take() else { return Ok(()) };
        self.carried.count += 1;
        self.carried.bytes += object.length;
        if let Some(plan) = self.plan {
            let masked = masked(plan, std::mem::take(&mut object.held))
                .await
                .map_err(|error| error.context(format!("the large object {}", object.number)))?;
            for (piece, at) in masked.chunks(PIECE).zip((0..).step_by(PIECE)) {
                object.at = at;
                object.held.clear();
                object.held.extend_from_slice(piece);
                self.writer.write(&mut object).await?;
            }
            return Ok(());
        }
        self.writer.write(&mut object).await
    }
}

/// The two statements that write large objects.
struct Writer<'a> {
    session: &'a Session,
    make: Statement,
    put: Statement,
}

impl<'a> Writer<'a> {
    async fn new(session: &'a Session) -> Result<Self> {
        let prepare = async |sql| {
            let prepared = session.client().prepare(sql).await;
            prepared.map_err(|e| session.error("preparing to write large objects", &e))
        };
        let make = prepare("SELECT pg_catalog.lo_from_bytea($1, ''::bytea)").await?;
        let put = prepare("SELECT pg_catalog.lo_put($1, $2, $3)").await?;
        Ok(Self { session, make, put })
    }

    async fn make(&self, number: u32) -> Result<()> {
        let made = self.session.client().execute(&self.make, &[&number]).await;
        made.map_err(|e| self.session.error(&format!("making the large object {number}"), &e))?;
        Ok(())
    }

    /// Writes what is held and lets go of it.
    async fn write(&self, object: &mut Object) -> Result<()> {
        if object.held.is_empty() {
            return Ok(());
        }
        let at = i64::try_from(object.at).map_err(|_| Error::internal("a large object has no end"))?;
        let put = self.session.client().execute(&self.put, &[&object.number, &at, &object.held]).await;
        put.map_err(|e| self.session.error(&format!("writing the large object {}", object.number), &e))?;
        object.at += object.held.len() as u64;
        object.held.clear();
        Ok(())
    }
}

/// Masks a value, as the one row of a batch; the others are read meanwhile.
async fn masked(plan: &Arc<TablePlan>, value: Vec<u8>) -> Result<Vec<u8>> {
    let plan = Arc::clone(plan);
    let pending = Hands::Pool.take(move || mask_value(&plan, &value));
    pending.await.map_err(|_| Error::internal("a mask panicked"))?
}

fn mask_value(plan: &TablePlan, value: &[u8]) -> Result<Vec<u8>> {
    let shape = || Error::internal("a masked large object has another shape");
    let mut row = 1_i16.to_be_bytes().to_vec();
    if !binary::write_field(&mut row, Some(value)) {
        return Err(shape());
    }
    let mut batch = Batch::starting_at(0);
    batch.push(&row);
    drop(row);
    let mut out = mask(plan, batch)?.bytes;
    let mut places = [Place::Null];
    binary::find_fields(&out, 0, out.len(), &[0], &mut places).ok_or_else(shape)?;
    match places {
        [Place::Batch(from, to)] if to <= out.len() => {
            out.truncate(to);
            Ok(out.split_off(from))
        }
        _ => Err(shape()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_from_its_row_and_a_row_of_another_shape_is_not() {
        let mut row = 3_i16.to_be_bytes().to_vec();
        for field in [&70_000_u32.to_be_bytes()[..], &7_i32.to_be_bytes(), b"data"] {
            binary::write_field(&mut row, Some(field));
        }
        let page = Page::of(&row).unwrap();
        assert_eq!((page.object, page.number, page.data), (70_000, 7, &b"data"[..]));
        assert!(Page::of(&row[..row.len() - 1]).is_none());
        // The page's number begins behind two lengths and the object's number.
        row[14] = 255;
        assert!(Page::of(&row).is_none());
    }
}

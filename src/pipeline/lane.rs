//! One reader, one writer, and the masking between them.

use super::batch::{BATCH, Batch};
use super::hands::Hands;
use super::mask::mask;
use super::{Progress, Queue};
use crate::error::{Error, Kind, Result};
use crate::plan::Chunk;
use crate::point::{Point, reach};
use crate::postgres::patience::{Patience, answers};
use crate::postgres::session::{Session, Side};
use crate::postgres::snapshot::{self, Ticket};
use crate::postgres::url::Url;
use crate::sink::Writer;
use crate::source::{Rows, Throttle};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot, watch};

/// How many batches a lane may have in memory.
pub const PERMITS: usize = 6;

/// How far beyond its size a batch may go before it travels alone.
const LARGE: usize = 4 * 1024 * 1024;

/// Tells every lane to give up. Dropping the sender does so too.
pub type Stop = watch::Receiver<bool>;

/// What a lane is told once the plan is made and the build stands.
#[derive(Clone)]
pub struct Assignment {
    /// The build.
    pub build: Url,
    /// The session to write with, where the build lies in a transaction that is open on it. There
    /// is only one lane then, and nobody else uses the session meanwhile.
    pub within: Option<Arc<Session>>,
    /// The work.
    pub queue: Queue,
    /// The counters.
    pub progress: Arc<Progress>,
    /// The bound on how fast all lanes read, where there is one.
    pub throttle: Option<Arc<Throttle>>,
    /// How long a server may stall.
    pub stall: Duration,
    /// Who masks.
    pub hands: Hands,
}

/// A lane at work on its own thread.
///
/// It begins by joining the snapshot and taking its locks, and then waits for its
/// [`Assignment`]: all lanes hold all locks before anything else is done.
pub struct Lane {
    assign: Option<oneshot::Sender<Assignment>>,
    admitted: Option<oneshot::Receiver<Result<()>>>,
    done: Option<oneshot::Receiver<Result<()>>>,
}

impl Lane {
    /// Starts the lane's thread.
    ///
    /// # Errors
    /// Internal, where the system gives no thread.
    pub fn start(number: usize, source: Url, ticket: Ticket, stop: Stop) -> Result<Self> {
        let (assign, assigned) = oneshot::channel();
        let (admit, admitted) = oneshot::channel();
        let (finish, done) = oneshot::channel();
        std::thread::Builder::new()
            .name(format!("lane-{number}"))
            .spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                let outcome = match runtime {
                    Ok(runtime) => runtime.block_on(live(&source, &ticket, stop, admit, assigned)),
                    Err(e) => Err(Error::internal("a lane got no runtime").because(e)),
                };
                // Nobody listens any more when the run has ended already.
                finish.send(outcome).ok();
            })
            .map_err(|e| Error::internal("the system gave no thread for a lane").because(e))?;
        Ok(Self { assign: Some(assign), admitted: Some(admitted), done: Some(done) })
    }

    /// Waits until the lane has joined the snapshot and holds its locks.
    ///
    /// # Errors
    /// Source, where it could not.
    pub async fn admitted(&mut self) -> Result<()> {
        match self.admitted.take() {
            Some(admitted) => match admitted.await {
                Ok(outcome) => outcome,
                Err(_) => self.finished().await,
            },
            None => Ok(()),
        }
    }

    /// Tells the lane to begin.
    pub fn assign(&mut self, assignment: Assignment) {
        if let Some(assign) = self.assign.take() {
            // A lane that has ended already says why through `finished`.
            assign.send(assignment).ok();
        }
    }

    /// Waits until the lane has no more work.
    ///
    /// # Errors
    /// What ended it.
    pub async fn finished(&mut self) -> Result<()> {
        match self.done.take() {
            Some(done) => done.await.unwrap_or_else(|_| Err(Error::internal("a lane died"))),
            None => Ok(()),
        }
    }
}

/// The life of a lane, until its work or the run ends.
async fn live(
    source: &Url,
    ticket: &Ticket,
    mut stop: Stop,
    admit: oneshot::Sender<Result<()>>,
    assigned: oneshot::Receiver<Assignment>,
) -> Result<()> {
    let work = async {
        let joined = async {
            let reader = Session::open(source.connect(Kind::Source).await?, Side::Source).await?;
            ticket.admit(&reader).await?;
            Ok(reader)
        };
        let reader = match joined.await {
            Ok(reader) => reader,
            Err(error) => {
                admit.send(Err(error)).ok();
                return Ok(());
            }
        };
        admit.send(Ok(())).ok();
        // No assignment means the run ended first, and it knows why.
        let Ok(assignment) = assigned.await else { return Ok(()) };
        let stall = assignment.stall;
        let opened = async {
            let writer = if let Some(session) = &assignment.within {
                Arc::clone(session)
            } else {
                let url = &assignment.build;
                let writer = Session::open(url.connect(Kind::Target).await?, Side::Target).await?;
                writer.run("preparing the load", "SET synchronous_commit = off").await?;
                Arc::new(writer)
            };
            let patience = Patience::with(&writer, &assignment.build, stall).await?;
            Ok((writer, patience))
        };
        let (writer, writing) = Box::pin(answers(Kind::Target, "preparing the load", stall, opened)).await?;
        let began = Patience::with(&reader, source, stall);
        let reading = answers(Kind::Source, "preparing to read", stall, began).await?;
        let ends = Ends { reader: &reader, reading: &reading, writer: &writer, writing: &writing };
        while let Some(chunk) = assignment.queue.next()? {
            tokio::select! {
                biased;
                done = stream(&chunk, ends, &assignment) => done?,
                gone = closed(&writer, &chunk) => return Err(gone),
            }
            answers(Kind::Source, "giving back locks", stall, snapshot::let_go(&reader)).await?;
            reach(Point::FirstChunk).await;
        }
        assignment.progress.rest_lane();
        Ok(())
    };
    tokio::select! {
        outcome = work => outcome,
        // Dropping the connections makes both servers end their statements.
        _ = stop.wait_for(|stopped| *stopped) => Ok(()),
    }
}

/// Resolves when the target is gone. While a slow source gives no row, nothing is written that would fail.
async fn closed(writer: &Session, chunk: &Chunk) -> Error {
    while !writer.connection().is_closed() {
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    writer.connection().ending().of(Kind::Target, &format!("writing `{}`", chunk.plan.name))
}

/// A masked batch on its way, with the permit it must give back.
type Pending = (oneshot::Receiver<Result<Batch>>, OwnedSemaphorePermit);

/// A lane's sessions, and how long each may stall.
#[derive(Clone, Copy)]
struct Ends<'a> {
    reader: &'a Session,
    reading: &'a Patience,
    writer: &'a Session,
    writing: &'a Patience,
}

/// Reads a chunk, masks it and writes it. Both ends must agree on the rows.
async fn stream(chunk: &Chunk, ends: Ends<'_>, given: &Assignment) -> Result<()> {
    let plan = &chunk.plan;
    let table = plan.name.to_string();
    let began = Instant::now();
    let counters = given.progress.of(plan);
    let masked = !plan.masked.is_empty();
    let statement = plan.copy_out(chunk.blocks, None);
    let reading = Rows::read(ends.reader, &statement, plan.wire, masked, &table);
    let rows = ends.reading.wait(&format!("reading `{table}`"), reading).await??;
    let mut rows = rows.throttled(given.throttle.clone()).patient(ends.reading.clone());
    let frozen = given.within.is_some();
    let mut sink = Writer::open(ends.writer, plan, [masked, frozen], &table, ends.writing).await?;
    let permits = Arc::new(Semaphore::new(PERMITS));
    let (send, mut receive) = mpsc::channel::<Pending>(PERMITS);

    let size = plan.batch_masks().map(|(_, masker)| masker.window()).max().unwrap_or(0).max(BATCH);
    let read = async {
        let mut count = 0_u64;
        // Where a mask needs many rows, the last batch must not be a handful of them:
        // each batch waits for the next, and the last is joined to the one before.
        let mut held: Option<(Batch, OwnedSemaphorePermit)> = None;
        loop {
            let permit = Arc::clone(&permits).acquire_owned().await;
            let mut permit = permit.map_err(|_| Error::internal("a lane's permits were closed"))?;
            let mut batch = Batch::starting_at(count);
            let mut ended = true;
            while let Some(row) = rows.next().await? {
                batch.push(&row);
                if batch.bytes.len() >= size {
                    ended = false;
                    break;
                }
            }
            count += batch.rows();
            if let Some(counters) = counters {
                counters.bytes.fetch_add(batch.bytes.len() as u64, Ordering::Relaxed);
            }
            if batch.bytes.len() > size + LARGE {
                // Batches with a value this large go one at a time; what is held back waits here, too.
                let others = PERMITS - 1 - usize::from(held.is_some());
                let others =
                    Arc::clone(&permits).acquire_many_owned(u32::try_from(others).unwrap_or(0)).await;
                permit.merge(others.map_err(|_| Error::internal("a lane's permits were closed"))?);
            }
            let mut ready = vec![(batch, permit)];
            if size > BATCH {
                if let Some((mut before, permit)) = held.take() {
                    match ready.pop() {
                        Some((last, _)) if ended => before.append(&last),
                        next => ready.extend(next),
                    }
                    ready.insert(0, (before, permit));
                }
                if !ended {
                    held = ready.pop();
                }
            }
            for (batch, permit) in ready {
                if batch.rows() > 0
                    && send.send((hand_over(chunk, batch, given.hands), permit)).await.is_err()
                {
                    // The writer ended first, and it knows why.
                    return Ok(count);
                }
            }
            if ended {
                break;
            }
        }
        drop(send);
        Ok::<u64, Error>(count)
    };
    let write = async {
        while let Some((pending, permit)) = receive.recv().await {
            let batch = pending.await.map_err(|_| Error::internal("a mask panicked"))??;
            let count = batch.rows();
            sink.write(batch.bytes.into()).await?;
            drop(permit);
            if let Some(counters) = counters {
                counters.rows.fetch_add(count, Ordering::Relaxed);
            }
            reach(Point::FirstRows).await;
        }
        sink.finish().await
    };
    // The first failure ends both: a reader would wait for permits that a dead writer never gives back.
    let (read, written) = tokio::try_join!(read, write)?;
    if read != written {
        return Err(Error::new(
            Kind::Verify,
            format!("`{table}`: {read} rows were read and {written} rows were written"),
        ));
    }
    if let Some(counters) = counters {
        given.progress.close_chunk(counters, began);
    }
    Ok(())
}

/// Has a batch masked; what needs no masking is there at once.
fn hand_over(chunk: &Chunk, batch: Batch, hands: Hands) -> oneshot::Receiver<Result<Batch>> {
    let plan = Arc::clone(&chunk.plan);
    let hands = if plan.masked.is_empty() { Hands::Own } else { hands.of(&plan) };
    hands.take(move || mask(&plan, batch))
}

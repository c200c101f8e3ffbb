//! Who masks: the lane itself, or the pool of threads.
//!
//! Handing a batch to another thread and back costs a tenth of the client's CPU (wake-ups, and
//! bytes that leave one core's cache for another's). So where there are as many lanes as cores
//! or more, and all cores are busy anyway, a lane masks its own batches between reading and writing.
//! Where there are fewer lanes than cores, the pool lets one lane use several cores.
//! Masks of whole batches, which may wait for a program, go to the pool always: a lane must not stand still.

use crate::error::Result;
use crate::plan::TablePlan;
use std::panic::{AssertUnwindSafe, catch_unwind};
use tokio::sync::oneshot;

/// Whose hands mask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hands {
    /// The lane's own.
    Own,
    /// Those of the rayon pool.
    Pool,
}

impl Hands {
    /// Whose they should be with so many lanes on so many cores.
    #[must_use]
    pub fn choose(lanes: usize, cores: usize) -> Self {
        if lanes >= cores { Self::Own } else { Self::Pool }
    }

    /// Whose they are for the batches of a table.
    pub(super) fn of(self, plan: &TablePlan) -> Self {
        if plan.batch_masks().next().is_some() { Self::Pool } else { self }
    }

    /// Has the work done. Where it panics nothing is ever received: rayon would end the process, and the
    /// run is to end well, and clean up.
    pub(super) fn take<T: Send + 'static>(
        self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> oneshot::Receiver<Result<T>> {
        let (done, pending) = oneshot::channel();
        let work = move || {
            if let Ok(outcome) = catch_unwind(AssertUnwindSafe(work)) {
                done.send(outcome).ok();
            }
        };
        match self {
            Self::Own => work(),
            Self::Pool => rayon::spawn(work),
        }
        pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_mask_themselves_where_they_keep_all_cores_busy() {
        assert_eq!(Hands::choose(2, 2), Hands::Own);
        assert_eq!(Hands::choose(8, 2), Hands::Own);
        assert_eq!(Hands::choose(2, 16), Hands::Pool);
    }

    #[test]
    fn work_that_panics_is_never_received_whoever_does_it() {
        for hands in [Hands::Own, Hands::Pool] {
            let done = hands.take(|| Ok(7)).blocking_recv();
            assert_eq!(done.unwrap().unwrap(), 7);
            let died = hands.take::<()>(|| panic!("for the test")).blocking_recv();
            assert!(died.is_err(), "{hands:?}");
        }
    }
}

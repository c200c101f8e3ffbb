//! Whether a run that fell tries again, when, and what it says of it.
//!
//! Before anything of the snapshot is read, a server that can't be reached is waited for:
//! trying costs nothing. After that, starting over costs the source a whole new read, so
//! it is counted. Only what the moment was to blame for is tried again: never a refusal,
//! a rule, a broken promise, a full disk, or a server that is silent or was disturbed
//! for as long as a person allowed. Nor what ends while publishing: it may be published.

use super::{Failure, Observer, Options, Stage, Step, discard};
use crate::error::{Error, Kind, Result};
use crate::postgres::patience::answers;
use crate::postgres::{snapshot, standby};
use crate::report::Attempt;
use std::time::{Duration, Instant};

/// An attempt that ended.
pub(super) struct Fallen {
    pub(super) failure: Failure,
    /// The step it was at.
    pub(super) step: Step,
    /// Whether its build is gone, where it had one.
    pub(super) is_clean: bool,
}

impl Fallen {
    /// Ends an attempt: its build, by name, is dropped.
    pub(super) async fn new(
        stage: &Stage<'_>,
        failure: impl Into<Failure>,
        step: Step,
        build: Option<String>,
    ) -> Self {
        let failure = failure.into();
        let is_clean = match build {
            Some(build) => Box::pin(discard::discard(stage, &build)).await,
            None => true,
        };
        Self { failure, step, is_clean }
    }

    /// The end of a preparation, which makes nothing.
    pub(super) fn unprepared(error: Error) -> Self {
        Self { failure: error.into(), step: Step::Connect, is_clean: true }
    }
}

/// The attempts of a run.
pub(super) struct Tries<'a> {
    options: &'a Options,
    observer: &'a dyn Observer,
    /// Those that ended, and were started over.
    pub(super) ended: Vec<Attempt>,
    /// What was said while waiting for a server.
    pub(super) waited: Vec<String>,
    /// Since when a server is waited for.
    since: Option<Instant>,
    waits: u32,
}

impl<'a> Tries<'a> {
    pub(super) fn new(options: &'a Options, observer: &'a dyn Observer) -> Self {
        Self { options, observer, ended: Vec::new(), waited: Vec::new(), since: None, waits: 0 }
    }

    /// Whether this is the first time that servers are spoken to.
    pub(super) fn is_first(&self) -> bool {
        self.ended.is_empty() && self.since.is_none()
    }

    /// Waits until it is time to try again.
    ///
    /// # Errors
    /// What ended the attempt, where trying again is no use or no longer wanted.
    pub(super) async fn after(&mut self, failure: Failure, step: Step) -> Result<(), Failure> {
        let Failure::Error(error) = failure else { return Err(failure) };
        match verdict(&error, step) {
            Verdict::Wait => {
                let since = *self.since.get_or_insert_with(Instant::now);
                let left = self.options.connect_wait.saturating_sub(since.elapsed());
                if !left.is_zero() {
                    self.say_waiting(&error);
                    let pause =
                        pause(self.waits, Duration::from_millis(250), Duration::from_secs(5)).min(left);
                    self.waits += 1;
                    tokio::time::sleep(pause).await;
                    return Ok(());
                }
            }
            Verdict::StartOver if self.ended.len() < self.options.retries as usize => {
                (self.since, self.waits) = (None, 0);
                let number = self.ended.len() + 1;
                let (phase, all) = (step.word(), u64::from(self.options.retries) + 1);
                self.observer.notice(&format!(
                    "attempt {number} of {all} ended in {phase}: {error}; trying again with a new snapshot"
                ));
                self.ended.push(Attempt { number, phase, error: error.to_string() });
                let more = u32::try_from(number - 1).unwrap_or(u32::MAX);
                tokio::time::sleep(pause(more, Duration::from_secs(1), Duration::from_secs(30))).await;
                return Ok(());
            }
            Verdict::StartOver | Verdict::End => {}
        }
        let error = standby::explain(error);
        Err(match self.ended.len() {
            0 => error,
            before => error.context(format_args!("attempt {}", before + 1)),
        }
        .into())
    }

    /// Once for each reason: a server that starts is first not there, then not ready.
    fn say_waiting(&mut self, error: &Error) {
        let said = error.to_string();
        if self.waited.last() != Some(&said) {
            let limit = self.options.connect_wait.as_secs_f32();
            self.observer.notice(&format!("{said}; trying again for {limit} s"));
            self.waited.push(said);
        }
    }
}

/// What an error asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Wait,
    StartOver,
    End,
}

fn verdict(error: &Error, step: Step) -> Verdict {
    if !matches!(error.kind(), Kind::Source | Kind::Target) {
        return Verdict::End;
    }
    match step {
        Step::Connect | Step::Snapshot if error.is_cut_off() => Verdict::Wait,
        Step::Connect | Step::Publish => Verdict::End,
        _ if error.is_cut_off() || snapshot::is_passing(error) => Verdict::StartOver,
        _ => Verdict::End,
    }
}

/// Twice as long each time up to `most`, less up to half of it by chance: runs that one failure
/// ended should not come back at one moment.
fn pause(before: u32, first: Duration, most: Duration) -> Duration {
    let whole = first.saturating_mul(1_u32.checked_shl(before).unwrap_or(u32::MAX)).min(most);
    let mut chance = [0_u8];
    // Without chance they come back together, and still later.
    getrandom::fill(&mut chance).ok();
    whole.saturating_sub(whole / 512 * u32::from(chance[0]))
}

impl Stage<'_> {
    /// Whether the next attempt can go on from here: every session on the target answers, and
    /// so the run lock was never given back.
    pub(super) async fn stands(&self) -> bool {
        let asked = async {
            for session in [&self.admin, &self.renamer] {
                session.run("looking whether the target is still there", "SELECT 1").await?;
            }
            self.lock.check_held().await
        };
        let limit = self.options.budget.stall.min(Duration::from_secs(10));
        answers(Kind::Target, "looking whether the target is still there", limit, asked).await.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_server_is_waited_for_at_first_and_started_over_for_later() {
        for kind in [Kind::Source, Kind::Target] {
            let lost = || Error::new(kind, "reading: the connection was closed").cut_off();
            assert_eq!(verdict(&lost(), Step::Connect), Verdict::Wait);
            assert_eq!(verdict(&lost(), Step::Snapshot), Verdict::Wait);
            for step in [Step::Plan, Step::Schema, Step::Stream, Step::Finish, Step::Verify] {
                assert_eq!(verdict(&lost(), step), Verdict::StartOver, "{step:?}");
            }
            assert_eq!(verdict(&lost(), Step::Publish), Verdict::End, "it may be published");
        }
    }

    #[test]
    fn a_refusal_a_rule_and_a_broken_promise_are_final_whatever_they_say() {
        for kind in [Kind::Guard, Kind::Rules, Kind::Verify, Kind::Usage, Kind::Internal, Kind::Interrupted] {
            for step in [Step::Connect, Step::Snapshot, Step::Stream, Step::Verify] {
                assert_eq!(
                    verdict(&Error::new(kind, "no").cut_off(), step),
                    Verdict::End,
                    "{kind:?} {step:?}"
                );
            }
        }
        assert_eq!(verdict(&Error::new(Kind::Target, "the disk is full"), Step::Stream), Verdict::End);
    }

    #[test]
    fn pauses_grow_are_bounded_and_never_shorter_than_half() {
        let (first, most) = (Duration::from_millis(250), Duration::from_secs(5));
        for (before, whole) in
            [(0, 250), (1, 500), (3, 2000), (5, 5000), (31, 5000), (32, 5000), (u32::MAX, 5000)]
        {
            let pause = pause(before, first, most).as_millis();
            assert!(pause <= whole && pause * 2 >= whole, "{before}: {pause}");
        }
    }
}

//! When what was done to which table, for the report.

use crate::report::Span;
use std::sync::Mutex;
use std::time::Instant;

/// Collects spans from whoever works on the run, counted from its beginning.
#[derive(Debug)]
pub(super) struct Timeline {
    began: Instant,
    spans: Mutex<Vec<Span>>,
}

impl Timeline {
    pub(super) fn begin(began: Instant) -> Self {
        Self { began, spans: Mutex::new(Vec::new()) }
    }

    /// Adds what has just ended.
    pub(super) fn add(&self, phase: &'static str, object: impl Into<String>, from: Instant) {
        self.put(phase, object.into(), from, Instant::now());
    }

    pub(super) fn put(&self, phase: &'static str, object: String, from: Instant, to: Instant) {
        let seconds = |at: Instant| at.saturating_duration_since(self.began).as_secs_f64();
        let span = Span { phase, object, from: seconds(from), to: seconds(to) };
        if let Ok(mut spans) = self.spans.lock() {
            spans.push(span);
        }
    }

    /// All of it, in order.
    pub(super) fn spans(&self) -> Vec<Span> {
        let mut spans = self.spans.lock().map(|spans| spans.clone()).unwrap_or_default();
        spans.sort_by(|a, b| a.from.total_cmp(&b.from).then(a.to.total_cmp(&b.to)));
        spans
    }
}

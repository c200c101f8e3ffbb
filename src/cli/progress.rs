//! A run as it happens: bars where a person watches, plain lines where not.

use super::{diagnostics, output};
use crate::diagnostic::Diagnostic;
use crate::pipeline::{Progress, TableProgress};
use crate::refresh::{Observer, Step};
use crate::report::{bytes, grouped};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How many tables have a bar of their own at one time.
const BARS: usize = 8;

/// Shows a run on stderr.
pub(super) struct Display {
    shown: Arc<Shown>,
    thread: Mutex<Option<std::thread::JoinHandle<()>>>,
    began: Mutex<Option<(Step, Instant)>>,
}

struct Shown {
    bars: MultiProgress,
    watched: bool,
    ended: AtomicBool,
}

impl Shown {
    fn line(&self, text: &str) {
        if self.watched {
            self.bars.println(text).ok();
        } else {
            output::say(text);
        }
    }
}

impl Display {
    pub(super) fn new() -> Self {
        let shown = Shown {
            bars: MultiProgress::new(),
            watched: output::is_watched(),
            ended: AtomicBool::new(false),
        };
        Self { shown: Arc::new(shown), thread: Mutex::new(None), began: Mutex::new(None) }
    }

    /// Says how long the step before took.
    fn close_step(&self) {
        let Ok(mut began) = self.began.lock() else { return };
        if let Some((step, at)) = began.take() {
            self.shown.line(&format!("  {:<18} {:>6.1} s", step.word(), at.elapsed().as_secs_f64()));
        }
    }

    fn stop_bars(&self) {
        self.shown.ended.store(true, Ordering::Relaxed);
        let thread = self.thread.lock().ok().and_then(|mut thread| thread.take());
        if let Some(thread) = thread {
            // It sleeps between two looks: the run must not wait for that.
            thread.thread().unpark();
            thread.join().ok();
        }
        self.shown.bars.clear().ok();
    }

    /// The run is over, however it ended.
    pub(super) fn end(&self) {
        self.stop_bars();
        self.close_step();
    }
}

impl Observer for Display {
    fn step(&self, step: Step) {
        if step != Step::Stream {
            self.stop_bars();
        }
        self.close_step();
        if let Ok(mut began) = self.began.lock() {
            *began = Some((step, Instant::now()));
        }
    }

    fn stream(&self, progress: &Arc<Progress>) {
        self.shown.ended.store(false, Ordering::Relaxed);
        let (shown, progress) = (Arc::clone(&self.shown), Arc::clone(progress));
        let thread =
            std::thread::spawn(
                move || if shown.watched { draw(&shown, &progress) } else { tell(&shown, &progress) },
            );
        if let Ok(mut slot) = self.thread.lock() {
            *slot = Some(thread);
        }
    }

    fn notice(&self, message: &str) {
        self.shown.line(&format!("note: {message}"));
    }

    fn warn(&self, warning: &Diagnostic) {
        let drawn = diagnostics::render(std::slice::from_ref(warning), output::colours());
        // Without the line that counts them.
        let body: Vec<&str> = drawn.trim_end().lines().collect();
        let body = body.split_last().map_or(&[][..], |(_, body)| body);
        self.shown.line(body.join("\n").trim_end());
    }
}

/// What share of the bytes on disk has been read. The wire form has another size
/// than the disk's, so a table that is done counts as whole.
fn done_bytes(table: &TableProgress) -> u64 {
    let (read, open) = (table.bytes.load(Ordering::Relaxed), table.open.load(Ordering::Relaxed));
    if open == 0 { table.estimated_bytes } else { read.min(table.estimated_bytes) }
}

fn draw(shown: &Shown, progress: &Progress) {
    let style = |template: &str| {
        ProgressStyle::with_template(template)
            .map_or_else(|_| ProgressStyle::default_bar(), |s| s.progress_chars("━╸ "))
    };
    let total: u64 = progress.tables.iter().map(|table| table.estimated_bytes).sum();
    let all = shown.bars.add(ProgressBar::new(total.max(1)));
    all.set_style(style("  {prefix:<24!} {bar:28} {percent:>3} %  {msg}  eta {eta}"));
    all.set_prefix("all tables");
    let mut bars: Vec<(usize, ProgressBar)> = Vec::new();
    while !shown.ended.load(Ordering::Relaxed) {
        let (rows, read) = progress.total();
        all.set_position(progress.tables.iter().map(done_bytes).sum());
        all.set_message(format!(
            "{} rows  {}  {}/s",
            grouped(rows),
            bytes(read),
            rate(read, progress.started)
        ));
        bars.retain(|(place, bar)| {
            let open = progress.tables.get(*place).is_some_and(|t| t.open.load(Ordering::Relaxed) > 0);
            if !open {
                bar.finish_and_clear();
                shown.bars.remove(bar);
            }
            open
        });
        for (place, table) in progress.tables.iter().enumerate() {
            let moving = table.bytes.load(Ordering::Relaxed) > 0 && table.open.load(Ordering::Relaxed) > 0;
            if moving && bars.len() < BARS && !bars.iter().any(|(known, _)| *known == place) {
                let bar = shown.bars.add(ProgressBar::new(table.estimated_bytes.max(1)));
                bar.set_style(style("  {prefix:<24!} {bar:28} {percent:>3} %  {msg}  eta {eta}"));
                bar.set_prefix(table.name.clone());
                bars.push((place, bar));
            }
        }
        for (place, bar) in &bars {
            if let Some(table) = progress.tables.get(*place) {
                let read = table.bytes.load(Ordering::Relaxed);
                bar.set_position(done_bytes(table));
                bar.set_message(format!(
                    "{} rows  {}",
                    grouped(table.rows.load(Ordering::Relaxed)),
                    bytes(read)
                ));
            }
        }
        std::thread::park_timeout(Duration::from_millis(100));
    }
    for (_, bar) in bars {
        bar.finish_and_clear();
    }
    all.finish_and_clear();
}

/// A line every few seconds, for logs.
fn tell(shown: &Shown, progress: &Progress) {
    let total: u64 = progress.tables.iter().map(|table| table.estimated_bytes).sum();
    let mut last = Instant::now();
    while !shown.ended.load(Ordering::Relaxed) {
        std::thread::park_timeout(Duration::from_millis(100));
        if last.elapsed() < Duration::from_secs(5) {
            continue;
        }
        last = Instant::now();
        let (rows, read) = progress.total();
        let done: u64 = progress.tables.iter().map(done_bytes).sum();
        let elapsed = progress.started.elapsed();
        let eta = if done == 0 {
            String::from("?")
        } else {
            #[expect(clippy::cast_precision_loss, reason = "an estimate for people")]
            let left = elapsed.as_secs_f64() * (total.saturating_sub(done)) as f64 / done as f64;
            format!("{left:.0} s")
        };
        let open: Vec<&str> = progress
            .tables
            .iter()
            .filter(|t| t.open.load(Ordering::Relaxed) > 0 && t.bytes.load(Ordering::Relaxed) > 0)
            .map(|t| t.name.as_str())
            .collect();
        shown.line(&format!(
            "  {} rows, {}, {}/s, eta {eta}; now {}",
            grouped(rows),
            bytes(read),
            rate(read, progress.started),
            open.join(", ")
        ));
    }
}

fn rate(read: u64, since: Instant) -> String {
    let millis = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX).max(1);
    bytes(read.saturating_mul(1000) / millis)
}

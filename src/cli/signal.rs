//! Ctrl-C, SIGTERM and the closed terminal: the first asks for a clean end, the second ends at once.

use crate::error::{Error, Kind};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// The handlers that are listened to.
struct Handlers {
    interrupt: Signal,
    terminate: Signal,
    /// Not where it is ignored, as under `nohup`: that wish is respected.
    hang_up: Option<Signal>,
}

impl Handlers {
    fn set() -> std::io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: if hears_hang_up() { signal(SignalKind::hangup()).ok() } else { None },
        })
    }

    async fn next(&mut self) -> Kind {
        let hang_up = async {
            match &mut self.hang_up {
                Some(signal) => signal.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.interrupt.recv() => Kind::Interrupted,
            _ = self.terminate.recv() => Kind::Terminated,
            // A terminal that was closed wants the end as much as a supervisor does.
            _ = hang_up => Kind::Terminated,
        }
    }
}

/// Whether SIGHUP would end this process. Where the system does not say, it is left to the system.
fn hears_hang_up() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 1 == 0)
}

/// Resolves when the first signal comes.
pub(super) async fn interrupted() -> Error {
    let Ok(mut handlers) = Handlers::set() else {
        // Without handlers the system's own end us, which is safe too.
        return std::future::pending().await;
    };
    let kind = handlers.next().await;
    tokio::spawn(async move {
        // A supervisor may signal the process and its group: two within a moment are one.
        let moment = tokio::time::sleep(std::time::Duration::from_millis(500));
        tokio::pin!(moment);
        loop {
            tokio::select! {
                () = &mut moment => break,
                _ = handlers.next() => {}
            }
        }
        let kind = handlers.next().await;
        std::process::exit(i32::from(kind.exit_code()));
    });
    let name = if kind == Kind::Interrupted { "interrupted" } else { "terminated" };
    Error::new(kind, format!("{name}: nothing was published")).help("run again; nothing is half-loaded")
}

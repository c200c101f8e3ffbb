//! Ctrl-C and SIGTERM: the first asks for a clean end, the second ends at once.

use crate::error::{Error, Kind};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Resolves when the first signal comes.
pub(super) async fn interrupted() -> Error {
    let handlers = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
    let (Ok(mut interrupt), Ok(mut terminate)) = handlers else {
        // Without handlers the system's own end us, which is safe too.
        return std::future::pending().await;
    };
    let kind = next(&mut interrupt, &mut terminate).await;
    tokio::spawn(async move {
        // A supervisor may signal the process and its group: two within a moment are one.
        let moment = tokio::time::sleep(std::time::Duration::from_millis(500));
        tokio::pin!(moment);
        loop {
            tokio::select! {
                () = &mut moment => break,
                _ = next(&mut interrupt, &mut terminate) => {}
            }
        }
        let kind = next(&mut interrupt, &mut terminate).await;
        std::process::exit(i32::from(kind.exit_code()));
    });
    let name = if kind == Kind::Interrupted { "interrupted" } else { "terminated" };
    Error::new(kind, format!("{name}: nothing was published")).help("run again; nothing is half-loaded")
}

async fn next(interrupt: &mut Signal, terminate: &mut Signal) -> Kind {
    tokio::select! {
        _ = interrupt.recv() => Kind::Interrupted,
        _ = terminate.recv() => Kind::Terminated,
    }
}

//! A transaction that stays open until the test lets it go.

use super::query::block_on;
use std::sync::mpsc;
use std::thread::JoinHandle;
use tokio_postgres::NoTls;

/// What some statements hold, such as a lock; let go when it is dropped.
pub(crate) struct Held {
    release: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Held {
    /// Opens a transaction on the server at `url`, and returns when it holds what `sql` takes.
    pub(crate) fn new(url: &str, sql: &str) -> Self {
        let (url, sql) = (url.to_owned(), format!("begin; {sql}"));
        let (release, released) = mpsc::channel::<()>();
        let (ready, holds) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            block_on(async {
                let (client, connection) = tokio_postgres::connect(&url, NoTls).await.unwrap();
                tokio::spawn(connection);
                client.batch_execute(&sql).await.unwrap();
                ready.send(()).unwrap();
                // Nobody sends: it ends with its sender.
                tokio::task::spawn_blocking(move || _ = released.recv()).await.unwrap();
                client.batch_execute("rollback").await.unwrap();
            });
        });
        holds.recv().unwrap();
        Self { release: Some(release), thread: Some(thread) }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        drop(self.release.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

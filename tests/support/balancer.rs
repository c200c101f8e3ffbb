//! An address that leads to several servers in turn, as a load balancer's does.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Listens until the process ends. Its threads hold nothing that a test waits for.
pub(crate) struct Balancer {
    port: u16,
    served: Arc<AtomicUsize>,
}

impl Balancer {
    /// Sends the first connection to the first port, the second to the second, and begins again.
    pub(crate) fn start(ports: &[u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (served, ports) = (Arc::new(AtomicUsize::new(0)), ports.to_vec());
        let counter = Arc::clone(&served);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let turn = counter.fetch_add(1, Ordering::Relaxed);
                if let Ok(server) = TcpStream::connect(("127.0.0.1", ports[turn % ports.len()])) {
                    carry(&client, &server);
                    carry(&server, &client);
                }
            }
        });
        Self { port, served }
    }

    /// Where it listens.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// How many connections came.
    pub(crate) fn served(&self) -> usize {
        self.served.load(Ordering::Relaxed)
    }
}

/// Carries bytes one way until their end.
fn carry(from: &TcpStream, to: &TcpStream) {
    let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
    std::thread::spawn(move || {
        let mut buffer = [0_u8; 16384];
        while let Ok(size @ 1..) = from.read(&mut buffer) {
            if to.write_all(&buffer[..size]).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Both);
    });
}

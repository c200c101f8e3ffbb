//! A wire that breaks when it is told to: between masque and a server, byte by byte.
//!
//! It counts the bytes of each direction over all connections. At the byte a fault is
//! armed for, the connection that carries it is cut, or every connection falls silent
//! with its sockets open. What goes to the server can be kept, to be searched.

use rustix::net::sockopt::set_socket_linger;
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Which way bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// From masque to the server.
    ToServer,
    /// From the server to masque.
    ToClient,
}

/// What breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The connection ends as if its peer had closed it.
    Fin,
    /// The connection is reset.
    Rst,
    /// Nothing is carried any more on any connection, new ones included; none is closed.
    Stall,
}

/// How often a waiting thread looks whether its connection was cut.
const MOMENT: Duration = Duration::from_millis(10);

#[derive(Default)]
struct State {
    carried: [AtomicU64; 2],
    armed: Mutex<Option<(Way, u64, Fault)>>,
    fired: AtomicBool,
    stalled: AtomicBool,
    over: AtomicBool,
    /// Bytes a second in each direction of each connection; none means no bound.
    rate: AtomicU64,
    keep: AtomicBool,
    sent: Mutex<Vec<Arc<Mutex<Vec<u8>>>>>,
}

/// Listens on a port of its own until it is dropped.
pub(crate) struct Proxy {
    port: u16,
    server: u16,
    state: Arc<State>,
}

impl Proxy {
    /// Stands before the server of a URL on this machine.
    pub(crate) fn before(url: &str) -> Self {
        let server = port_of(url);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if shared.over.load(Ordering::Relaxed) {
                    break;
                }
                if let Ok(server) = TcpStream::connect(("127.0.0.1", server)) {
                    carry_both(client, server, &shared);
                }
            }
        });
        Self { port, server, state }
    }

    /// The URL that leads through here.
    pub(crate) fn through(&self, url: &str) -> String {
        assert_eq!(port_of(url), self.server, "the URL is of another server");
        let url = url.replacen(&format!(":{}/", self.server), &format!(":{}/", self.port), 1);
        let separator = if url.contains('?') { '&' } else { '?' };
        format!("{url}{separator}sslmode=disable")
    }

    /// Lets something break after so many more bytes of one direction.
    pub(crate) fn arm(&self, way: Way, after: u64, fault: Fault) {
        self.state.fired.store(false, Ordering::Relaxed);
        let at = self.carried(way) + after;
        *self.state.armed.lock().unwrap() = Some((way, at, fault));
    }

    /// Carries again, and breaks nothing more.
    pub(crate) fn mend(&self) {
        *self.state.armed.lock().unwrap() = None;
        self.state.stalled.store(false, Ordering::Relaxed);
    }

    /// Whether what was armed has happened.
    pub(crate) fn fired(&self) -> bool {
        self.state.fired.load(Ordering::Relaxed)
    }

    /// How many bytes went one way so far.
    pub(crate) fn carried(&self, way: Way) -> u64 {
        self.state.carried[way as usize].load(Ordering::Relaxed)
    }

    /// Carries no more than so many bytes a second in each direction of a connection.
    pub(crate) fn throttle(&self, bytes_per_second: u64) {
        self.state.rate.store(bytes_per_second, Ordering::Relaxed);
    }

    /// Keeps from now on all that goes to the server.
    pub(crate) fn keep(&self) {
        self.state.keep.store(true, Ordering::Relaxed);
    }

    /// What was kept since the last call, connection by connection.
    pub(crate) fn kept(&self) -> Vec<Vec<u8>> {
        let mut sent = self.state.sent.lock().unwrap();
        sent.iter_mut().map(|bytes| std::mem::take(&mut *bytes.lock().unwrap())).collect()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.state.over.store(true, Ordering::Relaxed);
        // Wakes the thread that listens.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn port_of(url: &str) -> u16 {
    let rest = url.rsplit_once('@').unwrap().1;
    let port = rest.split_once(':').unwrap().1;
    port.split('/').next().unwrap().parse().unwrap()
}

/// Both sockets of a connection. They close when both threads have let go of them.
struct Wire {
    client: TcpStream,
    server: TcpStream,
    cut: AtomicBool,
    sent: Arc<Mutex<Vec<u8>>>,
    state: Arc<State>,
}

fn carry_both(client: TcpStream, server: TcpStream, state: &Arc<State>) {
    for socket in [&client, &server] {
        socket.set_read_timeout(Some(MOMENT)).unwrap();
        socket.set_write_timeout(Some(Duration::from_mins(1))).unwrap();
        socket.set_nodelay(true).unwrap();
    }
    let sent = Arc::new(Mutex::new(Vec::new()));
    state.sent.lock().unwrap().push(Arc::clone(&sent));
    let wire = Arc::new(Wire { client, server, cut: AtomicBool::new(false), sent, state: Arc::clone(state) });
    for way in [Way::ToServer, Way::ToClient] {
        let wire = Arc::clone(&wire);
        std::thread::spawn(move || wire.carry(way));
    }
}

impl Wire {
    /// Carries bytes one way until their end.
    fn carry(&self, way: Way) {
        let (mut from, mut to) = match way {
            Way::ToServer => (&self.client, &self.server),
            Way::ToClient => (&self.server, &self.client),
        };
        let mut buffer = [0_u8; 16384];
        loop {
            if self.cut.load(Ordering::Relaxed) || self.state.over.load(Ordering::Relaxed) {
                return;
            }
            if self.state.stalled.load(Ordering::SeqCst) {
                std::thread::sleep(MOMENT);
                continue;
            }
            let size = match from.read(&mut buffer) {
                Ok(0) => break,
                Ok(size) => size,
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => continue,
                Err(_) => break,
            };
            // It may have begun to stall while this end was waited for.
            while self.state.stalled.load(Ordering::SeqCst)
                && !self.cut.load(Ordering::Relaxed)
                && !self.state.over.load(Ordering::Relaxed)
            {
                std::thread::sleep(MOMENT);
            }
            let (size, fault) = self.meter(way, size);
            if matches!(fault, Some(Fault::Stall)) {
                // Before the last bytes go, so that no answer to them comes back.
                self.state.stalled.store(true, Ordering::SeqCst);
            }
            if way == Way::ToServer && self.state.keep.load(Ordering::Relaxed) {
                self.sent.lock().unwrap().extend_from_slice(&buffer[..size]);
            }
            if to.write_all(&buffer[..size]).is_err() {
                break;
            }
            match fault {
                Some(Fault::Fin) => break,
                Some(Fault::Rst) => {
                    // Both threads let go of the sockets, and closing them resets them.
                    for socket in [&self.client, &self.server] {
                        set_socket_linger(socket, Some(Duration::ZERO)).unwrap();
                    }
                    self.cut.store(true, Ordering::Relaxed);
                    return;
                }
                Some(Fault::Stall) | None => {}
            }
            let rate = self.state.rate.load(Ordering::Relaxed);
            if let Some(worth) = (size as u64 * 1_000_000).checked_div(rate) {
                std::thread::sleep(Duration::from_micros(worth));
            }
        }
        let _ = self.client.shutdown(Shutdown::Both);
        let _ = self.server.shutdown(Shutdown::Both);
    }

    /// Counts bytes. Says how many of them still travel, and what breaks after those.
    fn meter(&self, way: Way, size: usize) -> (usize, Option<Fault>) {
        let mut armed = self.state.armed.lock().unwrap();
        let before = self.state.carried[way as usize].fetch_add(size as u64, Ordering::Relaxed);
        let due = armed.filter(|(of, at, _)| *of == way && *at <= before + size as u64);
        let Some((_, at, fault)) = due else { return (size, None) };
        *armed = None;
        self.state.fired.store(true, Ordering::Relaxed);
        (usize::try_from(at.saturating_sub(before)).unwrap(), Some(fault))
    }
}

#[test]
fn a_proxy_carries_cuts_where_it_is_told_and_keeps_what_it_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("postgres://a:b@127.0.0.1:{}/c", listener.local_addr().unwrap().port());
    std::thread::spawn(move || {
        for mut socket in listener.incoming().flatten() {
            // Gives back what it gets.
            std::thread::spawn(move || std::io::copy(&mut socket.try_clone().unwrap(), &mut socket));
        }
    });
    let proxy = Proxy::before(&url);
    proxy.keep();
    let connect = || TcpStream::connect(("127.0.0.1", port_of(&proxy.through(&url)))).unwrap();
    for (fault, ends_well) in [(Fault::Fin, true), (Fault::Rst, false)] {
        let mut socket = connect();
        proxy.arm(Way::ToClient, 3, fault);
        socket.write_all(b"hello").unwrap();
        let mut answer = Vec::new();
        let end = socket.read_to_end(&mut answer);
        assert_eq!((answer.as_slice(), end.is_ok()), (&b"hel"[..], ends_well), "{fault:?}");
        assert!(proxy.fired() && proxy.kept().concat() == b"hello");
    }
    let mut socket = connect();
    socket.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    proxy.arm(Way::ToServer, 5, Fault::Stall);
    socket.write_all(b"hello").unwrap();
    assert!(socket.read(&mut [0; 5]).is_err(), "nothing comes, and nothing ends");
    proxy.mend();
    let mut answer = [0; 5];
    socket.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"hello");
}

//! Listens on this machine, and gives each connection a thread.

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use fromzero::Engine;
use fromzero::io::{Error, Result};

use super::connection::talk;
use super::site::Site;
use super::support::Options;

/// Ports that are tried, one after the other.
const TRIES: u16 = 20;
/// Connections at a time, a thread each; a browser takes six at most. Others wait until the system lets them in.
const MOST_CONNECTIONS: usize = 32;
/// The stack of a thread, bytes.
const STACK: usize = 1 << 18;
/// How long to wait where the system has no room for another connection or thread.
const PAUSE: Duration = Duration::from_millis(50);

/// What `--port` says.
pub fn port(options: &Options) -> Result<u16> {
    let port = options.index("port")?;
    u16::try_from(port).map_err(|_| {
        let message = format!("expected a port, at most 65535, found {port}");
        Error::new(message).setting("--port")
    })
}

/// Listens on the wanted port of 127.0.0.1, or on the next one that is free; on any for 0.
pub fn listen(wanted: u16) -> Result<(TcpListener, u16)> {
    let last = match wanted {
        0 => 0,
        _ => wanted.saturating_add(TRIES - 1),
    };
    let mut port = wanted;
    loop {
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).and_then(with_port) {
            Err(error) if error.kind() == ErrorKind::AddrInUse && port < last => port += 1,
            bound => return bound.map_err(|error| refused(wanted, port, error)),
        }
    }
}

/// With its port, which the system has chosen where 0 was asked for.
fn with_port(listener: TcpListener) -> io::Result<(TcpListener, u16)> {
    let port = listener.local_addr()?.port();
    Ok((listener, port))
}

/// None of the ports could be had, the last one because of `error`.
fn refused(first: u16, last: u16, error: io::Error) -> Error {
    let ports = match first == last {
        true => format!("port {first}"),
        false => format!("ports {first} to {last}"),
    };
    Error::io(format!("no page at {ports} of 127.0.0.1"), error)
        .hint("name another by --port N, or let the system choose by --port 0")
}

/// Answers whoever connects, until the process ends.
pub fn serve(listener: &TcpListener, site: &Site) -> Result<()> {
    let (room, engine) = (Room::default(), Engine::current());
    thread::scope(|scope| {
        loop {
            let place = room.enter();
            let Ok((stream, _)) = listener.accept() else {
                // Out of file handles, or gone already: neither is forever.
                thread::sleep(PAUSE);
                continue;
            };
            let engine = &engine;
            let answer = move || {
                let _place = place;
                engine.run(|| talk(stream, site));
            };
            let thread = thread::Builder::new().stack_size(STACK);
            if thread.spawn_scoped(scope, answer).is_err() {
                thread::sleep(PAUSE);
            }
        }
    })
}

/// Counts the connections.
#[derive(Default)]
struct Room {
    taken: Mutex<usize>,
    left: Condvar,
}

impl Room {
    /// Waits until there is a place.
    fn enter(&self) -> Place<'_> {
        let mut taken = self.count();
        while *taken >= MOST_CONNECTIONS {
            taken = self
                .left
                .wait(taken)
                .unwrap_or_else(PoisonError::into_inner);
        }
        *taken += 1;
        Place(self)
    }

    fn count(&self) -> MutexGuard<'_, usize> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The place of a connection. It is free again also when a panic passes by.
struct Place<'a>(&'a Room);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        *self.0.count() -= 1;
        self.0.left.notify_one();
    }
}

//! One connection: requests come, answers go, and nothing takes longer than it may.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use super::request::{Incoming, Stop};
use super::response::Response;
use super::site::Site;

/// How long a connection may be silent between two requests.
const SILENCE: Duration = Duration::from_secs(5);
/// How long a request may take to arrive, from its first byte to its last, and an answer to be fetched.
const PATIENCE: Duration = Duration::from_secs(5);
/// What is still read of a request that has been refused, so that the answer arrives before the end of the connection does
/// (RFC 9112, section 9.6).
const MOST_UNREAD: usize = 1 << 20;
/// How long that may take.
const LINGER: Duration = Duration::from_millis(500);

/// Answers the requests of a connection, until one of the two has enough.
pub fn talk(stream: TcpStream, site: &Site) {
    // An answer goes out at once, not when the last one's receipt has come.
    let _ = stream.set_nodelay(true);
    let mut incoming = Incoming::new(Timed {
        stream,
        deadline: Instant::now(),
    });
    while let Ok(true) = exchange(&mut incoming, site) {}
}

/// One request and its answer; whether another may follow.
fn exchange(incoming: &mut Incoming<Timed>, site: &Site) -> io::Result<bool> {
    incoming.stream.allow(SILENCE);
    if !incoming.has_begun()? {
        return Ok(false);
    }
    incoming.stream.allow(PATIENCE);
    let (response, stays) = match respond(incoming, site) {
        Ok((response, stays)) => (response, stays),
        Err(Stop::Refused(response)) => (response, false),
        Err(Stop::Broken(error)) => return Err(error),
    };
    incoming.stream.allow(PATIENCE);
    incoming.stream.write_all(&response.to_bytes(stays))?;
    if !stays {
        incoming.stream.close()?;
    }
    Ok(stays)
}

fn respond(incoming: &mut Incoming<Timed>, site: &Site) -> Result<(Response, bool), Stop> {
    let head = incoming.head()?;
    let is_head = head.method == "HEAD";
    let place = site
        .admit(&head)
        .map_err(|refused| refused.described_only(is_head))?;
    if head.expects_continue {
        incoming
            .stream
            .write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
    }
    let body = incoming.body(head.content_length.unwrap_or(0))?;
    let response = site.answer(place, body).described_only(is_head);
    Ok((response, head.stays))
}

/// A stream whose reads and writes end at a deadline, however small the pieces are in which bytes come and go.
struct Timed {
    stream: TcpStream,
    deadline: Instant,
}

impl Timed {
    fn allow(&mut self, time: Duration) {
        self.deadline = Instant::now() + time;
    }

    /// What is left of the time.
    fn left(&self) -> io::Result<Option<Duration>> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        match left.is_zero() {
            true => Err(io::ErrorKind::TimedOut.into()),
            false => Ok(Some(left)),
        }
    }

    /// Ends the connection after the last answer.
    fn close(&mut self) -> io::Result<()> {
        self.stream.shutdown(Shutdown::Write)?;
        self.allow(LINGER);
        let (mut unread, mut piece) = (0, [0; 4096]);
        while unread < MOST_UNREAD {
            match self.read(&mut piece)? {
                0 => break,
                n => unread += n,
            }
        }
        Ok(())
    }
}

impl Read for Timed {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(self.left()?)?;
        self.stream.read(bytes)
    }
}

impl Write for Timed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(self.left()?)?;
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

//! What there is under which path, and for whom.
//!
//! The server listens on 127.0.0.1 alone, but every page that is open in a browser of this machine can send requests there, and
//! can even be taken for a part of this site if the name that it was loaded under is made to mean 127.0.0.1 (DNS rebinding). So the
//! Host must be this machine's, and the Origin, where a browser names one, this site.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use super::page::SCRIPT;
use super::reading::{CANVAS, Reader};
use super::request::Head;
use super::response::{Response, Status};

/// A seven, for the browser's tab.
const ICON: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 28 28"><rect width="28" height="28" rx="5" fill="#1f5fa8"/><path d="M8 7H20L12 22" fill="none" stroke="#fff" stroke-width="3.5" stroke-linecap="round" stroke-linejoin="round"/></svg>"##;

/// The page, its script, and what reads the digits.
pub struct Site {
    /// The names under which a browser of this machine reaches this server.
    hosts: Vec<String>,
    page: String,
    reader: Mutex<Reader>,
}

/// What a request that has been admitted asks for.
#[derive(Clone, Copy)]
pub enum Place {
    Page,
    Script,
    Icon,
    Read,
}

impl Site {
    pub fn new(port: u16, page: String, reader: Reader) -> Self {
        let names = ["127.0.0.1", "localhost"];
        let mut hosts: Vec<_> = names.iter().map(|name| format!("{name}:{port}")).collect();
        if port == 80 {
            // The port that is meant where none is named (RFC 9110, section 4.2.1).
            hosts.extend(names.map(String::from));
        }
        Site {
            hosts,
            page,
            reader: Mutex::new(reader),
        }
    }

    /// Whether the request may be answered at all, and by what; so much is known before its content is there.
    pub fn admit(&self, head: &Head) -> Result<Place, Response> {
        let is_ours = |host: &str| self.hosts.iter().any(|ours| ours == host);
        if !is_ours(&head.host) {
            let why = format!("this page is at http://{}/ alone", self.hosts[0]);
            return Err(Status::Forbidden.because(why));
        }
        if let Some(origin) = &head.origin
            && !origin.strip_prefix("http://").is_some_and(is_ours)
        {
            return Err(Status::Forbidden.because("another page has nothing to ask here"));
        }
        let (place, is_read) = match &head.path[..] {
            "/" => (Place::Page, false),
            "/page.js" => (Place::Script, false),
            "/favicon.ico" => (Place::Icon, false),
            "/read" => (Place::Read, true),
            _ => return Err(Status::NotFound.because("there is nothing at this path")),
        };
        match (&head.method[..], is_read) {
            ("GET" | "HEAD", false) => bounded(head, 0)?,
            ("POST", true) => {
                if head.content_length.is_none() {
                    return Err(Status::LengthRequired.because("the Content-Length is missing"));
                }
                bounded(head, CANVAS * CANVAS)?;
            }
            (_, false) => return Err(Response::wrong_method("GET, HEAD")),
            (_, true) => return Err(Response::wrong_method("POST")),
        }
        Ok(place)
    }

    /// The answer to a request that was admitted, with this content.
    pub fn answer(&self, place: Place, body: Vec<u8>) -> Response {
        match place {
            Place::Page => Response::ok("text/html; charset=utf-8", &*self.page),
            Place::Script => Response::ok("text/javascript; charset=utf-8", SCRIPT),
            Place::Icon => Response::ok("image/svg+xml", ICON),
            Place::Read => self.read(body),
        }
    }

    fn read(&self, pixels: Vec<u8>) -> Response {
        let found = pixels.len();
        if found != CANVAS * CANVAS {
            let why =
                format!("expected {CANVAS}×{CANVAS} pixels, a byte each, found {found} bytes");
            return Status::BadRequest.because(why);
        }
        // A reader whose last reading was ended by a panic begins the next one from scratch, like any other.
        let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        let start = Instant::now();
        match reader.read(pixels) {
            Ok(reading) => {
                let json = reading.to_json(start.elapsed());
                Response::ok("application/json", json)
            }
            Err(error) => Status::ServerError.because(error.to_string()),
        }
    }
}

fn bounded(head: &Head, most: usize) -> Result<(), Response> {
    match head.content_length {
        Some(length) if length > most => {
            let why = format!("expected at most {most} bytes of content, found {length}");
            Err(Status::ContentTooLarge.because(why))
        }
        _ => Ok(()),
    }
}

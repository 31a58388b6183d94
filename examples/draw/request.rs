//! Requests of HTTP/1.1, as much of them as a page of one's own needs (RFC 9112): no transfer codings, no folded lines, and
//! strict wherever two readers could see two different requests.

use std::io::{self, Read};

use super::response::{Response, Status};

/// The longest request line with all fields, bytes.
const MOST_HEAD: usize = 8 << 10;
/// Fields in a request.
const MOST_FIELDS: usize = 64;
/// Bytes that are taken from the stream at a time.
const PIECE: usize = 16 << 10;
const END_OF_HEAD: &[u8] = b"\r\n\r\n";

/// Why a request gets no further.
pub enum Stop {
    /// It gets this answer, and the connection ends.
    Refused(Response),
    /// There is nobody to answer to.
    Broken(io::Error),
}

impl From<Response> for Stop {
    fn from(response: Response) -> Self {
        Stop::Refused(response)
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Status::RequestTimeout
                .because("the request took too long")
                .into(),
            _ => Stop::Broken(error),
        }
    }
}

/// What a request asks for, before its content.
pub struct Head {
    pub method: String,
    /// The path, without the query.
    pub path: String,
    pub host: String,
    /// The origin of the page whose script asks, where a browser names one.
    pub origin: Option<String>,
    pub content_length: Option<usize>,
    pub expects_continue: bool,
    /// Whether the connection stays open for another request.
    pub stays: bool,
}

/// What arrives on a connection, and what of it has not been used yet.
pub struct Incoming<S> {
    pub stream: S,
    unused: Vec<u8>,
}

impl<S: Read> Incoming<S> {
    pub fn new(stream: S) -> Self {
        Incoming {
            stream,
            unused: Vec::new(),
        }
    }

    /// Waits for the first byte of a request; false if none comes any more.
    pub fn has_begun(&mut self) -> io::Result<bool> {
        Ok(!self.unused.is_empty() || self.more()?)
    }

    /// The request line and the fields.
    pub fn head(&mut self) -> Result<Head, Stop> {
        loop {
            // An empty line before a request is a habit of old clients (RFC 9112, section 2.2).
            if self.unused.starts_with(b"\r\n") {
                self.unused.drain(..2);
            }
            let window = &self.unused[..self.unused.len().min(MOST_HEAD)];
            let mut ends = window.windows(END_OF_HEAD.len());
            if let Some(end) = ends.position(|bytes| bytes == END_OF_HEAD) {
                let head: Vec<u8> = self.unused.drain(..end + END_OF_HEAD.len()).collect();
                return Ok(parse(&head[..end])?);
            }
            if self.unused.len() >= MOST_HEAD {
                let status = match window.contains(&b'\n') {
                    true => Status::FieldsTooLarge,
                    false => Status::UriTooLong,
                };
                return Err(status
                    .because("a request has at most 8 KiB before its content")
                    .into());
            }
            self.expect_more()?;
        }
    }

    /// The content, of so many bytes; [`Head::content_length`] has been found to be bearable.
    pub fn body(&mut self, length: usize) -> Result<Vec<u8>, Stop> {
        while self.unused.len() < length {
            self.expect_more()?;
        }
        Ok(self.unused.drain(..length).collect())
    }

    fn expect_more(&mut self) -> Result<(), Stop> {
        match self.more()? {
            true => Ok(()),
            false => Err(Stop::Broken(io::ErrorKind::UnexpectedEof.into())),
        }
    }

    /// Takes from the stream what is there; false at its end.
    fn more(&mut self) -> io::Result<bool> {
        let mut piece = [0; PIECE];
        let n = loop {
            match self.stream.read(&mut piece) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        self.unused.extend_from_slice(&piece[..n]);
        Ok(n > 0)
    }
}

/// Takes the request line and the fields apart (RFC 9112, sections 3 and 5).
fn parse(head: &[u8]) -> Result<Head, Response> {
    let bad = |why| Status::BadRequest.because(why);
    // Printable ASCII and tabs, lines that end by CR LF: whatever else a value may be, nothing here has a use for it.
    let is_plain = |byte: &u8| matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n');
    let head = std::str::from_utf8(head)
        .ok()
        .filter(|_| head.iter().all(is_plain));
    let head = head.ok_or_else(|| bad("a request is written in ASCII"))?;
    let mut lines = head.split("\r\n");
    let line = lines.next().unwrap_or_default();
    let fields: Vec<_> = lines
        .map(field)
        .collect::<Option<_>>()
        .ok_or_else(|| bad("a field is a name, a colon and a value on one line"))?;
    if fields.len() > MOST_FIELDS {
        return Err(Status::FieldsTooLarge.because("a request has at most 64 fields"));
    }
    let (method, path, minor) = request_line(line)?;
    let fields = Fields(fields);
    let connection = fields.all("connection").join(",").to_ascii_lowercase();
    let has = |option| connection.split(',').any(|word| word.trim() == option);
    if fields.one("transfer-encoding")?.is_some() {
        return Err(
            Status::LengthRequired.because("content comes with its Content-Length, as it is")
        );
    }
    let host = fields
        .one("host")?
        .ok_or_else(|| bad("the Host is missing"))?;
    Ok(Head {
        method: method.into(),
        path: path.into(),
        host: host.to_ascii_lowercase(),
        origin: fields.one("origin")?.map(str::to_ascii_lowercase),
        content_length: fields.one("content-length")?.map(length).transpose()?,
        expects_continue: minor == 1
            && fields
                .one("expect")?
                .is_some_and(|value| value.eq_ignore_ascii_case("100-continue")),
        stays: if minor == 0 {
            has("keep-alive")
        } else {
            !has("close")
        },
    })
}

/// Method, path, and the minor version of HTTP/1.
fn request_line(line: &str) -> Result<(&str, &str, u8), Response> {
    let bad = |why| Status::BadRequest.because(why);
    let words: Vec<_> = line.split(' ').collect();
    let [method, target, version] = words[..] else {
        return Err(bad("a request begins with a method, a path and a version"));
    };
    let minor = match version {
        "HTTP/1.1" => 1,
        "HTTP/1.0" => 0,
        _ if version.starts_with("HTTP/") => {
            return Err(Status::VersionNotSupported.because("this is HTTP/1.1"));
        }
        _ => return Err(bad("a request line ends with its version")),
    };
    if !is_token(method) || !target.starts_with('/') || target.contains(['\r', '\n', '\t']) {
        return Err(bad("a request is a method and a path from the root"));
    }
    let path = target.split_once('?').map_or(target, |(path, _)| path);
    Ok((method, path, minor))
}

/// `name: value` in two; a line break inside, or a space before the colon, is none.
fn field(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once(':')?;
    let is_field = is_token(name) && !value.contains(['\r', '\n']);
    is_field.then_some((name, value.trim_matches([' ', '\t'])))
}

/// RFC 9110, section 5.6.2.
fn is_token(word: &str) -> bool {
    let is_token = |c: u8| c.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&c);
    !word.is_empty() && word.bytes().all(is_token)
}

/// A Content-Length is digits and nothing else. One that no machine could hold is too large like any other.
fn length(value: &str) -> Result<usize, Response> {
    if value.is_empty() || !value.bytes().all(|c| c.is_ascii_digit()) {
        return Err(Status::BadRequest.because("a Content-Length is a whole number"));
    }
    Ok(value.parse().unwrap_or(usize::MAX))
}

/// The fields of a request, in their order.
struct Fields<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Fields<'a> {
    /// `name` in small letters.
    fn all(&self, name: &str) -> Vec<&'a str> {
        let named = self
            .0
            .iter()
            .filter(|(given, _)| given.eq_ignore_ascii_case(name));
        named.map(|&(_, value)| value).collect()
    }

    /// The value of a field that there may be once: of two, another reader might see the other.
    fn one(&self, name: &str) -> Result<Option<&'a str>, Response> {
        match self.all(name)[..] {
            [] => Ok(None),
            [value] => Ok(Some(value)),
            _ => {
                Err(Status::BadRequest.because("a field stands there twice that can be there once"))
            }
        }
    }
}

//! Answers of HTTP/1.1 (RFC 9110, section 15). None has a Date, which a server without a clock does not send (section 6.6.1), and
//! nothing here asks what time it is.

/// How a request fared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Ok,
    BadRequest,
    Forbidden,
    NotFound,
    MethodNotAllowed,
    RequestTimeout,
    LengthRequired,
    ContentTooLarge,
    UriTooLong,
    FieldsTooLarge,
    ServerError,
    VersionNotSupported,
}

impl Status {
    fn line(self) -> &'static str {
        match self {
            Status::Ok => "200 OK",
            Status::BadRequest => "400 Bad Request",
            Status::Forbidden => "403 Forbidden",
            Status::NotFound => "404 Not Found",
            Status::MethodNotAllowed => "405 Method Not Allowed",
            Status::RequestTimeout => "408 Request Timeout",
            Status::LengthRequired => "411 Length Required",
            Status::ContentTooLarge => "413 Content Too Large",
            Status::UriTooLong => "414 URI Too Long",
            Status::FieldsTooLarge => "431 Request Header Fields Too Large",
            Status::ServerError => "500 Internal Server Error",
            Status::VersionNotSupported => "505 HTTP Version Not Supported",
        }
    }

    /// An answer that is a sentence.
    pub fn because(self, why: impl Into<String>) -> Response {
        Response {
            status: self,
            kind: "text/plain; charset=utf-8",
            content: format!("{}\n", why.into()).into_bytes(),
            allow: None,
            is_described: false,
        }
    }
}

/// What every answer tells the browser. Scripts come from this server and from nowhere else, none stands in the page, nothing may
/// be sent elsewhere, no other page may show this one or read from it, and nothing is kept.
const FIELDS: &str = "\
    Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src 'self'; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n\
    Cross-Origin-Opener-Policy: same-origin\r\n\
    Cross-Origin-Resource-Policy: same-origin\r\n\
    Referrer-Policy: no-referrer\r\n\
    X-Content-Type-Options: nosniff\r\n\
    Cache-Control: no-store\r\n";

/// An answer.
pub struct Response {
    status: Status,
    /// The media type of the content.
    kind: &'static str,
    content: Vec<u8>,
    /// The methods that would have been right.
    allow: Option<&'static str>,
    /// Whether the content is described and not sent.
    is_described: bool,
}

impl Response {
    /// What was asked for.
    pub fn ok(kind: &'static str, content: impl Into<Vec<u8>>) -> Self {
        Response {
            status: Status::Ok,
            kind,
            content: content.into(),
            allow: None,
            is_described: false,
        }
    }

    /// The refusal of a method where others are understood.
    pub fn wrong_method(allow: &'static str) -> Self {
        let why = format!("here the method is {allow}");
        Response {
            allow: Some(allow),
            ..Status::MethodNotAllowed.because(why)
        }
    }

    /// As it is, or, as an answer to HEAD, without its content.
    pub fn described_only(self, is_head: bool) -> Self {
        Response {
            is_described: is_head,
            ..self
        }
    }

    /// The answer as it goes over the wire; whether the connection `stays` open is said in it.
    pub fn to_bytes(&self, stays: bool) -> Vec<u8> {
        let connection = if stays { "keep-alive" } else { "close" };
        let mut head = format!(
            "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: {connection}\r\n{FIELDS}",
            self.status.line(),
            self.kind,
            self.content.len(),
        );
        if let Some(allow) = self.allow {
            head += &format!("Allow: {allow}\r\n");
        }
        head += "\r\n";
        let content: &[u8] = if self.is_described {
            &[]
        } else {
            &self.content
        };
        [head.as_bytes(), content].concat()
    }
}

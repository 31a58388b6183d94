//! The reader of requests by itself: bytes come in any pieces, and whatever they are, it ends and takes no more than it may.

use std::io::{self, Read};

use fromzero::rng::Rng;

use super::request::{Head, Incoming, Stop};

const REQUEST: &[u8] = b"\r\nPOST /read?x=1 HTTP/1.1\r\nhost: LocalHost:2828\r\nOrigin:\thttp://localhost:2828 \r\nContent-Length: 3\r\n\
    Connection: close\r\nExpect: 100-continue\r\n\r\nabcGET / HTTP/1.0\r\nHost: a\r\n\r\n";

/// Gives its bytes in pieces of at most so many.
struct Pieces<'a>(&'a [u8], usize);

impl Read for Pieces<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let n = bytes.len().min(self.1);
        self.0.read(&mut bytes[..n])
    }
}

fn next(incoming: &mut Incoming<Pieces<'_>>) -> Result<(Head, Vec<u8>), Stop> {
    let head = incoming.head()?;
    let body = incoming.body(head.content_length.unwrap_or(0).min(100_000))?;
    Ok((head, body))
}

#[test]
fn requests_are_read_whatever_the_pieces_they_come_in() {
    for most in [1, 2, 3, 7, 64, 1 << 20] {
        let mut incoming = Incoming::new(Pieces(REQUEST, most));
        assert!(incoming.has_begun().expect("bytes"));
        let Ok((head, body)) = next(&mut incoming) else {
            panic!("refused in pieces of {most}");
        };
        assert_eq!((&head.method[..], &head.path[..]), ("POST", "/read"));
        assert_eq!((&head.host[..], &body[..]), ("localhost:2828", &b"abc"[..]));
        assert_eq!(head.origin.as_deref(), Some("http://localhost:2828"));
        assert!(head.expects_continue && !head.stays);
        let Ok((head, body)) = next(&mut incoming) else {
            panic!("the second is refused in pieces of {most}");
        };
        assert_eq!(
            (&head.path[..], head.content_length, body.len()),
            ("/", None, 0)
        );
        assert!(
            !head.stays,
            "HTTP/1.0 ends a connection unless it says otherwise"
        );
        assert!(!incoming.has_begun().expect("the end"));
    }
}

#[test]
fn damaged_requests_are_read_or_refused() {
    let mut rng = Rng::new(1);
    let (mut read, mut refused) = (0, 0);
    for _ in 0..5_000 {
        let mut bytes = REQUEST.to_vec();
        for _ in 0..1 + rng.below(4) {
            if bytes.is_empty() {
                break;
            }
            let at = rng.below(bytes.len() as u64) as usize;
            match rng.below(4) {
                0 => bytes[at] = rng.below(256) as u8,
                1 => bytes.insert(at, b"\r\n: \0,"[rng.below(6) as usize]),
                2 => drop(bytes.remove(at)),
                _ => bytes.truncate(at),
            }
        }
        let mut incoming = Incoming::new(Pieces(&bytes, 1 + rng.below(200) as usize));
        loop {
            match next(&mut incoming) {
                Ok(_) => read += 1,
                Err(Stop::Refused(response)) => {
                    let answer = response.to_bytes(false);
                    assert!(
                        answer.starts_with(b"HTTP/1.1 4") || answer.starts_with(b"HTTP/1.1 505 ")
                    );
                    refused += 1;
                    break;
                }
                Err(Stop::Broken(error)) => {
                    assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
                    break;
                }
            }
        }
    }
    assert!(
        read > 1_000 && refused > 1_000,
        "{read} read, {refused} refused"
    );
}

//! Gzip files (RFC 1952): a header, a deflate stream and its check sum, once or several times.

use std::io::Read;
use std::path::Path;

use super::codes::Codes;
use super::crc32::crc32;
use super::error::{Error, ErrorKind, Result};
use super::inflate::{inflate_with, room_for};
use super::source::open;

/// What a gzip file starts with.
const MAGIC: [u8; 2] = [0x1f, 0x8b];
/// How much of a file is looked at to see what it is: all of a stored block, the longest that is not taken apart.
const PEEK: usize = 1 << 16;
/// The only compression method there is.
const DEFLATE: u8 = 8;

// Flags of the header (RFC 1952, 2.3.1).
const FHCRC: u8 = 1 << 1;
const FEXTRA: u8 = 1 << 2;
const FNAME: u8 = 1 << 3;
const FCOMMENT: u8 = 1 << 4;
const RESERVED: u8 = 0b1110_0000;

/// Reads a whole file and unpacks it if it is a gzip file, which its first two bytes tell, not its name. Neither the file
/// nor what it unpacks to may be larger than `limit` bytes.
///
/// # Errors
/// If the file cannot be read, is larger than `limit`, is damaged, or is packed twice; with its path and, where it is damaged,
/// the byte.
pub fn read(path: &Path, limit: usize) -> Result<Vec<u8>> {
    read_within(path, limit, &|_| limit)
}

/// As [`read`], with another limit for what the file unpacks to: one that follows from the packed bytes.
pub(super) fn read_within(
    path: &Path,
    limit: usize,
    unpacked_limit: &dyn Fn(&[u8]) -> usize,
) -> Result<Vec<u8>> {
    let bytes = read_whole(path, limit).map_err(|error| error.at(path))?;
    if !bytes.starts_with(&MAGIC) {
        return Ok(bytes);
    }
    let unpacked = gunzip(&bytes, unpacked_limit(&bytes)).map_err(|error| error.at(path))?;
    if unpacked.starts_with(&[MAGIC[0], MAGIC[1], DEFLATE]) {
        let twice = Error::content("is packed twice: inside the gzip file is another one");
        return Err(twice.at(path).hint("unpack it once"));
    }
    Ok(unpacked)
}

/// The first bytes of a file, or of what it unpacks to if it is a gzip file: as many as there are, some 60,000 at most. A
/// damaged file has those before the damage.
///
/// # Errors
/// If the file cannot be read; with its path.
pub fn peek(path: &Path) -> Result<Vec<u8>> {
    let (file, _) = open(path).map_err(|error| error.at(path))?;
    let mut bytes = Vec::new();
    file.take(PEEK as u64)
        .read_to_end(&mut bytes)
        .map_err(|cause| unreadable(cause).at(path))?;
    Ok(if bytes.starts_with(&MAGIC) {
        start_of(&bytes)
    } else {
        bytes
    })
}

/// What the first bytes of a gzip file unpack to.
pub(super) fn start_of(file: &[u8]) -> Vec<u8> {
    let file = &file[..file.len().min(PEEK)];
    let mut output = Vec::new();
    if let Ok(at) = header(file, 0) {
        // Fails where the part ends, or the room; what came before that is in the output.
        let _ = inflate_with(&mut Codes::new(), file, at, &mut output, PEEK);
    }
    output
}

fn unreadable(cause: std::io::Error) -> Error {
    Error::io("cannot be read", cause)
}

fn read_whole(path: &Path, limit: usize) -> Result<Vec<u8>> {
    let (file, size) = open(path)?;
    let too_large = || {
        Error::content(format!(
            "is larger than {limit} bytes, the most that is read"
        ))
    };
    let size = usize::try_from(size).map_err(|_| too_large())?;
    if size > limit {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(size).map_err(|_| {
        let message = format!("its {size} bytes do not fit into memory");
        Error::of_kind(ErrorKind::Memory, message)
    })?;
    file.take(limit as u64)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    Ok(bytes)
}

/// Unpacks a gzip file: all its members, one behind the other. Zeros may follow, and nothing else: as for the program gzip,
/// the file is over with them.
///
/// ```
/// let packed = [
///     0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, // header: deflate, no flags
///     0xcb, 0xc8, 0x04, 0x00, // deflate data
///     0xac, 0x2a, 0x93, 0xd8, 2, 0, 0, 0, // CRC-32 and length
/// ];
/// assert_eq!(fromzero::io::gunzip(&packed, 100).unwrap(), b"hi");
/// ```
///
/// # Errors
/// If the file is cut off, breaks a rule of RFC 1951 or 1952, fails its CRC-32 or length, or unpacks to more than `limit`
/// bytes; with the byte of the file.
pub fn gunzip(file: &[u8], limit: usize) -> Result<Vec<u8>> {
    let mut output = Vec::new();
    if file.starts_with(&MAGIC)
        && let Some(length) = file.last_chunk()
    {
        let claimed = (u32::from_le_bytes(*length) as usize).min(limit);
        // A hint: without this memory, the output grows as it is produced.
        let _ = output.try_reserve_exact(room_for(file.len(), claimed));
    }
    let mut codes = Codes::new();
    let mut at = 0;
    loop {
        at = header(file, at)?;
        let first = output.len();
        at = inflate_with(&mut codes, file, at, &mut output, limit)?;
        at = trailer(file, at, &output[first..])?;
        if file[at..].starts_with(&MAGIC) {
            continue;
        }
        let Some(zeros) = file[at..].iter().position(|&byte| byte != 0) else {
            return Ok(output);
        };
        return Err(follows(file, at + zeros, zeros));
    }
}

/// What is wrong with a file in which something stands at byte `at`, behind the last member and so many zeros.
fn follows(file: &[u8], at: usize, zeros: usize) -> Error {
    let error = if file[at..].starts_with(&MAGIC) {
        Error::content(format!(
            "more gzip data follows behind {zeros} zeros, with which a gzip file ends"
        ))
        .hint("take out the zeros, or what follows them")
    } else {
        Error::content("something follows that is not gzip data")
    };
    error.offset(at as u64)
}

/// Checks the header that starts at `start` and returns where it ends (2.3).
fn header(file: &[u8], start: usize) -> Result<usize> {
    let fixed: &[u8; 10] = file[start..].first_chunk().ok_or_else(|| cut_off(file))?;
    let flags = fixed[3];
    let wrong =
        |message: &str, byte: usize| Err(Error::content(message).offset((start + byte) as u64));
    if fixed[..2] != MAGIC {
        return wrong("is not a gzip file: it does not start with 1f 8b", 0);
    }
    if fixed[2] != DEFLATE {
        return wrong("the compression method is not deflate", 2);
    }
    if flags & RESERVED != 0 {
        return wrong("the header has flags that do not exist", 3);
    }
    let mut at = start + 10;
    if flags & FEXTRA != 0 {
        let length: &[u8; 2] = file[at..].first_chunk().ok_or_else(|| cut_off(file))?;
        at = skip(file, at, 2 + usize::from(u16::from_le_bytes(*length)))?;
    }
    for flag in [FNAME, FCOMMENT] {
        if flags & flag != 0 {
            let length = file[at..].iter().position(|&byte| byte == 0);
            at += length.ok_or_else(|| cut_off(file))? + 1;
        }
    }
    if flags & FHCRC != 0 {
        let expected: &[u8; 2] = file[at..].first_chunk().ok_or_else(|| cut_off(file))?;
        if crc32(&file[start..at]) as u16 != u16::from_le_bytes(*expected) {
            return wrong(
                "the header is damaged: its check sum does not match",
                at - start,
            );
        }
        at += 2;
    }
    Ok(at)
}

/// Checks the CRC-32 and the length that follow a member's data, and returns where they end.
fn trailer(file: &[u8], start: usize, output: &[u8]) -> Result<usize> {
    let end = skip(file, start, 8)?;
    let word = |at: usize| {
        file[at..]
            .first_chunk()
            .map_or(0, |w| u32::from_le_bytes(*w))
    };
    let (crc, expected) = (crc32(output), word(start));
    if crc != expected {
        return Err(Error::content(format!(
            "the data is damaged: its CRC-32 is {crc:08x}, the file says {expected:08x}"
        ))
        .offset(start as u64));
    }
    let (length, expected) = (output.len(), word(start + 4));
    // The file has the length modulo 2^32.
    if length as u32 != expected {
        return Err(Error::content(format!(
            "the data is damaged: it has {length} bytes, the file says {expected}"
        ))
        .offset(start as u64 + 4));
    }
    Ok(end)
}

fn skip(file: &[u8], at: usize, bytes: usize) -> Result<usize> {
    let end = at + bytes;
    if end > file.len() {
        Err(cut_off(file))
    } else {
        Ok(end)
    }
}

fn cut_off(file: &[u8]) -> Error {
    Error::content("the gzip file ends too early").offset(file.len() as u64)
}

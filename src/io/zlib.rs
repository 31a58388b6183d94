//! zlib streams (RFC 1950), which PNG files hold: two bytes, a deflate stream, a check sum.

use super::deflate::deflate;
use super::error::{Error, ErrorKind, Result};
use super::inflate::{BEST_RATIO, inflate, room_for};

/// Unpacks a stream of exactly `size` bytes; no memory is taken for what it cannot hold.
pub(super) fn unzlib(stream: &[u8], size: usize) -> Result<Vec<u8>> {
    let packed = stream.len();
    if size > packed.saturating_mul(BEST_RATIO) {
        let message = format!("{size} bytes are needed, which {packed} packed ones cannot hold");
        return Err(Error::content(message));
    }
    let [method, flags, ..] = *stream else {
        return Err(Error::content("the zlib stream ends too early").offset(packed as u64));
    };
    // 2.2: deflate, a window of at most 32 kB, no dictionary, and a multiple of 31 for both bytes.
    let check = u16::from_be_bytes([method, flags]);
    if method & 0x0f != 8 || method >> 4 > 7 || flags & 0x20 != 0 || !check.is_multiple_of(31) {
        return Err(Error::content("is no zlib stream: it does not begin as one").offset(0));
    }
    let mut output = Vec::new();
    output
        .try_reserve_exact(room_for(packed, size))
        .map_err(|_| {
            let message = format!("the {size} bytes of a zlib stream do not fit into memory");
            Error::of_kind(ErrorKind::Memory, message)
        })?;
    let end = inflate(stream, 2, &mut output, size)?;
    let wrong = |message: String| Err(Error::content(message).offset(end as u64));
    if output.len() < size {
        return wrong(format!(
            "{size} bytes are needed, the zlib stream has {}",
            output.len()
        ));
    }
    match stream[end..] == adler32(&output).to_be_bytes() {
        true => Ok(output),
        false => {
            wrong("the Adler-32 of the zlib stream does not match, or something follows it".into())
        }
    }
}

/// Packs `bytes`, of which it repeats what stands one of these `distances` before.
pub(super) fn zlib(bytes: &[u8], distances: &[usize]) -> Vec<u8> {
    // 2.2: deflate, a window of 32 kB, no dictionary.
    let mut stream = vec![0x78, 0x01];
    stream.extend(deflate(bytes, distances));
    stream.extend(adler32(bytes).to_be_bytes());
    stream
}

/// The check sum of zlib (8.2).
fn adler32(bytes: &[u8]) -> u32 {
    /// The largest prime below 2¹⁶.
    const MODULUS: u32 = 65521;
    /// As many bytes as can be added before a sum may exceed 32 bits.
    const RUN: usize = 5552;
    let (mut a, mut b) = (1, 0);
    for run in bytes.chunks(RUN) {
        for &byte in run {
            a += u32::from(byte);
            b += a;
        }
        (a, b) = (a % MODULUS, b % MODULUS);
    }
    b << 16 | a
}

//! Bytes from a file or from memory, in order or from any place of it, and how many of them there are.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;

use super::crc32::crc32_after;
use super::error::{Error, ErrorKind, Result};

/// Bytes that are read at a time if their check sum is computed, so that they are still in the second-level cache then.
const BLOCK: usize = 256 << 10;

/// Bytes in order. What it is asked for is checked against what is there before memory is taken for it.
pub(super) struct Source<'a> {
    reader: &'a mut dyn Read,
    at: u64,
    length: u64,
    /// The CRC-32 of what has been taken, if it is wanted.
    crc: Option<u32>,
}

impl<'a> Source<'a> {
    /// The next `length` bytes of a reader.
    pub(super) fn new(reader: &'a mut dyn Read, length: u64) -> Self {
        Source {
            reader,
            at: 0,
            length,
            crc: None,
        }
    }

    /// The same, whose check sum is computed as they come.
    pub(super) fn checked(self) -> Self {
        Source {
            crc: Some(0),
            ..self
        }
    }

    /// The CRC-32 of what has been taken from a source that is [`checked`](Source::checked).
    pub(super) fn crc(&self) -> Option<u32> {
        self.crc
    }

    /// How many bytes have been taken.
    pub(super) fn at(&self) -> u64 {
        self.at
    }

    /// How many bytes are left.
    pub(super) fn left(&self) -> u64 {
        self.length - self.at
    }

    /// The next `count` bytes, which are `what`.
    pub(super) fn bytes(&mut self, count: usize, what: &str) -> Result<Vec<u8>> {
        if count as u64 > self.left() {
            return Err(self.too_short(count, what));
        }
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(count).map_err(|_| {
            let message = format!("the {count} bytes of {what} do not fit into memory");
            Error::of_kind(ErrorKind::Memory, message)
        })?;
        let most = self.crc.map_or(count, |_| BLOCK);
        while bytes.len() < count {
            let earlier = bytes.len();
            let block = most.min(count - earlier);
            let mut part = (&mut *self.reader).take(block as u64);
            part.read_to_end(&mut bytes)
                .map_err(|cause| Error::io("cannot be read", cause))?;
            if bytes.len() < earlier + block {
                // A file that somebody else has cut off since its length was asked.
                self.length = self.at + bytes.len() as u64;
                return Err(self.too_short(count, what));
            }
            self.crc = self.crc.map(|crc| crc32_after(crc, &bytes[earlier..]));
        }
        self.at += count as u64;
        Ok(bytes)
    }

    /// As [`Source::bytes`], for a number of bytes that is known when this is compiled.
    pub(super) fn array<const N: usize>(&mut self, what: &str) -> Result<[u8; N]> {
        let mut array = [0; N];
        array.copy_from_slice(&self.bytes(N, what)?);
        Ok(array)
    }

    /// Checks that nothing follows.
    pub(super) fn end(&self, what: &str) -> Result<()> {
        match self.left() {
            0 => Ok(()),
            left => Err(
                Error::content(format!("{left} bytes follow behind the end of {what}"))
                    .offset(self.at),
            ),
        }
    }

    fn too_short(&self, count: usize, what: &str) -> Error {
        let left = self.left();
        Error::content(format!(
            "the file ends too early: {what} should have {count} bytes here, and {left} are left"
        ))
        .offset(self.at)
    }
}

/// What can be read from any place on.
pub(super) trait ReadSeek: Read + Seek {}

impl<T: Read + Seek> ReadSeek for T {}

/// A file, on disk or in memory, of which any part can be read.
pub(super) struct Parts<'a> {
    file: &'a mut dyn ReadSeek,
    length: u64,
}

impl<'a> Parts<'a> {
    /// A file of so many bytes.
    pub(super) fn new(file: &'a mut dyn ReadSeek, length: u64) -> Self {
        Parts { file, length }
    }

    /// How many bytes it has.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// The bytes of a part, which must lie within the file, in order.
    pub(super) fn source(&mut self, part: Range<u64>) -> Result<Source<'_>> {
        self.file
            .seek(SeekFrom::Start(part.start))
            .map_err(|cause| Error::io("cannot be read", cause))?;
        Ok(Source::new(self.file, part.end - part.start))
    }

    /// The bytes of a part, which must lie within the file and is `what`.
    pub(super) fn bytes(&mut self, part: Range<u64>, what: &str) -> Result<Vec<u8>> {
        let count = usize::try_from(part.end - part.start).unwrap_or(usize::MAX);
        self.source(part)?.bytes(count, what)
    }
}

/// Opens a regular file, and says how many bytes it has.
pub(super) fn open(path: &Path) -> Result<(File, u64)> {
    let unreadable = |cause| Error::io("cannot be read", cause);
    // Looked at before it is opened, which would wait for ever on a named pipe.
    let metadata = fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(Error::content("is not a file"));
    }
    Ok((File::open(path).map_err(unreadable)?, metadata.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file may be cut off by somebody else after its length was asked.
    #[test]
    fn a_file_that_is_shorter_than_it_was_ends_where_it_ends_now() {
        for is_checked in [false, true] {
            let mut reader = &b"abcde"[..];
            let mut source = Source::new(&mut reader, 10);
            if is_checked {
                source = source.checked();
            }
            assert_eq!(source.bytes(3, "the start").unwrap(), b"abc");
            let error = source.bytes(7, "the rest").unwrap_err();
            assert_eq!(
                error.to_string(),
                "byte 3: the file ends too early: the rest should have 7 bytes here, and 2 are left"
            );
        }
    }
}

//! Bytes that come one after another, from a file or from memory, and how many of them there are.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use super::error::{Error, ErrorKind, Result};

/// The bytes of one file in order. What it is asked for is checked against what is there before memory is taken for it.
pub(super) struct Source<'a> {
    reader: &'a mut dyn Read,
    at: u64,
    length: u64,
}

impl<'a> Source<'a> {
    /// The next `length` bytes of a reader.
    pub(super) fn new(reader: &'a mut dyn Read, length: u64) -> Self {
        Source {
            reader,
            at: 0,
            length,
        }
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
        let mut part = (&mut *self.reader).take(count as u64);
        part.read_to_end(&mut bytes)
            .map_err(|cause| Error::io("cannot be read", cause))?;
        if bytes.len() < count {
            // A file that somebody else has cut off since its length was asked.
            self.length = self.at + bytes.len() as u64;
            return Err(self.too_short(count, what));
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

/// Opens a regular file for `read`, which gets its bytes; errors name its path.
pub(super) fn with_file<R>(path: &Path, read: impl FnOnce(Source) -> Result<R>) -> Result<R> {
    let unreadable = |cause| Error::io("cannot be read", cause).at(path);
    // Looked at before it is opened, which would wait for ever on a named pipe.
    let metadata = fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(Error::content("is not a file").at(path));
    }
    let mut file = File::open(path).map_err(unreadable)?;
    read(Source::new(&mut file, metadata.len())).map_err(|error| error.at(path))
}

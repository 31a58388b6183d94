//! The fields of a binary header, one after another.

use super::error::{Error, Result};

/// Bytes of a file and how far they have been read.
#[derive(Clone)]
pub(super) struct Fields<'a> {
    bytes: &'a [u8],
    /// The byte of the file at which they begin.
    start: u64,
    at: usize,
    /// What is read, for messages.
    what: &'static str,
}

impl<'a> Fields<'a> {
    /// The fields of `what` from byte `at` of the file on.
    pub(super) fn new(file: &'a [u8], at: usize, what: &'static str) -> Self {
        Fields {
            bytes: file,
            start: 0,
            at: at.min(file.len()),
            what,
        }
    }

    /// The fields of `what`, which begins at byte `start` of the file.
    pub(super) fn of_part(part: &'a [u8], start: u64, what: &'static str) -> Self {
        Fields {
            bytes: part,
            start,
            at: 0,
            what,
        }
    }

    /// How many bytes have been read.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// The byte of the file that comes next.
    pub(super) fn offset(&self) -> u64 {
        self.start + self.at as u64
    }

    /// How many bytes are left.
    pub(super) fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// The next `count` bytes.
    pub(super) fn bytes(&mut self, count: usize) -> Result<&'a [u8]> {
        let rest = &self.bytes[self.at..];
        let bytes = rest.get(..count).ok_or_else(|| {
            let (what, left) = (self.what, rest.len());
            let message =
                format!("{what} ends too early: {count} bytes are needed, {left} are left");
            Error::content(message).offset(self.offset())
        })?;
        self.at += count;
        Ok(bytes)
    }

    /// The next field, for `u32::from_le_bytes` and its relatives.
    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut array = [0; N];
        array.copy_from_slice(self.bytes(N)?);
        Ok(array)
    }

    /// The next two bytes, the lower first.
    pub(super) fn u16_le(&mut self) -> Result<u16> {
        Ok(u16::from_le_bytes(self.array()?))
    }

    /// The next four bytes, the lowest first.
    pub(super) fn u32_le(&mut self) -> Result<u32> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    /// The next eight bytes, the lowest first.
    pub(super) fn u64_le(&mut self) -> Result<u64> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    /// The next four bytes, the highest first.
    pub(super) fn u32_be(&mut self) -> Result<u32> {
        Ok(u32::from_be_bytes(self.array()?))
    }
}

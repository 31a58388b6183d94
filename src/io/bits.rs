//! The stream of bits that deflate data is.

use super::error::{Error, Result};

/// Why reading bits fails.
pub(super) const ENDS: &str = "the compressed data ends too early";

/// A stream of bits, which start at the low end of each byte (RFC 1951, 3.1.1).
#[derive(Clone, Copy)]
pub(super) struct Bits<'a> {
    input: &'a [u8],
    /// The next byte to take. Beyond the end there are zeros to be read, so that the last symbol can be looked up like
    /// all others; having *used* one of them is an error.
    next: usize,
    /// Bits taken and not used yet, the first of them lowest. Above `count`, either zero or what comes there anyway.
    buffer: u64,
    count: u32,
}

impl<'a> Bits<'a> {
    /// The bits of `input` from byte `start` on; none if that is behind its end.
    pub(super) fn new(input: &'a [u8], start: usize) -> Self {
        Bits {
            input,
            next: start.min(input.len()),
            buffer: 0,
            count: 0,
        }
    }

    /// Makes at least 56 bits available, or returns false because bits beyond the end have been used.
    #[inline(always)]
    pub(super) fn refill(&mut self) -> bool {
        let rest = self.input.get(self.next..);
        if let Some(&chunk) = rest.and_then(|rest| rest.first_chunk()) {
            self.buffer |= u64::from_le_bytes(chunk) << self.count;
            self.next += ((63 - self.count) / 8) as usize;
            self.count |= 56;
            return true;
        }
        *self = self.refilled_at_end();
        !self.ran_out()
    }

    /// By value, as `error` is, so that the decoding loop may keep its `Bits` in registers.
    #[cold]
    fn refilled_at_end(mut self) -> Self {
        while self.count < 56 {
            let byte = self.input.get(self.next).copied().unwrap_or(0);
            self.buffer |= u64::from(byte) << self.count;
            self.next += 1;
            self.count += 8;
        }
        self
    }

    /// The bits at hand, the first of them lowest.
    #[inline(always)]
    pub(super) fn peek(&self) -> u64 {
        self.buffer
    }

    /// Uses up so many of them.
    #[inline(always)]
    pub(super) fn consume(&mut self, bits: u32) {
        self.buffer >>= bits;
        self.count -= bits;
    }

    /// The next `bits` bits as a number.
    pub(super) fn take(&mut self, bits: u32) -> Result<usize> {
        if !self.refill() {
            return Err(self.error(ENDS));
        }
        let value = self.buffer & ((1 << bits) - 1);
        self.consume(bits);
        Ok(value as usize)
    }

    /// The next `count` whole bytes; what is left of the byte in hand is skipped.
    pub(super) fn bytes(&mut self, count: usize) -> Result<&'a [u8]> {
        let start = self.position();
        self.next = start + count;
        self.buffer = 0;
        self.count = 0;
        let bytes = self.input.get(start..start + count);
        bytes.ok_or_else(|| self.error(ENDS))
    }

    /// The first byte of which no bit has been used.
    pub(super) fn position(&self) -> usize {
        self.next - (self.count / 8) as usize
    }

    /// Whether bits beyond the end have been used.
    pub(super) fn ran_out(&self) -> bool {
        self.position() > self.input.len()
    }

    /// What is wrong with the bits at hand. What zeros beyond the end seem to say is not the reason: the end is.
    #[cold]
    pub(super) fn error(self, message: &str) -> Error {
        self.error_here(if self.ran_out() { ENDS } else { message })
    }

    /// An error at the byte in hand.
    #[cold]
    pub(super) fn error_here(self, message: &str) -> Error {
        let position = self.position().min(self.input.len());
        Error::content(message).offset(position as u64)
    }
}

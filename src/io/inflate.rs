//! Inflate: unpacks the *deflate* format (RFC 1951) of gzip, zip and PNG.
//!
//! A stream is a sequence of blocks. Inside a block, symbols of varying length stand for bytes (literals), or for pairs
//! of a length and a distance: copy so many bytes from so far back in the output.

use super::bits::{Bits, ENDS};
use super::codes::Codes;
use super::error::{Error, ErrorKind, Result};
use super::huffman::Entry;

/// The output grows by at least so many bytes at a time, which are cleared first,
const LEAST_STEP: usize = 64;
/// and by as many as there are already, so that clearing costs no more than they did, up to so many: then they stay in the
/// first-level cache until they are written again.
const MOST_STEP: usize = 16 << 10;
/// The longest match.
const LONGEST_MATCH: usize = 258;
/// Bytes moved at a time when a match is copied.
const CHUNK: usize = 16;
/// What one turn of the decoding loop may write: literals, and then a match.
const MARGIN: usize = 8 + LONGEST_MATCH + 2 * CHUNK;
/// Deflate packs at best a match of 258 bytes into two bits.
pub(super) const BEST_RATIO: usize = 4 * LONGEST_MATCH;

/// Room to reserve for `packed` bytes of deflate data that are said to unpack to `claimed` bytes: no more than they can.
pub(super) fn room_for(packed: usize, claimed: usize) -> usize {
    claimed.min(packed.saturating_mul(BEST_RATIO)) + MOST_STEP + MARGIN
}

/// Unpacks the deflate stream that starts at byte `start` of `input`, appends the result to `output`, and returns where
/// the stream ends: the index of the first byte behind it.
///
/// The output takes memory only as it is produced, and never grows beyond `limit` bytes.
///
/// ```
/// // One final block, stored as it is: a header, the length and its complement, the bytes.
/// let input = [0x01, 2, 0, !2, !0, b'h', b'i'];
/// let mut output = Vec::new();
/// assert_eq!(fromzero::io::inflate(&input, 0, &mut output, 100), Ok(7));
/// assert_eq!(output, b"hi");
/// ```
///
/// # Errors
/// If the stream is cut off or breaks a rule of RFC 1951, or if the limit is exceeded; with the byte of `input`. What was
/// unpacked before stands in `output`, within the limit, behind what was there.
pub fn inflate(input: &[u8], start: usize, output: &mut Vec<u8>, limit: usize) -> Result<usize> {
    inflate_with(&mut Codes::new(), input, start, output, limit)
}

/// As [`inflate`], with room for codes that earlier streams have used.
pub(super) fn inflate_with(
    codes: &mut Codes,
    input: &[u8],
    start: usize,
    output: &mut Vec<u8>,
    limit: usize,
) -> Result<usize> {
    let mut decoder = Decoder {
        bits: Bits::new(input, start),
        first: output.len(),
        at: output.len(),
        output,
        limit,
    };
    let result = decoder.run(codes);
    let end = decoder.at;
    output.truncate(end);
    result
}

struct Decoder<'a, 'b> {
    bits: Bits<'a>,
    output: &'b mut Vec<u8>,
    /// Where this stream's output starts: no distance reaches further back.
    first: usize,
    /// The next byte of output. What follows in `output` is room that is already there.
    at: usize,
    limit: usize,
}

impl Decoder<'_, '_> {
    /// All blocks (3.2.3). `codes` is room for those that a block brings with it.
    fn run(&mut self, codes: &mut Codes) -> Result<usize> {
        loop {
            let last = self.bits.take(1)? == 1;
            match self.bits.take(2)? {
                0 => self.stored_block()?,
                1 => self.coded_block(Codes::fixed())?,
                2 => {
                    codes.read(&mut self.bits)?;
                    self.coded_block(codes)?;
                }
                _ => return Err(self.bits.error("a block has type 3, which does not exist")),
            }
            if self.bits.ran_out() {
                return Err(self.bits.error(ENDS));
            }
            if last {
                return Ok(self.bits.position());
            }
        }
    }

    /// 3.2.4.
    fn stored_block(&mut self) -> Result<()> {
        let head = self.bits.bytes(4)?;
        let length = u16::from_le_bytes([head[0], head[1]]);
        let complement = u16::from_le_bytes([head[2], head[3]]);
        if length != !complement {
            let message = "the length of a stored block and its complement disagree";
            return Err(self.bits.error(message));
        }
        let content = self.bits.bytes(length.into())?;
        let end = self.at + content.len();
        if end > self.most() {
            return Err(self.beyond_limit());
        }
        // Room that is there already is kept for the next block.
        if end > self.output.len() {
            self.reserve(content.len())?;
            self.output.truncate(self.at);
            self.output.extend_from_slice(content);
        } else {
            self.output[self.at..end].copy_from_slice(content);
        }
        self.at = end;
        Ok(())
    }

    /// The symbols of a block, up to its end.
    fn coded_block(&mut self, codes: &Codes) -> Result<()> {
        loop {
            if self.output.len() < self.at + MARGIN {
                let produced = self.at - self.first;
                let room = produced.clamp(LEAST_STEP, MOST_STEP) + MARGIN;
                self.reserve(room)?;
                self.output.resize(self.at + room, 0);
            }
            let ended = self.decode(codes);
            if self.at > self.most() {
                self.at = self.most();
                return Err(self.beyond_limit());
            }
            if ended? {
                return Ok(());
            }
        }
    }

    /// Decodes until the block ends, and says so, or until there is no room for another match.
    fn decode(&mut self, codes: &Codes) -> Result<bool> {
        // In local variables, which live in registers.
        let mut bits = self.bits;
        let mut at = self.at;
        let output = self.output.as_mut_slice();
        let Codes { symbols, distances } = codes;
        let first = self.first;
        let result = loop {
            if at + MARGIN > output.len() {
                break Ok(false);
            }
            // 56 bits hold three literals of the first look-up (10 bits each) and then any symbol (15) with its extra
            // bits (5).
            if !bits.refill() {
                break Err(ENDS);
            }
            let mut entry = symbols.first(bits.peek());
            for _ in 0..3 {
                if !entry.is(Entry::LITERAL) {
                    break;
                }
                put_literal(output, &mut at, &mut bits, entry);
                entry = symbols.first(bits.peek());
            }
            entry = symbols.follow(entry, bits.peek());
            if entry.is(Entry::LITERAL) {
                put_literal(output, &mut at, &mut bits, entry);
                continue;
            }
            if entry.is(Entry::END | Entry::INVALID) {
                bits.consume(entry.bits());
                break if entry.is(Entry::END) {
                    Ok(true)
                } else {
                    Err("a symbol that has no meaning")
                };
            }
            let length = entry.with_extra(bits.peek());
            bits.consume(entry.bits());

            if !bits.refill() {
                break Err(ENDS);
            }
            let entry = distances.first(bits.peek());
            let entry = distances.follow(entry, bits.peek());
            if entry.is(Entry::INVALID) {
                break Err("a distance that has no meaning");
            }
            let distance = entry.with_extra(bits.peek());
            bits.consume(entry.bits());
            if distance > at - first {
                break Err("a distance reaches back before the first byte");
            }
            copy_match(output, at, distance, length);
            at += length;
        };
        self.bits = bits;
        self.at = at;
        result.map_err(|message| bits.error(message))
    }

    /// Makes sure that `more` bytes can follow, without clearing them yet.
    fn reserve(&mut self, more: usize) -> Result<()> {
        let missing = (self.at + more).saturating_sub(self.output.len());
        self.output.try_reserve(missing).map_err(|_| {
            Error::of_kind(ErrorKind::Memory, "not enough memory for what is unpacked")
        })
    }

    /// Where the output ends at the latest. What was there before stays, even beyond the limit.
    fn most(&self) -> usize {
        self.limit.max(self.first)
    }

    fn beyond_limit(&self) -> Error {
        let limit = self.limit;
        self.bits.error_here(&format!(
            "the data unpacks to more than the {limit} bytes that are allowed"
        ))
    }
}

#[inline(always)]
fn put_literal(output: &mut [u8], at: &mut usize, bits: &mut Bits, literal: Entry) {
    output[*at] = literal.value() as u8;
    *at += 1;
    bits.consume(literal.bits());
}

/// Copies `length` bytes from `distance` bytes before `at`; where they overlap, bytes just written are read again
/// (3.2.3). Up to `2 · CHUNK` bytes behind the copy are overwritten.
#[inline(always)]
fn copy_match(output: &mut [u8], at: usize, distance: usize, length: usize) {
    let end = at + length;
    if distance >= CHUNK {
        let mut at = at;
        loop {
            // Two at once: most matches need no second turn, so that the processor guesses right.
            output.copy_within(at - distance..at - distance + CHUNK, at);
            at += CHUNK;
            output.copy_within(at - distance..at - distance + CHUNK, at);
            at += CHUNK;
            if at >= end {
                break;
            }
        }
    } else if distance == 1 {
        let byte = output[at - 1];
        output[at..end].fill(byte);
    } else {
        for i in at..end {
            output[i] = output[i - distance];
        }
    }
}

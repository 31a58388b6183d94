//! CRC-32, the check sum of gzip (RFC 1952, section 8), zip and PNG.
//!
//! Bytes are the coefficients of a polynomial over the field of 0 and 1, and their CRC is its remainder by the generator. Short
//! runs are divided with tables. Long runs are made short first, with a multiple of the generator that has few terms: taking
//! multiples of it away changes no remainder (Russell, *Chorba: A novel CRC32 implementation*, 2024).

/// The reflected generator polynomial.
const POLYNOMIAL: u32 = 0xedb8_8320;

/// `TABLES[k][b]` is the remainder of byte `b` with `k` zero bytes behind it, so that 16 bytes are looked up side by side
/// ("slicing"; Kounavis and Berry, 2005) instead of one after another.
static TABLES: [[u32; 256]; 16] = tables();

const fn tables() -> [[u32; 256]; 16] {
    let mut tables = [[0; 256]; 16];
    let mut byte = 0;
    while byte < 256 {
        let mut remainder = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            remainder = (remainder >> 1) ^ (POLYNOMIAL * (remainder & 1));
            bit += 1;
        }
        tables[0][byte] = remainder;
        byte += 1;
    }
    let mut zeros = 1;
    while zeros < 16 {
        let mut byte = 0;
        while byte < 256 {
            let before = tables[zeros - 1][byte];
            tables[zeros][byte] = (before >> 8) ^ tables[0][(before & 0xff) as usize];
            byte += 1;
        }
        zeros += 1;
    }
    tables
}

/// How far behind a word it is added, in words, to take it away: x³⁰⁰ + x¹⁵⁵ + x¹¹⁷ + x⁸⁹ + 1 is a multiple of the generator.
/// So it is with x⁶⁴, a word, in the place of x, since squaring a polynomial over this field squares x in its terms.
const TAPS: [usize; 4] = [300 - 155, 300 - 117, 300 - 89, SPAN];
const SPAN: usize = 300;
/// Words that are computed side by side: none is added to another of them.
const BLOCK: usize = 144;
/// Words after which the sums are moved; with those before, they fit into the first-level cache.
const RUN: usize = 12 * BLOCK;
/// So many bytes are worth being made short.
const LONG: usize = 8 * 4 * SPAN;

/// The CRC-32 of `bytes`.
///
/// ```
/// assert_eq!(fromzero::io::crc32(b"123456789"), 0xcbf4_3926);
/// ```
pub fn crc32(bytes: &[u8]) -> u32 {
    crc32_after(0, bytes)
}

/// The CRC-32 of bytes whose CRC-32 is `before`, and of `bytes` behind them.
pub(super) fn crc32_after(before: u32, bytes: &[u8]) -> u32 {
    let remainder = !before;
    if bytes.len() < LONG {
        return !divided(remainder, bytes);
    }
    let (words, rest) = bytes.as_chunks();
    let short = shortened(remainder, words);
    !divided(divided(0, short.as_flattened()), rest)
}

/// The remainder of `bytes` behind others that leave the remainder `before`.
fn divided(before: u32, bytes: &[u8]) -> u32 {
    let (blocks, rest) = bytes.as_chunks::<16>();
    let mut crc = before;
    for block in blocks {
        // The last bytes first: only the first four wait for the block before.
        let block = u128::from_le_bytes(*block) ^ u128::from(crc);
        crc = (0..16).fold(0, |sum, k| {
            sum ^ TABLES[k][(block >> (120 - 8 * k)) as usize & 0xff]
        });
    }
    for &byte in rest {
        crc = (crc >> 8) ^ TABLES[0][usize::from(crc as u8 ^ byte)];
    }
    crc
}

/// Words that leave the same remainder as `words`, at least [`SPAN`] of them, behind others that leave `before`.
fn shortened(before: u32, words: &[[u8; 8]]) -> [[u8; 8]; SPAN] {
    // Each word with all that has been added to it; in front those that are added to what follows.
    let mut sums = [0; SPAN + RUN];
    // Which is added to the first word, and to no other.
    sums[0] = before.into();
    let (taken, left) = words.split_at(words.len() - SPAN);
    for run in taken.chunks(RUN) {
        for (i, block) in run.chunks(BLOCK).enumerate() {
            let (earlier, now) = sums.split_at_mut(SPAN + i * BLOCK);
            add_taps(block, earlier, now);
        }
        sums.copy_within(run.len()..run.len() + SPAN, 0);
    }
    // Of the words that stay none is added to another.
    sums[SPAN..].fill(0);
    let mut short = [0; SPAN];
    for (j, word) in left.iter().enumerate() {
        let added = TAPS.map(|tap| sums[SPAN + j - tap]);
        short[j] = added
            .iter()
            .fold(u64::from_le_bytes(*word), |sum, word| sum ^ word);
    }
    short.map(u64::to_le_bytes)
}

/// The sums of a block's words, from those of the words before them.
fn add_taps(block: &[[u8; 8]], earlier: &[u64], sums: &mut [u64]) {
    let count = block.len();
    let [a, b, c, d] = TAPS.map(|tap| &earlier[earlier.len() - tap..][..count]);
    for j in 0..count {
        sums[j] = u64::from_le_bytes(block[j]) ^ a[j] ^ b[j] ^ c[j] ^ d[j];
    }
}

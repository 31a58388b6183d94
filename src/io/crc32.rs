//! CRC-32, the check sum of gzip (RFC 1952, section 8).

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
    let (blocks, rest) = bytes.as_chunks::<16>();
    let mut crc = !before;
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
    !crc
}

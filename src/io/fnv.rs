/// The FNV-1a hash, 64 bits, of a sequence of bytes.
///
/// Source: Fowler, Noll, Vo, Eastlake, *The FNV Non-Cryptographic Hash Algorithm* (draft-eastlake-fnv).
///
/// ```
/// assert_eq!(fromzero::io::fnv1a(*b"a"), 0xaf63dc4c8601ec8c);
/// ```
pub fn fnv1a(bytes: impl IntoIterator<Item = u8>) -> u64 {
    let step = |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    bytes.into_iter().fold(0xcbf2_9ce4_8422_2325, step)
}

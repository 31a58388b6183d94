//! Packing into a deflate stream (RFC 1951): one block with the fixed codes, for small pictures, whose rows repeat each other.

/// The shortest and the longest match that is written (3.2.5; the longest of all, 258, has a symbol of its own).
const SHORTEST: usize = 3;
const LONGEST: usize = 257;

/// The symbol that ends a block.
const END: u32 = 256;

/// Packs `bytes`, of which it repeats what stands one of these `distances` before.
pub(super) fn deflate(bytes: &[u8], distances: &[usize]) -> Vec<u8> {
    let mut stream = Stream::default();
    // 3.2.3: the last block, with fixed codes.
    stream.bits(1, 1);
    stream.bits(1, 2);
    let mut at = 0;
    while at < bytes.len() {
        let matches = distances.iter().filter(|&&d| d <= at);
        let lengths = matches.map(|&d| (length_of_match(bytes, at, d), d));
        match lengths.max_by_key(|&(length, _)| length) {
            Some((length, distance)) if length >= SHORTEST => {
                stream.length(length);
                stream.distance(distance);
                at += length;
            }
            _ => {
                stream.symbol(bytes[at].into());
                at += 1;
            }
        }
    }
    stream.symbol(END);
    stream.bits(0, 7);
    stream.bytes
}

/// How many bytes from `at` on are those that stand so far before.
fn length_of_match(bytes: &[u8], at: usize, distance: usize) -> usize {
    let pairs = bytes[at..].iter().zip(&bytes[at - distance..]);
    pairs.take(LONGEST).take_while(|(a, b)| a == b).count()
}

/// Bits, the lowest of each byte first.
#[derive(Default)]
struct Stream {
    bytes: Vec<u8>,
    buffer: u32,
    held: u32,
}

impl Stream {
    /// The lowest `count` bits of a number, at most 16, the lowest first (3.1.1).
    fn bits(&mut self, value: u32, count: u32) {
        self.buffer |= value << self.held;
        self.held += count;
        while self.held >= 8 {
            self.bytes.push(self.buffer as u8);
            self.buffer >>= 8;
            self.held -= 8;
        }
    }

    /// A code, the highest bit first (3.1.1).
    fn code(&mut self, code: u32, count: u32) {
        self.bits(code.reverse_bits() >> (32 - count), count);
    }

    /// A literal, the end, or the beginning of a length, in the fixed code (3.2.6).
    fn symbol(&mut self, symbol: u32) {
        match symbol {
            0..144 => self.code(0x30 + symbol, 8),
            144..256 => self.code(0x190 + symbol - 144, 9),
            256..280 => self.code(symbol - 256, 7),
            _ => self.code(0xc0 + symbol - 280, 8),
        }
    }

    /// 3.2.5: four symbols for each power of two, and as many extra bits as are left below them.
    fn length(&mut self, length: usize) {
        let above = (length - SHORTEST) as u32;
        match above {
            0..4 => self.symbol(257 + above),
            _ => {
                let extra = above.ilog2() - 2;
                self.symbol(261 + 4 * extra + (above >> extra & 3));
                self.bits(above & ((1 << extra) - 1), extra);
            }
        }
    }

    /// 3.2.5: two symbols for each power of two, in five bits each.
    fn distance(&mut self, distance: usize) {
        let above = (distance - 1) as u32;
        match above {
            0..2 => self.code(above, 5),
            _ => {
                let extra = above.ilog2() - 1;
                self.code(2 + 2 * extra + (above >> extra & 1), 5);
                self.bits(above & ((1 << extra) - 1), extra);
            }
        }
    }
}

//! A writer of deflate streams (RFC 1951), good and bad: it writes whatever it is told.

/// The lengths that symbols 257 to 285 start at, and their extra bits (3.2.5).
const LENGTHS: [(usize, u32); 29] = [
    (3, 0),
    (4, 0),
    (5, 0),
    (6, 0),
    (7, 0),
    (8, 0),
    (9, 0),
    (10, 0),
    (11, 1),
    (13, 1),
    (15, 1),
    (17, 1),
    (19, 2),
    (23, 2),
    (27, 2),
    (31, 2),
    (35, 3),
    (43, 3),
    (51, 3),
    (59, 3),
    (67, 4),
    (83, 4),
    (99, 4),
    (115, 4),
    (131, 5),
    (163, 5),
    (195, 5),
    (227, 5),
    (258, 0),
];

/// The distances that symbols 0 to 29 start at, and their extra bits.
const DISTANCES: [(usize, u32); 30] = [
    (1, 0),
    (2, 0),
    (3, 0),
    (4, 0),
    (5, 1),
    (7, 1),
    (9, 2),
    (13, 2),
    (17, 3),
    (25, 3),
    (33, 4),
    (49, 4),
    (65, 5),
    (97, 5),
    (129, 6),
    (193, 6),
    (257, 7),
    (385, 7),
    (513, 8),
    (769, 8),
    (1025, 9),
    (1537, 9),
    (2049, 10),
    (3073, 10),
    (4097, 11),
    (6145, 11),
    (8193, 12),
    (12289, 12),
    (16385, 13),
    (24577, 13),
];

/// The order in which the lengths of the code of code lengths come (3.2.7).
const ORDER: [usize; 19] = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
];

/// What a block consists of.
#[derive(Clone, Copy)]
pub enum Token {
    Literal(u8),
    /// A length and a distance.
    Match(usize, usize),
}

/// The bytes that these tokens stand for, appended to `output` one at a time.
pub fn expand(tokens: &[Token], output: &mut Vec<u8>) {
    for &token in tokens {
        match token {
            Token::Literal(byte) => output.push(byte),
            Token::Match(length, distance) => {
                for _ in 0..length {
                    output.push(output[output.len() - distance]);
                }
            }
        }
    }
}

/// The lengths of a block's two codes.
pub struct Codes {
    pub symbols: Vec<u8>,
    pub distances: Vec<u8>,
}

impl Codes {
    /// 3.2.6.
    pub fn fixed() -> Self {
        let mut symbols = vec![8; 288];
        symbols[144..256].fill(9);
        symbols[256..280].fill(7);
        Codes {
            symbols,
            distances: vec![5; 32],
        }
    }
}

/// The canonical code with these lengths (3.2.2), found the slow way: in order of length, then of symbol.
fn canonical(lengths: &[u8]) -> Vec<u32> {
    let mut codes = vec![0; lengths.len()];
    let mut code = 0;
    for length in 1..=15 {
        for (symbol, _) in lengths.iter().enumerate().filter(|(_, l)| **l == length) {
            codes[symbol] = code;
            code += 1;
        }
        code <<= 1;
    }
    codes
}

#[derive(Default)]
pub struct Writer {
    pub bytes: Vec<u8>,
    used: u32,
}

impl Writer {
    /// A number, its least significant bit first.
    pub fn number(&mut self, value: usize, bits: u32) -> &mut Self {
        for bit in 0..bits {
            if self.used.is_multiple_of(8) {
                self.bytes.push(0);
            }
            *self.bytes.last_mut().unwrap() |= ((value >> bit & 1) as u8) << (self.used % 8);
            self.used += 1;
        }
        self
    }

    /// A symbol's code, its most significant bit first.
    pub fn symbol(&mut self, lengths: &[u8], symbol: usize) -> &mut Self {
        let code = canonical(lengths)[symbol];
        self.code(code, lengths[symbol])
    }

    fn code(&mut self, code: u32, length: u8) -> &mut Self {
        for bit in (0..length).rev() {
            self.number((code >> bit & 1) as usize, 1);
        }
        self
    }

    /// A block's first three bits.
    pub fn block(&mut self, last: bool, kind: usize) -> &mut Self {
        self.number(usize::from(last), 1).number(kind, 2)
    }

    pub fn stored(&mut self, last: bool, content: &[u8]) -> &mut Self {
        self.block(last, 0);
        self.used = self.used.next_multiple_of(8);
        self.number(content.len(), 16)
            .number(!content.len() & 0xffff, 16);
        self.bytes.extend_from_slice(content);
        self.used += 8 * content.len() as u32;
        self
    }

    /// The head of a block of kind 2 as far as the lengths of the code of code lengths.
    pub fn lengths_of_lengths(
        &mut self,
        symbols: usize,
        distances: usize,
        lengths: &[u8; 19],
    ) -> &mut Self {
        self.number(symbols - 257, 5)
            .number(distances - 1, 5)
            .number(19 - 4, 4);
        for symbol in ORDER {
            self.number(lengths[symbol].into(), 3);
        }
        self
    }

    /// The head of a block of kind 2, without repetitions.
    pub fn codes(&mut self, codes: &Codes) -> &mut Self {
        // A complete code: 13 of 4 bits and 6 of 5.
        let mut lengths = [4; 19];
        lengths[13..].fill(5);
        self.lengths_of_lengths(codes.symbols.len(), codes.distances.len(), &lengths);
        for &length in codes.symbols.iter().chain(&codes.distances) {
            self.symbol(&lengths, length.into());
        }
        self
    }

    /// Tokens and the end of the block.
    pub fn tokens(&mut self, codes: &Codes, tokens: &[Token]) -> &mut Self {
        let symbols = canonical(&codes.symbols);
        let distances = canonical(&codes.distances);
        for &token in tokens {
            match token {
                Token::Literal(byte) => {
                    let symbol = usize::from(byte);
                    self.code(symbols[symbol], codes.symbols[symbol]);
                }
                Token::Match(length, distance) => {
                    let found = LENGTHS
                        .iter()
                        .rposition(|&(base, _)| base <= length)
                        .unwrap();
                    self.code(symbols[257 + found], codes.symbols[257 + found]);
                    self.number(length - LENGTHS[found].0, LENGTHS[found].1);
                    let found = DISTANCES
                        .iter()
                        .rposition(|&(base, _)| base <= distance)
                        .unwrap();
                    self.code(distances[found], codes.distances[found]);
                    self.number(distance - DISTANCES[found].0, DISTANCES[found].1);
                }
            }
        }
        self.code(symbols[256], codes.symbols[256])
    }
}

//! The two prefix codes of a block: of literals and lengths, and of distances (RFC 1951, 3.2.6 and 3.2.7).

use std::sync::LazyLock;

use super::bits::{Bits, ENDS};
use super::error::{Error, Result};
use super::huffman::{
    CODE_LENGTHS, DISTANCES, DistanceTable, Flaw, LengthTable, SYMBOLS, SymbolTable,
};

/// The most symbols that a code of literals and lengths may have (3.2.7).
const MOST_SYMBOLS: usize = 286;
/// The most distances that five bits can claim.
const MOST_DISTANCES: usize = 32;

/// Both codes, as tables.
pub(super) struct Codes {
    pub(super) symbols: SymbolTable,
    pub(super) distances: DistanceTable,
}

impl Codes {
    /// Room for two codes.
    pub(super) fn new() -> Box<Self> {
        Box::new(Codes {
            symbols: SymbolTable::EMPTY,
            distances: DistanceTable::EMPTY,
        })
    }

    /// 3.2.6. A block with these codes may be as short as ten bits, so they are built once for all.
    pub(super) fn fixed() -> &'static Codes {
        static FIXED: LazyLock<Box<Codes>> = LazyLock::new(|| {
            let mut lengths = [8; 288];
            lengths[144..256].fill(9);
            lengths[256..280].fill(7);
            let mut codes = Codes::new();
            let complete = "the fixed codes are complete";
            (codes.symbols.build(&lengths, &SYMBOLS, false)).expect(complete);
            (codes.distances.build(&[5; 32], &DISTANCES, false)).expect(complete);
            codes
        });
        &FIXED
    }

    /// 3.2.7: reads the lengths of both codes, which are written in a code of their own.
    pub(super) fn read(&mut self, bits: &mut Bits) -> Result<()> {
        let symbols = bits.take(5)? + 257;
        let distances = bits.take(5)? + 1;
        let written = bits.take(4)? + 4;
        if symbols > MOST_SYMBOLS {
            return Err(bits.error(&format!(
                "a block has {symbols} symbols, {MOST_SYMBOLS} are the most"
            )));
        }
        let code = length_code(bits, written)?;
        let mut lengths = [0; MOST_SYMBOLS + MOST_DISTANCES];
        let lengths = &mut lengths[..symbols + distances];
        read_lengths(bits, &code, lengths)?;
        let (symbol_lengths, distance_lengths) = lengths.split_at(symbols);
        if symbol_lengths[256] == 0 {
            return Err(bits.error("a block has no code for its end"));
        }
        (self.symbols.build(symbol_lengths, &SYMBOLS, false))
            .map_err(|flaw| flawed(bits, "symbols", flaw))?;
        (self.distances.build(distance_lengths, &DISTANCES, true))
            .map_err(|flaw| flawed(bits, "distances", flaw))
    }
}

/// The code in which the lengths are written, from the first `written` of its own lengths.
fn length_code(bits: &mut Bits, written: usize) -> Result<LengthTable> {
    /// The lengths come in this order.
    const ORDER: [usize; 19] = [
        16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
    ];
    let mut lengths = [0; 19];
    for &symbol in &ORDER[..written] {
        lengths[symbol] = bits.take(3)? as u8;
    }
    let mut code = LengthTable::EMPTY;
    (code.build(&lengths, &CODE_LENGTHS, false))
        .map_err(|flaw| flawed(bits, "code lengths", flaw))?;
    Ok(code)
}

fn flawed(bits: &Bits, what: &str, flaw: Flaw) -> Error {
    bits.error(&format!("the code of the {what} is {flaw}"))
}

/// Lengths, and symbols that repeat them.
fn read_lengths(bits: &mut Bits, code: &LengthTable, lengths: &mut [u8]) -> Result<()> {
    let mut at = 0;
    while at < lengths.len() {
        if !bits.refill() {
            return Err(bits.error(ENDS));
        }
        let entry = code.first(bits.peek());
        bits.consume(entry.bits());
        let (length, times) = match entry.value() {
            16 if at == 0 => {
                return Err(bits.error("a length is to be repeated before there is any"));
            }
            16 => (lengths[at - 1], 3 + bits.take(2)?),
            17 => (0, 3 + bits.take(3)?),
            18 => (0, 11 + bits.take(7)?),
            length => (length as u8, 1),
        };
        let Some(run) = lengths.get_mut(at..at + times) else {
            return Err(bits.error("lengths are repeated beyond the last one"));
        };
        run.fill(length);
        at += times;
    }
    Ok(())
}

//! Decoding tables for the prefix codes of deflate (RFC 1951, sections 3.2.2 and 3.2.5).
//!
//! A code is looked up with the next few bits of the stream at once. Codes that are longer than that lead to a second
//! table, which the remaining bits index. An [`Entry`] says everything that is known about a symbol beforehand.

use std::fmt;

/// The longest code of a literal, a length or a distance, in bits.
pub(super) const LONGEST: usize = 15;

/// Bits of the first look-up of literals and lengths.
const SYMBOL_BITS: u32 = 10;
/// Bits of the first look-up of distances.
const DISTANCE_BITS: u32 = 9;
/// Bits of the look-up of the lengths of codes: their longest code.
const LENGTH_BITS: u32 = 7;

// A second level of 2^n entries holds a code of n more bits and, in a code without gaps, at least n other codes. So 288
// symbols need at most 2^10 + 288/6 · 2^5 = 2560 entries (15 − 10 = 5 more bits), and 32 symbols 2^9 + 32/7 · 2^6 < 832.
// Sizes are powers of two, so that an index can be masked.

/// Literals, lengths and the end of a block.
pub(super) type SymbolTable = Table<SYMBOL_BITS, 4096>;
/// Distances.
pub(super) type DistanceTable = Table<DISTANCE_BITS, 1024>;
/// The lengths of codes.
pub(super) type LengthTable = Table<LENGTH_BITS, 128>;

/// What the bits at hand mean: from the low end, how many of them belong to the symbol and to the extra bits behind it
/// (8 bits), how many to the symbol alone (4 bits), its [`kind`](Entry::is) (4 bits), and its value (16 bits).
#[derive(Clone, Copy)]
pub(super) struct Entry(u32);

impl Entry {
    /// A byte of output: the value.
    pub(super) const LITERAL: u32 = 1 << 12;
    /// The end of a block.
    pub(super) const END: u32 = 1 << 13;
    /// No symbol has this code, or the symbol must not be used.
    pub(super) const INVALID: u32 = 1 << 14;
    /// A longer code: the value says where its own table starts, the count of extra bits how large that is.
    const LONGER: u32 = 1 << 15;

    const NONE: Entry = Entry(Entry::INVALID);

    const fn new(kind: u32, value: u32, extra: u32) -> Entry {
        Entry(value << 16 | kind | extra)
    }

    /// This symbol under a code of `length` bits.
    fn coded(self, length: usize) -> Entry {
        Entry(self.0 + ((length as u32) << 8) + length as u32)
    }

    /// Whether the entry is of one of these kinds.
    #[inline(always)]
    pub(super) fn is(self, kinds: u32) -> bool {
        self.0 & kinds != 0
    }

    /// Bits of the symbol and of the extra bits behind it.
    #[inline(always)]
    pub(super) fn bits(self) -> u32 {
        self.0 & 0x3f
    }

    /// Bits of the symbol alone.
    #[inline(always)]
    fn code_bits(self) -> u32 {
        (self.0 >> 8) & 0xf
    }

    /// A literal, or what the extra bits are added to.
    #[inline(always)]
    pub(super) fn value(self) -> usize {
        (self.0 >> 16) as usize
    }

    /// The length or distance: the value plus the extra bits that stand behind the symbol in `buffer`.
    #[inline(always)]
    pub(super) fn with_extra(self, buffer: u64) -> usize {
        let extra = (buffer & ((1 << self.bits()) - 1)) >> self.code_bits();
        self.value() + extra as usize
    }
}

/// The symbols of literals, the end of a block and lengths (3.2.5). 286 and 287 only fill up the fixed code.
pub(super) const SYMBOLS: [Entry; 288] = {
    let mut symbols = [Entry::NONE; 288];
    let mut literal = 0;
    while literal < 256 {
        symbols[literal] = Entry::new(Entry::LITERAL, literal as u32, 0);
        literal += 1;
    }
    symbols[256] = Entry::new(Entry::END, 0, 0);
    // Lengths 3 to 10 have a symbol each. From there on, four symbols have one extra bit, four have two, up to five.
    let mut base = 3;
    let mut length = 0;
    while length < 28 {
        let extra = if length < 8 { 0 } else { length / 4 - 1 };
        symbols[257 + length] = Entry::new(0, base, extra as u32);
        base += 1 << extra;
        length += 1;
    }
    symbols[285] = Entry::new(0, 258, 0);
    symbols
};

/// The symbols of distances (3.2.5). 30 and 31 only fill up the fixed code.
pub(super) const DISTANCES: [Entry; 32] = {
    let mut symbols = [Entry::NONE; 32];
    let mut base = 1;
    let mut distance = 0;
    while distance < 30 {
        let extra = if distance < 4 { 0 } else { distance / 2 - 1 };
        symbols[distance] = Entry::new(0, base, extra as u32);
        base += 1 << extra;
        distance += 1;
    }
    symbols
};

/// The symbols of the code in which the lengths of the other two codes are written (3.2.7): the number itself.
pub(super) const CODE_LENGTHS: [Entry; 19] = {
    let mut symbols = [Entry::NONE; 19];
    let mut symbol = 0;
    while symbol < 19 {
        symbols[symbol] = Entry::new(Entry::LITERAL, symbol as u32, 0);
        symbol += 1;
    }
    symbols
};

/// Why lengths do not define a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    /// More codes than bits can tell apart.
    OverSubscribed,
    /// Some sequences of bits have no meaning.
    Incomplete,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Flaw::OverSubscribed => {
                "over-subscribed: it has more codes than their bits can tell apart"
            }
            Flaw::Incomplete => "incomplete: some bits have no meaning",
        })
    }
}

/// A two-level decoding table whose first level is indexed by `BITS` bits.
pub(super) struct Table<const BITS: u32, const SIZE: usize>([Entry; SIZE]);

impl<const BITS: u32, const SIZE: usize> Table<BITS, SIZE> {
    /// A table without any code.
    pub(super) const EMPTY: Self = Table([Entry::NONE; SIZE]);

    /// The entry for the next bits of the stream, at the low end of `buffer`.
    #[inline(always)]
    pub(super) fn first(&self, buffer: u64) -> Entry {
        self.0[buffer as usize & ((1 << BITS) - 1)]
    }

    /// Follows `entry`, which [`first`](Table::first) found, to the second level if it leads there.
    #[inline(always)]
    pub(super) fn follow(&self, entry: Entry, buffer: u64) -> Entry {
        if !entry.is(Entry::LONGER) {
            return entry;
        }
        let within = (buffer >> BITS) as usize & ((1 << entry.bits()) - 1);
        self.0[(entry.value() + within) & (SIZE - 1)]
    }

    /// Fills the table with the canonical code (3.2.2) that has these lengths, 0 for a symbol that is not used;
    /// `meaning[s]` is what symbol `s` stands for. With `sparse`, a single code of one bit will do, and so will none at all.
    pub(super) fn build(
        &mut self,
        lengths: &[u8],
        meaning: &[Entry],
        sparse: bool,
    ) -> Result<(), Flaw> {
        let mut count = [0; LONGEST + 1];
        for &length in lengths {
            count[usize::from(length)] += 1;
        }
        // Kraft's sum, in units of the longest code: a code of n bits takes the share 2^-n of all sequences of bits.
        let taken: usize = (1..=LONGEST).map(|n| count[n] << (LONGEST - n)).sum();
        let lone = count[2..].iter().all(|&n| n == 0);
        if taken > 1 << LONGEST {
            return Err(Flaw::OverSubscribed);
        }
        if taken < 1 << LONGEST && !(sparse && lone) {
            return Err(Flaw::Incomplete);
        }
        self.fill(&count, &sorted(lengths, &count), meaning);
        Ok(())
    }

    /// Counts through all codes, from the shortest to the longest.
    fn fill(&mut self, count: &[usize; LONGEST + 1], mut symbols: &[u16], meaning: &[Entry]) {
        let mut free = 1 << BITS;
        let mut code = 0_u32;
        self.0[0] = Entry::NONE;
        for (length, &number) in count.iter().enumerate().skip(1) {
            code <<= 1;
            if length <= BITS as usize {
                // With one bit more to index it, everything so far stands for either value of that bit.
                self.0.copy_within(..1 << (length - 1), 1 << (length - 1));
            }
            let (these, longer) = symbols.split_at(number);
            symbols = longer;
            for (i, &symbol) in these.iter().enumerate() {
                // Codes are packed starting with their most significant bit, everything else with the least (3.1.1).
                let index = code.reverse_bits() as usize >> (32 - length);
                let entry = meaning[usize::from(symbol)].coded(length);
                if length <= BITS as usize {
                    self.0[index] = entry;
                } else {
                    let prefix = &mut self.0[index & ((1 << BITS) - 1)];
                    if !prefix.is(Entry::LONGER) {
                        let bits = second_bits(BITS as usize, length, number - i, count);
                        *prefix = Entry::new(Entry::LONGER, free as u32, bits as u32);
                        free += 1 << bits;
                    }
                    let prefix = *prefix;
                    self.put_longer(prefix, index >> BITS, length, entry);
                }
                code += 1;
            }
        }
    }

    /// Enters a code that is longer than the first look-up, with these bits behind it, into its second level.
    fn put_longer(&mut self, level: Entry, code: usize, length: usize, entry: Entry) {
        let start = level.value();
        for i in (code..1 << level.bits()).step_by(1 << (length - BITS as usize)) {
            self.0[start + i] = entry;
        }
    }
}

/// How many bits index the second level behind a first look-up of `first` bits, whose shortest code has `length` bits and
/// is followed by `left − 1` others of that length: as many as its longest code has there. Codes are given out in order of
/// length until the level is full, as it is in a code without gaps.
fn second_bits(
    first: usize,
    mut length: usize,
    left: usize,
    count: &[usize; LONGEST + 1],
) -> usize {
    let mut open = 1_usize << (length - first);
    let mut codes = left;
    while codes < open && length < LONGEST {
        open = 2 * (open - codes);
        length += 1;
        codes = count[length];
    }
    length - first
}

/// The symbols that have a code, by the code's length.
fn sorted(lengths: &[u8], count: &[usize; LONGEST + 1]) -> [u16; 288] {
    let mut place = [0; LONGEST + 1];
    for length in 1..LONGEST {
        place[length + 1] = place[length] + count[length];
    }
    let mut symbols = [0; 288];
    for (symbol, &length) in lengths
        .iter()
        .enumerate()
        .filter(|(_, length)| **length > 0)
    {
        let place = &mut place[usize::from(length)];
        symbols[*place] = symbol as u16;
        *place += 1;
    }
    symbols
}

//! The sizes of tiles and blocks, and what each of them fills. All of them change the time only, never a bit.
//!
//! `lscpu -C` shows the caches of a processor; `bench gemm` what a change of these numbers does.

use super::simd::Isa;
use crate::matrix::LINE;

/// Rows of a block of C. Its part of A, MC × KC, is 144 KiB in f32 and stays in the L2 cache (256 KiB and more) while all
/// micro-panels of B pass by. A multiple of the height of every tile.
pub(super) const MC: usize = 96;

/// Columns of a block of C. MC × NC sums, 24 KiB in f32, stay in the L1 cache (32 KiB and more) from one block of k to the next.
/// A multiple of the width of every tile.
pub(super) const NC: usize = 64;

/// Most steps in a block of k. KC × NR of B, 24 KiB with 16 columns in f32, fill three quarters of an L1 cache of 32 KiB; with
/// AVX-512's 64 columns they stay in L2. Where B is read in place, each of its rows is another page of memory, and KC rows are
/// fewer than the L2 TLB has entries (1024 and more).
pub(super) const KC: usize = 384;

/// Rows of the edge kernel, whose tile is one register wide: as many independent chains as two multiply-add units of 4 cycles'
/// latency have in flight.
pub(super) const EDGE_MR: usize = 8;

/// Rows of the tiles that take what MR leaves over of a block: of the 64 rows of a batch, 4.
pub(super) const LOW_MR: usize = 4;

/// The tile of the micro-kernel: `mr` rows of `registers` vector registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tile {
    pub(super) mr: usize,
    pub(super) registers: usize,
    register_bytes: usize,
}

/// 24 of the 32 registers hold sums, 4 a line of B; a step has 10 loads for 24 multiply-adds.
pub(super) const AVX512: Tile = Tile {
    mr: 6,
    registers: 4,
    register_bytes: 64,
};

/// 12 of the 16 registers hold sums, 2 a line of B and one an entry of A.
pub(super) const AVX2: Tile = Tile {
    mr: 6,
    registers: 2,
    register_bytes: 32,
};

/// What 32 registers of 128 bits hold on other processors.
pub(super) const PORTABLE: Tile = Tile {
    mr: 4,
    registers: 2,
    register_bytes: 32,
};

impl Tile {
    /// The tile for this instruction set.
    pub(super) const fn of(isa: Isa) -> Tile {
        match isa {
            Isa::Portable => PORTABLE,
            Isa::Avx2 => AVX2,
            Isa::Avx512 => AVX512,
        }
    }

    /// NR, the columns of the tile.
    pub(super) const fn nr<T>(self) -> usize {
        self.registers * self.register_bytes / size_of::<T>()
    }
}

/// Steps of k that the micro-kernel takes at a time, with a tile so many registers wide: they share the instructions of control,
/// and one prefetch. So there is a prefetch for every 48 multiply-adds, which is about what memory can keep up with.
pub(super) const fn unrolled(registers: usize) -> usize {
    8 / registers
}

/// Divides `n` into as few blocks of at most `most` as there can be, evenly, and returns their size, a multiple of `step`, but
/// for the last. An uneven division would leave a last block with all the cost of a block and little work.
pub(super) fn even(n: usize, most: usize, step: usize) -> usize {
    let blocks = n.div_ceil(most).max(1);
    n.div_ceil(blocks).next_multiple_of(step).max(step)
}

/// Steps of each block of k: even, and whole cache lines, so that none of them is read in two blocks where A is stored by rows,
/// if that leaves nearly as much for the last block.
pub(super) fn kc<T>(depth: usize) -> usize {
    let even_steps = even(depth, KC, 1);
    let lines = even_steps.next_multiple_of(LINE / size_of::<T>());
    if lines - even_steps <= even_steps / 16 {
        lines
    } else {
        even_steps.next_multiple_of(unrolled(1))
    }
}

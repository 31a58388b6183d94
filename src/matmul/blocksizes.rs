//! The sizes of tiles and blocks, and what each of them fills. All of them change the time only, never a bit.
//!
//! `lscpu -C` shows the caches of a processor; `bench gemm` what a change of these numbers does.

use crate::matrix::LINE;

/// Rows of a block of C. Its rows of A, 384 KiB in f32 where k = 1024, stay in the L2 cache (512 KiB and more) while the blocks
/// of C that lie side by side are computed. A multiple of the height of every tile.
pub(super) const MC: usize = 96;

/// Columns of a block of C. MC × NC sums, 24 KiB in f32, stay in the L1 cache (32 KiB and more) from one block of k to the next.
/// A multiple of the width of every tile.
pub(super) const NC: usize = 64;

/// Most steps in a block of k. KC × NR of B, 24 KiB with 16 columns in f32, fill three quarters of an L1 cache of 32 KiB; with
/// AVX-512's 64 columns they stay in L2. Where B is read in place, each of its rows is another page of memory, and KC rows are
/// fewer than the L2 TLB has entries (1024 and more).
pub(super) const KC: usize = 384;

/// The size of the micro-kernel's tile: MR rows of NV vector registers.
pub(super) struct TileSize {
    pub(super) mr: usize,
    pub(super) nv: usize,
    register_bytes: usize,
}

/// 24 of the 32 registers hold sums, 4 a row of B; a step has 10 loads for 24 multiply-adds.
#[cfg(any(test, target_arch = "x86_64"))]
pub(super) const AVX512: TileSize = TileSize::new(6, 4, 64);

/// 12 of the 16 registers hold sums, 2 a row of B and one an entry of A.
#[cfg(any(test, target_arch = "x86_64"))]
pub(super) const AVX2: TileSize = TileSize::new(6, 2, 32);

/// What 32 registers of 128 bits hold on other processors.
pub(super) const PORTABLE: TileSize = TileSize::new(4, 2, 32);

/// Rows of the narrow tile, one register wide: as many independent chains as two multiply-add units of 4 cycles' latency have in
/// flight.
pub(super) const NARROW_MR: usize = 8;

impl TileSize {
    const fn new(mr: usize, nv: usize, register_bytes: usize) -> TileSize {
        TileSize {
            mr,
            nv,
            register_bytes,
        }
    }

    /// Numbers in a register.
    pub(super) const fn lanes<T>(&self) -> usize {
        self.register_bytes / size_of::<T>()
    }

    /// NR, the columns of the tile.
    pub(super) const fn nr<T>(&self) -> usize {
        self.nv * self.lanes::<T>()
    }
}

/// Steps of k for each prefetch, with a tile of so many registers in a row: one for some 50 multiply-adds of vectors, which is
/// about what memory can keep up with.
pub(super) const fn prefetch_every(nv: usize) -> usize {
    8 / nv
}

/// Divides `n` into as few blocks of at most `most` as there can be, evenly, and returns their size, a multiple of `step`, but
/// for the last. An uneven division would leave a last block with all the cost of a block and little work.
pub(super) fn even(n: usize, most: usize, step: usize) -> usize {
    let blocks = n.div_ceil(most).max(1);
    n.div_ceil(blocks).next_multiple_of(step).max(step)
}

/// Steps of each block of k but the last: whole cache lines, so that no line of an A by rows is read in two blocks.
pub(super) fn kc<T>(depth: usize) -> usize {
    even(depth, KC, LINE / size_of::<T>())
}

#[cfg(test)]
mod tests;

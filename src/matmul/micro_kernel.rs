//! The micro-kernel: a tile of C in registers, one rank-1 update for each k.
//!
//! ```text
//!            NR columns of row k of B, in vector registers
//!           ┌───────────┬───────────┐
//!           │ b[k] ...  │           │
//!           └───────────┴───────────┘
//!   ┌────┐  ┌───────────┬───────────┐
//!   │a₀[k]│ │ c₀₀       │ c₀₁       │   c[i][v] += a[i] · b[v]
//!   │a₁[k]│ │ c₁₀       │ c₁₁       │
//!   │ ⋮  │  │  ⋮        │  ⋮        │   MR rows
//!   └────┘  └───────────┴───────────┘
//! ```
//!
//! Every entry is one chain of fused multiply-adds over k in increasing order; so every bit of the result is the same for every
//! tile and every instruction set.

use std::hint::black_box;
use std::iter::Take;
use std::slice::ChunksExact;

use super::blocksizes::prefetch_every;
use super::simd::{Simd, prefetch_to_l2};
use crate::scalar::Scalar;

/// The sums of a tile.
pub(super) type Tile<V, const MR: usize, const NV: usize> = [[V; NV]; MR];

/// Adds the products of a block of k to the tile. `a(k, i)` is an entry of A's micro-panel, and `b` has a row for each step, with the
/// tile's columns from `column` on. With some steps a cache line is prefetched, at `place` and every `ld` from there.
///
/// Loops here are over indices and slices: these are inlined without fail, which the closures that map an array are not.
#[expect(
    clippy::needless_range_loop,
    reason = "loops over indices are inlined without fail"
)]
#[inline(always)]
pub(super) fn micro_kernel<T: Scalar, S: Simd<T>, const MR: usize, const NV: usize>(
    simd: S,
    a: impl Fn(usize, usize) -> T,
    (b, column): (Take<ChunksExact<'_, T>>, usize),
    (mut place, ld): (*const T, usize),
    tile: &mut Tile<S::Vector, MR, NV>,
) {
    for (k, row) in b.enumerate() {
        if k % const { prefetch_every(NV) } == 0 {
            prefetch_to_l2(place);
            place = place.wrapping_add(ld);
        }
        let b: [_; NV] = load_row(simd, &row[column..]);
        for i in 0..MR {
            let a = simd.splat(a(k, i));
            for v in 0..NV {
                tile[i][v] = simd.fma(a, b[v], tile[i][v]);
            }
        }
    }
}

/// The registers of a row of a tile.
#[inline(always)]
pub(super) fn load_row<T, S: Simd<T>, const NV: usize>(simd: S, row: &[T]) -> [S::Vector; NV] {
    let row = &row[..NV * S::LANES];
    let mut registers = [simd.load(row); NV];
    for v in 1..NV {
        registers[v] = simd.load(&row[v * S::LANES..]);
    }
    registers
}

/// Writes the registers of a row of a tile.
#[inline(always)]
pub(super) fn store_row<T, S: Simd<T>, const NV: usize>(
    simd: S,
    registers: &[S::Vector; NV],
    row: &mut [T],
) {
    let row = &mut row[..NV * S::LANES];
    for v in 0..NV {
        simd.store(registers[v], &mut row[v * S::LANES..]);
    }
}

/// Keeps the multiply-add units busy with the chains of a tile and touches no memory. Returns the floating-point operations done.
pub(super) fn fma_chains<
    T: Scalar,
    S: Simd<T>,
    const MR: usize,
    const NV: usize,
    const NR: usize,
>(
    simd: S,
    rounds: usize,
) -> usize {
    simd.run(
        #[inline(always)]
        || {
            let half = simd.splat(black_box(T::from_f64(0.5)));
            let mut tile: Tile<S::Vector, MR, NV> = [[simd.splat(T::ONE); NV]; MR];
            for _ in 0..rounds {
                for chain in tile.as_flattened_mut() {
                    *chain = simd.fma(*chain, half, half);
                }
            }
            black_box(tile);
        },
    );
    2 * rounds * MR * NR
}

#[cfg(test)]
mod tests;

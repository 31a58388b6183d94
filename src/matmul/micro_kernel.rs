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

use super::blocksizes::{NC, unrolled};
use super::simd::{MicroPanels, Simd, prefetch_to_l2};
use crate::scalar::Scalar;

/// The sums of a tile.
pub(super) type Tile<V, const MR: usize, const NV: usize> = [[V; NV]; MR];

/// Adds the products of a block of k to the tile. Every few steps a line is prefetched, at `place` and every `ld` from there.
#[inline(always)]
pub(super) fn micro_kernel<T: Scalar, S: Simd<T>, const MR: usize, const NV: usize>(
    simd: S,
    panels: &MicroPanels<'_, T, MR>,
    (mut place, ld): (*const T, usize),
    c: &mut Tile<S::Vector, MR, NV>,
) {
    panels.each(
        const { unrolled(NV) },
        #[inline(always)]
        || {
            prefetch_to_l2(place);
            place = place.wrapping_add(ld);
        },
        #[inline(always)]
        |a, b| {
            let b: [S::Vector; NV] = simd.load_line(b);
            for i in 0..MR {
                let a = simd.splat(*a[i]);
                for v in 0..NV {
                    c[i][v] = simd.fma(a, b[v], c[i][v]);
                }
            }
        },
    );
}

/// Writes a tile to sums, whose rows are NC apart.
#[inline(always)]
pub(super) fn store_sums<T: Scalar, S: Simd<T>, const MR: usize, const NV: usize>(
    simd: S,
    tile: &Tile<S::Vector, MR, NV>,
    sums: &mut [T],
) {
    for i in 0..MR {
        simd.store_line(&tile[i], &mut sums[i * NC..]);
    }
}

/// Keeps the multiply-add units busy with the chains of a tile and touches no memory. Returns the floating-point operations done.
pub(super) fn fma_chains<T, S, const MR: usize, const NV: usize, const NR: usize>(
    simd: S,
    rounds: usize,
) -> usize
where
    T: Scalar,
    S: Simd<T>,
{
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

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

use super::blocksizes::unrolled;
use super::simd::{MicroPanels, Simd};
use crate::scalar::Scalar;

/// The sums of a tile.
pub(super) type Registers<V, const MR: usize, const NV: usize> = [[V; NV]; MR];

/// Adds the products of a block of k to the tile. `prefetch` is called once for every few steps.
#[inline(always)]
pub(super) fn micro_kernel<T: Scalar, S: Simd<T>, const MR: usize, const NV: usize>(
    simd: S,
    panels: MicroPanels<'_, T, MR>,
    mut prefetch: impl FnMut(),
    c: &mut Registers<S::Vector, MR, NV>,
) {
    panels.each(
        const { unrolled(NV) },
        #[inline(always)]
        || prefetch(),
        #[inline(always)]
        |a, b| {
            let b: [S::Vector; NV] = if NV == 1 {
                // The edge kernel: there may be fewer columns than lanes.
                [simd.load_part(b); NV]
            } else {
                load_line(simd, b)
            };
            for i in 0..MR {
                let a = simd.splat(*a[i]);
                for v in 0..NV {
                    c[i][v] = simd.fma(a, b[v], c[i][v]);
                }
            }
        },
    );
}

/// NV registers from the beginning of a line.
#[inline(always)]
pub(super) fn load_line<T: Scalar, S: Simd<T>, const NV: usize>(
    simd: S,
    line: &[T],
) -> [S::Vector; NV] {
    let mut registers = [simd.splat(T::ZERO); NV];
    for v in 0..NV {
        registers[v] = simd.load(&line[v * S::LANES..]);
    }
    registers
}

/// Writes NV registers to the beginning of a line.
#[inline(always)]
pub(super) fn store_line<T: Scalar, S: Simd<T>, const NV: usize>(
    simd: S,
    registers: &[S::Vector; NV],
    line: &mut [T],
) {
    for v in 0..NV {
        simd.store(registers[v], &mut line[v * S::LANES..]);
    }
}

/// Independent chains of fused multiply-adds: more than two units of 4 cycles' latency can have in flight.
const CHAINS: usize = 12;

/// Keeps the multiply-add units busy and touches no memory. Returns the floating-point operations done.
pub(super) fn fma_chains<T: Scalar, S: Simd<T>>(simd: S, rounds: usize) -> usize {
    simd.run(
        #[inline(always)]
        || {
            let half = simd.splat(black_box(T::from_f64(0.5)));
            let mut chains = [simd.splat(T::ONE); CHAINS];
            for _ in 0..rounds {
                for chain in &mut chains {
                    *chain = simd.fma(*chain, half, half);
                }
            }
            black_box(chains);
        },
    );
    2 * rounds * CHAINS * S::LANES
}

//! The micro-kernel: a tile of C in registers, one rank-1 update for each k.
//!
//! ```text
//!            NV registers of row k of B
//!           ┌───────────┬───────────┐
//!           │ b[k] ...  │           │
//!           └───────────┴───────────┘
//!   ┌────┐  ┌───────────┬───────────┐
//!   │a₀[k]│ │ acc₀₀     │ acc₀₁     │   acc[i][v] += a[i] · b[v]
//!   │a₁[k]│ │ acc₁₀     │ acc₁₁     │
//!   │ ⋮  │  │  ⋮        │  ⋮        │   MR rows
//!   └────┘  └───────────┴───────────┘
//! ```
//!
//! Every entry is one chain of fused multiply-adds over k in increasing order, starting from +0; so the order of
//! additions, and with it every bit of the result, is the same for every tile and every instruction set.

use std::array::from_fn;
use std::ops::Range;

use super::parallel::Block;
use super::simd::{Simd, prefetch_to_read};
use crate::matrix::View;
use crate::real::Real;

/// Steps of k that are added up before the next tile has its turn. The strip of B that a tile reads, 256 rows of 4 cache
/// lines, is then read from the second-level cache by all tiles below the first. From 128 to 512 no difference was seen.
const K_BLOCK: usize = 256;

/// How many rows of B the first tile of a strip asks for in advance: 24 rows take it some 400 cycles, longer than the
/// third-level cache does to deliver.
const AHEAD: usize = 24;

/// A block of sums, s = Σ aᵢₖ·bₖⱼ, to be added up.
///
/// `left` has the rows of the block and is read entry by entry, whichever way it is stored; `right` is stored row by row
/// and is read register by register.
pub struct Sums<'a, T> {
    pub(super) left: View<'a, T>,
    pub(super) right: View<'a, T>,
    /// Whether `right` comes from beyond the second-level cache, so that it pays to ask for it in advance.
    pub(super) right_is_far: bool,
    /// Receives the block, `ld` places a row. Each row is filled in whole registers, so `ld` is a multiple of them.
    pub(super) out: &'a mut [T],
    pub(super) ld: usize,
    /// Where the sums will go: brought into the cache while they are added up.
    pub(super) c: Option<&'a Block<'a, T>>,
}

/// Adds up a whole block: k in blocks, columns in registers, rows in tiles.
#[inline(always)]
pub(super) fn block<T: Real, S: Simd<T>, const MR: usize, const NV: usize>(
    simd: S,
    mut sums: Sums<'_, T>,
) {
    let (columns, depth) = (sums.right.cols(), sums.left.cols());
    let mut k = 0..depth.min(K_BLOCK);
    loop {
        let mut column = 0;
        while column < columns {
            let wide = columns - column >= NV * S::LANES;
            if wide {
                column_of_tiles::<T, S, MR, NV>(simd, &mut sums, column, k.clone());
            } else {
                column_of_tiles::<T, S, MR, 1>(simd, &mut sums, column, k.clone());
            }
            column += if wide { NV * S::LANES } else { S::LANES };
        }
        if k.end == depth {
            return;
        }
        k = k.end..depth.min(k.end + K_BLOCK);
    }
}

/// All tiles of one column of them; what remains below the last full tile is covered by smaller ones.
#[inline(always)]
fn column_of_tiles<T: Real, S: Simd<T>, const MR: usize, const NV: usize>(
    simd: S,
    sums: &mut Sums<'_, T>,
    column: usize,
    k: Range<usize>,
) {
    let rows = sums.left.rows();
    let mut row = 0;
    while row < rows {
        let k = k.clone();
        row += match rows - row {
            rest if rest >= MR => tile::<T, S, MR, NV>(simd, sums, row, column, k),
            rest if rest >= 4 => tile::<T, S, 4, NV>(simd, sums, row, column, k),
            rest if rest >= 2 => tile::<T, S, 2, NV>(simd, sums, row, column, k),
            _ => tile::<T, S, 1, NV>(simd, sums, row, column, k),
        };
    }
}

/// One tile: continues from the sums of the earlier blocks of k. Returns its number of rows.
#[inline(always)]
fn tile<T: Real, S: Simd<T>, const MR: usize, const NV: usize>(
    simd: S,
    sums: &mut Sums<'_, T>,
    row: usize,
    column: usize,
    k: Range<usize>,
) -> usize {
    let ld = sums.ld;
    let out = &mut sums.out[row * ld..(row + MR) * ld];
    if let (Some(c), 0) = (sums.c, k.start) {
        for i in row..row + MR {
            c.prefetch(i, column..column + NV * S::LANES);
        }
    }
    let mut acc = [[simd.splat(T::ZERO); NV]; MR];
    if k.start > 0 {
        for (acc, line) in acc.iter_mut().zip(out.chunks_exact(ld)) {
            *acc = load_all(simd, &line[column..]);
        }
    }
    let part = Part {
        simd,
        left: &sums.left,
        right: &sums.right,
        row,
        column,
        k,
    };
    let acc = part.multiply(sums.right_is_far && row == 0, acc);
    for (acc, line) in acc.iter().zip(out.chunks_exact_mut(ld)) {
        for v in 0..NV {
            simd.store(acc[v], &mut line[column + v * S::LANES..]);
        }
    }
    MR
}

/// The first NV registers of a line.
#[inline(always)]
fn load_all<T: Real, S: Simd<T>, const NV: usize>(simd: S, line: &[T]) -> [S::Vector; NV] {
    let mut registers = [simd.splat(T::ZERO); NV];
    for v in 0..NV {
        registers[v] = simd.load(&line[v * S::LANES..]);
    }
    registers
}

/// The rows of A, the columns of B and the block of k that belong to a tile.
struct Part<'a, T, S> {
    simd: S,
    left: &'a View<'a, T>,
    right: &'a View<'a, T>,
    row: usize,
    column: usize,
    k: Range<usize>,
}

impl<T: Real, S: Simd<T>> Part<'_, T, S> {
    /// The two ways to read the left factor: a stored row of Aᵀ holds the entries of one k side by side; stored rows of A
    /// are followed in parallel.
    #[inline(always)]
    fn multiply<const MR: usize, const NV: usize>(
        &self,
        ahead: bool,
        acc: [[S::Vector; NV]; MR],
    ) -> [[S::Vector; NV]; MR] {
        let (data, ld, first) = self.left.stored();
        let k = self.k.clone();
        if self.left.is_transposed() {
            let at = first + self.row;
            assert!(at + MR <= ld, "a block inside its matrix");
            let lines = data[k.start * ld..k.end * ld].chunks_exact(ld);
            self.updates(lines.map(|line| from_fn(|i| line[at + i])), ahead, acc)
        } else {
            let rows: [&[T]; MR] =
                from_fn(|i| &data[(self.row + i) * ld + first..][k.start..k.end]);
            self.updates((0..k.len()).map(|p| from_fn(|i| rows[i][p])), ahead, acc)
        }
    }

    /// The ways to read the right factor: in full registers, asked for in advance or not; or, at its right edge, in one
    /// register that is partly filled.
    #[inline(always)]
    fn updates<const MR: usize, const NV: usize>(
        &self,
        left: impl Iterator<Item = [T; MR]>,
        ahead: bool,
        mut acc: [[S::Vector; NV]; MR],
    ) -> [[S::Vector; NV]; MR] {
        let simd = self.simd;
        let (data, ld, first) = self.right.stored();
        let lines = data[self.k.start * ld..self.k.end * ld].chunks_exact(ld);
        let at = first + self.column;
        let edge = self.right.cols() - self.column;
        if edge < NV * S::LANES {
            for (a, line) in left.zip(lines) {
                let b = [simd.load_partial(&line[at..at + edge]); NV];
                rank_one_update(simd, a, b, &mut acc);
            }
            return acc;
        }
        assert!(at + NV * S::LANES <= ld, "a block inside its matrix");
        if ahead {
            for (a, line) in left.zip(lines) {
                for v in 0..NV {
                    prefetch_to_read(line.as_ptr().wrapping_add(AHEAD * ld + at + v * S::LANES));
                }
                rank_one_update(simd, a, load_all(simd, &line[at..]), &mut acc);
            }
        } else {
            for (a, line) in left.zip(lines) {
                rank_one_update(simd, a, load_all(simd, &line[at..]), &mut acc);
            }
        }
        acc
    }
}

/// acc += a·bᵀ.
#[inline(always)]
fn rank_one_update<T: Real, S: Simd<T>, const MR: usize, const NV: usize>(
    simd: S,
    a: [T; MR],
    b: [S::Vector; NV],
    acc: &mut [[S::Vector; NV]; MR],
) {
    for i in 0..MR {
        let a = simd.splat(a[i]);
        for v in 0..NV {
            acc[i][v] = simd.fma(a, b[v], acc[i][v]);
        }
    }
}

/// Independent chains of fused multiply-adds: more than two units of 4 cycles' latency can have in flight.
const CHAINS: usize = 12;

/// Keeps the multiply-add units busy and touches no memory. Returns the floating-point operations done.
#[inline(always)]
pub(super) fn exercise<T: Real, S: Simd<T>>(simd: S, rounds: usize) -> usize {
    let half = simd.splat(std::hint::black_box(T::from_f64(0.5)));
    let mut chains = [simd.splat(T::ONE); CHAINS];
    for _ in 0..rounds {
        for chain in &mut chains {
            *chain = simd.fma(*chain, half, half);
        }
    }
    std::hint::black_box(chains);
    2 * rounds * CHAINS * S::LANES
}

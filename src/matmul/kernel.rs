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

use std::ops::Range;

use super::parallel::Block;
use super::plan::BLOCK;
use super::simd::{Operands, Simd, prefetch_near};
use super::{Store, store_row};
use crate::matrix::View;
use crate::real::Real;

/// Most bytes of a strip of B that are read before the next tile has its turn: three quarters of a first-level cache of 32 KiB,
/// so that the tiles of the strip, which all read the same, find it there. With a third of it, AVX2's forward products
/// took 2 % longer.
const STRIP: usize = 24 << 10;

/// Rows of a tile that is only one register wide: enough chains to keep two multiply-add units of 4 cycles' latency busy.
const NARROW: usize = 8;

/// The sums of a block of C, in whole cache lines: a register that crosses two of them takes twice as long to load or store.
#[repr(align(64))]
pub struct Sums<T>(pub(super) [[T; BLOCK]; BLOCK]);

/// A block of sums, s = Σ aᵢₖ·bₖⱼ, to be added up.
///
/// `left` has the rows of the block and is read entry by entry, whichever way it is stored; `right` is stored row by row
/// and is read register by register.
pub struct Work<'a, 'b, T> {
    pub(super) left: View<'a, T>,
    pub(super) right: View<'a, T>,
    /// Which factor comes from beyond the second-level cache, so that it pays to ask for it in advance.
    pub(super) left_is_far: bool,
    pub(super) right_is_far: bool,
    /// Receives the block. Each row is filled in whole registers, so what lies beyond its columns is overwritten, too.
    pub(super) sums: &'a mut Sums<T>,
    /// Where the sums will go: brought into the cache while they are added up. A store that works in registers needs it.
    pub(super) c: Option<&'a mut Block<'b, T>>,
}

/// Loop 2. Adds up a whole block, strip by strip.
#[inline(always)]
pub(super) fn block<T: Real, S: Simd<T>, F: Store<T>, const MR: usize, const NV: usize>(
    simd: S,
    mut work: Work<'_, '_, T>,
    store: &F,
) {
    let columns = work.right.cols();
    let mut column = 0;
    while column < columns {
        column += if columns - column >= NV * S::LANES {
            strip::<T, S, F, MR, NV>(simd, &mut work, store, column)
        } else {
            strip::<T, S, F, NARROW, 1>(simd, &mut work, store, column)
        };
    }
}

/// Loops 3 and 4. A strip, as wide as a tile: k in blocks, rows in tiles. What remains below the last full tile is covered
/// by smaller ones. Returns its width.
#[inline(always)]
fn strip<T: Real, S: Simd<T>, F: Store<T>, const MR: usize, const NV: usize>(
    simd: S,
    work: &mut Work<'_, '_, T>,
    store: &F,
    column: usize,
) -> usize {
    let (rows, depth) = work.left.shape();
    let most = STRIP / (NV * S::LANES * size_of::<T>());
    let blocks = depth.div_ceil(most).max(1);
    for n in 0..blocks {
        let k = depth * n / blocks..depth * (n + 1) / blocks;
        let mut row = 0;
        while row < rows {
            let k = k.clone();
            row += match rows - row {
                rest if rest >= MR => tile::<T, S, F, MR, NV>(simd, work, store, row, column, k),
                rest if rest >= 4 => tile::<T, S, F, 4, NV>(simd, work, store, row, column, k),
                rest if rest >= 2 => tile::<T, S, F, 2, NV>(simd, work, store, row, column, k),
                _ => tile::<T, S, F, 1, NV>(simd, work, store, row, column, k),
            };
        }
    }
    NV * S::LANES
}

/// One tile: continues from the sums of the earlier blocks of k. Returns its number of rows.
#[inline(always)]
fn tile<T: Real, S: Simd<T>, F: Store<T>, const MR: usize, const NV: usize>(
    simd: S,
    work: &mut Work<'_, '_, T>,
    store: &F,
    row: usize,
    column: usize,
    k: Range<usize>,
) -> usize {
    let rows = row..row + MR;
    let mut acc = [[simd.splat(T::ZERO); NV]; MR];
    if k.start > 0 {
        for (acc, sums) in acc.iter_mut().zip(&work.sums.0[rows.clone()]) {
            *acc = load_all(simd, &sums[column..]);
        }
    }
    let is_last = k.end == work.left.cols();
    if let Some(c) = &work.c
        && is_last
    {
        for i in rows.clone() {
            c.prefetch(i, column..column + NV * S::LANES);
        }
    }
    if work.left_is_far && column == 0 {
        ask_for_rows(&work.left, rows.end..rows.end + MR, &k);
    }
    let acc = multiply(simd, work, row, column, k, acc);
    match &mut work.c {
        Some(c) if F::IN_REGISTERS && is_last => {
            let width = (NV * S::LANES).min(work.right.cols() - column);
            store_tile(simd, acc, store, c, row, column..column + width);
        }
        _ => {
            for (acc, sums) in acc.iter().zip(&mut work.sums.0[rows]) {
                store_all(simd, acc, &mut sums[column..]);
            }
        }
    }
    MR
}

/// Stores a finished tile, without a detour through memory: the compiler keeps each row in registers.
#[inline(always)]
fn store_tile<T: Real, S: Simd<T>, F: Store<T>, const MR: usize, const NV: usize>(
    simd: S,
    acc: [[S::Vector; NV]; MR],
    store: &F,
    c: &mut Block<'_, T>,
    row: usize,
    columns: Range<usize>,
) {
    let first = c.cols().start + columns.start;
    for (i, acc) in (c.rows().start + row..).zip(&acc) {
        let mut sums = [T::ZERO; BLOCK];
        store_all(simd, acc, &mut sums);
        let c = &mut c.row_mut(i)[columns.clone()];
        if columns.len() == NV * S::LANES {
            store_row(store, i, first, NV * S::LANES, &sums, c);
        } else {
            store_row(store, i, first, columns.len(), &sums, c);
        }
    }
}

/// Asks for the next tile's part of A, unless A is transposed: then that lies beside the part of this tile.
#[inline(always)]
fn ask_for_rows<T: Real>(left: &View<'_, T>, rows: Range<usize>, k: &Range<usize>) {
    let (data, ld, first) = left.stored();
    if !left.is_transposed() {
        for i in rows {
            for p in k.clone().step_by(64 / size_of::<T>()) {
                prefetch_near(data.as_ptr().wrapping_add(i * ld + first + p));
            }
        }
    }
}

/// The two ways in which the left factor may be stored: only the distances between its entries differ, but the compiler makes
/// better use of distances that it knows.
#[inline(always)]
fn multiply<T: Real, S: Simd<T>, const MR: usize, const NV: usize>(
    simd: S,
    work: &Work<'_, '_, T>,
    row: usize,
    column: usize,
    k: Range<usize>,
    acc: [[S::Vector; NV]; MR],
) -> [[S::Vector; NV]; MR] {
    let (left, right, rows) = (&work.left, &work.right, row..row + MR);
    let width = (NV * S::LANES).min(right.cols() - column);
    let ahead = next_strip::<T, MR>(work, row, width, &k);
    let columns = column..column + width;
    if left.is_transposed() {
        let operands = Operands::<T, MR, true>::new(left, rows, right, columns, k);
        updates(simd, operands, width, ahead, acc)
    } else {
        let operands = Operands::<T, MR, false>::new(left, rows, right, columns, k);
        updates(simd, operands, width, ahead, acc)
    }
}

/// How far it is from a line of this strip to the one that the tile should ask for, if any.
///
/// While the tiles of a strip are computed, the next strip is brought into the second-level cache: the first tile asks for
/// the first cache line of each of its rows, the second for the second, so that no tile asks for more than it has time for.
#[inline(always)]
fn next_strip<T: Real, const MR: usize>(
    work: &Work<'_, '_, T>,
    row: usize,
    width: usize,
    k: &Range<usize>,
) -> Option<usize> {
    let line = row / MR * (64 / size_of::<T>());
    if !work.right_is_far || line >= width {
        return None;
    }
    let (_, ld, _) = work.right.stored();
    Some(if k.end == work.left.cols() {
        (width + line).wrapping_sub(k.start * ld)
    } else {
        line + k.len() * ld
    })
}

/// Loop 5. A line of B fills all registers, or, at B's right edge, a part of one.
#[inline(always)]
fn updates<T: Real, S: Simd<T>, const MR: usize, const NV: usize, const TRANSPOSED: bool>(
    simd: S,
    operands: Operands<'_, T, MR, TRANSPOSED>,
    width: usize,
    ahead: Option<usize>,
    mut acc: [[S::Vector; NV]; MR],
) -> [[S::Vector; NV]; MR] {
    if width < NV * S::LANES {
        operands.each(
            width,
            #[inline(always)]
            |a, line| rank_one_update(simd, a, [simd.load_partial(line); NV], &mut acc),
        );
    } else if let Some(ahead) = ahead {
        operands.each(
            NV * S::LANES,
            #[inline(always)]
            |a, line| {
                prefetch_near(line.as_ptr().wrapping_add(ahead));
                rank_one_update(simd, a, load_all(simd, line), &mut acc);
            },
        );
    } else {
        operands.each(
            NV * S::LANES,
            #[inline(always)]
            |a, line| rank_one_update(simd, a, load_all(simd, line), &mut acc),
        );
    }
    acc
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

/// Writes NV registers to the beginning of a line.
#[inline(always)]
fn store_all<T: Real, S: Simd<T>, const NV: usize>(
    simd: S,
    registers: &[S::Vector; NV],
    line: &mut [T],
) {
    for v in 0..NV {
        simd.store(registers[v], &mut line[v * S::LANES..]);
    }
}

/// acc += a·bᵀ.
#[inline(always)]
fn rank_one_update<T: Real, S: Simd<T>, const MR: usize, const NV: usize>(
    simd: S,
    a: [&T; MR],
    b: [S::Vector; NV],
    acc: &mut [[S::Vector; NV]; MR],
) {
    for i in 0..MR {
        let a = simd.splat(*a[i]);
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

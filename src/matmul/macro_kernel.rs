//! The macro-kernel: loops 2 and 1, which add up a block of C over a block of k, tile by tile.

use std::ops::Range;

use super::blocksizes::{EDGE_MR, LOW_MR, NC, unrolled};
use super::micro_kernel::{Registers, load_line, micro_kernel, store_line};
use super::prefetch::Prefetch;
use super::simd::{Simd, Strides, Tiles, prefetch_to_l2};
use super::work::Work;
use crate::scalar::Scalar;

/// How A is stored, which decides what the micro-kernel knows of its strides.
const BY_ROWS: u8 = 0;
const BY_COLUMNS: u8 = 1;
const PACKED: u8 = 2;
/// Nothing is known: for the edge kernel.
const ANY: u8 = 3;

/// Loop 2: micro-panels of B, each NR columns wide. `next` is the block of k after this one, or the first, if this is the last.
///
/// A packed operand has zeros where rows or columns are missing. The last rows of an A by rows are taken by lower tiles, of which
/// the last row stands for those that are missing; what else no whole tile covers is taken one register at a time.
pub(super) fn macro_kernel<T: Scalar, S: Simd<T>, const MR: usize, const NV: usize>(
    simd: S,
    work: &mut Work<'_, T>,
    k: Range<usize>,
    next: Range<usize>,
) {
    let (a, b) = (work.operands.a, work.operands.b);
    let (m, n, nr) = (work.rows.len(), work.columns.len(), NV * S::LANES);
    let whole = m / MR * MR;
    for jr in (0..n).step_by(nr) {
        let columns = jr..n.min(jr + nr);
        let mut column = Column {
            prefetch: Prefetch::new(work, &columns, &k, &next),
            work: &mut *work,
            k: &k,
        };
        if columns.len() < nr && !b.is_packed() {
            column.edge(simd, 0..m, columns);
        } else if a.is_packed() {
            column.tiles::<S, MR, NV, PACKED>(simd, 0..m, columns);
        } else if a.is_by_rows() {
            column.tiles::<S, MR, NV, BY_ROWS>(simd, 0..whole, columns.clone());
            column.tiles::<S, LOW_MR, NV, BY_ROWS>(simd, whole..m, columns);
        } else {
            column.tiles::<S, MR, NV, BY_COLUMNS>(simd, 0..whole, columns.clone());
            column.edge(simd, whole..m, columns);
        }
    }
}

/// What is computed with one micro-panel of B.
struct Column<'w, 'a, T> {
    work: &'w mut Work<'a, T>,
    k: &'w Range<usize>,
    prefetch: Prefetch<T>,
}

impl<T: Scalar> Column<'_, '_, T> {
    /// Tiles of any storage, one register wide.
    fn edge<S: Simd<T>>(&mut self, simd: S, rows: Range<usize>, columns: Range<usize>) {
        for jr in columns.clone().step_by(S::LANES) {
            let columns = jr..columns.end.min(jr + S::LANES);
            if self.work.operands.a.is_by_rows() {
                self.tiles::<S, EDGE_MR, 1, BY_ROWS>(simd, rows.clone(), columns);
            } else {
                self.tiles::<S, EDGE_MR, 1, ANY>(simd, rows.clone(), columns);
            }
        }
    }

    /// Loop 1, compiled for the instruction set, and for this tile alone: so there are registers for all that the innermost loop
    /// needs.
    fn tiles<S: Simd<T>, const MR: usize, const NV: usize, const A: u8>(
        &mut self,
        simd: S,
        rows: Range<usize>,
        columns: Range<usize>,
    ) {
        if !rows.is_empty() {
            simd.run(
                #[inline(always)]
                || {
                    let prefetch = &mut self.prefetch;
                    tiles::<T, S, MR, NV, A>(simd, self.work, rows, columns, self.k, prefetch);
                },
            );
        }
    }
}

/// Loop 1: tiles of MR rows, one below the other.
#[inline(always)]
fn tiles<T: Scalar, S: Simd<T>, const MR: usize, const NV: usize, const A: u8>(
    simd: S,
    work: &mut Work<'_, T>,
    rows: Range<usize>,
    columns: Range<usize>,
    k: &Range<usize>,
    prefetch: &mut Prefetch<T>,
) {
    let keeps_sums = work.keeps_sums(k);
    let (i0, j0) = (work.rows.start, work.columns.start);
    let Work {
        operands, sums, c, ..
    } = work;
    let (is_first, is_last) = (k.start == 0, k.end == operands.depth);
    // Where it knows the width and the strides, the compiler needs no checks and no registers for them in the innermost loop.
    let width = if NV == 1 {
        columns.len()
    } else {
        NV * S::LANES
    };
    let b = operands.b.columns_of_b(k.start, j0 + columns.start, width);
    let a = operands.a.tiles_of_a(MR, i0 + rows.start, k.start);
    let a = match A {
        BY_ROWS => Strides { k: 1, ..a },
        BY_COLUMNS => Strides { row: 1, ..a },
        PACKED => Strides { row: 1, k: MR, ..a },
        _ => a,
    };
    let mut c = match c {
        Some((output, c)) if is_last => Some((*output, c.part(rows.clone(), columns.clone()))),
        _ => None,
    };
    let spare = A == PACKED || A == BY_COLUMNS;
    let tiles = Tiles::<T, MR>::new(a, rows.len(), spare, b, width, k.len());
    for (panels, ir) in tiles.zip(rows.step_by(MR)) {
        let first = if keeps_sums {
            ir * NC + columns.start
        } else {
            0
        };
        let sums = &mut sums.0[first..first + (MR - 1) * NC + NV * S::LANES];
        let mut tile: Registers<S::Vector, MR, NV> = [[simd.splat(T::ZERO); NV]; MR];
        if !is_first {
            for i in 0..MR {
                tile[i] = load_line(simd, &sums[i * NC..]);
            }
        }
        let (mut place, ld) = prefetch.next_run(k.len() / const { unrolled(NV) });
        micro_kernel(
            simd,
            panels,
            #[inline(always)]
            || {
                prefetch_to_l2(place);
                place = place.wrapping_add(ld);
            },
            &mut tile,
        );
        if let Some((output, c)) = &mut c {
            output.store_tile(simd, tile, sums, &mut c.take_rows(MR));
        } else {
            for i in 0..MR {
                store_line(simd, &tile[i], &mut sums[i * NC..]);
            }
        }
    }
}

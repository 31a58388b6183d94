//! The macro-kernel: loops 2 and 1, which add up a block of C over a block of k, tile by tile.

use std::ops::Range;

use super::blocksizes::{EDGE_MR, NC, unrolled};
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
/// What no whole tile covers is taken one register at a time by the edge kernel: the last columns of a B in place, and the last
/// rows of an A by columns in place. (A packed operand has zeros there; of an A by rows, the last row stands for those that are
/// missing.)
pub(super) fn macro_kernel<T: Scalar, S: Simd<T>, const MR: usize, const NV: usize>(
    simd: S,
    work: &mut Work<'_, T>,
    k: Range<usize>,
    next: Range<usize>,
) {
    let (a, b) = (work.operands.a, work.operands.b);
    let (m, n) = (work.rows.len(), work.columns.len());
    let nr = NV * S::LANES;
    let whole = if a.is_by_rows() || a.is_packed() {
        m
    } else {
        m / MR * MR
    };
    for jr in (0..n).step_by(nr) {
        let columns = jr..n.min(jr + nr);
        let prefetch = Prefetch::new(work, &columns, &k, &next);
        let has_tiles = columns.len() == nr || b.is_packed();
        // Compiled for the instruction set, and for this tile alone: so there are registers for all that the innermost loop
        // needs.
        if has_tiles && a.is_by_rows() {
            simd.run(
                #[inline(always)]
                || tiles::<T, S, MR, NV, BY_ROWS>(simd, work, 0..m, columns.clone(), &k, prefetch),
            );
        } else if has_tiles && a.is_packed() {
            simd.run(
                #[inline(always)]
                || tiles::<T, S, MR, NV, PACKED>(simd, work, 0..m, columns.clone(), &k, prefetch),
            );
        } else if has_tiles {
            simd.run(
                #[inline(always)]
                || {
                    let rows = 0..whole;
                    tiles::<T, S, MR, NV, BY_COLUMNS>(
                        simd,
                        work,
                        rows,
                        columns.clone(),
                        &k,
                        prefetch,
                    );
                },
            );
        }
        let edge = if has_tiles { whole } else { 0 }..m;
        if !edge.is_empty() {
            for jr in columns.clone().step_by(S::LANES) {
                let columns = jr..columns.end.min(jr + S::LANES);
                let prefetch = Prefetch::new(work, &columns, &k, &next);
                let rows = edge.clone();
                if a.is_by_rows() {
                    simd.run(
                        #[inline(always)]
                        || {
                            tiles::<T, S, EDGE_MR, 1, BY_ROWS>(
                                simd, work, rows, columns, &k, prefetch,
                            )
                        },
                    );
                } else {
                    simd.run(
                        #[inline(always)]
                        || tiles::<T, S, EDGE_MR, 1, ANY>(simd, work, rows, columns, &k, prefetch),
                    );
                }
            }
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
    mut prefetch: Prefetch<T>,
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

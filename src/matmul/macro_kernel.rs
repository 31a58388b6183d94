//! The macro-kernel: loops 2 and 1, which add up a block of C over a block of k, tile by tile.

use std::ops::Range;

use super::blocksizes::{EDGE_MR, LOW_MR, NC, unrolled};
use super::micro_kernel::{Registers, load_line, micro_kernel, store_rows};
use super::pack::Operand;
use super::plan::Far;
use super::simd::{MicroPanels, Prefetch, Simd, Strided, prefetch_to_l2};
use super::threads::Block;
use super::update::Output;
use crate::scalar::Scalar;

/// A block of C, and what is added up for it.
pub(super) struct Work<'a, T> {
    pub(super) a: Operand<'a, T>,
    pub(super) b: Operand<'a, T>,
    pub(super) depth: usize,
    pub(super) far: Option<Far>,
    /// The rows of A and the columns of B that take part.
    pub(super) rows: Range<usize>,
    pub(super) columns: Range<usize>,
    /// Receives the sums, NC columns in each row.
    pub(super) sums: &'a mut [T],
    /// Whether this is Cᵀ, of which all sums are wanted; otherwise finished tiles go to C.
    pub(super) swapped: bool,
    pub(super) output: Output<'a, T>,
    pub(super) c: Block<'a, T>,
}

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
    let (m, n, nr) = (work.rows.len(), work.columns.len(), NV * S::LANES);
    let whole = m / MR * MR;
    for jr in (0..n).step_by(nr) {
        let columns = jr..n.min(jr + nr);
        let (a, b, prefetch) = (work.a, work.b, work.prefetch(&columns, &k, &next));
        let mut panel = Panel {
            simd,
            work,
            k: &k,
            prefetch,
        };
        if columns.len() < nr && !b.is_packed() {
            panel.edge(0..m, columns);
        } else if a.is_packed() {
            panel.tiles::<MR, NV, PACKED>(0..m, columns);
        } else if a.is_by_rows() {
            panel.tiles::<MR, NV, BY_ROWS>(0..whole, columns.clone());
            panel.tiles::<LOW_MR, NV, BY_ROWS>(whole..m, columns);
        } else {
            panel.tiles::<MR, NV, BY_COLUMNS>(0..whole, columns.clone());
            panel.edge(whole..m, columns);
        }
    }
}

impl<T: Scalar> Work<'_, T> {
    /// What comes next of the far operand, to be prefetched while some columns of the block are multiplied by a block of k.
    fn prefetch(
        &self,
        columns: &Range<usize>,
        k: &Range<usize>,
        next: &Range<usize>,
    ) -> Prefetch<T> {
        let (m, n, is_last) = (self.rows.len(), self.columns.len(), next.start == 0);
        match self.far {
            Some(Far::A) => {
                // All micro-panels read the same of A, so each requests its share of the next block of k, or of the rows below.
                let row = self.rows.start + if is_last { m } else { 0 };
                let share = |column| next.len() * column / n;
                let (start, end) = (share(columns.start), share(columns.end));
                Prefetch::new(self.a.address(row, next.start + start), m, end - start)
            }
            Some(Far::B) => {
                // The next micro-panel, of this block of k or the next one, or of the next block of C.
                let (k, column) = match (columns.end < n, is_last) {
                    (true, _) => (k, columns.end),
                    (false, true) => (next, n),
                    (false, false) => (next, 0),
                };
                let place = self.b.address(self.columns.start + column, k.start);
                Prefetch::new(place, k.len(), columns.len())
            }
            // The same columns of the next block of C.
            Some(Far::C) => Prefetch::new(self.c.address(columns.start + n), m, columns.len()),
            None => Prefetch::new((self.sums.as_ptr(), 0), 0, 0),
        }
    }
}

/// How A is stored, which decides what the micro-kernel knows of its strides.
const BY_ROWS: u8 = 0;
const BY_COLUMNS: u8 = 1;
const PACKED: u8 = 2;
/// Nothing is known: for the edge kernel.
const ANY: u8 = 3;

/// What is computed with one micro-panel of B.
struct Panel<'w, 'a, T, S> {
    simd: S,
    work: &'w mut Work<'a, T>,
    k: &'w Range<usize>,
    prefetch: Prefetch<T>,
}

impl<T: Scalar, S: Simd<T>> Panel<'_, '_, T, S> {
    /// Tiles of any storage, one register wide.
    fn edge(&mut self, rows: Range<usize>, columns: Range<usize>) {
        for jr in columns.clone().step_by(S::LANES) {
            let columns = jr..columns.end.min(jr + S::LANES);
            if self.work.a.is_by_rows() {
                self.tiles::<EDGE_MR, 1, BY_ROWS>(rows.clone(), columns);
            } else {
                self.tiles::<EDGE_MR, 1, ANY>(rows.clone(), columns);
            }
        }
    }

    /// Loop 1: tiles of MR rows, one below the other.
    ///
    /// It is compiled for the instruction set, and for this tile alone: so there are registers for all that the innermost loop
    /// needs. Where it knows the width and the strides, the compiler needs no checks and no registers for them.
    fn tiles<const MR: usize, const NV: usize, const A: u8>(
        &mut self,
        rows: Range<usize>,
        columns: Range<usize>,
    ) {
        let Panel {
            simd,
            work,
            k,
            prefetch,
        } = self;
        let (simd, i0, j0) = (*simd, work.rows.start, work.columns.start);
        let (is_first, is_last) = (k.start == 0, k.end == work.depth);
        // Without sums to carry or to keep, one tile after another takes the same place.
        let keeps_sums = !is_first || !is_last || work.swapped;
        let Work {
            a,
            b,
            sums,
            swapped,
            output,
            c,
            ..
        } = &mut **work;
        let width = if NV == 1 {
            columns.len()
        } else {
            NV * S::LANES
        };
        simd.run(
            #[inline(always)]
            || {
                let b = b.at(j0 + columns.start, k.start);
                for ir in rows.clone().step_by(MR) {
                    let a = a.at(i0 + ir, k.start);
                    // A packed A has rows to spare, and one by columns is cut into whole tiles.
                    let (a, height) = match A {
                        BY_ROWS => (Strided { k: 1, ..a }, rows.end - ir),
                        BY_COLUMNS => (Strided { line: 1, ..a }, MR),
                        PACKED => (
                            Strided {
                                line: 1,
                                k: MR,
                                ..a
                            },
                            MR,
                        ),
                        _ => (a, rows.end - ir),
                    };
                    let panels = MicroPanels::<T, MR>::new(a, height, b, width, k.len());
                    let first = if keeps_sums {
                        ir * NC + columns.start
                    } else {
                        0
                    };
                    let sums = &mut sums[first..][..(MR - 1) * NC + NV * S::LANES];
                    let mut tile: Registers<S::Vector, MR, NV> = [[simd.splat(T::ZERO); NV]; MR];
                    if !is_first {
                        for i in 0..MR {
                            tile[i] = load_line(simd, &sums[i * NC..][..NV * S::LANES]);
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
                    if is_last && !*swapped {
                        let mut c = c.part(ir..rows.end.min(ir + MR), columns.clone());
                        output.store_tile(simd, tile, sums, &mut c);
                    } else {
                        store_rows(simd, &tile, sums);
                    }
                }
            },
        );
    }
}

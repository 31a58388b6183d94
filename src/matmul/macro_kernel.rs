//! The macro-kernel: loops 2 and 1, which add up a block of C over a block of k, tile by tile.

use std::ops::Range;

use super::blocksizes::{EDGE_MR, LOW_MR, NC, unrolled};
use super::micro_kernel::{Tile, micro_kernel, store_sums};
use super::pack::Operand;
use super::plan::Far;
use super::simd::{MicroPanels, Prefetch, Simd};
use super::threads::Block;
use super::update::Output;
use crate::matrix::LINE;
use crate::scalar::Scalar;

/// A block of C over a block of k.
pub(super) struct MacroKernel<'a, T> {
    pub(super) a: Operand<'a, T>,
    pub(super) b: Operand<'a, T>,
    pub(super) far: Option<Far>,
    /// The rows of A, the columns of B and the steps of k that take part, of `depth` in all.
    pub(super) rows: Range<usize>,
    pub(super) columns: Range<usize>,
    pub(super) k: Range<usize>,
    pub(super) depth: usize,
    /// The next block of k; the first, if this is the last.
    pub(super) next: Range<usize>,
    /// Room for the sums of the block, NC in each row.
    pub(super) sums: &'a mut [T],
    /// Whether the sums are of Cᵀ, and all are wanted. Otherwise finished tiles are stored in C.
    pub(super) swapped: bool,
    pub(super) output: Output<'a, T>,
    pub(super) c: Block<'a, T>,
}

/// How A is stored, which decides what the micro-kernel knows of its strides.
const BY_ROWS: u8 = 0;
const BY_COLUMNS: u8 = 1;
const PACKED: u8 = 2;
/// Nothing is known: for the edge kernel.
const ANY: u8 = 3;

impl<T: Scalar> MacroKernel<'_, T> {
    /// Loop 2: micro-panels of B, each NR columns wide.
    ///
    /// A packed operand has zeros where rows or columns are missing. The last rows of an A by rows are taken by lower tiles, of
    /// which the last row stands for those that are missing; what else no whole tile covers is taken one register at a time.
    pub(super) fn run<S: Simd<T>, const MR: usize, const NV: usize>(&mut self, simd: S) {
        let (m, n, nr) = (self.rows.len(), self.columns.len(), NV * S::LANES);
        let whole = m / MR * MR;
        for jr in (0..n).step_by(nr) {
            let columns = jr..n.min(jr + nr);
            let ahead = &mut self.prefetch(&columns);
            if columns.len() < nr && !self.b.is_packed() {
                self.edge(simd, 0..m, columns, ahead);
            } else if self.a.is_packed() {
                self.tiles::<S, MR, NV, PACKED>(simd, 0..m, columns, ahead);
            } else if self.a.is_by_rows() {
                self.tiles::<S, MR, NV, BY_ROWS>(simd, 0..whole, columns.clone(), ahead);
                self.tiles::<S, LOW_MR, NV, BY_ROWS>(simd, whole..m, columns, ahead);
            } else {
                self.tiles::<S, MR, NV, BY_COLUMNS>(simd, 0..whole, columns.clone(), ahead);
                self.edge(simd, whole..m, columns, ahead);
            }
        }
    }

    /// Tiles of any storage, one register wide.
    fn edge<S: Simd<T>>(
        &mut self,
        simd: S,
        rows: Range<usize>,
        columns: Range<usize>,
        ahead: &mut Prefetch<T>,
    ) {
        for jr in columns.clone().step_by(S::LANES) {
            let (rows, columns) = (rows.clone(), jr..columns.end.min(jr + S::LANES));
            if self.a.is_by_rows() {
                self.tiles::<S, EDGE_MR, 1, BY_ROWS>(simd, rows, columns, ahead);
            } else {
                self.tiles::<S, EDGE_MR, 1, ANY>(simd, rows, columns, ahead);
            }
        }
    }

    /// Loop 1: tiles of MR rows, one below the other.
    ///
    /// It is compiled for the instruction set, and for this tile alone: so there are registers for all that the innermost loop
    /// needs. Where it knows the width and the strides, the compiler needs no checks and no registers for them.
    fn tiles<S: Simd<T>, const MR: usize, const NV: usize, const A: u8>(
        &mut self,
        simd: S,
        rows: Range<usize>,
        columns: Range<usize>,
        ahead: &mut Prefetch<T>,
    ) {
        if rows.is_empty() {
            return;
        }
        simd.run(
            #[inline(always)]
            || {
                let (is_first, is_last) = (self.k.start == 0, self.k.end == self.depth);
                let b = self.b.at(self.columns.start + columns.start, self.k.start);
                let mut a = self.a.at(self.rows.start + rows.start, self.k.start);
                match A {
                    BY_ROWS => a.k = 1,
                    BY_COLUMNS => a.line = 1,
                    PACKED => (a.line, a.k) = (1, MR),
                    _ => (),
                }
                // What is packed has rows to spare, and an A by columns is cut into whole tiles.
                let spare = A == PACKED || A == BY_COLUMNS;
                let nr = NV * S::LANES;
                let (steps, width) = (self.k.len(), if NV == 1 { columns.len() } else { nr });
                let stores = is_last && !self.swapped;
                let mut c = stores.then(|| self.c.part(rows.clone(), columns.clone()));
                for ir in rows.clone().step_by(MR) {
                    let height = if spare { MR } else { rows.end - ir };
                    let panels = MicroPanels::<T, MR>::new(a, height, b, width, steps);
                    a = a.next_tile(MR);
                    // Without sums to carry or to keep, one tile after another takes the same place.
                    let keeps_sums = !is_first || !stores;
                    let first = if keeps_sums {
                        ir * NC + columns.start
                    } else {
                        0
                    };
                    let sums = &mut self.sums[first..][..(MR - 1) * NC + nr];
                    let mut tile: Tile<S::Vector, MR, NV> = [[simd.splat(T::ZERO); NV]; MR];
                    if !is_first {
                        for i in 0..MR {
                            tile[i] = simd.load_line(&sums[i * NC..][..nr]);
                        }
                    }
                    let prefetch = ahead.next_run(steps / const { unrolled(NV) });
                    micro_kernel(simd, &panels, prefetch, &mut tile);
                    if let Some(c) = &mut c {
                        self.output
                            .store_tile(simd, tile, sums, &mut c.take_rows(MR));
                    } else {
                        store_sums(simd, &tile, sums);
                    }
                }
            },
        );
    }

    /// What comes next of the far operand, to be prefetched while these columns of the block are computed.
    fn prefetch(&self, columns: &Range<usize>) -> Prefetch<T> {
        let (m, n) = (self.rows.len(), self.columns.len());
        let is_last = self.k.end == self.depth;
        match self.far {
            Some(Far::A) => {
                // All micro-panels read the same of A, so each requests its share of the lines of the next block of k, or of the
                // rows below.
                let row = self.rows.start + if is_last { m } else { 0 };
                let lanes = LINE / size_of::<T>();
                let share = |column| self.next.len().div_ceil(lanes) * column / n * lanes;
                let (start, end) = (share(columns.start), share(columns.end));
                let place = self.a.at(row, self.next.start + start).address();
                Prefetch::new(place, m, end - start)
            }
            Some(Far::B) => {
                // The next micro-panel, of this block of k or the next one, or of the next block of C.
                let (k, column) = match (columns.end < n, is_last) {
                    (true, _) => (&self.k, columns.end),
                    (false, true) => (&self.next, n),
                    (false, false) => (&self.next, 0),
                };
                let place = self.b.at(self.columns.start + column, k.start).address();
                Prefetch::new(place, k.len(), columns.len())
            }
            // The same columns of the next block of C.
            Some(Far::C) => Prefetch::new(self.c.address(columns.start + n), m, columns.len()),
            None => Prefetch::new((self.sums.as_ptr(), 0), 0, 0),
        }
    }
}

#[cfg(test)]
mod tests;

//! The macro-kernel: loops 2 and 1, which add up a block of C over a block of k, tile by tile.

use std::ops::Range;

use super::blocksizes::{NC, prefetch_every};
use super::micro_kernel::{Tile, load_row, micro_kernel, store_row};
use super::pack::{OperandA, OperandB, micro_panel_of_a, rows_of_a};
use super::plan::{Plan, Prefetched};
use super::simd::{Prefetch, Simd};
use super::threads::Block;
use super::update::Output;
use crate::scalar::Scalar;

/// A block of C over a block of k.
pub(super) struct MacroKernel<'a, T> {
    pub(super) plan: &'a Plan,
    pub(super) a: OperandA<'a, T>,
    pub(super) b: OperandB<'a, T>,
    /// The rows of A and the columns of B that take part.
    pub(super) rows: Range<usize>,
    pub(super) columns: Range<usize>,
    /// The steps of k, of `depth` in all, and those of the next block of k; the first, if this is the last.
    pub(super) k: Range<usize>,
    pub(super) next: Range<usize>,
    pub(super) depth: usize,
    /// Room for the sums of the block, NC in each row.
    pub(super) sums: &'a mut [T],
    pub(super) output: Output<'a, T>,
    pub(super) c: Block<'a, T>,
}

impl<'a, T: Scalar> MacroKernel<'a, T> {
    /// For this block of C; the blocks of k follow.
    pub(super) fn new(
        plan: &'a Plan,
        (a, b): (OperandA<'a, T>, OperandB<'a, T>),
        depth: usize,
        sums: &'a mut [T],
        output: Output<'a, T>,
        c: Block<'a, T>,
    ) -> Self {
        let (mut rows, mut columns) = (c.rows(), c.columns());
        if plan.swapped {
            (rows, columns) = (columns, rows);
        }
        let (k, next) = (0..0, 0..0);
        MacroKernel {
            plan,
            a,
            b,
            rows,
            columns,
            k,
            next,
            depth,
            sums,
            output,
            c,
        }
    }

    /// Loop 2: micro-panels of B, each NR columns wide.
    pub(super) fn run<S: Simd<T>, const MR: usize, const NV: usize, const NR: usize>(
        &mut self,
        simd: S,
    ) {
        for jr in (0..self.columns.len()).step_by(NR) {
            match self.a {
                OperandA::InPlace(a) => self.tiles::<_, _, MR, NV, NR>(
                    simd,
                    jr,
                    #[inline(always)]
                    |i, k| rows_of_a::<T, MR>(a, i, k),
                    #[inline(always)]
                    |rows, k, i| rows[i][k],
                ),
                OperandA::Packed(a) => self.tiles::<_, _, MR, NV, NR>(
                    simd,
                    jr,
                    #[inline(always)]
                    |i, k| micro_panel_of_a::<T, MR>(a, i, k),
                    #[inline(always)]
                    |panel, k, i| panel[k][i],
                ),
            }
        }
    }

    /// Loop 1: tiles of MR rows, one below the other. `micro_panel(i, k)` is what the rows of A from i on have over these steps of k,
    /// and `entry` that of step k and the ith of these rows.
    ///
    /// It is compiled for the instruction set, and for one way of storing A alone: so there are registers for all that the innermost
    /// loop needs.
    fn tiles<S: Simd<T>, P, const MR: usize, const NV: usize, const NR: usize>(
        &mut self,
        simd: S,
        jr: usize,
        micro_panel: impl Fn(usize, &Range<usize>) -> P,
        entry: impl Fn(&P, usize, usize) -> T,
    ) {
        simd.run(
            #[inline(always)]
            || {
                let (m, n) = (self.rows.len(), self.columns.len());
                let columns = jr..n.min(jr + NR);
                let mut ahead = self.prefetch::<NR>(&columns);
                let (b, ldb, column) = self.b.steps::<NR>(self.columns.start + jr, self.k.start);
                let b = b.chunks_exact(ldb).take(self.k.len());
                assert_eq!(b.len(), self.k.len(), "all of k in B");
                let (output, is_first) = (self.output, self.k.start == 0);
                let stores = self.k.end == self.depth && !self.plan.swapped;
                for ir in (0..m).step_by(MR) {
                    let a = micro_panel(self.rows.start + ir, &self.k);
                    let mut tile: Tile<S::Vector, MR, NV> = [[simd.splat(T::ZERO); NV]; MR];
                    let sums = &mut self.sums[ir * NC + jr..][..(MR - 1) * NC + NR];
                    if !is_first {
                        for i in 0..MR {
                            tile[i] = load_row(simd, &sums[i * NC..]);
                        }
                    }
                    micro_kernel(
                        simd,
                        #[inline(always)]
                        |k, i| entry(&a, k, i),
                        (b.clone(), column),
                        ahead.next_run(self.k.len() / const { prefetch_every(NV) }),
                        &mut tile,
                    );
                    let rows = ir..m.min(ir + MR);
                    let mut c = stores.then(|| self.c.part(rows, columns.clone()));
                    if let Some(c) = &mut c
                        && output.store_tile::<S, MR, NV, NR>(simd, &tile, c)
                    {
                        continue;
                    }
                    for i in 0..MR {
                        store_row(simd, &tile[i], &mut sums[i * NC..]);
                    }
                    if let Some(c) = &mut c {
                        output.store(simd, sums, NC, c);
                    }
                }
            },
        );
    }

    /// What comes next of B or C, to be prefetched while these columns of the block are computed.
    #[inline(always)]
    fn prefetch<const NR: usize>(&self, columns: &Range<usize>) -> Prefetch<T> {
        let (m, n) = (self.rows.len(), self.columns.len());
        let is_last = self.k.end == self.depth;
        match self.plan.prefetched {
            Some(Prefetched::B) => {
                // The next micro-panel, of this block of k or the next one, or of the next block of C.
                let (k, column) = match (columns.end < n, is_last) {
                    (true, _) => (&self.k, columns.end),
                    (false, true) => (&self.next, n),
                    (false, false) => (&self.next, 0),
                };
                let (b, ldb, column) = self.b.steps::<NR>(self.columns.start + column, k.start);
                let place = b.as_ptr().wrapping_add(column);
                Prefetch::new((place, ldb), k.len(), columns.len())
            }
            // The same columns of the next block of C.
            Some(Prefetched::C) => {
                Prefetch::new(self.c.address(columns.start + n), m, columns.len())
            }
            None => Prefetch::new((self.sums.as_ptr(), 0), 0, 0),
        }
    }
}

#[cfg(test)]
mod tests;

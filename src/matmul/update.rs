//! From sums to C: alpha, beta and the step of gradient descent, in registers, as BLAS has alpha and beta in its kernel.

use std::fmt;

use super::blocksizes::NC;
use super::epilogue::TileEpilogue;
use super::micro_kernel::{Registers, load_line, store_line};
use super::simd::{Isa, Simd};
use super::threads::Block;
use crate::scalar::Scalar;

/// What becomes of an entry of C, from the sum v = alpha·s.
#[derive(Clone, Copy, Debug)]
pub enum Update<T> {
    /// C ← v. The old C is not read, so it may hold anything.
    Replace,
    /// C ← beta·C + v, rounded once.
    Beta(T),
    /// C ← C − lr·v, each operation rounded: the product is a gradient and C the weight.
    Descend(T),
}

/// Where finished sums go: alpha, the update, and then the epilogue, if there is one.
#[derive(Clone, Copy)]
pub struct Output<'a, T> {
    pub(super) isa: Isa,
    pub(super) alpha: Option<T>,
    pub(super) update: Update<T>,
    pub(super) epilogue: Option<&'a dyn TileEpilogue<T>>,
}

/// Without the epilogue: a type of somebody else's, which need not be printable.
impl<T: fmt::Debug> fmt::Debug for Output<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Output")
            .field("isa", &self.isa)
            .field("alpha", &self.alpha)
            .field("update", &self.update)
            .finish_non_exhaustive()
    }
}

impl<T: Scalar> Output<'_, T> {
    /// Stores a tile: whole, from its registers; at the edges, or if there is an epilogue, by way of `scratch`, whose rows are
    /// NC apart.
    #[inline(always)]
    pub(super) fn store_tile<S: Simd<T>, const MR: usize, const NV: usize>(
        &self,
        simd: S,
        mut tile: Registers<S::Vector, MR, NV>,
        scratch: &mut [T],
        c: &mut Block<'_, T>,
    ) {
        let rows = c.whole_rows::<MR>(NV * S::LANES);
        let is_whole = rows.is_some();
        if let Some(rows) = rows {
            self.update_tile(simd, &mut tile, &rows);
            if self.epilogue.is_none() {
                for (tile, row) in tile.iter().zip(rows) {
                    store_line(simd, tile, row);
                }
                return;
            }
        }
        for i in 0..MR {
            store_line(simd, &tile[i], &mut scratch[i * NC..]);
        }
        if is_whole {
            self.apply_epilogue(scratch, NC, c);
        } else {
            self.store_block(simd, scratch, NC, c);
        }
    }

    /// Stores a block of C from its sums, whose rows are `ld` apart, one register after another.
    #[inline(always)]
    pub(super) fn store_block<S: Simd<T>>(
        &self,
        simd: S,
        sums: &mut [T],
        ld: usize,
        c: &mut Block<'_, T>,
    ) {
        for i in 0..c.rows().len() {
            let (row, sums) = (c.row_mut(i), &mut sums[i * ld..]);
            for (row, sums) in row.chunks_mut(S::LANES).zip(sums.chunks_mut(S::LANES)) {
                let mut tile: Registers<_, 1, 1> = [load_line(simd, sums)];
                self.update_tile(simd, &mut tile, &[&mut *row]);
                if self.epilogue.is_some() {
                    store_line(simd, &tile[0], sums);
                } else {
                    simd.store_part(tile[0][0], row);
                }
            }
        }
        self.apply_epilogue(sums, ld, c);
    }

    fn apply_epilogue(&self, values: &[T], ld: usize, c: &mut Block<'_, T>) {
        if let Some(epilogue) = self.epilogue {
            epilogue.store(self.isa, values, ld, c);
        }
    }

    /// Applies alpha and the update to a tile that belongs into these rows of C.
    #[inline(always)]
    fn update_tile<S: Simd<T>, const MR: usize, const NV: usize>(
        &self,
        simd: S,
        tile: &mut Registers<S::Vector, MR, NV>,
        rows: &[&mut [T]; MR],
    ) {
        if let Some(alpha) = self.alpha {
            let alpha = simd.splat(alpha);
            for i in 0..MR {
                for v in 0..NV {
                    tile[i][v] = simd.mul(alpha, tile[i][v]);
                }
            }
        }
        match self.update {
            Update::Replace => (),
            Update::Beta(beta) => {
                let beta = simd.splat(beta);
                with_c(
                    simd,
                    tile,
                    rows,
                    #[inline(always)]
                    |v, c| simd.fma(beta, c, v),
                );
            }
            Update::Descend(lr) => {
                let lr = simd.splat(lr);
                with_c(
                    simd,
                    tile,
                    rows,
                    #[inline(always)]
                    |v, c| simd.sub(c, simd.mul(lr, v)),
                );
            }
        }
    }
}

/// Combines each value of a tile with the old entry of C in its place.
#[inline(always)]
fn with_c<T: Scalar, S: Simd<T>, const MR: usize, const NV: usize>(
    simd: S,
    tile: &mut Registers<S::Vector, MR, NV>,
    rows: &[&mut [T]; MR],
    f: impl Fn(S::Vector, S::Vector) -> S::Vector,
) {
    for i in 0..MR {
        let old: [S::Vector; NV] = if NV == 1 {
            // There may be fewer columns than lanes.
            [simd.load_part(rows[i]); NV]
        } else {
            load_line(simd, rows[i])
        };
        for v in 0..NV {
            tile[i][v] = f(tile[i][v], old[v]);
        }
    }
}

/// [`Output::store_block`], compiled for the instruction set: for blocks that were transposed.
pub(super) fn store_block<T: Scalar, S: Simd<T>>(
    simd: S,
    output: Output<'_, T>,
    sums: &mut [T],
    ld: usize,
    c: &mut Block<'_, T>,
) {
    simd.run(
        #[inline(always)]
        || output.store_block(simd, sums, ld, c),
    );
}

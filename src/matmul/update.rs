//! From sums to C: alpha, beta and the step of gradient descent, in registers, as BLAS has alpha and beta in its kernel.

use std::array::from_fn;

use super::blocksizes::NC;
use super::epilogue::TileEpilogue;
use super::micro_kernel::{Tile, store_sums};
use super::pack::transpose;
use super::simd::Simd;
use super::threads::{Block, Engine};
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
#[expect(
    missing_debug_implementations,
    reason = "an epilogue need not be printable"
)]
pub struct Output<'a, T> {
    pub(super) engine: &'a Engine,
    pub(super) alpha: Option<T>,
    pub(super) update: Update<T>,
    pub(super) epilogue: Option<&'a dyn TileEpilogue<T>>,
}

impl<T: Scalar> Output<'_, T> {
    /// Stores a tile: whole, from its registers; at the edges by way of `scratch`.
    #[inline(always)]
    pub(super) fn store_tile<S: Simd<T>, const MR: usize, const NV: usize>(
        &self,
        simd: S,
        mut tile: Tile<S::Vector, MR, NV>,
        scratch: &mut [T],
        c: &mut Block<'_, T>,
    ) {
        if let Some(rows) = c.whole_rows::<MR>(NV * S::LANES) {
            self.update_tile(simd, &mut tile, &rows);
            for (line, row) in tile.iter().zip(rows) {
                simd.store_line(line, row);
            }
            self.apply_epilogue(c);
        } else {
            store_sums(simd, &tile, scratch);
            self.store_block(simd, scratch, c);
        }
    }

    /// Stores a block of C from the sums of Cᵀ.
    pub(super) fn store_transposed<S: Simd<T>>(
        &self,
        simd: S,
        sums: &[T],
        scratch: &mut [T],
        c: &mut Block<'_, T>,
    ) {
        let (rows, columns) = (c.rows().len(), c.columns().len());
        let from: [&[T]; NC] = from_fn(|j| &sums[j * NC..][..NC]);
        let (to, _) = scratch.as_chunks_mut::<NC>();
        transpose(&from[..columns], &mut to[..rows]);
        simd.run(
            #[inline(always)]
            || self.store_block(simd, scratch, c),
        );
    }

    /// Stores a block of C from its sums, one register after another.
    #[inline(always)]
    fn store_block<S: Simd<T>>(&self, simd: S, sums: &[T], c: &mut Block<'_, T>) {
        for i in 0..c.rows().len() {
            let (row, sums) = (c.row_mut(i), &sums[i * NC..]);
            for (row, sums) in row.chunks_mut(S::LANES).zip(sums.chunks(S::LANES)) {
                let mut tile = [[simd.load(sums)]];
                self.update_tile(simd, &mut tile, &[&mut *row]);
                simd.store_part(tile[0][0], row);
            }
        }
        self.apply_epilogue(c);
    }

    fn apply_epilogue(&self, c: &mut Block<'_, T>) {
        if let Some(epilogue) = self.epilogue {
            epilogue.apply(self.engine.isa(), c);
        }
    }

    /// Applies alpha and the update to a tile that belongs into these rows of C.
    #[inline(always)]
    fn update_tile<S: Simd<T>, const MR: usize, const NV: usize>(
        &self,
        simd: S,
        tile: &mut Tile<S::Vector, MR, NV>,
        rows: &[&mut [T]; MR],
    ) {
        if let Some(alpha) = self.alpha {
            let alpha = simd.splat(alpha);
            for v in tile.as_flattened_mut() {
                *v = simd.mul(alpha, *v);
            }
        }
        match self.update {
            Update::Replace => (),
            Update::Beta(beta) => {
                let beta = simd.splat(beta);
                for i in 0..MR {
                    let old: [_; NV] = simd.load_line(rows[i]);
                    for v in 0..NV {
                        tile[i][v] = simd.fma(beta, old[v], tile[i][v]);
                    }
                }
            }
            Update::Descend(lr) => {
                let lr = simd.splat(lr);
                for i in 0..MR {
                    let old: [_; NV] = simd.load_line(rows[i]);
                    for v in 0..NV {
                        tile[i][v] = simd.sub(old[v], simd.mul(lr, tile[i][v]));
                    }
                }
            }
        }
    }
}

//! From sums to C: alpha, beta and the step of gradient descent, and then the epilogue.

use super::blocksizes::WIDTH;
use super::epilogue::TileEpilogue;
use super::micro_kernel::{Tile, load_line, store_line};
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
    pub(super) alpha: T,
    pub(super) update: Update<T>,
    pub(super) epilogue: Option<&'a dyn TileEpilogue<T>>,
}

impl<T: Scalar> Output<'_, T> {
    /// Stores a tile, which may be larger than its part of C.
    #[inline(always)]
    pub(super) fn store_tile<S: Simd<T>, const MR: usize, const NV: usize, const NR: usize>(
        &self,
        simd: S,
        tile: Tile<S::Vector, MR, NV>,
        c: &mut Block<'_, T>,
    ) {
        self.update::<S, MR, NV, NR>(simd, tile, c);
        self.apply_epilogue(c);
    }

    /// Stores a block from its sums, line by line. Behind a row there is room for a whole tile.
    #[inline(always)]
    pub(super) fn store_block<S: Simd<T>, const NV: usize, const NR: usize>(
        &self,
        simd: S,
        sums: &[[T; WIDTH]],
        c: &mut Block<'_, T>,
    ) {
        let (rows, columns) = (c.rows().len(), c.columns().len());
        for (i, sums) in sums[..rows].iter().enumerate() {
            for j in (0..columns).step_by(NR) {
                let mut c = c.part(i..i + 1, j..columns.min(j + NR));
                self.update::<S, 1, NV, NR>(simd, [load_line(simd, &sums[j..])], &mut c);
            }
        }
        self.apply_epilogue(c);
    }

    fn apply_epilogue(&self, c: &mut Block<'_, T>) {
        if let Some(epilogue) = self.epilogue {
            epilogue.apply(self.engine.isa(), c);
        }
    }

    /// Applies alpha and the update to a part of C; what the tile has more is let go.
    #[inline(always)]
    fn update<S: Simd<T>, const MR: usize, const NV: usize, const NR: usize>(
        &self,
        simd: S,
        tile: Tile<S::Vector, MR, NV>,
        c: &mut Block<'_, T>,
    ) {
        if let Some(rows) = c.whole_rows::<MR>(NR) {
            return self.update_rows(simd, tile, rows);
        }
        let (rows, columns) = (c.rows().len(), c.columns().len());
        let mut whole = [[T::ZERO; NR]; MR];
        if !matches!(self.update, Update::Replace) {
            for (i, line) in whole[..rows].iter_mut().enumerate() {
                line[..columns].copy_from_slice(c.row_mut(i));
            }
        }
        self.update_rows(simd, tile, whole.iter_mut());
        for (i, line) in whole[..rows].iter().enumerate() {
            c.row_mut(i).copy_from_slice(&line[..columns]);
        }
    }

    /// Applies alpha and the update in registers, as BLAS has alpha and beta in its kernel.
    #[inline(always)]
    fn update_rows<S: Simd<T>, R: AsMut<[T]>, const MR: usize, const NV: usize>(
        &self,
        simd: S,
        mut tile: Tile<S::Vector, MR, NV>,
        c: impl Iterator<Item = R>,
    ) {
        if self.alpha != T::ONE {
            let alpha = simd.splat(self.alpha);
            for v in tile.as_flattened_mut() {
                *v = simd.mul(alpha, *v);
            }
        }
        let tile_and_c = tile.iter_mut().zip(c);
        match self.update {
            Update::Replace => {
                for (line, mut row) in tile_and_c {
                    store_line(simd, line, row.as_mut());
                }
            }
            Update::Beta(beta) => {
                let beta = simd.splat(beta);
                for (line, mut row) in tile_and_c {
                    let old: [_; NV] = load_line(simd, row.as_mut());
                    for v in 0..NV {
                        line[v] = simd.fma(beta, old[v], line[v]);
                    }
                    store_line(simd, line, row.as_mut());
                }
            }
            Update::Descend(lr) => {
                let lr = simd.splat(lr);
                for (line, mut row) in tile_and_c {
                    let old: [_; NV] = load_line(simd, row.as_mut());
                    for v in 0..NV {
                        line[v] = simd.sub(old[v], simd.mul(lr, line[v]));
                    }
                    store_line(simd, line, row.as_mut());
                }
            }
        }
    }
}

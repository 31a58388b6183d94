//! From sums to C: alpha, beta and the step of gradient descent, and then the epilogue.

use super::epilogue::TileEpilogue;
use super::micro_kernel::{Tile, load_row, store_row};
use super::simd::Simd;
use super::threads::{Block, Engine};
use crate::matrix::LINE;
use crate::scalar::Scalar;

/// The most numbers that a register has.
const MOST_LANES: usize = LINE / size_of::<f32>();

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
    /// Stores a part of C from its sums, the rows of which are `ld` apart.
    pub(super) fn store<S: Simd<T>>(&self, simd: S, sums: &[T], ld: usize, c: &mut Block<'_, T>) {
        simd.run(
            #[inline(always)]
            || {
                for (i, sums) in (0..c.rows().len()).zip(sums.chunks(ld)) {
                    let registers = c.row_mut(i).chunks_mut(S::LANES);
                    for (row, sums) in registers.zip(sums.chunks(S::LANES)) {
                        self.update_part(simd, simd.load(sums), row);
                    }
                }
            },
        );
        self.apply_epilogue(c);
    }

    /// Stores a tile from its registers, if this part of C is as large; returns whether it is.
    #[inline(always)]
    pub(super) fn store_tile<S: Simd<T>, const MR: usize, const NV: usize, const NR: usize>(
        &self,
        simd: S,
        tile: &Tile<S::Vector, MR, NV>,
        c: &mut Block<'_, T>,
    ) -> bool {
        let Some(rows) = c.full_rows::<MR>(NR) else {
            return false;
        };
        for (sums, row) in tile.iter().zip(rows) {
            self.update(simd, sums, row);
        }
        self.apply_epilogue(c);
        true
    }

    fn apply_epilogue(&self, c: &mut Block<'_, T>) {
        if let Some(epilogue) = self.epilogue {
            epilogue.apply(self.engine.isa(), c);
        }
    }

    /// Updates the numbers of one register or fewer; what the register has more is let go.
    #[inline(always)]
    fn update_part<S: Simd<T>>(&self, simd: S, sums: S::Vector, row: &mut [T]) {
        if row.len() == S::LANES {
            return self.update(simd, &[sums], row);
        }
        let mut padded = [T::ZERO; MOST_LANES];
        let n = row.len();
        if !matches!(self.update, Update::Replace) {
            padded[..n].copy_from_slice(row);
        }
        self.update(simd, &[sums], &mut padded);
        row.copy_from_slice(&padded[..n]);
    }

    /// Applies alpha and the update in registers, as BLAS has alpha and beta in its kernel.
    #[inline(always)]
    fn update<S: Simd<T>, const NV: usize>(&self, simd: S, sums: &[S::Vector; NV], row: &mut [T]) {
        let mut v = *sums;
        if self.alpha != T::ONE {
            for v in &mut v {
                *v = simd.mul(simd.splat(self.alpha), *v);
            }
        }
        match self.update {
            Update::Replace => {}
            Update::Beta(beta) => {
                let old: [_; NV] = load_row(simd, row);
                for r in 0..NV {
                    v[r] = simd.fma(simd.splat(beta), old[r], v[r]);
                }
            }
            Update::Descend(lr) => {
                let old: [_; NV] = load_row(simd, row);
                for r in 0..NV {
                    v[r] = simd.sub(old[r], simd.mul(simd.splat(lr), v[r]));
                }
            }
        }
        store_row(simd, &v, row);
    }
}

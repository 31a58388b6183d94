//! The micro-panels of A and B that a column of tiles multiplies, one tile after another.

use std::array::from_fn;
use std::marker::PhantomData;
use std::slice;

use crate::scalar::Scalar;

/// What is stored of A from its first entry on, and how far it is from there to others.
#[derive(Clone, Copy)]
pub(in crate::matmul) struct Strides<'a, T> {
    pub(in crate::matmul) data: &'a [T],
    /// To the next row of a tile, and to the next k.
    pub(in crate::matmul) row: usize,
    pub(in crate::matmul) k: usize,
    /// To the first row of the next tile.
    pub(in crate::matmul) tile: usize,
}

/// The micro-panels of tiles of `MR` rows, one below the other, over a block of k.
///
/// That everything is there is seen to once, when they are made, so that the loops need not.
pub(in crate::matmul) struct Tiles<'a, T, const MR: usize> {
    next: MicroPanels<'a, T, MR>,
    row: usize,
    tile: usize,
    /// Rows that are left.
    rows: usize,
}

impl<'a, T: Scalar, const MR: usize> Tiles<'a, T, MR> {
    /// From `rows` rows of A and `width` columns of B, both beginning with the first of `steps` steps of k. `ldb` is the leading
    /// dimension of B. If A has rows to `spare` below the last, a tile may read them.
    ///
    /// # Panics
    /// If the last entry is not there.
    #[inline(always)]
    pub(in crate::matmul) fn new(
        a: Strides<'a, T>,
        rows: usize,
        spare: bool,
        (b, ldb): (&'a [T], usize),
        width: usize,
        steps: usize,
    ) -> Self {
        if let (Some(last_k), Some(last_row)) = (steps.checked_sub(1), rows.checked_sub(1)) {
            let last = if spare { MR - 1 } else { last_row % MR };
            let entry = offset([(last_row / MR, a.tile), (last, a.row), (last_k, a.k)]);
            assert!(entry < a.data.len(), "all rows and all of k inside A");
            let is_below = last_row < MR || offset([(MR - 1, a.row)]) <= a.tile;
            assert!(is_below, "tiles one below the other");
            let line = offset([(last_k, ldb), (1, width)]);
            assert!(line <= b.len(), "all of k inside B");
        }
        Tiles {
            next: MicroPanels {
                a: a.data.as_ptr(),
                rows: from_fn(|i| i * a.row),
                next: a.k,
                b: b.as_ptr(),
                ldb,
                width,
                steps,
                operands: PhantomData,
            },
            row: if spare { 0 } else { a.row },
            tile: a.tile,
            rows,
        }
    }
}

/// So many steps of such strides, or the largest number, if that is less.
#[inline(always)]
fn offset<const N: usize>(strides: [(usize, usize); N]) -> usize {
    strides.into_iter().fold(0, |offset, (steps, stride)| {
        offset.saturating_add(steps.saturating_mul(stride))
    })
}

impl<'a, T: Scalar, const MR: usize> Iterator for Tiles<'a, T, MR> {
    type Item = MicroPanels<'a, T, MR>;

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        let last = self.rows.checked_sub(1)?;
        if last < MR - 1 && self.row > 0 {
            // The last row stands for those that are missing.
            self.next.rows = from_fn(|i| i.min(last) * self.row);
        }
        let panels = self.next;
        self.next.a = panels.a.wrapping_add(self.tile);
        self.rows = self.rows.saturating_sub(MR);
        Some(panels)
    }
}

/// For one k after another, `MR` entries of A and a line of B.
#[derive(Clone, Copy)]
pub(in crate::matmul) struct MicroPanels<'a, T, const MR: usize> {
    /// The first row's entry of this k, how far from it the other rows' are, and how far it is to the next k.
    a: *const T,
    rows: [usize; MR],
    next: usize,
    /// The line of this k, how far it is to the next, and how many entries of it are read.
    b: *const T,
    ldb: usize,
    width: usize,
    steps: usize,
    operands: PhantomData<&'a [T]>,
}

impl<'a, T: Scalar, const MR: usize> MicroPanels<'a, T, MR> {
    /// Calls `f` with the operands of each k, `n` of them at a time, and `between` before each time.
    #[inline(always)]
    pub(in crate::matmul) fn each(
        mut self,
        n: usize,
        mut between: impl FnMut(),
        mut f: impl FnMut([&'a T; MR], &'a [T]),
    ) {
        for _ in 0..self.steps / n {
            between();
            for k in 0..n {
                // SAFETY: not more than `steps` in all.
                let (a, b) = unsafe { self.step(k) };
                f(a, b);
            }
            self.skip(n);
        }
        for _ in 0..self.steps % n {
            // SAFETY: as above.
            let (a, b) = unsafe { self.step(0) };
            f(a, b);
            self.skip(1);
        }
    }

    /// The operands of the k that is so many from here.
    ///
    /// # Safety
    /// There has to be one: of `steps`, more than `k` are left.
    #[inline(always)]
    unsafe fn step(&self, k: usize) -> ([&'a T; MR], &'a [T]) {
        let a = self.a.wrapping_add(k * self.next);
        let b = self.b.wrapping_add(k * self.ldb);
        // SAFETY: `Tiles` has found the rows, the line and all of k inside the slices, which are borrowed for 'a.
        unsafe {
            (
                self.rows.map(|row| &*a.wrapping_add(row)),
                slice::from_raw_parts(b, self.width),
            )
        }
    }

    /// Goes on by `n` steps.
    #[inline(always)]
    fn skip(&mut self, n: usize) {
        self.a = self.a.wrapping_add(n * self.next);
        self.b = self.b.wrapping_add(n * self.ldb);
    }
}

#[cfg(test)]
mod tests;

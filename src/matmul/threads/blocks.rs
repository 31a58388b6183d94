//! Disjoint blocks of one output, each for one thread to write.

use std::marker::PhantomData;
use std::ops::Range;
use std::slice;

use super::pool::Pool;
use crate::matrix::ViewMut;
use crate::scalar::Scalar;

/// A rectangle of an output that one thread alone may write.
pub struct Block<'a, T> {
    first: *mut T,
    ld: usize,
    rows: Range<usize>,
    columns: Range<usize>,
    output: PhantomData<&'a mut [T]>,
}

impl<T> Block<'_, T> {
    /// The rows of the output that belong to the block.
    pub fn rows(&self) -> Range<usize> {
        self.rows.clone()
    }

    /// The columns of the output that belong to the block.
    pub fn columns(&self) -> Range<usize> {
        self.columns.clone()
    }

    /// These rows and columns of the block, counted from its first.
    ///
    /// # Panics
    /// If the block has not so many.
    #[inline(always)]
    pub fn part(&mut self, rows: Range<usize>, columns: Range<usize>) -> Block<'_, T> {
        let is_in = |part: &Range<usize>, n| part.start <= part.end && part.end <= n;
        let is_inside = is_in(&rows, self.rows.len()) && is_in(&columns, self.columns.len());
        assert!(is_inside, "a part of the block");
        let (i, j) = (self.rows.start, self.columns.start);
        Block {
            first: self
                .first
                .wrapping_add(rows.start * self.ld + columns.start),
            ld: self.ld,
            rows: i + rows.start..i + rows.end,
            columns: j + columns.start..j + columns.end,
            output: PhantomData,
        }
    }

    /// The block's rows, if there are `N`, each of `n` columns: numbers that the compiler knows, where the caller does.
    #[inline(always)]
    pub fn full_rows<const N: usize>(
        &mut self,
        n: usize,
    ) -> Option<impl Iterator<Item = &mut [T]>> {
        let is_full = self.rows.len() == N && self.columns.len() == n;
        let (first, ld) = (self.first, self.ld);
        // SAFETY: as for `row_mut`; the rows of an output are disjoint.
        let row = move |i| unsafe { slice::from_raw_parts_mut(first.add(i * ld), n) };
        is_full.then(|| (0..N).map(row))
    }

    /// The block's part of a row of the output, its `i`th.
    ///
    /// # Panics
    /// If the block has not so many.
    #[inline(always)]
    pub fn row_mut(&mut self, i: usize) -> &mut [T] {
        assert!(i < self.rows.len(), "a row of the block");
        // SAFETY: `for_each_block` made the block inside the output that it borrows. No two blocks share an entry, since its rows
        // are no longer than its leading dimension.
        unsafe { slice::from_raw_parts_mut(self.first.add(i * self.ld), self.columns.len()) }
    }

    /// Where column `j` of the block's first row is stored, or would be, and the leading dimension: for prefetching.
    pub fn address(&self, j: usize) -> (*const T, usize) {
        (self.first.wrapping_add(j), self.ld)
    }
}

/// The first entry of an output whose blocks go to different threads.
struct Origin<T>(*mut T);

// SAFETY: every thread writes only its own blocks, which are disjoint.
unsafe impl<T: Send> Sync for Origin<T> {}

/// Divides `output` into blocks of at most `height` × `width` and calls `f` on each of them, on the threads of `pool`.
///
/// A thread's part are neighbouring columns of blocks, or neighbouring rows if there are fewer columns than threads. In a
/// part, blocks follow one beside the other.
pub fn for_each_block<T: Scalar>(
    pool: Option<&Pool>,
    output: &mut ViewMut<'_, T>,
    (height, width): (usize, usize),
    f: &(dyn Fn(Block<'_, T>) + Sync),
) {
    let (rows, columns) = output.shape();
    if rows == 0 || columns == 0 {
        return;
    }
    let (down, across) = (rows.div_ceil(height), columns.div_ceil(width));
    let (data, ld, first_column) = output.stored_mut();
    let end = first_column + columns;
    let is_inside = data.len() >= (rows - 1) * ld + end && (rows == 1 || end <= ld);
    assert!(is_inside, "an output with all its entries, row after row");
    let origin = Origin(data.as_mut_ptr());
    let block = |i: usize, j: usize| {
        let origin = &origin;
        let (i, j) = (i * height, j * width);
        // SAFETY: the assertion above shows that the offset is inside the data.
        let first = unsafe { origin.0.add(i * ld + first_column + j) };
        f(Block {
            first,
            ld,
            rows: i..rows.min(i + height),
            columns: j..columns.min(j + width),
            output: PhantomData,
        });
    };
    let Some(pool) = pool.filter(|_| down * across > 1) else {
        return (0..down).for_each(|i| (0..across).for_each(|j| block(i, j)));
    };
    let share = |n: usize, part| n * part / pool.threads()..n * (part + 1) / pool.threads();
    let part = |part| {
        if across < pool.threads() {
            (share(down, part), 0..across)
        } else {
            (0..down, share(across, part))
        }
    };
    let pieces = |p| part(p).0.len() * part(p).1.len();
    pool.share(&pieces, &|p, n| {
        let (down, across) = part(p);
        block(
            down.start + n / across.len(),
            across.start + n % across.len(),
        );
    });
}

#[cfg(test)]
mod tests;

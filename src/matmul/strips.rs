//! The factors of a product as the kernel reads them: where they are, or written out in strips.

use std::ops::Range;

use super::parallel::{Pool, RowsMut, for_each_block};
use super::simd::prefetch_near;
use crate::matrix::{Matrix, View};
use crate::real::Real;

/// A factor as the kernel reads it: where it is, or written out in strips of columns, one below the other. A right factor has room
/// for whole registers at the ends of its rows; the plan sees to that.
#[derive(Clone, Copy)]
pub(super) struct Factor<'a, T> {
    pub(super) stored: View<'a, T>,
    /// Its rows.
    depth: usize,
    /// Columns of a strip, if it was written out.
    strips: Option<usize>,
}

impl<'a, T: Real> Factor<'a, T> {
    /// A factor that is read where it is.
    pub(super) fn in_place(stored: View<'a, T>) -> Self {
        Factor {
            stored,
            depth: stored.rows(),
            strips: None,
        }
    }

    /// These columns, all of one strip.
    pub(super) fn strip(&self, columns: Range<usize>) -> View<'a, T> {
        let Some(width) = self.strips else {
            return self.stored.block(0..self.depth, columns);
        };
        let (above, first) = (columns.start / width * self.depth, columns.start % width);
        let rows = above..above + self.depth;
        self.stored.block(rows, first..first + columns.len())
    }

    /// Where entry (k, column) is stored.
    pub(super) fn place(&self, k: usize, column: usize) -> *const T {
        let (data, ld, first) = self.stored.stored();
        let (row, column) = match self.strips {
            Some(width) => (column / width * self.depth + k, column % width),
            None => (k, column),
        };
        data.as_ptr().wrapping_add(row * ld + first + column)
    }

    /// Whether there are so many entries in the stored row from this column on: those of the factor, and then what only fills its
    /// memory up, which a register may hold as well.
    pub(super) fn has_room(&self, column: usize, width: usize) -> bool {
        let (_, ld, first) = self.stored.stored();
        self.strips.is_some() || first + column + width <= ld
    }
}

/// A factor, written out to `place` in strips of `width` columns, one below the other. So a tile reads its part of it from few
/// pages of memory, whatever the factor's width.
pub(super) fn in_strips<'a, T: Real>(
    factor: View<'a, T>,
    width: usize,
    place: &'a mut Matrix<T>,
    pool: Option<&Pool>,
) -> Factor<'a, T> {
    let (depth, columns) = factor.shape();
    place.reshape(columns.div_ceil(width) * depth, width);
    let (data, ld, first) = factor.stored();
    for_each_block(pool, &mut place.view_mut(), (depth, width), |mut strip| {
        let column = strip.rows().start / depth * width;
        let n = width.min(columns - column);
        if factor.is_transposed() {
            let rows = &data[column * ld..];
            let mut k = 0;
            while k + 8 <= depth {
                turn_rows(rows, (ld, first + k, n), strip.next_rows::<8>());
                k += 8;
            }
            while k < depth {
                turn_rows(rows, (ld, first + k, n), strip.next_rows::<1>());
                k += 1;
            }
        } else {
            for (k, line) in strip.rows().enumerate() {
                let from = &data[k * ld + first + column..];
                strip.row_mut(line)[..n].copy_from_slice(&from[..n]);
                // The next strip's part of the row, which lies beside this one.
                prefetch_near(from.as_ptr().wrapping_add(width));
            }
        }
    });
    Factor {
        stored: place.view(),
        depth,
        strips: Some(width),
    }
}

/// Writes `N` entries of each of `n` stored rows, those from `first` on, as columns of as many lines. Several at a time, because a
/// row that is read entry by entry leads to another page of memory for each.
fn turn_rows<T: Real, const N: usize>(
    rows: &[T],
    (ld, first, n): (usize, usize, usize),
    mut lines: RowsMut<'_, T, N>,
) {
    for j in 0..n {
        let entries: &[T; N] = rows[j * ld + first..].first_chunk().expect("a long row");
        for (i, entry) in entries.iter().enumerate() {
            lines.row_mut(i)[j] = *entry;
        }
    }
}

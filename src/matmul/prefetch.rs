//! What the tiles prefetch: the part of the far operand that will be read next.

use std::ops::Range;

use super::work::{Far, Work};
use crate::matrix::LINE;
use crate::scalar::Scalar;

/// Cache lines for the L2 cache, some side by side in each of `rows` rows. A processor has room for some ten or twenty requests at
/// a time, so they are spread over the tiles and their steps.
pub(super) struct Prefetch<T> {
    first: *const T,
    ld: usize,
    rows: usize,
    lines: Range<usize>,
    /// The row at which the next tile goes on.
    row: usize,
}

impl<T: Scalar> Prefetch<T> {
    /// While this micro-panel of B, some columns of a block of C, is multiplied by a block of k.
    pub(super) fn new(
        work: &Work<'_, T>,
        columns: &Range<usize>,
        k: &Range<usize>,
        next: &Range<usize>,
    ) -> Self {
        let (m, n) = (work.rows.len(), work.columns.len());
        let is_last = next.start == 0;
        let ((first, ld), rows, lines) = match (work.operands.far, &work.c) {
            (Some(Far::A), _) => {
                // All micro-panels read the same of A, so each requests its share of the next block of k, or of the rows below.
                let row = work.rows.start + if is_last { m } else { 0 };
                let lines = lines_of::<T>(next.len());
                let share = lines * columns.start / n..lines * columns.end / n;
                (work.operands.a.address_in_a(row, next.start), m, share)
            }
            (Some(Far::B), _) => {
                // The next micro-panel, of this block of k or the next one, or of the next block of C.
                let (k, column) = match (columns.end < n, is_last) {
                    (true, _) => (k, columns.end),
                    (false, true) => (next, n),
                    (false, false) => (next, 0),
                };
                let place = work
                    .operands
                    .b
                    .address_in_b(k.start, work.columns.start + column);
                (place, k.len(), 0..lines_of::<T>(columns.len()))
            }
            // The same columns of the next block of C.
            (Some(Far::C), Some((_, c))) => (
                c.address(columns.start + n),
                m,
                0..lines_of::<T>(columns.len()),
            ),
            _ => ((work.sums.0.as_ptr(), 0), 0, 0..0),
        };
        Prefetch {
            first,
            ld,
            rows,
            lines,
            row: 0,
        }
    }

    /// Where the next tile, which makes `n` requests, begins, and how far it is from one to the next. After the last line, tiles
    /// request one line again and again.
    #[inline(always)]
    pub(super) fn next_run(&mut self, n: usize) -> (*const T, usize) {
        if self.lines.is_empty() {
            return (self.first, 0);
        }
        let row = self.row.min(self.rows.saturating_sub(n));
        let line = self.lines.start * LINE / size_of::<T>();
        self.row += n;
        if self.row >= self.rows {
            self.row = 0;
            self.lines.start += 1;
        }
        (self.first.wrapping_add(row * self.ld + line), self.ld)
    }
}

/// Cache lines of so many entries.
fn lines_of<T>(entries: usize) -> usize {
    (entries * size_of::<T>()).div_ceil(LINE)
}

#[cfg(test)]
mod tests;

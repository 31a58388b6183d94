//! What the tiles ask the processor to bring near, before they need it.

use std::ops::Range;

use super::kernel::Work;
use super::simd::{UNROLLED, prefetch_near};
use crate::real::Real;

/// The part of the far factor that will be read next: it is asked for cache line by cache line, for the second-level cache. A
/// processor has room for some ten or twenty requests at a time, so they are spread over the tiles and their steps.
pub(super) struct Ahead<T> {
    /// Its first row, which has to come in so many lines.
    first: *const T,
    ld: usize,
    lines: usize,
    rows: usize,
    /// The rows whose first line has been asked for.
    row: usize,
}

impl<T: Real> Ahead<T> {
    /// While these columns of the block of sums, a strip, are added up over a block of k.
    pub(super) fn new(
        work: &Work<'_, '_, T>,
        columns: &Range<usize>,
        width: usize,
        k: &Range<usize>,
    ) -> Self {
        let depth = work.left.cols();
        if work.left_is_far && !work.left.is_transposed() {
            // All strips read the same of it, so each asks for its share of the next block of k, or of the rows below.
            let (data, ld, first) = work.left.stored();
            let (row, column) = if k.end < depth {
                (0, first + k.end)
            } else {
                (work.left.rows(), first)
            };
            let strips = work.columns.len().div_ceil(width);
            let lines = lines_of::<T>(k.len()).div_ceil(strips);
            let skipped = columns.start / width * lines * LINE / size_of::<T>();
            Ahead {
                first: data.as_ptr().wrapping_add(row * ld + column + skipped),
                ld,
                lines,
                rows: work.left.rows(),
                row: 0,
            }
        } else if work.right_is_far {
            // The next strip, of this block of k or the next one, or of the next block of sums.
            let (first, end) = (work.columns.start, work.columns.len());
            let next = if columns.end < end {
                work.right.place(k.start, first + columns.end)
            } else if k.end < depth {
                work.right.place(k.end, first)
            } else {
                work.right.place(0, first + end)
            };
            Ahead {
                first: next,
                ld: work.right.stored.stored().1,
                lines: lines_of::<T>(width),
                rows: k.len(),
                row: 0,
            }
        } else {
            Ahead {
                first: work.right.place(k.start, work.columns.start),
                ld: 0,
                lines: 0,
                rows: 0,
                row: 0,
            }
        }
    }

    /// What a tile of so many steps asks for: one line of as many rows as it has time for.
    #[inline(always)]
    pub(super) fn of_tile(&mut self, steps: usize) -> Requests<T> {
        if self.row >= self.rows && self.lines > 0 {
            self.row = 0;
            self.lines -= 1;
            self.first = self.first.wrapping_add(LINE / size_of::<T>());
        }
        let ld = if self.lines > 0 { self.ld } else { 0 };
        let next = self.first.wrapping_add(self.row * ld);
        self.row += steps / UNROLLED;
        Requests { next, ld }
    }
}

/// The lines that one tile asks for, one below the other; or, where there are none, always the same near one, which takes less
/// time than a choice.
pub(super) struct Requests<T> {
    next: *const T,
    ld: usize,
}

impl<T> Requests<T> {
    /// Asks for the next one.
    #[inline(always)]
    pub(super) fn ask(&mut self) {
        prefetch_near(self.next);
        self.next = self.next.wrapping_add(self.ld);
    }
}

/// Bytes of a cache line.
const LINE: usize = 64;

/// Cache lines of so many entries.
fn lines_of<T>(entries: usize) -> usize {
    (entries * size_of::<T>()).div_ceil(LINE)
}

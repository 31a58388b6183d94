//! What the tiles ask the processor to bring near, before they need it.

use std::ops::Range;

use super::kernel::Work;
use super::simd::{UNROLLED, prefetch_near};
use crate::matrix::LINE;
use crate::real::Real;

/// The part of the far factor that will be read next: it is asked for cache line by cache line, for the second-level cache. A
/// processor has room for some ten or twenty requests at a time, so they are spread over the tiles and their steps.
pub(super) struct Ahead<T> {
    /// Its first row, from the line on that is asked for next, and how many lines are left.
    first: *const T,
    lines: usize,
    /// Its rows, and those whose line has been asked for.
    rows: usize,
    row: usize,
    ld: usize,
    /// How many rows a tile has time for.
    at_a_time: usize,
    /// Whether each line is asked for twice, because there is time for that: then requests come at half the pace. Those that
    /// come faster hold up the loads, which wait for the same room. At half the pace the forward products of section 3.7 took
    /// 3 to 4 % less time, and 5 to 7 % less where the weights came from beyond the last cache.
    twice: bool,
}

impl<T: Real> Ahead<T> {
    /// While these columns of the block of sums, a strip, are added up over a block of k, in tiles of `height` × `width`.
    pub(super) fn new(
        work: &Work<'_, '_, T>,
        columns: &Range<usize>,
        (height, width): (usize, usize),
        k: &Range<usize>,
    ) -> Self {
        let depth = work.left.cols();
        let (first, ld, rows, lines) = if work.left_is_far && !work.left.is_transposed() {
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
            let next = data.as_ptr().wrapping_add(row * ld + column + skipped);
            (next, ld, work.left.rows(), lines)
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
            let (_, ld, _) = work.right.stored.stored();
            (next, ld, k.len(), lines_of::<T>(width))
        } else {
            let (data, ..) = work.right.stored.stored();
            (data.as_ptr(), 0, usize::MAX, 0)
        };
        let requests = k.len() / UNROLLED;
        let tiles = work.left.rows().div_ceil(height);
        let twice = requests > 1 && lines * rows.div_ceil(requests / 2) <= tiles;
        Ahead {
            first,
            lines,
            rows,
            row: 0,
            ld,
            at_a_time: if twice { requests / 2 } else { requests },
            twice,
        }
    }

    /// What the next tile asks for: one line of as many rows as it has time for.
    #[inline(always)]
    pub(super) fn next_tile(&mut self) -> Requests<T> {
        if self.row >= self.rows {
            self.next_line();
        }
        let next = self.first.wrapping_add(self.row * self.ld);
        self.row += self.at_a_time;
        if self.twice {
            Requests {
                next,
                step: 0,
                toggle: self.ld,
            }
        } else {
            Requests {
                next,
                step: self.ld,
                toggle: 0,
            }
        }
    }

    /// Goes on to the next line of all rows. After the last one, the tiles ask for that line again: it takes less time than a
    /// choice.
    fn next_line(&mut self) {
        self.row = 0;
        if self.lines > 1 {
            self.lines -= 1;
            self.first = self.first.wrapping_add(LINE / size_of::<T>());
        } else {
            (self.ld, self.rows) = (0, usize::MAX);
        }
    }
}

/// The lines that one tile asks for, one below the other.
pub(super) struct Requests<T> {
    next: *const T,
    /// How far it is to the next, and what changes that each time: from 0 to the leading dimension and back, or not at all.
    step: usize,
    toggle: usize,
}

impl<T> Requests<T> {
    /// Asks for the next one.
    #[inline(always)]
    pub(super) fn ask(&mut self) {
        prefetch_near(self.next);
        self.next = self.next.wrapping_add(self.step);
        self.step ^= self.toggle;
    }
}

/// Cache lines of so many entries.
fn lines_of<T>(entries: usize) -> usize {
    (entries * size_of::<T>()).div_ceil(LINE)
}

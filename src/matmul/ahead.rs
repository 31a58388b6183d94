//! What the tiles ask the processor to bring near, before they need it.

use std::ops::Range;

use super::kernel::{Tile, Work};
use super::simd::prefetch_near;
use crate::matrix::LINE;
use crate::real::Real;

/// The part of the far factor that will be read next: it is asked for cache line by cache line, for the second-level cache. A
/// processor has room for some ten or twenty requests at a time, so they are spread over the tiles and their steps.
pub(super) struct Ahead<T> {
    /// Its first row, from the line on that is asked for next, and how many lines are left.
    first: *const T,
    lines: usize,
    /// Its rows, and the one at which the next tile goes on.
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
    /// While these columns of the block of sums, a strip, are added up over a block of k in such tiles. After it comes the
    /// block `next`, which is the first again where the next block of sums begins. None where both factors are near.
    pub(super) fn new(
        work: &Work<'_, '_, T>,
        columns: &Range<usize>,
        tile: Tile,
        k: &Range<usize>,
        next: &Range<usize>,
    ) -> Option<Self> {
        let rows = work.rows.len();
        let time = (rows.div_ceil(tile.rows), k.len() / tile.steps);
        let width = tile.columns;
        if work.left_is_far && !work.left.is_by_lines() {
            // All strips read the same of it, so each asks for its share of the next block of k, or of the rows below.
            let below = if next.start > 0 { 0 } else { rows };
            let first = work.left.place(next.start, work.rows.start + below);
            let ld = work.left.leading_dimension();
            let part = (columns.start / width, work.columns.len().div_ceil(width));
            let area = (rows, lines_of::<T>(next.len()));
            Some(Self::spread(first, ld, area, part, time))
        } else if work.right_is_far {
            // The next strip, of this block of k or the next one, or of the next block of sums.
            let (first, end) = (work.columns.start, work.columns.len());
            let (k, column) = if columns.end < end {
                (k, first + columns.end)
            } else if next.start > 0 {
                (next, first)
            } else {
                (next, first + end)
            };
            let ld = work.right.leading_dimension();
            let area = (k.len(), lines_of::<T>(width));
            let first = work.right.place(k.start, column);
            Some(Self::spread(first, ld, area, (0, 1), time))
        } else {
            None
        }
    }

    /// Spreads a part, one of so many, of these lines of these rows over so many tiles with so many requests each.
    fn spread(
        first: *const T,
        ld: usize,
        (rows, lines): (usize, usize),
        (part, parts): (usize, usize),
        (tiles, requests): (usize, usize),
    ) -> Self {
        let requests = requests.max(1);
        let needed = |at_a_time| (lines * rows.div_ceil(at_a_time)).div_ceil(parts);
        let twice = requests > 1 && needed(requests / 2) <= tiles;
        let at_a_time = if twice { requests / 2 } else { requests };
        let (before, a_line) = (part * needed(at_a_time), rows.div_ceil(at_a_time));
        Ahead {
            first: first.wrapping_add(before / a_line * LINE / size_of::<T>()),
            lines: lines.saturating_sub(before / a_line),
            rows,
            row: before % a_line * at_a_time,
            ld,
            at_a_time,
            twice,
        }
    }

    /// What the next tile asks for: one line of as many rows as it has time for.
    #[inline(always)]
    pub(super) fn next_tile(&mut self) -> Requests<T> {
        if self.row >= self.rows {
            self.next_line();
        }
        let row = self.row.min(self.rows.saturating_sub(self.at_a_time));
        let next = self.first.wrapping_add(row * self.ld);
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
    /// Asks for this one line again and again.
    #[inline(always)]
    pub(super) fn again(place: &T) -> Self {
        Requests {
            next: place,
            step: 0,
            toggle: 0,
        }
    }

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

#[cfg(test)]
mod tests;

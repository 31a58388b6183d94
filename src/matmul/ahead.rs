//! What the tiles ask the processor to bring near, before they need it.

use std::ops::Range;

use super::kernel::Work;
use super::simd::prefetch_near;
use crate::real::Real;

/// Steps of k between two times that a tile asks for a line of the next part of B; and the tiles of a strip that ask for it, so
/// that together they ask for every line. A block of 64 rows has so many tiles, and so many steps
/// leave time for a request.
const STEPS: usize = 8;

/// What the tiles ask for in advance, to be brought into the second-level cache, a little every few steps of k: a processor has
/// room for some ten or twenty requests at a time.
#[derive(Clone, Copy)]
pub(super) enum Ahead<T> {
    Nothing,
    /// The part of B that follows on this one, which all tiles of the strip read. Each tile asks for another line of every
    /// [`STEPS`].
    Strip {
        next: *const T,
        ld: usize,
    },
    /// The rows of A below those of this tile.
    Rows {
        next: *const T,
        ld: usize,
    },
}

impl<T: Real> Ahead<T> {
    /// For these columns of the block of sums, a strip, and a block of k.
    pub(super) fn new(work: &Work<'_, '_, T>, columns: &Range<usize>, k: &Range<usize>) -> Self {
        if work.left_is_far && columns.start == 0 && !work.left.is_transposed() {
            let (data, ld, first) = work.left.stored();
            let next = data.as_ptr().wrapping_add(first + k.start);
            Ahead::Rows { next, ld }
        } else if work.right_is_far {
            let (first, end, depth) = (work.columns.start, work.columns.len(), work.left.cols());
            let next = if columns.end < end {
                work.right.place(k.start, first + columns.end)
            } else if k.end < depth {
                work.right.place(k.end, first)
            } else {
                work.right.place(0, first + end)
            };
            let (_, ld, _) = work.right.stored.stored();
            Ahead::Strip { next, ld }
        } else {
            Ahead::Nothing
        }
    }

    /// For the tile of `MR` rows that begins with `row`.
    #[inline(always)]
    pub(super) fn of_tile<const MR: usize>(self, row: usize) -> Self {
        match self {
            Ahead::Strip { next, ld } if row < STEPS * MR => Ahead::Strip {
                next: next.wrapping_add(row / MR * ld),
                ld,
            },
            Ahead::Rows { next, ld } => Ahead::Rows {
                next: next.wrapping_add((row + MR) * ld),
                ld,
            },
            _ => Ahead::Nothing,
        }
    }

    /// Steps of k between two times of asking.
    #[inline(always)]
    pub(super) fn steps(&self) -> usize {
        match self {
            Ahead::Nothing => usize::MAX,
            Ahead::Strip { .. } => STEPS,
            Ahead::Rows { .. } => 64 / size_of::<T>(),
        }
    }

    /// Asks for what belongs to step `k` of a tile of `MR` rows and `width` columns.
    #[inline(always)]
    pub(super) fn ask<const MR: usize>(&self, k: usize, width: usize) {
        match *self {
            Ahead::Nothing => (),
            Ahead::Strip { next, ld } => {
                for column in (0..width).step_by(64 / size_of::<T>()) {
                    prefetch_near(next.wrapping_add(k * ld + column));
                }
            }
            Ahead::Rows { next, ld } => {
                for i in 0..MR {
                    prefetch_near(next.wrapping_add(i * ld + k));
                }
            }
        }
    }
}

//! Prefetching into the L2 cache.

use crate::matrix::LINE;

/// Prefetches the cache line at `place`, for reading. It is a hint: it changes no value, and any address will do.
#[inline(always)]
pub fn prefetch_to_l2<T>(place: *const T) {
    // SAFETY: a prefetch changes neither memory nor registers, and never faults.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T1>(place.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = place;
}

/// An area of memory to be prefetched: `lines` cache lines side by side in each of `rows` rows. A processor has room for some ten
/// or twenty lines that are on their way, so prefetches are spread over the tiles and their steps.
pub struct Prefetch<T> {
    /// Where the lines that are left begin, and the row at which the next tile goes on.
    first: *const T,
    row: usize,
    ld: usize,
    rows: usize,
    lines: usize,
}

impl<T> Prefetch<T> {
    /// For `rows` rows of so many entries from `first` on, `ld` apart.
    pub fn new((first, ld): (*const T, usize), rows: usize, entries: usize) -> Self {
        let lines = (entries * size_of::<T>()).div_ceil(LINE);
        let row = 0;
        Prefetch {
            first,
            row,
            ld,
            rows,
            lines,
        }
    }

    /// Where the next tile, which prefetches `n` times, begins, and how far it is from one to the next. After the last line,
    /// tiles prefetch one line again and again.
    #[inline(always)]
    pub fn next_run(&mut self, n: usize) -> (*const T, usize) {
        if self.lines == 0 {
            return (self.first, 0);
        }
        let row = self.row.min(self.rows.saturating_sub(n));
        let place = self.first.wrapping_add(row * self.ld);
        self.row += n;
        if self.row >= self.rows {
            (self.row, self.lines) = (0, self.lines - 1);
            self.first = self.first.wrapping_add(LINE / size_of::<T>());
        }
        (place, self.ld)
    }
}

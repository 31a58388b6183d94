//! The micro-panels of A and B that a tile multiplies.

use std::array::from_fn;
use std::marker::PhantomData;
use std::slice;

/// What is stored of an operand from some entry on, and how far it is to the next line, a row of A or a column of B, and to the
/// next k. `panel` is how far it is to the next micro-panel, if the operand is packed.
#[derive(Clone, Copy)]
pub struct Strided<'a, T> {
    pub data: &'a [T],
    pub line: usize,
    pub k: usize,
    pub panel: Option<usize>,
}

impl<T> Strided<'_, T> {
    /// What is stored from the same entry of the tile below on, which has `mr` rows.
    #[inline(always)]
    pub fn next_tile(&self, mr: usize) -> Self {
        let tile = self.panel.unwrap_or(mr * self.line);
        let data = self.data.get(tile..).unwrap_or_default();
        Strided { data, ..*self }
    }

    /// Where it begins, and the leading dimension: for prefetching.
    pub fn address(&self) -> (*const T, usize) {
        (self.data.as_ptr(), self.line.max(self.k))
    }
}

/// The micro-panels of a tile: for one k after another, an entry of each of `MR` rows of A, and some columns of B.
///
/// That everything is there is seen to once, when they are made, so that the loop over k need not.
pub struct MicroPanels<'a, T, const MR: usize> {
    /// The first row's entry of the first k, how far from it the other rows' are, and how far it is to the next k.
    a: *const T,
    rows: [usize; MR],
    next_a: usize,
    /// The columns of the first k, how many they are, and how far it is to the next k.
    b: *const T,
    width: usize,
    next_b: usize,
    steps: usize,
    operands: PhantomData<&'a [T]>,
}

impl<'a, T, const MR: usize> MicroPanels<'a, T, MR> {
    /// Of the uppermost `height` rows of A and of `width` columns of B, which lie side by side, over `steps` steps of k. If there are
    /// fewer than `MR` rows, the last one stands for those that are missing.
    ///
    /// # Panics
    /// If there is no row, or the last entry of an operand is not there.
    #[inline(always)]
    pub fn new(
        a: Strided<'a, T>,
        height: usize,
        b: Strided<'a, T>,
        width: usize,
        steps: usize,
    ) -> Self {
        assert!(height > 0, "a row of A");
        let last = height.min(MR) - 1;
        if let Some(k) = steps.checked_sub(1) {
            let entry = offset([(k, a.k), (last, a.line)]);
            assert!(
                entry.is_some_and(|n| n < a.data.len()),
                "all rows and all of k inside A"
            );
            let end = offset([(k, b.k), (1, width)]);
            assert!(end.is_some_and(|n| n <= b.data.len()), "all of k inside B");
        }
        MicroPanels {
            a: a.data.as_ptr(),
            rows: from_fn(|i| i.min(last) * a.line),
            next_a: a.k,
            b: b.data.as_ptr(),
            width,
            next_b: b.k,
            steps,
            operands: PhantomData,
        }
    }

    /// Calls `f` with the operands of each k, `n` of them at a time, and `between` before each time.
    #[inline(always)]
    pub fn each(
        &self,
        n: usize,
        mut between: impl FnMut(),
        mut f: impl FnMut([&'a T; MR], &'a [T]),
    ) {
        let (mut a, mut b) = (self.a, self.b);
        for _ in 0..self.steps / n {
            between();
            for k in 0..n {
                // SAFETY: there are not more than `steps` in all.
                let (a, b) = unsafe { self.step(a, b, k) };
                f(a, b);
            }
            a = a.wrapping_add(n * self.next_a);
            b = b.wrapping_add(n * self.next_b);
        }
        for k in 0..self.steps % n {
            // SAFETY: as above.
            let (a, b) = unsafe { self.step(a, b, k) };
            f(a, b);
        }
    }

    /// The operands of the k that is so many behind the one of `a` and `b`.
    ///
    /// # Safety
    /// It is one of the `steps` of a tile that is left.
    #[inline(always)]
    unsafe fn step(&self, a: *const T, b: *const T, k: usize) -> ([&'a T; MR], &'a [T]) {
        let a = a.wrapping_add(k * self.next_a);
        let b = b.wrapping_add(k * self.next_b);
        // SAFETY: `new` has found rows, columns and all of k inside the slices, which are borrowed for 'a.
        unsafe {
            let a = self.rows.map(|row| &*a.wrapping_add(row));
            (a, slice::from_raw_parts(b, self.width))
        }
    }
}

/// n·a + m·b, unless that overflows.
#[inline(always)]
fn offset([(n, a), (m, b)]: [(usize, usize); 2]) -> Option<usize> {
    n.checked_mul(a)?.checked_add(m.checked_mul(b)?)
}

#[cfg(test)]
mod tests;

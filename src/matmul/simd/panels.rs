//! The micro-panels of A and B that a tile multiplies.

use std::array::from_fn;
use std::marker::PhantomData;
use std::slice;

/// What is stored of an operand from some entry on, and how far it is to the next line, a row of A or a column of B, and to the
/// next k.
#[derive(Clone, Copy)]
pub struct Strided<'a, T> {
    pub data: &'a [T],
    pub line: usize,
    pub k: usize,
}

/// For one k after another, an entry of each of `MR` rows of A, and some columns of B.
///
/// That everything is there is seen to once, when they are made, so that the loops need not.
pub struct MicroPanels<'a, T, const MR: usize> {
    /// The first row's entry of this k, how far from it the other rows' are, and how far it is to the next k.
    a: *const T,
    rows: [usize; MR],
    next_a: usize,
    /// The columns of this k, how many they are, and how far it is to the next k.
    b: *const T,
    width: usize,
    next_b: usize,
    steps: usize,
    operands: PhantomData<&'a [T]>,
}

impl<'a, T, const MR: usize> MicroPanels<'a, T, MR> {
    /// From the uppermost `height` rows of A and `width` columns of B, over `steps` steps of k. Where A has fewer than `MR` rows,
    /// the last one stands for those that are missing.
    ///
    /// # Panics
    /// If there is no row, or the last entry is not there. The columns of B lie side by side.
    #[inline(always)]
    pub fn new(
        a: Strided<'a, T>,
        height: usize,
        b: Strided<'a, T>,
        width: usize,
        steps: usize,
    ) -> Self {
        let last = height.min(MR) - 1;
        if let Some(k) = steps.checked_sub(1) {
            let end = |k_stride: usize, rest| k.saturating_mul(k_stride).saturating_add(rest);
            let last_row = last.saturating_mul(a.line);
            assert!(
                end(a.k, last_row) < a.data.len(),
                "all rows and all of k inside A"
            );
            assert!(end(b.k, width) <= b.data.len(), "all of k inside B");
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
        mut self,
        n: usize,
        mut between: impl FnMut(),
        mut f: impl FnMut([&'a T; MR], &'a [T]),
    ) {
        for _ in 0..self.steps / n {
            between();
            for k in 0..n {
                // SAFETY: not more than `steps` in all.
                let (a, b) = unsafe { self.operands(k) };
                f(a, b);
            }
            self.a = self.a.wrapping_add(n * self.next_a);
            self.b = self.b.wrapping_add(n * self.next_b);
        }
        for k in 0..self.steps % n {
            // SAFETY: as above.
            let (a, b) = unsafe { self.operands(k) };
            f(a, b);
        }
    }

    /// The operands of the k that is so many from here.
    ///
    /// # Safety
    /// There has to be one: of `steps`, more than `k` are left.
    #[inline(always)]
    unsafe fn operands(&self, k: usize) -> ([&'a T; MR], &'a [T]) {
        let a = self.a.wrapping_add(k * self.next_a);
        let b = self.b.wrapping_add(k * self.next_b);
        // SAFETY: `new` has found rows, columns and all of k inside the slices, which are borrowed for 'a.
        unsafe {
            let a = self.rows.map(|row| &*a.wrapping_add(row));
            (a, slice::from_raw_parts(b, self.width))
        }
    }
}

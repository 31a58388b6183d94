//! Epilogues: what is done to each finished tile of a product while it is in the L1 cache.

use std::ops::Range;

use super::blocksizes::{AVX2, AVX512, PORTABLE};
use super::simd::Isa;
use super::threads::Block;
use crate::scalar::Scalar;

/// What happens to the entries of a product on their way into C.
///
/// ```
/// use std::ops::Range;
/// use fromzero::matmul::Epilogue;
/// use fromzero::{Matrix, matmul};
///
/// /// |s|
/// struct Abs;
/// impl Epilogue<f32> for Abs {
///     fn row(&self, _: usize, _: Range<usize>) -> impl Fn(usize, f32) -> f32 {
///         |_, s| s.abs()
///     }
/// }
///
/// let (a, b) = (Matrix::from_rows(&[[1.0, -2.0]]), Matrix::from_rows(&[[1.0], [4.0]]));
/// let mut c = Matrix::zeros(1, 1);
/// matmul(&a, &b).then(Abs).into(&mut c);
/// assert_eq!(c[(0, 0)], 7.0);
/// ```
pub trait Epilogue<T>: Sync {
    /// Whether nothing is done.
    #[doc(hidden)]
    const IS_PLAIN: bool = false;

    /// The function for row `i`: from lane t of these columns, and the value so far, to the new value.
    fn row(&self, i: usize, columns: Range<usize>) -> impl Fn(usize, T) -> T;

    /// Panics, at the caller's line, if the epilogue does not fit to a product of this shape.
    #[track_caller]
    fn check(&self, _shape: (usize, usize)) {}
}

/// No epilogue: the product itself.
#[derive(Debug)]
pub struct Plain;

impl<T> Epilogue<T> for Plain {
    const IS_PLAIN: bool = true;

    #[inline(always)]
    fn row(&self, _: usize, _: Range<usize>) -> impl Fn(usize, T) -> T {
        |_, s| s
    }
}

/// One epilogue after another.
#[derive(Debug)]
pub struct Then<P, Q>(pub(super) P, pub(super) Q);

impl<T, P: Epilogue<T>, Q: Epilogue<T>> Epilogue<T> for Then<P, Q> {
    #[inline(always)]
    fn row(&self, i: usize, columns: Range<usize>) -> impl Fn(usize, T) -> T {
        let (first, second) = (self.0.row(i, columns.clone()), self.1.row(i, columns));
        #[inline(always)]
        move |t, s| second(t, first(t, s))
    }
}

/// An [`Epilogue`] behind a pointer, so that the kernels are compiled once, in this library, for all of them.
pub trait TileEpilogue<T>: Sync {
    /// Stores a tile or a block of C from its values, whose rows are `ld` apart, with the code of this instruction set.
    fn store(&self, isa: Isa, values: &[T], ld: usize, c: &mut Block<'_, T>);
}

impl<T: Scalar, E: Epilogue<T>> TileEpilogue<T> for E {
    fn store(&self, isa: Isa, values: &[T], ld: usize, c: &mut Block<'_, T>) {
        // NR is a constant in each of these, so that the compiler makes vector instructions and no remainder.
        match isa {
            Isa::Portable => store_columns(self, PORTABLE.nr::<T>(), values, ld, c),
            Isa::Avx2 => isa.run(
                #[inline(always)]
                || store_columns(self, AVX2.nr::<T>(), values, ld, c),
            ),
            Isa::Avx512 => isa.run(
                #[inline(always)]
                || store_columns(self, AVX512.nr::<T>(), values, ld, c),
            ),
        }
    }
}

/// Stores a tile, which has `nr` columns, or a block of any width.
#[inline(always)]
fn store_columns<T: Scalar>(
    epilogue: &impl Epilogue<T>,
    nr: usize,
    values: &[T],
    ld: usize,
    c: &mut Block<'_, T>,
) {
    let (height, width) = (c.rows().len(), c.columns().len());
    for j in (0..width).step_by(nr) {
        let n = nr.min(width - j);
        let mut part = c.part(0..height, j..j + n);
        if n == nr {
            store_rows(epilogue, nr, &values[j..], ld, &mut part);
        } else {
            store_rows(epilogue, n, &values[j..], ld, &mut part);
        }
    }
}

/// Stores the rows of a block of n columns.
#[inline(always)]
fn store_rows<T: Scalar>(
    epilogue: &impl Epilogue<T>,
    n: usize,
    values: &[T],
    ld: usize,
    c: &mut Block<'_, T>,
) {
    let j = c.columns().start;
    for (i, row) in c.rows().enumerate() {
        // All slices have the same length n, so that the loop needs no checks.
        let f = epilogue.row(row, j..j + n);
        let (s, c) = (&values[i * ld..][..n], &mut c.row_mut(i)[..n]);
        for t in 0..n {
            c[t] = f(t, s[t]);
        }
    }
}

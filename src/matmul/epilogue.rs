//! Epilogues: what is done to each finished tile of a product while it is in the L1 cache.

use std::ops::Range;

use super::simd::Isa;
use super::threads::Block;
use crate::matrix::LINE;
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
    /// Applies it to a tile or a block of C where that lies, with the code of this instruction set.
    fn apply(&self, isa: Isa, c: &mut Block<'_, T>);
}

impl<T: Scalar, E: Epilogue<T>> TileEpilogue<T> for E {
    fn apply(&self, isa: Isa, c: &mut Block<'_, T>) {
        isa.run(
            #[inline(always)]
            || match const { LINE / size_of::<T>() } {
                8 => apply::<T, 8>(self, c),
                _ => apply::<T, 16>(self, c),
            },
        );
    }
}

/// Applies an epilogue to `N` columns after the other, those of a cache line. Since the compiler knows their number, and that what is
/// computed in a copy overlaps nothing that the epilogue reads, it makes vector instructions.
#[inline(always)]
fn apply<T: Scalar, const N: usize>(epilogue: &impl Epilogue<T>, c: &mut Block<'_, T>) {
    let first = c.columns().start;
    for (i, row) in c.rows().enumerate() {
        let (lines, rest) = c.row_mut(i).as_chunks_mut::<N>();
        let mut j = first;
        for line in lines {
            let (f, mut copy) = (epilogue.row(row, j..j + N), *line);
            for (t, x) in copy.iter_mut().enumerate() {
                *x = f(t, *x);
            }
            *line = copy;
            j += N;
        }
        let f = epilogue.row(row, j..j + rest.len());
        for (t, x) in rest.iter_mut().enumerate() {
            *x = f(t, *x);
        }
    }
}

//! Rows: what is asked of a single one, and how a function runs over all of them on every thread.

use std::array::from_fn;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use crate::elementary::{exp, ln};
use crate::matmul::Engine;
use crate::matrix::{Matrix, check_same};
use crate::real::Real;

/// The largest entry of a row; NaN if there is one, and −∞ of no entries.
#[inline(always)]
pub fn row_max<T: Real>(row: &[T]) -> T {
    let larger = |max: T, &x: &T| if x > max || x.is_nan() { x } else { max };
    row.iter().fold(T::NEG_INFINITY, |max, x| {
        if max.is_nan() { max } else { larger(max, x) }
    })
}

/// The index of the largest entry, the first of equals. A row that holds NaN has none, and neither has an empty one.
pub fn argmax<T: Real>(row: &[T]) -> Option<usize> {
    let max = row_max(row);
    row.iter().position(|&x| x == max)
}

/// The row's maximum, and ln Σᵢ e^(zᵢ − max). The two are to be subtracted one after the other: their sum would be rounded to
/// the last place of the maximum, however large that is.
#[inline(always)]
pub(super) fn max_and_log_sum<T: Real>(z: &[T]) -> (T, T) {
    let max = row_max(z);
    (max, ln(sum(z.iter().map(|&z| exp(z - max)))))
}

/// ln Σᵢ e^zᵢ of a row, by way of the row's maximum. Entries of −∞ add nothing: of such alone, or of no entries, it is −∞.
///
/// ```
/// use fromzero::ops::log_sum_exp;
/// assert_eq!(log_sum_exp(&[f64::NEG_INFINITY, 800.0]), 800.0);
/// assert_eq!(log_sum_exp(&[f64::NEG_INFINITY; 2]), f64::NEG_INFINITY);
/// ```
#[inline(always)]
pub fn log_sum_exp<T: Real>(z: &[T]) -> T {
    let (max, log_sum) = max_and_log_sum(z);
    // Nothing is left of the others beside an infinite maximum, whose distance from itself is not a number.
    if max.abs() == -T::NEG_INFINITY {
        max
    } else {
        max + log_sum
    }
}

/// The sum of a row in index order, as one chain.
#[inline(always)]
pub(super) fn sum<T: Real>(row: impl Iterator<Item = T>) -> T {
    row.fold(T::ZERO, |s, x| s + x)
}

/// Below this many entries the work is done before another thread has heard of it, and what was written is in one cache.
const PARALLEL_ENTRIES: usize = 1 << 17;

/// Into how many pieces the rows are divided at most, for the threads to share.
const PIECES: usize = 32;

/// Calls `f(i, rows)` for every i, where `rows` are the i-th rows of `matrices`, to be read and written. Large matrices are
/// divided among the threads; since rows do not depend on each other, the bits of the result do not depend on that.
///
/// `f` is compiled for the instruction set in use if it is marked `#[inline(always)]`, and its loops become vector
/// instructions.
///
/// ```
/// use fromzero::{Matrix, ops::for_each_row};
/// let mut a = Matrix::from_rows(&[[1.0, 2.0], [3.0, 4.0]]);
/// let mut b = Matrix::zeros(2, 2);
/// for_each_row([&mut a, &mut b], |i, [a, b]| {
///     b[0] = a[1];
///     a[0] = i as f64;
/// });
/// assert_eq!(a, Matrix::from_rows(&[[0.0, 2.0], [1.0, 4.0]]));
/// assert_eq!(b, Matrix::from_rows(&[[2.0, 0.0], [4.0, 0.0]]));
/// ```
///
/// # Panics
/// If the shapes differ.
#[track_caller]
pub fn for_each_row<T: Real, const N: usize>(
    matrices: [&mut Matrix<T>; N],
    f: impl Fn(usize, [&mut [T]; N]) + Sync,
) {
    let (rows, cols, ld) = common_shape(&matrices);
    let isa = Engine::current().isa();
    let parallel = rows * cols >= PARALLEL_ENTRIES;
    for_each_piece(matrices, (rows, ld), parallel, &|piece, mut stored| {
        let first = piece.start;
        isa.run(
            #[inline(always)]
            || {
                for i in piece {
                    let start = (i - first) * ld;
                    f(i, parts(&mut stored, start..start + cols));
                }
            },
        );
    });
}

/// Rows, columns and leading dimension of all `matrices`.
#[track_caller]
fn common_shape<T: Real>(matrices: &[&mut Matrix<T>]) -> (usize, usize, usize) {
    let Some(first) = matrices.first() else {
        return (0, 0, 0);
    };
    let (rows, cols) = first.shape();
    for matrix in matrices {
        check_same("for_each_row", (rows, cols), matrix.shape());
    }
    (rows, cols, first.leading_dimension())
}

/// The same part of each slice.
#[inline(always)]
fn parts<'a, T, const N: usize>(
    slices: &'a mut [&mut [T]; N],
    part: Range<usize>,
) -> [&'a mut [T]; N] {
    slices.each_mut().map(|slice| &mut slice[part.clone()])
}

/// What is called with the indices of neighbouring rows, and with these rows of every matrix as they are stored.
type OnPiece<'a, T, const N: usize> = dyn Fn(Range<usize>, [&mut [T]; N]) + Sync + 'a;

/// Calls `f` with each piece of the rows of `matrices`, `rows` rows with `ld` entries in each; on every thread, if it is to be
/// `parallel`.
fn for_each_piece<T: Real, const N: usize>(
    matrices: [&mut Matrix<T>; N],
    (rows, ld): (usize, usize),
    parallel: bool,
    f: &OnPiece<'_, T, N>,
) {
    let engine = Engine::current();
    let threads = engine.threads();
    let mut stored = matrices.map(Matrix::stored_mut);
    if !parallel || threads == 1 {
        return f(0..rows, stored);
    }
    let height = rows.div_ceil(PIECES);
    // Nobody else has the same piece, so that none of the locks is ever waited for.
    let pieces: [_; PIECES] = from_fn(|_| {
        let piece = stored.each_mut().map(|rest| {
            let end = rest.len().min(height * ld);
            rest.split_off_mut(..end).unwrap_or_default()
        });
        Mutex::new(piece)
    });
    let first_of = |part| part * PIECES / threads;
    let pieces_of = |part| first_of(part + 1) - first_of(part);
    engine.pool().share(&pieces_of, &|part, n| {
        let n = first_of(part) + n;
        let mut piece = pieces[n].lock().unwrap_or_else(PoisonError::into_inner);
        let rows = rows.min(n * height)..rows.min((n + 1) * height);
        f(rows, piece.each_mut().map(|stored| &mut **stored));
    });
}

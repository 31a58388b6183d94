//! Walking through a matrix: row by row, or entry by entry.

use std::iter::{Flatten, FusedIterator};
use std::ops::Range;

use super::storage::Matrix;

/// The rows of a matrix in order, without their padding; from [`Matrix::iter_rows`].
#[derive(Clone, Debug)]
pub struct Rows<'a, T> {
    matrix: &'a Matrix<T>,
    left: Range<usize>,
}

/// The entries of a matrix, row by row, without padding; from [`Matrix::iter`].
#[derive(Clone, Debug)]
pub struct Entries<'a, T> {
    entries: Flatten<Rows<'a, T>>,
    left: usize,
}

impl<T> Matrix<T> {
    /// All rows in order, without their padding.
    pub fn iter_rows(&self) -> Rows<'_, T> {
        Rows {
            matrix: self,
            left: 0..self.rows(),
        }
    }

    /// All entries, row by row.
    pub fn iter(&self) -> Entries<'_, T> {
        Entries {
            entries: self.iter_rows().flatten(),
            left: self.rows() * self.cols(),
        }
    }
}

impl<'a, T> Iterator for Rows<'a, T> {
    type Item = &'a [T];

    #[inline]
    fn next(&mut self) -> Option<&'a [T]> {
        self.left.next().map(|i| self.matrix.row(i))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.left.size_hint()
    }
}

impl<T> DoubleEndedIterator for Rows<'_, T> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.left.next_back().map(|i| self.matrix.row(i))
    }
}

impl<T> ExactSizeIterator for Rows<'_, T> {}
impl<T> FusedIterator for Rows<'_, T> {}

impl<T: Copy> Iterator for Entries<'_, T> {
    type Item = T;

    #[inline]
    fn next(&mut self) -> Option<T> {
        let &x = self.entries.next()?;
        self.left -= 1;
        Some(x)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }

    // Row by row, where `next` would ask at each entry whether the row has ended.
    #[inline]
    fn fold<A, F: FnMut(A, T) -> A>(self, start: A, mut f: F) -> A {
        self.entries.fold(start, |sum, &x| f(sum, x))
    }
}

impl<T: Copy> ExactSizeIterator for Entries<'_, T> {}
impl<T: Copy> FusedIterator for Entries<'_, T> {}

/// `for x in &matrix` goes through the entries, as [`Matrix::iter`] does.
///
/// ```
/// use fromzero::Matrix;
/// let mut sum = 0.0;
/// for x in &Matrix::from_rows(&[[1.0, 2.0], [3.0, 4.0]]) {
///     sum += x;
/// }
/// assert_eq!(sum, 10.0);
/// ```
impl<'a, T: Copy> IntoIterator for &'a Matrix<T> {
    type Item = T;
    type IntoIter = Entries<'a, T>;

    fn into_iter(self) -> Entries<'a, T> {
        self.iter()
    }
}

//! Sums, differences and multiples as new matrices, for formulas that are read more often than they are run. What runs often
//! changes a matrix in place: [`Matrix::zip`] and [`Matrix::map`] allocate nothing.

use std::ops::{Add, Mul, Sub};

use super::shape::check_same;
use super::storage::Matrix;
use crate::scalar::Scalar;

/// The sum, entry by entry.
///
/// ```
/// use fromzero::Matrix;
/// let (a, b) = (Matrix::from_rows(&[[1.0, 2.0]]), Matrix::from_rows(&[[3.0, 5.0]]));
/// assert_eq!(&a + &b, Matrix::from_rows(&[[4.0, 7.0]]));
/// assert_eq!(&(&b - &a) * 0.5, Matrix::from_rows(&[[1.0, 1.5]]));
/// ```
///
/// # Panics
/// If the shapes differ.
impl<T: Scalar> Add for &Matrix<T> {
    type Output = Matrix<T>;

    #[track_caller]
    fn add(self, other: &Matrix<T>) -> Matrix<T> {
        check_same("+", self.shape(), other.shape());
        let mut sum = self.clone();
        sum.zip(other, |x, y| x + y);
        sum
    }
}

/// The difference, entry by entry.
///
/// # Panics
/// If the shapes differ.
impl<T: Scalar> Sub for &Matrix<T> {
    type Output = Matrix<T>;

    #[track_caller]
    fn sub(self, other: &Matrix<T>) -> Matrix<T> {
        check_same("-", self.shape(), other.shape());
        let mut difference = self.clone();
        difference.zip(other, |x, y| x - y);
        difference
    }
}

/// Every entry times a number. The matrix product is [`matmul`](crate::matmul()).
impl<T: Scalar> Mul<T> for &Matrix<T> {
    type Output = Matrix<T>;

    fn mul(self, factor: T) -> Matrix<T> {
        let mut multiple = self.clone();
        multiple.map(|x| x * factor);
        multiple
    }
}

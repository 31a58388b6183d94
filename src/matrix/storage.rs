//! The matrix itself: where its entries lie, how it is made, and what is done with one entry or row at a time.

use std::ops::{Index, IndexMut};

use super::shape::{check_same, shape_mismatch};
use crate::io::{Error, ErrorKind};
use crate::scalar::Scalar;

/// Bytes in a cache line, and in the widest vector register.
pub(crate) const LINE: usize = 64;

/// The leading dimension of a matrix with `cols` columns: whole cache lines, and above eight lines an odd number of them.
fn leading_dimension(cols: usize, lanes: usize) -> Option<usize> {
    let lines = cols.div_ceil(lanes);
    let lines = if lines > 8 { lines | 1 } else { lines };
    lines.checked_mul(lanes)
}

/// The leading dimension, and the entries of all rows with their padding, where a line holds `lanes` of them.
fn stored_entries(rows: usize, cols: usize, lanes: usize) -> Option<(usize, usize)> {
    let ld = leading_dimension(cols, lanes)?;
    Some((ld, rows.checked_mul(ld)?))
}

fn too_large(rows: usize, cols: usize, of: &str) -> Error {
    let message = format!("a {rows}×{cols} matrix of {of} does not fit into memory");
    Error::of_kind(ErrorKind::Memory, message)
}

/// A dense matrix, stored row by row.
///
/// ```
/// use fromzero::Matrix;
/// let a = Matrix::from_rows(&[[1.0_f32, 2.0, 3.0], [4.0, 5.0, 6.0]]);
/// assert_eq!((a.rows(), a.cols()), (2, 3));
/// assert_eq!(a[(1, 2)], 6.0);
/// assert_eq!(a.row(0), [1.0, 2.0, 3.0]);
/// assert_eq!(a.t().to_matrix()[(2, 1)], 6.0);
/// ```
pub struct Matrix<T> {
    /// Room to move the first row to a line boundary, then `ld` entries a row.
    buffer: Vec<T>,
    start: usize,
    rows: usize,
    cols: usize,
    ld: usize,
}

impl<T: Scalar> Matrix<T> {
    /// A matrix of zeros.
    ///
    /// # Panics
    /// If the memory for it cannot be had; [`Matrix::try_zeros`] returns an error instead.
    #[track_caller]
    pub fn zeros(rows: usize, cols: usize) -> Self {
        match Self::try_zeros(rows, cols) {
            Ok(matrix) => matrix,
            Err(error) => panic!("Matrix::zeros: {error}"),
        }
    }

    /// A matrix of zeros, for sizes that come from outside.
    ///
    /// # Errors
    /// If the memory for it cannot be had.
    pub fn try_zeros(rows: usize, cols: usize) -> Result<Self, Error> {
        let refused = || too_large(rows, cols, T::NAME);
        let slack = LINE / size_of::<T>();
        let (ld, entries) = stored_entries(rows, cols, slack).ok_or_else(refused)?;
        let len = entries.checked_add(slack).ok_or_else(refused)?;
        let mut buffer = Vec::new();
        buffer.try_reserve_exact(len).map_err(|_| refused())?;
        buffer.resize(len, T::ZERO);
        // `align_offset` may decline; then rows are merely not aligned, which costs time and nothing else.
        let start = buffer.as_ptr().align_offset(LINE).min(slack);
        Ok(Matrix {
            buffer,
            start,
            rows,
            cols,
            ld,
        })
    }

    /// The matrix whose entry (i, j) is `f(i, j)`; `f` is called row by row.
    ///
    /// # Panics
    /// If the memory for it cannot be had.
    #[track_caller]
    pub fn from_fn(rows: usize, cols: usize, mut f: impl FnMut(usize, usize) -> T) -> Self {
        let mut matrix = Self::zeros(rows, cols);
        for i in 0..rows {
            for (j, x) in matrix.row_mut(i).iter_mut().enumerate() {
                *x = f(i, j);
            }
        }
        matrix
    }

    /// The matrix with these rows.
    ///
    /// # Panics
    /// If the rows differ in length.
    #[track_caller]
    pub fn from_rows<R: AsRef<[T]>>(rows: &[R]) -> Self {
        let cols = rows.first().map_or(0, |row| row.as_ref().len());
        let mut matrix = Self::zeros(rows.len(), cols);
        for (i, row) in rows.iter().enumerate() {
            let row = row.as_ref();
            assert!(
                row.len() == cols,
                "Matrix::from_rows: row 0 has {cols} entries, row {i} has {}",
                row.len()
            );
            matrix.row_mut(i).copy_from_slice(row);
        }
        matrix
    }

    /// The matrix whose entries stand row by row, without padding, in `entries`.
    ///
    /// # Panics
    /// If there are not `rows · cols` of them.
    #[track_caller]
    pub fn from_slice(rows: usize, cols: usize, entries: &[T]) -> Self {
        assert!(
            rows.checked_mul(cols) == Some(entries.len()),
            "Matrix::from_slice: a {rows}×{cols} matrix cannot be made from {} entries",
            entries.len()
        );
        let mut matrix = Self::zeros(rows, cols);
        if cols > 0 {
            for (i, row) in entries.chunks_exact(cols).enumerate() {
                matrix.row_mut(i).copy_from_slice(row);
            }
        }
        matrix
    }

    /// As [`Matrix::from_slice`], from a vector, which is used up.
    ///
    /// # Panics
    /// As [`Matrix::from_slice`].
    #[track_caller]
    pub fn from_vec(rows: usize, cols: usize, entries: Vec<T>) -> Self {
        Self::from_slice(rows, cols, &entries)
    }
}

/// Reading and writing what is there.
impl<T> Matrix<T> {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns.
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// Rows and columns.
    pub fn shape(&self) -> (usize, usize) {
        (self.rows, self.cols)
    }

    /// Distance between the first entries of two neighbouring rows.
    pub fn leading_dimension(&self) -> usize {
        self.ld
    }

    /// Row `i`, without its padding.
    ///
    /// # Panics
    /// If there is no such row.
    #[track_caller]
    pub fn row(&self, i: usize) -> &[T] {
        self.check_row(i);
        let first = self.start + i * self.ld;
        &self.buffer[first..first + self.cols]
    }

    /// Row `i`, to be written.
    ///
    /// # Panics
    /// If there is no such row.
    #[track_caller]
    pub fn row_mut(&mut self, i: usize) -> &mut [T] {
        self.check_row(i);
        let first = self.start + i * self.ld;
        &mut self.buffer[first..first + self.cols]
    }

    /// The rows as they are stored, `ld` entries each.
    pub(super) fn stored(&self) -> &[T] {
        &self.buffer[self.start..][..self.rows * self.ld]
    }

    /// The rows as they are stored, to be written.
    pub(crate) fn stored_mut(&mut self) -> &mut [T] {
        &mut self.buffer[self.start..][..self.rows * self.ld]
    }

    #[track_caller]
    fn check_row(&self, i: usize) {
        assert!(
            i < self.rows,
            "row {i} of a {}×{} matrix",
            self.rows,
            self.cols
        );
    }
}

impl<T: Scalar> Matrix<T> {
    /// Changes the number of rows and keeps the columns. No memory is allocated unless the matrix never had that many rows
    /// before. Rows that reappear hold some old values.
    ///
    /// # Panics
    /// If more memory is needed and cannot be had.
    #[track_caller]
    pub fn set_rows(&mut self, rows: usize) {
        if rows > (self.buffer.len() - self.start) / self.ld.max(1) {
            let mut larger = Self::zeros(rows, self.cols);
            for i in 0..self.rows {
                larger.row_mut(i).copy_from_slice(self.row(i));
            }
            *self = larger;
        }
        self.rows = rows;
    }

    /// Changes the shape. No memory is allocated unless the matrix never was that large. The entries are some old values, to be
    /// overwritten: it is a place for results, and moves nothing to where it would be in the new shape.
    ///
    /// # Panics
    /// If more memory is needed and cannot be had.
    #[track_caller]
    pub fn reshape(&mut self, rows: usize, cols: usize) {
        match stored_entries(rows, cols, LINE / size_of::<T>()) {
            Some((ld, entries)) if entries <= self.buffer.len() - self.start => {
                (self.rows, self.cols, self.ld) = (rows, cols, ld);
            }
            _ => *self = Self::zeros(rows, cols),
        }
    }

    /// Replaces every entry x by `f(x)`.
    pub fn map(&mut self, f: impl Fn(T) -> T) {
        for i in 0..self.rows {
            for x in self.row_mut(i) {
                *x = f(*x);
            }
        }
    }

    /// Replaces every entry x by `f(x, y)`, where y is the entry of `other` at the same place.
    ///
    /// # Panics
    /// If the shapes differ.
    #[track_caller]
    pub fn zip(&mut self, other: &Matrix<T>, f: impl Fn(T, T) -> T) {
        check_same("zip", self.shape(), other.shape());
        for i in 0..self.rows {
            for (x, &y) in self.row_mut(i).iter_mut().zip(other.row(i)) {
                *x = f(*x, y);
            }
        }
    }

    /// Adds the same row to every row: the broadcasting bias add.
    ///
    /// # Panics
    /// If `bias` has not one entry a column.
    #[track_caller]
    pub fn add_row(&mut self, bias: &[T]) {
        if bias.len() != self.cols {
            shape_mismatch("add_row", self.shape(), (1, bias.len()));
        }
        for i in 0..self.rows {
            for (x, &b) in self.row_mut(i).iter_mut().zip(bias) {
                *x += b;
            }
        }
    }

    /// Copies the entries of a matrix of the same shape.
    ///
    /// # Panics
    /// If the shapes differ.
    #[track_caller]
    pub fn copy_from(&mut self, other: &Matrix<T>) {
        check_same("copy_from", self.shape(), other.shape());
        for i in 0..self.rows {
            self.row_mut(i).copy_from_slice(other.row(i));
        }
    }
}

impl<T> Index<(usize, usize)> for Matrix<T> {
    type Output = T;

    #[track_caller]
    fn index(&self, (i, j): (usize, usize)) -> &T {
        assert!(
            j < self.cols,
            "column {j} of a {}×{} matrix",
            self.rows,
            self.cols
        );
        &self.row(i)[j]
    }
}

impl<T> IndexMut<(usize, usize)> for Matrix<T> {
    #[track_caller]
    fn index_mut(&mut self, (i, j): (usize, usize)) -> &mut T {
        assert!(
            j < self.cols,
            "column {j} of a {}×{} matrix",
            self.rows,
            self.cols
        );
        &mut self.row_mut(i)[j]
    }
}

/// Without rows and columns, to be given a shape by [`Matrix::reshape`].
impl<T: Scalar> Default for Matrix<T> {
    fn default() -> Self {
        Self::zeros(0, 0)
    }
}

/// The matrix with these rows, as [`Matrix::from_rows`].
///
/// ```
/// use fromzero::Matrix;
/// let row = |row: &str| row.split(' ').map(|x| x.parse().unwrap()).collect();
/// let table: Vec<Vec<f32>> = ["1 2", "3 4"].map(row).to_vec();
/// assert_eq!(Matrix::from(table), Matrix::from_rows(&[[1.0, 2.0], [3.0, 4.0]]));
/// ```
///
/// # Panics
/// If the rows differ in length.
impl<T: Scalar> From<Vec<Vec<T>>> for Matrix<T> {
    #[track_caller]
    fn from(rows: Vec<Vec<T>>) -> Self {
        Self::from_rows(&rows)
    }
}

/// A copy finds its own line boundary.
impl<T: Scalar> Clone for Matrix<T> {
    fn clone(&self) -> Self {
        let mut copy = Self::zeros(self.rows, self.cols);
        copy.copy_from(self);
        copy
    }
}

/// Equal shapes and equal entries; as for numbers, NaN equals nothing and 0 equals −0.
impl<T: PartialEq> PartialEq for Matrix<T> {
    fn eq(&self, other: &Self) -> bool {
        self.shape() == other.shape() && self.iter_rows().eq(other.iter_rows())
    }
}

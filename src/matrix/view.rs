//! Views: a matrix or a block of one, read or written in place.

use std::ops::Range;

use super::shape::check_block;
use super::storage::Matrix;
use crate::scalar::Scalar;

/// A matrix, a block of one, or either of them transposed, to be read.
#[derive(Clone, Copy)]
pub struct View<'a, T> {
    /// Whole stored rows, `ld` entries each.
    data: &'a [T],
    ld: usize,
    first_col: usize,
    /// Rows and columns as they are stored, whether or not the view is transposed.
    rows: usize,
    cols: usize,
    transposed: bool,
}

/// The panic for a row that cannot be lent out.
#[cold]
#[track_caller]
fn no_row(i: usize, (rows, cols): (usize, usize)) -> ! {
    assert!(i < rows, "row {i} of a {rows}×{cols} view");
    panic!(
        "row {i} of a transposed {rows}×{cols} view: its rows do not lie in memory; `to_matrix` makes a matrix whose rows do"
    );
}

impl<'a, T> View<'a, T> {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        if self.transposed {
            self.cols
        } else {
            self.rows
        }
    }

    /// Number of columns.
    pub fn cols(&self) -> usize {
        if self.transposed {
            self.rows
        } else {
            self.cols
        }
    }

    /// Rows and columns.
    pub fn shape(&self) -> (usize, usize) {
        (self.rows(), self.cols())
    }

    /// The same entries, transposed: nothing moves.
    #[must_use]
    pub fn t(self) -> Self {
        View {
            transposed: !self.transposed,
            ..self
        }
    }

    /// Entry (i, j).
    ///
    /// # Panics
    /// If it is outside the view.
    #[track_caller]
    pub fn get(&self, i: usize, j: usize) -> T
    where
        T: Copy,
    {
        *self.entry(i, j)
    }

    /// Entry (i, j), where it lies.
    #[track_caller]
    pub(super) fn entry(&self, i: usize, j: usize) -> &'a T {
        let (rows, cols) = self.shape();
        assert!(
            i < rows && j < cols,
            "entry ({i}, {j}) of a {rows}×{cols} view"
        );
        let (i, j) = if self.transposed { (j, i) } else { (i, j) };
        &self.data[i * self.ld + self.first_col + j]
    }

    /// Row `i`.
    ///
    /// # Panics
    /// If there is no such row, or the view is transposed, so that its rows do not lie in memory.
    #[inline(always)]
    #[track_caller]
    pub fn row(&self, i: usize) -> &'a [T] {
        if i >= self.rows || self.transposed {
            no_row(i, self.shape());
        }
        &self.data[i * self.ld + self.first_col..][..self.cols]
    }

    /// The block of these rows and columns.
    ///
    /// # Panics
    /// If the block is not inside the view.
    #[must_use]
    #[track_caller]
    pub fn block(self, rows: Range<usize>, cols: Range<usize>) -> Self {
        check_block(self.shape(), &rows, &cols);
        let (rows, cols) = if self.transposed {
            (cols, rows)
        } else {
            (rows, cols)
        };
        View {
            data: &self.data[rows.start * self.ld..rows.end * self.ld],
            first_col: self.first_col + cols.start,
            rows: rows.len(),
            cols: cols.len(),
            ..self
        }
    }

    /// A matrix of its own with these entries.
    pub fn to_matrix(&self) -> Matrix<T>
    where
        T: Scalar,
    {
        Matrix::from_fn(self.rows(), self.cols(), |i, j| self.get(i, j))
    }

    /// Whether consecutive entries in memory are those of a column.
    pub(crate) fn is_transposed(&self) -> bool {
        self.transposed
    }

    /// The stored rows, whole, with their leading dimension and the first column that belongs to the view.
    pub(crate) fn stored(&self) -> (&'a [T], usize, usize) {
        (self.data, self.ld, self.first_col)
    }
}

/// A matrix or a block of one, to be written.
pub struct ViewMut<'a, T> {
    data: &'a mut [T],
    ld: usize,
    first_col: usize,
    rows: usize,
    cols: usize,
}

impl<T> ViewMut<'_, T> {
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

    /// Row `i` of the block, to be written.
    ///
    /// # Panics
    /// If there is no such row.
    #[track_caller]
    pub fn row_mut(&mut self, i: usize) -> &mut [T] {
        assert!(
            i < self.rows,
            "row {i} of a {}×{} block",
            self.rows,
            self.cols
        );
        &mut self.data[i * self.ld + self.first_col..][..self.cols]
    }

    /// The same block, to be read.
    pub fn view(&self) -> View<'_, T> {
        View {
            data: self.data,
            ld: self.ld,
            first_col: self.first_col,
            rows: self.rows,
            cols: self.cols,
            transposed: false,
        }
    }

    /// The stored rows, whole, with their leading dimension and the first column that belongs to the block.
    pub(crate) fn stored_mut(&mut self) -> (&mut [T], usize, usize) {
        (self.data, self.ld, self.first_col)
    }
}

impl<T> Matrix<T> {
    /// The whole matrix as a [`View`].
    pub fn view(&self) -> View<'_, T> {
        View {
            data: self.stored(),
            ld: self.leading_dimension(),
            first_col: 0,
            rows: self.rows(),
            cols: self.cols(),
            transposed: false,
        }
    }

    /// The transposed matrix, as a view: nothing moves.
    pub fn t(&self) -> View<'_, T> {
        self.view().t()
    }

    /// The whole matrix as a [`ViewMut`].
    pub fn view_mut(&mut self) -> ViewMut<'_, T> {
        let (rows, cols) = self.shape();
        self.block_mut(0..rows, 0..cols)
    }

    /// The block of these rows and columns, to be written.
    ///
    /// # Panics
    /// If the block is not inside the matrix.
    #[track_caller]
    pub fn block_mut(&mut self, rows: Range<usize>, cols: Range<usize>) -> ViewMut<'_, T> {
        check_block(self.shape(), &rows, &cols);
        let ld = self.leading_dimension();
        ViewMut {
            data: &mut self.stored_mut()[rows.start * ld..rows.end * ld],
            ld,
            first_col: cols.start,
            rows: rows.len(),
            cols: cols.len(),
        }
    }

    /// The matrix in blocks of `height` whole rows, each to be written while others are read; the last may be lower.
    ///
    /// ```
    /// use fromzero::{Matrix, matmul};
    /// // Every row is the one before it times two.
    /// let two = Matrix::from_rows(&[[2.0]]);
    /// let mut powers = Matrix::from_rows(&[[1.0], [0.0], [0.0]]);
    /// let mut blocks = powers.row_blocks_mut(1);
    /// let mut before = blocks.next().unwrap();
    /// for mut block in blocks {
    ///     matmul(before.view(), &two).into(&mut block);
    ///     before = block;
    /// }
    /// assert_eq!(powers, Matrix::from_rows(&[[1.0], [2.0], [4.0]]));
    /// ```
    ///
    /// # Panics
    /// If `height` is 0.
    #[track_caller]
    pub fn row_blocks_mut(
        &mut self,
        height: usize,
    ) -> impl DoubleEndedIterator<Item = ViewMut<'_, T>> + ExactSizeIterator {
        assert!(height > 0, "Matrix::row_blocks_mut: blocks of 0 rows");
        // Without columns there is nothing to divide.
        let (cols, ld) = (self.cols(), self.leading_dimension().max(1));
        let blocks = self.stored_mut().chunks_mut(height.saturating_mul(ld));
        blocks.map(move |data| ViewMut {
            rows: data.len() / ld,
            data,
            ld,
            first_col: 0,
            cols,
        })
    }
}

/// A block is lent out, to be written elsewhere.
impl<'a, T> From<&'a mut ViewMut<'_, T>> for ViewMut<'a, T> {
    fn from(block: &'a mut ViewMut<'_, T>) -> Self {
        ViewMut {
            data: block.data,
            ld: block.ld,
            first_col: block.first_col,
            rows: block.rows,
            cols: block.cols,
        }
    }
}

impl<'a, T> From<&'a Matrix<T>> for View<'a, T> {
    fn from(matrix: &'a Matrix<T>) -> Self {
        matrix.view()
    }
}

impl<'a, T> From<&'a mut Matrix<T>> for ViewMut<'a, T> {
    fn from(matrix: &'a mut Matrix<T>) -> Self {
        matrix.view_mut()
    }
}

//! Between matrices and tensors on disk.

use super::storage::Matrix;
use crate::io::Error;
use crate::io::tensor::Tensor;
use crate::scalar::Scalar;

impl<T: Scalar> Matrix<T> {
    /// The matrix that a tensor of two dimensions holds, each number the nearest of this type; `name` is what its file calls it.
    ///
    /// # Errors
    /// If the tensor has another number of dimensions, or the memory cannot be had.
    pub fn from_tensor(name: &str, tensor: &Tensor) -> Result<Self, Error> {
        let (rows, cols) = two_dimensions(name, tensor)?;
        let mut matrix = Self::try_zeros(rows, cols)?;
        if tensor.count() > 0 {
            let values = tensor.to_floats();
            for (i, row) in values.chunks_exact(cols).enumerate() {
                matrix.row_mut(i).copy_from_slice(row);
            }
        }
        Ok(matrix)
    }

    /// The matrix as a tensor, [rows, columns], without padding.
    ///
    /// ```
    /// use fromzero::Matrix;
    /// let w = Matrix::from_rows(&[[1.0_f32, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    /// let tensor = w.to_tensor();
    /// assert_eq!(tensor.described(), "f32 [2, 3]");
    /// assert_eq!(Matrix::<f64>::from_tensor("w", &tensor)?[(1, 0)], 4.0);
    /// # Ok::<(), fromzero::io::Error>(())
    /// ```
    pub fn to_tensor(&self) -> Tensor {
        let mut values = Vec::with_capacity(self.rows() * self.cols());
        for row in self.iter_rows() {
            values.extend_from_slice(row);
        }
        Tensor::from_floats(&[self.rows(), self.cols()], &values)
    }
}

/// The rows and columns of a tensor that can be a matrix.
pub(crate) fn two_dimensions(name: &str, tensor: &Tensor) -> Result<(usize, usize), Error> {
    match tensor.shape() {
        &[rows, cols] => Ok((rows, cols)),
        _ => Err(Error::content(format!(
            "{name} is {}, expected two dimensions, [rows, columns]",
            tensor.described()
        ))),
    }
}

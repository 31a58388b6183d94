//! Matrices as places for results, which grow, and what becomes of them as tensors.

use super::numbered;
use crate::common::*;
use fromzero::io::tensor::Tensor;
use fromzero::{Matrix, Real};

/// Wherever memory begins, a row that was not there before has its place, and the others stay.
fn each_has_room_for_one_more<T: Real>(cols: usize) {
    for rows in 1..100 {
        let entry = |i: usize, j: usize| T::from_f64((100 * i + j) as f64);
        let mut matrix = Matrix::from_fn(rows, cols, entry);
        matrix.set_rows(rows + 1);
        matrix.row_mut(rows).fill(T::ONE);
        let expected = |i, j| if i < rows { entry(i, j) } else { T::ONE };
        assert_eq!(matrix, Matrix::from_fn(rows + 1, cols, expected));

        let mut place = Matrix::<T>::zeros(rows, cols);
        place.reshape(rows + 1, cols);
        place.map(|_| T::ONE);
        assert_eq!(place, Matrix::from_fn(rows + 1, cols, |_, _| T::ONE));
    }
}

#[test]
fn a_matrix_has_room_for_one_more_row() {
    for cols in [1, 5, 16, 17] {
        each_has_room_for_one_more::<f32>(cols);
        each_has_room_for_one_more::<f64>(cols);
    }
}

#[test]
fn a_matrix_comes_back_from_its_tensor() {
    let matrix = numbered(3, 9);
    let back = Matrix::<f64>::from_tensor("w", &matrix.to_tensor()).unwrap();
    assert_same_bits("f64", &back, &matrix);
    for (rows, cols) in [(3, 0), (0, 3), (0, 0)] {
        let empty = Matrix::<f32>::zeros(rows, cols).to_tensor();
        let back = Matrix::<f32>::from_tensor("w", &empty).unwrap();
        assert_eq!(back.shape(), (rows, cols));
    }
    let vector = Tensor::from_floats(&[2], &[1.0_f32, 2.0]);
    let error = Matrix::<f32>::from_tensor("w", &vector).unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("w is f32 [2], expected two dimensions"),
        "{text}"
    );
}

//! Initial values for weights and biases.
//!
//! Each function fills a matrix in row order from one `f64` an entry, rounded to the matrix's type. So networks in `f32`
//! and `f64` that share a seed start from the same numbers, up to that rounding.

use crate::matrix::Matrix;
use crate::real::Real;
use crate::rng::Rng;

/// Fills the weights \[inputs, outputs\] of a layer from the uniform distribution on (−a, a) with
/// a = gain · √(6 / (inputs + outputs)), which keeps the variance of values and gradients alike from layer to layer.
///
/// X. Glorot and Y. Bengio, *Understanding the difficulty of training deep feedforward neural networks*, AISTATS 2010,
/// equation (16), where the gain is 1.
///
/// ```
/// use fromzero::{Matrix, init, rng::Rng};
/// let mut w = Matrix::<f32>::zeros(784, 1024);
/// init::xavier_uniform(&mut w, 1.0, &mut Rng::new(1));
/// assert!(w.iter().all(|x| x.abs() <= 0.0577));
/// ```
pub fn xavier_uniform<T: Real>(w: &mut Matrix<T>, gain: f64, rng: &mut Rng) {
    let (inputs, outputs) = w.shape();
    let bound = gain * (6.0 / (inputs as f64 + outputs as f64)).sqrt();
    uniform(w, bound, rng);
}

/// Fills a matrix from the uniform distribution on (−bound, bound); section 3.7 takes 0.3 for weights and biases.
pub fn uniform<T: Real>(matrix: &mut Matrix<T>, bound: f64, rng: &mut Rng) {
    fill(matrix, || rng.range(-bound, bound));
}

/// Fills a matrix from the normal distribution with mean 0 and standard deviation `sigma`.
pub fn normal<T: Real>(matrix: &mut Matrix<T>, sigma: f64, rng: &mut Rng) {
    fill(matrix, || sigma * rng.normal());
}

/// Fills a matrix with zeros.
pub fn zeros<T: Real>(matrix: &mut Matrix<T>) {
    fill(matrix, || 0.0);
}

fn fill<T: Real>(matrix: &mut Matrix<T>, mut draw: impl FnMut() -> f64) {
    for i in 0..matrix.rows() {
        for x in matrix.row_mut(i) {
            *x = T::from_f64(draw());
        }
    }
}

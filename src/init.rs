//! Initial values for weights and biases.
//!
//! Each function fills a matrix in row order from one `f64` an entry, rounded to the matrix's type. So networks in `f32`
//! and `f64` that share a seed start from the same numbers, up to that rounding. [`Init`] names the function, so that a
//! network can be told which one to take.
//!
//! Why it matters: with weights of N(0, 1) the sum of 784 products has a deviation of 28, where sigmoid and tanh are flat and
//! nothing is learnt. Xavier's range ±√(6 / (inputs + outputs)) keeps the variance from layer to layer; section 3.7 has ±0.3.
//!
//! Guarded by `tests/suite/init.rs`: `xavier_has_the_bound_of_glorot_and_bengio`,
//! `entries_are_drawn_in_row_order_one_number_each`, `both_types_start_from_the_same_numbers`.

use crate::io::Error;
use crate::matrix::Matrix;
use crate::real::Real;
use crate::rng::Rng;
use crate::setting::{Range, require};

/// How a matrix gets its first values.
///
/// ```
/// use fromzero::{Matrix, init::Init, rng::Rng};
/// let mut w = Matrix::<f32>::zeros(784, 1024);
/// Init::Uniform(0.3).fill(&mut w, &mut Rng::new(1));
/// assert!(w.iter().all(|x| x.abs() <= 0.3));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Init {
    /// Uniform within Glorot and Bengio's bound, times this gain: [`xavier_uniform`].
    Xavier(f64),
    /// Uniform between −bound and bound: [`uniform`]. Section 3.7 has 0.3 for its weights.
    Uniform(f64),
    /// Normal with mean 0 and this standard deviation: [`normal`].
    Normal(f64),
    /// All zeros, as biases mostly begin.
    Zeros,
    /// All ones.
    Ones,
}

impl Init {
    /// Whether values can be drawn so.
    ///
    /// # Errors
    /// If the gain, the bound or the standard deviation is negative or NaN, or not finite in `T`.
    pub fn check<T: Real>(self) -> Result<(), Error> {
        let (owner, name, value) = match self {
            Init::Xavier(gain) => ("Init::Xavier", "a gain", gain),
            Init::Uniform(bound) => ("Init::Uniform", "a bound", bound),
            Init::Normal(sigma) => ("Init::Normal", "a standard deviation", sigma),
            Init::Zeros | Init::Ones => return Ok(()),
        };
        Range::NotNegative.check::<T>(owner, name, value)
    }

    /// Fills `matrix`, row by row.
    ///
    /// # Panics
    /// If [`Init::check`] refuses it.
    #[track_caller]
    pub fn fill<T: Real>(self, matrix: &mut Matrix<T>, rng: &mut Rng) {
        match self {
            Init::Xavier(gain) => xavier_uniform(matrix, gain, rng),
            Init::Uniform(bound) => uniform(matrix, bound, rng),
            Init::Normal(sigma) => normal(matrix, sigma, rng),
            Init::Zeros => zeros(matrix),
            Init::Ones => fill(matrix, &mut || 1.0),
        }
    }
}

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
///
/// # Panics
/// If the gain is negative or NaN, or not finite in `T`.
#[track_caller]
pub fn xavier_uniform<T: Real>(w: &mut Matrix<T>, gain: f64, rng: &mut Rng) {
    require(Init::Xavier(gain).check::<T>());
    let (inputs, outputs) = w.shape();
    let bound = gain * (6.0 / (inputs as f64 + outputs as f64)).sqrt();
    fill(w, &mut || rng.range(-bound, bound));
}

/// Fills a matrix from the uniform distribution on (−bound, bound); section 3.7 takes 0.3 for weights, and zeros for biases.
///
/// # Panics
/// If the bound is negative or NaN, or not finite in `T`.
#[track_caller]
pub fn uniform<T: Real>(matrix: &mut Matrix<T>, bound: f64, rng: &mut Rng) {
    require(Init::Uniform(bound).check::<T>());
    fill(matrix, &mut || rng.range(-bound, bound));
}

/// Fills a matrix from the normal distribution with mean 0 and standard deviation `sigma`.
///
/// # Panics
/// If the standard deviation is negative or NaN, or not finite in `T`.
#[track_caller]
pub fn normal<T: Real>(matrix: &mut Matrix<T>, sigma: f64, rng: &mut Rng) {
    require(Init::Normal(sigma).check::<T>());
    fill(matrix, &mut || sigma * rng.normal());
}

/// Fills a matrix with zeros.
pub fn zeros<T: Real>(matrix: &mut Matrix<T>) {
    fill(matrix, &mut || 0.0);
}

fn fill<T: Real>(matrix: &mut Matrix<T>, draw: &mut dyn FnMut() -> f64) {
    for i in 0..matrix.rows() {
        for x in matrix.row_mut(i) {
            *x = T::from_f64(draw());
        }
    }
}

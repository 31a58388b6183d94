//! Losses of a batch, each with its derivative. Sums run in f64, in row order.

use super::rows::max_and_log_sum;
use super::softmax;
use crate::matmul::Engine;
use crate::matrix::{Matrix, check_same, check_some};
use crate::real::Real;
use crate::scalar::Scalar;

/// 1/m, the factor of a mean over m samples.
pub(crate) fn one_over<T: Real>(m: usize) -> T {
    T::ONE / T::from_f64(m as f64)
}

/// Cross-entropy, the mean over the rows of (3-58): J = −(1/m) Σ Σₖ yₖ·ln aₖ, where a = softmax(z).
///
/// It is computed from the logits, ln aₖ = zₖ − max − ln Σᵢ e^(zᵢ − max), so that a probability that rounds to 0 does not become
/// the logarithm of 0. Classes may be masked by logits of −∞: the loss is infinite only if one of them is a label.
///
/// ```
/// use fromzero::{Matrix, ops::cross_entropy};
/// let z = Matrix::from_rows(&[[1.0, f64::NEG_INFINITY, 1.0]]);
/// let loss = |y| cross_entropy(&z, &Matrix::from_rows(&[y]));
/// assert_eq!(loss([1.0, 0.0, 0.0]), std::f64::consts::LN_2);
/// assert_eq!(loss([0.0, 1.0, 0.0]), f64::INFINITY);
/// ```
///
/// # Panics
/// If the shapes differ, or there is no row.
#[track_caller]
pub fn cross_entropy<T: Real>(z: &Matrix<T>, y: &Matrix<T>) -> f64 {
    check_same("cross_entropy", z.shape(), y.shape());
    check_some("cross_entropy", z.rows());
    let mut total = 0.0;
    Engine::current().isa().run(
        #[inline(always)]
        || {
            for (z, y) in z.iter_rows().zip(y.iter_rows()) {
                let (max, log_sum) = max_and_log_sum(z);
                for (&z, &y) in z.iter().zip(y) {
                    // (3-58)  a term of −Σₖ yₖ·ln aₖ
                    total -= weighted(y, z - max - log_sum);
                }
            }
        },
    );
    total / z.rows() as f64
}

/// y·l, the term of a class of weight y and log-probability l. One that is excluded and has no weight, 0·(−∞), adds nothing, as
/// y·ln a is 0 for y = 0 however small a is. Of NaN the term is NaN, whatever the weight.
#[inline(always)]
fn weighted<T: Scalar>(y: T, l: T) -> f64 {
    if y == T::ZERO && l == T::NEG_INFINITY {
        0.0
    } else {
        y.to_f64() * l.to_f64()
    }
}

/// ∂J/∂z of [`cross_entropy`], (3-63) with the mean over the batch: (a − y)/m, where a = softmax(z) and the rows of y sum to 1.
///
/// # Panics
/// If the shapes differ.
#[track_caller]
pub fn cross_entropy_prime<T: Real>(z: &Matrix<T>, y: &Matrix<T>, out: &mut Matrix<T>) {
    check_same("cross_entropy_prime", z.shape(), y.shape());
    check_same("cross_entropy_prime", z.shape(), out.shape());
    softmax(z, out);
    let one_over_m = one_over(z.rows());
    Engine::current().isa().run(
        #[inline(always)]
        || out.zip(y, |a, y| (a - y) * one_over_m),
    );
}

/// The negative log-likelihood, J = −(1/m) Σ Σₖ yₖ·lₖ, of log-probabilities l. That of a class without weight may be −∞.
///
/// # Panics
/// If the shapes differ, or there is no row.
#[track_caller]
pub fn negative_log_likelihood<T: Real>(l: &Matrix<T>, y: &Matrix<T>) -> f64 {
    check_same("negative_log_likelihood", l.shape(), y.shape());
    check_some("negative_log_likelihood", l.rows());
    let terms = l.iter().zip(y.iter());
    let total = terms.fold(0.0, |total, (l, y)| total - weighted(y, l));
    total / l.rows() as f64
}

/// ∂J/∂l of [`negative_log_likelihood`]: −y/m.
///
/// # Panics
/// If the shapes differ.
#[track_caller]
pub fn negative_log_likelihood_prime<T: Real>(y: &Matrix<T>, out: &mut Matrix<T>) {
    check_same("negative_log_likelihood_prime", y.shape(), out.shape());
    let one_over_m = one_over(y.rows());
    out.zip(y, |_, y| -y * one_over_m);
}

/// Σ (o − y)² over all entries.
///
/// # Panics
/// If the shapes differ.
#[track_caller]
pub fn squared_error<T: Real>(o: &Matrix<T>, y: &Matrix<T>) -> f64 {
    check_same("squared_error", o.shape(), y.shape());
    o.iter().zip(y.iter()).fold(0.0, |total, (o, y)| {
        let difference = (o - y).to_f64();
        total + difference * difference
    })
}

/// `factor` · (o − y): with the factor 2 the derivative of [`squared_error`], with 1/m that of its half, averaged over m rows.
///
/// # Panics
/// If the shapes differ.
#[track_caller]
pub fn scaled_difference<T: Real>(factor: T, o: &Matrix<T>, y: &Matrix<T>, out: &mut Matrix<T>) {
    check_same("scaled_difference", o.shape(), y.shape());
    check_same("scaled_difference", o.shape(), out.shape());
    out.copy_from(o);
    out.zip(y, |o, y| (o - y) * factor);
}

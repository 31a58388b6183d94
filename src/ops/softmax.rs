//! Softmax and its logarithm, row by row, each with the product of a gradient and its Jacobian.

use super::rows::{for_each_row, max_and_log_sum, row_max, sum};
use crate::elementary::exp;
use crate::matrix::{Matrix, check_same};
use crate::real::Real;

/// Softmax of every row, (3-57): aₖ = e^zₖ / Σᵢ e^zᵢ.
///
/// The row's own maximum is subtracted first. That changes nothing in the quotient, and the largest exponential is 1, so
/// that none overflows and the sum is never 0. A logit of −∞ masks its class, whose probability is 0; a row of such alone has no
/// probabilities, and they are NaN.
///
/// # Panics
/// If the shapes differ.
#[track_caller]
pub fn softmax<T: Real>(z: &Matrix<T>, a: &mut Matrix<T>) {
    check_same("softmax", z.shape(), a.shape());
    for_each_row(
        [a],
        #[inline(always)]
        |i, [a]| {
            let z = z.row(i);
            let max = row_max(z);
            for (a, &z) in a.iter_mut().zip(z) {
                // (3-57)  the numerator, e^zₖ but for the factor e^max, which the quotient loses again
                *a = exp(z - max);
            }
            let sum = sum(a.iter().copied());
            for a in a {
                // (3-57)  aₖ = e^zₖ / Σᵢ e^zᵢ
                *a = *a / sum;
            }
        },
    );
}

/// ∂J/∂z of every row from its softmax a and g = ∂J/∂a: the product of g with the whole Jacobian, (3-61) and (3-62),
/// which is a ⊙ (g − Σᵢ gᵢaᵢ).
///
/// # Panics
/// If the shapes differ.
#[track_caller]
pub fn times_softmax_jacobian<T: Real>(a: &Matrix<T>, g: &Matrix<T>, out: &mut Matrix<T>) {
    check_same("times_softmax_jacobian", a.shape(), g.shape());
    check_same("times_softmax_jacobian", a.shape(), out.shape());
    for_each_row(
        [out],
        #[inline(always)]
        |i, [out]| {
            let (a, g) = (a.row(i), g.row(i));
            let mean = sum(a.iter().zip(g).map(|(&a, &g)| g * a));
            for ((out, &a), &g) in out.iter_mut().zip(a).zip(g) {
                // (3-61), (3-62)  of g = (0, …, 1, …, 0) this is a row of the Jacobian
                *out = a * (g - mean);
            }
        },
    );
}

/// The logarithm of softmax of every row: lₖ = zₖ − max − ln Σᵢ e^(zᵢ − max). Where the probability rounds to 0, its logarithm
/// is still right. That of a masked class, whose logit is −∞, is −∞, and so is one beyond the range of the type; a row that is
/// masked throughout is NaN.
///
/// # Panics
/// If the shapes differ.
#[track_caller]
pub fn log_softmax<T: Real>(z: &Matrix<T>, l: &mut Matrix<T>) {
    check_same("log_softmax", z.shape(), l.shape());
    for_each_row(
        [l],
        #[inline(always)]
        |i, [l]| {
            let z = z.row(i);
            let (max, log_sum) = max_and_log_sum(z);
            for (l, &z) in l.iter_mut().zip(z) {
                // ln of (3-57)
                *l = z - max - log_sum;
            }
        },
    );
}

/// ∂J/∂z of every row from its log-softmax l and g = ∂J/∂l: g − e^l · Σᵢ gᵢ.
///
/// # Panics
/// If the shapes differ.
#[track_caller]
pub fn times_log_softmax_jacobian<T: Real>(l: &Matrix<T>, g: &Matrix<T>, out: &mut Matrix<T>) {
    check_same("times_log_softmax_jacobian", l.shape(), g.shape());
    check_same("times_log_softmax_jacobian", l.shape(), out.shape());
    for_each_row(
        [out],
        #[inline(always)]
        |i, [out]| {
            let (l, g) = (l.row(i), g.row(i));
            let total = sum(g.iter().copied());
            for ((out, &l), &g) in out.iter_mut().zip(l).zip(g) {
                *out = g - exp(l) * total;
            }
        },
    );
}

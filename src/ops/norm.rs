//! Normalisation of columns to mean 0 and variance 1, and its derivative.
//!
//! Ioffe and Szegedy, *Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift* (2015).

use super::one_over;
use super::rows::for_each_row;
use crate::matmul::Engine;
use crate::matrix::{Matrix, check_same};
use crate::real::Real;

/// The sum of `term(i, xᵢⱼ, yᵢⱼ)` down every column j, as one chain.
fn sum_columns<T: Real>(
    x: &Matrix<T>,
    y: &Matrix<T>,
    sums: &mut [T],
    term: impl Fn(usize, T, T) -> T,
) {
    sums.fill(T::ZERO);
    Engine::current().isa().run(
        #[inline(always)]
        || {
            for (x, y) in x.iter_rows().zip(y.iter_rows()) {
                for (j, ((sum, &x), &y)) in sums.iter_mut().zip(x).zip(y).enumerate() {
                    *sum += term(j, x, y);
                }
            }
        },
    );
}

/// The mean of every column and its variance, the mean of the squared distances from it. Their error grows with the number of
/// rows, as that of [`column_sums`](super::column_sums).
///
/// # Panics
/// If `mean` and `variance` have not one entry a column.
#[track_caller]
pub fn column_moments<T: Real>(x: &Matrix<T>, mean: &mut [T], variance: &mut [T]) {
    check_same("column_moments", (1, x.cols()), (1, mean.len()));
    check_same("column_moments", (1, x.cols()), (1, variance.len()));
    let m = T::from_f64(x.rows() as f64);
    sum_columns(x, x, mean, |_, x, _| x);
    for mean in mean.iter_mut() {
        *mean = *mean / m;
    }
    sum_columns(x, x, variance, |j, x, _| (x - mean[j]) * (x - mean[j]));
    for variance in variance {
        *variance = *variance / m;
    }
}

/// (xᵢⱼ − meanⱼ) · rⱼ, where r = 1/√(variance + ε).
///
/// # Panics
/// If `out` has not the shape of `x`, or `mean` and `r` not one entry a column.
#[track_caller]
pub fn normalise<T: Real>(x: &Matrix<T>, mean: &[T], r: &[T], out: &mut Matrix<T>) {
    check_same("normalise", x.shape(), out.shape());
    check_same("normalise", (1, x.cols()), (1, mean.len()));
    check_same("normalise", (1, x.cols()), (1, r.len()));
    for_each_row(
        [out],
        #[inline(always)]
        |i, [out]| {
            for (((out, &x), &mean), &r) in out.iter_mut().zip(x.row(i)).zip(mean).zip(r) {
                *out = (x - mean) * r;
            }
        },
    );
}

/// The derivatives of γ ⊙ x̂ + β, x̂ = [`normalise`]d x, from g = ∂J/∂(γ ⊙ x̂ + β): ∂J/∂γ = Σ g·x̂ and ∂J/∂β = Σ g down the
/// columns, and in `out` ∂J/∂x.
///
/// Where mean and variance are those of x itself, they too depend on x, and
///
/// ```text
///   ∂J/∂x = γ·r·(g − (∂J/∂β + x̂·∂J/∂γ)/m)                  with `of_batch`
///   ∂J/∂x = γ·r·g                                          without
/// ```
///
/// # Panics
/// If the shapes do not fit.
#[track_caller]
pub fn normalise_prime<T: Real>(
    (x_hat, g): (&Matrix<T>, &Matrix<T>),
    (gamma, r): (&[T], &[T]),
    of_batch: bool,
    (grad_gamma, grad_beta): (&mut [T], &mut [T]),
    out: &mut Matrix<T>,
) {
    check_same("normalise_prime", x_hat.shape(), g.shape());
    check_same("normalise_prime", x_hat.shape(), out.shape());
    for len in [gamma.len(), r.len(), grad_gamma.len(), grad_beta.len()] {
        check_same("normalise_prime", (1, g.cols()), (1, len));
    }
    sum_columns(g, x_hat, grad_gamma, |_, g, x_hat| g * x_hat);
    sum_columns(g, x_hat, grad_beta, |_, g, _| g);
    let one_over_m = if of_batch {
        one_over(g.rows())
    } else {
        T::ZERO
    };
    for_each_row(
        [out],
        #[inline(always)]
        |i, [out]| {
            let (x_hat, g) = (x_hat.row(i), g.row(i));
            for (j, out) in out.iter_mut().enumerate() {
                let through_moments = (grad_beta[j] + x_hat[j] * grad_gamma[j]) * one_over_m;
                *out = gamma[j] * r[j] * (g[j] - through_moments);
            }
        },
    );
}

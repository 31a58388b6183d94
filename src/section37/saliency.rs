//! Which pixels speak for an answer: the backward pass of a logit, down to the inputs.

use super::{Activations, Deltas, Params, propagate_back};
use crate::matmul::matmul;
use crate::matrix::{Matrix, check_some};
use crate::real::Real;

/// Which inputs speak for a class: ∂z⁴ₖ/∂a¹, the gradient of each sample's logit of the class k that `classes` `[m, classes]`, one-hot,
/// names, into `gradient` `[m, inputs]`. The activations are those of the samples' forward pass.
///
/// # Panics
/// If there are no samples, or the matrices are not of one batch.
#[track_caller]
pub fn logit_gradient<T: Real>(
    p: &Params<T>,
    classes: &Matrix<T>,
    act: &Activations<T>,
    deltas: &mut Deltas<T>,
    gradient: &mut Matrix<T>,
) {
    check_some("logit_gradient", classes.rows());
    deltas.set_samples(classes.rows());
    // Of a logit by itself, in place of the loss: ∂z⁴ₖ/∂z⁴ is one-hot.
    deltas.delta4.copy_from(classes);
    propagate_back(p, act, deltas);
    // As (3-67), a layer further down: a¹ comes out of no function, so there is no f'.
    matmul(&deltas.delta2, p.w1.t()).into(gradient);
}

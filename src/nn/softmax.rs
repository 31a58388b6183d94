//! [`Softmax`] and [`LogSoftmax`]: layers that act on whole rows.

use std::fmt;
use std::marker::PhantomData;

use super::Layer;
use super::layer::{check_grad, check_samples, no_operators};
use crate::io::Error;
use crate::io::tensor::onnx::Operator;
use crate::matrix::Matrix;
use crate::ops;
use crate::real::Real;
use crate::rng::Rng;

/// Probabilities from logits, aₖ = e^zₖ / Σᵢ e^zᵢ, row by row: [`ops::softmax`]. The backward pass takes the whole Jacobian,
/// ∂J/∂z = a ⊙ (g − Σᵢ gᵢaᵢ).
///
/// In front of a cross-entropy it is not needed: [`SoftmaxCrossEntropy`](super::SoftmaxCrossEntropy) takes logits.
///
/// ```
/// use fromzero::{Matrix, nn::{Layer, Softmax}};
/// let mut softmax = Softmax::new();
/// assert_eq!(softmax.forward(&Matrix::from_rows(&[[0.0, 0.0]])).row(0), [0.5, 0.5]);
/// assert_eq!(softmax.backward(&Matrix::from_rows(&[[1.0, 0.0]])).row(0), [0.25, -0.25]);
/// ```
pub type Softmax<T> = RowLayer<T, Probabilities>;

/// Logarithms of probabilities from logits, lₖ = zₖ − ln Σᵢ e^zᵢ, row by row: [`ops::log_softmax`]. The backward pass is
/// ∂J/∂z = g − e^l·Σᵢ gᵢ.
pub type LogSoftmax<T> = RowLayer<T, LogProbabilities>;

/// A layer that makes each row of its output from the same row of its input.
pub struct RowLayer<T: Real, F> {
    output: Matrix<T>,
    grad_x: Matrix<T>,
    function: PhantomData<fn() -> F>,
}

/// The function of a [`RowLayer`] and the product of a gradient with its Jacobian.
pub trait RowFunction<T> {
    /// The layer's name.
    const NAME: &'static str;
    /// The output for the input z.
    fn value(z: &Matrix<T>, output: &mut Matrix<T>);
    /// ∂J/∂z from the output and g = ∂J/∂output.
    fn times_jacobian(output: &Matrix<T>, g: &Matrix<T>, grad_z: &mut Matrix<T>);
    /// The function in the operators of ONNX, if it can be said in them.
    fn operators() -> Option<Vec<Operator>> {
        None
    }
}

/// The function of [`Softmax`].
#[derive(Clone, Copy, Debug)]
pub struct Probabilities;

impl<T: Real> RowFunction<T> for Probabilities {
    const NAME: &'static str = "Softmax";

    fn value(z: &Matrix<T>, a: &mut Matrix<T>) {
        ops::softmax(z, a);
    }

    fn times_jacobian(a: &Matrix<T>, g: &Matrix<T>, grad_z: &mut Matrix<T>) {
        ops::times_softmax_jacobian(a, g, grad_z);
    }

    fn operators() -> Option<Vec<Operator>> {
        Some(vec![Operator::Softmax])
    }
}

/// The function of [`LogSoftmax`].
#[derive(Clone, Copy, Debug)]
pub struct LogProbabilities;

impl<T: Real> RowFunction<T> for LogProbabilities {
    const NAME: &'static str = "LogSoftmax";

    fn value(z: &Matrix<T>, l: &mut Matrix<T>) {
        ops::log_softmax(z, l);
    }

    fn times_jacobian(l: &Matrix<T>, g: &Matrix<T>, grad_z: &mut Matrix<T>) {
        ops::times_log_softmax_jacobian(l, g, grad_z);
    }

    fn operators() -> Option<Vec<Operator>> {
        Some(vec![Operator::LogSoftmax])
    }
}

impl<T: Real, F: RowFunction<T>> RowLayer<T, F> {
    /// The layer, for rows of any length.
    pub fn new() -> Self {
        RowLayer {
            output: Matrix::zeros(0, 0),
            grad_x: Matrix::zeros(0, 0),
            function: PhantomData,
        }
    }
}

/// Of the layer: the function is a type and has nothing to be shown.
impl<T: Real, F> fmt::Debug for RowLayer<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowLayer")
            .field("output", &self.output)
            .field("grad_x", &self.grad_x)
            .finish()
    }
}

/// Of the layer: the function is a type and has nothing to be cloned.
impl<T: Real, F> Clone for RowLayer<T, F> {
    fn clone(&self) -> Self {
        RowLayer {
            output: self.output.clone(),
            grad_x: self.grad_x.clone(),
            function: PhantomData,
        }
    }
}

impl<T: Real, F: RowFunction<T>> Default for RowLayer<T, F> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Real, F: RowFunction<T>> Layer<T> for RowLayer<T, F> {
    fn name(&self) -> &'static str {
        F::NAME
    }

    fn init(&mut self, inputs: usize, _: &mut Rng) -> usize {
        inputs
    }

    fn forward(&mut self, x: &Matrix<T>) -> &Matrix<T> {
        check_samples(F::NAME, x);
        self.output.reshape(x.rows(), x.cols());
        F::value(x, &mut self.output);
        &self.output
    }

    fn output(&self) -> &Matrix<T> {
        &self.output
    }

    fn backward(&mut self, grad: &Matrix<T>) -> &Matrix<T> {
        check_grad(F::NAME, &self.output, grad);
        self.grad_x.reshape(grad.rows(), grad.cols());
        F::times_jacobian(&self.output, grad, &mut self.grad_x);
        &self.grad_x
    }

    fn operators(&self) -> Result<Vec<Operator>, Error> {
        F::operators().ok_or_else(|| no_operators(F::NAME))
    }
}

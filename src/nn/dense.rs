//! [`Dense`]: every output is a weighted sum of all inputs.

use std::fmt;

use super::layer::{check_grad, check_input, check_samples};
use super::{Initializer, Layer, Parameter};
use crate::matmul::matmul;
use crate::matrix::Matrix;
use crate::ops::column_sums;
use crate::real::Real;
use crate::rng::Rng;

/// A fully connected layer: y = x·w + b, `[m, inputs]·[inputs, outputs] + [outputs]`.
///
/// The number of inputs is learnt from the first samples. w starts with Xavier's initialisation, b with zeros, unless
/// [`weights`](Dense::weights) and [`bias`](Dense::bias) say otherwise.
///
/// ```
/// use fromzero::{Matrix, nn::{Dense, Layer}};
/// let mut dense = Dense::new(512);
/// assert_eq!(dense.to_string(), "layer: Dense  shape: {w: [?, 512], b: [512]}");
/// dense.forward(&Matrix::<f32>::zeros(10, 784));
/// assert_eq!(dense.to_string(), "layer: Dense  shape: {w: [784, 512], b: [512]}");
/// ```
#[derive(Clone, Debug)]
pub struct Dense<T: Real> {
    name: &'static str,
    /// The number of inputs, once it is known.
    inputs: Option<usize>,
    w: Parameter<T>,
    b: Option<Parameter<T>>,
    /// The samples of the last forward pass.
    x: Matrix<T>,
    output: Matrix<T>,
    grad_x: Matrix<T>,
}

impl<T: Real> Dense<T> {
    /// A layer of `outputs` neurons.
    ///
    /// # Panics
    /// If `outputs` is 0.
    #[track_caller]
    pub fn new(outputs: usize) -> Self {
        Self::named("Dense", outputs)
    }

    #[track_caller]
    fn named(name: &'static str, outputs: usize) -> Self {
        assert!(outputs > 0, "{name}: expected at least 1 output, found 0");
        let (mut w, mut b) = (
            Parameter::matrix("w", Initializer::Xavier(1.0)),
            Parameter::vector("b", Initializer::Zeros),
        );
        w.allocate(0, outputs);
        b.allocate(1, outputs);
        Dense {
            name,
            inputs: None,
            w,
            b: Some(b),
            x: Matrix::zeros(0, 0),
            output: Matrix::zeros(0, outputs),
            grad_x: Matrix::zeros(0, 0),
        }
    }

    /// Chooses how w is drawn.
    #[must_use]
    pub fn weights(mut self, initializer: Initializer) -> Self {
        self.w.initializer = initializer;
        self
    }

    /// Draws w with Xavier's initialisation times `coefficient`.
    #[must_use]
    pub fn scale(self, coefficient: f64) -> Self {
        self.weights(Initializer::Xavier(coefficient))
    }

    /// Chooses how b is drawn.
    #[must_use]
    pub fn bias(mut self, initializer: Initializer) -> Self {
        if let Some(b) = &mut self.b {
            b.initializer = initializer;
        }
        self
    }

    /// Leaves b away: y = x·w.
    #[must_use]
    pub fn without_bias(mut self) -> Self {
        self.b = None;
        self
    }
}

/// A [`Dense`] layer whose number of inputs is said from the start.
///
/// ```
/// use fromzero::nn::{Dense, Linear};
/// // Weights twice as wide as Xavier's, and no bias.
/// let linear: Dense<f32> = Linear::new(784, 16).scale(2.0).without_bias();
/// ```
pub struct Linear;

impl Linear {
    /// A layer of `outputs` neurons for samples of `inputs` features.
    ///
    /// # Panics
    /// If one of them is 0.
    #[track_caller]
    #[expect(clippy::new_ret_no_self, reason = "one struct under two names")]
    pub fn new<T: Real>(inputs: usize, outputs: usize) -> Dense<T> {
        assert!(inputs > 0, "Linear: expected at least 1 input, found 0");
        let mut linear = Dense::named("Linear", outputs);
        linear.inputs = Some(inputs);
        linear
    }
}

impl<T: Real> Layer<T> for Dense<T> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn init(&mut self, inputs: usize, rng: &mut Rng) -> usize {
        let expected = self.inputs.unwrap_or(inputs);
        assert!(
            inputs == expected && inputs > 0,
            "{}: expected samples of {} features, found {inputs}",
            self.name,
            if expected == 0 { 1 } else { expected },
        );
        if self.w.count() == 0 {
            self.inputs = Some(inputs);
            let outputs = self.w.value.cols();
            self.w.init(inputs, outputs, rng);
            if let Some(b) = &mut self.b {
                b.init(1, outputs, rng);
            }
        }
        self.w.value.cols()
    }

    fn forward(&mut self, x: &Matrix<T>) -> &Matrix<T> {
        check_samples(self.name, x);
        if self.w.count() == 0 {
            self.init(x.cols(), &mut Rng::new(0));
        }
        check_input(self.name, self.w.value.rows(), x);
        self.x.reshape(x.rows(), x.cols());
        self.x.copy_from(x);
        self.output.set_rows(x.rows());
        let product = matmul(x, &self.w.value);
        match &self.b {
            Some(b) => product.add_bias(b.value.row(0)).into(&mut self.output),
            None => product.into(&mut self.output),
        }
        &self.output
    }

    fn output(&self) -> &Matrix<T> {
        &self.output
    }

    fn backward(&mut self, grad: &Matrix<T>) -> &Matrix<T> {
        self.backward_parameters(grad);
        // ∂J/∂x = g·wᵀ
        self.grad_x.reshape(grad.rows(), self.w.value.rows());
        matmul(grad, self.w.value.t()).into(&mut self.grad_x);
        &self.grad_x
    }

    fn backward_parameters(&mut self, grad: &Matrix<T>) {
        check_grad(self.name, &self.output, grad);
        // ∂J/∂w = xᵀ·g, ∂J/∂b = Σ g over the samples
        matmul(self.x.t(), grad).into(&mut self.w.grad);
        if let Some(b) = &mut self.b {
            let grad_b = b.grad.row_mut(0);
            column_sums(grad, |j, sum| grad_b[j] = sum);
        }
    }

    fn parameters(&self) -> Vec<&Parameter<T>> {
        std::iter::once(&self.w).chain(&self.b).collect()
    }

    fn visit(&mut self, f: &mut dyn FnMut(&mut Parameter<T>)) {
        f(&mut self.w);
        if let Some(b) = &mut self.b {
            f(b);
        }
    }
}

impl<T: Real> fmt::Display for Dense<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (self as &dyn Layer<T>).fmt(f)
    }
}

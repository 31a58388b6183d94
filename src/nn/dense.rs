//! [`Dense`]: every output is a weighted sum of all inputs.

use super::layer::{check_features, check_grad, check_input, check_samples};
use super::{Layer, Parameter};
use crate::init::Init;
use crate::io::Error;
use crate::io::tensor::Tensor;
use crate::io::tensor::onnx::Operator;
use crate::matmul::matmul;
use crate::matrix::Matrix;
use crate::ops::column_sums;
use crate::real::Real;
use crate::rng::Rng;
use crate::setting::{at_least_one, require};

/// A fully connected layer: y = x·w + b, `[m, inputs]·[inputs, outputs] + [outputs]`.
///
/// The number of inputs is learnt from the first samples, or said from the start by [`Dense::linear`]. w starts with Xavier's
/// initialisation, b with zeros, unless [`weights`](Dense::weights) and [`bias`](Dense::bias) say otherwise.
///
/// ```
/// use fromzero::{Matrix, nn::{Dense, Layer}};
/// let mut dense = Dense::new(512);
/// assert_eq!(dense.describe(), "layer: Dense  shape: {w: [?, 512], b: [512]}");
/// dense.forward(&Matrix::<f32>::zeros(10, 784));
/// assert_eq!(dense.describe(), "layer: Dense  shape: {w: [784, 512], b: [512]}");
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

    /// A layer of `outputs` neurons for samples of `inputs` features. It calls itself Linear.
    ///
    /// ```
    /// use fromzero::nn::{Dense, Layer};
    /// // Weights twice as wide as Xavier's, and no bias.
    /// let linear = Dense::<f32>::linear(784, 16).scale(2.0).without_bias();
    /// assert_eq!(linear.name(), "Linear");
    /// ```
    ///
    /// # Panics
    /// If one of the numbers is 0.
    #[track_caller]
    pub fn linear(inputs: usize, outputs: usize) -> Self {
        require(at_least_one("Linear", "input", inputs));
        Dense {
            inputs: Some(inputs),
            ..Self::named("Linear", outputs)
        }
    }

    #[track_caller]
    fn named(name: &'static str, outputs: usize) -> Self {
        require(at_least_one(name, "output", outputs));
        let (mut w, mut b) = (
            Parameter::matrix("w", Init::Xavier(1.0)),
            Parameter::vector("b", Init::Zeros),
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
    ///
    /// # Panics
    /// If [`Init::check`] refuses it.
    #[must_use]
    #[track_caller]
    pub fn weights(mut self, initial: Init) -> Self {
        require(initial.check::<T>());
        self.w.initial = initial;
        self
    }

    /// Draws w with Xavier's initialisation times `coefficient`.
    ///
    /// # Panics
    /// As [`Dense::weights`].
    #[must_use]
    #[track_caller]
    pub fn scale(self, coefficient: f64) -> Self {
        self.weights(Init::Xavier(coefficient))
    }

    /// Chooses how b is drawn.
    ///
    /// # Panics
    /// If [`Init::check`] refuses it.
    #[must_use]
    #[track_caller]
    pub fn bias(mut self, initial: Init) -> Self {
        require(initial.check::<T>());
        if let Some(b) = &mut self.b {
            b.initial = initial;
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

impl<T: Real> Layer<T> for Dense<T> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn init(&mut self, inputs: usize, rng: &mut Rng) -> usize {
        check_features(self.name, self.inputs.unwrap_or(0), inputs);
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

    fn operators(&self) -> Result<Vec<Operator>, Error> {
        let zeros =
            || Tensor::from_floats(&[self.w.value.cols()], &vec![T::ZERO; self.w.value.cols()]);
        Ok(vec![Operator::Gemm {
            weight: self.w.to_tensor(),
            bias: self.b.as_ref().map_or_else(zeros, Parameter::to_tensor),
        }])
    }

    fn visit(&mut self, f: &mut dyn FnMut(&mut Parameter<T>)) {
        f(&mut self.w);
        if let Some(b) = &mut self.b {
            f(b);
        }
    }
}

//! [`BatchNorm`]: every feature of a batch gets mean 0 and variance 1, and then a scale and a shift that are learnt.

use super::layer::{check_features, check_grad, check_input, check_samples};
use super::{Layer, Parameter};
use crate::init::Init;
use crate::io::Error;
use crate::io::tensor::onnx::Operator;
use crate::matrix::Matrix;
use crate::ops::{column_moments, normalise, normalise_prime};
use crate::real::Real;
use crate::rng::Rng;

/// Added to the variance, so that a feature that is the same in all samples is not divided by 0.
const EPSILON: f64 = 1e-5;

/// The share by which the running mean and variance move towards those of a batch.
const MOMENTUM: f64 = 0.1;

/// y = γ ⊙ (x − mean)/√(variance + 10⁻⁵) + β, feature by feature.
///
/// In training, mean and variance are those of the batch, and the running mean and variance, which are parameters that are not
/// trained, move by a tenth of the way towards them (towards the variance with m − 1 in its denominator). In evaluation, the
/// running ones take their place.
///
/// In training a batch must have at least two samples: of one, the variance is 0, and m − 1 too. So a data set of 65 samples does
/// not go together with batches of 64.
///
/// Ioffe and Szegedy, *Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift* (2015).
///
/// ```
/// use fromzero::{Matrix, nn::{BatchNorm, Layer}};
/// let mut norm = BatchNorm::new();
/// let y = norm.forward(&Matrix::from_rows(&[[1.0_f64], [3.0]]));
/// assert!((y[(0, 0)] + 1.0).abs() < 1e-5 && (y[(1, 0)] - 1.0).abs() < 1e-5);
/// assert_eq!(
///     norm.describe(),
///     "layer: BatchNorm  shape: {gamma: [1], beta: [1], running_mean: [1], running_var: [1]}"
/// );
/// ```
#[derive(Clone, Debug)]
pub struct BatchNorm<T: Real> {
    gamma: Parameter<T>,
    beta: Parameter<T>,
    running_mean: Parameter<T>,
    running_var: Parameter<T>,
    training: bool,
    /// Whether the last forward pass used the moments of its batch.
    of_batch: bool,
    /// Mean, variance and 1/√(variance + ε) of the last batch.
    mean: Vec<T>,
    variance: Vec<T>,
    r: Vec<T>,
    x_hat: Matrix<T>,
    output: Matrix<T>,
    grad_x: Matrix<T>,
}

impl<T: Real> BatchNorm<T> {
    /// The layer, for as many features as the first samples have.
    pub fn new() -> Self {
        let empty = || Matrix::zeros(0, 0);
        BatchNorm {
            gamma: Parameter::vector("gamma", Init::Ones),
            beta: Parameter::vector("beta", Init::Zeros),
            running_mean: Parameter::vector("running_mean", Init::Zeros).untrained(),
            running_var: Parameter::vector("running_var", Init::Ones).untrained(),
            training: true,
            of_batch: false,
            mean: Vec::new(),
            variance: Vec::new(),
            r: Vec::new(),
            x_hat: empty(),
            output: empty(),
            grad_x: empty(),
        }
    }

    /// Takes the moments of the batch, and moves the running ones towards them.
    #[track_caller]
    fn take_moments(&mut self, x: &Matrix<T>) {
        assert!(
            x.rows() > 1,
            "BatchNorm: expected at least 2 samples in training, found 1"
        );
        column_moments(x, &mut self.mean, &mut self.variance);
        let m = x.rows() as f64;
        let unbiased = T::from_f64(m / (m - 1.0));
        let (kept, new) = (T::from_f64(1.0 - MOMENTUM), T::from_f64(MOMENTUM));
        let running_mean = self.running_mean.value.row_mut(0);
        for (running, &mean) in running_mean.iter_mut().zip(&self.mean) {
            *running = kept * *running + new * mean;
        }
        let running_var = self.running_var.value.row_mut(0);
        for (running, &variance) in running_var.iter_mut().zip(&self.variance) {
            *running = kept * *running + new * (variance * unbiased);
        }
    }
}

impl<T: Real> Default for BatchNorm<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Real> Layer<T> for BatchNorm<T> {
    fn name(&self) -> &'static str {
        "BatchNorm"
    }

    fn init(&mut self, inputs: usize, rng: &mut Rng) -> usize {
        check_features("BatchNorm", self.gamma.count(), inputs);
        if self.gamma.count() == 0 {
            self.visit(&mut |parameter| parameter.init(1, inputs, rng));
            for moments in [&mut self.mean, &mut self.variance, &mut self.r] {
                moments.resize(inputs, T::ZERO);
            }
        }
        inputs
    }

    fn forward(&mut self, x: &Matrix<T>) -> &Matrix<T> {
        check_samples("BatchNorm", x);
        if self.gamma.count() == 0 {
            self.init(x.cols(), &mut Rng::new(0));
        }
        check_input("BatchNorm", self.gamma.count(), x);
        self.of_batch = self.training;
        if self.training {
            self.take_moments(x);
        } else {
            self.mean.copy_from_slice(self.running_mean.value.row(0));
            self.variance.copy_from_slice(self.running_var.value.row(0));
        }
        for (r, &variance) in self.r.iter_mut().zip(&self.variance) {
            *r = T::ONE / (variance + T::from_f64(EPSILON)).sqrt();
        }
        self.x_hat.reshape(x.rows(), x.cols());
        normalise(x, &self.mean, &self.r, &mut self.x_hat);
        self.output.reshape(x.rows(), x.cols());
        let (gamma, beta) = (self.gamma.value.row(0), self.beta.value.row(0));
        for i in 0..x.rows() {
            let entries = self.output.row_mut(i).iter_mut().zip(self.x_hat.row(i));
            for ((y, &x_hat), (&gamma, &beta)) in entries.zip(gamma.iter().zip(beta)) {
                *y = gamma * x_hat + beta;
            }
        }
        &self.output
    }

    fn output(&self) -> &Matrix<T> {
        &self.output
    }

    fn backward(&mut self, grad: &Matrix<T>) -> &Matrix<T> {
        check_grad("BatchNorm", &self.output, grad);
        self.grad_x.reshape(grad.rows(), grad.cols());
        normalise_prime(
            (&self.x_hat, grad),
            (self.gamma.value.row(0), &self.r),
            self.of_batch,
            (self.gamma.grad.row_mut(0), self.beta.grad.row_mut(0)),
            &mut self.grad_x,
        );
        &self.grad_x
    }

    fn parameters(&self) -> Vec<&Parameter<T>> {
        vec![
            &self.gamma,
            &self.beta,
            &self.running_mean,
            &self.running_var,
        ]
    }

    fn operators(&self) -> Result<Vec<Operator>, Error> {
        Ok(vec![Operator::BatchNormalization {
            scale: self.gamma.to_tensor(),
            shift: self.beta.to_tensor(),
            mean: self.running_mean.to_tensor(),
            variance: self.running_var.to_tensor(),
            epsilon: EPSILON as f32,
        }])
    }

    fn visit(&mut self, f: &mut dyn FnMut(&mut Parameter<T>)) {
        f(&mut self.gamma);
        f(&mut self.beta);
        f(&mut self.running_mean);
        f(&mut self.running_var);
    }

    fn set_training(&mut self, training: bool) {
        self.training = training;
    }

    fn is_training(&self) -> bool {
        self.training
    }
}

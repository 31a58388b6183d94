//! Losses: how far predictions are from what they should be, and in which direction.

use super::Layer;
use crate::data::one_hot;
use crate::matrix::{Matrix, check_same, check_some};
use crate::metrics::{Labels, mean_squared_error};
use crate::ops;
use crate::real::Real;

/// A loss of a batch and its derivative. `predicted` and `y` are `[m, n]`, one sample a row.
pub trait Loss<T: Real> {
    /// The loss's name in messages.
    fn name(&self) -> &'static str;

    /// J, one number for the batch.
    ///
    /// # Panics
    /// If the shapes differ, or there is no sample.
    #[track_caller]
    fn loss(&self, predicted: &Matrix<T>, y: &Matrix<T>) -> f64;

    /// ∂J/∂predicted, into `grad` of the same shape.
    ///
    /// # Panics
    /// If the shapes differ.
    #[track_caller]
    fn grad(&self, predicted: &Matrix<T>, y: &Matrix<T>, grad: &mut Matrix<T>);
}

/// Softmax and cross-entropy in one, on logits z: J = −(1/m) Σ Σₖ yₖ·ln softmax(z)ₖ, (3-58), and ∂J/∂z = (softmax(z) − y)/m.
///
/// The rows of y are one-hot, or else probabilities that sum to 1.
#[derive(Clone, Copy, Debug, Default)]
pub struct SoftmaxCrossEntropy;

impl<T: Real> Loss<T> for SoftmaxCrossEntropy {
    fn name(&self) -> &'static str {
        "SoftmaxCrossEntropy"
    }

    fn loss(&self, z: &Matrix<T>, y: &Matrix<T>) -> f64 {
        ops::cross_entropy(z, y)
    }

    fn grad(&self, z: &Matrix<T>, y: &Matrix<T>, grad: &mut Matrix<T>) {
        ops::cross_entropy_prime(z, y, grad);
    }
}

/// The negative log-likelihood of log-probabilities l: J = −(1/m) Σ lₖ at the label k, and ∂J/∂l = −1/m there, 0 elsewhere.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nll;

impl<T: Real> Loss<T> for Nll {
    fn name(&self) -> &'static str {
        "Nll"
    }

    fn loss(&self, l: &Matrix<T>, y: &Matrix<T>) -> f64 {
        ops::negative_log_likelihood(l, y)
    }

    fn grad(&self, l: &Matrix<T>, y: &Matrix<T>, grad: &mut Matrix<T>) {
        check_same("Nll", l.shape(), y.shape());
        ops::negative_log_likelihood_prime(y, grad);
    }
}

/// Half the squared distance, a mean over the samples: J = Σ (o − y)²/2m, and ∂J/∂o = (o − y)/m.
#[derive(Clone, Copy, Debug, Default)]
pub struct Squared;

impl<T: Real> Loss<T> for Squared {
    fn name(&self) -> &'static str {
        "Squared"
    }

    fn loss(&self, o: &Matrix<T>, y: &Matrix<T>) -> f64 {
        check_some("Squared", o.rows());
        ops::squared_error(o, y) / (2.0 * o.rows() as f64)
    }

    fn grad(&self, o: &Matrix<T>, y: &Matrix<T>, grad: &mut Matrix<T>) {
        ops::scaled_difference(ops::one_over(o.rows()), o, y, grad);
    }
}

/// The mean squared error, a mean over all m·n entries: J = Σ (o − y)²/mn, and ∂J/∂o = 2(o − y)/mn.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mse;

impl<T: Real> Loss<T> for Mse {
    fn name(&self) -> &'static str {
        "Mse"
    }

    fn loss(&self, o: &Matrix<T>, y: &Matrix<T>) -> f64 {
        mean_squared_error(o, y)
    }

    fn grad(&self, o: &Matrix<T>, y: &Matrix<T>, grad: &mut Matrix<T>) {
        let factor = T::from_f64(2.0 / (o.rows() * o.cols()) as f64);
        ops::scaled_difference(factor, o, y, grad);
    }
}

/// What a prediction should be.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Target<'a, T: Real> {
    /// The class of each sample; it stands for the row that is 1 there and 0 elsewhere.
    Labels(Labels<'a>),
    /// The row for each sample.
    Rows(&'a Matrix<T>),
}

/// Labels in whatever integers and container [`Labels`] takes.
impl<'a, T: Real, L: Into<Labels<'a>>> From<L> for Target<'a, T> {
    fn from(labels: L) -> Self {
        Target::Labels(labels.into())
    }
}

impl<'a, T: Real> From<&'a Matrix<T>> for Target<'a, T> {
    fn from(rows: &'a Matrix<T>) -> Self {
        Target::Rows(rows)
    }
}

/// A [`Loss`] in use: it owns the matrices that the loss needs.
///
/// ```
/// use fromzero::{Matrix, nn::{Criterion, Dense, Layer, Optimizer, Sgd, Squared}};
/// let mut module = Dense::new(2);
/// let (mut loss_func, mut optimizer) = (Criterion::new(Squared), Sgd::new(0.5));
/// let (x, targets) = (Matrix::from_rows(&[[0.5_f32, 1.0], [1.0, 0.5]]), vec![1, 0]);
/// let mut losses = Vec::new();
/// for _ in 0..10 {
///     let outputs = module.forward(&x);
///     let loss = loss_func.of(outputs, &targets);
///     losses.push(loss.value);
///     loss.backward(&mut module);
///     optimizer.step(&mut module);
/// }
/// assert!(losses[9] < losses[0]);
/// ```
#[derive(Clone, Debug)]
pub struct Criterion<T: Real, L> {
    loss: L,
    /// Labels, one-hot.
    y: Matrix<T>,
    gradient: Matrix<T>,
}

/// A loss that was computed, with its gradient.
#[derive(Clone, Copy, Debug)]
#[must_use = "the gradient goes to the module by `backward`"]
pub struct LossValue<'a, T: Real> {
    /// J.
    pub value: f64,
    /// ∂J/∂predicted.
    pub gradient: &'a Matrix<T>,
}

impl<T: Real> LossValue<'_, T> {
    /// Hands the gradient to the module that made the prediction: its parameters get theirs.
    ///
    /// # Panics
    /// As [`Layer::backward`].
    #[track_caller]
    pub fn backward(&self, module: &mut dyn Layer<T>) {
        module.backward_parameters(self.gradient);
    }
}

impl<T: Real, L: Loss<T>> Criterion<T, L> {
    /// Puts the loss to use.
    pub fn new(loss: L) -> Self {
        Criterion {
            loss,
            y: Matrix::zeros(0, 0),
            gradient: Matrix::zeros(0, 0),
        }
    }

    /// The loss of a prediction, `[m, n]`, and its gradient.
    ///
    /// # Panics
    /// If there are no samples, the target is not of as many, its rows are of another length, or a label is not less than n.
    #[track_caller]
    pub fn of<'t>(
        &mut self,
        predicted: &Matrix<T>,
        target: impl Into<Target<'t, T>>,
    ) -> LossValue<'_, T> {
        let target = target.into();
        check_target(self.loss.name(), predicted, target);
        let (rows, cols) = predicted.shape();
        let y = match target {
            Target::Rows(y) => y,
            Target::Labels(labels) => {
                self.y.reshape(rows, cols);
                one_hot(labels, cols, &mut self.y);
                &self.y
            }
        };
        self.gradient.reshape(rows, cols);
        self.loss.grad(predicted, y, &mut self.gradient);
        LossValue {
            value: self.loss.loss(predicted, y),
            gradient: &self.gradient,
        }
    }
}

#[track_caller]
fn check_target<T: Real>(loss: &str, predicted: &Matrix<T>, target: Target<'_, T>) {
    check_some(loss, predicted.rows());
    match target {
        Target::Rows(y) => check_rows(loss, predicted.shape(), y.shape()),
        Target::Labels(labels) => check_labels(loss, predicted.shape(), labels),
    }
}

#[track_caller]
fn check_rows(loss: &str, (rows, cols): (usize, usize), found: (usize, usize)) {
    assert!(
        found == (rows, cols),
        "{loss}: expected targets of {rows}×{cols}, found {}×{}",
        found.0,
        found.1
    );
}

#[track_caller]
fn check_labels(loss: &str, (rows, cols): (usize, usize), labels: Labels<'_>) {
    assert!(
        labels.len() == rows,
        "{loss}: expected {rows} labels, found {}",
        labels.len()
    );
    if let Some(what) = labels.stray(cols) {
        panic!("{loss}: {what}");
    }
}

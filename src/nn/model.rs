//! [`Model`]: a network, a loss and an optimizer.

use super::{Criterion, Layer, Loss, Optimizer, Samples, Target};
use crate::io::Error;
use crate::matrix::Matrix;
use crate::metrics::{accuracy, correct};
use crate::real::Real;
use crate::rng::Rng;
use crate::schedule::diverged;
use crate::setting::at_least_one;

/// A network, the loss that it is to make small, and the optimizer that does so.
///
/// ```
/// use fromzero::Matrix;
/// use fromzero::nn::{Adam, Dense, Model, Relu, Sequential, SoftmaxCrossEntropy};
///
/// let net = Sequential::new(1).then(Dense::new(8)).then(Relu::new()).then(Dense::new(2));
/// let mut model = Model::new(net, SoftmaxCrossEntropy, Adam::new(0.01));
/// // Which of two numbers is the larger?
/// let x = Matrix::from_rows(&[[0.1_f32, 0.9], [0.8, 0.3], [0.4, 0.5], [0.7, 0.1]]);
/// let labels = [1, 0, 1, 0];
/// for _ in 0..200 {
///     model.forward(&x);
///     model.backward(&labels);
///     model.apply_grad();
/// }
/// assert!(model.evaluate((&x, &labels))?.loss < 0.1);
/// # Ok::<(), fromzero::io::Error>(())
/// ```
///
/// [`fit`](Model::fit) is this loop over all batches and epochs.
#[derive(Clone, Debug)]
pub struct Model<T: Real, N, L, O> {
    /// The network.
    pub net: N,
    /// The loss.
    pub criterion: Criterion<T, L>,
    /// The optimizer.
    pub optimizer: O,
}

impl<T: Real, N: Layer<T>, L: Loss<T>, O: Optimizer<T>> Model<T, N, L, O> {
    /// Puts the three together.
    pub fn new(net: N, loss: L, optimizer: O) -> Self {
        Model {
            net,
            criterion: Criterion::new(loss),
            optimizer,
        }
    }

    /// The network's prediction for the samples `x`.
    ///
    /// # Panics
    /// As [`Layer::forward`].
    #[track_caller]
    pub fn forward(&mut self, x: &Matrix<T>) -> &Matrix<T> {
        self.net.forward(x)
    }

    /// The loss of the last prediction. The network's parameters get their gradients.
    ///
    /// # Panics
    /// If there was no forward pass, or the target does not fit to the prediction, as [`Criterion::of`] says.
    #[track_caller]
    pub fn backward<'t>(&mut self, target: impl Into<Target<'t, T>>) -> f64 {
        let predicted = self.net.output();
        assert!(
            predicted.rows() > 0,
            "Model: backward before forward: expected a forward pass, found no prediction"
        );
        let loss = self.criterion.of(predicted, target);
        loss.backward(&mut self.net);
        loss.value
    }

    /// Takes the optimizer's step along the gradients of the last backward pass.
    ///
    /// # Panics
    /// As [`Optimizer::step`].
    #[track_caller]
    pub fn apply_grad(&mut self) {
        self.optimizer.step(&mut self.net);
    }

    /// Trains for so many epochs: [`forward`](Model::forward), [`backward`](Model::backward), [`apply_grad`](Model::apply_grad) for
    /// every batch, then `each`, which may look at the model and change it. Returns the loss of each batch.
    ///
    /// Every epoch is in a new random order if there is a generator. A training that stops early is a `fit` of one epoch in a loop.
    ///
    /// ```
    /// use fromzero::nn::Schedule;
    /// use fromzero::prelude::*;
    ///
    /// let pixels = (0..80).flat_map(|i| if i % 2 == 0 { [250, 9] } else { [8, 240] });
    /// let data = Dataset::new(pixels.collect(), (0..80).map(|i| i % 2).collect(), (1, 2), 2)?;
    /// let net = Sequential::new(1).then(Dense::new(2));
    /// let mut model = Model::new(net, SoftmaxCrossEntropy, Sgd::new(1.0));
    /// let mut batches = Batches::<f32>::new(&data, 16)?;
    /// let schedule = Schedule::Linear { steps: 50 };
    ///
    /// let losses = model.fit(&mut batches, 10, Some(&mut Rng::new(2)), |model, step| {
    ///     model.optimizer.set_learning_rate(schedule.rate(1.0, step.number + 1));
    ///     if step.is_last_of_epoch() {
    ///         println!("epoch {}: loss {:.4}", step.epoch + 1, step.loss);
    ///     }
    /// })?;
    /// assert_eq!(losses.len(), 50);
    /// assert_eq!(model.evaluate(&mut batches)?.accuracy, Some(1.0));
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// If there are 0 epochs, if a loss is not finite, or if a parameter is not after the last step.
    ///
    /// # Panics
    /// As [`forward`](Model::forward), [`backward`](Model::backward) and [`apply_grad`](Model::apply_grad).
    pub fn fit(
        &mut self,
        mut samples: impl Samples<T>,
        epochs: usize,
        mut shuffle: Option<&mut Rng>,
        mut each: impl FnMut(&mut Self, &Step),
    ) -> Result<Vec<f64>, Error> {
        at_least_one("Model::fit", "epoch", epochs)?;
        let batches = samples.batches();
        let mut losses = Vec::new();
        for epoch in 0..epochs {
            let mut batch = 0;
            samples.epoch(shuffle.as_deref_mut(), &mut |x, target| {
                self.forward(x);
                let loss = self.backward(target);
                let number = losses.len();
                if !loss.is_finite() {
                    let lr = self.optimizer.learning_rate();
                    return Err(diverged(&format!("the loss is {loss}"), number, lr));
                }
                let accuracy = match target {
                    Target::Labels(labels) => Some(accuracy(self.net.output(), labels)?),
                    Target::Rows(_) => None,
                };
                self.apply_grad();
                losses.push(loss);
                let step = Step {
                    number,
                    epoch,
                    batch,
                    batches,
                    samples: x.rows(),
                    loss,
                    accuracy,
                };
                each(self, &step);
                batch += 1;
                Ok(())
            })?;
        }
        if !self.net.is_finite() {
            let lr = self.optimizer.learning_rate();
            return Err(diverged("a weight is not finite", losses.len(), lr));
        }
        Ok(losses)
    }

    /// The network's prediction for the samples `x` in evaluation. Afterwards every layer is in the mode that it was in.
    ///
    /// # Panics
    /// As [`Layer::forward`].
    #[track_caller]
    pub fn predict(&mut self, x: &Matrix<T>) -> &Matrix<T> {
        self.net.predict(x)
    }

    /// How good the network's predictions are, as [`predict`](Model::predict) makes them.
    ///
    /// # Errors
    /// If there are no samples, or a prediction has no most probable class where targets are labels.
    ///
    /// # Panics
    /// As [`predict`](Model::predict), and as [`Criterion::of`].
    pub fn evaluate(&mut self, mut samples: impl Samples<T>) -> Result<Evaluation, Error> {
        let (mut count, mut loss, mut right) = (0, 0.0, Some(0));
        samples.epoch(None, &mut |x, target| {
            self.predict(x);
            let predicted = self.net.output();
            right = match (target, right) {
                (Target::Labels(labels), Some(right)) => Some(right + correct(predicted, labels)?),
                _ => None,
            };
            loss += self.criterion.of(predicted, target).value * x.rows() as f64;
            count += x.rows();
            Ok(())
        })?;
        at_least_one("Model::evaluate", "sample", count)?;
        Ok(Evaluation {
            samples: count,
            loss: loss / count as f64,
            accuracy: right.map(|right| right as f64 / count as f64),
        })
    }
}

/// What [`Model::fit`] reports of each step.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Step {
    /// From 0, over all epochs.
    pub number: usize,
    /// From 0.
    pub epoch: usize,
    /// Number of the batch in its epoch, from 0.
    pub batch: usize,
    /// Batches in an epoch.
    pub batches: usize,
    /// Samples in this batch.
    pub samples: usize,
    /// Loss of the batch, before the step.
    pub loss: f64,
    /// Share of the batch that was classified right, before the step, if its targets are labels.
    pub accuracy: Option<f64>,
}

impl Step {
    /// Whether the epoch is over.
    pub fn is_last_of_epoch(&self) -> bool {
        self.batch + 1 == self.batches
    }
}

/// What [`Model::evaluate`] finds.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Evaluation {
    /// Number of samples.
    pub samples: usize,
    /// The mean loss of a sample.
    pub loss: f64,
    /// The share of the samples that is classified right, from 0 to 1, if all targets are labels.
    pub accuracy: Option<f64>,
}

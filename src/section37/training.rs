//! The training loop, and what is asked of a trained network: predictions and accuracy.

use super::{Activations, Deltas, Params, backward_and_descend, forward, loss};
use crate::data::{Batches, Dataset};
use crate::io::Error;
use crate::matrix::Matrix;
use crate::metrics::{self, accuracy};
use crate::real::Real;
use crate::rng::Rng;
use crate::schedule::{Schedule, diverged};
use crate::setting::{Range, at_least_one};

/// The most probable class of each sample of `x` `[m, inputs]`.
///
/// # Errors
/// If the memory for the activations cannot be had, or a sample has no most probable class: see [`metrics::predictions`].
///
/// # Panics
/// As [`forward`].
#[track_caller]
pub fn prediction<T: Real>(p: &Params<T>, x: &Matrix<T>) -> Result<Vec<usize>, Error> {
    let mut act = Activations::new(p.sizes(), x.rows())?;
    forward(p, x, &mut act);
    metrics::predictions(&act.a4)
}

/// The share of a data set that the network classifies right, from 0 to 1.
///
/// # Errors
/// If the data set has no images, the memory for the activations cannot be had, or a sample has no most probable class: see
/// [`metrics::correct`].
pub fn evaluate<T: Real>(p: &Params<T>, data: &Dataset) -> Result<f64, Error> {
    const SAMPLES: usize = 500;
    if data.is_empty() {
        return Err(Error::new(
            "the accuracy on a data set of 0 images: it must have at least 1",
        ));
    }
    let m = data.len().min(SAMPLES);
    let mut act = Activations::new(p.sizes(), m)?;
    let mut batches = Batches::<T>::new(data, m)?;
    let mut right = 0;
    while let Some(batch) = batches.next_batch() {
        forward(p, &batch.x, &mut act);
        right += metrics::correct(&act.a4, &batch.labels)?;
    }
    Ok(right as f64 / data.len() as f64)
}

/// How to train.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recipe {
    /// Times that the training set is gone through.
    pub epochs: usize,
    /// Samples in a batch.
    pub batch: usize,
    /// Learning rate of the first step.
    pub lr: f64,
    /// How the learning rate changes after it.
    pub schedule: Schedule,
    /// Whether every epoch takes the samples in a new random order.
    pub shuffle: bool,
    /// Stop after so many steps. The schedule does not know of it.
    pub limit: Option<usize>,
}

impl Default for Recipe {
    /// The book's.
    fn default() -> Self {
        Recipe {
            epochs: 2,
            batch: 64,
            lr: 0.03,
            schedule: Schedule::Constant,
            shuffle: false,
            limit: None,
        }
    }
}

impl Recipe {
    /// Whether a network of `T` can be trained so.
    ///
    /// # Errors
    /// If a number is 0; if the learning rate is not above 0, or not finite, in `T`; and as [`Schedule::check`].
    pub fn check<T: Real>(&self) -> Result<(), Error> {
        at_least_one("Recipe", "epoch", self.epochs)?;
        at_least_one("Recipe", "sample in a batch", self.batch)?;
        at_least_one("Recipe", "step to stop after", self.limit.unwrap_or(1))?;
        Range::Positive.check::<T>("Recipe", "a learning rate", self.lr)?;
        self.schedule.check()
    }
}

/// What [`train`] reports of each step.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Step {
    /// From 0.
    pub epoch: usize,
    /// Number of the batch in its epoch, from 0.
    pub batch: usize,
    /// Batches in an epoch, the short last one included.
    pub batches: usize,
    /// Samples in this batch.
    pub samples: usize,
    /// Loss of the batch, before the step: the mean over its samples.
    pub loss: f64,
    /// Share of the batch that was classified right, before the step.
    pub accuracy: f64,
}

/// Trains by mini-batch gradient descent, calls `report` after every step, and returns the loss of each batch.
///
/// After the first step nothing is allocated but the list of losses, and that only above 65,536 steps.
///
/// # Errors
/// If [`Recipe::check`] refuses the recipe, the batch size does not suit the data, the memory cannot be had, a loss is not
/// finite, or a weight is not after the last step.
pub fn train<T: Real>(
    p: &mut Params<T>,
    data: &Dataset,
    recipe: &Recipe,
    rng: &mut Rng,
    mut report: impl FnMut(&Step),
) -> Result<Vec<f64>, Error> {
    /// Losses for which there is room from the start. A training may be stopped long before all that it might have.
    const LOSSES: usize = 1 << 16;
    recipe.check::<T>()?;
    let mut batches = Batches::<T>::new(data, recipe.batch)?;
    let mut act = Activations::new(p.sizes(), recipe.batch)?;
    let mut deltas = Deltas::new(p.sizes(), recipe.batch)?;
    let steps = recipe.epochs.saturating_mul(batches.count());
    let steps = recipe.limit.unwrap_or(steps).min(steps);
    let mut losses = Vec::with_capacity(steps.min(LOSSES));
    for step in 0..steps {
        let (epoch, number) = (step / batches.count(), step % batches.count());
        match number {
            0 if recipe.shuffle => batches.shuffle(rng),
            0 => batches.rewind(),
            _ => {}
        }
        let lr = recipe.schedule.rate(recipe.lr, step);
        let count = batches.count();
        let batch = batches.next_batch().expect("as many batches as counted");
        forward(p, &batch.x, &mut act);
        let loss = loss(&act, &batch.y);
        if !loss.is_finite() {
            return Err(diverged(&format!("the loss is {loss}"), step, lr));
        }
        let accuracy = accuracy(&act.a4, &batch.labels)?;
        backward_and_descend(p, &batch.x, &batch.y, &act, &mut deltas, T::from_f64(lr));
        losses.push(loss);
        report(&Step {
            epoch,
            batch: number,
            batches: count,
            samples: batch.labels.len(),
            loss,
            accuracy,
        });
    }
    if !p.is_finite() {
        let lr = recipe.schedule.rate(recipe.lr, steps - 1);
        return Err(diverged("a weight is not finite", steps, lr));
    }
    Ok(losses)
}

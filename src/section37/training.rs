//! The training loop, and what is asked of a trained network: predictions and accuracy.

use super::{Activations, Deltas, Params, backward_and_descend, forward, loss};
use crate::data::{Batches, Dataset};
use crate::io::Error;
use crate::matrix::Matrix;
use crate::metrics::{self, Confusion, accuracy};
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
/// As [`confusion`].
pub fn evaluate<T: Real>(p: &Params<T>, data: &Dataset) -> Result<f64, Error> {
    confusion(p, data)?.accuracy()
}

/// Which classes of a data set the network takes for which.
///
/// # Errors
/// If the data set has no images, the memory for the activations or the counts cannot be had, or a sample has no most probable
/// class: see [`Confusion::add`].
pub fn confusion<T: Real>(p: &Params<T>, data: &Dataset) -> Result<Confusion, Error> {
    const SAMPLES: usize = 500;
    if data.is_empty() {
        return Err(Error::new(
            "the accuracy on a data set of 0 images: it must have at least 1",
        ));
    }
    let m = data.len().min(SAMPLES);
    let mut act = Activations::new(p.sizes(), m)?;
    let mut batches = Batches::<T>::new(data, m)?;
    let mut confusion = Confusion::try_new(p.sizes().classes)?;
    while let Some(batch) = batches.next_batch() {
        forward(p, &batch.x, &mut act);
        confusion.add(&act.a4, &batch.labels)?;
    }
    Ok(confusion)
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
/// After the first step nothing is allocated but the lists of losses and accuracies, and that only above 65,536 steps.
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
    let mut training = Training::new(p, data, recipe, rng)?;
    while let Some(step) = training.step()? {
        report(&step);
    }
    Ok(training.losses)
}

/// A training, step by step, for who wants to do something between the steps; [`train`] takes them all.
#[derive(Debug)]
pub struct Training<'a, T: Real> {
    params: &'a mut Params<T>,
    recipe: Recipe,
    rng: &'a mut Rng,
    batches: Batches<'a, T>,
    act: Activations<T>,
    deltas: Deltas<T>,
    /// Steps in all.
    steps: usize,
    /// Of each step that was taken.
    losses: Vec<f64>,
    accuracies: Vec<f64>,
}

impl<'a, T: Real> Training<'a, T> {
    /// A training that has taken no step yet.
    ///
    /// # Errors
    /// If [`Recipe::check`] refuses the recipe, the batch size does not suit the data, or the memory cannot be had.
    pub fn new(
        params: &'a mut Params<T>,
        data: &'a Dataset,
        recipe: &Recipe,
        rng: &'a mut Rng,
    ) -> Result<Self, Error> {
        /// Steps for which there is room from the start. A training may be stopped long before all that it might have.
        const STEPS: usize = 1 << 16;
        recipe.check::<T>()?;
        let batches = Batches::new(data, recipe.batch)?;
        let steps = recipe.epochs.saturating_mul(batches.count());
        let steps = recipe.limit.unwrap_or(steps).min(steps);
        let room = || Vec::with_capacity(steps.min(STEPS));
        Ok(Training {
            act: Activations::new(params.sizes(), recipe.batch)?,
            deltas: Deltas::new(params.sizes(), recipe.batch)?,
            params,
            recipe: *recipe,
            rng,
            batches,
            steps,
            losses: room(),
            accuracies: room(),
        })
    }

    /// Takes the next step; `None` after the last.
    ///
    /// # Errors
    /// If a loss is not finite, or a weight is not after the last step.
    pub fn step(&mut self) -> Result<Option<Step>, Error> {
        let step = self.losses.len();
        if step >= self.steps {
            return self.end();
        }
        match step % self.batches.count() {
            0 if self.recipe.shuffle => self.batches.shuffle(self.rng),
            0 => self.batches.rewind(),
            _ => {}
        }
        let lr = self.recipe.schedule.rate(self.recipe.lr, step);
        let batch = self.batches.next_batch();
        let batch = batch.expect("as many batches as counted");
        forward(self.params, &batch.x, &mut self.act);
        let loss = loss(&self.act, &batch.y);
        if !loss.is_finite() {
            return Err(diverged(&format!("the loss is {loss}"), step, lr));
        }
        let accuracy = accuracy(&self.act.a4, &batch.labels)?;
        let (act, deltas) = (&self.act, &mut self.deltas);
        backward_and_descend(
            self.params,
            &batch.x,
            &batch.y,
            act,
            deltas,
            T::from_f64(lr),
        );
        self.losses.push(loss);
        self.accuracies.push(accuracy);
        Ok(Some(self.report(step)))
    }

    /// What is known of a step that was taken.
    ///
    /// # Panics
    /// If it was not.
    #[track_caller]
    pub fn report(&self, step: usize) -> Step {
        let batches = self.batches.count();
        let batch = step % batches;
        Step {
            epoch: step / batches,
            batch,
            batches,
            samples: self.batches.samples_in(batch),
            loss: self.losses[step],
            accuracy: self.accuracies[step],
        }
    }

    fn end(&self) -> Result<Option<Step>, Error> {
        if self.params.is_finite() {
            return Ok(None);
        }
        let last = self.steps - 1;
        let lr = self.recipe.schedule.rate(self.recipe.lr, last);
        Err(diverged("a weight is not finite", self.steps, lr))
    }

    /// The weights.
    pub fn params(&self) -> &Params<T> {
        self.params
    }

    /// What the forward pass of the last step left.
    pub fn activations(&self) -> &Activations<T> {
        &self.act
    }

    /// The random numbers from here on.
    pub fn rng(&self) -> &Rng {
        self.rng
    }

    /// The order of the samples in this epoch.
    pub fn order(&self) -> &[u32] {
        self.batches.order()
    }

    /// The loss of each step that was taken.
    pub fn losses(&self) -> &[f64] {
        &self.losses
    }

    /// The accuracy of each step that was taken.
    pub fn accuracies(&self) -> &[f64] {
        &self.accuracies
    }

    /// Goes on where another training stood, with what that had: steps of its own that this one has taken are forgotten.
    ///
    /// # Errors
    /// If these are not the parts of a training like this one.
    pub fn restore(
        &mut self,
        params: Params<T>,
        rng: Rng,
        order: Vec<u32>,
        losses: Vec<f64>,
        accuracies: Vec<f64>,
    ) -> Result<(), Error> {
        let taken = losses.len();
        if taken != accuracies.len() || params.sizes() != self.params.sizes() {
            return Err(Error::content("the parts are not those of one training"));
        }
        self.batches.go_on(order, taken)?;
        *self.params = params;
        *self.rng = rng;
        // What there is room for stays, so that the steps to come allocate nothing.
        for (list, restored) in [
            (&mut self.losses, losses),
            (&mut self.accuracies, accuracies),
        ] {
            list.clear();
            list.extend(restored);
        }
        Ok(())
    }
}

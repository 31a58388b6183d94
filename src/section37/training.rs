//! The training loop, and what is asked of a trained network: accuracy and predictions.

use super::{Activations, Deltas, Params, backward_and_descend, forward, loss};
use crate::data::{Batches, Dataset};
use crate::io::Error;
use crate::matrix::{Matrix, check_same};
use crate::ops::argmax;
use crate::real::Real;
use crate::rng::Rng;

/// The share of samples whose most probable class, a row of `a4`, is their label.
///
/// # Panics
/// If there are not as many labels as rows.
#[track_caller]
pub fn accuracy<T: Real>(a4: &Matrix<T>, labels: &[u8]) -> f64 {
    correct(a4, labels) as f64 / labels.len() as f64
}

#[track_caller]
fn correct<T: Real>(a4: &Matrix<T>, labels: &[u8]) -> usize {
    check_same("accuracy", (a4.rows(), 1), (labels.len(), 1));
    a4.iter_rows()
        .zip(labels)
        .filter(|(row, label)| argmax(row) == usize::from(**label))
        .count()
}

/// The most probable class of each sample of `x` `[m, inputs]`.
///
/// # Errors
/// If the memory for the activations cannot be had.
pub fn prediction<T: Real>(p: &Params<T>, x: &Matrix<T>) -> Result<Vec<usize>, Error> {
    let mut act = Activations::new(p.sizes(), x.rows())?;
    forward(p, x, &mut act);
    Ok(act.a4.iter_rows().map(argmax).collect())
}

/// The share of a data set that the network classifies right.
///
/// # Errors
/// If the memory for the activations cannot be had.
pub fn evaluate<T: Real>(p: &Params<T>, data: &Dataset) -> Result<f64, Error> {
    const SAMPLES: usize = 500;
    let m = data.len().min(SAMPLES);
    let mut act = Activations::new(p.sizes(), m)?;
    let mut batches = Batches::<T>::new(data, m)?;
    let mut right = 0;
    while let Some(batch) = batches.next_batch() {
        forward(p, &batch.x, &mut act);
        right += correct(&act.a4, &batch.labels);
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
    /// Learning rate.
    pub lr: f64,
    /// How the learning rate changes.
    pub decay: Decay,
    /// Whether every epoch takes the samples in a new random order.
    pub shuffle: bool,
    /// Stop after so many steps.
    pub limit: Option<usize>,
}

/// How the learning rate changes from the first step to the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decay {
    /// Not at all.
    None,
    /// It falls in a straight line, and would be 0 at the step after the last.
    Linear,
}

impl Default for Recipe {
    /// The book's.
    fn default() -> Self {
        Recipe {
            epochs: 2,
            batch: 64,
            lr: 0.03,
            decay: Decay::None,
            shuffle: false,
            limit: None,
        }
    }
}

/// What [`train`] reports of each step.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// From 0.
    pub epoch: usize,
    /// Number of the batch in its epoch, from 0.
    pub batch: usize,
    /// Batches in an epoch, the short last one included.
    pub batches: usize,
    /// Loss of the batch, before the step.
    pub loss: f64,
    /// Share of the batch that was classified right, before the step.
    pub accuracy: f64,
    /// The least and the largest input of the first batch; pixels are from 0 to 1.
    pub inputs: (f64, f64),
}

/// Trains by mini-batch gradient descent, calls `report` after every step, and returns the loss of each batch.
///
/// After the first step nothing is allocated but the list of losses, which has its room from the start.
///
/// # Errors
/// If the batch size does not suit the data, the memory cannot be had, or a loss is not finite.
pub fn train<T: Real>(
    p: &mut Params<T>,
    data: &Dataset,
    recipe: &Recipe,
    rng: &mut Rng,
    mut report: impl FnMut(&Step),
) -> Result<Vec<f64>, Error> {
    let mut batches = Batches::<T>::new(data, recipe.batch)?;
    let mut act = Activations::new(p.sizes(), recipe.batch)?;
    let mut deltas = Deltas::new(p.sizes(), recipe.batch)?;
    let steps = batches.count() * recipe.epochs;
    let limit = recipe.limit.unwrap_or(steps).min(steps);
    let mut losses = Vec::with_capacity(limit);
    let mut inputs = (0.0, 0.0);
    for epoch in 0..recipe.epochs {
        if recipe.shuffle {
            batches.shuffle(rng);
        } else {
            batches.rewind();
        }
        for number in 0..batches.count() {
            if losses.len() == limit {
                return Ok(losses);
            }
            let lr = match recipe.decay {
                Decay::None => recipe.lr,
                Decay::Linear => recipe.lr * (1.0 - losses.len() as f64 / steps as f64),
            };
            let batch = batches.next_batch().expect("as many batches as counted");
            forward(p, &batch.x, &mut act);
            let loss = loss(&act, &batch.y);
            if !loss.is_finite() {
                return Err(diverged(loss, losses.len(), lr));
            }
            backward_and_descend(p, &batch.x, &batch.y, &act, &mut deltas, T::from_f64(lr));
            losses.push(loss);
            let accuracy = accuracy(&act.a4, &batch.labels);
            if losses.len() == 1 {
                inputs = range(&batch.x);
            }
            report(&Step {
                epoch,
                batch: number,
                batches: batches.count(),
                loss,
                accuracy,
                inputs,
            });
        }
    }
    Ok(losses)
}

#[cold]
fn diverged(loss: f64, step: usize, lr: f64) -> Error {
    Error::new(format!(
        "the loss is {loss} at step {step} with learning rate {lr:?}"
    ))
    .hint("the steps were too long: try a learning rate ten times smaller")
}

/// The least and the largest entry; NaN if there is one.
fn range<T: Real>(x: &Matrix<T>) -> (f64, f64) {
    x.iter()
        .map(T::to_f64)
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| {
            if x.is_nan() {
                (x, x)
            } else {
                (
                    if x < low { x } else { low },
                    if x > high { x } else { high },
                )
            }
        })
}

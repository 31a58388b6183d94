//! [`Samples`]: what a model is trained and evaluated on.

use super::Target;
use crate::data::Batches;
use crate::io::Result;
use crate::matrix::Matrix;
use crate::real::Real;
use crate::rng::Rng;

/// What is done with a batch and its target.
pub type OfBatch<'f, T> = dyn FnMut(&Matrix<T>, Target<'_, T>) -> Result<()> + 'f;

/// Samples with their targets, batch by batch: what [`Model::fit`](super::Model::fit) and
/// [`Model::evaluate`](super::Model::evaluate) go through.
///
/// `&mut batches` of a data set are that, and so is a pair `(&x, &y)`, which is one batch. Implement it for what is drawn or read
/// on the way.
pub trait Samples<T: Real> {
    /// Number of batches in an epoch.
    fn batches(&self) -> usize;

    /// Goes through all batches once and hands each to `f`: in a new random order where there is a generator, else in the order
    /// of the epoch before.
    ///
    /// # Errors
    /// The first that `f` returns, at once.
    fn epoch(&mut self, shuffle: Option<&mut Rng>, f: &mut OfBatch<'_, T>) -> Result<()>;
}

impl<T: Real> Samples<T> for &mut Batches<'_, T> {
    fn batches(&self) -> usize {
        self.count()
    }

    fn epoch(&mut self, shuffle: Option<&mut Rng>, f: &mut OfBatch<'_, T>) -> Result<()> {
        match shuffle {
            Some(rng) => self.shuffle(rng),
            None => self.rewind(),
        }
        while let Some(batch) = self.next_batch() {
            f(&batch.x, Target::from(&batch.labels))?;
        }
        Ok(())
    }
}

/// One batch of all samples; their order does not matter.
impl<'a, T: Real, Y: Into<Target<'a, T>> + Copy> Samples<T> for (&Matrix<T>, Y) {
    fn batches(&self) -> usize {
        1
    }

    fn epoch(&mut self, _: Option<&mut Rng>, f: &mut OfBatch<'_, T>) -> Result<()> {
        f(self.0, self.1.into())
    }
}

//! What the passes of a batch leave behind: allocated once, before the first step.

use super::params::Sizes;
use crate::io::Error;
use crate::matrix::Matrix;
use crate::real::Real;

/// What the forward pass leaves for the backward pass: aˡ of every layer, and the logits z⁴. Rows are samples.
#[derive(Clone, Debug)]
pub struct Activations<T: Real> {
    /// a² `[m, hidden]`
    pub a2: Matrix<T>,
    /// a³ `[m, hidden]`
    pub a3: Matrix<T>,
    /// z⁴, the logits `[m, classes]`
    pub z4: Matrix<T>,
    /// a⁴, the probabilities `[m, classes]`
    pub a4: Matrix<T>,
}

impl<T: Real> Activations<T> {
    /// Room for batches of at most `m` samples.
    ///
    /// # Errors
    /// If the memory cannot be had.
    pub fn new(sizes: Sizes, m: usize) -> Result<Self, Error> {
        let hidden = || Matrix::try_zeros(m, sizes.hidden);
        let output = || Matrix::try_zeros(m, sizes.classes);
        Ok(Activations {
            a2: hidden()?,
            a3: hidden()?,
            z4: output()?,
            a4: output()?,
        })
    }

    /// Sets the number of samples, at most those that there is room for.
    pub(super) fn set_samples(&mut self, m: usize) {
        for a in [&mut self.a2, &mut self.a3, &mut self.z4, &mut self.a4] {
            a.set_rows(m);
        }
    }
}

/// δˡ = ∂J/∂zˡ of every layer, for each sample by itself: the mean over the batch is taken with the gradients.
#[derive(Clone, Debug)]
pub struct Deltas<T: Real> {
    /// δ² `[m, hidden]`
    pub delta2: Matrix<T>,
    /// δ³ `[m, hidden]`
    pub delta3: Matrix<T>,
    /// δ⁴ `[m, classes]`
    pub delta4: Matrix<T>,
}

impl<T: Real> Deltas<T> {
    /// Room for batches of at most `m` samples.
    ///
    /// # Errors
    /// If the memory cannot be had.
    pub fn new(sizes: Sizes, m: usize) -> Result<Self, Error> {
        let hidden = || Matrix::try_zeros(m, sizes.hidden);
        let output = Matrix::try_zeros(m, sizes.classes)?;
        Ok(Deltas {
            delta2: hidden()?,
            delta3: hidden()?,
            delta4: output,
        })
    }

    /// Sets the number of samples, at most those that there is room for.
    pub(super) fn set_samples(&mut self, m: usize) {
        for delta in [&mut self.delta2, &mut self.delta3, &mut self.delta4] {
            delta.set_rows(m);
        }
    }
}

//! [`Dropout`]: in training, some of the inputs are left out at random.

use super::Layer;
use super::layer::{check_grad, check_samples};
use crate::io::Error;
use crate::io::tensor::onnx::Operator;
use crate::matrix::Matrix;
use crate::real::Real;
use crate::rng::Rng;
use crate::setting::{Range, require};

/// In training, every entry becomes 0 with probability p, and the others are multiplied by 1/(1 − p), so that the mean stays. In
/// evaluation, the input passes unchanged.
///
/// A [`Sequential`](super::Sequential) seeds its layers. A layer that is used alone, or is to draw the same masks in any network,
/// has a [`seed`](Dropout::seed) of its own; without any there are no masks to draw, because two layers would draw the same.
///
/// Srivastava et al., *Dropout: A Simple Way to Prevent Neural Networks from Overfitting* (2014).
///
/// ```
/// use fromzero::{Matrix, nn::{Dropout, Layer}};
/// let x = Matrix::from_fn(1, 100, |_, _| 1.0_f32);
/// let mut dropout = Dropout::new(0.5).seed(1);
/// assert!(dropout.forward(&x).iter().all(|y| y == 0.0 || y == 2.0));
/// dropout.set_training(false);
/// assert_eq!(*dropout.forward(&x), x);
/// ```
#[derive(Clone, Debug)]
pub struct Dropout<T: Real> {
    p: f64,
    training: bool,
    /// Once it has a seed.
    rng: Option<Rng>,
    /// What the last forward pass multiplied by: 0 or 1/(1 − p).
    mask: Matrix<T>,
    output: Matrix<T>,
    grad_x: Matrix<T>,
}

impl<T: Real> Dropout<T> {
    /// A layer that drops entries with probability `p`.
    ///
    /// # Panics
    /// If `p` is not at least 0 and less than 1.
    #[track_caller]
    pub fn new(p: f64) -> Self {
        require(Range::Share.check::<T>("Dropout", "a probability", p));
        Dropout {
            p,
            training: true,
            rng: None,
            mask: Matrix::zeros(0, 0),
            output: Matrix::zeros(0, 0),
            grad_x: Matrix::zeros(0, 0),
        }
    }

    /// Chooses the seed of the masks, whatever network the layer may become a part of.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.rng = Some(Rng::new(seed));
        self
    }

    #[track_caller]
    fn draw_mask(&mut self) {
        if !self.training || self.p == 0.0 {
            return self.mask.map(|_| T::ONE);
        }
        let rng = self.rng.as_mut().expect(
            "Dropout: expected a seed, found none: a layer that is used alone has one from `Dropout::new(p).seed(n)`",
        );
        let kept = T::from_f64(1.0 / (1.0 - self.p));
        for i in 0..self.mask.rows() {
            for mask in self.mask.row_mut(i) {
                let is_dropped = rng.uniform() < self.p;
                *mask = if is_dropped { T::ZERO } else { kept };
            }
        }
    }
}

impl<T: Real> Layer<T> for Dropout<T> {
    fn name(&self) -> &'static str {
        "Dropout"
    }

    /// Seeds the masks, unless they have a seed.
    fn init(&mut self, inputs: usize, rng: &mut Rng) -> usize {
        self.rng.get_or_insert_with(|| Rng::new(rng.next_u64()));
        inputs
    }

    fn forward(&mut self, x: &Matrix<T>) -> &Matrix<T> {
        check_samples("Dropout", x);
        self.mask.reshape(x.rows(), x.cols());
        self.draw_mask();
        self.output.reshape(x.rows(), x.cols());
        self.output.copy_from(x);
        self.output.zip(&self.mask, |x, mask| x * mask);
        &self.output
    }

    fn output(&self) -> &Matrix<T> {
        &self.output
    }

    fn backward(&mut self, grad: &Matrix<T>) -> &Matrix<T> {
        check_grad("Dropout", &self.output, grad);
        self.grad_x.reshape(grad.rows(), grad.cols());
        self.grad_x.copy_from(grad);
        self.grad_x.zip(&self.mask, |g, mask| g * mask);
        &self.grad_x
    }

    /// None: in evaluation, it does nothing.
    fn operators(&self) -> Result<Vec<Operator>, Error> {
        Ok(Vec::new())
    }

    fn generators(&self) -> Vec<&Rng> {
        self.rng.iter().collect()
    }

    fn visit_generators(&mut self, f: &mut dyn FnMut(&mut Rng)) {
        self.rng.iter_mut().for_each(f);
    }

    fn set_training(&mut self, training: bool) {
        self.training = training;
    }

    fn is_training(&self) -> bool {
        self.training
    }
}

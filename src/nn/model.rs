//! [`Model`]: a network, a loss and an optimizer.

use super::{Criterion, Layer, Loss, Optimizer, Target};
use crate::matrix::Matrix;
use crate::real::Real;

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
/// let labels = [1_u8, 0, 1, 0];
/// let mut loss = f64::INFINITY;
/// for _ in 0..200 {
///     model.forward(&x);
///     loss = model.backward(&labels[..]);
///     model.apply_grad();
/// }
/// assert!(loss < 0.1, "{loss}");
/// ```
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
}

//! Optimizers: how gradients change parameters.

use super::state::State;
use super::{Layer, Parameter};
use crate::io::Result;
use crate::io::tensor::{Named, Tensor, find};
use crate::matrix::Matrix;
use crate::ops::{descend, for_each_row};
use crate::real::Real;
use crate::setting::{Range, require};

/// Changes the trainable parameters of a network along the gradients that its last backward pass left beside them.
///
/// An optimizer keeps its state, such as a momentum, for each parameter by itself, and so serves one network.
pub trait Optimizer<T: Real> {
    /// Takes a step. As long as a parameter of the network has no shape yet, there was no forward pass, nothing has a gradient,
    /// and nothing happens: no parameter changes, and the step does not count.
    ///
    /// # Panics
    /// If the parameters are not those of the step before.
    #[track_caller]
    fn step(&mut self, net: &mut dyn Layer<T>);

    /// What [`step`](Optimizer::step) would add to each of the network's parameters, in the order of [`Layer::parameters`],
    /// without taking it: neither the network nor the optimizer changes.
    ///
    /// ```
    /// use fromzero::{Matrix, nn::{Dense, Layer, Optimizer, Sgd}};
    /// let (mut dense, sgd) = (Dense::new(1).without_bias(), Sgd::new(0.5));
    /// dense.forward(&Matrix::from_rows(&[[2.0_f64]]));
    /// dense.backward(&Matrix::from_rows(&[[1.0]]));
    /// let w = dense.parameters()[0].value.clone();
    /// assert!((sgd.compute_step(&mut dense)[0][(0, 0)] + 0.5 * 2.0).abs() < 1e-15);
    /// assert_eq!(dense.parameters()[0].value, w);
    /// ```
    ///
    /// # Panics
    /// As [`step`](Optimizer::step).
    #[track_caller]
    fn compute_step(&self, net: &mut dyn Layer<T>) -> Vec<Matrix<T>>
    where
        Self: Clone + Sized,
    {
        let values = |net: &dyn Layer<T>| -> Vec<Matrix<T>> {
            net.parameters().iter().map(|p| p.value.clone()).collect()
        };
        let before = values(net);
        self.clone().step(net);
        let after = values(net);
        let mut old = before.iter();
        net.visit(&mut |parameter| {
            let old = old.next().expect("as many parameters as before");
            parameter.value.copy_from(old);
        });
        (after.iter().zip(&before))
            .map(|(new, old)| new - old)
            .collect()
    }

    /// The learning rate.
    fn learning_rate(&self) -> f64;

    /// Changes the learning rate, as a [`Schedule`](super::Schedule) has it. At 0 steps change nothing.
    ///
    /// # Panics
    /// If the rate is negative or NaN, or not finite in `T`.
    #[track_caller]
    fn set_learning_rate(&mut self, lr: f64);

    /// What steps and [`set_learning_rate`](Optimizer::set_learning_rate) have changed in it, by names: all that a checkpoint must
    /// keep of it. What it was made with, such as a momentum, is not among it.
    fn state(&self) -> Named;

    /// Goes on from the [`state`](Optimizer::state) of an optimizer that was made like this one, and whose network is `net`. Other
    /// tensors may be among it.
    ///
    /// # Errors
    /// If it is not the state of such a one. Then nothing is changed.
    fn set_state(&mut self, net: &dyn Layer<T>, state: &[(String, Tensor)]) -> Result<()>;
}

/// Requires a learning rate to begin with.
#[track_caller]
pub(super) fn check_first_rate<T: Real>(optimizer: &str, lr: f64) {
    require(Range::Positive.check::<T>(optimizer, "a learning rate", lr));
}

/// Requires a learning rate that a schedule may have come to.
#[track_caller]
pub(super) fn check_rate<T: Real>(optimizer: &str, lr: f64) {
    require(Range::NotNegative.check::<T>(optimizer, "a learning rate", lr));
}

/// What the learning rate is called in an optimizer's state.
const RATE: &str = "lr";
/// What [`Sgd`]'s velocities are called.
const VELOCITY: &str = "velocity";

/// A learning rate as a part of a state.
pub(super) fn rate_to_tensor(lr: f64) -> (String, Tensor) {
    (RATE.into(), Tensor::from_floats(&[], &[lr]))
}

/// The learning rate in a state.
pub(super) fn rate_from_tensor<T: Real>(
    optimizer: &str,
    state: &[(String, Tensor)],
) -> Result<f64> {
    let tensor = find(state, RATE)?;
    tensor.expect_shape(RATE, &[])?;
    let lr = tensor.to_floats()[0];
    Range::NotNegative.check::<T>(optimizer, "a learning rate", lr)?;
    Ok(lr)
}

/// Weight decay, in its two forms. It concerns every trainable parameter, biases too.
///
/// The two are the same for plain gradient descent, and differ for all else: Loshchilov and Hutter, *Decoupled Weight Decay
/// Regularization* (2019).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum WeightDecay {
    /// None.
    #[default]
    None,
    /// g + λθ takes the place of the gradient g, as if the loss had the term λ/2·Σθ².
    L2(f64),
    /// θ loses lr·λ·θ, beside the optimizer's step.
    Decoupled(f64),
}

impl WeightDecay {
    /// Requires a λ of at least 0 that is finite in `T`.
    #[track_caller]
    pub(super) fn check<T: Real>(self) {
        let (owner, lambda) = match self {
            WeightDecay::None => return,
            WeightDecay::L2(lambda) => ("WeightDecay::L2", lambda),
            WeightDecay::Decoupled(lambda) => ("WeightDecay::Decoupled", lambda),
        };
        require(Range::NotNegative.check::<T>(owner, "λ", lambda));
    }

    /// λ of the L2 form, and the factor lr·λ of the decoupled one; zero for the form that is not chosen.
    pub(super) fn factors<T: Real>(self, lr: f64) -> (T, T) {
        let (l2, decoupled) = match self {
            WeightDecay::None => (0.0, 0.0),
            WeightDecay::L2(lambda) => (lambda, 0.0),
            WeightDecay::Decoupled(lambda) => (0.0, lr * lambda),
        };
        (T::from_f64(l2), T::from_f64(decoupled))
    }
}

/// Stochastic gradient descent: θ ← θ − lr·g, or with momentum μ: v ← μ·v + g, θ ← θ − lr·v.
///
/// ```
/// use fromzero::{Matrix, nn::{Dense, Layer, Optimizer, Sgd}};
/// let mut dense = Dense::new(1).without_bias();
/// dense.forward(&Matrix::from_rows(&[[3.0]]));
/// dense.set_parameters(&[Matrix::from_rows(&[[1.0]])])?;
/// dense.backward(&Matrix::from_rows(&[[1.0]]));
/// Sgd::new(0.1).step(&mut dense);
/// assert_eq!(dense.parameters()[0].value[(0, 0)], 1.0 - 0.1 * 3.0);
/// # Ok::<(), fromzero::io::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Sgd<T: Real> {
    lr: f64,
    momentum: f64,
    decay: WeightDecay,
    velocity: State<T, 1>,
}

impl<T: Real> Sgd<T> {
    /// Plain gradient descent with this learning rate.
    ///
    /// # Panics
    /// If the rate is not above 0, or not finite, in `T`.
    #[track_caller]
    pub fn new(lr: f64) -> Self {
        check_first_rate::<T>("Sgd", lr);
        Sgd {
            lr,
            momentum: 0.0,
            decay: WeightDecay::None,
            velocity: State::new(),
        }
    }

    /// Adds momentum: the share of the last step's velocity that goes on, at least 0 and less than 1.
    ///
    /// # Panics
    /// If it is not in this range.
    #[must_use]
    #[track_caller]
    pub fn momentum(mut self, momentum: f64) -> Self {
        require(Range::Share.check::<T>("Sgd", "a momentum", momentum));
        self.momentum = momentum;
        self
    }

    /// Adds weight decay.
    ///
    /// # Panics
    /// If λ is negative or NaN, or not finite in `T`.
    #[must_use]
    #[track_caller]
    pub fn weight_decay(mut self, decay: WeightDecay) -> Self {
        decay.check::<T>();
        self.decay = decay;
        self
    }
}

impl<T: Real> Optimizer<T> for Sgd<T> {
    fn step(&mut self, net: &mut dyn Layer<T>) {
        let lr = T::from_f64(self.lr);
        if self.momentum == 0.0 && self.decay == WeightDecay::None {
            net.visit(&mut |parameter| {
                if parameter.is_trainable() {
                    parameter.value.descend(lr, &parameter.grad);
                }
            });
            return;
        }
        let momentum = T::from_f64(self.momentum);
        let (l2, decoupled) = self.decay.factors::<T>(self.lr);
        self.velocity.for_each(net, |parameter, [velocity], ()| {
            let Parameter { value, grad, .. } = parameter;
            for_each_row(
                [value, velocity],
                #[inline(always)]
                |i, [theta, v]| {
                    for ((theta, v), &g) in theta.iter_mut().zip(v).zip(grad.row(i)) {
                        let decayed = *theta - decoupled * *theta;
                        *v = momentum * *v + (g + l2 * *theta);
                        *theta = descend(decayed, lr, *v);
                    }
                },
            );
        });
    }

    fn learning_rate(&self) -> f64 {
        self.lr
    }

    fn set_learning_rate(&mut self, lr: f64) {
        check_rate::<T>("Sgd", lr);
        self.lr = lr;
    }

    /// The learning rate, and with momentum `velocity.0` and so on, one for each trainable parameter.
    fn state(&self) -> Named {
        let velocity = self.velocity.to_tensors([VELOCITY]);
        [rate_to_tensor(self.lr)]
            .into_iter()
            .chain(velocity)
            .collect()
    }

    fn set_state(&mut self, net: &dyn Layer<T>, state: &[(String, Tensor)]) -> Result<()> {
        let lr = rate_from_tensor::<T>("Sgd", state)?;
        let is_velocity = |(name, _): &&(String, Tensor)| {
            let number = name.strip_prefix(VELOCITY);
            number.is_some_and(|number| number.starts_with('.'))
        };
        let rest = state.iter().filter(is_velocity).map(|_| ()).collect();
        self.velocity = State::from_tensors(net, [VELOCITY], rest, state)?;
        self.lr = lr;
        Ok(())
    }
}

//! Optimizers: how gradients change parameters.

use super::{Layer, Parameter};
use crate::matrix::Matrix;
use crate::ops::{descend, for_each_row};
use crate::real::Real;

/// Changes the trainable parameters of a network along the gradients that its last backward pass left beside them.
///
/// An optimizer keeps its state, such as a momentum, for each parameter by itself, and so serves one network.
pub trait Optimizer<T: Real> {
    /// Takes a step.
    ///
    /// # Panics
    /// If the parameters are not those of the step before.
    #[track_caller]
    fn step(&mut self, net: &mut dyn Layer<T>);

    /// The learning rate.
    fn learning_rate(&self) -> f64;

    /// Changes the learning rate, as a [`Schedule`](super::Schedule) has it.
    fn set_learning_rate(&mut self, lr: f64);
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

/// `N` matrices of state for each trainable parameter, in the order in which the parameters are visited.
#[derive(Clone, Debug)]
pub(super) struct State<T: Real, const N: usize>(Vec<[Matrix<T>; N]>);

impl<T: Real, const N: usize> State<T, N> {
    pub(super) fn new() -> Self {
        State(Vec::new())
    }

    /// Calls `f` for every trainable parameter with its state, which is zero at first.
    #[track_caller]
    pub(super) fn for_each(
        &mut self,
        net: &mut dyn Layer<T>,
        mut f: impl FnMut(&mut Parameter<T>, &mut [Matrix<T>; N]),
    ) {
        let mut i = 0;
        let mut misfit = None;
        net.visit(&mut |parameter| {
            if !parameter.is_trainable() {
                return;
            }
            let shape = parameter.value.shape();
            if i == self.0.len() {
                let zeros = || Matrix::zeros(shape.0, shape.1);
                self.0.push(std::array::from_fn(|_| zeros()));
            }
            let state = &mut self.0[i];
            match state.iter().find(|state| state.shape() != shape) {
                Some(state) => misfit = misfit.or(Some((i, parameter.name, state.shape(), shape))),
                None => f(parameter, state),
            }
            i += 1;
        });
        if let Some((i, name, expected, found)) = misfit {
            panic!(
                "optimizer: expected parameter {i} of shape {}×{} as in the step before, found {name} of {}×{}",
                expected.0, expected.1, found.0, found.1
            );
        }
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
    pub fn new(lr: f64) -> Self {
        Sgd {
            lr,
            momentum: 0.0,
            decay: WeightDecay::None,
            velocity: State::new(),
        }
    }

    /// Adds momentum: the share of the last step's velocity that goes on, from 0 to 1.
    #[must_use]
    pub fn momentum(mut self, momentum: f64) -> Self {
        self.momentum = momentum;
        self
    }

    /// Adds weight decay.
    #[must_use]
    pub fn weight_decay(mut self, decay: WeightDecay) -> Self {
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
        self.velocity.for_each(net, |parameter, [velocity]| {
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
        self.lr = lr;
    }
}

//! Optimizers: how gradients change parameters.

use super::{Layer, Parameter};
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

/// What an optimizer keeps for each trainable parameter, in the order in which the parameters are visited: `N` matrices of its
/// shape, which are zero at first, and an `S`.
#[derive(Clone, Debug)]
pub(super) struct State<T: Real, const N: usize, S = ()>(Vec<([Matrix<T>; N], S)>);

impl<T: Real, const N: usize, S: Default> State<T, N, S> {
    pub(super) fn new() -> Self {
        State(Vec::new())
    }

    /// Calls `f` for every trainable parameter with its state, if all parameters have their shapes.
    #[track_caller]
    pub(super) fn for_each(
        &mut self,
        net: &mut dyn Layer<T>,
        mut f: impl FnMut(&mut Parameter<T>, &mut [Matrix<T>; N], &mut S),
    ) {
        let mut have_shapes = true;
        net.visit(&mut |parameter| have_shapes &= parameter.count() > 0);
        if !have_shapes {
            return;
        }
        let mut i = 0;
        let mut misfit = None;
        net.visit(&mut |parameter| {
            if !parameter.is_trainable() {
                return;
            }
            let shape = parameter.value.shape();
            if i == self.0.len() {
                let zeros = std::array::from_fn(|_| Matrix::zeros(shape.0, shape.1));
                self.0.push((zeros, S::default()));
            }
            let (matrices, rest) = &mut self.0[i];
            match matrices.iter().find(|matrix| matrix.shape() != shape) {
                Some(state) => misfit = misfit.or(Some((i, parameter.name, state.shape(), shape))),
                None => f(parameter, matrices, rest),
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
}

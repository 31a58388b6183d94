//! [`Adam`]: gradient descent with a step size of its own for every parameter.

use super::optimizer::{check_first_rate, check_rate, rate_from_tensor, rate_to_tensor};
use super::state::State;
use super::{Layer, Optimizer, Parameter, WeightDecay};
use crate::io::Result;
use crate::io::tensor::{Named, Tensor, find};
use crate::ops::for_each_row;
use crate::real::Real;
use crate::setting::{Range, require};

/// Kingma and Ba, *Adam: A Method for Stochastic Optimization* (2015), algorithm 1:
///
/// ```text
///   m ← β₁·m + (1 − β₁)·g          v ← β₂·v + (1 − β₂)·g²
///   m̂ = m/(1 − β₁ᵗ)                v̂ = v/(1 − β₂ᵗ)               t = 1, 2, …
///   θ ← θ − lr·m̂/(√v̂ + ε)
/// ```
///
/// t counts the steps of a parameter. The first of them moves every entry by about lr, however small or large its gradient, if
/// that is well above ε = 10⁻⁸ and its square is finite: in `f32` a gradient above 1.8·10¹⁹ makes v infinite, and stops the entry
/// for good.
///
/// ```
/// use fromzero::{Matrix, nn::{Adam, Dense, Layer, Optimizer}};
/// let mut dense = Dense::new(1).without_bias();
/// dense.forward(&Matrix::from_rows(&[[1000.0_f64]]));
/// dense.backward(&Matrix::from_rows(&[[1.0]]));
/// let before = dense.parameters()[0].value[(0, 0)];
/// Adam::new(0.01).step(&mut dense);
/// let step = before - dense.parameters()[0].value[(0, 0)];
/// assert!((step - 0.01).abs() < 1e-9);
/// ```
#[derive(Clone, Debug)]
pub struct Adam<T: Real> {
    lr: f64,
    betas: (f64, f64),
    epsilon: f64,
    decay: WeightDecay,
    /// m and v of every parameter, and its powers of β.
    moments: State<T, 2, Powers>,
}

/// β₁ᵗ and β₂ᵗ.
#[derive(Clone, Copy, Debug)]
struct Powers(f64, f64);

/// What the parts of the state are called.
const MOMENTS: [&str; 2] = ["m", "v"];
const POWERS: &str = "powers";

impl Default for Powers {
    fn default() -> Self {
        Powers(1.0, 1.0)
    }
}

impl<T: Real> Adam<T> {
    /// Adam with this learning rate, β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸ and no weight decay.
    ///
    /// # Panics
    /// If the rate is not above 0, or not finite, in `T`.
    #[track_caller]
    pub fn new(lr: f64) -> Self {
        check_first_rate::<T>("Adam", lr);
        Adam {
            lr,
            betas: (0.9, 0.999),
            epsilon: 1e-8,
            decay: WeightDecay::None,
            moments: State::new(),
        }
    }

    /// Chooses β₁ and β₂, the shares of the moments that remain at each step, at least 0 and less than 1.
    ///
    /// # Panics
    /// If one is not in this range.
    #[must_use]
    #[track_caller]
    pub fn betas(mut self, beta1: f64, beta2: f64) -> Self {
        require(Range::Share.check::<T>("Adam", "β₁", beta1));
        require(Range::Share.check::<T>("Adam", "β₂", beta2));
        self.betas = (beta1, beta2);
        self
    }

    /// Chooses ε, which is added to the root, so that an entry whose gradient is 0 is not divided by 0.
    ///
    /// # Panics
    /// If it is not above 0, or not finite, in `T`.
    #[must_use]
    #[track_caller]
    pub fn epsilon(mut self, epsilon: f64) -> Self {
        require(Range::Positive.check::<T>("Adam", "ε", epsilon));
        self.epsilon = epsilon;
        self
    }

    /// Adds weight decay. The decoupled form makes it AdamW.
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

/// [`Adam::new`] with the learning rate that the paper suggests, 10⁻³.
impl<T: Real> Default for Adam<T> {
    fn default() -> Self {
        Self::new(1e-3)
    }
}

impl<T: Real> Optimizer<T> for Adam<T> {
    fn step(&mut self, net: &mut dyn Layer<T>) {
        let (lr, betas) = (self.lr, self.betas);
        let real = T::from_f64;
        let (beta1, beta2) = (real(betas.0), real(betas.1));
        let (rest1, rest2) = (real(1.0 - betas.0), real(1.0 - betas.1));
        let epsilon = real(self.epsilon);
        let (l2, decoupled) = self.decay.factors::<T>(self.lr);
        self.moments.for_each(net, |parameter, [m, v], powers| {
            let Parameter { value, grad, .. } = parameter;
            *powers = Powers(powers.0 * betas.0, powers.1 * betas.1);
            // The bias corrections are the same for all entries: they go into the factors of m and v.
            let rate = real(lr / (1.0 - powers.0));
            let correction = real(1.0 / (1.0 - powers.1));
            for_each_row(
                [value, m, v],
                #[inline(always)]
                |i, [theta, m, v]| {
                    let entries = theta.iter_mut().zip(m).zip(v).zip(grad.row(i));
                    for (((theta, m), v), &g) in entries {
                        let decayed = *theta - decoupled * *theta;
                        let g = g + l2 * *theta;
                        *m = beta1 * *m + rest1 * g;
                        *v = beta2 * *v + rest2 * (g * g);
                        *theta = decayed - rate * *m / ((*v * correction).sqrt() + epsilon);
                    }
                },
            );
        });
    }

    fn learning_rate(&self) -> f64 {
        self.lr
    }

    fn set_learning_rate(&mut self, lr: f64) {
        check_rate::<T>("Adam", lr);
        self.lr = lr;
    }

    /// The learning rate, `m.0`, `v.0` and so on, two for each trainable parameter, and `powers`, β₁ᵗ and β₂ᵗ of each.
    fn state(&self) -> Named {
        let powers: Vec<f64> = self.moments.rest().flat_map(|p| [p.0, p.1]).collect();
        let powers = Tensor::from_floats(&[powers.len() / 2, 2], &powers);
        let mut state = vec![rate_to_tensor(self.lr), (POWERS.into(), powers)];
        state.extend(self.moments.to_tensors(MOMENTS));
        state
    }

    fn set_state(&mut self, net: &dyn Layer<T>, state: &[(String, Tensor)]) -> Result<()> {
        let lr = rate_from_tensor::<T>("Adam", state)?;
        let powers = find(state, POWERS)?;
        powers.expect_shape(POWERS, &[powers.count() / 2, 2])?;
        let powers: Vec<f64> = powers.to_floats();
        let powers = powers.as_chunks().0.iter().map(|&[a, b]| Powers(a, b));
        self.moments = State::from_tensors(net, MOMENTS, powers.collect(), state)?;
        self.lr = lr;
        Ok(())
    }
}

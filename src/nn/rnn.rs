//! [`Rnn`]: a layer with a memory, for sequences.

use std::fmt;
use std::marker::PhantomData;

use super::activation::{Apply, TimesPrime};
use super::layer::{check_features, check_grad, check_input, check_samples};
use super::{Function, Keeps, Layer, Parameter, TanhFunction, Unit};
use crate::init::Init;
use crate::matmul::matmul;
use crate::matrix::Matrix;
use crate::ops::column_sums;
use crate::real::Real;
use crate::rng::Rng;
use crate::setting::{at_least_one, require};

/// A recurrent layer: at each time step it sees the input and what it put out the step before, its hidden state.
///
/// ```text
///   h_t = f(x_t·w_x + h_{t−1}·w_h + b),   t = 1 … steps
///           [m, inputs]·[inputs, hidden] + [m, hidden]·[hidden, hidden] + [hidden]
/// ```
///
/// f is tanh, unless [`activation`](Rnn::activation) chooses another function.
///
/// m sequences are one matrix, `[steps·m, inputs]`, time step after time step: row t·m + i, with t from 0, is step t of
/// sequence i. All hidden states come out, in the same order. As a [`Layer`] it starts from h₀ = 0, or from what
/// [`set_h0`](Rnn::set_h0) chose; [`forward_from`](Rnn::forward_from) starts once from any other state.
///
/// The network is Elman's (*Finding Structure in Time*, 1990); `backward` is back-propagation through time (Werbos, 1990).
/// A state acts on J directly and through the state after it. With δ_t = ∂J/∂z_t, where z_t is what f is taken of, and
/// g_t the gradient that comes from outside:
///
/// ```text
///   δ_t = (g_t + δ_{t+1}·w_hᵀ) ⊙ f′(z_t),   t = steps … 1,   δ_{steps+1} = 0
///   ∂J/∂w_x = Σ x_tᵀ·δ_t     ∂J/∂w_h = Σ h_{t−1}ᵀ·δ_t     ∂J/∂b = Σ δ_t
///   ∂J/∂x_t = δ_t·w_xᵀ       ∂J/∂h₀ = δ_1·w_hᵀ
/// ```
///
/// ```
/// use fromzero::{Matrix, nn::{Layer, Rnn}};
/// // Two sequences of three steps, of one feature.
/// let x = Matrix::from_rows(&[[1.0_f32], [0.5], [0.0], [0.0], [0.0], [0.0]]);
/// let mut rnn = Rnn::new(4, 3);
/// let h = rnn.forward(&x);
/// assert_eq!(h.shape(), (6, 4));
/// // The first input is remembered.
/// assert!(h.row(4).iter().any(|&h| h != 0.0));
/// assert_eq!(rnn.describe(), "layer: Rnn  shape: {w_x: [1, 4], w_h: [4, 4], b: [4]}");
/// ```
pub struct Rnn<T: Real, F = TanhFunction> {
    steps: usize,
    w_x: Parameter<T>,
    w_h: Parameter<T>,
    b: Parameter<T>,
    /// Of the last forward pass: the sequences, the first state `[m, hidden]`, and all states after it.
    x: Matrix<T>,
    h0: Matrix<T>,
    h: Matrix<T>,
    /// z of all steps, if f′ is computed from it; else of no rows.
    z: Matrix<T>,
    /// The states to start from, if they are not zeros.
    chosen_h0: Option<Matrix<T>>,
    /// δ of all steps, and that after the last one: zeros, since nobody writes it.
    delta: Matrix<T>,
    delta_end: Matrix<T>,
    /// w_hᵀ, written out, since every step of the backward pass reads it.
    w_h_t: Matrix<T>,
    grad_x: Matrix<T>,
    grad_h0: Matrix<T>,
    function: PhantomData<fn() -> F>,
}

const NAME: &str = "Rnn";

impl<T: Real> Rnn<T> {
    /// A layer of `hidden` neurons, for sequences of `steps` time steps. w_x and w_h start with Xavier's initialisation, b
    /// with zeros.
    ///
    /// # Panics
    /// If one of the numbers is 0.
    #[track_caller]
    pub fn new(hidden: usize, steps: usize) -> Self {
        Self::of_size(hidden, steps)
    }
}

impl<T: Real, F: Function<T>> Rnn<T, F> {
    /// Takes another function in place of tanh: `Rnn::new(4, 3).activation::<ReluFunction>()`.
    #[must_use]
    pub fn activation<G: Function<T>>(self) -> Rnn<T, G> {
        Rnn {
            w_x: self.w_x,
            w_h: self.w_h,
            b: self.b,
            chosen_h0: self.chosen_h0,
            ..Rnn::of_size(self.h.cols(), self.steps)
        }
    }

    #[track_caller]
    fn of_size(hidden: usize, steps: usize) -> Self {
        require(at_least_one(NAME, "hidden neuron", hidden));
        let (mut w_x, mut w_h, mut b) = (
            Parameter::matrix("w_x", Init::Xavier(1.0)),
            Parameter::matrix("w_h", Init::Xavier(1.0)),
            Parameter::vector("b", Init::Zeros),
        );
        w_x.allocate(0, hidden);
        w_h.allocate(hidden, hidden);
        b.allocate(1, hidden);
        let states = || Matrix::zeros(0, hidden);
        let mut rnn = Rnn {
            steps,
            w_x,
            w_h,
            b,
            x: Matrix::zeros(0, 0),
            h0: states(),
            h: states(),
            z: states(),
            chosen_h0: None,
            delta: states(),
            delta_end: states(),
            w_h_t: Matrix::zeros(hidden, hidden),
            grad_x: Matrix::zeros(0, 0),
            grad_h0: states(),
            function: PhantomData,
        };
        rnn.set_steps(steps);
        rnn
    }

    /// Expects sequences of `steps` time steps from now on.
    ///
    /// # Panics
    /// If `steps` is 0.
    #[track_caller]
    pub fn set_steps(&mut self, steps: usize) {
        assert!(
            steps > 0,
            "{NAME}: expected sequences of at least 1 time step, found 0"
        );
        self.steps = steps;
    }

    /// Starts from the hidden states `h0`, `[m, hidden]`, in every [`Layer::forward`] from now on; with `None` from zeros again.
    pub fn set_h0(&mut self, h0: Option<Matrix<T>>) {
        self.chosen_h0 = h0;
    }

    /// [`Layer::forward`] from the hidden states `h0`, `[m, hidden]`, whatever [`set_h0`](Rnn::set_h0) chose.
    ///
    /// # Panics
    /// As [`Layer::forward`]; and if `x` has not a whole number of samples for each step, or `h0` not one state for each of them.
    #[track_caller]
    pub fn forward_from(&mut self, h0: &Matrix<T>, x: &Matrix<T>) -> &Matrix<T> {
        self.keep(x);
        check_first(self.h0.shape(), h0.shape());
        self.h0.copy_from(h0);
        self.unroll();
        &self.h
    }

    /// ∂J/∂h₀, `[m, hidden]`, from the last backward pass; no rows before the first.
    pub fn h0_gradient(&self) -> &Matrix<T> {
        &self.grad_h0
    }

    /// Checks the sequences, keeps them, and makes room for their states.
    #[track_caller]
    fn keep(&mut self, x: &Matrix<T>) {
        check_samples(NAME, x);
        if self.w_x.count() == 0 {
            self.init(x.cols(), &mut Rng::new(0));
        }
        check_input(NAME, self.w_x.value.rows(), x);
        assert!(
            x.rows().is_multiple_of(self.steps),
            "{NAME}: expected sequences of {} time steps, the same number of rows for each, found {} rows",
            self.steps,
            x.rows()
        );
        self.x.reshape(x.rows(), x.cols());
        self.x.copy_from(x);
        self.h.set_rows(x.rows());
        if F::KEEPS == Keeps::Input {
            self.z.set_rows(x.rows());
        }
        self.h0.set_rows(x.rows() / self.steps);
    }

    /// The states, from the sequences and the first state that are kept.
    fn unroll(&mut self) {
        // x_t·w_x + b for all t at once, then h_t = f(h_{t−1}·w_h + that), one after another in the same place.
        matmul(&self.x, &self.w_x.value)
            .add_bias(self.b.value.row(0))
            .into(&mut self.h);
        let batch = self.h0.rows();
        let mut before = self.h0.view_mut();
        for (t, mut h) in self.h.row_blocks_mut(batch).enumerate() {
            let product = matmul(before.view(), &self.w_h.value).beta(T::ONE);
            match F::KEEPS {
                Keeps::Output => product.then(Apply::<F>::new()).into(&mut h),
                Keeps::Input => {
                    product.into(&mut h);
                    for i in 0..batch {
                        let h = h.row_mut(i);
                        self.z.row_mut(t * batch + i).copy_from_slice(h);
                        h.iter_mut().for_each(|h| *h = F::value(*h));
                    }
                }
            }
            before = h;
        }
    }

    /// δ of all steps, from the last to the first, and ∂J/∂h₀.
    fn roll_up(&mut self, grad: &Matrix<T>) {
        let (batch, hidden) = self.h0.shape();
        self.delta.set_rows(grad.rows());
        self.delta.copy_from(grad);
        self.delta_end.set_rows(batch);
        self.grad_h0.set_rows(batch);
        for i in 0..hidden {
            for (j, w) in self.w_h_t.row_mut(i).iter_mut().enumerate() {
                *w = self.w_h.value[(j, i)];
            }
        }
        let kept = match F::KEEPS {
            Keeps::Input => self.z.view(),
            Keeps::Output => self.h.view(),
        };
        let mut after = self.delta_end.view_mut();
        for (t, mut delta) in self.delta.row_blocks_mut(batch).enumerate().rev() {
            // δ_t = (g_t + δ_{t+1}·w_hᵀ) ⊙ f′(z_t), in the place of g_t
            let kept = kept.block(t * batch..(t + 1) * batch, 0..hidden);
            matmul(after.view(), &self.w_h_t)
                .beta(T::ONE)
                .then(TimesPrime::<T, F>::new(kept))
                .into(&mut delta);
            after = delta;
        }
        matmul(after.view(), &self.w_h_t).into(&mut self.grad_h0);
    }
}

/// Of the layer: the function is a type and has nothing to be shown.
impl<T: Real, F> fmt::Debug for Rnn<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rnn")
            .field("steps", &self.steps)
            .field("w_x", &self.w_x)
            .field("w_h", &self.w_h)
            .field("b", &self.b)
            .field("h", &self.h)
            .finish_non_exhaustive()
    }
}

/// Of the layer: the function is a type and has nothing to be cloned.
impl<T: Real, F> Clone for Rnn<T, F> {
    fn clone(&self) -> Self {
        Rnn {
            steps: self.steps,
            w_x: self.w_x.clone(),
            w_h: self.w_h.clone(),
            b: self.b.clone(),
            x: self.x.clone(),
            h0: self.h0.clone(),
            h: self.h.clone(),
            z: self.z.clone(),
            chosen_h0: self.chosen_h0.clone(),
            delta: self.delta.clone(),
            delta_end: self.delta_end.clone(),
            w_h_t: self.w_h_t.clone(),
            grad_x: self.grad_x.clone(),
            grad_h0: self.grad_h0.clone(),
            function: PhantomData,
        }
    }
}

/// Requires a first state for each sequence.
#[track_caller]
fn check_first(expected: (usize, usize), found: (usize, usize)) {
    assert!(
        expected == found,
        "{NAME}: expected first states h0 of {}×{}, found {}×{}",
        expected.0,
        expected.1,
        found.0,
        found.1
    );
}

impl<T: Real, F: Function<T>> Layer<T> for Rnn<T, F> {
    fn name(&self) -> &'static str {
        NAME
    }

    fn init(&mut self, inputs: usize, rng: &mut Rng) -> usize {
        let hidden = self.h.cols();
        let known = self.w_x.value.rows();
        check_features(NAME, known, inputs);
        if known == 0 {
            self.w_x.init(inputs, hidden, rng);
            self.w_h.init(hidden, hidden, rng);
            self.b.init(1, hidden, rng);
        }
        hidden
    }

    fn forward(&mut self, x: &Matrix<T>) -> &Matrix<T> {
        self.keep(x);
        match &self.chosen_h0 {
            None => self.h0.map(|_| T::ZERO),
            Some(chosen) => {
                check_first(self.h0.shape(), chosen.shape());
                self.h0.copy_from(chosen);
            }
        }
        self.unroll();
        &self.h
    }

    fn output(&self) -> &Matrix<T> {
        &self.h
    }

    fn backward(&mut self, grad: &Matrix<T>) -> &Matrix<T> {
        self.backward_parameters(grad);
        self.grad_x.reshape(grad.rows(), self.w_x.value.rows());
        matmul(&self.delta, self.w_x.value.t()).into(&mut self.grad_x);
        &self.grad_x
    }

    fn backward_parameters(&mut self, grad: &Matrix<T>) {
        check_grad(NAME, &self.h, grad);
        self.roll_up(grad);
        matmul(self.x.t(), &self.delta).into(&mut self.w_x.grad);
        // Σ h_{t−1}ᵀ·δ_t: h₀ meets the first δ, and each other state the δ of the step after it.
        let (rows, (batch, hidden)) = (grad.rows(), self.h0.shape());
        let (h, delta) = (self.h.view(), self.delta.view());
        matmul(self.h0.t(), delta.block(0..batch, 0..hidden)).into(&mut self.w_h.grad);
        let before = h.block(0..rows - batch, 0..hidden);
        matmul(before.t(), delta.block(batch..rows, 0..hidden))
            .beta(T::ONE)
            .into(&mut self.w_h.grad);
        let grad_b = self.b.grad.row_mut(0);
        column_sums(&self.delta, |j, sum| grad_b[j] = sum);
    }

    fn unit(&self) -> Option<Unit> {
        F::unit()
    }

    fn parameters(&self) -> Vec<&Parameter<T>> {
        vec![&self.w_x, &self.w_h, &self.b]
    }

    fn visit(&mut self, f: &mut dyn FnMut(&mut Parameter<T>)) {
        f(&mut self.w_x);
        f(&mut self.w_h);
        f(&mut self.b);
    }
}

//! Activation layers: one function, applied to every entry.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Range;

use super::layer::{check_grad, check_samples, no_operators};
use super::{Layer, Unit};
use crate::elementary;
use crate::io::Error;
use crate::io::tensor::Tensor;
use crate::io::tensor::onnx::Operator;
use crate::matmul::Epilogue;
use crate::matrix::{Matrix, View};
use crate::ops;
use crate::ops::for_each_row;
use crate::real::Real;
use crate::rng::Rng;

/// A function of one number and its derivative: all that an [`Activation`] layer needs.
///
/// Mark both `#[inline(always)]`, so that they are compiled into the layer's loops.
pub trait Function<T> {
    /// The layer's name.
    const NAME: &'static str;
    /// What the layer keeps for the derivative.
    const KEEPS: Keeps;
    /// f(x).
    fn value(x: T) -> T;
    /// f′(x), from x or from f(x), whichever is kept.
    fn derivative(kept: T) -> T;
    /// f in the operators of ONNX, if it can be said in them.
    fn operators() -> Option<Vec<Operator>> {
        None
    }
    /// f, if it is one whose units may saturate or die.
    fn unit() -> Option<Unit> {
        None
    }
}

/// What an [`Activation`] layer keeps from the forward pass for the derivative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Keeps {
    /// The input x.
    Input,
    /// The output f(x), which the layer has anyway.
    Output,
}

/// The layer y = f(x), entry by entry, whose backward pass is ∂J/∂x = g ⊙ f′(x).
///
/// ```
/// use fromzero::{Matrix, nn::{Activation, Function, Keeps, Layer}};
/// /// f(x) = x², f′(x) = 2x.
/// struct Square;
/// impl Function<f64> for Square {
///     const NAME: &'static str = "Square";
///     const KEEPS: Keeps = Keeps::Input;
///     #[inline(always)]
///     fn value(x: f64) -> f64 {
///         x * x
///     }
///     #[inline(always)]
///     fn derivative(x: f64) -> f64 {
///         2.0 * x
///     }
/// }
/// let mut square = Activation::<f64, Square>::new();
/// assert_eq!(square.forward(&Matrix::from_rows(&[[3.0]]))[(0, 0)], 9.0);
/// assert_eq!(square.backward(&Matrix::from_rows(&[[0.5]]))[(0, 0)], 3.0);
/// ```
pub struct Activation<T: Real, F> {
    /// Of no rows if the output is kept.
    input: Matrix<T>,
    output: Matrix<T>,
    grad_x: Matrix<T>,
    function: PhantomData<fn() -> F>,
}

/// The rectified linear unit, f(x) = max(x, 0), [`ops::relu`]; at its kink x = 0 the derivative is taken to be 0.
pub type Relu<T> = Activation<T, ReluFunction>;

/// The sigmoid function f(x) = 1 / (1 + e⁻ˣ).
pub type Sigmoid<T> = Activation<T, SigmoidFunction>;

/// The hyperbolic tangent.
pub type Tanh<T> = Activation<T, TanhFunction>;

/// The natural logarithm of a probability, f(x) = ln(x + 10⁻¹⁰), so that a probability of 0 gives a finite number.
///
/// Of a softmax, the logarithm is better taken by [`LogSoftmax`](super::LogSoftmax), which needs no such addition.
pub type Log<T> = Activation<T, LogFunction>;

/// The function of [`Relu`].
#[derive(Clone, Copy, Debug)]
pub struct ReluFunction;

/// The function of [`Sigmoid`].
#[derive(Clone, Copy, Debug)]
pub struct SigmoidFunction;

/// The function of [`Tanh`].
#[derive(Clone, Copy, Debug)]
pub struct TanhFunction;

/// The function of [`Log`].
#[derive(Clone, Copy, Debug)]
pub struct LogFunction;

impl<T: Real> Function<T> for ReluFunction {
    const NAME: &'static str = "ReLU";
    const KEEPS: Keeps = Keeps::Output;
    #[inline(always)]
    fn value(x: T) -> T {
        ops::relu(x)
    }
    #[inline(always)]
    fn derivative(a: T) -> T {
        ops::relu_prime(a)
    }
    fn operators() -> Option<Vec<Operator>> {
        Some(vec![Operator::Relu])
    }
    fn unit() -> Option<Unit> {
        Some(Unit::Relu)
    }
}

impl<T: Real> Function<T> for SigmoidFunction {
    const NAME: &'static str = "Sigmoid";
    const KEEPS: Keeps = Keeps::Output;
    #[inline(always)]
    fn value(x: T) -> T {
        elementary::sigmoid(x)
    }
    #[inline(always)]
    fn derivative(a: T) -> T {
        ops::sigmoid_prime(a)
    }
    fn operators() -> Option<Vec<Operator>> {
        Some(vec![Operator::Sigmoid])
    }
    fn unit() -> Option<Unit> {
        Some(Unit::Sigmoid)
    }
}

impl<T: Real> Function<T> for TanhFunction {
    const NAME: &'static str = "Tanh";
    const KEEPS: Keeps = Keeps::Output;
    #[inline(always)]
    fn value(x: T) -> T {
        elementary::tanh(x)
    }
    #[inline(always)]
    fn derivative(a: T) -> T {
        ops::tanh_prime(a)
    }
    fn operators() -> Option<Vec<Operator>> {
        Some(vec![Operator::Tanh])
    }
    fn unit() -> Option<Unit> {
        Some(Unit::Tanh)
    }
}

/// What [`Log`] adds, so that it is finite at 0.
const EPSILON: f64 = 1e-10;

impl<T: Real> Function<T> for LogFunction {
    const NAME: &'static str = "Log";
    const KEEPS: Keeps = Keeps::Input;
    #[inline(always)]
    fn value(x: T) -> T {
        elementary::ln(x + T::from_f64(EPSILON))
    }
    #[inline(always)]
    fn derivative(x: T) -> T {
        ops::log_prime(x + T::from_f64(EPSILON))
    }
    fn operators() -> Option<Vec<Operator>> {
        let epsilon = Tensor::from_floats(&[], &[T::from_f64(EPSILON)]);
        Some(vec![Operator::Add(epsilon), Operator::Log])
    }
}

impl<T: Real, F: Function<T>> Activation<T, F> {
    /// The layer, for inputs of any shape.
    pub fn new() -> Self {
        let empty = || Matrix::zeros(0, 0);
        Activation {
            input: empty(),
            output: empty(),
            grad_x: empty(),
            function: PhantomData,
        }
    }
}

/// Of the layer: the function is a type and has nothing to be shown.
impl<T: Real, F> fmt::Debug for Activation<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Activation")
            .field("output", &self.output)
            .field("grad_x", &self.grad_x)
            .finish_non_exhaustive()
    }
}

/// Of the layer: the function is a type and has nothing to be cloned.
impl<T: Real, F> Clone for Activation<T, F> {
    fn clone(&self) -> Self {
        Activation {
            input: self.input.clone(),
            output: self.output.clone(),
            grad_x: self.grad_x.clone(),
            function: PhantomData,
        }
    }
}

impl<T: Real, F: Function<T>> Default for Activation<T, F> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Real, F: Function<T>> Layer<T> for Activation<T, F> {
    fn name(&self) -> &'static str {
        F::NAME
    }

    fn init(&mut self, inputs: usize, _: &mut Rng) -> usize {
        inputs
    }

    fn forward(&mut self, x: &Matrix<T>) -> &Matrix<T> {
        check_samples(F::NAME, x);
        let (rows, cols) = x.shape();
        if F::KEEPS == Keeps::Input {
            self.input.reshape(rows, cols);
            self.input.copy_from(x);
        }
        self.output.reshape(rows, cols);
        for_each_row(
            [&mut self.output],
            #[inline(always)]
            |i, [output]| {
                for (y, &x) in output.iter_mut().zip(x.row(i)) {
                    *y = F::value(x);
                }
            },
        );
        &self.output
    }

    fn output(&self) -> &Matrix<T> {
        &self.output
    }

    fn backward(&mut self, grad: &Matrix<T>) -> &Matrix<T> {
        check_grad(F::NAME, &self.output, grad);
        let kept = match F::KEEPS {
            Keeps::Input => &self.input,
            Keeps::Output => &self.output,
        };
        self.grad_x.reshape(grad.rows(), grad.cols());
        for_each_row(
            [&mut self.grad_x],
            #[inline(always)]
            |i, [grad_x]| {
                for ((grad_x, &g), &kept) in grad_x.iter_mut().zip(grad.row(i)).zip(kept.row(i)) {
                    *grad_x = g * F::derivative(kept);
                }
            },
        );
        &self.grad_x
    }

    fn operators(&self) -> Result<Vec<Operator>, Error> {
        F::operators().ok_or_else(|| no_operators(F::NAME))
    }

    fn unit(&self) -> Option<Unit> {
        F::unit()
    }
}

/// f(s) behind a product.
pub(super) struct Apply<F>(PhantomData<fn() -> F>);

impl<F> Apply<F> {
    pub(super) fn new() -> Self {
        Apply(PhantomData)
    }
}

impl<T: Real, F: Function<T>> Epilogue<T> for Apply<F> {
    #[inline(always)]
    fn row(&self, _: usize, _: Range<usize>) -> impl Fn(usize, T) -> T {
        |_, s| F::value(s)
    }
}

/// s · f′ behind a product of the same shape as what f keeps for its derivative.
pub(super) struct TimesPrime<'a, T, F>(View<'a, T>, PhantomData<fn() -> F>);

impl<'a, T, F> TimesPrime<'a, T, F> {
    pub(super) fn new(kept: View<'a, T>) -> Self {
        TimesPrime(kept, PhantomData)
    }
}

impl<T: Real, F: Function<T>> Epilogue<T> for TimesPrime<'_, T, F> {
    #[inline(always)]
    fn row(&self, i: usize, columns: Range<usize>) -> impl Fn(usize, T) -> T {
        let kept = &self.0.row(i)[columns];
        move |t, s| s * F::derivative(kept[t])
    }
}

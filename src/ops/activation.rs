//! Activation functions: the value f(x) and beside it the derivative f′(x), computed from what a backward pass has at hand.
//! For sigmoid, ReLU and tanh that is the value a = f(x), so that x need not be kept.

use std::ops::Range;

use crate::elementary::sigmoid;
use crate::matmul::{Epilogue, Product, Then};
use crate::matrix::{Matrix, check_same};
use crate::real::Real;

/// f(s) = 1 / (1 + e⁻ˢ).
#[derive(Debug)]
pub struct Sigmoid;

impl<T: Real> Epilogue<T> for Sigmoid {
    #[inline(always)]
    fn row(&self, _: usize, _: Range<usize>) -> impl Fn(usize, T) -> T {
        |_, s| sigmoid(s)
    }
}

/// f′(x) = a·(1 − a) of the sigmoid function, from its value a = f(x).
#[inline(always)]
pub fn sigmoid_prime<T: Real>(a: T) -> T {
    a * (T::ONE - a)
}

/// s · f′(z) for f = sigmoid, from its value a = f(z).
#[derive(Debug)]
pub struct TimesSigmoidPrime<'a, T>(&'a Matrix<T>);

impl<T: Real> Epilogue<T> for TimesSigmoidPrime<'_, T> {
    #[inline(always)]
    fn row(&self, i: usize, columns: Range<usize>) -> impl Fn(usize, T) -> T {
        let a = &self.0.row(i)[columns];
        move |t, s| s * sigmoid_prime(a[t])
    }

    fn check(&self, shape: (usize, usize)) {
        check_same("times_sigmoid_prime", shape, self.0.shape());
    }
}

impl<'a, T: Real, E: Epilogue<T>> Product<'a, T, E> {
    /// Applies the sigmoid function.
    pub fn sigmoid(self) -> Product<'a, T, Then<E, Sigmoid>> {
        self.then(Sigmoid)
    }

    /// Multiplies by the sigmoid's derivative, a·(1 − a), where `a` holds the sigmoid's values.
    ///
    /// # Panics
    /// If `a` has another shape than the product.
    #[track_caller]
    pub fn times_sigmoid_prime(
        self,
        a: &'a Matrix<T>,
    ) -> Product<'a, T, Then<E, TimesSigmoidPrime<'a, T>>> {
        self.then(TimesSigmoidPrime(a))
    }
}

/// f(x) = x for x > 0 and 0 otherwise, the rectified linear unit; a NaN stays NaN.
///
/// ```
/// use fromzero::ops::relu;
/// assert_eq!((relu(2.0), relu(-3.0), relu(0.0)), (2.0, 0.0, 0.0));
/// assert!(relu(f32::NAN).is_nan());
/// ```
#[inline(always)]
pub fn relu<T: Real>(x: T) -> T {
    if x <= T::ZERO { T::ZERO } else { x }
}

/// f′(x) of ReLU, from its value a = f(x): 1 where a > 0, and 0 where a = 0. At its kink x = 0 the function has no derivative;
/// 0 is taken.
#[inline(always)]
pub fn relu_prime<T: Real>(a: T) -> T {
    if a <= T::ZERO { T::ZERO } else { T::ONE }
}

/// f′(x) = 1 − a² of the hyperbolic tangent, from its value a = tanh(x).
#[inline(always)]
pub fn tanh_prime<T: Real>(a: T) -> T {
    T::ONE - a * a
}

/// f′(x) = 1/x of the natural logarithm, from x.
#[inline(always)]
pub fn log_prime<T: Real>(x: T) -> T {
    // (3-60)  ∂(ln aₖ)/∂aₖ = 1/aₖ
    T::ONE / x
}

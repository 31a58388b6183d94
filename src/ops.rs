//! The functions of the networks, each beside its derivative.
//!
//! Those that act on the entries of a product are steps that can be chained onto it (see [`matmul`](crate::matmul())).
//! Those that need a whole row, such as softmax, work on matrices.
//!
//! Here is all the mathematics of the networks but for the product and eˣ. Both floors call it, so that there is one softmax,
//! one cross-entropy and one gradient descent; and a derivative that stands beside its function is easily held against it.
//!
//! What always holds: every operation is rounded by itself, in the order in which the formula has it; softmax subtracts the
//! maximum of its own row; a loss comes from log-softmax, never from the logarithm of a probability; what is not a number stays
//! so.
//!
//! Guarded by `tests/suite/ops.rs`: `every_step_is_rounded_by_itself_and_in_order_in_f64`,
//! `softmax_stands_large_numbers_of_either_sign_in_one_batch`, `cross_entropy_is_exact_where_the_probability_is_zero`; and by
//! `tests/suite/nn/gradients.rs`: each derivative against differences.

mod activation;
mod columns;
mod losses;
mod norm;
mod rows;
mod softmax;

pub use activation::{
    Sigmoid, TimesSigmoidPrime, log_prime, relu, relu_prime, sigmoid_prime, tanh_prime,
};
pub use columns::column_sums;
pub(crate) use losses::one_over;
pub use losses::{
    cross_entropy, cross_entropy_prime, negative_log_likelihood, negative_log_likelihood_prime,
    scaled_difference, squared_error,
};
pub use norm::{column_moments, normalise, normalise_prime};
pub use rows::{argmax, for_each_row, log_sum_exp, row_max};
pub use softmax::{log_softmax, softmax, times_log_softmax_jacobian, times_softmax_jacobian};

use std::ops::Range;

use crate::matmul::{Epilogue, Product, Then};
use crate::matrix::{Matrix, check_same, shape_mismatch};
use crate::real::Real;

/// s + bⱼ: the same row added to every row.
#[derive(Debug)]
pub struct AddBias<'a, T>(&'a [T]);

impl<T: Real> Epilogue<T> for AddBias<'_, T> {
    #[inline(always)]
    fn row(&self, _: usize, columns: Range<usize>) -> impl Fn(usize, T) -> T {
        let bias = &self.0[columns];
        move |t, s| s + bias[t]
    }

    fn check(&self, shape: (usize, usize)) {
        if self.0.len() != shape.1 {
            shape_mismatch("add_bias", shape, (1, self.0.len()));
        }
    }
}

/// w − lr·g, two operations, each rounded: every update of every weight in this library.
#[inline(always)]
pub fn descend<T: Real>(w: T, lr: T, g: T) -> T {
    // w ← w − lr·∂J/∂w
    w - lr * g
}

impl<'a, T: Real, E: Epilogue<T>> Product<'a, T, E> {
    /// Adds `bias` to every row.
    ///
    /// # Panics
    /// If `bias` has not one entry a column.
    #[track_caller]
    pub fn add_bias(self, bias: &'a [T]) -> Product<'a, T, Then<E, AddBias<'a, T>>> {
        self.then(AddBias(bias))
    }
}

impl<T: Real> Matrix<T> {
    /// Takes a step of gradient descent against `gradient`: w − lr·g for every entry.
    ///
    /// # Panics
    /// If the shapes differ.
    #[track_caller]
    pub fn descend(&mut self, lr: T, gradient: &Matrix<T>) {
        check_same("descend", self.shape(), gradient.shape());
        for_each_row(
            [self],
            #[inline(always)]
            |i, [w]| {
                for (w, &g) in w.iter_mut().zip(gradient.row(i)) {
                    *w = descend(*w, lr, g);
                }
            },
        );
    }
}

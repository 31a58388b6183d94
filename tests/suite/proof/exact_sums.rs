//! The product on numbers that are hard to add: huge and tiny ones, and sums that cancel nearly all of themselves. In every bit
//! it is a chain of exact fused multiply-adds, and as near to the true sum as n roundings allow.

use crate::common::engines::{engines, name};
use crate::common::*;
use fromzero::scalar::{fma_f32, fma_f64};
use fromzero::{Isa, Matrix, Real, matmul};

/// A product of m×k and k×n, so that two blocks of k and edges in every direction are in it.
const SHAPE: (usize, usize, usize) = (13, 67, 402);

/// The chain of the contract, from [`fma_f32`] and [`fma_f64`], which are exact without the processor's instruction.
fn chain<T: Real>(a: &Matrix<T>, b: &Matrix<T>, fma: fn(T, T, T) -> T) -> Matrix<T> {
    Matrix::from_fn(a.rows(), b.cols(), |i, j| {
        let terms = a.row(i).iter().enumerate();
        terms.fold(T::ZERO, |s, (k, &a)| fma(a, b[(k, j)], s))
    })
}

/// Requires |s − Σ aₖ·bₖ| ≤ n·u·Σ|aₖ·bₖ| of every entry, where u is half of the distance from 1 to the next number, and the sum is
/// taken in twice the precision: a number, and what its rounding lost. (C.-P. Jeannerod and S. Rump, *Improved Error Bounds for
/// Inner Products in Floating-Point Arithmetic*, SIAM Journal on Matrix Analysis and Applications 34, 2013.)
fn assert_within_n_roundings<T: Real>(what: &str, (a, b): (&Matrix<T>, &Matrix<T>), c: &Matrix<T>) {
    let n = a.cols();
    let u = 0.5 * T::EPSILON.to_f64();
    for i in 0..c.rows() {
        for j in 0..c.cols() {
            let (mut sum, mut lost, mut size) = (0.0, 0.0, 0.0);
            for k in 0..n {
                let (x, y) = (a[(i, k)].to_f64(), b[(k, j)].to_f64());
                let product = x * y;
                let (next, rest) = two_sum(sum, product);
                sum = next;
                lost += rest + fma_f64(x, y, -product);
                size += product.abs();
            }
            let error = (c[(i, j)].to_f64() - sum) - lost;
            let bound = n as f64 * u * size;
            assert!(
                error.abs() <= bound,
                "{what}, ({i}, {j}): {error:e} beside {bound:e}"
            );
        }
    }
}

/// D. Knuth, *The Art of Computer Programming* 2, 4.2.2.
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let b_in_sum = sum - a;
    (sum, (a - (sum - b_in_sum)) + (b - b_in_sum))
}

/// Factors whose products are of very different size, with signs, up to `range` powers of two.
fn wild<T: Real>(rng: &mut SplitMix64, rows: usize, cols: usize, low: i32, high: i32) -> Matrix<T> {
    Matrix::from_fn(rows, cols, |_, _| {
        let exponent = low + rng.below((high - low) as u64) as i32;
        T::from_f64(rng.uniform(-1.0, 1.0) * f64::powi(2.0, exponent))
    })
}

/// Rows whose second half takes away what the first half has added, but for the last bits.
fn cancelling<T: Real>(rng: &mut SplitMix64, rows: usize, cols: usize) -> (Matrix<T>, Matrix<T>) {
    let (m, n) = (rows, SHAPE.1);
    let half = cols / 2;
    let first = random_matrix::<T>(rng, m, half);
    let below = random_matrix::<T>(rng, half, n);
    let a = Matrix::from_fn(m, cols, |i, k| {
        let sign = if k < half { T::ONE } else { -T::ONE };
        let nudge = T::ONE + T::EPSILON * T::from_f64((k % 3) as f64);
        first[(i, k % half)] * sign * nudge
    });
    let b = Matrix::from_fn(cols, n, |k, j| below[(k % half, j)]);
    (a, b)
}

fn hard_sums<T: Real>(fma: fn(T, T, T) -> T, smallest: i32, largest: i32) {
    let (m, n, k) = SHAPE;
    let rng = &mut SplitMix64::new(31);
    let half = (largest - 12) / 2;
    let cases = [
        ("cancelling", cancelling(rng, m, k)),
        (
            "of all sizes",
            (wild(rng, m, k, -half, half), wild(rng, k, n, -half, half)),
        ),
        (
            "huge",
            (
                wild(rng, m, k, half - 4, half),
                wild(rng, k, n, half - 4, half),
            ),
        ),
        (
            "near the smallest",
            (
                wild(rng, m, k, smallest / 2 - 2, smallest / 2 + 3),
                wild(rng, k, n, smallest / 2 - 2, smallest / 2 + 3),
            ),
        ),
        (
            "subnormal factors",
            (
                wild(rng, m, k, smallest - 20, smallest),
                wild(rng, k, n, -3, 3),
            ),
        ),
    ];
    for (what, (a, b)) in &cases {
        let expected = chain(a, b, fma);
        if !what.contains("normal") && !what.contains("smallest") {
            assert_within_n_roundings(what, (a, b), &expected);
        }
        assert!(expected.iter().all(T::is_finite), "{what}");
        for engine in engines() {
            if engine.isa() == Isa::Portable && engine.threads() > 1 {
                continue;
            }
            let mut c = Matrix::from_fn(m, n, |_, _| T::NAN);
            engine.run(|| matmul(a, b).into(&mut c));
            assert_same_bits(&format!("{what}, {}", name(&engine)), &c, &expected);
        }
    }
}

#[test]
fn sums_that_are_hard_have_the_bits_of_exact_fused_multiply_adds_in_f32() {
    hard_sums(fma_f32, -126, 127);
}

#[test]
fn sums_that_are_hard_have_the_bits_of_exact_fused_multiply_adds_in_f64() {
    hard_sums(fma_f64, -1022, 1023);
}

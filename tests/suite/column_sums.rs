//! How far the sum of a column may be off: it is one chain, whose error grows with its length.

use crate::common::*;
use fromzero::ops::{column_moments, column_sums};
use fromzero::{Matrix, Real};

/// (m − 1)·ε/2·Σ |x| to first order, as documented; exactly (1 + ε/2)^(m − 1) − 1 in the place of (m − 1)·ε/2.
fn bound<T: Real>(m: usize, sizes: f64) -> f64 {
    let first_order = (m - 1) as f64 * 0.5 * T::EPSILON.to_f64();
    first_order * (1.0 + first_order) * sizes
}

/// The sum of the first column of m rows, and its error relative to the bound. The reference is a sum in f64, of which every
/// addition is exact in f32's case, or that of integers.
fn error<T: Real>(x: &Matrix<T>, exact: f64) -> (f64, f64) {
    let mut found = 0.0;
    column_sums(x, |_, sum| found = sum.to_f64());
    let sizes: f64 = x.iter().map(|x| x.to_f64().abs()).sum();
    let error = (found - exact).abs();
    (error / exact.abs(), error / bound::<T>(x.rows(), sizes))
}

#[test]
fn equal_rows_lose_digits_with_their_number_as_documented() {
    for (m, least, most) in [
        (64, 0.0, 4e-6),
        (10_000, 1e-5, 6e-4),
        (1_000_000, 5e-3, 6e-2),
    ] {
        let x = Matrix::from_fn(m, 1, |_, _| 0.1_f32);
        let (relative, share) = error(&x, f64::from(0.1_f32) * m as f64);
        assert!(share <= 1.0, "{m} rows: {share} of the bound");
        assert!((least..most).contains(&relative), "{m} rows: {relative:e}");
    }
}

#[test]
fn a_sum_of_ones_stands_still_at_two_to_the_24() {
    // What is above 0 of the first row stands for as many ones.
    const STANDSTILL: f32 = 16_777_216.0;
    for (ones, expected) in [
        (999, STANDSTILL - 1.0),
        (1000, STANDSTILL),
        (3000, STANDSTILL),
    ] {
        let first = STANDSTILL - 1000.0;
        let x = Matrix::from_fn(1 + ones, 1, |i, _| if i == 0 { first } else { 1.0 });
        column_sums(&x, |_, sum| assert_eq!(sum, expected, "{ones} ones"));
    }
}

#[test]
fn no_column_is_further_off_than_the_bound() {
    let rng = &mut SplitMix64::new(1);
    for m in [1, 2, 3, 64, 1000, 50_000] {
        for (low, high) in [(0.0, 1.0), (-1.0, 1.0), (1.0, 1.0 + 1e-6), (-1e30, 1e30)] {
            let x = Matrix::<f32>::from_fn(m, 1, |_, _| rng.uniform(low, high) as f32);
            let exact: f64 = x.iter().map(f64::from).sum();
            let (_, share) = error(&x, exact);
            assert!(
                m == 1 || share <= 1.0,
                "{m} rows in {low}..{high}: {share} of the bound"
            );
        }
    }
}

/// Means and variances are sums of the same kind.
#[test]
fn moments_lose_as_many_digits() {
    let m = 1_000_000;
    let x = Matrix::from_fn(m, 1, |_, _| 0.1_f32);
    let (mut mean, mut variance) = ([0.0], [0.0]);
    column_moments(&x, &mut mean, &mut variance);
    let relative = (f64::from(mean[0]) / f64::from(0.1_f32) - 1.0).abs();
    assert!(relative <= 6e-2 && relative > 1e-3, "{relative}");
}

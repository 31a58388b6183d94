//! The series by which changes are computed are the functions that they stand for.

use super::{H, exp_less_one, ln_one_more, sigmoid_change};
use crate::elementary::sigmoid;

/// Arguments of either sign up to a little more than the series are made for.
fn arguments() -> impl Iterator<Item = f64> {
    (1..=200).flat_map(|i| [1.0, -1.0].map(|sign| sign * 2.5 * H * f64::from(i) / 200.0))
}

#[track_caller]
fn assert_near(found: f64, expected: f64, units: f64) {
    let error = (found - expected).abs() / expected.abs();
    assert!(
        error <= units * f64::EPSILON,
        "{found:e}, expected {expected:e}"
    );
}

/// eˣ − 1 by Taylor's series, as nested products: the same bits on every platform, which std's function has not.
fn exp_m1(x: f64) -> f64 {
    x * (2..=12)
        .rev()
        .fold(1.0, |sum, n| 1.0 + x / f64::from(n) * sum)
}

/// ln(1 + x) = 2·artanh(x/(2 + x)), whose series has odd powers only.
fn ln_1p(x: f64) -> f64 {
    let s = x / (2.0 + x);
    2.0 * s
        * (0..8)
            .rev()
            .fold(0.0, |sum, k| 1.0 / f64::from(2 * k + 1) + s * s * sum)
}

#[test]
fn the_series_are_the_functions_to_the_last_place() {
    for x in arguments() {
        assert_near(exp_less_one(x), exp_m1(x), 1.0);
        assert_near(ln_one_more(x), ln_1p(x), 1.5);
    }
}

#[test]
fn a_change_of_sigmoid_is_the_difference_of_its_values() {
    for z in [-3.0, -0.5, 0.0, 0.25, 2.0] {
        let (a, a_rest) = (sigmoid(z), sigmoid(z) * sigmoid(-z));
        for dz in arguments() {
            // f(z + Δz)·f(−z)·(1 − e^−Δz), without a difference of nearly equal numbers
            let expected = -sigmoid(z + dz) * sigmoid(-z) * exp_m1(-dz);
            assert_near(sigmoid_change(a, a_rest, dz), expected, 4.0);
        }
    }
}

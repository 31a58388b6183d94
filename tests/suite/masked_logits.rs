//! Logits of −∞, which mask classes, and logits whose distance is beyond the range of their type: losses and gradients are
//! finite wherever the label is another class, and losses infinite where it is not; NaN stays NaN.

use crate::common::*;
use fromzero::nn::{Criterion, Layer, LogSoftmax, Nll, SoftmaxCrossEntropy};
use fromzero::ops::{
    cross_entropy, cross_entropy_prime, log_softmax, log_sum_exp, negative_log_likelihood, softmax,
    times_log_softmax_jacobian, times_softmax_jacobian,
};
use fromzero::{Matrix, Real};

/// A row of logits, its probabilities and their logarithms.
struct Row<T> {
    z: [T; 4],
    a: [f64; 4],
    l: [f64; 4],
}

/// The second class has no chance in any row; 1 to 3 others share it equally.
fn rows<T: Real>() -> Vec<Row<T>> {
    let (out, zero) = (T::NEG_INFINITY, T::ZERO);
    let (large, small) = if T::NAME == "f32" {
        (T::from_f64(3e38), T::from_f64(-3e38))
    } else {
        (T::from_f64(1.7e308), T::from_f64(-1.7e308))
    };
    let excluded = f64::NEG_INFINITY;
    let share = |n: f64| (1.0 / n, -fromzero::elementary::ln(n));
    let ((third, ln_third), (half, ln_half)) = (share(3.0), share(2.0));
    vec![
        Row {
            z: [zero, out, zero, zero],
            a: [third, 0.0, third, third],
            l: [ln_third, excluded, ln_third, ln_third],
        },
        Row {
            z: [large, out, large, out],
            a: [half, 0.0, half, 0.0],
            l: [ln_half, excluded, ln_half, excluded],
        },
        Row {
            z: [small, out, small, small],
            a: [third, 0.0, third, third],
            l: [ln_third, excluded, ln_third, ln_third],
        },
        Row {
            z: [out, out, T::ONE, out],
            a: [0.0, 0.0, 1.0, 0.0],
            l: [excluded, excluded, 0.0, excluded],
        },
        Row {
            z: [large, small, large, large],
            a: [third, 0.0, third, third],
            l: [ln_third, excluded, ln_third, ln_third],
        },
    ]
}

fn one_hot<T: Real>(label: usize) -> Matrix<T> {
    Matrix::from_fn(1, 4, |_, j| if j == label { T::ONE } else { T::ZERO })
}

/// |a − b| within a few roundings of the type, and equal if infinite.
#[track_caller]
fn assert_is<T: Real>(what: &str, actual: f64, expected: f64) {
    let near = (actual - expected).abs() <= 4.0 * T::EPSILON.to_f64();
    assert!(
        actual == expected || near,
        "{}, {what}: {actual}, not {expected}",
        T::NAME
    );
}

fn check_values<T: Real>() {
    for (n, row) in rows::<T>().into_iter().enumerate() {
        let z = Matrix::from_rows(&[row.z]);
        let (mut a, mut l) = (Matrix::zeros(1, 4), Matrix::zeros(1, 4));
        softmax(&z, &mut a);
        log_softmax(&z, &mut l);
        for j in 0..4 {
            assert_is::<T>(&format!("a, row {n}"), a[(0, j)].to_f64(), row.a[j]);
            assert_is::<T>(&format!("l, row {n}"), l[(0, j)].to_f64(), row.l[j]);
        }
        for label in 0..4 {
            let what = format!("row {n}, label {label}");
            let y = one_hot::<T>(label);
            assert_is::<T>(&what, cross_entropy(&z, &y), -row.l[label]);
            assert_is::<T>(&what, negative_log_likelihood(&l, &y), -row.l[label]);
            let mut delta = z.clone();
            cross_entropy_prime(&z, &y, &mut delta);
            for j in 0..4 {
                let expected = row.a[j] - if j == label { 1.0 } else { 0.0 };
                assert_is::<T>(&what, delta[(0, j)].to_f64(), expected);
            }
        }
    }
}

#[test]
fn losses_are_finite_unless_the_label_is_masked() {
    check_values::<f32>();
    check_values::<f64>();
}

/// A label that is shared among several classes, and a mean over rows of which one is masked.
#[test]
fn masked_classes_without_weight_add_nothing() {
    let out = f64::NEG_INFINITY;
    let z = Matrix::from_rows(&[[out, 0.0, 0.0], [0.0, 0.0, 0.0]]);
    let y = Matrix::from_rows(&[[-0.0, 0.25, 0.75], [0.5, 0.25, 0.25]]);
    let expected = 0.5 * (std::f64::consts::LN_2 + 1.098_612_288_668_109_8);
    assert_is::<f64>("shared", cross_entropy(&z, &y), expected);
}

fn check_layers<T: Real>() {
    for (n, row) in rows::<T>().into_iter().enumerate() {
        let z = Matrix::from_rows(&[row.z]);
        for label in [0, 2, 3] {
            let what = format!("row {n}, label {label}");
            let labels = vec![label as u8];
            let mut criterion = Criterion::new(SoftmaxCrossEntropy);
            let loss = criterion.of(&z, &labels);
            assert_is::<T>(&what, loss.value, -row.l[label]);
            let whole = loss.gradient.clone();
            let mut layer = LogSoftmax::new();
            let mut criterion = Criterion::new(Nll);
            let loss = criterion.of(layer.forward(&z), &labels);
            assert_is::<T>(&what, loss.value, -row.l[label]);
            let gradient = layer.backward(loss.gradient);
            for j in 0..4 {
                let expected = row.a[j] - if j == label { 1.0 } else { 0.0 };
                assert_is::<T>(&what, whole[(0, j)].to_f64(), expected);
                assert_is::<T>(&what, gradient[(0, j)].to_f64(), expected);
            }
        }
    }
}

#[test]
fn layers_and_their_losses_stand_masks() {
    check_layers::<f32>();
    check_layers::<f64>();
}

#[test]
fn jacobians_pass_nothing_to_masked_classes() {
    let z = Matrix::from_rows(&[[0.0, f64::NEG_INFINITY, 0.0]]);
    let g = Matrix::from_rows(&[[1.0, 5.0, 2.0]]);
    let (mut a, mut l, mut out) = (z.clone(), z.clone(), z.clone());
    softmax(&z, &mut a);
    times_softmax_jacobian(&a, &g, &mut out);
    assert_same_bits("softmax", out.row(0), &[-0.25, 0.0, 0.25]);
    log_softmax(&z, &mut l);
    times_log_softmax_jacobian(&l, &g, &mut out);
    assert_close("log-softmax", out.row(0), &[-3.0, 5.0, -2.0], 1e-15);
}

#[test]
fn log_sum_exp_of_infinite_entries_is_the_formulas() {
    let infinity = f64::INFINITY;
    for (z, expected) in [
        ([-infinity, -infinity], -infinity),
        ([-infinity, 3.0], 3.0),
        ([infinity, 3.0], infinity),
        ([infinity, -infinity], infinity),
        ([1.7e308, -1.7e308], 1.7e308),
    ] {
        assert_eq!(log_sum_exp(&z), expected, "{z:?}");
    }
    assert_eq!(log_sum_exp::<f32>(&[]), f32::NEG_INFINITY);
    assert!(log_sum_exp(&[f64::NAN, infinity]).is_nan());
    assert!(log_sum_exp(&[-infinity, f64::NAN]).is_nan());
}

/// A row that is masked throughout has no probabilities, one with +∞ none that is defined, and NaN is not passed over,
/// wherever it stands.
#[test]
fn what_is_not_a_number_stays_so() {
    let (nan, infinity) = (f64::NAN, f64::INFINITY);
    for z in [
        [-infinity, -infinity, -infinity],
        [infinity, 0.0, 0.0],
        [infinity, infinity, 0.0],
        [nan, 0.0, -infinity],
        [-infinity, nan, 0.0],
        [0.0, -infinity, nan],
    ] {
        let z = Matrix::from_rows(&[z]);
        let (mut a, mut l) = (z.clone(), z.clone());
        softmax(&z, &mut a);
        log_softmax(&z, &mut l);
        assert!(a.iter().any(|a| a.is_nan()), "{a:?}");
        assert!(l.iter().any(|l| l.is_nan()), "{l:?}");
        // Without any weight, too: as a row that stands for no sample.
        for y in [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.0; 3]] {
            let y = Matrix::from_rows(&[y]);
            assert!(cross_entropy(&z, &y).is_nan(), "{z:?} {y:?}");
            let likelihood = negative_log_likelihood(&l, &y);
            assert!(likelihood.is_nan(), "{l:?} {y:?}");
        }
    }
}

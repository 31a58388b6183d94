//! Where differences end: what the gradient check says of gradients near rounding, of losses that bend within its step, of
//! saturated networks, and of nothing at all.

mod points;
mod reports;

use crate::common::panics::*;
use crate::common::*;
use fromzero::Matrix;
use fromzero::gradcheck::{Report, check, check_direction, compare};
use fromzero::nn::*;

/// The check of a single number.
fn check_one(theta: f64, analytic: f64, loss: &dyn Fn(f64) -> f64) -> Report {
    check(&[("w", 1)], &[theta], &[analytic], |t| loss(t[0]))
}

/// The right gradient passes, and those wrong by a thousandth, by half, in sign, or missing do not.
#[track_caller]
fn assert_told(what: &str, theta: f64, right: f64, loss: &dyn Fn(f64) -> f64) {
    let check_along = |g: &[f64]| check_direction(&[theta], &[-3.0], g, |t| loss(t[0]));
    let report = check_one(theta, right, loss);
    assert!(
        report.passes(1e-10) && report.below == 0,
        "{what}: {report}"
    );
    for wrong in [1.001 * right, 0.5 * right, 2.0 * right, -right, 0.0] {
        let report = check_one(theta, wrong, loss);
        assert!(!report.passes(1e-4), "{what}: {report}");
        let report = check_along(&[wrong]);
        assert!(!report.passes(1e-4), "{what}: {report}");
    }
    let report = check_along(&[right]);
    assert!(
        report.passes(1e-10) && report.below == 0,
        "{what}: {report}"
    );
}

/// A loss that does not depend on its parameter: rounding of the loss is no derivative.
#[test]
fn a_constant_loss_has_no_gradient() {
    for constant in [0.3, 0.1, -7.7, 1e-9, 1e9, 0.0] {
        for theta in [0.1, 0.0, -3e5, 1e-200] {
            let report = check_one(theta, 0.0, &|_| constant);
            assert!(report.passes(0.0), "{constant}: {report}");
            assert_eq!((report.checked, report.below), (1, 1));
            assert!(report.bound < 2e-12 * (1.0 + f64::abs(constant)));
            let step = if theta < -1.0 { 300.0 } else { 1e-3 };
            let small = 20.0 * f64::EPSILON * (1.0 + f64::abs(constant)) / step;
            let report = check_one(theta, small, &|_| constant);
            assert!(!report.passes(0.5) && report.below == 0, "{report}");
        }
    }
}

#[test]
fn what_cannot_be_told_is_counted() {
    // ∂J/∂a = 1; b moves the loss by less than its last place.
    let loss = |t: &[f64]| 0.3 + t[0] + 1e-15 * t[1];
    let names = [("a", 1), ("b", 2)];
    let report = check(&names, &[0.1, 0.2, 0.3], &[1.0, 1e-15, -1e-15], loss);
    assert!(report.passes(1e-9), "{report}");
    assert_eq!((report.checked, report.below), (3, 2));
    assert!(report.bound > 1e-14 && report.bound < 2e-12);
    let text = report.to_string();
    assert!(
        text.starts_with("3 entries compared; the worst is a[0]"),
        "{text}"
    );
    assert!(
        text.contains("; 2 below what differences can show, "),
        "{text}"
    );
    let report = check_one(0.1, 0.0, &|_| 0.3).to_string();
    assert!(
        report.starts_with("1 entry compared; 1 below what differences can show"),
        "{report}"
    );
}

/// Small entries are told apart as far as rounding lets them, however large others are.
#[test]
fn small_entries_are_not_hidden_by_large_ones() {
    for slope in [1e-4, 1e-6, 1e-8, 1e-10] {
        let loss = |t: &[f64]| t[0] * t[0] + slope * t[1];
        let right = check(&[("w", 2)], &[0.6, 0.5], &[1.2, slope], loss);
        assert!(right.passes(1e-9) && right.below <= 1, "{slope}: {right}");
        for wrong in [0.0, -slope, 2.0 * slope, 1.1 * slope] {
            let report = check(&[("w", 2)], &[0.6, 0.5], &[1.2, wrong], loss);
            assert!(
                !report.passes(1e-2) && report.worst.index == 1,
                "{slope}: {report}"
            );
        }
    }
}

/// Neither the unit of the loss nor that of its parameter matters.
#[test]
fn losses_of_any_size() {
    for unit in [1.0, 1e-12, 1e-100, 1e-280, 1e12, 1e200] {
        let loss = |t: f64| unit * (t * t * t - t + 2.0);
        assert_told("cubic", 1.5, unit * 5.75, &loss);
        assert_told("cubic", -150.0, unit * 67_499.0, &loss);
    }
}

/// Where the loss bends within the first step, smaller steps are taken.
#[test]
fn losses_that_bend_within_the_step() {
    for frequency in [1e1, 1e2, 1e3, 1e4, 1e5, 1e6] {
        let name = format!("sin {frequency}x");
        let right = frequency * f64::cos(frequency * 0.7);
        assert_told(&name, 0.7, right, &|t| (frequency * t).sin());
    }
    for x in [1e-2, 1e-4, 1e-6, 1e-9] {
        assert_told("ln", x, 1.0 / x, &f64::ln);
        assert_told("square root", x, 0.5 / x.sqrt(), &f64::sqrt);
        assert_told("reciprocal", x, -1.0 / (x * x), &|t| 1.0 / t);
        assert_told("a step", x, (-1.0_f64).exp() / x, &|t| 1.0 - (-t / x).exp());
        // A kink so far from the point.
        let kink = 0.3 + x;
        assert_told("kink", 0.3, 2.0, &|t| {
            if t < kink {
                2.0 * t
            } else {
                5.0 * t - 3.0 * kink
            }
        });
    }
    // Flat but for a place so narrow that the first steps pass over it.
    let bump = |t: f64| t * (-1e10 * t * t).exp();
    let report = check_one(1e-5, -(-1.0_f64).exp(), &bump);
    assert!(report.passes(0.0) && report.below == 0, "{report}");
}

/// Where the slopes on the two sides differ there is no derivative: neither the slopes nor one in between is wrong, but
/// others are.
#[test]
fn kinks() {
    let loss = |t: &[f64]| t[0] * t[0] + if t[1] > 0.0 { 3.0 * t[1] } else { t[1] };
    for (analytic, kinks) in [(1.0, 1), (3.0, 1), (2.5, 1), (2.0, 0)] {
        let report = check(&[("w", 2)], &[0.5, 0.0], &[1.0, analytic], loss);
        assert!(report.passes(0.0) && report.kinks == kinks, "{report}");
        let report = check(&[("w", 2)], &[0.5, 0.0], &[1.001, analytic], loss);
        assert!(!report.passes(1e-4) && report.worst.index == 0, "{report}");
    }
    for wrong in [-30.0, 30.0] {
        let report = check(&[("w", 2)], &[0.5, 0.0], &[1.0, wrong], loss);
        assert!(!report.passes(0.5) && report.kinks == 0, "{report}");
    }
    let report = check(&[("w", 2)], &[0.5, 0.0], &[1.0, 1.0], loss).to_string();
    assert!(
        report.ends_with("; 1 at a kink, where there is no derivative"),
        "{report}"
    );
    // Beside it there is one.
    let report = check(&[("w", 2)], &[0.5, 1e-5], &[1.0, 1.0], loss);
    assert!(!report.passes(0.5) && report.kinks == 0, "{report}");
}

/// At its minimum the loss is smoother than around it.
#[test]
fn minima() {
    for from in [0.0, 1e-12, 1e-10, 1e-7, 1e-3] {
        let theta = 0.7 + from;
        let loss = |t: f64| (t - 0.7) * (t - 0.7) + 1e-3 * ((t - 0.7) * 3.0).cos();
        let d = theta - 0.7;
        let report = check_one(theta, 2.0 * d - 3e-3 * (d * 3.0).sin(), &loss);
        assert!(report.passes(0.0), "{from}: {report}");
        let report = check_one(theta, 2.0 * d + 1e-11, &loss);
        assert!(!report.passes(0.0), "{from}: {report}");
    }
}

#[test]
fn nothing_is_refused() {
    let empty = "no entries to compare";
    assert_blames_caller(empty, || check(&[], &[], &[], |_| 0.0));
    assert_blames_caller(empty, || check(&[("w", 0)], &[], &[], |_| 0.0));
    assert_blames_caller(empty, || check_direction(&[], &[], &[], |_| 0.0));
    assert_blames_caller("the direction is 0", || {
        check_direction(&[1.0, 2.0], &[0.0, -0.0], &[1.0, 1.0], |t| t[0])
    });
}

/// Each parameter has its own entries, and of a large one the first rows and columns are shown.
#[test]
fn ratios_tell_where_a_parameter_is_wrong() {
    let parameters = [("vector", (1, 3)), ("square", (8, 8)), ("large", (9, 10))];
    // J = Σθ²/2: the derivatives are θ. Wrong are an entry of the vector and a row of the large matrix.
    let theta: Vec<f64> = (0..3 + 64 + 90).map(|i| 1.0 + 0.01 * i as f64).collect();
    let mut analytic = theta.clone();
    analytic[1] *= 5000.0;
    for entry in &mut analytic[3 + 64..][..10] {
        *entry *= -2.0;
    }
    let loss = |t: &[f64]| t.iter().map(|x| 0.5 * x * x).sum();
    let comparison = compare(&parameters, &theta, &analytic, loss);
    let told = |name| comparison.ratios(name, 1e-8);

    let right = "        ·";
    assert_eq!(told("vector"), [format!("{right}      5e3{right}")]);
    assert_eq!(told("square"), vec![right.repeat(8); 8]);
    let large = told("large");
    assert_eq!(large[0], "   -2.000".repeat(8) + " …");
    assert_eq!(large[1..8], vec![right.repeat(8) + " …"; 7]);
    assert_eq!(large[8..], ["        ⋮"]);
    assert!(told("none").is_empty());
}

#[test]
fn what_is_not_a_number_never_passes() {
    let never = |report: Report| {
        assert!(report.worst.error.is_nan(), "{report}");
        assert!(!report.passes(f64::INFINITY), "{report}");
    };
    for broken in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        never(check_one(0.5, 1.0, &|_| broken));
        never(check_one(0.5, broken, &|t| t));
        never(check_one(broken, 1.0, &|t| t));
        never(check(&[("w", 2)], &[0.5, 0.5], &[1.0, broken], |t| t[0]));
        never(check(&[("w", 2)], &[0.5, 0.5], &[broken, 0.0], |t| t[0]));
        never(check_direction(&[0.5], &[broken], &[1.0], |t| t[0]));
        never(check_direction(&[0.5], &[1.0], &[broken], |t| t[0]));
        never(check_direction(&[0.5], &[1.0], &[1.0], |_| broken));
    }
    // A NaN on one side is no derivative either.
    never(check_one(0.5, 1.0, &|t| if t > 0.5 { f64::NAN } else { t }));
}

/// A network of so many layers of one activation, whose weights are within ±`scale` and whose biases are between −2·`bias`
/// and 0: signals saturate or die on their way, and gradients go from 1 to nothing.
struct Chain {
    net: Sequential<f64>,
    x: Matrix<f64>,
    y: Matrix<f64>,
}

impl Chain {
    fn new(activation: &str, layers: u64, scale: f64, bias: f64) -> Chain {
        let rng = &mut SplitMix64::new(layers);
        let mut net = Sequential::new(0);
        for _ in 0..layers {
            net = net.then(Dense::new(4));
            net = match activation {
                "sigmoid" => net.then(Sigmoid::new()),
                "tanh" => net.then(Tanh::new()),
                _ => net.then(Relu::new()),
            };
        }
        let mut net = net.then(Dense::new(3));
        net.build(3);
        net.visit(&mut |parameter| {
            let (rows, cols) = parameter.value.shape();
            let (middle, width) = if rows == 1 {
                (-bias, bias)
            } else {
                (0.0, scale)
            };
            parameter.value = uniform_matrix(rng, rows, cols, -width, width);
            parameter.value.map(|x| x + middle);
        });
        let x = uniform_matrix(rng, 5, 3, -1.0, 1.0);
        let mut y = Matrix::zeros(5, 3);
        for i in 0..5 {
            y[(i, rng.below(3) as usize)] = 1.0;
        }
        Chain { net, x, y }
    }

    /// Requires the gradient to pass, and the check to fail if one of some entries that rounding does not hide is 0, doubled
    /// or has the other sign. Gives the number of those mistakes.
    #[track_caller]
    fn check(&mut self, what: &str, loss: impl Loss<f64>) -> usize {
        let Chain { net, x, y } = self;
        let mut criterion = Criterion::new(loss);
        criterion.of(net.forward(x), &*y).backward(net);
        let (theta, gradient) = (values_of(net), gradients_of(net));
        let mut value = |theta: &[f64]| {
            set_values(net, theta);
            criterion.of(net.forward(x), &*y).value
        };
        let report = check(&[("theta", theta.len())], &theta, &gradient, &mut value);
        assert!(report.passes(1e-8), "{what}: {report}");
        let hidden = 50.0 * f64::EPSILON * (1.0 + value(&theta)) / 1e-3;
        let mut mistakes = 0;
        for (i, &g) in gradient.iter().enumerate().step_by(31) {
            if g.abs() <= hidden {
                continue;
            }
            for wrong in [0.0, -g, 2.0 * g] {
                let report = check(&[("theta", 1)], &[theta[i]], &[wrong], |t| {
                    let mut moved = theta.clone();
                    moved[i] = t[0];
                    value(&moved)
                });
                let caught = !report.passes(0.2) || report.kinks == 1;
                assert!(caught, "{what}, {wrong:e} for {g:e}: {report}");
                mistakes += 1;
            }
        }
        mistakes
    }
}

/// Saturated layers and dead units: every right gradient passes, and every mistake is caught that is not below rounding.
#[test]
fn saturated_layers_and_dead_units() {
    let (mut turn, mut mistakes) = (0, 0);
    for (activation, depths) in [
        ("sigmoid", [1, 4, 16]),
        ("tanh", [1, 4, 16]),
        ("relu", [1, 3, 8]),
    ] {
        for layers in depths {
            for scale in [0.3, 1.0, 4.0, 20.0] {
                for bias in [0.0, 1.0, 5.0] {
                    let mut chain = Chain::new(activation, layers, scale, bias);
                    let what = format!("{layers} layers of {activation}, ±{scale}, bias {bias}");
                    // The many parameters of deep networks take their time: with these the losses take turns.
                    if layers < 16 || turn % 2 == 0 {
                        let what = format!("{what}, cross-entropy");
                        mistakes += chain.check(&what, SoftmaxCrossEntropy);
                    }
                    if layers < 16 || turn % 2 == 1 {
                        mistakes += chain.check(&format!("{what}, squared error"), Squared);
                    }
                    turn += 1;
                }
            }
        }
    }
    assert!(mistakes > 300, "{mistakes}");
}

//! The gradient checks: every gradient of section 3.7 against differences of the loss that the program reports, in `f64`.
//!
//! `cargo test --release --test gradients -- --nocapture` shows the reports. The second half plants the usual mistakes, to
//! show that the check finds them.

mod common;

use common::*;
use fromzero::Matrix;
use fromzero::gradcheck::{Report, check, check_direction};
use fromzero::ops::softmax;
use fromzero::section37::{
    Activations, Deltas, Gradients, Params, Sizes, backward, forward, gradient_descent, loss,
};

const SMALL: Sizes = Sizes {
    inputs: 7,
    hidden: 6,
    classes: 4,
};

/// A right gradient stays below this: what rounding explains is no error.
const TOLERANCE: f64 = 1e-8;

/// A network, a batch, and what the passes leave.
struct Run {
    p: Params<f64>,
    x: Matrix<f64>,
    y: Matrix<f64>,
    act: Activations<f64>,
    deltas: Deltas<f64>,
    gradients: Gradients<f64>,
}

impl Run {
    /// Weights within Glorot and Bengio's bound, biases that are not zero, pixels of 0..1, random labels; forward and
    /// backward. Gradients start as NaN, so that one which is not written shows.
    fn new(sizes: Sizes, samples: usize, seed: u64) -> Run {
        let rng = &mut SplitMix64::new(seed);
        let Sizes {
            inputs,
            hidden,
            classes,
        } = sizes;
        let mut p = Params::zeros(sizes).unwrap();
        for w in [&mut p.w1, &mut p.w2, &mut p.w3] {
            let bound = (6.0 / (w.rows() + w.cols()) as f64).sqrt();
            *w = uniform_matrix(rng, w.rows(), w.cols(), -bound, bound);
        }
        for b in [&mut p.b1, &mut p.b2, &mut p.b3] {
            b.fill_with(|| rng.uniform(-0.5, 0.5));
        }
        let x = uniform_matrix(rng, samples, inputs, 0.0, 1.0);
        let mut y = Matrix::zeros(samples, classes);
        for i in 0..samples {
            y[(i, rng.below(classes as u64) as usize)] = 1.0;
        }
        let mut gradients = Params::zeros(sizes).unwrap();
        gradients.assign(&vec![f64::NAN; gradients.count()]);
        let mut run = Run {
            p,
            x,
            y,
            act: Activations::new(sizes, samples).unwrap(),
            deltas: Deltas::new(sizes, samples).unwrap(),
            gradients,
        };
        assert_eq!(run.p.w1.shape(), (inputs, hidden));
        run.pass();
        run
    }

    /// Forward and backward.
    fn pass(&mut self) {
        forward(&self.p, &self.x, &mut self.act);
        backward(
            &self.p,
            &self.x,
            &self.y,
            &self.act,
            &mut self.deltas,
            &mut self.gradients,
        );
    }

    /// The loss as a function of all parameters.
    fn loss_of(&self) -> impl FnMut(&[f64]) -> f64 {
        let mut p = self.p.clone();
        let mut act = self.act.clone();
        move |theta| {
            p.assign(theta);
            forward(&p, &self.x, &mut act);
            loss(&act, &self.y)
        }
    }

    /// The check of every entry of a gradient, the run's own or a wrong one.
    fn check(&self, gradient: &Gradients<f64>) -> Report {
        let parameters = [
            ("w1", self.p.w1.iter().count()),
            ("b1", self.p.b1.len()),
            ("w2", self.p.w2.iter().count()),
            ("b2", self.p.b2.len()),
            ("w3", self.p.w3.iter().count()),
            ("b3", self.p.b3.len()),
        ];
        check(
            &parameters,
            &numbers(&self.p),
            &numbers(gradient),
            self.loss_of(),
        )
    }
}

fn numbers(p: &Params<f64>) -> Vec<f64> {
    p.iter().collect()
}

#[track_caller]
fn assert_right(what: &str, report: &Report) {
    println!("{what}: {report}");
    assert!(report.passes(TOLERANCE), "{what}: {report}");
}

#[test]
fn every_parameter_of_a_small_network_has_the_right_gradient() {
    for (samples, seed) in [(3, 1), (3, 2), (1, 3), (8, 4)] {
        let run = Run::new(SMALL, samples, seed);
        let report = run.check(&run.gradients);
        assert_eq!(report.checked, 7 * 6 + 6 + 6 * 6 + 6 + 6 * 4 + 4);
        assert_right(&format!("7-6-6-4, {samples} samples"), &report);
    }
}

/// 1,863,690 parameters at once along random directions, and along directions in which only one of them moves.
#[test]
fn the_whole_network_has_the_right_gradient_along_random_directions() {
    let run = Run::new(Sizes::default(), 3, 5);
    let (theta, gradient) = (numbers(&run.p), numbers(&run.gradients));
    assert_eq!(theta.len(), 1_863_690);
    let rng = &mut SplitMix64::new(6);
    let lengths = [784 * 1024, 1024, 1024 * 1024, 1024, 1024 * 10, 10];
    let mut ranges = vec![("all", 0..theta.len()), ("all", 0..theta.len())];
    let mut first = 0;
    for (name, len) in ["w1", "b1", "w2", "b2", "w3", "b3"]
        .into_iter()
        .zip(lengths)
    {
        ranges.push((name, first..first + len));
        first += len;
    }
    for (name, range) in ranges {
        let mut direction = vec![0.0; theta.len()];
        let scale = 10.0 / (range.len() as f64).sqrt();
        direction[range].fill_with(|| scale * rng.uniform(-1.0, 1.0));
        let report = check_direction(&theta, &direction, &gradient, run.loss_of());
        assert_right(&format!("784-1024-1024-10 along {name}"), &report);
    }
}

/// J = Σ cₖ·aₖ with random c. With all cₖ equal J would be constant, and any gradient that sums to 0 would do.
#[test]
fn softmax_has_the_right_gradient_for_a_random_cotangent() {
    let rng = &mut SplitMix64::new(7);
    for size in [2, 5, 10] {
        let draw = |rng: &mut SplitMix64, low, high| uniform_matrix::<f64>(rng, 1, size, low, high);
        let (z, c) = (draw(rng, -3.0, 3.0), draw(rng, -1.0, 1.0));
        let mut a = z.clone();
        softmax(&z, &mut a);
        let dot = |a: &Matrix<f64>| -> f64 { a.iter().zip(c.iter()).map(|(a, c)| a * c).sum() };
        // (3-61), (3-62): ∂J/∂zₖ = Σᵢ cᵢ·∂aᵢ/∂zₖ = aₖ·(cₖ − Σᵢ cᵢ·aᵢ)
        let gradient: Vec<f64> = (a.iter().zip(c.iter()))
            .map(|(a_k, c_k)| a_k * (c_k - dot(&a)))
            .collect();
        let report = check(&[("z", size)], z.row(0), &gradient, |z| {
            let mut a = Matrix::zeros(1, size);
            softmax(&Matrix::from_rows(&[z]), &mut a);
            dot(&a)
        });
        assert_right(&format!("softmax of {size}"), &report);
    }
}

#[test]
fn backward_overwrites_what_the_gradients_held() {
    let mut run = Run::new(SMALL, 3, 8);
    let first = numbers(&run.gradients);
    assert!(first.iter().all(|g| g.is_finite()), "{first:?}");
    run.pass();
    assert_same_bits("again", &numbers(&run.gradients), &first);
}

#[test]
fn a_smaller_last_batch_has_the_right_gradient_too() {
    let mut run = Run::new(SMALL, 5, 9);
    run.x.set_rows(2);
    run.y.set_rows(2);
    run.pass();
    assert_eq!((run.act.a2.rows(), run.deltas.delta2.rows()), (2, 2));
    assert_right("2 samples after 5", &run.check(&run.gradients));
    run.x.set_rows(5);
    run.y.set_rows(5);
    run.pass();
    assert_right("5 samples after 2", &run.check(&run.gradients));
}

/// A step along a wrong gradient may also lower the loss; the check must still reject it. Each mistake is far above the
/// tolerance, and the report names one of the entries that it spoils.
#[track_caller]
fn assert_wrong(mistake: &str, names: &[&str], spoil: impl Fn(&mut Gradients<f64>, &Run)) {
    let run = Run::new(SMALL, 3, 10);
    let mut wrong = run.gradients.clone();
    spoil(&mut wrong, &run);
    let report = run.check(&wrong);
    println!("{mistake}: {report}");
    assert!(!report.passes(1e-2), "{mistake}: {report}");
    assert!(
        names.contains(&report.worst.name.as_str()),
        "{mistake}: {report}"
    );
}

#[test]
fn a_flipped_sign_is_caught_in_every_parameter() {
    assert_wrong("w1", &["w1"], |g, _| g.w1[(6, 5)] *= -1.0);
    assert_wrong("b1", &["b1"], |g, _| g.b1[5] *= -1.0);
    assert_wrong("w2", &["w2"], |g, _| g.w2[(0, 0)] *= -1.0);
    assert_wrong("b2", &["b2"], |g, _| g.b2[0] *= -1.0);
    assert_wrong("w3", &["w3"], |g, _| g.w3[(5, 3)] *= -1.0);
    assert_wrong("b3", &["b3"], |g, _| g.b3[3] *= -1.0);
}

#[test]
fn a_missing_mean_over_the_samples_is_caught() {
    let all = ["w1", "b1", "w2", "b2", "w3", "b3"];
    assert_wrong("sums", &all, |g, _| {
        let sums: Vec<f64> = g.iter().map(|g| 3.0 * g).collect();
        g.assign(&sums);
    });
    assert_wrong("sum of one bias", &["b2"], |g, _| {
        g.b2.iter_mut().for_each(|b| *b *= 3.0);
    });
}

#[test]
fn a_bias_gradient_of_one_sample_is_caught() {
    assert_wrong("b3", &["b3"], |g, run| {
        g.b3.copy_from_slice(run.deltas.delta4.row(0));
    });
    assert_wrong("b1", &["b1"], |g, run| {
        g.b1.copy_from_slice(run.deltas.delta2.row(2));
    });
}

/// δ⁴ = z⁴ − y: scores taken for probabilities.
#[test]
fn a_gradient_from_raw_scores_is_caught() {
    let all = ["w1", "b1", "w2", "b2", "w3", "b3"];
    assert_wrong("raw scores", &all, |g, run| {
        let mut act = run.act.clone();
        act.a4.copy_from(&act.z4);
        let mut deltas = run.deltas.clone();
        backward(&run.p, &run.x, &run.y, &act, &mut deltas, g);
    });
}

/// (3-66) and (3-67) with weights that have already taken their step.
#[test]
fn a_delta_from_updated_weights_is_caught() {
    assert_wrong("updated w3", &["w1", "b1", "w2", "b2"], |g, run| {
        let mut p = run.p.clone();
        gradient_descent(&mut p, &run.gradients, 0.5);
        let mut deltas = run.deltas.clone();
        backward(&p, &run.x, &run.y, &run.act, &mut deltas, g);
    });
}

#[test]
fn a_gradient_that_is_not_a_number_never_passes() {
    let run = Run::new(SMALL, 3, 11);
    for index in [0, 60, 117] {
        let mut values = numbers(&run.gradients);
        values[index] = f64::NAN;
        let mut wrong = run.gradients.clone();
        wrong.assign(&values);
        let report = run.check(&wrong);
        assert!(
            report.worst.error.is_nan() && !report.passes(f64::INFINITY),
            "{report}"
        );
        assert!(report.worst.analytic.is_nan(), "{report}");
        let ones = vec![1.0; values.len()];
        let report = check_direction(&numbers(&run.p), &ones, &values, run.loss_of());
        assert!(!report.passes(f64::INFINITY), "{report}");
    }
    let report = check(&[("x", 1)], &[1.0], &[2.0], |_| f64::NAN);
    assert!(!report.passes(f64::INFINITY), "{report}");
}

/// Entries that are nearly zero agree with zero as far as rounding hides them, but not with a slope.
#[test]
fn zeros_agree_as_far_as_rounding_hides_them() {
    let parameters = [("a", 1), ("b", 1)];
    let right = check(&parameters, &[2.0, 3.0], &[4.0, 0.0], |t| t[0] * t[0]);
    assert!(right.passes(1e-9), "{right}");
    let tiny = check(&parameters, &[2.0, 3.0], &[4.0, 1e-12], |t| t[0] * t[0]);
    assert!(tiny.passes(1e-8), "{tiny}");
    let wrong = check(&parameters, &[2.0, 3.0], &[4.0, 0.0], |t| {
        t[0] * t[0] + 1e-3 * t[1]
    });
    assert!(!wrong.passes(1e-2), "{wrong}");
    let zeros = check(&parameters, &[2.0, 3.0], &[0.0, 0.0], |t| t[0] * t[1]);
    assert!(!zeros.passes(1e-2), "{zeros}");
}

#[test]
fn a_report_names_the_worst_entry() {
    let loss = |t: &[f64]| t[0] * t[0] + t[1] * t[2];
    let report = check(
        &[("a", 1), ("b", 2)],
        &[1.0, 5.0, 3.0],
        &[2.0, 3.0, 4.0],
        loss,
    );
    let worst = &report.worst;
    assert_eq!(
        (report.checked, worst.name.as_str(), worst.index),
        (3, "b", 1)
    );
    assert!((worst.numeric - 5.0).abs() < 1e-9 && worst.analytic == 4.0);
    assert!((worst.error - 0.2).abs() < 1e-9);
    let text = report.to_string();
    assert!(
        text.starts_with("3 entries compared; the worst is b[1]: analytic 4e0"),
        "{text}"
    );
}

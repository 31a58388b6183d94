//! Every partial derivative of section 3.7 by itself, at small sizes; the tally of what was found; and the check of whole
//! layers. (`cargo run --release --example gradcheck -- --full` does the first at full size.)

use crate::common::panics::assert_blames_caller;
use crate::common::*;
use fromzero::Matrix;
use fromzero::gradcheck::{RIGHT, Tally, compare, each_derivative};
use fromzero::nn::{self, *};
use fromzero::section37::{Activations, Deltas, Gradients, Params, Sizes, backward, forward, loss};

const SIZES: Sizes = Sizes {
    inputs: 7,
    hidden: 6,
    classes: 4,
};

struct Run {
    p: Params<f64>,
    x: Matrix<f64>,
    y: Matrix<f64>,
    gradients: Gradients<f64>,
}

impl Run {
    fn new(sizes: Sizes, samples: usize, seed: u64, weights: f64, pixels: f64) -> Run {
        let rng = &mut SplitMix64::new(seed);
        let mut p = Params::zeros(sizes).unwrap();
        p.assign(&uniform_vector(rng, p.count(), -weights, weights));
        let x = uniform_matrix(rng, samples, sizes.inputs, 0.0, pixels);
        let mut y = Matrix::zeros(samples, sizes.classes);
        for i in 0..samples {
            y[(i, rng.below(sizes.classes as u64) as usize)] = 1.0;
        }
        let gradients = Gradients::zeros(sizes).unwrap();
        let mut run = Run { p, x, y, gradients };
        run.pass();
        run
    }

    /// Forward and backward.
    fn pass(&mut self) {
        let (sizes, samples) = (self.p.sizes(), self.x.rows());
        let mut act = Activations::new(sizes, samples).unwrap();
        let mut deltas = Deltas::new(sizes, samples).unwrap();
        let (p, gradients) = (&self.p, &mut self.gradients);
        forward(p, &self.x, &mut act);
        backward(p, &self.x, &self.y, &act, &mut deltas, gradients);
    }

    fn numeric(&self) -> Gradients<f64> {
        each_derivative(&self.p, &self.x, &self.y, |_| ()).unwrap()
    }
}

fn numbers(p: &Params<f64>) -> Vec<f64> {
    p.iter().collect()
}

#[track_caller]
fn assert_all_right(what: &str, run: &Run) {
    for tally in Tally::of_gradients(&run.gradients, &run.numeric()) {
        println!("{what}: {tally}");
        assert_eq!(tally.right, tally.count(), "{what}: {tally}");
        assert_eq!((tally.wrong, tally.unseen), (0, 0));
        assert!(tally.worst.is_some_and(|worst| worst.error < RIGHT));
    }
}

#[test]
fn every_derivative_is_right() {
    for (samples, seed) in [(1, 1), (2, 2), (3, 3), (8, 4)] {
        assert_all_right("7-6-6-4", &Run::new(SIZES, samples, seed, 0.7, 1.0));
    }
    let odd = Sizes {
        inputs: 33,
        hidden: 19,
        classes: 10,
    };
    assert_all_right("33-19-19-10", &Run::new(odd, 3, 5, 0.5, 1.0));
    let one = Sizes {
        inputs: 1,
        hidden: 1,
        classes: 2,
    };
    assert_all_right("1-1-1-2", &Run::new(one, 2, 6, 1.0, 1.0));
}

/// Pixels of 0 to 255, which nobody has scaled, and weights with which every step reaches far.
#[test]
fn steps_are_as_long_as_inputs_and_weights_allow() {
    assert_all_right("pixels", &Run::new(SIZES, 3, 7, 0.02, 255.0));
    assert_all_right("wide weights", &Run::new(SIZES, 3, 8, 4.0, 1.0));
}

/// Wide weights whose signs alternate, so that no neuron saturates and a change of an input reaches the logits 16,384-fold: with
/// steps that do not heed that, the formula's own error would show.
#[test]
fn steps_are_shorter_the_more_sensitive_the_network_is() {
    let sizes = Sizes {
        inputs: 3,
        hidden: 4,
        classes: 2,
    };
    for pixels in [1.0, 255.0] {
        let mut run = Run::new(sizes, 2, 18, 1e-6 / pixels, pixels);
        for w in [&mut run.p.w2, &mut run.p.w3] {
            let sign = |i: usize, j: usize| if (i + j).is_multiple_of(2) { 1.0 } else { -1.0 };
            *w = Matrix::from_fn(w.rows(), w.cols(), |i, j| 256.0 * sign(i, j));
        }
        run.pass();
        for tally in Tally::of_gradients(&run.gradients, &run.numeric()) {
            let worst = tally.worst.map_or(0.0, |worst| worst.error);
            assert!(worst < 1e-10, "{pixels}: {tally}");
        }
    }
}

/// The losses whose changes it computes are those that the program reports.
#[test]
fn the_derivatives_are_those_of_the_reported_loss() {
    let run = Run::new(SIZES, 3, 9, 0.7, 1.0);
    let numeric = numbers(&run.numeric());
    let (mut p, mut act) = (run.p.clone(), Activations::new(SIZES, 3).unwrap());
    let all = [("all", (1, numeric.len()))];
    let comparison = compare(&all, &numbers(&run.p), &numeric, |theta| {
        p.assign(theta);
        forward(&p, &run.x, &mut act);
        loss(&act, &run.y)
    });
    let report = comparison.report();
    assert!(report.passes(1e-9) && report.below == 0, "{report}");
}

/// A millionth is enough, in whichever entry: it is found, named, and nothing else is.
#[test]
fn an_error_of_a_millionth_is_found_in_every_single_entry() {
    let run = Run::new(SIZES, 3, 10, 0.7, 1.0);
    let (numeric, right) = (run.numeric(), numbers(&run.gradients));
    for spoiled in 0..right.len() {
        for factor in [1.0 + 1e-6, 1.0 - 1e-6, -1.0, 0.0] {
            let mut wrong = right.clone();
            wrong[spoiled] *= factor;
            let mut gradients = run.gradients.clone();
            gradients.assign(&wrong);
            let tallies = Tally::of_gradients(&gradients, &numeric);
            let mut first = 0;
            for tally in tallies {
                let is_here = (first..first + tally.count()).contains(&spoiled);
                assert_eq!(tally.wrong, usize::from(is_here), "{spoiled}: {tally}");
                if is_here {
                    assert_eq!(tally.worst.map(|worst| worst.index), Some(spoiled - first));
                }
                first += tally.count();
            }
            assert_eq!(first, right.len());
        }
    }
}

#[test]
fn what_is_not_a_number_is_wrong() {
    let run = Run::new(SIZES, 2, 11, 0.7, 1.0);
    let numeric = run.numeric();
    for broken in [f64::NAN, f64::INFINITY] {
        let mut gradients = run.gradients.clone();
        gradients.w2[(3, 1)] = broken;
        let tally = &Tally::of_gradients(&gradients, &numeric)[2];
        assert_eq!((tally.wrong, tally.right), (1, 35), "{tally}");
        let worst = tally.worst.expect("a worst entry");
        assert!(worst.index == 19 && worst.error.is_nan(), "{tally}");
        let mut p = run.p.clone();
        p.w3[(0, 0)] = broken;
        let numeric = each_derivative(&p, &run.x, &run.y, |_| ()).unwrap();
        for tally in Tally::of_gradients(&run.gradients, &numeric) {
            assert_eq!(tally.right, 0, "{tally}");
        }
        // Both are broken in the same way: no reason to call that right.
        let tallies = Tally::of_gradients(&gradients, &gradients);
        assert_eq!(tallies[2].wrong, 1);
    }
}

#[test]
fn progress_counts_every_entry_once() {
    // More inputs than are tried at a time.
    let sizes = Sizes {
        inputs: 33,
        ..SIZES
    };
    let run = Run::new(sizes, 2, 12, 0.7, 1.0);
    let mut last = 0;
    each_derivative(&run.p, &run.x, &run.y, |done| {
        assert!(done > last, "{done} after {last}");
        last = done;
    })
    .unwrap();
    assert_eq!(last, run.p.count());
}

#[test]
fn batches_of_another_network_are_refused_at_the_callers_line() {
    let run = Run::new(SIZES, 2, 13, 0.7, 1.0);
    let (p, x, y) = (&run.p, &run.x, &run.y);
    assert_blames_caller("shapes 2×4 and 2×7", || each_derivative(p, y, y, |_| ()));
    assert_blames_caller("shapes 2×7 and 2×4", || each_derivative(p, x, x, |_| ()));
    assert_blames_caller("shapes 2×7 and 3×7", || {
        each_derivative(p, x, &Matrix::zeros(3, 4), |_| ())
    });
}

/// A tally as text, with its histogram: two errors are 0, one is a hundredth, and one entry has the other sign.
#[test]
fn a_tally_counts_names_and_draws() {
    let sizes = Sizes {
        inputs: 2,
        hidden: 2,
        classes: 1,
    };
    let mut numeric = Gradients::<f64>::zeros(sizes).unwrap();
    numeric.assign(&[
        1.0, 2.0, 4.0, 8.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 3.0, 1.0, 1.0, 1.0,
    ]);
    let mut analytic = numeric.clone();
    analytic.w1[(0, 1)] = 1.98;
    analytic.w1[(1, 0)] = -4.0;
    analytic.b2[1] = 3.0 * (1.0 + 2e-9);
    let tallies = Tally::of_gradients(&analytic, &numeric);
    assert_eq!(
        format!("{:#}", tallies[0]),
        "w1 [2, 2]       2 of 4 right, median 1.0e-2, worst 2.0e0 at w1[1, 0]: analytic -4.000000e0, numeric 4.000000e0\
         \n      exactly 0 ████████████████████████████████████████ 2\
         \n    below 1e-17  0\n    below 1e-16  0\n    below 1e-15  0\n    below 1e-14  0\n    below 1e-13  0\
         \n    below 1e-12  0\n    below 1e-11  0\n    below 1e-10  0\n     below 1e-9  0\n     below 1e-8  0\
         \n     below 1e-7  0\n     below 1e-6  0\n     below 1e-5  0\n     below 1e-4  0\n     below 1e-3  0\
         \n     below 1e-2  0\n     below 1e-1 ████████████████████ 1\n      below 1e0  0\
         \n      1 or more ████████████████████ 1"
    );
    assert_eq!(
        tallies[3].to_string(),
        "b2 [2]          2 of 2 right, median 2.0e-9, worst 2.0e-9 at b2[1]"
    );
    assert_eq!(tallies[1].median, 0.0);
}

/// Inputs and parameters are all there, under names that tell them apart.
#[test]
fn a_network_is_checked_with_its_inputs_and_parameters() {
    let x = random_matrix(&mut SplitMix64::new(14), 4, 3);
    let make = || {
        let net = Sequential::new(2)
            .then(Dense::new(5))
            .then(BatchNorm::new());
        net.then(Tanh::new())
            .then(Dropout::new(0.5))
            .then(Dense::new(2))
    };
    let comparison = nn::check(make, &x);
    let parameters = comparison.parameters().map(|(name, shape, entries)| {
        assert_eq!(entries.len(), shape.0 * shape.1);
        (name.to_string(), shape)
    });
    let parameters: Vec<_> = parameters.collect();
    let expected = [
        ("x", (4, 3)),
        ("w1", (3, 5)),
        ("b1", (1, 5)),
        ("gamma", (1, 5)),
        ("beta", (1, 5)),
        ("w2", (5, 2)),
        ("b2", (1, 2)),
    ];
    assert_eq!(
        parameters,
        expected.map(|(name, shape)| (name.to_string(), shape))
    );
    assert!(comparison.report().passes(1e-8), "{}", comparison.report());
}

/// f(x) = x³ with the derivative 3x.
struct Wrong;

impl Function<f64> for Wrong {
    const NAME: &'static str = "Cube";
    const KEEPS: Keeps = Keeps::Input;
    fn value(x: f64) -> f64 {
        x * x * x
    }
    fn derivative(x: f64) -> f64 {
        3.0 * x
    }
}

#[test]
fn a_wrong_layer_is_found() {
    let x = random_matrix(&mut SplitMix64::new(15), 3, 2);
    let cube = Activation::<f64, Wrong>::new;
    let report = nn::check(cube, &x).report();
    assert!(!report.passes(1e-2) && report.worst.name == "x", "{report}");
    // In front of it all is wrong, behind it nothing.
    let make = || {
        let net = Sequential::new(3).then(Dense::new(3)).then(cube());
        net.then(Dense::new(2))
    };
    let comparison = nn::check_loss(make, &x, SoftmaxCrossEntropy, &vec![0, 1, 1]);
    for tally in Tally::of(&comparison, 1e-8) {
        let is_before = ["x", "w1", "b1"].contains(&&tally.name[..]);
        assert_eq!(tally.right == 0, is_before, "{tally}");
        assert_eq!(tally.wrong > 0, is_before, "{tally}");
    }
}

/// The squared error, without its gradient: what is not written is no gradient.
struct Forgotten;

impl Loss<f64> for Forgotten {
    fn name(&self) -> &'static str {
        "Forgotten"
    }
    fn loss(&self, predicted: &Matrix<f64>, y: &Matrix<f64>) -> f64 {
        Squared.loss(predicted, y)
    }
    fn grad(&self, _: &Matrix<f64>, _: &Matrix<f64>, grad: &mut Matrix<f64>) {
        grad.map(|_| 0.0);
    }
}

#[test]
fn a_gradient_of_zeros_is_wrong() {
    let x = random_matrix(&mut SplitMix64::new(16), 3, 2);
    let y = random_matrix(&mut SplitMix64::new(17), 3, 2);
    let make = || Sequential::new(3).then(Dense::new(2));
    for tally in Tally::of(&nn::check_loss(make, &x, Forgotten, &y), 1e-8) {
        assert_eq!(tally.right, 0, "{tally}");
    }
    assert!(nn::check_loss(make, &x, Squared, &y).report().passes(1e-8));
}

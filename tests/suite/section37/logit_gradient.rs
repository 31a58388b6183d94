//! Which inputs speak for a class.

use crate::common::panics::assert_blames_caller;
use crate::common::*;
use fromzero::Matrix;
use fromzero::gradcheck::check;
use fromzero::section37::*;

const SIZES: Sizes = Sizes {
    inputs: 7,
    hidden: 6,
    classes: 4,
};
/// The class of each sample whose logit is asked about.
const CLASSES: [usize; 3] = [2, 0, 3];

fn network() -> (Params<f64>, Matrix<f64>, Matrix<f64>) {
    let rng = &mut SplitMix64::new(5);
    let mut p = Params::zeros(SIZES).unwrap();
    let values: Vec<f64> = (0..p.count()).map(|_| rng.uniform(-1.0, 1.0)).collect();
    p.assign(&values);
    let x = uniform_matrix(rng, CLASSES.len(), SIZES.inputs, 0.0, 1.0);
    let classes = Matrix::from_fn(CLASSES.len(), SIZES.classes, |i, k| {
        f64::from(u8::from(CLASSES[i] == k))
    });
    (p, x, classes)
}

#[test]
fn the_gradient_of_a_logit_is_that_of_its_differences() {
    let (p, x, classes) = network();
    let mut act = Activations::new(SIZES, 3).unwrap();
    let mut deltas = Deltas::new(SIZES, 3).unwrap();
    let mut gradient = Matrix::from_fn(3, SIZES.inputs, |_, _| f64::NAN);
    forward(&p, &x, &mut act);
    logit_gradient(&p, &classes, &act, &mut deltas, &mut gradient);
    // Each sample's logit depends on its own inputs alone, so their sum has the gradients of all.
    let sum_of_logits = |inputs: &[f64]| {
        let x = Matrix::from_slice(3, SIZES.inputs, inputs);
        forward(&p, &x, &mut act);
        let logits = CLASSES.iter().enumerate();
        logits.map(|(i, &k)| act.z4[(i, k)]).sum()
    };
    let flat = |m: &Matrix<f64>| m.iter().collect::<Vec<_>>();
    let parameters = [("x", 3 * SIZES.inputs)];
    let report = check(&parameters, &flat(&x), &flat(&gradient), sum_of_logits);
    assert!(report.passes(1e-8), "{report}");
}

#[test]
fn classes_of_another_batch_are_refused_at_the_callers_line() {
    let (p, x, classes) = network();
    let mut act = Activations::new(SIZES, 3).unwrap();
    let mut deltas = Deltas::new(SIZES, 3).unwrap();
    let mut gradient = Matrix::zeros(3, SIZES.inputs);
    forward(&p, &x, &mut act);
    let fewer = Matrix::from_fn(2, SIZES.classes, |i, k| classes[(i, k)]);
    assert_blames_caller("shapes 2×6 and 3×6", || {
        logit_gradient(&p, &fewer, &act, &mut deltas, &mut gradient)
    });
    let other = Matrix::zeros(3, 5);
    assert_blames_caller("3×5", || {
        logit_gradient(&p, &other, &act, &mut deltas, &mut gradient)
    });
}

//! Section 3.7 against golden numbers from an independent NumPy program, `tests/fixtures/section37_golden.py`, which says
//! what each of them is.

use crate::common::*;
use fromzero::elementary::ln;
use fromzero::section37::{
    Activations, Deltas, Gradients, Params, backward, forward, gradient_descent, loss,
};
use fromzero::{Matrix, Real};

const INPUTS: usize = 12;
const HIDDEN: usize = 9;
const CLASSES: usize = 5;
const SAMPLES: usize = 28;
const BATCH: usize = 6;
const STEPS: usize = 10;
const LEARNING_RATE: f64 = 0.5;

fn golden() -> Fixture {
    Fixture::parse(include_str!("../../fixtures/section37_golden.txt"))
}

/// The initial weights, the images and their one-hot labels, as the fixture's program draws them.
fn draw<T: Real>() -> (Params<T>, Matrix<T>, Matrix<T>) {
    let rng = &mut SplitMix64::new(37);
    let weight = |rng: &mut SplitMix64, rows, cols| uniform_matrix(rng, rows, cols, -0.3, 0.3);
    let bias = |rng: &mut SplitMix64, cols| weight(rng, 1, cols).row(0).to_vec();
    let params = Params {
        w1: weight(rng, INPUTS, HIDDEN),
        b1: bias(rng, HIDDEN),
        w2: weight(rng, HIDDEN, HIDDEN),
        b2: bias(rng, HIDDEN),
        w3: weight(rng, HIDDEN, CLASSES),
        b3: bias(rng, CLASSES),
    };
    let images = uniform_matrix(rng, SAMPLES, INPUTS, 0.0, 1.0);
    let mut targets = Matrix::zeros(SAMPLES, CLASSES);
    for i in 0..SAMPLES {
        targets[(i, rng.below(CLASSES as u64) as usize)] = T::ONE;
    }
    (params, images, targets)
}

/// Gradients that no step has written yet, for these parameters.
fn unwritten<T: Real>(p: &Params<T>) -> Gradients<T> {
    let matrix = |w: &Matrix<T>| Matrix::from_fn(w.rows(), w.cols(), |_, _| T::NAN);
    let vector = |b: &Vec<T>| vec![T::NAN; b.len()];
    Gradients {
        w1: matrix(&p.w1),
        b1: vector(&p.b1),
        w2: matrix(&p.w2),
        b2: vector(&p.b2),
        w3: matrix(&p.w3),
        b3: vector(&p.b3),
    }
}

/// Trains ten steps and compares everything that the fixture records on the way.
fn train_and_compare<T: Real>(tolerance: f64) {
    let golden = golden();
    let check = |name: &str, actual: &dyn Table<Entry = T>| {
        assert_close(name, actual, golden.get(name), tolerance);
    };
    let (mut params, images, targets) = draw::<T>();
    let mut act = Activations::new(params.sizes(), BATCH).unwrap();
    let mut deltas = Deltas::new(params.sizes(), BATCH).unwrap();
    let mut gradients = unwritten(&params);
    let mut losses = Vec::new();
    let batches = SAMPLES.div_ceil(BATCH);
    for step in 1..=STEPS {
        let first = (step - 1) % batches * BATCH;
        let rows = first..SAMPLES.min(first + BATCH);
        let x = images.view().block(rows.clone(), 0..INPUTS).to_matrix();
        let y = targets.view().block(rows, 0..CLASSES).to_matrix();
        forward(&params, &x, &mut act);
        losses.push(loss(&act, &y));
        backward(&params, &x, &y, &act, &mut deltas, &mut gradients);
        if step == 1 || step == STEPS {
            check(&format!("step{step}.a2"), &act.a2);
            check(&format!("step{step}.a3"), &act.a3);
            check(&format!("step{step}.a4"), &act.a4);
            check(&format!("step{step}.delta4"), &deltas.delta4);
            check(&format!("step{step}.delta3"), &deltas.delta3);
            check(&format!("step{step}.delta2"), &deltas.delta2);
            check(&format!("step{step}.grad_w1"), &gradients.w1);
            check(&format!("step{step}.grad_b1"), &gradients.b1);
            check(&format!("step{step}.grad_w2"), &gradients.w2);
            check(&format!("step{step}.grad_b2"), &gradients.b2);
            check(&format!("step{step}.grad_w3"), &gradients.w3);
            check(&format!("step{step}.grad_b3"), &gradients.b3);
        }
        gradient_descent(&mut params, &gradients, T::from_f64(LEARNING_RATE));
    }
    assert_close("losses", &losses, golden.get("losses"), tolerance);
    check("final.w1", &params.w1);
    check("final.b1", &params.b1);
    check("final.w2", &params.w2);
    check("final.b2", &params.b2);
    check("final.w3", &params.w3);
    check("final.b3", &params.b3);
}

#[test]
fn ten_steps_in_f64_agree_to_rounding() {
    train_and_compare::<f64>(1e-13);
}

/// The tolerance is 17 units of `f32`'s last place at the largest entry: room for sums of twelve terms through three layers.
#[test]
fn ten_steps_in_f32_agree_to_rounding() {
    train_and_compare::<f32>(2e-6);
}

/// The activations of a network whose last product is zero, so that z⁴ = b³: the way to give softmax any row.
fn last_layer(z4: &[f64]) -> (Params<f64>, Activations<f64>) {
    let params = Params {
        w1: Matrix::zeros(1, 1),
        b1: vec![0.0],
        w2: Matrix::zeros(1, 1),
        b2: vec![0.0],
        w3: Matrix::zeros(1, z4.len()),
        b3: z4.to_vec(),
    };
    let mut act = Activations::new(params.sizes(), 1).unwrap();
    forward(&params, &Matrix::zeros(1, 1), &mut act);
    (params, act)
}

/// f′(0) by the five-point stencil with h = 10⁻³: its own error is h⁴·f⁽⁵⁾/30, and rounding's about 10⁻¹³.
fn derivative(f: impl Fn(f64) -> f64) -> f64 {
    let h = 1e-3;
    (8.0 * (f(h) - f(-h)) - (f(2.0 * h) - f(-2.0 * h))) / (12.0 * h)
}

/// `values` with `step` added to entry `i`.
fn moved(values: &[f64], i: usize, step: f64) -> Vec<f64> {
    let mut values = values.to_vec();
    values[i] += step;
    values
}

/// (3-57), and its derivatives (3-61) and (3-62): as the formula has them and as differences of the forward pass.
#[test]
fn softmax_has_the_derived_jacobian() {
    let golden = golden();
    let z = golden.get("softmax.z").row(0);
    let jacobian = golden.get("softmax.jacobian");
    let n = z.len();
    let a = last_layer(z).1.a4;
    assert_close("(3-57)", &a, golden.get("softmax.a"), 4e-15);

    let a = a.row(0);
    let formula = Matrix::from_fn(n, n, |i, j| {
        if i == j {
            a[i] * (1.0 - a[i])
        } else {
            -a[i] * a[j]
        }
    });
    assert_close("(3-61), (3-62)", &formula, jacobian, 4e-15);

    let a_of_z = |i, j, step| last_layer(&moved(z, j, step)).1.a4[(0, i)];
    let differences = Matrix::from_fn(n, n, |i, j| derivative(|step| a_of_z(i, j, step)));
    assert_close("∂a/∂z", &differences, jacobian, 1e-11);
}

/// (3-58), its derivative (3-60), and the chain rule (3-59), which must give (3-63): δ⁴ = a⁴ − y.
#[test]
fn the_chain_rule_gives_the_delta_of_the_last_layer() {
    let golden = golden();
    let row = |name| golden.get(name).row(0);
    let (z, y, a) = (row("softmax.z"), row("softmax.y"), row("softmax.a"));
    let n = z.len();
    let target = Matrix::from_rows(&[y]);
    let (params, act) = last_layer(z);
    let mut deltas = Deltas::new(params.sizes(), 1).unwrap();
    let j = loss(&act, &target);
    assert_close("(3-58)", &[j], golden.get("softmax.loss"), 4e-15);

    let j_of_a = |a: &[f64]| -> f64 { (0..n).map(|k| -y[k] * ln(a[k])).sum() };
    // With steps of h·aᵢ the stencil's error in the derivative of ln is 0.8·h⁴ of it, whatever aᵢ is.
    let dj_da: Vec<f64> = (0..n)
        .map(|i| derivative(|step| j_of_a(&moved(a, i, step * a[i]))) / a[i])
        .collect();
    assert_close("(3-60)", &dj_da, golden.get("softmax.dj_da"), 1e-11);

    let jacobian = golden.get("softmax.jacobian");
    let chain: Vec<f64> = (0..n)
        .map(|i| {
            (0..n)
                .map(|k| row("softmax.dj_da")[k] * jacobian[(k, i)])
                .sum()
        })
        .collect();
    assert_close("(3-59)", &chain, golden.get("softmax.delta"), 1e-14);

    let mut gradients = unwritten(&params);
    backward(
        &params,
        &Matrix::zeros(1, 1),
        &target,
        &act,
        &mut deltas,
        &mut gradients,
    );
    assert_close("(3-63)", &deltas.delta4, golden.get("softmax.delta"), 4e-15);

    let j_of_z = |i, step| loss(&last_layer(&moved(z, i, step)).1, &target);
    let differences: Vec<f64> = (0..n).map(|i| derivative(|step| j_of_z(i, step))).collect();
    assert_close("∂J/∂z", &differences, golden.get("softmax.delta"), 1e-11);
}

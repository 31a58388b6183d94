//! The recurrent layer: golden numbers from `tests/fixtures/seeds_golden.py`, gradients against differences, and what follows
//! from its definition.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::common::*;
use fromzero::gradcheck::check;
use fromzero::nn::{Adam, Criterion, Dense, Layer, Mse, Optimizer, Rnn, Sequential};
use fromzero::{Engine, Isa, Matrix, Real};

/// What one forward and one backward pass give.
struct Passes<T: Real> {
    h: Matrix<T>,
    grad_x: Matrix<T>,
    grad_h0: Matrix<T>,
    /// Those of w_x, w_h and b.
    grads: Vec<Matrix<T>>,
}

fn run<T: Real>(
    rnn: &mut Rnn<T>,
    h0: &Matrix<T>,
    x: &Matrix<T>,
    cotangent: &Matrix<T>,
) -> Passes<T> {
    let h = rnn.forward_from(h0, x).clone();
    let grad_x = rnn.backward(cotangent).clone();
    Passes {
        h,
        grad_x,
        grad_h0: rnn.h0_gradient().clone(),
        grads: rnn.parameters().iter().map(|p| p.grad.clone()).collect(),
    }
}

/// A layer with random parameters, biases too, and a random h0, x and cotangent for `batch` sequences.
struct Case<T: Real> {
    rnn: Rnn<T>,
    h0: Matrix<T>,
    x: Matrix<T>,
    cotangent: Matrix<T>,
}

fn draw<T: Real>(
    seed: u64,
    (steps, batch, inputs, hidden): (usize, usize, usize, usize),
) -> Case<T> {
    let rng = &mut SplitMix64::new(seed);
    let mut rnn = Rnn::new(hidden, steps);
    rnn.init(inputs, &mut fromzero::rng::Rng::new(1));
    let parameters = [(inputs, hidden), (hidden, hidden), (1, hidden)];
    let parameters = parameters.map(|(rows, cols)| random_matrix(rng, rows, cols));
    rnn.set_parameters(&parameters).expect("these shapes");
    Case {
        rnn,
        h0: random_matrix(rng, batch, hidden),
        x: random_matrix(rng, steps * batch, inputs),
        cotangent: random_matrix(rng, steps * batch, hidden),
    }
}

impl<T: Real> Case<T> {
    fn run(&mut self) -> Passes<T> {
        run(&mut self.rnn, &self.h0, &self.x, &self.cotangent)
    }
}

fn golden<T: Real>(tolerance: f64) {
    let golden = Fixture::parse(include_str!("../../fixtures/seeds_golden.txt"));
    let get = |name: &str| golden.get(&format!("rnn.{name}"));
    let convert = |name: &str| rounded::<T>(get(name));
    let [h0, x, cotangent] = ["h0", "x", "cotangent"].map(convert);
    let mut rnn = Rnn::new(h0.cols(), x.rows() / h0.rows());
    rnn.init(x.cols(), &mut fromzero::rng::Rng::new(1));
    rnn.set_parameters(&["w_x", "w_h", "b"].map(convert))
        .expect("the fixture's shapes");
    // A pass over something else first: nothing of it may be left.
    rnn.forward(&convert("x"));
    rnn.backward(&convert("h"));
    let passes = run(&mut rnn, &h0, &x, &cotangent);
    assert_close("h", &passes.h, get("h"), tolerance);
    assert_close("grad_x", &passes.grad_x, get("grad_x"), tolerance);
    assert_close("grad_h0", &passes.grad_h0, get("grad_h0"), tolerance);
    for (grad, name) in passes.grads.iter().zip(["grad_w_x", "grad_w_h", "grad_b"]) {
        assert_close(name, grad, get(name), tolerance);
    }
}

#[test]
fn agrees_with_the_golden_numbers() {
    golden::<f64>(1e-14);
    golden::<f32>(1e-6);
}

/// All of w_x, w_h, b, x and h0, for J = Σ cotangent ⊙ h.
#[test]
fn every_gradient_is_that_of_the_differences() {
    for steps in 1..=5 {
        for batch in [1, 3] {
            let mut case = draw::<f64>(steps as u64, (steps, batch, 2, 4));
            let passes = case.run();
            let [w_x, w_h, b] = &passes.grads[..] else {
                panic!("expected 3 parameters, found {}", passes.grads.len());
            };
            let values = case.rnn.parameters();
            let variables = [
                ("w_x", values[0].value.clone(), w_x),
                ("w_h", values[1].value.clone(), w_h),
                ("b", values[2].value.clone(), b),
                ("x", case.x.clone(), &passes.grad_x),
                ("h0", case.h0.clone(), &passes.grad_h0),
            ];
            let (mut sizes, mut theta, mut analytic) = (Vec::new(), Vec::new(), Vec::new());
            for (name, value, gradient) in &variables {
                sizes.push((*name, value.rows() * value.cols()));
                theta.extend(value.iter());
                analytic.extend(gradient.iter());
            }
            let report = check(&sizes, &theta, &analytic, |theta| {
                let (mut moved, mut rest) = (Vec::new(), theta);
                for (_, value, _) in &variables {
                    let (these, others) = rest.split_at(value.rows() * value.cols());
                    moved.push(Matrix::from_slice(value.rows(), value.cols(), these));
                    rest = others;
                }
                case.rnn.set_parameters(&moved[..3]).expect("the shapes");
                let h = case.rnn.forward_from(&moved[4], &moved[3]);
                let mut j = 0.0;
                for (h, c) in h.iter().zip(case.cotangent.iter()) {
                    j += h * c;
                }
                j
            });
            assert_eq!(report.checked, theta.len());
            assert!(
                report.passes(1e-8),
                "{steps} steps, batch of {batch}: {report}"
            );
        }
    }
}

/// The recurrent layer as a part of a network, with the reported loss differentiated.
#[test]
fn a_chain_of_rnn_and_linear_passes_the_gradient_check() {
    let rng = &mut SplitMix64::new(8);
    let mut net = Sequential::<f64>::new(1)
        .then(Rnn::new(3, 4))
        .then(Dense::linear(3, 2));
    let (x, y) = (random_matrix(rng, 8, 2), random_matrix(rng, 8, 2));
    let mut mse = Criterion::new(Mse);
    mse.of(net.forward(&x), &y).backward(&mut net);
    let (theta, analytic) = (values_of(&net), gradients_of(&net));
    let parameters = net.parameters();
    let sizes: Vec<_> = parameters.iter().map(|p| (p.name, p.count())).collect();
    let report = check(&sizes, &theta, &analytic, |theta| {
        set_values(&mut net, theta);
        mse.of(net.forward(&x), &y).value
    });
    assert!(report.passes(1e-8), "{report}");
}

#[test]
fn as_a_layer_it_starts_from_zeros_whatever_came_before() {
    let mut case = draw::<f32>(2, (4, 3, 2, 5));
    let from_zeros = run(
        &mut case.rnn,
        &Matrix::zeros(3, 5),
        &case.x,
        &case.cotangent,
    );
    case.run();
    assert_same_bits("h", case.rnn.forward(&case.x), &from_zeros.h);
    let grad_x = case.rnn.backward(&case.cotangent);
    assert_same_bits("grad_x", grad_x, &from_zeros.grad_x);
}

/// h₀ and its gradient are what joins two parts of a sequence.
#[test]
fn a_sequence_in_two_parts_is_the_whole_sequence() {
    let (batch, inputs, hidden) = (3, 2, 5);
    let mut case = draw::<f64>(3, (5, batch, inputs, hidden));
    let whole = case.run();
    let part = |m: &Matrix<f64>, rows| m.view().block(rows, 0..m.cols()).to_matrix();
    let (early, late) = (0..2 * batch, 2 * batch..5 * batch);

    case.rnn.set_steps(2);
    let h_early = case
        .rnn
        .forward_from(&case.h0, &part(&case.x, early.clone()))
        .clone();
    let between = part(&h_early, batch..2 * batch);
    case.rnn.set_steps(3);
    let second = run(
        &mut case.rnn,
        &between,
        &part(&case.x, late.clone()),
        &part(&case.cotangent, late.clone()),
    );
    assert_same_bits("h, early", &h_early, &part(&whole.h, early.clone()));
    assert_same_bits("h, late", &second.h, &part(&whole.h, late.clone()));
    assert_same_bits("grad_x, late", &second.grad_x, &part(&whole.grad_x, late));

    let mut cotangent = part(&case.cotangent, early.clone());
    for i in 0..batch {
        for j in 0..hidden {
            cotangent[(batch + i, j)] += second.grad_h0[(i, j)];
        }
    }
    case.rnn.set_steps(2);
    let first = run(
        &mut case.rnn,
        &case.h0,
        &part(&case.x, early.clone()),
        &cotangent,
    );
    assert_close(
        "grad_x, early",
        &first.grad_x,
        &part(&whole.grad_x, early),
        1e-14,
    );
    assert_close("grad_h0", &first.grad_h0, &whole.grad_h0, 1e-14);
    for (i, whole) in whole.grads.iter().enumerate() {
        let mut sum = first.grads[i].clone();
        sum.zip(&second.grads[i], |a, b| a + b);
        assert_close("a parameter's gradient", &sum, whole, 1e-14);
    }
}

/// Sequences do not know of each other, and larger or smaller batches in between leave no trace.
#[test]
fn each_sequence_is_computed_by_itself() {
    let (steps, inputs, hidden) = (4, 2, 5);
    let mut case = draw::<f32>(4, (steps, 3, inputs, hidden));
    let together = case.run();
    let row = |m: &Matrix<f32>, i: usize| Matrix::from_rows(&[m.row(i)]);
    for i in 0..3 {
        let of_one = |m: &Matrix<f32>| Matrix::from_fn(steps, m.cols(), |t, j| m[(3 * t + i, j)]);
        let alone = run(
            &mut case.rnn,
            &row(&case.h0, i),
            &of_one(&case.x),
            &of_one(&case.cotangent),
        );
        assert_same_bits("h", &alone.h, &of_one(&together.h));
        assert_same_bits("grad_x", &alone.grad_x, &of_one(&together.grad_x));
        assert_same_bits("grad_h0", &alone.grad_h0, &row(&together.grad_h0, i));
    }
    let again = case.run();
    for (again, before) in again.grads.iter().zip(&together.grads) {
        assert_same_bits("a parameter's gradient", again, before);
    }
}

#[test]
fn gradients_are_overwritten_and_the_same_without_that_of_the_inputs() {
    let mut case = draw::<f32>(5, (3, 2, 2, 4));
    let once = case.run();
    case.rnn.backward(&case.cotangent);
    case.rnn.backward_parameters(&case.cotangent);
    for (parameter, once) in case.rnn.parameters().into_iter().zip(&once.grads) {
        assert_same_bits(parameter.name, &parameter.grad, once);
    }
    assert_same_bits("grad_h0", case.rnn.h0_gradient(), &once.grad_h0);
}

/// The sizes are such that the products over all steps are divided among the threads.
#[test]
fn the_bits_do_not_depend_on_threads_or_instruction_set() {
    let passes = |isa, threads| {
        let engine = Engine::new(isa, threads).expect("it is available");
        engine.run(|| draw::<f32>(6, (9, 33, 3, 70)).run())
    };
    let reference = passes(Isa::Portable, 1);
    for isa in Isa::available() {
        for threads in [1, 2] {
            let other = passes(isa, threads);
            assert_same_bits("h", &other.h, &reference.h);
            assert_same_bits("grad_x", &other.grad_x, &reference.grad_x);
            assert_same_bits("grad_h0", &other.grad_h0, &reference.grad_h0);
            for (other, reference) in other.grads.iter().zip(&reference.grads) {
                assert_same_bits("a parameter's gradient", other, reference);
            }
        }
    }
}

/// The smallest task that needs a memory: to put out what came in two steps before.
#[test]
fn it_learns_to_remember() {
    let (steps, batch) = (8, 16);
    let rng = &mut SplitMix64::new(7);
    let mut net = Sequential::<f32>::new(1)
        .then(Rnn::new(16, steps))
        .then(Dense::linear(16, 1));
    let (mut mse, mut adam) = (Criterion::new(Mse), Adam::new(0.01));
    let mut last = f64::INFINITY;
    for _ in 0..300 {
        let x = random_matrix::<f32>(rng, steps * batch, 1);
        let y = Matrix::from_fn(steps * batch, 1, |row, _| {
            match row.checked_sub(2 * batch) {
                Some(earlier) => x[(earlier, 0)],
                None => 0.0,
            }
        });
        let loss = mse.of(net.forward(&x), &y);
        last = loss.value;
        loss.backward(&mut net);
        adam.step(&mut net);
    }
    assert!(last < 0.01, "the last loss is {last}");
}

/// The message of the panic.
fn message(f: &mut dyn FnMut()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(f)).expect_err("it should panic");
    match panic.downcast::<String>() {
        Ok(message) => *message,
        Err(panic) => panic.downcast::<&str>().expect("a message").to_string(),
    }
}

#[test]
fn misuse_is_told() {
    let zeros = Matrix::<f32>::zeros;
    let rnn = || Rnn::<f32>::new(4, 5);
    assert_eq!(
        message(&mut || drop(Rnn::<f32>::new(4, 0))),
        "Rnn: expected sequences of at least 1 time step, found 0"
    );
    assert_eq!(
        message(&mut || drop(Rnn::<f32>::new(0, 5))),
        "Rnn: expected at least 1 hidden neuron, found 0"
    );
    assert_eq!(
        message(&mut || _ = rnn().forward(&zeros(12, 2))),
        "Rnn: expected sequences of 5 time steps, the same number of rows for each, found 12 rows"
    );
    assert_eq!(
        message(&mut || _ = rnn().forward(&zeros(0, 2))),
        "Rnn: expected at least 1 sample, found an empty batch"
    );
    assert_eq!(
        message(&mut || _ = rnn().forward_from(&zeros(2, 4), &zeros(15, 2))),
        "Rnn: expected first states h0 of 3×4, found 2×4"
    );
    assert_eq!(
        message(&mut || _ = rnn().backward(&zeros(10, 4))),
        "Rnn: backward before forward: expected a forward pass, found only a gradient of 10×4"
    );
    let mut used = rnn();
    used.forward(&zeros(10, 2));
    assert_eq!(
        message(&mut || _ = used.backward(&zeros(10, 3))),
        "Rnn: expected a gradient of 10×4, found 10×3"
    );
    assert_eq!(
        message(&mut || _ = used.forward(&zeros(10, 3))),
        "Rnn: expected samples of 2 features, found 3"
    );
    let wrong = [zeros(2, 4), zeros(4, 3), zeros(1, 4)];
    let refused = used.set_parameters(&wrong).expect_err("w_h is not square");
    assert_eq!(
        refused.to_string(),
        "Rnn: expected w_h of shape 4×4, found 4×3"
    );
}

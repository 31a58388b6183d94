//! What must hold whatever the numbers are: laws of softmax, of means over a batch, of training and evaluation.

use crate::common::*;
use fromzero::nn::{
    Adam, BatchNorm, Criterion, Dense, Dropout, Layer, Mse, Nll, Optimizer, Relu, Rnn, Sequential,
    Sigmoid, SoftmaxCrossEntropy, Squared, Tanh,
};
use fromzero::ops::{cross_entropy_prime, log_softmax, softmax};
use fromzero::section37::*;
use fromzero::{Matrix, Real};

fn softmax_of<T: Real>(z: &Matrix<T>) -> Matrix<T> {
    let mut a = z.clone();
    softmax(z, &mut a);
    a
}

/// Logits of many sizes: rows of small ones, and rows in which one class has nearly all.
fn logits<T: Real>(rng: &mut SplitMix64, cols: usize) -> Matrix<T> {
    Matrix::from_fn(12, cols, |i, _| {
        T::from_f64(rng.uniform(-1.0, 1.0) * [0.1, 3.0, 80.0, 1e4][i % 4])
    })
}

fn softmax_is_a_distribution_that_does_not_move_with_a_shift<T: Real>() {
    let rng = &mut SplitMix64::new(1);
    for cols in [1, 2, 10, 33] {
        let z = logits::<T>(rng, cols);
        let a = softmax_of(&z);
        for row in a.iter_rows() {
            let sum: f64 = row.iter().map(|a| a.to_f64()).sum();
            let tolerance = cols as f64 * T::EPSILON.to_f64();
            assert!((sum - 1.0).abs() <= tolerance, "{cols}: {sum}");
            assert!(row.iter().all(|&a| a >= T::ZERO), "{row:?}");
        }
        // Whole numbers move without rounding, and so nothing at all changes.
        let z = integer_matrix::<T>(rng, 12, cols, 40);
        let mut moved = z.clone();
        for i in 0..z.rows() {
            let shift = T::from_f64(1000.0 * i as f64 - 5000.0);
            moved.row_mut(i).iter_mut().for_each(|z| *z += shift);
        }
        assert_same_bits("softmax", &softmax_of(&moved), &softmax_of(&z));
        let (mut l, mut l_moved) = (z.clone(), z.clone());
        log_softmax(&z, &mut l);
        log_softmax(&moved, &mut l_moved);
        assert_same_bits("log-softmax", &l_moved, &l);
    }
}

#[test]
fn rows_of_softmax_sum_to_one_and_do_not_move_with_a_shift() {
    softmax_is_a_distribution_that_does_not_move_with_a_shift::<f32>();
    softmax_is_a_distribution_that_does_not_move_with_a_shift::<f64>();
}

/// What one class gains, others lose.
#[test]
fn rows_of_the_gradient_of_softmax_cross_entropy_sum_to_zero() {
    let rng = &mut SplitMix64::new(2);
    for cols in [2, 10, 33] {
        let z = logits::<f64>(rng, cols);
        let y = Matrix::from_fn(12, cols, |i, k| f64::from(u8::from(k == i % cols)));
        let mut g = z.clone();
        cross_entropy_prime(&z, &y, &mut g);
        for (i, row) in g.iter_rows().enumerate() {
            let sum: f64 = row.iter().sum();
            assert!(sum.abs() <= f64::EPSILON * cols as f64, "{cols}: {sum:e}");
            assert!(
                row[i % cols] <= 0.0 && row[(i + 1) % cols] >= 0.0,
                "{row:?}"
            );
        }
    }
}

const SIZES: Sizes = Sizes {
    inputs: 11,
    hidden: 9,
    classes: 4,
};

/// What a pass over a batch leaves.
struct Pass {
    loss: f64,
    act: Activations<f64>,
    deltas: Deltas<f64>,
    gradients: Gradients<f64>,
}

fn network(seed: u64) -> Params<f64> {
    let rng = &mut SplitMix64::new(seed);
    let mut p = Params::zeros(SIZES).unwrap();
    let values: Vec<f64> = (0..p.count()).map(|_| rng.uniform(-1.0, 1.0)).collect();
    p.assign(&values);
    p
}

fn pass(p: &Params<f64>, x: &Matrix<f64>, y: &Matrix<f64>) -> Pass {
    let mut act = Activations::new(SIZES, x.rows()).unwrap();
    let mut deltas = Deltas::new(SIZES, x.rows()).unwrap();
    let mut gradients = Gradients::zeros(SIZES).unwrap();
    forward(p, x, &mut act);
    backward(p, x, y, &act, &mut deltas, &mut gradients);
    Pass {
        loss: loss(&act, y),
        act,
        deltas,
        gradients,
    }
}

fn batch(samples: usize, seed: u64) -> (Matrix<f64>, Matrix<f64>) {
    let rng = &mut SplitMix64::new(seed);
    let x = uniform_matrix(rng, samples, SIZES.inputs, 0.0, 1.0);
    let mut y = Matrix::zeros(samples, SIZES.classes);
    for i in 0..samples {
        y[(i, rng.below(SIZES.classes as u64) as usize)] = 1.0;
    }
    (x, y)
}

/// The rows of a matrix in this order; a row may come more than once.
fn rows(of: &Matrix<f64>, order: &[usize]) -> Matrix<f64> {
    Matrix::from_fn(order.len(), of.cols(), |i, j| of[(order[i], j)])
}

fn numbers(p: &Params<f64>) -> Vec<f64> {
    p.iter().collect()
}

/// A mean does not change if everything is there twice.
#[test]
fn doubling_a_batch_leaves_the_mean_loss_and_gradient() {
    for samples in [1, 3, 8] {
        let p = network(3);
        let (x, y) = batch(samples, 4);
        let twice: Vec<usize> = (0..samples).chain(0..samples).collect();
        let (one, two) = (
            pass(&p, &x, &y),
            pass(&p, &rows(&x, &twice), &rows(&y, &twice)),
        );
        assert!((one.loss - two.loss).abs() <= 1e-15 * one.loss);
        let (one, two) = (numbers(&one.gradients), numbers(&two.gradients));
        assert_close("gradients", &two, &one, 1e-14);
    }
    for (loss, name) in [
        &Squared as &dyn fromzero::nn::Loss<f64>,
        &Mse,
        &Nll,
        &SoftmaxCrossEntropy,
    ]
    .into_iter()
    .map(|loss| (loss, loss.name()))
    {
        let (x, y) = batch(3, 5);
        let x = Matrix::from_fn(3, 4, |i, j| x[(i, j)]);
        let twice = [0, 1, 2, 0, 1, 2];
        let (x2, y2) = (rows(&x, &twice), rows(&y, &twice));
        let (one, two) = (loss.loss(&x, &y), loss.loss(&x2, &y2));
        assert!((one - two).abs() <= 1e-15 * one.abs(), "{name}");
        let (mut g, mut g2) = (x.clone(), x2.clone());
        loss.grad(&x, &y, &mut g);
        loss.grad(&x2, &y2, &mut g2);
        // Each sample has half of its weight, and is there twice.
        g2.map(|g| 2.0 * g);
        assert_close(name, &rows(&g2, &[0, 1, 2]), &g, 1e-15);
    }
}

/// Samples do not know of each other: their rows move with them, to the last bit, and only sums over the batch round otherwise.
#[test]
fn permuting_a_batch_permutes_rows_and_leaves_gradients() {
    let p = network(6);
    let (x, y) = batch(7, 7);
    let order = [3, 0, 6, 5, 1, 4, 2];
    let (a, b) = (
        pass(&p, &x, &y),
        pass(&p, &rows(&x, &order), &rows(&y, &order)),
    );
    for (name, a, b) in [
        ("a2", &a.act.a2, &b.act.a2),
        ("a3", &a.act.a3, &b.act.a3),
        ("z4", &a.act.z4, &b.act.z4),
        ("a4", &a.act.a4, &b.act.a4),
        ("delta2", &a.deltas.delta2, &b.deltas.delta2),
        ("delta3", &a.deltas.delta3, &b.deltas.delta3),
        ("delta4", &a.deltas.delta4, &b.deltas.delta4),
    ] {
        assert_same_bits(name, b, &rows(a, &order));
    }
    assert!((a.loss - b.loss).abs() <= 1e-15 * a.loss);
    assert_close(
        "gradients",
        &numbers(&b.gradients),
        &numbers(&a.gradients),
        1e-14,
    );
}

/// Every kind of layer that has a state of its own.
fn net() -> Sequential<f64> {
    let net = Sequential::new(5)
        .then(Dense::new(8))
        .then(BatchNorm::new());
    let net = net.then(Relu::new()).then(Dropout::new(0.3));
    let net = net.then(Rnn::new(6, 2)).then(Sigmoid::new());
    net.then(Dense::new(4))
}

/// Gradients are overwritten, not added up, and what `forward` left is only read.
#[test]
fn backward_twice_is_the_same() {
    let (x, y) = batch(6, 8);
    let p = network(9);
    let mut act = Activations::new(SIZES, 6).unwrap();
    let mut deltas = Deltas::new(SIZES, 6).unwrap();
    let mut twice = Gradients::zeros(SIZES).unwrap();
    forward(&p, &x, &mut act);
    for _ in 0..2 {
        backward(&p, &x, &y, &act, &mut deltas, &mut twice);
    }
    assert_eq!(twice, pass(&p, &x, &y).gradients);

    let mut net = net();
    let mut criterion = Criterion::new(SoftmaxCrossEntropy);
    let gradient = criterion.of(net.forward(&x), &y).gradient.clone();
    let first = net.backward(&gradient).clone();
    let of_parameters = gradients_of(&net);
    assert_same_bits("∂J/∂x", net.backward(&gradient), &first);
    assert_same_bits("∂J/∂θ", &gradients_of(&net), &of_parameters);
}

/// A few training steps, with an evaluation between any two of them or not.
fn train(evaluates: bool) -> (Vec<f64>, Vec<f64>) {
    let (x, y) = batch(6, 10);
    let other = batch(4, 11).0;
    let (mut net, mut adam) = (net(), Adam::new(0.01));
    let mut criterion = Criterion::new(SoftmaxCrossEntropy);
    let mut losses = Vec::new();
    for _ in 0..5 {
        let loss = criterion.of(net.forward(&x), &y);
        losses.push(loss.value);
        loss.backward(&mut net);
        adam.step(&mut net);
        if evaluates {
            let before = values_of(&net);
            net.set_training(false);
            let first = net.forward(&other).clone();
            assert_same_bits("evaluated twice", net.forward(&other), &first);
            net.set_training(true);
            assert_same_bits("parameters", &values_of(&net), &before);
        }
    }
    (losses, values_of(&net))
}

/// Neither running means nor dropout masks nor moments know of an evaluation.
#[test]
fn evaluation_changes_no_state() {
    let ((losses, values), (its_losses, its_values)) = (train(false), train(true));
    assert_same_bits("losses", &its_losses, &losses);
    assert_same_bits("parameters", &its_values, &values);

    let data = fromzero::data::Dataset::new(
        (0..44).map(|i| i * 5).collect(),
        vec![0, 1, 3, 2],
        (1, 11),
        4,
    )
    .unwrap();
    let p = network(12);
    let before = p.checksum();
    let first = evaluate(&p, &data).unwrap();
    assert_eq!(
        (first, p.checksum()),
        (evaluate(&p, &data).unwrap(), before)
    );
}

/// Twenty random samples are learnt by heart: what cannot do that, has a mistake.
#[test]
fn twenty_samples_are_learnt_by_heart() {
    let (x, y) = batch(20, 13);
    let mut p =
        Params::<f64>::new(SIZES, Init::Xavier(3.0), &mut fromzero::rng::Rng::new(1)).unwrap();
    let mut act = Activations::new(SIZES, 20).unwrap();
    let mut deltas = Deltas::new(SIZES, 20).unwrap();
    let mut steps = 0;
    let last = loop {
        forward(&p, &x, &mut act);
        let loss = loss(&act, &y);
        if loss < 1e-3 || steps == 20_000 {
            break loss;
        }
        backward_and_descend(&mut p, &x, &y, &act, &mut deltas, 2.0);
        steps += 1;
    };
    println!("section 3.7: {last:e} after {steps} steps");
    assert!(last < 1e-3 && accuracy(&act.a4, &labels(&y)).unwrap() == 1.0);

    let net = |layers: Sequential<f64>| layers.then(Dense::new(4));
    for (name, mut net) in [
        (
            "ReLU",
            net(Sequential::new(1).then(Dense::new(24)).then(Relu::new())),
        ),
        (
            "tanh",
            net(Sequential::new(1).then(Dense::new(24)).then(Tanh::new())),
        ),
        (
            "normalised",
            net(Sequential::new(1)
                .then(Dense::new(24))
                .then(BatchNorm::new())
                .then(Relu::new())),
        ),
    ] {
        let mut criterion = Criterion::new(SoftmaxCrossEntropy);
        let mut adam = Adam::new(0.02);
        let mut value = f64::INFINITY;
        let mut steps = 0;
        while value >= 1e-3 && steps < 3000 {
            let loss = criterion.of(net.forward(&x), &y);
            value = loss.value;
            loss.backward(&mut net);
            adam.step(&mut net);
            steps += 1;
        }
        println!("{name}: {value:e} after {steps} steps");
        assert!(value < 1e-3, "{name}: {value}");
    }
}

fn labels(y: &Matrix<f64>) -> Vec<u8> {
    let label = |row: &[f64]| row.iter().position(|&y| y == 1.0).unwrap() as u8;
    y.iter_rows().map(label).collect()
}

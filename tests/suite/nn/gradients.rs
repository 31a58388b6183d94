//! The gradient checks of the second floor: every layer, every loss and the networks of the texts, every parameter and every
//! input, against differences of what the program computes, in `f64`.
//!
//! `cargo test --release --test suite nn::gradients -- --nocapture` shows the reports.

use crate::common::*;
use fromzero::Matrix;
use fromzero::gradcheck::Comparison;
use fromzero::nn::{self, *};

/// A right gradient stays below this: what rounding explains is no error.
const TOLERANCE: f64 = 1e-8;

/// What makes a network.
type Make<'a> = &'a dyn Fn() -> Sequential<f64>;

/// Checks the network that `make` makes, at random values of its trainable parameters: `compare` is given a function that makes it so,
/// and holds it against differences.
fn check(
    name: &str,
    make: Make<'_>,
    x: &Matrix<f64>,
    rng: &mut SplitMix64,
    compare: &dyn Fn(Make<'_>) -> Comparison,
) {
    let mut net = make();
    net.build(x.cols());
    let values = net.parameters().into_iter().map(|parameter| {
        let (rows, cols) = parameter.value.shape();
        match parameter.is_trainable() {
            true => random_matrix(rng, rows, cols),
            false => parameter.value.clone(),
        }
    });
    let values: Vec<Matrix<f64>> = values.collect();
    let drawn = || {
        let mut net = make();
        net.build(x.cols());
        net.set_parameters(&values).expect("the same shapes");
        net
    };
    let report = compare(&drawn).report();
    println!("{name}: {report}");
    assert!(report.passes(TOLERANCE), "{name}: {report}");
    let trainable = values
        .iter()
        .zip(net.parameters())
        .filter(|(_, p)| p.is_trainable());
    let count: usize = trainable.map(|(value, _)| value.iter().count()).sum();
    assert_eq!(report.checked, x.iter().count() + count, "{name}");

    let mut net = drawn();
    let (rows, cols) = net.forward(x).shape();
    let distance = distance_to_kinks(&net);
    assert!(
        distance > 0.01,
        "{name}: a ReLU is {distance} from its kink; draw other numbers"
    );
    // Without the input's gradient, the parameters' are the same; and a second pass overwrites the first.
    let cotangent = random_matrix(rng, rows, cols);
    let grad_x = net.backward(&cotangent).clone();
    let first: Vec<Matrix<f64>> = net.parameters().iter().map(|p| p.grad.clone()).collect();
    net.backward_parameters(&cotangent);
    for (parameter, first) in net.parameters().into_iter().zip(&first) {
        assert_same_bits(
            &format!("{name}, {}", parameter.name),
            &parameter.grad,
            first,
        );
    }
    assert_same_bits(&format!("{name}, x"), net.backward(&cotangent), &grad_x);
}

/// [`check`] of a random cotangent.
fn check_output(name: &str, make: Make<'_>, x: &Matrix<f64>, rng: &mut SplitMix64) {
    check(name, make, x, rng, &|drawn| nn::check(drawn, x));
}

/// [`check`] of a loss on labels.
fn check_on_labels(
    name: &str,
    make: Make<'_>,
    x: &Matrix<f64>,
    loss: impl Loss<f64> + Copy,
    rng: &mut SplitMix64,
) {
    check(name, make, x, rng, &|drawn| {
        check_loss(drawn, x, loss, &LABELS[..])
    });
}

/// How near an input of a ReLU inside the network is to 0; a step of a difference must not take it across.
fn distance_to_kinks(net: &Sequential<f64>) -> f64 {
    let layers: Vec<_> = net.layers().collect();
    let mut least = f64::INFINITY;
    for pair in layers.windows(2) {
        if pair[1].name() == "ReLU" {
            for x in pair[0].output().iter() {
                least = if x.abs() < least { x.abs() } else { least };
            }
        }
    }
    least
}

/// Checks one layer, on 4 samples of 5 features between `low` and `high`, from random cotangents.
fn check_layer(layer: Make<'_>, low: f64, high: f64) {
    for seed in 0..3 {
        let rng = &mut SplitMix64::new(seed);
        let x = uniform_matrix(rng, 4, 5, low, high);
        let name = layer().layers().next().expect("one layer").name();
        check_output(name, layer, &x, rng);
    }
}

fn net() -> Sequential<f64> {
    Sequential::new(7)
}

#[test]
fn dense_layers() {
    check_layer(&|| net().then(Dense::new(3)), -1.0, 1.0);
    check_layer(&|| net().then(Dense::linear(5, 6)), -1.0, 1.0);
    check_layer(
        &|| net().then(Dense::linear(5, 2).without_bias()),
        -1.0,
        1.0,
    );
}

#[test]
fn smooth_activations() {
    check_layer(&|| net().then(Sigmoid::new()), -3.0, 3.0);
    check_layer(&|| net().then(Tanh::new()), -2.0, 2.0);
    check_layer(&|| net().then(Log::new()), 0.1, 1.0);
}

/// Away from the kink: no entry is within 0.1 of it.
#[test]
fn relu_away_from_its_kink() {
    let rng = &mut SplitMix64::new(8);
    let sign = |x: f64| if x < 0.0 { x - 0.1 } else { x + 0.1 };
    let mut x = random_matrix(rng, 4, 5);
    x.map(sign);
    check_output("ReLU", &|| net().then(Relu::new()), &x, rng);
}

#[test]
fn functions_of_rows() {
    check_layer(&|| net().then(Softmax::new()), -2.0, 2.0);
    check_layer(&|| net().then(LogSoftmax::new()), -2.0, 2.0);
}

#[test]
fn batch_normalisation_in_both_modes() {
    check_layer(&|| net().then(BatchNorm::new()), -1.0, 2.0);
    let evaluating = || {
        let mut net = net().then(BatchNorm::new());
        net.build(5);
        net.visit(&mut |parameter| match parameter.name {
            "running_mean" => parameter.value.map(|_| 0.3),
            "running_var" => parameter.value.map(|_| 0.7),
            _ => {}
        });
        net.set_training(false);
        net
    };
    check_layer(&evaluating, -1.0, 2.0);
}

#[test]
fn dropout_in_both_modes() {
    check_layer(&|| net().then(Dropout::new(0.4)), -1.0, 1.0);
    let evaluating = || {
        let mut net = net().then(Dropout::new(0.4));
        net.set_training(false);
        net
    };
    check_layer(&evaluating, -1.0, 1.0);
}

/// A network inside of a network, with layers that have no parameters before and between those that have.
#[test]
fn nested_networks() {
    let make = || {
        let inner = Sequential::new(3).then(Tanh::new()).then(Dense::new(4));
        net().then(Tanh::new()).then(inner).then(Sigmoid::new())
    };
    check_layer(&make, -1.0, 1.0);
}

const LABELS: [u8; 4] = [2, 0, 2, 1];

/// Checks a loss by itself on labels, and on rows that are not one-hot but sum to 1: the network is the identity.
fn check_both_targets<L: Loss<f64> + Copy>(loss: L) {
    let rng = &mut SplitMix64::new(11);
    let identity = || {
        let mut net = net().then(Dropout::new(0.0));
        net.set_training(false);
        net
    };
    let predicted = uniform_matrix(rng, 4, 3, -2.0, -0.2);
    let name = format!("{} on labels", loss.name());
    check_on_labels(&name, &identity, &predicted, loss, rng);
    let rows = Matrix::from_rows(&[
        [0.5, 0.25, 0.25],
        [0.0, 1.0, 0.0],
        [0.125, 0.125, 0.75],
        [0.25, 0.5, 0.25],
    ]);
    let name = format!("{} on rows", loss.name());
    check(&name, &identity, &predicted, rng, &|drawn| {
        check_loss(drawn, &predicted, loss, &rows)
    });
}

#[test]
fn losses_on_labels_and_on_rows() {
    check_both_targets(SoftmaxCrossEntropy);
    check_both_targets(Squared);
    check_both_targets(Mse);
    check_both_targets(Nll);
}

/// The deep classifier with softmax cross-entropy, and the small one with sigmoid and squared error.
#[test]
fn chains_with_relu() {
    let deep = || {
        let net = net().then(Dense::new(6)).then(Relu::new());
        let net = net.then(Dense::new(5)).then(Relu::new());
        net.then(Dense::new(3))
    };
    let small = || {
        let net = net().then(Dense::linear(5, 4).scale(2.0)).then(Relu::new());
        let net = net.then(Dense::linear(4, 4).scale(2.0)).then(Relu::new());
        net.then(Dense::linear(4, 3)).then(Sigmoid::new())
    };
    for seed in [21, 22, 24] {
        let rng = &mut SplitMix64::new(seed);
        let x = random_matrix(rng, 4, 5);
        let name = "ReLU, softmax cross-entropy";
        check_on_labels(name, &deep, &x, SoftmaxCrossEntropy, rng);
    }
    for seed in [31, 32, 35] {
        let rng = &mut SplitMix64::new(seed);
        let x = random_matrix(rng, 4, 5);
        let name = "ReLU, sigmoid, squared error";
        check_on_labels(name, &small, &x, Squared, rng);
    }
}

/// Tanh, softmax, log and negative log-likelihood; and with log-softmax in the place of the two.
#[test]
fn chains_with_tanh_and_log() {
    let hidden = || net().then(Dense::linear(5, 6)).then(Tanh::new());
    let logits = || hidden().then(Dense::linear(6, 3).without_bias());
    for seed in [41, 42, 43] {
        let rng = &mut SplitMix64::new(seed);
        let x = random_matrix(rng, 4, 5);
        let chain = || logits().then(Softmax::new()).then(Log::new());
        let name = "tanh, softmax, log, likelihood";
        check_on_labels(name, &chain, &x, Nll, rng);
        let safe = || logits().then(LogSoftmax::new());
        check_on_labels("tanh, log-softmax, likelihood", &safe, &x, Nll, rng);
    }
}

/// Section 3.7, and a network of everything else.
#[test]
fn chains_with_sigmoid_and_normalisation() {
    let section37 = || {
        let net = net().then(Dense::new(6)).then(Sigmoid::new());
        let net = net.then(Dense::new(6)).then(Sigmoid::new());
        net.then(Dense::new(3))
    };
    let all = || {
        let net = net().then(Dense::new(6)).then(BatchNorm::new());
        let net = net.then(Tanh::new()).then(Dropout::new(0.3));
        net.then(Dense::new(3))
    };
    for seed in [51, 52, 53] {
        let rng = &mut SplitMix64::new(seed);
        let x = random_matrix(rng, 4, 5);
        check_on_labels("section 3.7", &section37, &x, SoftmaxCrossEntropy, rng);
        check_on_labels("normalisation and dropout", &all, &x, Mse, rng);
    }
}

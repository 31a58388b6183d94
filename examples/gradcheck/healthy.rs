//! Every layer, loss and chain of the second floor, as it is.

use fromzero::Matrix;
use fromzero::gradcheck::Comparison;
use fromzero::nn::{
    BatchNorm, Dense, Dropout, Init, Layer, Log, LogSoftmax, Loss, Mse, Nll, Relu, Rnn, Sequential,
    Sigmoid, Softmax, SoftmaxCrossEntropy, Squared, Tanh, check, check_loss,
};
use fromzero::rng::Rng;

type Net = Sequential<f64>;

/// Samples of a check.
const SAMPLES: usize = 4;
const LABELS: [u8; SAMPLES] = [2, 0, 2, 1];

fn net() -> Net {
    Sequential::new(7)
}

fn dense(outputs: usize) -> Dense<f64> {
    Dense::new(outputs).bias(Init::Uniform(0.5))
}

fn uniform(cols: usize, low: f64, high: f64) -> Matrix<f64> {
    let rng = &mut Rng::new(2);
    Matrix::from_fn(SAMPLES, cols, |_, _| rng.range(low, high))
}

/// Every layer by itself, its inputs and its parameters.
pub fn layers() -> Vec<(&'static str, Comparison)> {
    let x = uniform(5, -1.0, 1.0);
    let layer = |name, make: fn() -> Net| (name, check(make, &x));
    let evaluating = |mut net: Net| {
        net.build(5);
        net.set_training(false);
        net
    };
    vec![
        layer("Dense", || net().then(dense(3))),
        layer("ReLU", || net().then(Relu::new())),
        layer("Sigmoid", || net().then(Sigmoid::new())),
        layer("Tanh", || net().then(Tanh::new())),
        (
            "Log",
            check(|| net().then(Log::new()), &uniform(5, 0.1, 1.0)),
        ),
        layer("Softmax", || net().then(Softmax::new())),
        layer("LogSoftmax", || net().then(LogSoftmax::new())),
        layer("Dropout", || net().then(Dropout::new(0.4))),
        layer("BatchNorm", || net().then(BatchNorm::new())),
        (
            "BatchNorm, evaluating",
            check(|| evaluating(net().then(BatchNorm::new())), &x),
        ),
        layer("Rnn, 2 steps", || net().then(Rnn::new(4, 2))),
        layer("Rnn, 4 steps", || net().then(Rnn::new(4, 4))),
    ]
}

/// Every loss by itself: the network before it passes on what it is given.
pub fn losses() -> Vec<(&'static str, Comparison)> {
    let x = uniform(3, -2.0, -0.2);
    fn of(x: &Matrix<f64>, loss: impl Loss<f64>) -> Comparison {
        check_loss(|| net().then(Dropout::new(0.0)), x, loss, &LABELS[..])
    }
    vec![
        ("SoftmaxCrossEntropy", of(&x, SoftmaxCrossEntropy)),
        ("Nll", of(&x, Nll)),
        ("Squared", of(&x, Squared)),
        ("Mse", of(&x, Mse)),
    ]
}

/// The networks of the example programs, small.
pub fn chains() -> Vec<(&'static str, Comparison)> {
    let x = uniform(5, -1.0, 1.0);
    let target = &LABELS[..];
    let section37 = || {
        let net = net().then(dense(6)).then(Sigmoid::new());
        let net = net.then(dense(6)).then(Sigmoid::new());
        net.then(dense(3))
    };
    let deep = || {
        let net = net().then(dense(6)).then(Relu::new());
        let net = net.then(dense(5)).then(Relu::new());
        net.then(dense(3))
    };
    let squared = || {
        let net = net().then(dense(4)).then(Relu::new());
        net.then(dense(3)).then(Sigmoid::new())
    };
    let likelihood = || {
        let net = net().then(dense(6)).then(Tanh::new());
        net.then(dense(3)).then(Softmax::new()).then(Log::new())
    };
    // A bias would be taken away again with the mean.
    let normalised = || {
        let net = net()
            .then(Dense::new(6).without_bias())
            .then(BatchNorm::new());
        let net = net.then(Tanh::new()).then(Dropout::new(0.3));
        net.then(dense(3)).then(LogSoftmax::new())
    };
    let recurrent = || net().then(Rnn::new(4, 2)).then(dense(3));
    vec![
        (
            "sigmoid, cross-entropy",
            check_loss(section37, &x, SoftmaxCrossEntropy, target),
        ),
        (
            "ReLU, cross-entropy",
            check_loss(deep, &x, SoftmaxCrossEntropy, target),
        ),
        (
            "ReLU, sigmoid, squared",
            check_loss(squared, &x, Squared, target),
        ),
        (
            "tanh, softmax, log, nll",
            check_loss(likelihood, &x, Nll, target),
        ),
        (
            "norm, dropout, nll",
            check_loss(normalised, &x, Nll, target),
        ),
        ("recurrent, mse", check_loss(recurrent, &x, Mse, target)),
    ]
}

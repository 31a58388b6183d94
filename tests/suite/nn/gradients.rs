//! The gradient checks of the second floor: every layer, every loss and the networks of the texts, every parameter and every
//! input, against differences of what the program computes, in `f64`.
//!
//! `cargo test --release --test nn_gradients -- --nocapture` shows the reports.

use crate::common::*;
use fromzero::Matrix;
use fromzero::gradcheck;
use fromzero::nn::*;

/// A right gradient stays below this: what rounding explains is no error.
const TOLERANCE: f64 = 1e-8;

/// The scalar whose derivative is checked, and its derivative with respect to the network's output.
trait Head {
    fn value(&mut self, output: &Matrix<f64>) -> f64;
    fn gradient(&mut self, output: &Matrix<f64>) -> Matrix<f64>;
}

/// Σ c ⊙ output for random c: an all-ones c would make softmax's check vacuous.
struct Cotangent(Matrix<f64>);

impl Head for Cotangent {
    fn value(&mut self, output: &Matrix<f64>) -> f64 {
        assert_eq!(self.0.shape(), output.shape());
        output.iter().zip(self.0.iter()).map(|(y, c)| y * c).sum()
    }

    fn gradient(&mut self, _: &Matrix<f64>) -> Matrix<f64> {
        self.0.clone()
    }
}

/// A loss against labels or rows.
struct Against<'a, L> {
    criterion: Criterion<f64, L>,
    target: Target<'a, f64>,
}

impl<L: Loss<f64>> Head for Against<'_, L> {
    fn value(&mut self, output: &Matrix<f64>) -> f64 {
        self.criterion.of(output, self.target).value
    }

    fn gradient(&mut self, output: &Matrix<f64>) -> Matrix<f64> {
        self.criterion.of(output, self.target).gradient.clone()
    }
}

/// Checks the gradient of `head` after the network that `make` makes: of every trainable parameter, which is given a random value,
/// and of every entry of x. Each evaluation makes the network anew, so that no state passes from one to the next.
fn check(
    name: &str,
    make: impl Fn() -> Sequential<f64>,
    x: &Matrix<f64>,
    head: &mut dyn Head,
    rng: &mut SplitMix64,
) {
    let built = || {
        let mut net = make();
        net.build(x.cols());
        net
    };
    let mut net = built();
    net.visit(&mut |parameter| {
        if parameter.is_trainable() {
            let (rows, cols) = parameter.value.shape();
            parameter.value = random_matrix(rng, rows, cols);
            // A gradient that is not written shows.
            parameter.grad.map(|_| f64::NAN);
        }
    });
    let cotangent = head.gradient(net.forward(x));
    let distance = distance_to_kinks(&net);
    assert!(
        distance > 0.01,
        "{name}: a ReLU is {distance} from its kink; draw other numbers"
    );
    let grad_x = net.backward(&cotangent).clone();

    let mut names = vec![("x", x.rows() * x.cols())];
    let mut theta: Vec<f64> = x.iter().collect();
    let mut analytic: Vec<f64> = grad_x.iter().collect();
    for parameter in net.parameters() {
        if parameter.is_trainable() {
            names.push((parameter.name, parameter.count()));
            theta.extend(parameter.value.iter());
            analytic.extend(parameter.grad.iter());
        }
    }
    let report = gradcheck::check(&names, &theta, &analytic, |theta| {
        let (x_part, mut rest) = theta.split_at(names[0].1);
        let x = Matrix::from_slice(x.rows(), x.cols(), x_part);
        let mut net = built();
        net.visit(&mut |parameter| {
            if parameter.is_trainable() {
                let (these, others) = rest.split_at(parameter.count());
                let (rows, cols) = parameter.value.shape();
                parameter.value = Matrix::from_slice(rows, cols, these);
                rest = others;
            }
        });
        head.value(net.forward(&x))
    });
    println!("{name}: {report}");
    assert!(report.passes(TOLERANCE), "{name}: {report}");

    // Without the input's gradient, the parameters' are the same; and a second pass overwrites the first.
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

/// How near an input of a ReLU inside the network is to 0; a step of a difference must not take it across.
fn distance_to_kinks(net: &Sequential<f64>) -> f64 {
    let layers: Vec<_> = net.layers().collect();
    let inputs = layers.windows(2).filter(|pair| pair[1].name() == "ReLU");
    let distances = inputs.flat_map(|pair| pair[0].output().iter().map(f64::abs));
    distances.fold(f64::INFINITY, |least, x| if x < least { x } else { least })
}

/// Checks one layer, on 4 samples of 5 features between `low` and `high`, from random cotangents.
fn check_layer(layer: impl Fn() -> Sequential<f64>, outputs: usize, low: f64, high: f64) {
    for seed in 0..3 {
        let rng = &mut SplitMix64::new(seed);
        let x = uniform_matrix(rng, 4, 5, low, high);
        let mut head = Cotangent(random_matrix(rng, 4, outputs));
        let name = layer().layers().next().expect("one layer").name();
        check(name, &layer, &x, &mut head, rng);
    }
}

fn net() -> Sequential<f64> {
    Sequential::new(7)
}

#[test]
fn dense_layers() {
    check_layer(|| net().then(Dense::new(3)), 3, -1.0, 1.0);
    check_layer(|| net().then(Dense::linear(5, 6)), 6, -1.0, 1.0);
    check_layer(
        || net().then(Dense::linear(5, 2).without_bias()),
        2,
        -1.0,
        1.0,
    );
}

#[test]
fn smooth_activations() {
    check_layer(|| net().then(Sigmoid::new()), 5, -3.0, 3.0);
    check_layer(|| net().then(Tanh::new()), 5, -2.0, 2.0);
    check_layer(|| net().then(Log::new()), 5, 0.1, 1.0);
}

/// Away from the kink: no entry is within 0.1 of it.
#[test]
fn relu_away_from_its_kink() {
    let rng = &mut SplitMix64::new(8);
    let sign = |x: f64| if x < 0.0 { x - 0.1 } else { x + 0.1 };
    let mut x = random_matrix(rng, 4, 5);
    x.map(sign);
    let mut head = Cotangent(random_matrix(rng, 4, 5));
    check("ReLU", || net().then(Relu::new()), &x, &mut head, rng);
}

#[test]
fn functions_of_rows() {
    check_layer(|| net().then(Softmax::new()), 5, -2.0, 2.0);
    check_layer(|| net().then(LogSoftmax::new()), 5, -2.0, 2.0);
}

#[test]
fn batch_normalisation_in_both_modes() {
    check_layer(|| net().then(BatchNorm::new()), 5, -1.0, 2.0);
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
    check_layer(evaluating, 5, -1.0, 2.0);
}

#[test]
fn dropout_in_both_modes() {
    check_layer(|| net().then(Dropout::new(0.4)), 5, -1.0, 1.0);
    let evaluating = || {
        let mut net = net().then(Dropout::new(0.4));
        net.set_training(false);
        net
    };
    check_layer(evaluating, 5, -1.0, 1.0);
}

/// A network inside of a network, with layers that have no parameters before and between those that have.
#[test]
fn nested_networks() {
    let make = || {
        let inner = Sequential::new(3).then(Tanh::new()).then(Dense::new(4));
        net().then(Tanh::new()).then(inner).then(Sigmoid::new())
    };
    check_layer(make, 4, -1.0, 1.0);
}

const LABELS: [u8; 4] = [2, 0, 2, 1];

/// The head for a loss on labels.
fn on_labels<L: Loss<f64>>(loss: L) -> Against<'static, L> {
    Against {
        criterion: Criterion::new(loss),
        target: Target::from(&LABELS),
    }
}

/// Checks a loss by itself on labels, and on rows that are not one-hot but sum to 1: the network is the identity.
fn check_loss<L: Loss<f64> + Copy>(loss: L) {
    let rng = &mut SplitMix64::new(11);
    let identity = || {
        let mut net = net().then(Dropout::new(0.0));
        net.set_training(false);
        net
    };
    let predicted = uniform_matrix(rng, 4, 3, -2.0, -0.2);
    check(
        &format!("{} on labels", loss.name()),
        identity,
        &predicted,
        &mut on_labels(loss),
        rng,
    );
    let rows = Matrix::from_rows(&[
        [0.5, 0.25, 0.25],
        [0.0, 1.0, 0.0],
        [0.125, 0.125, 0.75],
        [0.25, 0.5, 0.25],
    ]);
    let mut on_rows = Against {
        criterion: Criterion::new(loss),
        target: Target::Rows(&rows),
    };
    let name = format!("{} on rows", loss.name());
    check(&name, identity, &predicted, &mut on_rows, rng);
}

#[test]
fn losses_on_labels_and_on_rows() {
    check_loss(SoftmaxCrossEntropy);
    check_loss(Squared);
    check_loss(Mse);
    check_loss(Nll);
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
        check(name, deep, &x, &mut on_labels(SoftmaxCrossEntropy), rng);
    }
    for seed in [31, 32, 35] {
        let rng = &mut SplitMix64::new(seed);
        let x = random_matrix(rng, 4, 5);
        let name = "ReLU, sigmoid, squared error";
        check(name, small, &x, &mut on_labels(Squared), rng);
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
        check(name, chain, &x, &mut on_labels(Nll), rng);
        let safe = || logits().then(LogSoftmax::new());
        check(
            "tanh, log-softmax, likelihood",
            safe,
            &x,
            &mut on_labels(Nll),
            rng,
        );
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
        check(
            "section 3.7",
            section37,
            &x,
            &mut on_labels(SoftmaxCrossEntropy),
            rng,
        );
        check(
            "normalisation and dropout",
            all,
            &x,
            &mut on_labels(Mse),
            rng,
        );
    }
}

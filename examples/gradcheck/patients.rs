//! Networks whose backward pass has a mistake in it, or none: what each planted mistake makes of the gradient.
//!
//! Section 3.7's backward pass and that of the recurrent layer are written out once more, in the plainest way, since the library's
//! have no place for mistakes. Without one they are held against differences like all else.

use fromzero::gradcheck::Comparison;
use fromzero::io::Result;
use fromzero::nn::{
    Activation, Criterion, Dense, Function, Init, Keeps, Layer, Log, Loss, Nll, Rnn, RowFunction,
    RowLayer, Sequential, Softmax, SoftmaxCrossEntropy, Tanh, check_loss,
};
use fromzero::ops::{self, column_sums, sigmoid_prime};
use fromzero::rng::Rng;
use fromzero::section37::{Gradients, Params, Sizes, gradient_descent, loss};
use fromzero::{Matrix, elementary, gradcheck, matmul};

use super::network::Network;

/// A mistake, by what it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    ForgottenMean,
    UpdatedWeights,
    DerivativeOfTheValue,
    TransposedGradient,
    BiasOfOneSample,
    SoftmaxOverTheBatch,
    ReluAtItsKink,
    AccumulatedGradients,
    StateOfTheSameStep,
    RawScores,
    TimesTheLoss,
    DiagonalOfTheJacobian,
}

/// What a check finds of a patient, whose loss is J.
pub struct Finding {
    pub loss: f64,
    pub comparison: Comparison,
}

/// The patient with this mistake.
pub fn check(kind: Kind) -> Result<Finding> {
    Ok(match kind {
        Kind::StateOfTheSameStep => recurrent(Some(kind)),
        Kind::ReluAtItsKink => relu(),
        Kind::TimesTheLoss => likelihood(TimesLoss),
        Kind::DiagonalOfTheJacobian => diagonal(),
        _ => section37(Some(kind))?,
    })
}

/// Small enough for every entry to be looked at. The hidden layers are of one size, as the book's are, so that a transposed
/// gradient of w² has the right shape.
pub const SMALL: Sizes = Sizes {
    inputs: 4,
    hidden: 5,
    classes: 3,
};

/// Section 3.7.
pub fn section37(mistake: Option<Kind>) -> Result<Finding> {
    let mut network = Network::new(SMALL, &mut Rng::new(4))?;
    network.gradients()?;
    let mut gradients = backward(&network, mistake)?;
    if mistake == Some(Kind::AccumulatedGradients) {
        let values: Vec<f64> = gradients.iter().map(|g| g + g).collect();
        gradients.assign(&values);
    }
    Ok(Finding {
        loss: loss(&network.act, &network.y),
        comparison: network.compare(&gradients),
    })
}

/// (3-63) to (3-67), a line for each.
fn backward(network: &Network, mistake: Option<Kind>) -> Result<Gradients<f64>> {
    let Network { p, x, y, act } = network;
    let has = |kind| mistake == Some(kind);
    let mut a4 = act.a4.clone();
    if has(Kind::RawScores) {
        a4.copy_from(&act.z4);
    }
    if has(Kind::SoftmaxOverTheBatch) {
        let sum: f64 = act.z4.iter().map(elementary::exp).sum();
        a4.copy_from(&act.z4);
        a4.map(|z| elementary::exp(z) / sum);
    }
    let mut delta4 = a4;
    delta4.zip(y, |a4, y| a4 - y);
    let w3 = if has(Kind::UpdatedWeights) {
        updated(network)?.w3
    } else {
        p.w3.clone()
    };
    let prime = |a: f64| {
        if has(Kind::DerivativeOfTheValue) {
            sigmoid_prime(elementary::sigmoid(a))
        } else {
            sigmoid_prime(a)
        }
    };
    let mut delta3 = product(&delta4, &w3.t().to_matrix());
    delta3.zip(&act.a3, |delta, a3| delta * prime(a3));
    let mut delta2 = product(&delta3, &p.w2.t().to_matrix());
    delta2.zip(&act.a2, |delta, a2| delta * prime(a2));

    let mean = if has(Kind::ForgottenMean) {
        1.0
    } else {
        1.0 / x.rows() as f64
    };
    let weights = |a: &Matrix<f64>, delta: &Matrix<f64>| {
        let mut gradient = product(&a.t().to_matrix(), delta);
        gradient.map(|g| mean * g);
        gradient
    };
    let biases = |delta: &Matrix<f64>| {
        let mut gradient = vec![0.0; delta.cols()];
        if has(Kind::BiasOfOneSample) {
            delta
                .row(0)
                .iter()
                .enumerate()
                .for_each(|(j, first)| gradient[j] = mean * first);
        } else {
            column_sums(delta, |j, sum| gradient[j] = mean * sum);
        }
        gradient
    };
    let w2 = if has(Kind::TransposedGradient) {
        weights(&delta3, &act.a2)
    } else {
        weights(&act.a2, &delta3)
    };
    Ok(Gradients {
        w1: weights(x, &delta2),
        b1: biases(&delta2),
        w2,
        b2: biases(&delta3),
        w3: weights(&act.a3, &delta4),
        b3: biases(&delta4),
    })
}

/// The learning rate of [`updated`].
const STEP: f64 = 0.05;

/// The parameters after a step.
fn updated(network: &Network) -> Result<Params<f64>> {
    let mut p = network.p.clone();
    gradient_descent(&mut p, &backward(network, None)?, STEP);
    Ok(p)
}

fn product(a: &Matrix<f64>, b: &Matrix<f64>) -> Matrix<f64> {
    let mut c = Matrix::zeros(a.rows(), b.cols());
    matmul(a, b).into(&mut c);
    c
}

fn dense(outputs: usize) -> Dense<f64> {
    Dense::new(outputs).bias(Init::Uniform(0.5))
}

/// The check of a network on three samples, with this loss.
fn of_network(make: impl Fn() -> Sequential<f64>, loss: impl Loss<f64> + Copy) -> Finding {
    let rng = &mut Rng::new(6);
    let x = Matrix::from_fn(3, 4, |_, _| rng.range(-1.0, 1.0));
    let labels = vec![2, 0, 1];
    Finding {
        loss: Criterion::new(loss).of(make().forward(&x), &labels).value,
        comparison: check_loss(make, &x, loss, &labels),
    }
}

/// ReLU whose derivative is 1 at 0 too, computed from its value, which is never below 0.
struct KinkedRelu;

impl Function<f64> for KinkedRelu {
    const NAME: &'static str = "ReLU";
    const KEEPS: Keeps = Keeps::Output;

    fn value(x: f64) -> f64 {
        ops::relu(x)
    }

    fn derivative(a: f64) -> f64 {
        if a < 0.0 { 0.0 } else { 1.0 }
    }
}

fn relu() -> Finding {
    let make = || {
        let net = Sequential::new(147).then(dense(5));
        let net = net.then(Activation::<f64, KinkedRelu>::new());
        net.then(dense(3))
    };
    of_network(make, SoftmaxCrossEntropy)
}

/// The negative log-likelihood, with a gradient that is multiplied by its value.
#[derive(Clone, Copy)]
struct TimesLoss;

impl Loss<f64> for TimesLoss {
    fn name(&self) -> &'static str {
        Loss::<f64>::name(&Nll)
    }

    fn loss(&self, l: &Matrix<f64>, y: &Matrix<f64>) -> f64 {
        Nll.loss(l, y)
    }

    fn grad(&self, l: &Matrix<f64>, y: &Matrix<f64>, grad: &mut Matrix<f64>) {
        Nll.grad(l, y, grad);
        grad.map(|g| g * self.loss(l, y));
    }
}

fn likelihood(loss: impl Loss<f64> + Copy) -> Finding {
    let make = || {
        let net = Sequential::new(5).then(dense(4)).then(Tanh::new());
        let net = net.then(dense(3)).then(Softmax::new());
        net.then(Log::new())
    };
    of_network(make, loss)
}

/// Softmax whose backward pass knows only the diagonal of the Jacobian, aₖ(1 − aₖ), as if it acted on single entries.
struct Diagonal;

impl RowFunction<f64> for Diagonal {
    const NAME: &'static str = "Softmax";

    fn value(z: &Matrix<f64>, a: &mut Matrix<f64>) {
        ops::softmax(z, a);
    }

    fn times_jacobian(a: &Matrix<f64>, g: &Matrix<f64>, grad_z: &mut Matrix<f64>) {
        grad_z.copy_from(g);
        grad_z.zip(a, |g, a| g * a * (1.0 - a));
    }
}

fn diagonal() -> Finding {
    let make = || {
        let net = Sequential::new(5).then(dense(4)).then(Tanh::new());
        let net = net.then(dense(3)).then(RowLayer::<f64, Diagonal>::new());
        net.then(Log::new())
    };
    of_network(make, Nll)
}

const STEPS: usize = 3;
const BATCH: usize = 2;

/// The recurrent layer, from h₀ = 0, for J = Σ c ⊙ h.
pub fn recurrent(mistake: Option<Kind>) -> Finding {
    let rng = &mut Rng::new(8);
    let mut draw = |rows, cols| Matrix::from_fn(rows, cols, |_, _| rng.range(-1.0, 1.0));
    let (x, c) = (draw(STEPS * BATCH, 2), draw(STEPS * BATCH, 4));
    let values = [draw(2, 4), draw(4, 4), draw(1, 4)];
    let mut rnn = Rnn::new(4, STEPS);
    rnn.init(2, rng);
    let mut loss = |values: &[Matrix<f64>]| {
        rnn.set_parameters(values).expect("the layer's shapes");
        let h = rnn.forward(&x).clone();
        (h.iter().zip(c.iter()).map(|(h, c)| h * c).sum::<f64>(), h)
    };
    let (value, h) = loss(&values);
    let gradients = through_time(mistake, &x, &h, &values[1], &c);
    let shapes = [("w_x", (2, 4)), ("w_h", (4, 4)), ("b", (1, 4))];
    let flat =
        |matrices: &[Matrix<f64>]| matrices.iter().flat_map(Matrix::iter).collect::<Vec<_>>();
    let comparison = gradcheck::compare(&shapes, &flat(&values), &flat(&gradients), |theta| {
        let mut rest = theta;
        let moved = shapes.map(|(_, (rows, cols))| {
            let (these, others) = rest.split_at(rows * cols);
            rest = others;
            Matrix::from_slice(rows, cols, these)
        });
        loss(&moved).0
    });
    Finding {
        loss: value,
        comparison,
    }
}

/// The gradients of w_x, w_h and b by back-propagation through time.
fn through_time(
    mistake: Option<Kind>,
    x: &Matrix<f64>,
    h: &Matrix<f64>,
    w_h: &Matrix<f64>,
    g: &Matrix<f64>,
) -> [Matrix<f64>; 3] {
    let step = |of: &Matrix<f64>, t: usize| {
        Matrix::from_fn(BATCH, of.cols(), |i, j| of[(t * BATCH + i, j)])
    };
    let hidden = h.cols();
    let mut gradients = [x.cols(), hidden, 1].map(|rows| Matrix::zeros(rows, hidden));
    let mut carried = Matrix::zeros(BATCH, hidden);
    for t in (0..STEPS).rev() {
        let h_t = step(h, t);
        // δ_t = (g_t + δ_{t+1}·w_hᵀ) ⊙ (1 − h_t²)
        let mut delta = step(g, t);
        delta.zip(&carried, |g, carried| g + carried);
        delta.zip(&h_t, |delta, h| delta * (1.0 - h * h));
        carried = product(&delta, &w_h.t().to_matrix());
        let before = match t {
            0 => Matrix::zeros(BATCH, hidden),
            _ if mistake == Some(Kind::StateOfTheSameStep) => h_t,
            _ => step(h, t - 1),
        };
        let ones = Matrix::from_fn(BATCH, 1, |_, _| 1.0);
        for (gradient, input) in gradients.iter_mut().zip([&step(x, t), &before, &ones]) {
            gradient.zip(&product(&input.t().to_matrix(), &delta), |sum, g| sum + g);
        }
    }
    gradients
}

//! The gradient check of a layer or a whole network, in one call.

use super::{Criterion, Layer, Loss, Target};
use crate::gradcheck::{Comparison, compare};
use crate::matrix::Matrix;
use crate::rng::Rng;

/// Holds the gradient of a layer or a network, for the samples `x`, against differences: every input, under the name `x`, and
/// every trainable parameter. Where several layers have a parameter of one name, they are numbered: `w1`, `b1`, `w2`, ….
///
/// What is differentiated is Σ c ⊙ output, for numbers c drawn from −1..1: with ones in their place, softmax, whose rows always
/// sum to 1, would pass whatever it does. [`check_loss`] takes a loss instead.
///
/// `make` makes the network anew for each evaluation, so that all draw the same dropout masks; parameters that it leaves
/// without a shape are drawn from `Rng::new(0)`. Everything must be in `f64`.
///
/// ```
/// use fromzero::{Matrix, nn::{Dense, Sequential, Tanh, check}};
/// let make = || Sequential::new(1).then(Dense::new(4)).then(Tanh::new()).then(Dense::new(2));
/// let x = Matrix::from_rows(&[[0.5, -1.0, 0.25], [1.5, 0.5, -0.75]]);
/// let report = check(make, &x).report();
/// assert_eq!(report.checked, 6 + (3 * 4 + 4) + (4 * 2 + 2));
/// assert!(report.passes(1e-8), "{report}");
/// ```
///
/// # Panics
/// As [`Layer::forward`].
#[track_caller]
pub fn check<N: Layer<f64>>(make: impl Fn() -> N, x: &Matrix<f64>) -> Comparison {
    check_output(&|| Box::new(make()), x)
}

/// A network anew for each evaluation.
type Make<'a> = &'a dyn Fn() -> Box<dyn Layer<f64> + 'a>;

/// [`check`], compiled once for all layers.
#[track_caller]
fn check_output(make: Make<'_>, x: &Matrix<f64>) -> Comparison {
    let mut net = built(make, x);
    let (rows, cols) = net.forward(x).shape();
    let rng = &mut Rng::new(1);
    let c = Matrix::from_fn(rows, cols, |_, _| rng.range(-1.0, 1.0));
    let mut value = |output: &Matrix<f64>| output.iter().zip(c.iter()).map(|(o, c)| o * c).sum();
    against_differences(make, net, x, &c, &mut value)
}

/// [`check`] for the loss of a prediction.
///
/// ```
/// use fromzero::{Matrix, nn::{Dense, Relu, Sequential, SoftmaxCrossEntropy, check_loss}};
/// let make = || Sequential::new(1).then(Dense::new(4)).then(Relu::new()).then(Dense::new(3));
/// let x = Matrix::from_rows(&[[0.5, -1.0], [1.5, 0.5]]);
/// let comparison = check_loss(make, &x, SoftmaxCrossEntropy, &vec![2, 0]);
/// assert!(comparison.report().passes(1e-8));
/// ```
///
/// # Panics
/// As [`Layer::forward`] and [`Criterion::of`].
#[track_caller]
pub fn check_loss<'t, N: Layer<f64>>(
    make: impl Fn() -> N,
    x: &Matrix<f64>,
    loss: impl Loss<f64>,
    target: impl Into<Target<'t, f64>>,
) -> Comparison {
    let (mut criterion, target) = (Criterion::new(loss), target.into());
    let make: Make<'_> = &|| Box::new(make());
    let mut net = built(make, x);
    let gradient = criterion.of(net.forward(x), target).gradient.clone();
    let mut value = |output: &Matrix<f64>| criterion.of(output, target).value;
    against_differences(make, net, x, &gradient, &mut value)
}

#[track_caller]
fn built<'a>(make: Make<'a>, x: &Matrix<f64>) -> Box<dyn Layer<f64> + 'a> {
    let mut net = make();
    net.init(x.cols(), &mut Rng::new(0));
    net
}

/// The check of `value` as a function of the output of `net`, whose forward pass is done, and whose derivative with respect to
/// the output is `grad`.
#[track_caller]
fn against_differences<'a>(
    make: Make<'a>,
    mut net: Box<dyn Layer<f64> + 'a>,
    x: &Matrix<f64>,
    grad: &Matrix<f64>,
    value: &mut dyn FnMut(&Matrix<f64>) -> f64,
) -> Comparison {
    // What the backward pass leaves as it was shows.
    net.visit(&mut |parameter| parameter.grad.map(|_| f64::NAN));
    let mut analytic: Vec<f64> = net.backward(grad).iter().collect();
    let mut theta: Vec<f64> = x.iter().collect();
    let names = names(&*net);
    let mut shapes = vec![("x", x.shape())];
    let parameters = net.parameters().into_iter().filter(|p| p.is_trainable());
    for (parameter, name) in parameters.zip(&names) {
        shapes.push((name, parameter.value.shape()));
        theta.extend(parameter.value.iter());
        analytic.extend(parameter.grad.iter());
    }
    compare(&shapes, &theta, &analytic, |theta| {
        let (of_x, mut rest) = theta.split_at(x.rows() * x.cols());
        let x = Matrix::from_slice(x.rows(), x.cols(), of_x);
        let mut net = built(make, &x);
        net.visit(&mut |parameter| {
            if parameter.is_trainable() {
                let (these, others) = rest.split_at(parameter.count());
                let (rows, cols) = parameter.value.shape();
                parameter.value = Matrix::from_slice(rows, cols, these);
                rest = others;
            }
        });
        value(net.forward(&x))
    })
}

/// The names of the trainable parameters, numbered where they are not the only ones of their name.
fn names(net: &dyn Layer<f64>) -> Vec<String> {
    let parameters = net.parameters().into_iter().filter(|p| p.is_trainable());
    let names: Vec<&str> = parameters.map(|parameter| parameter.name).collect();
    let equals = |name: &str, of: &[&str]| of.iter().filter(|other| **other == name).count();
    let numbered = |(i, &name): (usize, &&str)| match equals(name, &names) {
        1 => name.to_string(),
        _ => format!("{name}{}", equals(name, &names[..=i])),
    };
    names.iter().enumerate().map(numbered).collect()
}

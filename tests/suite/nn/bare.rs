//! Layers that say no more of themselves than they must, and what the trait gives them; parameters that are not finite.

use crate::common::*;
use fromzero::Matrix;
use fromzero::nn::*;
use fromzero::rng::Rng;

/// y = 2x, with nothing to learn, and nothing said but what every layer must say.
struct Double {
    output: Matrix<f64>,
    grad_x: Matrix<f64>,
}

impl Double {
    fn new() -> Self {
        Double {
            output: Matrix::zeros(0, 0),
            grad_x: Matrix::zeros(0, 0),
        }
    }
}

impl Layer<f64> for Double {
    fn name(&self) -> &'static str {
        "Double"
    }

    fn init(&mut self, inputs: usize, _: &mut Rng) -> usize {
        inputs
    }

    fn forward(&mut self, x: &Matrix<f64>) -> &Matrix<f64> {
        self.output = x * 2.0;
        &self.output
    }

    fn output(&self) -> &Matrix<f64> {
        &self.output
    }

    fn backward(&mut self, grad: &Matrix<f64>) -> &Matrix<f64> {
        self.grad_x = grad * 2.0;
        &self.grad_x
    }
}

#[test]
fn a_layer_that_says_nothing_has_nothing_and_is_always_in_training() {
    let mut double = Double::new();
    assert_eq!(double.describe(), "layer: Double  shape: None");
    assert!(double.parameters().is_empty() && double.names_in_files().is_empty());
    double.visit(&mut |parameter| panic!("{}", parameter.name));
    assert!(double.generators().is_empty());
    double.visit_generators(&mut |_| panic!("a generator"));
    double.set_training(false);
    assert!(double.is_training() && double.is_finite());
    double.set_parameters(&[]).unwrap();
    let one = [Matrix::zeros(1, 1)];
    let error = double.set_parameters(&one).unwrap_err().to_string();
    assert!(error.contains("Double: expected 0 parameters, found 1"));
    let error = double.operators().unwrap_err().to_string();
    assert!(error.contains("Double: there are no ONNX operators"));
}

/// A loss asks for the gradients of the parameters alone, and a layer that makes no difference there passes back.
#[test]
fn a_loss_reaches_a_layer_by_its_backward_pass() {
    let mut double = Double::new();
    let x = Matrix::from_rows(&[[1.0, -3.0], [0.5, 2.0]]);
    let y = Matrix::zeros(2, 2);
    let mut criterion = Criterion::new(Squared);
    criterion.of(double.forward(&x), &y).backward(&mut double);
    // ∂J/∂x = 2·(2x − 0)/m
    assert_same_bits("∂J/∂x", &double.grad_x, &(&x * 2.0));
}

#[test]
fn one_number_that_is_not_finite_is_enough() {
    for broken in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let mut dense = Dense::<f64>::new(3);
        dense.init(2, &mut Rng::new(1));
        assert!(dense.is_finite());
        dense.visit(&mut |parameter| {
            let (rows, cols) = parameter.value.shape();
            if parameter.name == "b" {
                parameter.value[(rows - 1, cols - 1)] = broken;
            }
        });
        assert!(!dense.is_finite(), "{broken}");
    }
}

/// A pair of samples and targets is one batch, the last of its epoch.
#[test]
fn a_pair_is_an_epoch_of_one_batch() {
    let x = Matrix::from_rows(&[[0.5_f64, 1.0], [1.0, 0.0]]);
    let mut model = Model::new(Dense::new(2), SoftmaxCrossEntropy, Sgd::new(0.1));
    let mut steps = 0;
    let each = |_: &mut _, step: &Step| {
        assert_eq!((step.epoch, step.batch, step.batches), (steps, 0, 1));
        assert!(step.is_last_of_epoch());
        steps += 1;
    };
    model.fit((&x, &[0, 1]), 3, None, each).unwrap();
    assert_eq!(steps, 3);
}

/// The function is another, the weights and the state to start from are what they were.
#[test]
fn another_activation_leaves_a_recurrent_layer_its_parameters() {
    let rng = &mut SplitMix64::new(3);
    let (x, h0) = (random_matrix(rng, 4, 2), random_matrix(rng, 2, 3));
    let mut rnn = Rnn::<f64>::new(3, 2);
    rnn.init(2, &mut Rng::new(4));
    rnn.visit(&mut |parameter| parameter.value.map(|w| w + 0.25));
    let values = parameters_of(&rnn);
    rnn.set_h0(Some(h0.clone()));
    let mut rnn = rnn.activation::<SigmoidFunction>();
    for (parameter, value) in rnn.parameters().iter().zip(&values) {
        assert_same_bits(parameter.name, &parameter.value, value);
    }
    let from_chosen = rnn.forward(&x).clone();
    assert_same_bits("states", rnn.forward_from(&h0, &x), &from_chosen);
    assert!(from_chosen.iter().all(|h| h > 0.0));
}

/// Softmax, with a gradient of zeros.
struct Unlearning;

impl RowFunction<f64> for Unlearning {
    const NAME: &'static str = "Unlearning";
    fn value(z: &Matrix<f64>, a: &mut Matrix<f64>) {
        fromzero::ops::softmax(z, a);
    }
    fn times_jacobian(_: &Matrix<f64>, _: &Matrix<f64>, grad_z: &mut Matrix<f64>) {
        grad_z.map(|_| 0.0);
    }
}

#[test]
fn a_function_of_rows_keeps_their_length_and_need_not_be_known_to_onnx() {
    let mut layer = RowLayer::<f64, Unlearning>::new();
    assert_eq!(layer.init(7, &mut Rng::new(1)), 7);
    let error = layer.operators().unwrap_err().to_string();
    assert!(error.contains("Unlearning: there are no ONNX"), "{error}");
}

/// A training is taken up again by giving each generator its state.
#[test]
fn a_network_shows_the_generators_of_its_layers() {
    let x = Matrix::from_fn(1, 64, |_, _| 1.0_f32);
    let make = |seed| {
        let inner = Sequential::new(seed).then(Dropout::new(0.5));
        Sequential::new(seed).then(Dropout::new(0.5)).then(inner)
    };
    let (mut net, mut other) = (make(1), make(2));
    net.forward(&x);
    other.forward(&x);
    let states: Vec<Rng> = net.generators().into_iter().cloned().collect();
    let mut rest = states.iter();
    other.visit_generators(&mut |rng| *rng = rest.next().unwrap().clone());
    assert_eq!((states.len(), rest.len()), (2, 0));
    assert_same_bits("masks", other.forward(&x), net.forward(&x));
}

/// The sum of a row is 1, whatever it is made of: only a sum with other weights shows a wrong gradient.
#[test]
fn a_softmax_without_gradient_is_found() {
    let x = random_matrix(&mut SplitMix64::new(5), 3, 4);
    let report = check(RowLayer::<f64, Unlearning>::new, &x).report();
    assert!(!report.passes(0.5), "{report}");
}

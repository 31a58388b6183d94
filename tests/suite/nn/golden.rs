//! The second floor against golden numbers from an independent NumPy program, `tests/fixtures/seeds_golden.py`, which says what
//! each of them is.

use crate::common::*;
use fromzero::nn::*;
use fromzero::{Matrix, Real};

/// For sums of at most twelve terms in `f64`, relative to the largest entry.
const TOLERANCE: f64 = 1e-13;
/// The same in `f32`: 17 units of the last place.
const TOLERANCE_F32: f64 = 2e-6;

/// One part of the fixture, in numbers of type `T`.
struct Golden {
    fixture: Fixture,
    part: &'static str,
    tolerance: f64,
}

impl Golden {
    fn new(part: &'static str, tolerance: f64) -> Self {
        let fixture = Fixture::parse(include_str!("../../fixtures/seeds_golden.txt"));
        Golden {
            fixture,
            part,
            tolerance,
        }
    }

    fn get<T: Real>(&self, name: &str) -> Matrix<T> {
        rounded(self.fixture.get(&format!("{}.{name}", self.part)))
    }

    fn number(&self, name: &str) -> f64 {
        self.get::<f64>(name)[(0, 0)]
    }

    fn labels(&self, name: &str) -> Vec<u8> {
        self.get::<f64>(name).iter().map(|x| x as u8).collect()
    }

    #[track_caller]
    fn check<T: Real>(&self, name: &str, actual: &Matrix<T>) {
        self.check_in(self.part, name, actual);
    }

    #[track_caller]
    fn check_in<T: Real>(&self, part: &str, name: &str, actual: &Matrix<T>) {
        let name = format!("{part}.{name}");
        assert_close(&name, actual, self.fixture.get(&name), self.tolerance);
    }

    #[track_caller]
    fn check_number(&self, name: &str, actual: f64) {
        let name = format!("{}.{name}", self.part);
        assert_close(&name, &[actual], self.fixture.get(&name), self.tolerance);
    }

    /// Gives `net` the fixture's parameters of these names.
    fn set<T: Real>(&self, net: &mut Sequential<T>, names: &[&str]) {
        let mut values = Vec::new();
        for name in names {
            values.push(self.get(name));
        }
        net.build(values[0].rows());
        net.set_parameters(&values).expect("the fixture's shapes");
    }

    /// Compares parameters or gradients, whichever `which` takes from a parameter.
    #[track_caller]
    fn check_all<T: Real>(
        &self,
        (part, prefix): (&str, &str),
        net: &Sequential<T>,
        names: &[&str],
        which: fn(&Parameter<T>) -> &Matrix<T>,
    ) {
        let parameters = net.parameters();
        assert_eq!(parameters.len(), names.len(), "one name a parameter");
        for (name, parameter) in names.iter().zip(parameters) {
            self.check_in(part, &format!("{prefix}{name}"), which(parameter));
        }
    }
}

const SIX: [&str; 6] = ["w1", "b1", "w2", "b2", "w3", "b3"];
const FOUR: [&str; 4] = ["w1", "b1", "w2", "b2"];

fn classifier<T: Real>(golden: &Golden) -> Sequential<T> {
    let mut net = Sequential::new(0)
        .then(Dense::new(6))
        .then(Relu::new())
        .then(Dense::new(5))
        .then(Relu::new())
        .then(Dense::new(4));
    golden.set(&mut net, &SIX);
    net
}

/// Dense, ReLU, softmax cross-entropy and two steps of Adam, in each form of weight decay.
fn dense_and_adam<T: Real>(tolerance: f64) {
    let golden = Golden::new("dense", tolerance);
    let (x, y) = (golden.get::<T>("x"), golden.get::<T>("y"));
    for (form, decay) in [
        ("plain", WeightDecay::None),
        ("l2", WeightDecay::L2(0.1)),
        ("decoupled", WeightDecay::Decoupled(0.1)),
    ] {
        let adam = Adam::new(0.01).weight_decay(decay);
        let mut model = Model::new(classifier::<T>(&golden), SoftmaxCrossEntropy, adam);
        golden.check("logits", model.forward(&x));
        golden.check_number("loss", model.backward(&y));
        golden.check_all(("dense", "grad_"), &model.net, &SIX, |p| &p.grad);
        model.apply_grad();
        let part = format!("adam.{form}");
        golden.check_all((&part, "step1."), &model.net, &SIX, |p| &p.value);
        let logits = model.forward(&x).clone();
        let loss = model.backward(&y);
        model.apply_grad();
        golden.check_all((&part, "step2."), &model.net, &SIX, |p| &p.value);
        if form == "plain" {
            golden.check("logits2", &logits);
            golden.check_number("loss2", loss);
        }
    }
}

#[test]
fn dense_and_adam_in_f64() {
    dense_and_adam::<f64>(TOLERANCE);
}

/// Adam divides the gradient by its own size, so that the rounding of a gradient that is nearly zero counts in full: 10⁻² of lr.
#[test]
fn dense_and_adam_in_f32() {
    dense_and_adam::<f32>(1e-4);
}

#[test]
fn the_gradients_of_inputs_and_logits() {
    let golden = Golden::new("dense", TOLERANCE);
    let mut net = classifier::<f64>(&golden);
    let (x, y) = (golden.get("x"), golden.get::<f64>("y"));
    let mut criterion = Criterion::new(SoftmaxCrossEntropy);
    let loss = criterion.of(net.forward(&x), &y);
    golden.check("grad_logits", loss.gradient);
    golden.check("grad_x", net.backward(loss.gradient));
    let labels: Vec<u8> = y
        .iter_rows()
        .map(|y| fromzero::ops::argmax(y).expect("a class") as u8)
        .collect();
    let from_labels = criterion.of(net.output(), &labels);
    golden.check_number("loss", from_labels.value);
    golden.check("grad_logits", from_labels.gradient);
}

fn squared<T: Real>(tolerance: f64) {
    let golden = Golden::new("squared", tolerance);
    let (x, y) = (golden.get::<T>("x"), golden.get::<T>("y"));
    let labels: Vec<u8> = y
        .iter_rows()
        .map(|y| fromzero::ops::argmax(y).expect("a class") as u8)
        .collect();
    let mut net = Sequential::new(0)
        .then(Dense::linear(6, 5))
        .then(Relu::new())
        .then(Dense::linear(5, 3))
        .then(Sigmoid::new());
    golden.set(&mut net, &FOUR);
    let mut loss_func = Criterion::new(Squared);
    let outputs = net.forward(&x);
    golden.check("output", outputs);
    let loss = loss_func.of(outputs, &labels);
    golden.check_number("loss", loss.value);
    golden.check("grad_output", loss.gradient);
    golden.check("grad_x", net.backward(loss.gradient));
    loss.backward(&mut net);
    golden.check_all(("squared", "grad_"), &net, &FOUR, |p| &p.grad);
    Sgd::new(0.5).step(&mut net);
    golden.check_all(("squared", "step1."), &net, &FOUR, |p| &p.value);

    let golden_mse = Golden::new("mse", tolerance);
    let output = golden.get::<T>("output");
    let mut mse = Criterion::new(Mse);
    golden_mse.check_number("loss", mse.of(&output, &y).value);
    golden_mse.check("grad_output", mse.of(&output, &labels).gradient);
}

#[test]
fn sigmoid_squared_error_and_gradient_descent_in_f64() {
    squared::<f64>(TOLERANCE);
}

#[test]
fn sigmoid_squared_error_and_gradient_descent_in_f32() {
    squared::<f32>(TOLERANCE_F32);
}

/// Softmax, log and negative log-likelihood as layers, and the safe way beside them.
fn log_likelihood<T: Real>(tolerance: f64) {
    let golden = Golden::new("nll", tolerance);
    let (x, labels) = (golden.get::<T>("x"), golden.labels("labels"));
    let (mut linear1, mut linear2) = (Dense::linear(6, 5), Dense::linear(5, 4));
    let (mut tanh, mut softmax, mut log) = (Tanh::new(), Softmax::new(), Log::new());
    let mut nll = Criterion::new(Nll);
    let mut rng = fromzero::rng::Rng::new(0);
    linear1.init(6, &mut rng);
    linear2.init(5, &mut rng);
    (linear1.set_parameters(&[golden.get("w1"), golden.get("b1")])).expect("the shapes");
    (linear2.set_parameters(&[golden.get("w2"), golden.get("b2")])).expect("the shapes");

    let hidden = tanh.forward(linear1.forward(&x));
    golden.check("hidden", hidden);
    let z = linear2.forward(hidden);
    golden.check("z", z);
    let p = softmax.forward(z);
    golden.check("p", p);
    let log_p = log.forward(p);
    golden.check("log_p", log_p);
    let loss = nll.of(log_p, &labels);
    golden.check_number("loss", loss.value);
    golden.check("grad_log_p", loss.gradient);
    let grad_p = log.backward(loss.gradient);
    golden.check("grad_p", grad_p);
    let grad_z = softmax.backward(grad_p);
    golden.check("grad_z", grad_z);
    let grad_hidden = linear2.backward(grad_z);
    golden.check("grad_hidden", grad_hidden);
    golden.check("grad_x", linear1.backward(tanh.backward(grad_hidden)));

    let mut sgd = Sgd::new(0.1);
    for (linear, names) in [(&mut linear1, ["w1", "b1"]), (&mut linear2, ["w2", "b2"])] {
        sgd.step(linear);
        for (name, parameter) in names.into_iter().zip(linear.parameters()) {
            golden.check(&format!("grad_{name}"), &parameter.grad);
            golden.check(&format!("step1.{name}"), &parameter.value);
        }
    }

    let mut log_softmax = LogSoftmax::new();
    let log_p = log_softmax.forward(&golden.get::<T>("z")).clone();
    // Without the 10⁻¹⁰ the logarithms differ by 10⁻⁹ at most.
    let tolerance = if tolerance > 1e-8 { tolerance } else { 1e-8 };
    let golden = Golden::new("nll", tolerance);
    golden.check("log_p", &log_p);
    let loss = nll.of(&log_p, &labels);
    golden.check("grad_z", log_softmax.backward(loss.gradient));
}

#[test]
fn tanh_softmax_log_and_negative_log_likelihood_in_f64() {
    log_likelihood::<f64>(TOLERANCE);
}

#[test]
fn tanh_softmax_log_and_negative_log_likelihood_in_f32() {
    log_likelihood::<f32>(TOLERANCE_F32);
}

fn rows<T: Real>(tolerance: f64) {
    let golden = Golden::new("softmax", tolerance);
    let (x, cotangent) = (golden.get::<T>("x"), golden.get::<T>("cotangent"));
    let mut softmax = Softmax::new();
    golden.check("output", softmax.forward(&x));
    golden.check("grad_x", softmax.backward(&cotangent));
    let golden = Golden::new("log_softmax", tolerance);
    let mut log_softmax = LogSoftmax::new();
    golden.check("output", log_softmax.forward(&x));
    golden.check("grad_x", log_softmax.backward(&cotangent));
}

/// A maximum over the batch, or one that is never below 0, would leave 0/0 of the last row.
#[test]
fn softmax_and_its_logarithm_as_layers() {
    rows::<f64>(TOLERANCE);
    rows::<f32>(TOLERANCE_F32);
}

fn normalisation<T: Real>(tolerance: f64) {
    let golden = Golden::new("norm", tolerance);
    let mut net = Sequential::new(0).then(BatchNorm::new());
    net.build(4);
    let value = |name| golden.get::<T>(name);
    let (zeros, ones) = (Matrix::zeros(1, 4), Matrix::from_fn(1, 4, |_, _| T::ONE));
    net.set_parameters(&[value("gamma"), value("beta"), zeros, ones])
        .expect("the shapes");
    let running = |net: &Sequential<T>, batch: usize| {
        let parameters = net.parameters();
        golden.check(&format!("running_mean{batch}"), &parameters[2].value);
        golden.check(&format!("running_var{batch}"), &parameters[3].value);
    };
    golden.check("output", net.forward(&value("x")));
    running(&net, 1);
    golden.check("grad_x", net.backward(&value("cotangent")));
    golden.check("grad_gamma", &net.parameters()[0].grad);
    golden.check("grad_beta", &net.parameters()[1].grad);
    net.forward(&value("x2"));
    running(&net, 2);
    net.set_training(false);
    golden.check("eval_output", net.forward(&value("x3")));
    running(&net, 2);
    golden.check("eval_grad_x", net.backward(&value("cotangent")));
}

#[test]
fn batch_normalisation() {
    normalisation::<f64>(TOLERANCE);
    normalisation::<f32>(TOLERANCE_F32);
}

/// A layer that is nothing but parameters with given gradients.
struct Given<T: Real>(Vec<Parameter<T>>, Matrix<T>);

impl<T: Real> Given<T> {
    fn new(values: &[Matrix<T>]) -> Self {
        let parameter = |value: &Matrix<T>| {
            let mut parameter = Parameter::matrix("theta", Init::Zeros);
            let (rows, cols) = value.shape();
            parameter.init(rows, cols, &mut fromzero::rng::Rng::new(0));
            parameter.value.copy_from(value);
            parameter
        };
        Given(values.iter().map(parameter).collect(), Matrix::zeros(0, 0))
    }
}

impl<T: Real> Layer<T> for Given<T> {
    fn name(&self) -> &'static str {
        "Given"
    }
    fn init(&mut self, inputs: usize, _: &mut fromzero::rng::Rng) -> usize {
        inputs
    }
    fn forward(&mut self, _: &Matrix<T>) -> &Matrix<T> {
        &self.1
    }
    fn output(&self) -> &Matrix<T> {
        &self.1
    }
    fn backward(&mut self, _: &Matrix<T>) -> &Matrix<T> {
        &self.1
    }
    fn parameters(&self) -> Vec<&Parameter<T>> {
        self.0.iter().collect()
    }
    fn visit(&mut self, f: &mut dyn FnMut(&mut Parameter<T>)) {
        self.0.iter_mut().for_each(f);
    }
}

#[test]
fn momentum_with_each_form_of_weight_decay() {
    let golden = Golden::new("momentum", TOLERANCE);
    for (form, decay) in [
        ("plain", WeightDecay::None),
        ("l2", WeightDecay::L2(0.05)),
        ("decoupled", WeightDecay::Decoupled(0.05)),
    ] {
        let mut given = Given::<f64>::new(&[golden.get("theta")]);
        let mut sgd = Sgd::new(0.1).momentum(0.9).weight_decay(decay);
        for step in 1..=3 {
            given.0[0].grad = golden.get(&format!("g{step}"));
            sgd.step(&mut given);
            golden.check(&format!("{form}.step{step}"), &given.0[0].value);
        }
    }
}

#[test]
fn clipping_by_the_norm_of_all_gradients() {
    let golden = Golden::new("clip", TOLERANCE);
    let (w, b) = (golden.get::<f64>("w"), golden.get::<f64>("b"));
    let mut given = Given::new(&[w.clone(), b.clone()]);
    (given.0[0].grad, given.0[1].grad) = (w.clone(), b.clone());
    golden.check_number("norm", clip_by_norm(&mut given, 100.0));
    assert_same_bits("not clipped", &given.0[0].grad, &w);
    golden.check_number("norm", clip_by_norm(&mut given, golden.number("max_norm")));
    golden.check("clipped_w", &given.0[0].grad);
    golden.check("clipped_b", &given.0[1].grad);
}

//! Both floors against PyTorch in `f64`: every layer, loss and optimizer. `tests/fixtures/torch_golden.py` says what each value is;
//! its gradients are autograd's. Parameters and data are drawn here as they are there.

use crate::common::*;
use fromzero::Matrix;
use fromzero::nn::*;
use fromzero::section37::{
    Activations, Deltas, Params, Sizes, backward_and_descend, forward, loss,
};

/// Relative to the largest entry.
const TOLERANCE: f64 = 1e-12;

struct Torch {
    fixture: Fixture,
    part: &'static str,
    rng: SplitMix64,
}

impl Torch {
    /// A part of the fixture, and its generator.
    fn new(part: &'static str, seed: u64) -> Self {
        Torch {
            fixture: Fixture::parse(include_str!("../../fixtures/torch_golden.txt")),
            part,
            rng: SplitMix64::new(seed),
        }
    }

    fn draw(&mut self, rows: usize, cols: usize) -> Matrix<f64> {
        random_matrix(&mut self.rng, rows, cols)
    }

    fn labels(&mut self, count: usize, classes: u64) -> Vec<u8> {
        (0..count).map(|_| self.rng.below(classes) as u8).collect()
    }

    #[track_caller]
    fn check(&self, name: &str, actual: &Matrix<f64>) {
        let name = format!("{}.{name}", self.part);
        assert_close(&name, actual, self.fixture.get(&name), TOLERANCE);
    }

    #[track_caller]
    fn check_numbers(&self, name: &str, actual: &[f64]) {
        self.check(name, &Matrix::from_rows(&[actual]));
    }

    /// Draws what a layer can learn, and leaves it the rest.
    fn set(&mut self, net: &mut dyn Layer<f64>) {
        let values = net
            .parameters()
            .into_iter()
            .map(|p| match p.is_trainable() {
                true => self.draw(p.value.rows(), p.value.cols()),
                false => p.value.clone(),
            });
        let values: Vec<_> = values.collect();
        net.set_parameters(&values).expect("the shapes");
    }

    /// Draws a cotangent, and compares what the backward pass makes of it.
    #[track_caller]
    fn check_backward(&mut self, net: &mut dyn Layer<f64>) {
        self.check("output", net.output());
        let (rows, cols) = net.output().shape();
        let cotangent = self.draw(rows, cols);
        self.check("grad_x", net.backward(&cotangent));
        let trainable = net.parameters().into_iter().filter(|p| p.is_trainable());
        for (i, parameter) in trainable.enumerate() {
            self.check(&format!("grad_{i}"), &parameter.grad);
        }
    }
}

fn net() -> Sequential<f64> {
    Sequential::new(0)
}

#[test]
fn layers() {
    let mut dropout = net().then(Dropout::new(0.4));
    dropout.set_training(false);
    for (part, seed, mut net, low) in [
        ("dense", 1, net().then(Dense::new(3)), -1.0),
        (
            "dense_without_bias",
            2,
            net().then(Dense::new(3).without_bias()),
            -1.0,
        ),
        ("relu", 3, net().then(Relu::new()), -1.0),
        ("sigmoid", 4, net().then(Sigmoid::new()), -1.0),
        ("tanh", 5, net().then(Tanh::new()), -1.0),
        ("log", 6, net().then(Log::new()), 0.1),
        ("softmax", 7, net().then(Softmax::new()), -1.0),
        ("log_softmax", 8, net().then(LogSoftmax::new()), -1.0),
        ("dropout", 9, dropout, -1.0),
    ] {
        let mut torch = Torch::new(part, seed);
        net.build(4);
        torch.set(&mut net);
        net.forward(&uniform_matrix(&mut torch.rng, 6, 4, low, 1.0));
        torch.check_backward(&mut net);
    }
}

#[test]
fn batch_normalisation_in_training_and_evaluation() {
    let mut torch = Torch::new("norm", 10);
    let mut net = net().then(BatchNorm::new());
    net.build(4);
    torch.set(&mut net);
    let [x, x2, x3, cotangent] = [(); 4].map(|()| torch.draw(6, 4));
    torch.check("output", net.forward(&x));
    torch.check("grad_x", net.backward(&cotangent));
    for (i, parameter) in net.parameters()[..2].iter().enumerate() {
        torch.check(&format!("grad_{i}"), &parameter.grad);
    }
    net.forward(&x2);
    net.set_training(false);
    torch.check("eval_output", net.forward(&x3));
    torch.check("eval_grad_x", net.backward(&cotangent));
    torch.check("running_mean", &net.parameters()[2].value);
    torch.check("running_var", &net.parameters()[3].value);
}

fn recurrent<F: Function<f64>>(part: &'static str, seed: u64) {
    let mut torch = Torch::new(part, seed);
    let mut rnn = Rnn::new(5, 4).activation::<F>();
    rnn.init(2, &mut fromzero::rng::Rng::new(0));
    torch.set(&mut rnn);
    let (h0, x) = (torch.draw(3, 5), torch.draw(12, 2));
    rnn.forward_from(&h0, &x);
    torch.check_backward(&mut rnn);
    torch.check("grad_h0", rnn.h0_gradient());
}

#[test]
fn recurrent_layers_through_time() {
    recurrent::<TanhFunction>("rnn", 11);
    recurrent::<ReluFunction>("rnn_relu", 12);
}

#[test]
fn losses() {
    for (part, seed, loss) in [
        ("cross_entropy", 21, &SoftmaxCrossEntropy as &dyn Loss<f64>),
        ("cross_entropy_soft", 22, &SoftmaxCrossEntropy),
        ("nll", 23, &Nll),
        ("squared", 24, &Squared),
        ("mse", 25, &Mse),
    ] {
        let mut torch = Torch::new(part, seed);
        let (predicted, mut y) = (torch.draw(5, 4), Matrix::zeros(5, 4));
        match part {
            "cross_entropy_soft" => y.copy_from(torch.fixture.get("cross_entropy_soft.y")),
            _ => fromzero::data::one_hot(&torch.labels(5, 4), 4, &mut y),
        }
        torch.check_numbers("loss", &[loss.loss(&predicted, &y)]);
        let mut grad = predicted.clone();
        loss.grad(&predicted, &y, &mut grad);
        torch.check("grad", &grad);
    }
}

#[test]
fn ten_steps_of_section_37() {
    let mut torch = Torch::new("section37", 31);
    let sizes = Sizes {
        inputs: 5,
        hidden: 6,
        classes: 3,
    };
    let mut p = Params::zeros(sizes).unwrap();
    let values: Vec<f64> = torch.draw(1, p.count()).iter().collect();
    p.assign(&values);
    let (x, mut y) = (torch.draw(8, 5), Matrix::zeros(8, 3));
    fromzero::data::one_hot(&torch.labels(8, 3), 3, &mut y);
    let mut act = Activations::new(sizes, 8).unwrap();
    let mut deltas = Deltas::new(sizes, 8).unwrap();
    let mut losses = Vec::new();
    for _ in 0..10 {
        forward(&p, &x, &mut act);
        losses.push(loss(&act, &y));
        backward_and_descend(&mut p, &x, &y, &act, &mut deltas, 0.5);
    }
    torch.check_numbers("losses", &losses);
    for (i, (w, b)) in [(&p.w1, &p.b1), (&p.w2, &p.b2), (&p.w3, &p.b3)]
        .into_iter()
        .enumerate()
    {
        torch.check(&format!("final.{}", 2 * i), w);
        torch.check_numbers(&format!("final.{}", 2 * i + 1), b);
    }
}

/// Ten steps of an optimizer, each with the learning rate that a schedule has for it, and with gradients of this norm at most.
fn train(part: &'static str, optimizer: &mut dyn Optimizer<f64>, schedule: Schedule, norm: f64) {
    let mut torch = Torch::new(part, 32);
    let mut net = net()
        .then(Dense::new(6))
        .then(Tanh::new())
        .then(Dense::new(3));
    net.build(5);
    torch.set(&mut net);
    let (x, labels) = (torch.draw(8, 5), torch.labels(8, 3));
    let mut criterion = Criterion::new(SoftmaxCrossEntropy);
    let (lr, mut losses) = (optimizer.learning_rate(), Vec::new());
    for step in 0..10 {
        let loss = criterion.of(net.forward(&x), &labels);
        losses.push(loss.value);
        loss.backward(&mut net);
        clip_by_norm(&mut net, norm);
        optimizer.set_learning_rate(schedule.rate(lr, step));
        optimizer.step(&mut net);
    }
    torch.check_numbers("losses", &losses);
    for (i, parameter) in net.parameters().into_iter().enumerate() {
        torch.check(&format!("final.{i}"), &parameter.value);
    }
}

#[test]
fn ten_steps_of_every_optimizer_and_schedule() {
    let sgd = || Sgd::new(0.5);
    let momentum = || Sgd::new(0.1).momentum(0.9);
    let adam = || Adam::new(0.02);
    let (l2, decoupled) = (WeightDecay::L2(0.05), WeightDecay::Decoupled(0.05));
    let (constant, all) = (Schedule::Constant, f64::INFINITY);
    let drop = Schedule::Drop {
        every: 3,
        factor: 0.5,
    };
    train("sgd", &mut sgd(), constant, all);
    train("sgd_l2", &mut sgd().weight_decay(l2), constant, all);
    // Without momentum the two forms are one.
    train("sgd_l2", &mut sgd().weight_decay(decoupled), constant, all);
    train("momentum", &mut momentum(), constant, all);
    train(
        "momentum_l2",
        &mut momentum().weight_decay(l2),
        constant,
        all,
    );
    train("adam", &mut adam(), constant, all);
    train(
        "adam_betas",
        &mut adam().betas(0.8, 0.95).epsilon(1e-3),
        constant,
        all,
    );
    train("adam_l2", &mut adam().weight_decay(l2), constant, all);
    train(
        "adam_decoupled",
        &mut adam().weight_decay(decoupled),
        constant,
        all,
    );
    train("linear", &mut sgd(), Schedule::Linear { steps: 10 }, all);
    train("drop", &mut sgd(), drop, all);
    train("clip", &mut sgd(), constant, 0.3);
}
